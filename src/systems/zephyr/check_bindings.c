/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes against their bindings, as Zephyr's edtlib.py (Node._init_binding(), _init_props(), _check_undeclared_props())
 * has it: which binding a node has, which properties it needs and may have, and what their values are.
 */
#include "systems/zephyr/trees.h"

#include "base/bytes.h"
#include "systems/zephyr/gaps.h"
#include "tree/interrupts.h"
#include "tree/status.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

typedef bw_zephyr_tree_check checker;

static const char *const no_bus[] = {NULL};

/* ---- which binding ---- */

/* The bus that a node is on: of the nearest node above that is one. */
static const char *const *buses_above(const checker *c, const bw_node *node)
{
    for (const bw_node *up = node->parent; up; up = up->parent) {
        const bw_zephyr_binding *b = c->binding_of[up->number];

        if (b && *b->buses)
            return b->buses;
        /* A table of partitions is on no bus, and neither is what stands below it. */
        if (bw_node_is_compatible(c->tree, up, "fixed-partitions"))
            return no_bus;
    }
    return no_bus;
}

static const bw_zephyr_binding *binding_for(const checker *c, const bw_node *node)
{
    const bw_prop *compatible = bw_node_prop(node, c->unit->n->compatible);
    const char *const *buses;
    uint32_t offset = 0;
    const char *text;

    if (!compatible) {
        const bw_zephyr_binding *above = node->parent ? c->binding_of[node->parent->number] : NULL;
        return above ? above->child : NULL;
    }
    buses = bw_node_is_compatible(c->tree, node, "fixed-partitions") ? no_bus : buses_above(c, node);
    while ((text = bw_prop_next_string(compatible, &offset))) {
        const bw_zephyr_binding *b = bw_zephyr_binding_of(c->bindings, text, buses);
        if (b)
            return b;
    }
    return NULL;
}

/* Properties of this node are the application's own: whatever is written is right. */
static bool is_users(const bw_node *node)
{
    return node->parent && !node->parent->parent && strcmp(node->name->text, "zephyr,user") == 0;
}

/* ---- what a value is, by how it is written (dtlib.py, Property.type) ---- */

enum {
    IS_EMPTY = 1,
    IS_BYTES = 2,
    IS_NUMBER = 4,
    IS_NUMBERS = 8,
    IS_STRING = 16,
    IS_STRINGS = 32,
    IS_PATH = 64,
    IS_PHANDLE = 128,
    IS_PHANDLES = 256,
    IS_PHANDLES_AND_NUMBERS = 512,
    IS_MIXED = 1024,
};

static unsigned shape_of(const bw_prop *p)
{
    uint32_t count[BW_MARK_UNKNOWN + 1] = {0};
    uint32_t others = 0;

    for (uint32_t i = 0; i < p->value.mark_count; i++)
        count[p->value.marks[i].kind]++;
    uint32_t refs = count[BW_MARK_REF_PHANDLE];
    for (int k = 0; k <= BW_MARK_UNKNOWN; k++)
        if (k != BW_MARK_LABEL && k != BW_MARK_UINT32 && k != BW_MARK_REF_PHANDLE)
            others += count[k];
    if (!others && !count[BW_MARK_UINT32] && !refs)
        return IS_EMPTY;
    if (!others && refs == 0)
        return count[BW_MARK_UINT32] == 1 && p->value.len == 4 ? IS_NUMBER : IS_NUMBERS;
    if (!others) {
        if (refs == 1 && count[BW_MARK_UINT32] == 1 && p->value.len == 4)
            return IS_PHANDLE;
        return p->value.len == 4 * refs ? IS_PHANDLES : IS_PHANDLES_AND_NUMBERS;
    }
    if (refs || count[BW_MARK_UINT32])
        return IS_MIXED;
    if (others == count[BW_MARK_UINT8])
        return others == 1 ? IS_BYTES : IS_MIXED;
    if (others == count[BW_MARK_STRING])
        return others == 1 ? IS_STRING : IS_STRINGS;
    if (others == count[BW_MARK_REF_PATH])
        return others == 1 ? IS_PATH : IS_MIXED;
    return IS_MIXED;
}

