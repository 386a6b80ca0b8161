/* SPDX-License-Identifier: Apache-2.0 */
#include "fdt/overlay.h"

#include "base/bytes.h"

#include <stdlib.h>

/* -- finding nodes as libfdt does --------------------------------------------------------------- */

/* "uart" also finds "uart@1000": the first child that fits. */
bw_node *bw_overlay_child(const bw_node *node, const char *name, size_t len)
{
    bool any_unit = !memchr(name, '@', len);

    BW_FOR_CHILDREN (node, c) {
        if (c->name->len < len || memcmp(c->name->text, name, len) != 0)
            continue;
        if (c->name->len == len || (any_unit && c->name->text[len] == '@'))
            return c;
    }
    return NULL;
}

static bw_node *by_alias(const bw_tree *tree, const char *name, size_t len)
{
    const bw_node *aliases = bw_node_child(tree->root, tree->unit->n->aliases);
    const bw_name *alias = bw_names_find(tree->unit->ctx->names, name, len);
    const bw_prop *p = aliases && alias ? bw_node_prop(aliases, alias) : NULL;

    if (!p || p->value.len == 0 || p->value.data[0] != '/' || p->value.data[p->value.len - 1] != 0)
        return NULL;
    return bw_overlay_path(tree, (const char *)p->value.data);
}

bw_node *bw_overlay_path(const bw_tree *tree, const char *path)
{
    bw_node *node = tree->root;

    if (*path != '/') {
        size_t len = strcspn(path, "/");

        node = by_alias(tree, path, len);
        path += len;
    }
    while (node) {
        while (*path == '/')
            path++;
        if (!*path)
            return node;
        size_t len = strcspn(path, "/");
        node = bw_overlay_child(node, path, len);
        path += len;
    }
    return NULL;
}

const char *bw_overlay_text(const bw_prop *prop)
{
    const bw_value *v = &prop->value;

    return v->len && memchr(v->data, 0, v->len) == v->data + v->len - 1 ? (const char *)v->data : NULL;
}

/* -- labels ------------------------------------------------------------------------------------- */

static const char *nearest_symbol(const bw_overlay_run *r, const char *label)
{
    GPtrArray *all = g_ptr_array_new();

    if (r->symbols) {
        BW_FOR_PROPS (r->symbols, p)
            g_ptr_array_add(all, (char *)(uintptr_t)p->name->text);
    } else {
        BW_FOR_NODES (r->base, n) {
            BW_FOR_LABELS (n, l)
                g_ptr_array_add(all, (char *)(uintptr_t)l->name->text);
        }
    }
    g_ptr_array_add(all, NULL);
    const char *near = bw_nearest(label, (const char *const *)all->pdata);
    g_ptr_array_free(all, TRUE);
    return near;
}

/* A base that was compiled from source has its labels, also without -@. */
static bw_node *node_of_label(const bw_overlay_run *r, const bw_name *label)
{
    const bw_prop *symbol = r->symbols ? bw_node_prop(r->symbols, label) : NULL;

    if (symbol)
        return bw_overlay_text(symbol) ? bw_overlay_path(r->base, bw_overlay_text(symbol)) : NULL;
    return r->base->from_source ? bw_tree_by_label(r->base, label) : NULL;
}

/* One use of a label in the overlay. */
typedef struct label_use {
    bw_node *node;
    bw_prop *prop;
    uint32_t offset;
} label_use;

