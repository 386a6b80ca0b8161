/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Intel HEX: bytes at addresses of 32 bits, as text. Source: Intel, Hexadecimal Object File Format Specification,
 * revision A, 1988.
 *
 * A bw_hex holds the runs of bytes of one or more files; raw and ELF files can be put beside hex ones. Reading a hex
 * file goes piece by piece, so that only its bytes are in memory, not its text.
 */
#ifndef BW_IMAGE_HEX_H
#define BW_IMAGE_HEX_H

#include "base/buffer.h"
#include "base/context.h"
#include "base/output.h"

#include <glib.h>

/** Most bytes of a record. */
#define BW_HEX_RECORD_MAX 255U
/** What most programs write. */
#define BW_HEX_RECORD_USUAL 16U

/** Bytes without a gap. */
typedef struct bw_hex_run {
    uint64_t address; /**< address + len is at most 2^32 */
    uint64_t len;     /**< at least 1 */
    uint64_t offset;  /**< in the bytes of its file */
    uint32_t file;    /**< index in bw_hex.files */
    uint32_t line;    /**< of a hex file, where it begins; else 0 */
} bw_hex_run;

/** Where a program starts. */
typedef enum bw_hex_start_kind {
    BW_HEX_NO_START,
    BW_HEX_START_SEGMENT, /**< record 03: CS in the upper half, IP in the lower */
    BW_HEX_START_LINEAR,  /**< record 05, or the entry of an ELF file */
} bw_hex_start_kind;

typedef enum bw_hex_kind { BW_HEX_FILE, BW_HEX_RAW, BW_HEX_ELF } bw_hex_kind;

typedef struct bw_hex_file {
    const char *path;
    bw_hex_kind kind;
    bw_buffer bytes; /**< of all its runs */
    bw_hex_start_kind start_kind;
    uint32_t start;
    uint32_t start_line; /**< of a hex file */
    uint32_t records;    /**< of a hex file */
} bw_hex_file;

typedef struct bw_hex {
    bw_context *ctx;
    bw_findings *findings;
    GPtrArray *files; /**< of bw_hex_file */
    GArray *runs;     /**< of bw_hex_run: as read; by address after bw_hex_resolve() */
} bw_hex;

void bw_hex_init(bw_hex *hex, bw_context *ctx, bw_findings *findings);
void bw_hex_free(bw_hex *hex);

/** Whether a file begins as Intel HEX or ELF does. */
bool bw_hex_is_text(const void *data, size_t len);

/** Adds an Intel HEX or ELF file, by what it is. @return false after findings: all of its bad records. What is good
 *  is there all the same. */
bool bw_hex_add(bw_hex *hex, const char *path);

/** Adds a raw file at an address. @return false after a finding. */
bool bw_hex_add_raw(bw_hex *hex, const char *path, uint64_t address);

/** Adds bytes that are in memory, at an address, and takes them: @p bytes is empty afterwards. @param path what
 * findings call them. @return false after a finding. */
bool bw_hex_add_bytes(bw_hex *hex, const char *path, bw_buffer *bytes, uint64_t address);

/** Of the raw file that was added last, leaves only the blocks that its littlefs uses, both of each pair: an unwritten
 *  one that kept an old pair's bytes would win over the new. @return false after findings: it is no such image. */
bool bw_hex_make_sparse(bw_hex *hex);

/** What to do where two runs have the same address. */
typedef enum bw_hex_overlap { BW_HEX_OVERLAP_ERROR, BW_HEX_OVERLAP_FIRST, BW_HEX_OVERLAP_LAST } bw_hex_overlap;

/** Sorts the runs; afterwards none overlaps another. @return false after findings: the first overlap of each two files,
 *  unless that is allowed. */
bool bw_hex_resolve(bw_hex *hex, bw_hex_overlap overlap);

/** Where the program starts, of all files. @return false after a finding when two say different things. */
bool bw_hex_start(const bw_hex *hex, bw_hex_start_kind *kind, uint32_t *start);

/** The bytes of a run. */
const uint8_t *bw_hex_bytes(const bw_hex *hex, const bw_hex_run *run);

/** How bw_hex_write() writes. Zero: as python's intelhex does. */
typedef struct bw_hex_style {
    uint32_t record_len; /**< bytes of a data record; 0: 16 */
    bool crlf;           /**< lines end with CR LF */
    bw_hex_start_kind start_kind;
    uint32_t start;
} bw_hex_style;

/** Writes resolved runs. Records begin where runs begin; an extended address (04) stands before each 64 KiB, unless all
 *  is below them. @return the number of records. */
uint64_t bw_hex_write(const bw_hex *hex, const bw_hex_style *style, bw_output *out);

#endif
