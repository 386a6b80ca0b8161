/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checks of a board's metadata and of the names of its files: what Zephyr's build takes, ignores or stops at without
 * a word about the reason.
 */
#ifndef BW_SYSTEMS_ZEPHYR_CHECKS_H
#define BW_SYSTEMS_ZEPHYR_CHECKS_H

#include "systems/zephyr/deprecated.h"
#include "systems/zephyr/soc_symbols.h"
#include "systems/zephyr/vendors.h"
#include "systems/zephyr/zephyr.h"
#include "tree/tree.h"

/** What is checked together: the boards and extensions of one board.yml. */
typedef struct bw_zephyr_folder {
    const bw_zephyr *z;
    const bw_board_yml *file;
    const char *dir;         /**< that holds it */
    const char *zephyr_base; /**< the tree; or NULL */
    bool loose;              /**< a board of boardwright's, which writes what Zephyr needs beside the devicetree */
    bool names_said;         /**< the names of its files were checked when no target was found */
} bw_zephyr_folder;

/** Names of files: those that no target has, twins, targets without a devicetree. */
void bw_zephyr_check_names(const bw_zephyr_folder *folder, bw_arena *arena, bw_findings *findings);

/** board.yml: revisions, variants that get lost, extensions. */
void bw_zephyr_check_metadata(const bw_zephyr_folder *folder, bw_arena *arena, bw_findings *findings);

/** Whether the vendor of a board is none or one of a list: the tree's, or that of the board's own module. */
bool bw_zephyr_has_known_vendor(const bw_zephyr_folder *folder, const bw_zephyr_vendors *vendors,
                                const bw_yml_board *yml, bw_arena *arena);

/** The vendors of the boards. */
void bw_zephyr_check_vendor(const bw_zephyr_folder *folder, const bw_zephyr_vendors *vendors, bw_arena *arena,
                            bw_findings *findings);

/** What the test data says of a target as it is built without a revision. */
typedef struct bw_zephyr_test_data {
    const bw_zephyr_target *target;
    uint64_t ram, flash;       /**< KiB; 0: not said */
    bw_place ram_at, flash_at; /**< of the numbers */
} bw_zephyr_test_data;

/** Test data: *.yaml beside board.yml. @param tests an array of bw_zephyr_test_data that gets what is comparable
 *  with devicetrees: see bw_zephyr_check_memory() */
void bw_zephyr_check_twister(const bw_zephyr_folder *folder, const bw_zephyr_vendors *vendors, GArray *tests,
                             bw_arena *arena, bw_findings *findings);

/** Compares it with the devicetree of the target: findings go to those of its unit. */
void bw_zephyr_check_memory(const bw_zephyr_test_data *data, bw_tree *tree);

/** Kconfig files and configurations. */
void bw_zephyr_check_kconfig(const bw_zephyr_folder *folder, bw_zephyr_soc_symbols *symbols, bw_arena *arena,
                             bw_findings *findings);

/** Names of the files that applications, tests and shields of a tree have for some boards.
 *  @param z all boards that there are. @param deprecated or NULL */
void bw_zephyr_check_apps(const bw_zephyr *z, const bw_zephyr_deprecated *deprecated, const char *zephyr_base,
                          bw_arena *arena, bw_findings *findings);

/** Shields of the roots: their overlays, symbols, and files that nobody reads. */
void bw_zephyr_check_shields(bw_context *ctx, const char *const *board_roots, bw_arena *arena, bw_findings *findings);

/** Snippets of the roots, and the boards that they say to be for. @param z all boards that there are */
void bw_zephyr_check_snippets(const bw_zephyr *z, const char *const *roots, bw_arena *arena, bw_findings *findings);

/** The patterns of run_once in all board.yml and soc.yml of a model. @param z all boards that there are */
void bw_zephyr_check_runners(const bw_zephyr *z, bw_arena *arena, bw_findings *findings);

/** What stands beside a board.yml, or should: documentation, board.cmake, what an extension needs. */
void bw_zephyr_check_layout(const bw_zephyr_folder *folder, bw_arena *arena, bw_findings *findings);

/** boards/deprecated.cmake: names that are there twice, that lead nowhere, or that hide a board. */
void bw_zephyr_check_deprecated(const bw_zephyr *z, const bw_zephyr_deprecated *deprecated, bw_arena *arena,
                                bw_findings *findings);

#endif
