/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/binding_file.h"

#include <string.h>

/* Includes within includes, and children of children, no deeper than this. */
#define DEPTH_MAX 16
/* Files that one binding may include, all in all; a real one has ten. */
#define INCLUDES_MAX 200

/* A binding on its way: what stands in the file, and what was merged into it. */
typedef struct raw raw;
struct raw {
    const bw_yaml *at; /* the map */
    const bw_yaml *compatible, *on_bus, *bus;
    const bw_yaml *include; /* not merged yet: that of a child waits until its parent is complete */
    GArray *specs;          /* of bw_zephyr_spec */
    GArray *cells;          /* of bw_zephyr_cells */
    raw *child;
};

typedef struct maker {
    const bw_zephyr_binding_files *files;
    bw_findings *findings;
    int depth;
    unsigned includes;
    bool broken;
} maker;

const char *const bw_zephyr_type_names[] = {"boolean",       "int",          "array",    "uint8-array",
                                            "string",        "string-array", "phandle",  "phandles",
                                            "phandle-array", "path",         "compound", NULL};

static bw_finding *complain(maker *m, const bw_yaml *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bw_finding *complain(maker *m, const bw_yaml *at, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    bw_finding *f = bw_findings_addv(m->findings, BW_CODE_zephyr_binding, bw_yaml_place(at), format, ap);
    va_end(ap);
    m->broken = true;
    return f;
}

/* ---- reading ---- */

static raw *raw_new(maker *m, const bw_yaml *at)
{
    raw *r = bw_arena_new(m->files->arena, raw);

    r->at = at;
    r->specs = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_spec));
    r->cells = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_cells));
    return r;
}

static void raw_free(raw *r)
{
    for (; r; r = r->child) {
        g_array_free(r->specs, TRUE);
        g_array_free(r->cells, TRUE);
    }
}

static void read_type(maker *m, bw_zephyr_spec *spec, const bw_yaml *value)
{
    spec->type_at = value;
    for (int t = 0; bw_zephyr_type_names[t]; t++)
        if (value->kind == BW_YAML_SCALAR && strcmp(value->text, bw_zephyr_type_names[t]) == 0)
            spec->type = (bw_zephyr_type)t;
    if (spec->type != BW_ZEPHYR_NO_TYPE)
        return;
    bw_finding *f = complain(m, value, "%s is no type of a property",
                             value->kind == BW_YAML_SCALAR ? value->text : bw_yaml_kind_name(value));
    const char *near = value->kind == BW_YAML_SCALAR ? bw_nearest(value->text, bw_zephyr_type_names) : NULL;
    if (near)
        bw_finding_cure(f, "did you mean %s?", near);
}

static void read_bool(maker *m, const bw_yaml **slot, const char *key, const bw_yaml *value)
{
    bool unused;

    *slot = value;
    if (!bw_yaml_to_bool(value, &unused))
        complain(m, value, "%s takes true or false", key);
}

static void read_spec(maker *m, raw *r, const bw_yaml_entry *property)
{
    static const char *const keys[] = {"description", "type",       "required",        "enum", "const",
                                       "default",     "deprecated", "specifier-space", NULL};
    bw_zephyr_spec spec = {.name = bw_intern_str(m->files->ctx->names, property->key->text),
                           .at = property->key,
                           .type = BW_ZEPHYR_NO_TYPE};
    const bw_yaml *map = property->value;

    if (map->kind != BW_YAML_MAP && !bw_yaml_is_null(map)) {
        complain(m, map, "a property takes a map, not %s", bw_yaml_kind_name(map));
        return;
    }
    for (uint32_t i = 0; map->kind == BW_YAML_MAP && i < map->count; i++) {
        const char *key = map->entries[i].key->text;
        const bw_yaml *value = map->entries[i].value;

        if (strcmp(key, "type") == 0) {
            read_type(m, &spec, value);
        } else if (strcmp(key, "required") == 0) {
            read_bool(m, &spec.required, key, value);
        } else if (strcmp(key, "deprecated") == 0) {
            read_bool(m, &spec.deprecated, key, value);
        } else if (strcmp(key, "enum") == 0) {
            spec.values = value;
            if (value->kind != BW_YAML_LIST)
                complain(m, value, "enum takes a list, not %s", bw_yaml_kind_name(value));
        } else if (strcmp(key, "const") == 0) {
            spec.constant = value;
        } else if (strcmp(key, "default") == 0) {
            spec.fallback = value;
        } else if (strcmp(key, "specifier-space") == 0) {
            spec.space = value;
        } else if (strcmp(key, "description") != 0) {
            bw_finding *f = complain(m, map->entries[i].key, "a property of a binding has no key '%s'", key);
            const char *near = bw_nearest(key, keys);
            if (near)
                bw_finding_cure(f, "did you mean %s?", near);
        }
    }
    g_array_append_val(r->specs, spec);
}

