/* SPDX-License-Identifier: Apache-2.0 */
/** JSON Pointers (RFC 6901) taken apart. Private to json. */
#ifndef BW_JSON_POINTER_H
#define BW_JSON_POINTER_H

#include "json/json.h"

typedef struct bw_pointer {
    const char *text;          /**< as written */
    const char *const *tokens; /**< decoded */
    uint32_t count;
    bool escaped; /**< some token held ~0 or ~1 */
} bw_pointer;

/** @return NULL, or why the text is no pointer, a sentence. */
const char *bw_pointer_parse(const char *text, bw_arena *arena, bw_pointer *pointer);

/** @return whether a token is an index of an array: "0", or digits without a leading zero, below 2^32 - 1. */
bool bw_pointer_index(const char *token, uint32_t *index);

/** @return the text of the first @p count tokens, encoded. */
const char *bw_pointer_lead(const bw_pointer *pointer, uint32_t count, bw_arena *arena);

#endif
