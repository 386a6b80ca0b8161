/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which nodes each guest gets: those that support.yml lists, their parts, and all that these do not work without. What
 * two guests would need stays with the host, as registers can be given to one of them only.
 */
#include "systems/sel4/plan_parts.h"

#include "tree/strings.h"

#include <string.h>

/* ---- sets of nodes ---- */

static bool is_among(const GPtrArray *nodes, const bw_node *node)
{
    for (guint i = 0; i < nodes->len; i++)
        if (nodes->pdata[i] == node)
            return true;
    return false;
}

static void add(GPtrArray *nodes, const bw_node *node)
{
    if (!is_among(nodes, node))
        g_ptr_array_add(nodes, (gpointer)(uintptr_t)node);
}

/* NULL-terminated, in the arena. */
static const bw_node *const *keep(bw_sel4_planner *p, const GPtrArray *nodes)
{
    const bw_node **list = bw_arena_array(p->arena, const bw_node *, (size_t)nodes->len + 1);

    if (nodes->len)
        memcpy(list, nodes->pdata, nodes->len * sizeof *list);
    return list;
}

/* ---- one guest while its needs are found ---- */

typedef struct wish {
    bw_sel4_plan_vm *vm;
    GPtrArray *listed;
    GPtrArray *inner; /* nodes below those that are no devices of their own: keys, LEDs, a fixed link */
    GPtrArray *parts; /* devices below those, which need nothing more */
    GPtrArray *stops; /* what stays with the host or is proxied */
} wish;

static const char *why_not(const bw_sel4_planner *p, const bw_node *node)
{
    const char *type = bw_node_string(node, p->tree->unit->n->device_type);

    if (!node->parent)
        return "is the whole board";
    if (node == p->gic)
        return "is the interrupt controller, which the VMM plays";
    if (type && strcmp(type, "cpu") == 0)
        return "is a CPU: the guest gets virtual ones (vcpus)";
    if (type && strcmp(type, "memory") == 0)
        return "is memory: the guest gets its own (ram)";
    if (!node->parent->parent && (node->name == p->tree->unit->n->chosen || node->name == p->tree->unit->n->aliases))
        return "is no device";
    return NULL;
}

static void find_listed(bw_sel4_planner *p, wish *w)
{
    const bw_sel4_texts *devices = &w->vm->section->devices;

    for (uint32_t i = 0; i < devices->count; i++) {
        const bw_node *node = bw_sel4_section_node(p->board, &devices->items[i], p->findings);

        if (!node) {
            p->failed = true;
            continue;
        }
        const char *reason = why_not(p, node);

        if (reason)
            bw_sel4_plan_error(p, BW_CODE_sel4_vm_device, devices->items[i].place, "%s cannot be given to %s: it %s",
                               bw_node_path(p->tree, node), w->vm->name, reason);
        else
            add(w->listed, node);
    }
    w->vm->devices = keep(p, w->listed);
}

static bool holds_listed(const wish *w, const bw_node *node)
{
    for (guint i = 0; i < w->listed->len; i++)
        if (bw_node_is_below(w->listed->pdata[i], node) || bw_node_is_below(node, w->listed->pdata[i]))
            return true;
    return false;
}

/* What stays with the host stays with all that is below it, as settings of a pin controller. */
static void add_stop(wish *w, const bw_node *node, bool below)
{
    const bw_node *n = node;

    add(w->stops, node);
    while (below && (n = bw_node_following(n)) != NULL && bw_node_is_below(n, node))
        if (!holds_listed(w, n))
            g_ptr_array_add(w->stops, (gpointer)(uintptr_t)n);
}

static void find_stops(bw_sel4_planner *p, wish *w)
{
    const bw_sel4_texts *lists[] = {&w->vm->section->host, &w->vm->section->proxied};
    GPtrArray *proxied = g_ptr_array_new();

    for (size_t l = 0; l < G_N_ELEMENTS(lists); l++)
        for (uint32_t i = 0; i < lists[l]->count; i++) {
            const bw_node *node = bw_sel4_section_node(p->board, &lists[l]->items[i], p->findings);

            p->failed = p->failed || !node;
            if (!node)
                continue;
            add_stop(w, node, lists[l] == &w->vm->section->host);
            if (lists[l] == &w->vm->section->proxied)
                add(proxied, node);
        }
    w->vm->proxied = keep(p, proxied);
    g_ptr_array_unref(proxied);
}

