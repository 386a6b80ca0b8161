/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What guests of an application are given: that each query finds the node that it names, that no page is given twice,
 * and what else of the kernel's lies there.
 * Sources: seL4/camkes-tool, camkes/parser/fdtQueryEngine.py; seL4/capdl, python-capdl-tool/capdl/Allocator.py.
 */
#include "systems/sel4/check_app.h"

#include "systems/sel4/parts.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

#define PAGE 0x1000U

/* What a query is called: its path, or the property that it asks for. */
static const char *words_of(const bw_sel4_query *query)
{
    return query->path.text ? query->path.text : query->prop_count ? query->props[0].name : query->key;
}

static void check_query(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_sel4_query *query, bw_findings *findings)
{
    bw_finding *f;

    if (!query->key || (!query->path.text && !query->prop_count) || (query->node && query->node == query->meant))
        return;
    if (!query->node && strcmp(query->key, "path") != 0) {
        f = bw_findings_add(findings, BW_CODE_sel4_vm_query, query->path.place,
                            "no node of the kernel's devicetree is found by the %s '%s': the build ends here",
                            query->key, words_of(query));
        bw_finding_cure(f, "write \"path\" : \"^…$\" with the path of the node");
        return;
    }
    if (!query->node) {
        f = bw_findings_add(findings, BW_CODE_sel4_vm_query, query->path.place,
                            "no node of the kernel's devicetree is matched by '%s': %s is given nothing for it",
                            query->path.text, vm->name);
        bw_finding_cure(f, "write the path of the node as that tree has it");
        return;
    }
    if (!query->path.text) {
        f = bw_findings_add(findings, BW_CODE_sel4_vm_query, query->path.place,
                            "%" PRIu32 " nodes have the properties of this query, and %s is the first of them",
                            query->matches, bw_node_path(app->tree, query->node));
        bw_finding_cure(f, "write \"path\" : \"^…$\" with the path of the one that is meant");
        return;
    }
    f = bw_findings_add(findings, BW_CODE_sel4_vm_query, query->path.place,
                        "'%s' is a regular expression that is searched anywhere in a path, and finds %s first",
                        query->path.text, bw_node_path(app->tree, query->node));
    if (query->meant)
        bw_finding_cure(f, "anchor it: \"^%s$\"", query->path.text);
    else
        bw_finding_cure(f, "write the whole path of the node that is meant, with ^ before and $ behind it");
}

/* ---- grants that overlap ---- */

typedef struct given {
    bw_sel4_grant grant;
    const bw_sel4_vm *vm;
    uint32_t order;
} given;

static uint64_t end_of(const given *g)
{
    return g->grant.base + ((uint64_t)1 << g->grant.bits); /* 0 for the end of the address space */
}

static int by_base(const void *a, const void *b)
{
    const given *x = a;
    const given *y = b;

    if (x->grant.base != y->grant.base)
        return x->grant.base < y->grant.base ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* One object for both: the same address in two queries of one guest, or one frame for several guests, as the virtual
 * interface of a GICv2, which each of them has. */
static bool is_same_object(const given *a, const given *b)
{
    if (a->grant.base != b->grant.base || a->grant.bits != b->grant.bits)
        return false;
    return a->vm == b->vm ? a->grant.query && b->grant.query : a->grant.bits == 12 && a->grant.mmio && b->grant.mmio;
}

static bw_place place_of(const given *g)
{
    return g->grant.query ? g->grant.query->path.place : g->grant.mmio->place;
}

static const void *source_of(const given *g)
{
    return g->grant.query ? (const void *)g->grant.query : (const void *)g->grant.mmio;
}

static char *name_of(const bw_sel4_app *app, const given *g)
{
    return g->grant.node ? g_strdup(bw_node_path(app->tree, g->grant.node))
                         : g_strdup_printf("\"0x%" PRIx64 ":%u\"", g->grant.mmio->base.value, g->grant.mmio->bits);
}

static void say_overlap(const bw_sel4_app *app, const given *outer, const given *inner, bw_findings *findings)
{
    char *a = name_of(app, outer);
    char *b = name_of(app, inner);
    bw_finding *f =
        bw_findings_add(findings, BW_CODE_sel4_vm_grant_overlap, place_of(inner),
                        "%s gives %s 0x%" PRIx64 " + 0x%" PRIx64 ", which lies in 0x%" PRIx64 " + 0x%" PRIx64 " of %s",
                        b, inner->vm->name, inner->grant.base, (uint64_t)1 << inner->grant.bits, outer->grant.base,
                        (uint64_t)1 << outer->grant.bits, a);

    bw_finding_note(f, place_of(outer), "%s is given to %s here", a, outer->vm->name);
    if (outer->vm == inner->vm)
        bw_finding_cure(f, "give one of them, which brings the other along");
    else
        bw_finding_cure(f, "give it to one of the two");
    g_free(a);
    g_free(b);
}

static GArray *all_given(const bw_sel4_app *app, bw_arena *arena)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(given));

    for (uint32_t v = 0; v < app->vm_count; v++) {
        uint32_t count;
        const bw_sel4_grant *grants = bw_sel4_grants(app, &app->vms[v], arena, &count);

        for (uint32_t i = 0; i < count; i++) {
            given g = {.grant = grants[i], .vm = &app->vms[v], .order = all->len};
            g_array_append_val(all, g);
        }
    }
    g_array_sort(all, by_base);
    return all;
}

