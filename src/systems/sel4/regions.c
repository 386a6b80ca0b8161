/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/parts.h"

#include "tree/cells.h"

#include <inttypes.h>

/* ---- rows of reg ---- */

/* Through the ranges of one bus. An address that no row holds stays as it is, as the kernel's generator has it. */
static uint64_t through_bus(const bw_tree *tree, const bw_node *node, const bw_node *bus, uint64_t address, bool quiet)
{
    const bw_rows rows = bw_range_rows(tree, bus, tree->unit->n->ranges);

    if (!rows.prop->value.len)
        return address;
    for (uint32_t i = 0; i < rows.count; i++) {
        const bw_row row = bw_rows_get(&rows, i);

        if (address >= row.child.value && address - row.child.value < row.size.value)
            return address - row.child.value + row.parent.value;
    }
    if (quiet)
        return address;
    bw_finding *finding = bw_find_node(tree, BW_CODE_sel4_ranges_unmatched, node,
                                       "no row of the ranges of %s holds 0x%" PRIx64
                                       ", so seL4's build takes the address as it stands there",
                                       bw_node_path(tree, bus), address);
    bw_find_note_node(tree, finding, bus, "the bus is here");
    return address;
}

/* From the bus that holds the node to the root. */
static bool translate(const bw_tree *tree, const bw_node *node, uint64_t *address, bool quiet)
{
    for (const bw_node *bus = node->parent; bus && bus->parent; bus = bus->parent) {
        if (!bw_node_prop(bus, tree->unit->n->ranges)) {
            bw_finding *finding =
                bw_find_node(tree, BW_CODE_sel4_unreachable, node,
                             "seL4's build needs the address of %s, and %s has no ranges: it has none for the CPU",
                             bw_node_path(tree, node), bw_node_path(tree, bus));
            bw_find_note_node(tree, finding, bus, "this bus");
            return false;
        }
        *address = through_bus(tree, node, bus, *address, quiet);
    }
    return true;
}

bool bw_sel4_reg(const bw_tree *tree, const bw_node *node, bool quiet, bw_sel4_regions *regions)
{
    const bw_rows rows = bw_reg_rows(tree, node);

    *regions = (bw_sel4_regions){.items = bw_arena_array(&tree->unit->arena, bw_sel4_region, rows.count)};
    if (rows.state == BW_STATE_NONE)
        return true;
    for (uint32_t i = 0; i < rows.count; i++) {
        const bw_row row = bw_rows_get(&rows, i);
        uint64_t base = row.child.value;

        if (!translate(tree, node, &base, quiet))
            return false;
        uint64_t size = row.size.value;
        /* A region may go to the very end, 2^64; its last byte is given up so that its end is a number. */
        if (base && base + size == 0)
            size--;
        if (row.child.wide || row.size.wide || row.size.high || base + size < base) {
            bw_find_elem(tree, BW_CODE_sel4_unreachable, node, rows.prop, row.offset,
                         "the %" PRIu32 ". region of %s does not fit into 64 bits of address", i + 1,
                         bw_node_path(tree, node));
            return false;
        }
        regions->items[regions->count++] = (bw_sel4_region){.base = base, .size = size, .owner = node, .row = i};
    }
    return true;
}

/* ---- arithmetic ---- */

static void keep(const bw_sel4_region *region, uint64_t base, uint64_t end, GArray *rest)
{
    const bw_sel4_region part = {.base = base, .size = end - base, .owner = region->owner, .row = region->row};

    g_array_append_val(rest, part);
}

/* A hole without bytes cuts the region in two, as in the kernel's generator. */
void bw_sel4_subtract(const bw_sel4_region *region, uint64_t hole_base, uint64_t hole_size, GArray *rest)
{
    const uint64_t end = region->base + region->size;
    const uint64_t hole_end = hole_base + hole_size;
    const bool overlap =
        (region->base <= hole_base && end > hole_base) || (hole_base <= region->base && hole_end > region->base);

    if (!overlap) {
        g_array_append_val(rest, *region);
        return;
    }
    if (region->base < hole_base)
        keep(region, region->base, hole_base, rest);
    if (hole_end < end)
        keep(region, hole_end, end, rest);
}

GArray *bw_sel4_subtract_all(GArray *regions, uint64_t hole_base, uint64_t hole_size)
{
    GArray *rest = g_array_new(FALSE, FALSE, sizeof(bw_sel4_region));

    for (guint i = 0; i < regions->len; i++)
        bw_sel4_subtract(&g_array_index(regions, bw_sel4_region, i), hole_base, hole_size, rest);
    g_array_free(regions, TRUE);
    return rest;
}

static int by_base(const void *a, const void *b)
{
    const bw_sel4_region *first = a, *second = b;

    if (first->base != second->base)
        return first->base < second->base ? -1 : 1;
    return first->size < second->size ? -1 : first->size > second->size;
}

bw_sel4_regions bw_sel4_regions_keep(const bw_tree *tree, GArray *regions)
{
    bw_sel4_regions kept = {.count = regions->len};

    if (regions->len) {
        g_array_sort(regions, by_base);
        kept.items = bw_arena_dup(&tree->unit->arena, regions->data, regions->len * sizeof(bw_sel4_region));
    }
    g_array_free(regions, TRUE);
    return kept;
}
