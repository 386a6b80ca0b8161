/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers of STM32 (RM0090, "General-purpose timers"): 16 or 32 bits, up, behind a divider of 16 bits. Of the count only
 * 16 bits are used, and the divider is as large as it can be: so it goes round once in 2^32 ticks.
 */
#include "probe.h"

enum { CR1 = 0x00, DIER = 0x0c, SR = 0x10, EGR = 0x14, CNT = 0x24, PSC = 0x28, ARR = 0x2c };
enum { CR1_ENABLE = 1, CR1_OVERFLOW_ONLY = 4, DIER_UPDATE = 1, EGR_UPDATE = 1 };
#define WHOLE 0xffffU

/* Last comes an update, which loads the divider and begins at 0; CR1 keeps it from raising the interrupt. */
static bool run(const struct probe_timer *t, uint32_t divider, uint32_t end, uint32_t interrupts)
{
    uint64_t value;

    return probe_store(t->base + DIER, 4, 0) && probe_store(t->base + CR1, 4, 0) &&
           probe_store(t->base + PSC, 4, divider) && probe_load(t->base + PSC, 4, &value) && value == divider &&
           probe_store(t->base + ARR, 4, end) && probe_store(t->base + SR, 4, 0) &&
           probe_store(t->base + DIER, 4, interrupts) &&
           probe_store(t->base + CR1, 4, CR1_ENABLE | CR1_OVERFLOW_ONLY) && probe_store(t->base + EGR, 4, EGR_UPDATE);
}

static bool prepare(const struct probe_timer *t)
{
    return run(t, WHOLE, WHOLE, 0);
}

static bool count(const struct probe_timer *t, uint64_t *count)
{
    uint64_t value;

    if (!probe_load(t->base + CNT, 4, &value))
        return false;
    *count = (value & WHOLE) << 16;
    return true;
}

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    uint64_t end = ticks / 256;

    return run(t, 255, end < 2 ? 2 : end > WHOLE ? WHOLE : (uint32_t)end, DIER_UPDATE);
}

static void quiet(const struct probe_timer *t)
{
    probe_store(t->base + DIER, 4, 0);
    probe_store(t->base + CR1, 4, 0);
    probe_store(t->base + SR, 4, 0);
}

const struct probe_timer_driver probe_timer_stm32 = {
    .bits = 32,
    .start = prepare,
    .count = count,
    .alarm = alarm,
    .quiet = quiet,
};
