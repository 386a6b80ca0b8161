/* SPDX-License-Identifier: Apache-2.0 */
/* The CPUs: each described one is there and is what it is said to be, and there are no others. */
#include "probe.h"

/* A microcontroller has few CPUs, and little RAM to note them in. */
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
enum { ARRIVALS = 8 };
#else
enum { ARRIVALS = 64 };
#endif

/* Written by several CPUs at once, which may know no atomic instruction: see probe_arrived(). */
static volatile uint64_t arrival_id[ARRIVALS]; /* id + 1; 0: free */
static volatile uint32_t arrival_kind[ARRIVALS];
static volatile uint8_t arrival_xlen[ARRIVALS];

void probe_arrived(uint64_t id)
{
    unsigned xlen = 0;
    uint32_t kind = probe_cpu_kind(&xlen);

    probe_arrived_as(id, kind, xlen);
}

/* Two CPUs that want one slot both write; who reads back something else after a while goes on to the next. */
void probe_arrived_as(uint64_t id, uint32_t kind, unsigned xlen)
{
    unsigned first = (unsigned)(id ^ id >> 8 << 2 ^ id >> 16 << 4) % ARRIVALS;

    for (unsigned i = 0; i < ARRIVALS; i++) {
        unsigned slot = (first + i) % ARRIVALS;

        if (arrival_id[slot])
            continue;
        arrival_id[slot] = id + 1;
        for (volatile unsigned wait = 0; wait < 100; wait++)
            ;
        if (arrival_id[slot] != id + 1)
            continue;
        arrival_kind[slot] = kind;
        arrival_xlen[slot] = (uint8_t)xlen; /* last: not 0 says that all is there */
        return;
    }
}

bool probe_has_arrived(uint64_t id, uint32_t *kind, unsigned *xlen)
{
    for (unsigned i = 0; i < ARRIVALS; i++)
        if (arrival_id[i] == id + 1 && arrival_xlen[i]) {
            *kind = arrival_kind[i];
            *xlen = arrival_xlen[i];
            return true;
        }
    return false;
}

__attribute__((weak)) bool probe_cpu_known(uint64_t id)
{
    (void)id;
    return false;
}

static bool is_described(uint64_t id)
{
    for (unsigned i = 0; i < probe_cpu_count; i++)
        if (probe_cpus[i].id == id)
            return true;
    return false;
}

/* The id of a CPU that runs or could run, and that nobody described. */
static bool find_extra(uint64_t *id)
{
    for (unsigned i = 0; i < ARRIVALS; i++)
        if (arrival_id[i] && arrival_xlen[i] && !is_described(arrival_id[i] - 1)) {
            *id = arrival_id[i] - 1;
            return true;
        }
    /* Of those that wait for firmware to be started: the ids that come next, in this cluster and in the next ones. */
    for (unsigned cluster = 0; cluster < 4; cluster++)
        for (unsigned i = 0; i < 16; i++) {
            *id = cluster << 8 | i;
            if (!is_described(*id) && probe_cpu_known(*id))
                return true;
        }
    return false;
}

static bool wait_for(uint64_t id, uint32_t *kind, unsigned *xlen)
{
    for (unsigned i = 0; i < PROBE_PATIENCE; i++) {
        if (i % 1024 == 0 && probe_has_arrived(id, kind, xlen))
            return true;
        probe_relax();
    }
    return false;
}

/* One that did not come, and nobody could be asked to send it: where another came by itself, so would this one have. */
static void report_absent(const struct probe_cpu *cpu, int64_t answer)
{
    struct probe_trouble trouble = {.reason = "absent", .found = (uint64_t)answer, .has_found = true};
    unsigned arrived = 0;

    for (unsigned i = 0; i < ARRIVALS; i++)
        arrived += arrival_xlen[i] != 0;
    if (answer == PROBE_UNANSWERED || answer == PROBE_OTHER_CALL) {
        trouble.reason = "unanswered";
        trouble.found = answer == PROBE_OTHER_CALL;
        probe_not_ok(cpu->claim, "cpu", cpu->name, &trouble);
    } else if (answer != PROBE_NOBODY) {
        probe_not_ok(cpu->claim, "cpu", cpu->name, &trouble);
    } else if (arrived > 1) {
        trouble.found = 0;
        probe_not_ok(cpu->claim, "cpu", cpu->name, &trouble);
    } else {
        probe_skip(cpu->claim, "cpu", cpu->name, "there is no firmware that starts it");
    }
    probe_skip(cpu->kind_claim, "kind", cpu->name, "it does not run");
}

static void test_kind(const struct probe_cpu *cpu, uint32_t kind, unsigned xlen)
{
    struct probe_trouble trouble = {.reason = "other", .found = kind, .wanted = cpu->part, .has_found = true};
    bool right = kind == cpu->part;

    if (!cpu->part && xlen != cpu->xlen) { /* RISC-V */
        trouble.found = xlen;
        trouble.wanted = cpu->xlen;
        right = false;
    } else if (!cpu->part) {
        trouble.wanted = cpu->isa;
        right = (kind & cpu->isa) == cpu->isa;
        if (!kind) { /* "not implemented" */
            probe_skip(cpu->kind_claim, "kind", cpu->name, "misa reads as 0");
            return;
        }
    }
    if (right)
        probe_ok(cpu->kind_claim, "kind", cpu->name);
    else
        probe_not_ok(cpu->kind_claim, "kind", cpu->name, &trouble);
}

static const struct probe_cpu *last_there; /* its claim is decided at the end */

void probe_test_cpus(void)
{
    for (unsigned i = 0; i < probe_cpu_count; i++) {
        const struct probe_cpu *cpu = &probe_cpus[i];
        int64_t found = 0;
        unsigned xlen;
        uint32_t kind;

        if (!cpu->claim && !cpu->kind_claim)
            continue;
        /* Where nothing can start it, it may be on its way by itself. */
        if (!probe_has_arrived(cpu->id, &kind, &xlen) &&
            !((probe_cpu_start(cpu, &found) || found == 0 || found == PROBE_NOBODY) &&
              wait_for(cpu->id, &kind, &xlen))) {
            report_absent(cpu, found);
            continue;
        }
        if (last_there)
            probe_ok(last_there->claim, "cpu", last_there->name);
        last_there = cpu;
        test_kind(cpu, kind, xlen);
    }
}

/* CPUs that start by themselves may come late. */
void probe_test_extra_cpus(void)
{
    struct probe_trouble trouble = {.reason = "extra", .has_found = true};

    if (!last_there)
        return;
    probe_relax();
    if (find_extra(&trouble.found))
        probe_not_ok(last_there->claim, "cpu", last_there->name, &trouble);
    else
        probe_ok(last_there->claim, "cpu", last_there->name);
}
