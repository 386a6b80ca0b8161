/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a devicetree as Linux, firmware or a simulator has it to one that Zephyr takes.
 *
 * Three things differ. Zephyr's specifiers of a GIC, PLIC or NVIC end with a priority, and a GIC's flags are numbered
 * in another way (include/zephyr/dt-bindings/interrupt-controller/). A binding has to declare every property of its
 * node, and some have names of their own. And some parts are nodes of their own: the machine timer of a CLINT, the
 * SysTick of a Cortex-M. What no row of write_devices.def knows is left out: its node could stop the build.
 *
 * The tree is a second reading of the target, because other systems still read the first one. Values that are made
 * here hold plain phandle numbers; the references are found again at the end.
 */
#include "systems/zephyr/write.h"
#include "systems/zephyr/write_devices.h"

#include "base/text.h"
#include "dts/print.h"
#include "tree/cells.h"
#include "tree/interrupts.h"
#include "tree/refs.h"
#include "tree/strings.h"

#include <string.h>

/* IRQ_DEFAULT_PRIORITY of arm-gic.h; for the others 1 and 0 are what Zephyr's own boards have. */
#define GIC_PRIORITY 0xa0
#define PLIC_PRIORITY 1
#define PLIC_MAX_PRIORITY 7
#define GIC_LEVEL 2 /* IRQ_TYPE_LEVEL */
#define GIC_EDGE 4  /* IRQ_TYPE_EDGE */
#define SPECIFIERS_MAX 4096

/* Where the registers of a CLINT's timer are (SiFive Interrupt Cookbook 1.2, 3). */
#define CLINT_MTIMECMP 0x4000
#define CLINT_MTIME 0xbff8
#define MACHINE_TIMER_IRQ 7

#define SYSTICK_ADDRESS 0xe000e010 /* Arm v6-M, v7-M and v8-M Architecture Reference Manuals, B3.3 */

typedef enum controller_kind { OTHER, GIC, PLIC, NVIC } controller_kind;

typedef struct translator {
    const bw_system_job *job;
    bw_zephyr_output_board *board;
    bw_zephyr_output *output;
    bw_tree *tree;
    const bw_known_names *n;
    const bw_board *model; /* of the tree before it is changed */
    const bw_node *ram, *console, *flash;
    GHashTable *grown; /* controllers whose specifiers get one more cell */
} translator;

static const bw_name *intern(const translator *t, const char *text)
{
    return bw_intern_str(t->tree->unit->ctx->names, text);
}

static void set_cells(const translator *t, bw_node *node, const bw_name *name, const uint32_t *cells, uint32_t count)
{
    bw_node_set(t->tree, node, name, bw_value_cells(t->tree, cells, count));
}

static void set_cell(const translator *t, bw_node *node, const char *name, uint32_t cell)
{
    set_cells(t, node, intern(t, name), &cell, 1);
}

/* ---- interrupts -------------------------------------------------------------------------------------- */

static controller_kind kind_of(const translator *t, const bw_node *node)
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

static void find_grown(translator *t)
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
static uint32_t grow_row(const translator *t, const bw_irq *irq, uint32_t *cells)
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
static bool grow_interrupts(const translator *t, bw_node *node, GArray *cells, const bw_prop **prop)
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
static void grow_all(translator *t)
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
    while (g_hash_table_iter_next(&iter, &node, &kind))
        set_cell(t, node, "#interrupt-cells", cells_of((controller_kind)GPOINTER_TO_INT(kind)));
    g_array_free(changes, TRUE);
}

/* ---- parts of their own ------------------------------------------------------------------------------- */

/* Appends one row of reg as the bus counts its cells. */
static void add_reg_row(const translator *t, const bw_node *bus, uint64_t address, uint64_t size, GArray *cells)
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

static bw_node *add_node(const translator *t, bw_node *parent, const char *label, const char *base, uint64_t address)
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

static const bw_device *device_compatible(const translator *t, const char *compatible)
{
    for (uint32_t i = 0; i < t->model->device_count; i++)
        if (!t->model->devices[i].unavailable && bw_node_is_compatible(t->tree, t->model->devices[i].node, compatible))
            return &t->model->devices[i];
    return NULL;
}

