/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What dtb([…]) of an application stands for. Source: seL4/camkes-tool, camkes/parser/fdtQueryEngine.py (a path is a
 * regular expression, searched anywhere, ignoring case; the first node in the order of the tree counts) and
 * camkes/templates/macros.py (registers become untyped objects: base rounded down, size rounded up, each for itself,
 * then cut into naturally aligned powers of two).
 */
#include "base/powers.h"
#include "systems/sel4/parts.h"
#include "systems/sel4/vm.h"

#include "tree/strings.h"

#include <string.h>

#define PAGE ((uint64_t)4096)

/* ---- which node ---- */

/* One string or cell of a property; what is asked of a whole list is not looked at. */
static bool has_prop(const bw_node *node, const bw_sel4_query_prop *wanted)
{
    const bw_prop *prop = bw_node_prop_text(node, wanted->name);
    uint32_t count;

    if (!prop || wanted->index < 0)
        return prop != NULL;
    if (wanted->text) {
        const char *text =
            bw_prop_strings(prop, &count) == BW_STATE_OK ? bw_prop_string_at(prop, (uint32_t)wanted->index) : NULL;

        return text && strcmp(text, wanted->text) == 0;
    }
    const uint32_t offset = 4 * (uint32_t)wanted->index;

    return wanted->value.known && prop->value.len >= 4 && offset <= prop->value.len - 4 &&
           bw_get32(prop->value.data + offset) == wanted->value.value;
}

static bool has_props(const bw_node *node, const bw_sel4_query *query)
{
    for (uint32_t i = 0; i < query->prop_count; i++)
        if (!has_prop(node, &query->props[i]))
            return false;
    return true;
}

/* The path that a query is written for: "^/soc/a[+]b$" is anchored, and its signs stand for themselves. */
static char *path_meant(const char *text)
{
    GString *path = g_string_new(NULL);
    const size_t len = strlen(text);
    const bool anchored = len > 2 && text[0] == '^' && text[len - 1] == '$';

    if (!anchored)
        return g_string_free(g_string_assign(path, text), FALSE);
    for (const char *c = text + 1; *c && c[1]; c++) {
        if (c[0] == '[' && c[2] == ']')
            c++; /* a class of one character: what closes it is passed over with it */
        else if (c[0] == '\\' && c[2])
            c++;
        g_string_append_c(path, *c);
        if (c[-1] == '[' && c[1] == ']')
            c++;
    }
    return g_string_free(path, FALSE);
}

static void match_path(const bw_tree *tree, bw_sel4_query *query)
{
    const char *text = query->path.text;
    char *meant = text ? path_meant(text) : NULL;
    GRegex *regex = text ? g_regex_new(text, G_REGEX_CASELESS, 0, NULL) : NULL;

    BW_FOR_NODES (tree, node) {
        const char *path = bw_node_path(tree, node);

        if (text && strcmp(path, meant) == 0)
            query->meant = node;
        if ((text && (!regex || !g_regex_match(regex, path, 0, NULL))) || !has_props(node, query))
            continue;
        if (!query->matches++)
            query->node = node;
    }
    if (query->matches == 1 && !text)
        query->meant = query->node;
    if (regex)
        g_regex_unref(regex);
    g_free(meant);
}

/* An alias, or a property of /chosen, which is a path or an alias with options behind a ':'. */
static void match_name(const bw_tree *tree, bw_sel4_query *query, const char *where)
{
    const bw_node *holder = bw_tree_by_path(tree, where);
    const bw_prop *prop = holder ? bw_node_prop_text(holder, query->path.text) : NULL;
    const char *text = prop ? bw_prop_string(prop) : NULL;
    char *name = text ? bw_arena_strndup(&tree->unit->arena, text, strcspn(text, ":")) : NULL;

    if (name && *name != '/') {
        const bw_node *aliases = bw_tree_by_path(tree, "/aliases");

        prop = aliases ? bw_node_prop_text(aliases, name) : NULL;
        name = prop ? (char *)(uintptr_t)bw_prop_string(prop) : NULL;
    }
    query->node = name ? bw_tree_by_path(tree, name) : NULL;
    query->meant = query->node;
    query->matches = query->node != NULL;
}

void bw_sel4_resolve_queries(bw_sel4_app *app)
{
    for (uint32_t v = 0; app->tree && v < app->vm_count; v++)
        for (uint32_t i = 0; i < app->vms[v].query_count; i++) {
            bw_sel4_query *query = &app->vms[v].queries[i];

            query->node = query->meant = NULL;
            query->matches = 0;
            if (!query->key || (!query->path.text && !query->prop_count))
                continue;
            if (strcmp(query->key, "path") == 0 || strcmp(query->key, "properties") == 0)
                match_path(app->tree, query);
            else if (strcmp(query->key, "aliases") == 0)
                match_name(app->tree, query, "/aliases");
            else if (strcmp(query->key, "chosen") == 0)
                match_name(app->tree, query, "/chosen");
        }
}

/* ---- what it grants ---- */

static void add_pieces(GArray *grants, bw_sel4_grant grant, uint64_t base, uint64_t size)
{
    while (size) {
        grant.base = base;
        grant.bits = bw_power_at(base, size, 63);
        g_array_append_val(grants, grant);
        base += (uint64_t)1 << grant.bits;
        size -= (uint64_t)1 << grant.bits;
    }
}

static void add_query(const bw_sel4_app *app, const bw_sel4_query *query, GArray *grants)
{
    bw_sel4_regions regions;

    if (!query->node || !bw_sel4_reg(app->tree, query->node, true, &regions))
        return;
    for (uint32_t i = 0; i < regions.count; i++) {
        const uint64_t size = (regions.items[i].size + PAGE - 1) & ~(PAGE - 1);

        add_pieces(grants, (bw_sel4_grant){.query = query, .node = query->node}, regions.items[i].base & ~(PAGE - 1),
                   size);
    }
}

static void add_mmio(const bw_sel4_mmio *mmio, GArray *grants)
{
    if (mmio->base.known && mmio->size.known && mmio->size.value)
        add_pieces(grants, (bw_sel4_grant){.mmio = mmio}, mmio->base.value, mmio->size.value);
}

const bw_sel4_grant *bw_sel4_grants(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_arena *arena, uint32_t *count)
{
    GArray *grants = g_array_new(FALSE, FALSE, sizeof(bw_sel4_grant));

    for (uint32_t i = 0; i < vm->query_count; i++)
        add_query(app, &vm->queries[i], grants);
    for (uint32_t i = 0; i < vm->mmio_count; i++)
        add_mmio(&vm->mmios[i], grants);
    *count = grants->len;
    const bw_sel4_grant *kept = bw_arena_dup(arena, grants->data, grants->len * sizeof(bw_sel4_grant));

    g_array_free(grants, TRUE);
    return kept;
}
