/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arm GIC, versions 3 and 4 (IHI 0069): block 0 is the distributor, the next ones regions of redistributors. The CPU
 * interface is in the CPU's registers.
 */
#include "probe.h"

enum {
    GICD_CTLR = 0x0000,
    GICD_TYPER = 0x0004,
    GICD_IROUTER = 0x6000,

    /* Of the distributor, and at SGI_FRAME of a redistributor for the CPU's own interrupts. */
    IGROUPR = 0x0080,
    ISENABLER = 0x0100,
    ICENABLER = 0x0180,
    ISPENDR = 0x0200,
    IPRIORITYR = 0x0400,
    ICFGR = 0x0c00,
    IGRPMODR = 0x0d00,

    GICR_TYPER = 0x0008,
    GICR_WAKER = 0x0014,
    SGI_FRAME = 0x10000,

    CTLR_GROUPS = 7, /* group 0, group 1 non-secure, group 1 secure; from the other side both names of group 1 */
    CTLR_ARE = 3 << 4,
    WAKER_SLEEP = 1 << 1,
    WAKER_ASLEEP = 1 << 2,
    TYPER_VLPIS = 1 << 1,
    TYPER_LAST = 1 << 4,

    SHARED = 32,
    SPURIOUS = 1020,
    REDISTRIBUTORS = 512, /* more are not looked at */
    PATIENCE = 100000,
};

#ifdef __aarch64__
#define GET(reg, cp, value)                                                                                            \
    do {                                                                                                               \
        uint64_t wide_;                                                                                                \
        __asm__ volatile("mrs %0, " reg : "=r"(wide_)::"memory");                                                      \
        value = (uint32_t)wide_;                                                                                       \
    } while (0)
#define SET(reg, cp, value) __asm__ volatile("msr " reg ", %0\n\tisb" ::"r"((uint64_t)(value)) : "memory")
#else
#define GET(reg, cp, value) __asm__ volatile("mrc p15, " cp : "=r"(value)::"memory")
#define SET(reg, cp, value) __asm__ volatile("mcr p15, " cp "\n\tisb" ::"r"(value) : "memory")
#endif

#define ICC_SRE_EL1 "s3_0_c12_c12_5", "0, %0, c12, c12, 5"
#define ICC_SRE_EL2 "s3_4_c12_c9_5", "4, %0, c12, c9, 5" /* ICC_HSRE */
#define ICC_SRE_EL3 "s3_6_c12_c12_5", "6, %0, c12, c12, 5"
#define ICC_PMR_EL1 "s3_0_c4_c6_0", "0, %0, c4, c6, 0"
#define ICC_IGRPEN0 "s3_0_c12_c12_6", "0, %0, c12, c12, 6"
#define ICC_IGRPEN1 "s3_0_c12_c12_7", "0, %0, c12, c12, 7"
#define ICC_IAR0 "s3_0_c12_c8_0", "0, %0, c12, c8, 0"
#define ICC_IAR1 "s3_0_c12_c12_0", "0, %0, c12, c12, 0"
#define ICC_EOIR0 "s3_0_c12_c8_1", "0, %0, c12, c8, 1"
#define ICC_EOIR1 "s3_0_c12_c12_1", "0, %0, c12, c12, 1"
#define GET_(arguments, value) GET(arguments, value)
#define SET_(arguments, value) SET(arguments, value)

/* Group 0 is for EL3, which takes it as FIQ; all others have group 1. */
static bool has_group0(void)
{
#ifdef __aarch64__
    uint64_t el;

    __asm__("mrs %0, CurrentEL" : "=r"(el));
    return (el >> 2 & 3) == 3;
#else
    return false;
#endif
}

static bool is_level2(void)
{
#ifdef __aarch64__
    uint64_t el;

    __asm__("mrs %0, CurrentEL" : "=r"(el));
    return (el >> 2 & 3) == 2;
#else
    uint32_t psr;

    __asm__("mrs %0, cpsr" : "=r"(psr));
    return (psr & 31) == 0x1a;
#endif
}

static uintptr_t distributor(const struct probe_intc *i)
{
    return i->blocks[0].base;
}

/* This CPU's, found by its affinity; 0: none. */
static uintptr_t redistributor(const struct probe_intc *i)
{
    static uintptr_t found;
    uint64_t self = probe_cpu_self();
    uint32_t affinity = (uint32_t)self | (uint32_t)(self >> 32) << 24, low, high;

    for (unsigned b = 1; b < i->block_count && !found; b++) {
        uintptr_t at = i->blocks[b].base;

        for (unsigned n = 0; n < REDISTRIBUTORS && at - i->blocks[b].base + 2 * SGI_FRAME <= i->blocks[b].size; n++) {
            if (!probe_load32(at + GICR_TYPER, &low) || !probe_load32(at + GICR_TYPER + 4, &high))
                break;
            if (high == affinity) {
                found = at;
                break;
            }
            if (low & TYPER_LAST)
                break;
            at += low & TYPER_VLPIS ? 4 * SGI_FRAME : 2 * SGI_FRAME;
        }
    }
    return found;
}

