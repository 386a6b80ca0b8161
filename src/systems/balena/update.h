/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a repository needs to move to a newer release of Yocto and of meta-balena: findings, and the changes of files
 * that are certain. Nothing is written here.
 *
 * Sources: Yocto Project, migration guides of 3.4 (honister), 4.0 (kirkstone), 4.1 (langdale); balena-os/meta-balena,
 * CHANGELOG.md of 8.0.0; and how the repositories of balena-os did it.
 */
#ifndef BW_SYSTEMS_BALENA_UPDATE_H
#define BW_SYSTEMS_BALENA_UPDATE_H

#include "systems/balena/repo.h"

/** Bytes [begin, end) of a file that become a text. */
typedef struct bw_balena_edit {
    uint32_t begin, end;
    const char *text;
} bw_balena_edit;

/** A file that changes. Paths are below the repository's root. */
typedef struct bw_balena_file_change {
    const char *path;
    const char *new_path; /**< where it goes; the same as path if it stays */
    bw_source *source;
    GArray *edits; /**< of bw_balena_edit, sorted, apart from each other */
} bw_balena_file_change;

typedef struct bw_balena_updates {
    const bw_balena_repo *repo;
    const bw_balena_release *to;
    GPtrArray *files; /**< of bw_balena_file_change *, in the arena, sorted by path */
    uint32_t names;   /**< whose style is converted */
} bw_balena_updates;

/** Finds out what has to change. Findings go to the repository's unit. @return for bw_balena_update_free(). */
bw_balena_updates *bw_balena_update_make(const bw_balena_repo *repo, const bw_balena_release *to);
void bw_balena_update_free(bw_balena_updates *update);

/** A file as it will be. @return to be freed. */
GString *bw_balena_changed_text(const bw_balena_file_change *change);
/** The change as a unified diff of three lines' context. */
void bw_balena_change_diff(const bw_balena_file_change *change, GString *out);

/* ---- parts of it ---- */

/** Adds an edit to a file of the repository; edits that meet an earlier one are dropped. */
void bw_balena_edit_add(bw_balena_updates *update, bw_source *source, uint32_t begin, uint32_t end, const char *text);
/** Says that a file moves. */
void bw_balena_edit_move(bw_balena_updates *update, bw_source *source, const char *new_path);
/** The bytes of a place in its source. */
void bw_balena_place_bytes(const bw_place *place, uint32_t *begin, uint32_t *end);

/**
 * A variable's or function's name of old style in the new one: operators, packages, image types, and overrides of the
 * set @p overrides (of char *) or known to all of Yocto.
 * @param unsure set when the name ends with a word that may or may not be an override
 * @return to be freed; NULL when nothing changes
 */
char *bw_balena_new_name(const char *name, GHashTable *overrides, bool *unsure);

void bw_balena_update_names(bw_balena_updates *update);  /**< override syntax, classes */
void bw_balena_update_layers(bw_balena_updates *update); /**< layer.conf, samples, submodules */
void bw_balena_update_sizes(bw_balena_updates *update);  /**< meta-balena 8 */

#endif
