/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Boards as lines of text: the formats of Zephyr's list_boards.py and of `west boards`.
 */
#ifndef BW_SYSTEMS_ZEPHYR_LIST_H
#define BW_SYSTEMS_ZEPHYR_LIST_H

#include "base/buffer.h"
#include "systems/zephyr/zephyr.h"

/** A template with {FIELD}s, taken apart. */
typedef struct bw_zephyr_format bw_zephyr_format;

typedef enum bw_zephyr_fields {
    BW_ZEPHYR_CMAKE, /**< {NAME} {DIR} {VENDOR} {HWM} {REVISION_FORMAT} … : "NAME;plank", as --cmakeformat has them */
    BW_ZEPHYR_WEST,  /**< {name} {full_name} {dir} {vendor} … : as `west boards --format` has them */
} bw_zephyr_fields;

/**
 * Takes a template apart. "{{" and "}}" are braces.
 * @return NULL when it is wrong, with a sentence in @p error (g_free() it).
 */
bw_zephyr_format *bw_zephyr_format_new(const char *text, bw_zephyr_fields fields, char **error);
void bw_zephyr_format_free(bw_zephyr_format *format);

/** Appends one board as the template has it, without a line end. */
void bw_zephyr_format_board(const bw_zephyr_format *format, const bw_zephyr_board *board, bw_buffer *out);
/** The same for a board of the old hardware model, of which no more than this is known. @param dir absolute */
void bw_zephyr_format_v1(const bw_zephyr_format *format, const char *name, const char *dir, bw_buffer *out);

#endif
