/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overlays, in the steps of libfdt's fdt_overlay_apply() (fdt_overlay.c of dtc 1.8.1): numbers of the
 * overlay move behind those of the base, labels find their nodes, nodes that meet one of the base take
 * its number, fragments are merged, symbols follow. All that can be known before merging is said
 * before anything is changed.
 */
#include "fdt/generate.h"

#include "base/bytes.h"

#include <stdlib.h>

/* A cell of the overlay that refers to a node of the overlay, or by label to one of the base. */
typedef struct cell_ref {
    uint8_t *cell;
    bw_node *target; /* of the base; NULL: of the overlay */
} cell_ref;

typedef struct overlay_run {
    bw_tree *base, *over;
    bw_unit *unit;
    bw_node *symbols;    /* of the base, or NULL */
    GArray *refs;        /* of cell_ref */
    GHashTable *becomes; /* node of the overlay -> node of the base */
    bool failed;
} overlay_run;

static void failed(overlay_run *r, bw_finding *f)
{
    (void)f;
    r->failed = true;
}

/* -- finding nodes as libfdt does --------------------------------------------------------------- */

/* "uart" also finds "uart@1000": the first child that fits. */
static bw_node *loose_child(const bw_node *node, const char *name, size_t len)
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

static bw_node *loose_path(const bw_tree *tree, const char *path);

static bw_node *by_alias(const bw_tree *tree, const char *name, size_t len)
{
    const bw_node *aliases = bw_node_child(tree->root, tree->unit->n->aliases);
    const bw_name *alias = bw_names_find(tree->unit->ctx->names, name, len);
    const bw_prop *p = aliases && alias ? bw_node_prop(aliases, alias) : NULL;

    if (!p || p->value.len == 0 || p->value.data[0] != '/' || p->value.data[p->value.len - 1] != 0)
        return NULL;
    return loose_path(tree, (const char *)p->value.data);
}

static bw_node *loose_path(const bw_tree *tree, const char *path)
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
        node = loose_child(node, path, len);
        path += len;
    }
    return NULL;
}

static const char *text_of(const bw_prop *prop)
{
    const bw_value *v = &prop->value;

    return v->len && memchr(v->data, 0, v->len) == v->data + v->len - 1 ? (const char *)v->data : NULL;
}

/* -- labels ------------------------------------------------------------------------------------- */

static const char *nearest_symbol(const overlay_run *r, const char *label)
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
static bw_node *node_of_label(const overlay_run *r, const bw_name *label)
{
    const bw_prop *symbol = r->symbols ? bw_node_prop(r->symbols, label) : NULL;

    if (symbol)
        return text_of(symbol) ? loose_path(r->base, text_of(symbol)) : NULL;
    return r->base->from_source ? bw_tree_by_label(r->base, label) : NULL;
}

/* One use of a label in the overlay. */
typedef struct label_use {
    bw_node *node;
    bw_prop *prop;
    uint32_t offset;
} label_use;

/* "path:property:offset", with a finding when it is not. */
static bool parse_use(overlay_run *r, bw_node *fixups, bw_prop *label, const char *entry, const char *end,
                      label_use *use)
{
    const char *colon = memchr(entry, ':', (size_t)(end - entry));
    const char *second = colon ? memchr(colon + 1, ':', (size_t)(end - colon - 1)) : NULL;
    char *rest = NULL;
    uint32_t at = (uint32_t)(entry - (const char *)label->value.data);
    unsigned long offset = second ? strtoul(second + 1, &rest, 10) : 0;

    if (!second || second == colon + 1 || rest != end || rest == second + 1) {
        failed(r, bw_find_elem(r->over, BW_CODE_overlay_fixup_malformed, fixups, label, at,
                               "the fixup \"%s\" of label \"%s\" is not of the form path:property:offset", entry,
                               label->name->text));
        return false;
    }
    const bw_name *name = bw_names_find(r->unit->ctx->names, colon + 1, (size_t)(second - colon - 1));
    use->node = bw_fdt_find_path(r->over, entry, (size_t)(colon - entry));
    use->prop = use->node && name ? bw_node_prop(use->node, name) : NULL;
    use->offset = (uint32_t)offset;
    if (!use->prop || offset > use->prop->value.len || use->prop->value.len - offset < 4) {
        failed(r, bw_find_elem(r->over, BW_CODE_overlay_fixup_malformed, fixups, label, at,
                               "the fixup \"%s\" of label \"%s\" names %s", entry, label->name->text,
                               !use->node   ? "a node that the overlay does not have"
                               : !use->prop ? "a property that the node does not have"
                                            : "an offset behind the end of the property"));
        return false;
    }
    return true;
}

