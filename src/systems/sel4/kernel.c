/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices that the kernel maps. Source: seL4/seL4, tools/hardware/utils/rule.py and outputs/c_header.py.
 *
 * A region becomes a group of pages: its base rounded down, its size rounded up, each for itself, so what lies behind
 * the last page of an unaligned region is lost. Groups at the same place become one.
 */
#include "systems/sel4/parts.h"

#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* 128 KiB of two frames a core: Arm IHI 0069, 12.10. */
#define REDISTRIBUTOR 0x20000

/* A group before it is placed; labels and owners grow while others join it. */
typedef struct draft {
    bw_sel4_group group;
    GArray *labels;    /* of bw_sel4_label */
    GPtrArray *owners; /* of const bw_node * */
} draft;

typedef struct step {
    bw_sel4_platform *platform;
    const bw_tree *tree;
    GArray *drafts;  /* of draft: joined */
    GArray *devices; /* of bw_sel4_region: what is left of the address space */
} step;

/* ---- what the rounding hurts ---- */

static bool guard_is_off(const bw_sel4_options *options, const char *macro)
{
    const char *value = macro ? bw_sel4_config(options, macro) : NULL;

    return value && strcmp(value, "ON") != 0;
}

static void say_no_region(const step *s, const bw_node *node, const bw_sel4_region_rule *rule, uint32_t count)
{
    if (guard_is_off(s->platform->options, rule->macro))
        return;
    bw_finding *finding = bw_find_node(s->tree, BW_CODE_sel4_region_missing, node,
                                       "the kernel wants region %" PRIu32 " of %s as %s, and its reg has %" PRIu32
                                       ": the macro will not be there",
                                       rule->index, bw_node_path(s->tree, node), rule->kernel, count);

    bw_finding_note(finding, bw_yaml_place(rule->where), "the rule");
}

static void say_cut(const step *s, const bw_node *node, const bw_sel4_region *region, const bw_sel4_region_rule *rule,
                    uint64_t page)
{
    bw_finding *finding = bw_find_node(s->tree, BW_CODE_sel4_region_cut, node,
                                       "the kernel maps 0x%" PRIx64 " of the 0x%" PRIx64 " (%" PRIu64
                                       " KiB) bytes of %s: its rule has no kernel_size",
                                       page, region->size, region->size / 1024, rule->kernel);

    bw_finding_note(finding, bw_yaml_place(rule->where), "the rule");
}

/* The frames of CPUs beyond what is mapped: those cores will not come up. */
static void check_redistributors(const step *s, const bw_node *node, const bw_sel4_region *region,
                                 const bw_sel4_region_rule *rule)
{
    const bw_node *cpus = bw_tree_by_path(s->tree, "/cpus");
    uint64_t cores = 0;

    if (!rule->sized || strcmp(rule->kernel, "GICR_PPTR") != 0 || region->size <= rule->kernel_size || !cpus)
        return;
    BW_FOR_CHILDREN (cpus, cpu) {
        const char *type = bw_node_string(cpu, s->tree->unit->n->device_type);

        cores += type && strcmp(type, "cpu") == 0;
    }
    if (cores * REDISTRIBUTOR <= rule->kernel_size)
        return;
    bw_finding *finding =
        bw_find_node(s->tree, BW_CODE_sel4_redistributors, node,
                     "%" PRIu64 " CPUs have 0x%" PRIx64 " (%" PRIu64
                     " KiB) of redistributors, the kernel maps 0x%" PRIx64 " (%" PRIu64 " KiB), enough for %" PRIu64,
                     cores, cores * REDISTRIBUTOR, cores * REDISTRIBUTOR / 1024, rule->kernel_size,
                     rule->kernel_size / 1024, rule->kernel_size / REDISTRIBUTOR);

    bw_finding_note(finding, bw_yaml_place(rule->where), "the rule");
    bw_finding_cure(finding, "kernel_size: 0x%" PRIx64, cores * REDISTRIBUTOR);
}

static void check_tail(const step *s, const bw_node *node, const bw_sel4_region *region, const bw_sel4_group *group)
{
    const uint64_t end = region->base + region->size;
    const uint64_t mapped = group->base + group->size;

    if (mapped >= end)
        return;
    bw_find_node(s->tree, BW_CODE_sel4_region_tail, node,
                 "0x%" PRIx64 " starts inside a page of 0x%" PRIx64 " bytes: the kernel's map ends at 0x%" PRIx64
                 " and lacks the last 0x%" PRIx64 " bytes of it",
                 region->base, (uint64_t)1 << s->platform->options->arch->page_bits, mapped, end - mapped);
}

