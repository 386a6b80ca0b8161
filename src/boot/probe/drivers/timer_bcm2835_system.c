/* SPDX-License-Identifier: Apache-2.0 */
/* System timer of the BCM2835 ("BCM2835 ARM Peripherals", chapter 12): it counts always; each of the four rows of
 * interrupts is a comparator. */
#include "probe.h"

enum { STATUS = 0x00, LOW = 0x04, COMPARE = 0x0c, CHANNELS = 4 };

static bool count(const struct probe_timer *t, uint64_t *value)
{
    return probe_load(t->base + LOW, 4, value);
}

static bool prepare(const struct probe_timer *t)
{
    uint64_t value;

    return count(t, &value);
}

/* The comparator waits for equality: a count that has gone by while it was set would take an hour to come again. So
 * a machine that was held up in between sets it again, farther ahead. */
static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    uint64_t before, after;

    if (t->which >= CHANNELS)
        return false;
    for (unsigned tries = 0; tries < 8; tries++, ticks *= 4) {
        if (!probe_store32(t->base + STATUS, 1u << t->which) || !count(t, &before) ||
            !probe_store32(t->base + COMPARE + 4 * t->which, (uint32_t)(before + ticks)) || !count(t, &after))
            return false;
        if ((uint32_t)(after - before) < ticks)
            return true;
    }
    return true;
}

static void quiet(const struct probe_timer *t)
{
    if (t->which < CHANNELS)
        probe_store32(t->base + STATUS, 1u << t->which);
}

const struct probe_timer_driver probe_timer_bcm2835_system = {32, prepare, count, alarm, quiet, NULL};
