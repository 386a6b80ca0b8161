/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/resolve.h"

#include <glib.h>
#include <string.h>

static uint32_t cell_of(const bw_value *value)
{
    uint32_t cell;

    memcpy(&cell, value->data, 4);
    return GUINT32_FROM_BE(cell);
}

static bool phandle_is_valid(uint32_t phandle)
{
    return phandle != 0 && phandle != UINT32_MAX;
}

/* ---- duplicates ---- */

static unsigned duplicate_children(bw_tree *tree, const bw_node *node, bw_slots *seen)
{
    unsigned errors = 0;

    bw_slots_clear(seen);
    for (bw_node *c = node->first_child; c; c = c->next) {
        bw_slot *slot = bw_slot_of(seen, c->name);

        if (slot->ptr) {
            bw_finding *f =
                bw_find_node(tree, BW_CODE_duplicate_node_names, c,
                             c->deleted ? "%s deletes \"%s\" in the body that defines it: for dtc it is there twice"
                                        : "%s has two nodes named \"%s\"",
                             bw_node_path(tree, node), c->name->text);
            bw_find_note_node(tree, f, slot->ptr, "the first one is here");
            errors++;
        } else if (!c->deleted) {
            slot->ptr = c;
        }
    }
    return errors;
}

static unsigned duplicate_props(bw_tree *tree, const bw_node *node, bw_slots *seen)
{
    unsigned errors = 0;

    bw_slots_clear(seen);
    BW_FOR_PROPS (node, p) {
        bw_slot *slot = bw_slot_of(seen, p->name);

        if (slot->ptr) {
            bw_finding *f = bw_find_prop(tree, BW_CODE_duplicate_property_names, node, p,
                                         "%s has the property \"%s\" twice", bw_node_path(tree, node), p->name->text);
            bw_find_note(tree->unit, f, bw_prop_span(slot->ptr), "the first one is here");
            errors++;
        }
        slot->ptr = p;
    }
    return errors;
}

/* Who has a label. */
typedef struct label_owner {
    const bw_node *node;
    const bw_prop *prop;
    const bw_mark *mark;
    bw_loc loc;
} label_owner;

static bw_span label_span(const bw_name *name, bw_loc loc)
{
    return loc ? bw_span_name(loc, name) : BW_NOWHERE;
}

static unsigned claim_label(bw_tree *tree, bw_slots *seen, const bw_name *name, label_owner owner)
{
    bw_slot *slot = bw_slot_of(seen, name);
    const label_owner *other = slot->ptr;

    if (!other) {
        slot->ptr = bw_arena_dup(&tree->unit->arena, &owner, sizeof owner);
        return 0;
    }
    if (other->node == owner.node && other->prop == owner.prop && other->mark == owner.mark)
        return 0;
    bw_finding *f;
    if (owner.loc)
        f = bw_find(tree->unit, BW_CODE_duplicate_label, label_span(name, owner.loc),
                    "label \"%s\" stands here and on %s", name->text, bw_node_path(tree, other->node));
    else
        f = bw_find_node(tree, BW_CODE_duplicate_label, owner.node, "label \"%s\" stands here and on %s", name->text,
                         bw_node_path(tree, other->node));
    if (other->loc)
        bw_find_note(tree->unit, f, label_span(name, other->loc), "the other one is here");
    bw_finding_subject(f, bw_node_path(tree, owner.node), NULL);
    return 1;
}

static unsigned duplicate_labels(bw_tree *tree, bw_slots *seen)
{
    unsigned errors = 0;

    bw_slots_clear(seen);
    BW_FOR_NODES (tree, n)
        BW_FOR_LABELS (n, l)
            errors += claim_label(tree, seen, l->name, (label_owner){n, NULL, NULL, l->loc});
    BW_FOR_NODES (tree, n)
        BW_FOR_PROPS (n, p) {
            BW_FOR_LABELS (p, l)
                errors += claim_label(tree, seen, l->name, (label_owner){n, p, NULL, l->loc});
            for (uint32_t i = 0; i < p->value.mark_count; i++) {
                const bw_mark *m = &p->value.marks[i];
                if (m->kind == BW_MARK_LABEL)
                    errors += claim_label(tree, seen, m->ref, (label_owner){n, p, m, m->loc});
            }
        }
    return errors;
}

unsigned bw_resolve_duplicate_nodes(bw_tree *tree)
{
    unsigned errors = 0;

    if (tree->may_have_duplicates)
        BW_FOR_NODES (tree, n)
            errors += duplicate_children(tree, n, &tree->unit->seen);
    return errors;
}

unsigned bw_resolve_duplicate_props(bw_tree *tree)
{
    unsigned errors = 0;

    if (tree->may_have_duplicates)
        BW_FOR_NODES (tree, n)
            errors += duplicate_props(tree, n, &tree->unit->seen);
    return errors;
}