/* @return whether the base's source has the label on a node that was left out as nothing refers to it. */
static bool was_omitted(const overlay_run *r, const bw_name *label)
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

static void missing_label(overlay_run *r, const bw_name *label, const GArray *uses)
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
                         label->text, where, first->prop->name->text, text_of(symbol) ? text_of(symbol) : "no path");
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
    failed(r, f);
}

static void no_symbols(overlay_run *r, bw_node *fixups)
{
    const bw_prop *first = bw_live_prop(fixups->first_prop);
    unsigned count = 0;

    BW_FOR_PROPS (fixups, p)
        count++;
    bw_finding *f = bw_find_node(r->base, BW_CODE_overlay_no_symbols, r->base->root,
                                 "the base has no /__symbols__, and the overlay needs %u label%s of it (%s%s)", count,
                                 count == 1 ? "" : "s", first->name->text, count > 1 ? "…" : "");
    bw_finding_cure(f, "compile the base with -@ (--symbols)");
    failed(r, f);
}

/* All uses of all labels, with the nodes of the base that they mean. */
static void resolve_labels(overlay_run *r)
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
                failed(r, bw_find_prop(r->over, BW_CODE_overlay_fixup_malformed, fixups, label,
                                       "the last fixup of label \"%s\" does not end with a NUL", label->name->text));
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
            cell_ref ref = {(uint8_t *)(uintptr_t)u->prop->value.data + u->offset, target};

            g_array_append_val(r->refs, ref);
        }
    }
    g_array_free(uses, TRUE);
}

static void local_refs(overlay_run *r, bw_node *mirror, bw_node *node, unsigned depth)
{
    BW_FOR_PROPS (mirror, offsets) {
        bw_prop *prop = bw_node_prop(node, offsets->name);

        if (!prop || offsets->value.len % 4) {
            failed(r, bw_find_prop(r->over, BW_CODE_overlay_fixup_malformed, mirror, offsets,
                                   prop ? "the local fixups of %s:%s are not a list of cells"
                                        : "local fixups for a property that there is not: %s:%s",
                                   bw_node_path(r->over, node), offsets->name->text));
            continue;
        }
        for (uint32_t i = 0; i + 4 <= offsets->value.len; i += 4) {
            uint32_t offset = bw_get32(offsets->value.data + i);
            cell_ref ref = {(uint8_t *)(uintptr_t)prop->value.data + offset, NULL};

            if (offset > prop->value.len || prop->value.len - offset < 4)
                failed(r, bw_find_prop(r->over, BW_CODE_overlay_fixup_malformed, mirror, offsets,
                                       "the local fixup 0x%x is behind the end of %s:%s, which has 0x%x bytes", offset,
                                       bw_node_path(r->over, node), prop->name->text, prop->value.len));
            else
                g_array_append_val(r->refs, ref);
        }
    }
    BW_FOR_CHILDREN (mirror, m) {
        bw_node *child = loose_child(node, m->name->text, m->name->len);

        if (!child)
            failed(r, bw_find_node(r->over, BW_CODE_overlay_fixup_malformed, m,
                                   "local fixups for a node that there is not: \"%s\" of %s", m->name->text,
                                   bw_node_path(r->over, node)));
        else if (depth < BW_FDT_MAX_DEPTH)
            local_refs(r, m, child, depth + 1);
    }
}

/* -- numbers ------------------------------------------------------------------------------------ */

/* Blobs are mapped read-only and values may share bytes: give the overlay its own. */
static void own_values(overlay_run *r)
{
    BW_FOR_NODES (r->over, n) {
        BW_FOR_PROPS (n, p)
            if (p->value.len)
                p->value.data = bw_arena_dup(&r->unit->arena, p->value.data, p->value.len);
    }
}

static bw_prop *phandle_prop(const overlay_run *r, const bw_node *node, unsigned which)
{
    return bw_node_prop(node, which ? r->unit->n->linux_phandle : r->unit->n->phandle);
}

static uint32_t phandle_of(const overlay_run *r, const bw_node *node)
{
    for (unsigned i = 0; i < 2; i++) {
        const bw_prop *p = phandle_prop(r, node, i);

        if (p && p->value.len == 4)
            return bw_get32(p->value.data);
    }
    return 0;
}