static raw *read_raw(maker *m, const bw_yaml *map, int depth);

static void read_cells(maker *m, raw *r, const bw_yaml_entry *entry)
{
    size_t len = strlen(entry->key->text) - strlen("-cells");
    bw_zephyr_cells cells = {.space = bw_arena_strndup(m->files->arena, entry->key->text, len),
                             .at = entry->value,
                             .count = entry->value->count};

    if (entry->value->kind != BW_YAML_LIST) {
        complain(m, entry->value, "%s takes a list of names, not %s", entry->key->text,
                 bw_yaml_kind_name(entry->value));
        return;
    }
    g_array_append_val(r->cells, cells);
}

static void read_key(maker *m, raw *r, const bw_yaml_entry *entry, int depth)
{
    static const char *const keys[] = {"title",      "description",   "compatible", "bus", "on-bus",
                                       "properties", "child-binding", "include",    NULL};
    const char *key = entry->key->text;
    const bw_yaml *value = entry->value;

    if (strcmp(key, "compatible") == 0) {
        r->compatible = value;
        if (value->kind != BW_YAML_SCALAR || bw_yaml_not_string(value))
            complain(m, value, "compatible takes text, not %s", bw_yaml_kind_name(value));
    } else if (strcmp(key, "on-bus") == 0) {
        r->on_bus = value;
        if (value->kind != BW_YAML_SCALAR || bw_yaml_not_string(value))
            complain(m, value, "on-bus takes text, not %s", bw_yaml_kind_name(value));
    } else if (strcmp(key, "bus") == 0) {
        r->bus = value;
    } else if (strcmp(key, "include") == 0) {
        r->include = value;
    } else if (strcmp(key, "properties") == 0) {
        for (uint32_t i = 0; value->kind == BW_YAML_MAP && i < value->count; i++)
            read_spec(m, r, &value->entries[i]);
        if (value->kind != BW_YAML_MAP && !bw_yaml_is_null(value))
            complain(m, value, "properties takes a map, not %s", bw_yaml_kind_name(value));
    } else if (strcmp(key, "child-binding") == 0) {
        if (value->kind == BW_YAML_MAP && depth < DEPTH_MAX)
            r->child = read_raw(m, value, depth + 1);
        else
            complain(m, value, "child-binding takes a map, not %s", bw_yaml_kind_name(value));
    } else if (g_str_has_suffix(key, "-cells")) {
        read_cells(m, r, entry);
    } else if (strcmp(key, "title") != 0 && strcmp(key, "description") != 0) {
        bw_finding *f = complain(m, entry->key, "a binding has no key '%s'", key);
        const char *near = bw_nearest(key, keys);
        if (near)
            bw_finding_cure(f, "did you mean %s?", near);
    }
}

static raw *read_raw(maker *m, const bw_yaml *map, int depth)
{
    raw *r = raw_new(m, map);

    for (uint32_t i = 0; i < map->count; i++)
        read_key(m, r, &map->entries[i], depth);
    return r;
}

/* ---- merging ---- */

static bool same(const bw_yaml *a, const bw_yaml *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    if (a->kind == BW_YAML_SCALAR)
        return strcmp(a->text, b->text) == 0;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->kind == BW_YAML_LIST ? !same(a->items[i], b->items[i])
                                    : strcmp(a->entries[i].key->text, b->entries[i].key->text) != 0 ||
                                          !same(a->entries[i].value, b->entries[i].value))
            return false;
    return true;
}

