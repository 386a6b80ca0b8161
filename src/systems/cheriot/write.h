/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the build of CHERIoT RTOS makes of a board, as files: the normalized board, the MMIO part of the linker script,
 * the interrupts, the compiler's flags, pieces of the firmware's linker script, and headers that any compiler takes.
 *
 * Sources: CHERIoT-Platform/cheriot-rtos, sdk/xmake.lua and what it calls; numbers in brackets are sections of the
 * digest that docs/cheriot.md stands on.
 */
#ifndef BW_SYSTEMS_CHERIOT_WRITE_H
#define BW_SYSTEMS_CHERIOT_WRITE_H

#include "base/plan.h"
#include "systems/cheriot/board.h"
#include "systems/systems.h"

/**
 * Adds all files of a board to a plan. The board was checked: what is not known of it is left out here.
 * @param folder where in the plan, without a '/' at the end.
 * @return false after an error finding (a file's name that cannot be one).
 */
bool bw_cheriot_write(const bw_cheriot_board *board, const char *folder, bw_plan *plan, bw_findings *findings);

/** @return whether a BOARD argument is of CHERIoT RTOS: a board's file, a folder that holds some, or a name among the
 *          SDK's boards. */
bool bw_cheriot_is_own(bw_context *ctx, const char *argument, const char *sdk);

/** As bw_cheriot_read(), of an argument that may be a folder with one board, too. */
const bw_cheriot_board *bw_cheriot_read_one(bw_context *ctx, const char *argument, const bw_cheriot_options *options,
                                            bw_arena *arena, bw_findings *findings);

/** For the table of systems: see bw_system. */
bool bw_cheriot_build(const bw_system_job *job);
char **bw_cheriot_own_boards(bw_context *ctx, const char *argument, const char *sdk);
bool bw_cheriot_build_own(const bw_system_own *own);

#endif
