/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a description claims, and the probe's tables of it. Claims are made in the order in which the probe tests
 * them; those that cannot be tested get the last numbers.
 */
#include "boot/claims.h"

#include "boot/isa.h"
#include "boot/places.h"
#include "boot/tables.h"
#include "systems/bare/text.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* As far as this beyond a region nothing else may be described, or nothing is claimed of what is there. */
#define BESIDE ((uint64_t)64 << 10)

/* More devices than this would not fit into a probe of 16 KiB. */
#define DEVICES_MAX 96
#define CPUS_MAX 64
#define TIMERS_MAX 64

static bw_arena *arena_of(const bw_tables *t)
{
    return &t->board->tree->unit->arena;
}

/* -- making claims ------------------------------------------------------------------------------------ */

static bw_claim *add(bw_tables *t, bw_claim_kind kind, const bw_node *node, const char *name, bw_claim_ref *ref)
{
    bw_claim claim = {.kind = kind, .node = node, .name = name};

    *ref = (bw_claim_ref)t->claims->items->len;
    g_array_append_val(t->claims->items, claim);
    return &g_array_index(t->claims->items, bw_claim, *ref);
}

static void put_at(bw_claim *claim, bw_said said)
{
    claim->node = said.node ? said.node : claim->node;
    claim->prop = said.prop;
    claim->offset = said.offset;
}

/* A claim that is not tested has no number for the probe. */
static void skip(bw_claim *claim, bw_claim_ref *ref, const char *why)
{
    claim->skip = why;
    *ref = BW_NO_CLAIM;
}

static const char *name_of(const bw_node *node, const char *label)
{
    return label ? label : node->name->text;
}

static const char *size_text(const bw_tables *t, uint64_t bytes)
{
    GString *text = g_string_new(NULL);

    bw_bare_size(text, bytes);
    const char *kept = bw_arena_strdup(arena_of(t), text->str);
    g_string_free(text, TRUE);
    return kept;
}

/* "62.5 MHz": the largest unit of which the rate has at most three decimals. */
static const char *rate_text(const bw_tables *t, uint64_t hertz)
{
    static const struct {
        uint64_t factor;
        const char *name;
    } units[] = {{1000000000, "GHz"}, {1000000, "MHz"}, {1000, "kHz"}};

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        uint64_t step = units[i].factor / 1000;
        char digits[8];

        if (hertz < units[i].factor || hertz % step != 0)
            continue;
        uint64_t part = hertz % units[i].factor / step;
        int len = snprintf(digits, sizeof digits, ".%03u", (unsigned)part);
        while (len > 0 && (digits[len - 1] == '0' || digits[len - 1] == '.'))
            digits[--len] = '\0';
        return bw_arena_printf(arena_of(t), "%" PRIu64 "%s %s", hertz / units[i].factor, digits, units[i].name);
    }
    return bw_arena_printf(arena_of(t), "%" PRIu64 " Hz", hertz);
}

static const char *beyond_reach(const bw_tables *t, uint64_t address)
{
    return bw_arena_printf(arena_of(t), "0x%" PRIx64 " is beyond what a 32-bit CPU reaches", address);
}

/* Whether a run of bytes ends within what the CPU reaches. */
static bool is_reached(const bw_tables *t, uint64_t base, uint64_t size)
{
    return base <= t->limit && (size == 0 || size - 1 <= t->limit - base);
}

uint32_t bw_reachable_blocks(const bw_device *device, uint64_t limit)
{
    for (uint32_t i = 0; i < device->block_count; i++) {
        const bw_block *b = &device->blocks[i];

        if (!b->mapped || b->size == 0 || b->address > limit || b->size - 1 > limit - b->address)
            return i;
    }
    return device->block_count;
}

/* -- CPUs --------------------------------------------------------------------------------------------- */