/* What an included file says may not be said otherwise. */
static void take(maker *m, const bw_yaml **to, const bw_yaml *from, const char *what)
{
    if (!from)
        return;
    if (!*to) {
        *to = from;
    } else if (!same(*to, from)) {
        bw_finding *f = complain(m, *to, "%s differs from what an included file says", what);
        bw_finding_note(f, bw_yaml_place(from), "it says so here");
    }
}

static bool is_true(const bw_yaml *value)
{
    bool answer = false;

    return value && bw_yaml_to_bool(value, &answer) && answer;
}

static void merge_spec(maker *m, bw_zephyr_spec *to, const bw_zephyr_spec *from, bool own)
{
    if (!to->type_at) {
        to->type_at = from->type_at;
        to->type = from->type;
    } else if (to->type != BW_ZEPHYR_NO_TYPE) {
        take(m, &to->type_at, from->type_at, "the type");
    }
    take(m, &to->deprecated, from->deprecated, "deprecated");
    take(m, &to->values, from->values, "enum");
    take(m, &to->constant, from->constant, "const");
    take(m, &to->fallback, from->fallback, "default");
    take(m, &to->space, from->space, "specifier-space");
    if (own && to->required && !is_true(to->required) && is_true(from->required)) {
        bw_finding *f = complain(m, to->required, "%s is required by an included file, and cannot be made optional",
                                 to->name->text);
        bw_finding_note(f, bw_yaml_place(from->required), "it says so here");
    }
    if (!to->required || is_true(from->required))
        to->required = from->required ? from->required : to->required;
}

static void merge(maker *m, raw *to, const raw *from, bool own);

static void merge_child(maker *m, raw *to, const raw *from, bool own)
{
    if (!from->child)
        return;
    /* Never shared: what is merged into one must not show in the other. */
    if (!to->child)
        to->child = raw_new(m, from->child->at);
    merge(m, to->child, from->child, own);
}

/* @param own @p to is the file itself, not just another one that it includes */
static void merge(maker *m, raw *to, const raw *from, bool own)
{
    if (!to->compatible)
        to->compatible = from->compatible;
    take(m, &to->on_bus, from->on_bus, "on-bus");
    take(m, &to->bus, from->bus, "bus");
    take(m, &to->include, from->include, "include");
    for (guint i = 0; i < from->specs->len; i++) {
        const bw_zephyr_spec *spec = &g_array_index(from->specs, bw_zephyr_spec, i);
        bw_zephyr_spec *there = NULL;

        for (guint k = 0; k < to->specs->len && !there; k++)
            if (g_array_index(to->specs, bw_zephyr_spec, k).name == spec->name)
                there = &g_array_index(to->specs, bw_zephyr_spec, k);
        if (there)
            merge_spec(m, there, spec, own);
        else
            g_array_append_val(to->specs, *spec);
    }
    for (guint i = 0; i < from->cells->len; i++) {
        const bw_zephyr_cells *cells = &g_array_index(from->cells, bw_zephyr_cells, i);
        bw_zephyr_cells *there = NULL;

        for (guint k = 0; k < to->cells->len && !there; k++)
            if (strcmp(g_array_index(to->cells, bw_zephyr_cells, k).space, cells->space) == 0)
                there = &g_array_index(to->cells, bw_zephyr_cells, k);
        if (there)
            take(m, &there->at, cells->at, "the list of cells");
        else
            g_array_append_val(to->cells, *cells);
    }
    merge_child(m, to, from, own);
}

/* ---- includes ---- */

static bool list_has(const bw_yaml *list, const char *text)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i]->kind == BW_YAML_SCALAR && strcmp(list->items[i]->text, text) == 0)
            return true;
    return false;
}

static const bw_yaml *filter_list(maker *m, const bw_yaml *filter, const char *key)
{
    const bw_yaml *list = bw_yaml_get(filter, key);

    if (list && list->kind != BW_YAML_LIST) {
        complain(m, list, "%s takes a list of properties, not %s", key, bw_yaml_kind_name(list));
        return NULL;
    }
    return list;
}

