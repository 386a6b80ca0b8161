/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs of addresses that come from one row of a reg, to be sorted and compared.
 */
#ifndef BW_CHECK_EXTENT_H
#define BW_CHECK_EXTENT_H

#include "check/engine.h"
#include "tree/address.h"

#include <glib.h>

typedef struct bw_extent {
    uint64_t first, last; /**< bytes, both inclusive */
    bw_info *info;
    bw_prop *prop;        /**< reg */
    uint32_t offset, len; /**< of the row, bytes */
} bw_extent;

static inline uint64_t bw_extent_size(const bw_extent *e)
{
    return e->last - e->first + 1;
}

/** A list of bw_extent; free with g_array_unref(). */
GArray *bw_extents_new(void);
#define BW_EXTENT(array, i) (&g_array_index((array), bw_extent, (i)))

/** Adds the rows of reg as they stand there, without those of size 0; what wraps beyond 64 bits makes a
 *  finding. Nothing of a reg that is malformed or not known. */
void bw_extents_add_reg(bw_run *run, GArray *extents, bw_info *info);

/** By first address, of equal ones the longer first, of those the earlier node first. */
void bw_extents_sort(GArray *extents);

/** Place of the row. */
bw_span bw_extent_span(const bw_extent *e);
/** A finding at the row. */
bw_finding *bw_extent_say(bw_run *run, bw_code code, const bw_extent *e, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/** A note at the row: "NAME is here, 0x1000–0x1fff". */
void bw_extent_note(bw_run *run, bw_finding *f, const bw_extent *e);
const char *bw_extent_text(const bw_run *run, const bw_extent *e);

#endif
