/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checks of a board's metadata and of the names of its files: what Zephyr's build takes, ignores or stops at without
 * a word about the reason.
 */
#ifndef BW_SYSTEMS_ZEPHYR_CHECKS_H
#define BW_SYSTEMS_ZEPHYR_CHECKS_H

#include "systems/zephyr/deprecated.h"
#include "systems/zephyr/zephyr.h"

/** What is checked together: the boards and extensions of one board.yml. */
typedef struct bw_zephyr_folder {
    const bw_zephyr *z;
    const bw_board_yml *file;
    const char *dir;         /**< that holds it */
    const char *zephyr_base; /**< the tree; or NULL */
} bw_zephyr_folder;

/** Names of files: those that no target has, twins, targets without a devicetree. */
void bw_zephyr_check_names(const bw_zephyr_folder *folder, bw_arena *arena, bw_findings *findings);

/** board.yml: revisions, variants that get lost, extensions. */
void bw_zephyr_check_metadata(const bw_zephyr_folder *folder, bw_arena *arena, bw_findings *findings);

/** boards/deprecated.cmake: names that are there twice, that lead nowhere, or that hide a board. */
void bw_zephyr_check_deprecated(const bw_zephyr *z, const bw_zephyr_deprecated *deprecated, bw_arena *arena,
                                bw_findings *findings);

#endif
