/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory as the kernel sees it. Source: seL4/seL4, tools/hardware/utils/memory.py: all nodes with the device_type
 * "memory"; rows of one node that touch are joined; regions of /reserved-memory with no-map are taken out; the first
 * one begins at a multiple of what the kernel image needs.
 */
#include "systems/sel4/parts.h"

#include "tree/cells.h"
#include "tree/status.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

static bool is_memory(const bw_tree *tree, const bw_node *node)
{
    const char *type = bw_node_string(node, tree->unit->n->device_type);

    return type && strcmp(type, "memory") == 0;
}

static bool is_there(const GArray *regions, const bw_sel4_region *region)
{
    for (guint i = 0; i < regions->len; i++) {
        const bw_sel4_region *other = &g_array_index(regions, bw_sel4_region, i);

        if (other->base == region->base && other->size == region->size)
            return true;
    }
    return false;
}

/* Joins a region with those of the same node that it touches. */
static void add_joined(GArray *regions, bw_sel4_region region)
{
    for (guint i = 0; i < regions->len; i++) {
        const bw_sel4_region *other = &g_array_index(regions, bw_sel4_region, i);

        if (other->owner != region.owner)
            continue;
        if (other->base + other->size != region.base && region.base + region.size != other->base)
            continue;
        region.base = MIN(region.base, other->base);
        region.size += other->size;
        g_array_remove_index(regions, i);
        add_joined(regions, region);
        return;
    }
    g_array_append_val(regions, region);
}

static bool collect(const bw_tree *tree, GArray *joined)
{
    GArray *seen = g_array_new(FALSE, FALSE, sizeof(bw_sel4_region));
    bool ok = true;

    BW_FOR_NODES (tree, node) {
        bw_sel4_regions regions;

        if (!is_memory(tree, node))
            continue;
        ok &= bw_sel4_reg(tree, node, false, &regions);
        for (uint32_t i = 0; ok && i < regions.count; i++) {
            if (is_there(seen, &regions.items[i]))
                continue;
            g_array_append_val(seen, regions.items[i]);
            add_joined(joined, regions.items[i]);
        }
    }
    g_array_free(seen, TRUE);
    return ok;
}

/* A region that has an address and is not taken out of the memory. */
static void note_kept(const bw_tree *tree, const bw_node *child)
{
    if (!bw_node_prop_text(child, "reg"))
        return;
    bw_find_node(tree, BW_CODE_sel4_reserved_used, child,
                 "%s has no no-map, so it stays memory that the kernel hands out", bw_node_path(tree, child));
}

static bool take_out_reserved(const bw_tree *tree, GArray **regions)
{
    const bw_node *reserved = bw_tree_by_path(tree, "/reserved-memory");

    if (!reserved)
        return true;
    BW_FOR_CHILDREN (reserved, child) {
        bw_sel4_regions holes;

        if (!bw_node_prop_text(child, "no-map")) {
            note_kept(tree, child);
            continue;
        }
        if (!bw_sel4_reg(tree, child, false, &holes))
            return false;
        for (uint32_t i = 0; i < holes.count; i++)
            *regions = bw_sel4_subtract_all(*regions, holes.items[i].base, holes.items[i].size);
    }
    return true;
}

/* /memreserve/ says what a boot loader or firmware has placed there; the kernel's generator never looks. */
static void note_memreserves(const bw_tree *tree, const GArray *regions)
{
    for (const bw_memreserve *m = tree->memreserves; m; m = m->next)
        for (guint i = 0; i < regions->len; i++) {
            const bw_sel4_region *region = &g_array_index(regions, bw_sel4_region, i);

            if (m->address >= region->base + region->size || m->address + m->size <= region->base)
                continue;
            bw_find(tree->unit, BW_CODE_sel4_memreserve, bw_span_token(m->loc),
                    "seL4 does not look at /memreserve/: 0x%" PRIx64 "–0x%" PRIx64 " stays memory that the kernel uses",
                    m->address, m->address + m->size - 1);
            break;
        }
}

/* The kernel image starts at the first byte; what lies before it becomes memory of a device. */
static bool align_first(bw_sel4_platform *platform)
{
    const bw_tree *tree = platform->tree;
    const uint64_t unit = (uint64_t)1 << platform->options->arch->phys_bits;
    bw_sel4_region *first = &platform->memory.items[0];
    const uint64_t lost = (unit - first->base % unit) % unit;

    /* The generator goes on with memory of no bytes, and the kernel does not start. */
    if (lost && lost >= first->size) {
        bw_find_node(tree, BW_CODE_sel4_no_memory, first->owner,
                     "the lowest memory, 0x%" PRIx64 " with %" PRIu64 " KiB, has no multiple of %" PRIu64
                     " KiB for the kernel image of %s",
                     first->base, first->size / 1024, unit / 1024, platform->options->arch->name);
        return false;
    }
    if (lost)
        bw_find_node(tree, BW_CODE_sel4_memory_skipped, first->owner,
                     "the kernel image of %s starts at a multiple of %" PRIu64 " MiB: 0x%" PRIx64 "–0x%" PRIx64
                     " (0x%" PRIx64 ", %" PRIu64 " KiB) of the lowest memory become device memory",
                     platform->options->arch->name, unit >> 20, first->base, first->base + lost - 1, lost, lost / 1024);
    first->base += lost;
    first->size -= lost;
    platform->phys_base = first->base;
    return true;
}

bool bw_sel4_memory(bw_sel4_platform *platform)
{
    const bw_tree *tree = platform->tree;
    GArray *regions = g_array_new(FALSE, FALSE, sizeof(bw_sel4_region));

    if (!collect(tree, regions) || !take_out_reserved(tree, &regions)) {
        g_array_free(regions, TRUE);
        return false;
    }
    if (!regions->len) {
        bw_find_node(tree, BW_CODE_sel4_no_memory, tree->root,
                     "no node with device_type = \"memory\" has a reg%s: seL4 has no memory to run in",
                     bw_tree_by_path(tree, "/reserved-memory") ? " beyond what is reserved" : "");
        g_array_free(regions, TRUE);
        return false;
    }
    note_memreserves(tree, regions);
    platform->memory = bw_sel4_regions_keep(tree, regions);
    return align_first(platform);
}
