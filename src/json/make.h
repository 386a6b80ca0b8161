/* SPDX-License-Identifier: Apache-2.0 */
/**
 * JSON values that were not read: parts of a document that is made of something else. They live in the arena given;
 * texts are copied, lists are taken over.
 */
#ifndef BW_JSON_MAKE_H
#define BW_JSON_MAKE_H

#include "json/json.h"

bw_json *bw_json_new_bool(bw_arena *arena, bool truth);
/** @param text how it would be written ("0x80000000"), or NULL: in decimal. */
bw_json *bw_json_new_number(bw_arena *arena, double number, const char *text);
bw_json *bw_json_new_text(bw_arena *arena, const char *text);
/** @param items, members copied: @p count of them. Names of members have to differ. */
bw_json *bw_json_new_array(bw_arena *arena, const bw_json *const *items, uint32_t count);
bw_json *bw_json_new_object(bw_arena *arena, const bw_json_member *members, uint32_t count);

/** Says that a value stands for what is written at @p place, so that findings about it point there. */
void bw_json_locate(bw_json *value, bw_place place);

#endif
