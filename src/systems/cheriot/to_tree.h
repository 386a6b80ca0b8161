/* SPDX-License-Identifier: Apache-2.0 */
/** What the files share that make a devicetree of a board; private to to_tree*.c. */
#ifndef BW_SYSTEMS_CHERIOT_TO_TREE_H
#define BW_SYSTEMS_CHERIOT_TO_TREE_H

#include "systems/cheriot/devicetree.h"

/** Where an interrupt of the board went in the devicetree. */
typedef struct bw_cheriot_placed {
    bool there;        /**< false: it cannot be written there */
    const char *label; /**< of the node */
    uint32_t index;    /**< among the node's interrupts */
    int64_t device;    /**< index of the device, or -1: the node of those that belong to none */
    uint32_t next;     /**< number of the device's next interrupt, counted from 1; 0: none */
} bw_cheriot_placed;

typedef struct bw_cheriot_treemaker {
    const bw_cheriot_board *board;
    const bw_cheriot_compatible *compatibles; /**< or NULL */
    bw_context *ctx;
    bw_arena *arena;
    bw_cheriot_placed *placed; /**< of each interrupt */
    uint32_t *first;           /**< of each device, and behind them of none: its first interrupt, likewise */
    const char *interrupts_label, *code_label, *data_label, *cpu_label;
    bw_cheriot_tree *tree;
} bw_cheriot_treemaker;

/** Whether the devicetree can hold a device: its name as a label, its range in cells. */
bool bw_cheriot_fits_tree(const bw_cheriot_extent *extent);
/** Looks for the device that each interrupt belongs to, by its name. */
void bw_cheriot_place_interrupts(bw_cheriot_treemaker *m);
/** Memory of revokable addresses before the memory of the heap, which the hardware has for something else. */
uint64_t bw_cheriot_lead(const bw_cheriot_board *board);

GString *bw_cheriot_tree_source(bw_cheriot_treemaker *m);
GString *bw_cheriot_tree_section(bw_cheriot_treemaker *m);
/** What has to be merged into @p from (bw_cheriot_merge()) to give @p to; NULL when they are the same. */
const bw_json *bw_cheriot_difference(const bw_json *from, const bw_json *to, bw_arena *arena);
/** `board:` with a difference. */
void bw_cheriot_add_difference(GString *section, const bw_json *difference);

#endif
