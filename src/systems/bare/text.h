/* SPDX-License-Identifier: Apache-2.0 */
/** Words for the files of bare: sizes, safe comments and strings. */
#ifndef BW_SYSTEMS_BARE_TEXT_H
#define BW_SYSTEMS_BARE_TEXT_H

#include "board/board.h"

/** Appends "64 KiB", the largest unit that divides; bytes below 1 KiB. */
void bw_bare_size(GString *out, uint64_t bytes);

/** Appends a text that cannot end a C comment: what is not printable becomes '?'. */
void bw_bare_comment(GString *out, const char *text);

/** Appends a C string with its quotes. */
void bw_bare_string(GString *out, const char *text);

/** Appends the place where something was written ("board.dts:12"), if there is one; files are relative to the
 *  board's folder, so that the same board gives the same bytes from wherever it is built. */
void bw_bare_place(GString *out, const bw_board *board, bw_span span);

#endif
