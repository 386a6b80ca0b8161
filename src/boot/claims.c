/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a description claims, and the probe's tables of it. Claims are made in the order in which the probe tests
 * them; those that cannot be tested get the last numbers.
 */
#include "boot/claims.h"

#include "boot/isa.h"
#include "boot/tables.h"
#include "tree/strings.h"

#include <string.h>

#define CPUS_MAX 64

/* -- CPUs --------------------------------------------------------------------------------------------- */

static void claim_cpu_kind(bw_tables *t, const bw_cpu *cpu, const char *name, bw_cpu_row *row)
{
    bw_driver_match part = bw_driver_cpu_part_of(t->board->tree, cpu->node);
    bool riscv = t->claims->arch == BW_ARCH_RISCV && cpu->isa;

    if (!riscv && !part.compatible)
        return;
    bw_claim *claim = bw_claim_add(t, BW_CLAIM_CPU_KIND, cpu->node, name, &row->kind_claim);
    claim->cpu = cpu;
    if (riscv) {
        row->isa = bw_isa_bits(cpu->isa);
        row->xlen = bw_isa_xlen(cpu->isa);
        claim->value = row->isa;
        claim->title = bw_arena_printf(bw_tables_arena(t), "cpu %s: %s", name, cpu->isa);
        bw_claim_put_at(claim, bw_said_isa(cpu));
        return;
    }
    row->part = part.part;
    claim->value = part.part;
    claim->title = bw_arena_printf(bw_tables_arena(t), "cpu %s: %s, part 0x%03x", name, part.compatible, part.part);
    bw_claim_put_at(claim, bw_said_compatible(t->board->tree, cpu->node, part.offset));
}

/* Of a CPU that is disabled nothing is claimed, but it is no surprise when it runs (Devicetree Specification, 3.8). */
static void mention_cpu(bw_tables *t, const bw_cpu *cpu)
{
    bw_cpu_row row = {.claim = BW_NO_CLAIM, .kind_claim = BW_NO_CLAIM, .cpu = cpu, .xlen = t->xlen};

    if (cpu->number_known && t->cpus->len < CPUS_MAX)
        g_array_append_val(t->cpus, row);
}

static void claim_cpu(bw_tables *t, const bw_cpu *cpu)
{
    const char *name = bw_claim_name(cpu->node, cpu->label);
    bw_cpu_row row = {.claim = BW_NO_CLAIM, .kind_claim = BW_NO_CLAIM, .cpu = cpu, .xlen = t->xlen};
    bw_claim *claim = bw_claim_add(t, BW_CLAIM_CPU, cpu->node, name, &row.claim);

    claim->cpu = cpu;
    claim->title = bw_arena_printf(bw_tables_arena(t), "cpu %s: there", name);
    if (!cpu->number_known && t->claims->arch != BW_ARCH_ARM_M) {
        bw_claim_skip(claim, &row.claim, "its reg, which tells CPUs apart, cannot be read");
        return;
    }
    if (t->cpus->len >= CPUS_MAX) {
        bw_claim_skip(claim, &row.claim, "the probe has room for 64 CPUs");
        return;
    }
    if (cpu->enable_method && strcmp(cpu->enable_method, "spin-table") == 0 &&
        bw_prop_u64(bw_node_prop_text(cpu->node, "cpu-release-addr"), &row.release) != BW_STATE_OK)
        row.release = 0;
    /* The first one runs; QEMU's xlnx-versal-virt describes a second one, but no firmware to ask for it. */
    if (t->claims->arch == BW_ARCH_AARCH64 && t->cpus->len && !row.release && strcmp(t->psci, "NONE") == 0) {
        bw_claim_skip(claim, &row.claim, "the description does not say how it is started: neither psci nor spin-table");
        mention_cpu(t, cpu);
        return;
    }
    claim_cpu_kind(t, cpu, name, &row);
    g_array_append_val(t->cpus, row);
}

static void bw_claim_cpus(bw_tables *t)
{
    for (uint32_t i = 0; i < t->board->cpu_count; i++)
        if (!t->board->cpus[i].unavailable)
            claim_cpu(t, &t->board->cpus[i]);
        else
            mention_cpu(t, &t->board->cpus[i]);
}

/* Arm DEN 0022, and Linux' arm/psci.yaml. */
static const char *bw_psci_of(const bw_board *board)
{
    static const char *const names[] = {"arm,psci", "arm,psci-0.2", "arm,psci-1.0", NULL};

    for (uint32_t i = 0; i < board->device_count; i++) {
        const bw_device *d = &board->devices[i];
        const char *method = bw_prop_string(bw_node_prop_text(d->node, "method"));

        for (const char *const *name = names; *name && method && !d->unavailable; name++)
            if (bw_node_is_compatible(board->tree, d->node, *name))
                return strcmp(method, "smc") == 0 ? "SMC" : strcmp(method, "hvc") == 0 ? "HVC" : "NONE";
    }
    return "NONE";
}

/* -- together ----------------------------------------------------------------------------------------- */

