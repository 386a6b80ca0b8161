/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The probe: a small program without an operating system that `boardwright boot` builds for one target,
 * runs on it, and that reports in TAP version 14 which claims of the description hold.
 *
 * It is compiled on the user's machine, at each boot, from the files of this folder, the target's own
 * board.h and board.ld (system bare), and claims.c, which boardwright writes from the board model. All
 * addresses come from board.h and board.ld. Freestanding C17 without a C library; one start-up per
 * architecture (arch_*.S, arch_*.c), one file per driver (drivers/), everything else is common.
 *
 * Data flows: claims.c (tables) -> main.c -> cpu.c, memory.c, device.c, timer.c, interrupt.c (tests) -> tap.c ->
 * the console's driver and, beside it, semihosting.
 *
 * Rules: no address may be trusted. Every access to an address of a claim goes through probe_load() or
 * probe_store(), which come back with false where the bus faults. Every wait is bounded. The probe runs on a stack
 * of its own that lies right behind its data (probe_stack), because the end of RAM is one of the claims.
 * RAM is restored after it was tested. The image stays under 16 KiB.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* -- what is claimed: tables of claims.c -------------------------------------------------------------
 *
 * A claim is a number of the TAP plan, from 1; 0 stands for "not claimed: do not test". What the host leaves out
 * as untestable it reports itself as skipped. Names are for people who read the log. */

struct probe_cpu {
    unsigned claim;      /**< it is there; of one that is described as disabled 0, as the next */
    unsigned kind_claim; /**< it is of the described kind: its part number, or its instruction set; 0: not known */
    const char *name;
    uint64_t id;      /**< reg: MPIDR affinity, hart number */
    uint32_t part;    /**< Arm: part number of MIDR or CPUID, bits 15:4 */
    uint32_t isa;     /**< RISC-V: the bits of misa that the description names: bit 0 is A … bit 25 is Z */
    unsigned xlen;    /**< RISC-V: 32 or 64 */
    uint64_t release; /**< enable-method "spin-table": cpu-release-addr; else 0 */
};
enum probe_psci { PROBE_PSCI_NONE, PROBE_PSCI_SMC, PROBE_PSCI_HVC };

enum probe_memory_kind { PROBE_RAM, PROBE_ROM /**< flash, too: only read */ };
struct probe_memory {
    unsigned claim;       /**< there, whole, writable (RAM); there and readable (ROM) */
    unsigned end_claim;   /**< nothing that behaves like more of it beyond; 0: something else is described there */
    unsigned start_claim; /**< nothing that behaves like more of it before; likewise */
    const char *name;
    enum probe_memory_kind kind;
    uintptr_t base, size; /**< bytes; base + size may be 0 (the end of the address space) */
    unsigned cfi;         /**< it is a flash that answers CFI's query; bytes of its bus (bank-width): 1, 2, 4; else 0 */
};
/** Parts of memory that are not to be touched (reserved, no-map, windows of devices in it). */
struct probe_hole {
    uintptr_t base, size;
};

/** One comparison of a register: (read & mask) == value. Width is 4 bytes. */
struct probe_id {
    uint32_t block;  /**< which row of reg */
    uint32_t offset; /**< bytes from its base */
    uint32_t mask, value;
};
struct probe_block {
    uintptr_t base, size;
};
struct probe_device {
    const char *name;
    const struct probe_block *blocks;
    const struct probe_id *ids;
    /** So many devices like this lie one behind the other, @c step bytes apart, with one block each; their claims are
     *  @c claim_step numbers apart. 0: it is alone. */
    uint16_t repeat, claim_step;
    uint16_t claim;    /**< each block answers: its first register can be read */
    uint16_t id_claim; /**< its identification registers are those of the compatible; 0: it has none that are known */
    uintptr_t step;
    uint16_t block_count, id_count;
};

struct probe_intc;
/** Where an interrupt arrives. */
struct probe_line {
    const struct probe_intc *controller; /**< NULL: none that a driver is known for */
    unsigned number; /**< in the controller's own count, as in board.h: of a GIC SPI 0 is 32, PPI 0 is 16 */
    bool edge;
};

