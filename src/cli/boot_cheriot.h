/* SPDX-License-Identifier: Apache-2.0 */
/** Boards of CHERIoT RTOS for boot: the devicetree that is proved, and what runs it. */
#ifndef BW_CLI_BOOT_CHERIOT_H
#define BW_CLI_BOOT_CHERIOT_H

#include "boot/machine.h"
#include "cli/options.h"
#include "systems/cheriot/probe_tree.h"

/** Zero-initialise. Without a board all calls do nothing. */
typedef struct bw_boot_cheriot {
    const bw_cheriot_board *board; /**< NULL: none */
    const bw_yaml *support;        /**< support.yml beside the board's file, or NULL */
    bw_cheriot_probe_tree tree;
    char *simulator; /**< the command that was made of run_command, or NULL */
} bw_boot_cheriot;

bool bw_boot_cheriot_is_board(bw_context *ctx, const bw_options *options, const char *argument);

/** Reads and checks the board, and makes its tree. @param supports as for bw_support_of(). @return false after errors;
 *  what is no error is not said. */
bool bw_boot_cheriot_open(bw_boot_cheriot *cheriot, bw_context *ctx, const bw_options *options, const char *argument,
                          GHashTable *supports, bw_arena *arena, bw_findings *findings);

/** Takes the board's run_command where neither the user nor support.yml names what runs it, and the board is a
 *  simulation: else the command may load the hardware. @param toolchain as for bw_cheriot_command(). @return false
 * after an error. */
bool bw_boot_cheriot_choose(bw_boot_cheriot *cheriot, bw_machine_options *machine, const char *toolchain,
                            bw_findings *findings);

void bw_boot_cheriot_move(const bw_boot_cheriot *cheriot, bw_findings *findings);
void bw_boot_cheriot_close(bw_boot_cheriot *cheriot);

#endif
