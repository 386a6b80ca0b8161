/* SPDX-License-Identifier: Apache-2.0 */
/* Arm GIC, versions 1 and 2 (IHI 0048): block 0 is the distributor, block 1 the CPU interface. */
#include "probe.h"

enum {
    GICD_CTLR = 0x000,
    GICD_TYPER = 0x004,
    GICD_ISENABLER = 0x100,
    GICD_ICENABLER = 0x180,
    GICD_ISPENDR = 0x200,
    GICD_IPRIORITYR = 0x400,
    GICD_ITARGETSR = 0x800,
    GICD_ICFGR = 0xc00,

    GICC_CTLR = 0x00,
    GICC_PMR = 0x04,
    GICC_IAR = 0x0c,
    GICC_EOIR = 0x10,

    SHARED = 32,     /* the first number that is not of one CPU */
    SPURIOUS = 1020, /* and above */
};

static uintptr_t distributor(const struct probe_intc *i)
{
    return i->blocks[0].base;
}

static uintptr_t cpu_interface(const struct probe_intc *i)
{
    return i->blocks[1].base;
}

static unsigned lines(const struct probe_intc *i)
{
    uint32_t type;

    return probe_load32(distributor(i) + GICD_TYPER, &type) ? 32 * ((type & 31) + 1) : 0;
}

/* Seen from the secure side, bit 0 is group 0, where all interrupts are after a reset; from the other side it is
 * group 1, where secure firmware has put what it leaves to others. */
static bool prepare(const struct probe_intc *i)
{
    unsigned words = lines(i) / 32;

    if (i->block_count < 2 || !words)
        return false;
    for (unsigned n = 0; n < words; n++)
        if (!probe_store32(distributor(i) + GICD_ICENABLER + 4 * n, UINT32_MAX))
            return false;
    return probe_store32(distributor(i) + GICD_CTLR, 1) && probe_store32(cpu_interface(i) + GICC_PMR, 0xff) &&
           probe_store32(cpu_interface(i) + GICC_CTLR, 1);
}

/* Registers with a byte a number: whole words, because not all implementations take bytes. */
static bool set_byte(uintptr_t first, unsigned number, uint32_t byte)
{
    uintptr_t word = first + (number & ~3u);
    unsigned shift = number % 4 * 8;
    uint32_t value;

    return probe_load32(word, &value) && probe_store32(word, (value & ~(0xffu << shift)) | byte << shift);
}

/* This CPU's bit, which the registers of its own interrupts show. On a single CPU they read as 0. */
static uint32_t self(const struct probe_intc *i)
{
    uint32_t targets = 0;

    for (unsigned n = 0; n < SHARED / 4 && !targets; n++)
        probe_load32(distributor(i) + GICD_ITARGETSR + 4 * n, &targets);
    return (targets | targets >> 8 | targets >> 16 | targets >> 24) & 0xff;
}

static bool enable(const struct probe_intc *i, unsigned number, bool edge)
{
    uintptr_t config = distributor(i) + GICD_ICFGR + number / 16 * 4;
    uint32_t value, bit = 2u << number % 16 * 2;

    if (number >= lines(i) || number >= SPURIOUS)
        return false;
    if (number >= SHARED &&
        (!set_byte(distributor(i) + GICD_ITARGETSR, number, self(i)) || !probe_load32(config, &value) ||
         !probe_store32(config, edge ? value | bit : value & ~bit)))
        return false;
    return set_byte(distributor(i) + GICD_IPRIORITYR, number, 0x80) &&
           probe_store32(distributor(i) + GICD_ISENABLER + number / 32 * 4, 1u << number % 32);
}

static void disable(const struct probe_intc *i, unsigned number)
{
    if (number < SPURIOUS)
        probe_store32(distributor(i) + GICD_ICENABLER + number / 32 * 4, 1u << number % 32);
}

static int pending(const struct probe_intc *i, unsigned from)
{
    unsigned count = lines(i);
    uint32_t word = 0;

    for (unsigned n = from; n < count && n < SPURIOUS; n++) {
        if ((n == from || n % 32 == 0) && !probe_load32(distributor(i) + GICD_ISPENDR + n / 32 * 4, &word))
            return -1;
        if (word >> n % 32 & 1)
            return (int)n;
    }
    return -1;
}

static int take(const struct probe_intc *i)
{
    uint32_t which;
    unsigned number;

    if (!probe_load32(cpu_interface(i) + GICC_IAR, &which))
        return -1;
    number = which & 0x3ff;
    if (number >= SPURIOUS)
        return -1;
    disable(i, number);
    probe_store32(cpu_interface(i) + GICC_EOIR, which);
    return (int)number;
}

const struct probe_intc_driver probe_intc_gic_v2 = {prepare, enable, disable, pending, take};
