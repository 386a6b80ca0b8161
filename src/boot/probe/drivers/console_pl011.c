/* SPDX-License-Identifier: Apache-2.0 */
/* Arm PL011 and the subset of it that the SBSA calls "generic UART" (DDI 0183; SBSA, DEN 0029, appendix B). */
#include "probe.h"

enum {
    DR = 0x00,
    FR = 0x18,
    IBRD = 0x24,
    FBRD = 0x28,
    LCRH = 0x2c,
    CR = 0x30,
    IMSC = 0x38,
    RIS = 0x3c,
    ICR = 0x44,

    FR_TXFF = 1 << 5,
    LCRH_FEN_WLEN8 = 0x70,
    CR_RXE_TXE_UARTEN = 0x301,
    INT_TX = 1 << 5,
    INT_ALL = 0x7ff,

    PATIENCE = 2000000, /* readings of FR: a byte at 9600 baud takes a millisecond */
};

/* Divisor in 64ths, without a division of 64 bits: clock * 4 / baud, rounded. */
static uint32_t divisor(uint64_t clock, unsigned baud)
{
    uint32_t hz = (uint32_t)clock;

    return clock < 1u << 30 && baud ? (hz * 4 + baud / 2) / baud : 0;
}

static bool prepare(const struct probe_console *c)
{
    uint32_t parts = divisor(c->clock, c->baud), mask;

    /* All interrupts there are can be masked: no other device takes and gives back this value at this place. */
    if (!probe_store32(c->base + CR, 0) || !probe_store32(c->base + IMSC, INT_ALL) ||
        !probe_load32(c->base + IMSC, &mask) || mask != INT_ALL || !probe_store32(c->base + IMSC, 0) ||
        !probe_load32(c->base + IMSC, &mask) || mask != 0)
        return false;
    if (parts && (!probe_store32(c->base + IBRD, parts >> 6) || !probe_store32(c->base + FBRD, parts & 63)))
        return false;
    return probe_store32(c->base + LCRH, LCRH_FEN_WLEN8) && probe_store32(c->base + ICR, INT_ALL) &&
           probe_store32(c->base + CR, CR_RXE_TXE_UARTEN);
}

static bool put(const struct probe_console *c, uint8_t byte)
{
    uint32_t flags;

    for (unsigned i = 0; i < PATIENCE; i++) {
        if (!probe_load32(c->base + FR, &flags))
            return false;
        if (!(flags & FR_TXFF))
            return probe_store32(c->base + DR, byte);
    }
    return false;
}

/* The interrupt stands for "the FIFO has become nearly empty": it takes a byte to bring it about. */
static bool interrupt(const struct probe_console *c, bool on)
{
    uint32_t raw;

    if (!on)
        return probe_store32(c->base + IMSC, 0) && probe_store32(c->base + ICR, INT_TX);
    if (!probe_load32(c->base + RIS, &raw))
        return false;
    return ((raw & INT_TX) || put(c, '\n')) && probe_store32(c->base + IMSC, INT_TX);
}

const struct probe_console_driver probe_console_pl011 = {prepare, put, interrupt};
