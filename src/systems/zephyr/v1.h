/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Boards of the hardware model before v2: folders <root>/boards/<arch>/<board> with a <board>_defconfig and
 * without board.yml. Zephyr's tree has none any more, but its scripts still list them.
 *
 * Source: Zephyr 4.1, scripts/list_boards.py, find_arch2board_set().
 */
#ifndef BW_SYSTEMS_ZEPHYR_V1_H
#define BW_SYSTEMS_ZEPHYR_V1_H

#include "systems/zephyr/zephyr.h"

typedef struct bw_zephyr_v1_board {
    const char *arch, *name;
    const char *dir; /**< absolute */
} bw_zephyr_v1_board;

/** Adds the boards (to an array of bw_zephyr_v1_board) by architecture and name. @param only a name, or NULL for all.
 */
void bw_zephyr_v1_boards(bw_arena *arena, const bw_zephyr_roots *roots, const char *only, GArray *boards);

#endif
