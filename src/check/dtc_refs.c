/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dtc's checks of references: provider lists, GPIOs, aliases, chosen.
 */
#include "check/blame.h"
#include "check/engine.h"
#include "check/provider.h"

#include <inttypes.h>

/* -- chosen and aliases ---------------------------------------------------------------------------- */

void bw_dtc_chosen_interrupt_controller(bw_run *run, const bw_check *check)
{
    bw_node *chosen = bw_node_child(run->tree->root, run->n->chosen);
    bw_prop *p = chosen ? bw_node_prop(chosen, run->n->interrupt_controller) : NULL;

    (void)check;
    if (p)
        BW_FAIL_PROP(run, bw_info_of(run, chosen), p, "interrupt-controller in /chosen is obsolete");
}

void bw_dtc_chosen_is_root(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    if (info->node->name == run->n->chosen && info->node->parent != run->tree->root)
        BW_FAIL_NODE(run, info, "chosen stands directly below the root, or nobody reads it");
}

static void chosen_string(bw_run *run, bw_info *info, bw_prop *prop)
{
    if (info->node->name == run->n->chosen && !bw_prop_is_string(prop) && bw_run_known(run, prop))
        BW_FAIL_PROP(run, info, prop, "%s is one string", prop->name->text);
}

void bw_dtc_chosen_bootargs(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->bootargs, u)
    chosen_string(run, &run->nodes[u->info], u->prop);
}

void bw_dtc_chosen_stdout(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->stdout_path, u)
    chosen_string(run, &run->nodes[u->info], u->prop);
    BW_FOR_USES(run, run->n->linux_stdout_path, u)
    {
        bw_info *info = &run->nodes[u->info];

        if (info->node->name != run->n->chosen || bw_node_prop(info->node, run->n->stdout_path))
            continue;
        bw_finding *f = BW_FAIL_PROP(run, info, u->prop, "linux,stdout-path is the old name of stdout-path");
        bw_finding_cure(f, "call it stdout-path");
        chosen_string(run, info, u->prop);
    }
}

static bool is_lower(const bw_name *name)
{
    return strspn(name->text, "abcdefghijklmnopqrstuvwxyz0123456789-") == name->len;
}

static bw_node *node_at(bw_run *run, const bw_prop *prop)
{
    const char *path = (const char *)prop->value.data;

    if (!prop->value.len || !memchr(path, 0, prop->value.len))
        return NULL;
    path += strspn(path, "/");
    return *path ? bw_node_by_path(run->tree->root, path) : run->tree->root;
}

static const char *shown(const bw_run *run, const bw_prop *prop)
{
    return bw_arena_strndup(&run->unit->arena, prop->value.len ? (const char *)prop->value.data : "",
                            strnlen((const char *)prop->value.data, prop->value.len));
}

void bw_dtc_alias_paths(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        if (info->node->name != run->n->aliases)
            continue;
        BW_FOR_PROPS (info->node, p) {
            if (p->name == run->n->phandle || p->name == run->n->linux_phandle || !bw_run_known(run, p))
                continue;
            if (!run->as_dtc && p->value.has_refs && !*shown(run, p))
                continue; /* a reference to nowhere, which was reported */
            if (!run->tree->plugin && !node_at(run, p))
                BW_FAIL_PROP(run, info, p, "there is no node %s", shown(run, p));
            else if (!is_lower(p->name) && !run->as_dtc)
                BW_SAY_PROP(run, alias_name, info, p,
                            "the name of an alias has only lower case letters, digits and '-'");
            else if (!is_lower(p->name))
                BW_FAIL_PROP(run, info, p, "the name of an alias has only lower case letters, digits and '-'");
        }
    }
}

/* -- provider lists ----------------------------------------------------------------------------------- */

/* The entry that was read before the one at hand. */
typedef struct entry {
    const bw_node *node;
    const bw_prop *cells; /**< its #...-cells */
    uint32_t at, count;   /**< first cell, the phandle; cells after it */
} entry;

/* How to read lists of one kind. */
typedef struct lists {
    bw_run *run;
    const bw_name *cells_name;
    bool may_lack; /**< a provider without that property takes no cells */
    bw_blame blame;
} lists;

