/* SPDX-License-Identifier: Apache-2.0 */
/** The CHERIoT board that is made of a devicetree board, for verbs that take either. */
#ifndef BW_CLI_CHERIOT_TREE_H
#define BW_CLI_CHERIOT_TREE_H

#include "cli/boards.h"
#include "systems/cheriot/board.h"

/** @return whether an argument is a folder or a file of a devicetree board, and not of CHERIoT. */
bool bw_is_devicetree_board(const bw_options *options, const char *argument);

/** Makes a board of the target that support.yml means, or of the only one; findings are printed. @param boards opened
 *  here, with the exit status afterwards; to be closed in any case. @return NULL after an error. */
const bw_cheriot_board *bw_cheriot_of_devicetree(bw_boards *boards, const char *command, const bw_options *options,
                                                 const char *argument);

#endif
