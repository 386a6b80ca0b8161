/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dtc's checks of names and of the plain shape of values, and the steps that resolve references.
 */
#include "check/engine.h"
#include "check/provider.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define NODE_CHARS LETTERS DIGITS ",._+-@"
#define PROPERTY_CHARS LETTERS DIGITS ",._+*#?-"
#define STRICT_CHARS LETTERS DIGITS ",-"

void bw_dtc_always_fail(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FAIL_NODE(run, run->nodes, "this check always fails; it is for tests of the checks themselves");
}

/* -- resolving ------------------------------------------------------------------------------------ */

void bw_dtc_duplicate_node_names(bw_run *run, const bw_check *check)
{
    (void)check;
    run->failed = bw_resolve_duplicate_nodes(run->tree) > 0;
}

void bw_dtc_duplicate_property_names(bw_run *run, const bw_check *check)
{
    (void)check;
    run->failed = bw_resolve_duplicate_props(run->tree) > 0;
}

void bw_dtc_duplicate_label(bw_run *run, const bw_check *check)
{
    (void)check;
    run->failed = bw_resolve_duplicate_labels(run->tree) > 0;
}

void bw_dtc_explicit_phandles(bw_run *run, const bw_check *check)
{
    (void)check;
    run->failed = bw_resolve_phandles(run->tree, run->options) > 0;
}

void bw_dtc_phandle_references(bw_run *run, const bw_check *check)
{
    (void)check;
    run->failed = bw_resolve_references(run->tree, run->options) > 0;
}

void bw_dtc_path_references(bw_run *run, const bw_check *check)
{
    (void)check;
    run->failed = bw_resolve_paths(run->tree) > 0;
}

void bw_dtc_omit_unused_nodes(bw_run *run, const bw_check *check)
{
    (void)check;
    if (bw_resolve_omit_unused(run->tree, run->options))
        bw_run_index(run);
}

/* -- characters of names ---------------------------------------------------------------------------- */

void bw_dtc_node_name_chars(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        const bw_name *name = info->node->name;

        if (name->node_chars)
            continue;
        size_t n = strspn(name->text, NODE_CHARS);
        if (n < name->len)
            BW_FAIL_NODE(run, info, "the character '%c' is not allowed in the name of a node", name->text[n]);
    }
}

void bw_dtc_node_name_chars_strict(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        const bw_name *name = info->node->name;
        size_t n = strspn(name->text, STRICT_CHARS);

        if (n < name->base_len)
            BW_FAIL_NODE(run, info, "the character '%c' is not recommended in the name of a node", name->text[n]);
    }
}

void bw_dtc_node_name_format(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    if (strchr(bw_name_unit(info->node->name), '@'))
        BW_FAIL_NODE(run, info, "the name of a node has one '@' at most");
}

void bw_dtc_node_name_not_empty(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    if (info->node->name->base_len == 0 && !bw_info_is_root(run, info))
        BW_FAIL_NODE(run, info, "the node has no name before its unit address");
}

void bw_dtc_node_name_vs_property_name(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        bw_prop *p = bw_info_is_root(run, info) ? NULL : bw_node_prop(info->node->parent, info->node->name);

        if (p) {
            bw_finding *f = BW_FAIL_NODE(run, info, "the node is called like a property of its parent");
            bw_find_note(run->unit, f, bw_prop_span(p), "the property");
        }
    }
}

void bw_dtc_property_name_chars(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p) {
        if (p->name->property_chars)
            continue;
        size_t n = strspn(p->name->text, PROPERTY_CHARS);
        if (n < p->name->len)
            BW_FAIL_PROP(run, info, p, "the character '%c' is not allowed in the name of a property", p->name->text[n]);
    }
}

/* A '#' may begin a name, or the part after the vendor's prefix. */
static const char *not_strict(const bw_name *name)
{
    const char *s = name->text;
    size_t n = strspn(s, STRICT_CHARS);

    if (s[n] == '#' && (n == 0 || s[n - 1] == ','))
        n += 1 + strspn(s + n + 1, STRICT_CHARS);
    return s[n] ? s + n : NULL;
}

void bw_dtc_property_name_chars_strict(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p) {
        const char *bad = p->name == run->n->device_type ? NULL : not_strict(p->name);

        if (bad)
            BW_FAIL_PROP(run, info, p, "the character '%c' is not recommended in the name of a property", *bad);
    }
}

/* -- the old "name" property -------------------------------------------------------------------------- */

void bw_dtc_name_is_string(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->name, u)
    if (!bw_prop_is_string(u->prop) && bw_run_known(run, u->prop))
        BW_FAIL_PROP(run, &run->nodes[u->info], u->prop, "the value is not one string");
}

/* A right one says nothing new and goes, as the blob's format has the name already. */
void bw_dtc_name_properties(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->name, u)
    {
        bw_info *info = &run->nodes[u->info];
        const bw_name *name = info->node->name;
        const bw_value *v = &u->prop->value;

        if (!bw_prop_is_string(u->prop))
            continue;
        if (v->len == name->base_len + 1 && memcmp(v->data, name->text, name->base_len) == 0)
            bw_prop_delete(u->prop);
        else
            BW_FAIL_PROP(run, info, u->prop, "the name property says \"%s\", but the node is called %.*s",
                         (const char *)v->data, (int)name->base_len, name->text);
    }
}

/* -- the shape of values -------------------------------------------------------------------------------- */

void bw_dtc_is_string(bw_run *run, const bw_check *check)
{
    BW_FOR_USES(run, bw_known_at(run->n, *(const size_t *)check->data), u)
    if (!bw_prop_is_string(u->prop) && bw_run_known(run, u->prop))
        BW_FAIL_PROP(run, &run->nodes[u->info], u->prop, "%s is one string", u->prop->name->text);
}

static void string_list(bw_run *run, bw_info *info, bw_prop *prop)
{
    const bw_value *v = &prop->value;

    if (v->len && v->data[v->len - 1] != 0 && bw_run_known(run, prop))
        BW_FAIL_PROP(run, info, prop, "%s is a list of strings", prop->name->text);
}

void bw_dtc_is_string_list(bw_run *run, const bw_check *check)
{
    BW_FOR_USES(run, bw_known_at(run->n, *(const size_t *)check->data), u)
    string_list(run, &run->nodes[u->info], u->prop);
}

void bw_dtc_names_is_string_list(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p)
        if (p->name->text[p->name->len ? p->name->len - 1 : 0] == 's' && bw_ends(p->name, "-names"))
            string_list(run, info, p);
}

void bw_dtc_is_cell(bw_run *run, const bw_check *check)
{
    BW_FOR_USES(run, bw_known_at(run->n, *(const size_t *)check->data), u)
    {
        if (u->prop->value.len == 4 || !bw_run_known(run, u->prop))
            continue;
        run->nodes[u->info].bad |= BW_BAD_CELLS;
        BW_FAIL_PROP(run, &run->nodes[u->info], u->prop, "%s is one cell (4 bytes), not %u bytes", u->prop->name->text,
                     u->prop->value.len);
    }
}
