/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Boards outside of any Zephyr tree, with what extends them: which board.yml belong together. Private to
 * systems/zephyr.
 */
#ifndef BW_SYSTEMS_ZEPHYR_FAMILY_H
#define BW_SYSTEMS_ZEPHYR_FAMILY_H

#include "systems/zephyr/zephyr.h"

/** Where a family is looked for. */
typedef struct bw_zephyr_family {
    bw_context *ctx;
    bw_arena *arena;               /**< of what is found */
    const GPtrArray *given;        /**< paths of the board.yml that the user named, or that lie below what he named */
    const char *const *user_roots; /**< --board-root; NULL-terminated */
    const char *const *soc_roots;  /**< NULL-terminated */
} bw_zephyr_family;

/**
 * The folders whose board.yml belong together: those given, those below the user's roots, and for an extension of a
 * board that is in neither the board's, where it is the folder above it or one beside it.
 * @param missing gets the names (in the arena) of extended boards that were not found so
 * @return the folders, NULL-terminated, in the arena; NULL where no file extends a board.
 */
const char *const *bw_zephyr_family_dirs(const bw_zephyr_family *family, GPtrArray *missing);

/** A board with all that extends it as one board.yml would have it, in the arena.
 *  @return NULL where its own board.yml says all. */
const bw_yml_board *bw_zephyr_family_board(const bw_zephyr_board *board, bw_arena *arena);

#endif
