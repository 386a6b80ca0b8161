/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/refs.h"

#include "tree/interrupts.h"
#include "tree/strings.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const bw_phandle_cells table[] = {
#define BW_PHANDLES(property, first, step) {property, first, step},
#include "tree/phandles.def"
#undef BW_PHANDLES
};

static int compare_property(const void *key, const void *element)
{
    return strcmp(key, ((const bw_phandle_cells *)element)->property);
}

const bw_phandle_cells *bw_phandle_cells_of(const bw_name *property)
{
    return bsearch(property->text, table, G_N_ELEMENTS(table), sizeof *table, compare_property);
}

typedef struct finder {
    bw_tree *tree;
    GArray *found; /* of bw_mark: of one property, by offset */
    uint32_t count;
} finder;

static void add(finder *f, const bw_prop *prop, uint32_t offset)
{
    bw_spec_fault fault;
    const bw_node *node = bw_phandle_node(f->tree, prop, offset, &fault);

    if (!node || !node->phandle)
        return;
    bw_mark mark = {.offset = offset, .kind = BW_MARK_REF_PHANDLE, .node = (bw_node *)(uintptr_t)node};
    g_array_append_val(f->found, mark);
}

/* Mailboxes of TI's K3 and OMAP: the argument is the phandle of a channel, a child of the mailbox. */
static bool takes_child(const finder *f, const bw_spec *spec)
{
    return strcmp(spec->prop->name->text, "mboxes") == 0 && spec->arg_count == 1 && spec->args_there == 1 &&
           (bw_node_is_compatible(f->tree, spec->provider, "ti,omap4-mailbox") ||
            bw_node_is_compatible(f->tree, spec->provider, "ti,am64-mailbox") ||
            bw_node_is_compatible(f->tree, spec->provider, "ti,am654-mailbox"));
}

/* A row that cannot be read makes the others doubtful: then all stay numbers. */
static void find_specifiers(finder *f, const bw_node *node, const bw_prop *prop, const bw_spec_kind *kind)
{
    bw_spec_iter iter = bw_spec_begin(f->tree, node, prop, kind);
    bw_spec spec;
    uint32_t end = 0;

    while (bw_spec_next(&iter, &spec)) {
        if (spec.fault != BW_SPEC_OK && spec.fault != BW_SPEC_EMPTY)
            break;
        end = spec.offset + spec.len;
        if (spec.provider)
            add(f, prop, spec.offset);
        if (spec.provider && takes_child(f, &spec))
            add(f, prop, spec.args_offset);
    }
    if (end != prop->value.len)
        g_array_set_size(f->found, 0);
}

/* The fourth cell of a GICv3 specifier names the CPUs that share the interrupt (its binding, ppi-partitions). */
static bool has_partition(const finder *f, const bw_irq *irq)
{
    return irq->own_count == 4 && bw_node_is_compatible(f->tree, irq->parent, "arm,gic-v3");
}

static void find_interrupts(finder *f, const bw_node *node, const bw_prop *prop)
{
    bw_irq_iter iter = bw_irq_begin(f->tree, node);
    bw_irq irq;

    while (iter.prop == prop && bw_irq_next(&iter, &irq)) {
        if (irq.parent && iter.extended)
            add(f, prop, irq.offset);
        if (irq.parent && has_partition(f, &irq))
            add(f, prop, irq.own_offset + 12);
    }
}

/* Some chips of NXP leave the parent's unit address out, whatever #address-cells it has (Linux reads theirs so). */
static bool find_short_map(finder *f, const bw_irq_map_iter *iter)
{
    const bw_value *value = &iter->prop->value;
    uint32_t at = 4 * (iter->address_cells + iter->irq_cells);

    g_array_set_size(f->found, 0);
    for (;;) {
        bw_spec_fault fault;
        const bw_node *parent = bw_phandle_node(f->tree, iter->prop, at, &fault);
        uint32_t cells = 0;

        if (!parent || bw_node_u32(parent, f->tree->unit->n->interrupt_cells, &cells) != BW_STATE_OK ||
            cells > BW_CELLS_MAX)
            return false;
        add(f, iter->prop, at);
        at += 4 * (1 + cells);
        if (at == value->len)
            return true;
        at += 4 * (iter->address_cells + iter->irq_cells);
        if (at + 4 > value->len)
            return false;
    }
}

static void find_interrupt_map(finder *f, const bw_node *node, const bw_prop *prop)
{
    bw_irq_map_iter iter = bw_irq_map_begin(f->tree, node);
    bw_irq_map_row row;
    uint32_t end = 0;

    while (bw_irq_map_next(&iter, &row) && row.fault == BW_IRQ_OK) {
        add(f, prop, row.parent_offset);
        end = row.offset + row.len;
    }
    if (end != prop->value.len && (iter.fault != BW_IRQ_OK || !find_short_map(f, &iter)))
        g_array_set_size(f->found, 0);
}

