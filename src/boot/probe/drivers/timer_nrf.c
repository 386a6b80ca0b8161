/* SPDX-License-Identifier: Apache-2.0 */
/* TIMER of nRF51, nRF52 and nRF53 (nRF51 Series Reference Manual, "TIMER"): up, at 16 MHz >> PRESCALER. */
#include "probe.h"

enum {
    TASKS_START = 0x000,
    TASKS_STOP = 0x004,
    TASKS_CLEAR = 0x00c,
    TASKS_CAPTURE1 = 0x044,
    EVENTS_COMPARE0 = 0x140,
    INTENSET = 0x304,
    INTENCLR = 0x308,
    MODE = 0x504,
    BITMODE = 0x508,
    PRESCALER = 0x510,
    CC0 = 0x540,
    CC1 = 0x544,
};
enum { MODE_TIMER = 0, BITMODE_32 = 3, INT_COMPARE0 = 1 << 16 };

static bool run(const struct probe_timer *t, uint32_t compare)
{
    uint64_t value;

    return probe_store(t->base + TASKS_STOP, 4, 1) && probe_store(t->base + MODE, 4, MODE_TIMER) &&
           probe_store(t->base + BITMODE, 4, BITMODE_32) && probe_store(t->base + PRESCALER, 4, 0) &&
           probe_store(t->base + TASKS_CLEAR, 4, 1) && probe_store(t->base + EVENTS_COMPARE0, 4, 0) &&
           probe_store(t->base + CC0, 4, compare) && probe_load(t->base + CC0, 4, &value) && value == compare &&
           probe_store(t->base + TASKS_START, 4, 1);
}

static bool prepare(const struct probe_timer *t)
{
    return run(t, 0xffffffff);
}

static bool count(const struct probe_timer *t, uint64_t *count)
{
    return probe_store(t->base + TASKS_CAPTURE1, 4, 1) && probe_load(t->base + CC1, 4, count);
}

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    return probe_store(t->base + INTENSET, 4, INT_COMPARE0) &&
           run(t, ticks < 16       ? 16
                  : ticks > 0xffff ? 0xffff
                                   : (uint32_t)ticks); /* some have 16 bits only */
}

static void quiet(const struct probe_timer *t)
{
    probe_store(t->base + INTENCLR, 4, INT_COMPARE0);
    probe_store(t->base + TASKS_STOP, 4, 1);
    probe_store(t->base + EVENTS_COMPARE0, 4, 0);
}

const struct probe_timer_driver probe_timer_nrf = {
    .bits = 32,
    .start = prepare,
    .count = count,
    .alarm = alarm,
    .quiet = quiet,
};
