/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Locations: where each thing of one unit was written, through includes and macros, in 4 bytes.
 *
 * A unit lays the files that it opens one after another into a space of 31 bits, each *visit* of
 * a file anew, so a location knows its chain of includes. With the top bit set, it is the number
 * of a macro expansion instead, which knows the place in the macro's body and the call.
 */
#ifndef BW_BASE_LOC_H
#define BW_BASE_LOC_H

#include "base/arena.h"
#include "base/names.h"
#include "base/source.h"

typedef uint32_t bw_loc; /**< 0 is nowhere */
#define BW_LOC_MACRO 0x80000000U

/** From the first character of @c begin to the end of the token at @c last. */
typedef struct bw_span {
    bw_loc begin;
    bw_loc last;
    uint32_t last_len; /**< bytes of that token; 0: find out by looking at the text */
} bw_span;

#define BW_NOWHERE ((bw_span){0, 0, 0})

static inline bw_span bw_span_name(bw_loc loc, const bw_name *name)
{
    return (bw_span){loc, loc, name->len};
}
static inline bw_span bw_span_token(bw_loc loc)
{
    return (bw_span){loc, loc, 0};
}
static inline bw_span bw_span_of(bw_loc begin, bw_loc last)
{
    return (bw_span){begin, last, 0};
}

typedef struct bw_visit {
    bw_loc base;     /**< location of the file's first byte */
    bw_loc included; /**< of the #include or /include/ that opened it; 0 for the unit's own file */
    bw_source *source;
} bw_visit;

typedef struct bw_expansion {
    bw_loc spelling;  /**< the token in the macro's body or in an argument */
    bw_loc call;      /**< the macro's name where it was called */
    bw_loc call_last; /**< its closing parenthesis, or the name again */
    const bw_name *macro;
} bw_expansion;

typedef struct bw_locs {
    bw_visit *visits;
    uint32_t visit_count, visit_room;
    bw_expansion *expansions;
    uint32_t expansion_count, expansion_room;
    bw_loc next;
} bw_locs;

void bw_locs_clear(bw_locs *locs); /**< keeps the memory */
void bw_locs_free(bw_locs *locs);

/** Enters a file. @return the location of its first byte, or 0 when the space is used up. */
bw_loc bw_locs_visit(bw_locs *locs, bw_source *source, bw_loc included);
/** @return the location of a token that came out of a macro (the call's own when space is used up). */
bw_loc bw_locs_expand(bw_locs *locs, bw_loc spelling, bw_loc call, bw_loc call_last, const bw_name *macro);

const bw_visit *bw_locs_visit_of(const bw_locs *locs, bw_loc loc);   /**< of a file location */
bw_loc bw_locs_call_site(const bw_locs *locs, bw_loc loc, bool end); /**< outermost place in a file */

/** A place as a person reads it. Lines and columns from 1; the end is one past the last byte. */
typedef struct bw_place {
    const char *file;      /**< NULL: no place */
    uint32_t line, column; /**< line 0: the file as a whole */
    uint32_t end_line, end_column;
    bw_source *source;                     /**< NULL if there is no text to show */
    uint32_t source_line, source_end_line; /**< lines of the text (differ from line after line markers) */
} bw_place;

bw_place bw_locs_place(const bw_locs *locs, bw_span span);
/** A place in a file that is read without locations (YAML). */
bw_place bw_source_place(bw_source *source, uint32_t begin, uint32_t end);
bw_place bw_file_place(const char *path); /**< the file as a whole */

#endif