struct probe_console_driver;
struct probe_console {
    unsigned claim;           /**< the text arrives there: decided by the host; the probe reports what it sees */
    unsigned interrupt_claim; /**< the transmitter's interrupt arrives with the described number; 0: none */
    const char *name;
    const struct probe_console_driver *driver; /**< NULL: there is only semihosting */
    uintptr_t base, size;
    unsigned shift;    /**< reg-shift: registers are 1 << shift bytes apart */
    unsigned io_width; /**< reg-io-width: 1, 2 or 4 bytes; 0: not said */
    uint64_t clock;    /**< Hz; 0: not known */
    unsigned baud;     /**< current-speed, or 115200 */
    struct probe_line line;
};

struct probe_timer_driver;
struct probe_timer {
    const char *name;
    const struct probe_timer_driver *driver;
    uint16_t rate_claim;      /**< it counts at the described rate: the host's clock decides (probe_mark) */
    uint16_t interrupt_claim; /**< its interrupt arrives with the described number */
    /** Which row of interrupts or interrupts-extended the line is, from 0 (Arm: 0 secure, 1 physical …). A CLINT has
     *  one struct probe_timer for each row of each CPU, software interrupts too, all with the same base; only the
     *  first has a rate_claim. */
    uint16_t which;
    uintptr_t base, size; /**< 0 of a timer in the CPU */
    uintptr_t second;     /**< base of the second row of reg (riscv,aclint-mtimer: mtimecmp), or 0 */
    uint64_t rate;        /**< Hz as described; 0: not said */
    struct probe_line line;
};

struct probe_intc_driver;
struct probe_intc {
    const char *name;
    const struct probe_intc_driver *driver;
    const struct probe_block *blocks; /**< reg */
    unsigned block_count;
    unsigned sources; /**< riscv,ndev, arm,num-irqs …; 0: not said */
    /** interrupts-extended: where it reports to, in order, rows that lead nowhere (0xffffffff) too. A CPU's own
     *  controller (riscv,cpu-intc) has one: that CPU. */
    const struct probe_output *outputs;
    unsigned output_count;
    const struct probe_intc *parent; /**< or NULL */
};
struct probe_output {
    uint64_t cpu;    /**< reg of the CPU */
    uint32_t number; /**< interrupt of that CPU: RISC-V 11 is M external, 9 S external */
};

extern const unsigned probe_claim_count; /**< N of the plan 1..N */
extern const struct probe_cpu probe_cpus[];
extern const unsigned probe_cpu_count;
extern const enum probe_psci probe_psci;
extern const struct probe_memory probe_memories[];
extern const unsigned probe_memory_count;
extern const struct probe_hole probe_holes[];
extern const unsigned probe_hole_count;
extern const struct probe_device probe_devices[];
extern const unsigned probe_device_count;
extern const struct probe_intc probe_intcs[];
extern const unsigned probe_intc_count;
extern const struct probe_timer probe_timers[];
extern const unsigned probe_timer_count;
extern const struct probe_console probe_console;

/** What ends the machine when it is written: syscon-poweroff (regmap, offset, value), or sifive,test0 (0x5555). */
struct probe_switch {
    uintptr_t address; /**< 0: none is described */
    unsigned width;    /**< bytes */
    uint32_t value;
};
extern const struct probe_switch probe_power;

/* -- drivers: chosen by src/boot/drivers.def --------------------------------------------------------
 *
 * The driver "pl011" of a row BW_CONSOLE is `const struct probe_console_driver probe_console_pl011` in
 * drivers/console_pl011.c; likewise probe_timer_<driver> in drivers/timer_<driver>.c and probe_intc_<driver> in
 * drivers/intc_<driver>.c. */

struct probe_console_driver {
    /** Makes it ready to send. @return false when a register faults or does not behave like this device's. */
    bool (*start)(const struct probe_console *c);
    /** Sends a byte, waiting for room for a bounded time. @return false on a fault or when there is never room. */
    bool (*put)(const struct probe_console *c, uint8_t byte);
    /** Makes it raise (on) or no longer raise the transmitter's interrupt. NULL: it cannot. */
    bool (*interrupt)(const struct probe_console *c, bool on);
};

