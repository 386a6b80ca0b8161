/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The devicetree of a guest: of the board's tree what its devices need, with the guest's own memory, CPUs, /chosen.
 *
 * References to nodes that the guest does not get are taken out together with what belongs to them (clock-names with
 * clocks), or lead to fixed clocks and regulators instead; each with its reason in a comment.
 */
#ifndef BW_SYSTEMS_SEL4_GUEST_H
#define BW_SYSTEMS_SEL4_GUEST_H

#include "board/needs.h"

typedef enum bw_sel4_fate {
    BW_SEL4_GIVEN,   /**< in the guest's tree, its registers are the guest's */
    BW_SEL4_SHOWN,   /**< in the guest's tree without registers of its own: a bus, a fixed clock */
    BW_SEL4_VIRTUAL, /**< served by the VMM: the interrupt controller, what is proxied */
    BW_SEL4_STUBBED, /**< a fixed clock or regulator stands for it */
    BW_SEL4_DROPPED, /**< needed by something that was kept, and not there */
} bw_sel4_fate;

/** What became of a node of the board, and why. */
typedef struct bw_sel4_verdict {
    const bw_node *node; /**< of the board */
    const char *path;
    bw_sel4_fate fate;
    const char *reason; /**< "serial@9000000 → clocks[0] → clock-24000000" */
} bw_sel4_verdict;

typedef struct bw_sel4_guest {
    bw_unit *unit;         /**< its own */
    bw_findings *findings; /**< of the unit: none, unless the board is broken */
    const bw_tree *tree;   /**< resolved */
    const char *dts;       /**< commented source, NUL-terminated */
    size_t dts_len;
    const uint8_t *dtb;
    size_t dtb_len;
    const bw_sel4_verdict *verdicts; /**< in the order of the board's tree */
    uint32_t verdict_count;
} bw_sel4_guest;

void bw_sel4_guest_free(bw_sel4_guest *guest); /**< takes NULL */

#endif
