/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include <stdarg.h>

const bw_json_member *bw_json_member_of(const bw_json *object, const char *name)
{
    if (!object || object->kind != BW_JSON_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < object->count; i++)
        if (strcmp(object->members[i].name, name) == 0)
            return &object->members[i];
    return NULL;
}

const bw_json *bw_json_get(const bw_json *object, const char *name)
{
    const bw_json_member *member = bw_json_member_of(object, name);

    return member ? member->value : NULL;
}

bw_place bw_json_place(const bw_json *value)
{
    uint32_t end;

    if (!value || !value->source)
        return (bw_place){0};
    end = value->end;
    if (value->kind == BW_JSON_ARRAY || value->kind == BW_JSON_OBJECT) {
        const char *line_end = memchr(value->source->text + value->begin, '\n', value->end - value->begin);

        if (line_end)
            end = (uint32_t)(line_end - value->source->text);
        while (end > value->begin + 1 && strchr(" \t\r", value->source->text[end - 1]))
            end--;
    }
    return bw_source_place(value->source, value->begin, end);
}

const char *bw_json_kind_name(const bw_json *value)
{
    static const char *const names[] = {"null", "false", "true", "a number", "text", "an array", "an object"};

    return value ? names[value->kind] : "nothing";
}

bw_finding *bw_json_find(bw_findings *findings, bw_code code, const bw_json *value, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    bw_finding *f = bw_findings_addv(findings, code, bw_json_place(value), format, ap);
    va_end(ap);
    if (value && value->replaced && value->replaced->source)
        bw_finding_note(f, bw_json_place(value->replaced), "a patch put it in the place of this one");
    return f;
}
