/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/map_guests.h"

#include "systems/sel4/plan.h"
#include "systems/support.h"

#include <string.h>

/* The section of support.yml that describes guests of this target, or NULL. */
static const bw_yaml *section_of(bw_boards *boards, const bw_target *target, bw_findings *unheard)
{
    char *path = bw_support_path(target);
    const bw_system *sel4 = bw_system_find("sel4");
    const bw_yaml *support = path ? bw_support_read(boards->ctx, path, &boards->arena, unheard) : NULL;
    const bw_yaml *section = NULL;

    g_free(path);
    if (!support || !bw_support_section(support, sel4, &section) || !section || !bw_support_means(section, target))
        return NULL;
    return section;
}

static void add(GArray *parts, bw_arena *arena, const char *name, const char *what, bw_sel4_span span)
{
    const bw_map_part part = {.name = bw_arena_join(arena, name, what, ""),
                              .kind = BW_MAP_GUEST,
                              .address = span.base,
                              .last = span.base + span.size - 1};

    if (span.size)
        g_array_append_val(parts, part);
}

static void add_vm(const bw_sel4_plan_vm *vm, bw_arena *arena, GArray *parts, GArray *owners)
{
    add(parts, arena, vm->name, "", vm->ram);
    add(parts, arena, vm->name, " kernel", (bw_sel4_span){vm->entry, vm->kernel_room});
    add(parts, arena, vm->name, " initrd", vm->initrd);
    add(parts, arena, vm->name, " devicetree", vm->dtb);
    for (uint32_t i = 0; i < vm->guest->verdict_count; i++) {
        const struct bw_map_owner owner = {vm->guest->verdicts[i].node, vm->name};

        if (vm->guest->verdicts[i].fate == BW_SEL4_GIVEN)
            g_array_append_val(owners, owner);
    }
}

const bw_map_plan *bw_map_guests(bw_boards *boards, const bw_board *board, const bw_target *target)
{
    bw_arena *arena = &board->tree->unit->arena;
    bw_findings unheard; /* drawing is no checking */
    bw_map_plan *map = NULL;

    bw_findings_init(&unheard, boards->ctx);
    const bw_yaml *section = section_of(boards, target, &unheard);
    bw_sel4_plan *plan = section ? bw_sel4_plan_make(board, bw_sel4_section_read(section, arena), &unheard) : NULL;
    if (plan && plan->vm_count) {
        GArray *parts = g_array_new(FALSE, FALSE, sizeof(bw_map_part));
        GArray *owners = g_array_new(FALSE, FALSE, sizeof(struct bw_map_owner));

        add(parts, arena, "seL4", "", plan->kernel);
        for (uint32_t i = 0; i < plan->vm_count; i++)
            add_vm(&plan->vms[i], arena, parts, owners);
        map = bw_arena_new(arena, bw_map_plan);
        map->parts = bw_arena_dup(arena, parts->data, parts->len * sizeof(bw_map_part));
        map->part_count = parts->len;
        map->owners = bw_arena_dup(arena, owners->data, owners->len * sizeof(struct bw_map_owner));
        map->owner_count = owners->len;
        g_array_free(parts, TRUE);
        g_array_free(owners, TRUE);
    }
    bw_sel4_plan_free(plan);
    bw_findings_free(&unheard);
    return map;
}
