/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/interrupts.h"

#include <string.h>

#define NEXUS_MAX 16

bool bw_is_interrupt_provider(const bw_tree *tree, const bw_node *node)
{
    const bw_known_names *n = tree->unit->n;

    return bw_node_prop(node, n->interrupt_controller) || bw_node_prop(node, n->interrupt_map);
}

bw_irq_parent bw_interrupt_parent(const bw_tree *tree, const bw_node *node)
{
    for (const bw_node *n = node; n; n = n->parent) {
        if (n != node && bw_is_interrupt_provider(tree, n))
            return (bw_irq_parent){.parent = n};
        const bw_prop *prop = bw_node_prop(n, tree->unit->n->interrupt_parent);
        if (!prop)
            continue;
        bw_spec_fault fault;
        bw_irq_parent found = {.said_by = n, .prop = prop};
        found.parent = bw_phandle_node(tree, prop, 0, &fault);
        if (!found.parent)
            found.fault = fault == BW_SPEC_UNKNOWN ? BW_IRQ_UNKNOWN : BW_IRQ_BAD_PARENT;
        return found;
    }
    return (bw_irq_parent){.fault = BW_IRQ_NO_PARENT};
}

/* #interrupt-cells of a controller or nexus. */
static bw_irq_fault irq_cells(const bw_tree *tree, const bw_node *node, uint32_t *count)
{
    *count = 0;
    switch (bw_node_u32(node, tree->unit->n->interrupt_cells, count)) {
    case BW_STATE_NONE:
        return BW_IRQ_NO_CELLS;
    case BW_STATE_UNKNOWN:
        return BW_IRQ_UNKNOWN;
    case BW_STATE_OK:
        return *count > 0 && *count <= BW_CELLS_MAX ? BW_IRQ_OK : BW_IRQ_BAD_CELLS;
    case BW_STATE_BAD:
        break;
    }
    return BW_IRQ_BAD_CELLS;
}

/* ---- interrupt-map ---- */

/* The unit address cells of a nexus: its own, else those of the nearest ancestor that says so, else 2. */
static uint32_t nexus_address_cells(const bw_tree *tree, const bw_node *nexus, bw_irq_fault *fault)
{
    for (const bw_node *n = nexus; n; n = n->parent) {
        uint32_t value = 0;

        switch (bw_node_u32(n, tree->unit->n->address_cells, &value)) {
        case BW_STATE_NONE:
            continue;
        case BW_STATE_UNKNOWN:
            *fault = BW_IRQ_UNKNOWN;
            return 0;
        case BW_STATE_OK:
            if (value <= BW_CELLS_MAX)
                return value;
            break;
        case BW_STATE_BAD:
            break;
        }
        *fault = BW_IRQ_BAD_CELLS;
        return 0;
    }
    return 2;
}

bw_irq_map_iter bw_irq_map_begin(const bw_tree *tree, const bw_node *nexus)
{
    bw_irq_map_iter iter = {.tree = tree, .nexus = nexus, .prop = bw_node_prop(nexus, tree->unit->n->interrupt_map)};

    iter.fault = irq_cells(tree, nexus, &iter.irq_cells);
    if (iter.fault == BW_IRQ_OK)
        iter.address_cells = nexus_address_cells(tree, nexus, &iter.fault);
    iter.done = !iter.prop || iter.fault != BW_IRQ_OK;
    return iter;
}

