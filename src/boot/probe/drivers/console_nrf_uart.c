/* SPDX-License-Identifier: Apache-2.0 */
/* UART of nRF51 and nRF52 (nRF51 Series Reference Manual, "UART"). */
#include "probe.h"

enum {
    TASKS_STARTTX = 0x008,
    EVENTS_TXDRDY = 0x11c,
    INTENSET = 0x304,
    INTENCLR = 0x308,
    ENABLE = 0x500,
    TXD = 0x51c,
    BAUDRATE = 0x524,
};
enum { ENABLED = 4, INT_TXDRDY = 1 << 7, SPINS = 1000000 };

static bool waiting; /* for the byte that was sent last */

static bool prepare(const struct probe_console *c)
{
    uint64_t value;
    /* In units of 16 MHz / 2^32 = 1 / 268.435456; the lowest 12 bits do not count. */
    uint32_t baudrate = (c->baud * 268 + c->baud / 1000 * 435 + 0x800) & 0xfffff000U;

    waiting = false;
    return probe_store(c->base + ENABLE, 4, ENABLED) && probe_store(c->base + BAUDRATE, 4, baudrate) &&
           probe_load(c->base + BAUDRATE, 4, &value) && value == baudrate && probe_store(c->base + TASKS_STARTTX, 4, 1);
}

static bool put(const struct probe_console *c, uint8_t byte)
{
    for (unsigned spins = SPINS; waiting; spins--) {
        uint64_t sent;

        if (!spins || !probe_load(c->base + EVENTS_TXDRDY, 4, &sent))
            return false;
        waiting = !sent;
    }
    waiting = true;
    return probe_store(c->base + EVENTS_TXDRDY, 4, 0) && probe_store(c->base + TXD, 4, byte);
}

/* It interrupts when a byte has gone out, so one goes: a line feed. */
static bool interrupt(const struct probe_console *c, bool on)
{
    if (!on)
        return probe_store(c->base + INTENCLR, 4, INT_TXDRDY);
    return put(c, '\n') && probe_store(c->base + INTENSET, 4, INT_TXDRDY);
}

const struct probe_console_driver probe_console_nrf_uart = {prepare, put, interrupt};
