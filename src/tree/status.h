/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Is a node there? Status is not inherited in the devicetree, but a device on a disabled bus is
 * out of reach all the same. Source: Devicetree Specification v0.4, 2.3.4; Linux and Zephyr also
 * take "ok".
 */
#ifndef BW_TREE_STATUS_H
#define BW_TREE_STATUS_H

#include "tree/tree.h"

typedef enum bw_status {
    BW_STATUS_OKAY, /**< absent, "okay" or "ok" */
    BW_STATUS_DISABLED,
    BW_STATUS_RESERVED,
    BW_STATUS_FAIL,    /**< "fail" and "fail-sss" */
    BW_STATUS_OTHER,   /**< none of the specification's words */
    BW_STATUS_UNKNOWN, /**< made by a macro that is not known */
} bw_status;

/** The node's own status, whatever its ancestors have. */
bw_status bw_node_status(const bw_tree *tree, const bw_node *node);
const char *bw_status_name(bw_status status);

/** @return the outermost node from the root to @p node that is not okay, or NULL if @p node is available.
 *          BW_STATUS_UNKNOWN counts as okay. */
const bw_node *bw_node_unavailable(const bw_tree *tree, const bw_node *node);
static inline bool bw_node_available(const bw_tree *tree, const bw_node *node)
{
    return !bw_node_unavailable(tree, node);
}

#endif
