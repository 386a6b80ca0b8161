/* SPDX-License-Identifier: Apache-2.0 */
/**
 * libboardwright: devicetrees, read and checked.
 *
 *     boardwright *bw = boardwright_new();
 *     boardwright_board *board = boardwright_read(bw, "board.dts");
 *     boardwright_check(board);
 *     … boardwright_findings(board, &count) …
 *     boardwright_board_free(board);
 *     boardwright_free(bw);
 *
 * The library has no global mutable state, never prints and never exits, except that it aborts
 * when memory is exhausted. Set a context up, then read boards in as many threads as you like; one
 * board belongs to one thread at a time. All text is UTF-8 or what the input had; paths are the
 * file system's bytes. What a function returns belongs to the board or context that it was asked of
 * and lives as long, unless said otherwise. Lines and columns begin at 1, columns count bytes.
 */
#ifndef BOARDWRIGHT_H
#define BOARDWRIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define BOARDWRIGHT_API __attribute__((visibility("default")))
#else
#define BOARDWRIGHT_API
#endif

/** @return the library's version, "0.1.0". */
BOARDWRIGHT_API const char *boardwright_version(void);

/* -- context: what boards share ------------------------------------------------------------------ */

typedef struct boardwright boardwright;

typedef enum boardwright_level {
    BOARDWRIGHT_OFF,
    BOARDWRIGHT_NOTE,
    BOARDWRIGHT_WARNING,
    BOARDWRIGHT_ERROR,
} boardwright_level;

BOARDWRIGHT_API boardwright *boardwright_new(void);
/** Free its boards first. NULL is fine. */
BOARDWRIGHT_API void boardwright_free(boardwright *context);

/* Options: set them before the first board is read. Texts are copied. */

/** Level of a finding by its code or dtc's name of the check, or of "all".
 *  @return false if there is no such finding. */
BOARDWRIGHT_API bool boardwright_set_level(boardwright *context, const char *code, boardwright_level level);
/** A directory for #include. Without any, those of Linux and Zephyr trees are found by themselves. */
BOARDWRIGHT_API void boardwright_add_include_dir(boardwright *context, const char *directory);
/** A directory for /include/ and /incbin/. */
BOARDWRIGHT_API void boardwright_add_dts_dir(boardwright *context, const char *directory);
/** Defines a macro: "NAME" (as 1) or "NAME=VALUE". */
BOARDWRIGHT_API void boardwright_define(boardwright *context, const char *definition);
/** Whether reading goes on behind a header that is not there; what it would have defined is unknown then. */
BOARDWRIGHT_API void boardwright_tolerate_missing_includes(boardwright *context, bool tolerate);
/** From here on @p path is these bytes (copied), whatever the file system has: the unsaved file of an editor.
 *  @return false if @p path was given or opened before, or the bytes are more than 256 MiB. */
BOARDWRIGHT_API bool boardwright_add_file(boardwright *context, const char *path, const void *bytes, size_t size);

/* -- boards ------------------------------------------------------------------------------------- */

typedef struct boardwright_board boardwright_board;

/** Reads a devicetree source or blob, whichever it is, and resolves its references. Never NULL: what went
 *  wrong is among the findings, and boardwright_root() is NULL if there is no tree at all. */
BOARDWRIGHT_API boardwright_board *boardwright_read(boardwright *context, const char *path);
BOARDWRIGHT_API void boardwright_board_free(boardwright_board *board);
/** Runs all checks, once: what they find joins the findings. A source with syntax errors is not checked.
 *  @return whether the board has no finding at error level, reading included. */
BOARDWRIGHT_API bool boardwright_check(boardwright_board *board);

typedef struct boardwright_place {
    const char *file;              /**< NULL: no place */
    uint32_t line, column;         /**< line 0: the file as a whole */
    uint32_t end_line, end_column; /**< one past the last byte */
} boardwright_place;

typedef struct boardwright_note {
    const char *message;
    boardwright_place place;
} boardwright_note;

typedef struct boardwright_finding {
    const char *code; /**< "memory-overlap" */
    boardwright_level level;
    const char *message; /**< one sentence without a full stop */
    boardwright_place place;
    const char *node;              /**< path of the node it is about, or NULL */
    const char *property;          /**< or NULL */
    const char *cure;              /**< or NULL */
    const boardwright_note *notes; /**< the other parties, then how the place came to be */
    size_t note_count;
} boardwright_finding;

