/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts and timers of the core as Zephyr has them.
 *
 * Zephyr's specifiers of a GIC, PLIC or NVIC end with a priority, and a GIC's flags are numbered in another way
 * (include/zephyr/dt-bindings/interrupt-controller/). And some parts are nodes of their own: the machine timer of a
 * CLINT, the SysTick of a Cortex-M.
 */
#include "systems/zephyr/write.h"
#include "systems/zephyr/write_devices.h"

#include "tree/cells.h"
#include "tree/interrupts.h"
#include "tree/strings.h"

#include <string.h>

/* IRQ_DEFAULT_PRIORITY of arm-gic.h; for the others 1 and 0 are what Zephyr's own boards have. */
#define GIC_PRIORITY 0xa0
#define PLIC_PRIORITY 1
#define GIC_LEVEL 2 /* IRQ_TYPE_LEVEL */
#define GIC_EDGE 4  /* IRQ_TYPE_EDGE */
#define SPECIFIERS_MAX 4096

/* Where the registers of a CLINT's timer are (SiFive Interrupt Cookbook 1.2, 3). */
#define CLINT_MTIMECMP 0x4000
#define CLINT_MTIME 0xbff8
#define MACHINE_TIMER_IRQ 7

#define SYSTICK_ADDRESS 0xe000e010 /* Arm v6-M, v7-M and v8-M Architecture Reference Manuals, B3.3 */

typedef enum controller_kind { OTHER, GIC, PLIC, NVIC } controller_kind;

typedef struct shaper {
    bw_tree *tree;
    const bw_known_names *n;
    const bw_board *model; /* of the tree before it is changed */
    GHashTable *grown;     /* controllers whose specifiers get one more cell */
} shaper;

static const bw_name *intern(const shaper *t, const char *text)
{
    return bw_intern_str(t->tree->unit->ctx->names, text);
}

static void set_cells(const shaper *t, bw_node *node, const bw_name *name, const uint32_t *cells, uint32_t count)
{
    bw_node_set(t->tree, node, name, bw_value_cells(t->tree, cells, count));
}

/* ---- interrupts -------------------------------------------------------------------------------------- */

static controller_kind kind_of(const shaper *t, const bw_node *node)
{
    const bw_zephyr_device *device = bw_zephyr_device_of(t->tree, node);

    if (!device)
        return OTHER;
    if (bw_zephyr_has_word(device->zephyr, "arm,gic"))
        return GIC;
    if (strcmp(device->zephyr, "sifive,plic-1.0.0") == 0)
        return PLIC;
    return g_str_has_suffix(device->zephyr, "m-nvic") ? NVIC : OTHER;
}

/* How many cells Zephyr's specifier has. */
static uint32_t cells_of(controller_kind kind)
{
    return kind == GIC ? 4 : 2;
}

static void find_grown(shaper *t)
{
    BW_FOR_NODES (t->tree, node) {
        controller_kind kind = kind_of(t, node);
        uint32_t count = 0;

        if (kind != OTHER && bw_node_u32(node, t->n->interrupt_cells, &count) == BW_STATE_OK &&
            count + 1 == cells_of(kind))
            g_hash_table_insert(t->grown, node, GINT_TO_POINTER(kind));
    }
}

/* The row of one interrupt with the cell that it lacks. @return how many cells were written. */
static uint32_t grow_row(const shaper *t, const bw_irq *irq, uint32_t *cells)
{
    const uint8_t *own = irq->prop->value.data + irq->own_offset;
    gpointer found = NULL;
    uint32_t count = 0;

    for (; count < irq->own_count; count++)
        cells[count] = bw_get32(own + (size_t)4 * count);
    if (!g_hash_table_lookup_extended(t->grown, irq->parent, NULL, &found))
        return count;
    controller_kind kind = (controller_kind)GPOINTER_TO_INT(found);
    if (kind == GIC) {
        uint32_t trigger = cells[2] & 0xf; /* above it: which CPUs a PPI of a GICv2 is for */
        cells[2] = trigger & 3 ? GIC_EDGE : GIC_LEVEL;
    }
    cells[count] = kind == GIC ? GIC_PRIORITY : kind == PLIC ? PLIC_PRIORITY : 0;
    return count + 1;
}

