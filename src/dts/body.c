/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies of nodes. The tree is built while reading: a body that meets an existing node is merged
 * into it statement by statement, which gives the order that dtc's merging gives.
 */
#include "dts/statement.h"

#include <string.h>

/* ---- labels before a statement ---- */

static void add_pending(bw_parser *p, pending *labels)
{
    if ((labels->count & (labels->count - 1)) == 0) { /* room for 1, 2, 4, 8 … */
        size_t room = labels->count ? (size_t)labels->count * 2 : 1;
        pending_label *v = bw_arena_alloc(&p->unit->arena, room * sizeof *v);
        if (labels->count)
            memcpy(v, labels->labels, labels->count * sizeof *v);
        labels->labels = v;
    }
    labels->labels[labels->count++] = (pending_label){p->t.name, p->t.loc};
}

pending bw_read_labels(bw_parser *p)
{
    pending labels = {0};

    while (p->t.kind == BW_DT_LABEL) {
        add_pending(p, &labels);
        bw_parser_advance(p);
    }
    return labels;
}

/* On a new node the innermost label comes first; merging turns the row around (dtc). */
void bw_label_node(bw_parser *p, bw_node *node, const pending *labels, bool is_new)
{
    for (uint32_t i = 0; i < labels->count; i++) {
        const pending_label *l = &labels->labels[is_new ? labels->count - 1 - i : i];
        bw_label_add(p->tree, node, l->name, l->loc);
    }
}

static void label_prop(bw_parser *p, bw_prop *prop, const pending *labels, bool is_new)
{
    for (uint32_t i = 0; i < labels->count; i++) {
        const pending_label *l = &labels->labels[is_new ? labels->count - 1 - i : i];
        bw_prop_label_add(p->tree, prop, l->name, l->loc);
    }
}

/* ---- history ---- */

void bw_note_prop_event(bw_parser *p, bw_prop *prop, bw_event_kind kind, bw_loc name, bw_loc last)
{
    bw_prop_event *e = bw_arena_new(&p->unit->arena, bw_prop_event);

    e->kind = kind;
    e->name = name;
    e->first = p->value_first;
    e->value_last = p->value_last;
    e->last = last;
    if (prop->history && !prop->deleted)
        e->old = bw_arena_dup(&p->unit->arena, &prop->value, sizeof prop->value);
    e->older = prop->history;
    prop->history = e;
}

bw_node_event *bw_note_node_event(bw_parser *p, bw_node *node, bw_event_kind kind, bw_span name)
{
    bw_node_event *e = bw_arena_new(&p->unit->arena, bw_node_event);

    e->kind = kind;
    e->name = name.begin;
    e->name_len = name.last_len;
    e->older = node->history;
    node->history = e;
    return e;
}

/* ---- properties ---- */

static bw_prop *last_prop_of(bw_node *node, const bw_name *name)
{
    return bw_node_prop_any(node, name);
}

/* dtlib moves a property that is set again to the end. */
static void move_to_end(bw_node *node, bw_prop *prop)
{
    bw_prop **link = &node->first_prop;

    if (node->last_prop == prop)
        return;
    while (*link != prop)
        link = &(*link)->next;
    *link = prop->next;
    prop->next = NULL;
    node->last_prop->next = prop;
    node->last_prop = prop;
}

/* The property that a statement sets: in a body that defines its node, always a new one (dtc). */
static bw_prop *target_prop(bw_parser *p, bw_node *node, const bw_name *name, bool fresh, bool *is_new)
{
    bw_prop *prop = last_prop_of(node, name);

    *is_new = !prop || (fresh && !p->zephyr);
    if (!*is_new) {
        if (p->zephyr)
            move_to_end(node, prop);
        return prop;
    }
    bw_prop *made = bw_node_add_prop(p->tree, node, name);
    if (prop) {
        made->duplicate = true;
        p->tree->may_have_duplicates = true;
    }
    return made;
}

static void set_prop(bw_parser *p, bw_node *node, const bw_name *name, bw_loc loc, const bw_value *value,
                     const pending *labels, bool fresh, bw_loc last)
{
    bool is_new;
    bw_prop *prop = target_prop(p, node, name, fresh, &is_new);

    bw_note_prop_event(p, prop, BW_SET, loc, last);
    prop->value = *value;
    prop->deleted = false;
    if (value->has_refs)
        node->has_refs = true;
    if (labels->count)
        label_prop(p, prop, labels, is_new);
}