/* A CLINT holds the machine timer, which has a driver of its own. */
static void add_machine_timer(const translator *t)
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
static void add_systick(const translator *t)
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
static void name_nvic(const translator *t)
{
    static const char *const linux_names[] = {"arm,armv6m-nvic", "arm,armv7m-nvic", "arm,armv8m-nvic"};
    static const char *const zephyr_names[] = {"arm,v6m-nvic", "arm,v7m-nvic", "arm,v8m-nvic"};

    BW_FOR_NODES (t->tree, node)
        for (size_t i = 0; i < G_N_ELEMENTS(linux_names); i++)
            if (bw_node_is_compatible(t->tree, node, linux_names[i]) && !bw_zephyr_device_of(t->tree, node))
                bw_node_set(t->tree, node, t->n->compatible, bw_value_string(t->tree, zephyr_names[i]));
}

/* ---- one node ---------------------------------------------------------------------------------------- */

static void drop_other_props(const bw_node *node, const char *allowed)
{
    BW_FOR_PROPS (node, prop)
        if (!bw_zephyr_is_common(prop->name->text) && !bw_zephyr_has_word(allowed, prop->name->text))
            bw_prop_delete(prop);
}

static void set_words(const translator *t, bw_node *node, const bw_name *name, const char *words)
{
    size_t len = strlen(words) + 1;
    char *list = bw_arena_strdup(&t->tree->unit->arena, words);

    for (size_t i = 0; i < len; i++)
        if (list[i] == ' ')
            list[i] = '\0';
    bw_node_set(t->tree, node, name, bw_value_bytes(t->tree, list, (uint32_t)len));
}

static void leave_out(const translator *t, bw_node *node)
{
    const char *compatible = bw_node_string(node, t->n->compatible);

    if (compatible) {
        GString *text = g_string_new("`");

        bw_text_comment(text, bw_node_path(t->tree, node));
        g_string_append(text, "` (");
        bw_text_comment(text, compatible);
        g_string_append_c(text, ')');
        g_ptr_array_add(t->output->left_out, bw_arena_strdup(&t->board->arena, text->str));
        g_string_free(text, TRUE);
    }
    bw_node_delete(node);
}

static void disable(const translator *t, bw_node *node, const char *lack)
{
    bw_node_set(t->tree, node, t->n->status, bw_value_string(t->tree, "disabled"));
    bw_zephyr_todo(t->board, t->output, "`%s` is disabled: Zephyr's driver needs the property `%s`",
                   bw_node_path(t->tree, node), lack);
    bw_find_node(t->tree, BW_CODE_zephyr_device_disabled, node, "Zephyr's driver of %s needs the property %s",
                 bw_node_string(node, t->n->compatible), lack);
}

static void check_required(const translator *t, const bw_zephyr_device *device, bw_node *node)
{
    char **words = g_strsplit(device->required, " ", -1);

    for (char **word = words; *word; word++) {
        bool there = bw_node_prop_text(node, *word) != NULL;

        if (strcmp(*word, "interrupts") == 0)
            there = there || bw_node_prop(node, t->n->interrupts_extended);
        if (**word && !there && bw_node_status(t->tree, node) == BW_STATUS_OKAY)
            disable(t, node, *word);
    }
    g_strfreev(words);
}

/* What a driver wants to be told that other systems know by the device's name. */
static void add_defaults(const translator *t, const bw_zephyr_device *device, bw_node *node)
{
    if (strcmp(device->zephyr, "ns16550") == 0 && !bw_node_prop_text(node, "reg-shift"))
        set_cell(t, node, "reg-shift", 0);
    if (strcmp(device->zephyr, "sifive,plic-1.0.0") == 0 && !bw_node_prop_text(node, "riscv,max-priority"))
        set_cell(t, node, "riscv,max-priority", PLIC_MAX_PRIORITY);
    if (node == t->console && !bw_node_prop_text(node, "current-speed") &&
        bw_zephyr_has_word(device->properties, "current-speed"))
        set_cell(t, node, "current-speed", 115200);
}

