/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A board for a person (text) and for a program (JSON). Nothing is printed: all goes into a buffer.
 */
#ifndef BW_REPORT_SHOW_H
#define BW_REPORT_SHOW_H

#include "board/board.h"
#include "board/load.h"
#include "report/figures.h"

#include <jansson.h>

typedef struct bw_show_options {
    bw_style style;
    bool all;  /**< also what is disabled */
    bool each; /**< a line for every device, also of many that are alike */
} bw_show_options;

/** What is this board: CPUs, memory, console, devices, partitions. */
void bw_show_text(const bw_board *board, const bw_target *target, const bw_show_options *options, bw_buffer *out);
/** All that is known of one node: registers, interrupts, clocks, status. */
void bw_show_node(const bw_board *board, const bw_node *node, const bw_show_options *options, bw_buffer *out);
/** The whole model; its shape is docs/json.md's. Addresses are strings ("0x9000000"), sizes bytes, rates Hz.
 *  A new reference. */
json_t *bw_show_json(const bw_board *board, const bw_target *target);

/** "SPI 33", "12", "gpio1: 5": an interrupt in few words; "?" where it cannot be made out. */
char *bw_line_words(const bw_board *board, const bw_line *line, const bw_node *main_controller);
/** The controller that most devices use, or NULL. */
const bw_node *bw_main_controller(const bw_board *board);

#endif