bool bw_irq_map_next(bw_irq_map_iter *iter, bw_irq_map_row *row)
{
    if (iter->done || iter->offset >= iter->prop->value.len)
        return false;
    const bw_value *value = &iter->prop->value;
    uint32_t sure = bw_prop_sure(iter->prop);
    bw_irq_fault cut = sure < value->len ? BW_IRQ_UNKNOWN : BW_IRQ_TRUNCATED;
    bw_spec_fault fault;

    *row = (bw_irq_map_row){.offset = iter->offset,
                            .len = value->len - iter->offset,
                            .child_address_cells = iter->address_cells,
                            .child_irq_cells = iter->irq_cells};
    iter->done = true; /* until the row's length is known */
    row->parent_offset = row->offset + 4 * (iter->address_cells + iter->irq_cells);
    if (row->parent_offset + 4 > value->len) {
        row->fault = cut;
        return true;
    }
    row->parent = bw_phandle_node(iter->tree, iter->prop, row->parent_offset, &fault);
    if (!row->parent) {
        row->fault = fault == BW_SPEC_UNKNOWN ? BW_IRQ_UNKNOWN : BW_IRQ_BAD_PARENT;
        return true;
    }
    row->fault = irq_cells(iter->tree, row->parent, &row->spec_count);
    if (row->fault != BW_IRQ_OK)
        return true;
    switch (bw_node_u32(row->parent, iter->tree->unit->n->address_cells, &row->parent_address_cells)) {
    case BW_STATE_NONE:
        break;
    case BW_STATE_UNKNOWN:
        row->fault = BW_IRQ_UNKNOWN;
        return true;
    case BW_STATE_OK:
        if (row->parent_address_cells <= BW_CELLS_MAX)
            break;
        /* fall through */
    case BW_STATE_BAD:
        row->fault = BW_IRQ_BAD_CELLS;
        return true;
    }
    row->spec_offset = row->parent_offset + 4 + 4 * row->parent_address_cells;
    uint32_t end = row->spec_offset + 4 * row->spec_count;
    if (end > value->len || end > sure) {
        row->fault = cut;
        return true;
    }
    row->len = end - row->offset;
    iter->offset = end;
    iter->done = false;
    return true;
}

/* A device's way through the nexus nodes: unit address and specifier, as the next one sees them. */
typedef struct way {
    uint32_t address[BW_CELLS_MAX];
    uint32_t address_cells;
} way;

static void start_way(const bw_tree *tree, const bw_node *device, way *w)
{
    const bw_prop *reg = bw_node_prop(device, tree->unit->n->reg);

    memset(w, 0, sizeof *w);
    while (reg && w->address_cells < BW_CELLS_MAX && w->address_cells < reg->value.len / 4) {
        w->address[w->address_cells] = bw_get32(reg->value.data + (size_t)w->address_cells * 4);
        w->address_cells++;
    }
}

static bool row_matches(const bw_irq_map_row *row, const bw_value *map, const bw_prop *mask, const way *w,
                        const bw_irq *irq)
{
    for (uint32_t i = 0; i < row->child_address_cells + row->child_irq_cells; i++) {
        bool in_address = i < row->child_address_cells;
        uint32_t have = in_address ? w->address[i] : irq->cells[i - row->child_address_cells];
        uint32_t bits = mask && mask->value.len / 4 > i ? bw_get32(mask->value.data + (size_t)i * 4) : UINT32_MAX;

        if ((bw_get32(map->data + row->offset + (size_t)i * 4) ^ have) & bits)
            return false;
    }
    return true;
}

/* Goes through one nexus. @return the next controller or nexus, or NULL with irq->fault set. */
static const bw_node *cross_nexus(const bw_tree *tree, const bw_node *nexus, way *w, bw_irq *irq)
{
    bw_irq_map_iter iter = bw_irq_map_begin(tree, nexus);
    const bw_prop *mask = bw_node_prop(nexus, tree->unit->n->interrupt_map_mask);
    bw_irq_map_row row;

    irq->nexus = nexus;
    irq->map = iter.prop;
    irq->map_offset = 0;
    irq->fault = iter.fault;
    if (irq->fault != BW_IRQ_OK)
        return NULL;
    while (bw_irq_map_next(&iter, &row)) {
        const bw_value *map = &iter.prop->value;

        irq->map_offset = row.offset;
        if (row.fault != BW_IRQ_OK) {
            irq->fault = row.fault == BW_IRQ_UNKNOWN ? BW_IRQ_UNKNOWN : BW_IRQ_MAP_MALFORMED;
            return NULL;
        }
        if (!row_matches(&row, map, mask, w, irq))
            continue;
        memset(w, 0, sizeof *w);
        w->address_cells = row.parent_address_cells;
        for (uint32_t i = 0; i < w->address_cells; i++)
            w->address[i] = bw_get32(map->data + row.parent_offset + 4 + (size_t)i * 4);
        irq->count = row.spec_count;
        for (uint32_t i = 0; i < row.spec_count; i++)
            irq->cells[i] = bw_get32(map->data + row.spec_offset + (size_t)i * 4);
        return row.parent;
    }
    irq->fault = BW_IRQ_MAP_UNMATCHED;
    return NULL;
}