/* Zephyr's children of leds, keys and partitions have no compatible. */
static void translate_children(const translator *t, const bw_zephyr_device *device, bw_node *node)
{
    BW_FOR_CHILDREN (node, child) {
        const bw_prop *code = bw_node_prop_text(child, "linux,code");

        switch (device->children) {
        case BW_ZEPHYR_CHILDREN_PARTITIONS:
            drop_other_props(child, "read-only");
            break;
        case BW_ZEPHYR_CHILDREN_KEYS: /* the codes are Linux's */
            if (code && !bw_node_prop_text(child, "zephyr,code"))
                bw_node_set(t->tree, child, intern(t, "zephyr,code"), code->value);
            drop_other_props(child, "gpios zephyr,code");
            break;
        case BW_ZEPHYR_CHILDREN_LEDS:
            drop_other_props(child, "gpios");
            break;
        default:
            leave_out(t, child);
        }
    }
}

static bool translate_below(const translator *t, bw_node *node);

static void translate_device(const translator *t, const bw_zephyr_device *device, bw_node *node)
{
    set_words(t, node, t->n->compatible, device->zephyr);
    drop_other_props(node, device->properties);
    add_defaults(t, device, node);
    if (device->children == BW_ZEPHYR_CHILDREN_DEVICES)
        translate_below(t, node);
    else
        translate_children(t, device, node);
    if (device->feature && bw_node_status(t->tree, node) == BW_STATUS_OKAY &&
        !g_ptr_array_find_with_equal_func(t->output->features, device->feature, g_str_equal, NULL))
        g_ptr_array_add(t->output->features, (gpointer)(uintptr_t)device->feature);
}

/* A node without a row: one that holds others stays, as a plain bus. @return whether it stays. */
static bool translate_other(const translator *t, bw_node *node)
{
    const bw_prop *ranges = bw_node_prop(node, t->n->ranges);
    const bw_prop *compatible = bw_node_prop(node, t->n->compatible);
    bool nexus = bw_node_prop(node, t->n->interrupt_map) != NULL;

    if (nexus || (!ranges && compatible) || !translate_below(t, node)) {
        leave_out(t, node);
        return false;
    }
    drop_other_props(node, "");
    if (compatible)
        set_words(t, node, t->n->compatible, "simple-bus");
    return true;
}

static bool is_memory(const translator *t, const bw_node *node)
{
    const char *type = bw_node_string(node, t->n->device_type);

    return type && strcmp(type, "memory") == 0;
}

/* @return whether some child stays. */
static bool translate_below(const translator *t, bw_node *node)
{
    bool some = false;

    BW_FOR_CHILDREN (node, child) {
        const bw_zephyr_device *device = bw_zephyr_device_of(t->tree, child);

        if (device) {
            translate_device(t, device, child);
            some = true;
        } else if (child == t->flash) {
            set_words(t, child, t->n->compatible, "soc-nv-flash");
            drop_other_props(child, "");
            translate_below(t, child);
            some = true;
        } else if (is_memory(t, child)) {
            drop_other_props(child, "");
            some = true;
        } else {
            some |= translate_other(t, child);
        }
    }
    return some;
}

/* ---- cpus, chosen, aliases ---------------------------------------------------------------------------- */

static void translate_cpu(const translator *t, bw_node *cpu)
{
    const char *compatible = bw_node_string(cpu, t->n->compatible);

    for (uint32_t i = 0; i < t->model->cpu_count; i++)
        if (t->model->cpus[i].node == cpu && t->model->cpus[i].isa && !bw_node_prop_text(cpu, "riscv,isa"))
            bw_node_set(t->tree, cpu, intern(t, "riscv,isa"), bw_value_string(t->tree, t->model->cpus[i].isa));
    drop_other_props(cpu, "clock-frequency enable-method i-cache-line-size d-cache-line-size riscv,isa mmu-type "
                          "timebase-frequency");
    if (compatible && g_str_has_prefix(compatible, "arm,"))
        set_words(t, cpu, t->n->compatible, compatible);
    BW_FOR_CHILDREN (cpu, child)
        if (!bw_node_prop(child, t->n->interrupt_controller))
            leave_out(t, child);
}

