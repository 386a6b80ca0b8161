/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every guest has from its VMM: memory, CPUs, PSCI, the CPUs' timer, and what the boot loader would say of itself
 * in /chosen.
 * Sources: Documentation/arch/arm64/booting.rst of Linux; devicetree-org, arm/psci.yaml and arch_timer.yaml.
 */
#include "systems/sel4/guest_parts.h"

#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

#define PPI 1U
#define LEVEL_LOW 8U

static bw_node *own(bw_sel4_guest_maker *m, const char *name)
{
    return bw_node_child_text(m->tree->root, name, strlen(name));
}

static char *memory_name(const bw_sel4_guest_maker *m)
{
    return bw_arena_printf(&m->tree->unit->arena, "memory@%" PRIx64, m->vm->ram.base);
}

/* ---- numbers in the counts of the root ---- */

static uint32_t put_number(uint32_t *cells, uint32_t count, uint64_t value)
{
    for (uint32_t i = 0; i < count; i++)
        cells[i] = count - i > 2 ? 0 : (uint32_t)(value >> (32 * (count - 1 - i)));
    return count;
}

static void fill_memory(bw_sel4_guest_maker *m)
{
    bw_node *memory = own(m, memory_name(m));
    const bw_cells counts = bw_cells_of(m->from, m->from->root);
    uint32_t cells[2 * BW_CELLS_MAX];
    uint32_t count;

    bw_sel4_guest_set_text(m, memory, "device_type", "memory");
    count = put_number(cells, counts.address, m->vm->ram.base);
    count += put_number(cells + count, counts.size, m->vm->ram.size);
    bw_sel4_guest_set_cells(m, memory, "reg", cells, count);
    bw_sel4_guest_reason(m, memory, "the guest's RAM, for itself where it is in the machine");
}

/* ---- CPUs, PSCI, timer ---- */

const bw_cpu *bw_sel4_guest_cpu(const bw_sel4_guest_maker *m)
{
    for (uint32_t i = 0; i < m->board->cpu_count; i++)
        if (!m->board->cpus[i].unavailable && m->board->cpus[i].compatible)
            return &m->board->cpus[i];
    return NULL;
}

static void add_cpu(bw_sel4_guest_maker *m, bw_node *cpus, uint32_t number)
{
    const bw_cpu *like = bw_sel4_guest_cpu(m);
    char *name = bw_arena_printf(&m->tree->unit->arena, "cpu@%x", number);
    bw_node *cpu = bw_sel4_guest_add(m, cpus, name);

    bw_sel4_guest_set_text(m, cpu, "device_type", "cpu");
    bw_sel4_guest_set_text(m, cpu, "compatible", like ? like->compatible : "arm,armv8");
    bw_sel4_guest_set_cells(m, cpu, "reg", &number, 1);
    bw_sel4_guest_set_text(m, cpu, "enable-method", "psci");
}

static void fill_cpus(bw_sel4_guest_maker *m)
{
    bw_node *cpus = own(m, "cpus");
    const uint32_t one = 1, none = 0;
    uint32_t there = 0;

    bw_sel4_guest_set_cells(m, cpus, "#address-cells", &one, 1);
    bw_sel4_guest_set_cells(m, cpus, "#size-cells", &none, 1);
    for (uint32_t i = 0; i < m->vm->vcpus; i++)
        add_cpu(m, cpus, i);
    for (uint32_t i = 0; i < m->board->cpu_count; i++)
        there += !m->board->cpus[i].unavailable;
    bw_sel4_guest_reason(m, cpus,
                         bw_arena_printf(m->arena, "%u virtual CPU%s of the board's %u, which the VMM counts from 0",
                                         m->vm->vcpus, m->vm->vcpus == 1 ? "" : "s", there));
}

static void fill_psci(bw_sel4_guest_maker *m)
{
    bw_node *psci = own(m, "psci");

    bw_sel4_guest_set_text(m, psci, "compatible", "arm,psci-0.2");
    bw_sel4_guest_set_text(m, psci, "method", "smc");
    bw_sel4_guest_reason(m, psci, "the VMM answers SMC, whatever the board's firmware is called by");
}

static const bw_node *board_timer(const bw_sel4_guest_maker *m)
{
    BW_FOR_NODES (m->from, node)
        if (bw_node_is_compatible(m->from, node, "arm,armv8-timer") ||
            bw_node_is_compatible(m->from, node, "arm,armv7-timer"))
            return node;
    return NULL;
}

