/* SPDX-License-Identifier: Apache-2.0 */
/* The side facts: `cheriot:` of support.yml. Only what its keys can say just so; the rest is found by comparison. */
#include "systems/cheriot/to_tree.h"

#include "json/make.h"
#include "json/write.h"

#include <inttypes.h>
#include <string.h>

/* A text in quotes, as YAML reads it. */
static void quote(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            g_string_append_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            g_string_append_printf(out, "\\x%02x", c);
        else
            g_string_append_c(out, (char)c);
    }
    g_string_append_c(out, '"');
}

static void put_text(GString *out, const char *key, const bw_json *value)
{
    if (!value || value->kind != BW_JSON_STRING)
        return;
    g_string_append_printf(out, "  %s: ", key);
    quote(out, value->text);
    g_string_append_c(out, '\n');
}

static void put_bool(GString *out, const char *key, const bw_json *value)
{
    if (value && (value->kind == BW_JSON_TRUE || value->kind == BW_JSON_FALSE))
        g_string_append_printf(out, "  %s: %s\n", key, value->kind == BW_JSON_TRUE ? "true" : "false");
}

static void put_list(GString *out, const char *key, const bw_json *value)
{
    const char *separator = "";

    if (!value || value->kind != BW_JSON_ARRAY)
        return;
    for (uint32_t i = 0; i < value->count; i++)
        if (value->items[i]->kind != BW_JSON_STRING)
            return;
    g_string_append_printf(out, "  %s: [", key);
    for (uint32_t i = 0; i < value->count; i++) {
        g_string_append(out, separator);
        quote(out, value->items[i]->text);
        separator = ", ";
    }
    g_string_append(out, "]\n");
}

/* Options of the compiler: a text that a shell can take apart, or a list. */
static void put_words(GString *out, const char *key, const bw_json *value)
{
    char **words = NULL;

    if (value && value->kind == BW_JSON_STRING && g_shell_parse_argv(value->text, NULL, &words, NULL))
        put_text(out, key, value);
    else
        put_list(out, key, value);
    g_strfreev(words);
}

static void put_revoker(GString *out, const bw_cheriot_board *board)
{
    const bw_json *value = board->revoker_value;
    const char *kind = board->revoker == BW_CHERIOT_NO_REVOKER ? "none" : NULL;

    if (value && value->kind == BW_JSON_STRING &&
        (strcmp(value->text, "software") == 0 || strcmp(value->text, "hardware") == 0))
        kind = value->text;
    if (kind)
        g_string_append_printf(out, "  revoker: %s\n", kind);
}

static void put_heap(GString *out, const bw_cheriot_board *board)
{
    const bw_cheriot_extent *memory = bw_cheriot_rw_memory(board);

    if (board->heap_start.known && board->heap_end.known && board->heap_end.value == memory->past &&
        board->heap_start.value < memory->past)
        g_string_append_printf(out, "  heap-size: 0x%" PRIx64 "\n", memory->past - board->heap_start.value);
}

static void put_interrupts(bw_cheriot_treemaker *m, GString *out)
{
    const bw_cheriot_board *board = m->board;

    if (!board->interrupts_value)
        return;
    for (uint32_t i = 0; i < board->interrupt_count; i++)
        if (!m->placed[i].there)
            return;
    g_string_append(out, board->interrupt_count ? "  interrupts:\n" : "  interrupts: []\n");
    for (uint32_t i = 0; i < board->interrupt_count; i++) {
        const bw_json *edge = board->interrupts[i].edge_value;

        g_string_append(out, "    - {name: ");
        quote(out, board->interrupts[i].name);
        g_string_append_printf(out, ", device: %s", m->placed[i].label);
        if (m->placed[i].index)
            g_string_append_printf(out, ", index: %u", m->placed[i].index);
        if (edge && (edge->kind == BW_JSON_TRUE || edge->kind == BW_JSON_FALSE))
            g_string_append_printf(out, ", edge-triggered: %s", edge->kind == BW_JSON_TRUE ? "true" : "false");
        g_string_append(out, "}\n");
    }
}

