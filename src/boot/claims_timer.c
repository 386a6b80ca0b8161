/* SPDX-License-Identifier: Apache-2.0 */
/* Claims about what counts, interrupts and speaks: timers, their controllers, the console. */
#include "boot/tables.h"
#include "tree/strings.h"

#include <string.h>

#define TIMERS_MAX 64

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

/* "33 (SPI 1)" of a GIC, "7 of cpu0" of a CPU's own controller, else "37". */
static const char *line_text(const bw_tables *t, const bw_line *line)
{
    if (line->kind)
        return bw_arena_printf(bw_tables_arena(t), "%u (%s %u)", line->number, line->kind, line->kind_number);
    for (uint32_t i = 0; i < t->board->cpu_count; i++)
        if (line->irq.controller && t->board->cpus[i].node == line->irq.controller->parent)
            return bw_arena_printf(bw_tables_arena(t), "%u of %s", line->number,
                                   bw_claim_name(t->board->cpus[i].node, t->board->cpus[i].label));
    return bw_arena_printf(bw_tables_arena(t), "%u", line->number);
}

/* @param shown the device, in the title. */
static bw_line_row claim_interrupt(bw_tables *t, const bw_device *d, const bw_line *line, const char *shown,
                                   bw_claim_ref *ref)
{
    const bw_node *controller = line->irq.controller;
    bw_line_row row = {.intc = -1, .line = line};

    if (line->irq.fault == BW_IRQ_EMPTY)
        return row;
    bw_claim *claim = bw_claim_add(t, BW_CLAIM_INTERRUPT, d->node, bw_claim_name(d->node, d->label), ref);
    claim->device = d;
    claim->line = line;
    claim->value = line->number;
    claim->title = line->number_known
                       ? bw_arena_printf(bw_tables_arena(t), "interrupt of %s: %s", shown, line_text(t, line))
                       : bw_arena_printf(bw_tables_arena(t), "interrupt of %s", shown);
    bw_claim_put_at(claim,
                    (bw_said){d->node, line->irq.prop, line->irq.own_count ? line->irq.own_offset : line->irq.offset});
    if (line->irq.fault != BW_IRQ_OK || !controller) {
        bw_claim_skip(claim, ref, "its controller cannot be made out");
        return row;
    }
    row.intc = find_intc(t, controller, 0);
    claim = &g_array_index(t->claims->items, bw_claim, *ref);
    if (row.intc < 0) {
        const bw_device *intc = bw_board_device(t->board, controller);

        bw_claim_skip(claim, ref,
                      bw_arena_printf(bw_tables_arena(t),
                                      intc && intc->unavailable ? "the interrupt controller %s is disabled"
                                                                : "there is no driver for the interrupt controller %s",
                                      bw_node_path(t->board->tree, controller)));
    } else if (!line->number_known) {
        bw_claim_skip(claim, ref, "the number in its specifier is not known");
    }
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
    bw_claim *claim = bw_claim_add(t, BW_CLAIM_TIMER_RATE, d->node, name, &row->rate_claim);

    claim->device = d;
    claim->value = row->rate;
    if (row->rate)
        claim->title = bw_arena_printf(bw_tables_arena(t), "timer %s: counts at %s", name, bw_claim_rate(t, row->rate));
    else
        claim->title = bw_arena_printf(bw_tables_arena(t), "timer %s: counts", name);
    if (said.prop)
        bw_claim_put_at(claim, said);
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

/* "timer, virtual": people know the views of Arm's timer by words, not by the order of its interrupts. */
static const char *view_of(const bw_tables *t, const bw_device *d, const char *driver, unsigned which)
{
    static const char *const views[] = {"secure", "physical", "virtual", "hypervisor", "hypervisor's virtual"};
    const char *name = bw_claim_name(d->node, d->label);

    return strcmp(driver, "arm_generic") == 0 && which < G_N_ELEMENTS(views)
               ? bw_arena_printf(bw_tables_arena(t), "%s, %s", name, views[which])
               : name;
}

static void claim_timer(bw_tables *t, const bw_device *d, const char *driver)
{
    const char *name = bw_claim_name(d->node, d->label);
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
            row.line = claim_interrupt(t, d, &d->lines[i], view_of(t, d, driver, row.which), &row.interrupt_claim);
        }
        if (i == 0 && counts)
            claim_rate(t, &row, name);
        else if (row.interrupt_claim == BW_NO_CLAIM)
            continue;
        g_array_append_val(t->timers, row);
    }
}

void bw_claim_timers(bw_tables *t)
{
    for (uint32_t i = 0; i < t->board->device_count; i++) {
        const bw_device *d = &t->board->devices[i];
        bw_driver_match match = bw_driver_of(t->board->tree, d->node, BW_DRIVER_TIMER);

        /* The CPU's own timer has no registers; Zephyr calls the global timer of a Cortex-A9 so. */
        if (match.driver && strcmp(match.driver, "arm_generic") == 0 && d->block_count)
            continue;
        if (!d->unavailable && match.driver && (!d->block_count || bw_reachable_blocks(d, t->limit)))
            claim_timer(t, d, match.driver);
    }
}

/* -- the console -------------------------------------------------------------------------------------- */

static uint32_t baud_of(const bw_board *board, const bw_device *d)
{
    const char *options = board->console->options;
    guint64 baud = options ? g_ascii_strtoull(options, NULL, 10) : 0;

    if (baud > 0 && baud <= UINT32_MAX)
        return (uint32_t)baud;
    return bw_number_of(d->node, "current-speed", 115200);
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

    row->shift = MIN(bw_number_of(d->node, "reg-shift", 0), 8);
    row->io_width = bw_number_of(d->node, "reg-io-width", 0);
    row->baud = baud_of(t->board, d);
    bw_said_clock(t->board, d, &row->clock);
    if (line)
        row->line = claim_interrupt(t, d, line, bw_claim_name(d->node, d->label), &row->interrupt_claim);
}

void bw_claim_console(bw_tables *t)
{
    const bw_choice *choice = t->board->console;
    const bw_device *d = choice && choice->node ? bw_board_device(t->board, choice->node) : NULL;
    bw_console_row *row = &t->console;

    *row = (bw_console_row){.claim = BW_NO_CLAIM, .interrupt_claim = BW_NO_CLAIM, .line = {-1, NULL}};
    if (!d)
        return;
    const char *name = bw_claim_name(d->node, d->label);
    bw_driver_match match = bw_driver_of(t->board->tree, d->node, BW_DRIVER_CONSOLE);
    bw_claim *claim = bw_claim_add(t, BW_CLAIM_CONSOLE, d->node, name, &row->claim);
    claim->device = d;
    claim->title = bw_arena_printf(bw_tables_arena(t), "console %s: the report comes through it", name);
    bw_claim_put_at(claim,
                    d->block_count ? bw_said_row(&d->blocks[0]) : bw_said_compatible(t->board->tree, d->node, 0));
    if (d->unavailable)
        bw_claim_skip(claim, &row->claim, "its status is not okay");
    else if (!match.driver)
        bw_claim_skip(claim, &row->claim,
                      bw_arena_printf(bw_tables_arena(t), "there is no driver for %s",
                                      d->compatible ? d->compatible : "a device without compatible"));
    else if (d->block_count && bw_reachable_blocks(d, t->limit) == 0)
        bw_claim_skip(claim, &row->claim, "it has no address that the CPU reaches");
    if (claim->skip)
        return;
    row->device = d;
    row->driver = match.driver;
    fill_console(t, d);
}
