/* SPDX-License-Identifier: Apache-2.0 */
/*
 * USART and UART of STM32, in both layouts: that of F1, F2, F4 and L1 (RM0090, "USART registers") and that of all newer
 * families (RM0410). Descriptions call both st,stm32-usart, so the device itself says which it is: a transmitter
 * that was just reset is empty, and its status stands at 0 or at 0x1c.
 */
#include "probe.h"

struct layout {
    uint8_t status, data, divisor, control;
    uint32_t enable; /* of the control register: the device, and its transmitter */
};
static const struct layout old = {0x00, 0x04, 0x08, 0x0c, 1U << 13 | 1U << 3};
static const struct layout new = {0x1c, 0x28, 0x0c, 0x00, 1U << 0 | 1U << 3};

enum { TX_COMPLETE = 1 << 6, TX_EMPTY = 1 << 7, SPINS = 1000000 }; /* status; TX_EMPTY of control: its interrupt */

static const struct layout *layout;

static bool is_idle(const struct probe_console *c, const struct layout *l)
{
    uint64_t status;

    return probe_load(c->base + l->status, 4, &status) && (status & TX_EMPTY) && (status & TX_COMPLETE);
}

static bool prepare(const struct probe_console *c)
{
    uint64_t value;
    uint32_t divisor = c->clock && c->baud ? (uint32_t)c->clock / c->baud : 139; /* 16 MHz, 115,200 baud */

    layout = is_idle(c, &new) ? &new : is_idle(c, &old) ? &old : NULL;
    if (divisor < 16)
        divisor = 16;
    return layout && probe_store(c->base + layout->control, 4, 0) &&
           probe_store(c->base + layout->divisor, 4, divisor & 0xffff) &&
           probe_store(c->base + layout->control, 4, layout->enable) &&
           probe_load(c->base + layout->control, 4, &value) && (value & layout->enable) == layout->enable;
}

static bool put(const struct probe_console *c, uint8_t byte)
{
    for (unsigned spins = SPINS; spins; spins--) {
        uint64_t status;

        if (!probe_load(c->base + layout->status, 4, &status))
            return false;
        if (status & TX_EMPTY)
            return probe_store(c->base + layout->data, 4, byte);
        probe_relax();
    }
    return false;
}

static bool interrupt(const struct probe_console *c, bool on)
{
    return probe_store(c->base + layout->control, 4, layout->enable | (on ? TX_EMPTY : 0));
}

const struct probe_console_driver probe_console_stm32_usart = {prepare, put, interrupt};