static void find_rated(bw_sel4_planner *p, wish *w)
{
    const bw_sel4_vm_section *section = w->vm->section;
    const bw_node **rated = bw_arena_array(p->arena, const bw_node *, section->rate_count);

    for (uint32_t i = 0; i < section->rate_count; i++) {
        const bw_sel4_text *name = &section->rates[i].name;
        const bw_sel4_text device = {.text = bw_arena_strndup(p->arena, name->text, strcspn(name->text, ":")),
                                     .place = name->place};

        rated[i] = bw_sel4_section_node(p->board, &device, p->findings);
        p->failed = p->failed || !rated[i];
    }
    w->vm->rated = rated;
}

/* The other end of a graph is somebody else's. */
static bool is_graph(const bw_node *node)
{
    static const char *const names[] = {"ports", "port", "endpoint"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (node->name->base_len == strlen(names[i]) && strncmp(node->name->text, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* What has no compatible belongs to its device's own binding. */
static void add_inner(const bw_sel4_planner *p, wish *w, const bw_node *node, unsigned depth)
{
    BW_FOR_CHILDREN (node, child) {
        if (bw_node_prop(child, p->tree->unit->n->compatible) || is_graph(child) || depth > 16 ||
            bw_node_status(p->tree, child) != BW_STATUS_OKAY || is_among(w->stops, child))
            continue;
        add(w->inner, child);
        add_inner(p, w, child, depth + 1);
    }
}

static void find_needs(bw_sel4_planner *p, wish *w)
{
    GPtrArray *seeds = g_ptr_array_new();
    const bw_needs_options options = {.stops = keep(p, w->stops),
                                      .hard_only = !w->vm->section->keep_soft && !w->vm->section->keep_iommus};

    for (guint i = 0; i < w->listed->len; i++)
        add(seeds, w->listed->pdata[i]);
    for (guint i = 0; i < w->inner->len; i++)
        add(seeds, w->inner->pdata[i]);
    for (guint i = 0; i < w->parts->len; i++)
        add(seeds, w->parts->pdata[i]);
    /* A proxied node is seen by the guest, also if nothing that it gets needs it. */
    for (const bw_node *const *node = w->vm->proxied; *node; node++)
        add(seeds, *node);
    w->vm->needs = seeds->len ? bw_needs_of(p->board, keep(p, seeds), &options) : NULL;
    g_ptr_array_unref(seeds);
}

/* ---- parts of devices ---- */

static bool is_needed(const wish *w, const bw_node *node)
{
    for (uint32_t i = 0; i < w->vm->needs->count; i++)
        if (w->vm->needs->nodes[i].node == node && !w->vm->needs->nodes[i].stays)
            return true;
    return false;
}

/* For these something else can stand, or nothing is lost that somebody else has not set up. */
static bool can_lack(const char *property)
{
    return g_str_has_suffix(property, "-supply") || g_str_has_prefix(property, "pinctrl-") ||
           strcmp(property, "power-domains") == 0;
}

/* Whether a node below a device finds all that it does not work without among what is there. */
static bool finds_all(const bw_sel4_planner *p, const wish *w, const bw_node *node, const GPtrArray *parts)
{
    BW_FOR_PROPS (node, prop) {
        const bool hard = bw_need_class_of(prop->name->text) == BW_NEED_HARD && !can_lack(prop->name->text);

        for (uint32_t i = 0; hard && i < prop->value.mark_count; i++) {
            const bw_mark *mark = &prop->value.marks[i];

            if (mark->kind == BW_MARK_REF_PHANDLE && mark->node && !is_needed(w, mark->node) &&
                !is_among(parts, mark->node))
                return false;
        }
    }
    if (!bw_node_prop(node, p->tree->unit->n->interrupts))
        return true;
    const bw_irq_parent parent = bw_interrupt_parent(p->tree, node);

    return parent.parent && (parent.parent == p->gic || is_needed(w, parent.parent) || is_among(parts, parent.parent));
}

static void add_below(const bw_sel4_planner *p, const wish *w, const bw_node *node, unsigned depth, GPtrArray *parts)
{
    BW_FOR_CHILDREN (node, child) {
        if (bw_node_status(p->tree, child) != BW_STATUS_OKAY || is_among(w->stops, child) || depth > 16)
            continue;
        if (!is_needed(w, child))
            g_ptr_array_add(parts, child);
        add_below(p, w, child, depth + 1, parts);
    }
}

static bool hangs_in_the_air(const bw_node *node, const wish *w, const GPtrArray *parts)
{
    return !is_among(parts, node->parent) && !is_needed(w, node->parent);
}

/* Nodes below devices that need nothing that is not there already; each that goes may take others along. */
static void find_parts(bw_sel4_planner *p, wish *w)
{
    bool more = true;

    for (guint i = 0; i < w->listed->len; i++)
        add_below(p, w, w->listed->pdata[i], 0, w->parts);
    while (more) {
        more = false;
        for (guint i = w->parts->len; i-- > 0;)
            if (hangs_in_the_air(w->parts->pdata[i], w, w->parts) || !finds_all(p, w, w->parts->pdata[i], w->parts)) {
                g_ptr_array_remove_index(w->parts, i);
                more = true;
            }
    }
    /* What parts can do without does not come along with them. */
    for (guint i = 0; i < w->parts->len; i++)
        BW_FOR_PROPS ((const bw_node *)w->parts->pdata[i], prop)
            for (uint32_t k = 0; can_lack(prop->name->text) && k < prop->value.mark_count; k++) {
                const bw_mark *mark = &prop->value.marks[k];

                if (mark->kind == BW_MARK_REF_PHANDLE && mark->node && !is_needed(w, mark->node) &&
                    !is_among(w->parts, mark->node))
                    add(w->stops, mark->node);
            }
    if (w->parts->len)
        find_needs(p, w);
}

/* ---- what several guests need ---- */

static bool is_given(const bw_needed *needed)
{
    return needed->grant_count && needed->class == BW_NEED_HARD && !needed->stays && !needed->controller;
}

static const bw_needed *given_in(const bw_needs *needs, const bw_node *node)
{
    for (uint32_t i = 0; needs && i < needs->count; i++)
        if (needs->nodes[i].node == node)
            return is_given(&needs->nodes[i]) ? &needs->nodes[i] : NULL;
    return NULL;
}

/* Nodes from which a shared one is reached: a provider without registers is as shared as what it works through. Of a
 * node around it only that counts whether its own registers are. */
static void spread(const bw_needs *needs, bool *shared)
{
    bool *direct = g_memdup2(shared, needs->count * sizeof *shared);
    bool more = true;

    while (more) {
        more = false;
        for (uint32_t i = 0; i < needs->edge_count; i++) {
            const bw_need *edge = &needs->edges[i];

            if (shared[edge->to] && !shared[edge->from] && edge->class == BW_NEED_HARD &&
                (edge->kind != BW_NEED_BUS || direct[edge->to])) {
                shared[edge->from] = true;
                more = true;
            }
        }
    }
    g_free(direct);
}

static const wish *other_with(const wish *wishes, uint32_t count, const wish *w, const bw_node *node)
{
    for (uint32_t i = 0; i < count; i++)
        if (&wishes[i] != w && given_in(wishes[i].vm->needs, node))
            return &wishes[i];
    return NULL;
}

/* @return whether the guest loses something that another one needs as well. */
static bool stop_at_shared(bw_sel4_planner *p, const wish *wishes, uint32_t count, wish *w, const bw_node **found)
{
    const bw_needs *needs = w->vm->needs;
    bool any = false;

    if (!needs)
        return false;
    bool *shared = g_new0(bool, needs->count + 1);
    for (uint32_t i = 0; i < needs->count; i++) {
        shared[i] = !needs->nodes[i].seed && is_given(&needs->nodes[i]) &&
                    other_with(wishes, count, w, needs->nodes[i].node) != NULL;
        if (shared[i] && !*found)
            *found = needs->nodes[i].node;
    }
    spread(needs, shared);
    for (uint32_t i = 0; i < needs->count; i++) {
        const bw_needed *needed = &needs->nodes[i];
        const bool alone = is_given(needed) && !other_with(wishes, count, w, needed->node);

        if (shared[i] && !needed->seed && !alone && needed->node->parent) {
            add(w->stops, needed->node);
            any = true;
        }
    }
    (void)p;
    g_free(shared);
    return any;
}

static void part_shared(bw_sel4_planner *p, wish *wishes, uint32_t count)
{
    const bw_node *found = NULL;
    bool *changed = g_new0(bool, count + 1);

    for (uint32_t i = 0; i < count; i++)
        changed[i] = stop_at_shared(p, wishes, count, &wishes[i], &found);
    for (uint32_t i = 0; i < count; i++)
        if (changed[i]) {
            g_ptr_array_set_size(wishes[i].parts, 0);
            find_needs(p, &wishes[i]);
            find_parts(p, &wishes[i]);
        }
    if (found) {
        bw_finding *f = bw_findings_add(p->findings, BW_CODE_sel4_vm_shared, p->plan->section->vms[0].name.place,
                                        "%s is needed by devices of several guests, so it stays with the host",
                                        bw_node_path(p->tree, found));

        for (uint32_t i = 0; i < count; i++)
            if (changed[i])
                bw_finding_note(f, wishes[i].vm->section->name.place, "%s is one of them", wishes[i].vm->name);
        bw_finding_cure(f, "give the devices to one guest, or name it under host: of all guests but one");
    }
    g_free(changed);
}

/* ---- the console ---- */

static bool looks_like_uart(const bw_sel4_planner *p, const bw_node *node)
{
    static const char *const words[] = {"uart", "serial", "pl011", "16550", "tcu", "scif", "usart"};
    const char *compatible = bw_node_string(node, p->tree->unit->n->compatible);

    if (g_str_has_prefix(node->name->text, "serial"))
        return true;
    for (size_t i = 0; compatible && i < G_N_ELEMENTS(words); i++)
        if (strstr(compatible, words[i]))
            return true;
    return false;
}

static const bw_node *board_console(const bw_board *board)
{
    for (uint32_t i = 0; i < board->chosen_count; i++)
        if (strcmp(board->chosen[i].name, "stdout-path") == 0 && board->chosen[i].node)
            return board->chosen[i].node;
    return board->console ? board->console->node : NULL;
}

static void find_console(bw_sel4_planner *p, wish *w)
{
    const bw_sel4_text *said = &w->vm->section->console;
    const bw_node *board = board_console(p->board);

    if (said->text && strcmp(said->text, "none") == 0)
        return;
    if (said->text) {
        const bw_node *node = bw_sel4_section_node(p->board, said, p->findings);

        p->failed = p->failed || !node;
        if (node && w->vm->needs && is_needed(w, node))
            w->vm->console = node;
        else if (node)
            bw_finding_cure(bw_sel4_plan_error(p, BW_CODE_sel4_vm_device, said->place,
                                               "%s is to be the console of %s, which does not get it",
                                               bw_node_path(p->tree, node), w->vm->name),
                            "add it to devices");
        return;
    }
    if (board && is_among(w->listed, board))
        w->vm->console = board;
    for (guint i = 0; i < w->listed->len && !w->vm->console; i++)
        if (looks_like_uart(p, w->listed->pdata[i]))
            w->vm->console = w->listed->pdata[i];
}

/* ---- */

void bw_sel4_plan_devices(bw_sel4_planner *p)
{
    const uint32_t count = p->plan->vm_count;
    wish *wishes = g_new0(wish, count);

    for (uint32_t i = 0; i < count; i++) {
        wishes[i] = (wish){.vm = &p->plan->vms[i],
                           .listed = g_ptr_array_new(),
                           .inner = g_ptr_array_new(),
                           .parts = g_ptr_array_new(),
                           .stops = g_ptr_array_new()};
        find_listed(p, &wishes[i]);
        find_stops(p, &wishes[i]);
        find_rated(p, &wishes[i]);
        for (guint k = 0; k < wishes[i].listed->len; k++)
            add_inner(p, &wishes[i], wishes[i].listed->pdata[k], 0);
        find_needs(p, &wishes[i]);
        if (wishes[i].vm->needs)
            find_parts(p, &wishes[i]);
    }
    if (count > 1)
        part_shared(p, wishes, count);
    for (uint32_t i = 0; i < count; i++) {
        find_console(p, &wishes[i]);
        g_ptr_array_unref(wishes[i].listed);
        g_ptr_array_unref(wishes[i].inner);
        g_ptr_array_unref(wishes[i].parts);
        g_ptr_array_unref(wishes[i].stops);
    }
    g_free(wishes);
}
