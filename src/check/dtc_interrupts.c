/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dtc's checks of interrupts: providers, maps, and the length of specifiers.
 */
#include "check/blame.h"
#include "check/engine.h"
#include "tree/interrupts.h"

#include <inttypes.h>

static bool is_valid(uint32_t phandle)
{
    return phandle != 0 && phandle != 0xffffffffU;
}

static bool is_irq_provider(const bw_run *run, const bw_node *node)
{
    return bw_node_prop(node, run->n->interrupt_controller) || bw_node_prop(node, run->n->interrupt_map);
}

void bw_dtc_interrupt_provider(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->interrupt_cells, u)
    if (!is_irq_provider(run, run->nodes[u->info].node))
        BW_FAIL_PROP(run, &run->nodes[u->info], u->prop,
                     "#interrupt-cells stands in a node that is neither interrupt-controller nor interrupt-map");
    BW_FOR_USES(run, run->n->interrupt_controller, u)
    if (!bw_node_prop(run->nodes[u->info].node, run->n->interrupt_cells))
        BW_FAIL_NODE(run, &run->nodes[u->info], "the interrupt controller lacks #interrupt-cells");
    BW_FOR_USES(run, run->n->interrupt_map, u)
    if (!bw_node_prop(run->nodes[u->info].node, run->n->interrupt_cells) &&
        !bw_node_prop(run->nodes[u->info].node, run->n->interrupt_controller))
        BW_FAIL_NODE(run, &run->nodes[u->info], "the node has an interrupt-map, but no #interrupt-cells");
}

/* The count of a well-formed one-cell property, 0 without it. */
static uint32_t one_cell(const bw_prop *prop)
{
    return prop && prop->value.len == 4 ? bw_cell(prop, 0) : 0;
}

static void no_address_cells(bw_run *run, bw_info *info, bw_prop *map, uint32_t at, bw_node *parent)
{
    if (run->as_dtc)
        BW_FAIL_ELEM(run, info, map, 4 * at, "%s has no #address-cells; 0 is taken", bw_path(run, parent));
    else
        bw_find_elem(run->tree, BW_CODE_interrupt_map_address_cells, info->node, map, 4 * at,
                     "%s has no #address-cells; 0 is taken", bw_path(run, parent));
}

/* The row before the one at hand. */
typedef struct map_entry {
    const bw_node *parent;
    uint32_t where;        /**< cell of the phandle */
    uint32_t address, irq; /**< cells that the parent takes */
} map_entry;

static void say_map_number(bw_run *run, bw_info *info, bw_prop *map, uint32_t where, uint32_t number,
                           const map_entry *before)
{
    /* A reference before this place: the row before was too short. */
    bool swallowed = before->parent && bw_prop_reference_in(map, 4 * (before->where + 1), 4 * where) != 0;
    bw_finding *f =
        swallowed ? BW_FAIL_ELEM(run, info, map, 4 * before->where,
                                 "the row is too short: %s takes %u cells of address and %u of specifier",
                                 bw_path(run, before->parent), before->address, before->irq)
                  : BW_FAIL_ELEM(run, info, map, 4 * where,
                                 "a reference to an interrupt parent is expected here, not the number 0x%x", number);
    if (before->parent)
        bw_find_note_node(run->tree, f, before->parent, "%s goes to this node: %u cells of address, %u of specifier",
                          swallowed ? "the row" : "the row before", before->address, before->irq);
}