static void say_provider(lists *l, bw_info *info, bw_prop *prop, uint32_t at, const bw_node *node, const bw_prop *cells,
                         const bw_tally *tally)
{
    bw_run *run = l->run;
    bw_info *provider = bw_info_of(run, node);
    bw_finding *f =
        cells ? BW_FAIL_ELEM(run, provider, cells, 0, "%s is %u, but %u references to this node have other counts",
                             l->cells_name->text, bw_cell(cells, 0), tally->fails)
              : BW_FAIL_NODE(run, provider, "the node has no %s, but %u references need it", l->cells_name->text,
                             tally->fails);

    bw_find_note(run->unit, f, bw_prop_elem_span(prop, 4 * at), "the first one, in %s", bw_path(run, info->node));
}

/* A number where a reference must be. In a list that has references elsewhere, the entry before it is too long or
 * too short: too short if it swallowed a reference. A list of bare numbers may come from a blob. */
static bool say_number(lists *l, bw_info *info, bw_prop *prop, uint32_t at, const bw_target *t, const entry *before)
{
    bw_run *run = l->run;
    bool marked = run->as_dtc ? prop->value.mark_count && run->tree->from_source : bw_prop_has_references(prop);
    const bw_tally *tally;
    bw_finding *f;

    if (t->ref || !marked)
        return false;
    if (bw_blame_fails(&l->blame, before->node, &tally))
        return true;
    if (tally) {
        say_provider(l, info, prop, before->at, before->node, before->cells, tally);
        return true;
    }
    uint32_t swallowed = before->node ? bw_prop_reference_in(prop, 4 * (before->at + 1), 4 * at) / 4 : 0;
    if (swallowed)
        f = BW_FAIL_ELEM(run, info, prop, 4 * before->at, "%s takes %u cell%s after its phandle, but %u follow%s",
                         bw_path(run, before->node), before->count, before->count == 1 ? "" : "s",
                         swallowed - before->at - 1, swallowed - before->at - 1 == 1 ? "s" : "");
    else
        f = BW_FAIL_ELEM(run, info, prop, 4 * at, "a reference to a node is expected here, not the number 0x%x",
                         t->phandle);
    if (swallowed)
        bw_find_note(run->unit, f, bw_prop_span(before->cells), "%s says so", before->cells->name->text);
    else if (before->cells)
        bw_find_note(run->unit, f, bw_prop_span(before->cells),
                     "the entry before it has %u cell%s after %s, as this says", before->count,
                     before->count == 1 ? "" : "s", bw_path(run, before->node));
    else if (before->node)
        bw_find_note_node(run->tree, f, before->node,
                          "the entry before it has no cells after the reference to this node");
    return true;
}

static void say_no_node(lists *l, bw_info *info, bw_prop *prop, uint32_t at, uint32_t phandle)
{
    const bw_tally *tally;

    if (!bw_blame_fails(&l->blame, NULL, &tally))
        BW_FAIL_ELEM(l->run, info, prop, 4 * at, "no node has the phandle 0x%x", phandle);
}

static void say_no_cells(lists *l, bw_info *info, bw_prop *prop, uint32_t at, const bw_node *node)
{
    const bw_tally *tally;

    if (bw_blame_fails(&l->blame, node, &tally))
        return;
    if (tally) {
        say_provider(l, info, prop, at, node, NULL, tally);
        return;
    }
    bw_finding *f = BW_FAIL_ELEM(l->run, info, prop, 4 * at, "%s has no %s, so it cannot stand in %s",
                                 bw_path(l->run, node), l->cells_name->text, prop->name->text);
    bw_find_note_node(l->run->tree, f, node, "the node that is meant");
}

static void say_too_short(lists *l, bw_info *info, bw_prop *prop, const entry *e, uint32_t left)
{
    const bw_tally *tally;

    if (bw_blame_fails(&l->blame, e->node, &tally))
        return;
    if (tally) {
        say_provider(l, info, prop, e->at, e->node, e->cells, tally);
        return;
    }
    bw_finding *f =
        BW_FAIL_ELEM(l->run, info, prop, 4 * e->at, "%s takes %u cell%s after its phandle, but %u follow%s",
                     bw_path(l->run, e->node), e->count, e->count == 1 ? "" : "s", left, left == 1 ? "s" : "");
    bw_find_note(l->run->unit, f, bw_prop_span(e->cells), "%s says so", l->cells_name->text);
}