/* "path:property:offset", with a finding when it is not. */
static bool parse_use(bw_overlay_run *r, bw_node *fixups, bw_prop *label, const char *entry, const char *end,
                      label_use *use)
{
    const char *colon = memchr(entry, ':', (size_t)(end - entry));
    const char *second = colon ? memchr(colon + 1, ':', (size_t)(end - colon - 1)) : NULL;
    char *rest = NULL;
    uint32_t at = (uint32_t)(entry - (const char *)label->value.data);
    unsigned long offset = second ? strtoul(second + 1, &rest, 10) : 0;

    if (!second || second == colon + 1 || rest != end || rest == second + 1) {
        bw_overlay_failed(r, bw_find_elem(r->over, BW_CODE_overlay_fixup_malformed, fixups, label, at,
                                          "the fixup \"%s\" of label \"%s\" is not of the form path:property:offset",
                                          entry, label->name->text));
        return false;
    }
    const bw_name *name = bw_names_find(r->unit->ctx->names, colon + 1, (size_t)(second - colon - 1));
    use->node = bw_fdt_find_path(r->over, entry, (size_t)(colon - entry));
    use->prop = use->node && name ? bw_node_prop(use->node, name) : NULL;
    use->offset = (uint32_t)offset;
    if (!use->prop || offset > use->prop->value.len || use->prop->value.len - offset < 4) {
        bw_overlay_failed(r, bw_find_elem(r->over, BW_CODE_overlay_fixup_malformed, fixups, label, at,
                                          "the fixup \"%s\" of label \"%s\" names %s", entry, label->name->text,
                                          !use->node   ? "a node that the overlay does not have"
                                          : !use->prop ? "a property that the node does not have"
                                                       : "an offset behind the end of the property"));
        return false;
    }
    return true;
}

/* @return whether the base's source has the label on a node that was left out as nothing refers to it. */
static bool was_omitted(const bw_overlay_run *r, const bw_name *label)
{
    const bw_node *n = r->base->root;

    while (n) {
        for (const bw_label *l = n->deleted && n->omit_if_no_ref ? n->labels : NULL; l; l = l->next)
            if (l->name == label)
                return true;
        const bw_node *next = n->first_child;
        while (n && !next) {
            next = n->next;
            n = n->parent;
        }
        n = next;
    }
    return false;
}

static void missing_label(bw_overlay_run *r, const bw_name *label, const GArray *uses)
{
    const label_use *first = uses->len ? &g_array_index(uses, label_use, 0) : NULL;
    const bw_prop *symbol = r->symbols ? bw_node_prop(r->symbols, label) : NULL;
    const char *near = symbol ? NULL : nearest_symbol(r, label->text);
    bw_finding *f;

    if (!first)
        return; /* nothing uses it, so nothing is missed; malformed uses were reported */
    const char *where = bw_node_path(r->over, first->node);
    if (symbol)
        f = bw_find_elem(r->over, BW_CODE_overlay_symbol_missing, first->node, first->prop, first->offset,
                         "label \"%s\", which %s:%s needs, is \"%s\" in the base's /__symbols__, and no node is there",
                         label->text, where, first->prop->name->text,
                         bw_overlay_text(symbol) ? bw_overlay_text(symbol) : "no path");
    else
        f = bw_find_elem(r->over, BW_CODE_overlay_symbol_missing, first->node, first->prop, first->offset,
                         "the base has no label \"%s\", which %s:%s needs", label->text, where,
                         first->prop->name->text);
    for (guint i = 1; f && i < uses->len && i < 4; i++) {
        const label_use *u = &g_array_index(uses, label_use, i);
        bw_span span = bw_prop_elem_span(u->prop, u->offset);
        const char *path = bw_node_path(r->over, u->node);

        if (span.begin)
            bw_find_note(r->unit, f, span, "%s:%s needs it too", path, u->prop->name->text);
        else
            bw_find_note_node(r->over, f, u->node, "%s:%s needs it too", path, u->prop->name->text);
    }
    if (was_omitted(r, label))
        bw_finding_cure(f, "the base has it as /omit-if-no-ref/, and nothing refers to it there: compile the base with "
                           "-@ (--symbols)");
    else if (near)
        bw_finding_cure(f, "did you mean %s?", near);
    bw_overlay_failed(r, f);
}

static void no_symbols(bw_overlay_run *r, bw_node *fixups)
{
    const bw_prop *first = bw_live_prop(fixups->first_prop);
    unsigned count = 0;

    BW_FOR_PROPS (fixups, p)
        count++;
    bw_finding *f = bw_find_node(r->base, BW_CODE_overlay_no_symbols, r->base->root,
                                 "the base has no /__symbols__, and the overlay needs %u label%s of it (%s%s)", count,
                                 count == 1 ? "" : "s", first->name->text, count > 1 ? "…" : "");
    bw_finding_cure(f, "compile the base with -@ (--symbols)");
    bw_overlay_failed(r, f);
}