/* Each source of grants is spoken of once. The one that reaches farthest is what the next may lie in. */
static void check_overlaps(const bw_sel4_app *app, const GArray *all, bw_findings *findings)
{
    GHashTable *said = g_hash_table_new(g_direct_hash, g_direct_equal);
    const given *far = NULL;

    for (guint i = 0; i < all->len; i++) {
        const given *g = &g_array_index(all, given, i);
        const bool inside = far && end_of(far) - 1 >= g->grant.base;

        if (inside && source_of(far) != source_of(g) && !is_same_object(far, g) &&
            g_hash_table_add(said, (gpointer)(uintptr_t)source_of(g)))
            say_overlap(app, far, g, findings);
        if (!far || end_of(g) - 1 > end_of(far) - 1)
            far = g;
    }
    g_hash_table_unref(said);
}

/* ---- what the kernel has ---- */

static const given *given_at(const GArray *all, uint64_t begin, uint64_t end)
{
    for (guint i = 0; i < all->len; i++) {
        const given *g = &g_array_index(all, given, i);

        if (g->grant.base < end && end_of(g) - 1 >= begin)
            return g;
    }
    return NULL;
}

/* With the rules it is known which pages the kernel maps, and which of them nobody else may have. */
static void check_frames(const bw_sel4_app *app, const GArray *all, bw_findings *findings)
{
    for (uint32_t i = 0; i < app->kernel->group_count; i++) {
        const bw_sel4_group *group = &app->kernel->groups[i];
        const given *g = given_at(all, group->base, group->base + group->size);

        if (!g || !bw_sel4_group_is_on(app->kernel->options, group))
            continue;
        char *name = name_of(app, g);
        const char *label = group->label_count ? group->labels[0].name : "a device";
        bw_finding *f = bw_findings_add(
            findings, group->user ? BW_CODE_sel4_vm_kernel_device : BW_CODE_sel4_vm_kernel_frame, place_of(g),
            "%s gives %s 0x%" PRIx64 " + 0x%" PRIx64 ", %s of the kernel%s", name, g->vm->name, group->base,
            group->size, label, group->user ? ", which drives it too" : ", which nobody else may have");

        if (group->owner_count)
            bw_find_note_node(app->tree, f, group->owners[0], "the device is here");
        bw_finding_cure(f, "leave it out, or out of seL4,kernel-devices");
        g_free(name);
    }
}

static void check_kernel_devices(const bw_sel4_app *app, const GArray *all, bw_findings *findings)
{
    GPtrArray *nodes = g_ptr_array_new();
    bw_sel4_regions regions;

    if (!bw_sel4_chosen(app->tree, "seL4,kernel-devices", NULL, nodes))
        g_ptr_array_set_size(nodes, 0);
    for (guint i = 0; i < nodes->len; i++) {
        const bw_node *node = g_ptr_array_index(nodes, i);
        const char *path = bw_node_path(app->tree, node);

        if (!bw_sel4_reg(app->tree, node, true, &regions))
            continue;
        for (uint32_t row = 0; row < regions.count; row++) {
            const uint64_t begin = regions.items[row].base & ~(uint64_t)(PAGE - 1);
            const given *g =
                given_at(all, begin, regions.items[row].base + (regions.items[row].size ? regions.items[row].size : 1));

            if (!g)
                continue;
            char *name = name_of(app, g);
            bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_kernel_device, place_of(g),
                                            "%s gives %s a page of %s at 0x%" PRIx64 ", which the kernel drives itself",
                                            name, g->vm->name, path, begin),
                            "leave it out, or out of seL4,kernel-devices");
            g_free(name);
            break;
        }
    }
    g_ptr_array_free(nodes, TRUE);
}

