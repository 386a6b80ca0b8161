/* SPDX-License-Identifier: Apache-2.0 */
/** The machine timer and the software interrupts of RISC-V, wherever their registers are (CLINT, ACLINT). */
#ifndef PROBE_DRIVERS_CLINT_H
#define PROBE_DRIVERS_CLINT_H

#include "../probe.h"

/* Static, because each driver that uses them is an image's only one in most cases. */

static inline bool clint_count(uintptr_t mtime, uint64_t *count)
{
    uint32_t high, low, again;

    do {
        if (!probe_load32(mtime + 4, &high) || !probe_load32(mtime, &low) || !probe_load32(mtime + 4, &again))
            return false;
    } while (high != again);
    *count = (uint64_t)high << 32 | low;
    return true;
}

/* The upper half goes over its maximum, so that no value in between is in the past. */
static inline bool clint_compare(uintptr_t mtimecmp, uint64_t value)
{
    return probe_store32(mtimecmp + 4, UINT32_MAX) && probe_store32(mtimecmp, (uint32_t)value) &&
           probe_store32(mtimecmp + 4, (uint32_t)(value >> 32));
}

#endif
