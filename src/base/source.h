/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Source files: read once a context, shared by all boards, never changed.
 */
#ifndef BW_BASE_SOURCE_H
#define BW_BASE_SOURCE_H

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Larger inputs are refused (a location has 31 bits for all text of a unit). */
#define BW_SOURCE_MAX ((size_t)1 << 28)

typedef struct bw_sources bw_sources;

/** From here on the text claims to be @c line of @c file: a cpp line marker. */
typedef struct bw_line_mark {
    uint32_t offset; /**< first byte of the line after the marker */
    uint32_t line;   /**< number that this line shall have */
    const char *file;
} bw_line_mark;

typedef struct bw_source {
    const char *path; /**< as it was opened; shown in findings */
    const char *dir;  /**< its directory with a trailing '/', or "" */
    const char *text; /**< len bytes and a NUL */
    uint32_t len;
    const void *lexed[2]; /**< token caches of the DTS reader, guarded by lock */
    void (*lexed_free)(void *);
    GMutex lock;
    GMappedFile *mapped; /**< NULL if text was copied */
    char *copied;
    _Atomic(uint32_t *) lines; /**< offsets of line starts; made at first use */
    uint32_t line_count;
    GArray *marks; /**< of bw_line_mark by offset, or NULL; set while lexing */
} bw_source;

bw_sources *bw_sources_new(void);
void bw_sources_free(bw_sources *sources);

/** Opens @p path once; later calls give the same source. "-" is standard input.
 *  @return NULL with the reason in @p error_number (errno) if it cannot be read; directories give
 *  EISDIR, files over BW_SOURCE_MAX give EFBIG. Failures are remembered too. */
bw_source *bw_source_open(bw_sources *sources, const char *path, int *error_number);

/** Makes @p path these bytes (copied) for bw_source_open(), whatever the file system has there.
 *  @return NULL if @p path was opened or added before, or there are more than BW_SOURCE_MAX bytes. */
bw_source *bw_source_add(bw_sources *sources, const char *path, const void *bytes, size_t len);

/** A source that is not a file; the bytes are copied. Not found by bw_source_open(). */
bw_source *bw_source_from_memory(bw_sources *sources, const char *path, const char *text, size_t len);

/** Line and column of a byte, both from 1; columns count bytes. Line markers are not looked at. */
void bw_source_position(bw_source *source, uint32_t offset, uint32_t *line, uint32_t *column);
/** The text of a line (from 1) without its end. @return false beyond the last line. */
bool bw_source_line(bw_source *source, uint32_t line, const char **text, uint32_t *len);

#endif
