/* SPDX-License-Identifier: Apache-2.0 */
/**
 * All that a device needs: its references, and theirs, as a graph with a reason for each node.
 *
 * An edge goes from a node to what it needs: a provider that a property names, the interrupt controller that it
 * inherits, the bus that it sits on. Where the tree was read from source every reference is known exactly; of a blob
 * bw_tree_find_refs() finds them first. Everything lives in the unit of the tree.
 */
#ifndef BW_BOARD_NEEDS_H
#define BW_BOARD_NEEDS_H

#include "board/board.h"

typedef enum bw_need_class {
    BW_NEED_HARD,   /**< the device does not work without it */
    BW_NEED_SOFT,   /**< it works with less */
    BW_NEED_POLICY, /**< whoever hands the device out decides */
    BW_NEED_NONE,   /**< no need: not followed */
} bw_need_class;
const char *bw_need_class_name(bw_need_class class); /**< "hard" */

/** @return what a reference in a property of this name means. */
bw_need_class bw_need_class_of(const char *property);

typedef enum bw_need_kind {
    BW_NEED_REFERENCE,  /**< a property names it */
    BW_NEED_INTERRUPTS, /**< the controller of its interrupts, inherited */
    BW_NEED_BUS,        /**< the node around it */
} bw_need_kind;

typedef struct bw_need {
    bw_need_kind kind;
    bw_need_class class;
    uint32_t from, to;   /**< indices into nodes */
    const bw_prop *prop; /**< of a reference */
    uint32_t offset;     /**< of the reference in it, bytes */
    uint32_t index;      /**< of its row */
    const char *name;    /**< of the row (clock-names …), or NULL */
} bw_need;

/** A run of addresses to be handed out, in naturally aligned powers of two. */
typedef struct bw_grant {
    uint64_t address, size; /**< whole pages */
    const uint8_t *bits;    /**< of the pieces, in order */
    uint32_t count;
    const bw_block *block; /**< what it is for */
} bw_grant;

typedef struct bw_needed {
    const bw_node *node;
    const char *path;
    bw_need_class class;     /**< the strongest way from a seed: HARD when all steps are */
    bool seed;               /**< asked for */
    int32_t reason;          /**< index of the edge by which it came, of the shortest way of its class; -1: a seed */
    const bw_device *device; /**< or NULL */
    bw_grant *grants;
    uint32_t grant_count;
    bool controller;        /**< an interrupt controller: a guest has its own */
    bool dma;               /**< reads and writes memory by itself: iommus, dma-coherent */
    bool stays;             /**< one of the stops: not looked behind, nothing of it is granted */
    bool disabled;          /**< it or a bus above it is not okay */
    const bw_node **others; /**< enabled nodes outside of the graph that need it too; not of what is a mere fact:
                                 a fixed clock or regulator */
    uint32_t other_count;
} bw_needed;

typedef struct bw_needs {
    const bw_board *board;
    bw_needed *nodes; /**< seeds first, then in the order in which they were met */
    uint32_t count, hard_count;
    bw_need *edges;
    uint32_t edge_count;
} bw_needs;

typedef struct bw_needs_options {
    const bw_node *const
        *stops;         /**< nodes that stay where they are: met, and not looked behind; NULL-terminated or NULL */
    bool hard_only;     /**< soft and policy references are not followed */
    unsigned page_bits; /**< grants are cut to 2^this bytes; 0: 12 */
} bw_needs_options;

/** @param seeds NULL-terminated. */
const bw_needs *bw_needs_of(const bw_board *board, const bw_node *const *seeds, const bw_needs_options *options);

/** @return the way from a seed, "serial@3100000 → clocks[0] → bpmp → mboxes[0] → hsp@3c00000", in the unit's arena. */
const char *bw_needed_chain(const bw_needs *needs, uint32_t node);

/** @return the words of one edge: "clocks[0] (uart)", "interrupts", "bus". */
const char *bw_need_words(const bw_needs *needs, const bw_need *need);

#endif
