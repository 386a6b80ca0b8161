/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From a tree as written to a tree as meant: explicit phandles, references, unused nodes.
 * The order of the steps and of the numbers is dtc's (checks.c, livetree.c of dtc 1.8.1).
 */
#ifndef BW_TREE_RESOLVE_H
#define BW_TREE_RESOLVE_H

#include "tree/tree.h"

typedef enum bw_phandle_format { BW_PHANDLE_LEGACY = 1, BW_PHANDLE_EPAPR = 2, BW_PHANDLE_BOTH = 3 } bw_phandle_format;

typedef struct bw_resolve_options {
    bw_phandle_format phandles; /**< 0: BW_PHANDLE_EPAPR */
    bool keep_labelled;         /**< -@: /omit-if-no-ref/ nodes with labels stay */
    bool fixups;                /**< -L or /plugin/: unresolved label references are not errors */
} bw_resolve_options;

/** The steps one by one, for the check engine (each reports its own findings, returns errors found). */
unsigned bw_resolve_duplicate_nodes(bw_tree *tree);
unsigned bw_resolve_duplicate_props(bw_tree *tree);
unsigned bw_resolve_duplicate_labels(bw_tree *tree);
unsigned bw_resolve_phandles(bw_tree *tree, const bw_resolve_options *options);   /**< explicit ones */
unsigned bw_resolve_references(bw_tree *tree, const bw_resolve_options *options); /**< phandle cells */
unsigned bw_resolve_paths(bw_tree *tree);                                         /**< path strings */
/** @return how many nodes were omitted, not counting those below them. */
unsigned bw_resolve_omit_unused(bw_tree *tree, const bw_resolve_options *options);
/** All of the above in order. @return false if there was an error. */
bool bw_tree_resolve(bw_tree *tree, const bw_resolve_options *options);

/** @return the node's phandle, allocated (with its property) if it has none. */
uint32_t bw_tree_phandle(bw_tree *tree, bw_node *node, bw_phandle_format format);

#endif
