/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arm's generic timer, in the CPU (Arm ARM DDI 0487, chapter "The Generic Timer in AArch64 state"; DDI 0406, B8). Which
 * of the CPU's timers a line belongs to is its row in the binding (arm,arch_timer): 0 secure physical, 1 physical, 2
 * virtual, 3 hypervisor's, 4 hypervisor's virtual.
 */
#include "probe.h"

enum row { SECURE, PHYSICAL, VIRTUAL, HYPERVISOR };
enum { ENABLE = 1, MOST_TICKS = 0x7fffffff };

#ifdef __aarch64__

#define GET(reg, value) __asm__ volatile("isb\n\tmrs %0, " reg : "=r"(value)::"memory")
#define SET(reg, value) __asm__ volatile("msr " reg ", %0\n\tisb" ::"r"((uint64_t)(value)) : "memory")

static unsigned level(void)
{
    uint64_t el;

    GET("CurrentEL", el);
    return (unsigned)(el >> 2 & 3);
}

static bool has_el2(void)
{
    uint64_t features;

    GET("id_aa64pfr0_el1", features);
    return (features >> 8 & 15) != 0;
}

static bool set(enum row row, uint32_t ticks, uint32_t control)
{
    switch (row) {
    case SECURE: /* of EL3, or of a secure EL1, which takes the other one's registers */
        if (level() != 3)
            return false;
        SET("cntps_tval_el1", ticks);
        SET("cntps_ctl_el1", control);
        return true;
    case PHYSICAL:
        SET("cntp_tval_el0", ticks);
        SET("cntp_ctl_el0", control);
        return true;
    case VIRTUAL:
        SET("cntv_tval_el0", ticks);
        SET("cntv_ctl_el0", control);
        return true;
    case HYPERVISOR:
        if (level() < 2 || !has_el2())
            return false;
        SET("cnthp_tval_el2", ticks);
        SET("cnthp_ctl_el2", control);
        return true;
    default:
        return false;
    }
}

static bool count(const struct probe_timer *t, uint64_t *value)
{
    (void)t;
    GET("cntvct_el0", *value);
    return true;
}

static uint64_t rate(const struct probe_timer *t)
{
    uint64_t hz;

    (void)t;
    GET("cntfrq_el0", hz);
    return hz;
}

#else

#define GET32(cp, value) __asm__ volatile("isb\n\tmrc " cp : "=r"(value)::"memory")
#define SET32(cp, value) __asm__ volatile("mcr " cp "\n\tisb" ::"r"(value) : "memory")

/* ID_PFR1: bits 7:4 the security extensions, 15:12 the virtualization extensions, 19:16 the generic timer. */
static uint32_t feature(unsigned shift)
{
    uint32_t features;

    GET32("p15, 0, %0, c0, c1, 1", features);
    return features >> shift & 15;
}

static uint32_t mode(void)
{
    uint32_t psr;

    __asm__ volatile("mrs %0, cpsr" : "=r"(psr));
    return psr & 31;
}

enum { MODE_HYP = 0x1a };

/* Below Hyp mode a CPU that starts by itself is secure, if it knows the difference: then the physical timer's registers
 * are those of the secure one (QEMU's -M virt without secure=on has CPUs that do not know it). */
static bool is_secure(void)
{
    return feature(4) != 0 && mode() != MODE_HYP;
}

static bool set(enum row row, uint32_t ticks, uint32_t control)
{
    switch (row) {
    case SECURE:
    case PHYSICAL:
        if (is_secure() != (row == SECURE))
            return false;
        SET32("p15, 0, %0, c14, c2, 0", ticks);
        SET32("p15, 0, %0, c14, c2, 1", control);
        return true;
    case VIRTUAL:
        SET32("p15, 0, %0, c14, c3, 0", ticks);
        SET32("p15, 0, %0, c14, c3, 1", control);
        return true;
    case HYPERVISOR:
        if (mode() != MODE_HYP)
            return false;
        SET32("p15, 4, %0, c14, c2, 0", ticks);
        SET32("p15, 4, %0, c14, c2, 1", control);
        return true;
    default:
        return false;
    }
}

static bool count(const struct probe_timer *t, uint64_t *value)
{
    uint32_t low, high;

    (void)t;
    __asm__ volatile("isb\n\tmrrc p15, 1, %0, %1, c14" : "=r"(low), "=r"(high)::"memory");
    *value = (uint64_t)high << 32 | low;
    return true;
}

static uint64_t rate(const struct probe_timer *t)
{
    uint32_t hz;

    (void)t;
    GET32("p15, 0, %0, c14, c0, 0", hz);
    return hz;
}

#endif

/* It counts always. */
static bool prepare(const struct probe_timer *t)
{
#ifndef __aarch64__
    if (!feature(16))
        return false;
#endif
    (void)t;
    return true;
}

static bool alarm(const struct probe_timer *t, uint64_t ticks)
{
    return set((enum row)t->which, ticks < MOST_TICKS ? (uint32_t)ticks : MOST_TICKS, ENABLE);
}

static void quiet(const struct probe_timer *t)
{
    set((enum row)t->which, MOST_TICKS, 0);
}

const struct probe_timer_driver probe_timer_arm_generic = {64, prepare, count, alarm, quiet, rate};