/* Skipped claims go to the end; rows of the tables learn where theirs went. */
static int *give_numbers(bw_claims *claims)
{
    GArray *old = claims->items;
    GArray *sorted = g_array_sized_new(FALSE, FALSE, sizeof(bw_claim), old->len);
    int *moved = g_new(int, old->len + 1);

    for (int pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < old->len; i++) {
            bw_claim *claim = &g_array_index(old, bw_claim, i);

            if ((claim->skip != NULL) != (pass == 1))
                continue;
            moved[i] = (int)sorted->len;
            claim->number = sorted->len + 1;
            g_array_append_vals(sorted, claim, 1);
        }
        claims->tested = pass == 0 ? sorted->len : claims->tested;
    }
    g_array_free(old, TRUE);
    claims->items = sorted;
    return moved;
}

static void move(const int *moved, bw_claim_ref *ref)
{
    if (*ref != BW_NO_CLAIM)
        *ref = moved[*ref];
}

static void renumber(bw_tables *t)
{
    int *moved = give_numbers(t->claims);

    for (guint i = 0; i < t->cpus->len; i++) {
        move(moved, &g_array_index(t->cpus, bw_cpu_row, i).claim);
        move(moved, &g_array_index(t->cpus, bw_cpu_row, i).kind_claim);
    }
    for (guint i = 0; i < t->memories->len; i++) {
        move(moved, &g_array_index(t->memories, bw_memory_row, i).claim);
        move(moved, &g_array_index(t->memories, bw_memory_row, i).end_claim);
        move(moved, &g_array_index(t->memories, bw_memory_row, i).start_claim);
    }
    for (guint i = 0; i < t->devices->len; i++) {
        move(moved, &g_array_index(t->devices, bw_device_row, i).claim);
        move(moved, &g_array_index(t->devices, bw_device_row, i).id_claim);
    }
    for (guint i = 0; i < t->timers->len; i++) {
        move(moved, &g_array_index(t->timers, bw_timer_row, i).rate_claim);
        move(moved, &g_array_index(t->timers, bw_timer_row, i).interrupt_claim);
    }
    move(moved, &t->console.claim);
    move(moved, &t->console.interrupt_claim);
    g_free(moved);
}

static void need(bw_tables *t, bw_driver_kind kind, const char *driver)
{
    const char *file = bw_arena_printf(bw_tables_arena(t), "drivers/%s_%s.c", bw_driver_kind_name(kind), driver);

    if (!g_ptr_array_find_with_equal_func(t->claims->drivers, file, g_str_equal, NULL))
        g_ptr_array_add(t->claims->drivers, (gpointer)(uintptr_t)file);
}

static void collect_drivers(bw_tables *t)
{
    if (t->console.driver)
        need(t, BW_DRIVER_CONSOLE, t->console.driver);
    for (guint i = 0; i < t->timers->len; i++)
        need(t, BW_DRIVER_TIMER, g_array_index(t->timers, bw_timer_row, i).driver);
    for (guint i = 0; i < t->intcs->len; i++)
        need(t, BW_DRIVER_INTC, g_array_index(t->intcs, bw_intc_row, i).driver);
}

/* 32 or 64; of a RISC-V by its instruction set. */
static unsigned xlen_of(const bw_board *board, bw_arch arch)
{
    if (arch == BW_ARCH_AARCH64)
        return 64;
    if (arch != BW_ARCH_RISCV)
        return 32;
    for (uint32_t i = 0; i < board->cpu_count; i++)
        if (board->cpus[i].isa && !board->cpus[i].unavailable)
            return bw_isa_xlen(board->cpus[i].isa);
    return 64;
}

static void free_tables(bw_tables *t)
{
    GArray *const arrays[] = {t->cpus, t->memories, t->holes, t->devices, t->intcs, t->timers};

    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_free(arrays[i], TRUE);
}

bw_claims *bw_claims_of(const bw_board *board, const bw_bare_names *names, const bw_bare_layout *layout)
{
    bw_claims *claims = g_new0(bw_claims, 1);
    bw_tables t = {.board = board, .names = names, .claims = claims};

    claims->arch = layout->arch;
    claims->from_flash = layout->from_flash;
    claims->items = g_array_new(FALSE, FALSE, sizeof(bw_claim));
    claims->drivers = g_ptr_array_new();
    t.xlen = xlen_of(board, layout->arch);
    t.limit = t.xlen == 32 ? UINT32_MAX : UINT64_MAX;
    t.cpus = g_array_new(FALSE, FALSE, sizeof(bw_cpu_row));
    t.memories = g_array_new(FALSE, FALSE, sizeof(bw_memory_row));
    t.holes = g_array_new(FALSE, FALSE, sizeof(bw_hole_row));
    t.devices = g_array_new(FALSE, FALSE, sizeof(bw_device_row));
    t.intcs = g_array_new(FALSE, FALSE, sizeof(bw_intc_row));
    t.timers = g_array_new(FALSE, FALSE, sizeof(bw_timer_row));
    t.psci = bw_psci_of(board);
    bw_claim_cpus(&t);
    bw_claim_memories(&t);
    bw_find_holes(&t, layout);
    bw_claim_devices(&t);
    bw_claim_timers(&t);
    bw_claim_console(&t);
    t.power = bw_power_of(&t);
    renumber(&t);
    collect_drivers(&t);
    claims->text = bw_tables_write(&t);
    free_tables(&t);
    return claims;
}

void bw_claims_free(bw_claims *claims)
{
    if (!claims)
        return;
    g_array_free(claims->items, TRUE);
    g_ptr_array_free(claims->drivers, TRUE);
    g_string_free(claims->text, TRUE);
    g_free(claims);
}
