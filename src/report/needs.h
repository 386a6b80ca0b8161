/* SPDX-License-Identifier: Apache-2.0 */
/** What a device needs, for a person, a program and a picture. Nothing is printed: all goes into a buffer. */
#ifndef BW_REPORT_NEEDS_H
#define BW_REPORT_NEEDS_H

#include "board/needs.h"
#include "report/figures.h"

#include <jansson.h>

/** A line for each node with the reason, then what is to be handed out and what stays shared. */
void bw_needs_text(const bw_needs *needs, const bw_style *style, bw_buffer *out);
/** Nodes, edges, grants and interrupts; the shape is docs/json.md's. A new reference. */
json_t *bw_needs_json(const bw_needs *needs);
/** A graph for Graphviz. */
void bw_needs_dot(const bw_needs *needs, bw_buffer *out);
/** A picture: seeds on the left, each node as many columns to the right as its shortest way has steps. */
void bw_needs_svg(const bw_needs *needs, const char *title, bw_buffer *out);

#endif