static void claim_cpu_kind(bw_tables *t, const bw_cpu *cpu, const char *name, bw_cpu_row *row)
{
    bw_driver_match part = bw_driver_cpu_part_of(t->board->tree, cpu->node);
    bool riscv = t->claims->arch == BW_BARE_RISCV && cpu->isa;

    if (!riscv && !part.compatible)
        return;
    bw_claim *claim = add(t, BW_CLAIM_CPU_KIND, cpu->node, name, &row->kind_claim);
    claim->cpu = cpu;
    if (riscv) {
        row->isa = bw_isa_bits(cpu->isa);
        row->xlen = bw_isa_xlen(cpu->isa);
        claim->value = row->isa;
        claim->title = bw_arena_printf(arena_of(t), "cpu %s: %s", name, cpu->isa);
        put_at(claim, bw_said_isa(cpu));
        return;
    }
    row->part = part.part;
    claim->value = part.part;
    claim->title = bw_arena_printf(arena_of(t), "cpu %s: %s, part 0x%03x", name, part.compatible, part.part);
    put_at(claim, bw_said_compatible(t->board->tree, cpu->node, part.offset));
}

static void claim_cpu(bw_tables *t, const bw_cpu *cpu)
{
    const char *name = name_of(cpu->node, cpu->label);
    bw_cpu_row row = {.claim = BW_NO_CLAIM, .kind_claim = BW_NO_CLAIM, .cpu = cpu, .xlen = t->xlen};
    bw_claim *claim = add(t, BW_CLAIM_CPU, cpu->node, name, &row.claim);

    claim->cpu = cpu;
    claim->title = bw_arena_printf(arena_of(t), "cpu %s: there", name);
    if (!cpu->number_known && t->claims->arch != BW_BARE_ARM_M) {
        skip(claim, &row.claim, "its reg, which tells CPUs apart, cannot be read");
        return;
    }
    if (t->cpus->len >= CPUS_MAX) {
        skip(claim, &row.claim, "the probe has room for 64 CPUs");
        return;
    }
    claim_cpu_kind(t, cpu, name, &row);
    if (cpu->enable_method && strcmp(cpu->enable_method, "spin-table") == 0 &&
        bw_prop_u64(bw_node_prop_text(cpu->node, "cpu-release-addr"), &row.release) != BW_STATE_OK)
        row.release = 0;
    g_array_append_val(t->cpus, row);
}

/* Of a CPU that is disabled nothing is claimed, but it is no surprise when it runs (Devicetree Specification, 3.8). */
static void mention_cpu(bw_tables *t, const bw_cpu *cpu)
{
    bw_cpu_row row = {.claim = BW_NO_CLAIM, .kind_claim = BW_NO_CLAIM, .cpu = cpu, .xlen = t->xlen};

    if (cpu->number_known && t->cpus->len < CPUS_MAX)
        g_array_append_val(t->cpus, row);
}

static void claim_cpus(bw_tables *t)
{
    for (uint32_t i = 0; i < t->board->cpu_count; i++)
        if (!t->board->cpus[i].unavailable)
            claim_cpu(t, &t->board->cpus[i]);
        else
            mention_cpu(t, &t->board->cpus[i]);
}

/* Arm DEN 0022, and Linux' arm/psci.yaml. */
static const char *psci_of(const bw_board *board)
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

/* -- memory ------------------------------------------------------------------------------------------- */

/* A run of addresses that the description speaks of; last is its last byte. */
static bool meets(uint64_t base, uint64_t size, uint64_t first, uint64_t last)
{
    uint64_t end = size == 0 || size - 1 > UINT64_MAX - base ? (size ? UINT64_MAX : base) : base + size - 1;

    return base <= last && first <= end;
}

/* Whether something but @p self is described in a run of addresses, whatever its status. */
static bool is_described(const bw_tables *t, const bw_memory *self, uint64_t first, uint64_t last)
{
    const bw_board *b = t->board;

    for (uint32_t i = 0; i < b->memory_count; i++)
        if (&b->memories[i] != self && meets(b->memories[i].block.address, b->memories[i].block.size, first, last))
            return true;
    for (uint32_t i = 0; i < b->reserved_count; i++)
        if (b->reserved[i].is_static && meets(b->reserved[i].address, b->reserved[i].size, first, last))
            return true;
    for (uint32_t i = 0; i < b->device_count; i++)
        for (uint32_t j = 0; j < b->devices[i].block_count; j++) {
            const bw_block *block = &b->devices[i].blocks[j];

            if (block->mapped && meets(block->address, block->size, first, last))
                return true;
        }
    return false;
}

