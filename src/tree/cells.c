/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/cells.h"

uint32_t bw_prop_sure(const bw_prop *prop)
{
    for (uint32_t i = 0; prop->value.has_unknown && i < prop->value.mark_count; i++)
        if (prop->value.marks[i].kind == BW_MARK_UNKNOWN)
            return prop->value.marks[i].offset;
    return prop->value.len;
}

bw_state bw_prop_u64(const bw_prop *prop, uint64_t *value)
{
    if (!prop)
        return BW_STATE_NONE;
    if (bw_prop_sure(prop) < prop->value.len)
        return BW_STATE_UNKNOWN;
    if (prop->value.len == 4)
        *value = bw_get32(prop->value.data);
    else if (prop->value.len == 8)
        *value = bw_get64(prop->value.data);
    else
        return BW_STATE_BAD;
    return BW_STATE_OK;
}

bw_state bw_prop_u32(const bw_prop *prop, uint32_t *value)
{
    uint64_t wide = 0;

    if (prop && prop->value.len != 4 && bw_prop_sure(prop) == prop->value.len)
        return BW_STATE_BAD;
    bw_state state = bw_prop_u64(prop, &wide);
    if (state == BW_STATE_OK)
        *value = (uint32_t)wide;
    return state;
}

bw_state bw_node_u32(const bw_node *node, const bw_name *name, uint32_t *value)
{
    return bw_prop_u32(bw_node_prop(node, name), value);
}

/* One of the two counts; the worse state stays. */
static void read_count(const bw_prop *prop, uint32_t *count, bw_state *state)
{
    uint32_t value = 0;
    bw_state s = bw_prop_u32(prop, &value);

    if (s == BW_STATE_NONE)
        return;
    if (s == BW_STATE_OK && value > BW_CELLS_MAX)
        s = BW_STATE_BAD;
    if (s == BW_STATE_OK)
        *count = value;
    else if (*state != BW_STATE_BAD)
        *state = s;
}

bw_cells bw_cells_of(const bw_tree *tree, const bw_node *node)
{
    const bw_known_names *n = tree->unit->n;
    bw_cells cells = {.address = 2, .size = 1, .state = BW_STATE_OK};

    cells.address_prop = bw_node_prop(node, n->address_cells);
    cells.size_prop = bw_node_prop(node, n->size_cells);
    read_count(cells.address_prop, &cells.address, &cells.state);
    read_count(cells.size_prop, &cells.size, &cells.state);
    return cells;
}

bw_cells bw_cells_for(const bw_tree *tree, const bw_node *node)
{
    if (!node->parent)
        return (bw_cells){.address = 2, .size = 1, .state = BW_STATE_OK};
    return bw_cells_of(tree, node->parent);
}

/* Divides a property into rows of the counts that are already set. */
static void measure(bw_rows *rows, bw_state counts)
{
    const bw_value *value = &rows->prop->value;

    rows->state = counts;
    rows->sure = bw_prop_sure(rows->prop);
    if (counts != BW_STATE_OK)
        return;
    rows->row_len = 4 * (rows->child_cells + rows->parent_cells + rows->size_cells);
    if (rows->row_len) {
        rows->count = value->len / rows->row_len;
        rows->rest = value->len % rows->row_len;
    } else {
        rows->rest = value->len;
    }
    if (rows->rest)
        rows->state = rows->sure < value->len ? BW_STATE_UNKNOWN : BW_STATE_BAD;
}

bw_rows bw_reg_rows(const bw_tree *tree, const bw_node *node)
{
    bw_rows rows = {.prop = bw_node_prop(node, tree->unit->n->reg)};

    if (!rows.prop)
        return rows;
    bw_cells cells = bw_cells_for(tree, node);
    rows.child_cells = cells.address;
    rows.size_cells = cells.size;
    measure(&rows, cells.state);
    return rows;
}

bw_rows bw_range_rows(const bw_tree *tree, const bw_node *node, const bw_name *name)
{
    bw_rows rows = {.prop = bw_node_prop(node, name)};

    if (!rows.prop)
        return rows;
    bw_cells inside = bw_cells_of(tree, node);
    bw_cells outside = bw_cells_for(tree, node);
    bw_state counts = inside.state != BW_STATE_OK ? inside.state : outside.state;
    rows.child_cells = inside.address;
    rows.parent_cells = outside.address;
    rows.size_cells = inside.size;
    if (rows.prop->value.len == 0) {
        rows.state = counts;
        return rows;
    }
    measure(&rows, counts);
    return rows;
}

bw_row bw_rows_get(const bw_rows *rows, uint32_t index)
{
    const bw_value *value = &rows->prop->value;
    bw_row row = {.offset = index * rows->row_len, .len = rows->row_len};
    uint32_t parent = row.offset + 4 * rows->child_cells;
    uint32_t size = parent + 4 * rows->parent_cells;

    row.child = bw_number_at(value, row.offset, rows->child_cells);
    row.parent = bw_number_at(value, parent, rows->parent_cells);
    row.size = bw_number_at(value, size, rows->size_cells);
    row.known = row.offset + row.len <= rows->sure;
    return row;
}