/* What interrupts or interrupts-extended becomes; false where a row of it cannot be read. */
static bool grow_interrupts(const shaper *t, bw_node *node, GArray *cells, const bw_prop **prop)
{
    bw_irq_iter iter = bw_irq_begin(t->tree, node);
    bw_irq irq;

    *prop = iter.prop;
    while (bw_irq_next(&iter, &irq)) {
        uint32_t row[BW_CELLS_MAX + 2];

        if (!irq.parent || irq.own_count == 0 || irq.own_count > BW_CELLS_MAX || cells->len > SPECIFIERS_MAX)
            return false;
        if (iter.extended)
            g_array_append_val(cells, irq.parent->phandle);
        uint32_t count = grow_row(t, &irq, row);
        g_array_append_vals(cells, row, count);
    }
    return cells->len > 0;
}

/* All values are made before the first one is set, because reading them depends on #interrupt-cells. */
static void grow_all(shaper *t)
{
    typedef struct change {
        bw_node *node;
        const bw_prop *prop;
        GArray *cells;
    } change;
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(change));
    GHashTableIter iter;
    gpointer node;
    gpointer kind;

    find_grown(t);
    BW_FOR_NODES (t->tree, user) {
        change c = {.node = user, .cells = g_array_new(FALSE, FALSE, sizeof(uint32_t))};

        if (g_hash_table_size(t->grown) && grow_interrupts(t, user, c.cells, &c.prop))
            g_array_append_val(changes, c);
        else
            g_array_free(c.cells, TRUE);
    }
    for (guint i = 0; i < changes->len; i++) {
        const change *c = &g_array_index(changes, change, i);

        set_cells(t, c->node, c->prop->name, (const uint32_t *)(void *)c->cells->data, c->cells->len);
        g_array_free(c->cells, TRUE);
    }
    g_hash_table_iter_init(&iter, t->grown);
    while (g_hash_table_iter_next(&iter, &node, &kind)) {
        uint32_t count = cells_of((controller_kind)GPOINTER_TO_INT(kind));

        set_cells(t, node, t->n->interrupt_cells, &count, 1);
    }
    g_array_free(changes, TRUE);
}

/* ---- parts of their own ------------------------------------------------------------------------------- */

/* Appends one row of reg as the bus counts its cells. */
static void add_reg_row(const shaper *t, const bw_node *bus, uint64_t address, uint64_t size, GArray *cells)
{
    uint32_t counts[2] = {2, 1}; /* what the specification has where a bus says nothing */
    const uint64_t values[2] = {address, size};

    bw_node_u32(bus, t->n->address_cells, &counts[0]);
    bw_node_u32(bus, t->n->size_cells, &counts[1]);
    for (int i = 0; i < 2; i++)
        for (uint32_t left = MIN(counts[i], BW_CELLS_MAX); left > 0; left--) {
            uint32_t cell = left > 2 ? 0 : left == 2 ? (uint32_t)(values[i] >> 32) : (uint32_t)values[i];

            g_array_append_val(cells, cell);
        }
}

static bw_node *add_node(const shaper *t, bw_node *parent, const char *label, const char *base, uint64_t address)
{
    char *name = g_strdup_printf("%s@%" G_GINT64_MODIFIER "x", base, address);
    bw_node *node = bw_node_child_text(parent, name, strlen(name)) ? NULL : bw_node_new(t->tree, intern(t, name));

    if (node) {
        bw_node_add_child(parent, node);
        if (!bw_tree_by_label(t->tree, intern(t, label)))
            bw_label_add(t->tree, node, intern(t, label), 0);
    }
    g_free(name);
    return node;
}

static const bw_device *device_compatible(const shaper *t, const char *compatible)
{
    for (uint32_t i = 0; i < t->model->device_count; i++)
        if (!t->model->devices[i].unavailable && bw_node_is_compatible(t->tree, t->model->devices[i].node, compatible))
            return &t->model->devices[i];
    return NULL;
}

