/* SPDX-License-Identifier: Apache-2.0 */
/*
 * board.h: what the devicetree says of the board, as constants for C, C++ and assembly.
 */
#include "systems/bare/bare.h"
#include "systems/bare/place.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

typedef struct header {
    GString *out;
    const bw_board *board;
    const bw_bare_names *names;
    GHashTable *taken;      /* macros so far */
    bw_bare_macros *macros; /* to be filled, or NULL */
    char *last;             /* the macro that was defined last, or NULL */
} header;

/* -- constants ---------------------------------------------------------------------------------- */

/* What a macro says, of which node, and which of several. */
typedef struct macro_key {
    const bw_node *node;
    bw_bare_fact fact;
    uint32_t index;
} macro_key;

struct bw_bare_macros {
    GHashTable *by_key; /* macro_key to char * */
};

static guint hash_key(gconstpointer data)
{
    const macro_key *key = data;

    return g_direct_hash(key->node) * 31 + (guint)key->fact * 7 + key->index;
}

static gboolean equal_keys(gconstpointer x, gconstpointer y)
{
    const macro_key *a = x, *b = y;

    return a->node == b->node && a->fact == b->fact && a->index == b->index;
}

/* The constant that was defined last says this. The first name of a fact is the one to keep. */
static void says(header *h, const bw_node *node, bw_bare_fact fact, uint32_t index)
{
    macro_key key = {node, fact, index};

    if (!h->macros || !h->last || g_hash_table_contains(h->macros->by_key, &key))
        return;
    g_hash_table_insert(h->macros->by_key, g_memdup2(&key, sizeof key), g_strdup(h->last));
}

