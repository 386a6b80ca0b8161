/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claims.c for the probe: the tables of probe/probe.h as C. Addresses, sizes, interrupt numbers and CPU numbers are
 * macros of the board.h beside it; a number stands only where that header has none.
 */
#include "boot/tables.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

typedef struct writer {
    GString *out;
    const bw_tables *t;
    bw_bare_macros *macros;
    GHashTable *blocks; /* devices whose tables of blocks are written */
    GString *ids;       /* names of the tables of identification registers that are written */
} writer;

#define ROW(array, type, i) (&g_array_index((array), type, (i)))

static unsigned number_of(bw_claim_ref ref)
{
    return ref == BW_NO_CLAIM ? 0 : (unsigned)ref + 1;
}

static void put_number(writer *w, const char *field, uint64_t value)
{
    if (value)
        g_string_append_printf(w->out, value > UINT32_MAX ? ", .%s = 0x%" PRIx64 "ULL" : ", .%s = %" PRIu64 "U", field,
                               value);
}

static void put_claim(writer *w, const char *field, bw_claim_ref ref)
{
    if (ref != BW_NO_CLAIM)
        g_string_append_printf(w->out, ", .%s = %u", field, number_of(ref));
}

/* A macro of board.h, else the number itself. */
static void put_value(writer *w, const bw_node *node, bw_bare_fact fact, uint32_t index, uint64_t value)
{
    const char *macro = bw_bare_macro(w->macros, node, fact, index);

    if (macro)
        g_string_append(w->out, macro);
    else
        g_string_append_printf(w->out, value > UINT32_MAX ? "0x%" PRIx64 "ULL" : "0x%" PRIx64 "UL", value);
}

static void put_fact(writer *w, const char *field, const bw_node *node, bw_bare_fact fact, uint32_t index,
                     uint64_t value)
{
    g_string_append_printf(w->out, ", .%s = ", field);
    put_value(w, node, fact, index, value);
}

static void begin_row(writer *w, const char *name)
{
    g_string_append(w->out, "    {.name = ");
    bw_text_string(w->out, name);
}

static const char *name_of(const bw_device *d)
{
    return d->label ? d->label : d->node->name->text;
}

/* An array of C has at least one element. */
static void begin_table(writer *w, const char *type, const char *name)
{
    g_string_append_printf(w->out, "\nconst struct %s %s[] = {\n", type, name);
}

static void end_table(writer *w, const char *count_name, guint count)
{
    if (count == 0)
        g_string_append(w->out, "    {0},\n");
    g_string_append_printf(w->out, "};\nconst unsigned %s = %u;\n", count_name, count);
}

/* -- CPUs and memory ---------------------------------------------------------------------------------- */

static void write_cpus(writer *w)
{
    begin_table(w, "probe_cpu", "probe_cpus");
    for (guint i = 0; i < w->t->cpus->len; i++) {
        const bw_cpu_row *row = ROW(w->t->cpus, bw_cpu_row, i);

        begin_row(w, row->cpu->label ? row->cpu->label : row->cpu->node->name->text);
        put_claim(w, "claim", row->claim);
        put_claim(w, "kind_claim", row->kind_claim);
        if (row->cpu->number_known)
            put_fact(w, "id", row->cpu->node, BW_BARE_CPU_ID, 0, row->cpu->number);
        if (row->part)
            g_string_append_printf(w->out, ", .part = 0x%03x", row->part);
        if (row->isa)
            g_string_append_printf(w->out, ", .isa = 0x%x", row->isa);
        g_string_append_printf(w->out, ", .xlen = %u", row->xlen);
        put_number(w, "release", row->release);
        g_string_append(w->out, "},\n");
    }
    end_table(w, "probe_cpu_count", w->t->cpus->len);
    g_string_append_printf(w->out, "const enum probe_psci probe_psci = PROBE_PSCI_%s;\n", w->t->psci);
}

static void write_memories(writer *w)
{
    begin_table(w, "probe_memory", "probe_memories");
    for (guint i = 0; i < w->t->memories->len; i++) {
        const bw_memory_row *row = ROW(w->t->memories, bw_memory_row, i);

        begin_row(w, row->name);
        put_claim(w, "claim", row->claim);
        put_claim(w, "end_claim", row->end_claim);
        put_claim(w, "start_claim", row->start_claim);
        g_string_append_printf(w->out, ", .kind = %s", row->ram ? "PROBE_RAM" : "PROBE_ROM");
        put_fact(w, "base", row->node, BW_BARE_BASE, row->index, row->base);
        put_fact(w, "size", row->node, BW_BARE_SIZE, row->index, row->size);
        put_number(w, "cfi", row->cfi);
        g_string_append(w->out, "},\n");
    }
    end_table(w, "probe_memory_count", w->t->memories->len);
}

