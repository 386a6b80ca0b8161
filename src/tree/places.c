/* SPDX-License-Identifier: Apache-2.0 */
/* Where things of a tree were written, and findings about them. */
#include "tree/tree.h"

#include <glib.h>
#include <stdarg.h>

static bw_span event_span(const bw_node_event *e)
{
    return (bw_span){e->name, e->name, e->name_len};
}

bw_span bw_node_span(const bw_node *node)
{
    const bw_node_event *first = NULL;

    for (const bw_node_event *e = node->history; e; e = e->older)
        if (e->kind == BW_SET || !first) /* one that was only deleted has nothing else */
            first = e;
    return first ? event_span(first) : BW_NOWHERE;
}

bw_span bw_node_last_span(const bw_node *node)
{
    for (const bw_node_event *e = node->history; e; e = e->older)
        if (e->kind == BW_SET)
            return event_span(e);
    return BW_NOWHERE;
}

static const bw_prop_event *last_set(const bw_prop *prop)
{
    const bw_prop_event *e = prop->history;

    while (e && e->kind != BW_SET)
        e = e->older;
    return e;
}

bw_span bw_prop_span(const bw_prop *prop)
{
    const bw_prop_event *e = last_set(prop);

    return e ? bw_span_name(e->name, prop->name) : BW_NOWHERE;
}

/* The characters of the value without the ";". */
bw_span bw_prop_value_span(const bw_prop *prop)
{
    const bw_prop_event *e = last_set(prop);

    if (!e || !e->first)
        return bw_prop_span(prop);
    return bw_span_of(e->first, e->value_last ? e->value_last : e->first);
}

/* The newest element that begins at or before a byte. */
static const bw_elem *elem_at(const bw_value *value, uint32_t offset)
{
    uint32_t low = 0;
    uint32_t high = value->elem_count;

    if (high == 0)
        return NULL;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (value->elems[middle].offset <= offset)
            low = middle;
        else
            high = middle;
    }
    return &value->elems[low];
}

bw_span bw_prop_elem_span(const bw_prop *prop, uint32_t offset)
{
    const bw_elem *e = elem_at(&prop->value, offset);

    return e ? bw_span_token(e->loc) : bw_prop_value_span(prop);
}

bw_span bw_prop_range_span(const bw_prop *prop, uint32_t offset, uint32_t len)
{
    const bw_elem *first = elem_at(&prop->value, offset);
    const bw_elem *last = elem_at(&prop->value, len ? offset + len - 1 : offset);

    return first && last ? bw_span_of(first->loc, last->loc) : bw_prop_value_span(prop);
}

bool bw_prop_known(const bw_prop *prop, uint32_t offset, uint32_t len)
{
    for (uint32_t i = 0; prop->value.has_unknown && i < prop->value.mark_count; i++) {
        const bw_mark *m = &prop->value.marks[i];

        if (m->kind == BW_MARK_UNKNOWN && m->offset < offset + len && m->offset + 8 > offset)
            return false;
    }
    return true;
}

static bw_finding *find_at(const bw_tree *tree, bw_code code, bw_span span, const bw_node *node, const bw_prop *prop,
                           const char *format, va_list ap)
{
    if (tree->unit->ctx->levels[code] == BW_OFF)
        return NULL;
    char *text = g_strdup_vprintf(format, ap);
    bw_finding *f;

    if (span.begin)
        f = bw_find(tree->unit, code, span, "%s", text);
    else
        f = bw_findings_add(tree->unit->findings, code, bw_file_place(tree->path), "%s", text);
    g_free(text);
    bw_finding_subject(f, bw_node_path(tree, node), prop ? prop->name->text : NULL);
    return f;
}

bw_finding *bw_find_node(const bw_tree *tree, bw_code code, const bw_node *node, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    bw_finding *f = find_at(tree, code, bw_node_span(node), node, NULL, format, ap);
    va_end(ap);
    return f;
}

bw_finding *bw_find_prop(const bw_tree *tree, bw_code code, const bw_node *node, const bw_prop *prop,
                         const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    bw_finding *f = find_at(tree, code, prop ? bw_prop_span(prop) : bw_node_span(node), node, prop, format, ap);
    va_end(ap);
    return f;
}

bw_finding *bw_find_elem(const bw_tree *tree, bw_code code, const bw_node *node, const bw_prop *prop, uint32_t offset,
                         const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    bw_finding *f = find_at(tree, code, bw_prop_elem_span(prop, offset), node, prop, format, ap);
    va_end(ap);
    return f;
}

void bw_find_note_node(const bw_tree *tree, bw_finding *finding, const bw_node *node, const char *format, ...)
{
    va_list ap;
    bw_span span = bw_node_span(node);

    if (!finding)
        return;
    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    if (span.begin)
        bw_find_note(tree->unit, finding, span, "%s", text);
    else
        bw_finding_note(finding, bw_file_place(tree->path), "%s: %s", bw_node_path(tree, node), text);
    g_free(text);
}

const char *bw_tree_nearest_label(const bw_tree *tree, const char *label)
{
    GPtrArray *all = g_ptr_array_new();

    BW_FOR_NODES (tree, n)
        BW_FOR_LABELS (n, l)
            g_ptr_array_add(all, (void *)(uintptr_t)l->name->text);
    g_ptr_array_add(all, NULL);
    const char *found = bw_nearest(label, (const char *const *)all->pdata);
    g_ptr_array_free(all, TRUE);
    return found;
}

bool bw_tree_all_known(const bw_tree *tree)
{
    bool known = true;

    if (!tree->has_unknown)
        return true;
    BW_FOR_NODES (tree, node)
        BW_FOR_PROPS (node, prop)
            for (uint32_t i = 0; prop->value.has_unknown && i < prop->value.mark_count; i++) {
                const bw_mark *mark = &prop->value.marks[i];

                if (mark->kind != BW_MARK_UNKNOWN)
                    continue;
                bw_find_elem(tree, BW_CODE_value_unknown, node, prop, mark->offset,
                             "this comes from a header that is not there, so %s cannot be written", prop->name->text);
                known = false;
                break;
            }
    return known;
}
