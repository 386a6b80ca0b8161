/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Values as a person writes them: rows by what the property is, numbers in the radix of their kind, long lists
 * wrapped. Private to src/dts.
 */
#ifndef BW_DTS_READABLE_H
#define BW_DTS_READABLE_H

#include "base/buffer.h"
#include "tree/tree.h"

/**
 * Appends " = …" of a property whose line begins with @p level tabs.
 * @return false, with nothing appended, for values that only the plain form can hold: labels inside, /bits/,
 *         mixed types, unknown elements.
 */
bool bw_dts_readable_value(const bw_tree *tree, const bw_node *node, const bw_prop *prop, unsigned level,
                           bw_buffer *out);

/** A string in quotes, with what has no place in one escaped. In print.c. */
void bw_dts_string(bw_buffer *out, const uint8_t *text, uint32_t len);

#endif
