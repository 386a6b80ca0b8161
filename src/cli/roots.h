/* SPDX-License-Identifier: Apache-2.0 */
/** Where Zephyr's boards, SoCs and architectures are looked for: what was given, and what is found by itself. */
#ifndef BW_CLI_ROOTS_H
#define BW_CLI_ROOTS_H

#include "cli/options.h"
#include "systems/zephyr/lookup.h"

typedef struct bw_root_lists {
    bw_arena arena;
    bw_zephyr_roots roots;
    const char *zephyr_base; /**< the Zephyr tree, or NULL; its path as the user would write it */
} bw_root_lists;

/**
 * The Zephyr tree is a given root that is one, else the one around the current folder, else $ZEPHYR_BASE.
 * Without --board-root boards are looked for there; without --soc-root SoCs in the board roots and there, and so on.
 * @param more further board roots, NULL-terminated, or NULL
 * @param with_base the tree's own boards and SoCs come after those of given roots, as in Zephyr's build
 */
void bw_root_lists_init(bw_root_lists *lists, const bw_options *options, char *const *more, bool with_base);
/** Adds, where no --soc-root is given, the SoCs that lie beside boards: of <root>/boards/… those in <root>/soc.
 *  @param board_dirs NULL-terminated, or NULL */
void bw_root_lists_add_beside(bw_root_lists *lists, const bw_options *options, const char *const *board_dirs);
void bw_root_lists_free(bw_root_lists *lists);
/** How a command finds a BOARD that is no path. */
typedef struct bw_board_finder {
    bw_root_lists lists;
    bw_zephyr_lookup *zephyr;
    bw_board_lookup lookup; /**< for bw_load_options */
} bw_board_finder;

void bw_board_finder_init(bw_board_finder *finder, bw_context *ctx, const bw_options *options);
void bw_board_finder_free(bw_board_finder *finder); /**< after the last use of a target that it found */

#endif