/* "#define BOARD_<name> <value>"; a name that is there already gets a number. */
static void define(header *h, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void define(header *h, const char *name, const char *format, ...)
{
    char *wanted = g_strconcat("BOARD_", name, NULL);
    char *macro = bw_bare_unique(h->taken, wanted);
    va_list ap;

    g_string_append_printf(h->out, "#define %-40s ", macro);
    va_start(ap, format);
    g_string_append_vprintf(h->out, format, ap);
    va_end(ap);
    g_string_append_c(h->out, '\n');
    g_free(h->last);
    h->last = macro;
    g_free(wanted);
}

/* An address or size; the suffix that C needs is none for an assembler. */
static void define_address(header *h, const char *name, uint64_t value)
{
    if (value > UINT32_MAX)
        define(h, name, "BOARD_ULL(0x%" PRIx64 ")", value);
    else
        define(h, name, "BOARD_UL(0x%08" PRIx64 ")", value);
}

static void define_size(header *h, const char *name, uint64_t value)
{
    define_address(h, name, value);
    g_string_truncate(h->out, h->out->len - 1);
    g_string_append(h->out, " /* ");
    bw_text_size(h->out, value);
    g_string_append(h->out, " */\n");
}

static void define_rate(header *h, const char *name, uint64_t hertz)
{
    define(h, name, hertz > UINT32_MAX ? "BOARD_ULL(%" PRIu64 ") /* Hz */" : "BOARD_UL(%" PRIu64 ") /* Hz */", hertz);
}

/* "UART0" + "IRQ" + what tells it from others: "UART0_IRQ_RX", "UART0_IRQ_1", "UART0_IRQ". Freed by the caller. */
static char *compound(const char *owner, const char *what, const char *name, uint32_t index)
{
    GString *out = g_string_new(owner);

    if (*what)
        g_string_append_printf(out, "_%s", what);
    if (name && *name) {
        g_string_append_c(out, '_');
        bw_bare_identifier(out, name);
    } else if (index > 0) {
        g_string_append_printf(out, "_%u", index);
    }
    return g_string_free(out, FALSE);
}

static void define_block_part(header *h, const char *name, const char *part, uint64_t value, bool is_size)
{
    char *full = g_strdup_printf("%s_%s", name, part);

    if (is_size)
        define_size(h, full, value);
    else
        define_address(h, full, value);
    g_free(full);
}

/* -- comments ----------------------------------------------------------------------------------- */

static void section(header *h, const char *title)
{
    g_string_append_printf(
        h->out, "\n/* ---- %s %.*s */\n", title, (int)(90 - strlen(title)),
        "--------------------------------------------------------------------------------------------");
}

/* "/soc/uart@1000: ns16550a, board.dts:12". What follows is up to the caller, then end_comment(). */
static void begin_comment(header *h, const char *path, const char *compatible, bw_span span)
{
    gsize before;

    g_string_append(h->out, "\n/* ");
    bw_text_comment(h->out, path);
    if (compatible) {
        g_string_append(h->out, ": ");
        bw_text_comment(h->out, compatible);
    }
    before = h->out->len;
    g_string_append(h->out, " (");
    bw_bare_place(h->out, h->board, span);
    if (h->out->len == before + 2)
        g_string_truncate(h->out, before);
    else
        g_string_append_c(h->out, ')');
}

static void end_comment(header *h)
{
    g_string_append(h->out, " */\n");
}

static void say_status(header *h, const bw_node *node, const bw_node *unavailable)
{
    if (!unavailable)
        return;
    if (unavailable == node) {
        g_string_append_printf(h->out, "; %s", bw_status_name(bw_node_status(h->board->tree, node)));
    } else {
        g_string_append(h->out, "; out of reach, because its bus is disabled: ");
        bw_text_comment(h->out, bw_node_path(h->board->tree, unavailable));
    }
}

/* -- sections ----------------------------------------------------------------------------------- */

static void write_identity(header *h)
{
    const bw_board *b = h->board;

    section(h, "board");
    if (b->model) {
        g_string_append_printf(h->out, "#define %-40s ", "BOARD_MODEL");
        bw_text_string(h->out, b->model);
        g_string_append_c(h->out, '\n');
    }
    if (b->compatible_count) {
        g_string_append_printf(h->out, "#define %-40s ", "BOARD_COMPATIBLE");
        bw_text_string(h->out, b->compatible[0]);
        g_string_append_c(h->out, '\n');
    }
    define(h, "CPU_COUNT", "%u", bw_arch_cpu_count(b));
}

static void write_cpus(header *h)
{
    if (h->board->cpu_count)
        section(h, "CPUs");
    for (uint32_t i = 0; i < h->board->cpu_count; i++) {
        const bw_cpu *cpu = &h->board->cpus[i];
        const char *name = bw_bare_name(h->names, cpu->node);
        char *id = compound(name, "ID", NULL, 0);
        char *clock = compound(name, "CLOCK_FREQUENCY", NULL, 0);

        begin_comment(h, cpu->path, cpu->compatible, bw_node_span(cpu->node));
        say_status(h, cpu->node, cpu->unavailable);
        end_comment(h);
        if (cpu->number_known) {
            define_address(h, id, cpu->number);
            says(h, cpu->node, BW_BARE_CPU_ID, 0);
        }
        if (cpu->frequency) {
            define_rate(h, clock, cpu->frequency);
            says(h, cpu->node, BW_BARE_RATE, 0);
        }
        g_free(id);
        g_free(clock);
    }
}

/* Blocks of one node stand together in the list of memories only if they are neighbours, so they are
 * counted by what came before. */
static uint32_t earlier_blocks(const bw_board *b, uint32_t index)
{
    return b->memories[index].block.offset / MAX(b->memories[index].block.len, 1);
}

static void write_memories(header *h)
{
    if (h->board->memory_count)
        section(h, "memory");
    for (uint32_t i = 0; i < h->board->memory_count; i++) {
        const bw_memory *m = &h->board->memories[i];
        char *name = compound(bw_bare_name(h->names, m->node), "", m->block.name, earlier_blocks(h->board, i));

        begin_comment(h, m->path, bw_memory_kind_name(m->kind), bw_node_span(m->node));
        say_status(h, m->node, m->unavailable);
        end_comment(h);
        define_block_part(h, name, "BASE", m->block.address, false);
        says(h, m->node, BW_BARE_BASE, earlier_blocks(h->board, i));
        define_block_part(h, name, "SIZE", m->block.size, true);
        says(h, m->node, BW_BARE_SIZE, earlier_blocks(h->board, i));
        g_free(name);
    }
}

static void write_reserved(header *h)
{
    if (h->board->reserved_count)
        section(h, "reserved memory");
    for (uint32_t i = 0, reserve = 0; i < h->board->reserved_count; i++) {
        const bw_reserved *r = &h->board->reserved[i];
        uint32_t index = r->node && r->block.len ? r->block.offset / r->block.len : r->node ? 0 : reserve++;
        char *name = r->node ? compound(bw_bare_name(h->names, r->node), "", r->block.name, index)
                             : compound("MEMRESERVE", "", NULL, index);

        begin_comment(h, r->node ? r->path : "/memreserve/", r->compatible,
                      r->node ? bw_node_span(r->node) : bw_span_token(r->memreserve->loc));
        if (!r->is_static)
            g_string_append(h->out, "; its address is chosen at run time");
        if (r->no_map)
            g_string_append(h->out, "; no-map");
        if (r->reusable)
            g_string_append(h->out, "; reusable");
        if (r->node)
            say_status(h, r->node, r->unavailable);
        end_comment(h);
        if (r->is_static) {
            define_block_part(h, name, "BASE", r->address, false);
            says(h, r->node, BW_BARE_BASE, index);
        }
        define_block_part(h, name, "SIZE", r->size, true);
        says(h, r->node, BW_BARE_SIZE, index);
        g_free(name);
    }
}

static void write_blocks(header *h, const bw_device *d, const char *owner)
{
    for (uint32_t i = 0; i < d->block_count; i++) {
        const bw_block *block = &d->blocks[i];
        char *name = compound(owner, "", i ? block->name : NULL, i);
        char *called = i == 0 && block->name ? compound(owner, "", block->name, 0) : NULL;

        for (int again = 0; again < (called ? 2 : 1); again++) {
            const char *n = again ? called : name;

            if (block->mapped) {
                define_block_part(h, n, "BASE", block->address, false);
                says(h, d->node, BW_BARE_BASE, i);
            } else if (!block->bus_address.wide && block->bus_address.cells) {
                define_block_part(h, n, "ADDRESS", block->bus_address.value, false);
            }
            if (block->has_size) {
                define_block_part(h, n, "SIZE", block->size, true);
                says(h, d->node, BW_BARE_SIZE, i);
            }
        }
        g_free(name);
        g_free(called);
    }
}

static void say_line(header *h, const bw_line *line)
{
    const char *trigger = bw_trigger_name(line->trigger);

    g_string_truncate(h->out, h->out->len - 1);
    g_string_append(h->out, " /* ");
    if (line->kind)
        g_string_append_printf(h->out, "%s %u, ", line->kind, (unsigned)line->kind_number);
    if (*trigger)
        g_string_append_printf(h->out, "%s, ", trigger);
    g_string_append(h->out, "of ");
    bw_text_comment(h->out, bw_node_path(h->board->tree, line->irq.controller));
    g_string_append(h->out, " */\n");
}

static void write_line(header *h, const bw_line *line, const char *name)
{
    if (line->number_known) {
        define(h, name, "%u", (unsigned)line->number);
        says(h, line->irq.consumer, BW_BARE_IRQ, line->irq.index);
        say_line(h, line);
    } else if (line->irq.fault == BW_IRQ_OK && line->irq.count) {
        GString *cells = g_string_new(NULL);
        char *full = g_strconcat(name, "_CELLS", NULL);

        for (uint32_t i = 0; i < line->irq.count; i++)
            g_string_append_printf(cells, "%s0x%x", i ? ", " : "", line->irq.cells[i]);
        define(h, full, "%s", cells->str);
        say_line(h, line);
        g_string_free(cells, TRUE);
        g_free(full);
    }
    if (line->number_known && line->priority_known) {
        char *priority = g_strconcat(name, "_PRIORITY", NULL);

        define(h, priority, "%u", (unsigned)line->priority);
        g_free(priority);
    }
}

static void write_lines(header *h, const bw_device *d, const char *owner)
{
    for (uint32_t i = 0; i < d->line_count; i++) {
        const bw_line *line = &d->lines[i];
        char *name = compound(owner, "IRQ", i ? line->name : NULL, i);

        write_line(h, line, name);
        if (i == 0 && line->name && d->line_count > 1) {
            char *called = compound(owner, "IRQ", line->name, 0);
            write_line(h, line, called);
            g_free(called);
        }
        g_free(name);
    }
}

static void write_clocks(header *h, const bw_device *d, const char *owner)
{
    if (d->own_rate) {
        char *name = compound(owner, "CLOCK_FREQUENCY", NULL, 0);
        define_rate(h, name, d->own_rate);
        says(h, d->node, BW_BARE_RATE, 0);
        g_free(name);
    }
    for (uint32_t i = 0; i < d->clock_count; i++) {
        const bw_clock *clock = &d->clocks[i];
        char *name = compound(owner, "CLOCK", clock->name, i);

        if (clock->rate_known) {
            char *rate = g_strconcat(name, "_RATE", NULL);
            define_rate(h, rate, clock->rate);
            g_free(rate);
        }
        if (clock->spec.fault == BW_SPEC_OK && clock->spec.provider && clock->spec.arg_count == 1 &&
            clock->spec.args_known) {
            char *id = g_strconcat(name, "_ID", NULL);
            define(h, id, "%u", (unsigned)bw_spec_arg(&clock->spec, 0));
            g_string_truncate(h->out, h->out->len - 1);
            g_string_append(h->out, " /* of ");
            bw_text_comment(h->out, bw_node_path(h->board->tree, clock->spec.provider));
            g_string_append(h->out, " */\n");
            g_free(id);
        }
        g_free(name);
    }
}

static void write_devices(header *h)
{
    if (h->board->device_count)
        section(h, "devices, with their interrupts and clocks");
    for (uint32_t i = 0; i < h->board->device_count; i++) {
        const bw_device *d = &h->board->devices[i];
        const char *name = bw_bare_name(h->names, d->node);

        if (d->is_bus && !d->block_count && !d->line_count && !d->clock_count)
            continue; /* nothing to program */
        char *enabled = compound(name, "ENABLED", NULL, 0);

        begin_comment(h, d->path, d->compatible, bw_node_span(d->node));
        say_status(h, d->node, d->unavailable);
        end_comment(h);
        define(h, enabled, "%d", !d->unavailable);
        write_blocks(h, d, name);
        write_lines(h, d, name);
        write_clocks(h, d, name);
        g_free(enabled);
    }
}

static void write_partition(header *h, const bw_partition *p)
{
    const char *name = bw_bare_name(h->names, p->node);

    begin_comment(h, p->path, NULL, bw_node_span(p->node));
    if (p->read_only)
        g_string_append(h->out, "; read-only");
    say_status(h, p->node, p->unavailable);
    end_comment(h);
    if (!p->known)
        return;
    define_block_part(h, name, "OFFSET", p->offset, false);
    define_block_part(h, name, "SIZE", p->size, true);
    says(h, p->node, BW_BARE_SIZE, 0);
    if (p->mapped) {
        define_block_part(h, name, "BASE", p->address, false);
        says(h, p->node, BW_BARE_BASE, 0);
    }
}

static bool is_memory(const bw_board *b, const bw_node *node)
{
    for (uint32_t i = 0; i < b->memory_count; i++)
        if (b->memories[i].node == node)
            return true;
    return false;
}

static void write_flashes(header *h)
{
    if (h->board->flash_count)
        section(h, "flash and its partitions");
    for (uint32_t i = 0; i < h->board->flash_count; i++) {
        const bw_flash *flash = &h->board->flashes[i];
        const char *name = bw_bare_name(h->names, flash->node);

        begin_comment(h, flash->path, flash->compatible, bw_node_span(flash->node));
        say_status(h, flash->node, flash->unavailable);
        end_comment(h);
        if (flash->mapped && !is_memory(h->board, flash->node))
            define_block_part(h, name, "BASE", flash->address, false);
        if (flash->size_known && !is_memory(h->board, flash->node))
            define_block_part(h, name, "SIZE", flash->size, true);
        if (flash->erase_block)
            define_block_part(h, name, "ERASE_BLOCK_SIZE", flash->erase_block, true);
        if (flash->write_block)
            define_block_part(h, name, "WRITE_BLOCK_SIZE", flash->write_block, true);
        for (uint32_t j = 0; j < flash->partition_count; j++)
            write_partition(h, &flash->partitions[j]);
    }
}

/* "BOARD_ALIAS_SERIAL0_BASE" for what an alias or /chosen names. */
static void write_choice(header *h, const char *prefix, const bw_choice *choice)
{
    const bw_device *d = choice->node ? bw_board_device(h->board, choice->node) : NULL;
    GString *name = g_string_new(prefix);

    bw_bare_identifier(name, choice->name);
    bool has_base = d && d->block_count && d->blocks[0].mapped;
    bool has_irq = d && d->line_count && d->lines[0].number_known;
    if (has_base || has_irq) {
        g_string_append(h->out, "\n/* ");
        bw_text_comment(h->out, choice->name);
        g_string_append(h->out, " is ");
        bw_text_comment(h->out, d->path);
        end_comment(h);
    }
    if (has_base) {
        char *base = g_strdup_printf("%s_BASE", name->str);
        define_address(h, base, d->blocks[0].address);
        g_free(base);
    }
    if (has_irq) {
        char *irq = g_strdup_printf("%s_IRQ", name->str);
        define(h, irq, "%u", (unsigned)d->lines[0].number);
        g_free(irq);
    }
    g_string_free(name, TRUE);
}

static void write_choices(header *h)
{
    const bw_board *b = h->board;

    if (b->alias_count || b->chosen_count)
        section(h, "aliases and /chosen");
    for (uint32_t i = 0; i < b->alias_count; i++)
        write_choice(h, "ALIAS_", &b->aliases[i]);
    for (uint32_t i = 0; i < b->chosen_count; i++)
        write_choice(h, "CHOSEN_", &b->chosen[i]);
    if (b->console) {
        bw_choice console = *b->console;

        console.name = "console";
        write_choice(h, "", &console);
    }
}

static const char head[] = "#ifndef BOARD_H\n"
                           "#define BOARD_H\n"
                           "\n"
                           "/* Numbers for C, C++ and, without the suffixes that it does not know, the assembler. */\n"
                           "#ifdef __ASSEMBLER__\n"
                           "#define BOARD_UL(number)  number\n"
                           "#define BOARD_ULL(number) number\n"
                           "#else\n"
                           "#define BOARD_UL(number)  number##UL\n"
                           "#define BOARD_ULL(number) number##ULL\n"
                           "#endif\n";

static GString *write_header(const bw_board *board, const bw_bare_names *names, bw_bare_macros *macros)
{
    header h = {.out = g_string_new(NULL), .board = board, .names = names, .macros = macros};
    static const char *const own[] = {"BOARD_H", "BOARD_UL", "BOARD_ULL", "BOARD_MODEL", "BOARD_COMPATIBLE"};

    h.taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        g_free(bw_bare_unique(h.taken, own[i]));
    g_string_append(h.out, "/* ");
    bw_text_comment(h.out, board->model ? board->model : "A board");
    g_string_append(h.out, ": memory, devices, interrupts and clocks.\n"
                           " * Made by boardwright from the devicetree; change that, and build again. */\n");
    g_string_append(h.out, head);
    write_identity(&h);
    write_cpus(&h);
    write_memories(&h);
    write_reserved(&h);
    write_devices(&h);
    write_flashes(&h);
    write_choices(&h);
    g_string_append(h.out, "\n#endif\n");
    g_hash_table_unref(h.taken);
    g_free(h.last);
    return h.out;
}

GString *bw_bare_header(const bw_board *board, const bw_bare_names *names)
{
    return write_header(board, names, NULL);
}

bw_bare_macros *bw_bare_macros_new(const bw_board *board, const bw_bare_names *names)
{
    bw_bare_macros *macros = g_new0(bw_bare_macros, 1);

    macros->by_key = g_hash_table_new_full(hash_key, equal_keys, g_free, g_free);
    g_string_free(write_header(board, names, macros), TRUE);
    return macros;
}

void bw_bare_macros_free(bw_bare_macros *macros)
{
    g_hash_table_unref(macros->by_key);
    g_free(macros);
}

const char *bw_bare_macro(const bw_bare_macros *macros, const bw_node *node, bw_bare_fact fact, uint32_t index)
{
    macro_key key = {node, fact, index};

    return g_hash_table_lookup(macros->by_key, &key);
}
