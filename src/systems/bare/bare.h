/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The system bare: no OS at all. A header with what the devicetree says, a linker script, and how
 * to use both.
 */
#ifndef BW_SYSTEMS_BARE_BARE_H
#define BW_SYSTEMS_BARE_BARE_H

#include "board/arch.h"
#include "systems/bare/names.h"
#include "systems/systems.h"

extern const bw_schema bw_bare_schema; /**< `bare:` of support.yml */

bool bw_bare_build(const bw_system_job *job);
bool bw_bare_write(const bw_system_job *job, bool alone); /**< the same; @param alone see bw_bare_layout_new() */

/** A run of memory that the linker may fill. */
typedef struct bw_bare_region {
    char *name;
    uint64_t base, size;
    bw_memory_kind kind;
    const bw_node *node; /**< memory or partition */
} bw_bare_region;

/** How an image lies in the board's memory. */
typedef struct bw_bare_layout {
    bw_arch arch;
    GArray *regions; /**< of bw_bare_region; "RAM" first, then "FLASH" if code runs from it */
    bool from_flash;
    uint32_t cpu_count;
    uint32_t vector_bytes; /**< size of the vector table of a Cortex-M; 0 of others */
    uint32_t vector_align;
    uint64_t stack_size; /**< bytes for each CPU */
    uint64_t heap_size;  /**< bytes at least */
    const char *problem; /**< why there is no layout, or NULL */
} bw_bare_layout;

/** @param alone no boot loader runs before: what a Cortex-M starts with has to stand at the beginning of its flash,
 *         so neither zephyr,code-partition nor the section's offset counts for one. */
bw_bare_layout *bw_bare_layout_new(const bw_board *board, const bw_bare_names *names, const bw_yaml *section,
                                   bool alone);
void bw_bare_layout_free(bw_bare_layout *layout);

/* The files, to be freed. */
GString *bw_bare_header(const bw_board *board, const bw_bare_names *names);
GString *bw_bare_linker_script(const bw_board *board, const bw_bare_layout *layout);
GString *bw_bare_readme(const bw_board *board, const bw_bare_layout *layout);

/** The names of board.h's macros, for other code that uses that header. */
typedef struct bw_bare_macros bw_bare_macros;

typedef enum bw_bare_fact {
    BW_BARE_BASE, /**< absolute address of row @c index of reg; of a partition; of a memory reservation, without node */
    BW_BARE_SIZE, /**< likewise, bytes */
    BW_BARE_IRQ,  /**< number of row @c index of its interrupts */
    BW_BARE_RATE, /**< its clock-frequency */
    BW_BARE_CPU_ID, /**< reg of a CPU */
} bw_bare_fact;

bw_bare_macros *bw_bare_macros_new(const bw_board *board, const bw_bare_names *names);
void bw_bare_macros_free(bw_bare_macros *macros);

/** @return the macro that says it, or NULL: the header says no such thing. */
const char *bw_bare_macro(const bw_bare_macros *macros, const bw_node *node, bw_bare_fact fact, uint32_t index);

#endif
