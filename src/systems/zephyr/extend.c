/* SPDX-License-Identifier: Apache-2.0 */
/* What extensions add to the tree of a board's qualifiers. */
#include "systems/zephyr/model.h"

#include <string.h>

/* Walks a qualifier segment by segment. @return NULL if it leads nowhere. */
static bw_zephyr_target *node_of(const bw_zephyr *z, const bw_zephyr_board *board, const char *qualifier)
{
    char **segments = g_strsplit(qualifier, "/", -1);
    bw_zephyr_target *node = NULL;

    for (char **s = segments; *s; s++) {
        node = bw_zephyr_child(z, board, node, *s);
        if (!node)
            break;
    }
    /* Variants that stand beside SoCs cannot be extended. */
    if (node && !node->soc && board->yml->soc_count == 0)
        node = NULL;
    g_strfreev(segments);
    return node;
}

/* The targets of a board that could have been meant. */
static const char *near_target(const bw_zephyr_board *board, const char *qualifier)
{
    GPtrArray *names = g_ptr_array_new();

    for (const bw_zephyr_target *t = board->first; t;) {
        g_ptr_array_add(names, (gpointer)(uintptr_t)t->qualifiers);
        if (t->first) {
            t = t->first;
            continue;
        }
        while (t && !t->next)
            t = t->parent;
        t = t ? t->next : NULL;
    }
    g_ptr_array_add(names, NULL);
    const char *near = bw_nearest(qualifier, (const char *const *)names->pdata);
    g_ptr_array_free(names, TRUE);
    return near;
}

static int depth_of(const bw_zephyr_target *t)
{
    int depth = 0;

    for (; t; t = t->parent)
        depth++;
    return depth;
}

static void no_target(bw_zephyr_grower *g, const bw_yml_variant *v)
{
    g->ok = false;
    /* It may be there, where we do not see it. */
    if (g->board->contested || (g->z->socs_incomplete && bw_zephyr_is_doubtful(g->z, g->board->file)))
        return;
    const char *near = near_target(g->board, v->qualifier);
    bw_finding *f = bw_findings_add(g->findings, BW_CODE_zephyr_extension_target, bw_yaml_place(v->qualifier_at),
                                    "the board %s has no target %s that the variant %s could be added to",
                                    g->board->name, v->qualifier, v->name);

    bw_finding_note(f, bw_yaml_place(g->board->yml->at), "%s is defined here", g->board->name);
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
}

static bw_zephyr_target *add_below(bw_zephyr_grower *g, bw_zephyr_target *parent, const bw_yml_variant *v)
{
    if (depth_of(parent) >= BW_ZEPHYR_DEPTH_MAX) {
        bw_findings_add(g->findings, BW_CODE_yaml_limit, bw_yaml_place(v->at),
                        "variants of variants nest deeper than %d levels", BW_ZEPHYR_DEPTH_MAX);
        g->ok = false;
        return NULL;
    }
    g->soc = parent->soc;
    bw_zephyr_target *t = bw_zephyr_add_variant(g, parent, v);
    /* Zephyr hangs it on the SoC itself, where nobody looks once the SoC has clusters. */
    if (t && !parent->buildable) {
        t->buildable = false;
        bw_zephyr_doubt(g->z, g->file);
    }
    return t;
}

bool bw_zephyr_extend(bw_zephyr *z, const bw_zephyr_extension *e, bw_findings *findings)
{
    bw_zephyr_grower g = {
        .z = z, .board = e->base, .file = e->file, .findings = findings, .folder = e->folder, .ok = true};

    for (uint32_t i = 0; i < e->yml->variant_count; i++) {
        const bw_yml_variant *v = &e->yml->variants[i];
        bw_zephyr_target *parent = v->qualifier ? node_of(z, e->base, v->qualifier) : NULL;

        if (!v->qualifier)
            continue; /* the schema has spoken */
        if (parent)
            add_below(&g, parent, v);
        else
            no_target(&g, v);
    }
    if (!g.ok)
        bw_zephyr_doubt(z, e->file);
    return g.ok;
}

/* ---- all together ---- */

/* A variant that waits for what it varies. */
typedef struct waiting {
    const bw_zephyr_extension *extension;
    const bw_yml_variant *variant;
    uint32_t turn;            /* in order of path, from 1 */
    bw_zephyr_target *parent; /* found in this round */
    bool done;
} waiting;

static GArray *waiting_of(const bw_zephyr_extension *extensions, uint32_t count)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(waiting));

    for (uint32_t i = 0; i < count; i++)
        for (uint32_t v = 0; extensions[i].base && v < extensions[i].yml->variant_count; v++) {
            waiting w = {&extensions[i], &extensions[i].yml->variants[v], all->len + 1, NULL, false};

            if (w.variant->qualifier)
                g_array_append_val(all, w);
        }
    return all;
}

static bw_zephyr_grower grower_of(bw_zephyr *z, const bw_zephyr_extension *e, bw_findings *findings)
{
    return (bw_zephyr_grower){.z = z,
                              .board = e->base,
                              .file = e->file,
                              .findings = findings,
                              .folder = e->folder,
                              .loose = e->dir->loose,
                              .ok = true};
}

