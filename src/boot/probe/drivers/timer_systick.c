/* SPDX-License-Identifier: Apache-2.0 */
/* SysTick of Cortex-M (Armv7-M Architecture Reference Manual DDI 0403, B3.3): 24 bits, down, at the CPU's clock. Its
 * interrupt is an exception of the CPU, which no description numbers. */
#include "probe.h"

enum { CSR = 0x0, RVR = 0x4, CVR = 0x8 };
enum { CSR_ENABLE = 1, CSR_CPU_CLOCK = 4 };
#define COUNT_MAX 0xffffffU

static bool prepare(const struct probe_timer *t)
{
    uint64_t value;

    return probe_store(t->base + CSR, 4, 0) && probe_store(t->base + RVR, 4, COUNT_MAX) &&
           probe_store(t->base + CVR, 4, 0) && probe_load(t->base + RVR, 4, &value) && value == COUNT_MAX &&
           probe_store(t->base + CSR, 4, CSR_ENABLE | CSR_CPU_CLOCK);
}

static bool count(const struct probe_timer *t, uint64_t *count)
{
    uint64_t value;

    if (!probe_load(t->base + CVR, 4, &value))
        return false;
    *count = (COUNT_MAX - value) & COUNT_MAX;
    return true;
}

static void quiet(const struct probe_timer *t)
{
    probe_store(t->base + CSR, 4, 0);
}

const struct probe_timer_driver probe_timer_systick = {
    .bits = 24,
    .start = prepare,
    .count = count,
    .quiet = quiet,
};
