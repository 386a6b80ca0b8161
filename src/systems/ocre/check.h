/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Is a board fit for Ocre? What of Ocre's needs can be told from a devicetree, over the checks of any board: those that
 * a partition leaves its flash, overlaps or is misaligned are said there and not again.
 *
 * Source: project-ocre/ocre-runtime, docs for new boards, zephyr/ and src/samples/; Zephyr, subsys/fs/littlefs_fs.c.
 */
#ifndef BW_SYSTEMS_OCRE_CHECK_H
#define BW_SYSTEMS_OCRE_CHECK_H

#include "board/load.h"
#include "systems/ocre/sdk.h"
#include "systems/ocre/storage.h"
#include "yaml/yaml.h"

/** Checks one target; findings go to those of the tree's unit. @param section `ocre:` of its support.yml, or NULL */
void bw_ocre_check(const bw_tree *tree, const bw_yaml *section);
/** Checks a target as one sample of a tree of Ocre is built for it: @p tree is with the sample's overlays. */
void bw_ocre_check_sample(const bw_tree *tree, const bw_yaml *section, const bw_ocre_app *app);

/** One run of the checks; what follows is private to check_*.c. */
typedef struct bw_ocre_run {
    const bw_tree *tree;
    const bw_board *board;
    const bw_yaml *section;
    const bw_ocre_app *app; /**< NULL: no sample, so nothing is known of the configuration */
    bw_ocre_storage storage;
} bw_ocre_run;

void bw_ocre_check_storage(const bw_ocre_run *run); /**< there, large enough, in blocks, where in memory */
void bw_ocre_check_mounts(const bw_ocre_run *run);  /**< entries of fstab */
void bw_ocre_check_memory(const bw_ocre_run *run);  /**< RAM for containers, and who manages it */
void bw_ocre_check_cpu(const bw_ocre_run *run);     /**< a target of WAMR; entropy */
void bw_ocre_check_preload(const bw_ocre_run *run); /**< containers of support.yml: blocks and RAM */
void bw_ocre_check_overlay(const bw_ocre_run *run); /**< how the sample's overlay is written; run has an app */
void bw_ocre_check_conf(const bw_ocre_run *run);    /**< what the sample is configured with; run has an app */

/** "0xc000 (48 KiB)", in the unit's arena. */
const char *bw_ocre_size(const bw_ocre_run *run, uint64_t bytes);
/** Whether the sample sets a symbol to y; false without one. */
bool bw_ocre_run_is(const bw_ocre_run *run, const char *symbol);
/** The path of the sample's .conf for the board, or words for it, for a cure. */
const char *bw_ocre_conf_name(const bw_ocre_run *run);
/** The node that a property of /chosen names, or NULL. */
const bw_node *bw_ocre_chosen(const bw_ocre_run *run, const char *name);
/** A finding at the partition's reg, about it. */
bw_finding *bw_ocre_say(const bw_ocre_run *run, bw_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** A note at a property, or at its node without one. */
void bw_ocre_note(const bw_ocre_run *run, bw_finding *finding, const bw_node *node, const bw_prop *prop,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
