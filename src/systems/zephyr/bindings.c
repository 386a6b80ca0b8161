/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/bindings.h"

#include "systems/zephyr/binding_file.h"
#include "systems/zephyr/gaps.h"
#include "systems/zephyr/walk.h"

#include <string.h>

/* A file that has a compatible, at its top or for children. */
typedef struct owner {
    const char *path;
    struct owner *next;
} owner;

struct bw_zephyr_bindings {
    bw_context *ctx;
    bw_arena arena;
    GMutex lock; /* for all below */
    const char *const *dirs;
    bw_zephyr_binding_folders *folders;
    bw_zephyr_binding_folders *own_folders; /* NULL: they are of somebody else */
    bool indexed;
    GHashTable *by_compatible; /* text -> owner, in order */
    GHashTable *by_file_name;  /* "base.yaml" -> path */
    GHashTable *parsed;        /* path -> bw_yaml; NULL for one that is no YAML */
    GHashTable *made;          /* path -> bw_zephyr_binding */
    GHashTable *vendors;       /* set of text; empty: nobody is unknown */
    GPtrArray *all_findings;   /* of bw_findings, owned */
};

/* ---- which file has which compatible ---- */

static void add_owner(bw_zephyr_bindings *b, const char *compatible, const char *path)
{
    owner *first = g_hash_table_lookup(b->by_compatible, compatible);
    owner *o = bw_arena_new(&b->arena, owner);

    o->path = path;
    if (!first) {
        g_hash_table_insert(b->by_compatible, (gpointer)(uintptr_t)compatible, o);
        return;
    }
    for (; strcmp(first->path, path) != 0; first = first->next)
        if (!first->next) {
            first->next = o;
            return;
        }
}

static void index_folder(bw_zephyr_bindings *b, const char *dir)
{
    const GArray *files = bw_zephyr_binding_folder(b->folders, dir);

    for (guint i = 0; i < files->len; i++) {
        const bw_zephyr_binding_text *t = &g_array_index(files, bw_zephyr_binding_text, i);

        for (const char *const *compatible = t->compatibles; *compatible; compatible++)
            add_owner(b, *compatible, t->path);
        g_hash_table_replace(b->by_file_name, (gpointer)(uintptr_t)t->name, (gpointer)(uintptr_t)t->path);
    }
}

static void read_vendors(bw_zephyr_bindings *b, const char *dir)
{
    bw_source *source = bw_source_open(b->ctx->sources, bw_zephyr_path(&b->arena, dir, "vendor-prefixes.txt"), NULL);

    for (const char *line = source ? source->text : ""; *line;) {
        size_t len = strcspn(line, "\n");
        size_t prefix = strcspn(line, "\t\n");

        if (*line != '#' && prefix && prefix < len)
            g_hash_table_add(b->vendors, bw_arena_strndup(&b->arena, line, prefix));
        line += len + (line[len] == '\n');
    }
}

static void make_index(bw_zephyr_bindings *b)
{
    if (b->indexed)
        return;
    for (const char *const *dir = b->dirs; *dir; dir++) {
        index_folder(b, *dir);
        read_vendors(b, *dir);
    }
    b->indexed = true;
}

/* The nearest key of a table; of two equally near the first in order of text. */
static const char *nearest_key(GHashTable *table, const char *text, size_t limit)
{
    GHashTableIter iter;
    gpointer key;
    const char *near = NULL;
    size_t least = limit + 1;
    size_t len = strlen(text);

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        size_t other = strlen(key);

        if (other + limit < len || len + limit < other)
            continue;
        size_t distance = bw_zephyr_distance(text, key, limit);
        if (distance < least || (distance == least && near && strcmp(key, near) < 0)) {
            least = distance;
            near = key;
        }
    }
    return near;
}

/* ---- from a file to a binding ---- */

static const bw_yaml *parse(bw_zephyr_bindings *b, const char *path, bw_findings *findings)
{
    gpointer known;

    if (g_hash_table_lookup_extended(b->parsed, path, NULL, &known))
        return known;
    const bw_yaml *root = bw_yaml_read_file(b->ctx, path, &b->arena, findings);
    g_hash_table_insert(b->parsed, (gpointer)(uintptr_t)path, (gpointer)(uintptr_t)root);
    return root;
}

