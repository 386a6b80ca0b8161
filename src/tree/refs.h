/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From a blob back to what somebody wrote: which numbers name nodes, and what those nodes may be called.
 *
 * A blob has lost both: a reference is a number there like any other, and labels are gone unless the
 * blob has /__symbols__. Bindings say which properties hold phandles (specifiers.h, interrupts.h,
 * phandles.def); labels are made in the habits of the field (labels.c).
 */
#ifndef BW_TREE_REFS_H
#define BW_TREE_REFS_H

#include "tree/tree.h"

/** How a property that only phandles.def knows holds them. */
typedef struct bw_phandle_cells {
    const char *property;
    uint32_t first, step; /**< cells; step 0: the first alone */
} bw_phandle_cells;

/** @return how a property holds phandles, or NULL when phandles.def does not have it. */
const bw_phandle_cells *bw_phandle_cells_of(const bw_name *property);

/**
 * Gives every number that names a node, by what its property is known to hold, a reference mark. The tree is
 * resolved; marks that are there stay. A number that no node has as its phandle stays a number.
 * @return how many marks were added.
 */
uint32_t bw_tree_find_refs(bw_tree *tree);

/**
 * Gives labels to nodes that have none: all that a reference or an alias names, and those that people label by
 * habit (cpu0, uart0, gic, memory). Labels that are there stay, new ones are unique. Depends on the tree alone, not
 * on the order of its nodes where unit addresses give another.
 */
void bw_tree_make_labels(bw_tree *tree);

#endif
