/* SPDX-License-Identifier: Apache-2.0 */
#include "json/write.h"

#include <glib.h>
#include <math.h>

/* Whole numbers up to here are exact in a double. */
#define EXACT 9007199254740992.0

static json_t *number(double value)
{
    if (!isfinite(value))
        return json_null();
    if (value == floor(value) && fabs(value) <= EXACT)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *text(const char *bytes, size_t len)
{
    json_t *json = json_stringn(bytes, len);

    if (json)
        return json;
    char *valid = g_utf8_make_valid(bytes, (gssize)len);
    json = json_string(valid);
    g_free(valid);
    return json;
}

json_t *bw_json_to_jansson(const bw_json *value)
{
    json_t *json;

    switch (value->kind) {
    case BW_JSON_FALSE:
        return json_false();
    case BW_JSON_TRUE:
        return json_true();
    case BW_JSON_NUMBER:
        return number(value->number);
    case BW_JSON_STRING:
        return text(value->text, value->len);
    case BW_JSON_ARRAY:
        json = json_array();
        for (uint32_t i = 0; i < value->count; i++)
            json_array_append_new(json, bw_json_to_jansson(value->items[i]));
        return json;
    case BW_JSON_OBJECT:
        json = json_object();
        for (uint32_t i = 0; i < value->count; i++) {
            char *name = g_utf8_make_valid(value->members[i].name, -1);

            json_object_set_new(json, name, bw_json_to_jansson(value->members[i].value));
            g_free(name);
        }
        return json;
    default:
        return json_null();
    }
}

char *bw_json_text_of(const bw_json *value, const bw_json_format *format)
{
    json_t *json = bw_json_to_jansson(value);
    size_t flags = JSON_ENCODE_ANY | (format->sorted ? JSON_SORT_KEYS : 0);

    flags |= format->compact ? (size_t)JSON_COMPACT : (size_t)JSON_INDENT(2);
    char *dumped = json_dumps(json, flags);
    char *out = g_strconcat(dumped ? dumped : "null", "\n", NULL);
    free(dumped);
    json_decref(json);
    return out;
}