/* Where the registers of an interrupt are: those of a CPU's own ones look like those of the distributor. */
static uintptr_t frame(const struct probe_intc *i, unsigned number)
{
    return number < SHARED ? redistributor(i) + SGI_FRAME : distributor(i);
}

static unsigned lines(const struct probe_intc *i)
{
    uint32_t type;
    unsigned count = probe_load32(distributor(i) + GICD_TYPER, &type) ? 32 * ((type & 31) + 1) : 0;

    return count < SPURIOUS ? count : SPURIOUS;
}

/* GICD_CTLR.RWP. */
static void wait_until_done(const struct probe_intc *i)
{
    uint32_t control;

    for (unsigned n = 0; n < PATIENCE && probe_load32(distributor(i) + GICD_CTLR, &control) && control >> 31; n++)
        ;
}

static bool wake(uintptr_t at)
{
    uint32_t value;

    if (!probe_load32(at + GICR_WAKER, &value) || !probe_store32(at + GICR_WAKER, value & ~(uint32_t)WAKER_SLEEP))
        return false;
    for (unsigned n = 0; n < PATIENCE; n++)
        if (!probe_load32(at + GICR_WAKER, &value) || !(value & WAKER_ASLEEP))
            break;
    return !(value & WAKER_ASLEEP);
}

static bool prepare(const struct probe_intc *i)
{
    unsigned words = lines(i) / 32;
    uint32_t group = has_group0() ? 0 : UINT32_MAX;

    if (i->block_count < 2 || !words || !redistributor(i) || !wake(redistributor(i)))
        return false;
    for (unsigned n = 0; n < words; n++)
        if (!probe_store32(frame(i, 32 * n) + ICENABLER + 4 * n, UINT32_MAX) ||
            !probe_store32(frame(i, 32 * n) + IGROUPR + 4 * n, group) ||
            !probe_store32(frame(i, 32 * n) + IGRPMODR + 4 * n, 0))
            return false;
    /* Affinity routing may only be switched on while the groups are off. */
    if (!probe_store32(distributor(i) + GICD_CTLR, 0))
        return false;
    wait_until_done(i);
    probe_store32(distributor(i) + GICD_CTLR, CTLR_ARE);
    wait_until_done(i);
    probe_store32(distributor(i) + GICD_CTLR, CTLR_ARE | CTLR_GROUPS);
    wait_until_done(i);
    if (has_group0())
        SET_(ICC_SRE_EL3, 15);
    if (is_level2())
        SET_(ICC_SRE_EL2, 15);
    SET_(ICC_SRE_EL1, 7);
    SET_(ICC_PMR_EL1, 0xff);
    if (has_group0())
        SET_(ICC_IGRPEN0, 1);
    else
        SET_(ICC_IGRPEN1, 1);
    return true;
}

static bool enable(const struct probe_intc *i, unsigned number, bool edge)
{
    uintptr_t at = frame(i, number), config = at + ICFGR + number / 16 * 4, priority = at + IPRIORITYR + (number & ~3u);
    uint64_t self = probe_cpu_self();
    uint32_t value, bit = 2u << number % 16 * 2, shift = number % 4 * 8;

    if (number >= lines(i))
        return false;
    if (!probe_load32(priority, &value) || !probe_store32(priority, (value & ~(0xffu << shift)) | 0x80u << shift))
        return false;
    if (number >= SHARED &&
        (!probe_load32(config, &value) || !probe_store32(config, edge ? value | bit : value & ~bit) ||
         !probe_store32(at + GICD_IROUTER + 8 * number, (uint32_t)self) ||
         !probe_store32(at + GICD_IROUTER + 8 * number + 4, (uint32_t)(self >> 32))))
        return false;
    return probe_store32(at + ISENABLER + number / 32 * 4, 1u << number % 32);
}

static void disable(const struct probe_intc *i, unsigned number)
{
    if (number < SPURIOUS)
        probe_store32(frame(i, number) + ICENABLER + number / 32 * 4, 1u << number % 32);
}

static int pending(const struct probe_intc *i, unsigned from)
{
    unsigned count = lines(i);
    uint32_t word = 0;

    for (unsigned n = from; n < count; n++) {
        if ((n == from || n % 32 == 0) && !probe_load32(frame(i, n) + ISPENDR + n / 32 * 4, &word))
            return -1;
        if (word >> n % 32 & 1)
            return (int)n;
    }
    return -1;
}

static int take(const struct probe_intc *i)
{
    uint32_t number;

    if (has_group0())
        GET_(ICC_IAR0, number);
    else
        GET_(ICC_IAR1, number);
    if (number >= SPURIOUS)
        return -1;
    disable(i, number);
    if (has_group0())
        SET_(ICC_EOIR0, number);
    else
        SET_(ICC_EOIR1, number);
    return (int)number;
}

const struct probe_intc_driver probe_intc_gic_v3 = {prepare, enable, disable, pending, take};
