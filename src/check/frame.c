/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of a tree: root, cpus, memory nodes, operating points.
 * Source: Devicetree Specification v0.4, 3.2, 3.4, 3.8; Linux binding opp/opp-v2-base.yaml.
 */
#include "check/semantic.h"
#include "tree/cells.h"

#include <inttypes.h>
#include <stdlib.h>

/* Two cpus with one number. */
void bw_sem_cpus(bw_run *run, const bw_check *check)
{
    bw_node *cpus = bw_node_child(run->tree->root, run->n->cpus);
    bw_info *seen[64];
    unsigned count = 0;

    (void)check;
    if (!cpus || run->tree->plugin)
        return;
    BW_FOR_INFO_CHILDREN(run, bw_info_of(run, cpus), cpu)
    {
        if (!bw_base_name_is(cpu->node, "cpu"))
            continue;
        if (!cpu->reg) {
            if (!run->tree->has_unknown)
                BW_SAY_NODE(run, cpu_number, cpu, "the CPU has no number (reg)");
            continue;
        }
        if (!cpu->enabled || (cpu->bad & BW_BAD_REG))
            continue;
        for (unsigned i = 0; i < count; i++)
            if (cpu->reg->value.len == seen[i]->reg->value.len &&
                memcmp(cpu->reg->value.data, seen[i]->reg->value.data, cpu->reg->value.len) == 0) {
                bw_finding *f = BW_SAY_PROP(run, cpu_number, cpu, cpu->reg, "the CPU has the same number as %s",
                                            seen[i]->node->name->text);
                bw_find_note_node(run->tree, f, seen[i]->node, "the other CPU");
                break;
            }
        if (count < sizeof seen / sizeof *seen)
            seen[count++] = cpu;
    }
}

void bw_sem_memory_nodes(bw_run *run, const bw_check *check)
{
    (void)check;
    if (run->tree->plugin || run->tree->has_unknown)
        return;
    BW_FOR_USES(run, run->n->device_type, u)
    if (bw_prop_equals(u->prop, "memory") && !run->nodes[u->info].reg && run->nodes[u->info].enabled)
        BW_SAY_NODE(run, memory_without_reg, &run->nodes[u->info],
                    "the memory node says neither where nor how much (reg)");
}

/* opp-800000000 { opp-hz = /bits/ 64 <800000000>; }: the name and the value, both decimal. */
void bw_sem_opps(bw_run *run, const bw_check *check)
{
    const bw_name *hz = bw_intern_str(run->unit->ctx->names, "opp-hz");

    (void)check;
    BW_FOR_INFOS(run, info)
    {
        const char *name = info->node->name->text;
        uint64_t value;
        char *end;

        if (strncmp(name, "opp-", 4) != 0 || name[4] < '0' || name[4] > '9')
            continue;
        bw_prop *p = bw_node_prop(info->node, hz);
        uint64_t number = strtoull(name + 4, &end, 10);
        if (!p || p->value.len != 8 || *end || !bw_run_known(run, p) || bw_prop_u64(p, &value) != BW_STATE_OK)
            continue;
        /* Names are rounded: 166 MHz for 166.935483. */
        if ((number > value ? number - value : value - number) <= value / 64)
            continue;
        BW_SAY_ELEM(run, opp_name, info, p, 0, "the operating point is called %s, but opp-hz is %" PRIu64 " Hz", name,
                    value);
    }
}

/* Rows of reg with a size of 0 where the bus has sizes. */
void bw_sem_reg_sizes(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->reg, u)
    {
        bw_info *info = &run->nodes[u->info];
        bw_rows rows;

        if ((info->bad & BW_BAD_REG) || !info->enabled || bw_base_name_is(info->node, "memory") ||
            bw_info_parent(run, info)->bus == BW_BUS_PCI ||
            bw_info_compatible(bw_info_parent(run, info), "fixed-partitions"))
            continue;
        rows = bw_reg_rows(run->tree, info->node);
        for (uint32_t i = 0; rows.state == BW_STATE_OK && rows.size_cells && rows.child_cells < 3 && i < rows.count;
             i++) {
            bw_row row = bw_rows_get(&rows, i);
            if (row.known && !row.size.value && !row.size.high)
                BW_SAY_ELEM(run, reg_size_zero, info, info->reg, row.offset,
                            "the block at 0x%" PRIx64 " has a size of 0", row.child.value);
        }
    }
}

/* 0x00 to 0x07 and 0x78 to 0x7f have meanings of their own on I2C (UM10204, 3.1.12). */
void bw_sem_i2c_reserved(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->reg, u)
    {
        bw_info *info = &run->nodes[u->info];

        if (bw_info_parent(run, info)->bus != BW_BUS_I2C || (info->bad & BW_BAD_REG) || u->prop->value.len < 4 ||
            !info->enabled)
            continue;
        uint32_t address = bw_cell(u->prop, 0);
        if (address < 8 || (address >= 0x78 && address < 0x80))
            BW_SAY_ELEM(run, i2c_reserved, info, u->prop, 0, "the I2C address 0x%02x is reserved by the bus", address);
    }
}
