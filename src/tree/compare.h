/* SPDX-License-Identifier: Apache-2.0 */
/** Whether two trees describe the same, whatever numbers their phandles have. */
#ifndef BW_TREE_COMPARE_H
#define BW_TREE_COMPARE_H

#include "tree/tree.h"

/** The first thing that differs. */
typedef struct bw_difference {
    bw_node *node;    /**< of the first tree; NULL: the reservations differ */
    bw_prop *prop;    /**< of the first tree, or NULL */
    const char *what; /**< a clause: "is not in the other tree" */
} bw_difference;

/**
 * Compares two resolved trees of one context: nodes and properties with their order, bytes of values, memory
 * reservations. Cells with a reference mark in @p a have to be references to the same node in @p b; properties
 * "phandle" and "linux,phandle" are passed over unless @p a has them. Numbers all nodes of both trees anew; then
 * bw_node.number of the same node is the same.
 * @return whether they are the same; if not, @p difference is set.
 */
bool bw_tree_same(bw_tree *a, bw_tree *b, bw_difference *difference);

#endif
