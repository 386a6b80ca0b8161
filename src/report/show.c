/* SPDX-License-Identifier: Apache-2.0 */
#include "report/show_parts.h"

#include "tree/strings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* More interrupts than these are counted in the table. */
#define LINES_SHOWN 3U

static void heading(bw_showing *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void heading(bw_showing *s, const char *format, ...)
{
    va_list ap;
    char text[256];

    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    bw_buffer_byte(s->out, '\n');
    bw_buffer_printf(s->out, s->options->style.color ? "\033[1m%s\033[0m\n" : "%s\n", text);
}

bw_table *bw_showing_table(bw_showing *s, const char *columns)
{
    return bw_table_new(s->arena, columns);
}

void bw_showing_put(bw_showing *s, const bw_table *t)
{
    bw_table_put(t, s->out, 2, s->width, s->options->style.utf8);
}

const char *bw_showing_range(const bw_showing *s, uint64_t address, uint64_t size)
{
    if (size == 0)
        return bw_arena_printf(s->arena, "0x%0*" PRIx64, s->address_digits, address);
    return bw_arena_printf(s->arena, "0x%0*" PRIx64 "%s0x%0*" PRIx64, s->address_digits, address, s->dash,
                           s->address_digits, address + (size - 1));
}

static bool shown(const bw_showing *s, const bw_node *unavailable)
{
    return s->options->all || !unavailable;
}

const char *bw_showing_status(const bw_showing *s, const bw_node *node, const bw_node *unavailable)
{
    if (!unavailable)
        return "";
    const char *word = bw_status_name(bw_node_status(s->tree, unavailable));
    if (unavailable == node)
        return word;
    return bw_arena_printf(s->arena, "%s with %s", word, unavailable->name->text);
}

const char *bw_showing_name(const bw_node *node)
{
    const bw_label *label = bw_live_label(node->labels);

    return label ? label->name->text : node->name->text;
}

/* "uart0 (serial@9000000)", or the node's name alone. */
static const char *long_name(const bw_showing *s, const bw_node *node, const char *label)
{
    return label ? bw_arena_printf(s->arena, "%s (%s)", label, node->name->text) : node->name->text;
}

/* ---- interrupts ---- */

const bw_node *bw_main_controller(const bw_board *board)
{
    const bw_node *best = NULL;
    uint32_t votes = 0;

    /* Majority vote: one pass, no table. */
    for (uint32_t i = 0; i < board->device_count; i++)
        for (uint32_t k = 0; k < board->devices[i].line_count; k++) {
            const bw_node *controller = board->devices[i].lines[k].irq.controller;

            if (!controller)
                continue;
            if (votes == 0)
                best = controller;
            votes = controller == best ? votes + 1 : votes - 1;
        }
    return best;
}

char *bw_line_words(const bw_board *board, const bw_line *line, const bw_node *main_controller)
{
    bw_arena *arena = &board->tree->unit->arena;
    const bw_node *controller = line->irq.controller;
    const char *lead = "";

    if (line->irq.fault == BW_IRQ_EMPTY)
        return bw_arena_strdup(arena, "-");
    if (!controller)
        return bw_arena_strdup(arena, "?");
    if (controller != main_controller)
        lead = bw_arena_printf(arena, "%s: ", bw_showing_name(controller));
    if (line->kind)
        return bw_arena_printf(arena, "%s%s %u", lead, line->kind, line->kind_number);
    if (line->number_known)
        return bw_arena_printf(arena, "%s%u", lead, line->number);
    GString *cells = g_string_new(lead);
    for (uint32_t i = 0; i < line->irq.count; i++)
        g_string_append_printf(cells, "%s%u", i ? " " : "<", line->irq.cells[i]);
    g_string_append_c(cells, '>');
    char *text = bw_arena_strdup(arena, cells->str);
    g_string_free(cells, TRUE);
    return text;
}

static const char *lines_words(const bw_showing *s, const bw_device *d)
{
    GString *text = g_string_new(NULL);

    for (uint32_t i = 0; i < d->line_count && i < LINES_SHOWN; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", bw_line_words(s->board, &d->lines[i], s->controller));
    if (d->line_count > LINES_SHOWN)
        g_string_append_printf(text, " +%u", d->line_count - LINES_SHOWN);
    const char *copy = bw_arena_strdup(s->arena, text->str);
    g_string_free(text, TRUE);
    return copy;
}

/* ---- sections ---- */

static void show_identity(bw_showing *s, const bw_target *target)
{
    const bw_board *b = s->board;
    const char *title = target->full_name ? target->full_name : b->model;
    bw_table *t = bw_showing_table(s, "ll");

    if (!title)
        title = b->compatible_count ? b->compatible[0] : target->name;
    bw_buffer_printf(s->out, s->options->style.color ? "\033[1m%s\033[0m\n" : "%s\n",
                     bw_clean_text(s->arena, title, 0));
    if (target->board) {
        bw_table_add(t, "target");
        bw_table_add(t, "%s", target->name);
    }
    if (b->compatible_count) {
        GString *list = g_string_new(NULL);

        for (uint32_t i = 0; i < b->compatible_count; i++)
            g_string_append_printf(list, "%s%s", i ? ", " : "", b->compatible[i]);
        bw_table_add(t, "compatible");
        bw_table_add(t, "%s", list->str);
        g_string_free(list, TRUE);
    }
    bw_table_add(t, "read from");
    bw_table_add(t, "%s, %u node%s", target->path, b->node_count, b->node_count == 1 ? "" : "s");
    if (b->console) {
        bw_table_add(t, "console");
        bw_table_add(t, "%s%s%s (%s)", long_name(s, b->console->node, NULL), b->console->options ? ", " : "",
                     b->console->options ? b->console->options : "", b->console->name);
    }
    bw_showing_put(s, t);
}

/* CPUs that differ in nothing but their number are one line. */
static bool same_cpu(const bw_cpu *a, const bw_cpu *b)
{
    return g_strcmp0(a->compatible, b->compatible) == 0 && g_strcmp0(a->enable_method, b->enable_method) == 0 &&
           g_strcmp0(a->isa, b->isa) == 0 && a->frequency == b->frequency && !a->unavailable == !b->unavailable;
}

static void show_cpus(bw_showing *s)
{
    const bw_board *b = s->board;
    bw_table *t = bw_showing_table(s, "rllll");

    if (b->cpu_count == 0)
        return;
    heading(s, "CPUs (%u)", b->cpu_count);
    for (uint32_t i = 0; i < b->cpu_count;) {
        const bw_cpu *cpu = &b->cpus[i];
        uint32_t n = 1;

        while (i + n < b->cpu_count && same_cpu(cpu, &b->cpus[i + n]))
            n++;
        bw_table_add(t, "%u %s", n, s->times);
        bw_table_add(t, "%s", cpu->compatible ? cpu->compatible : cpu->node->name->text);
        bw_table_add(t, "%s", cpu->frequency ? bw_rate_words(s->arena, cpu->frequency) : "");
        bw_table_add(t, "%s", cpu->isa ? cpu->isa : "");
        bw_table_add(t, "%s%s", cpu->enable_method ? "started by " : "", cpu->enable_method ? cpu->enable_method : "");
        i += n;
    }
    bw_showing_put(s, t);
}

static void show_memories(bw_showing *s)
{
    const bw_board *b = s->board;
    bw_table *t = bw_showing_table(s, "lrlll");
    uint64_t ram = 0;
    uint32_t count = 0;

    for (uint32_t i = 0; i < b->memory_count; i++) {
        const bw_memory *m = &b->memories[i];

        if (!shown(s, m->unavailable))
            continue;
        bw_table_add(t, "%s", bw_showing_range(s, m->block.address, m->block.size));
        bw_table_add(t, "%s", m->block.size ? bw_size_words(s->arena, m->block.size) : "size 0");
        bw_table_add(t, "%s", bw_memory_kind_name(m->kind));
        bw_table_add(t, "%s", long_name(s, m->node, m->label));
        bw_table_add(t, "%s", bw_showing_status(s, m->node, m->unavailable));
        ram += m->kind == BW_MEMORY_RAM && !m->unavailable ? m->block.size : 0;
        count++;
    }
    if (count || b->cpu_count) {
        if (ram)
            heading(s, "Memory (%s of RAM)", bw_size_about(s->arena, ram));
        else
            heading(s, "Memory");
        bw_showing_put(s, t);
        if (count == 0)
            bw_buffer_text(s->out, "  none is described; boot firmware often adds it\n");
    }
}

static const char *reserved_words(const bw_showing *s, const bw_reserved *r)
{
    GString *text = g_string_new(r->no_map ? "not mapped" : r->reusable ? "reusable" : "");

    if (!r->is_static && r->alignment)
        g_string_append_printf(text, "%saligned to %s", text->len ? ", " : "", bw_size_words(s->arena, r->alignment));
    const char *copy = bw_arena_strdup(s->arena, text->str);
    g_string_free(text, TRUE);
    return copy;
}

static void show_reserved(bw_showing *s)
{
    const bw_board *b = s->board;
    bw_table *t = bw_showing_table(s, "lrlll");
    uint32_t count = 0;

    for (uint32_t i = 0; i < b->reserved_count; i++) {
        const bw_reserved *r = &b->reserved[i];

        if (!shown(s, r->unavailable))
            continue;
        bw_table_add(t, "%s", r->is_static ? bw_showing_range(s, r->address, r->size) : "placed at run time");
        bw_table_add(t, "%s", r->size ? bw_size_words(s->arena, r->size) : "size 0");
        bw_table_add(t, "%s", r->node ? long_name(s, r->node, r->label) : r->name);
        bw_table_add(t, "%s", reserved_words(s, r));
        bw_table_add(t, "%s", r->node ? bw_showing_status(s, r->node, r->unavailable) : "");
        count++;
    }
    if (count) {
        heading(s, "Reserved memory");
        bw_showing_put(s, t);
    }
}

static void show_partitions(bw_showing *s, const bw_flash *f)
{
    bw_table *t = bw_showing_table(s, "lrlll");

    for (uint32_t i = 0; i < f->partition_count; i++) {
        const bw_partition *p = &f->partitions[i];

        if (!shown(s, p->unavailable))
            continue;
        bw_table_add(t, "%*s%s", (int)p->depth * 2, "", p->known ? bw_showing_range(s, p->offset, p->size) : "?");
        bw_table_add(t, "%s", p->known ? bw_size_words(s->arena, p->size) : "?");
        bw_table_add(t, "%s", p->name);
        bw_table_add(t, "%s",
                     p->mapped && f->address ? bw_arena_printf(s->arena, "at %s", bw_showing_range(s, p->address, 0))
                                             : "");
        bw_table_add(t, "%s", p->read_only ? "read only" : "");
    }
    bw_table_put(t, s->out, 4, s->width, s->options->style.utf8);
}

static void show_flashes(bw_showing *s)
{
    const bw_board *b = s->board;
    bool any = false;

    for (uint32_t i = 0; i < b->flash_count; i++) {
        const bw_flash *f = &b->flashes[i];
        bw_table *t = bw_showing_table(s, "l");

        if (!shown(s, f->unavailable))
            continue;
        if (!any)
            heading(s, "Flash");
        any = true;
        GString *line = g_string_new(long_name(s, f->node, f->label));
        if (f->compatible)
            g_string_append_printf(line, ", %s", f->compatible);
        if (f->size_known)
            g_string_append_printf(line, ", %s", bw_size_words(s->arena, f->size));
        if (f->mapped)
            g_string_append_printf(line, ", read at %s", bw_showing_range(s, f->address, f->size_known ? f->size : 0));
        if (f->erase_block)
            g_string_append_printf(line, ", erased by %s", bw_size_words(s->arena, f->erase_block));
        if (f->unavailable)
            g_string_append_printf(line, ", %s", bw_showing_status(s, f->node, f->unavailable));
        bw_table_add(t, "%s", line->str);
        g_string_free(line, TRUE);
        bw_table_put(t, s->out, 2, s->width, s->options->style.utf8);
        show_partitions(s, f);
    }
}

static void add_status_columns(const bw_showing *s, bw_table *t, const bw_device *d)
{
    bw_table_add(t, "%s", d->compatible ? d->compatible : "");
    bw_table_add(t, "%s", lines_words(s, d));
    bw_table_add(t, "%s", bw_showing_status(s, d->node, d->unavailable));
}

/* ---- devices in the address space ---- */

/* Fewer devices that follow each other in equal steps are not worth a summary. */
#define RUN_MIN 4U

static bool same_kind(const bw_device *a, const bw_device *b)
{
    return !a->label && !b->label && a->block_count == 1 && b->block_count == 1 && b->mapped && a->compatible &&
           b->compatible && strcmp(a->compatible, b->compatible) == 0 && a->blocks[0].size == b->blocks[0].size &&
           a->line_count == b->line_count && a->unavailable == b->unavailable;
}

/* How many devices from @p first on differ in nothing but their place (QEMU's 32 virtio slots). */
static uint32_t run_length(const bw_showing *s, uint32_t first)
{
    const bw_device *d = &s->board->devices[first];
    uint32_t left = s->board->device_count - first;
    uint32_t n = 1;

    if (s->options->each)
        return 1;
    while (n < left && same_kind(d, &d[n]) &&
           d[n].blocks[0].address - d[n - 1].blocks[0].address == d[1].blocks[0].address - d[0].blocks[0].address)
        n++;
    return n < RUN_MIN ? 1 : n;
}

static void add_run(const bw_showing *s, bw_table *t, const bw_device *d, uint32_t n)
{
    const bw_device *last = &d[n - 1];

    bw_table_add(t, "0x%0*" PRIx64, s->address_digits, d->blocks[0].address);
    bw_table_add(t, "%u %s %s", n, s->times, bw_size_words(s->arena, d->blocks[0].size));
    bw_table_add(t, "%s %s %s", d->node->name->text, s->dots, bw_name_unit(last->node->name));
    bw_table_add(t, "%s", d->compatible);
    if (d->line_count)
        bw_table_add(t, "%s %s %s", bw_line_words(s->board, &d->lines[0], s->controller), s->dots,
                     bw_line_words(s->board, &last->lines[0], s->controller));
    else
        bw_table_add(t, "%s", "");
    bw_table_add(t, "%s", bw_showing_status(s, d->node, d->unavailable));
}

/* A device as the first of its blocks; the others follow on their own lines, without its name. */
static void add_mapped(const bw_showing *s, bw_table *t, const bw_device *d)
{
    for (uint32_t k = 0; k < d->block_count; k++) {
        const bw_block *block = &d->blocks[k];

        if (!block->mapped)
            continue;
        bw_table_add(t, "0x%0*" PRIx64, s->address_digits, block->address);
        bw_table_add(t, "%s", bw_size_words(s->arena, block->size));
        if (k == 0) {
            bw_table_add(t, "%s", long_name(s, d->node, d->label));
            add_status_columns(s, t, d);
            continue;
        }
        bw_table_add(t, "%s%s", block->name ? "  " : "", block->name ? block->name : "");
        for (int c = 0; c < 3; c++)
            bw_table_add(t, "%s", "");
    }
}

static void show_mapped(bw_showing *s)
{
    static const char *const headings[] = {"address", "size", "device", "compatible", "interrupts"};
    const bw_board *b = s->board;
    bw_table *t = bw_showing_table(s, "lrllll");
    uint32_t count = 0;

    for (uint32_t i = 0; i < sizeof headings / sizeof *headings; i++)
        bw_table_add(t, "%s", headings[i]);
    bw_table_add(t, "%s", s->options->all ? "status" : "");
    for (uint32_t i = 0, n; i < b->device_count; i += n) {
        const bw_device *d = &b->devices[i];

        n = 1;
        if (!d->mapped || !shown(s, d->unavailable))
            continue;
        n = run_length(s, i);
        count += n;
        if (n > 1)
            add_run(s, t, d, n);
        else
            add_mapped(s, t, d);
    }
    if (count) {
        heading(s, "Devices in the address space (%u)", count);
        bw_showing_put(s, t);
    }
}

static const char *bus_address(const bw_showing *s, const bw_device *d)
{
    if (d->block_count == 0)
        return "";
    return bw_arena_printf(s->arena, "0x%" PRIx64, d->blocks[0].bus_address.value);
}

static void show_others(bw_showing *s)
{
    const bw_board *b = s->board;
    bw_table *on_bus = bw_showing_table(s, "llllll");
    bw_table *alone = bw_showing_table(s, "lllll");
    uint32_t on_bus_count = 0, alone_count = 0;

    for (uint32_t i = 0; i < b->device_count; i++) {
        const bw_device *d = &b->devices[i];

        if (d->mapped || !shown(s, d->unavailable))
            continue;
        if (d->block_count) {
            on_bus_count++;
            bw_table_add(on_bus, "%s", bw_showing_name(d->node->parent));
            bw_table_add(on_bus, "%s", bus_address(s, d));
            bw_table_add(on_bus, "%s", long_name(s, d->node, d->label));
            add_status_columns(s, on_bus, d);
        } else {
            alone_count++;
            bw_table_add(alone, "%s", long_name(s, d->node, d->label));
            bw_table_add(alone, "%s", d->own_rate && d->is_clock ? bw_rate_words(s->arena, d->own_rate) : "");
            add_status_columns(s, alone, d);
        }
    }
    if (on_bus_count) {
        heading(s, "Devices on other buses (%u)", on_bus_count);
        bw_showing_put(s, on_bus);
    }
    if (alone_count) {
        heading(s, "Without an address (%u)", alone_count);
        bw_showing_put(s, alone);
    }
}

static void show_hidden(bw_showing *s)
{
    uint32_t hidden = 0;

    for (uint32_t i = 0; i < s->board->device_count; i++)
        hidden += s->board->devices[i].unavailable != NULL;
    if (s->tree->has_unknown)
        bw_buffer_text(s->out, "\nA file to be included is missing: what depends on it is not shown.\n");
    if (hidden && !s->options->all)
        bw_buffer_printf(s->out, "\n%u more %s disabled: --all shows %s too.\n", hidden,
                         hidden == 1 ? "device is" : "devices are", hidden == 1 ? "it" : "them");
}

static int digits_for(const bw_board *b)
{
    uint64_t highest = 0;
    int digits = 8;

    for (uint32_t i = 0; i < b->memory_count; i++)
        highest |= b->memories[i].block.address + b->memories[i].block.size;
    for (uint32_t i = 0; i < b->device_count; i++)
        for (uint32_t k = 0; k < b->devices[i].block_count; k++)
            highest |= b->devices[i].blocks[k].address + b->devices[i].blocks[k].size;
    while (digits < 16 && highest >> (4 * digits))
        digits += 2;
    return digits;
}

bw_showing bw_showing_begin(const bw_board *board, const bw_show_options *options, bw_buffer *out)
{
    bw_showing s = {
        .board = board, .tree = board->tree, .arena = &board->tree->unit->arena, .options = options, .out = out};

    s.controller = bw_main_controller(board);
    s.dash = options->style.utf8 ? "–" : "-";
    s.dots = options->style.utf8 ? "…" : "...";
    s.times = options->style.utf8 ? "×" : "x";
    s.width = options->style.width;
    s.address_digits = digits_for(board);
    return s;
}

void bw_show_text(const bw_board *board, const bw_target *target, const bw_show_options *options, bw_buffer *out)
{
    bw_showing s = bw_showing_begin(board, options, out);

    show_identity(&s, target);
    show_cpus(&s);
    show_memories(&s);
    show_reserved(&s);
    show_flashes(&s);
    show_mapped(&s);
    show_others(&s);
    show_hidden(&s);
}
