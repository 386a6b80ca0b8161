/* SPDX-License-Identifier: Apache-2.0 */
/* UART of the Cortex-M System Design Kit (Arm DDI 0479, "APB UART"). */
#include "probe.h"

enum { DATA = 0x00, STATE = 0x04, CTRL = 0x08, INTSTATUS = 0x0c, BAUDDIV = 0x10 };
enum { STATE_TX_FULL = 1, CTRL_TX_ENABLE = 1, CTRL_TX_INTERRUPT = 4, INTSTATUS_TX = 1 };
enum { BAUDDIV_MIN = 16, BAUDDIV_MAX = 0xfffff, SPINS = 1000000 };

static bool prepare(const struct probe_console *c)
{
    uint64_t value;
    uint32_t divisor = c->clock && c->baud ? (uint32_t)c->clock / c->baud : 217; /* 25 MHz, 115,200 baud */

    if (divisor < BAUDDIV_MIN)
        divisor = BAUDDIV_MIN;
    if (divisor > BAUDDIV_MAX)
        divisor = BAUDDIV_MAX;
    return probe_store(c->base + CTRL, 4, 0) && probe_store(c->base + BAUDDIV, 4, divisor) &&
           probe_load(c->base + BAUDDIV, 4, &value) && value == divisor &&
           probe_store(c->base + CTRL, 4, CTRL_TX_ENABLE) && probe_load(c->base + CTRL, 4, &value) &&
           value == CTRL_TX_ENABLE;
}

static bool put(const struct probe_console *c, uint8_t byte)
{
    for (unsigned spins = SPINS; spins; spins--) {
        uint64_t state;

        if (!probe_load(c->base + STATE, 4, &state))
            return false;
        if (!(state & STATE_TX_FULL))
            return probe_store(c->base + DATA, 4, byte);
        probe_relax();
    }
    return false;
}

/* It interrupts when a byte has gone out, so one goes: a line feed. */
static bool interrupt(const struct probe_console *c, bool on)
{
    if (!probe_store(c->base + CTRL, 4, CTRL_TX_ENABLE | (on ? CTRL_TX_INTERRUPT : 0)))
        return false;
    return on ? put(c, '\n') : probe_store(c->base + INTSTATUS, 4, INTSTATUS_TX);
}

const struct probe_console_driver probe_console_cmsdk_uart = {prepare, put, interrupt};
