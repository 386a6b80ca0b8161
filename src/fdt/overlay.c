/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overlays, in the steps of libfdt's fdt_overlay_apply() (fdt_overlay.c of dtc 1.8.1): numbers of the
 * overlay move behind those of the base, labels find their nodes, nodes that meet one of the base take
 * its number, fragments are merged, symbols follow. All that can be known before merging is said
 * before anything is changed.
 */
#include "fdt/overlay.h"

#include "base/bytes.h"

/* -- numbers ------------------------------------------------------------------------------------ */

/* Blobs are mapped read-only and values may share bytes: give the overlay its own. */
static void own_values(bw_overlay_run *r)
{
    BW_FOR_NODES (r->over, n) {
        BW_FOR_PROPS (n, p)
            if (p->value.len)
                p->value.data = bw_arena_dup(&r->unit->arena, p->value.data, p->value.len);
    }
}

static bw_prop *phandle_prop(const bw_overlay_run *r, const bw_node *node, unsigned which)
{
    return bw_node_prop(node, which ? r->unit->n->linux_phandle : r->unit->n->phandle);
}

static uint32_t phandle_of(const bw_overlay_run *r, const bw_node *node)
{
    for (unsigned i = 0; i < 2; i++) {
        const bw_prop *p = phandle_prop(r, node, i);

        if (p && p->value.len == 4)
            return bw_get32(p->value.data);
    }
    return 0;
}

static void set_phandle_props(const bw_overlay_run *r, bw_node *node, uint32_t phandle)
{
    for (unsigned i = 0; i < 2; i++) {
        bw_prop *p = phandle_prop(r, node, i);

        if (p && p->value.len == 4)
            bw_put32((uint8_t *)(uintptr_t)p->value.data, phandle);
    }
}

static uint32_t highest_phandle(const bw_overlay_run *r)
{
    uint32_t max = 0;

    BW_FOR_NODES (r->base, n) {
        uint32_t phandle = phandle_of(r, n);
        if (phandle > max && phandle != UINT32_MAX)
            max = phandle;
    }
    return max;
}

static bool check_phandles(bw_overlay_run *r, uint32_t delta)
{
    BW_FOR_NODES (r->over, n) {
        for (unsigned i = 0; i < 2; i++) {
            const bw_prop *p = phandle_prop(r, n, i);

            if (p && p->value.len != 4)
                bw_overlay_failed(r, bw_find_prop(r->over, BW_CODE_overlay_phandle, n, p,
                                                  "%s has %u bytes, a phandle is one cell of 4", p->name->text,
                                                  p->value.len));
            else if (p && (uint64_t)bw_get32(p->value.data) + delta >= UINT32_MAX)
                bw_overlay_failed(
                    r, bw_find_prop(r->over, BW_CODE_overlay_phandle, n, p,
                                    "there is no number left for phandle 0x%x: those of the base go up to 0x%x",
                                    bw_get32(p->value.data), delta));
        }
    }
    return !r->failed;
}

static void move_numbers(bw_overlay_run *r, uint32_t delta)
{
    BW_FOR_NODES (r->over, n) {
        uint32_t phandle = phandle_of(r, n);
        if (phandle)
            set_phandle_props(r, n, phandle + delta);
    }
    for (guint i = 0; i < r->refs->len; i++) {
        const bw_cell_ref *ref = &g_array_index(r->refs, bw_cell_ref, i);

        bw_put32(ref->cell, ref->target ? phandle_of(r, ref->target) : bw_get32(ref->cell) + delta);
    }
}

/* -- fragments ---------------------------------------------------------------------------------- */

static bw_node *overlay_of(const bw_overlay_run *r, const bw_node *fragment)
{
    return bw_node_child(fragment, r->unit->n->overlay);
}

static bw_node *base_by_phandle(const bw_overlay_run *r, uint32_t phandle)
{
    BW_FOR_NODES (r->base, n)
        if (phandle_of(r, n) == phandle)
            return n;
    return NULL;
}

/* @return the node of the base that a fragment changes; NULL, with a finding if @p say, if there is none. */
static bw_node *target_of(bw_overlay_run *r, bw_node *fragment, const char **path, bool say)
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
    } else if (by_path && bw_overlay_text(by_path)) {
        *path = bw_overlay_text(by_path);
        found = bw_overlay_path(r->base, *path);
        if (!found && say)
            f = bw_find_prop(r->over, BW_CODE_overlay_target_missing, fragment, by_path,
                             "the target of %s, %s, is no node of the base", fragment->name->text, *path);
    } else if (say) {
        f = bw_find_node(r->over, BW_CODE_overlay_target_missing, fragment,
                         "%s says neither by target nor by target-path which node of the base it changes",
                         fragment->name->text);
    }
    if (!found && say)
        bw_overlay_failed(r, f);
    return found;
}

