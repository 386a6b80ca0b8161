/* SPDX-License-Identifier: Apache-2.0 */
#include "json/make.h"

static bw_json *new_value(bw_arena *arena, bw_json_kind kind)
{
    bw_json *value = bw_arena_new(arena, bw_json);

    value->kind = kind;
    return value;
}

bw_json *bw_json_new_bool(bw_arena *arena, bool truth)
{
    return new_value(arena, truth ? BW_JSON_TRUE : BW_JSON_FALSE);
}

static void set_text(bw_arena *arena, bw_json *value, const char *text)
{
    value->len = (uint32_t)strlen(text);
    value->text = bw_arena_strndup(arena, text, value->len);
}

bw_json *bw_json_new_number(bw_arena *arena, double number, const char *text)
{
    bw_json *value = new_value(arena, BW_JSON_NUMBER);
    char decimal[G_ASCII_DTOSTR_BUF_SIZE];

    value->number = number;
    set_text(arena, value, text ? text : g_ascii_formatd(decimal, sizeof decimal, "%.17g", number));
    return value;
}

bw_json *bw_json_new_text(bw_arena *arena, const char *text)
{
    bw_json *value = new_value(arena, BW_JSON_STRING);

    set_text(arena, value, text);
    return value;
}

bw_json *bw_json_new_array(bw_arena *arena, const bw_json *const *items, uint32_t count)
{
    bw_json *value = new_value(arena, BW_JSON_ARRAY);

    value->count = count;
    value->items = bw_arena_dup(arena, items, sizeof *items * count);
    return value;
}

bw_json *bw_json_new_object(bw_arena *arena, const bw_json_member *members, uint32_t count)
{
    bw_json *value = new_value(arena, BW_JSON_OBJECT);

    value->count = count;
    value->members = bw_arena_dup(arena, members, sizeof *members * count);
    return value;
}

/* The byte at a line and column, both from 1. */
static uint32_t byte_at(bw_source *source, uint32_t line, uint32_t column)
{
    const char *text;
    uint32_t len;

    if (!bw_source_line(source, line, &text, &len))
        return 0;
    return (uint32_t)(text - source->text) + (column > len + 1 ? len : column - 1);
}

void bw_json_locate(bw_json *value, bw_place place)
{
    if (!place.source || !place.source_line || !place.column)
        return;
    value->source = place.source;
    value->begin = byte_at(place.source, place.source_line, place.column);
    value->end = byte_at(place.source, place.source_end_line, place.end_column);
    if (value->end < value->begin)
        value->end = value->begin;
}