/* @return the cells of the row at @p at, or 0 if it does not parse. */
static uint64_t map_row(bw_run *run, bw_info *info, bw_prop *map, uint32_t at, uint64_t child, uint32_t count,
                        map_entry *before)
{
    if (child >= count - at) {
        BW_FAIL_ELEM(run, info, map, 4 * at,
                     "a row of interrupt-map begins with %" PRIu64 " cells of address and specifier and a phandle, "
                     "but only %u cells are left",
                     child, count - at);
        return 0;
    }
    uint32_t where = at + (uint32_t)child;
    bw_target t = bw_run_target(run, map, 4 * where);
    if (t.unresolved || (t.empty && run->tree->plugin))
        return 0;
    if (!t.ref && bw_prop_has_references(map)) {
        say_map_number(run, info, map, where, t.phandle, before);
        return 0;
    }
    if (!t.node) {
        BW_FAIL_ELEM(run, info, map, 4 * where, "the phandle of an interrupt parent is expected here, not 0x%x",
                     t.phandle);
        return 0;
    }
    bw_prop *cells = bw_node_prop(t.node, run->n->interrupt_cells);
    if (!cells) {
        bw_finding *f = BW_FAIL_ELEM(run, info, map, 4 * where, "%s has no #interrupt-cells, so it takes no interrupts",
                                     bw_path(run, t.node));
        bw_find_note_node(run->tree, f, t.node, "the node that is meant");
        return 0;
    }
    bw_prop *address = bw_node_prop(t.node, run->n->address_cells);
    if (!address)
        no_address_cells(run, info, map, where, t.node);
    if (!bw_run_known(run, cells) || (address && !bw_run_known(run, address)))
        return 0;
    uint64_t row = child + 1 + one_cell(cells) + (uint64_t)one_cell(address);
    if (row > count - at) {
        BW_FAIL_ELEM(run, info, map, 4 * where,
                     "%s takes %u cells of address and %u of specifier, but %" PRIu64 " follow", bw_path(run, t.node),
                     one_cell(address), one_cell(cells), (uint64_t)count - where - 1);
        return 0;
    }
    *before = (map_entry){t.node, where, one_cell(address), one_cell(cells)};
    return row;
}

void bw_dtc_interrupt_map(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->interrupt_map, u)
    {
        bw_info *info = &run->nodes[u->info];
        bw_prop *mask = bw_node_prop(info->node, run->n->interrupt_map_mask);
        bw_prop *cells = bw_node_prop(info->node, run->n->interrupt_cells);
        uint32_t count = bw_cell_count(u->prop);

        if (!bw_run_known(run, u->prop) || (info->bad & BW_BAD_CELLS) || !cells || !bw_run_known(run, cells))
            continue;
        if (info->addr_cells < 0) {
            BW_FAIL_NODE(run, info, "a node with an interrupt-map needs #address-cells");
            continue;
        }
        uint64_t child = (uint64_t)(uint32_t)info->addr_cells + one_cell(cells);
        if (mask && bw_run_known(run, mask) && mask->value.len != 4 * child)
            BW_FAIL_PROP(run, info, mask,
                         "interrupt-map-mask has %u bytes, not %" PRIu64 " (%d cells of address, %u of specifier)",
                         mask->value.len, 4 * child, info->addr_cells, one_cell(cells));
        if (u->prop->value.len % 4) {
            BW_FAIL_PROP(run, info, u->prop, "interrupt-map has %u bytes, which are not whole cells",
                         u->prop->value.len);
            continue;
        }
        map_entry before = {0};
        uint64_t row = 1;
        for (uint32_t at = 0; at < count && row; at += (uint32_t)row)
            row = map_row(run, info, u->prop, at, child, count, &before);
    }
}

/* The controller that a node's interrupts go to by dtc's rule: interrupt-parent here or above, or an
 * ancestor that is a controller itself. NULL: none, or a finding says why. */
