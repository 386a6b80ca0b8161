/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform-level interrupt controller (RISC-V PLIC Specification 1.0.0, "Memory Map"). Its contexts are the rows of
 * interrupts-extended, in order.
 */
#include "../arch_riscv.h"

enum {
    PRIORITY = 0x000000,
    PENDING = 0x001000,
    ENABLE = 0x002000,
    ENABLE_STRIDE = 0x80,
    CONTEXT = 0x200000, /* threshold, claim and complete */
    CONTEXT_STRIDE = 0x1000,
    CLAIM = 4,
    SOURCES = 1024,
    SUPERVISOR = 9,
};

/* The context that reports to this hart, in M-mode if there is one. */
static bool find_context(const struct probe_intc *i, unsigned *context)
{
    bool found = false;

    for (unsigned k = 0; k < i->output_count; k++) {
        const struct probe_output *o = &i->outputs[k];

        if (o->cpu == probe_cpu_self() && (o->number == PROBE_RISCV_EXTERNAL || (o->number == SUPERVISOR && !found))) {
            *context = k;
            found = true;
            if (o->number == PROBE_RISCV_EXTERNAL)
                break;
        }
    }
    return found;
}

static uintptr_t enable_word(const struct probe_intc *i, unsigned context, unsigned number)
{
    return i->blocks[0].base + ENABLE + ENABLE_STRIDE * context + number / 32 * 4;
}

static uintptr_t claim_register(const struct probe_intc *i, unsigned context)
{
    return i->blocks[0].base + CONTEXT + CONTEXT_STRIDE * context + CLAIM;
}

static unsigned source_count(const struct probe_intc *i)
{
    return i->sources && i->sources < SOURCES ? i->sources + 1 : SOURCES;
}

/* Sources can be enabled, or it is no PLIC. What has no context for this hart is left alone. */
static bool start(const struct probe_intc *i)
{
    unsigned context;
    uint32_t enabled;

    if (!find_context(i, &context))
        return true;
    if (!probe_store32(enable_word(i, context, 0), 1u << 1) || !probe_load32(enable_word(i, context, 0), &enabled) ||
        enabled != 1u << 1)
        return false;
    for (unsigned n = 0; n < source_count(i); n += 32)
        if (!probe_store32(enable_word(i, context, n), 0))
            return false;
    return probe_store32(claim_register(i, context) - CLAIM, 0);
}

static bool change(const struct probe_intc *i, unsigned number, bool on)
{
    unsigned context;
    uint32_t word, bit = 1u << number % 32;

    return number && number < SOURCES && find_context(i, &context) &&
           probe_load32(enable_word(i, context, number), &word) &&
           probe_store32(enable_word(i, context, number), on ? word | bit : word & ~bit);
}

/* The priority comes last: QEMU 7.2 does not look at what is pending when a source is enabled, but when this is set. */
static bool enable(const struct probe_intc *i, unsigned number, bool edge)
{
    unsigned context;

    (void)edge;
    if (!find_context(i, &context) || !change(i, number, true) ||
        !probe_store32(i->blocks[0].base + PRIORITY + 4 * number, 1))
        return false;
    probe_riscv_local(i->outputs[context].number, true);
    return true;
}

static void disable(const struct probe_intc *i, unsigned number)
{
    change(i, number, false);
}

static int pending(const struct probe_intc *i, unsigned from)
{
    uint32_t word;

    for (unsigned n = from ? from : 1; n < SOURCES; n++) {
        if (!probe_load32(i->blocks[0].base + PENDING + n / 32 * 4, &word))
            return -1;
        if (!(word >> n % 32)) /* none of the rest of this word */
            n |= 31;
        else if (word >> n % 32 & 1)
            return (int)n;
    }
    return -1;
}

/* Completed before it is disabled: a completion of what is not enabled is ignored. */
static int take(const struct probe_intc *i)
{
    unsigned context;
    uint32_t number;

    if (!find_context(i, &context) || !probe_load32(claim_register(i, context), &number) || !number)
        return -1;
    probe_store32(claim_register(i, context), number);
    disable(i, number);
    return (int)number;
}

const struct probe_intc_driver probe_intc_plic = {start, enable, disable, pending, take};
