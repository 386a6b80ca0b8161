/* SPDX-License-Identifier: Apache-2.0 */
/**
 * JSON Patch: operations on a document, which stays as it is; the result shares what did not change.
 *
 * Sources: RFC 6902 and RFC 6901; for BW_PATCH_CHERIOT what CHERIoT-Platform/cheriot-rtos,
 * sdk/xmake/board-parsing.lua does with the same operations.
 */
#ifndef BW_JSON_PATCH_H
#define BW_JSON_PATCH_H

#include "json/json.h"

enum {
    /** A `replace` of an object's member that is missing makes it, and a `remove` of one does nothing, each with a
     *  warning (`json-patch-missing`). Real boards need both. */
    BW_PATCH_LENIENT = 1 << 0,
    /** Also say (`cheriot-patch`) where CHERIoT's build makes something else of an operation, or refuses it. */
    BW_PATCH_CHERIOT = 1 << 1,
};

/** An array's or object's nesting after a patch is at most BW_JSON_MAX_DEPTH; and no patch copies more values than: */
#define BW_PATCH_MAX_VALUES 1000000

/**
 * Applies the operations of an array in order. One that cannot be applied is an error finding (`json-patch`) and is
 * left out; what later ones do below the same path is then left out silently.
 * @param ok set to false if there was one; else untouched. May be NULL.
 * @return the new document; @p document itself if nothing was changed. Never NULL.
 */
const bw_json *bw_json_patch(const bw_json *document, const bw_json *operations, unsigned flags, bw_arena *arena,
                             bw_findings *findings, bool *ok);

/** Looks only at the shape of the operations: that each has op, path and what else it needs. @return whether all do. */
bool bw_json_patch_check(const bw_json *operations, unsigned flags, bw_findings *findings);

/** Whether two values are equal as RFC 6902, 4.6, says. */
bool bw_json_equal(const bw_json *a, const bw_json *b);

#endif
