/* SPDX-License-Identifier: Apache-2.0 */
/**
 * All checks of Zephyr's boards in their order: of a folder, of a tree, of a devicetree. Private to systems/zephyr.
 */
#ifndef BW_SYSTEMS_ZEPHYR_CHECK_RUN_H
#define BW_SYSTEMS_ZEPHYR_CHECK_RUN_H

#include "board/load.h"
#include "systems/zephyr/checks.h"

/** What the checks of a run keep: facts of the tree, and of folders what devicetrees are to be compared with. */
typedef struct bw_zephyr_checks bw_zephyr_checks;

bw_zephyr_checks *bw_zephyr_checks_new(bw_context *ctx);
void bw_zephyr_checks_free(bw_zephyr_checks *checks);

/** What the metadata, the names and the other files of a folder say. */
void bw_zephyr_checks_folder(bw_zephyr_checks *checks, const bw_zephyr_folder *folder, bw_findings *findings);

/** What belongs to a whole tree. @param z all its boards. @param with_apps its samples and tests, too */
void bw_zephyr_checks_tree(bw_zephyr_checks *checks, const bw_zephyr *z, const char *zephyr_base, bool with_apps,
                           bw_findings *findings);

/** The devicetree of a target against what its folder says elsewhere; findings go to the tree's unit. Thread-safe, once
 *  the folders were checked. */
void bw_zephyr_checks_devicetree(const bw_zephyr_checks *checks, const bw_target *target, bw_tree *tree);

#endif