/* What edtlib takes for a type. */
static bool fits(bw_zephyr_type type, unsigned shape, const bw_prop *p)
{
    static const unsigned taken[] = {
        [BW_ZEPHYR_BOOLEAN] = IS_EMPTY,
        [BW_ZEPHYR_INT] = IS_NUMBER,
        [BW_ZEPHYR_ARRAY] = IS_NUMBER | IS_NUMBERS,
        [BW_ZEPHYR_UINT8_ARRAY] = IS_BYTES,
        [BW_ZEPHYR_STRING] = IS_STRING,
        [BW_ZEPHYR_STRING_ARRAY] = IS_STRING | IS_STRINGS,
        [BW_ZEPHYR_PHANDLE] = IS_PHANDLE,
        [BW_ZEPHYR_PHANDLES] = IS_PHANDLE | IS_PHANDLES,
        [BW_ZEPHYR_PHANDLE_ARRAY] = IS_PHANDLE | IS_PHANDLES | IS_PHANDLES_AND_NUMBERS,
        [BW_ZEPHYR_PATH] = IS_PATH | IS_STRING,
        [BW_ZEPHYR_COMPOUND] = ~0U,
        [BW_ZEPHYR_NO_TYPE] = ~0U,
    };

    return (taken[type] & shape) || (type == BW_ZEPHYR_PHANDLES && shape == IS_NUMBERS && p->value.len == 0);
}

static const char *const wanted[] = {
    [BW_ZEPHYR_BOOLEAN] = "no value: it is there or not",
    [BW_ZEPHYR_INT] = "one number, <1>",
    [BW_ZEPHYR_ARRAY] = "numbers, <1 2>",
    [BW_ZEPHYR_UINT8_ARRAY] = "bytes, [01 02]",
    [BW_ZEPHYR_STRING] = "one text",
    [BW_ZEPHYR_STRING_ARRAY] = "texts",
    [BW_ZEPHYR_PHANDLE] = "a reference, <&label>",
    [BW_ZEPHYR_PHANDLES] = "references, <&a &b>",
    [BW_ZEPHYR_PHANDLE_ARRAY] = "references with their cells, <&a 1 2>",
    [BW_ZEPHYR_PATH] = "the path of a node, &label",
};

static const char *what_is(unsigned shape)
{
    switch (shape) {
    case IS_EMPTY:
        return "no value";
    case IS_BYTES:
        return "bytes";
    case IS_NUMBER:
        return "a number";
    case IS_NUMBERS:
        return "numbers";
    case IS_STRING:
        return "a text";
    case IS_STRINGS:
        return "texts";
    case IS_PATH:
        return "a path";
    case IS_PHANDLE:
        return "a reference";
    case IS_PHANDLES:
        return "references";
    case IS_PHANDLES_AND_NUMBERS:
        return "references and numbers";
    default:
        return "a mixture";
    }
}

/* ---- values ---- */

static bool number_is(const bw_yaml *value, uint32_t number)
{
    uint64_t n;

    return bw_yaml_to_int(value, &n) && n == number;
}

/* An element of the property at a byte: a cell, a byte or a string. */
static bool element_is(const bw_prop *p, bw_zephyr_type type, uint32_t offset, const bw_yaml *value)
{
    const uint8_t *data = p->value.data + offset;

    if (value->kind != BW_YAML_SCALAR)
        return false;
    if (type == BW_ZEPHYR_STRING || type == BW_ZEPHYR_STRING_ARRAY)
        return strcmp((const char *)data, value->text) == 0;
    return number_is(value, type == BW_ZEPHYR_UINT8_ARRAY ? *data : bw_get32(data));
}

static uint32_t element_len(const bw_prop *p, bw_zephyr_type type, uint32_t offset)
{
    const char *text = (const char *)p->value.data + offset;

    if (type == BW_ZEPHYR_STRING || type == BW_ZEPHYR_STRING_ARRAY)
        return (uint32_t)strnlen(text, p->value.len - offset) + 1;
    return type == BW_ZEPHYR_UINT8_ARRAY ? 1 : 4;
}

static bool has_elements(bw_zephyr_type type)
{
    return type == BW_ZEPHYR_INT || type == BW_ZEPHYR_ARRAY || type == BW_ZEPHYR_UINT8_ARRAY ||
           type == BW_ZEPHYR_STRING || type == BW_ZEPHYR_STRING_ARRAY;
}

