/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What runs a firmware image of a board: its `run_command`, or the older `simulator`.
 *
 * Source: CHERIoT-Platform/cheriot-rtos, sdk/xmake.lua, rule cheriot.firmware.run, and docs/BoardDescriptions.md for
 * what that documents and does not do: `${board}`, the firmware's absolute path.
 */
#ifndef BW_SYSTEMS_CHERIOT_RUN_H
#define BW_SYSTEMS_CHERIOT_RUN_H

#include "systems/cheriot/board.h"

/**
 * Makes the command of a board. The text is split at spaces, each word is expanded, and the program is looked for in
 * the toolchain's folder, its bin, the SDK, and PATH; one with a slash also as it is, and beside the board's file.
 * @param toolchain a folder, or NULL.
 * @return words without the image, NULL at the end, the program by its path; free with g_strfreev(). NULL with a
 * finding: the board has no command (simulator-unknown), or there is no such program (simulator-missing), with the
 * places that were looked at.
 */
char **bw_cheriot_command(const bw_cheriot_board *board, const char *toolchain, bw_findings *findings);

#endif