/* Nodes that exist in the base keep its number; the overlay's own references follow. */
static void keep_base_numbers(bw_overlay_run *r, const bw_node *base, bw_node *node, unsigned depth)
{
    uint32_t theirs = phandle_of(r, base);
    uint32_t ours = phandle_of(r, node);

    if (theirs && ours && theirs != ours) {
        set_phandle_props(r, node, theirs);
        for (guint i = 0; i < r->refs->len; i++) {
            const bw_cell_ref *ref = &g_array_index(r->refs, bw_cell_ref, i);

            if (!ref->target && bw_get32(ref->cell) == ours)
                bw_put32(ref->cell, theirs);
        }
    }
    BW_FOR_CHILDREN (node, c) {
        const bw_node *same = bw_overlay_child(base, c->name->text, c->name->len);

        if (same && depth < BW_FDT_MAX_DEPTH)
            keep_base_numbers(r, same, c, depth + 1);
    }
}

static void take_history(bw_overlay_run *r, bw_node *base, const bw_node *node)
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
static void take_labels(bw_overlay_run *r, bw_node *base, const bw_label *label)
{
    if (!label)
        return;
    take_labels(r, base, label->next);
    if (!label->deleted && !bw_tree_by_label(r->base, label->name))
        bw_label_add(r->base, base, label->name, label->loc);
}

static void take_prop(bw_overlay_run *r, bw_node *base, const bw_prop *prop)
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

static void merge(bw_overlay_run *r, bw_node *base, const bw_node *node, unsigned depth)
{
    g_hash_table_insert(r->becomes, (bw_node *)(uintptr_t)node, base);
    take_history(r, base, node);
    take_labels(r, base, node->labels);
    BW_FOR_PROPS (node, p)
        take_prop(r, base, p);
    BW_FOR_CHILDREN (node, c) {
        bw_node *mine = bw_overlay_child(base, c->name->text, c->name->len);

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
static void retarget(bw_overlay_run *r, bw_value *value)
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

static void retarget_all(bw_overlay_run *r)
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

static bool merge_fragments(bw_overlay_run *r)
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
static void take_symbol(bw_overlay_run *r, bw_node *ours, const bw_prop *symbol)
{
    static const char middle[] = "/__overlay__";
    const char *path = bw_overlay_text(symbol);
    const char *slash = path && *path == '/' ? strchr(path + 1, '/') : NULL;
    const char *target_path;

    if (!path || *path != '/') {
        bw_overlay_failed(r, bw_find_prop(r->over, BW_CODE_overlay_symbol_malformed, ours, symbol,
                                          "the symbol \"%s\" of the overlay is no path", symbol->name->text));
        return;
    }
    size_t len = sizeof middle - 1;
    if (!slash || strncmp(slash, middle, len) != 0 || (slash[len] && slash[len] != '/'))
        return; /* of something that does not get into the base */
    const char *rest = slash[len] ? slash + len + 1 : "";
    bw_node *fragment = bw_overlay_child(r->over->root, path + 1, (size_t)(slash - path - 1));
    if (!fragment || !overlay_of(r, fragment)) {
        bw_overlay_failed(r, bw_find_prop(r->over, BW_CODE_overlay_symbol_malformed, ours, symbol,
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

static bool take_symbols(bw_overlay_run *r)
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
static bool number_targets(bw_overlay_run *r)
{
    for (guint i = 0; i < r->refs->len; i++) {
        bw_node *target = g_array_index(r->refs, bw_cell_ref, i).target;

        if (!target || phandle_of(r, target))
            continue;
        if (r->base->from_source) {
            bw_tree_phandle(r->base, target, BW_PHANDLE_EPAPR);
        } else {
            bw_finding *f =
                bw_find_node(r->base, BW_CODE_overlay_phandle, target,
                             "%s has no phandle, so the overlay cannot refer to it", bw_node_path(r->base, target));
            bw_finding_cure(f, "compile the base with -@ (--symbols)");
            bw_overlay_failed(r, f);
        }
    }
    return !r->failed;
}

static bool run_all(bw_overlay_run *r)
{
    own_values(r);
    bw_overlay_find_refs(r);
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
    bw_overlay_run r = {.base = base, .over = overlay, .unit = base->unit};
    const bw_fdt_generate_options fixups = {.fixups = true, .quiet = true};

    if (overlay->from_source && !bw_fdt_generate(overlay, &fixups))
        return false;
    r.symbols = bw_node_child(base->root, r.unit->n->symbols);
    r.refs = g_array_new(FALSE, FALSE, sizeof(bw_cell_ref));
    r.becomes = g_hash_table_new(NULL, NULL);
    bool applied = run_all(&r);
    g_hash_table_destroy(r.becomes);
    g_array_free(r.refs, TRUE);
    return applied;
}