static void parse_prop(bw_parser *p, bw_node *node, const bw_name *name, bw_loc loc, const pending *labels, bool fresh)
{
    bw_value value = {0};
    bool ok = true;

    p->value_first = p->value_last = 0;
    if (bw_at(p, '=')) {
        bw_parser_advance(p);
        ok = bw_parse_value(p, &value);
    }
    bw_loc last = p->t.loc;
    set_prop(p, node, name, loc, &value, labels, fresh, last);
    if (ok)
        bw_end_statement(p, false);
    else if (p->value_first)
        bw_skip_statement(p);
}

static void delete_prop(bw_parser *p, bw_node *node, bool fresh)
{
    bw_loc at = p->t.loc;

    bw_parser_advance(p);
    if (p->t.kind != BW_DT_NAME) {
        bw_parser_expected(p, "the name of a property");
        bw_skip_statement(p);
        return;
    }
    const bw_name *name = p->t.name;
    bw_span span = bw_span_name(p->t.loc, name);
    bw_prop *prop = last_prop_of(node, name);
    p->value_first = p->value_last = 0;
    if (fresh && !p->zephyr) {
        /* No merge takes place: dtc keeps what stands above and remembers a deleted property. */
        if (prop && !prop->deleted) {
            bw_finding *f = bw_find(p->unit, BW_CODE_delete_no_effect, span,
                                    "\"%s\" stands in the same body: dtc keeps it", name->text);
            bw_find_note(p->unit, f, bw_prop_span(prop), "it is set here");
        }
        prop = bw_node_add_prop(p->tree, node, name);
        prop->deleted = true;
        bw_note_prop_event(p, prop, BW_DELETE, at, p->t.loc);
    } else if (prop) {
        if (prop->deleted)
            bw_find(p->unit, BW_CODE_delete_missing, span, "there is no property \"%s\" to delete", name->text);
        bw_note_prop_event(p, prop, BW_DELETE, at, p->t.loc);
        bw_prop_delete(prop);
    } else {
        bw_find(p->unit, BW_CODE_delete_missing, span, "there is no property \"%s\" to delete", name->text);
    }
    bw_parser_advance(p);
    bw_end_statement(p, false);
}

/* ---- nodes ---- */

static void delete_child(bw_parser *p, bw_node *node, bool fresh)
{
    bw_loc at = p->t.loc;

    bw_parser_advance(p);
    if (p->t.kind != BW_DT_NAME) {
        bw_finding *f = bw_parser_expected(p, "the name of a child node");
        if (p->t.kind == BW_DT_REF)
            bw_finding_cure(f, "a node is deleted by reference outside of all nodes");
        bw_skip_statement(p);
        return;
    }
    const bw_name *name = p->t.name;
    bw_span span = bw_span_name(p->t.loc, name);
    bw_node_index(p->tree, node);
    bw_node *child = p->zephyr ? bw_node_child(node, name) : bw_node_child_any(node, name);
    if (fresh && !p->zephyr) {
        if (child && !child->deleted)
            p->tree->may_have_duplicates = true; /* dtc takes it for a second node of the name */
        child = bw_node_new(p->tree, name);
        child->deleted = true;
        bw_note_node_event(p, child, BW_DELETE, (bw_span){at, at, 13});
        bw_node_add_child(node, child);
    } else if (child && !child->deleted) {
        bw_note_node_event(p, child, BW_DELETE, (bw_span){at, at, 13});
        bw_node_delete(child);
    } else {
        bw_find(p->unit, BW_CODE_delete_missing, span, "there is no node \"%s\" to delete", name->text);
    }
    bw_parser_advance(p);
    bw_end_statement(p, false);
}

static void parse_child(bw_parser *p, bw_node *parent, const bw_name *name, bw_loc loc, const pending *labels,
                        bool omit, bool fresh)
{
    bool is_new = fresh;
    bw_node *child;

    bw_node_index(p->tree, parent);
    child = p->zephyr ? bw_node_child(parent, name) : bw_node_child_any(parent, name);
    if (fresh && child) {
        p->tree->may_have_duplicates = true;
    } else if (!child) {
        is_new = true;
    }
    if (is_new) {
        bool duplicate = child != NULL;
        child = bw_node_new(p->tree, name);
        child->duplicate = duplicate;
        bw_node_add_child(parent, child);
        if (omit) {
            child->omit_if_no_ref = true;
            p->tree->has_omit = true;
        }
    }
    child->deleted = false;
    bw_label_node(p, child, labels, is_new);
    bw_parse_body(p, child, bw_span_name(loc, name), is_new);
}

/* ---- the statements of a body ---- */

/* At a "/" that begins the root node. */
static bool at_root(const bw_parser *p)
{
    const char *text = p->t.text;

    if (!bw_at(p, '/') || p->t.loc & BW_LOC_MACRO)
        return false;
    do
        text++;
    while (g_ascii_isspace(*text));
    return *text == '{';
}