static void set_phandle_props(const overlay_run *r, bw_node *node, uint32_t phandle)
{
    for (unsigned i = 0; i < 2; i++) {
        bw_prop *p = phandle_prop(r, node, i);

        if (p && p->value.len == 4)
            bw_put32((uint8_t *)(uintptr_t)p->value.data, phandle);
    }
}

static uint32_t highest_phandle(const overlay_run *r)
{
    uint32_t max = 0;

    BW_FOR_NODES (r->base, n) {
        uint32_t phandle = phandle_of(r, n);
        if (phandle > max && phandle != UINT32_MAX)
            max = phandle;
    }
    return max;
}

static bool check_phandles(overlay_run *r, uint32_t delta)
{
    BW_FOR_NODES (r->over, n) {
        for (unsigned i = 0; i < 2; i++) {
            const bw_prop *p = phandle_prop(r, n, i);

            if (p && p->value.len != 4)
                failed(r, bw_find_prop(r->over, BW_CODE_overlay_phandle, n, p,
                                       "%s has %u bytes, a phandle is one cell of 4", p->name->text, p->value.len));
            else if (p && (uint64_t)bw_get32(p->value.data) + delta >= UINT32_MAX)
                failed(r, bw_find_prop(r->over, BW_CODE_overlay_phandle, n, p,
                                       "there is no number left for phandle 0x%x: those of the base go up to 0x%x",
                                       bw_get32(p->value.data), delta));
        }
    }
    return !r->failed;
}

static void move_numbers(overlay_run *r, uint32_t delta)
{
    BW_FOR_NODES (r->over, n) {
        uint32_t phandle = phandle_of(r, n);
        if (phandle)
            set_phandle_props(r, n, phandle + delta);
    }
    for (guint i = 0; i < r->refs->len; i++) {
        const cell_ref *ref = &g_array_index(r->refs, cell_ref, i);

        bw_put32(ref->cell, ref->target ? phandle_of(r, ref->target) : bw_get32(ref->cell) + delta);
    }
}

/* -- fragments ---------------------------------------------------------------------------------- */

static bw_node *overlay_of(const overlay_run *r, const bw_node *fragment)
{
    return bw_node_child(fragment, r->unit->n->overlay);
}

static bw_node *base_by_phandle(const overlay_run *r, uint32_t phandle)
{
    BW_FOR_NODES (r->base, n)
        if (phandle_of(r, n) == phandle)
            return n;
    return NULL;
}

/* @return the node of the base that a fragment changes; NULL, with a finding if @p say, if there is none. */
static bw_node *target_of(overlay_run *r, bw_node *fragment, const char **path, bool say)
{
    const bw_prop *by_number = bw_node_prop(fragment, r->unit->n->target);
    const bw_prop *by_path = bw_node_prop(fragment, r->unit->n->target_path);
    uint32_t phandle = by_number && by_number->value.len == 4 ? bw_get32(by_number->value.data) : UINT32_MAX;
    bw_node *found = NULL;
    bw_finding *f = NULL;

    *path = NULL;
    if (by_number && phandle == UINT32_MAX) {
        if (say)
            f = bw_find_prop(r->over, BW_CODE_overlay_target_missing, fragment, by_number,
                             "the target of %s is no phandle", fragment->name->text);
    } else if (by_number && phandle) {
        found = base_by_phandle(r, phandle);
        if (!found && say)
            f = bw_find_prop(r->over, BW_CODE_overlay_target_missing, fragment, by_number,
                             "the target of %s, phandle 0x%x, is no node of the base", fragment->name->text, phandle);
    } else if (by_path && text_of(by_path)) {
        *path = text_of(by_path);
        found = loose_path(r->base, *path);
        if (!found && say)
            f = bw_find_prop(r->over, BW_CODE_overlay_target_missing, fragment, by_path,
                             "the target of %s, %s, is no node of the base", fragment->name->text, *path);
    } else if (say) {
        f = bw_find_node(r->over, BW_CODE_overlay_target_missing, fragment,
                         "%s says neither by target nor by target-path which node of the base it changes",
                         fragment->name->text);
    }
    if (!found && say)
        failed(r, f);
    return found;
}

/* Nodes that exist in the base keep its number; the overlay's own references follow. */
static void keep_base_numbers(overlay_run *r, const bw_node *base, bw_node *node, unsigned depth)
{
    uint32_t theirs = phandle_of(r, base);
    uint32_t ours = phandle_of(r, node);

    if (theirs && ours && theirs != ours) {
        set_phandle_props(r, node, theirs);
        for (guint i = 0; i < r->refs->len; i++) {
            const cell_ref *ref = &g_array_index(r->refs, cell_ref, i);

            if (!ref->target && bw_get32(ref->cell) == ours)
                bw_put32(ref->cell, theirs);
        }
    }
    BW_FOR_CHILDREN (node, c) {
        const bw_node *same = loose_child(base, c->name->text, c->name->len);

        if (same && depth < BW_FDT_MAX_DEPTH)
            keep_base_numbers(r, same, c, depth + 1);
    }
}

