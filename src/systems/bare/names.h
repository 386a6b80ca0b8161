/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Identifiers for the nodes of a board: upper case, unique, the same for the same tree.
 *
 * A node is called by its label, else by its node name with the unit address; nodes that would get
 * the same name so are called by their whole paths, and what is equal even then is numbered in the
 * order of the board model.
 */
#ifndef BW_SYSTEMS_BARE_NAMES_H
#define BW_SYSTEMS_BARE_NAMES_H

#include "board/board.h"

typedef struct bw_bare_names bw_bare_names;

bw_bare_names *bw_bare_names_new(const bw_board *board);
void bw_bare_names_free(bw_bare_names *names);

/** @return the identifier of a CPU, memory, reserved memory, device, flash or partition, or NULL. */
const char *bw_bare_name(const bw_bare_names *names, const bw_node *node);

/** Appends @p text as a part of an identifier: upper case, '_' for all but letters and digits. */
void bw_bare_identifier(GString *out, const char *text);

/** @param taken names to the next number to try (new: 2); keys are freed by it.
 *  @return @p wanted, or with a number what is not taken yet; it is taken now. To be freed. */
char *bw_bare_unique(GHashTable *taken, const char *wanted);

#endif
