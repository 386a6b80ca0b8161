/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Interrupts of a device: which controller, which specifier, where written.
 *
 * Source: Devicetree Specification v0.4, 2.4; parents are found as dtc 1.8.1 and Linux do: the
 * nearest interrupt-parent of the node or an ancestor, or the nearest ancestor that is a controller
 * or nexus itself.
 */
#ifndef BW_TREE_INTERRUPTS_H
#define BW_TREE_INTERRUPTS_H

#include "tree/cells.h"
#include "tree/specifiers.h"

typedef enum bw_irq_fault {
    BW_IRQ_OK,
    BW_IRQ_EMPTY,         /**< an empty slot of interrupts-extended */
    BW_IRQ_UNKNOWN,       /**< an element on the way is not known */
    BW_IRQ_NO_PARENT,     /**< no interrupt parent at all */
    BW_IRQ_BAD_PARENT,    /**< interrupt-parent, or the phandle here, names no node */
    BW_IRQ_NO_CELLS,      /**< the parent lacks #interrupt-cells */
    BW_IRQ_BAD_CELLS,     /**< the parent's #interrupt-cells is not one cell from 1 to BW_CELLS_MAX */
    BW_IRQ_TRUNCATED,     /**< the value is no whole number of specifiers */
    BW_IRQ_MAP_MALFORMED, /**< a row of an interrupt-map cannot be read */
    BW_IRQ_MAP_UNMATCHED, /**< an interrupt-map has no row for this device and specifier */
    BW_IRQ_MAP_LOOP,      /**< maps lead in a circle, or through more than 16 nodes */
} bw_irq_fault;

/** The interrupt parent of a node and who says so. */
typedef struct bw_irq_parent {
    bw_irq_fault fault;     /**< OK, UNKNOWN, NO_PARENT or BAD_PARENT */
    const bw_node *parent;  /**< controller or nexus; NULL with a fault */
    const bw_node *said_by; /**< node whose interrupt-parent it is; NULL: parent is an ancestor */
    const bw_prop *prop;    /**< that interrupt-parent property, or NULL */
} bw_irq_parent;

bw_irq_parent bw_interrupt_parent(const bw_tree *tree, const bw_node *node);
/** Has interrupt-controller or interrupt-map. */
bool bw_is_interrupt_provider(const bw_tree *tree, const bw_node *node);

typedef struct bw_irq {
    bw_irq_fault fault;
    const bw_node *consumer;
    const bw_prop *prop; /**< interrupts or interrupts-extended */
    uint32_t index;
    uint32_t offset, len;       /**< of the row in prop, bytes (with the phandle, if it has one) */
    const bw_node *parent;      /**< the controller or nexus that the device names */
    const bw_prop *parent_prop; /**< the interrupt-parent that says so, or NULL */
    uint32_t own_count;         /**< cells of the specifier as written, first at own_offset */
    uint32_t own_offset;
    const bw_node *controller; /**< at the end of the way; NULL if it is not reached */
    uint32_t count;            /**< cells of the specifier there */
    uint32_t cells[BW_CELLS_MAX];
    const bw_node *nexus; /**< the last nexus passed, or where it failed; NULL: none */
    const bw_prop *map;   /**< its interrupt-map */
    uint32_t map_offset;  /**< of the row taken, or of what is wrong there */
} bw_irq;

typedef struct bw_irq_iter {
    const bw_tree *tree;
    const bw_node *node;
    const bw_prop *prop;  /**< NULL: no interrupts */
    bw_irq_parent parent; /**< of `interrupts` */
    uint32_t offset, index;
    bool extended, done;
} bw_irq_iter;

/** interrupts-extended if the node has it, else interrupts. */
bw_irq_iter bw_irq_begin(const bw_tree *tree, const bw_node *node);
bool bw_irq_next(bw_irq_iter *iter, bw_irq *irq);

/** A row of an interrupt-map. */
typedef struct bw_irq_map_row {
    bw_irq_fault fault;                            /**< OK, UNKNOWN, BAD_PARENT, NO_CELLS, BAD_CELLS, TRUNCATED */
    uint32_t offset, len;                          /**< bytes; len as far as it is there */
    uint32_t child_address_cells, child_irq_cells; /**< cells, first at offset */
    uint32_t parent_offset;                        /**< of the phandle */
    const bw_node *parent;
    uint32_t parent_address_cells; /**< cells between phandle and specifier; absent #address-cells is 0 */
    uint32_t spec_offset, spec_count;
} bw_irq_map_row;

typedef struct bw_irq_map_iter {
    const bw_tree *tree;
    const bw_node *nexus;
    const bw_prop *prop; /**< NULL: no interrupt-map */
    uint32_t address_cells, irq_cells, offset;
    bw_irq_fault fault; /**< of the nexus itself: OK, UNKNOWN, NO_CELLS, BAD_CELLS; then there are no rows */
    bool done;
} bw_irq_map_iter;

bw_irq_map_iter bw_irq_map_begin(const bw_tree *tree, const bw_node *nexus);
/** @return false at the end; after a faulty row there is no next one. */
bool bw_irq_map_next(bw_irq_map_iter *iter, bw_irq_map_row *row);

#endif