struct probe_timer_driver {
    unsigned bits; /**< width of the count */
    /** Makes it count freely. @return false on a fault. */
    bool (*start)(const struct probe_timer *t);
    /** Reads the count, always growing (a driver inverts what counts down). @return false on a fault. */
    bool (*count)(const struct probe_timer *t, uint64_t *count);
    /** Raises the interrupt @p ticks from now (bounded by the driver). NULL: it has none. */
    bool (*alarm)(const struct probe_timer *t, uint64_t ticks);
    /** Stops raising it. */
    void (*quiet)(const struct probe_timer *t);
    /** The rate that the hardware itself says (CNTFRQ …), in Hz, or 0. May be NULL. */
    uint64_t (*rate)(const struct probe_timer *t);
};

struct probe_intc_driver {
    /** @return false on a fault. */
    bool (*start)(const struct probe_intc *i);
    bool (*enable)(const struct probe_intc *i, unsigned number, bool edge);
    void (*disable)(const struct probe_intc *i, unsigned number);
    /** @return the lowest number from @p from on that is pending, enabled or not; -1: none. For the question
     *  which interrupt a device raises really. */
    int (*pending)(const struct probe_intc *i, unsigned from);
    /** Called with an interrupt taken: which one is it; it is acknowledged, disabled and completed.
     *  @return its number, or -1: spurious. NULL: the architecture's code knows it itself (NVIC, CPU-local). */
    int (*take)(const struct probe_intc *i);
};

/* -- the architecture: arch_arm_m, arch_arm, arch_aarch64, arch_riscv ------------------------------- */

/* _start (arch_*.S) sets the stack to probe_stack_top, clears .bss, installs vectors, parks all CPUs but one after they
 * have called probe_arrived(), and calls probe_main(), which does not return. With .data in flash it copies it. */
_Noreturn void probe_main(void);

/** Notes that this CPU runs, and what it is: all those call it that start by themselves, and those that
 *  probe_cpu_start() has started. Needs a stack of 256 bytes, no lock and no atomic instruction. */
void probe_arrived(uint64_t id);
/** The same, called by another CPU than the one that runs. */
void probe_arrived_as(uint64_t id, uint32_t kind, unsigned xlen);
/** @return whether the CPU has arrived; its probe_cpu_kind() is in *kind and *xlen. */
bool probe_has_arrived(uint64_t id, uint32_t *kind, unsigned *xlen);

uint64_t probe_cpu_self(void); /**< id of this CPU */
/** Starts another CPU by the described method; cpu.c waits for it to arrive. @return false when the machine refuses it,
 *  with its answer in *found (PSCI's error), or when nobody answers: then *found is 0; or when nobody can be asked from here, as
 *  firmware's own level is the probe's: PROBE_NOBODY. */
#define PROBE_NOBODY INT64_MIN
/** Nor does firmware answer the described kind of call: it answers none at all, or it answers the other kind. */
#define PROBE_UNANSWERED (INT64_MIN + 1)
#define PROBE_OTHER_CALL (INT64_MIN + 2)
bool probe_cpu_start(const struct probe_cpu *cpu, int64_t *found);
/** @return whether the machine's firmware knows a CPU of this id (PSCI AFFINITY_INFO, SBI hart state), without starting
 * it. cpu.c has a weak one that says no. */
bool probe_cpu_known(uint64_t id);
/** What this CPU is: Arm: part number; RISC-V: misa's letters in bits 25:0; *xlen 32 or 64. */
uint32_t probe_cpu_kind(unsigned *xlen);

/** Reads 1, 2, 4 or 8 bytes (8 only where registers are that wide). @return false after a bus fault. */
bool probe_load(uintptr_t address, unsigned width, uint64_t *value);
bool probe_store(uintptr_t address, unsigned width, uint64_t value);
/* The same for registers of 4 bytes. *value is 0 after a fault. */
bool probe_load32(uintptr_t address, uint32_t *value);
bool probe_store32(uintptr_t address, uint32_t value);
/** The last fault of probe_load() or probe_store(): its cause as the CPU says it (ESR, CFSR, mcause …), never 0, and
 * the address that was to be accessed. Whoever wants to know whether there was a fault sets cause to 0 before. */