/* From the parent that the device names to the controller that takes the interrupt. */
static void follow(const bw_tree *tree, bw_irq *irq)
{
    const bw_known_names *n = tree->unit->n;
    const bw_node *at = irq->parent;
    way w;

    start_way(tree, irq->consumer, &w);
    for (int depth = 0; depth < NEXUS_MAX; depth++) {
        if (bw_node_prop(at, n->interrupt_controller) || !bw_node_prop(at, n->interrupt_map)) {
            irq->controller = at;
            return;
        }
        at = cross_nexus(tree, at, &w, irq);
        if (!at)
            return;
    }
    irq->fault = BW_IRQ_MAP_LOOP;
}

/* ---- interrupts of a node ---- */

bw_irq_iter bw_irq_begin(const bw_tree *tree, const bw_node *node)
{
    const bw_known_names *n = tree->unit->n;
    bw_irq_iter iter = {.tree = tree, .node = node, .prop = bw_node_prop(node, n->interrupts_extended)};

    if (iter.prop) {
        iter.extended = true;
    } else {
        iter.prop = bw_node_prop(node, n->interrupts);
        if (iter.prop)
            iter.parent = bw_interrupt_parent(tree, node);
    }
    iter.done = !iter.prop;
    return iter;
}

static bw_irq_fault of_reference(bw_spec_fault fault)
{
    switch (fault) {
    case BW_SPEC_EMPTY:
        return BW_IRQ_EMPTY;
    case BW_SPEC_UNKNOWN:
        return BW_IRQ_UNKNOWN;
    case BW_SPEC_TRUNCATED:
        return BW_IRQ_TRUNCATED;
    default:
        return BW_IRQ_BAD_PARENT;
    }
}

bool bw_irq_next(bw_irq_iter *iter, bw_irq *irq)
{
    if (iter->done || iter->offset >= iter->prop->value.len)
        return false;
    const bw_value *value = &iter->prop->value;
    uint32_t sure = bw_prop_sure(iter->prop);
    bw_irq_fault cut = sure < value->len ? BW_IRQ_UNKNOWN : BW_IRQ_TRUNCATED;

    memset(irq, 0, sizeof *irq);
    irq->consumer = iter->node;
    irq->prop = iter->prop;
    irq->index = iter->index++;
    irq->offset = irq->own_offset = iter->offset;
    irq->len = value->len - iter->offset;
    iter->done = true; /* until the row's length is known */
    if (iter->extended) {
        bw_spec_fault fault;

        irq->parent = bw_phandle_node(iter->tree, iter->prop, iter->offset, &fault);
        if (!irq->parent) {
            irq->fault = of_reference(fault);
            if (fault == BW_SPEC_EMPTY) {
                irq->len = 4;
                iter->offset += 4;
                iter->done = false;
            }
            return true;
        }
        irq->own_offset += 4;
    } else {
        irq->parent = iter->parent.parent;
        irq->parent_prop = iter->parent.prop;
        irq->fault = iter->parent.fault;
        if (irq->fault != BW_IRQ_OK)
            return true;
    }
    irq->fault = irq_cells(iter->tree, irq->parent, &irq->own_count);
    if (irq->fault != BW_IRQ_OK)
        return true;
    uint32_t end = irq->own_offset + 4 * irq->own_count;
    if (end > value->len || end > sure) {
        irq->fault = cut;
        return true;
    }
    irq->len = end - irq->offset;
    iter->offset = end;
    iter->done = false;
    irq->count = irq->own_count;
    for (uint32_t i = 0; i < irq->count; i++)
        irq->cells[i] = bw_get32(value->data + irq->own_offset + (size_t)i * 4);
    follow(iter->tree, irq);
    return true;
}
