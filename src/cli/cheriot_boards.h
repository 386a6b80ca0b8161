/* SPDX-License-Identifier: Apache-2.0 */
/** What commands share that look at boards of CHERIoT RTOS. */
#ifndef BW_CLI_CHERIOT_BOARDS_H
#define BW_CLI_CHERIOT_BOARDS_H

#include "cli/options.h"
#include "systems/cheriot/board.h"

typedef struct bw_cheriot_boards {
    bw_context *ctx;
    bw_arena arena;
    bw_findings findings;
    const bw_options *options;
    const char *const *paths; /**< of boards, NULL-terminated; NULL: the argument is none of CHERIoT's */
    int exit_code;            /**< the worst so far */
} bw_cheriot_boards;

/** Finds the boards that an argument stands for. Notes are left to `check`. @return whether it is one of CHERIoT's.
 * Close it in any case. */
bool bw_cheriot_boards_open(bw_cheriot_boards *boards, const bw_options *options, const char *argument);
/** Reads one with the options' SDK and mixins; findings are printed. @return NULL when there is nothing to show. */
const bw_cheriot_board *bw_cheriot_boards_read(bw_cheriot_boards *boards, const char *path);
void bw_cheriot_boards_close(bw_cheriot_boards *boards);

#endif
