/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/strings.h"

#include <string.h>

bw_state bw_prop_strings(const bw_prop *prop, uint32_t *count)
{
    if (!prop)
        return BW_STATE_NONE;
    const bw_value *value = &prop->value;
    if (bw_prop_sure(prop) < value->len)
        return BW_STATE_UNKNOWN;
    if (value->len == 0 || value->data[value->len - 1] != '\0')
        return BW_STATE_BAD;
    uint32_t n = 0;
    for (uint32_t i = 0; i < value->len; i++)
        n += value->data[i] == '\0';
    *count = n;
    return BW_STATE_OK;
}

const char *bw_prop_next_string(const bw_prop *prop, uint32_t *offset)
{
    if (!prop || *offset >= bw_prop_sure(prop))
        return NULL;
    const char *text = (const char *)prop->value.data + *offset;
    const char *end = memchr(text, '\0', prop->value.len - *offset);
    if (!end)
        return NULL;
    *offset += (uint32_t)(end - text) + 1;
    return text;
}

const char *bw_prop_string_at(const bw_prop *prop, uint32_t index)
{
    uint32_t offset = 0;
    const char *text;

    while ((text = bw_prop_next_string(prop, &offset)) && index > 0)
        index--;
    return text;
}

const char *bw_prop_string(const bw_prop *prop)
{
    return bw_prop_string_at(prop, 0);
}

const char *bw_node_string(const bw_node *node, const bw_name *name)
{
    return bw_prop_string(bw_node_prop(node, name));
}

int bw_prop_string_index(const bw_prop *prop, const char *text)
{
    uint32_t offset = 0;
    const char *s;

    for (int i = 0; (s = bw_prop_next_string(prop, &offset)); i++)
        if (strcmp(s, text) == 0)
            return i;
    return -1;
}

bool bw_node_is_compatible(const bw_tree *tree, const bw_node *node, const char *text)
{
    return bw_prop_string_index(bw_node_prop(node, tree->unit->n->compatible), text) >= 0;
}