/* All of memory without what /reserved-memory keeps from the kernel. */
GArray *bw_sel4_normal_memory(const bw_tree *tree)
{
    GArray *memory = g_array_new(FALSE, FALSE, sizeof(bw_sel4_region));
    const bw_node *reserved = bw_tree_by_path(tree, "/reserved-memory");
    bw_sel4_regions regions;

    BW_FOR_NODES (tree, node) {
        const bw_prop *type = bw_node_prop_text(node, "device_type");
        const char *text = type ? bw_prop_string(type) : NULL;

        if (text && strcmp(text, "memory") == 0 && bw_sel4_reg(tree, node, true, &regions))
            g_array_append_vals(memory, regions.items, regions.count);
    }
    BW_FOR_NODES (tree, node) {
        if (!reserved || node->parent != reserved || !bw_node_prop_text(node, "no-map") ||
            !bw_sel4_reg(tree, node, true, &regions))
            continue;
        for (uint32_t i = 0; i < regions.count; i++)
            memory = bw_sel4_subtract_all(memory, regions.items[i].base, regions.items[i].size);
    }
    return memory;
}

static void check_memory(const bw_sel4_app *app, bw_findings *findings)
{
    GArray *memory = bw_sel4_normal_memory(app->tree);

    for (uint32_t i = 0; i < app->reserved_count; i++)
        memory = bw_sel4_subtract_all(memory, app->reserved[i].base, app->reserved[i].size);
    for (uint32_t v = 0; v < app->vm_count; v++) {
        const bw_sel4_vm *vm = &app->vms[v];
        const uint64_t begin = vm->ram_paddr_base.value;
        const uint64_t size = vm->ram_size.value;

        if (!vm->ram_paddr_base.known || !vm->ram_size.known || size > UINT64_MAX - begin)
            continue;
        for (guint i = 0; i < memory->len; i++) {
            const bw_sel4_region *r = &g_array_index(memory, bw_sel4_region, i);

            if (r->base >= begin + size || r->base + r->size <= begin)
                continue;
            bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_ram_shared, vm->ram_paddr_base.place,
                                            "the RAM of %s, 0x%" PRIx64 " + 0x%" PRIx64
                                            ", lies in memory that the kernel hands out, 0x%" PRIx64 " + 0x%" PRIx64,
                                            vm->name, begin, size, r->base, r->size);
            bw_finding_cure(f,
                            "reserve it in the kernel's overlay: /reserved-memory with no-map and "
                            "reg = <0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 ">",
                            begin >> 32, begin & UINT32_MAX, size >> 32, size & UINT32_MAX);
            break;
        }
    }
    g_array_free(memory, TRUE);
}

static void check_gic(const bw_sel4_app *app, bw_findings *findings)
{
    bool v3;
    const bw_node *gic = bw_sel4_gic(app->tree, &v3);

    if (!gic || !v3 || !app->vm_count || app->virtual_gic > 2)
        return;
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_gic, app->vms[0].place,
                                    "%s cannot run: libsel4vm virtualises a GICv2, and %s has a GICv3",
                                    app->vms[0].name, app->platform);

    bw_finding_note(f, bw_locs_place(&app->tree->unit->locs, bw_node_span(gic)), "the controller is here");
    bw_finding_cure(f, "add a GICv3 to seL4_projects_libs/libsel4vm first");
}

void bw_sel4_check_grants(const bw_sel4_app *app, bw_findings *findings)
{
    bw_arena arena;

    bw_arena_init(&arena);
    for (uint32_t v = 0; app->tree && v < app->vm_count; v++)
        for (uint32_t i = 0; i < app->vms[v].query_count; i++)
            check_query(app, &app->vms[v], &app->vms[v].queries[i], findings);
    GArray *all = all_given(app, &arena);
    check_overlaps(app, all, findings);
    if (app->tree) {
        if (app->kernel)
            check_frames(app, all, findings);
        else
            check_kernel_devices(app, all, findings);
        check_memory(app, findings);
        check_gic(app, findings);
    }
    g_array_free(all, TRUE);
    bw_arena_free(&arena);
}
