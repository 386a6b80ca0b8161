/* SPDX-License-Identifier: Apache-2.0 */
/** Where a description says a thing: the element that a verdict against it points at. */
#ifndef BW_BOOT_PLACES_H
#define BW_BOOT_PLACES_H

#include "board/board.h"

typedef struct bw_said {
    const bw_node *node;
    const bw_prop *prop; /**< NULL: nowhere, or the node as a whole */
    uint32_t offset;     /**< of the element, bytes */
} bw_said;

bw_said bw_said_row(const bw_block *block);                           /**< the address */
bw_said bw_said_size(const bw_board *board, const bw_memory *memory); /**< the size */
bw_said bw_said_reg_size(const bw_tree *tree, const bw_node *node, uint32_t row_offset);
bw_said bw_said_compatible(const bw_tree *tree, const bw_node *node, uint32_t offset);
bw_said bw_said_isa(const bw_cpu *cpu);

/* Rates: @p rate is set to Hz, or 0 where nothing is said (then there is no place). */
bw_said bw_said_clock(const bw_board *board, const bw_device *device, uint64_t *rate); /**< own, or of its clocks */
bw_said bw_said_timebase(const bw_board *board, uint64_t *rate);                       /**< of the CPUs */
bw_said bw_said_cpu_rate(const bw_board *board, uint64_t *rate);

#endif
