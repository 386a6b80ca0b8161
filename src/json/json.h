/* SPDX-License-Identifier: Apache-2.0 */
/**
 * JSON as values with places, and the superset that CHERIoT board files are written in.
 *
 * A value is never changed once it is made: whoever edits a document (json/patch.h) makes new objects and arrays
 * that share what stayed the same. So a value keeps for ever the file and the bytes where it was written,
 * whichever document it is now part of.
 *
 * Sources: RFC 8259; for the superset lua-cjson as xmake builds it (hexadecimal numbers, hexadecimal fractions, leading
 * zeros, '+', inf and nan, raw control characters, an end of input at a NUL byte).
 */
#ifndef BW_JSON_JSON_H
#define BW_JSON_JSON_H

#include "base/context.h"

typedef enum bw_json_kind {
    BW_JSON_NULL,
    BW_JSON_FALSE,
    BW_JSON_TRUE,
    BW_JSON_NUMBER,
    BW_JSON_STRING,
    BW_JSON_ARRAY,
    BW_JSON_OBJECT,
} bw_json_kind;

typedef struct bw_json bw_json;

typedef struct bw_json_member {
    const char *name; /**< unescaped, NUL-terminated; holds no NUL (one is refused by the reader) */
    bw_place place;   /**< of the name */
    const bw_json *value;
} bw_json_member;

struct bw_json {
    bw_json_kind kind;
    uint32_t begin, end; /**< bytes of the source; of a value that nobody wrote 0, 0 */
    bw_source *source;   /**< NULL for a value that nobody wrote */
    double number;       /**< of a number: as IEEE double, as the reference reader has it */
    const char *text;    /**< of a string: unescaped, NUL-terminated; of a number: as written */
    uint32_t len;        /**< bytes of text */
    uint32_t count;      /**< of items or members */
    const bw_json *const *items;
    const bw_json_member *members; /**< in the order of the file, each name once: the last one counts */
    const bw_json *replaced;       /**< what stood here before a patch put this value here, or NULL */
};

#define BW_JSON_MAX_DEPTH 1000 /**< as lua-cjson; deeper is refused */

/** What is accepted besides RFC 8259. */
typedef enum bw_json_dialect {
    BW_JSON_STRICT,
    BW_JSON_CJSON, /**< the superset above; each of its rows that the plain superset (hexadecimal integers) does
                        not need is accepted with a warning */
} bw_json_dialect;

/** Reads the one value of a source into @p arena. @return NULL when it is not JSON: one finding (`json-syntax`) says
 *  where and why. Names given twice are findings (`json-duplicate`), and the value comes, with the last one. */
const bw_json *bw_json_read(bw_source *source, bw_json_dialect dialect, bw_arena *arena, bw_findings *findings);

/** Opens a file and reads it likewise. @return NULL also when it cannot be read, with a finding. */
const bw_json *bw_json_read_file(bw_context *ctx, const char *path, bw_json_dialect dialect, bw_arena *arena,
                                 bw_findings *findings);

/** @return the value of a member, or NULL if there is none or @p object is no object (or NULL). */
const bw_json *bw_json_get(const bw_json *object, const char *name);
/** @return the member itself, for the place of its name; or NULL. */
const bw_json_member *bw_json_member_of(const bw_json *object, const char *name);

/** Where a value stands: of objects and arrays the first line only, so that a caret can show it. */
bw_place bw_json_place(const bw_json *value);

/** Adds a finding at a value. Of one that a patch put there the base's value is a note. */
bw_finding *bw_json_find(bw_findings *findings, bw_code code, const bw_json *value, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** What it is, for a message: "an object", "a number", "null". */
const char *bw_json_kind_name(const bw_json *value);

#endif