/** @return all findings so far, valid until boardwright_check() or the end of the board. */
BOARDWRIGHT_API const boardwright_finding *boardwright_findings(boardwright_board *board, size_t *count);

typedef enum boardwright_format {
    BOARDWRIGHT_TEXT,
    BOARDWRIGHT_JSON,
    BOARDWRIGHT_SARIF,
    BOARDWRIGHT_GITHUB,
} boardwright_format;

/** The findings as `boardwright check --format` prints them. @return text to release with
 *  boardwright_free_text(). */
BOARDWRIGHT_API char *boardwright_report(boardwright_board *board, boardwright_format format);
BOARDWRIGHT_API void boardwright_free_text(char *text);

/* -- the tree ------------------------------------------------------------------------------------ */

typedef struct boardwright_node boardwright_node;
typedef struct boardwright_property boardwright_property;

/** @return the root, or NULL when there is no tree. */
BOARDWRIGHT_API const boardwright_node *boardwright_root(const boardwright_board *board);
/** @return the node at "/soc/uart@1000", of "label", or at "label/sub", or NULL. */
BOARDWRIGHT_API const boardwright_node *boardwright_node_find(const boardwright_board *board, const char *reference);
BOARDWRIGHT_API const boardwright_node *boardwright_node_parent(const boardwright_node *node);
BOARDWRIGHT_API const boardwright_node *boardwright_node_first_child(const boardwright_node *node);
BOARDWRIGHT_API const boardwright_node *boardwright_node_next(const boardwright_node *node); /**< sibling */
/** @return its name with unit address; "" of the root. */
BOARDWRIGHT_API const char *boardwright_node_name(const boardwright_node *node);
BOARDWRIGHT_API const char *boardwright_node_path(boardwright_board *board, const boardwright_node *node);
/** @return where it was defined first; file is NULL if it came from a blob. */
BOARDWRIGHT_API boardwright_place boardwright_node_place(const boardwright_board *board, const boardwright_node *node);
/** @return whether it and all above it are "okay" or without a status. */
BOARDWRIGHT_API bool boardwright_node_available(const boardwright_board *board, const boardwright_node *node);
/** The @p index-th block of reg, seen from the root through all ranges. Sizes are bytes.
 *  @return false if there is none, or it is no address of the root. */
BOARDWRIGHT_API bool boardwright_node_block(const boardwright_board *board, const boardwright_node *node,
                                            uint32_t index, uint64_t *address, uint64_t *size);

BOARDWRIGHT_API const boardwright_property *boardwright_first_property(const boardwright_node *node);
BOARDWRIGHT_API const boardwright_property *boardwright_next_property(const boardwright_property *property);
BOARDWRIGHT_API const boardwright_property *boardwright_property_find(const boardwright_node *node, const char *name);
BOARDWRIGHT_API const char *boardwright_property_name(const boardwright_property *property);
/** @return the value as it is in a blob (cells big-endian); @p size in bytes. */
BOARDWRIGHT_API const void *boardwright_property_bytes(const boardwright_property *property, size_t *size);
/** The @p index-th cell. @return false beyond the value, or where it is unknown (a tolerated missing header). */
BOARDWRIGHT_API bool boardwright_property_cell(const boardwright_property *property, uint32_t index, uint32_t *cell);
/** @return the @p index-th string of the value, or NULL. */
BOARDWRIGHT_API const char *boardwright_property_string(const boardwright_property *property, uint32_t index);
/** @return the node that the @p index-th cell refers to as a phandle, or NULL. In a blob any cell may be one. */
BOARDWRIGHT_API const boardwright_node *
boardwright_property_target(const boardwright_board *board, const boardwright_property *property, uint32_t index);
/** @return where the value was set last; file is NULL if it came from a blob. */
BOARDWRIGHT_API boardwright_place boardwright_property_place(const boardwright_board *board,
                                                             const boardwright_property *property);

/* -- output --------------------------------------------------------------------------------------- */

/** The blob that dtc would write. With @p symbols it has /__symbols__ (dtc -@), and so has the tree from then on.
 *  @return NULL if the source has errors or unknown values (what checks find does not matter); else bytes that
 *          are valid until the next call. */
BOARDWRIGHT_API const void *boardwright_dtb(boardwright_board *board, bool symbols, size_t *size);
/** The tree as one source without includes and macros. @return text to release with boardwright_free_text(),
 *  or NULL if there is no tree. */
BOARDWRIGHT_API char *boardwright_dts(boardwright_board *board);

#ifdef __cplusplus
}
#endif
#endif