static const char *text_of_list(bw_arena *arena, const bw_yaml *list)
{
    GString *out = g_string_new(NULL);

    for (uint32_t i = 0; i < list->count; i++) {
        if (i == 8) {
            g_string_append_printf(out, " … (%u in all)", (unsigned)list->count);
            break;
        }
        g_string_append_printf(out, "%s%s",
                               i == 0                ? ""
                               : i + 1 < list->count ? ", "
                                                     : " or ",
                               list->items[i]->kind == BW_YAML_SCALAR ? list->items[i]->text : "…");
    }
    const char *text = bw_arena_strdup(arena, out->str);
    g_string_free(out, TRUE);
    return text;
}

static const char *nearest_value(const bw_yaml *list, const char *text)
{
    const char **texts = g_new0(const char *, list->count + 1);
    uint32_t n = 0;

    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i]->kind == BW_YAML_SCALAR)
            texts[n++] = list->items[i]->text;
    const char *near = bw_nearest(text, texts);
    g_free(texts);
    return near;
}

static void check_enum(checker *c, const bw_node *node, const bw_prop *p, const bw_zephyr_spec *s)
{
    uint32_t len;

    for (uint32_t at = 0; at < p->value.len; at += len) {
        bool found = false;

        len = element_len(p, s->type, at);
        if (at + len > p->value.len)
            return;
        for (uint32_t i = 0; i < s->values->count && !found; i++)
            found = element_is(p, s->type, at, s->values->items[i]);
        if (found)
            continue;
        bool is_text = s->type == BW_ZEPHYR_STRING || s->type == BW_ZEPHYR_STRING_ARRAY;
        const char *text = is_text ? (const char *)p->value.data + at
                                   : bw_arena_printf(&c->unit->arena, "%" PRIu32,
                                                     s->type == BW_ZEPHYR_UINT8_ARRAY ? p->value.data[at]
                                                                                      : bw_get32(p->value.data + at));
        bw_finding *f =
            bw_find_elem(c->tree, BW_CODE_zephyr_binding_value, node, p, at, "%s is %s, not %s%s%s", p->name->text,
                         text_of_list(&c->unit->arena, s->values), is_text ? "\"" : "", text, is_text ? "\"" : "");
        bw_finding_note(f, bw_yaml_place(s->values), "the binding says so here");
        const char *near = is_text ? nearest_value(s->values, text) : NULL;
        if (near)
            bw_finding_cure(f, "did you mean \"%s\"?", near);
    }
}

static bool is_constant(const bw_prop *p, const bw_zephyr_spec *s)
{
    const bw_yaml *k = s->constant;
    uint32_t at = 0;

    if (k->kind == BW_YAML_SCALAR)
        return p->value.len && element_len(p, s->type, 0) == p->value.len && element_is(p, s->type, 0, k);
    for (uint32_t i = 0; i < k->count; i++) {
        if (at >= p->value.len || at + element_len(p, s->type, at) > p->value.len ||
            !element_is(p, s->type, at, k->items[i]))
            return false;
        at += element_len(p, s->type, at);
    }
    return at == p->value.len;
}

static void check_constant(checker *c, const bw_node *node, const bw_prop *p, const bw_zephyr_spec *s)
{
    if (is_constant(p, s))
        return;
    /* A number of cells other than the binding has names for is the same mistake. */
    if (g_str_has_prefix(p->name->text, "#") && g_str_has_suffix(p->name->text, "-cells")) {
        if (c->blamed[node->number])
            return;
        c->blamed[node->number] = true;
    }
    bw_finding *f = bw_find_elem(c->tree, BW_CODE_zephyr_binding_value, node, p, 0, "%s is always %s%s", p->name->text,
                                 s->constant->kind == BW_YAML_SCALAR ? s->constant->text : "",
                                 s->constant->kind == BW_YAML_SCALAR ? "" : text_of_list(&c->unit->arena, s->constant));
    bw_finding_note(f, bw_yaml_place(s->constant), "the binding says so here");
}

/* ---- references with cells ---- */

