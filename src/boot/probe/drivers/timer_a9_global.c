/* SPDX-License-Identifier: Apache-2.0 */
/* The global timer of Cortex-A5 and A9 (DDI 0407, "Global timer, private timers, and watchdog registers"). */
#include "probe.h"

enum { LOW = 0x00, HIGH = 0x04, CONTROL = 0x08, STATUS = 0x0c, COMPARE_LOW = 0x10, COMPARE_HIGH = 0x14 };
enum { ENABLE = 1, COMPARE = 2, INTERRUPT = 4 };

static bool prepare(const struct probe_timer *t)
{
    return probe_store32(t->base + CONTROL, ENABLE);
}

static bool count(const struct probe_timer *t, uint64_t *value)
{
    uint32_t low, high, again;

    do {
        if (!probe_load32(t->base + HIGH, &high) || !probe_load32(t->base + LOW, &low) ||
            !probe_load32(t->base + HIGH, &again))
            return false;
    } while (high != again);
    *value = (uint64_t)high << 32 | low;
    return true;
}

static void quiet(const struct probe_timer *t)
{
    probe_store32(t->base + CONTROL, ENABLE);
    probe_store32(t->base + STATUS, 1);
}

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    uint64_t now;

    quiet(t);
    if (!count(t, &now))
        return false;
    now += ticks;
    return probe_store32(t->base + COMPARE_LOW, (uint32_t)now) &&
           probe_store32(t->base + COMPARE_HIGH, (uint32_t)(now >> 32)) &&
           probe_store32(t->base + CONTROL, ENABLE | COMPARE | INTERRUPT);
}

const struct probe_timer_driver probe_timer_a9_global = {64, prepare, count, alarm, quiet, NULL};
