/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Properties that are strings or lists of strings: compatible, reg-names, status …
 */
#ifndef BW_TREE_STRINGS_H
#define BW_TREE_STRINGS_H

#include "tree/cells.h"

/** @return OK if the value is one or more NUL-terminated strings (and fills @p count), UNKNOWN if an element
 *          is not known, BAD if it is empty or lacks the last NUL, NONE without a property. */
bw_state bw_prop_strings(const bw_prop *prop, uint32_t *count);

/** The next string of a list that ends properly; @p offset begins at 0 and moves on. Safe on any value:
 *  stops before a part without NUL. @return NULL at the end. */
const char *bw_prop_next_string(const bw_prop *prop, uint32_t *offset);

/** @return the string at @p index, or NULL. */
const char *bw_prop_string_at(const bw_prop *prop, uint32_t index);
/** @return the only or first string, or NULL when the value is not a known string. */
const char *bw_prop_string(const bw_prop *prop);
const char *bw_node_string(const bw_node *node, const bw_name *name);
/** @return the place of @p text in the list, or -1. */
int bw_prop_string_index(const bw_prop *prop, const char *text);
/** Whether @p text is one of the node's compatible strings. */
bool bw_node_is_compatible(const bw_tree *tree, const bw_node *node, const char *text);

#endif
