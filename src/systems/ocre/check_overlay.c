/* SPDX-License-Identifier: Apache-2.0 */
/* How the overlay of a sample is written: what changes nothing, and what breaks when the board moves. */
#include "systems/ocre/check.h"

#include "tree/status.h"

#include <string.h>

/* Nodes that are shown of an overlay. */
#define NOTES_MAX 5U

static bool is_in_overlay(const bw_ocre_run *run, bw_loc loc)
{
    const bw_locs *locs = &run->tree->unit->locs;

    if (!loc)
        return false;
    const bw_visit *visit = bw_locs_visit_of(locs, bw_locs_call_site(locs, loc, false));
    return visit && strcmp(visit->source->path, run->app->overlay->path) == 0;
}

/* ---- repeats ---- */

/* Cells of references are numbered only once the tree is whole. */
static bool is_reference(const bw_value *value, uint32_t offset)
{
    for (uint32_t i = 0; i < value->mark_count; i++)
        if (value->marks[i].kind == BW_MARK_REF_PHANDLE && offset >= value->marks[i].offset &&
            offset < value->marks[i].offset + 4)
            return true;
    return false;
}

static bool is_mark_equal(const bw_mark *a, const bw_mark *b)
{
    return a->kind == b->kind && a->offset == b->offset && a->ref == b->ref;
}

static bool is_equal(const bw_value *a, const bw_value *b)
{
    if (a->has_unknown || b->has_unknown || a->mark_count != b->mark_count)
        return false;
    for (uint32_t i = 0; i < a->mark_count; i++)
        /* A path that is put in has its bytes on one side alone. */
        if (!is_mark_equal(&a->marks[i], &b->marks[i]) || (a->marks[i].kind == BW_MARK_REF_PATH && a->mark_count > 1))
            return false;
    if (a->mark_count == 1 && a->marks[0].kind == BW_MARK_REF_PATH)
        return true;
    if (a->len != b->len)
        return false;
    for (uint32_t i = 0; i < a->len; i++)
        if (a->data[i] != b->data[i] && !is_reference(a, i))
            return false;
    return true;
}

static bool is_repeat(const bw_ocre_run *run, const bw_prop *prop)
{
    const bw_prop_event *e = prop->history;

    return e && e->kind == BW_SET && e->old && is_in_overlay(run, e->name) && is_equal(e->old, &prop->value);
}

static void check_repeats(const bw_ocre_run *run)
{
    bw_finding *f = NULL;
    uint32_t count = 0, nodes = 0;

    BW_FOR_NODES (run->tree, node) {
        bool any = false;

        BW_FOR_PROPS (node, prop)
            if (is_repeat(run, prop)) {
                count++;
                nodes += !any;
                any = true;
            }
    }
    if (!count)
        return;
    BW_FOR_NODES (run->tree, node) {
        const bw_prop *first = NULL;

        BW_FOR_PROPS (node, prop)
            if (!first && is_repeat(run, prop))
                first = prop;
        if (!first)
            continue;
        if (!f) {
            f = bw_find_prop(run->tree, BW_CODE_ocre_overlay_repeats, node, first,
                             "the overlay gives %u propert%s of %u node%s the value%s that the board gave before",
                             count, count == 1 ? "y" : "ies", nodes, nodes == 1 ? "" : "s", count == 1 ? "" : "s");
            nodes = 0;
        } else if (++nodes < NOTES_MAX) {
            bw_ocre_note(run, f, node, first, "and here of %s", bw_node_path(run->tree, node));
        }
        if (!f)
            return;
    }
    bw_finding_cure(f, "remove what changes nothing");
}

/* ---- deletions ---- */

static const char *label_of(const bw_node *node)
{
    return node->labels ? node->labels->name->text : NULL;
}

/* Whether the text behind /delete-node/ is a name and no reference. */
static bool is_by_name(const bw_ocre_run *run, const bw_node_event *e)
{
    static const char word[] = "/delete-node/";
    const bw_locs *locs = &run->tree->unit->locs;
    const bw_visit *visit = bw_locs_visit_of(locs, e->name);
    const uint32_t offset = e->name - visit->base;

    if (e->name & BW_LOC_MACRO || offset + strlen(word) > visit->source->len ||
        strncmp(visit->source->text + offset, word, strlen(word)) != 0)
        return false;
    const char *behind = visit->source->text + offset + strlen(word);
    return behind[strspn(behind, " \t\r\n")] != '&';
}

static void check_deletion(const bw_ocre_run *run, const bw_node *node)
{
    for (const bw_node_event *e = node->history; e; e = e->older) {
        if (e->kind != BW_DELETE || !is_in_overlay(run, e->name) || !label_of(node) || !is_by_name(run, e))
            continue;
        bw_finding *f = bw_find(run->tree->unit, BW_CODE_ocre_overlay_by_name, bw_span_token(e->name),
                                "%s is deleted by its name, which changes when the board moves it; its label, %s, "
                                "stays",
                                node->name->text, label_of(node));
        bw_finding_cure(f, "write '/delete-node/ &%s;' outside of any node", label_of(node));
        return;
    }
}

void bw_ocre_check_overlay(const bw_ocre_run *run)
{
    const bw_node *node = run->tree->root;

    check_repeats(run);
    /* Deleted nodes, too, which the loops over a tree leave out. */
    while (node) {
        check_deletion(run, node);
        if (node->first_child) {
            node = node->first_child;
            continue;
        }
        while (node && !node->next)
            node = node->parent;
        node = node ? node->next : NULL;
    }
}
