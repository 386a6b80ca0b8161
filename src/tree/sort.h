/* SPDX-License-Identifier: Apache-2.0 */
/** A tree in the order of names, for comparing trees (dtc -s). */
#ifndef BW_TREE_SORT_H
#define BW_TREE_SORT_H

#include "tree/tree.h"

/** Sorts reservations by address and size, properties and children by name, in all of the tree. */
void bw_tree_sort(bw_tree *tree);

#endif
