/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Containers of Ocre: WebAssembly modules, and what WAMR's wamrc compiles of them ahead of time (AOT). As much of them
 * as tells whether they will run: memory, imports, architecture.
 *
 * Sources: WebAssembly Core Specification 1.0, chapter 5, with the flags of the threads and memory64 proposals;
 * WAMR, core/iwasm/aot/aot_runtime.h and aot_loader.c. Input is hostile.
 */
#ifndef BW_IMAGE_WASM_H
#define BW_IMAGE_WASM_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BW_WASM_PAGE 65536U

typedef enum bw_wasm_kind { BW_WASM_NONE, BW_WASM_MODULE, BW_WASM_AOT } bw_wasm_kind;

typedef enum bw_wasm_import_kind {
    BW_WASM_FUNCTION,
    BW_WASM_TABLE,
    BW_WASM_MEMORY,
    BW_WASM_GLOBAL,
    BW_WASM_TAG,
} bw_wasm_import_kind;

typedef struct bw_wasm_import {
    struct bw_wasm_import *next;
    const char *module, *name;
    bw_wasm_import_kind kind;
} bw_wasm_import;

typedef struct bw_wasm {
    bw_wasm_kind kind;
    uint32_t version; /**< 1 of a module; of AOT what wamrc and the runtime must agree on */
    bool has_memory;
    bool memory_imported, memory_shared, memory_limited;
    uint32_t page;       /**< bytes of a page; 65536 but for AOT with a shrunk memory */
    uint64_t pages;      /**< that the memory begins with */
    uint64_t most_pages; /**< that it may grow to, if limited */
    uint32_t function_count, export_count;
    bw_wasm_import *imports; /**< of a module, in its order */
    uint32_t import_count;
    /* of AOT */
    const char *arch; /**< "thumbv8m.main", "x86_64" … */
    uint16_t machine; /**< as ELF's e_machine */
    bool wide;        /**< for 64 bits */
} bw_wasm;

/** @return what the first bytes say. */
bw_wasm_kind bw_wasm_kind_of(const void *data, size_t len);

/** Reads a container. Strings live in @p arena. @return false with a clause about what is wrong in @p problem, and its
 *  byte in @p offset; @p wasm holds what came before. */
bool bw_wasm_read(bw_wasm *wasm, bw_arena *arena, const void *data, size_t len, const char **problem, size_t *offset);

/** Bytes of linear memory that the runtime takes at once: a shared one has its greatest size from the begin. */
uint64_t bw_wasm_memory(const bw_wasm *wasm);

/** What is wrong with a name for Ocre, or NULL: not empty, not beginning with a dot, of a-z 0-9 . _ - alone.
 *  Source: Ocre, src/common/common.c. */
const char *bw_ocre_name_problem(const char *name);

#endif