static void write_holes(writer *w)
{
    begin_table(w, "probe_hole", "probe_holes");
    for (guint i = 0; i < w->t->holes->len; i++) {
        const bw_hole_row *row = ROW(w->t->holes, bw_hole_row, i);

        g_string_append(w->out, "    {.base = ");
        put_value(w, row->node, BW_BARE_BASE, row->index, row->base);
        put_fact(w, "size", row->node, BW_BARE_SIZE, row->index, row->size);
        g_string_append(w->out, "},\n");
    }
    end_table(w, "probe_hole_count", w->t->holes->len);
}

/* -- devices ------------------------------------------------------------------------------------------ */

/* Called by the node's name in board.h: a device and the interrupt controller that it is share their blocks. */
static void put_blocks_name(writer *w, const bw_device *d)
{
    char *lower = g_ascii_strdown(bw_bare_name(w->t->names, d->node), -1);

    g_string_append_printf(w->out, "blocks_%s", lower);
    g_free(lower);
}

static void write_blocks(writer *w, const bw_device *d, uint32_t count)
{
    if (!g_hash_table_add(w->blocks, (gpointer)(uintptr_t)d))
        return;
    g_string_append(w->out, "static const struct probe_block ");
    put_blocks_name(w, d);
    g_string_append(w->out, "[] = {\n");
    for (uint32_t i = 0; i < count; i++) {
        g_string_append(w->out, "    {");
        put_value(w, d->node, BW_BARE_BASE, i, d->blocks[i].address);
        g_string_append(w->out, ", ");
        put_value(w, d->node, BW_BARE_SIZE, i, d->blocks[i].size);
        g_string_append(w->out, "},\n");
    }
    g_string_append(w->out, "};\n");
}

static void put_blocks(writer *w, const bw_device *d, uint32_t count)
{
    g_string_append(w->out, ", .blocks = ");
    put_blocks_name(w, d);
    g_string_append_printf(w->out, ", .block_count = %u", count);
}

/* The registers lie at the end of the block: devices of one kind and one size share a table. */
static uint64_t ids_end(const bw_device_row *row)
{
    return row->ids.is_primecell ? row->device->blocks[0].size : 0;
}

static char *ids_name(const bw_device_row *row)
{
    GString *name = g_string_new("ids_");

    for (const char *p = row->ids.compatible; *p; p++)
        g_string_append_c(name, g_ascii_isalnum(*p) ? *p : '_');
    if (row->ids.is_primecell)
        g_string_append_printf(name, "_%" PRIx64, ids_end(row));
    return g_string_free(name, FALSE);
}

static void write_id(writer *w, uint32_t block, uint64_t offset, uint32_t mask, uint32_t value)
{
    g_string_append_printf(w->out, "    {%u, 0x%03" PRIx64 ", 0x%x, 0x%x},\n", block, offset, mask, value);
}

/* PID0, PID1 (its upper half is the designer's), CID0 to CID3: Arm PrimeCell technical reference manuals. */
static void write_primecell(writer *w, uint64_t end, uint32_t part)
{
    static const uint8_t cid[] = {0x0d, 0xf0, 0x05, 0xb1};

    write_id(w, 0, end - 0x20, 0xff, part & 0xff);
    write_id(w, 0, end - 0x1c, 0x0f, part >> 8 & 0x0f);
    for (unsigned i = 0; i < sizeof cid; i++)
        write_id(w, 0, end - 0x10 + 4 * i, 0xff, cid[i]);
}

static uint32_t id_count(const bw_device_row *row)
{
    return row->ids.id_count + (row->ids.is_primecell ? 6 : 0);
}

