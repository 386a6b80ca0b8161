/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The probe's tables before they become text: what claims.c says in the terms of probe/probe.h. Private to src/boot;
 * made by claims.c, written by claims_source.c. Arrays hold the structs of their names.
 */
#ifndef BW_BOOT_TABLES_H
#define BW_BOOT_TABLES_H

#include "boot/claims.h"
#include "boot/drivers.h"
#include "boot/places.h"

/** An index into bw_claims.items until the numbers are given out; BW_NO_CLAIM: nothing is claimed. */
typedef int bw_claim_ref;
#define BW_NO_CLAIM (-1)

typedef struct bw_cpu_row {
    bw_claim_ref claim, kind_claim;
    const bw_cpu *cpu;
    uint32_t part, isa;
    unsigned xlen;
    uint64_t release;
} bw_cpu_row;

typedef struct bw_memory_row {
    bw_claim_ref claim, end_claim, start_claim;
    const char *name;
    bool ram;
    const bw_node *node;
    uint32_t index; /**< row of its reg, for the macro */
    uint64_t base, size;
    uint32_t cfi; /**< bank-width of a cfi-flash, or 0 */
} bw_memory_row;

typedef struct bw_hole_row {
    const bw_node *node; /**< NULL: a memory reservation */
    uint32_t index;
    uint64_t base, size;
} bw_hole_row;

typedef struct bw_device_row {
    bw_claim_ref claim, id_claim;
    const bw_device *device;
    uint32_t block_count; /**< those that the probe gets */
    bw_driver_match ids;
} bw_device_row;

typedef struct bw_intc_row {
    const bw_device *device;
    const char *driver;
    uint32_t sources;
    int parent; /**< index, or -1 */
} bw_intc_row;

typedef struct bw_line_row {
    int intc;            /**< index, or -1 */
    const bw_line *line; /**< or NULL */
} bw_line_row;

typedef struct bw_timer_row {
    bw_claim_ref rate_claim, interrupt_claim;
    const bw_device *device;
    const char *driver;
    uint64_t rate;
    unsigned which;
    bw_line_row line;
} bw_timer_row;

typedef struct bw_console_row {
    bw_claim_ref claim, interrupt_claim;
    const bw_device *device; /**< NULL: there is none */
    const char *driver;
    uint32_t shift, io_width, baud;
    uint64_t clock;
    bw_line_row line;
} bw_console_row;

/** What ends the machine when it is written. */
typedef struct bw_switch_row {
    const bw_device *device; /**< NULL: none is described */
    uint32_t offset, value;
} bw_switch_row;

typedef struct bw_tables {
    const bw_board *board;
    const bw_bare_names *names;
    bw_claims *claims;
    uint64_t limit; /**< the last address that the CPU reaches */
    unsigned xlen;
    GArray *cpus, *memories, *holes, *devices, *intcs, *timers;
    const char *psci; /**< "NONE", "SMC" or "HVC" */
    bw_console_row console;
    bw_switch_row power;
} bw_tables;

/* -- making claims: claims_make.c -- */

bw_arena *bw_tables_arena(const bw_tables *t);
/** Adds a claim; the pointer is valid until the next one is added. @p ref is where it is. */
bw_claim *bw_claim_add(bw_tables *t, bw_claim_kind kind, const bw_node *node, const char *name, bw_claim_ref *ref);
void bw_claim_put_at(bw_claim *claim, bw_said said);
/** A claim that is not tested has no number for the probe. */
void bw_claim_skip(bw_claim *claim, bw_claim_ref *ref, const char *why);
const char *bw_claim_name(const bw_node *node, const char *label);
const char *bw_claim_size(const bw_tables *t, uint64_t bytes);
const char *bw_claim_rate(const bw_tables *t, uint64_t hertz);
const char *bw_claim_beyond(const bw_tables *t, uint64_t address);
/** Whether a run of bytes ends within what the CPU reaches. */
bool bw_claim_reached(const bw_tables *t, uint64_t base, uint64_t size);

/** A property of one cell, or what else. */
uint32_t bw_number_of(const bw_node *node, const char *name, uint32_t otherwise);

/* -- kinds of claims, in order -- */

void bw_claim_memories(bw_tables *t);
void bw_find_holes(bw_tables *t, const bw_bare_layout *layout);
void bw_claim_devices(bw_tables *t);
void bw_claim_timers(bw_tables *t);
void bw_claim_console(bw_tables *t);
bw_switch_row bw_power_of(const bw_tables *t);

/** @return claims.c; the claims have their numbers. */
GString *bw_tables_write(const bw_tables *tables);

/** @return how many of a device's first blocks the CPU reaches; 0: none. */
uint32_t bw_reachable_blocks(const bw_device *device, uint64_t limit);

#endif
