/* SPDX-License-Identifier: Apache-2.0 */
/* What Zephyr makes of /chosen, of partitions and of the tree's identity. */
#include "systems/zephyr/gaps.h"
#include "systems/zephyr/trees.h"

#include "tree/cells.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

typedef bw_zephyr_tree_check checker;

static const char *const known[] = {
#define BW_CHOSEN(name) name,
#include "systems/zephyr/chosen.def"
#undef BW_CHOSEN
    NULL,
};

static const bw_node *chosen_node(const checker *c)
{
    return bw_node_child(c->tree->root, c->unit->n->chosen);
}

/* The node that a property of /chosen names, or NULL. */
static const bw_node *chosen_target(const checker *c, const char *name)
{
    const bw_node *chosen = chosen_node(c);
    const bw_prop *p = chosen ? bw_node_prop_text(chosen, name) : NULL;
    const char *path = p ? bw_prop_string(p) : NULL;

    return path && *path == '/' ? bw_tree_by_path(c->tree, path) : NULL;
}

/* ---- names ---- */

static const char *near_chosen(const char *name)
{
    const char *near = NULL;
    size_t least = 3;

    for (const char *const *k = known; *k; k++) {
        size_t distance = bw_zephyr_distance(name, *k, 2);

        if (distance < least) {
            least = distance;
            near = *k;
        }
    }
    return near;
}

/* "watchdog0": an alias by its look. */
static bool is_like_alias(const checker *c, const bw_prop *p)
{
    const char *path = bw_prop_string(p);

    return !strchr(p->name->text, ',') && g_ascii_isdigit(p->name->text[p->name->len - 1]) && path && *path == '/' &&
           bw_tree_by_path(c->tree, path);
}

static void check_name(checker *c, const bw_node *chosen, const bw_prop *p)
{
    const char *name = p->name->text;

    if (g_strv_contains(known, name))
        return;
    if (is_like_alias(c, p)) {
        bw_finding *f =
            bw_find_prop(c->tree, BW_CODE_zephyr_chosen_name, chosen, p, "nobody looks for %s in /chosen", name);
        bw_finding_cure(f, "it looks like an alias: move it to /aliases");
        return;
    }
    /* Applications and SoCs may have names of their own; only what is nearly one of Zephyr's is a mistake. */
    const char *near = g_str_has_prefix(name, "zephyr") ? near_chosen(name) : NULL;
    if (!near)
        return;
    bw_finding *f =
        bw_find_prop(c->tree, BW_CODE_zephyr_chosen_name, chosen, p, "nobody looks for %s in /chosen", name);
    bw_finding_cure(f, "did you mean %s?", near);
}

/* ---- what is missing, and what does not fit together ---- */

/* What is missing belongs into the board's own file: where the node was opened last. */
static void say_missing(checker *c, bw_code code, const bw_node *node, const char *text)
{
    bw_finding *f = bw_find(c->unit, code, bw_node_last_span(node), "%s", text);

    if (f)
        bw_finding_subject(f, bw_node_path(c->tree, node), NULL);
}

static void check_missing(checker *c, const char *name, const char *what)
{
    const bw_node *chosen = chosen_node(c);
    const bw_prop *p = chosen ? bw_node_prop_text(chosen, name) : NULL;

    if (p || c->tree->lacks_nodes)
        return;
    BW_FOR_PROPS (chosen ? chosen : c->tree->root, q)
        if (chosen && near_chosen(q->name->text) && strcmp(near_chosen(q->name->text), name) == 0)
            return; /* misspelt */
    say_missing(c, BW_CODE_zephyr_chosen_missing, chosen ? chosen : c->tree->root,
                bw_arena_printf(&c->unit->arena, "/chosen has no %s, so %s", name, what));
}

static bool is_simulated(const checker *c, const bw_node *node)
{
    for (; node; node = node->parent)
        if (bw_node_is_compatible(c->tree, node, "zephyr,sim-flash"))
            return true;
    return false;
}