static void write_ids(writer *w, const bw_device_row *row)
{
    char *name = ids_name(row);
    char *known = g_strdup_printf(" %s ", name);

    if (!strstr(w->ids->str, known)) {
        g_string_append(w->ids, known);
        g_string_append_printf(w->out, "static const struct probe_id %s[] = {\n", name);
        if (row->ids.is_primecell)
            write_primecell(w, ids_end(row), row->ids.part);
        for (uint32_t i = 0; i < row->ids.id_count; i++)
            write_id(w, row->ids.ids[i].block, row->ids.ids[i].offset, row->ids.ids[i].mask, row->ids.ids[i].value);
        g_string_append(w->out, "};\n");
    }
    g_free(known);
    g_free(name);
}

/* Whether @p b, @p distance rows behind @p a, differs from it in its address and its claims' numbers alone. */
static bool is_like(const bw_device_row *a, const bw_device_row *b, guint distance, uint64_t step, int claim_step)
{
    const bw_device *x = a->device;
    const bw_device *y = b->device;
    size_t len = x->node->name->base_len;

    if (x->block_count != 1 || y->block_count != 1 || !x->compatible || !y->compatible ||
        strcmp(x->compatible, y->compatible) != 0 || y->node->name->base_len != len ||
        strncmp(x->node->name->text, y->node->name->text, len) != 0)
        return false;
    return x->blocks[0].size == y->blocks[0].size && y->blocks[0].address - x->blocks[0].address == step * distance &&
           a->ids.compatible == b->ids.compatible && (a->id_claim == BW_NO_CLAIM) == (b->id_claim == BW_NO_CLAIM) &&
           b->claim - a->claim == claim_step * (int)distance &&
           (a->id_claim == BW_NO_CLAIM || b->id_claim - a->id_claim == claim_step * (int)distance);
}

/* How many rows from @p first on can share one: some machines have 32 of a kind. */
static guint run_of(const GArray *devices, guint first)
{
    const bw_device_row *a = ROW(devices, bw_device_row, first);
    guint count = 1;

    if (first + 1 >= devices->len)
        return 1;
    const bw_device_row *second = ROW(devices, bw_device_row, first + 1);
    if (second->device->block_count != 1 || a->device->block_count != 1)
        return 1;
    uint64_t step = second->device->blocks[0].address - a->device->blocks[0].address;
    while (first + count < devices->len &&
           is_like(a, ROW(devices, bw_device_row, first + count), count, step, second->claim - a->claim))
        count++;
    return count;
}

static void write_device(writer *w, guint i, guint run)
{
    const bw_device_row *row = ROW(w->t->devices, bw_device_row, i);
    char *base = g_strndup(row->device->node->name->text, row->device->node->name->base_len);

    begin_row(w, run > 1 ? base : name_of(row->device));
    put_claim(w, "claim", row->claim);
    put_blocks(w, row->device, row->block_count);
    if (row->id_claim != BW_NO_CLAIM) {
        char *name = ids_name(row);

        put_claim(w, "id_claim", row->id_claim);
        g_string_append_printf(w->out, ", .ids = %s, .id_count = %u", name, id_count(row));
        g_free(name);
    }
    if (run > 1) {
        const bw_device_row *next = row + 1;

        g_string_append_printf(w->out, ",\n     .repeat = %u, .claim_step = %d, .step = ", run,
                               next->claim - row->claim);
        put_value(w, next->device->node, BW_BARE_BASE, 0, next->device->blocks[0].address);
        g_string_append(w->out, " - ");
        put_value(w, row->device->node, BW_BARE_BASE, 0, row->device->blocks[0].address);
    }
    g_string_append(w->out, "},\n");
    g_free(base);
}

static void write_devices(writer *w)
{
    const GArray *devices = w->t->devices;
    guint rows = 0;

    g_string_append_c(w->out, '\n');
    for (guint i = 0; i < devices->len; i += run_of(devices, i)) {
        const bw_device_row *row = ROW(devices, bw_device_row, i);

        write_blocks(w, row->device, row->block_count);
        if (row->id_claim != BW_NO_CLAIM)
            write_ids(w, row);
    }
    begin_table(w, "probe_device", "probe_devices");
    for (guint i = 0; i < devices->len; i += run_of(devices, i), rows++)
        write_device(w, i, run_of(devices, i));
    end_table(w, "probe_device_count", rows);
}

/* -- interrupt controllers ---------------------------------------------------------------------------- */

static const bw_cpu *cpu_of(const bw_board *board, const bw_node *node)
{
    for (uint32_t i = 0; node && i < board->cpu_count; i++)
        if (board->cpus[i].node == node)
            return &board->cpus[i];
    return NULL;
}

