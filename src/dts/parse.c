/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files, nodes and statements. The tree is built while reading: a body that meets an existing node
 * is merged into it statement by statement, which gives the order that dtc's merging gives.
 *
 * After an error the reader goes on where the next statement begins. What only follows from an
 * error that was reported is not reported again.
 */
#include "dts/mend.h"

#include <stdarg.h>
#include <string.h>

/* ---- errors ---- */

#define ERRORS_MAX 50U

bool bw_parser_echo(const bw_parser *p)
{
    return p->pp->faults != p->echo_from || p->pp->exhausted;
}

bw_finding *bw_parser_error(bw_parser *p, bw_code code, bw_span span, const char *format, ...)
{
    va_list ap;

    p->tree->broken = true;
    if (p->errors >= ERRORS_MAX) /* or all of a board is read only to see its braces */
        return NULL;
    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    bw_finding *f = bw_find(p->unit, code, span, "%s", text);
    g_free(text);
    if (++p->errors == ERRORS_MAX && !bw_mender_records(p->mender)) {
        bw_find(p->unit, BW_CODE_too_many_errors, span, "%u errors so far: the rest is not read", ERRORS_MAX);
        p->pp->exhausted = true;
    }
    return f;
}

const char *bw_parser_describe(const bw_parser *p)
{
    bw_arena *arena = &p->unit->arena;
    static const char *const ops[] = {"<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "##"};

    switch (p->t.kind) {
    case BW_DT_EOF:
        return "the end of the file";
    case BW_DT_STRING:
        return "a string";
    case BW_DT_LITERAL:
        return "a number";
    case BW_DT_LABEL:
        return bw_arena_printf(arena, "the label \"%s:\"", p->t.name->text);
    case BW_DT_REF:
        return bw_arena_printf(arena, "the reference \"&%s\"", p->t.name->text);
    case BW_DT_NAME:
    case BW_DT_IDENT:
        return bw_arena_printf(arena, "\"%s\"", p->t.name->text);
    case BW_DT_PUNCT:
        if (p->t.op >= 128)
            return bw_arena_printf(arena, "\"%s\"", ops[p->t.op - 128]);
        return bw_arena_printf(arena, "\"%c\"", p->t.op);
    default:
        return bw_arena_printf(arena, "\"%.*s\"", (int)p->t.text_len, p->t.text);
    }
}

bw_finding *bw_parser_expected(bw_parser *p, const char *what)
{
    p->tree->broken = true;
    if (p->t.kind == BW_DT_BAD || bw_parser_echo(p))
        return NULL;
    return bw_parser_error(p, BW_CODE_syntax, (bw_span){p->t.loc, p->t.loc, p->t.len}, "expected %s, found %s", what,
                           bw_parser_describe(p));
}

/* Something is missing right behind the last token. */
static bw_finding *missing_after(bw_parser *p, const char *what)
{
    p->tree->broken = true;
    if (bw_parser_echo(p))
        return NULL;
    bw_span span = p->prev_end ? (bw_span){p->prev_end, p->prev_end, 1} : p->prev;
    bw_finding *f = bw_parser_error(p, BW_CODE_syntax, span, "expected %s", what);
    if (f)
        bw_finding_cure(f, "add %s", what);
    return f;
}

/* Behind the end of the present statement: a ";" or, with its body, a "};"; or before the "}" of the body. */
static void skip_statement(bw_parser *p)
{
    unsigned depth = 0;

    while (p->t.kind != BW_DT_EOF) {
        if (bw_at(p, '{')) {
            depth++;
        } else if (bw_at(p, '}')) {
            if (depth == 0)
                return;
            depth--;
        } else if (bw_at(p, ';') && depth == 0) {
            p->state = BW_LEX_NAMES;
            bw_parser_advance(p);
            return;
        }
        bw_parser_advance(p);
    }
}

/* At what cannot begin a statement, though it begins a line: the value goes on behind a missing ",". */
static bool goes_on(const bw_parser *p)
{
    return bw_parser_on_new_line(p) && (p->t.kind == BW_DT_STRING || p->t.kind == BW_DT_LITERAL || bw_at(p, '<') ||
                                        bw_at(p, '[') || bw_at(p, '>') || (p->t.kind == BW_DT_REF && p->depth > 0));
}

/* The ";" of a statement. A missing one at the end of a line is put there. */
static void end_statement(bw_parser *p, bool after_brace)
{
    if (bw_at(p, ';')) {
        bw_parser_advance(p);
        return;
    }
    if (after_brace) {
        missing_after(p, "\";\"");
        return;
    }
    if (goes_on(p)) {
        missing_after(p, "\",\" or \";\"");
        skip_statement(p);
        return;
    }
    if (p->t.kind == BW_DT_EOF || bw_at(p, '}') || bw_parser_on_new_line(p)) {
        missing_after(p, "\";\"");
        bw_parser_reread(p, BW_LEX_NAMES);
        return;
    }
    bw_finding *f = bw_parser_expected(p, "\",\" or \";\"");
    if (p->t.kind == BW_DT_LITERAL || p->t.kind == BW_DT_REF || bw_at(p, '>'))
        bw_finding_cure(f, "cells stand between \"<\" and \">\"");
    skip_statement(p);
}

/* ---- labels before a statement ---- */

typedef struct pending_label {
    const bw_name *name;
    bw_loc loc;
} pending_label;

typedef struct pending {
    pending_label *labels;
    uint32_t count;
} pending;

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

static pending read_labels(bw_parser *p)
{
    pending labels = {0};

    while (p->t.kind == BW_DT_LABEL) {
        add_pending(p, &labels);
        bw_parser_advance(p);
    }
    return labels;
}

/* On a new node the innermost label comes first; merging turns the row around (dtc). */
static void label_node(bw_parser *p, bw_node *node, const pending *labels, bool is_new)
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

static void prop_event(bw_parser *p, bw_prop *prop, bw_event_kind kind, bw_loc name, bw_loc last)
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

static bw_node_event *node_event(bw_parser *p, bw_node *node, bw_event_kind kind, bw_span name)
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

    prop_event(p, prop, BW_SET, loc, last);
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
        end_statement(p, false);
    else if (p->value_first)
        skip_statement(p);
}

