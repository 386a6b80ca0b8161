/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts: an interrupt of a device arrives with the described number. */
#include "probe.h"

enum {
    NUMBERS = 1024, /* of a controller: GIC 1020, PLIC 1023, NVIC 496 */
    STORM = 10000,  /* interrupts that nobody can name, after which it is time to give up */
};

static const struct probe_intc *controller; /* of the line under test */
static volatile int taken = -1;             /* number of the first interrupt that arrived */
static volatile unsigned nameless;

void probe_interrupt(int number)
{
    const struct probe_intc *c = controller;

    if (number < 0 && c && c->driver->take)
        number = c->driver->take(c);
    else if (number >= 0 && c)
        c->driver->disable(c, (unsigned)number);
    if (number >= 0 && taken < 0)
        taken = number;
    if (++nameless > STORM)
        probe_crash("interrupts without end", (uint64_t)(int64_t)number, 0, 0);
}

static bool is_set(const uint8_t *set, unsigned number)
{
    return set[number / 8] >> number % 8 & 1;
}

static void note_pending(const struct probe_intc *c, uint8_t *set)
{
    for (unsigned i = 0; i < NUMBERS / 8; i++)
        set[i] = 0;
    if (!c->driver->pending)
        return;
    for (int n = c->driver->pending(c, 0); n >= 0 && n < NUMBERS; n = c->driver->pending(c, (unsigned)n + 1))
        set[n / 8] |= (uint8_t)(1u << n % 8);
}

/* The interrupt that is pending now and was not before. */
static int find_other(const struct probe_intc *c, const uint8_t *before, unsigned described)
{
    if (!c->driver->pending)
        return -1;
    for (int n = c->driver->pending(c, 0); n >= 0 && n < NUMBERS; n = c->driver->pending(c, (unsigned)n + 1))
        if ((unsigned)n != described && !is_set(before, (unsigned)n))
            return n;
    return -1;
}

/* From the CPU outwards. */
bool probe_start_controller(const struct probe_intc *c)
{
    static const struct probe_intc *started[8];
    unsigned i = 0;

    while (i < 8 && started[i]) {
        if (started[i] == c)
            return true;
        i++;
    }
    if (c->parent && !probe_start_controller(c->parent))
        return false;
    if (!c->driver->start(c))
        return false;
    if (i < 8)
        started[i] = c;
    return true;
}

/* Waits for an interrupt to arrive. */
static void wait(void)
{
    probe_interrupts(true);
    for (unsigned i = 0; i < PROBE_PATIENCE && taken < 0; i++)
        probe_relax();
    probe_interrupts(false);
}

static bool fault(struct probe_trouble *trouble)
{
    trouble->reason = "fault";
    trouble->at = probe_last_fault.address;
    trouble->cause = probe_last_fault.cause;
    return probe_last_fault.cause != 0;
}

void probe_test_interrupt(unsigned claim, const char *name, const struct probe_line *line, bool (*raise)(const void *),
                          void (*quiet)(const void *), const void *device)
{
    static uint8_t before[NUMBERS / 8];
    struct probe_trouble trouble = {.reason = "silent", .wanted = line->number};
    const struct probe_intc *c = line->controller;
    int other;
    bool held;

    if (!claim)
        return;
    if (!c || !c->driver) {
        probe_skip(claim, "interrupt", name, "no driver for its interrupt controller");
        return;
    }
    probe_last_fault.cause = 0;
    controller = c;
    taken = -1;
    nameless = 0;
    if (!probe_start_controller(c)) {
        if (fault(&trouble))
            probe_not_ok(claim, "interrupt", name, &trouble);
        else
            probe_skip(claim, "interrupt", name, "its interrupt controller does not start");
        return;
    }
    quiet(device);
    note_pending(c, before);
    if (!raise(device)) {
        if (fault(&trouble))
            probe_not_ok(claim, "interrupt", name, &trouble);
        else
            probe_skip(claim, "interrupt", name, "it cannot be raised from here");
        return;
    }
    /* A number that the controller does not have is silent, as well. */
    c->driver->enable(c, line->number, line->edge);
    wait();
    held = c->driver->pending && c->driver->pending(c, line->number) == (int)line->number;
    c->driver->disable(c, line->number);
    other = find_other(c, before, line->number);
    quiet(device);
    if (taken >= 0 && (unsigned)taken != line->number)
        other = taken;
    if (taken == (int)line->number && !is_set(before, line->number)) {
        probe_ok(claim, "interrupt", name);
    } else if (other >= 0) {
        trouble.reason = "other";
        trouble.found = (uint64_t)other;
        trouble.has_found = true;
        probe_not_ok(claim, "interrupt", name, &trouble);
    } else if (taken >= 0) {
        probe_skip(claim, "interrupt", name, "something else raises this interrupt all the time");
    } else {
        if (held && !is_set(before, line->number))
            trouble.reason = "held";
        probe_not_ok(claim, "interrupt", name, &trouble);
    }
}

static bool raise_console(const void *device)
{
    const struct probe_console *c = device;

    return c->driver->interrupt(c, true);
}

static void quiet_console(const void *device)
{
    const struct probe_console *c = device;

    c->driver->interrupt(c, false);
}

void probe_test_console(void)
{
    const struct probe_console *c = &probe_console;

    if (!c->interrupt_claim)
        return;
    if (!c->driver || !c->driver->interrupt)
        probe_skip(c->interrupt_claim, "interrupt", c->name, "its driver cannot raise it");
    else
        probe_test_interrupt(c->interrupt_claim, c->name, &c->line, raise_console, quiet_console, c);
}
