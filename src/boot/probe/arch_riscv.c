/* SPDX-License-Identifier: Apache-2.0 */
/* RISC-V in M-mode: harts, guarded accesses, local interrupts, the end. */
#include "arch_riscv.h"

struct hart {
    uint32_t id, misa;
    uint8_t state;
    uint32_t noted; /* what was pending: only that hart writes it */
};

_Static_assert(offsetof(struct hart, misa) == PROBE_HART_MISA && offsetof(struct hart, state) == PROBE_HART_STATE &&
                   offsetof(struct hart, noted) == PROBE_HART_NOTED && sizeof(struct hart) == PROBE_HART_SIZE,
               "arch_riscv.S knows these offsets");

volatile struct hart probe_riscv_harts[PROBE_HARTS];
volatile uint32_t probe_riscv_came;    /* a hart has arrived or noted something */
volatile uint32_t probe_riscv_watches; /* grows with each probe_riscv_watch() */
extern volatile uint32_t probe_riscv_go;

enum { MISA_LETTERS = 0x3ffffff };

static bool announced[PROBE_HARTS];
static const uint8_t noted_numbers[PROBE_NOTED_BITS] = {PROBE_RISCV_SOFTWARE, PROBE_RISCV_TIMER, PROBE_RISCV_EXTERNAL};
static volatile struct hart *watched, *was_watched;
static uint32_t watched_bit;

bool probe_guarded_load(uintptr_t address, unsigned width, uint64_t *value);
bool probe_guarded_store(uintptr_t address, unsigned width, const uint64_t *value);
uintptr_t probe_riscv_mhartid(void);
uintptr_t probe_riscv_misa(void);
uintptr_t probe_riscv_mip(void);
void probe_riscv_set_mie(uintptr_t bits);
void probe_riscv_clear_mie(uintptr_t bits);
extern const char probe_guarded[], probe_guarded_end[], probe_guarded_fault[], probe_semihost_break[];

uintptr_t probe_riscv_elect(uintptr_t self);
uintptr_t probe_riscv_trap(uintptr_t cause, uintptr_t pc, uintptr_t value, uintptr_t *a0);

static void fence(void)
{
    __asm__ volatile("fence" ::: "memory");
}

/* -- harts ------------------------------------------------------------------------------------------- */

static volatile struct hart *find(uint64_t id)
{
    volatile struct hart *h = &probe_riscv_harts[id % PROBE_HARTS];

    return h->state == PROBE_HART_HERE && h->id == id ? h : NULL;
}

bool probe_riscv_is_here(uint64_t hart)
{
    return find(hart);
}

static unsigned xlen(void)
{
    return sizeof(uintptr_t) * 8;
}

static void announce_all(void)
{
    for (unsigned i = 0; i < PROBE_HARTS; i++)
        if (probe_riscv_harts[i].state == PROBE_HART_HERE && !announced[i]) {
            announced[i] = true;
            probe_arrived_as(probe_riscv_harts[i].id, probe_riscv_harts[i].misa & MISA_LETTERS, xlen());
        }
}

static bool all_described_are_here(void)
{
    for (unsigned i = 0; i < probe_cpu_count; i++)
        if (probe_cpus[i].claim && !find(probe_cpus[i].id))
            return false;
    return true;
}

/* Called by hart 0. @return the hart that shall run the probe. */
uintptr_t probe_riscv_elect(uintptr_t self)
{
    volatile struct hart *own = &probe_riscv_harts[self % PROBE_HARTS];

    own->id = (uint32_t)self;
    own->state = PROBE_HART_HERE;
    probe_riscv_go = PROBE_GO_ARRIVE;
    for (unsigned i = 0; i < PROBE_PATIENCE / 8 && !all_described_are_here(); i++)
        fence();
    for (unsigned i = 0; i < probe_cpu_count; i++)
        if (probe_cpus[i].claim && find(probe_cpus[i].id))
            return (uintptr_t)probe_cpus[i].id;
    return self;
}

uint64_t probe_cpu_self(void)
{
    return probe_riscv_mhartid();
}

/* They start by themselves, or not at all. */
bool probe_cpu_start(const struct probe_cpu *cpu, int64_t *found)
{
    *found = 0;
    announce_all();
    return find(cpu->id);
}

uint32_t probe_cpu_kind(unsigned *bits)
{
    *bits = xlen();
    return probe_riscv_misa() & MISA_LETTERS;
}

