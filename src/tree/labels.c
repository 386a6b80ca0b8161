/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels for nodes that have none, as people give them: uart0 and gpio1 counted in the order of addresses, the
 * interrupt controller by its kind, the others by their node name, with as much around it as makes it unique.
 */
#include "tree/refs.h"

#include "tree/cells.h"
#include "tree/strings.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* A label is no longer than this, whatever a blob calls its nodes. */
#define LABEL_MAX 100

/* Node names that say what a thing is, with the word that people count it by. */
static const struct {
    const char *name, *word;
    bool counted; /* a number follows, also when there is just one */
} kinds[] = {
    {"can", "can", true},           {"clint", "clint", false}, {"eeprom", "eeprom", true}, {"eth", "eth", true},
    {"ethernet", "ethernet", true}, {"flash", "flash", true},  {"gpio", "gpio", true},     {"i2c", "i2c", true},
    {"memory", "memory", false},    {"mmc", "mmc", true},      {"pci", "pcie", false},     {"pcie", "pcie", false},
    {"pl011", "uart", true},        {"pl031", "rtc", false},   {"pl061", "gpio", true},    {"plic", "plic", false},
    {"pwm", "pwm", true},           {"rtc", "rtc", false},     {"serial", "uart", true},   {"soc", "soc", false},
    {"spi", "spi", true},           {"sram", "sram", true},    {"timer", "timer", false},  {"uart", "uart", true},
    {"usart", "uart", true},        {"usb", "usb", true},      {"watchdog", "wdt", true},  {"wdt", "wdt", true},
};

/* Interrupt controllers by a part of their compatible; the first that fits. */
static const struct {
    const char *part, *word;
} controllers[] = {
    {"gic-v2m", "v2m"}, {"gic-v3-its", "its"}, {"gic", "gic"},     {"nvic", "nvic"},
    {"plic", "plic"},   {"imsic", "imsic"},    {"aplic", "aplic"}, {"clint", "clint"},
};

typedef struct subject {
    bw_node *node;
    const char *base; /* the word without number or address, in the arena */
    uint64_t address; /* unit address */
    uint32_t number;  /* pre-order */
    bool counted, is_cpu;
    bool part; /* its name alone says nothing: port, endpoint, a CPU's own controller */
} subject;

typedef struct labeller {
    bw_tree *tree;
    bw_arena *arena;
    GHashTable *taken; /* of const char * */
    GArray *subjects;  /* of subject */
} labeller;

static bool is_named(const bw_node *node, const char *base)
{
    return node->name->base_len == strlen(base) && memcmp(node->name->text, base, node->name->base_len) == 0;
}

/* What of a text a label may have. */
static const char *in_label(labeller *l, const char *text, size_t len)
{
    len = MIN(len, LABEL_MAX);
    char *label = bw_arena_printf(l->arena, "%s%.*s", len && g_ascii_isdigit(*text) ? "_" : "", (int)len, text);

    for (char *p = label; *p; p++)
        if (!g_ascii_isalnum(*p))
            *p = '_';
    return *label ? label : "node";
}

static bool take(labeller *l, bw_node *node, const char *text)
{
    if (strlen(text) > LABEL_MAX || !g_hash_table_add(l->taken, (gpointer)(uintptr_t)text))
        return false;
    bw_label_add(l->tree, node, bw_intern_str(l->tree->unit->ctx->names, text), 0);
    return true;
}

static const char *label_of(const bw_node *node)
{
    const bw_label *label = bw_live_label(node->labels);

    return label ? label->name->text : NULL;
}

/* ---- whose and what ---- */

static const char *controller_word(const labeller *l, const bw_node *node)
{
    const bw_prop *compatible = bw_node_prop(node, l->tree->unit->n->compatible);
    const char *text;

    if (!bw_node_prop(node, l->tree->unit->n->interrupt_controller) && !bw_node_prop_text(node, "msi-controller"))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(controllers); i++)
        for (uint32_t at = 0; (text = bw_prop_next_string(compatible, &at));)
            if (strstr(text, controllers[i].part))
                return controllers[i].word;
    return is_named(node, "intc") || is_named(node, "interrupt-controller") ? "intc" : NULL;
}