unsigned bw_resolve_duplicate_labels(bw_tree *tree)
{
    unsigned errors = 0;

    if (tree->may_repeat_labels)
        errors = duplicate_labels(tree, &tree->unit->seen);
    return errors;
}

/* ---- phandles ---- */

/* The number an explicit property gives; 0 if there is none, it is at fault, or asks for any number. */
static uint32_t explicit_phandle(bw_tree *tree, bw_node *node, const bw_name *name, unsigned *errors)
{
    const bw_prop *prop = bw_node_prop(node, name);

    if (!prop)
        return 0;
    if (prop->value.len != 4) {
        bw_find_prop(tree, BW_CODE_explicit_phandles, node, prop, "%s has %u bytes, a phandle is one cell of 4",
                     name->text, prop->value.len);
        ++*errors;
        return 0;
    }
    for (uint32_t i = 0; i < prop->value.mark_count; i++) {
        const bw_mark *m = &prop->value.marks[i];

        if (m->kind == BW_MARK_UNKNOWN)
            return 0;
        if (m->kind != BW_MARK_REF_PHANDLE)
            continue;
        if (bw_tree_by_ref(tree, m->ref->text) != node) {
            bw_find_elem(tree, BW_CODE_explicit_phandles, node, prop, 0, "%s refers to another node, &%s", name->text,
                         m->ref->text);
            ++*errors;
        }
        return 0;
    }
    uint32_t phandle = cell_of(&prop->value);
    if (!phandle_is_valid(phandle)) {
        bw_find_elem(tree, BW_CODE_explicit_phandles, node, prop, 0, "0x%x is no valid %s", phandle, name->text);
        ++*errors;
        return 0;
    }
    return phandle;
}

static unsigned explicit_phandles_of(bw_tree *tree, bw_node *node)
{
    unsigned errors = 0;
    uint32_t phandle = explicit_phandle(tree, node, tree->unit->n->phandle, &errors);
    uint32_t legacy = explicit_phandle(tree, node, tree->unit->n->linux_phandle, &errors);

    if (!phandle && !legacy)
        return errors;
    if (phandle && legacy && phandle != legacy) {
        bw_find_node(tree, BW_CODE_explicit_phandles, node, "phandle 0x%x and linux,phandle 0x%x differ", phandle,
                     legacy);
        errors++;
    }
    if (!phandle)
        phandle = legacy;
    bw_node *other = bw_tree_by_phandle(tree, phandle);
    if (other && other != node) {
        bw_finding *f = bw_find_node(tree, BW_CODE_explicit_phandles, node, "phandle 0x%x is taken by %s", phandle,
                                     bw_node_path(tree, other));
        bw_find_note_node(tree, f, other, "the other node is here");
        return errors + 1;
    }
    if (!other)
        bw_tree_set_phandle(tree, node, phandle);
    return errors;
}

unsigned bw_resolve_phandles(bw_tree *tree, const bw_resolve_options *options)
{
    unsigned errors = 0;

    (void)options;
    if (tree->has_explicit_phandles)
        BW_FOR_NODES (tree, n)
            errors += explicit_phandles_of(tree, n);
    return errors;
}

uint32_t bw_tree_phandle(bw_tree *tree, bw_node *node, bw_phandle_format format)
{
    const bw_known_names *known = tree->unit->n;

    if (phandle_is_valid(node->phandle))
        return node->phandle;
    while (bw_tree_by_phandle(tree, tree->next_phandle))
        tree->next_phandle++;
    bw_tree_set_phandle(tree, node, tree->next_phandle);
    if ((format & BW_PHANDLE_LEGACY) && !bw_node_prop(node, known->linux_phandle))
        bw_node_add_prop(tree, node, known->linux_phandle)->value = bw_value_cells(tree, &node->phandle, 1);
    if ((format & BW_PHANDLE_EPAPR) && !bw_node_prop(node, known->phandle))
        bw_node_add_prop(tree, node, known->phandle)->value = bw_value_cells(tree, &node->phandle, 1);
    return node->phandle;
}

/* ---- references ---- */

static bw_node *target_of(const bw_tree *tree, bw_mark *mark)
{
    if (mark->ref->identifier)
        mark->node = bw_tree_by_label(tree, mark->ref);
    else
        mark->node = bw_tree_by_ref(tree, mark->ref->text);
    return mark->node;
}

static void report_unresolved(bw_tree *tree, bw_code code, const bw_node *node, const bw_prop *prop, const bw_mark *m)
{
    bool path = !m->ref->identifier;
    bw_finding *f = bw_find_elem(tree, code, node, prop, m->offset, "%s \"%s\" is not in the tree",
                                 path ? "the path" : "a node labelled", m->ref->text);
    const char *near = f && !path ? bw_tree_nearest_label(tree, m->ref->text) : NULL;

    if (near)
        bw_finding_cure(f, "did you mean &%s?", near);
}