static const bw_yaml *file_called(void *data, const char *name, bw_findings *findings, bool *found)
{
    bw_zephyr_bindings *b = data;
    const char *path = g_hash_table_lookup(b->by_file_name, name);

    *found = path != NULL;
    return path ? parse(b, path, findings) : NULL;
}

static const char *near_file(void *data, const char *name)
{
    bw_zephyr_bindings *b = data;

    return nearest_key(b->by_file_name, name, 2);
}

static const bw_zephyr_binding *binding_in(bw_zephyr_bindings *b, const char *path)
{
    bw_zephyr_binding_files files = {b->ctx, &b->arena, b, file_called, near_file};
    bw_zephyr_binding *binding = g_hash_table_lookup(b->made, path);

    if (binding)
        return binding;
    bw_findings *findings = g_new0(bw_findings, 1);
    bw_findings_init(findings, b->ctx);
    g_ptr_array_add(b->all_findings, findings);
    const bw_yaml *root = parse(b, path, findings);
    if (root && root->kind == BW_YAML_MAP) {
        binding = bw_zephyr_binding_make(&files, path, root, findings);
    } else {
        binding = bw_arena_new(&b->arena, bw_zephyr_binding);
        binding->path = path;
        binding->findings = findings;
        binding->broken = true;
        binding->by_name = g_hash_table_new(NULL, NULL);
    }
    g_hash_table_insert(b->made, (gpointer)(uintptr_t)path, binding);
    return binding;
}

/* ---- questions ---- */