static void check_code_partition(checker *c)
{
    const bw_node *flash = chosen_target(c, "zephyr,flash");
    const bw_node *code = chosen_target(c, "zephyr,code-partition");

    if (!flash || !code || bw_node_is_below(code, flash) || is_simulated(c, code) || is_simulated(c, flash))
        return;
    const bw_prop *p = bw_node_prop_text(chosen_node(c), "zephyr,code-partition");
    bw_finding *f = bw_find_elem(c->tree, BW_CODE_zephyr_code_partition, chosen_node(c), p, 0,
                                 "%s is no part of the chosen flash, %s", bw_node_path(c->tree, code),
                                 bw_node_path(c->tree, flash));
    bw_find_note(c->unit, f, bw_prop_value_span(bw_node_prop_text(chosen_node(c), "zephyr,flash")),
                 "the flash is chosen here");
    bw_find_note_node(c->tree, f, code, "the partition");
}

/* ---- aliases ---- */

/* Zephyr's parser stops at an alias that is no path of a node. */
static void check_alias(checker *c, const bw_node *aliases, const bw_prop *p)
{
    const char *path = bw_prop_string(p);

    if (p->value.has_unknown || (path && *path == '/' && bw_tree_by_path(c->tree, path)) || c->tree->lacks_nodes ||
        bw_zephyr_is_said(c, aliases, p->name->text))
        return;
    if (path && *path)
        bw_find_elem(c->tree, BW_CODE_zephyr_alias, aliases, p, 0, "there is no node %s", path);
    else
        bw_find_prop(c->tree, BW_CODE_zephyr_alias, aliases, p, "the alias %s is no path: write &label or a text",
                     p->name->text);
}

void bw_zephyr_check_chosen(bw_zephyr_tree_check *c)
{
    const bw_node *chosen = chosen_node(c);

    if (chosen)
        BW_FOR_PROPS (chosen, p)
            check_name(c, chosen, p);
    check_missing(c, "zephyr,sram", "the size of the RAM is not known to the linker");
    check_missing(c, "zephyr,console", "there is no console");
    check_code_partition(c);
    const bw_node *aliases = bw_node_child(c->tree->root, c->unit->n->aliases);
    if (aliases)
        BW_FOR_PROPS (aliases, p)
            check_alias(c, aliases, p);
}

/* ---- partitions ---- */

void bw_zephyr_check_partitions(bw_zephyr_tree_check *c)
{
    BW_FOR_NODES (c->tree, node) {
        if (!bw_node_is_compatible(c->tree, node, "fixed-partitions"))
            continue;
        BW_FOR_CHILDREN (node, part)
            if (!bw_node_prop(part, c->unit->n->label) && bw_node_prop(part, c->unit->n->reg) &&
                !bw_zephyr_is_said(c, part, "label"))
                bw_find_node(c->tree, BW_CODE_zephyr_partition_label, part, "the partition %s has no label",
                             part->name->text);
    }
}

/* ---- identity, and how names are written ---- */

static void check_root(checker *c)
{
    const bw_node *root = c->tree->root;
    const bw_prop *compatible = bw_node_prop(root, c->unit->n->compatible);
    const bw_prop *model = bw_node_prop(root, c->unit->n->model);
    uint32_t offset = 0;
    const char *text;

    if (c->tree->lacks_nodes)
        return;
    if (!compatible || !model)
        say_missing(c, BW_CODE_zephyr_root_identity, root,
                    bw_arena_printf(&c->unit->arena, "the root node has no %s",
                                    compatible ? "model"
                                    : model    ? "compatible"
                                               : "model and no compatible"));
    for (uint32_t at = 0; compatible && (text = bw_prop_next_string(compatible, &offset)); at = offset)
        if (*text && !strchr(text, ',')) {
            bw_find_elem(c->tree, BW_CODE_zephyr_compatible_vendor, root, compatible, at,
                         "the compatible %s has no vendor in front", text);
            break;
        }
}

static bool is_under_pci(const checker *c, const bw_node *node)
{
    const char *type = node->parent ? bw_node_string(node->parent, c->unit->n->device_type) : NULL;

    return (type && strcmp(type, "pci") == 0) || strchr(bw_name_unit(node->name), ',');
}

