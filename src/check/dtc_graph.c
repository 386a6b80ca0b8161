/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dtc's checks of graphs: ports, endpoints, and that each end points back.
 */
#include "check/engine.h"

#include <stdio.h>

void bw_dtc_graph_nodes(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        BW_FOR_INFO_CHILDREN(run, info, child)
        {
            if (!bw_base_name_is(child->node, "endpoint") && !bw_node_prop(child->node, run->n->remote_endpoint))
                continue;
            if (bw_info_is_root(run, info)) {
                BW_FAIL_NODE(run, info, "%s is an endpoint, but the root is no port", bw_path(run, child->node));
                continue;
            }
            bw_info *above = bw_info_parent(run, info);
            info->bus = BW_BUS_PORT;
            if (!above->bus && (strcmp(above->node->name->text, "ports") == 0 || info->reg))
                above->bus = BW_BUS_PORTS;
            break;
        }
    }
}

/* Ports and endpoints count themselves in reg, one cell without size. */
static void graph_reg(bw_run *run, bw_info *info)
{
    bw_info *above = bw_info_parent(run, info);
    char want[16];

    if (!info->reg || !bw_run_known(run, info->reg) || (above->bad & BW_BAD_CELLS))
        return;
    if (info->reg->value.len != 4) {
        if (!(info->bad & BW_BAD_REG))
            BW_FAIL_PROP(run, info, info->reg, "reg of a port or endpoint is one cell");
        return;
    }
    snprintf(want, sizeof want, "%x", bw_cell(info->reg, 0));
    if (strcmp(want, bw_name_unit(info->node->name)) != 0) {
        bw_finding *f = BW_FAIL_NODE(run, info, "the unit address is not the number in reg, %s", want);
        bw_finding_cure(f, "call it %.*s@%s", (int)info->node->name->base_len, info->node->name->text, want);
        info->bad |= BW_BAD_UNIT;
    }
    if (above->addr_cells != 1)
        BW_FAIL_NODE(run, info, "%s needs #address-cells = <1>", bw_path(run, above->node));
    if (above->size_cells != 0)
        BW_FAIL_NODE(run, info, "%s needs #size-cells = <0>", bw_path(run, above->node));
}

void bw_dtc_graph_port(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        if (info->bus != BW_BUS_PORT)
            continue;
        graph_reg(run, info);
        if (!run->tree->plugin && !bw_base_name_is(info->node, "port"))
            BW_FAIL_NODE(run, info, "a node with endpoints is called port");
    }
}

static bw_node *other_end(bw_run *run, const bw_node *endpoint, bool *silent)
{
    bw_prop *p = bw_node_prop(endpoint, run->n->remote_endpoint);

    if (!p || p->value.len < 4)
        return NULL;
    bw_target t = bw_run_target(run, p, 0);
    *silent = t.unresolved || t.empty;
    if (!t.node && !*silent)
        BW_FAIL_PROP(run, bw_info_of(run, endpoint), p, "no node has the phandle 0x%x", t.phandle);
    return t.node;
}

void bw_dtc_graph_endpoint(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        bool silent = false;

        if (bw_info_is_root(run, info) || bw_info_parent(run, info)->bus != BW_BUS_PORT)
            continue;
        graph_reg(run, info);
        if (run->tree->plugin)
            continue;
        if (!bw_base_name_is(info->node, "endpoint"))
            BW_FAIL_NODE(run, info, "a node in a port is called endpoint");
        bw_node *other = other_end(run, info->node, &silent);
        if (!other)
            continue;
        if (other_end(run, other, &silent) != info->node && !silent) {
            bw_finding *f =
                BW_FAIL_NODE(run, info, "the connection goes one way: %s does not point back", bw_path(run, other));
            bw_find_note_node(run->tree, f, other, "the other end");
        }
    }
}
