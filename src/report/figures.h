/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Numbers and tables for a person to read. All texts are UTF-8, or ASCII alone where asked for.
 */
#ifndef BW_REPORT_FIGURES_H
#define BW_REPORT_FIGURES_H

#include "base/arena.h"
#include "base/buffer.h"

#include <stdbool.h>

/** How a picture or table may look. */
typedef struct bw_style {
    bool utf8;      /**< false: ASCII only */
    bool color;     /**< ANSI sequences */
    unsigned width; /**< columns of the terminal; 0: 100 */
} bw_style;

/** "64 KiB", "447.5 MiB", "5119 bytes": exact, in the largest unit that needs one decimal at most. */
char *bw_size_words(bw_arena *arena, uint64_t bytes);
/** The same rounded to one decimal: "3.9 GiB". */
char *bw_size_about(bw_arena *arena, uint64_t bytes);
/** The size from @p address to @p last: exact if that is short, else rounded; for pictures that have the addresses. */
char *bw_extent_words(bw_arena *arena, uint64_t address, uint64_t last);
/** "24 MHz", "32.768 kHz", "115200 Hz". */
char *bw_rate_words(bw_arena *arena, uint64_t hertz);
/** Terminal columns of clean UTF-8 (one for each character: names in a devicetree are ASCII). */
unsigned bw_text_width(const char *text);
/** Text of the input made safe to show: bw_report_clean() in the arena, and no more than @p most columns (0: all). */
char *bw_clean_text(bw_arena *arena, const char *text, unsigned most);

/**
 * A table: columns as wide as their widest cell. Column types: 'l' left, 'r' right.
 */
typedef struct bw_table bw_table;

bw_table *bw_table_new(bw_arena *arena, const char *columns);
/** Appends a cell; the row is full after as many as there are columns. Control characters are made visible. */
void bw_table_add(bw_table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Writes the rows, each after @p indent blanks, cut to @p width columns (0: not cut). Empty columns vanish. */
void bw_table_put(const bw_table *table, bw_buffer *out, unsigned indent, unsigned width, bool utf8);

#endif
