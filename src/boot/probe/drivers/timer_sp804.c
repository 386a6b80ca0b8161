/* SPDX-License-Identifier: Apache-2.0 */
/* Dual timers of Arm: SP804 (DDI 0271) and that of the Cortex-M System Design Kit (DDI 0479, "APB dual-input timers"),
 * which has the same registers. The first of the two: 32 bits, counts down. */
#include "probe.h"

enum { LOAD = 0x00, VALUE = 0x04, CONTROL = 0x08, INTCLR = 0x0c };
enum { WIDE = 2, INTERRUPT = 0x20, PERIODIC = 0x40, ENABLE = 0x80 };
#define COUNT_MAX 0xffffffffU

static bool run(const struct probe_timer *t, uint32_t from, uint32_t control)
{
    uint64_t value;

    return probe_store(t->base + CONTROL, 4, WIDE | PERIODIC) && probe_store(t->base + INTCLR, 4, 1) &&
           probe_store(t->base + LOAD, 4, from) && probe_load(t->base + LOAD, 4, &value) && value == from &&
           probe_store(t->base + CONTROL, 4, WIDE | PERIODIC | control);
}

static bool prepare(const struct probe_timer *t)
{
    return run(t, COUNT_MAX, ENABLE);
}

static bool count(const struct probe_timer *t, uint64_t *count)
{
    uint64_t value;

    if (!probe_load(t->base + VALUE, 4, &value))
        return false;
    *count = COUNT_MAX - value;
    return true;
}

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    uint32_t from = ticks < 16 ? 16 : ticks > COUNT_MAX ? COUNT_MAX : (uint32_t)ticks;

    return run(t, from, ENABLE | INTERRUPT);
}

static void quiet(const struct probe_timer *t)
{
    probe_store(t->base + CONTROL, 4, WIDE | PERIODIC);
    probe_store(t->base + INTCLR, 4, 1);
}

const struct probe_timer_driver probe_timer_sp804 = {
    .bits = 32,
    .start = prepare,
    .count = count,
    .alarm = alarm,
    .quiet = quiet,
};
