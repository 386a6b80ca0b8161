/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of nodes and of their properties, in a tree of the guest's own. */
#include "systems/sel4/guest_rows.h"

#include "tree/strings.h"

#include <string.h>

static void *copy_bytes(const bw_sel4_guest_maker *m, const void *data, uint32_t len)
{
    return len ? bw_arena_dup(&m->tree->unit->arena, data, len) : NULL;
}

/* ---- nodes ---- */

static void copy_node(bw_sel4_guest_maker *m, const bw_node *node)
{
    bw_sel4_kept *kept = bw_sel4_kept_of(m, node);
    bw_node *parent = bw_sel4_kept_of(m, node->parent)->copy;

    kept->copy = bw_node_child(parent, node->name);
    if (kept->copy)
        return; /* one of the guest's own: it stands for the board's */
    kept->copy = bw_sel4_guest_add(m, parent, node->name->text);
    /* The newest label comes first, and adding puts it there. */
    GPtrArray *labels = g_ptr_array_new();
    BW_FOR_LABELS (node, label)
        g_ptr_array_add(labels, label);
    for (guint i = labels->len; i-- > 0;)
        bw_label_add(m->tree, kept->copy, ((const bw_label *)g_ptr_array_index(labels, i))->name, 0);
    g_ptr_array_free(labels, TRUE);
    bw_sel4_guest_reason(m, kept->copy, kept->reason);
}

void bw_sel4_guest_copy_nodes(bw_sel4_guest_maker *m)
{
    bw_sel4_kept_of(m, m->from->root)->copy = m->tree->root;
    BW_FOR_NODES (m->from, node)
        if (node->parent && bw_sel4_is_kept(m, node))
            copy_node(m, node);
}

/* ---- which properties ---- */

/* An ancestor's status too: a device on a disabled bus is out of reach. */
static bool holds_asked(const bw_sel4_guest_maker *m, const bw_node *node)
{
    for (const bw_node *const *device = m->vm->devices; device && *device; device++)
        if (bw_node_is_below(*device, node))
            return true;
    return false;
}

static bool is_passed_over(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy, const bw_prop *prop)
{
    const bw_known_names *n = m->from->unit->n;

    if (prop->name == n->phandle || prop->name == n->linux_phandle)
        return m->from->from_source; /* of a blob some reference may not be known: numbers stay */
    if (prop->name == n->status && holds_asked(m, node) && bw_node_status(m->from, node) != BW_STATUS_OKAY) {
        bw_sel4_guest_say(m, copy, "status: was \"%s\"", bw_status_name(bw_node_status(m->from, node)));
        return true;
    }
    return false;
}

static void copy_plain(bw_sel4_guest_maker *m, const bw_prop *prop, bw_node *copy)
{
    const bw_value *from = &prop->value;
    bw_value value = {.data = copy_bytes(m, from->data, from->len), .len = from->len};

    value.marks = bw_arena_array(&m->tree->unit->arena, bw_mark, from->mark_count);
    for (uint32_t i = 0; i < from->mark_count; i++)
        if (from->marks[i].kind >= BW_MARK_UINT8 && from->marks[i].kind <= BW_MARK_STRING)
            value.marks[value.mark_count++] = (bw_mark){.offset = from->marks[i].offset, .kind = from->marks[i].kind};
        else if (from->marks[i].kind == BW_MARK_REF_PATH)
            value.marks[value.mark_count++] = (bw_mark){.offset = from->marks[i].offset, .kind = BW_MARK_STRING};
    bw_node_set(m->tree, copy, prop->name, value);
}

static bool names_dropped_path(const bw_sel4_guest_maker *m, const bw_prop *prop)
{
    for (uint32_t i = 0; i < prop->value.mark_count; i++)
        if (prop->value.marks[i].kind == BW_MARK_REF_PATH && prop->value.marks[i].node &&
            !bw_sel4_is_kept(m, prop->value.marks[i].node))
            return true;
    return false;
}

static bool has_phandles(const bw_prop *prop)
{
    for (uint32_t i = 0; i < prop->value.mark_count; i++)
        if (prop->value.marks[i].kind == BW_MARK_REF_PHANDLE)
            return true;
    return false;
}

void bw_sel4_guest_copy_prop(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy, const bw_prop *prop)
{
    if (is_passed_over(m, node, copy, prop))
        return;
    if (names_dropped_path(m, prop))
        bw_sel4_guest_say(m, copy, "%s: the node that it names is not here", prop->name->text);
    else if (has_phandles(prop))
        bw_sel4_guest_copy_rows(m, node, copy, prop);
    else
        copy_plain(m, prop, copy);
}