/* ---- from a region to a group ---- */

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return value > UINT64_MAX - unit ? UINT64_MAX & ~(unit - 1) : (value + unit - 1) & ~(unit - 1);
}

static bw_sel4_group group_of(const step *s, const bw_node *node, const bw_sel4_region *region,
                              const bw_sel4_region_rule *rule)
{
    const uint64_t page = (uint64_t)1 << s->platform->options->arch->page_bits;
    const uint64_t most = rule->sized ? rule->kernel_size : page;
    bw_sel4_region mapped = *region;

    if (!rule->sized && page < region->size)
        say_cut(s, node, region, rule, page);
    check_redistributors(s, node, region, rule);
    mapped.size = MIN(most, region->size);
    const bw_sel4_group group = {.base = mapped.base & ~(page - 1),
                                 .size = round_up(mapped.size, page),
                                 .macro = rule->macro,
                                 .user = rule->user,
                                 .rule = rule};
    check_tail(s, node, &mapped, &group);
    return group;
}

/* A later label of the same name takes the place of the earlier one. */
static void set_label(GArray *labels, const char *name, uint64_t offset)
{
    const bw_sel4_label label = {.name = name, .offset = offset};

    for (guint i = 0; i < labels->len; i++)
        if (strcmp(g_array_index(labels, bw_sel4_label, i).name, name) == 0) {
            g_array_index(labels, bw_sel4_label, i) = label;
            return;
        }
    g_array_append_val(labels, label);
}

static draft *joined_with(GArray *drafts, const bw_sel4_group *group)
{
    for (guint i = 0; i < drafts->len; i++) {
        draft *other = &g_array_index(drafts, draft, i);

        if (other->group.base == group->base && other->group.size == group->size)
            return other;
    }
    return NULL;
}

static void check_overlap(const step *s, const bw_node *node, const bw_sel4_group *group)
{
    for (guint i = 0; i < s->drafts->len; i++) {
        const draft *other = &g_array_index(s->drafts, draft, i);

        if (group->base >= other->group.base + other->group.size || other->group.base >= group->base + group->size)
            continue;
        bw_finding *finding =
            bw_find_node(s->tree, BW_CODE_sel4_frames_overlap, node,
                         "the pages 0x%" PRIx64 "–0x%" PRIx64 " for %s overlap those for %s, 0x%" PRIx64 "–0x%" PRIx64
                         ": the kernel maps them twice",
                         group->base, group->base + group->size - 1, group->rule->kernel, other->group.rule->kernel,
                         other->group.base, other->group.base + other->group.size - 1);
        bw_find_note_node(s->tree, finding, other->owners->pdata[0], "the other device");
        return;
    }
}

static void add_group(step *s, const bw_node *node, const bw_sel4_region *region, const bw_sel4_region_rule *rule)
{
    const bw_sel4_group group = group_of(s, node, region, rule);
    draft *to = joined_with(s->drafts, &group);

    /* What the kernel has for itself is no device memory. Here a group counts by its own guard, joined or not. */
    if (!group.user && !guard_is_off(s->platform->options, group.macro))
        s->devices = bw_sel4_subtract_all(s->devices, group.base, group.size);
    if (!to) {
        const draft fresh = {
            .group = group, .labels = g_array_new(FALSE, FALSE, sizeof(bw_sel4_label)), .owners = g_ptr_array_new()};

        check_overlap(s, node, &group);
        g_array_append_val(s->drafts, fresh);
        to = &g_array_index(s->drafts, draft, s->drafts->len - 1);
    }
    set_label(to->labels, rule->kernel, region->base - group.base);
    g_ptr_array_add(to->owners, (void *)node);
}

static bool add_device(step *s, const bw_node *node, const bw_sel4_rule *rule)
{
    bw_sel4_regions regions;

    if (!rule->region_count)
        return true;
    if (!bw_sel4_reg(s->tree, node, false, &regions))
        return false;
    for (uint32_t i = 0; i < rule->region_count; i++) {
        const bw_sel4_region_rule *want = &rule->regions[i];

        if (want->index < regions.count)
            add_group(s, node, &regions.items[want->index], want);
        else
            say_no_region(s, node, want, regions.count);
    }
    return true;
}