const char *probe_machine(void)
{
    return sizeof(uintptr_t) == 8 ? "rv64, M" : "rv32, M";
}

/* -- guarded accesses, traps ------------------------------------------------------------------------- */

bool probe_load(uintptr_t address, unsigned width, uint64_t *value)
{
    if (probe_guarded_load(address, width, value))
        return true;
    probe_last_fault.address = address;
    return false;
}

bool probe_store(uintptr_t address, unsigned width, uint64_t value)
{
    if (probe_guarded_store(address, width, &value))
        return true;
    probe_last_fault.address = address;
    return false;
}

uintptr_t probe_riscv_trap(uintptr_t cause, uintptr_t pc, uintptr_t value, uintptr_t *a0)
{
    if ((intptr_t)cause < 0) {
        unsigned number = cause & 0xff;

        if (number == PROBE_RISCV_EXTERNAL || number == 9) {
            probe_interrupt(-1);
        } else {
            probe_riscv_local(number, false);
            probe_interrupt((int)number);
        }
        return pc;
    }
    if (pc >= (uintptr_t)probe_guarded && pc < (uintptr_t)probe_guarded_end) {
        probe_last_fault.cause = cause;
        return (uintptr_t)probe_guarded_fault;
    }
    if (pc == (uintptr_t)probe_semihost_break) {
        *a0 = UINTPTR_MAX;
        return pc + 4;
    }
    probe_crash("exception", cause, pc, value);
}

/* -- interrupts -------------------------------------------------------------------------------------- */

void probe_riscv_local(unsigned number, bool on)
{
    uintptr_t bit = number < xlen() ? (uintptr_t)1 << number : 0;

    if (on)
        probe_riscv_set_mie(bit);
    else
        probe_riscv_clear_mie(bit);
}

int probe_riscv_pending(unsigned from)
{
    uintptr_t pending = probe_riscv_mip();

    for (unsigned n = from; n < xlen(); n++)
        if (pending >> n & 1)
            return (int)n;
    return -1;
}

/* What a hart has noted before is of no interest any more. */
static void forget(void)
{
    fence();
    probe_riscv_watches++;
    fence();
}

/* What a hart has noted since then. */
static uint32_t noted(const volatile struct hart *h)
{
    uint32_t word = h->noted;

    return word >> PROBE_NOTED_BITS == probe_riscv_watches << PROBE_NOTED_BITS >> PROBE_NOTED_BITS
               ? word & ((1u << PROBE_NOTED_BITS) - 1)
               : 0;
}

static int lowest(uint32_t bits, unsigned from)
{
    for (unsigned i = 0; i < PROBE_NOTED_BITS; i++)
        if ((bits >> i & 1) && noted_numbers[i] >= from)
            return noted_numbers[i];
    return -1;
}

bool probe_riscv_watch(uint64_t hart, unsigned number)
{
    forget();
    watched = find(hart);
    watched_bit = 0;
    for (unsigned i = 0; i < PROBE_NOTED_BITS; i++)
        if (noted_numbers[i] == number)
            watched_bit = 1u << i;
    return watched;
}

void probe_riscv_unwatch(void)
{
    was_watched = watched ? watched : was_watched;
    watched = NULL;
}

/* A hart that was watched has had all the time to note something; another one is given a moment. */
int probe_riscv_pending_at(uint64_t hart, unsigned from)
{
    static uint32_t bits;
    volatile struct hart *h = find(hart);

    if (from == 0) {
        if (h != was_watched) {
            forget();
            for (unsigned i = 0; h && i < PROBE_PATIENCE / 1024; i++)
                fence();
        }
        was_watched = NULL;
        bits = h ? noted(h) : 0;
    }
    return lowest(bits, from);
}

/* A hart that comes so late that nobody waited for it is announced here, too. */
void probe_relax(void)
{
    if (!probe_riscv_came) {
        fence();
        return;
    }
    probe_riscv_came = 0;
    fence();
    announce_all();
    if (watched && (noted(watched) & watched_bit))
        probe_interrupt(lowest(watched_bit, 0));
}

/* -- the end ----------------------------------------------------------------------------------------- */

void probe_power_off(void)
{
    if (probe_power.address)
        probe_store(probe_power.address, probe_power.width, probe_power.value);
}
