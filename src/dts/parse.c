/* SPDX-License-Identifier: Apache-2.0 */
/* The top level of a file: headers, reservations, the root node, extensions, deletions. */
#include "dts/statement.h"

#include <string.h>

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
    const char *near = f && ref->identifier ? bw_tree_nearest_label(p->tree, ref->text) : NULL;
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
    bw_note_prop_event(p, prop, BW_SET, span.begin, span.begin);
    bw_note_node_event(p, fragment, BW_SET, span);
    bw_node_add_child(tree->root, fragment);
    bw_node *overlay = bw_node_new(tree, p->unit->n->overlay);
    bw_node_add_child(fragment, overlay);
    bw_parse_body(p, overlay, span, true);
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
    if (!bw_at(p, '{') && !bw_lost_open(p, span.begin)) {
        bw_parser_expected(p, "\"{\"");
        ensure_root(p);
        bw_skip_statement(p);
        return;
    }
    if (p->tree->plugin && relative)
        bw_parser_error(p, BW_CODE_label_missing, span, "a plugin cannot extend \"%s\", a path below a label",
                        ref->text);
    ensure_root(p);
    if (target) {
        target->deleted = false;
        bw_label_node(p, target, labels, false);
        bw_parse_body(p, target, span, false);
    } else if (p->tree->plugin && !labels->count) {
        parse_fragment(p, ref, span);
    } else {
        if (!first)
            missing_target(p, ref, span);
        bw_node *nowhere = bw_node_new(p->tree, p->unit->n->empty);
        bw_parse_body(p, nowhere, span, true);
    }
}

static void parse_reference_statement(bw_parser *p, bw_keyword keyword)
{
    bw_span keyword_span = {p->t.loc, p->t.loc, p->t.len};

    bw_parser_advance(p);
    if (p->t.kind != BW_DT_REF) {
        bw_parser_expected(p, "a reference, &label or &{/path}");
        p->unbalanced = true; /* or it was meant to stand in a node */
        bw_skip_statement(p);
        return;
    }
    bw_node *target = find_ref(p, p->t.name);
    if (!target) {
        missing_target(p, p->t.name, (bw_span){p->t.loc, p->t.loc, p->t.len});
    } else if (keyword == BW_KW_DELETE_NODE) {
        bw_note_node_event(p, target, BW_DELETE, keyword_span);
        bw_node_delete(target);
    } else {
        target->omit_if_no_ref = true;
        p->tree->has_omit = true;
    }
    bw_parser_advance(p);
    bw_end_statement(p, false);
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
        bw_skip_statement(p);
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
    bw_end_statement(p, false);
}

/* "/dts-v1/;" and, for an overlay, "/plugin/;", as often as included files bring them. */
static bool parse_header(bw_parser *p, bool *seen)
{
    bw_span span = {p->t.loc, p->t.loc, p->t.len};
    bool plugin = false;

    if (!bw_at_keyword(p, BW_KW_DTS_V1))
        return false;
    bw_parser_advance(p);
    bw_end_statement(p, false);
    if (bw_at_keyword(p, BW_KW_PLUGIN)) {
        plugin = true;
        bw_parser_advance(p);
        p->state = BW_LEX_VALUES;
        bw_end_statement(p, false);
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
    pending labels = bw_read_labels(p);

    if (bw_at_keyword(p, BW_KW_MEMRESERVE) && !*tree_begun) {
        parse_memreserve(p, &labels);
        return;
    }
    if (labels.count > 1 && p->t.kind == BW_DT_REF && !p->zephyr)
        bw_parser_error(p, BW_CODE_syntax, bw_span_name(labels.labels[1].loc, labels.labels[1].name),
                        "one label at most may stand before a reference");
    if (bw_misspelt_keyword(p)) {
        bw_skip_statement(p);
        return;
    }
    if (bw_at(p, '/')) {
        bw_span slash = {p->t.loc, p->t.loc, 1};

        if (labels.count)
            bw_parser_error(p, BW_CODE_syntax, bw_span_name(labels.labels[0].loc, labels.labels[0].name),
                            "the root node cannot have a label");
        bw_parser_advance(p);
        if (!bw_at(p, '{') && !bw_lost_open(p, slash.begin)) {
            bw_parser_expected(p, "\"{\"");
            bw_skip_statement(p);
            return;
        }
        *tree_begun = true;
        bool fresh = p->tree->root == NULL;
        bw_node *root = ensure_root(p);
        root->deleted = false;
        bw_parse_body(p, root, slash, fresh);
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
        bw_report_unbalanced(p, "this \"}\" closes nothing");
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
            bw_report_unbalanced(p, "this stands outside of all nodes");
        else if (p->pp->missing == 0)
            outside_of_tree(p);
        bw_parse_statement(p, nowhere, true, &seen_child);
        return;
    }
    bw_parser_expected(p, bw_at_keyword(p, BW_KW_MEMRESERVE) ? "/memreserve/ before the first node"
                                                             : "\"/ {\" or a reference");
    bw_loc stuck = p->t.loc;
    bw_skip_statement(p);
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
        if (!seen && p->pp->missing) {
            seen = true; /* what was not found may have it */
            p->state = BW_LEX_NAMES;
        }
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
