/* SPDX-License-Identifier: Apache-2.0 */
#include "fdt/generate.h"

bw_node *bw_fdt_find_path(bw_tree *tree, const char *path, size_t len)
{
    bw_node *node = tree->root;
    const char *end = path + len;

    while (node) {
        while (path < end && *path == '/')
            path++;
        if (path == end)
            return node->deleted ? NULL : node;
        const char *slash = memchr(path, '/', (size_t)(end - path));
        size_t part = (size_t)((slash ? slash : end) - path);
        const bw_name *name = bw_names_find(tree->unit->ctx->names, path, part);

        bw_node_index(tree, node);
        node = name ? bw_node_child(node, name) : NULL;
        path += part;
    }
    return NULL;
}

bw_node *bw_fdt_root_child(bw_tree *tree, const bw_name *name)
{
    bw_node *node = bw_node_child(tree->root, name);

    if (!node) {
        node = bw_node_new(tree, name);
        bw_node_add_child(tree->root, node);
    }
    return node;
}

static bool any_label(const bw_tree *tree)
{
    BW_FOR_NODES (tree, n)
        if (n->labels)
            return true;
    return false;
}

/* A property label = path for each label of each node; those that are there stay. */
static void add_labels(bw_tree *tree, const bw_name *holder_name, bw_phandle_format phandles)
{
    bw_slots *slots = &tree->unit->strings; /* property of a label's name */

    if (!any_label(tree))
        return;
    bw_node *holder = bw_fdt_root_child(tree, holder_name);
    bw_mark *mark = bw_arena_new(&tree->unit->arena, bw_mark); /* all values share it */
    mark->kind = BW_MARK_STRING;
    bw_slots_clear(slots);
    BW_FOR_PROPS (holder, p)
        bw_slot_of(slots, p->name)->ptr = p;
    BW_FOR_NODES (tree, n) {
        if (!n->labels)
            continue;
        const char *path = bw_node_path(tree, n);
        uint32_t len = (uint32_t)strlen(path) + 1;
        BW_FOR_LABELS (n, l) {
            bw_slot *slot = bw_slot_of(slots, l->name);
            bw_prop *old = slot->ptr;

            if (!old) {
                bw_prop *p = bw_node_add_prop(tree, holder, l->name);
                p->value = (bw_value){.data = (const uint8_t *)path, .len = len, .marks = mark, .mark_count = 1};
                slot->ptr = p;
            } else if (old->value.len != len || memcmp(old->value.data, path, len) != 0) {
                bw_find_prop(tree, BW_CODE_symbol_taken, holder, old,
                             "/%s has the property \"%s\" already, so the label of that name on %s gets none",
                             holder_name->text, l->name->text, path);
            }
        }
        if (phandles)
            bw_tree_phandle(tree, n, phandles);
    }
}

/* Labels that a blob remembers. One that could not be written as a label, or that stands elsewhere, stays out. */
void bw_fdt_read_symbols(bw_tree *tree, bool quiet)
{
    bw_node *symbols = bw_node_child(tree->root, tree->unit->n->symbols);

    if (!symbols)
        return;
    BW_FOR_PROPS (symbols, p) {
        const char *path = (const char *)p->value.data;
        const char *nul = p->value.len && *path == '/' ? memchr(path, 0, p->value.len) : NULL;
        bw_node *node = nul ? bw_fdt_find_path(tree, path, (size_t)(nul - path)) : NULL;

        if (!node && quiet)
            continue;
        if (!node)
            bw_find_prop(tree, BW_CODE_symbol_path, symbols, p, "/__symbols__ says that \"%s\" is %s, which is no %s",
                         p->name->text, nul ? path : "something else", nul ? "node" : "path");
        else if (p->name->identifier && !bw_tree_by_label(tree, p->name))
            bw_label_add(tree, node, p->name, 0);
    }
}

bool bw_fdt_generate(bw_tree *tree, const bw_fdt_generate_options *options)
{
    const bw_known_names *n = tree->unit->n;

    if (tree->root->deleted)
        return true;
    if (options->aliases)
        add_labels(tree, n->aliases, 0);
    bw_fdt_read_symbols(tree, options->quiet);
    if (options->symbols)
        add_labels(tree, n->symbols, options->phandles ? options->phandles : BW_PHANDLE_EPAPR);
    bw_fdt_read_fixups(tree, options->quiet);
    return !(options->fixups || tree->plugin) || bw_fdt_add_fixups(tree);
}