/* Whether reg stands in a later body than the one that gave the node its name. */
static bool is_set_later(const checker *c, const bw_node *node, const bw_prop *reg)
{
    const bw_node_event *body = node->history;

    if (!reg->history || !body)
        return false;
    bw_loc at = bw_locs_call_site(&c->unit->locs, reg->history->name, false);
    for (; body->older; body = body->older)
        if (body->kind == BW_SET && at > bw_locs_call_site(&c->unit->locs, body->open, false) &&
            at < bw_locs_call_site(&c->unit->locs, body->close, true))
            return true;
    return false;
}

/* Zephyr makes macros of a node's name. What the checks of any board take for a smaller mistake, or for none where a
 * later body gives the node another reg, is an error here. */
static void check_address(checker *c, const bw_node *node)
{
    const char *unit = bw_name_unit(node->name);
    bw_rows rows = bw_reg_rows(c->tree, node);
    char *end;

    for (bw_finding *f = c->unit->findings->first; f; f = f->next)
        if (f->code == BW_CODE_unit_address_mismatch && f->node && strcmp(f->node, bw_node_path(c->tree, node)) == 0) {
            c->unit->findings->counts[f->severity]--;
            f->code = BW_CODE_zephyr_unit_address;
            f->severity = c->unit->ctx->levels[f->code];
            c->unit->findings->counts[f->severity]++;
            return;
        }
    if (rows.state != BW_STATE_OK || !rows.count || !rows.size_cells || is_under_pci(c, node))
        return;
    bw_row row = bw_rows_get(&rows, 0);
    uint64_t number = g_ascii_strtoull(unit, &end, 16);
    if (!row.known || row.child.cells == 0 || row.child.cells > 2 || end == unit || *end || number == row.child.value ||
        !is_set_later(c, node, rows.prop) || bw_zephyr_is_said(c, node, NULL))
        return;
    bw_finding *f =
        bw_find_elem(c->tree, BW_CODE_zephyr_unit_address, node, rows.prop, 0,
                     "reg begins with 0x%" PRIx64 ", but the node is called %s", row.child.value, node->name->text);
    bw_find_note_node(c->tree, f, node, "the node");
    bw_finding_cure(f, "delete the node, and define one called %.*s@%" PRIx64, (int)node->name->base_len,
                    node->name->text, row.child.value);
}

/* Whether a finding is about the node's name; what is said of its properties, or of a label that it lacks, is another
 * matter. */
static bool is_name_said(const checker *c, const bw_node *node)
{
    const char *path = bw_node_path(c->tree, node);

    for (const bw_finding *f = c->unit->findings->first; f; f = f->next)
        if (f->node && !f->property && f->code != BW_CODE_zephyr_partition_label && strcmp(f->node, path) == 0)
            return true;
    return false;
}

/* dtc and Zephyr's lookups compare text: 0x1a00, 01a00 and 1A00 are three names for one address. */
static void check_unit(checker *c, const bw_node *node)
{
    const char *unit = bw_name_unit(node->name);
    const char *digits = unit;

    if (!*unit || is_under_pci(c, node) || unit[strspn(unit, "0123456789abcdefABCDEFxX")])
        return;
    if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
        digits += 2;
    while (digits[0] == '0' && digits[1])
        digits++;
    char *right = g_ascii_strdown(digits, -1);
    if (strcmp(right, unit) != 0 && !is_name_said(c, node)) {
        bw_finding *f = bw_find_node(c->tree, BW_CODE_zephyr_unit_address_spelling, node,
                                     "the unit address %s is written with %s", unit,
                                     digits == unit   ? "capital letters"
                                     : unit[1] == 'x' ? "0x"
                                                      : "leading zeros");
        bw_finding_cure(f, "call it %.*s@%s", (int)node->name->base_len, node->name->text, right);
    }
    g_free(right);
}

void bw_zephyr_check_identity(bw_zephyr_tree_check *c)
{
    check_root(c);
    BW_FOR_NODES (c->tree, node) {
        if (*bw_name_unit(node->name))
            check_address(c, node);
        check_unit(c, node);
    }
}
