/* SPDX-License-Identifier: Apache-2.0 */
/* Timer of the Cortex-M System Design Kit (Arm DDI 0479, "APB timer"): 32 bits, counts down. */
#include "probe.h"

enum { CTRL = 0x0, VALUE = 0x4, RELOAD = 0x8, INTSTATUS = 0xc };
enum { CTRL_ENABLE = 1, CTRL_INTERRUPT = 8 };
#define COUNT_MAX 0xffffffffU

static bool run(const struct probe_timer *t, uint32_t from, uint32_t control)
{
    uint64_t value;

    return probe_store(t->base + CTRL, 4, 0) && probe_store(t->base + INTSTATUS, 4, 1) &&
           probe_store(t->base + RELOAD, 4, from) && probe_load(t->base + RELOAD, 4, &value) && value == from &&
           probe_store(t->base + CTRL, 4, control);
}

static bool prepare(const struct probe_timer *t)
{
    return run(t, COUNT_MAX, CTRL_ENABLE);
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

    return run(t, from, CTRL_ENABLE | CTRL_INTERRUPT);
}

static void quiet(const struct probe_timer *t)
{
    probe_store(t->base + CTRL, 4, 0);
    probe_store(t->base + INTSTATUS, 4, 1);
}

const struct probe_timer_driver probe_timer_cmsdk = {
    .bits = 32,
    .start = prepare,
    .count = count,
    .alarm = alarm,
    .quiet = quiet,
};