static void delete_prop(bw_parser *p, bw_node *node, bool fresh)
{
    bw_loc at = p->t.loc;

    bw_parser_advance(p);
    if (p->t.kind != BW_DT_NAME) {
        bw_parser_expected(p, "the name of a property");
        skip_statement(p);
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
        prop_event(p, prop, BW_DELETE, at, p->t.loc);
    } else if (prop) {
        if (prop->deleted)
            bw_find(p->unit, BW_CODE_delete_missing, span, "there is no property \"%s\" to delete", name->text);
        prop_event(p, prop, BW_DELETE, at, p->t.loc);
        bw_prop_delete(prop);
    } else {
        bw_find(p->unit, BW_CODE_delete_missing, span, "there is no property \"%s\" to delete", name->text);
    }
    bw_parser_advance(p);
    end_statement(p, false);
}

/* ---- nodes ---- */

static void parse_body(bw_parser *p, bw_node *node, bw_span name, bool fresh);

static void delete_child(bw_parser *p, bw_node *node, bool fresh)
{
    bw_loc at = p->t.loc;

    bw_parser_advance(p);
    if (p->t.kind != BW_DT_NAME) {
        bw_finding *f = bw_parser_expected(p, "the name of a child node");
        if (p->t.kind == BW_DT_REF)
            bw_finding_cure(f, "a node is deleted by reference outside of all nodes");
        skip_statement(p);
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
        node_event(p, child, BW_DELETE, (bw_span){at, at, 13});
        bw_node_add_child(node, child);
    } else if (child && !child->deleted) {
        node_event(p, child, BW_DELETE, (bw_span){at, at, 13});
        bw_node_delete(child);
    } else {
        bw_find(p->unit, BW_CODE_delete_missing, span, "there is no node \"%s\" to delete", name->text);
    }
    bw_parser_advance(p);
    end_statement(p, false);
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
    label_node(p, child, labels, is_new);
    parse_body(p, child, bw_span_name(loc, name), is_new);
}

/* ---- unmatched braces ---- */

/* Says once that the braces do not match; where that comes from is found out afterwards (dts/mend.h). */
static void report_unbalanced(bw_parser *p, const char *text)
{
    p->tree->broken = true;
    if (p->unbalanced || bw_parser_echo(p) || p->pp->cut_short || (p->mender && p->errors > 0))
        return;
    p->unbalanced = true;
    bw_parser_error(p, BW_CODE_syntax, (bw_span){p->t.loc, p->t.loc, p->t.len}, "%s", text);
}

