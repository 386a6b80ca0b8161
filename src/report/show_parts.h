/* SPDX-License-Identifier: Apache-2.0 */
/** Private to show.c and show_node.c: what the texts about a board and about one node share. */
#ifndef BW_REPORT_SHOW_PARTS_H
#define BW_REPORT_SHOW_PARTS_H

#include "report/show.h"

/** A text in the making. Words that functions return live in the board's arena. */
typedef struct bw_showing {
    const bw_board *board;
    const bw_tree *tree;
    bw_arena *arena;
    const bw_show_options *options;
    bw_buffer *out;
    const bw_node *controller; /**< the main one: its interrupts need no name before them */
    const char *dash, *dots, *times;
    unsigned width;
    int address_digits;
} bw_showing;

bw_showing bw_showing_begin(const bw_board *board, const bw_show_options *options, bw_buffer *out);

bw_table *bw_showing_table(bw_showing *s, const char *columns); /**< columns: see bw_table_new() */
void bw_showing_put(bw_showing *s, const bw_table *t);

const char *bw_showing_range(const bw_showing *s, uint64_t address, uint64_t size); /**< "0x40000000–0x47ffffff" */
const char *bw_showing_name(const bw_node *node);                                   /**< its label, else its name */

/** "disabled", or which bus above is; "" when @p unavailable is NULL. */
const char *bw_showing_status(const bw_showing *s, const bw_node *node, const bw_node *unavailable);

#endif
