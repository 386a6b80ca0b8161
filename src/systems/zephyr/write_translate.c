/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a devicetree as Linux, firmware or a simulator has it to one that Zephyr takes.
 *
 * A binding has to declare every property of its node, and some have names of their own. Interrupts are written in
 * another way, and some timers are nodes of their own (write_interrupts.c). What no row of write_devices.def knows is
 * left out: its node could stop the build.
 *
 * The tree is a second reading of the target, because other systems still read the first one. Values that are made
 * here hold plain phandle numbers; the references are found again at the end.
 */
#include "systems/zephyr/write.h"
#include "systems/zephyr/bindings.h"
#include "systems/zephyr/write_devices.h"

#include "base/text.h"
#include "dts/print.h"
#include "tree/refs.h"
#include "tree/strings.h"

#include <string.h>

#define PLIC_MAX_PRIORITY 7

typedef struct translator {
    const bw_system_job *job;
    bw_zephyr_output_board *board;
    bw_zephyr_output *output;
    bw_tree *tree;
    const bw_known_names *n;
    const bw_board *model; /* of the tree before it is changed */
    const bw_node *ram, *console, *flash;
} translator;

static const bw_name *intern(const translator *t, const char *text)
{
    return bw_intern_str(t->tree->unit->ctx->names, text);
}

static void set_cell(const translator *t, bw_node *node, const char *name, uint32_t cell)
{
    bw_node_set(t->tree, node, intern(t, name), bw_value_cells(t->tree, &cell, 1));
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

/* The binding of a device in the user's Zephyr tree, which may be of another version than the table; or NULL. */
static const bw_zephyr_binding *binding_of(const translator *t, const bw_zephyr_device *device)
{
    static const char *const no_bus[] = {NULL};
    char *compatible = g_strndup(device->zephyr, strcspn(device->zephyr, " "));
    const bw_zephyr_binding *binding =
        t->board->bindings ? bw_zephyr_binding_of(t->board->bindings, compatible, no_bus) : NULL;

    g_free(compatible);
    return binding && !binding->broken ? binding : NULL;
}

static void drop_undeclared(const bw_node *node, const bw_zephyr_binding *binding)
{
    BW_FOR_PROPS (node, prop)
        if (!bw_zephyr_is_common(prop->name->text) && !bw_zephyr_spec_of(binding, prop->name))
            bw_prop_delete(prop);
}

static void translate_device(const translator *t, const bw_zephyr_device *device, bw_node *node)
{
    set_words(t, node, t->n->compatible, device->zephyr);
    drop_other_props(node, device->properties);
    add_defaults(t, device, node);
    const bw_zephyr_binding *binding = binding_of(t, device);
    if (binding)
        drop_undeclared(node, binding);
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

/* Paths in /aliases and /chosen, once nodes have other names. */
static void renew_paths(const translator *t, const bw_choice *choices, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bw_prop *prop = (bw_prop *)(uintptr_t)choices[i].prop;
        const bw_node *node = choices[i].node;

        if (node && lives(node) && !prop->deleted)
            prop->value = bw_value_string(t->tree, bw_node_path(t->tree, node));
    }
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

static bool has_interrupt_parent(const translator *t, const bw_node *node)
{
    for (; node; node = node->parent)
        if (bw_node_prop(node, t->n->interrupt_parent))
            return true;
    return false;
}

/* Interrupts whose controller was left out, so that nothing says any more how to read them. */
static void drop_lost_interrupts(const translator *t)
{
    BW_FOR_NODES (t->tree, node) {
        bw_prop *interrupts = bw_node_prop(node, t->n->interrupts);
        bw_prop *names = bw_node_prop_text(node, "interrupt-names");

        if (!interrupts || has_interrupt_parent(t, node))
            continue;
        bw_prop_delete(interrupts);
        if (names)
            bw_prop_delete(names);
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

        const bw_zephyr_binding *binding = device ? binding_of(t, device) : NULL;
        if (device)
            check_required(t, device, node);
        for (const bw_zephyr_spec *const *spec = binding ? binding->required : NULL; spec && *spec; spec++)
            if (!bw_node_prop(node, (*spec)->name) && bw_node_status(t->tree, node) == BW_STATUS_OKAY &&
                !((*spec)->name == t->n->interrupts && bw_node_prop(node, t->n->interrupts_extended)))
                disable(t, node, (*spec)->name->text);
    }
}

/* A console that had to be disabled is none. */
static void unchoose_console(const translator *t)
{
    static const char *const names[] = {"zephyr,console", "zephyr,shell-uart"};
    bw_node *chosen = bw_node_child(t->tree->root, t->n->chosen);

    if (!t->console || (lives(t->console) && bw_node_status(t->tree, t->console) == BW_STATUS_OKAY))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        bw_prop *prop = bw_node_prop_text(chosen, names[i]);

        if (prop)
            bw_prop_delete(prop);
    }
    t->output->has_console = false;
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
    bw_zephyr_shape_interrupts(t->tree, t->model);
    bw_tree_find_refs(t->tree);
    translate_root(t);
    bool renamed = bw_zephyr_rename_nodes(t->tree);
    translate_chosen(t);
    if (renamed) {
        renew_paths(t, t->model->chosen, t->model->chosen_count);
        renew_paths(t, t->model->aliases, t->model->alias_count);
    }
    drop_dangling(t);
    drop_lost_interrupts(t);
    drop_hollow(t);
    drop_dangling(t); /* aliases of what drop_hollow() took */
    check_all_required(t);
    unchoose_console(t);
    bw_tree_make_labels(t->tree);
    drop_phandles(t);
    print(t);
}

bool bw_zephyr_translate(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *output)
{
    bw_unit *unit = bw_unit_new(job->board->tree->unit->ctx);
    bw_target target = *job->target;

    target.more_files = job->target->plain_files; /* Zephyr adds the overlay of the revision itself */
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
