/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the device-types package makes of module.exports. Lines of instructions are lodash templates: `<%= NAME %>`,
 * `<%- NAME %>` (HTML escaped) and `${ NAME }` of the shared instructions and three names of the device type. Nothing
 * else than a name is between them in any real file; an expression would have to be computed.
 */
#include "systems/balena/coffee.h"

#include "json/make.h"
#include "systems/balena/coffee_text.h"

#include <string.h>

typedef struct maker {
    bw_unit *unit;
    const bw_json *exports;
    const bw_json *common;
    const char *slug;
    bool failed;
} maker;

/* A member with a value in it: null is what JavaScript calls undefined. */
static const bw_json *get(const bw_json *object, const char *name)
{
    const bw_json *value = bw_json_get(object, name);

    return value && value->kind != BW_JSON_NULL ? value : NULL;
}

static const char *text_of(const bw_json *value)
{
    return value && value->kind == BW_JSON_STRING ? value->text : NULL;
}

/* As JavaScript makes text of a value in a template. */
static const char *as_text(const bw_json *value)
{
    if (!value)
        return "";
    return value->kind == BW_JSON_STRING || value->kind == BW_JSON_NUMBER ? value->text
           : value->kind == BW_JSON_TRUE                                  ? "true"
           : value->kind == BW_JSON_FALSE                                 ? "false"
                                                                          : "[object Object]";
}

/* @return what a name in a template stands for; NULL if it stands for nothing. */
static const char *name_in_template(maker *m, const char *name, const char *os)
{
    if (strcmp(name, "TYPE_NAME") == 0)
        return as_text(get(m->exports, "name"));
    if (strcmp(name, "TYPE_SLUG") == 0)
        return m->slug;
    if (strcmp(name, "GETTING_STARTED_LINK") == 0) {
        const bw_json *link = get(m->exports, "gettingStartedLink");
        const bw_json *of_os = os ? get(link, os) : NULL;
        return as_text(of_os ? of_os : link);
    }
    const bw_json *shared =
        bw_coffee_common(bw_arena_join(&m->unit->arena, "instructions.", name, ""), m->common, &m->unit->arena);
    return text_of(shared);
}

static void add_escaped(GString *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        const char *entity = *c == '&'    ? "&amp;"
                             : *c == '<'  ? "&lt;"
                             : *c == '>'  ? "&gt;"
                             : *c == '"'  ? "&quot;"
                             : *c == '\'' ? "&#39;"
                                          : NULL;
        if (entity)
            g_string_append(out, entity);
        else
            g_string_append_c(out, *c);
    }
}

static void fill_in(maker *m, GString *out, const bw_json *line, const char *inside, size_t len, bool escape,
                    const char *os)
{
    char *name = g_strstrip(g_strndup(inside, len));
    const char *text = name_in_template(m, name, os);

    if (!text) {
        m->failed = true;
        bw_json_find(m->unit->findings, BW_CODE_balena_coffee_undefined, line,
                     "there is no '%s' for this template: the device type cannot be built", name);
    } else if (escape) {
        add_escaped(out, text);
    } else {
        g_string_append(out, text);
    }
    g_free(name);
}

static const bw_json *instruction(maker *m, const bw_json *line, const char *os)
{
    const char *text = text_of(line);
    GString *out = g_string_new(NULL);

    for (const char *at = text ? text : ""; *at;) {
        const bool angle = at[0] == '<' && at[1] == '%';
        const bool dollar = at[0] == '$' && at[1] == '{';
        const char *end = angle ? strstr(at + 2, "%>") : dollar ? strchr(at + 2, '}') : NULL;

        if (!end) {
            g_string_append_c(out, *at++);
            continue;
        }
        const char *inside = at + 2;
        if (angle && *inside != '=' && *inside != '-') {
            m->failed = true;
            bw_json_find(m->unit->findings, BW_CODE_balena_coffee, line, "this template has code in it to be run");
        } else {
            inside += angle;
            fill_in(m, out, line, inside, (size_t)(end - inside), angle && inside[-1] == '-', os);
        }
        at = end + (angle ? 2 : 1);
    }
    const bw_json *made = bw_json_new_text(&m->unit->arena, out->str);
    g_string_free(out, TRUE);
    return made;
}

static const bw_json *instructions(maker *m, const bw_json *list, const char *os)
{
    const bw_json **items = bw_arena_array(&m->unit->arena, const bw_json *, list->count + 1);

    for (uint32_t i = 0; i < list->count; i++)
        items[i] = instruction(m, list->items[i], os);
    return bw_json_new_array(&m->unit->arena, items, list->count);
}