static void write_output(writer *w, const bw_cpu *cpu, bool known, uint32_t number)
{
    g_string_append(w->out, "    {");
    if (cpu && cpu->number_known)
        put_value(w, cpu->node, BW_BARE_CPU_ID, 0, cpu->number);
    else
        g_string_append(w->out, "UINT64_MAX");
    g_string_append_printf(w->out, ", 0x%xU},\n", known ? number : UINT32_MAX);
}

/* Where a controller reports to: its interrupts, or, of a CPU's own, that CPU. @return how many. */
static uint32_t write_outputs(writer *w, guint number, const bw_device *d)
{
    const bw_cpu *own = cpu_of(w->t->board, d->node->parent);
    uint32_t count = own ? 1 : d->line_count;

    if (count == 0)
        return 0;
    g_string_append_printf(w->out, "static const struct probe_output intc%u_outputs[] = {\n", number);
    if (own)
        write_output(w, own, false, 0);
    for (uint32_t i = 0; !own && i < count; i++) {
        const bw_line *line = &d->lines[i];
        const bw_node *to = line->irq.fault == BW_IRQ_OK ? line->irq.controller : NULL;

        write_output(w, to ? cpu_of(w->t->board, to->parent) : NULL, line->number_known, line->number);
    }
    g_string_append(w->out, "};\n");
    return count;
}

static void write_drivers(writer *w)
{
    static const char *const structs[] = {"console", "timer", "intc"};

    g_string_append_c(w->out, '\n');
    for (guint i = 0; i < w->t->claims->drivers->len; i++) {
        const char *file = w->t->claims->drivers->pdata[i];
        const char *name = strrchr(file, '/') + 1;
        int len = (int)strcspn(name, ".");

        for (size_t k = 0; k < G_N_ELEMENTS(structs); k++)
            if (g_str_has_prefix(name, structs[k]))
                g_string_append_printf(w->out, "extern const struct probe_%s_driver probe_%.*s;\n", structs[k], len,
                                       name);
    }
}

static void write_intcs(writer *w)
{
    const GArray *intcs = w->t->intcs;
    uint32_t *outputs = g_new0(uint32_t, intcs->len + 1);

    for (guint i = 0; i < intcs->len; i++) {
        const bw_intc_row *row = ROW(intcs, bw_intc_row, i);

        if (row->device->block_count)
            write_blocks(w, row->device, bw_reachable_blocks(row->device, w->t->limit));
        outputs[i] = write_outputs(w, i, row->device);
    }
    begin_table(w, "probe_intc", "probe_intcs");
    for (guint i = 0; i < intcs->len; i++) {
        const bw_intc_row *row = ROW(intcs, bw_intc_row, i);

        begin_row(w, name_of(row->device));
        g_string_append_printf(w->out, ", .driver = &probe_intc_%s", row->driver);
        if (row->device->block_count)
            put_blocks(w, row->device, bw_reachable_blocks(row->device, w->t->limit));
        put_number(w, "sources", row->sources);
        if (outputs[i])
            g_string_append_printf(w->out, ", .outputs = intc%u_outputs, .output_count = %u", i, outputs[i]);
        if (row->parent >= 0)
            g_string_append_printf(w->out, ", .parent = &probe_intcs[%d]", row->parent);
        g_string_append(w->out, "},\n");
    }
    end_table(w, "probe_intc_count", intcs->len);
    g_free(outputs);
}

/* -- timers and console ------------------------------------------------------------------------------- */

static void put_line(writer *w, const bw_line_row *row)
{
    if (row->intc < 0 || !row->line || !row->line->number_known)
        return;
    g_string_append_printf(w->out, ", .line = {.controller = &probe_intcs[%d], .number = ", row->intc);
    put_value(w, row->line->irq.consumer, BW_BARE_IRQ, row->line->irq.index, row->line->number);
    if (row->line->trigger == BW_TRIGGER_RISING || row->line->trigger == BW_TRIGGER_FALLING ||
        row->line->trigger == BW_TRIGGER_BOTH)
        g_string_append(w->out, ", .edge = true");
    g_string_append_c(w->out, '}');
}