static void take_history(overlay_run *r, bw_node *base, const bw_node *node)
{
    bw_node_event **link = &base->history;
    bw_node_event *before = base->history;

    for (const bw_node_event *e = node->history; e; e = e->older) {
        *link = bw_arena_dup(&r->unit->arena, e, sizeof *e);
        link = &(*link)->older;
    }
    *link = before;
}

/* The oldest label first, so that the newest ends up in front again. */
static void take_labels(overlay_run *r, bw_node *base, const bw_label *label)
{
    if (!label)
        return;
    take_labels(r, base, label->next);
    if (!label->deleted && !bw_tree_by_label(r->base, label->name))
        bw_label_add(r->base, base, label->name, label->loc);
}

static void take_prop(overlay_run *r, bw_node *base, const bw_prop *prop)
{
    const bw_known_names *n = r->unit->n;
    bw_value value = prop->value;

    value.marks = bw_arena_dup(&r->unit->arena, value.marks, value.mark_count * sizeof *value.marks);
    bw_prop *mine = bw_node_set(r->base, base, prop->name, value);
    bw_prop_event *before = mine->history;
    bw_prop_event **link = &mine->history;
    mine->history = NULL; /* the place of the base's value would be the wrong one */
    for (const bw_prop_event *e = prop->history; e; e = e->older) {
        *link = bw_arena_dup(&r->unit->arena, e, sizeof *e);
        link = &(*link)->older;
    }
    if (mine->history)
        *link = before;
    if ((prop->name == n->phandle || prop->name == n->linux_phandle) && value.len == 4 &&
        base->phandle != bw_get32(value.data))
        bw_tree_set_phandle(r->base, base, bw_get32(value.data));
}

static void merge(overlay_run *r, bw_node *base, const bw_node *node, unsigned depth)
{
    g_hash_table_insert(r->becomes, (bw_node *)(uintptr_t)node, base);
    take_history(r, base, node);
    take_labels(r, base, node->labels);
    BW_FOR_PROPS (node, p)
        take_prop(r, base, p);
    BW_FOR_CHILDREN (node, c) {
        bw_node *mine = loose_child(base, c->name->text, c->name->len);

        if (depth >= BW_FDT_MAX_DEPTH)
            return;
        if (!mine) {
            mine = bw_node_new(r->base, c->name);
            bw_node_add_child(base, mine);
        }
        merge(r, mine, c, depth + 1);
    }
}

/* References now mean nodes of the base; what they are written as is found there too. */
static void retarget(overlay_run *r, bw_value *value)
{
    for (uint32_t i = 0; i < value->mark_count; i++) {
        bw_mark *m = &value->marks[i];
        const bw_label *label;

        if (m->kind == BW_MARK_REF_PHANDLE && value->len >= 4 && m->offset <= value->len - 4)
            m->node = bw_tree_by_phandle(r->base, bw_get32(value->data + m->offset));
        else if (m->kind == BW_MARK_REF_PATH && m->node)
            m->node = g_hash_table_lookup(r->becomes, m->node);
        else
            continue;
        label = m->node ? bw_live_label(m->node->labels) : NULL;
        if (label)
            m->ref = label->name;
        else if (m->node)
            m->ref = bw_intern_str(r->unit->ctx->names, bw_node_path(r->base, m->node));
    }
}

static void retarget_all(overlay_run *r)
{
    GHashTableIter iter;
    void *from;
    void *to;

    g_hash_table_iter_init(&iter, r->becomes);
    while (g_hash_table_iter_next(&iter, &from, &to))
        BW_FOR_PROPS ((bw_node *)from, p) {
            bw_prop *mine = bw_node_prop(to, p->name);
            if (mine && mine->value.data == p->value.data && mine->value.has_refs) {
                ((bw_node *)to)->has_refs = true;
                retarget(r, &mine->value);
            }
        }
}

static bool merge_fragments(overlay_run *r)
{
    const char *path;

    BW_FOR_CHILDREN (r->over->root, fragment) {
        bw_node *inner = overlay_of(r, fragment);
        bw_node *target = inner ? target_of(r, fragment, &path, false) : NULL;

        if (target)
            keep_base_numbers(r, target, inner, 0);
    }
    BW_FOR_CHILDREN (r->over->root, fragment) {
        bw_node *inner = overlay_of(r, fragment);
        bw_node *target = inner ? target_of(r, fragment, &path, true) : NULL;

        if (target)
            merge(r, target, inner, 0);
    }
    return !r->failed;
}

