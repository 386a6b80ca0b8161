/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices of the kernel's tree against Linux's devicetree of the same board, which is what the guest's drivers were
 * written for: paths, interrupts, bindings, IOMMUs, and firmware that others need.
 */
#include "systems/sel4/check_app.h"

#include "systems/sel4/parts.h"
#include "tree/address.h"
#include "tree/interrupts.h"
#include "tree/specifiers.h"
#include "tree/status.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* ---- the same device in both trees ---- */

bool bw_sel4_is_alike(const bw_node *a, const bw_node *b)
{
    const bw_prop *mine = bw_node_prop_text(a, "compatible");
    const bw_prop *other = bw_node_prop_text(b, "compatible");
    uint32_t offset = 0;
    const char *text;

    while (mine && other && (text = bw_prop_next_string(mine, &offset)) != NULL)
        if (bw_prop_string_index(other, text) >= 0)
            return true;
    return false;
}

static bool first_address(const bw_tree *tree, const bw_node *node, uint64_t *address)
{
    const bw_rows rows = bw_reg_rows(tree, node);

    if (rows.state != BW_STATE_OK || !rows.count)
        return false;
    const bw_translation t = bw_translate(tree, node, bw_rows_get(&rows, 0).child, 0);

    *address = t.address;
    return t.state == BW_TRANSLATED;
}

const bw_node *bw_sel4_twin(const bw_sel4_app *app, const bw_node *node)
{
    const bw_node *same_path, *alone = NULL;
    uint32_t alike = 0;
    uint64_t mine, other;

    if (!app->linux_tree || !node->parent)
        return NULL;
    same_path = bw_tree_by_path(app->linux_tree, bw_node_path(app->tree, node));
    if (same_path && bw_sel4_is_alike(node, same_path))
        return same_path;
    const bool placed = first_address(app->tree, node, &mine);
    BW_FOR_NODES (app->linux_tree, n) {
        if (!bw_sel4_is_alike(node, n))
            continue;
        const bool there = first_address(app->linux_tree, n, &other);

        if (placed && there && mine == other)
            return n;
        /* With registers on both sides they would be the same. */
        if (!placed || !there) {
            alike++;
            alone = n;
        }
    }
    return alike == 1 ? alone : NULL;
}

static const char *path_of(const bw_sel4_app *app, const bw_node *node)
{
    return bw_node_path(app->tree, node);
}

/* ---- S08 ---- */

static void check_path(const bw_sel4_app *app, const bw_node *node, const bw_node *twin)
{
    const char *theirs = bw_node_path(app->linux_tree, twin);

    if (strcmp(path_of(app, node), theirs) == 0)
        return;
    bw_finding *f = bw_find_node(app->tree, BW_CODE_sel4_vm_path, node, "%s is %s in Linux's devicetree",
                                 path_of(app, node), theirs);

    bw_find_note_node(app->linux_tree, f, twin, "Linux has it here");
}

/* ---- S12 ---- */

static bool is_theirs(const bw_tree *tree, const bw_node *twin, const bw_irq *irq)
{
    bw_irq_iter iter = bw_irq_begin(tree, twin);
    bw_irq other;

    while (bw_irq_next(&iter, &other))
        if (other.fault != BW_IRQ_OK || other.count != irq->count || irq->count < 2 ||
            memcmp(other.cells, irq->cells, 2 * sizeof(uint32_t)) == 0)
            return true;
    return false;
}

/* Interrupts in the GIC's words: kind and number. A device may have fewer than Linux gives it. */
static void check_interrupts(const bw_sel4_app *app, const bw_node *node, const bw_node *twin)
{
    bw_irq_iter iter = bw_irq_begin(app->tree, node);
    bw_irq_iter others = bw_irq_begin(app->linux_tree, twin);
    bw_irq irq, first;

    if (!iter.prop || !others.prop || !bw_irq_next(&others, &first) || first.fault != BW_IRQ_OK)
        return;
    while (bw_irq_next(&iter, &irq)) {
        if (irq.fault != BW_IRQ_OK || irq.count != 3 || is_theirs(app->linux_tree, twin, &irq))
            continue;
        bw_finding *f =
            bw_find_elem(app->tree, BW_CODE_sel4_vm_interrupt, node, irq.prop, irq.own_offset,
                         "%s has %s %" PRIu32 ", which Linux's devicetree does not give it: there it begins "
                         "with %s %" PRIu32,
                         path_of(app, node), irq.cells[0] ? "PPI" : "SPI", irq.cells[1], first.cells[0] ? "PPI" : "SPI",
                         first.cells[1]);

        bw_find_note_node(app->linux_tree, f, twin, "Linux has it here");
        return;
    }
}

/* ---- S13 ---- */

/* References without which a driver does not bind; what a guest's tree may replace or leave out is none of these. */
static bool is_required(const char *property)
{
    static const char *const names[] = {"mboxes", "shmem", "memory-region", "phy-handle", NULL};

    return g_strv_contains(names, property);
}

static void add_missing(GString *out, const char *what)
{
    if (out->len)
        g_string_append(out, ", ");
    g_string_append(out, what);
}