static void claim_limits(bw_tables *t, const bw_memory *m, bw_memory_row *row)
{
    uint64_t last = row->base + (row->size - 1);

    if (last < t->limit && !is_described(t, m, last + 1, last + MIN(BESIDE, t->limit - last))) {
        bw_claim *claim = add(t, BW_CLAIM_MEMORY_END, m->node, row->name, &row->end_claim);

        claim->memory = m;
        claim->value = row->size;
        claim->title = bw_arena_printf(arena_of(t), "memory %s: ends at 0x%" PRIx64, row->name, last);
        put_at(claim, bw_said_size(t->board, m));
    }
    if (row->base > 0 && !is_described(t, m, row->base - MIN(BESIDE, row->base), row->base - 1)) {
        bw_claim *claim = add(t, BW_CLAIM_MEMORY_START, m->node, row->name, &row->start_claim);

        claim->memory = m;
        claim->value = row->base;
        claim->title = bw_arena_printf(arena_of(t), "memory %s: begins at 0x%" PRIx64, row->name, row->base);
        put_at(claim, bw_said_row(&m->block));
    }
}

static bw_memory_row memory_row(const char *name, bool ram, const bw_node *node, uint64_t base, uint64_t size)
{
    return (bw_memory_row){.claim = BW_NO_CLAIM,
                           .end_claim = BW_NO_CLAIM,
                           .start_claim = BW_NO_CLAIM,
                           .name = name,
                           .ram = ram,
                           .node = node,
                           .base = base,
                           .size = size};
}

/* @return false when it cannot be tested; the claim says why. */
static bool claim_bytes(bw_tables *t, bw_memory_row *row, bw_claim **made)
{
    bw_claim *claim = add(t, BW_CLAIM_MEMORY, row->node, row->name, &row->claim);

    *made = claim;
    claim->value = row->size;
    claim->title = bw_arena_printf(arena_of(t), "memory %s: %s, %s", row->name, size_text(t, row->size),
                                   row->ram ? "whole" : "readable");
    if (row->size == 0)
        skip(claim, &row->claim, "the description gives no size");
    else if (!is_reached(t, row->base, row->size))
        skip(claim, &row->claim,
             row->base > t->limit || t->limit < UINT64_MAX ? beyond_reach(t, row->base + (row->size - 1))
                                                           : "it ends beyond 64 bits of address");
    return !claim->skip;
}

static void claim_memory(bw_tables *t, const bw_memory *m)
{
    bool ram = m->kind == BW_MEMORY_RAM || m->kind == BW_MEMORY_SRAM;
    bw_memory_row row = memory_row(m->name, ram, m->node, m->block.address, m->block.size);
    bw_claim *claim;

    row.index = m->block.len ? m->block.offset / m->block.len : 0;
    bool tested = claim_bytes(t, &row, &claim);
    claim->memory = m;
    put_at(claim, bw_said_size(t->board, m));
    if (!tested)
        return;
    if (ram)
        claim_limits(t, m, &row);
    g_array_append_val(t->memories, row);
}

static void claim_partition(bw_tables *t, const bw_partition *p)
{
    bw_memory_row row = memory_row(p->name, false, p->node, p->address, p->size);
    bw_claim *claim;
    bool tested = claim_bytes(t, &row, &claim);

    claim->title = bw_arena_printf(arena_of(t), "partition %s: %s, readable", p->name, size_text(t, p->size));
    put_at(claim, bw_said_reg_size(t->board->tree, p->node, p->reg_offset));
    if (tested)
        g_array_append_val(t->memories, row);
}

static void claim_memories(bw_tables *t)
{
    const bw_board *b = t->board;

    for (uint32_t i = 0; i < b->memory_count; i++)
        if (!b->memories[i].unavailable)
            claim_memory(t, &b->memories[i]);
    for (uint32_t i = 0; i < b->flash_count; i++)
        for (uint32_t j = 0; j < b->flashes[i].partition_count; j++) {
            const bw_partition *p = &b->flashes[i].partitions[j];

            if (p->known && p->mapped && p->read_only && !p->unavailable)
                claim_partition(t, p);
        }
}