bw_zephyr_bindings *bw_zephyr_bindings_new(bw_context *ctx, const char *const *dirs, bw_zephyr_binding_folders *folders)
{
    bw_zephyr_bindings *b = g_new0(bw_zephyr_bindings, 1);
    size_t count = 0;

    b->ctx = ctx;
    b->own_folders = folders ? NULL : bw_zephyr_binding_folders_new();
    b->folders = folders ? folders : b->own_folders;
    bw_arena_init(&b->arena);
    g_mutex_init(&b->lock);
    while (dirs[count])
        count++;
    const char **copy = bw_arena_array(&b->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        copy[i] = bw_arena_strdup(&b->arena, dirs[i]);
    b->dirs = copy;
    b->by_compatible = g_hash_table_new(g_str_hash, g_str_equal);
    b->by_file_name = g_hash_table_new(g_str_hash, g_str_equal);
    b->parsed = g_hash_table_new(g_str_hash, g_str_equal);
    b->made = g_hash_table_new(g_str_hash, g_str_equal);
    b->vendors = g_hash_table_new(g_str_hash, g_str_equal);
    b->all_findings = g_ptr_array_new();
    return b;
}

void bw_zephyr_bindings_free(bw_zephyr_bindings *b)
{
    GHashTableIter iter;
    gpointer value;

    if (!b)
        return;
    g_hash_table_iter_init(&iter, b->made);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        for (const bw_zephyr_binding *one = value; one; one = one->child)
            g_hash_table_destroy(one->by_name);
    for (guint i = 0; i < b->all_findings->len; i++) {
        bw_findings_free(b->all_findings->pdata[i]);
        g_free(b->all_findings->pdata[i]);
    }
    g_ptr_array_free(b->all_findings, TRUE);
    g_hash_table_destroy(b->by_compatible);
    g_hash_table_destroy(b->by_file_name);
    g_hash_table_destroy(b->parsed);
    g_hash_table_destroy(b->made);
    g_hash_table_destroy(b->vendors);
    g_mutex_clear(&b->lock);
    bw_zephyr_binding_folders_free(b->own_folders);
    bw_arena_free(&b->arena);
    g_free(b);
}

static bool on_one_of(const char *bus, const char *const *buses)
{
    for (; *buses; buses++)
        if (strcmp(*buses, bus) == 0)
            return true;
    return false;
}

/* A binding for the very bus goes before one for any. */
static const bw_zephyr_binding *choose(bw_zephyr_bindings *b, const owner *o, const char *compatible,
                                       const char *const *buses)
{
    const bw_zephyr_binding *any = NULL;

    for (; o; o = o->next)
        for (const bw_zephyr_binding *one = binding_in(b, o->path); one; one = one->child) {
            bool named = one->compatible && strcmp(one->compatible, compatible) == 0;

            if (named && one->on_bus && on_one_of(one->on_bus, buses))
                return one;
            /* A file that could not be read at all is taken for what its lines say. */
            if (!any && ((named && !one->on_bus) || (one->broken && !one->compatible && !one->specs)))
                any = one;
        }
    return any;
}

const bw_zephyr_binding *bw_zephyr_binding_of(bw_zephyr_bindings *b, const char *compatible, const char *const *buses)
{
    g_mutex_lock(&b->lock);
    make_index(b);
    const owner *o = g_hash_table_lookup(b->by_compatible, compatible);
    const bw_zephyr_binding *binding = o ? choose(b, o, compatible, buses) : NULL;
    g_mutex_unlock(&b->lock);
    return binding;
}

bool bw_zephyr_bindings_know(bw_zephyr_bindings *b, const char *compatible)
{
    g_mutex_lock(&b->lock);
    make_index(b);
    bool known = g_hash_table_contains(b->by_compatible, compatible);
    g_mutex_unlock(&b->lock);
    return known;
}

/* One letter dropped, doubled or wrong, or two swapped, neither at the ends of the device's name. */
static bool is_slip(const char *text, const char *right)
{
    size_t vendor = strcspn(right, ",");
    size_t len = strlen(text);
    size_t right_len = strlen(right);
    size_t head = 0;
    size_t tail = 0;

    if (bw_zephyr_distance(text, right, 0) == 0)
        return true;
    while (text[head] && text[head] == right[head])
        head++;
    while (tail < MIN(len, right_len) - head && text[len - 1 - tail] == right[right_len - 1 - tail])
        tail++;
    size_t differ = len - head - tail; /* letters in between */
    size_t right_differ = right_len - head - tail;
    /* "a7" and "m7" are two things. */
    if (head < vendor + 2 || tail == 0 || !g_ascii_isalpha(text[head - 1]) || !g_ascii_isalpha(text[len - tail]))
        return false;
    for (size_t i = head; i < len - tail; i++)
        if (g_ascii_isdigit(text[i]))
            return false;
    for (size_t i = head; i < right_len - tail; i++)
        if (g_ascii_isdigit(right[i]))
            return false;
    return (differ <= 1 && right_differ <= 1) ||
           (differ == 2 && right_differ == 2 && text[head] == right[head + 1] && text[head + 1] == right[head]);
}

const char *bw_zephyr_near_compatible(bw_zephyr_bindings *b, const char *compatible)
{
    GHashTableIter iter;
    gpointer key;
    const char *near = NULL;

    g_mutex_lock(&b->lock);
    make_index(b);
    g_hash_table_iter_init(&iter, b->by_compatible);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        if (strncmp(key, compatible, strcspn(compatible, ",") + 1) == 0 && is_slip(compatible, key) &&
            (!near || strcmp(key, near) < 0))
            near = key;
    g_mutex_unlock(&b->lock);
    return near;
}

bool bw_zephyr_vendor_known(bw_zephyr_bindings *b, const char *vendor, size_t len)
{
    char *text = g_strndup(vendor, len);

    g_mutex_lock(&b->lock);
    make_index(b);
    bool known = g_hash_table_size(b->vendors) == 0 || g_hash_table_contains(b->vendors, text);
    g_mutex_unlock(&b->lock);
    g_free(text);
    return known;
}

const char *bw_zephyr_near_vendor(bw_zephyr_bindings *b, const char *vendor)
{
    g_mutex_lock(&b->lock);
    make_index(b);
    const char *near = nearest_key(b->vendors, vendor, 2);
    g_mutex_unlock(&b->lock);
    return near;
}
