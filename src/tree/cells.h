/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Cells: counts, numbers of one to three cells, and the rows of reg, ranges and dma-ranges.
 *
 * Nothing here reports a finding or fails on a malformed tree: every answer says in its state
 * what it is worth, and keeps the byte offsets that a finding needs (bw_prop_range_span()).
 * Source: Devicetree Specification v0.4, 2.3.5 (cells), 2.3.6 (reg), 2.3.8 (ranges).
 */
#ifndef BW_TREE_CELLS_H
#define BW_TREE_CELLS_H

#include "base/bytes.h"
#include "tree/tree.h"

/** Larger counts than this are refused as malformed (the largest of real boards is 7 or so). */
#define BW_CELLS_MAX 16U

/** What a property or a row of it is worth. */
typedef enum bw_state {
    BW_STATE_NONE, /**< the property is absent */
    BW_STATE_OK,
    BW_STATE_UNKNOWN, /**< an element is BW_MARK_UNKNOWN: say nothing of it */
    BW_STATE_BAD,     /**< malformed; its own check speaks of it */
} bw_state;

/** @return the bytes from the beginning that are sure: up to the first BW_MARK_UNKNOWN element. What comes after
 *          it is in doubt too, because the element may stand for any number of cells. */
uint32_t bw_prop_sure(const bw_prop *prop);

/** A property that shall be one cell. @return its state; @p value is set only for BW_STATE_OK. */
bw_state bw_prop_u32(const bw_prop *prop, uint32_t *value);
/** A property of one or two cells (clock-frequency, linux,initrd-start …). */
bw_state bw_prop_u64(const bw_prop *prop, uint64_t *value);
/** bw_prop_u32() of the property called @p name. */
bw_state bw_node_u32(const bw_node *node, const bw_name *name, uint32_t *value);

/** The counts that a node sets for its children (or a controller for its users). */
typedef struct bw_cells {
    uint32_t address, size;      /**< at most BW_CELLS_MAX */
    const bw_prop *address_prop; /**< where it is written; NULL: absent, the default holds */
    const bw_prop *size_prop;
    bw_state state; /**< OK (also with defaults), UNKNOWN or BAD (not one cell, or over BW_CELLS_MAX) */
} bw_cells;

/** #address-cells and #size-cells of @p node itself, 2 and 1 where absent: they govern its children's reg. */
bw_cells bw_cells_of(const bw_tree *tree, const bw_node *node);
/** Those that govern the reg of @p node: its parent's (2 and 1 for the root). */
bw_cells bw_cells_for(const bw_tree *tree, const bw_node *node);

/** A number of some cells. */
typedef struct bw_number {
    uint64_t value;  /**< the lowest two cells */
    uint32_t high;   /**< the third cell from below (PCI: phys.hi); 0 with fewer cells */
    uint32_t cells;  /**< how many it has; 0: the number is not there and reads as 0 */
    uint32_t offset; /**< of its first byte in the property */
    bool wide;       /**< a fourth or higher cell is not zero: the number does not fit here */
} bw_number;

/** Reads @p cells cells at @p offset. The caller knows that they are within the value. */
static inline bw_number bw_number_at(const bw_value *value, uint32_t offset, uint32_t cells)
{
    const uint8_t *data = value->data + offset;

    if (cells == 1)
        return (bw_number){.value = bw_get32(data), .cells = 1, .offset = offset};
    if (cells == 2)
        return (bw_number){.value = bw_get64(data), .cells = 2, .offset = offset};
    bw_number number = {.cells = cells, .offset = offset};
    if (cells == 0)
        return number;
    data += (size_t)(cells - 3) * 4;
    number.value = bw_get64(data + 4);
    number.high = bw_get32(data);
    for (uint32_t i = 3; i < cells; i++)
        number.wide |= bw_get32(value->data + offset + (size_t)(i - 3) * 4) != 0;
    return number;
}

/** A property that is a table of rows. */
typedef struct bw_rows {
    const bw_prop *prop; /**< NULL: state is NONE */
    bw_state state;
    uint32_t child_cells;  /**< reg: of the address */
    uint32_t parent_cells; /**< reg: 0 */
    uint32_t size_cells;
    uint32_t row_len; /**< bytes; 0 when the counts are all 0 or not known */
    uint32_t count;   /**< whole rows */
    uint32_t rest;    /**< bytes beyond them; not 0 makes the state BAD, the whole rows may be read still */
    uint32_t sure;    /**< bw_prop_sure() of prop */
} bw_rows;

typedef struct bw_row {
    bw_number child;  /**< reg: the address */
    bw_number parent; /**< of ranges and dma-ranges */
    bw_number size;   /**< bytes; size.cells 0 where the bus has none */
    uint32_t offset;  /**< of the row in the property, bytes */
    uint32_t len;     /**< of the row, bytes */
    bool known;       /**< false: an element of it or before it is BW_MARK_UNKNOWN */
} bw_row;

/** The rows of reg of @p node, in the counts of its parent. */
bw_rows bw_reg_rows(const bw_tree *tree, const bw_node *node);
/** The rows of ranges (@p name: n.ranges) or dma-ranges: child address in the counts of @p node, parent
 *  address in those of its parent. An empty property has count 0 and state OK: one to one. */
bw_rows bw_range_rows(const bw_tree *tree, const bw_node *node, const bw_name *name);
/** @param index below rows->count. */
bw_row bw_rows_get(const bw_rows *rows, uint32_t index);

#endif
