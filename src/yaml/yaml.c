/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/yaml.h"

#include <string.h>

const bw_yaml *bw_yaml_get(const bw_yaml *map, const char *key)
{
    if (!map || map->kind != BW_YAML_MAP)
        return NULL;
    for (uint32_t i = 0; i < map->count; i++)
        if (strcmp(map->entries[i].key->text, key) == 0)
            return map->entries[i].value;
    return NULL;
}

bool bw_yaml_is_null(const bw_yaml *value)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};

    if (value->kind != BW_YAML_SCALAR || !value->plain)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(nulls); i++)
        if (strcmp(value->text, nulls[i]) == 0)
            return true;
    return false;
}

bw_place bw_yaml_place(const bw_yaml *value)
{
    const char *text = value->source->text;
    uint32_t end = value->begin;

    while (end < value->end && text[end] != '\n' && text[end] != '\r')
        end++;
    while (end > value->begin && (text[end - 1] == ' ' || text[end - 1] == '\t'))
        end--;
    return bw_source_place(value->source, value->begin, end);
}

const char *bw_yaml_kind_name(const bw_yaml *value)
{
    if (value->kind == BW_YAML_LIST)
        return "a list";
    if (value->kind == BW_YAML_MAP)
        return "a map";
    return bw_yaml_is_null(value) ? "nothing" : "text";
}
