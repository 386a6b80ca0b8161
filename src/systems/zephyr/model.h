/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How a board's tree of qualifiers is made. Private to systems/zephyr.
 */
#ifndef BW_SYSTEMS_ZEPHYR_MODEL_H
#define BW_SYSTEMS_ZEPHYR_MODEL_H

#include "systems/zephyr/zephyr.h"

/** Order of the table of all nodes: by board, parent and segment. */
int bw_zephyr_compare_nodes(gconstpointer a, gconstpointer b, gpointer unused);

/** Makes the tree of a board from its own board.yml. @return false after a finding. */
bool bw_zephyr_grow(bw_zephyr *zephyr, bw_zephyr_board *board, bw_findings *findings);

/** Adds the variants of an extension, whose folder is the last of its base, to the base's tree.
 *  @return false after a finding. */
bool bw_zephyr_extend(bw_zephyr *zephyr, const bw_zephyr_extension *extension, bw_findings *findings);

/** Makes the list of a board's targets from its tree, once that is complete. */
void bw_zephyr_flatten(bw_zephyr *zephyr, bw_zephyr_board *board);

/** What bw_zephyr_is_doubtful() says of a board.yml from now on. */
void bw_zephyr_doubt(bw_zephyr *zephyr, const bw_board_yml *file);

/** @return the pointers as an array in the model's arena, ended by NULL; the GPtrArray is freed. */
const void *bw_zephyr_keep(bw_zephyr *zephyr, GPtrArray *pointers);

#endif
