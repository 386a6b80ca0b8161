/* SPDX-License-Identifier: Apache-2.0 */
#include "report/needs.h"
#include "report/show.h"

#include <inttypes.h>
#include <string.h>

#define OTHERS_SHOWN 3

typedef struct text {
    const bw_needs *needs;
    bw_arena *arena;
    const bw_style *style;
    bw_buffer *out;
} text;

/* The way without arrows that a terminal may not have. */
static const char *chain_words(const text *t, uint32_t node)
{
    const char *chain = bw_clean_text(t->arena, bw_needed_chain(t->needs, node), 0);

    if (t->style->utf8)
        return chain;
    GString *plain = g_string_new(chain);

    g_string_replace(plain, "→", "->", 0);
    const char *copy = bw_arena_strdup(t->arena, plain->str);
    g_string_free(plain, TRUE);
    return copy;
}

static void put_nodes(const text *t, bw_need_class class)
{
    bw_table *table = bw_table_new(t->arena, "lll");

    for (uint32_t i = 0; i < t->needs->count; i++) {
        const bw_needed *needed = &t->needs->nodes[i];

        if (needed->class != class)
            continue;
        bw_table_add(table, "%s", needed->path);
        bw_table_add(table, "%s", needed->seed ? "asked for" : chain_words(t, i));
        bw_table_add(table, "%s", needed->stays ? "stays with the host" : needed->disabled ? "disabled" : "");
    }
    bw_table_put(table, t->out, 2, 0, t->style->utf8);
}

static uint32_t count_of(const bw_needs *needs, bw_need_class class)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < needs->count; i++)
        count += needs->nodes[i].class == class;
    return count;
}

static const char *pieces_words(const text *t, const bw_grant *grant)
{
    GString *words = g_string_new(NULL);

    for (uint32_t i = 0; i < grant->count; i++)
        g_string_append_printf(words, "%s2^%u", i ? " + " : "", grant->bits[i]);
    const char *copy = bw_arena_strdup(t->arena, words->str);
    g_string_free(words, TRUE);
    return copy;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

/* What goes to the guest: an interrupt controller of its own it has, and the rest works without. */
static bool is_handed_out(const bw_needed *needed)
{
    return needed->class == BW_NEED_HARD && !needed->controller && !needed->stays;
}

static void put_grants(const text *t)
{
    bw_table *table = bw_table_new(t->arena, "llll");
    bool any = false;

    for (uint32_t i = 0; i < t->needs->count; i++)
        for (uint32_t k = 0; is_handed_out(&t->needs->nodes[i]) && k < t->needs->nodes[i].grant_count; k++) {
            const bw_needed *needed = &t->needs->nodes[i];
            const bw_grant *grant = &needed->grants[k];

            any = true;
            bw_table_add(table, "0x%" PRIx64 " + 0x%" PRIx64, grant->address, grant->size);
            bw_table_add(table, "%s", pieces_words(t, grant));
            bw_table_add(table, "%s", last_part(needed->path));
            bw_table_add(table, "%s", grant->block->name ? grant->block->name : "");
        }
    if (!any)
        return;
    bw_buffer_text(t->out, "Registers and memory to hand out, in whole pages\n");
    bw_table_put(table, t->out, 2, 0, t->style->utf8);
}

/* An IOMMU has the same line a hundred times. */
static bool was_before(const bw_device *device, uint32_t index)
{
    const bw_line *line = &device->lines[index];

    for (uint32_t i = 0; line->number_known && i < index; i++)
        if (device->lines[i].number_known && device->lines[i].number == line->number &&
            device->lines[i].irq.controller == line->irq.controller)
            return true;
    return false;
}

static void put_interrupts(const text *t)
{
    bw_table *table = bw_table_new(t->arena, "llll");
    const bw_node *controller = bw_main_controller(t->needs->board);
    bool any = false;

    for (uint32_t i = 0; i < t->needs->count; i++) {
        const bw_device *device = t->needs->nodes[i].device;

        for (uint32_t k = 0; device && is_handed_out(&t->needs->nodes[i]) && k < device->line_count; k++) {
            const bw_line *line = &device->lines[k];

            if (was_before(device, k))
                continue;

            any = true;
            bw_table_add(table, "%s", bw_line_words(t->needs->board, line, controller));
            bw_table_add(table, "%s", line->number_known ? bw_arena_printf(t->arena, "%u", line->number) : "");
            bw_table_add(table, "%s", last_part(device->path));
            bw_table_add(table, "%s", line->name ? line->name : "");
        }
    }
    if (!any)
        return;
    bw_buffer_text(t->out, "Interrupts: as written, and as the controller counts\n");
    bw_table_put(table, t->out, 2, 0, t->style->utf8);
}

static void put_others(const text *t)
{
    bool any = false;

    for (uint32_t i = 0; i < t->needs->count; i++) {
        const bw_needed *needed = &t->needs->nodes[i];

        if (!needed->other_count || needed->stays)
            continue;
        if (!any)
            bw_buffer_text(t->out, "Others need these too: they stay with the host, and the guest asks it (a proxy)\n");
        any = true;
        bw_buffer_printf(t->out, "  %s: ", bw_clean_text(t->arena, needed->path, 0));
        for (uint32_t k = 0; k < needed->other_count && k < OTHERS_SHOWN; k++)
            bw_buffer_printf(
                t->out, "%s%s", k ? ", " : "",
                bw_clean_text(t->arena, needed->others[k]->parent ? needed->others[k]->name->text : "/", 0));
        if (needed->other_count > OTHERS_SHOWN)
            bw_buffer_printf(t->out, " and %" PRIu32 " more", needed->other_count - OTHERS_SHOWN);
        bw_buffer_byte(t->out, '\n');
    }
}

static void put_dma(const text *t)
{
    for (uint32_t i = 0; i < t->needs->count; i++) {
        const bw_needed *needed = &t->needs->nodes[i];

        if (needed->dma && needed->device && !needed->device->is_bus && needed->class == BW_NEED_HARD)
            bw_buffer_printf(t->out,
                             "%s reads and writes memory by itself: behind no IOMMU a guest's RAM must lie where it "
                             "believes it does\n",
                             bw_clean_text(t->arena, needed->path, 0));
    }
}

void bw_needs_text(const bw_needs *needs, const bw_style *style, bw_buffer *out)
{
    const text t = {.needs = needs, .arena = &needs->board->tree->unit->arena, .style = style, .out = out};
    static const char *const titles[] = {"Does not work without", "Works with less without",
                                         "Whoever hands it out decides about"};

    for (bw_need_class class = BW_NEED_HARD; class < BW_NEED_NONE; class ++) {
        const uint32_t count = count_of(needs, class);

        if (!count)
            continue;
        bw_buffer_printf(out, "%s (%s, %" PRIu32 ")\n", titles[class], bw_need_class_name(class), count);
        put_nodes(&t, class);
    }
    put_grants(&t);
    put_interrupts(&t);
    put_dma(&t);
    put_others(&t);
    bw_buffer_printf(out, "%" PRIu32 " nodes, %" PRIu32 " of them hard\n", needs->count, needs->hard_count);
}