static bool say_no_rule(const step *s, const bw_sel4_rules *rules, const bw_node *node)
{
    const bw_prop *prop = bw_node_prop_text(node, "compatible");
    const char *first = prop ? bw_prop_string_at(prop, 0) : NULL;
    bw_finding *finding;

    if (!first) {
        finding = bw_find_node(s->tree, BW_CODE_sel4_no_rule, node,
                               "%s is a device of the kernel without a compatible, so no rule is for it",
                               bw_node_path(s->tree, node));
    } else {
        finding = bw_find_elem(s->tree, BW_CODE_sel4_no_rule, node, prop, 0, "no rule of %s is for \"%s\" (%s)",
                               rules->path, first, bw_node_path(s->tree, node));
        const char *near = bw_sel4_rule_nearest(rules, first);

        if (near)
            bw_finding_cure(finding, "did you mean \"%s\"?", near);
    }
    return false;
}

/* ---- placing ---- */

static int by_offset(const void *a, const void *b)
{
    const bw_sel4_macro *first = a, *second = b;

    return first->offset < second->offset ? -1 : first->offset > second->offset;
}

/* Of two macros at one address the kernel's header has the last. */
static void set_macro(const step *s, GArray *macros, const bw_sel4_macro *macro, const bw_node *owner)
{
    for (guint i = 0; i < macros->len; i++) {
        bw_sel4_macro *other = &g_array_index(macros, bw_sel4_macro, i);

        if (other->offset == macro->offset) {
            *other = *macro;
            return;
        }
        if (strcmp(other->name, macro->name) == 0)
            bw_find_node(s->tree, BW_CODE_sel4_macro_twice, owner,
                         "a second device of the kernel is to be called %s: the header defines it twice, and only one "
                         "driver knows where it is",
                         macro->name);
    }
    g_array_append_val(macros, *macro);
}

static void place_groups(step *s)
{
    bw_arena *arena = &s->tree->unit->arena;
    bw_sel4_group *groups = bw_arena_array(arena, bw_sel4_group, s->drafts->len);
    GArray *macros = g_array_new(FALSE, FALSE, sizeof(bw_sel4_macro));
    uint64_t offset = 0;

    for (guint i = 0; i < s->drafts->len; i++) {
        draft *d = &g_array_index(s->drafts, draft, i);

        groups[i] = d->group;
        groups[i].kernel_offset = offset;
        groups[i].labels = bw_arena_dup(arena, d->labels->data, d->labels->len * sizeof(bw_sel4_label));
        groups[i].label_count = d->labels->len;
        groups[i].owners = bw_arena_dup(arena, d->owners->pdata, d->owners->len * sizeof(void *));
        groups[i].owner_count = d->owners->len;
        for (guint k = 0; k < d->labels->len; k++) {
            const bw_sel4_macro macro = {.name = groups[i].labels[k].name,
                                         .offset = offset + groups[i].labels[k].offset};

            set_macro(s, macros, &macro, groups[i].owners[0]);
        }
        offset += d->group.size;
    }
    g_array_sort(macros, by_offset);
    s->platform->groups = groups;
    s->platform->group_count = s->drafts->len;
    s->platform->macros = bw_arena_dup(arena, macros->data, macros->len * sizeof(bw_sel4_macro));
    s->platform->macro_count = macros->len;
    g_array_free(macros, TRUE);
}

static void step_free(step *s)
{
    for (guint i = 0; i < s->drafts->len; i++) {
        g_array_free(g_array_index(s->drafts, draft, i).labels, TRUE);
        g_ptr_array_free(g_array_index(s->drafts, draft, i).owners, TRUE);
    }
    g_array_free(s->drafts, TRUE);
    if (s->devices)
        g_array_free(s->devices, TRUE);
}

bool bw_sel4_kernel(bw_sel4_platform *platform, const bw_sel4_rules *rules, const GPtrArray *nodes)
{
    step s = {.platform = platform,
              .tree = platform->tree,
              .drafts = g_array_new(FALSE, FALSE, sizeof(draft)),
              .devices = g_array_new(FALSE, FALSE, sizeof(bw_sel4_region))};
    const bw_sel4_region all = {.base = 0, .size = platform->addrspace_max};
    bool ok = true;

    g_array_append_val(s.devices, all);
    for (uint32_t i = 0; i < platform->memory.count; i++)
        s.devices = bw_sel4_subtract_all(s.devices, platform->memory.items[i].base, platform->memory.items[i].size);
    for (guint i = 0; i < nodes->len; i++) {
        const char *compatible;
        const bw_sel4_rule *rule = bw_sel4_match(rules, nodes->pdata[i], &compatible);

        ok &= rule ? add_device(&s, nodes->pdata[i], rule) : say_no_rule(&s, rules, nodes->pdata[i]);
    }
    if (ok) {
        place_groups(&s);
        platform->devices = bw_sel4_regions_keep(platform->tree, s.devices);
        s.devices = NULL;
    }
    step_free(&s);
    return ok;
}