static void put_block(writer *w, const bw_device *d)
{
    if (!bw_reachable_blocks(d, w->t->limit))
        return;
    put_fact(w, "base", d->node, BW_BARE_BASE, 0, d->blocks[0].address);
    put_fact(w, "size", d->node, BW_BARE_SIZE, 0, d->blocks[0].size);
}

static void write_timers(writer *w)
{
    const GArray *timers = w->t->timers;

    begin_table(w, "probe_timer", "probe_timers");
    for (guint i = 0; i < timers->len; i++) {
        const bw_timer_row *row = ROW(timers, bw_timer_row, i);

        begin_row(w, name_of(row->device));
        put_claim(w, "rate_claim", row->rate_claim);
        put_claim(w, "interrupt_claim", row->interrupt_claim);
        g_string_append_printf(w->out, ", .driver = &probe_timer_%s", row->driver);
        put_block(w, row->device);
        if (bw_reachable_blocks(row->device, w->t->limit) > 1)
            put_fact(w, "second", row->device->node, BW_BARE_BASE, 1, row->device->blocks[1].address);
        put_number(w, "rate", row->rate);
        put_number(w, "which", row->which);
        put_line(w, &row->line);
        g_string_append(w->out, "},\n");
    }
    end_table(w, "probe_timer_count", timers->len);
}

static void write_console(writer *w)
{
    const bw_console_row *row = &w->t->console;

    g_string_append(w->out, "\nconst struct probe_console probe_console =\n");
    if (!row->device) {
        g_string_append(w->out, "    {.name = \"none\"};\n");
        return;
    }
    begin_row(w, name_of(row->device));
    put_claim(w, "claim", row->claim);
    put_claim(w, "interrupt_claim", row->interrupt_claim);
    g_string_append_printf(w->out, ", .driver = &probe_console_%s", row->driver);
    put_block(w, row->device);
    put_number(w, "shift", row->shift);
    put_number(w, "io_width", row->io_width);
    put_number(w, "clock", row->clock);
    put_number(w, "baud", row->baud);
    put_line(w, &row->line);
    g_string_append(w->out, "};\n");
}

static void write_power(writer *w)
{
    const bw_switch_row *row = &w->t->power;

    g_string_append(w->out, "\nconst struct probe_switch probe_power = {");
    if (row->device) {
        g_string_append(w->out, ".address = ");
        put_value(w, row->device->node, BW_BARE_BASE, 0, row->device->blocks[0].address);
        g_string_append_printf(w->out, " + 0x%x, .width = 4, .value = 0x%x", row->offset, row->value);
    } else {
        g_string_append_c(w->out, '0');
    }
    g_string_append(w->out, "};\n");
}

/* -- together ----------------------------------------------------------------------------------------- */

static void write_plan(writer *w)
{
    const bw_claims *claims = w->t->claims;

    g_string_append(w->out, "/* ");
    bw_text_comment(w->out, w->t->board->model ? w->t->board->model : "A board");
    g_string_append(w->out, ": what its description claims, for the probe to try.\n"
                            " * Made by boardwright boot; addresses come from board.h.\n *\n");
    for (guint i = 0; i < claims->items->len; i++) {
        const bw_claim *claim = &g_array_index(claims->items, bw_claim, i);

        g_string_append_printf(w->out, " * %3u  ", claim->number);
        bw_text_comment(w->out, claim->title);
        if (claim->skip) {
            g_string_append(w->out, " (not tested: ");
            bw_text_comment(w->out, claim->skip);
            g_string_append_c(w->out, ')');
        }
        g_string_append_c(w->out, '\n');
    }
    g_string_append_printf(w->out,
                           " */\n#include \"board.h\"\n#include \"probe.h\"\n\n"
                           "const unsigned probe_claim_count = %u;\n",
                           claims->tested);
}

GString *bw_tables_write(const bw_tables *tables)
{
    writer w = {.out = g_string_new(NULL), .t = tables, .ids = g_string_new(" ")};

    w.blocks = g_hash_table_new(NULL, NULL);
    w.macros = bw_bare_macros_new(tables->board, tables->names);
    write_plan(&w);
    write_drivers(&w);
    write_cpus(&w);
    write_memories(&w);
    write_holes(&w);
    write_devices(&w);
    write_intcs(&w);
    write_timers(&w);
    write_console(&w);
    write_power(&w);
    bw_bare_macros_free(w.macros);
    g_hash_table_unref(w.blocks);
    g_string_free(w.ids, TRUE);
    return w.out;
}