/* "gpio-map" of a nexus: arguments, provider, the provider's arguments; its own cells say how many come first. */
static void find_nexus_map(finder *f, const bw_node *node, const bw_prop *prop)
{
    char cells[64];
    size_t stem = prop->name->len - strlen("-map");

    if (stem + sizeof "#-cells" > sizeof cells)
        return;
    snprintf(cells, sizeof cells, "#%.*s-cells", (int)stem, prop->name->text);
    const bw_name *name = bw_names_find(f->tree->unit->ctx->names, cells, strlen(cells));
    uint32_t own = 0;
    if (!name || bw_node_u32(node, name, &own) != BW_STATE_OK || own > BW_CELLS_MAX)
        return;
    for (uint32_t at = own * 4; at <= prop->value.len - 4 && prop->value.len >= 4;) {
        bw_spec_fault fault;
        const bw_node *provider = bw_phandle_node(f->tree, prop, at, &fault);
        uint32_t args = 0;

        if (!provider || bw_node_u32(provider, name, &args) != BW_STATE_OK || args > BW_CELLS_MAX)
            return;
        add(f, prop, at);
        at += 4 * (1 + args + own);
    }
}

static void find_cells(finder *f, const bw_prop *prop, const bw_phandle_cells *cells)
{
    for (uint64_t at = (uint64_t)cells->first * 4; at + 4 <= prop->value.len; at += (uint64_t)cells->step * 4) {
        add(f, prop, (uint32_t)at);
        if (!cells->step)
            break;
    }
}

static void find_in(finder *f, const bw_node *node, const bw_prop *prop)
{
    const bw_known_names *n = f->tree->unit->n;
    const bw_spec_kind *kind = bw_spec_kind_for(f->tree, node, prop);
    const bw_phandle_cells *cells = bw_phandle_cells_of(prop->name);

    if (prop->value.len % 4)
        return;
    if (kind)
        find_specifiers(f, node, prop, kind);
    else if (prop->name == n->interrupt_parent)
        add(f, prop, 0);
    else if (prop->name == n->interrupts_extended || prop->name == n->interrupts)
        find_interrupts(f, node, prop);
    else if (prop->name == n->interrupt_map)
        find_interrupt_map(f, node, prop);
    else if (cells)
        find_cells(f, prop, cells);
    else if (prop->name->len > 4 && strcmp(prop->name->text + prop->name->len - 4, "-map") == 0)
        find_nexus_map(f, node, prop);
}

static bool has_mark_at(const bw_value *value, uint32_t offset)
{
    for (uint32_t i = 0; i < value->mark_count; i++)
        if (value->marks[i].offset == offset && value->marks[i].kind == BW_MARK_REF_PHANDLE)
            return true;
    return false;
}

/* The new marks among those of the property, behind what stands at the same byte. */
static void merge(finder *f, bw_node *node, bw_prop *prop)
{
    bw_value *value = &prop->value;
    bw_mark *merged = bw_arena_array(&f->tree->unit->arena, bw_mark, (size_t)value->mark_count + f->found->len);
    uint32_t used = 0;
    uint32_t old = 0;

    for (guint i = 0; i < f->found->len; i++) {
        bw_mark mark = g_array_index(f->found, bw_mark, i);

        while (old < value->mark_count && value->marks[old].offset <= mark.offset)
            merged[used++] = value->marks[old++];
        if (has_mark_at(value, mark.offset))
            continue;
        mark.ref = bw_intern_str(f->tree->unit->ctx->names, bw_node_path(f->tree, mark.node));
        mark.node->referenced = true;
        merged[used++] = mark;
        f->count++;
    }
    while (old < value->mark_count)
        merged[used++] = value->marks[old++];
    value->marks = merged;
    value->mark_count = used;
    value->has_refs = node->has_refs = true;
}

/* Within /__fixups__ and its like numbers are offsets. */
static bool is_generated(const bw_tree *tree, const bw_node *node)
{
    const bw_known_names *n = tree->unit->n;

    while (node->parent && node->parent->parent)
        node = node->parent;
    return node->name == n->symbols || node->name == n->fixups || node->name == n->local_fixups;
}

uint32_t bw_tree_find_refs(bw_tree *tree)
{
    finder f = {.tree = tree, .found = g_array_new(FALSE, FALSE, sizeof(bw_mark))};

    BW_FOR_NODES (tree, node) {
        if (is_generated(tree, node))
            continue;
        BW_FOR_PROPS (node, prop) {
            g_array_set_size(f.found, 0);
            find_in(&f, node, prop);
            if (f.found->len)
                merge(&f, node, prop);
        }
    }
    g_array_free(f.found, TRUE);
    return f.count;
}
