/* SPDX-License-Identifier: Apache-2.0 */
/* Timers: they count, at the described rate, and their interrupts arrive. */
#include "probe.h"

enum {
    TIMERS = 16,       /* more are not followed */
    ALARM = 1000,      /* ticks: 16 µs at 62.5 MHz, 30 ms at 32768 Hz */
    READINGS = 50000,  /* of all timers together, between two groups of marks */
    EARLY_GROUPS = 3,  /* printed one after the other, in case that the host is slow to read the first */
    LEAST_GROUPS = 16, /* for a rate that is described far too low */
    MOST_GROUPS = 200, /* for a rate that is described far too high */
};

/* A timer whose rate is being measured: what it counted so far, over all wraps. */
struct watch {
    const struct probe_timer *timer;
    uint64_t last, total;
    bool dead;
};

static bool raise_alarm(const void *device)
{
    const struct probe_timer *t = device;

    return t->driver->alarm(t, ALARM);
}

static void quiet_alarm(const void *device)
{
    const struct probe_timer *t = device;

    t->driver->quiet(t);
}

static void test_interrupts(void)
{
    for (unsigned i = 0; i < probe_timer_count; i++) {
        const struct probe_timer *t = &probe_timers[i];
        struct probe_trouble trouble = {.reason = "fault"};

        if (!t->interrupt_claim)
            continue;
        if (!t->driver || !t->driver->alarm || !t->driver->quiet) {
            probe_skip(t->interrupt_claim, "interrupt", t->name, "its driver cannot raise it");
            continue;
        }
        if (t->base && probe_is_impostor(t->base)) {
            probe_skip(t->interrupt_claim, "interrupt", t->name, "the timer is not there");
            continue;
        }
        probe_last_fault.cause = 0;
        if (!t->driver->start(t)) {
            trouble.at = probe_last_fault.address;
            trouble.cause = probe_last_fault.cause;
            if (trouble.cause || !t->rate_claim)
                probe_not_ok(t->interrupt_claim, "interrupt", t->name, &trouble);
            else
                probe_skip(t->interrupt_claim, "interrupt", t->name, "the timer does not start");
            continue;
        }
        probe_test_interrupt(t->interrupt_claim, t->name, &t->line, raise_alarm, quiet_alarm, t);
    }
}

static void advance(struct watch *w)
{
    uint64_t now, passed;
    unsigned bits = w->timer->driver->bits;

    if (w->dead)
        return;
    if (!w->timer->driver->count(w->timer, &now)) {
        w->dead = true;
        return;
    }
    passed = now - w->last;
    if (bits <= 32)
        passed = (uint32_t)passed << (32 - bits) >> (32 - bits); /* it wraps */
    w->total += passed;
    w->last = now;
}

/* Makes it count, and sees it count. */
static bool begin(struct watch *w, const struct probe_timer *t)
{
    struct probe_trouble trouble = {.reason = "stopped"};

    *w = (struct watch){.timer = t};
    probe_last_fault.cause = 0;
    if (!t->driver->start(t) || !t->driver->count(t, &w->last)) {
        w->dead = true;
    } else {
        for (unsigned i = 0; i < PROBE_PATIENCE / 16 && !w->total && !w->dead; i++)
            advance(w);
        if (w->total && !w->dead)
            return true;
    }
    if (probe_last_fault.cause) {
        trouble.reason = "fault";
        trouble.at = probe_last_fault.address;
        trouble.cause = probe_last_fault.cause;
    }
    probe_not_ok(t->rate_claim, "timer", t->name, &trouble);
    return false;
}

/* Half a second, if the described rate is true: the host reads lines late by up to 20 ms. */
static bool is_enough(const struct watch *watches, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!watches[i].dead && watches[i].total < watches[i].timer->rate >> 1)
            return false;
    return true;
}

/* What is told is read at that moment: the host takes the time when the line arrives. */
static void mark_all(struct watch *watches, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        advance(&watches[i]);
        probe_mark(watches[i].timer->rate_claim, watches[i].total);
    }
}

static void test_rates(void)
{
    static struct watch watches[TIMERS];
    unsigned count = 0;

    for (unsigned i = 0; i < probe_timer_count; i++) {
        const struct probe_timer *t = &probe_timers[i];

        if (!t->rate_claim)
            continue;
        if (!t->driver || count == TIMERS)
            probe_skip(t->rate_claim, "timer", t->name, t->driver ? "too many timers" : "no driver");
        else if (t->base && probe_is_impostor(t->base))
            probe_skip(t->rate_claim, "timer", t->name, "the timer is not there");
        else if (begin(&watches[count], t)) {
            uint64_t rate = t->driver->rate ? t->driver->rate(t) : 0;

            count++;
            if (rate)
                probe_note("the timer itself says Hz", &rate);
        }
    }
    if (!count)
        return;
    for (unsigned group = 0; group < MOST_GROUPS; group++) {
        if (group >= LEAST_GROUPS && is_enough(watches, count))
            break;
        mark_all(watches, count);
        for (unsigned n = 0; group >= EARLY_GROUPS && n < READINGS; n += count)
            for (unsigned i = 0; i < count; i++)
                advance(&watches[i]);
    }
    mark_all(watches, count);
    for (unsigned i = 0; i < count; i++) {
        const struct probe_timer *t = watches[i].timer;

        if (watches[i].dead) {
            struct probe_trouble trouble = {
                .reason = "fault", .at = probe_last_fault.address, .cause = probe_last_fault.cause};

            probe_not_ok(t->rate_claim, "timer", t->name, &trouble);
        } else {
            probe_ok(t->rate_claim, "timer", t->name);
        }
    }
}

void probe_test_timers(void)
{
    test_interrupts();
    test_rates();
}