static const bw_zephyr_cells *cells_of(const bw_zephyr_binding *b, const char *space)
{
    for (uint32_t i = 0; i < b->cell_count; i++)
        if (strcmp(b->cells[i].space, space) == 0)
            return &b->cells[i];
    return NULL;
}

static const char *space_of(checker *c, const bw_zephyr_spec *s)
{
    if (s->space && s->space->kind == BW_YAML_SCALAR)
        return s->space->text;
    return g_str_has_suffix(s->name->text, "gpios")
               ? "gpio"
               : bw_arena_strndup(&c->unit->arena, s->name->text, s->name->len - 1);
}

/* Who is referred to needs a binding that names the cells behind the reference. One finding a provider. */
static void check_provider(checker *c, const bw_node *user, const bw_node *provider, const bw_prop *cells,
                           const char *space, uint32_t count)
{
    const bw_zephyr_binding *b = c->binding_of[provider->number];
    const bw_zephyr_cells *named = b ? cells_of(b, space) : NULL;
    const bw_prop *compatible = bw_node_prop(provider, c->unit->n->compatible);
    const char *text = compatible ? bw_prop_string_at(compatible, 0) : NULL;
    bw_finding *f = NULL;

    if (c->blamed[provider->number] || (b && b->broken) || (b && (named ? named->count : 0) == count))
        return;
    c->blamed[provider->number] = true;
    if (b) {
        f = bw_find_elem(c->tree, BW_CODE_zephyr_binding_cells, provider, cells, 0,
                         "%s is %u, but the binding names %u cells", cells->name->text, (unsigned)count,
                         (unsigned)(named ? named->count : 0));
        bw_finding_note(f, bw_yaml_place(named ? named->at : b->at), "the binding is here");
        return;
    }
    if (bw_zephyr_is_said(c, provider, "compatible"))
        return;
    f = compatible ? bw_find_elem(c->tree, BW_CODE_zephyr_binding_cells, provider, compatible, 0,
                                  "no binding has the compatible %s, so nobody knows what the cells after it mean",
                                  text ? text : "")
                   : bw_find_node(c->tree, BW_CODE_zephyr_binding_cells, provider,
                                  "%s has no binding, so nobody knows what the cells after it mean",
                                  bw_node_path(c->tree, provider));
    const char *near = text ? bw_zephyr_near_compatible(c->bindings, text) : NULL;
    if (near)
        bw_finding_cure(f, "did you mean %s?", near);
    bw_find_note_node(c->tree, f, user, "a node that refers to it");
}

/* Each reference leads to a node whose binding names as many cells as the node has. */
static void check_references(checker *c, const bw_node *node, const bw_prop *p, const bw_zephyr_spec *s)
{
    const char *space = space_of(c, s);
    const bw_name *count_name =
        bw_intern_str(c->unit->ctx->names, bw_arena_printf(&c->unit->arena, "#%s-cells", space));
    const bw_name *map_name = bw_intern_str(c->unit->ctx->names, bw_arena_printf(&c->unit->arena, "%s-map", space));
    uint32_t count;

    for (uint32_t at = 0; at + 4 <= p->value.len; at += 4 + 4 * count) {
        const bw_node *target = bw_tree_by_phandle(c->tree, bw_get32(p->value.data + at));

        count = 0;
        if (!target || !bw_prop_known(p, at, 4))
            continue; /* an empty entry */
        const bw_prop *cells = bw_node_prop(target, count_name);
        if (!cells) {
            if (!bw_zephyr_is_said(c, node, p->name->text)) {
                bw_finding *f = bw_find_elem(c->tree, BW_CODE_zephyr_binding_cells, node, p, at,
                                             "%s has no %s, which says how many cells follow",
                                             bw_node_path(c->tree, target), count_name->text);
                bw_find_note_node(c->tree, f, target, "the node that is referred to");
            }
            return;
        }
        if (bw_prop_u32(cells, &count) != BW_STATE_OK || count > BW_CELLS_MAX || at + 4 + 4 * count > p->value.len)
            return; /* others speak of it */
        if (bw_node_prop(target, map_name))
            continue;
        check_provider(c, node, target, cells, space, count);
    }
}

/* ---- properties ---- */

static bool is_true(const bw_yaml *value)
{
    bool answer = false;

    return value && bw_yaml_to_bool(value, &answer) && answer;
}