/* A list, or a list for each operating system. */
static const bw_json *all_instructions(maker *m, const bw_json *value)
{
    if (value->kind == BW_JSON_ARRAY)
        return instructions(m, value, NULL);
    if (value->kind != BW_JSON_OBJECT)
        return value;
    bw_json_member *members = bw_arena_dup(&m->unit->arena, value->members, sizeof *members * value->count);
    for (uint32_t i = 0; i < value->count; i++)
        if (members[i].value->kind == BW_JSON_ARRAY)
            members[i].value = instructions(m, members[i].value, members[i].name);
    return bw_json_new_object(&m->unit->arena, members, value->count);
}

/* Of each state a list, or an object with one. */
static const bw_json *state_instructions(maker *m, const bw_json *value)
{
    if (value->kind != BW_JSON_OBJECT)
        return value;
    bw_json_member *members = bw_arena_dup(&m->unit->arena, value->members, sizeof *members * value->count);
    for (uint32_t i = 0; i < value->count; i++) {
        const bw_json *state = members[i].value;

        if (state->kind == BW_JSON_ARRAY) {
            members[i].value = instructions(m, state, NULL);
        } else if (get(state, "instructions") && get(state, "instructions")->kind == BW_JSON_ARRAY) {
            bw_json_member *inner = bw_arena_dup(&m->unit->arena, state->members, sizeof *inner * state->count);
            for (uint32_t k = 0; k < state->count; k++)
                if (strcmp(inner[k].name, "instructions") == 0)
                    inner[k].value = instructions(m, inner[k].value, NULL);
            members[i].value = bw_json_new_object(&m->unit->arena, inner, state->count);
        }
    }
    return bw_json_new_object(&m->unit->arena, members, value->count);
}

/* The options with what every device type has behind them. */
static const bw_json *options(maker *m, const bw_json *own)
{
    const bw_json *shared = bw_coffee_common("sharedOptions", m->common, &m->unit->arena);
    const uint32_t count = own && own->kind == BW_JSON_ARRAY ? own->count : 0;
    const uint32_t more = shared && shared->kind == BW_JSON_ARRAY ? shared->count : 1;
    const bw_json **items = bw_arena_array(&m->unit->arena, const bw_json *, (size_t)count + more);

    for (uint32_t i = 0; i < count; i++)
        items[i] = own->items[i];
    for (uint32_t i = 0; i < more && shared; i++)
        items[count + i] = shared->kind == BW_JSON_ARRAY ? shared->items[i] : shared;
    return bw_json_new_array(&m->unit->arena, items, shared ? count + more : count);
}

static void add(GArray *members, const char *name, const bw_json *value)
{
    const bw_json_member member = {.name = name, .value = value};

    g_array_append_val(members, member);
}

static void add_transformed(maker *m, GArray *members, const char *name, const bw_json *value, const char *state)
{
    bw_arena *arena = &m->unit->arena;

    if (strcmp(name, "instructions") == 0)
        value = all_instructions(m, value);
    else if (strcmp(name, "stateInstructions") == 0)
        value = state_instructions(m, value);
    else if (strcmp(name, "state") == 0 && state)
        value = bw_json_new_text(arena, state);
    else if (strcmp(name, "name") == 0 && state && strcmp(state, "RELEASED") != 0)
        value = bw_json_new_text(arena, bw_arena_printf(arena, "%s (%s)", as_text(value), state));
    else if (strcmp(name, "options") == 0)
        value = options(m, value);
    add(members, name, value);
}

/* The package refuses a device type without these. */
static bool has_required(maker *m)
{
    static const char *const names[] = {"deployArtifact", "machine"};
    const bw_json *yocto = get(m->exports, "yocto");

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (!bw_json_get(yocto, names[i])) {
            bw_json_find(m->unit->findings, BW_CODE_balena_coffee_required, yocto ? yocto : m->exports,
                         "yocto.%s is not set: the device type cannot be built", names[i]);
            return false;
        }
    return true;
}

const bw_json *bw_coffee_manifest(bw_unit *unit, const bw_json *exports, const char *file, const bw_json *common)
{
    maker m = {.unit = unit, .exports = exports, .common = common};
    GArray *members = g_array_new(FALSE, FALSE, sizeof(bw_json_member));
    const bw_json *slug = bw_json_get(exports, "slug");
    const bw_json *state = get(exports, "state");
    char *upper = text_of(state) ? g_utf8_strup(state->text, -1) : NULL;

    m.failed = !has_required(&m);
    if (!slug)
        slug = bw_json_new_text(&unit->arena, file);
    m.slug = as_text(slug);
    add(members, "slug", slug);
    for (uint32_t i = 0; i < exports->count; i++)
        if (strcmp(exports->members[i].name, "slug") != 0 && exports->members[i].value->kind != BW_JSON_NULL)
            add_transformed(&m, members, exports->members[i].name, exports->members[i].value, upper);
    if (!get(exports, "options"))
        add(members, "options", options(&m, NULL));
    const bw_json *made = m.failed ? NULL : bw_json_new_object(&unit->arena, (void *)members->data, members->len);
    g_array_free(members, TRUE);
    g_free(upper);
    return made;
}
