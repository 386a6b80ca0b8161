/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of /chosen: an entry is a path, or an alias with options behind a ':' as stdout-path has them. */
#include "systems/sel4/parts.h"

#include "tree/status.h"
#include "tree/strings.h"

#include <string.h>

static const bw_node *by_alias(const bw_tree *tree, const char *entry, const char **path)
{
    const bw_node *aliases = bw_tree_by_path(tree, "/aliases");
    char *alias = bw_arena_strndup(&tree->unit->arena, entry, strcspn(entry, ":"));
    const bw_prop *prop = aliases ? bw_node_prop_text(aliases, alias) : NULL;

    *path = prop ? bw_prop_string(prop) : NULL;
    return *path ? bw_tree_by_path(tree, *path) : NULL;
}

/* The path like it, of another node of the same kind: same name without the unit address, or near by letters. */
static const char *nearest_path(const bw_tree *tree, const char *path)
{
    GPtrArray *paths = g_ptr_array_new();

    BW_FOR_NODES (tree, node)
        g_ptr_array_add(paths, bw_node_path(tree, node));
    g_ptr_array_add(paths, NULL);
    const char *near = bw_nearest(path, (const char *const *)paths->pdata);

    g_ptr_array_free(paths, TRUE);
    return near;
}

static void say_missing(const bw_tree *tree, const bw_node *chosen, const bw_prop *prop, uint32_t offset,
                        const char *entry, const char *path)
{
    bw_finding *finding;

    if (path)
        finding = bw_find_elem(tree, BW_CODE_sel4_device_missing, chosen, prop, offset,
                               "'%s' of %s leads to no node: there is no %s", entry, prop->name->text, path);
    else
        finding = bw_find_elem(tree, BW_CODE_sel4_device_missing, chosen, prop, offset,
                               "'%s' of %s is no alias, and no path", entry, prop->name->text);
    const char *near = path ? nearest_path(tree, path) : NULL;

    if (near)
        bw_finding_cure(finding, "did you mean \"%s\"?", near);
}

static void say_disabled(const bw_tree *tree, const bw_node *chosen, const bw_prop *prop, uint32_t offset,
                         const bw_node *node)
{
    bw_finding *finding =
        bw_find_elem(tree, BW_CODE_sel4_device_disabled, chosen, prop, offset,
                     "%s is not enabled; seL4 does not look at status and uses it", bw_node_path(tree, node));

    bw_find_note_node(tree, finding, node, "its status is %s", bw_node_string(node, tree->unit->n->status));
}

bool bw_sel4_is_among(const GPtrArray *nodes, const bw_node *node)
{
    for (guint i = 0; nodes && i < nodes->len; i++)
        if (nodes->pdata[i] == node)
            return true;
    return false;
}

bool bw_sel4_chosen(const bw_tree *tree, const char *property, const GPtrArray *said, GPtrArray *nodes)
{
    const bw_node *chosen = bw_tree_by_path(tree, "/chosen");
    const bw_prop *prop = chosen ? bw_node_prop_text(chosen, property) : NULL;
    uint32_t offset = 0, at = 0;
    const char *entry;
    bool ok = true;

    while (prop && (entry = bw_prop_next_string(prop, &offset))) {
        const char *path = entry;
        const bw_node *node = entry[0] == '/' ? bw_tree_by_path(tree, entry) : by_alias(tree, entry, &path);

        if (!node) {
            say_missing(tree, chosen, prop, at, entry, path);
            ok = false;
        } else {
            const bw_status status = bw_node_status(tree, node);

            if (status != BW_STATUS_OKAY && status != BW_STATUS_UNKNOWN && !bw_sel4_is_among(said, node))
                say_disabled(tree, chosen, prop, at, node);
            g_ptr_array_add(nodes, (void *)node);
        }
        at = offset;
    }
    return ok;
}

const bw_sel4_rule *bw_sel4_match(const bw_sel4_rules *rules, const bw_node *node, const char **compatible)
{
    const bw_prop *prop = bw_node_prop_text(node, "compatible");
    uint32_t offset = 0;
    const char *text;

    while (prop && (text = bw_prop_next_string(prop, &offset))) {
        const bw_sel4_rule *rule = bw_sel4_rule_for(rules, text);

        if (rule) {
            *compatible = text;
            return rule;
        }
    }
    return NULL;
}
