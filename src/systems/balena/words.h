/* SPDX-License-Identifier: Apache-2.0 */
/** Words in values of BitBake, and words that may be machines: what several checks of a layer need. */
#ifndef BW_SYSTEMS_BALENA_WORDS_H
#define BW_SYSTEMS_BALENA_WORDS_H

#include "systems/balena/layers.h"

/** One word of a value. `${…}` stays whole, blanks in it too. */
typedef struct bw_balena_word {
    const char *text; /**< in the arena */
    bw_place place;
} bw_balena_word;

/** The words of a statement's value with their places. @return of bw_balena_word, to be freed. */
GArray *bw_balena_words(bw_unit *unit, const bw_bb_statement *statement);

/** Part [begin, begin + len) of the left side of a statement. */
bw_place bw_balena_name_part(const bw_bb_statement *statement, size_t begin, size_t len);

/** Whether a path ends with "/NAME" or is below a folder of this name. */
bool bw_balena_is_conf(const char *path);

/** Names that may be overrides in a repository: device types' files and machines, conf/machine of all layers that are
 *  there, words of MACHINEOVERRIDES. @return a set of char *, to be freed with g_hash_table_destroy(). */
GHashTable *bw_balena_machines(const bw_balena_repo *repo);

/** The release of the repository: of LAYERSERIES_COMPAT, else of meta-balena-RELEASE in bblayers; NULL: unknown. */
const bw_balena_release *bw_balena_release_of(const bw_balena_repo *repo);

#endif
