/* SPDX-License-Identifier: Apache-2.0 */
/* 32-bit Arm A profile: exceptions, PSCI, and what the common code asks (Arm ARM DDI 0406; PSCI: DEN 0022). */
#include "probe.h"

#define READ(cp, value) __asm__ volatile("mrc p15, " cp : "=r"(value))

#define PSCI_VERSION 0x84000000u
#define PSCI_CPU_ON 0x84000003u
#define PSCI_AFFINITY_INFO 0x84000004u
#define PSCI_SYSTEM_OFF 0x84000008u
enum { PSCI_ALREADY_ON = -4, PSCI_ON_PENDING = -5 };

enum exception { CALL = 2, PREFETCH_ABORT, DATA_ABORT, INTERRUPT = 6 };

extern const char probe_guard_begin[], probe_guard_end[], probe_guard_failed[];
extern void _start(void);
bool probe_try_load(uintptr_t address, unsigned width, uint64_t *value);
bool probe_try_store(uintptr_t address, unsigned width, uint64_t value);
bool probe_try_smc(uint32_t function, uint32_t a, uint32_t b, int32_t *answer);
bool probe_try_hvc(uint32_t function, uint32_t a, uint32_t b, int32_t *answer);
void probe_exception(enum exception what, uint32_t *frame);

const char *probe_machine(void)
{
    return "arm";
}

/* The bits of MPIDR that reg of a CPU node has. */
uint64_t probe_cpu_self(void)
{
    uint32_t mpidr;

    READ("0, %0, c0, c0, 5", mpidr);
    return mpidr & 0xffffff;
}

uint32_t probe_cpu_kind(unsigned *xlen)
{
    uint32_t midr;

    READ("0, %0, c0, c0, 0", midr);
    *xlen = 32;
    return midr >> 4 & 0xfff;
}

bool probe_load(uintptr_t address, unsigned width, uint64_t *value)
{
    if (probe_try_load(address, width, value))
        return true;
    probe_last_fault.address = address;
    return false;
}

bool probe_store(uintptr_t address, unsigned width, uint64_t value)
{
    if (probe_try_store(address, width, value))
        return true;
    probe_last_fault.address = address;
    return false;
}

void probe_exception(enum exception what, uint32_t *frame)
{
    uint32_t pc = frame[0], cause = 0, address = 0;

    if (what == INTERRUPT) {
        probe_interrupt(-1);
        return;
    }
    if (what == DATA_ABORT) {
        READ("0, %0, c5, c0, 0", cause);   /* DFSR */
        READ("0, %0, c6, c0, 0", address); /* DFAR */
    } else if (what == PREFETCH_ABORT) {
        READ("0, %0, c5, c0, 1", cause);   /* IFSR */
        READ("0, %0, c6, c0, 2", address); /* IFAR */
    }
    if (pc < (uintptr_t)probe_guard_begin || pc >= (uintptr_t)probe_guard_end)
        probe_crash(what == DATA_ABORT       ? "data abort"
                    : what == PREFETCH_ABORT ? "prefetch abort"
                    : what == CALL           ? "unexpected call"
                                             : "undefined instruction",
                    cause, pc, address);
    probe_last_fault.cause = cause ? cause : 1;
    frame[0] = (uintptr_t)probe_guard_failed;
}

/* A CPU that knows the secure side, and has not come down from Hyp mode, is on it: where firmware would be.
 * ID_PFR1, bits 7:4. */
static bool is_firmwares_level(void)
{
    uint32_t features;

    READ("0, %0, c0, c1, 1", features);
    return (features >> 4 & 15) != 0;
}

/* @return false where there is no firmware to answer. */
static bool call(enum probe_psci method, uint32_t function, uint32_t a, uint32_t b, int64_t *answer)
{
    int32_t result = 0;
    bool answered = method != PROBE_PSCI_NONE &&
                    (method == PROBE_PSCI_SMC ? probe_try_smc : probe_try_hvc)(function, a, b, &result);

    *answer = result;
    return answered;
}

bool probe_cpu_start(const struct probe_cpu *cpu, int64_t *found)
{
    *found = 0;
    if (cpu->release) {
        bool stored = probe_store((uintptr_t)cpu->release, 4, (uintptr_t)_start);

        __asm__ volatile("dsb\n\tsev" ::: "memory");
        return stored;
    }
    if (probe_psci == PROBE_PSCI_NONE)
        return false;
    if (!call(probe_psci, PSCI_CPU_ON, (uint32_t)cpu->id, (uintptr_t)_start, found)) {
        enum probe_psci other = probe_psci == PROBE_PSCI_SMC ? PROBE_PSCI_HVC : PROBE_PSCI_SMC;

        *found = call(other, PSCI_VERSION, 0, 0, found) && *found > 0 ? PROBE_OTHER_CALL
                 : is_firmwares_level()                               ? PROBE_NOBODY
                                                                      : PROBE_UNANSWERED;
        return false;
    }
    return *found == 0 || *found == PSCI_ALREADY_ON || *found == PSCI_ON_PENDING;
}

bool probe_cpu_known(uint64_t id)
{
    int64_t state;

    return call(probe_psci, PSCI_AFFINITY_INFO, (uint32_t)id, 0, &state) && state >= 0;
}

void probe_interrupts(bool on)
{
    if (on)
        __asm__ volatile("cpsie if" ::: "memory");
    else
        __asm__ volatile("cpsid if" ::: "memory");
}

void probe_relax(void)
{
    __asm__ volatile("nop" ::: "memory");
}

void probe_power_off(void)
{
    int64_t answer;

    call(probe_psci, PSCI_SYSTEM_OFF, 0, 0, &answer);
}
