/* SPDX-License-Identifier: Apache-2.0 */
/* 8250 and its descendants (National Semiconductor PC16550D data sheet, section 8), registers reg-shift apart. */
#include "probe.h"

enum {
    THR = 0, /* DLL with DLAB */
    IER = 1, /* DLM with DLAB */
    FCR = 2,
    LCR = 3,
    MCR = 4,
    LSR = 5,
    SCR = 7,
    IER_THRE = 1 << 1,
    FCR_FIFO_CLEAR = 7,
    LCR_8N1 = 3,
    LCR_DLAB = 1 << 7,
    MCR_DTR_RTS_OUT2 = 11, /* OUT2 lets the interrupt out of the chip */
    LSR_THRE = 1 << 5,
    DIVISOR_MAX = 0xffff,
    PATTERN = 0xa5,
    PATIENCE = 1000000,
};

static uintptr_t address_of(const struct probe_console *c, unsigned reg)
{
    return c->base + ((uintptr_t)reg << c->shift);
}

static bool get(const struct probe_console *c, unsigned reg, unsigned *value)
{
    uint64_t wide;

    if (!probe_load(address_of(c, reg), c->io_width ? c->io_width : 1, &wide))
        return false;
    *value = wide & 0xff;
    return true;
}

static bool set(const struct probe_console *c, unsigned reg, unsigned value)
{
    return probe_store(address_of(c, reg), c->io_width ? c->io_width : 1, value);
}

static bool reads_back(const struct probe_console *c, unsigned reg, unsigned pattern)
{
    unsigned value;

    return set(c, reg, pattern) && get(c, reg, &value) && value == pattern;
}

/* With DLAB, IER is the divisor's upper half: what is written there must not be seen in IER, as it would be in memory.
 */
static bool has_divisor_latch(const struct probe_console *c)
{
    unsigned old, behind;

    if (!set(c, IER, 0) || !reads_back(c, LCR, LCR_8N1 | LCR_DLAB) || !get(c, IER, &old) || !set(c, IER, PATTERN) ||
        !reads_back(c, LCR, LCR_8N1) || !get(c, IER, &behind))
        return false;
    return set(c, LCR, LCR_8N1 | LCR_DLAB) && set(c, IER, old) && set(c, LCR, LCR_8N1) && behind != PATTERN;
}

static bool set_speed(const struct probe_console *c)
{
    uint32_t clock = c->clock <= UINT32_MAX ? (uint32_t)c->clock : 0;
    uint32_t divisor = c->baud ? (clock / 8 / c->baud + 1) / 2 : 0;

    if (!divisor || divisor > DIVISOR_MAX)
        return true;
    return set(c, LCR, LCR_8N1 | LCR_DLAB) && set(c, THR, divisor & 0xff) && set(c, IER, divisor >> 8) &&
           set(c, LCR, LCR_8N1);
}

/* The scratch register does not exist in the first 8250 and in some copies: then the line control register must do. */
static bool start(const struct probe_console *c)
{
    bool scratch = reads_back(c, SCR, PATTERN) && reads_back(c, SCR, PATTERN ^ 0xff);

    if (probe_last_fault.cause || (!scratch && !reads_back(c, LCR, LCR_8N1)) || !has_divisor_latch(c))
        return false;
    return set_speed(c) && set(c, FCR, FCR_FIFO_CLEAR) && set(c, MCR, MCR_DTR_RTS_OUT2);
}

static bool put(const struct probe_console *c, uint8_t byte)
{
    unsigned status = 0;

    for (unsigned i = 0; i < PATIENCE && !(status & LSR_THRE); i++)
        if (!get(c, LSR, &status))
            return false;
    return (status & LSR_THRE) && set(c, THR, byte);
}

/* Raised as long as the transmitter is empty. */
static bool interrupt(const struct probe_console *c, bool on)
{
    return set(c, IER, on ? IER_THRE : 0);
}

const struct probe_console_driver probe_console_ns16550 = {start, put, interrupt};