/* Goes through one list; the first entry that does not parse ends it. */
static void provider_list(lists *l, bw_info *info, bw_prop *prop)
{
    bw_run *run = l->run;
    uint32_t count = bw_cell_count(prop);
    const bw_tally *tally;
    entry before = {0};

    if (!bw_run_known(run, prop))
        return;
    if (prop->value.len % 4) {
        if (!bw_blame_fails(&l->blame, NULL, &tally))
            BW_FAIL_PROP(run, info, prop, "%s has %u bytes, which are not whole cells", prop->name->text,
                         prop->value.len);
        return;
    }
    for (uint32_t at = 0; at < count;) {
        bw_target t = bw_run_target(run, prop, 4 * at);

        if (t.unresolved)
            return;
        if (t.empty) {
            if (run->tree->plugin)
                return;
            at++;
            continue;
        }
        if (say_number(l, info, prop, at, &t, &before))
            return;
        if (!t.node) {
            say_no_node(l, info, prop, at, t.phandle);
            return;
        }
        bw_prop *cells = bw_node_prop(t.node, l->cells_name);
        if (cells && (cells->value.len != 4 || !bw_run_known(run, cells)))
            return;
        if (!cells && !l->may_lack) {
            say_no_cells(l, info, prop, at, t.node);
            return;
        }
        before = (entry){t.node, cells, at, cells ? bw_cell(cells, 0) : 0};
        if (before.count > count - at - 1) {
            say_too_short(l, info, prop, &before, count - at - 1);
            return;
        }
        at += 1 + before.count;
    }
    if (before.node)
        bw_blame_fits(&l->blame, before.node);
}

void bw_dtc_provider(bw_run *run, const bw_check *check)
{
    const bw_provider *provider = check->data;
    const bw_name *name = bw_known_at(run->n, provider->property);

    if (!run->use_first[name->id])
        return;
    lists l = {run, bw_known_at(run->n, provider->cells), provider->may_lack, bw_blame_begin(run)};
    BW_FOR_USES(run, name, u)
    provider_list(&l, &run->nodes[u->info], u->prop);
    l.blame.counting = false;
    if (l.blame.fails)
        BW_FOR_USES(run, name, u)
    provider_list(&l, &run->nodes[u->info], u->prop);
}

/* gpio, gpios, *-gpio, *-gpios; nr-gpios is a count. */
static bool is_gpio(const bw_name *name, bool old_only)
{
    char last = name->len ? name->text[name->len - 1] : 0;

    if (last == 'o')
        return strcmp(name->text, "gpio") == 0 || bw_ends(name, "-gpio");
    return !old_only && last == 's' && (strcmp(name->text, "gpios") == 0 || bw_ends(name, "-gpios")) &&
           !bw_ends(name, ",nr-gpios");
}

/* Numbers in a property that merely ends in -gpio ("bit-per-gpio") are counts. */
static bool is_gpio_list(const bw_run *run, const bw_prop *prop)
{
    return bw_prop_has_references(prop) || !run->tree->from_source || !is_gpio(prop->name, true);
}

static void gpio_lists(lists *l)
{
    bw_run *run = l->run;

    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p)
        if (is_gpio(p->name, false) && !bw_node_prop(info->node, run->n->gpio_hog) &&
            (run->as_dtc || is_gpio_list(run, p)))
            provider_list(l, info, p);
}

void bw_dtc_gpios(bw_run *run, const bw_check *check)
{
    lists l = {run, run->n->gpio_cells, false, bw_blame_begin(run)};

    (void)check;
    gpio_lists(&l);
    l.blame.counting = false;
    if (l.blame.fails)
        gpio_lists(&l);
}

void bw_dtc_deprecated_gpio(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p)
        if (is_gpio(p->name, true)) {
            bw_finding *f = BW_FAIL_PROP(run, info, p, "%s is deprecated", p->name->text);
            bw_finding_cure(f, "call it %ss", p->name->text);
        }
}
