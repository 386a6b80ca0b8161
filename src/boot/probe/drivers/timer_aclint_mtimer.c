/* SPDX-License-Identifier: Apache-2.0 */
/* The machine timer of RISC-V ACLINT: mtime is the first row of reg, mtimecmp of each hart the second. */
#include "clint.h"

static bool start(const struct probe_timer *t)
{
    return t->second && clint_compare(t->second + t->which * 8, UINT64_MAX);
}

static bool count(const struct probe_timer *t, uint64_t *count)
{
    return clint_count(t->base, count);
}

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    uint64_t now;

    return count(t, &now) && clint_compare(t->second + t->which * 8, now + ticks);
}

static void quiet(const struct probe_timer *t)
{
    start(t);
}

const struct probe_timer_driver probe_timer_aclint_mtimer = {64, start, count, alarm, quiet, NULL};
