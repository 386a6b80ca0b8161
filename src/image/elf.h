/* SPDX-License-Identifier: Apache-2.0 */
/**
 * ELF files, as far as a loader needs them: entry, load segments, symbols by name. 32 and 64 bits, both byte orders.
 * Reads hostile bytes: every offset and count is checked. Source: System V ABI, generic part, chapters 4 and 5.
 */
#ifndef BW_IMAGE_ELF_H
#define BW_IMAGE_ELF_H

#include "base/buffer.h"

#include <glib.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A PT_LOAD segment that takes memory. */
typedef struct bw_elf_segment {
    uint64_t address;     /**< p_vaddr: where it runs */
    uint64_t load;        /**< p_paddr: where it is loaded */
    uint64_t offset;      /**< in the file; offset + file_size is within it */
    uint64_t file_size;   /**< bytes that are loaded */
    uint64_t memory_size; /**< bytes; at least file_size */
    bool readable, writable, executable;
} bw_elf_segment;

typedef struct bw_elf {
    const uint8_t *data; /**< the caller's */
    size_t len;
    bool wide; /**< ELF64 */
    bool big_endian;
    uint16_t type;    /**< 2: executable */
    uint16_t machine; /**< EM_ARM 40, EM_AARCH64 183, EM_RISCV 243 … */
    uint64_t entry;
    GArray *segments;  /**< of bw_elf_segment, in the order of the file */
    uint64_t loadable; /**< bytes of all segments that are loaded */
} bw_elf;

/** @param data must live as long as @p elf. @return false with a clause that says what is wrong in @p problem; then
 *  there is nothing to free. */
bool bw_elf_read(bw_elf *elf, const void *data, size_t len, const char **problem);
void bw_elf_free(bw_elf *elf);

/** @return whether the symbol table has a defined symbol of that name; then @p value is its value. */
bool bw_elf_symbol(const bw_elf *elf, const char *name, uint64_t *value);

/** @return the bytes of a section that the file has (".modinfo"), or NULL; @p size of them. */
const uint8_t *bw_elf_section(const bw_elf *elf, const char *name, size_t *size);

/* -- writing ---------------------------------------------------------------------------------------- */

/** Bytes that are loaded at an address. */
typedef struct bw_elf_part {
    uint64_t address;
    const void *data;
    size_t len;
} bw_elf_part;

/** An executable for AArch64 of parts that do not overlap, each aligned to 4 KiB; nothing but segments. Appended to
 *  @p out. */
void bw_elf_write_aarch64(bw_buffer *out, uint64_t entry, const bw_elf_part *parts, unsigned count);

#endif
