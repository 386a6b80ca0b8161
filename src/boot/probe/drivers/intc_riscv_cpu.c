/* SPDX-License-Identifier: Apache-2.0 */
/* A hart's own interrupts: software 3, timer 7, external 11 (RISC-V Privileged Architecture, mip and mie). */
#include "../arch_riscv.h"

static bool is_own(const struct probe_intc *i)
{
    return !i->output_count || i->outputs[0].cpu == probe_cpu_self();
}

static bool start(const struct probe_intc *i)
{
    return is_own(i) || probe_riscv_is_here(i->outputs[0].cpu);
}

/* Another hart takes none, but notes what is pending. */
static bool enable(const struct probe_intc *i, unsigned number, bool edge)
{
    (void)edge;
    if (!is_own(i))
        return probe_riscv_watch(i->outputs[0].cpu, number);
    probe_riscv_local(number, true);
    return true;
}

static void disable(const struct probe_intc *i, unsigned number)
{
    if (is_own(i))
        probe_riscv_local(number, false);
    else
        probe_riscv_unwatch();
}

static int pending(const struct probe_intc *i, unsigned from)
{
    return is_own(i) ? probe_riscv_pending(from) : probe_riscv_pending_at(i->outputs[0].cpu, from);
}

const struct probe_intc_driver probe_intc_riscv_cpu = {start, enable, disable, pending, NULL};