/* All uses of all labels, with the nodes of the base that they mean. */
static void resolve_labels(bw_overlay_run *r)
{
    bw_node *fixups = bw_node_child(r->over->root, r->unit->n->fixups);

    if (!fixups || !bw_live_prop(fixups->first_prop))
        return;
    if (!r->symbols && !r->base->from_source) {
        no_symbols(r, fixups);
        return;
    }
    GArray *uses = g_array_new(FALSE, FALSE, sizeof(label_use));
    BW_FOR_PROPS (fixups, label) {
        const char *entry = (const char *)label->value.data;
        const char *limit = entry + label->value.len;
        bw_node *target = node_of_label(r, label->name);

        g_array_set_size(uses, 0);
        while (entry < limit) {
            const char *nul = memchr(entry, 0, (size_t)(limit - entry));
            label_use use;

            if (!nul) {
                bw_overlay_failed(r, bw_find_prop(r->over, BW_CODE_overlay_fixup_malformed, fixups, label,
                                                  "the last fixup of label \"%s\" does not end with a NUL",
                                                  label->name->text));
                break;
            }
            if (parse_use(r, fixups, label, entry, nul, &use))
                g_array_append_val(uses, use);
            entry = nul + 1;
        }
        if (!target)
            missing_label(r, label->name, uses);
        for (guint i = 0; target && i < uses->len; i++) {
            const label_use *u = &g_array_index(uses, label_use, i);
            bw_cell_ref ref = {(uint8_t *)(uintptr_t)u->prop->value.data + u->offset, target};

            g_array_append_val(r->refs, ref);
        }
    }
    g_array_free(uses, TRUE);
}

static void local_refs(bw_overlay_run *r, bw_node *mirror, bw_node *node, unsigned depth)
{
    BW_FOR_PROPS (mirror, offsets) {
        bw_prop *prop = bw_node_prop(node, offsets->name);

        if (!prop || offsets->value.len % 4) {
            bw_overlay_failed(r, bw_find_prop(r->over, BW_CODE_overlay_fixup_malformed, mirror, offsets,
                                              prop ? "the local fixups of %s:%s are not a list of cells"
                                                   : "local fixups for a property that there is not: %s:%s",
                                              bw_node_path(r->over, node), offsets->name->text));
            continue;
        }
        for (uint32_t i = 0; i + 4 <= offsets->value.len; i += 4) {
            uint32_t offset = bw_get32(offsets->value.data + i);
            bw_cell_ref ref = {(uint8_t *)(uintptr_t)prop->value.data + offset, NULL};

            if (offset > prop->value.len || prop->value.len - offset < 4)
                bw_overlay_failed(r,
                                  bw_find_prop(r->over, BW_CODE_overlay_fixup_malformed, mirror, offsets,
                                               "the local fixup 0x%x is behind the end of %s:%s, which has 0x%x bytes",
                                               offset, bw_node_path(r->over, node), prop->name->text, prop->value.len));
            else
                g_array_append_val(r->refs, ref);
        }
    }
    BW_FOR_CHILDREN (mirror, m) {
        bw_node *child = bw_overlay_child(node, m->name->text, m->name->len);

        if (!child)
            bw_overlay_failed(r, bw_find_node(r->over, BW_CODE_overlay_fixup_malformed, m,
                                              "local fixups for a node that there is not: \"%s\" of %s", m->name->text,
                                              bw_node_path(r->over, node)));
        else if (depth < BW_FDT_MAX_DEPTH)
            local_refs(r, m, child, depth + 1);
    }
}

void bw_overlay_find_refs(bw_overlay_run *r)
{
    bw_node *local = bw_node_child(r->over->root, r->unit->n->local_fixups);

    resolve_labels(r);
    if (local)
        local_refs(r, local, r->over->root, 0);
}