/* All whose parents are there now; what this brings is for the next round, so that the order of siblings does not
 * depend on who came in time. @return whether there were any */
static bool add_round(bw_zephyr *z, GArray *all, bool *ok, bw_findings *findings)
{
    bool any = false;

    for (guint i = 0; i < all->len; i++) {
        waiting *w = &g_array_index(all, waiting, i);

        w->parent = w->done ? NULL : node_of(z, w->extension->base, w->variant->qualifier);
        any |= w->parent != NULL;
    }
    for (guint i = 0; i < all->len; i++) {
        waiting *w = &g_array_index(all, waiting, i);

        if (!w->parent)
            continue;
        bw_zephyr_grower g = grower_of(z, w->extension, findings);
        g.turn = w->turn;
        bw_zephyr_target *t = add_below(&g, w->parent, w->variant);
        if (t)
            t->before_parent = w->parent->turn > w->turn;
        if (!g.ok)
            bw_zephyr_doubt(z, w->extension->file);
        *ok &= g.ok;
        w->done = true;
    }
    return any;
}

/* ---- variants that wait for ever ---- */

static const char *last_segment(const char *qualifier)
{
    const char *slash = strrchr(qualifier, '/');

    return slash ? slash + 1 : qualifier;
}

/* Whether another that waits would bring what this one waits for: then its mistake is the one to name. */
static bool waits_for_another(const GArray *all, const waiting *w)
{
    for (guint i = 0; i < all->len; i++) {
        const waiting *o = &g_array_index(all, waiting, i);
        size_t len = strlen(o->variant->qualifier);

        if (!o->done && o != w && o->extension->base == w->extension->base &&
            strncmp(w->variant->qualifier, o->variant->qualifier, len) == 0 && w->variant->qualifier[len] == '/' &&
            strcmp(w->variant->qualifier + len + 1, o->variant->name) == 0)
            return true;
    }
    return false;
}

/* The one whose name is what this one wants to vary: together they may go round in a circle. */
static waiting *wanted_by(GArray *all, const waiting *w)
{
    for (guint i = 0; i < all->len; i++) {
        waiting *o = &g_array_index(all, waiting, i);

        if (!o->done && o->extension->base == w->extension->base &&
            strcmp(o->variant->name, last_segment(w->variant->qualifier)) == 0)
            return o;
    }
    return NULL;
}

/* "a varies b, which varies a": one finding for all of them. @return false if there is no circle */
static bool name_circle(GArray *all, waiting *first, bw_findings *findings)
{
    waiting *w = first;

    for (guint steps = 0; w && steps <= all->len; steps++) {
        w = wanted_by(all, w);
        if (w == first)
            break;
    }
    if (w != first)
        return false;
    bw_finding *f = bw_findings_add(findings, BW_CODE_zephyr_extension_circle, bw_yaml_place(first->variant->at),
                                    "the variant %s of %s varies %s, which is %s", first->variant->name,
                                    first->extension->base->name, first->variant->qualifier,
                                    wanted_by(all, first) == first ? "itself" : "a variant of it");
    first->done = true;
    for (w = wanted_by(all, first); w; w = wanted_by(all, w)) {
        bw_finding_note(f, bw_yaml_place(w->variant->at), "%s varies %s", w->variant->name, w->variant->qualifier);
        w->done = true;
    }
    bw_finding_cure(f, "let one of them vary a target that is there");
    return true;
}

/* Beyond so many nobody's description is meant, and comparing each with each takes too long. */
#define COMPARED_MAX 4096

static void name_leftovers(bw_zephyr *z, GArray *all, bw_findings *findings)
{
    for (guint i = 0; i < all->len; i++) {
        waiting *w = &g_array_index(all, waiting, i);

        if (w->done || (all->len <= COMPARED_MAX && (waits_for_another(all, w) || name_circle(all, w, findings))))
            continue;
        bw_zephyr_grower g = grower_of(z, w->extension, findings);
        no_target(&g, w->variant);
    }
}

bool bw_zephyr_extend_all(bw_zephyr *z, const bw_zephyr_extension *extensions, uint32_t count, bw_findings *findings)
{
    GArray *all = waiting_of(extensions, count);
    bool ok = true;

    for (uint32_t i = 0; i < count; i++) {
        const bw_zephyr_extension *e = &extensions[i];

        if (!e->base)
            continue;
        bw_zephyr_grower g = grower_of(z, e, findings);
        for (uint32_t s = 0; s < e->yml->soc_count; s++)
            bw_zephyr_add_soc(&g, &e->yml->socs[s]);
        if (!g.ok)
            bw_zephyr_doubt(z, e->file);
        ok &= g.ok;
    }
    while (add_round(z, all, &ok, findings)) {
    }
    for (guint i = 0; i < all->len; i++) {
        const waiting *w = &g_array_index(all, waiting, i);

        if (!w->done)
            bw_zephyr_doubt(z, w->extension->file);
        ok &= w->done;
    }
    name_leftovers(z, all, findings);
    g_array_free(all, TRUE);
    return ok;
}
