/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Things that point at a node by path: chosen, aliases; and the words of status.
 * Source: Devicetree Specification v0.4, 2.3.4, 3.3, 3.6; Zephyr's chosen nodes.
 */
#include "check/semantic.h"
#include "tree/status.h"

/* The node that a path or an alias names, before any ':'. */
static bw_node *named_node(bw_run *run, const char *text, size_t len, bool *alias_missing)
{
    *alias_missing = false;
    if (len && *text == '/')
        return bw_node_by_path(run->tree->root, bw_arena_strndup(&run->unit->arena, text + 1, len - 1));
    bw_node *aliases = bw_node_child(run->tree->root, run->n->aliases);
    const char *word = bw_arena_strndup(&run->unit->arena, text, strcspn(text, ":/") < len ? strcspn(text, ":/") : len);
    bw_prop *alias = aliases ? bw_node_prop_text(aliases, word) : NULL;
    if (!alias || !bw_prop_is_string(alias)) {
        *alias_missing = !alias;
        return NULL;
    }
    const char *path = (const char *)alias->value.data;
    bw_node *node = *path == '/' ? (path[1] ? bw_node_by_path(run->tree->root, path + 1) : run->tree->root) : NULL;
    size_t used = strlen(word);
    return node && used < len && text[used] == '/'
               ? bw_node_by_path(node, bw_arena_strndup(&run->unit->arena, text + used + 1, len - used - 1))
               : node;
}

static const char *nearest_alias(bw_run *run, const char *word)
{
    bw_node *aliases = bw_node_child(run->tree->root, run->n->aliases);
    const char *names[65];
    unsigned count = 0;

    if (!aliases)
        return NULL;
    BW_FOR_PROPS (aliases, p)
        if (count < 64)
            names[count++] = p->name->text;
    names[count] = NULL;
    return bw_nearest(word, names);
}

static void say_not_enabled(bw_run *run, bw_info *info, const bw_prop *prop, bw_node *target)
{
    const bw_node *off = bw_node_unavailable(run->tree, target);

    bw_status status = off ? bw_node_status(run->tree, off) : BW_STATUS_OKAY;
    if (status != BW_STATUS_DISABLED && status != BW_STATUS_RESERVED && status != BW_STATUS_FAIL)
        return;
    bw_finding *f = BW_SAY_ELEM(run, chosen_disabled, info, prop, 0, "%s points at %s, which is not enabled",
                                prop->name->text, bw_path(run, target));
    bw_find_note(run->unit, f, bw_prop_value_span(bw_node_prop(off, run->n->status)), "the status of %s",
                 bw_path(run, off));
}

static void console(bw_run *run, bw_info *chosen, const bw_prop *prop)
{
    const char *text = (const char *)prop->value.data;
    bool alias_missing;

    if (!bw_prop_is_string(prop) || !bw_run_known(run, prop))
        return;
    size_t len = strcspn(text, ":");
    bw_node *target = named_node(run, text, len, &alias_missing);
    if (target) {
        say_not_enabled(run, chosen, prop, target);
        return;
    }
    bw_finding *f = alias_missing
                        ? BW_SAY_ELEM(run, chosen_target, chosen, prop, 0, "there is no alias \"%.*s\"", (int)len, text)
                        : BW_SAY_ELEM(run, chosen_target, chosen, prop, 0, "there is no node \"%.*s\"", (int)len, text);
    const char *word = bw_arena_strndup(&run->unit->arena, text, len);
    const bw_name *label = alias_missing ? bw_names_find(run->unit->ctx->names, text, len) : NULL;
    if (label && bw_tree_by_label(run->tree, label)) {
        bw_finding_cure(f, "%s is a label, and labels are gone in the blob: write %s = &%s;", word, prop->name->text,
                        word);
        return;
    }
    const char *near = alias_missing ? nearest_alias(run, word) : NULL;
    if (near)
        bw_finding_cure(f, "did you mean %s?", near);
}

/* What every image uses. Other choices (zephyr,canbus, zephyr,bt-hci…) name a device that a board or an
 * application may enable later: SoC files do so as a rule. */
static bool needs_enabled(const bw_name *name)
{
    static const char *const used[] = {"zephyr,console", "zephyr,sram", "zephyr,flash", "zephyr,code-partition", NULL};

    for (const char *const *one = used; *one; one++)
        if (strcmp(name->text, *one) == 0)
            return true;
    return false;
}

void bw_sem_chosen(bw_run *run, const bw_check *check)
{
    bw_node *node = bw_node_child(run->tree->root, run->n->chosen);

    (void)check;
    if (!node || run->tree->plugin || run->tree->has_unknown)
        return;
    bw_info *chosen = bw_info_of(run, node);
    BW_FOR_PROPS (node, p) {
        if (p->name == run->n->stdout_path) {
            console(run, chosen, p);
            continue;
        }
        if (!bw_prop_is_string(p) || p->value.data[0] != '/' || p->value.len < 3 ||
            strncmp(p->name->text, "zephyr,", 7) != 0)
            continue;
        bw_node *target = bw_node_by_path(run->tree->root, (const char *)p->value.data + 1);
        if (target && needs_enabled(p->name))
            say_not_enabled(run, chosen, p, target);
        else if (!target)
            BW_SAY_ELEM(run, chosen_target, chosen, p, 0, "there is no node \"%s\"", (const char *)p->value.data);
    }
}

void bw_sem_aliases(bw_run *run, const bw_check *check)
{
    bw_node *node = bw_node_child(run->tree->root, run->n->aliases);

    (void)check;
    if (!node || !bw_listens(run, BW_CODE_alias_disabled))
        return;
    BW_FOR_PROPS (node, p) {
        if (!bw_prop_is_string(p) || p->value.data[0] != '/' || p->value.len < 3)
            continue;
        bw_node *target = bw_node_by_path(run->tree->root, (const char *)p->value.data + 1);
        const bw_node *off = target ? bw_node_unavailable(run->tree, target) : NULL;
        if (off && bw_node_prop(off, run->n->status))
            BW_SAY_ELEM(run, alias_disabled, bw_info_of(run, node), p, 0, "%s is not enabled", bw_path(run, target));
    }
}

/* "fail-" may be followed by anything that the device says of itself. */
void bw_sem_status(bw_run *run, const bw_check *check)
{
    static const char *const words[] = {"okay", "disabled", "reserved", "fail", "enabled", "on", "off", NULL};

    (void)check;
    BW_FOR_USES(run, run->n->status, u)
    {
        const char *s = (const char *)u->prop->value.data;

        if (!bw_prop_is_string(u->prop) || !bw_run_known(run, u->prop) || bw_prop_equals(u->prop, "okay") ||
            bw_prop_equals(u->prop, "ok") || bw_prop_equals(u->prop, "disabled") ||
            bw_prop_equals(u->prop, "reserved") || bw_prop_equals(u->prop, "fail") || strncmp(s, "fail-", 5) == 0)
            continue;
        bw_finding *f = BW_SAY_ELEM(run, status_value, &run->nodes[u->info], u->prop, 0,
                                    "\"%s\" is no status: whatever is not \"okay\" leaves the node switched off", s);
        const char *near = bw_nearest(s, words);
        if (near && (strcmp(near, "enabled") == 0 || strcmp(near, "on") == 0))
            near = "okay";
        else if (near && strcmp(near, "off") == 0)
            near = "disabled";
        if (near)
            bw_finding_cure(f, "write \"%s\"", near);
    }
}
