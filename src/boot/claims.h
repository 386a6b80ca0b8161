/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The claims of a description: each thing that it says of the hardware and that a program on the board can try.
 *
 * A claim knows the devicetree element it comes from, so that a verdict against it is a finding at that line. The
 * claims are written down twice, with the same numbers: as tables for the probe (claims.c) and, here, for whoever
 * reads its report.
 */
#ifndef BW_BOOT_CLAIMS_H
#define BW_BOOT_CLAIMS_H

#include "board/board.h"
#include "systems/bare/bare.h"

typedef enum bw_claim_kind {
    BW_CLAIM_CPU,          /**< this CPU is there */
    BW_CLAIM_CPU_KIND,     /**< it is what its compatible, or riscv,isa, says */
    BW_CLAIM_MEMORY,       /**< there, whole, writable or readable */
    BW_CLAIM_MEMORY_END,   /**< there is no more of it behind */
    BW_CLAIM_MEMORY_START, /**< there is no more of it before */
    BW_CLAIM_DEVICE,       /**< its registers answer */
    BW_CLAIM_DEVICE_ID,    /**< its identification registers match the compatible */
    BW_CLAIM_CONSOLE,      /**< the console is there: the report comes in through it */
    BW_CLAIM_TIMER_RATE,
    BW_CLAIM_INTERRUPT, /**< the interrupt of a device arrives with the described number */
} bw_claim_kind;

typedef struct bw_claim {
    unsigned number; /**< in the plan, from 1 */
    bw_claim_kind kind;
    const bw_node *node;
    const bw_prop *prop;     /**< what makes the claim, or NULL: the node as a whole */
    uint32_t offset;         /**< of the element in it, bytes */
    const char *name;        /**< what people call the thing: label, else node name */
    const char *title;       /**< "memory psram0: 8 MiB, whole" */
    const char *skip;        /**< why it is not tested, or NULL */
    const bw_device *device; /**< or NULL */
    const bw_memory *memory; /**< or NULL */
    const bw_cpu *cpu;       /**< or NULL */
    const bw_line *line;     /**< of an interrupt, or NULL */
    uint64_t value; /**< what is claimed: bytes of memory; Hz of a rate (0: none is said, only that it counts); the
                       number of an interrupt; part number or misa bits of a CPU */
} bw_claim;

typedef struct bw_claims {
    GArray *items;   /**< of bw_claim, by number: first what the probe tests, then what is skipped */
    unsigned tested; /**< so many: the plan of the probe is 1..tested */
    bw_arch arch;
    bool from_flash;    /**< the image's code lies in another memory than its data */
    GPtrArray *drivers; /**< of const char *: files of the probe's drivers that it needs, "drivers/console_pl011.c" */
    GString *text;      /**< claims.c */
} bw_claims;

/** @return all claims of a board; strings are in the tree's unit. */
bw_claims *bw_claims_of(const bw_board *board, const bw_bare_names *names, const bw_bare_layout *layout);
void bw_claims_free(bw_claims *claims);

#endif
