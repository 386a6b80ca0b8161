/* SPDX-License-Identifier: Apache-2.0 */
/** Private to systems/cheriot: the steps of bw_cheriot_read(). */
#ifndef BW_SYSTEMS_CHERIOT_PARTS_H
#define BW_SYSTEMS_CHERIOT_PARTS_H

#include "systems/cheriot/board.h"

/** Finds and reads the files, and applies patches and mixins: sets name, directories, sdk, project, files, broken and
 *  document of @p board. @return false after an error finding when there is no document. */
bool bw_cheriot_load(bw_context *ctx, const char *argument, const bw_cheriot_options *options, bw_cheriot_board *board,
                     bw_arena *arena, bw_findings *findings);

/** Makes the model of board->document. */
void bw_cheriot_model(bw_cheriot_board *board, bw_arena *arena, bw_findings *findings);

/** The document with both end and length in every extent, and with trusted_spill_size. */
const bw_json *bw_cheriot_normalized(const bw_cheriot_board *board, bw_arena *arena);

/** The folder of a path as text, without a '/' at its end; "." for none. */
const char *bw_cheriot_folder_of(const char *path, bw_arena *arena);

#endif
