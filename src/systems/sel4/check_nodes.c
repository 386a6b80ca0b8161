/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What devices that are given to a guest refer to: children that are not kept, and mailboxes of Tegra's hardware
 * synchronisation primitives. Helpers of all checks that look at granted nodes are here too.
 * Sources: seL4/projects_libs, libfdtgen/fdtgen.c (which references bring nodes along); Linux,
 * include/dt-bindings/mailbox/tegra186-hsp.h.
 */
#include "systems/sel4/check_app.h"

#include "systems/sel4/parts.h"
#include "tree/refs.h"
#include "tree/specifiers.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* ---- granted nodes ---- */

bool bw_sel4_is_granted(const bw_sel4_vm *vm, const bw_node *node)
{
    for (uint32_t i = 0; i < vm->query_count; i++)
        if (vm->queries[i].node == node)
            return true;
    return false;
}

void bw_sel4_for_granted(const bw_sel4_app *app, bw_sel4_visit *visit, void *data)
{
    GHashTable *seen = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (uint32_t v = 0; v < app->vm_count; v++)
        for (uint32_t i = 0; i < app->vms[v].query_count; i++) {
            const bw_sel4_query *query = &app->vms[v].queries[i];

            if (query->node && g_hash_table_add(seen, (gpointer)(uintptr_t)query->node))
                visit(app, &app->vms[v], query, data);
        }
    g_hash_table_unref(seen);
}

bool bw_sel4_covers(const bw_sel4_app *app, const bw_sel4_vm *vm, uint64_t begin, uint64_t size)
{
    bw_arena arena;
    uint32_t count;
    bool found = false;

    bw_arena_init(&arena);
    const bw_sel4_grant *grants = bw_sel4_grants(app, vm, &arena, &count);
    for (uint32_t i = 0; i < count && !found; i++)
        found = begin >= grants[i].base && begin - grants[i].base + (size ? size - 1 : 0) < (uint64_t)1
                                                                                                << grants[i].bits;
    bw_arena_free(&arena);
    return found;
}

/* ---- S09: a child that nobody keeps ---- */

/* libfdtgen follows these. */
static bool is_followed(const char *property)
{
    static const char *const names[] = {
        "phy-handle", "next-level-cache", "interrupt-parent", "interrupts-extended", "clocks", "power-domains", NULL};

    return g_strv_contains(names, property);
}

static const bw_node *granted_above(const bw_sel4_vm *vm, const bw_node *node)
{
    for (const bw_node *above = node->parent; above && above->parent; above = above->parent)
        if (bw_sel4_is_granted(vm, above))
            return above;
    return NULL;
}

static bool is_kept(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_node *node)
{
    if (bw_sel4_is_granted(vm, node))
        return true;
    for (; node && vm->keep; node = node->parent)
        if (g_strv_contains(vm->keep, bw_node_path(app->tree, node)))
            return true;
    return false;
}

/* @return whether the reference leads to a child that is left behind; then it was said. */
static bool check_target(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_node *node, const bw_prop *prop,
                         uint32_t offset, const bw_node *target)
{
    const bw_node *above = target && !bw_node_is_below(node, target) ? granted_above(vm, target) : NULL;

    if (!above || bw_node_is_below(node, above) || is_kept(app, vm, target))
        return false;
    bw_finding *f = bw_find_elem(app->tree, BW_CODE_sel4_vm_child, node, prop, offset,
                                 "%s of %s names %s, which %s does not get: of %s the node is kept, its children are "
                                 "not",
                                 prop->name->text, bw_node_path(app->tree, node), bw_node_path(app->tree, target),
                                 vm->name, bw_node_path(app->tree, above));

    bw_find_note_node(app->tree, f, target, "the child is here");
    bw_finding_cure(f, "add a query \"^%s$\", or plat_keep_devices_and_subtree with \"%s\"",
                    bw_node_path(app->tree, target), bw_node_path(app->tree, above));
    return true;
}

/* Of one property one mistake is said. */
static void check_property(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_node *node, const bw_prop *prop)
{
    const bw_spec_kind *kind = bw_spec_kind_for(app->tree, node, prop);
    const bw_phandle_cells *cells = kind ? NULL : bw_phandle_cells_of(prop->name);

    if (is_followed(prop->name->text))
        return;
    if (kind) {
        bw_spec_iter iter = bw_spec_begin(app->tree, node, prop, kind);
        bw_spec spec;

        while (bw_spec_next(&iter, &spec))
            if (check_target(app, vm, node, prop, spec.offset, spec.provider))
                return;
    }
    for (uint32_t cell = cells ? cells->first : 0; cells && cell < prop->value.len / 4; cell += cells->step) {
        bw_spec_fault fault;

        if (check_target(app, vm, node, prop, cell * 4, bw_phandle_node(app->tree, prop, cell * 4, &fault)) ||
            !cells->step)
            return;
    }
}

/* ---- S10, S11: mailboxes ---- */

