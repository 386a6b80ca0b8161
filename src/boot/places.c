/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/places.h"

#include "tree/specifiers.h"

#include <string.h>

#define CLOCK_DEPTH_MAX 8

bw_said bw_said_row(const bw_block *block)
{
    return (bw_said){block->node, block->prop, block->offset};
}

bw_said bw_said_size(const bw_board *board, const bw_memory *memory)
{
    const bw_block *b = &memory->block;

    if (b->prop)
        return (bw_said){memory->node, b->prop, b->offset + b->bus_address.cells * 4};
    for (uint32_t i = 0; i < board->flash_count; i++)
        if (board->flashes[i].node == memory->node)
            return (bw_said){memory->node, board->flashes[i].size_prop, 0};
    return (bw_said){memory->node, NULL, 0};
}

bw_said bw_said_reg_size(const bw_tree *tree, const bw_node *node, uint32_t row_offset)
{
    return (bw_said){node, bw_node_prop(node, tree->unit->n->reg), row_offset + bw_cells_for(tree, node).address * 4};
}

bw_said bw_said_compatible(const bw_tree *tree, const bw_node *node, uint32_t offset)
{
    return (bw_said){node, bw_node_prop(node, tree->unit->n->compatible), offset};
}

bw_said bw_said_isa(const bw_cpu *cpu)
{
    const bw_prop *isa = bw_node_prop_text(cpu->node, "riscv,isa");

    return (bw_said){cpu->node, isa ? isa : bw_node_prop_text(cpu->node, "riscv,isa-base"), 0};
}

/* Through fixed factors to the clock that says its rate. */
static bw_said source_of(const bw_tree *tree, const bw_node *clock)
{
    const bw_known_names *n = tree->unit->n;
    bw_spec spec;

    for (int depth = 0; depth < CLOCK_DEPTH_MAX; depth++) {
        const bw_prop *own = bw_node_prop(clock, n->clock_frequency);
        const bw_prop *clocks = bw_node_prop(clock, n->clocks);

        if (own)
            return (bw_said){clock, own, 0};
        if (!clocks || !bw_spec_get(tree, clock, clocks, 0, &spec) || spec.fault != BW_SPEC_OK)
            break;
        clock = spec.provider;
    }
    return (bw_said){0};
}

/* The clock that makes the rate of a UART has names (Linux: serial/8250.yaml, serial/pl011.yaml); its bus's has others.
 */
static const bw_clock *rate_clock(const bw_device *d)
{
    static const char *const names[] = {"uartclk", "baudclk", "baud", "timer", "timclk", NULL};
    const bw_clock *first = NULL;

    for (uint32_t i = 0; i < d->clock_count; i++) {
        const bw_clock *clock = &d->clocks[i];

        if (!clock->rate_known || clock->rate == 0)
            continue;
        for (const char *const *name = names; clock->name && *name; name++)
            if (strcmp(clock->name, *name) == 0)
                return clock;
        first = first ? first : clock;
    }
    return first;
}

bw_said bw_said_clock(const bw_board *board, const bw_device *device, uint64_t *rate)
{
    const bw_clock *clock = rate_clock(device);

    *rate = device->own_rate;
    if (*rate)
        return (bw_said){device->node, bw_node_prop(device->node, board->tree->unit->n->clock_frequency), 0};
    if (!clock)
        return (bw_said){0};
    *rate = clock->rate;
    return source_of(board->tree, clock->spec.provider);
}

/* A property of one of the CPUs that are there, or of /cpus for all of them. */
static bw_said cpu_number(const bw_board *board, const char *name, uint64_t *value)
{
    *value = 0;
    for (uint32_t i = 0; i < board->cpu_count; i++) {
        const bw_node *cpu = board->cpus[i].node;
        const bw_node *nodes[] = {cpu, cpu->parent};

        for (size_t j = 0; !board->cpus[i].unavailable && j < G_N_ELEMENTS(nodes); j++) {
            const bw_prop *prop = bw_node_prop_text(nodes[j], name);

            if (bw_prop_u64(prop, value) == BW_STATE_OK && *value)
                return (bw_said){nodes[j], prop, 0};
        }
    }
    *value = 0;
    return (bw_said){0};
}

bw_said bw_said_timebase(const bw_board *board, uint64_t *rate)
{
    return cpu_number(board, "timebase-frequency", rate);
}

bw_said bw_said_cpu_rate(const bw_board *board, uint64_t *rate)
{
    return cpu_number(board, "clock-frequency", rate);
}