GString *bw_cheriot_tree_section(bw_cheriot_treemaker *m)
{
    const bw_cheriot_board *board = m->board;
    const bw_json *cpu = bw_json_get(board->document, "cpu");
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "  target: %s/%s\n", m->tree->name, m->tree->soc);
    put_revoker(out, board);
    if (board->tickrate_hz.known)
        g_string_append_printf(out, "  tick-rate: %" PRIu64 " Hz\n", board->tickrate_hz.value);
    put_heap(out, board);
    put_bool(out, "stack-high-water-mark", bw_json_get(board->document, "stack_high_water_mark"));
    put_bool(out, "simulation", bw_json_get(board->document, "simulation"));
    put_text(out, "run-command", board->run_command_value);
    if (cpu && cpu->kind == BW_JSON_STRING && strcmp(cpu->text, "cheriot-ibex") != 0)
        put_text(out, "cpu", cpu);
    put_list(out, "defines", board->defines.value);
    put_words(out, "cxflags", board->cxflags.value);
    put_list(out, "driver-includes", board->driver_includes.value);
    put_interrupts(m, out);
    return out;
}

/* -- what is left over ---------------------------------------------------------------------------- */

static bool same(const bw_json *a, const bw_json *b);

/* Members by name. */
static GHashTable *table_of(const bw_json *object)
{
    GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);

    for (uint32_t i = 0; i < object->count; i++)
        g_hash_table_insert(table, (gpointer)(uintptr_t)object->members[i].name,
                            (gpointer)(uintptr_t)object->members[i].value);
    return table;
}

static bool same_members(const bw_json *a, const bw_json *b)
{
    GHashTable *others = table_of(b);
    bool equal = a->count == b->count;

    for (uint32_t i = 0; i < a->count && equal; i++) {
        const bw_json *other = g_hash_table_lookup(others, a->members[i].name);

        equal = other && same(a->members[i].value, other);
    }
    g_hash_table_unref(others);
    return equal;
}

static bool same(const bw_json *a, const bw_json *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == BW_JSON_NUMBER)
        return a->number == b->number;
    if (a->kind == BW_JSON_STRING)
        return strcmp(a->text, b->text) == 0;
    if (a->kind == BW_JSON_OBJECT)
        return same_members(a, b);
    if (a->kind != BW_JSON_ARRAY)
        return true;
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!same(a->items[i], b->items[i]))
            return false;
    return true;
}

const bw_json *bw_cheriot_difference(const bw_json *from, const bw_json *to, bw_arena *arena)
{
    if (same(from, to))
        return NULL;
    if (from->kind != BW_JSON_OBJECT || to->kind != BW_JSON_OBJECT)
        return to;
    bw_json_member *members = bw_arena_array(arena, bw_json_member, from->count + to->count);
    GHashTable *old_ones = table_of(from);
    GHashTable *new_ones = table_of(to);
    uint32_t count = 0;
    for (uint32_t i = 0; i < to->count; i++) {
        const bw_json *old = g_hash_table_lookup(old_ones, to->members[i].name);
        const bw_json *value = old ? bw_cheriot_difference(old, to->members[i].value, arena) : to->members[i].value;

        if (value)
            members[count++] = (bw_json_member){to->members[i].name, {0}, value};
    }
    for (uint32_t i = 0; i < from->count; i++)
        if (!g_hash_table_contains(new_ones, from->members[i].name)) {
            bw_json *none = bw_json_new_bool(arena, false);

            none->kind = BW_JSON_NULL;
            members[count++] = (bw_json_member){bw_arena_strdup(arena, from->members[i].name), {0}, none};
        }
    g_hash_table_unref(old_ones);
    g_hash_table_unref(new_ones);
    return bw_json_new_object(arena, members, count);
}

void bw_cheriot_add_difference(GString *section, const bw_json *difference)
{
    static const bw_json_format format = {.sorted = true, .compact = true};

    g_string_append(section, "  board: # as in the board's own file\n");
    for (uint32_t i = 0; i < difference->count; i++) {
        char *text = bw_json_text_of(difference->members[i].value, &format);

        g_string_append(section, "    ");
        quote(section, difference->members[i].name);
        g_string_append_printf(section, ": %s\n", g_strchomp(text));
        g_free(text);
    }
}