/* A hole counts where some memory is tested around it. */
static void add_hole(bw_tables *t, const bw_node *node, uint32_t index, uint64_t base, uint64_t size)
{
    bw_hole_row row = {node, index, base, size};

    for (guint i = 0; size && is_reached(t, base, size) && i < t->memories->len; i++) {
        const bw_memory_row *m = &g_array_index(t->memories, bw_memory_row, i);

        if (m->node != node && meets(base, size, m->base, m->base + (m->size - 1))) {
            g_array_append_val(t->holes, row);
            return;
        }
    }
}

/* The RAM that the image itself lies in may be a reserved one: Zephyr's zephyr,sram. */
static bool is_image_ram(const bw_bare_layout *layout, const bw_node *node)
{
    return node && layout->regions->len && g_array_index(layout->regions, bw_bare_region, 0).node == node;
}

static void add_holes(bw_tables *t, const bw_bare_layout *layout)
{
    const bw_board *b = t->board;
    uint32_t reservation = 0;

    for (uint32_t i = 0; i < b->reserved_count; i++) {
        const bw_reserved *r = &b->reserved[i];
        uint32_t index = !r->node ? reservation++ : r->block.len ? r->block.offset / r->block.len : 0;

        if (r->is_static && !r->unavailable && !r->reusable && !is_image_ram(layout, r->node))
            add_hole(t, r->node, index, r->address, r->size);
    }
    for (uint32_t i = 0; i < b->device_count; i++)
        for (uint32_t j = 0; j < b->devices[i].block_count; j++)
            if (b->devices[i].blocks[j].mapped)
                add_hole(t, b->devices[i].node, j, b->devices[i].blocks[j].address, b->devices[i].blocks[j].size);
}

/* -- devices ------------------------------------------------------------------------------------------ */

/* The registers of a PrimeCell's identity are the last of its block (Arm's PrimeCell manuals; Linux looks there, too).
 */
static bool has_room_for_ids(const bw_device *d, const bw_driver_match *ids)
{
    if (ids->is_primecell)
        return d->blocks[0].size >= 0x1000;
    for (uint32_t i = 0; i < ids->id_count; i++)
        if (ids->ids[i].block >= d->block_count || ids->ids[i].offset > d->blocks[ids->ids[i].block].size)
            return false;
    return true;
}

static void claim_ids(bw_tables *t, bw_device_row *row, const char *name)
{
    const bw_device *d = row->device;

    row->ids = bw_driver_ids_of(t->board->tree, d->node);
    if (!row->ids.compatible)
        return;
    bw_claim *claim = add(t, BW_CLAIM_DEVICE_ID, d->node, name, &row->id_claim);
    claim->device = d;
    claim->value = row->ids.part;
    claim->title = bw_arena_printf(arena_of(t), "device %s: says it is %s", name, row->ids.compatible);
    put_at(claim, bw_said_compatible(t->board->tree, d->node, row->ids.offset));
    if (!has_room_for_ids(d, &row->ids) ||
        (row->ids.id_count && row->ids.ids[row->ids.id_count - 1].block >= row->block_count))
        skip(claim, &row->id_claim, "its reg ends before the registers that say what it is");
}

static void claim_device(bw_tables *t, const bw_device *d)
{
    const char *name = name_of(d->node, d->label);
    bw_device_row row = {.claim = BW_NO_CLAIM, .id_claim = BW_NO_CLAIM, .device = d};
    const bw_block *first = &d->blocks[0];
    bw_claim *claim = add(t, BW_CLAIM_DEVICE, d->node, name, &row.claim);

    claim->device = d;
    claim->value = first->address;
    claim->title = bw_arena_printf(arena_of(t), "device %s: answers at 0x%" PRIx64, name, first->address);
    put_at(claim, bw_said_row(first));
    row.block_count = bw_reachable_blocks(d, t->limit);
    if (first->size == 0) {
        skip(claim, &row.claim, "its reg has a size of 0");
        return;
    }
    if (row.block_count == 0) {
        skip(claim, &row.claim, beyond_reach(t, first->address));
        return;
    }
    if (t->devices->len >= DEVICES_MAX) {
        skip(claim, &row.claim, "the probe has room for 96 devices");
        return;
    }
    claim_ids(t, &row, name);
    g_array_append_val(t->devices, row);
}