static void translate_cpus(const translator *t, bw_node *cpus)
{
    BW_FOR_CHILDREN (cpus, child) {
        const char *type = bw_node_string(child, t->n->device_type);

        if (type && strcmp(type, "cpu") == 0)
            translate_cpu(t, child);
        else
            bw_node_delete(child);
    }
}

static bool lives(const bw_node *node)
{
    for (; node; node = node->parent)
        if (node->deleted)
            return false;
    return true;
}

static void choose(const translator *t, bw_node *chosen, const char *name, const bw_node *node)
{
    if (node && lives(node) && !bw_node_prop_text(chosen, name))
        bw_node_set(t->tree, chosen, intern(t, name), bw_value_string(t->tree, bw_node_path(t->tree, node)));
}

/* Of /chosen and /aliases only what names a node that is still there. */
static void drop_dead_choices(const translator *t, const bw_choice *choices, uint32_t count, bool zephyr_only)
{
    (void)t;
    for (uint32_t i = 0; i < count; i++)
        if (!choices[i].node || !lives(choices[i].node) ||
            (zephyr_only && !g_str_has_prefix(choices[i].name, "zephyr,")))
            bw_prop_delete((bw_prop *)(uintptr_t)choices[i].prop);
}

static void translate_chosen(const translator *t)
{
    bw_node *chosen = bw_node_child(t->tree->root, t->n->chosen);

    drop_dead_choices(t, t->model->chosen, t->model->chosen_count, true);
    drop_dead_choices(t, t->model->aliases, t->model->alias_count, false);
    if (!chosen) {
        chosen = bw_node_new(t->tree, t->n->chosen);
        bw_node_add_child(t->tree->root, chosen);
    }
    BW_FOR_PROPS (chosen, prop)
        if (!g_str_has_prefix(prop->name->text, "zephyr,"))
            bw_prop_delete(prop);
    choose(t, chosen, "zephyr,sram", t->ram);
    choose(t, chosen, "zephyr,console", t->console);
    choose(t, chosen, "zephyr,shell-uart", t->console);
    if (t->output->from_flash)
        choose(t, chosen, "zephyr,flash", t->flash);
}

/* ---- what hangs in the air ----------------------------------------------------------------------------- */

/* References to what was left out. A clock that is gone takes its names along. */
static void drop_dangling(const translator *t)
{
    BW_FOR_NODES (t->tree, node)
        BW_FOR_PROPS (node, prop)
            for (uint32_t i = 0; i < prop->value.mark_count && !prop->deleted; i++) {
                const bw_mark *mark = &prop->value.marks[i];

                if ((mark->kind != BW_MARK_REF_PHANDLE && mark->kind != BW_MARK_REF_PATH) ||
                    (mark->node && lives(mark->node)))
                    continue;
                bw_prop_delete(prop);
                if (prop->name == t->n->clocks && bw_node_prop(node, t->n->clock_names))
                    bw_prop_delete(bw_node_prop(node, t->n->clock_names));
            }
}

/* LEDs and keys whose GPIO controller is gone. */
static void drop_hollow(const translator *t)
{
    BW_FOR_NODES (t->tree, node) {
        const bw_zephyr_device *device = bw_zephyr_device_of(t->tree, node);
        bool some = false;

        if (!device || (device->children != BW_ZEPHYR_CHILDREN_LEDS && device->children != BW_ZEPHYR_CHILDREN_KEYS))
            continue;
        BW_FOR_CHILDREN (node, child) {
            if (bw_node_prop_text(child, "gpios"))
                some = true;
            else
                leave_out(t, child);
        }
        if (!some)
            leave_out(t, node);
    }
}

static void check_all_required(const translator *t)
{
    BW_FOR_NODES (t->tree, node) {
        const bw_zephyr_device *device = bw_zephyr_device_of(t->tree, node);

        if (device)
            check_required(t, device, node);
    }
}

static void drop_phandles(const translator *t)
{
    BW_FOR_NODES (t->tree, node)
        BW_FOR_PROPS (node, prop)
            if (prop->name == t->n->phandle || prop->name == t->n->linux_phandle)
                bw_prop_delete(prop);
}

