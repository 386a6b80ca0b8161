/* SPDX-License-Identifier: Apache-2.0 */
/* AArch64: exceptions, PSCI, and what the common code asks (Arm ARM DDI 0487; PSCI: DEN 0022). */
#include "probe.h"

#define READ(reg)                                                                                                      \
    __extension__({                                                                                                    \
        uint64_t value_;                                                                                               \
        __asm__ volatile("mrs %0, " #reg : "=r"(value_));                                                              \
        value_;                                                                                                        \
    })
#define WRITE(reg, value) __asm__ volatile("msr " #reg ", %0" ::"r"((uint64_t)(value)))

enum psci {
    PSCI_VERSION = (int)0x84000000,
    PSCI_CPU_ON_64 = (int)0xc4000003,
    PSCI_AFFINITY_INFO_64 = (int)0xc4000004,
    PSCI_SYSTEM_OFF = (int)0x84000008,
    PSCI_ALREADY_ON = -4,
    PSCI_ON_PENDING = -5,
};

extern const char probe_guard_begin[], probe_guard_end[], probe_guard_failed[];
extern void _start(void);
bool probe_try_load(uintptr_t address, unsigned width, uint64_t *value);
bool probe_try_store(uintptr_t address, unsigned width, uint64_t value);
bool probe_try_smc(uint64_t function, uint64_t a, uint64_t b, int64_t *answer);
bool probe_try_hvc(uint64_t function, uint64_t a, uint64_t b, int64_t *answer);
void probe_exception(unsigned vector);

static unsigned level(void)
{
    return (unsigned)(READ(CurrentEL) >> 2 & 3);
}

const char *probe_machine(void)
{
    static const char names[4][16] = {"aarch64, EL0", "aarch64, EL1", "aarch64, EL2", "aarch64, EL3"};

    return names[level()];
}

/* The bits of MPIDR that reg of a CPU node has. */
uint64_t probe_cpu_self(void)
{
    return READ(mpidr_el1) & 0xff00ffffff;
}

uint32_t probe_cpu_kind(unsigned *xlen)
{
    *xlen = 64;
    return (uint32_t)(READ(midr_el1) >> 4 & 0xfff);
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

/* Vectors 0 to 3 are of a stack pointer that is not used, 4 to 7 of this level, all others of lower ones. */
void probe_exception(unsigned vector)
{
    uint64_t cause, pc, address;
    unsigned el = level();

    if (vector == 5 || vector == 6) {
        probe_interrupt(-1);
        return;
    }
    cause = el == 3 ? READ(esr_el3) : el == 2 ? READ(esr_el2) : READ(esr_el1);
    pc = el == 3 ? READ(elr_el3) : el == 2 ? READ(elr_el2) : READ(elr_el1);
    address = el == 3 ? READ(far_el3) : el == 2 ? READ(far_el2) : READ(far_el1);
    if (vector != 4 || pc < (uintptr_t)probe_guard_begin || pc >= (uintptr_t)probe_guard_end)
        probe_crash(vector == 4 ? "exception" : "system error", cause, pc, address);
    probe_last_fault.cause = cause;
    pc = (uintptr_t)probe_guard_failed;
    if (el == 3)
        WRITE(elr_el3, pc);
    else if (el == 2)
        WRITE(elr_el2, pc);
    else
        WRITE(elr_el1, pc);
}

/* @return false where there is no firmware to answer. */
static bool call(enum probe_psci method, enum psci function, uint64_t a, uint64_t b, int64_t *answer)
{
    *answer = 0;
    if (method == PROBE_PSCI_NONE || level() == 3)
        return false;
    if (!(method == PROBE_PSCI_SMC ? probe_try_smc : probe_try_hvc)((uint32_t)function, a, b, answer))
        return false;
    *answer = (int32_t)*answer;
    return true;
}

bool probe_cpu_start(const struct probe_cpu *cpu, int64_t *found)
{
    *found = 0;
    if (cpu->release) {
        bool stored = probe_store(cpu->release, 8, (uintptr_t)_start);

        __asm__ volatile("dsb sy\n\tsev" ::: "memory");
        return stored;
    }
    if (probe_psci == PROBE_PSCI_NONE)
        return false;
    if (level() == 3) {
        *found = PROBE_NOBODY;
    } else if (!call(probe_psci, PSCI_CPU_ON_64, cpu->id, (uintptr_t)_start, found)) {
        enum probe_psci other = probe_psci == PROBE_PSCI_SMC ? PROBE_PSCI_HVC : PROBE_PSCI_SMC;

        *found = call(other, PSCI_VERSION, 0, 0, found) && *found > 0 ? PROBE_OTHER_CALL : PROBE_UNANSWERED;
    } else {
        return *found == 0 || *found == PSCI_ALREADY_ON || *found == PSCI_ON_PENDING;
    }
    return false;
}

bool probe_cpu_known(uint64_t id)
{
    int64_t state;

    return call(probe_psci, PSCI_AFFINITY_INFO_64, id, 0, &state) && state >= 0;
}

void probe_interrupts(bool on)
{
    if (on)
        __asm__ volatile("msr daifclr, #3" ::: "memory");
    else
        __asm__ volatile("msr daifset, #3" ::: "memory");
}

void probe_relax(void)
{
    __asm__ volatile("nop" ::: "memory");
}

uintptr_t probe_semihost(uintptr_t operation, uintptr_t argument)
{
    register uintptr_t x0 __asm__("x0") = operation;
    register uintptr_t x1 __asm__("x1") = argument;

    __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
    return x0;
}

void probe_power_off(void)
{
    int64_t answer;

    call(probe_psci, PSCI_SYSTEM_OFF, 0, 0, &answer);
}
