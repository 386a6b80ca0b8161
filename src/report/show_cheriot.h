/* SPDX-License-Identifier: Apache-2.0 */
/** A board of CHERIoT RTOS for a person (text) and for a program (JSON). Nothing is printed. */
#ifndef BW_REPORT_SHOW_CHERIOT_H
#define BW_REPORT_SHOW_CHERIOT_H

#include "report/figures.h"
#include "systems/cheriot/board.h"

#include <jansson.h>

/** What is this board: files, memory, devices, interrupts, clocks, what the build is told. */
void bw_show_cheriot_text(const bw_cheriot_board *board, const bw_style *style, bw_buffer *out);
/** One device: addresses, bounds, and the interrupts whose names are like its name. */
void bw_show_cheriot_device(const bw_cheriot_board *board, const bw_cheriot_extent *device, const bw_style *style,
                            bw_buffer *out);
/** Its shape is docs/json.md's. A new reference. */
json_t *bw_show_cheriot_json(const bw_cheriot_board *board);

#endif
