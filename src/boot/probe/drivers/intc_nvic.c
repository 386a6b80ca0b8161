/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupt controller of Cortex-M (Armv7-M Architecture Reference Manual DDI 0403, B3.4; Armv8-M DDI 0553, D1.2). */
#include "probe.h"

#define NVIC_BASE 0xe000e100U /* the architecture's: no other is possible */

enum { ISER = 0x000, ICER = 0x080, ISPR = 0x100, ICPR = 0x180, LINES = 496 };

static uintptr_t word_of(const struct probe_intc *i, unsigned registers, unsigned number)
{
    return i->blocks[0].base + registers + number / 32 * 4;
}

static bool prepare(const struct probe_intc *i)
{
    uint64_t value;

    if (!i->block_count || i->blocks[0].base != NVIC_BASE)
        return false;
    for (unsigned n = 0; n < LINES; n += 32)
        if (!probe_store(word_of(i, ICER, n), 4, 0xffffffff) || !probe_store(word_of(i, ICPR, n), 4, 0xffffffff))
            return false;
    return probe_load(word_of(i, ISER, 0), 4, &value) && value == 0;
}

static bool enable(const struct probe_intc *i, unsigned number, bool edge)
{
    (void)edge; /* the controller takes both */
    if (number >= LINES)
        return true; /* there is no such line: nothing will come */
    /* What has arrived already stays: an edge does not come again. */
    return probe_store(word_of(i, ISER, number), 4, 1U << number % 32);
}

static void disable(const struct probe_intc *i, unsigned number)
{
    if (number >= LINES)
        return;
    probe_store(word_of(i, ICER, number), 4, 1U << number % 32);
    probe_store(word_of(i, ICPR, number), 4, 1U << number % 32);
}

static int pending(const struct probe_intc *i, unsigned from)
{
    for (unsigned n = from; n < LINES; n++) {
        uint64_t word;

        if (!probe_load(word_of(i, ISPR, n), 4, &word))
            return -1;
        word >>= n % 32;
        if (!word) {
            n |= 31; /* on to the next word */
            continue;
        }
        if (word & 1)
            return (int)n;
    }
    return -1;
}

const struct probe_intc_driver probe_intc_nvic = {
    .start = prepare,
    .enable = enable,
    .disable = disable,
    .pending = pending,
};
