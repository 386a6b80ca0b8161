/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPUs' own interrupt controller of BCM2836 and BCM2837 ("BCM2836 ARM-local peripherals", QA7 rev 3.4): numbers 0
 * to 3 are the CPU's timers, 4 to 7 mailboxes, 8 the GPU's controller, 9 the performance counters. It shows what is
 * enabled alone.
 */
#include "probe.h"

enum {
    GPU_ROUTING = 0x0c,
    TIMER_CONTROL = 0x40, /* a word a CPU */
    MAILBOX_CONTROL = 0x50,
    SOURCE = 0x60,

    TIMERS = 4,
    GPU = 8,
    COUNT = 12,
};

static uintptr_t mine(const struct probe_intc *i, unsigned at)
{
    return i->blocks[0].base + at + 4 * (uintptr_t)(probe_cpu_self() & 3);
}

static bool prepare(const struct probe_intc *i)
{
    return i->block_count && probe_store32(mine(i, TIMER_CONTROL), 0) && probe_store32(mine(i, MAILBOX_CONTROL), 0) &&
           probe_store32(i->blocks[0].base + GPU_ROUTING, (uint32_t)(probe_cpu_self() & 3));
}

static bool change(const struct probe_intc *i, unsigned number, bool on)
{
    uintptr_t at = mine(i, number < TIMERS ? TIMER_CONTROL : MAILBOX_CONTROL);
    uint32_t value, bit = 1u << number % 4;

    if (number >= 2 * TIMERS)
        return number == GPU; /* whose own controller enables it */
    return probe_load32(at, &value) && probe_store32(at, on ? value | bit : value & ~bit);
}

static bool enable(const struct probe_intc *i, unsigned number, bool edge)
{
    (void)edge;
    return change(i, number, true);
}

static void disable(const struct probe_intc *i, unsigned number)
{
    change(i, number, false);
}

static int lowest(const struct probe_intc *i, unsigned from)
{
    uint32_t word;

    if (!probe_load32(mine(i, SOURCE), &word))
        return -1;
    for (unsigned n = from; n < COUNT; n++)
        if (word >> n & 1)
            return (int)n;
    return -1;
}

/* Called while the CPU takes no interrupts: for a moment, all timers are enabled. */
static int pending(const struct probe_intc *i, unsigned from)
{
    uint32_t enabled;
    int found;

    if (!probe_load32(mine(i, TIMER_CONTROL), &enabled) || !probe_store32(mine(i, TIMER_CONTROL), enabled | 15))
        return -1;
    found = lowest(i, from);
    probe_store32(mine(i, TIMER_CONTROL), enabled);
    return found;
}

static int take(const struct probe_intc *i)
{
    int number = lowest(i, 0);

    if (number >= 0)
        disable(i, (unsigned)number);
    return number;
}

const struct probe_intc_driver probe_intc_bcm2836_l1 = {prepare, enable, disable, pending, take};
