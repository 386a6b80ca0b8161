/* SPDX-License-Identifier: Apache-2.0 */
/* Claims about memory, and what of it is left alone. */
#include "boot/tables.h"
#include "tree/strings.h"

#include <inttypes.h>

/* As far as this beyond a region nothing else may be described, or nothing is claimed of what is there. */
#define BESIDE ((uint64_t)64 << 10)

/* A run of addresses that the description speaks of; last is its last byte. */
static bool meets(uint64_t base, uint64_t size, uint64_t first, uint64_t last)
{
    uint64_t end = size == 0 || size - 1 > UINT64_MAX - base ? (size ? UINT64_MAX : base) : base + size - 1;

    return base <= last && first <= end;
}

/* Whether something but @p self is described in a run of addresses, whatever its status. */
static bool is_described(const bw_tables *t, const bw_memory *self, uint64_t first, uint64_t last)
{
    const bw_board *b = t->board;

    for (uint32_t i = 0; i < b->memory_count; i++)
        if (&b->memories[i] != self && meets(b->memories[i].block.address, b->memories[i].block.size, first, last))
            return true;
    for (uint32_t i = 0; i < b->reserved_count; i++)
        if (b->reserved[i].is_static && meets(b->reserved[i].address, b->reserved[i].size, first, last))
            return true;
    for (uint32_t i = 0; i < b->device_count; i++)
        for (uint32_t j = 0; j < b->devices[i].block_count; j++) {
            const bw_block *block = &b->devices[i].blocks[j];

            if (block->mapped && meets(block->address, block->size, first, last))
                return true;
        }
    return false;
}

static void claim_limits(bw_tables *t, const bw_memory *m, bw_memory_row *row)
{
    uint64_t last = row->base + (row->size - 1);

    if (last < t->limit && !is_described(t, m, last + 1, last + MIN(BESIDE, t->limit - last))) {
        bw_claim *claim = bw_claim_add(t, BW_CLAIM_MEMORY_END, m->node, row->name, &row->end_claim);

        claim->memory = m;
        claim->value = row->size;
        claim->title = bw_arena_printf(bw_tables_arena(t), "memory %s: ends at 0x%" PRIx64, row->name, last);
        bw_claim_put_at(claim, bw_said_size(t->board, m));
    }
    if (row->base > 0 && !is_described(t, m, row->base - MIN(BESIDE, row->base), row->base - 1)) {
        bw_claim *claim = bw_claim_add(t, BW_CLAIM_MEMORY_START, m->node, row->name, &row->start_claim);

        claim->memory = m;
        claim->value = row->base;
        claim->title = bw_arena_printf(bw_tables_arena(t), "memory %s: begins at 0x%" PRIx64, row->name, row->base);
        bw_claim_put_at(claim, bw_said_row(&m->block));
    }
}

static bw_memory_row memory_row(const char *name, bool ram, const bw_node *node, uint64_t base, uint64_t size)
{
    return (bw_memory_row){.claim = BW_NO_CLAIM,
                           .end_claim = BW_NO_CLAIM,
                           .start_claim = BW_NO_CLAIM,
                           .name = name,
                           .ram = ram,
                           .node = node,
                           .base = base,
                           .size = size};
}

/* @return false when it cannot be tested; the claim says why. */
static bool claim_bytes(bw_tables *t, bw_memory_row *row, bw_claim **made)
{
    bw_claim *claim = bw_claim_add(t, BW_CLAIM_MEMORY, row->node, row->name, &row->claim);

    *made = claim;
    claim->value = row->size;
    claim->title = bw_arena_printf(bw_tables_arena(t), "memory %s: %s, %s", row->name, bw_claim_size(t, row->size),
                                   row->ram ? "whole" : "readable");
    if (row->size == 0)
        bw_claim_skip(claim, &row->claim, "the description gives no size");
    else if (!bw_claim_reached(t, row->base, row->size))
        bw_claim_skip(claim, &row->claim,
                      row->base > t->limit || t->limit < UINT64_MAX ? bw_claim_beyond(t, row->base + (row->size - 1))
                                                                    : "it ends beyond 64 bits of address");
    return !claim->skip;
}

