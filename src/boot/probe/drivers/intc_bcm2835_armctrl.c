/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupt controller of the BCM2835 ("BCM2835 ARM Peripherals", chapter 7), which in later chips reports to one of
 * the CPUs' own controllers. Bank 0 is the first word of 8 numbers, banks 1 and 2 are the GPU's. It shows what is
 * enabled alone.
 */
#include "probe.h"

enum { BANKS = 3 };

/* In the order of the banks. */
static const uint8_t pending_at[BANKS] = {0x00, 0x04, 0x08};
static const uint8_t enable_at[BANKS] = {0x18, 0x10, 0x14};
static const uint8_t disable_at[BANKS] = {0x24, 0x1c, 0x20};

static uint32_t numbers(unsigned bank)
{
    return bank ? UINT32_MAX : 0xff;
}

static bool prepare(const struct probe_intc *i)
{
    for (unsigned bank = 0; bank < BANKS; bank++)
        if (!i->block_count || !probe_store32(i->blocks[0].base + disable_at[bank], numbers(bank)))
            return false;
    return true;
}

static bool enable(const struct probe_intc *i, unsigned number, bool edge)
{
    (void)edge;
    return number / 32 < BANKS && (numbers(number / 32) >> number % 32 & 1) &&
           probe_store32(i->blocks[0].base + enable_at[number / 32], 1u << number % 32);
}

static void disable(const struct probe_intc *i, unsigned number)
{
    if (number / 32 < BANKS)
        probe_store32(i->blocks[0].base + disable_at[number / 32], 1u << number % 32);
}

/* @return the lowest number from `from` on in the pending words, or -1. */
static int lowest(const struct probe_intc *i, unsigned from)
{
    for (unsigned bank = from / 32; bank < BANKS; bank++) {
        uint32_t word;

        if (!probe_load32(i->blocks[0].base + pending_at[bank], &word))
            return -1;
        word &= numbers(bank);
        for (unsigned n = bank == from / 32 ? from % 32 : 0; n < 32; n++)
            if (word >> n & 1)
                return (int)(bank * 32 + n);
    }
    return -1;
}

/* Called while the CPU takes no interrupts: for a moment, all are enabled. */
static int pending(const struct probe_intc *i, unsigned from)
{
    uint32_t enabled[BANKS];
    int found;

    for (unsigned bank = 0; bank < BANKS; bank++) {
        if (!probe_load32(i->blocks[0].base + enable_at[bank], &enabled[bank]))
            return -1;
        probe_store32(i->blocks[0].base + enable_at[bank], numbers(bank));
    }
    found = lowest(i, from);
    for (unsigned bank = 0; bank < BANKS; bank++)
        probe_store32(i->blocks[0].base + disable_at[bank], numbers(bank) & ~enabled[bank]);
    return found;
}

static int take(const struct probe_intc *i)
{
    int number = lowest(i, 0);

    if (number >= 0)
        disable(i, (unsigned)number);
    return number;
}

const struct probe_intc_driver probe_intc_bcm2835_armctrl = {prepare, enable, disable, pending, take};