static bw_node *irq_parent(bw_run *run, bw_info *info, bool *said)
{
    for (bw_node *node = info->node; node; node = node->parent) {
        if (node != info->node && is_irq_provider(run, node))
            return node;
        bw_prop *p = bw_node_prop(node, run->n->interrupt_parent);
        if (!p)
            continue;
        *said = true;
        if (!bw_run_known(run, p))
            return NULL;
        if (p->value.len < 4) {
            BW_FAIL_PROP(run, bw_info_of(run, node), p, "interrupt-parent is one phandle");
            return NULL;
        }
        bw_target t = bw_run_target(run, p, 0);
        if (t.unresolved || (run->tree->plugin && !is_valid(t.phandle)))
            return NULL;
        bw_info *at = bw_info_of(run, node);
        if (!t.node && !(at->bad & BW_BAD_IRQ))
            BW_FAIL_PROP(run, at, p, "no node has the phandle 0x%x", t.phandle);
        else if (t.node && !is_irq_provider(run, t.node) && !(bw_info_of(run, t.node)->bad & BW_BAD_IRQ)) {
            bw_finding *f =
                BW_FAIL_PROP(run, at, p, "%s is neither interrupt-controller nor interrupt-map", bw_path(run, t.node));
            bw_find_note_node(run->tree, f, t.node, "the interrupt parent");
            bw_info_of(run, t.node)->bad |= BW_BAD_IRQ;
        }
        if (!t.node)
            at->bad |= BW_BAD_IRQ;
        return t.node;
    }
    return NULL;
}

static bw_node *quiet_irq_parent(const bw_run *run, const bw_info *info)
{
    return (bw_node *)(uintptr_t)bw_interrupt_parent(run->tree, info->node).parent;
}

static void say_interrupts(bw_blame *blame, bw_info *info, bw_prop *prop, const bw_node *parent, const bw_prop *cells)
{
    bw_run *run = blame->run;
    const bw_tally *tally;
    bw_finding *f;

    if (bw_blame_fails(blame, parent, &tally))
        return;
    if (tally) {
        f = BW_FAIL_ELEM(run, bw_info_of(run, parent), cells, 0,
                         "#interrupt-cells is %u, but the interrupts of %u nodes that come here are no multiple of it",
                         bw_cell(cells, 0), tally->fails);
        bw_find_note(run->unit, f, bw_prop_value_span(prop), "the first one, in %s", bw_path(run, info->node));
        return;
    }
    f = BW_FAIL_PROP(run, info, prop, "interrupts has %u cells, which is not a multiple of the %u that %s takes",
                     bw_cell_count(prop), bw_cell(cells, 0), bw_path(run, parent));
    bw_find_note(run->unit, f, bw_prop_span(cells), "#interrupt-cells of the interrupt parent");
}

static void interrupts_of(bw_blame *blame, bw_info *info, bw_prop *prop)
{
    bw_run *run = blame->run;
    bool said = false;

    if (!bw_run_known(run, prop) || (prop->value.len % 4 && blame->counting))
        return;
    if (prop->value.len % 4) {
        BW_FAIL_PROP(run, info, prop, "interrupts has %u bytes, which are not whole cells", prop->value.len);
        return;
    }
    bw_node *parent = blame->counting ? quiet_irq_parent(run, info) : irq_parent(run, info, &said);
    if (!parent) {
        if (!blame->counting && !said && !run->tree->lacks_nodes)
            BW_FAIL_PROP(run, info, prop, "the node has interrupts, but no interrupt-parent here or above");
        return;
    }
    bw_prop *cells = bw_node_prop(parent, run->n->interrupt_cells);
    if (!cells || cells->value.len != 4 || !bw_run_known(run, cells))
        return;
    uint32_t row = bw_cell(cells, 0);
    if (row ? bw_cell_count(prop) % row != 0 : prop->value.len != 0)
        say_interrupts(blame, info, prop, parent, cells);
    else
        bw_blame_fits(blame, parent);
}

void bw_dtc_interrupts(bw_run *run, const bw_check *check)
{
    (void)check;
    if (!run->use_first[run->n->interrupts->id])
        return;
    bw_blame blame = bw_blame_begin(run);
    BW_FOR_USES(run, run->n->interrupts, u)
    interrupts_of(&blame, &run->nodes[u->info], u->prop);
    blame.counting = false;
    BW_FOR_USES(run, run->n->interrupts, u)
    interrupts_of(&blame, &run->nodes[u->info], u->prop);
}
