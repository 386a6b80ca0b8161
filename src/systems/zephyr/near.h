/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Files that look meant for a target and are not used. Private to systems/zephyr.
 */
#ifndef BW_SYSTEMS_ZEPHYR_NEAR_H
#define BW_SYSTEMS_ZEPHYR_NEAR_H

#include "systems/zephyr/files.h"

/** Adds them (to an array of bw_zephyr_file). @param used an array of bw_zephyr_file: what the target uses */
void bw_zephyr_near_misses(const bw_zephyr *zephyr, const bw_zephyr_choice *choice, const GArray *used, bw_arena *arena,
                           GArray *unused);

/** The boards that one board.yml defines or extends, NULL-terminated, in the arena. */
const bw_zephyr_board *const *bw_zephyr_boards_of(const bw_zephyr *zephyr, const bw_board_yml *file, bw_arena *arena);

/** Whether one of a target's folders has a file of it without a revision, by the long or the short name.
 *  @param ending ".dts", "_defconfig" */
bool bw_zephyr_has_file(const bw_zephyr_target *target, const char *ending, bw_arena *arena);

/** Whether a folder has Kconfig files, as every board has that Zephyr can build. */
bool bw_zephyr_has_kconfig(const char *dir);

/** Whether a folder is one that `build` makes Zephyr's files from: it has a support.yml, and no Kconfig file. */
bool bw_zephyr_is_to_be_written(const char *dir, bw_arena *arena);

#endif
