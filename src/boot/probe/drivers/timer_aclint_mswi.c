/* SPDX-License-Identifier: Apache-2.0 */
/* Software interrupts of RISC-V ACLINT, one register a hart. It counts nothing; it is only good for its interrupt. */
#include "probe.h"

static bool set(const struct probe_timer *t, uint32_t value)
{
    return probe_store32(t->base + t->which * 4, value);
}

static bool start(const struct probe_timer *t)
{
    return set(t, 0);
}

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    (void)ticks;
    return set(t, 1);
}

static void quiet(const struct probe_timer *t)
{
    set(t, 0);
}

const struct probe_timer_driver probe_timer_aclint_mswi = {0, start, NULL, alarm, quiet, NULL};
