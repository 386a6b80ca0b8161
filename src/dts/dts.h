/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Devicetree source to tree and back. Reading runs the C preprocessor inside: no text is made.
 *
 * Language: Devicetree Specification v0.4 chapter 6 and dtc 1.8.1; preprocessor: C17 6.10 as
 * `gcc -E -x assembler-with-cpp -undef -D__DTS__` does it. See docs/devicetree.md.
 */
#ifndef BW_DTS_DTS_H
#define BW_DTS_DTS_H

#include "base/buffer.h"
#include "tree/tree.h"

#include <stdio.h>

typedef enum bw_dialect {
    BW_DIALECT_DTC,    /**< exactly what dtc takes */
    BW_DIALECT_ZEPHYR, /**< also properties after subnodes, repeated properties; signed arithmetic */
} bw_dialect;

typedef struct bw_dts_options {
    bw_dialect dialect;
    bool preprocess;                 /**< false: plain DTS with line markers, as dtc reads it */
    bool mend_comments;              /**< a comment that swallows code is an error, and ends where it was meant to */
    bool tolerate_missing;           /**< a missing #include is a finding, reading goes on */
    const char *const *include_dirs; /**< -I, for #include; NULL-terminated, may be NULL */
    const char *const *dts_dirs;     /**< -i, for /include/ and /incbin/; likewise */
    const char *const *defines;      /**< "NAME=VALUE" or "NAME" (then 1); likewise */
    const char *const *more_files;   /**< read after the main file, as one text (Zephyr overlays) */
} bw_dts_options;

/**
 * Reads a source file into a new tree; references are not resolved yet (tree/resolve.h).
 * @return NULL only when the file cannot be read at all (a finding says why). A tree with errors
 *         comes back with broken set. All findings go to the unit.
 */
bw_tree *bw_dts_read(bw_unit *unit, const char *path, const bw_dts_options *options);

/** How much the last bw_dts_read() of a unit read. */
typedef struct bw_dts_size {
    uint64_t tokens; /**< devicetree tokens, after preprocessing */
    uint64_t bytes;  /**< of all files that were entered, each time they were */
    uint64_t files;  /**< how often a file was entered */
} bw_dts_size;
bw_dts_size bw_dts_size_of(const bw_unit *unit);

/** All files that the last bw_dts_read() of the unit opened, each once, in order, for dependency files. */
const char *const *bw_dts_files(const bw_unit *unit, uint32_t *count);

/**
 * What the preprocessor hands to the parser, as text appended to @p out: white space stands where the
 * parser sees white space, one blank or line end. Without line markers, so it is for looking at.
 * @return false if there were errors; findings go to the unit.
 */
bool bw_dts_preprocess(bw_unit *unit, const char *path, const bw_dts_options *options, bw_buffer *out);

#endif