static void check_type(checker *c, const bw_node *node, const bw_prop *p, const bw_zephyr_spec *s)
{
    unsigned shape = shape_of(p);

    if (fits(s->type, shape, p)) {
        if (s->values && s->values->kind == BW_YAML_LIST && has_elements(s->type) &&
            !bw_zephyr_is_said(c, node, p->name->text))
            check_enum(c, node, p, s);
        if (s->constant && has_elements(s->type) && !bw_zephyr_is_said(c, node, p->name->text))
            check_constant(c, node, p, s);
        if (s->type == BW_ZEPHYR_PHANDLE_ARRAY)
            check_references(c, node, p, s);
        return;
    }
    if (bw_zephyr_is_said(c, node, p->name->text))
        return;
    bw_finding *f = p->value.len ? bw_find_elem(c->tree, BW_CODE_zephyr_binding_type, node, p, 0, "%s takes %s, not %s",
                                                p->name->text, wanted[s->type], what_is(shape))
                                 : bw_find_prop(c->tree, BW_CODE_zephyr_binding_type, node, p, "%s takes %s, not %s",
                                                p->name->text, wanted[s->type], what_is(shape));
    bw_finding_note(f, bw_yaml_place(s->type_at), "the binding says %s", bw_zephyr_type_names[s->type]);
    if (s->type == BW_ZEPHYR_BOOLEAN)
        bw_finding_cure(f, "write '%s;', or leave it out to say no", p->name->text);
}

/* The declared property that was probably meant. */
static const bw_zephyr_spec *near_spec(const bw_zephyr_binding *b, const bw_node *node, const bw_prop *p)
{
    const bw_zephyr_spec *near = NULL;
    size_t least = 3;

    for (uint32_t i = 0; i < b->spec_count; i++) {
        size_t distance = bw_zephyr_distance(p->name->text, b->specs[i].name->text, 2);

        if (distance < least && !bw_node_prop(node, b->specs[i].name)) {
            least = distance;
            near = &b->specs[i];
        }
    }
    return near;
}

/* Properties that need no declaration (edtlib.py, _check_undeclared_props()). */
static bool needs_no_declaration(const bw_prop *p)
{
    static const char *const names[] = {"compatible",          "status",      "ranges", "phandle", "interrupt-parent",
                                        "interrupts-extended", "device_type", NULL};

    return p->name->text[0] == '#' || g_str_has_suffix(p->name->text, "-controller") ||
           g_strv_contains(names, p->name->text);
}

static void say_undeclared(checker *c, const bw_node *node, const bw_prop *p, const bw_zephyr_binding *b,
                           const bw_zephyr_spec *near)
{
    if (bw_zephyr_is_said(c, node, p->name->text))
        return;
    bw_finding *f =
        bw_find_prop(c->tree, BW_CODE_zephyr_binding_undeclared, node, p, "the binding of %s declares no property %s",
                     b->compatible ? b->compatible : "the node", p->name->text);
    bw_finding_note(f, bw_yaml_place(b->at), "the binding is here");
    if (near)
        bw_finding_cure(f, "did you mean %s?", near->name->text);
}

