/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory and reserved memory.
 * Source: Devicetree Specification v0.4, 3.4 and 3.5; what Linux does with a table it cannot read:
 * it ignores all of /reserved-memory.
 */
#include "check/extent.h"
#include "check/semantic.h"

#include <inttypes.h>

/* Memory that the board says it has. @return false when that is not known: none, or a size that firmware fills in. */
static bool gather_memory(bw_run *run, GArray *extents)
{
    bool known = true;

    BW_FOR_USES(run, run->n->device_type, u)
    {
        bw_info *info = &run->nodes[u->info];

        /* Zephyr also types windows onto memory so, under other names. */
        if (!bw_prop_equals(u->prop, "memory") || !bw_base_name_is(info->node, "memory") || !info->enabled)
            continue;
        guint before = extents->len;
        bw_rows rows = bw_reg_rows(run->tree, info->node);
        bw_extents_add_reg(run, extents, info);
        if (rows.state != BW_STATE_OK || extents->len - before != rows.count)
            known = false;
    }
    return known && extents->len > 0 && !run->tree->has_unknown;
}

/* @param nested  code of a block that lies wholly in another */
static void overlaps(bw_run *run, GArray *extents, bw_code code, bw_code nested)
{
    const bw_extent *widest = NULL;

    bw_extents_sort(extents);
    for (guint i = 0; i < extents->len; i++) {
        const bw_extent *e = BW_EXTENT(extents, i);

        if (widest && e->first <= widest->last) {
            const char *name = e->info->node->name->text;
            const char *other = widest->info->node->name->text;
            uint64_t common = MIN(e->last, widest->last) - e->first + 1;
            bw_finding *f =
                e->last <= widest->last
                    ? bw_extent_say(run, nested, e, "%s, %s, lies inside of %s, %s", name, bw_extent_text(run, e),
                                    other, bw_extent_text(run, widest))
                    : bw_extent_say(run, code, e, "%s, %s, overlaps %s, %s, by %s", name, bw_extent_text(run, e), other,
                                    bw_extent_text(run, widest), bw_size_text(run, common));
            bw_extent_note(run, f, widest);
        }
        if (!widest || e->last > widest->last)
            widest = e;
    }
}

void bw_sem_memory(bw_run *run, const bw_check *check)
{
    GArray *extents = bw_extents_new();

    (void)check;
    gather_memory(run, extents);
    overlaps(run, extents, BW_CODE_memory_overlap, BW_CODE_memory_overlap);
    g_array_unref(extents);
}

/* -- /reserved-memory -------------------------------------------------------------------------------------- */

/* Linux reads /reserved-memory before it has buses: with the root's counts, and only if ranges is there. */
static bool table_is_readable(bw_run *run, bw_info *table)
{
    bw_cells here = bw_cells_of(run->tree, table->node);
    bw_cells root = bw_cells_of(run->tree, run->tree->root);

    if (here.state != BW_STATE_OK || root.state != BW_STATE_OK || (run->nodes[0].bad & BW_BAD_CELLS))
        return false;
    if (here.address != root.address || here.size != root.size) {
        bw_finding *f = BW_SAY_NODE(run, reserved_memory_cells, table,
                                    "/reserved-memory has %u address and %u size cells, the root %u and %u",
                                    here.address, here.size, root.address, root.size);
        bw_finding_cure(f, "set #address-cells = <%u> and #size-cells = <%u> as in the root", root.address, root.size);
        return false;
    }
    if (!table->ranges) {
        bw_finding *f = BW_SAY_NODE(run, reserved_memory_ranges, table, "/reserved-memory has no ranges");
        bw_finding_cure(f, "add an empty ranges;");
    }
    return true;
}

/* A region that is kept from or given to somebody. One with nothing but reg only gives a piece of memory a name:
 * Zephyr's layouts for one image and for two lie over each other so. */
static bool is_claimed(const bw_run *run, const bw_info *region)
{
    return region->compatible || bw_node_prop(region->node, run->n->no_map) ||
           bw_node_prop(region->node, run->n->reusable);
}

