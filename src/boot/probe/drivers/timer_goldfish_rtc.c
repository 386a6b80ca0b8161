/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual clock of Android's emulator: nanoseconds since 1970 (goldfish virtual hardware, "RTC"). */
#include "probe.h"

enum {
    TIME_LOW = 0x00, /* reading it latches TIME_HIGH */
    TIME_HIGH = 0x04,
    ALARM_LOW = 0x08, /* writing it sets the alarm, with what is in ALARM_HIGH */
    ALARM_HIGH = 0x0c,
    IRQ_ENABLED = 0x10,
    CLEAR_ALARM = 0x14,
    CLEAR_INTERRUPT = 0x1c,
};

static bool start(const struct probe_timer *t)
{
    return probe_store32(t->base + IRQ_ENABLED, 0) && probe_store32(t->base + CLEAR_ALARM, 1) &&
           probe_store32(t->base + CLEAR_INTERRUPT, 1);
}

static bool count(const struct probe_timer *t, uint64_t *count)
{
    uint32_t low, high;

    if (!probe_load32(t->base + TIME_LOW, &low) || !probe_load32(t->base + TIME_HIGH, &high))
        return false;
    *count = (uint64_t)high << 32 | low;
    return true;
}

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    uint64_t now;

    if (!count(t, &now))
        return false;
    now += ticks;
    return probe_store32(t->base + IRQ_ENABLED, 1) && probe_store32(t->base + ALARM_HIGH, (uint32_t)(now >> 32)) &&
           probe_store32(t->base + ALARM_LOW, (uint32_t)now);
}

static void quiet(const struct probe_timer *t)
{
    start(t);
}

const struct probe_timer_driver probe_timer_goldfish_rtc = {64, start, count, alarm, quiet, NULL};
