/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/untypeds.h"

#include "base/powers.h"
#include "systems/sel4/parts.h"

static void cut(const bw_sel4_region *region, unsigned most, bool device, GArray *untypeds, uint64_t *lost)
{
    uint64_t base = region->base, size = region->size;

    while (size) {
        const bw_sel4_untyped piece = {
            .base = base, .bits = bw_power_at(base, size, most), .device = device, .owner = region->owner};

        if (piece.bits >= BW_SEL4_UNTYPED_MIN_BITS)
            g_array_append_val(untypeds, piece);
        else
            *lost += (uint64_t)1 << piece.bits;
        base += (uint64_t)1 << piece.bits;
        size -= (uint64_t)1 << piece.bits;
    }
}

static GArray *without_used(const bw_sel4_regions *regions, const bw_sel4_used *used)
{
    GArray *rest = g_array_new(FALSE, FALSE, sizeof(bw_sel4_region));

    if (regions->count)
        g_array_append_vals(rest, regions->items, regions->count);
    for (; used && used->size; used++)
        rest = bw_sel4_subtract_all(rest, used->base, used->size);
    return rest;
}

const bw_sel4_untyped_list *bw_sel4_untypeds_of(const bw_sel4_platform *platform, const bw_sel4_used *used)
{
    bw_arena *arena = &platform->tree->unit->arena;
    bw_sel4_untyped_list *all = bw_arena_new(arena, bw_sel4_untyped_list);
    GArray *untypeds = g_array_new(FALSE, FALSE, sizeof(bw_sel4_untyped));
    const unsigned most = platform->options->arch->untyped_bits;
    const bw_sel4_regions memory = bw_sel4_regions_keep(platform->tree, without_used(&platform->memory, used));

    for (uint32_t i = 0; i < platform->devices.count; i++)
        cut(&platform->devices.items[i], most, true, untypeds, &all->lost);
    all->device_count = untypeds->len;
    for (uint32_t i = 0; i < memory.count; i++)
        cut(&memory.items[i], most, false, untypeds, &all->lost);
    all->count = untypeds->len;
    all->items = bw_arena_dup(arena, untypeds->data, untypeds->len * sizeof(bw_sel4_untyped));
    g_array_free(untypeds, TRUE);
    return all;
}
