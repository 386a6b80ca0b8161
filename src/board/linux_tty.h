/* SPDX-License-Identifier: Apache-2.0 */
/** What Linux calls a board's console. */
#ifndef BW_BOARD_LINUX_TTY_H
#define BW_BOARD_LINUX_TTY_H

#include "board/board.h"

/** The serial console of a board as a guest or host of Linux has it. */
typedef struct bw_linux_tty {
    const char *prefix; /**< "ttyAMA", or NULL: there is no console, or its driver is not known */
    unsigned number;    /**< of the alias serialN that names it; 0 without one */
    uint32_t baud;      /**< of stdout-path or current-speed; 115200 if neither says */
} bw_linux_tty;

/** @return the tty of the board's console (board->console). */
bw_linux_tty bw_linux_tty_of(const bw_board *board);

/** @return what the driver of a UART calls its ports, "ttyAMA" for "arm,pl011"; NULL: not known.
 *  Source: Linux, drivers/tty/serial, the dev_name of each driver's struct uart_driver. */
const char *bw_linux_tty_prefix(const bw_node *uart);

/** @return the prefix of a terminal of a UART, "ttyAMA" of "ttyAMA0"; NULL: its driver is not known. */
const char *bw_linux_tty_known(const char *tty);

#endif
