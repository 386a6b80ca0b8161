/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit addresses as Zephyr's build insists on them: where there is a reg, or ranges that are not empty, and only there
 * (dtc's unit_address_vs_reg is an error for it), and in one hexadecimal number (edtlib reads them as such), also below
 * a bus with chip selects ("sram@1,0").
 *
 * Source: Zephyr 4.1, cmake/modules/dts.cmake, scripts/dts/python-devicetree/src/devicetree/edtlib.py; dtc, checks.c.
 */
#include "systems/zephyr/write.h"

#include "tree/cells.h"

#include <inttypes.h>
#include <string.h>

/* @return whether the node has an address on its parent's bus. */
static bool address_of(const bw_tree *tree, const bw_node *node, uint64_t *address)
{
    const bw_known_names *n = tree->unit->n;
    const bw_prop *reg = bw_node_prop(node, n->reg);
    const bw_prop *ranges = bw_node_prop(node, n->ranges);
    bw_cells outside = bw_cells_for(tree, node);
    bw_cells inside = bw_cells_of(tree, node);
    const bw_prop *prop = reg && reg->value.len ? reg : ranges && ranges->value.len ? ranges : NULL;
    uint32_t offset = prop == reg ? 0 : inside.address * 4;

    if (!prop || outside.state != BW_STATE_OK || inside.state != BW_STATE_OK || outside.address < 1 ||
        outside.address > 2 || prop->value.len < offset + outside.address * 4)
        return false;
    *address = bw_number_at(&prop->value, offset, outside.address).value;
    return true;
}

/* @return the name that the node should have, or NULL if it has it. */
static const char *right_name(bw_tree *tree, const bw_node *node)
{
    const bw_known_names *n = tree->unit->n;
    bool has_address = bw_node_prop(node, n->reg) || bw_node_prop(node, n->ranges);
    const char *at = strchr(node->name->text, '@');
    int base = (int)node->name->base_len;
    uint64_t address;

    if (!node->parent || (node->parent->name == n->cpus && at))
        return NULL;
    if (!has_address)
        return at ? bw_arena_strndup(&tree->unit->arena, node->name->text, (size_t)base) : NULL;
    if ((at && !strchr(at, ',')) || !address_of(tree, node, &address))
        return NULL;
    return bw_arena_printf(&tree->unit->arena, "%.*s@%" PRIx64, base, node->name->text, address);
}

bool bw_zephyr_rename_nodes(bw_tree *tree)
{
    bool some = false;

    BW_FOR_NODES (tree, node) {
        const char *name = right_name(tree, node);

        if (!name || bw_node_child_text(node->parent, name, strlen(name)))
            continue;
        bw_node_rename(node, bw_intern_str(tree->unit->ctx->names, name));
        some = true;
    }
    return some;
}
