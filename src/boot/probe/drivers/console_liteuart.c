/* SPDX-License-Identifier: Apache-2.0 */
/* LiteX's UART (litex/soc/cores/uart.py): CSRs of 8 bits, 4 bytes apart. */
#include "probe.h"

enum {
    RXTX = 0x00,
    TXFULL = 0x04,
    EV_ENABLE = 0x14,
    PATIENCE = 1000000,
};

static bool start(const struct probe_console *c)
{
    uint32_t enabled, full;

    return probe_store32(c->base + EV_ENABLE, 0) && probe_load32(c->base + EV_ENABLE, &enabled) && !enabled &&
           probe_load32(c->base + TXFULL, &full) && full <= 1;
}

static bool put(const struct probe_console *c, uint8_t byte)
{
    uint32_t full = 1;

    for (unsigned i = 0; i < PATIENCE && full; i++)
        if (!probe_load32(c->base + TXFULL, &full))
            return false;
    return !full && probe_store32(c->base + RXTX, byte);
}

const struct probe_console_driver probe_console_liteuart = {start, put, NULL};
