/* SPDX-License-Identifier: Apache-2.0 */
/* AMD (Xilinx) AXI UART Lite (PG142, "Register Space"). */
#include "probe.h"

enum {
    TX = 0x4,
    STATUS = 0x8,
    CONTROL = 0xc,
    STATUS_TX_EMPTY = 1 << 2,
    STATUS_TX_FULL = 1 << 3,
    CONTROL_RESET_TX_RX = 3,
    PATIENCE = 1000000,
};

/* After a reset the transmitter is empty and not full, and no other bit than the lowest eight is ever set. */
static bool start(const struct probe_console *c)
{
    uint32_t status;

    return probe_store32(c->base + CONTROL, CONTROL_RESET_TX_RX) && probe_load32(c->base + STATUS, &status) &&
           (status & (STATUS_TX_EMPTY | STATUS_TX_FULL)) == STATUS_TX_EMPTY && status < 0x100;
}

static bool put(const struct probe_console *c, uint8_t byte)
{
    uint32_t status = STATUS_TX_FULL;

    for (unsigned i = 0; i < PATIENCE && (status & STATUS_TX_FULL); i++)
        if (!probe_load32(c->base + STATUS, &status))
            return false;
    return !(status & STATUS_TX_FULL) && probe_store32(c->base + TX, byte);
}

/* Its interrupt is an edge when the transmitter runs empty: it takes a byte to raise it. */
const struct probe_console_driver probe_console_uartlite = {start, put, NULL};
