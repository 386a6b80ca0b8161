/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, the CPU, and what support.yml says as it is. */
#include "systems/cheriot/from_tree.h"

#define TICK_RATE 100U

/* -- clocks and CPU ------------------------------------------------------------------------------- */

static void put_rate(bw_cheriot_maker *m, const bw_prop *prop, uint64_t rate)
{
    bw_json *value = bw_json_new_number(m->arena, (double)rate, NULL);

    if (m->tree->from_source)
        bw_json_locate(value, bw_cheriot_span_place(m, bw_prop_value_span(prop)));
    bw_cheriot_put(m, "timer_hz", (bw_place){0}, value);
}

/* The rate of the timer; without one there is no member, and the checks say so. */
static void put_timer(bw_cheriot_maker *m)
{
    const bw_cpu *cpu = m->board->cpu_count ? &m->board->cpus[0] : NULL;
    const bw_node *cpus = bw_node_child(m->tree->root, m->tree->unit->n->cpus);
    const bw_prop *base = cpus ? bw_node_prop_text(cpus, "timebase-frequency") : NULL;
    const bw_prop *clock = cpu ? bw_node_prop(cpu->node, m->tree->unit->n->clock_frequency) : NULL;
    uint64_t base_rate;
    uint64_t clock_rate;

    if (!base && cpu)
        base = bw_node_prop_text(cpu->node, "timebase-frequency");
    bool base_known = base && bw_prop_u64(base, &base_rate) == BW_STATE_OK;
    bool clock_known = clock && bw_prop_u64(clock, &clock_rate) == BW_STATE_OK;
    if (base_known && clock_known && base_rate != clock_rate)
        bw_findings_add(m->findings, BW_CODE_cheriot_timer_rate, bw_cheriot_span_place(m, bw_prop_value_span(clock)),
                        "the CPU runs at %" G_GUINT64_FORMAT " Hz, but the timer counts %" G_GUINT64_FORMAT
                        " Hz: CHERIoT takes a count of the timer for a cycle",
                        clock_rate, base_rate);
    if (base_known)
        put_rate(m, base, base_rate);
    else if (clock_known)
        put_rate(m, clock, clock_rate);
}

static void put_cpu(bw_cheriot_maker *m)
{
    const bw_cpu *cpu = m->board->cpu_count ? &m->board->cpus[0] : NULL;
    const bw_yaml *said = bw_cheriot_say(m, "cpu");

    if (said)
        bw_cheriot_put(m, "cpu", (bw_place){0}, bw_cheriot_said_text(m, said));
    else if (cpu && cpu->compatible && strcmp(cpu->compatible, "lowrisc,ibex") == 0)
        bw_cheriot_put(m, "cpu", (bw_place){0}, bw_json_new_text(m->arena, "cheriot-ibex"));
}

void bw_cheriot_put_clocks(bw_cheriot_maker *m)
{
    const bw_yaml *said = bw_cheriot_say(m, "tick-rate");
    uint64_t rate = TICK_RATE;

    put_timer(m);
    if (bw_yaml_to_rate(said, &rate))
        bw_cheriot_put(m, "tickrate_hz", (bw_place){0}, bw_cheriot_said_number(m, rate, said));
    else
        bw_cheriot_put(m, "tickrate_hz", (bw_place){0}, bw_json_new_number(m->arena, TICK_RATE, NULL));
    put_cpu(m);
}

/* -- as it is ------------------------------------------------------------------------------------- */

static void put_bool(bw_cheriot_maker *m, const char *key, const char *member)
{
    const bw_yaml *said = bw_cheriot_say(m, key);
    bool truth;

    if (!bw_yaml_to_bool(said, &truth))
        return;
    bw_json *value = bw_json_new_bool(m->arena, truth);
    bw_json_locate(value, bw_yaml_place(said));
    bw_cheriot_put(m, member, (bw_place){0}, value);
}

/* A text, or a list of texts. */
static void put_words(bw_cheriot_maker *m, const char *key, const char *member)
{
    const bw_yaml *said = bw_cheriot_say(m, key);

    if (!said)
        return;
    if (said->kind == BW_YAML_SCALAR) {
        bw_cheriot_put(m, member, (bw_place){0}, bw_cheriot_said_text(m, said));
        return;
    }
    const bw_json **items = bw_arena_array(m->arena, const bw_json *, said->count);
    for (uint32_t i = 0; i < said->count; i++)
        items[i] = bw_cheriot_said_text(m, said->items[i]);
    bw_json *list = bw_json_new_array(m->arena, items, said->count);
    bw_json_locate(list, bw_yaml_place(said));
    bw_cheriot_put(m, member, (bw_place){0}, list);
}

static bool has_device(const bw_cheriot_maker *m, const char *name, bw_place *place)
{
    for (guint i = 0; i < m->members->len; i++) {
        const bw_json_member *member = &g_array_index(m->members, bw_json_member, i);
        const bw_json_member *device =
            strcmp(member->name, "devices") == 0 ? bw_json_member_of(member->value, name) : NULL;

        if (device) {
            *place = device->place;
            return true;
        }
    }
    return false;
}