/* Secure, non-secure, virtual and hypervisor timer: their PPIs are the same on all boards with such a timer. */
static void write_timer(bw_sel4_guest_maker *m, bw_node *timer, bw_node *gic)
{
    static const uint32_t numbers[] = {13, 14, 11, 10};
    uint32_t cells[3 * G_N_ELEMENTS(numbers)];

    for (uint32_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        cells[3 * i] = PPI;
        cells[3 * i + 1] = numbers[i];
        cells[3 * i + 2] = LEVEL_LOW;
    }
    bw_sel4_guest_set_text(m, timer, "compatible", "arm,armv8-timer");
    bw_sel4_guest_set_ref(m, timer, "interrupt-parent", gic);
    bw_sel4_guest_set_cells(m, timer, "interrupts", cells, G_N_ELEMENTS(cells));
}

static void fill_timer(bw_sel4_guest_maker *m)
{
    const bw_node *from = board_timer(m);
    const bw_sel4_kept *gic = m->gic ? bw_sel4_kept_of(m, m->gic) : NULL;
    bw_node *timer = own(m, "timer");

    bw_sel4_guest_reason(m, timer, "the CPUs' own, which the VMM makes virtual");
    if (!from) {
        if (gic && gic->copy)
            write_timer(m, timer, gic->copy);
        return;
    }
    BW_FOR_PROPS (from, prop)
        if (prop->name != m->from->unit->n->status)
            bw_sel4_guest_copy_prop(m, from, timer, prop);
    /* On the board it may inherit a parent that is not above /timer. */
    if (gic && gic->copy && bw_node_prop_text(timer, "interrupts") && !bw_node_prop_text(timer, "interrupt-parent") &&
        from->parent != m->from->root)
        bw_sel4_guest_set_ref(m, timer, "interrupt-parent", gic->copy);
}

/* ---- what the boot loader says ---- */

static void fill_aliases(bw_sel4_guest_maker *m)
{
    bw_node *aliases = own(m, "aliases");

    for (uint32_t i = 0; i < m->board->alias_count; i++) {
        const bw_choice *alias = &m->board->aliases[i];

        if (alias->node && alias->node->parent && bw_sel4_is_kept(m, alias->node))
            bw_sel4_guest_set_text(m, aliases, alias->name,
                                   bw_node_path(m->tree, bw_sel4_kept_of(m, alias->node)->copy));
    }
    if (!bw_live_prop(aliases->first_prop))
        bw_node_delete(aliases);
}

/* By its alias, as the board has it, where there is one: with the options behind it, such as 115200n8. */
static char *stdout_path(const bw_sel4_guest_maker *m)
{
    const bw_node *console = m->vm->console;
    const bw_sel4_kept *kept = bw_sel4_kept_of(m, console);
    const char *options = NULL;

    for (uint32_t i = 0; i < m->board->chosen_count; i++)
        if (m->board->chosen[i].node == console && m->board->chosen[i].options)
            options = m->board->chosen[i].options;
    for (uint32_t i = 0; i < m->board->alias_count; i++)
        if (m->board->aliases[i].node == console && g_str_has_prefix(m->board->aliases[i].name, "serial"))
            return bw_arena_join(m->arena, m->board->aliases[i].name, options ? ":" : "", options ? options : "");
    return bw_arena_join(m->arena, bw_node_path(m->tree, kept->copy), options ? ":" : "", options ? options : "");
}

static void set_address(bw_sel4_guest_maker *m, bw_node *node, const char *name, uint64_t address)
{
    uint32_t cells[2];

    put_number(cells, 2, address);
    bw_sel4_guest_set_cells(m, node, name, cells, 2);
}

static void fill_chosen(bw_sel4_guest_maker *m)
{
    bw_node *chosen = own(m, "chosen");

    if (m->vm->console && bw_sel4_is_kept(m, m->vm->console))
        bw_sel4_guest_set_text(m, chosen, "stdout-path", stdout_path(m));
    if (m->vm->bootargs)
        bw_sel4_guest_set_text(m, chosen, "bootargs", m->vm->bootargs);
    if (!m->vm->initrd.size)
        return;
    set_address(m, chosen, "linux,initrd-start", m->vm->initrd.base);
    set_address(m, chosen, "linux,initrd-end", m->vm->initrd.base + m->vm->initrd.size);
    bw_sel4_guest_say(m, chosen, "linux,initrd-end: the end of the room; the build writes that of the file");
}

/* ---- */

void bw_sel4_guest_own_nodes(bw_sel4_guest_maker *m)
{
    bw_node *root = m->tree->root;

    bw_sel4_guest_add(m, root, "aliases");
    bw_sel4_guest_add(m, root, "chosen");
    bw_sel4_guest_add(m, root, memory_name(m));
    bw_sel4_guest_add(m, root, "cpus");
    bw_sel4_guest_add(m, root, "psci");
    bw_sel4_guest_add(m, root, "timer");
}

void bw_sel4_guest_own_props(bw_sel4_guest_maker *m)
{
    fill_memory(m);
    fill_cpus(m);
    fill_psci(m);
    fill_timer(m);
    fill_aliases(m);
    fill_chosen(m);
}