/* property-allowlist, property-blocklist, and the same for children. */
static void filter_raw(maker *m, raw *r, const bw_yaml *filter)
{
    for (; r && filter && filter->kind == BW_YAML_MAP; r = r->child, filter = bw_yaml_get(filter, "child-binding")) {
        const bw_yaml *allow = filter_list(m, filter, "property-allowlist");
        const bw_yaml *block = filter_list(m, filter, "property-blocklist");

        if (allow && block)
            complain(m, block, "there are both property-allowlist and property-blocklist");
        for (guint i = r->specs->len; i > 0; i--) {
            const char *name = g_array_index(r->specs, bw_zephyr_spec, i - 1).name->text;

            if (allow ? !list_has(allow, name) : block && list_has(block, name))
                g_array_remove_index(r->specs, i - 1);
        }
    }
}

static void merge_includes(maker *m, raw *r);

/* A file with all that it includes; NULL after a finding. */
static raw *included(maker *m, const bw_yaml *name)
{
    bool found = false;
    const bw_yaml *root = NULL;

    if (!name || name->kind != BW_YAML_SCALAR) {
        complain(m, name ? name : NULL, "an include takes the name of a file");
        return NULL;
    }
    if (m->depth >= DEPTH_MAX) {
        complain(m, name, "files include each other deeper than %d levels", DEPTH_MAX);
        return NULL;
    }
    if (++m->includes > INCLUDES_MAX) {
        if (m->includes == INCLUDES_MAX + 1)
            complain(m, name, "a binding includes more than %d files", INCLUDES_MAX);
        return NULL;
    }
    root = m->files->called(m->files->data, name->text, m->findings, &found);
    if (!found) {
        const char *near = m->files->near(m->files->data, name->text);
        bw_finding *f = complain(m, name, "no folder with bindings has a file %s", name->text);

        if (near)
            bw_finding_cure(f, "did you mean %s?", near);
    } else if (root && root->kind != BW_YAML_MAP)
        complain(m, name, "%s is no map", name->text);
    m->broken |= !root;
    if (!root || root->kind != BW_YAML_MAP)
        return NULL;
    m->depth++;
    raw *r = read_raw(m, root, 0);
    merge_includes(m, r);
    m->depth--;
    return r;
}

static void check_filter_keys(maker *m, const bw_yaml *filter, bool top)
{
    for (; filter && filter->kind == BW_YAML_MAP; filter = bw_yaml_get(filter, "child-binding"), top = false)
        for (uint32_t i = 0; i < filter->count; i++) {
            const char *key = filter->entries[i].key->text;

            if (strcmp(key, "property-allowlist") != 0 && strcmp(key, "property-blocklist") != 0 &&
                strcmp(key, "child-binding") != 0 && !(top && strcmp(key, "name") == 0))
                complain(m, filter->entries[i].key, "an include has no key '%s'", key);
        }
}

static void merge_one(maker *m, raw *all, const bw_yaml *item)
{
    bool is_map = item->kind == BW_YAML_MAP;

    if (is_map)
        check_filter_keys(m, item, true);
    if (is_map && !bw_yaml_get(item, "name")) {
        complain(m, item, "an include needs the key 'name'");
        return;
    }
    raw *r = included(m, is_map ? bw_yaml_get(item, "name") : item);
    if (!r)
        return;
    if (is_map)
        filter_raw(m, r, item);
    merge(m, all, r, false);
    raw_free(r);
}

static void merge_includes(maker *m, raw *r)
{
    const bw_yaml *include = r->include;

    if (!include)
        return;
    raw *all = raw_new(m, r->at);
    r->include = NULL;
    if (include->kind == BW_YAML_MAP)
        complain(m, include, "include takes the name of a file or a list, not a map");
    else if (include->kind == BW_YAML_SCALAR)
        merge_one(m, all, include);
    for (uint32_t i = 0; include->kind == BW_YAML_LIST && i < include->count; i++)
        merge_one(m, all, include->items[i]);
    merge(m, r, all, true);
    raw_free(all);
}

/* ---- the whole ---- */