static void put_cell(const bw_value *value, uint32_t offset, uint32_t cell)
{
    uint32_t be = GUINT32_TO_BE(cell);

    memcpy((uint8_t *)(uintptr_t)value->data + offset, &be, 4);
}

unsigned bw_resolve_references(bw_tree *tree, const bw_resolve_options *options)
{
    bw_phandle_format format = options && options->phandles ? options->phandles : BW_PHANDLE_EPAPR;
    bool open = tree->plugin;
    unsigned errors = 0;

    BW_FOR_NODES (tree, n) {
        if (!n->has_refs)
            continue;
        BW_FOR_PROPS (n, p) {
            if (!p->value.has_refs)
                continue;
            for (uint32_t i = 0; i < p->value.mark_count; i++) {
                bw_mark *m = &p->value.marks[i];

                if (m->kind != BW_MARK_REF_PHANDLE)
                    continue;
                bw_node *target = target_of(tree, m);
                if (target) {
                    put_cell(&p->value, m->offset, bw_tree_phandle(tree, target, format));
                    target->referenced = true;
                } else if (open) {
                    put_cell(&p->value, m->offset, UINT32_MAX);
                } else if (tree->lacks_nodes) {
                    put_cell(&p->value, m->offset, UINT32_MAX);
                    p->value.has_unknown = true;
                    m->kind = BW_MARK_UNKNOWN; /* what was not there to include may have the node */
                } else {
                    report_unresolved(tree, BW_CODE_phandle_references, n, p, m);
                    errors++;
                }
            }
        }
    }
    return errors;
}

/* Puts a path, with its NUL, at a mark; what stands behind moves. */
static void insert_path(bw_tree *tree, bw_value *value, uint32_t mark, const char *path)
{
    uint32_t at = value->marks[mark].offset;
    uint32_t len = (uint32_t)strlen(path) + 1;
    uint8_t *data = bw_arena_alloc(&tree->unit->arena, (size_t)value->len + len);
    bw_elem *elems = bw_arena_dup(&tree->unit->arena, value->elems, value->elem_count * sizeof *elems);

    if (at)
        memcpy(data, value->data, at);
    memcpy(data + at, path, len);
    if (value->len > at)
        memcpy(data + at + len, value->data + at, value->len - at);
    value->data = data;
    value->len += len;
    for (uint32_t i = mark + 1; i < value->mark_count; i++)
        value->marks[i].offset += len;
    bool behind = false;
    for (uint32_t i = 0; i < value->elem_count; i++) {
        if (behind)
            elems[i].offset += len;
        else if (elems[i].loc == value->marks[mark].loc)
            behind = true;
    }
    value->elems = elems;
}

unsigned bw_resolve_paths(bw_tree *tree)
{
    unsigned errors = 0;

    BW_FOR_NODES (tree, n) {
        if (!n->has_refs)
            continue;
        BW_FOR_PROPS (n, p) {
            if (!p->value.has_refs)
                continue;
            for (uint32_t i = 0; i < p->value.mark_count; i++) {
                bw_mark *m = &p->value.marks[i];

                if (m->kind != BW_MARK_REF_PATH)
                    continue;
                bw_node *target = target_of(tree, m);
                if (target) {
                    insert_path(tree, &p->value, i, bw_node_path(tree, target));
                    target->referenced = true;
                } else if (tree->lacks_nodes) {
                    p->value.has_unknown = true;
                    m->kind = BW_MARK_UNKNOWN;
                } else {
                    report_unresolved(tree, BW_CODE_path_references, n, p, m);
                    errors++;
                }
            }
        }
    }
    return errors;
}

unsigned bw_resolve_omit_unused(bw_tree *tree, const bw_resolve_options *options)
{
    unsigned omitted = 0;

    bool keep_labelled = options && options->keep_labelled;

    if (!tree->has_omit || !tree->root)
        return 0;
    bw_node *next;
    for (bw_node *n = tree->root->deleted ? NULL : tree->root; n; n = next) {
        bool unused = n->omit_if_no_ref && !n->referenced && !(keep_labelled && n->labels);

        if (unused) {
            bw_node_delete(n);
            omitted++;
            /* What follows in pre-order behind the subtree. */
            const bw_node *up = n;
            next = bw_live_node(n->next);
            while (!next && up->parent) {
                up = up->parent;
                next = bw_live_node(up->next);
            }
        } else {
            next = bw_node_following(n);
        }
    }
    return omitted;
}

bool bw_tree_resolve(bw_tree *tree, const bw_resolve_options *options)
{
    unsigned errors = bw_resolve_duplicate_nodes(tree) + bw_resolve_duplicate_props(tree);

    errors += bw_resolve_duplicate_labels(tree);
    errors += bw_resolve_phandles(tree, options);
    errors += bw_resolve_references(tree, options);
    errors += bw_resolve_paths(tree);
    bw_resolve_omit_unused(tree, options);
    tree->resolved = true;
    if (errors)
        tree->broken = true;
    return errors == 0;
}