/* A CLINT holds the machine timer, which has a driver of its own. */
static void add_machine_timer(const shaper *t)
{
    const bw_device *clint = device_compatible(t, "riscv,clint0");
    GArray *reg = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GArray *irqs = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    bw_irq irq;

    if (!clint)
        clint = device_compatible(t, "sifive,clint0");
    if (clint && clint->block_count && !device_compatible(t, "riscv,machine-timer")) {
        bw_node *parent = clint->node->parent;
        uint64_t base = clint->blocks[0].bus_address.value;
        bw_irq_iter iter = bw_irq_begin(t->tree, clint->node);

        while (bw_irq_next(&iter, &irq))
            if (irq.parent && irq.count == 1 && irq.cells[0] == MACHINE_TIMER_IRQ) {
                g_array_append_val(irqs, irq.parent->phandle);
                g_array_append_val(irqs, irq.cells[0]);
            }
        add_reg_row(t, parent, base + CLINT_MTIME, 8, reg);
        add_reg_row(t, parent, base + CLINT_MTIMECMP, 8, reg);
        bw_node *timer = irqs->len ? add_node(t, parent, "mtimer", "timer", base + CLINT_MTIME) : NULL;
        if (timer) {
            static const char names[] = "mtime\0mtimecmp";

            bw_node_set(t->tree, timer, t->n->compatible, bw_value_string(t->tree, "riscv,machine-timer"));
            set_cells(t, timer, t->n->reg, (const uint32_t *)(void *)reg->data, reg->len);
            bw_node_set(t->tree, timer, t->n->reg_names, bw_value_bytes(t->tree, names, sizeof names));
            set_cells(t, timer, t->n->interrupts_extended, (const uint32_t *)(void *)irqs->data, irqs->len);
        }
    }
    g_array_free(irqs, TRUE);
    g_array_free(reg, TRUE);
}

/* "arm,v8m-nvic" → "arm,armv8m-systick". */
static void add_systick(const shaper *t)
{
    static const char *const versions[] = {"v6m", "v7m", "v8m", "v8.1m"};

    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
        char *systick = g_strdup_printf("arm,arm%s-systick", versions[i]);
        char *nvic = g_strdup_printf("arm,%s-nvic", versions[i]);
        const bw_device *device = device_compatible(t, nvic);

        if (device && !device_compatible(t, systick)) {
            GArray *reg = g_array_new(FALSE, FALSE, sizeof(uint32_t));
            bw_node *node = add_node(t, device->node->parent, "systick", "timer", SYSTICK_ADDRESS);

            add_reg_row(t, device->node->parent, SYSTICK_ADDRESS, 0x10, reg);
            if (node) {
                bw_node_set(t->tree, node, t->n->compatible, bw_value_string(t->tree, systick));
                set_cells(t, node, t->n->reg, (const uint32_t *)(void *)reg->data, reg->len);
            }
            g_array_free(reg, TRUE);
        }
        g_free(nvic);
        g_free(systick);
    }
}

/* The names of Linux for an NVIC (arm,nvic.yaml), by the core. */
static void name_nvic(const shaper *t)
{
    static const char *const linux_names[] = {"arm,armv6m-nvic", "arm,armv7m-nvic", "arm,armv8m-nvic"};
    static const char *const zephyr_names[] = {"arm,v6m-nvic", "arm,v7m-nvic", "arm,v8m-nvic"};

    BW_FOR_NODES (t->tree, node)
        for (size_t i = 0; i < G_N_ELEMENTS(linux_names); i++)
            if (bw_node_is_compatible(t->tree, node, linux_names[i]) && !bw_zephyr_device_of(t->tree, node))
                bw_node_set(t->tree, node, t->n->compatible, bw_value_string(t->tree, zephyr_names[i]));
}

void bw_zephyr_shape_interrupts(bw_tree *tree, const bw_board *model)
{
    shaper t = {.tree = tree, .n = tree->unit->n, .model = model, .grown = g_hash_table_new(NULL, NULL)};

    name_nvic(&t);
    add_machine_timer(&t);
    add_systick(&t);
    grow_all(&t);
    g_hash_table_unref(t.grown);
}