/* ---- the whole ---------------------------------------------------------------------------------------- */

static void translate_root(translator *t)
{
    static const char *const generated[] = {"__symbols__", "__fixups__", "__local_fixups__"};
    bw_node *root = t->tree->root;

    for (size_t i = 0; i < G_N_ELEMENTS(generated); i++) {
        bw_node *node = bw_node_child_text(root, generated[i], strlen(generated[i]));

        if (node)
            bw_node_delete(node);
    }
    drop_other_props(root, "model");
    BW_FOR_CHILDREN (root, child) {
        const bw_zephyr_device *device = bw_zephyr_device_of(t->tree, child);

        if (child->name == t->n->cpus)
            translate_cpus(t, child);
        else if (child->name == t->n->chosen || child->name == t->n->aliases)
            continue;
        else if (device)
            translate_device(t, device, child);
        else if (is_memory(t, child))
            drop_other_props(child, "");
        else
            translate_other(t, child);
    }
}

static void write_head(const translator *t, GString *out)
{
    char *base = g_path_get_basename(t->job->target->path);

    g_string_append(out, "/*\n * ");
    bw_text_comment(out, t->model->model ? t->model->model : t->board->full_name);
    g_string_append(out, "\n *\n * Made from ");
    bw_text_comment(out, strcmp(base, "-") == 0 ? "standard input" : base);
    g_string_append(out, " by boardwright, for Zephyr.\n *\n * SPDX-License-Identifier: Apache-2.0\n */\n\n");
    g_free(base);
}

static void print(const translator *t)
{
    GString *text = g_string_new(NULL);
    bw_buffer out = {0};

    write_head(t, text);
    bw_dts_print_readable(t->tree, BW_ANNOTATE_NONE, &out);
    g_string_append_len(text, (const char *)out.data, (gssize)out.len);
    t->output->dts = bw_arena_strdup(&t->board->arena, text->str);
    bw_buffer_free(&out);
    g_string_free(text, TRUE);
}

static const bw_node *flash_of(const translator *t)
{
    for (uint32_t i = 0; i < t->model->chosen_count; i++)
        if (strcmp(t->model->chosen[i].name, "zephyr,flash") == 0)
            return t->model->chosen[i].node;
    for (uint32_t i = 0; i < t->model->memory_count && t->output->from_flash; i++)
        if (t->model->memories[i].kind == BW_MEMORY_FLASH && !t->model->memories[i].unavailable)
            return t->model->memories[i].node;
    return NULL;
}

static void translate(translator *t)
{
    const bw_memory *ram = bw_zephyr_ram(t->model);

    t->ram = ram ? ram->node : NULL;
    t->console = bw_zephyr_console(t->model);
    t->flash = flash_of(t);
    t->grown = g_hash_table_new(NULL, NULL);
    name_nvic(t);
    add_machine_timer(t);
    add_systick(t);
    grow_all(t);
    bw_tree_find_refs(t->tree);
    translate_root(t);
    translate_chosen(t);
    drop_dangling(t);
    drop_hollow(t);
    drop_dangling(t); /* aliases of what drop_hollow() took */
    check_all_required(t);
    bw_tree_make_labels(t->tree);
    drop_phandles(t);
    print(t);
    g_hash_table_unref(t->grown);
}

bool bw_zephyr_translate(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *output)
{
    bw_unit *unit = bw_unit_new(job->board->tree->unit->ctx);
    bw_target target = *job->target;

    target.more_files = NULL; /* Zephyr adds the overlay of the revision itself */
    bw_unit_begin(unit, job->board->tree->unit->findings);
    bw_tree *tree = bw_target_read(unit, &target, job->load, job->roots);
    if (tree && !tree->broken) {
        translator t = {.job = job, .board = board, .output = output, .tree = tree, .n = unit->n};

        t.model = bw_board_of(tree);
        bw_zephyr_gather(t.model, &board->arena, output);
        translate(&t);
    }
    bw_unit_free(unit);
    return output->dts != NULL;
}