/* ---- the interrupt controller, as libsel4vm has it ---- */

/* Distributor and CPU interface, or redistributors: what is behind them is the hypervisor's. */
static void cut_controller(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy)
{
    const bw_rows rows = bw_reg_rows(m->from, node);
    bw_prop *reg = bw_node_prop(copy, m->tree->unit->n->reg);
    const bw_prop *regions = bw_node_prop_text(node, "#redistributor-regions");
    uint32_t wanted = 2, more;

    if (regions && bw_prop_u32(regions, &more) == BW_STATE_OK && more < 64)
        wanted = 1 + more;
    if (reg && rows.state == BW_STATE_OK && rows.count > wanted) {
        reg->value.len = wanted * rows.row_len;
        while (reg->value.mark_count && reg->value.marks[reg->value.mark_count - 1].offset >= reg->value.len)
            reg->value.mark_count--;
        bw_sel4_guest_say(m, copy, "reg: without what is the hypervisor's");
    }
    static const char *const hosts[] = {"interrupts",     "interrupts-extended", "interrupt-names",
                                        "msi-controller", "mbi-ranges",          "mbi-alias"};
    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        bw_prop *prop = bw_node_prop_text(copy, hosts[i]);

        if (prop)
            bw_prop_delete(prop);
    }
}

/* ---- what is left over once something was taken out ---- */

static void drop_unused_cells(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy)
{
    static const char *const names[] = {"#address-cells", "#size-cells"};

    if (!bw_live_node(node->first_child) || bw_node_prop_text(copy, "ranges") ||
        bw_node_prop_text(copy, "dma-ranges") || bw_node_prop(copy, m->tree->unit->n->interrupt_controller) ||
        bw_node_prop_text(copy, "interrupt-map"))
        return;
    bool any = false;
    BW_FOR_CHILDREN (copy, child) {
        if (bw_node_prop(child, m->tree->unit->n->reg))
            return;
        any = true;
    }
    /* A bus without devices keeps its counts. */
    for (size_t i = 0; any && i < G_N_ELEMENTS(names); i++) {
        bw_prop *prop = bw_node_prop_text(copy, names[i]);

        if (prop)
            bw_prop_delete(prop);
    }
}

/* A map of interrupts that leads to a controller asks it for its unit addresses: those of a GPIO bank have none. */
static void add_address_cells(bw_sel4_guest_maker *m, bw_node *copy)
{
    const uint32_t none = 0;

    if (bw_node_prop(copy, m->tree->unit->n->interrupt_controller) && !bw_node_prop_text(copy, "#address-cells") &&
        !bw_live_node(copy->first_child))
        bw_sel4_guest_set_cells(m, copy, "#address-cells", &none, 1);
}

/* ---- all of them ---- */

static void copy_props(bw_sel4_guest_maker *m, const bw_sel4_kept *kept)
{
    /* References come last, as they change properties that name them; the order stays. */
    BW_FOR_PROPS (kept->node, prop)
        if (has_phandles(prop))
            bw_node_add_prop(m->tree, kept->copy, prop->name);
        else
            bw_sel4_guest_copy_prop(m, kept->node, kept->copy, prop);
    BW_FOR_PROPS (kept->node, prop)
        if (has_phandles(prop))
            bw_sel4_guest_copy_prop(m, kept->node, kept->copy, prop);
    bw_sel4_guest_drop_companions(m, kept->node, kept->copy);
    if (kept->node == m->gic)
        cut_controller(m, kept->node, kept->copy);
}

static void copy_root(bw_sel4_guest_maker *m)
{
    bw_node *root = m->tree->root;

    copy_props(m, bw_sel4_kept_of(m, m->from->root));
    bw_sel4_guest_set_text(
        m, root, "model",
        bw_arena_printf(m->arena, "%s, guest %s", m->board->model ? m->board->model : "seL4", m->vm->name));
}

static bool is_copy(const bw_sel4_guest_maker *m, const bw_node *node)
{
    return node->parent && bw_sel4_is_kept(m, node) && bw_sel4_kept_of(m, node)->copy;
}

void bw_sel4_guest_copy_props(bw_sel4_guest_maker *m)
{
    copy_root(m);
    BW_FOR_NODES (m->from, node)
        if (is_copy(m, node))
            copy_props(m, bw_sel4_kept_of(m, node));
    BW_FOR_NODES (m->from, node)
        if (is_copy(m, node)) {
            drop_unused_cells(m, node, bw_sel4_kept_of(m, node)->copy);
            add_address_cells(m, bw_sel4_kept_of(m, node)->copy);
        }
}
