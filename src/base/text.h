/* SPDX-License-Identifier: Apache-2.0 */
/** Words for files that are written: sizes, and what may be hostile as a comment or a string. */
#ifndef BW_BASE_TEXT_H
#define BW_BASE_TEXT_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

/** Appends "64 KiB", the largest unit that divides; bytes below 1 KiB. */
void bw_text_size(GString *out, uint64_t bytes);

/** Appends a text that cannot end a C comment: what is not printable becomes '?'. */
void bw_text_comment(GString *out, const char *text);

/** Appends a C string with its quotes. */
void bw_text_string(GString *out, const char *text);

/** Whether a text is an identifier of C: letters, digits and '_', no digit first. */
bool bw_text_is_identifier(const char *text);

#endif