static bool is_part(const bw_node *node)
{
    static const char *const parts[] = {"port", "endpoint", "ports", "interrupt-controller", "cache-controller"};

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (is_named(node, parts[i]))
            return true;
    return false;
}

/* Fills in what the habit calls the node. @return whether there is a habit. */
static bool by_habit(labeller *l, subject *s)
{
    const bw_node *node = s->node;
    const bw_node *parent = node->parent;
    const char *controller = controller_word(l, node);

    if (parent && parent->name == l->tree->unit->n->cpus && is_named(node, "cpu")) {
        s->is_cpu = s->counted = true;
        s->base = "cpu";
        return true;
    }
    if (parent && parent->parent && parent->parent->name == l->tree->unit->n->cpus && is_named(parent, "cpu") &&
        bw_node_prop(node, l->tree->unit->n->interrupt_controller)) {
        s->part = true;
        s->base = "intc";
        return true;
    }
    if (controller) {
        s->base = controller;
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (is_named(node, kinds[i].name) &&
            (bw_node_prop(node, l->tree->unit->n->compatible) || bw_node_prop(node, l->tree->unit->n->reg))) {
            s->base = kinds[i].word;
            s->counted = kinds[i].counted;
            return true;
        }
    s->part = is_part(node);
    s->base = in_label(l, node->name->text, node->name->base_len);
    return false;
}

static void collect(labeller *l)
{
    uint32_t number = 0;

    BW_FOR_NODES (l->tree, node) {
        subject s = {.node = node, .number = number++};

        if (!node->parent || label_of(node))
            continue;
        bool habit = by_habit(l, &s);
        if (!habit && !node->referenced)
            continue;
        s.address = g_ascii_strtoull(bw_name_unit(node->name), NULL, 16);
        g_array_append_val(l->subjects, s);
    }
}

static int by_address(gconstpointer a, gconstpointer b)
{
    const subject *x = a;
    const subject *y = b;

    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/* ---- names ---- */

static void take_old_labels(labeller *l)
{
    BW_FOR_NODES (l->tree, node) {
        BW_FOR_LABELS (node, label)
            g_hash_table_add(l->taken, (gpointer)(uintptr_t)label->name->text);
        BW_FOR_PROPS (node, prop) {
            BW_FOR_LABELS (prop, label)
                g_hash_table_add(l->taken, (gpointer)(uintptr_t)label->name->text);
            for (uint32_t i = 0; i < prop->value.mark_count; i++)
                if (prop->value.marks[i].kind == BW_MARK_LABEL)
                    g_hash_table_add(l->taken, (gpointer)(uintptr_t)prop->value.marks[i].ref->text);
        }
    }
    for (const bw_memreserve *m = l->tree->memreserves; m; m = m->next)
        BW_FOR_LABELS (m, label)
            g_hash_table_add(l->taken, (gpointer)(uintptr_t)label->name->text);
}

/* What /aliases calls a node; a serial line is a UART. */
static void take_aliases(labeller *l)
{
    const bw_node *aliases = bw_node_child(l->tree->root, l->tree->unit->n->aliases);

    if (!aliases)
        return;
    BW_FOR_PROPS (aliases, prop) {
        const char *path = bw_prop_string(prop);
        bw_node *node = path && *path == '/' ? bw_tree_by_path(l->tree, path) : NULL;
        const char *name = in_label(l, prop->name->text, prop->name->len);

        if (!node || !node->parent || label_of(node))
            continue;
        if (strncmp(name, "serial", 6) == 0)
            name = bw_arena_printf(l->arena, "uart%s", name + 6);
        take(l, node, name);
    }
}

static void count_up(labeller *l)
{
    GHashTable *next = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < l->subjects->len; i++) {
        const subject *s = &g_array_index(l->subjects, subject, i);
        uint32_t n = GPOINTER_TO_UINT(g_hash_table_lookup(next, s->base));

        if (!s->counted || label_of(s->node))
            continue;
        while (!take(l, s->node, bw_arena_printf(l->arena, "%s%u", s->base, n)))
            n++;
        g_hash_table_insert(next, (gpointer)(uintptr_t)s->base, GUINT_TO_POINTER(n + 1));
    }
    g_hash_table_unref(next);
}

/* The name with its address: "dma_ffa80000", or alone. */
static const char *with_address(labeller *l, const bw_node *node, const char *base)
{
    const char *unit = bw_name_unit(node->name);

    return *unit ? bw_arena_printf(l->arena, "%s_%s", base, in_label(l, unit, strlen(unit)) + g_ascii_isdigit(*unit))
                 : base;
}

static const char *name_of(labeller *l, const bw_node *node)
{
    const char *label = label_of(node);

    return label ? label : with_address(l, node, in_label(l, node->name->text, node->name->base_len));
}

/* Longer and longer names, until one is the only one of its kind. */
static const char *candidate(labeller *l, const subject *s, int level)
{
    const bw_node *parent = s->node->parent;
    const char *own = with_address(l, s->node, s->base);

    if (s->part)
        level++;
    switch (level) {
    case 0:
        return s->base;
    case 1:
        if (!s->part && own != s->base)
            return own;
        /* fall through */
    case 2:
        return bw_arena_printf(l->arena, "%s_%s", name_of(l, parent), level == 1 ? s->base : own);
    default:
        return bw_arena_printf(l->arena, "%s_%s_%s", parent->parent ? name_of(l, parent->parent) : "root",
                               name_of(l, parent), own);
    }
}

#define LEVELS 4

static void name_level(labeller *l, int level)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    const char **names = g_new0(const char *, l->subjects->len);

    for (guint i = 0; i < l->subjects->len; i++) {
        const subject *s = &g_array_index(l->subjects, subject, i);

        if (label_of(s->node))
            continue;
        names[i] = candidate(l, s, level);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(seen, names[i]));
        g_hash_table_insert(seen, (gpointer)(uintptr_t)names[i], GUINT_TO_POINTER(count + 1));
    }
    for (guint i = 0; i < l->subjects->len; i++)
        if (names[i] && GPOINTER_TO_UINT(g_hash_table_lookup(seen, names[i])) == 1)
            take(l, g_array_index(l->subjects, subject, i).node, names[i]);
    g_free(names);
    g_hash_table_unref(seen);
}