static void region_properties(bw_run *run, bw_info *region, uint32_t size_cells)
{
    bw_prop *size = bw_node_prop(region->node, run->n->size);
    bw_prop *no_map = bw_node_prop(region->node, run->n->no_map);
    bw_prop *reusable = bw_node_prop(region->node, run->n->reusable);

    if (no_map && reusable) {
        bw_finding *f = BW_SAY_PROP(run, reserved_memory_flags, region, no_map,
                                    "the region is no-map and reusable: what is not mapped cannot be used again");
        bw_find_note(run->unit, f, bw_prop_span(reusable), "reusable");
    }
    if (!region->reg && !size && region->enabled)
        BW_SAY_NODE(run, reserved_memory_empty, region, "the region has neither reg (a place) nor size (to be placed)");
    if (size && !region->reg && bw_run_known(run, size) && size->value.len != 4 * size_cells)
        BW_SAY_PROP(run, reserved_memory_empty, region, size, "size has %u bytes, not the %u of %u size cell%s",
                    size->value.len, 4 * size_cells, size_cells, size_cells == 1 ? "" : "s");
}

/* Adjacent blocks of memory count as one. @param memory is sorted. */
static GArray *join(GArray *memory)
{
    GArray *joined = bw_extents_new();

    for (guint i = 0; i < memory->len; i++) {
        bw_extent *e = BW_EXTENT(memory, i);
        bw_extent *last = joined->len ? BW_EXTENT(joined, joined->len - 1) : NULL;

        if (last && (e->first <= last->last || e->first == last->last + 1))
            last->last = MAX(last->last, e->last);
        else
            g_array_append_val(joined, *e);
    }
    return joined;
}

static const bw_extent *block_at(GArray *joined, uint64_t address)
{
    guint low = 0;
    guint high = joined->len;

    while (low < high) {
        guint mid = (low + high) / 2;
        if (BW_EXTENT(joined, mid)->first <= address)
            low = mid + 1;
        else
            high = mid;
    }
    return low && BW_EXTENT(joined, low - 1)->last >= address ? BW_EXTENT(joined, low - 1) : NULL;
}

static void outside(bw_run *run, GArray *regions, GArray *memory)
{
    bw_extents_sort(memory);
    GArray *joined = join(memory);
    for (guint i = 0; i < regions->len; i++) {
        const bw_extent *e = BW_EXTENT(regions, i);
        const bw_extent *block = block_at(joined, e->first);

        /* A region wholly apart from memory may be SRAM or a window of another processor: legal. */
        if (!block && !block_at(joined, e->last))
            continue;
        if (block && block->last >= e->last)
            continue;
        const bw_extent *near = block ? block : block_at(joined, e->last);
        uint64_t beyond = block ? e->last - block->last : near->first - e->first;
        bw_finding *f =
            bw_extent_say(run, BW_CODE_reserved_memory_outside, e, "reserved %s sticks out of memory %s by %s",
                          bw_extent_text(run, e), bw_extent_text(run, near), bw_size_text(run, beyond));
        bw_extent_note(run, f, near);
    }
    g_array_unref(joined);
}

void bw_sem_reserved_memory(bw_run *run, const bw_check *check)
{
    bw_node *node = bw_node_child(run->tree->root, run->n->reserved_memory);

    (void)check;
    if (!node || run->tree->plugin)
        return;
    bw_info *table = bw_info_of(run, node);
    if (!table_is_readable(run, table))
        return;
    GArray *regions = bw_extents_new();
    uint32_t size_cells = bw_cells_of(run->tree, node).size;
    BW_FOR_INFO_CHILDREN(run, table, region)
    {
        region_properties(run, region, size_cells);
        if (region->enabled && is_claimed(run, region))
            bw_extents_add_reg(run, regions, region);
    }
    GArray *memory = bw_extents_new();
    bool known = gather_memory(run, memory);
    overlaps(run, regions, BW_CODE_reserved_memory_overlap, BW_CODE_reserved_memory_nested);
    if (known)
        outside(run, regions, memory);
    g_array_unref(memory);
    g_array_unref(regions);
}
