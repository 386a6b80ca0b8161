/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A value as runs of one type: what its marks say, and a guess where they say nothing (blobs).
 */
#ifndef BW_DTS_RUNS_H
#define BW_DTS_RUNS_H

#include "tree/tree.h"

typedef struct bw_value_run {
    bw_mark_kind kind; /**< BW_MARK_UINT8 to BW_MARK_STRING */
    uint32_t begin, len;
    uint32_t mark; /**< index of the type mark; UINT32_MAX if the type is a guess */
} bw_value_run;

/**
 * Splits a value, every byte in one run. A string run ends with its NUL; runs of cells are whole
 * cells, a rest becomes bytes. Runs of no bytes are those that the source has ("<>").
 * @return the runs, in the arena.
 */
bw_value_run *bw_value_runs(bw_arena *arena, const bw_value *value, uint32_t *count);

/** Bytes of one element: 1, 2, 4 or 8 (1 for strings). */
uint32_t bw_run_width(bw_mark_kind kind);

/** @return the reference whose cell stands at @p offset, or NULL. */
const bw_mark *bw_value_ref_at(const bw_value *value, uint32_t offset, uint32_t *from);

#endif