static void number_the_rest(labeller *l)
{
    for (guint i = 0, n = 2; i < l->subjects->len; i++) {
        const subject *s = &g_array_index(l->subjects, subject, i);
        const char *base = bw_arena_printf(l->arena, "%.40s", s->base);

        if (!label_of(s->node))
            while (!take(l, s->node, bw_arena_printf(l->arena, "%s_%u", base, n)))
                n++;
    }
}

/* References to what has a label now say so. */
static void use_labels(bw_tree *tree)
{
    BW_FOR_NODES (tree, node)
        BW_FOR_PROPS (node, prop)
            for (uint32_t i = 0; prop->value.has_refs && i < prop->value.mark_count; i++) {
                bw_mark *mark = &prop->value.marks[i];
                const bw_label *label = mark->node ? bw_live_label(mark->node->labels) : NULL;

                if (mark->kind == BW_MARK_REF_PHANDLE && label && strchr(mark->ref->text, '/'))
                    mark->ref = label->name;
            }
}

void bw_tree_make_labels(bw_tree *tree)
{
    labeller l = {.tree = tree,
                  .arena = &tree->unit->arena,
                  .taken = g_hash_table_new(g_str_hash, g_str_equal),
                  .subjects = g_array_new(FALSE, FALSE, sizeof(subject))};

    take_old_labels(&l);
    take_aliases(&l);
    collect(&l);
    g_array_sort(l.subjects, by_address);
    count_up(&l);
    for (int level = 0; level < LEVELS; level++)
        name_level(&l, level);
    number_the_rest(&l);
    use_labels(tree);
    g_array_free(l.subjects, TRUE);
    g_hash_table_unref(l.taken);
}