static bool at_top_level_item(const bw_parser *p)
{
    return p->t.kind == BW_DT_REF || at_root(p) || bw_at_keyword(p, BW_KW_DTS_V1) ||
           bw_at_keyword(p, BW_KW_MEMRESERVE) || bw_at_keyword(p, BW_KW_PLUGIN);
}

/* @return false when the body ends without its "}". */
bool bw_parse_statement(bw_parser *p, bw_node *node, bool fresh, bool *seen_child)
{
    pending labels = bw_read_labels(p);
    bool omit = false;

    while (bw_at_keyword(p, BW_KW_OMIT_IF_NO_REF)) {
        omit = true;
        bw_parser_advance(p);
        while (p->t.kind == BW_DT_LABEL) {
            add_pending(p, &labels);
            bw_parser_advance(p);
        }
    }
    if (bw_at_keyword(p, BW_KW_DELETE_PROPERTY)) {
        delete_prop(p, node, fresh);
        return true;
    }
    if (bw_at_keyword(p, BW_KW_DELETE_NODE)) {
        *seen_child = true;
        delete_child(p, node, fresh);
        return true;
    }
    if (p->t.kind == BW_DT_NAME) {
        const bw_name *name = p->t.name;
        bw_loc loc = p->t.loc;

        bw_parser_advance(p);
        if (bw_at(p, '{') || bw_lost_open(p, loc)) {
            *seen_child = true;
            parse_child(p, node, name, loc, &labels, omit, fresh);
        } else if (bw_at(p, '=') || bw_at(p, ';')) {
            if (*seen_child && !p->zephyr) {
                bw_finding *f = bw_parser_error(p, BW_CODE_property_after_subnode, bw_span_name(loc, name),
                                                "property \"%s\" stands behind a subnode", name->text);
                bw_finding_cure(f, "move it above the first subnode of its node");
            }
            parse_prop(p, node, name, loc, &labels, fresh);
        } else if (p->pp->missing && (bw_at(p, '(') || p->t.kind == BW_DT_IDENT)) {
            p->tree->has_unknown = true; /* a macro that a missing header would have defined */
            bw_skip_statement(p);
        } else if (bw_at(p, '}') || bw_parser_on_new_line(p) || p->t.kind == BW_DT_EOF) {
            bw_missing_after(p, "\";\"");
            bw_parser_reread(p, BW_LEX_NAMES);
        } else {
            bw_parser_expected(p, "\"=\", \";\" or \"{\"");
            bw_skip_statement(p);
        }
        return true;
    }
    if (at_top_level_item(p) && !labels.count && !omit) {
        bw_report_unbalanced(p, "expected a property, a node or \"}\": is a \"};\" missing above?");
        return false;
    }
    if (!bw_misspelt_keyword(p))
        bw_parser_expected(p, labels.count || omit ? "a property or a node" : "a property, a node or \"}\"");
    if (bw_at(p, '}'))
        return true;
    bw_loc stuck = p->t.loc;
    bw_skip_statement(p);
    if (p->t.loc == stuck && p->t.kind != BW_DT_EOF && !bw_at(p, '}'))
        bw_parser_advance(p);
    return true;
}

/* At "{", or where it is missing. Ends behind the "};". */
void bw_parse_body(bw_parser *p, bw_node *node, bw_span name, bool fresh)
{
    bw_node_event *e = bw_note_node_event(p, node, BW_SET, name);
    bool seen_child = false;
    bool closed = true;

    e->open = p->t.loc;
    if (p->depth >= BW_DTS_DEPTH_MAX) {
        bw_parser_error(p, BW_CODE_nesting, name, "nodes are nested more than %u deep", BW_DTS_DEPTH_MAX);
        bw_skip_statement(p);
        return;
    }
    p->depth++;
    if (bw_at(p, '{')) {
        p->state = BW_LEX_NAMES;
        bw_parser_advance(p);
    } else {
        bw_missing_after(p, "\"{\"");
        bw_parser_reread(p, BW_LEX_NAMES);
    }
    while (!bw_at(p, '}')) {
        p->echo_from = p->pp->faults;
        if (p->t.kind == BW_DT_EOF) {
            bw_report_unbalanced(p, "expected \"}\", found the end of the file");
            closed = false;
            break;
        }
        if (!bw_parse_statement(p, node, fresh, &seen_child)) {
            closed = false;
            break;
        }
    }
    p->depth--;
    e->close = p->t.loc;
    if (!closed)
        return;
    p->echo_from = p->pp->faults;
    bw_parser_advance(p);
    e->close = p->t.loc;
    bw_end_statement(p, true);
}