/* Whether a name and what stands deeper on the next line, or a "}" just below it, are a node whose "{" is missing. */
static bool lost_open(const bw_parser *p, bw_loc statement)
{
    bool word = p->t.kind == BW_DT_NAME || p->t.kind == BW_DT_IDENT || p->t.kind == BW_DT_LABEL ||
                p->t.kind == BW_DT_KEYWORD || bw_at(p, '#');

    if (!(word || bw_at(p, '}')) || !bw_parser_on_new_line(p))
        return false;
    uint32_t here = bw_parser_indentation(p, p->t.loc);
    uint32_t name = bw_parser_indentation(p, statement);
    return word ? here > name : here == name;
}

/* ---- the statements of a body ---- */

/* "/delete-nod/": a keyword that is none. */
static bool misspelt_keyword(bw_parser *p)
{
    static const char *const keywords[] = {
        "/dts-v1/",      "/plugin/",         "/memreserve/", "/bits/",    "/delete-property/",
        "/delete-node/", "/omit-if-no-ref/", "/incbin/",     "/include/", NULL};
    const char *slash = p->t.text;
    size_t len = 1;

    if (!bw_at(p, '/') || p->t.loc & BW_LOC_MACRO)
        return false;
    while (g_ascii_isalnum(slash[len]) || slash[len] == '-' || slash[len] == '_')
        len++;
    if (len == 1 || slash[len] != '/')
        return false;
    const char *word = bw_arena_strndup(&p->unit->arena, slash, len + 1);
    const char *near = bw_nearest(word, keywords);
    bw_finding *f = bw_parser_error(p, BW_CODE_syntax, (bw_span){p->t.loc, p->t.loc, (uint32_t)len + 1},
                                    "%s is no keyword of devicetree source", word);
    if (near)
        bw_finding_cure(f, "did you mean %s?", near);
    return true;
}

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
static bool parse_statement(bw_parser *p, bw_node *node, bool fresh, bool *seen_child)
{
    pending labels = read_labels(p);
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
        if (bw_at(p, '{') || lost_open(p, loc)) {
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
            skip_statement(p);
        } else if (bw_at(p, '}') || bw_parser_on_new_line(p) || p->t.kind == BW_DT_EOF) {
            missing_after(p, "\";\"");
            bw_parser_reread(p, BW_LEX_NAMES);
        } else {
            bw_parser_expected(p, "\"=\", \";\" or \"{\"");
            skip_statement(p);
        }
        return true;
    }
    if (at_top_level_item(p) && !labels.count && !omit) {
        report_unbalanced(p, "expected a property, a node or \"}\": is a \"};\" missing above?");
        return false;
    }
    if (!misspelt_keyword(p))
        bw_parser_expected(p, labels.count || omit ? "a property or a node" : "a property, a node or \"}\"");
    if (bw_at(p, '}'))
        return true;
    bw_loc stuck = p->t.loc;
    skip_statement(p);
    if (p->t.loc == stuck && p->t.kind != BW_DT_EOF && !bw_at(p, '}'))
        bw_parser_advance(p);
    return true;
}