static void check_binding(const bw_sel4_app *app, const bw_node *node, const bw_node *twin)
{
    const bw_prop *mine = bw_node_prop_text(node, "compatible");
    const bw_prop *theirs = bw_node_prop_text(twin, "compatible");
    GString *missing = g_string_new(NULL);
    uint32_t offset = 0;
    const char *text;

    while (mine && theirs && (text = bw_prop_next_string(theirs, &offset)) != NULL)
        if (bw_prop_string_index(mine, text) < 0) {
            char *quoted = g_strdup_printf("the compatible \"%s\"", text);

            add_missing(missing, quoted);
            g_free(quoted);
        }
    BW_FOR_PROPS (twin, prop)
        if (is_required(prop->name->text) && !bw_node_prop_text(node, prop->name->text))
            add_missing(missing, prop->name->text);
    if (missing->len) {
        bw_finding *f =
            bw_find_node(app->tree, BW_CODE_sel4_vm_binding, node,
                         "%s lacks what Linux's devicetree has for its driver: %s", path_of(app, node), missing->str);
        bw_find_note_node(app->linux_tree, f, twin, "Linux has it here");
    }
    g_string_free(missing, TRUE);
}

/* ---- S29 ---- */

static void check_dma(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_sel4_query *query, const bw_node *twin,
                      bw_findings *findings)
{
    const bw_prop *iommus = twin ? bw_node_prop_text(twin, "iommus") : NULL;
    const bw_tree *tree = app->linux_tree;
    const bw_node *owner = twin;

    if (!iommus) {
        iommus = bw_node_prop_text(query->node, "iommus");
        tree = app->tree;
        owner = query->node;
    }
    if (!iommus || bw_sel4_maps_one_to_one(app, vm))
        return;
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_dma, query->path.place,
                                    "%s reads and writes memory by itself, behind an IOMMU that %s has no part of, and "
                                    "the RAM of %s is not mapped one to one",
                                    path_of(app, query->node), vm->name, vm->name);

    bw_find_note_node(tree, f, owner, "its iommus are here");
    bw_finding_cure(f, "use vm_image_config with \"map_one_to_one\" : true");
}

/* ---- S30 ---- */

static bool provides(const bw_node *node)
{
    return bw_node_prop_text(node, "#clock-cells") || bw_node_prop_text(node, "#reset-cells") ||
           bw_node_prop_text(node, "#power-domain-cells");
}

/* A provider that is reached by messages, not by registers. */
static bool is_firmware(const bw_node *node)
{
    return provides(node) && (bw_node_prop_text(node, "mboxes") || bw_node_prop_text(node, "shmem"));
}

static bool needs(const bw_tree *tree, const bw_node *node, const bw_node *provider)
{
    static const char *const names[] = {"clocks", "resets", "power-domains"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const bw_prop *prop = bw_node_prop_text(node, names[i]);
        const bw_spec_kind *kind = prop ? bw_spec_kind_for(tree, node, prop) : NULL;
        bw_spec spec;

        if (!kind)
            continue;
        bw_spec_iter iter = bw_spec_begin(tree, node, prop, kind);
        while (bw_spec_next(&iter, &spec))
            if (spec.provider == provider)
                return true;
    }
    return false;
}

/* Whether a node of the tree that is looked at is given to the same guest. */
static bool has_it(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_tree *tree, const bw_node *node)
{
    if (tree == app->tree)
        return bw_sel4_is_granted(vm, node);
    for (uint32_t i = 0; i < vm->query_count; i++)
        if (vm->queries[i].node && bw_sel4_twin(app, vm->queries[i].node) == node)
            return true;
    return false;
}

static void check_firmware(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_sel4_query *query,
                           const bw_node *twin, bw_findings *findings)
{
    const bw_tree *tree = twin ? app->linux_tree : app->tree;
    const bw_node *provider = twin ? twin : query->node;
    const bw_node *first = NULL;
    uint32_t count = 0;

    if (!is_firmware(query->node) && !(twin && is_firmware(twin)))
        return;
    BW_FOR_NODES (tree, node)
        if (node != provider && !bw_node_is_below(node, provider) && needs(tree, node, provider) &&
            bw_node_available(tree, node) && !has_it(app, vm, tree, node) && !count++)
            first = node;
    if (!count)
        return;
    bw_finding *f =
        bw_findings_add(findings, BW_CODE_sel4_vm_firmware, query->path.place,
                        "%s is handed to %s, and %" PRIu32 " device%s that the guest does not have need%s "
                        "its clocks, resets or power",
                        path_of(app, query->node), vm->name, count, count == 1 ? "" : "s", count == 1 ? "s" : "");

    bw_find_note_node(tree, f, first, count == 1 ? "this one" : "the first of them");
    bw_finding_cure(f, "keep it with the host, and give the guest a proxy or fixed clocks");
}

/* ---- all ---- */

static void check_granted(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_sel4_query *query, void *data)
{
    const bw_node *twin = bw_sel4_twin(app, query->node);

    if (twin) {
        check_path(app, query->node, twin);
        check_interrupts(app, query->node, twin);
        check_binding(app, query->node, twin);
    }
    check_dma(app, vm, query, twin, data);
    check_firmware(app, vm, query, twin, data);
}

void bw_sel4_check_linux(const bw_sel4_app *app, bw_findings *findings)
{
    if (app->tree)
        bw_sel4_for_granted(app, check_granted, findings);
}
