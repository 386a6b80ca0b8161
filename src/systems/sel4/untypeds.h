/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The untyped objects that seL4's root task will find: memory and device memory cut into naturally aligned powers of
 * two. Source: seL4/seL4, src/kernel/boot.c (create_untypeds).
 */
#ifndef BW_SYSTEMS_SEL4_UNTYPEDS_H
#define BW_SYSTEMS_SEL4_UNTYPEDS_H

#include "systems/sel4/platform.h"

/** KernelMaxNumBootinfoUntypedCaps unless a configuration says otherwise. */
#define BW_SEL4_UNTYPEDS_MAX 230
/** seL4_MinUntypedBits: smaller pieces are lost. */
#define BW_SEL4_UNTYPED_MIN_BITS 4

typedef struct bw_sel4_untyped {
    uint64_t base;
    unsigned bits; /**< size is 2^bits bytes */
    bool device;
    const bw_node *owner; /**< the memory's node; NULL of device memory */
} bw_sel4_untyped;

/** Memory that the kernel, its images or the root task have: [base, base + size) is no untyped object. */
typedef struct bw_sel4_used {
    uint64_t base, size;
    const char *name;
} bw_sel4_used;

typedef struct bw_sel4_untyped_list {
    const bw_sel4_untyped *items; /**< device memory first, each in order of address, as boot info lists them */
    uint32_t count, device_count;
    uint64_t lost; /**< bytes in pieces that are too small */
} bw_sel4_untyped_list;

/** @param used ended by a row with size 0, or NULL. @return in the arena of the platform's unit. */
const bw_sel4_untyped_list *bw_sel4_untypeds_of(const bw_sel4_platform *platform, const bw_sel4_used *used);

#endif
