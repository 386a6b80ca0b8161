/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SiFive's core-local interruptor (SiFive FE310-G000 Manual, "Core Local Interruptor"). Rows of interrupts-extended
 * come in pairs: the software interrupt of a hart, and its timer.
 */
#include "clint.h"

enum { MSIP = 0x0000, MTIMECMP = 0x4000, MTIME = 0xbff8 };

static uintptr_t msip(const struct probe_timer *t)
{
    return t->base + MSIP + t->which / 2 * 4;
}

static uintptr_t mtimecmp(const struct probe_timer *t)
{
    return t->base + MTIMECMP + t->which / 2 * 8;
}

static bool is_timer(const struct probe_timer *t)
{
    return t->which % 2;
}

static bool count(const struct probe_timer *t, uint64_t *count)
{
    return clint_count(t->base + MTIME, count);
}

static bool silence(const struct probe_timer *t)
{
    return clint_compare(mtimecmp(t), UINT64_MAX) && probe_store32(msip(t), 0);
}

/* Both interrupts of all harts: after a reset the timer's are pending. */
static bool start(const struct probe_timer *t)
{
    uint64_t now;

    if (!count(t, &now))
        return false;
    for (unsigned i = 0; i < probe_timer_count; i++)
        if (probe_timers[i].base == t->base && !silence(&probe_timers[i]))
            return false;
    return true;
}

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    uint64_t now;

    if (!is_timer(t))
        return probe_store32(msip(t), 1);
    return count(t, &now) && clint_compare(mtimecmp(t), now + ticks);
}

static void quiet(const struct probe_timer *t)
{
    silence(t);
}

const struct probe_timer_driver probe_timer_clint = {64, start, count, alarm, quiet, NULL};