/* -- symbols ------------------------------------------------------------------------------------ */

/* "/fragment@0/__overlay__/led" becomes the path of the target and "/led". */
static void take_symbol(overlay_run *r, bw_node *ours, const bw_prop *symbol)
{
    static const char middle[] = "/__overlay__";
    const char *path = text_of(symbol);
    const char *slash = path && *path == '/' ? strchr(path + 1, '/') : NULL;
    const char *target_path;

    if (!path || *path != '/') {
        failed(r, bw_find_prop(r->over, BW_CODE_overlay_symbol_malformed, ours, symbol,
                               "the symbol \"%s\" of the overlay is no path", symbol->name->text));
        return;
    }
    size_t len = sizeof middle - 1;
    if (!slash || strncmp(slash, middle, len) != 0 || (slash[len] && slash[len] != '/'))
        return; /* of something that does not get into the base */
    const char *rest = slash[len] ? slash + len + 1 : "";
    bw_node *fragment = loose_child(r->over->root, path + 1, (size_t)(slash - path - 1));
    if (!fragment || !overlay_of(r, fragment)) {
        failed(r, bw_find_prop(r->over, BW_CODE_overlay_symbol_malformed, ours, symbol,
                               "the symbol \"%s\" is in a fragment that the overlay does not have: %s",
                               symbol->name->text, path));
        return;
    }
    bw_node *target = target_of(r, fragment, &target_path, true);
    if (!target)
        return;
    if (!target_path)
        target_path = bw_node_path(r->base, target);
    const char *now = bw_arena_printf(&r->unit->arena, "%s/%s", strcmp(target_path, "/") == 0 ? "" : target_path, rest);
    bw_node_set(r->base, r->symbols, symbol->name, bw_value_string(r->base, now));
}

static bool take_symbols(overlay_run *r)
{
    bw_node *ours = bw_node_child(r->over->root, r->unit->n->symbols);

    if (!ours)
        return true;
    if (!r->symbols)
        r->symbols = bw_fdt_root_child(r->base, r->unit->n->symbols);
    BW_FOR_PROPS (ours, p)
        take_symbol(r, ours, p);
    return !r->failed;
}

/* -- all of it ---------------------------------------------------------------------------------- */

/* Labels of a source base may have no number yet. */
static bool number_targets(overlay_run *r)
{
    for (guint i = 0; i < r->refs->len; i++) {
        bw_node *target = g_array_index(r->refs, cell_ref, i).target;

        if (!target || phandle_of(r, target))
            continue;
        if (r->base->from_source) {
            bw_tree_phandle(r->base, target, BW_PHANDLE_EPAPR);
        } else {
            bw_finding *f =
                bw_find_node(r->base, BW_CODE_overlay_phandle, target,
                             "%s has no phandle, so the overlay cannot refer to it", bw_node_path(r->base, target));
            bw_finding_cure(f, "compile the base with -@ (--symbols)");
            failed(r, f);
        }
    }
    return !r->failed;
}

static bool run_all(overlay_run *r)
{
    bw_node *local = bw_node_child(r->over->root, r->unit->n->local_fixups);

    own_values(r);
    resolve_labels(r);
    if (local)
        local_refs(r, local, r->over->root, 0);
    if (r->failed || !number_targets(r))
        return false;
    uint32_t delta = highest_phandle(r);
    if (!check_phandles(r, delta))
        return false;
    move_numbers(r, delta);
    if (!merge_fragments(r))
        return false;
    retarget_all(r);
    return take_symbols(r);
}

bool bw_overlay_apply(bw_tree *base, bw_tree *overlay)
{
    overlay_run r = {.base = base, .over = overlay, .unit = base->unit};
    const bw_fdt_generate_options fixups = {.fixups = true, .quiet = true};

    if (overlay->from_source && !bw_fdt_generate(overlay, &fixups))
        return false;
    r.symbols = bw_node_child(base->root, r.unit->n->symbols);
    r.refs = g_array_new(FALSE, FALSE, sizeof(cell_ref));
    r.becomes = g_hash_table_new(NULL, NULL);
    bool applied = run_all(&r);
    g_hash_table_destroy(r.becomes);
    g_array_free(r.refs, TRUE);
    return applied;
}
