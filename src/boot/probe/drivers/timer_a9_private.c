/* SPDX-License-Identifier: Apache-2.0 */
/* The private timer of each Cortex-A5 and A9 (DDI 0407, "Global timer, private timers, and watchdog registers"). */
#include "probe.h"

enum { LOAD = 0x00, COUNTER = 0x04, CONTROL = 0x08, STATUS = 0x0c };
enum { ENABLE = 1, RELOAD = 2, INTERRUPT = 4 };

static bool run(const struct probe_timer *t, uint32_t from, uint32_t control)
{
    return probe_store32(t->base + CONTROL, 0) && probe_store32(t->base + STATUS, 1) &&
           probe_store32(t->base + LOAD, from) && probe_store32(t->base + CONTROL, control);
}

static bool prepare(const struct probe_timer *t)
{
    return run(t, UINT32_MAX, ENABLE | RELOAD);
}

/* It counts down. */
static bool count(const struct probe_timer *t, uint64_t *value)
{
    uint32_t left;

    if (!probe_load32(t->base + COUNTER, &left))
        return false;
    *value = UINT32_MAX - left;
    return true;
}

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    return run(t, ticks < UINT32_MAX ? (uint32_t)ticks : UINT32_MAX, ENABLE | INTERRUPT);
}

static void quiet(const struct probe_timer *t)
{
    run(t, UINT32_MAX, 0);
}

const struct probe_timer_driver probe_timer_a9_private = {32, prepare, count, alarm, quiet, NULL};
