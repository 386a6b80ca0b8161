/* SPDX-License-Identifier: Apache-2.0 */
/* Cadence UART of Xilinx' Zynq families (UG585, "UART Controller"; UG1085; UG1087, "UART Module"). */
#include "probe.h"

enum {
    CONTROL = 0x00,
    MODE = 0x04,
    ENABLE = 0x08,
    DISABLE = 0x0c,
    STATUS = 0x14, /* of interrupts; cleared by ones */
    DIVIDER = 0x18,
    CHANNEL_STATUS = 0x2c,
    FIFO = 0x30,
    BAUD_DIVIDER = 0x34,

    RESET = 3,
    TXEN_RXEN = 0x14,
    MODE_8N1 = 0x20,
    MODE_ALL = 0x3ff,
    TX_EMPTY = 1 << 3,
    TX_FULL = 1 << 4,
    INT_ALL = 0x1fff,

    PATIENCE = 2000000,
};

/* clock / divider / (7 + 1) bauds */
static bool set_rate(const struct probe_console *c)
{
    uint32_t hz = (uint32_t)c->clock, divider;

    if (!c->clock || c->clock >> 32 || !c->baud)
        return true;
    divider = (hz / 8 + c->baud / 2) / c->baud;
    return !divider || divider > 0xffff ||
           (probe_store32(c->base + BAUD_DIVIDER, 7) && probe_store32(c->base + DIVIDER, divider));
}

static bool prepare(const struct probe_console *c)
{
    uint32_t mode;

    return probe_store32(c->base + DISABLE, INT_ALL) && set_rate(c) && probe_store32(c->base + MODE, MODE_8N1) &&
           probe_load32(c->base + MODE, &mode) && (mode & MODE_ALL) == MODE_8N1 &&
           probe_store32(c->base + CONTROL, TXEN_RXEN | RESET) && probe_store32(c->base + CONTROL, TXEN_RXEN);
}

static bool put(const struct probe_console *c, uint8_t byte)
{
    uint32_t status;

    for (unsigned i = 0; i < PATIENCE; i++) {
        if (!probe_load32(c->base + CHANNEL_STATUS, &status))
            return false;
        if (!(status & TX_FULL))
            return probe_store32(c->base + FIFO, byte);
    }
    return false;
}

/* It is raised when the FIFO becomes empty: behind a byte. */
static bool interrupt(const struct probe_console *c, bool on)
{
    if (!on)
        return probe_store32(c->base + DISABLE, INT_ALL) && probe_store32(c->base + STATUS, INT_ALL);
    return probe_store32(c->base + ENABLE, TX_EMPTY) && put(c, '\n');
}

const struct probe_console_driver probe_console_cadence = {prepare, put, interrupt};