static void claim_devices(bw_tables *t)
{
    for (uint32_t i = 0; i < t->board->device_count; i++)
        if (!t->board->devices[i].unavailable && t->board->devices[i].mapped)
            claim_device(t, &t->board->devices[i]);
}

/* -- interrupts --------------------------------------------------------------------------------------- */

static int find_intc(bw_tables *t, const bw_node *node, int depth);

static uint32_t sources_of(const bw_node *node)
{
    static const char *const names[] = {"riscv,ndev", "arm,num-irqs", "num-irqs", "xlnx,num-intr-inputs", NULL};
    uint32_t value;

    for (const char *const *name = names; *name; name++)
        if (bw_prop_u32(bw_node_prop_text(node, *name), &value) == BW_STATE_OK)
            return value;
    return 0;
}

static int add_intc(bw_tables *t, const bw_device *d, const char *driver, int depth)
{
    bw_intc_row row = {.device = d, .driver = driver, .sources = sources_of(d->node), .parent = -1};

    if (d->line_count && d->lines[0].irq.fault == BW_IRQ_OK && d->lines[0].irq.controller != d->node)
        row.parent = find_intc(t, d->lines[0].irq.controller, depth + 1);
    g_array_append_val(t->intcs, row);
    return (int)t->intcs->len - 1;
}

/* @return the row of a controller that the probe can drive, or -1. */
static int find_intc(bw_tables *t, const bw_node *node, int depth)
{
    const bw_device *d = node ? bw_board_device(t->board, node) : NULL;

    for (guint i = 0; i < t->intcs->len; i++)
        if (g_array_index(t->intcs, bw_intc_row, i).device->node == node)
            return (int)i;
    if (!d || d->unavailable || depth > 4)
        return -1;
    bw_driver_match match = bw_driver_of(t->board->tree, node, BW_DRIVER_INTC);
    if (!match.driver || (d->block_count && bw_reachable_blocks(d, t->limit) == 0))
        return -1;
    return add_intc(t, d, match.driver, depth);
}

/* "SPI 1" of a GIC, else "37". */
static const char *line_text(const bw_tables *t, const bw_line *line)
{
    return line->kind ? bw_arena_printf(arena_of(t), "%u (%s %u)", line->number, line->kind, line->kind_number)
                      : bw_arena_printf(arena_of(t), "%u", line->number);
}

static bw_line_row claim_interrupt(bw_tables *t, const bw_device *d, const bw_line *line, const char *name,
                                   bw_claim_ref *ref)
{
    const bw_node *controller = line->irq.controller;
    bw_line_row row = {.intc = -1, .line = line};

    if (line->irq.fault == BW_IRQ_EMPTY)
        return row;
    bw_claim *claim = add(t, BW_CLAIM_INTERRUPT, d->node, name, ref);
    claim->device = d;
    claim->line = line;
    claim->value = line->number;
    claim->title = line->number_known ? bw_arena_printf(arena_of(t), "interrupt of %s: %s", name, line_text(t, line))
                                      : bw_arena_printf(arena_of(t), "interrupt of %s", name);
    put_at(claim, (bw_said){d->node, line->irq.prop, line->irq.own_count ? line->irq.own_offset : line->irq.offset});
    if (line->irq.fault != BW_IRQ_OK || !controller) {
        skip(claim, ref, "its controller cannot be made out");
        return row;
    }
    row.intc = find_intc(t, controller, 0);
    claim = &g_array_index(t->claims->items, bw_claim, *ref);
    if (row.intc < 0)
        skip(claim, ref,
             bw_arena_printf(arena_of(t), "there is no driver for the interrupt controller %s",
                             bw_node_path(t->board->tree, controller)));
    else if (!line->number_known)
        skip(claim, ref, "the number in its specifier is not known");
    return row;
}

/* -- timers ------------------------------------------------------------------------------------------- */

