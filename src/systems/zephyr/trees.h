/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checks of a target's devicetree that are Zephyr's own: against the bindings, and what Zephyr makes of /chosen,
 * partitions and names. They run after the checks of any board (check/check.h) and leave alone what those spoke of.
 */
#ifndef BW_SYSTEMS_ZEPHYR_TREES_H
#define BW_SYSTEMS_ZEPHYR_TREES_H

#include "board/load.h"
#include "systems/zephyr/bindings.h"
#include "systems/zephyr/zephyr.h"

/** What the targets of a run share. Thread-safe. */
typedef struct bw_zephyr_trees bw_zephyr_trees;

/** @param roots whose board roots may have bindings; outlive it. @param zephyr_base the tree for boards outside of any,
 *  or NULL */
bw_zephyr_trees *bw_zephyr_trees_new(bw_context *ctx, const bw_zephyr_roots *roots, const char *zephyr_base);
void bw_zephyr_trees_free(bw_zephyr_trees *trees);

/** Checks a tree that bw_check_run() has checked, if it is one of Zephyr's; findings go to its unit.
 *  @param roots finds the Zephyr tree that the target lies in */
void bw_zephyr_check_tree(bw_zephyr_trees *trees, const bw_target *target, bw_roots *roots, bw_tree *tree);

/* The parts; private to systems/zephyr. */

/** One run of them. */
typedef struct bw_zephyr_tree_check {
    bw_tree *tree;
    bw_unit *unit;
    bw_zephyr_bindings *bindings;         /**< NULL: there are none to be found */
    const bw_zephyr_binding **binding_of; /**< by number of the node; NULL without bindings */
    bool *blamed;       /**< by number of the node: as a provider without a binding; NULL without bindings */
    bw_finding *before; /**< the last finding of the checks of any board */
} bw_zephyr_tree_check;

/** Whether the checks of any board have an error about this property of a node. A warning is taken back: who asks has
 *  an error to say of it. With @p property NULL: whether they have any finding about the node. */
bool bw_zephyr_is_said(bw_zephyr_tree_check *check, const bw_node *node, const char *property);

void bw_zephyr_check_bindings(bw_zephyr_tree_check *check);
void bw_zephyr_check_chosen(bw_zephyr_tree_check *check);
void bw_zephyr_check_partitions(bw_zephyr_tree_check *check);
void bw_zephyr_check_identity(bw_zephyr_tree_check *check);

#endif
