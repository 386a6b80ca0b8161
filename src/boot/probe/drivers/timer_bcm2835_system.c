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

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    uint64_t now;

    return t->which < CHANNELS && probe_store32(t->base + STATUS, 1u << t->which) && count(t, &now) &&
           probe_store32(t->base + COMPARE + 4 * t->which, (uint32_t)(now + ticks));
}

static void quiet(const struct probe_timer *t)
{
    if (t->which < CHANNELS)
        probe_store32(t->base + STATUS, 1u << t->which);
}

const struct probe_timer_driver probe_timer_bcm2835_system = {32, prepare, count, alarm, quiet, NULL};