static bw_said rate_of(const bw_tables *t, const bw_device *d, const char *driver, uint64_t *rate)
{
    bw_rate_source source = bw_driver_rate_source(driver);
    bw_said said = bw_said_clock(t->board, d, rate);

    if (!*rate && source == BW_RATE_timebase)
        said = bw_said_timebase(t->board, rate);
    if (!*rate && source == BW_RATE_cpu)
        said = bw_said_cpu_rate(t->board, rate);
    if (!*rate && source == BW_RATE_nanoseconds) {
        *rate = 1000000000;
        said =
            bw_said_compatible(t->board->tree, d->node, bw_driver_of(t->board->tree, d->node, BW_DRIVER_TIMER).offset);
    }
    return said;
}

static void claim_rate(bw_tables *t, bw_timer_row *row, const char *name)
{
    const bw_device *d = row->device;
    bw_said said = rate_of(t, d, row->driver, &row->rate);
    bw_claim *claim = add(t, BW_CLAIM_TIMER_RATE, d->node, name, &row->rate_claim);

    claim->device = d;
    claim->value = row->rate;
    if (row->rate)
        claim->title = bw_arena_printf(arena_of(t), "timer %s: counts at %s", name, rate_text(t, row->rate));
    else
        claim->title = bw_arena_printf(arena_of(t), "timer %s: counts", name);
    if (said.prop)
        put_at(claim, said);
}

/* Arm's timer has a row of interrupts for each of its views: names tell them where they are given (Linux:
 * timer/arm,arch_timer.yaml), else the order. */
static unsigned which_row(const bw_line *line)
{
    static const char *const views[] = {"sec-phys", "phys", "virt", "hyp-phys", "hyp-virt"};

    for (unsigned i = 0; line->name && i < G_N_ELEMENTS(views); i++)
        if (strcmp(line->name, views[i]) == 0)
            return i;
    return line->irq.index;
}

static void claim_timer(bw_tables *t, const bw_device *d, const char *driver)
{
    const char *name = name_of(d->node, d->label);
    bool counts = bw_driver_rate_source(driver) != BW_RATE_never;

    for (uint32_t i = 0; i < MAX(d->line_count, 1) && t->timers->len < TIMERS_MAX; i++) {
        bw_timer_row row = {.rate_claim = BW_NO_CLAIM,
                            .interrupt_claim = BW_NO_CLAIM,
                            .device = d,
                            .driver = driver,
                            .which = i,
                            .line = {-1, NULL}};

        if (i < d->line_count) {
            row.which = which_row(&d->lines[i]);
            row.line = claim_interrupt(t, d, &d->lines[i], name, &row.interrupt_claim);
        }
        if (i == 0 && counts)
            claim_rate(t, &row, name);
        else if (row.interrupt_claim == BW_NO_CLAIM)
            continue;
        g_array_append_val(t->timers, row);
    }
}

static void claim_timers(bw_tables *t)
{
    for (uint32_t i = 0; i < t->board->device_count; i++) {
        const bw_device *d = &t->board->devices[i];
        bw_driver_match match = bw_driver_of(t->board->tree, d->node, BW_DRIVER_TIMER);

        if (!d->unavailable && match.driver && (!d->block_count || bw_reachable_blocks(d, t->limit)))
            claim_timer(t, d, match.driver);
    }
}

/* -- the console -------------------------------------------------------------------------------------- */

static uint32_t number_of(const bw_node *node, const char *name, uint32_t otherwise)
{
    uint32_t value;

    return bw_prop_u32(bw_node_prop_text(node, name), &value) == BW_STATE_OK ? value : otherwise;
}

static uint32_t baud_of(const bw_board *board, const bw_device *d)
{
    const char *options = board->console->options;
    guint64 baud = options ? g_ascii_strtoull(options, NULL, 10) : 0;

    if (baud > 0 && baud <= UINT32_MAX)
        return (uint32_t)baud;
    return number_of(d->node, "current-speed", 115200);
}

/* The transmitter's: of several the one whose name says so. */
static const bw_line *transmit_line(const bw_device *d)
{
    for (uint32_t i = 0; i < d->line_count; i++)
        if (d->lines[i].name && strstr(d->lines[i].name, "tx"))
            return &d->lines[i];
    return d->line_count ? &d->lines[0] : NULL;
}