static void check_spec(maker *m, const bw_zephyr_spec *s)
{
    static const int constants = 1 << BW_ZEPHYR_INT | 1 << BW_ZEPHYR_ARRAY | 1 << BW_ZEPHYR_UINT8_ARRAY |
                                 1 << BW_ZEPHYR_STRING | 1 << BW_ZEPHYR_STRING_ARRAY;
    size_t len = s->name->len;

    if (m->broken)
        return; /* what is missing may be in a file that could not be included */
    if (!s->type_at)
        complain(m, s->at, "%s has no type", s->name->text);
    else if (s->type == BW_ZEPHYR_PHANDLE_ARRAY && !s->space && s->name->text[len - 1] != 's')
        complain(m, s->type_at, "%s is a phandle-array whose name does not end in s, so it needs a specifier-space",
                 s->name->text);
    if (s->space && s->type != BW_ZEPHYR_PHANDLE_ARRAY && s->type != BW_ZEPHYR_NO_TYPE)
        complain(m, s->space, "only a phandle-array has a specifier-space");
    if (s->constant && !(constants & 1 << s->type) && s->type != BW_ZEPHYR_NO_TYPE)
        complain(m, s->constant, "a property of the type %s has no const", bw_zephyr_type_names[s->type]);
    if (s->fallback && !(constants & 1 << s->type) && s->type != BW_ZEPHYR_NO_TYPE)
        complain(m, s->fallback, "a property of the type %s has no default", bw_zephyr_type_names[s->type]);
    if (is_true(s->deprecated) && is_true(s->required))
        complain(m, s->deprecated, "%s is both deprecated and required", s->name->text);
}

static const char *const *buses_of(maker *m, const bw_yaml *bus)
{
    uint32_t count = !bus ? 0 : bus->kind == BW_YAML_LIST ? bus->count : 1;
    const char **buses = bw_arena_array(m->files->arena, const char *, count + 1);
    uint32_t n = 0;

    for (uint32_t i = 0; i < count; i++) {
        const bw_yaml *one = bus->kind == BW_YAML_LIST ? bus->items[i] : bus;

        if (one->kind == BW_YAML_SCALAR)
            buses[n++] = one->text;
        else
            complain(m, one, "bus takes text or a list of texts, not %s", bw_yaml_kind_name(one));
    }
    return buses;
}

static const char *text_of(const bw_yaml *value)
{
    return value && value->kind == BW_YAML_SCALAR ? value->text : NULL;
}

static bw_zephyr_binding *finish(maker *m, raw *r, const char *path, int depth)
{
    bw_arena *arena = m->files->arena;
    bw_zephyr_binding *b = bw_arena_new(arena, bw_zephyr_binding);
    uint32_t required = 0;

    merge_includes(m, r);
    b->path = path;
    b->compatible = text_of(r->compatible);
    b->at = r->compatible ? r->compatible : r->at;
    b->on_bus = text_of(r->on_bus);
    b->buses = buses_of(m, r->bus);
    b->spec_count = r->specs->len;
    b->specs = bw_arena_dup(arena, r->specs->data, r->specs->len * sizeof(bw_zephyr_spec));
    b->cell_count = r->cells->len;
    b->cells = bw_arena_dup(arena, r->cells->data, r->cells->len * sizeof(bw_zephyr_cells));
    b->by_name = g_hash_table_new(NULL, NULL);
    const bw_zephyr_spec **needed = bw_arena_array(arena, const bw_zephyr_spec *, b->spec_count + 1);
    for (uint32_t i = 0; i < b->spec_count; i++) {
        const bw_zephyr_spec *s = &b->specs[i];

        check_spec(m, s);
        g_hash_table_insert(b->by_name, (gpointer)(uintptr_t)s->name, (gpointer)(uintptr_t)s);
        if (is_true(s->required))
            needed[required++] = s;
    }
    b->required = needed;
    b->findings = m->findings;
    if (r->child && depth < DEPTH_MAX)
        b->child = finish(m, r->child, path, depth + 1);
    b->broken = m->broken;
    return b;
}

bw_zephyr_binding *bw_zephyr_binding_make(const bw_zephyr_binding_files *files, const char *path, const bw_yaml *root,
                                          bw_findings *findings)
{
    maker m = {.files = files, .findings = findings};
    raw *r = read_raw(&m, root, 0);
    bw_zephyr_binding *b = finish(&m, r, path, 0);

    raw_free(r);
    return b;
}
