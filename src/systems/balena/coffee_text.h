/* SPDX-License-Identifier: Apache-2.0 */
/** Strings of CoffeeScript, and what the device-types package shares. Private to the reader of device types. */
#ifndef BW_SYSTEMS_BALENA_COFFEE_TEXT_H
#define BW_SYSTEMS_BALENA_COFFEE_TEXT_H

#include "base/arena.h"
#include "json/json.h"

typedef struct bw_coffee_string {
    const char *text; /**< in the arena, NUL-terminated; NULL: see trouble */
    uint32_t len;
    uint32_t end;        /**< byte behind the closing quote */
    const char *trouble; /**< what is wrong, at the byte @c at */
    uint32_t at;
} bw_coffee_string;

/** Reads the string literal that begins at @p begin, a quote: '…', "…", '''…''' or """…""". */
bw_coffee_string bw_coffee_string_read(const char *source, uint32_t len, uint32_t begin, bw_arena *arena);

/**
 * What NAME.MEMBER… of the package is.
 * @param path "networkOptions.group", without the package's own name
 * @return NULL if there is none
 */
const bw_json *bw_coffee_common(const char *path, const bw_json *common, bw_arena *arena);

#endif
