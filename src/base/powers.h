/* SPDX-License-Identifier: Apache-2.0 */
/** Naturally aligned powers of two: what MMUs, MPUs and capabilities cut memory into. */
#ifndef BW_BASE_POWERS_H
#define BW_BASE_POWERS_H

#include <stdint.h>

/** @return the largest n, at most @p most, such that 2^n bytes fit into @p size (not 0) and @p base is a multiple of
 *          2^n: the first piece of [base, base + size). */
static inline unsigned bw_power_at(uint64_t base, uint64_t size, unsigned most)
{
    unsigned bits = 63U - (unsigned)__builtin_clzll(size);

    if (base && (unsigned)__builtin_ctzll(base) < bits)
        bits = (unsigned)__builtin_ctzll(base);
    return bits < most ? bits : most;
}

#endif
