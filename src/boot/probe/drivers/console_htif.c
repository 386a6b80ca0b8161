/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host-target interface of Berkeley's simulators: two 64-bit words, fromhost and tohost, in this order where a reg
 * says that they are registers. A command is device << 56 | command << 48 | payload; device 1, command 1 is the
 * console's output. The host clears tohost when it has taken the command, and answers in fromhost.
 */
#include "probe.h"

enum {
    FROMHOST = 0,
    TOHOST = 8,
    PUT = 1 << 24 | 1 << 16, /* upper half of the word */
    PATIENCE = 1000000,
};

static bool is_free(const struct probe_console *c, bool *free)
{
    uint32_t low, high;

    if (!probe_load32(c->base + TOHOST, &low) || !probe_load32(c->base + TOHOST + 4, &high))
        return false;
    *free = !low && !high;
    return true;
}

static bool start(const struct probe_console *c)
{
    bool free;

    return probe_store32(c->base + FROMHOST, 0) && probe_store32(c->base + FROMHOST + 4, 0) && is_free(c, &free);
}

/* The upper half is written last: that is what starts the command. */
static bool put(const struct probe_console *c, uint8_t byte)
{
    bool free = false;

    for (unsigned i = 0; i < PATIENCE && !free; i++)
        if (!is_free(c, &free))
            return false;
    return free && probe_store32(c->base + TOHOST, byte) && probe_store32(c->base + TOHOST + 4, PUT) &&
           probe_store32(c->base + FROMHOST, 0) && probe_store32(c->base + FROMHOST + 4, 0);
}

const struct probe_console_driver probe_console_htif = {start, put, NULL};
