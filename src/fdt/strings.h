/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The string table of a blob: each property name once, at the lowest offset where it stands, also
 * as the end of an earlier one ("cells" in "#size-cells"). A name that was seen costs one look
 * into unit->strings; only a new one is compared, with those that end in the same four bytes.
 */
#ifndef BW_FDT_STRINGS_H
#define BW_FDT_STRINGS_H

#include "base/unit.h"

#define BW_FDT_STRING_BUCKETS 512U

typedef struct bw_fdt_string {
    struct bw_fdt_string *next;   /**< later one of the same bucket */
    struct bw_fdt_string *follow; /**< later one of all */
    const bw_name *name;
    uint32_t offset;
} bw_fdt_string;

typedef struct bw_fdt_strings {
    bw_unit *unit;
    bw_fdt_string *first, *last;
    bw_fdt_string *buckets[BW_FDT_STRING_BUCKETS], *tails[BW_FDT_STRING_BUCKETS];
    uint32_t len; /**< bytes */
} bw_fdt_strings;

/** Empties the table; one table at a time uses the unit's slots. */
void bw_fdt_strings_begin(bw_fdt_strings *strings, bw_unit *unit);
uint32_t bw_fdt_string_insert(bw_fdt_strings *strings, const bw_name *name); /**< slow path */
void bw_fdt_strings_copy(const bw_fdt_strings *strings, uint8_t *to);        /**< len bytes */

static inline uint32_t bw_fdt_string_offset(bw_fdt_strings *strings, const bw_name *name)
{
    uint32_t known = bw_slot_of(&strings->unit->strings, name)->value;

    return known ? known - 1 : bw_fdt_string_insert(strings, name);
}

#endif
