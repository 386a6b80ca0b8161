/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A unit: one tree being read, with all that goes when it is done. A worker keeps one unit and
 * begins it anew for each board, so memory is reused. Not thread-safe; one thread, one unit.
 */
#ifndef BW_BASE_UNIT_H
#define BW_BASE_UNIT_H

#include "base/context.h"
#include "base/slots.h"

typedef struct bw_unit {
    bw_context *ctx;
    const bw_known_names *n; /**< &ctx->n */
    bw_arena arena;          /**< the unit's data */
    bw_locs locs;
    bw_findings *findings; /**< belongs to the caller and outlives the unit */
    bw_slots macros;       /**< of the preprocessor */
    bw_slots labels;       /**< of the tree */
    bw_slots strings;      /**< of the blob writer */
    bw_slots bitbake;      /**< files of BitBake that were read, by path */
    bw_slots seen;         /**< for the duration of one question; clear before use */
    void *reader;          /**< what the DTS reader keeps from board to board */
    void (*reader_free)(void *);
} bw_unit;

bw_unit *bw_unit_new(bw_context *ctx);
void bw_unit_free(bw_unit *unit);
/** Forgets the last board; findings of the next one go to @p findings. */
void bw_unit_begin(bw_unit *unit, bw_findings *findings);

/** bw_findings_add() at a span, with its trail through includes and macros. */
bw_finding *bw_find(bw_unit *unit, bw_code code, bw_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/** bw_finding_note() at a span. */
void bw_find_note(bw_unit *unit, bw_finding *finding, bw_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
