/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cortex-M: faults, interrupts, what the CPU is. Registers of the System Control Space: Armv6-M (DDI 0419, B3.2),
 * Armv7-M (DDI 0403, B3.2) and Armv8-M Architecture Reference Manual (DDI 0553, D1.2). What an architecture does not
 * have reads as zero and ignores writes.
 */
#include "probe.h"

#define SCS(offset) (*(volatile uint32_t *)(0xe000e000U + (offset)))
#define SYST_CSR SCS(0x010)
#define NVIC_ICER(n) SCS(0x180 + 4 * (n))
#define CPUID SCS(0xd00)
#define VTOR SCS(0xd08)
#define SHCSR SCS(0xd24)
#define CFSR SCS(0xd28)
#define HFSR SCS(0xd2c)
#define MMFAR SCS(0xd34)
#define BFAR SCS(0xd38)
#define SFSR SCS(0xde4)
#define SFAR SCS(0xde8)

#define SYST_CSR_TICKINT (1U << 1)
#define SHCSR_ENABLE (1U << 16 | 1U << 17 | 1U << 18 | 1U << 19) /* MemManage, BusFault, UsageFault, SecureFault */
#define CFSR_MMARVALID (1U << 7)
#define CFSR_BFARVALID (1U << 15)

enum {
    HARD_FAULT = 3,
    SECURE_FAULT = 7,
    SYSTICK = 15,
    FIRST_INTERRUPT = 16,
};

/* What the CPU pushes when it takes an exception. */
struct frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

extern const uint32_t probe_arm_m_vectors[];
extern const char probe_arm_m_guard[], probe_arm_m_guard_end[], probe_arm_m_fixup[];
bool probe_arm_m_load(uintptr_t address, unsigned width, uint32_t *value);
bool probe_arm_m_store(uintptr_t address, unsigned width, uint32_t value);
void probe_arm_m_start(void);
void probe_arm_m_exception(struct frame *frame, uint32_t number);

static uintptr_t accessed; /* by probe_load() or probe_store() */

void probe_arm_m_start(void)
{
    VTOR = (uint32_t)(uintptr_t)probe_arm_m_vectors; /* in case that somebody else ran before */
    SHCSR |= SHCSR_ENABLE;                           /* else all of them are hard faults, which would do as well */
    __asm__ volatile("dsb\n isb" ::: "memory");
    probe_arrived(probe_cpu_self());
}

/* -- exceptions -------------------------------------------------------------------------------------- */

/* Reads why there was a fault, and makes ready for the next. */
static uint32_t take_cause(uint32_t number)
{
    uint32_t cause = CFSR;
    uint32_t hard = HFSR;
    uint32_t secure = number == SECURE_FAULT ? SFSR : 0;

    CFSR = cause;
    HFSR = hard;
    if (secure)
        SFSR = secure;
    return cause ? cause : secure ? secure : hard ? hard : number;
}

/* Of a fault that nobody expected: where, if the CPU knows. */
static uint32_t address_of(uint32_t number, uint32_t cause)
{
    if (number == SECURE_FAULT)
        return SFAR;
    return cause & CFSR_BFARVALID ? BFAR : cause & CFSR_MMARVALID ? MMFAR : 0;
}

static bool is_guarded(uint32_t pc)
{
    return pc >= (uintptr_t)probe_arm_m_guard && pc <= (uintptr_t)probe_arm_m_guard_end;
}

static const char *name_of(uint32_t number)
{
    static const char *const names[] = {"NMI",       "hard fault",  "memory management fault",
                                        "bus fault", "usage fault", "secure fault"};

    return number >= 2 && number <= SECURE_FAULT ? names[number - 2] : "exception";
}

void probe_arm_m_exception(struct frame *frame, uint32_t number)
{
    if (number >= FIRST_INTERRUPT) {
        unsigned interrupt = number - FIRST_INTERRUPT;

        NVIC_ICER(interrupt / 32) = 1U << interrupt % 32; /* its level may stay high for good */
        __asm__ volatile("dsb" ::: "memory");
        probe_interrupt((int)interrupt);
        return;
    }
    if (number == SYSTICK) { /* no interrupt of a controller: nobody waits for it */
        SYST_CSR &= ~SYST_CSR_TICKINT;
        return;
    }
    if (number < HARD_FAULT || number > SECURE_FAULT)
        probe_crash(name_of(number), number, frame->pc, 0);

    uint32_t cause = take_cause(number);
    if (!is_guarded(frame->pc))
        probe_crash(name_of(number), cause, frame->pc, address_of(number, cause));
    probe_last_fault.cause = cause;
    probe_last_fault.address = accessed;
    frame->pc = (uint32_t)(uintptr_t)probe_arm_m_fixup & ~1U;
}

/* -- accesses ---------------------------------------------------------------------------------------- */

bool probe_load(uintptr_t address, unsigned width, uint64_t *value)
{
    uint32_t low = 0;
    uint32_t high = 0;

    accessed = address;
    if (!probe_arm_m_load(address, width == 8 ? 4 : width, &low))
        return false;
    if (width == 8 && !probe_arm_m_load(address + 4, 4, &high))
        return false;
    *value = (uint64_t)high << 32 | low;
    return true;
}

bool probe_store(uintptr_t address, unsigned width, uint64_t value)
{
    accessed = address;
    if (!probe_arm_m_store(address, width == 8 ? 4 : width, (uint32_t)value))
        return false;
    return width != 8 || probe_arm_m_store(address + 4, 4, (uint32_t)(value >> 32));
}

/* -- the CPU ----------------------------------------------------------------------------------------- */

uint64_t probe_cpu_self(void)
{
    return 0; /* a Cortex-M does not know its number */
}

bool probe_cpu_start(const struct probe_cpu *cpu, int64_t *found)
{
    (void)cpu;
    *found = 0; /* each chip has its own way */
    return false;
}

uint32_t probe_cpu_kind(unsigned *xlen)
{
    *xlen = 32;
    return CPUID >> 4 & 0xfff;
}

const char *probe_machine(void)
{
    /* Bits 19:16: 0xc is Armv6-M and, since then, the baseline of Armv8-M. */
    return (CPUID >> 16 & 15) == 0xc ? "arm, M profile, baseline" : "arm, M profile, mainline";
}

void probe_interrupts(bool on)
{
    if (on)
        __asm__ volatile("cpsie i\n isb" ::: "memory");
    else
        __asm__ volatile("cpsid i\n isb" ::: "memory");
}

void probe_relax(void)
{
    __asm__ volatile("nop" ::: "memory");
}

uintptr_t probe_semihost(uintptr_t operation, uintptr_t argument)
{
#ifdef PROBE_SEMIHOSTING
    register uintptr_t r0 __asm__("r0") = operation;
    register uintptr_t r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
#else
    (void)operation;
    (void)argument;
    return 0;
#endif
}

void probe_power_off(void)
{
    /* The architecture has only a reset, after which the same image would run again. */
}