static void fill_console(bw_tables *t, const bw_device *d)
{
    bw_console_row *row = &t->console;
    const bw_line *line = transmit_line(d);

    row->shift = MIN(number_of(d->node, "reg-shift", 0), 8);
    row->io_width = number_of(d->node, "reg-io-width", 0);
    row->baud = baud_of(t->board, d);
    bw_said_clock(t->board, d, &row->clock);
    if (line)
        row->line = claim_interrupt(t, d, line, name_of(d->node, d->label), &row->interrupt_claim);
}

static void claim_console(bw_tables *t)
{
    const bw_choice *choice = t->board->console;
    const bw_device *d = choice && choice->node ? bw_board_device(t->board, choice->node) : NULL;
    bw_console_row *row = &t->console;

    *row = (bw_console_row){.claim = BW_NO_CLAIM, .interrupt_claim = BW_NO_CLAIM, .line = {-1, NULL}};
    if (!d)
        return;
    const char *name = name_of(d->node, d->label);
    bw_driver_match match = bw_driver_of(t->board->tree, d->node, BW_DRIVER_CONSOLE);
    bw_claim *claim = add(t, BW_CLAIM_CONSOLE, d->node, name, &row->claim);
    claim->device = d;
    claim->title = bw_arena_printf(arena_of(t), "console %s: the report comes through it", name);
    put_at(claim, d->block_count ? bw_said_row(&d->blocks[0]) : bw_said_compatible(t->board->tree, d->node, 0));
    if (d->unavailable)
        skip(claim, &row->claim, "its status is not okay");
    else if (!match.driver)
        skip(claim, &row->claim,
             bw_arena_printf(arena_of(t), "there is no driver for %s",
                             d->compatible ? d->compatible : "a device without compatible"));
    else if (d->block_count && bw_reachable_blocks(d, t->limit) == 0)
        skip(claim, &row->claim, "it has no address that the CPU reaches");
    if (claim->skip)
        return;
    row->device = d;
    row->driver = match.driver;
    fill_console(t, d);
}

/* -- what ends the machine ---------------------------------------------------------------------------- */

static bw_switch_row power_of(const bw_tables *t)
{
    bw_switch_row row = {0};

    for (uint32_t i = 0; i < t->board->device_count; i++) {
        const bw_device *d = &t->board->devices[i];
        const bw_prop *regmap = bw_node_prop_text(d->node, "regmap");
        bw_spec_fault fault;

        if (d->unavailable)
            continue;
        /* Linux: power/reset/syscon-poweroff.yaml */
        if (regmap && bw_node_is_compatible(t->board->tree, d->node, "syscon-poweroff")) {
            const bw_node *syscon = bw_phandle_node(t->board->tree, regmap, 0, &fault);
            const bw_device *target = syscon ? bw_board_device(t->board, syscon) : NULL;
            uint32_t offset = number_of(d->node, "offset", 0);

            if (target && bw_reachable_blocks(target, t->limit) && target->blocks[0].size >= 4 &&
                offset <= target->blocks[0].size - 4)
                return (bw_switch_row){target, offset, number_of(d->node, "value", number_of(d->node, "mask", 0))};
        }
        /* SiFive's test finisher: FINISHER_PASS (riscv-isa-sim and QEMU know it, too). */
        if (!row.device && bw_node_is_compatible(t->board->tree, d->node, "sifive,test0") &&
            bw_reachable_blocks(d, t->limit))
            row = (bw_switch_row){d, 0, 0x5555};
    }
    return row;
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
    const char *file = bw_arena_printf(arena_of(t), "drivers/%s_%s.c", bw_driver_kind_name(kind), driver);

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
static unsigned xlen_of(const bw_board *board, bw_bare_arch arch)
{
    if (arch == BW_BARE_AARCH64)
        return 64;
    if (arch != BW_BARE_RISCV)
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
    t.psci = psci_of(board);
    claim_cpus(&t);
    claim_memories(&t);
    add_holes(&t, layout);
    claim_devices(&t);
    claim_timers(&t);
    claim_console(&t);
    t.power = power_of(&t);
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