struct probe_fault {
    uint64_t cause, address;
};
extern volatile struct probe_fault probe_last_fault; /* main.c; the architecture's code fills it */

void probe_interrupts(bool on); /**< of this CPU, as a whole */
void probe_relax(void);         /**< a moment of some nanoseconds; never sleeps */
/** How many probe_relax() a wait for an event lasts at most: more than 100 ms wherever the probe runs in a simulator.
 */
#define PROBE_PATIENCE 20000000U
/** A word for the log: "aarch64, EL2", "rv32, M". */
const char *probe_machine(void);
/** Calls the host: Arm semihosting and RISC-V's form of it. @return the host's answer. Only with PROBE_SEMIHOSTING. */
uintptr_t probe_semihost(uintptr_t operation, uintptr_t argument);
/** Ends the machine where it can be ended without semihosting (PSCI SYSTEM_OFF …); may return. */
void probe_power_off(void);

/* Called by the architecture's code. */
/** An interrupt was taken; number as its controller counts, or -1 where the controller's driver must be asked. */
void probe_interrupt(int number);
/** An exception that nobody expected: reported, then the machine is ended. */
_Noreturn void probe_crash(const char *what, uint64_t cause, uint64_t pc, uint64_t address);

/** Starts the console, and says the version and the plan. */
void probe_begin(void);

/* -- report: tap.c ----------------------------------------------------------------------------------
 *
 * One line "ok 3 - memory sram0" or "not ok 3 - memory sram0" a claim, the latter with a YAML block whose keys are
 * exactly: reason (a word), at (an address), found, wanted, cause (numbers, hexadecimal). What is 0 in
 * probe_trouble is left out, but for found where has_found is set. See src/boot/tap.h for the words of reason.
 * Each line goes to the console and, with PROBE_SEMIHOSTING, to semihosting as well; a dead console stops being tried.
 */
struct probe_trouble {
    const char *reason;
    uint64_t at, found, wanted, cause;
    bool has_found;
};
void probe_ok(unsigned claim, const char *kind, const char *name);
void probe_not_ok(unsigned claim, const char *kind, const char *name, const struct probe_trouble *trouble);
/** "ok 3 - … # SKIP reason": what the probe itself finds that it cannot test here. */
void probe_skip(unsigned claim, const char *kind, const char *name, const char *reason);
/** "# mark 3 0x1234": a reading of the timer of claim 3, for the host's clock. */
void probe_mark(unsigned claim, uint64_t count);
/** "# text 0x1234": for people; without the number where it is NULL. */
void probe_note(const char *text, const uint64_t *number);
/** "Bail out! text", and the end. */
_Noreturn void probe_bail_out(const char *text, uint64_t cause, uint64_t pc, uint64_t address);
_Noreturn void probe_end(void);

/* -- the tests --------------------------------------------------------------------------------------- */
void probe_test_cpus(void);
void probe_test_extra_cpus(void); /**< last: nobody runs who is not described; reports the last CPU's claim */
void probe_test_memories(void);
void probe_test_devices(void);
/** @return whether the device at @p base turned out to be another one than described, or not to be there. */
bool probe_is_impostor(uintptr_t base);
/** Starts a controller, those before it first; once. @return false when one of them cannot be started. */
bool probe_start_controller(const struct probe_intc *c);
void probe_test_timers(void);  /**< interrupts first, rates last */
void probe_test_console(void); /**< its interrupt; tap.c reports the console itself */
/** Waits (bounded) for @p line after @p raise has been called; @p quiet ends it. Reports the claim: ok; "silent";
 *  "held", when its controller has it pending but does not tell this CPU; or "other" with the number that came instead. */
void probe_test_interrupt(unsigned claim, const char *name, const struct probe_line *line, bool (*raise)(const void *),
                          void (*quiet)(const void *), const void *device);

#endif