/* At "{", or where it is missing. Ends behind the "};". */
static void parse_body(bw_parser *p, bw_node *node, bw_span name, bool fresh)
{
    bw_node_event *e = node_event(p, node, BW_SET, name);
    bool seen_child = false;
    bool closed = true;

    e->open = p->t.loc;
    if (p->depth >= BW_DTS_DEPTH_MAX) {
        bw_parser_error(p, BW_CODE_nesting, name, "nodes are nested more than %u deep", BW_DTS_DEPTH_MAX);
        skip_statement(p);
        return;
    }
    p->depth++;
    if (bw_at(p, '{')) {
        p->state = BW_LEX_NAMES;
        bw_parser_advance(p);
    } else {
        missing_after(p, "\"{\"");
        bw_parser_reread(p, BW_LEX_NAMES);
    }
    while (!bw_at(p, '}')) {
        p->echo_from = p->pp->faults;
        if (p->t.kind == BW_DT_EOF) {
            report_unbalanced(p, "expected \"}\", found the end of the file");
            closed = false;
            break;
        }
        if (!parse_statement(p, node, fresh, &seen_child)) {
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
    end_statement(p, true);
}

/* ---- the top level ---- */

static const char *nearest_label(bw_parser *p, const char *label)
{
    GPtrArray *all = g_ptr_array_new();

    if (p->tree->root)
        BW_FOR_NODES (p->tree, n)
            BW_FOR_LABELS (n, l)
                g_ptr_array_add(all, (void *)(uintptr_t)l->name->text);
    g_ptr_array_add(all, NULL);
    const char *found = bw_nearest(label, (const char *const *)all->pdata);
    g_ptr_array_free(all, TRUE);
    return found;
}

static bw_node *find_ref(const bw_parser *p, const bw_name *ref)
{
    if (!p->tree->root)
        return NULL;
    return ref->identifier ? bw_tree_by_label(p->tree, ref) : bw_tree_by_ref(p->tree, ref->text);
}

static void missing_target(bw_parser *p, const bw_name *ref, bw_span span)
{
    p->tree->broken = p->tree->broken || p->pp->missing == 0;
    if (p->pp->missing) {
        p->tree->has_unknown = true;
        return;
    }
    bw_finding *f = bw_parser_error(p, BW_CODE_label_missing, span, "%s \"%s\" is not in the tree so far",
                                    ref->identifier ? "a node labelled" : "the path", ref->text);
    const char *near = f && ref->identifier ? nearest_label(p, ref->text) : NULL;
    if (near)
        bw_finding_cure(f, "did you mean &%s?", near);
}

/* &ref { } of a plugin whose target is elsewhere: fragment@N with the body as its __overlay__. */
static void parse_fragment(bw_parser *p, const bw_name *ref, bw_span span)
{
    bw_tree *tree = p->tree;
    char name[32];
    bool path = ref->text[0] == '/';
    bw_value value = path ? bw_value_string(tree, ref->text) : bw_value_cells(tree, (uint32_t[]){UINT32_MAX}, 1);

    g_snprintf(name, sizeof name, "fragment@%u", tree->next_fragment++);
    bw_node *fragment = bw_node_new(tree, bw_intern_str(p->unit->ctx->names, name));
    bw_prop *prop = bw_node_add_prop(tree, fragment, path ? p->unit->n->target_path : p->unit->n->target);
    if (!path) {
        bw_mark marks[2] = {{.kind = BW_MARK_UINT32, .loc = span.begin},
                            {.kind = BW_MARK_REF_PHANDLE, .ref = ref, .loc = span.begin}};
        value.marks = bw_arena_dup(&p->unit->arena, marks, sizeof marks);
        value.mark_count = 2;
        value.has_refs = true;
        fragment->has_refs = true;
    }
    prop->value = value;
    p->value_first = p->value_last = span.begin;
    prop_event(p, prop, BW_SET, span.begin, span.begin);
    node_event(p, fragment, BW_SET, span);
    bw_node_add_child(tree->root, fragment);
    bw_node *overlay = bw_node_new(tree, p->unit->n->overlay);
    bw_node_add_child(fragment, overlay);
    parse_body(p, overlay, span, true);
}

static bw_node *ensure_root(bw_parser *p)
{
    if (!p->tree->root)
        p->tree->root = bw_node_new(p->tree, p->unit->n->empty);
    return p->tree->root;
}

/* At a reference: &label { … }; or &{/path} { … };, perhaps with a label before it. */
static void parse_extension(bw_parser *p, const pending *labels)
{
    const bw_name *ref = p->t.name;
    bw_span span = {p->t.loc, p->t.loc, p->t.len};
    bool relative = ref->text[0] != '/' && strchr(ref->text, '/');
    bool first = p->tree->root == NULL;
    /* dtc extends a path of a plugin only under a label; alone it becomes a fragment. */
    bool by_path = !ref->identifier && p->tree->plugin && !labels->count;
    bw_node *target = first || by_path ? NULL : find_ref(p, ref);

    bw_parser_advance(p);
    if (!bw_at(p, '{') && !lost_open(p, span.begin)) {
        bw_parser_expected(p, "\"{\"");
        ensure_root(p);
        skip_statement(p);
        return;
    }
    if (p->tree->plugin && relative)
        bw_parser_error(p, BW_CODE_label_missing, span, "a plugin cannot extend \"%s\", a path below a label",
                        ref->text);
    ensure_root(p);
    if (target) {
        target->deleted = false;
        label_node(p, target, labels, false);
        parse_body(p, target, span, false);
    } else if (p->tree->plugin && !labels->count) {
        parse_fragment(p, ref, span);
    } else {
        if (!first)
            missing_target(p, ref, span);
        bw_node *nowhere = bw_node_new(p->tree, p->unit->n->empty);
        parse_body(p, nowhere, span, true);
    }
}

static void parse_reference_statement(bw_parser *p, bw_keyword keyword)
{
    bw_loc at = p->t.loc;
    bw_span keyword_span = {p->t.loc, p->t.loc, p->t.len};

    bw_parser_advance(p);
    if (p->t.kind != BW_DT_REF) {
        bw_parser_expected(p, "a reference, &label or &{/path}");
        p->unbalanced = true; /* or it was meant to stand in a node */
        skip_statement(p);
        return;
    }
    bw_node *target = find_ref(p, p->t.name);
    (void)at;
    if (!target) {
        missing_target(p, p->t.name, (bw_span){p->t.loc, p->t.loc, p->t.len});
    } else if (keyword == BW_KW_DELETE_NODE) {
        node_event(p, target, BW_DELETE, keyword_span);
        bw_node_delete(target);
    } else {
        target->omit_if_no_ref = true;
        p->tree->has_omit = true;
    }
    bw_parser_advance(p);
    end_statement(p, false);
}

static void parse_memreserve(bw_parser *p, const pending *labels)
{
    bw_memreserve *r = bw_arena_new(&p->unit->arena, bw_memreserve);
    bool ok = true;

    r->loc = p->t.loc;
    bw_parser_advance(p);
    r->address = bw_parse_primary(p, &ok).v;
    if (ok)
        r->size = bw_parse_primary(p, &ok).v;
    if (!ok) {
        skip_statement(p);
        return;
    }
    for (uint32_t i = labels->count; i-- > 0;) {
        bw_label *l = bw_arena_new(&p->unit->arena, bw_label);
        l->name = labels->labels[i].name;
        l->loc = labels->labels[i].loc;
        l->next = r->labels;
        r->labels = l;
    }
    bw_memreserve **tail = &p->tree->memreserves;
    while (*tail)
        tail = &(*tail)->next;
    *tail = r;
    end_statement(p, false);
}

/* "/dts-v1/;" and, for an overlay, "/plugin/;", as often as included files bring them. */
static bool parse_header(bw_parser *p, bool *seen)
{
    bw_span span = {p->t.loc, p->t.loc, p->t.len};
    bool plugin = false;

    if (!bw_at_keyword(p, BW_KW_DTS_V1))
        return false;
    bw_parser_advance(p);
    end_statement(p, false);
    if (bw_at_keyword(p, BW_KW_PLUGIN)) {
        plugin = true;
        bw_parser_advance(p);
        p->state = BW_LEX_VALUES;
        end_statement(p, false);
    }
    if (*seen && plugin != p->tree->plugin)
        bw_parser_error(p, BW_CODE_syntax, span, "this header %s /plugin/, the one before it %s",
                        plugin ? "has" : "has no", plugin ? "has not" : "has it");
    if (!*seen)
        p->tree->plugin = plugin;
    *seen = true;
    return true;
}

static void outside_of_tree(bw_parser *p)
{
    bw_finding *f = bw_parser_error(p, BW_CODE_syntax, (bw_span){p->t.loc, p->t.loc, p->t.len},
                                    "\"%s\" stands outside of all nodes: a tree begins with \"/ {\"", p->t.name->text);

    bw_finding_cure(f, "put it into \"/ { };\"; a part of a board is checked with the file that includes it");
    p->pp->missing++; /* what the whole board would have defined is unknown */
}

static void parse_top_level(bw_parser *p, bool *tree_begun)
{
    pending labels = read_labels(p);

    if (bw_at_keyword(p, BW_KW_MEMRESERVE) && !*tree_begun) {
        parse_memreserve(p, &labels);
        return;
    }
    if (labels.count > 1 && p->t.kind == BW_DT_REF && !p->zephyr)
        bw_parser_error(p, BW_CODE_syntax, bw_span_name(labels.labels[1].loc, labels.labels[1].name),
                        "one label at most may stand before a reference");
    if (misspelt_keyword(p)) {
        skip_statement(p);
        return;
    }
    if (bw_at(p, '/')) {
        bw_span slash = {p->t.loc, p->t.loc, 1};

        if (labels.count)
            bw_parser_error(p, BW_CODE_syntax, bw_span_name(labels.labels[0].loc, labels.labels[0].name),
                            "the root node cannot have a label");
        bw_parser_advance(p);
        if (!bw_at(p, '{') && !lost_open(p, slash.begin)) {
            bw_parser_expected(p, "\"{\"");
            skip_statement(p);
            return;
        }
        *tree_begun = true;
        bool fresh = p->tree->root == NULL;
        bw_node *root = ensure_root(p);
        root->deleted = false;
        parse_body(p, root, slash, fresh);
        return;
    }
    if (p->t.kind == BW_DT_REF) {
        if (!p->tree->root && !p->tree->plugin && !p->pp->missing) {
            bw_finding *f = bw_parser_error(p, BW_CODE_label_missing, (bw_span){p->t.loc, p->t.loc, p->t.len},
                                            "\"&%s\" extends a node, but there is no tree yet: it begins with \"/ {\"",
                                            p->t.name->text);
            bw_finding_cure(f, "include the file that has the tree first; a part of a board is checked with the "
                               "file that includes it");
            p->pp->missing++; /* all that the tree would have defined is unknown */
        }
        *tree_begun = true;
        parse_extension(p, &labels);
        return;
    }
    if (labels.count == 0 && (bw_at_keyword(p, BW_KW_DELETE_NODE) || bw_at_keyword(p, BW_KW_OMIT_IF_NO_REF))) {
        parse_reference_statement(p, (bw_keyword)p->t.op);
        return;
    }
    if (bw_at(p, '}')) {
        report_unbalanced(p, "this \"}\" closes nothing");
        bw_parser_advance(p);
        if (bw_at(p, ';'))
            bw_parser_advance(p);
        return;
    }
    if (p->t.kind == BW_DT_NAME) {
        /* A statement outside of all nodes: a brace closed too much, or only a part of a board. It is read,
         * but kept nowhere. */
        bool seen_child = false;
        bw_node *nowhere = bw_node_new(p->tree, p->unit->n->empty);
        if (p->pp->missing == 0 && *tree_begun)
            report_unbalanced(p, "this stands outside of all nodes");
        else if (p->pp->missing == 0)
            outside_of_tree(p);
        parse_statement(p, nowhere, true, &seen_child);
        return;
    }
    bw_parser_expected(p, bw_at_keyword(p, BW_KW_MEMRESERVE) ? "/memreserve/ before the first node"
                                                             : "\"/ {\" or a reference");
    bw_loc stuck = p->t.loc;
    skip_statement(p);
    if (p->t.loc == stuck && p->t.kind != BW_DT_EOF)
        bw_parser_advance(p);
}

/* The place in the main file that a token comes from. */
static bw_loc in_main_file(const bw_parser *p, bw_loc loc)
{
    loc = bw_locs_call_site(&p->unit->locs, loc, false);
    for (const bw_visit *v = bw_locs_visit_of(&p->unit->locs, loc); v && v->included;
         v = bw_locs_visit_of(&p->unit->locs, loc))
        loc = bw_locs_call_site(&p->unit->locs, v->included, false);
    return loc;
}

void bw_parse_file(bw_parser *p)
{
    bool seen = false;
    bool tree_begun = false;

    bw_parser_advance(p);
    while (p->t.kind != BW_DT_EOF) {
        p->echo_from = p->pp->faults;
        if (parse_header(p, &seen))
            continue;
        if (!seen && !p->zephyr) {
            bool tree = bw_at(p, '/') || p->t.kind == BW_DT_REF || p->t.kind == BW_DT_KEYWORD;
            bw_loc main = in_main_file(p, p->t.loc);
            bw_finding *f = main == p->t.loc ? bw_parser_expected(p, "/dts-v1/;")
                                             : bw_parser_error(p, BW_CODE_syntax, bw_span_token(main),
                                                               "expected /dts-v1/; before what is included here");
            bw_finding_cure(f, tree ? "begin the file with /dts-v1/;" : "is this devicetree source?");
            if (!tree)
                break; /* something else: all that follows would be noise */
            seen = true;
            p->state = BW_LEX_NAMES;
        }
        parse_top_level(p, &tree_begun);
    }
    if (!p->tree->root) {
        p->echo_from = p->pp->faults;
        if (!p->tree->broken && !(p->pp->missing && p->options->tolerate_missing)) {
            bw_finding *f = bw_parser_expected(p, "\"/ {\"");
            bw_finding_cure(f, "a tree begins with / { };");
        }
        ensure_root(p);
    }
}
