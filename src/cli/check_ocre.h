/* SPDX-License-Identifier: Apache-2.0 */
/** `check` of samples of Ocre: targets read with the board files of an Ocre tree. */
#ifndef BW_CLI_CHECK_OCRE_H
#define BW_CLI_CHECK_OCRE_H

#include "board/load.h"
#include "systems/ocre/check.h"
#include "systems/zephyr/trees.h"

/** The samples of an Ocre tree that a target is checked with: bw_ocre_app, NULL-terminated, in @p arena. Not
 *  thread-safe. @param with_files only those that have board files of the target */
const bw_ocre_app *const *bw_ocre_apps_of(const bw_ocre_sdk *sdk, bw_context *ctx, bw_zephyr_lookup *zephyr,
                                          const bw_target *target, const bw_load_options *load, bool with_files,
                                          bw_arena *arena, bw_findings *findings);

/** What the passes over a target's samples share. */
typedef struct bw_ocre_pass {
    const bw_target *target;
    const bw_load_options *load;
    bw_roots *roots;
    bw_zephyr_trees *trees;
    const bw_yaml *section;
} bw_ocre_pass;

/** Checks the samples one after another. Kept is what is Ocre's, or speaks of a file of the Ocre tree; what several
 *  samples say alike comes once. @return the nodes of the target */
uint64_t bw_ocre_check_apps(bw_unit *unit, const bw_ocre_pass *pass, const bw_ocre_app *const *builds,
                            bw_findings *findings);

/** Finds the targets (of bw_target, in @p arena) that an Ocre tree has board files for, and checks the names of those
 *  files. Findings say what is wrong, also where no board is known. */
void bw_ocre_targets_of(const bw_ocre_sdk *sdk, bw_context *ctx, bw_zephyr_lookup *zephyr, const bw_load_options *load,
                        bw_arena *arena, bw_findings *findings, GArray *targets);

#endif
