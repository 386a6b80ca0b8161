/* SPDX-License-Identifier: Apache-2.0 */
/* SiFive's UART (SiFive FE310-G000 Manual, chapter "Universal Asynchronous Receiver/Transmitter"). */
#include "probe.h"

enum {
    TXDATA = 0x00,
    TXCTRL = 0x08,
    RXCTRL = 0x0c,
    IE = 0x10,
    IP = 0x14,
    DIV = 0x18,
    TXCTRL_ENABLE = 1,
    TXCTRL_WATERMARK_1 = 1 << 16,
    TXWM = 1, /* of IE and IP: fewer bytes wait than the watermark says */
    PATIENCE = 1000000,
};

static bool set_speed(const struct probe_console *c)
{
    uint32_t clock = c->clock <= UINT32_MAX ? (uint32_t)c->clock : 0;

    return !clock || !c->baud || clock / c->baud < 2 || probe_store32(c->base + DIV, clock / c->baud - 1);
}

/* The watermark's bit in IP follows from the empty FIFO and cannot be written: memory behaves otherwise. */
static bool start(const struct probe_console *c)
{
    uint32_t pending = 0, control;

    if (!probe_store32(c->base + IE, 0) || !probe_store32(c->base + IP, 0) ||
        !probe_store32(c->base + TXCTRL, TXCTRL_ENABLE | TXCTRL_WATERMARK_1) || !set_speed(c) ||
        !probe_load32(c->base + TXCTRL, &control) || control != (TXCTRL_ENABLE | TXCTRL_WATERMARK_1))
        return false;
    for (unsigned i = 0; i < PATIENCE && !(pending & TXWM); i++)
        if (!probe_load32(c->base + IP, &pending))
            return false;
    return pending & TXWM;
}

static bool put(const struct probe_console *c, uint8_t byte)
{
    uint32_t full = 1u << 31;

    for (unsigned i = 0; i < PATIENCE && full >> 31; i++)
        if (!probe_load32(c->base + TXDATA, &full))
            return false;
    return !(full >> 31) && probe_store32(c->base + TXDATA, byte);
}

static bool interrupt(const struct probe_console *c, bool on)
{
    return probe_store32(c->base + IE, on ? TXWM : 0);
}

const struct probe_console_driver probe_console_sifive = {start, put, interrupt};