/* Linux: mtd/mtd-physmap.yaml. A flash in 8, 16 or 32 lines, which says what it is. */
static uint32_t cfi_width(const bw_tables *t, const bw_node *node)
{
    uint32_t width;

    if (!bw_node_is_compatible(t->board->tree, node, "cfi-flash") ||
        bw_prop_u32(bw_node_prop_text(node, "bank-width"), &width) != BW_STATE_OK)
        return 0;
    return width == 1 || width == 2 || width == 4 ? width : 0;
}

static void claim_memory(bw_tables *t, const bw_memory *m)
{
    bool ram = m->kind == BW_MEMORY_RAM || m->kind == BW_MEMORY_SRAM;
    bw_memory_row row = memory_row(m->name, ram, m->node, m->block.address, m->block.size);
    bw_claim *claim;

    row.index = m->block.len ? m->block.offset / m->block.len : 0;
    bool tested = claim_bytes(t, &row, &claim);
    claim->memory = m;
    bw_claim_put_at(claim, bw_said_size(t->board, m));
    if (!tested)
        return;
    if (ram)
        claim_limits(t, m, &row);
    else
        row.cfi = cfi_width(t, m->node);
    g_array_append_val(t->memories, row);
}

static void claim_partition(bw_tables *t, const bw_partition *p)
{
    bw_memory_row row = memory_row(p->name, false, p->node, p->address, p->size);
    bw_claim *claim;
    bool tested = claim_bytes(t, &row, &claim);

    claim->title =
        bw_arena_printf(bw_tables_arena(t), "partition %s: %s, readable", p->name, bw_claim_size(t, p->size));
    bw_claim_put_at(claim, bw_said_reg_size(t->board->tree, p->node, p->reg_offset));
    if (tested)
        g_array_append_val(t->memories, row);
}

void bw_claim_memories(bw_tables *t)
{
    const bw_board *b = t->board;

    for (uint32_t i = 0; i < b->memory_count; i++)
        if (!b->memories[i].unavailable)
            claim_memory(t, &b->memories[i]);
    for (uint32_t i = 0; i < b->flash_count; i++)
        for (uint32_t j = 0; j < b->flashes[i].partition_count; j++) {
            const bw_partition *p = &b->flashes[i].partitions[j];

            if (p->known && p->mapped && p->read_only && !p->unavailable)
                claim_partition(t, p);
        }
}

/* A hole counts where some memory is tested around it. */
static void add_hole(bw_tables *t, const bw_node *node, uint32_t index, uint64_t base, uint64_t size)
{
    bw_hole_row row = {node, index, base, size};

    for (guint i = 0; size && bw_claim_reached(t, base, size) && i < t->memories->len; i++) {
        const bw_memory_row *m = &g_array_index(t->memories, bw_memory_row, i);

        if (m->node != node && meets(base, size, m->base, m->base + (m->size - 1))) {
            g_array_append_val(t->holes, row);
            return;
        }
    }
}

/* The RAM that the image itself lies in may be a reserved one: Zephyr's zephyr,sram. */
static bool is_image_ram(const bw_bare_layout *layout, const bw_node *node)
{
    return node && layout->regions->len && g_array_index(layout->regions, bw_bare_region, 0).node == node;
}

void bw_find_holes(bw_tables *t, const bw_bare_layout *layout)
{
    const bw_board *b = t->board;
    uint32_t reservation = 0;

    for (uint32_t i = 0; i < b->reserved_count; i++) {
        const bw_reserved *r = &b->reserved[i];
        uint32_t index = !r->node ? reservation++ : r->block.len ? r->block.offset / r->block.len : 0;

        if (r->is_static && !r->unavailable && !r->reusable && !is_image_ram(layout, r->node))
            add_hole(t, r->node, index, r->address, r->size);
    }
    for (uint32_t i = 0; i < b->device_count; i++)
        for (uint32_t j = 0; j < b->devices[i].block_count; j++)
            if (b->devices[i].blocks[j].mapped)
                add_hole(t, b->devices[i].node, j, b->devices[i].blocks[j].address, b->devices[i].blocks[j].size);
}
