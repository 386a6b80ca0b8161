/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The devicetree of a CHERIoT board that `boot` proves: a hart of RV32, the memories, and the devices, of which those
 * with a meaning that CHERIoT RTOS fixes (clint, plic, uart) have a compatible. Findings about it are moved to the
 * board's own lines.
 *
 * The board has no word for what a device is. The UART's kind is that of the driver which the SDK would take, by the
 * folders of driver_includes, unless support.yml beside the board says something else under `compatibles:`.
 */
#ifndef BW_SYSTEMS_CHERIOT_PROBE_TREE_H
#define BW_SYSTEMS_CHERIOT_PROBE_TREE_H

#include "board/load.h"
#include "systems/cheriot/board.h"
#include "yaml/yaml.h"

typedef struct bw_cheriot_probe_tree {
    bw_target target;  /**< to be read; its texts are in the arena that was given */
    bw_source *source; /**< that it is read from, in the context */
    GArray *places;    /**< of bw_place: where the board says what stands in each line of the source */
} bw_cheriot_probe_tree;

/** @param board checked, without an error. @param section `cheriot:` of support.yml, or NULL. @return false after an
 *  error finding; else free with bw_cheriot_probe_tree_free(). */
bool bw_cheriot_probe_tree_make(const bw_cheriot_board *board, const bw_yaml *section, bw_context *ctx, bw_arena *arena,
                                bw_findings *findings, bw_cheriot_probe_tree *tree);
void bw_cheriot_probe_tree_free(bw_cheriot_probe_tree *tree);

/** Moves findings at the tree's lines to where the board says it. */
void bw_cheriot_probe_tree_move(const bw_cheriot_probe_tree *tree, bw_findings *findings);

#endif
