/* SPDX-License-Identifier: Apache-2.0 */
/** Where something was written, for the comments of bare's files. */
#ifndef BW_SYSTEMS_BARE_PLACE_H
#define BW_SYSTEMS_BARE_PLACE_H

#include "board/board.h"

/** Appends the place where something was written ("board.dts:12"), if there is one; files are relative to the
 *  board's folder, so that the same board gives the same bytes from wherever it is built. */
void bw_bare_place(GString *out, const bw_board *board, bw_span span);

#endif