/* What it is without a word of support.yml: the devices say it. */
static void put_revoker(bw_cheriot_maker *m)
{
    const bw_yaml *said = bw_cheriot_say(m, "revoker");
    bw_place place;

    if (said) {
        if (strcmp(said->text, "none") != 0)
            bw_cheriot_put(m, "revoker", (bw_place){0}, bw_cheriot_said_text(m, said));
    } else if (has_device(m, "revoker", &place)) {
        bw_json *value = bw_json_new_text(m->arena, "hardware");

        bw_json_locate(value, place);
        bw_cheriot_put(m, "revoker", (bw_place){0}, value);
    } else if (!m->failed) {
        bw_finding *f = bw_findings_add(m->findings, BW_CODE_cheriot_no_revoker,
                                        m->section ? bw_yaml_place(m->section) : bw_file_place(m->tree->path),
                                        "nothing says how freed memory is revoked: this board has no temporal safety");
        bw_finding_cure(f, "write revoker: hardware, software or none");
    }
}

void bw_cheriot_put_section(bw_cheriot_maker *m)
{
    put_revoker(m);
    put_bool(m, "stack-high-water-mark", "stack_high_water_mark");
    put_bool(m, "simulation", "simulation");
    put_words(m, "defines", "defines");
    put_words(m, "cxflags", "cxflags");
    put_words(m, "driver-includes", "driver_includes");
    put_words(m, "run-command", "run_command");
}

/* -- board: --------------------------------------------------------------------------------------- */

static bool is_null(const bw_yaml *value)
{
    return value->kind == BW_YAML_SCALAR && value->plain && strcmp(value->text, "null") == 0;
}

/* JSON's words without quotes are what they are in JSON, hexadecimal numbers too; all else is text. */
static bw_json *json_of_scalar(bw_cheriot_maker *m, const bw_yaml *value)
{
    char *end = NULL;

    if (!value->plain)
        return bw_json_new_text(m->arena, value->text);
    if (strcmp(value->text, "true") == 0 || strcmp(value->text, "false") == 0)
        return bw_json_new_bool(m->arena, value->text[0] == 't');
    if (g_ascii_isdigit(value->text[0]) || (value->text[0] == '-' && g_ascii_isdigit(value->text[1]))) {
        double number = g_ascii_strtod(value->text, &end);

        if (*end == '\0')
            return bw_json_new_number(m->arena, number, value->text);
    }
    return bw_json_new_text(m->arena, value->text);
}

static const bw_json *merged(bw_cheriot_maker *m, const bw_json *base, const bw_yaml *more);

static const bw_json *merged_map(bw_cheriot_maker *m, const bw_json *base, const bw_yaml *more)
{
    uint32_t base_count = base && base->kind == BW_JSON_OBJECT ? base->count : 0;
    bw_json_member *members = bw_arena_array(m->arena, bw_json_member, base_count + more->count);
    GHashTable *places = g_hash_table_new(g_str_hash, g_str_equal); /* name to index, counted from 1 */
    uint32_t count = 0;

    for (; count < base_count; count++) {
        members[count] = base->members[count];
        g_hash_table_insert(places, (gpointer)(uintptr_t)members[count].name, GUINT_TO_POINTER(count + 1));
    }
    for (uint32_t i = 0; i < more->count; i++) {
        const bw_yaml *key = more->entries[i].key;
        const bw_yaml *value = more->entries[i].value;
        uint32_t at = GPOINTER_TO_UINT(g_hash_table_lookup(places, key->text));

        if (!at && is_null(value))
            continue;
        bw_json_member *member = at ? &members[at - 1] : &members[count++];
        *member =
            (bw_json_member){key->text, bw_yaml_place(key), is_null(value) ? NULL : merged(m, member->value, value)};
    }
    g_hash_table_unref(places);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (members[i].value)
            members[kept++] = members[i];
    bw_json *object = bw_json_new_object(m->arena, members, kept);
    bw_json_locate(object, bw_yaml_place(more));
    return object;
}

static const bw_json *merged(bw_cheriot_maker *m, const bw_json *base, const bw_yaml *more)
{
    bw_json *value;

    if (more->kind == BW_YAML_MAP)
        return merged_map(m, base, more);
    if (more->kind == BW_YAML_LIST) {
        const bw_json **items = bw_arena_array(m->arena, const bw_json *, more->count);

        for (uint32_t i = 0; i < more->count; i++)
            items[i] = merged(m, NULL, more->items[i]);
        value = bw_json_new_array(m->arena, items, more->count);
    } else {
        value = json_of_scalar(m, more);
    }
    bw_json_locate(value, bw_yaml_place(more));
    return value;
}

const bw_json *bw_cheriot_merge(bw_cheriot_maker *m, const bw_json *document, const bw_yaml *more)
{
    return more && more->kind == BW_YAML_MAP ? merged_map(m, document, more) : document;
}