enum { HSP_DOORBELL, HSP_SHARED_MAILBOX, HSP_SHARED_SEMAPHORE, HSP_ARBITRATED_SEMAPHORE, HSP_KINDS };

static const char *const hsp_kinds[HSP_KINDS] = {
    [HSP_DOORBELL] = "a doorbell",
    [HSP_SHARED_MAILBOX] = "a shared mailbox",
    [HSP_SHARED_SEMAPHORE] = "a shared semaphore",
    [HSP_ARBITRATED_SEMAPHORE] = "an arbitrated semaphore",
};

/* Who asks for which kind, by what their drivers do. */
static const struct {
    const char *suffix;
    uint32_t kind;
} clients[] = {{"-bpmp", HSP_DOORBELL}, {"-tcu", HSP_SHARED_MAILBOX}};

static const char *compatible_with(const bw_node *node, const char *prefix, const char *suffix)
{
    const bw_prop *prop = bw_node_prop_text(node, "compatible");
    uint32_t offset = 0;
    const char *text;

    while (prop && (text = bw_prop_next_string(prop, &offset)) != NULL)
        if (g_str_has_prefix(text, prefix) && g_str_has_suffix(text, suffix))
            return text;
    return NULL;
}

/* What a client asks for, or HSP_KINDS when any will do. */
static uint32_t wanted_kind(const bw_node *client)
{
    for (size_t i = 0; i < G_N_ELEMENTS(clients); i++)
        if (compatible_with(client, "nvidia,", clients[i].suffix))
            return clients[i].kind;
    return HSP_KINDS;
}

static void check_mailbox(const bw_sel4_app *app, const bw_node *node, const bw_spec *spec)
{
    const uint32_t wanted = wanted_kind(node);
    /* The flag for the direction is bit 31. */
    const uint32_t kind = bw_spec_arg(spec, 0) & 0xffff;
    const char *const name = kind < HSP_KINDS ? hsp_kinds[kind] : "nothing that is known";
    const bw_prop *names = bw_node_prop_text(spec->provider, "interrupt-names");

    if (kind >= HSP_KINDS || (wanted != HSP_KINDS && kind != wanted)) {
        bw_finding *f = bw_find_elem(app->tree, BW_CODE_sel4_vm_mailbox, node, spec->prop, spec->args_offset,
                                     "%s asks %s for mailbox kind %" PRIu32 ", %s%s%s", bw_node_path(app->tree, node),
                                     bw_node_path(app->tree, spec->provider), kind, name,
                                     wanted != HSP_KINDS ? ", where its driver needs " : "",
                                     wanted != HSP_KINDS ? hsp_kinds[wanted] : "");
        if (wanted != HSP_KINDS)
            bw_finding_cure(f, "write %" PRIu32 ", TEGRA_HSP_MBOX_TYPE_%s of dt-bindings/mailbox/tegra186-hsp.h",
                            wanted, wanted == HSP_DOORBELL ? "DB" : "SM");
        return;
    }
    if (kind != HSP_DOORBELL || !names || bw_prop_string_index(names, "doorbell") >= 0)
        return;
    bw_finding *f = bw_find_elem(app->tree, BW_CODE_sel4_vm_doorbell, node, spec->prop, spec->args_offset,
                                 "%s asks %s for a doorbell, and that has no interrupt called doorbell",
                                 bw_node_path(app->tree, node), bw_node_path(app->tree, spec->provider));

    bw_find_note_node(app->tree, f, spec->provider, "the provider is here");
}

static void check_mailboxes(const bw_sel4_app *app, const bw_node *node)
{
    const bw_prop *prop = bw_node_prop_text(node, "mboxes");
    const bw_spec_kind *kind = prop ? bw_spec_kind_for(app->tree, node, prop) : NULL;
    bw_spec_iter iter;
    bw_spec spec;

    if (!kind)
        return;
    iter = bw_spec_begin(app->tree, node, prop, kind);
    while (bw_spec_next(&iter, &spec))
        if (spec.fault == BW_SPEC_OK && spec.args_known && spec.args_there >= 2 &&
            compatible_with(spec.provider, "nvidia,tegra", "-hsp"))
            check_mailbox(app, node, &spec);
}

/* The new form says of itself that the guest's devicetree is a file: then that says what the guest has. */
static bool is_supplied(const bw_sel4_vm *vm)
{
    return !vm->old_images && vm->provide_dtb.given && vm->provide_dtb.value && !vm->generate_dtb.value;
}

static void check_node(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_sel4_query *query, void *data)
{
    (void)data;
    /* Upstream's lists in plat/vmlinux.h keep whole subtrees. */
    if (!bw_sel4_is_upstream(app) && !is_supplied(vm))
        BW_FOR_PROPS (query->node, prop)
            check_property(app, vm, query->node, prop);
    check_mailboxes(app, query->node);
}

void bw_sel4_check_nodes(const bw_sel4_app *app, bw_findings *findings)
{
    (void)findings; /* they are those of the tree */
    if (app->tree)
        bw_sel4_for_granted(app, check_node, NULL);
}
