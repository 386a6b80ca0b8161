/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which nodes of the board a guest gets: what its devices need, the buses around them, settings below what is referred
 * to, and the interrupt controller, which the VMM plays.
 */
#include "systems/sel4/guest_parts.h"

#include "tree/strings.h"

#include <string.h>

bw_sel4_kept *bw_sel4_kept_of(const bw_sel4_guest_maker *m, const bw_node *node)
{
    return g_hash_table_lookup(m->kept, node);
}

static bool is_there(bw_sel4_fate fate)
{
    return fate == BW_SEL4_GIVEN || fate == BW_SEL4_SHOWN || fate == BW_SEL4_VIRTUAL;
}

bool bw_sel4_is_kept(const bw_sel4_guest_maker *m, const bw_node *node)
{
    const bw_sel4_kept *kept = bw_sel4_kept_of(m, node);

    return kept && is_there(kept->fate);
}

static bw_sel4_kept *note(bw_sel4_guest_maker *m, const bw_node *node, bw_sel4_fate fate, const char *reason)
{
    bw_sel4_kept *kept = bw_sel4_kept_of(m, node);

    if (!kept) {
        kept = bw_arena_new(m->arena, bw_sel4_kept);
        kept->node = node;
        g_hash_table_insert(m->kept, (gpointer)(uintptr_t)node, kept);
    } else if (is_there(kept->fate) && !is_there(fate)) {
        return kept;
    }
    kept->fate = fate;
    if (reason)
        kept->reason = reason;
    return kept;
}

bw_sel4_kept *bw_sel4_lost(bw_sel4_guest_maker *m, const bw_node *node)
{
    bw_sel4_kept *kept = bw_sel4_kept_of(m, node);

    return kept ? kept : note(m, node, BW_SEL4_DROPPED, "is not given");
}

static void keep_ancestors(bw_sel4_guest_maker *m, const bw_node *node)
{
    for (const bw_node *up = node->parent; up; up = up->parent)
        if (!bw_sel4_is_kept(m, up))
            note(m, up, BW_SEL4_SHOWN, NULL);
}

/* Parts of a node that say how it is set, and are no devices. */
static void keep_settings(bw_sel4_guest_maker *m, const bw_node *node, unsigned depth)
{
    BW_FOR_CHILDREN (node, child) {
        if (bw_node_prop(child, m->from->unit->n->compatible) || bw_sel4_kept_of(m, child) || depth > 8)
            continue;
        note(m, child, BW_SEL4_SHOWN, NULL);
        keep_settings(m, child, depth + 1);
    }
}

static bool has_settings(const bw_sel4_guest_maker *m, const bw_node *node)
{
    return !bw_node_prop(node, m->from->unit->n->compatible) ||
           bw_node_is_compatible(m->from, node, "operating-points-v2");
}

static bool is_referred_to(const bw_needs *needs, uint32_t index)
{
    for (uint32_t i = 0; i < needs->edge_count; i++)
        if (needs->edges[i].to == index && needs->edges[i].kind == BW_NEED_REFERENCE)
            return true;
    return false;
}

static bool is_among(const bw_node *const *nodes, const bw_node *node)
{
    for (; nodes && *nodes; nodes++)
        if (*nodes == node)
            return true;
    return false;
}

/* A node that a guest has another way: CPUs, its memory, PSCI, the timer. */
static bool is_own(const bw_sel4_guest_maker *m, const bw_node *node)
{
    static const char *const names[] = {"cpus", "aliases", "chosen", "psci", "__symbols__", NULL};

    while (node->parent && node->parent->parent)
        node = node->parent;
    if (!node->parent)
        return false;
    if (g_strv_contains(names, node->name->text))
        return true;
    const char *type = bw_node_string(node, m->from->unit->n->device_type);

    return type && strcmp(type, "memory") == 0;
}

static void keep_needed(bw_sel4_guest_maker *m, uint32_t index)
{
    const bw_needs *needs = m->vm->needs;
    const bw_needed *needed = &needs->nodes[index];
    const bw_sel4_vm_section *section = m->vm->section;
    const char *chain = needed->reason >= 0 ? bw_needed_chain(needs, index) : NULL;

    if (!needed->node->parent || is_own(m, needed->node))
        return;
    if (needed->stays && is_among(m->vm->proxied, needed->node)) {
        note(m, needed->node, BW_SEL4_VIRTUAL, "somebody else serves it: proxied");
    } else if (needed->stays) {
        note(m, needed->node, BW_SEL4_DROPPED, "stays with the host");
        return;
    } else if (needed->class == BW_NEED_SOFT && !section->keep_soft) {
        note(m, needed->node, BW_SEL4_DROPPED, bw_arena_join(m->arena, "works without: ", chain ? chain : "", ""));
        return;
    } else if (needed->class == BW_NEED_POLICY && !section->keep_iommus) {
        note(m, needed->node, BW_SEL4_DROPPED,
             bw_arena_join(m->arena, "guest's and physical addresses are the same: ", chain ? chain : "", ""));
        return;
    } else if (needed->controller) {
        note(m, needed->node, BW_SEL4_VIRTUAL, "the VMM plays it");
    } else if (needed->seed) {
        const bool listed = is_among(m->vm->devices, needed->node);

        note(m, needed->node, BW_SEL4_SHOWN, listed ? "asked for" : "part of what was asked for")->asked = true;
    } else {
        note(m, needed->node, BW_SEL4_SHOWN, chain);
        if (has_settings(m, needed->node) && is_referred_to(needs, index))
            keep_settings(m, needed->node, 0);
    }
    if (needed->grant_count && bw_sel4_kept_of(m, needed->node)->fate == BW_SEL4_SHOWN)
        bw_sel4_kept_of(m, needed->node)->fate = BW_SEL4_GIVEN;
    keep_ancestors(m, needed->node);
}

void bw_sel4_guest_keep(bw_sel4_guest_maker *m)
{
    note(m, m->from->root, BW_SEL4_SHOWN, NULL);
    if (m->gic) {
        note(m, m->gic, BW_SEL4_VIRTUAL, "the VMM plays it");
        keep_ancestors(m, m->gic);
    }
    for (uint32_t i = 0; m->vm->needs && i < m->vm->needs->count; i++)
        keep_needed(m, i);
}