/* Where the node became one that is used: only then it needs all. */
static bw_finding *find_needy(checker *c, const bw_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bw_finding *find_needy(checker *c, const bw_node *node, const char *format, ...)
{
    const bw_prop *status = bw_node_prop(node, c->unit->n->status);
    va_list ap;

    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    bw_finding *f = status && status->history && status->history->older
                        ? bw_find_prop(c->tree, BW_CODE_zephyr_binding_required, node, status, "%s", text)
                        : bw_find_node(c->tree, BW_CODE_zephyr_binding_required, node, "%s", text);
    g_free(text);
    return f;
}

static void check_required(checker *c, const bw_node *node, const bw_zephyr_binding *b, const GPtrArray *meant)
{
    bw_status status = bw_node_status(c->tree, node);

    if (status != BW_STATUS_OKAY || c->tree->lacks_nodes)
        return;
    for (const bw_zephyr_spec *const *s = b->required; *s; s++) {
        bool misspelt = false;

        for (guint i = 0; i < meant->len; i++)
            misspelt |= meant->pdata[i] == *s;
        if (misspelt || bw_node_prop(node, (*s)->name) || bw_zephyr_is_said(c, node, (*s)->name->text))
            continue;
        bw_finding *f = find_needy(c, node, "%s needs the property %s", bw_node_path(c->tree, node), (*s)->name->text);
        bw_finding_note(f, bw_yaml_place((*s)->required), "the binding of %s requires it",
                        b->compatible ? b->compatible : "the node");
    }
}

static void check_deprecated(checker *c, const bw_node *node, const bw_prop *p, const bw_zephyr_spec *s)
{
    bw_finding *f =
        bw_find_prop(c->tree, BW_CODE_zephyr_binding_deprecated, node, p, "%s is deprecated", p->name->text);
    bw_finding_note(f, bw_yaml_place(s->deprecated), "the binding says so here");
}

static void check_node(checker *c, const bw_node *node, const bw_zephyr_binding *b)
{
    GPtrArray *meant = g_ptr_array_new(); /* specs whose properties stand there misspelt */

    BW_FOR_PROPS (node, p) {
        const bw_zephyr_spec *s = bw_zephyr_spec_of(b, p->name);

        if (s && p->value.has_unknown)
            continue;
        if (s && is_true(s->deprecated))
            check_deprecated(c, node, p, s);
        if (s) {
            check_type(c, node, p, s);
        } else if (!needs_no_declaration(p)) {
            const bw_zephyr_spec *near = near_spec(b, node, p);

            if (near)
                g_ptr_array_add(meant, (gpointer)(uintptr_t)near);
            say_undeclared(c, node, p, b, near);
        }
    }
    check_required(c, node, b, meant);
    g_ptr_array_free(meant, TRUE);
}

/* ---- interrupts ---- */

static void check_controller(checker *c, const bw_node *user, const bw_node *controller)
{
    const bw_prop *cells = bw_node_prop(controller, c->unit->n->interrupt_cells);
    uint32_t count;

    if (bw_node_prop(controller, c->unit->n->interrupt_controller) && bw_prop_u32(cells, &count) == BW_STATE_OK)
        check_provider(c, user, controller, cells, "interrupt", count);
}

static void check_interrupts(checker *c, const bw_node *node)
{
    const bw_prop *extended = bw_node_prop(node, c->unit->n->interrupts_extended);

    if (extended) {
        uint32_t count = 0;

        for (uint32_t at = 0; at + 4 <= extended->value.len && bw_prop_known(extended, at, 4); at += 4 + 4 * count) {
            const bw_node *controller = bw_tree_by_phandle(c->tree, bw_get32(extended->value.data + at));

            if (!controller ||
                bw_prop_u32(bw_node_prop(controller, c->unit->n->interrupt_cells), &count) != BW_STATE_OK ||
                count > BW_CELLS_MAX)
                return;
            check_controller(c, node, controller);
        }
    } else if (bw_node_prop(node, c->unit->n->interrupts)) {
        bw_irq_parent parent = bw_interrupt_parent(c->tree, node);

        if (parent.parent)
            check_controller(c, node, parent.parent);
    }
}

/* ---- pinctrl ---- */

/* pinctrl-0, pinctrl-1 … without a gap, and a name for each where there are names. */
static void check_pinctrl(checker *c, const bw_node *node, const bw_zephyr_binding *b)
{
    const bw_prop *names = bw_node_prop_text(node, "pinctrl-names");
    const bw_prop *last = NULL;
    uint32_t count = 0;
    uint32_t texts = 0;

    BW_FOR_PROPS (node, p) {
        if (strncmp(p->name->text, "pinctrl-", 8) != 0 || !g_ascii_isdigit(p->name->text[8]))
            continue;
        if (b && b->spec_count && !bw_zephyr_spec_of(b, p->name))
            return; /* that was said */
        count++;
        last = p;
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *name = bw_arena_printf(&c->unit->arena, "pinctrl-%u", (unsigned)i);

        if (bw_node_prop_text(node, name) || bw_zephyr_is_said(c, node, last->name->text))
            continue;
        bw_find_prop(c->tree, BW_CODE_zephyr_binding_value, node, last,
                     "there is %s, but no %s: the states count from 0 without a gap", last->name->text, name);
        return;
    }
    if (!names || bw_prop_strings(names, &texts) != BW_STATE_OK || texts == count ||
        bw_zephyr_is_said(c, node, "pinctrl-names"))
        return;
    bw_find_prop(c->tree, BW_CODE_zephyr_binding_value, node, names, "pinctrl-names has %u name%s for %u state%s",
                 (unsigned)texts, texts == 1 ? "" : "s", (unsigned)count, count == 1 ? "" : "s");
}

/* ---- compatible ---- */

static void repeat_findings(checker *c, const bw_zephyr_binding *b)
{
    for (const bw_finding *f = b->findings ? b->findings->first : NULL; f; f = f->next) {
        bw_finding *again = bw_findings_add(c->unit->findings, f->code, f->place, "%s", f->text);

        for (const bw_related *r = f->related; r; r = r->next)
            bw_finding_note(again, r->place, "%s", r->text);
        if (f->cure)
            bw_finding_cure(again, "%s", f->cure);
    }
}

/* A node without any binding, whose compatible is nearly that of one. */
static void check_unknown(checker *c, const bw_node *node, const bw_prop *compatible)
{
    uint32_t offset = 0;
    const char *text;

    while ((text = bw_prop_next_string(compatible, &offset)))
        if (bw_zephyr_bindings_know(c->bindings, text))
            return; /* one for another bus, for example */
    for (uint32_t at = offset = 0; (text = bw_prop_next_string(compatible, &offset)); at = offset) {
        const char *near = strchr(text, ',') ? bw_zephyr_near_compatible(c->bindings, text) : NULL;

        if (!near)
            continue;
        bw_finding *f = bw_find_elem(c->tree, BW_CODE_zephyr_binding_unknown, node, compatible, at,
                                     "no binding has the compatible %s", text);
        bw_finding_cure(f, "did you mean %s?", near);
        return;
    }
}

static void check_vendors(checker *c, const bw_node *node, const bw_prop *compatible)
{
    uint32_t offset = 0;
    const char *text;

    for (uint32_t at = 0; (text = bw_prop_next_string(compatible, &offset)); at = offset) {
        size_t len = strcspn(text, ",");

        if (!text[len] || bw_zephyr_vendor_known(c->bindings, text, len))
            continue;
        const char *vendor = bw_arena_strndup(&c->unit->arena, text, len);
        const char *near = bw_zephyr_near_vendor(c->bindings, vendor);
        bw_finding *f = bw_find_elem(c->tree, BW_CODE_zephyr_vendor_prefix, node, compatible, at,
                                     "%s is no known vendor's prefix", vendor);
        if (near)
            bw_finding_cure(f, "did you mean %s?", near);
    }
}

static void check_compatible(checker *c, const bw_node *node, const bw_zephyr_binding *b)
{
    const bw_prop *compatible = bw_node_prop(node, c->unit->n->compatible);

    if (!compatible || compatible->value.has_unknown || bw_zephyr_is_said(c, node, "compatible"))
        return;
    bw_finding *last = c->unit->findings->last;
    if (!b && node->parent)
        check_unknown(c, node, compatible);
    /* The root may say what it wants. */
    if (node->parent && c->unit->findings->last == last)
        check_vendors(c, node, compatible);
}

void bw_zephyr_check_bindings(bw_zephyr_tree_check *c)
{
    uint32_t count = 0;

    BW_FOR_NODES (c->tree, node)
        node->number = count++;
    c->binding_of = bw_arena_array(&c->unit->arena, const bw_zephyr_binding *, count + 1);
    BW_FOR_NODES (c->tree, node)
        c->binding_of[node->number] = is_users(node) ? NULL : binding_for(c, node);
    if (!c->tree->from_source)
        return;
    c->blamed = bw_arena_array(&c->unit->arena, bool, count + 1);
    BW_FOR_NODES (c->tree, node) {
        const bw_zephyr_binding *b = c->binding_of[node->number];

        check_pinctrl(c, node, b);
        if (b && b->broken)
            repeat_findings(c, b);
        /* A binding without properties does not restrict them. */
        else if (b && b->spec_count)
            check_node(c, node, b);
        check_interrupts(c, node);
    }
    BW_FOR_NODES (c->tree, node)
        if (!c->blamed[node->number])
            check_compatible(c, node, c->binding_of[node->number]);
}
