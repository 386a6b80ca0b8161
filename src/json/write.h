/* SPDX-License-Identifier: Apache-2.0 */
/** JSON values to text, through jansson. */
#ifndef BW_JSON_WRITE_H
#define BW_JSON_WRITE_H

#include "json/json.h"

#include <jansson.h>

/** The value for jansson, in the order of the file: numbers that are whole as integers, text that is not UTF-8 with
 *  U+FFFD in it, what is not finite (which JSON cannot say) as null. @return for json_decref(). */
json_t *bw_json_to_jansson(const bw_json *value);

typedef struct bw_json_format {
    bool sorted;  /**< names bytewise, at every level; else the order of the file */
    bool compact; /**< on one line */
} bw_json_format;

/** @return the text with a line end; g_free() it. The same value gives the same bytes. */
char *bw_json_text_of(const bw_json *value, const bw_json_format *format);

#endif
