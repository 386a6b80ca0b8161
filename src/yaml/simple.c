/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/simple.h"

#include <string.h>

/* Beyond these libyaml may look at it. */
#define BYTES_MAX 65536
#define DEPTH_MAX 24
#define KEY_MAX 64
#define ENTRIES_MAX 256

/* Column of a file's end. */
#define NO_COLUMN (-1)

typedef struct reader {
    bw_source *source;
    bw_arena *arena;
    const char *text;
    uint32_t at;     /* the first byte that is not read */
    uint32_t end;    /* of the text */
    uint32_t line;   /* where the line of at begins */
    GArray *entries; /* of bw_yaml_entry: a stack for the maps that are being read */
    GPtrArray *items;
} reader;

static bw_yaml *read_block(reader *r, int column, int depth);

/* -- characters and lines ----------------------------------------------------------------------- */

/* No tabs, carriage returns, or anything beyond ASCII. */
static bool is_simple_text(const char *text, uint32_t len)
{
    const uint64_t ones = 0x0101010101010101ULL;
    uint64_t high = 0;
    uint32_t i = 0;

    /* Eight bytes at a time: the top bit of a byte is set where it is, or becomes, 0x80 or more. */
    for (; i + 8 <= len; i += 8) {
        uint64_t word;

        memcpy(&word, text + i, 8);
        uint64_t newline = word ^ (ones * '\n');
        /* Of an ASCII byte these tell whether it is a newline, is below a space, is DEL. */
        uint64_t other = newline + ones * 0x7f;
        uint64_t control = ~(word + ones * (0x80 - 0x20));
        high |= word | (word + ones) | (control & other);
        if (high & (ones << 7))
            return false;
    }
    for (; i < len; i++)
        if ((text[i] < ' ' && text[i] != '\n') || text[i] == 0x7f)
            return false;
    return true;
}

static char char_at(const reader *r, uint32_t at)
{
    return at < r->end ? r->text[at] : '\n';
}

static bool ends_word(char c)
{
    return c == ' ' || c == '\n';
}

static void skip_spaces(reader *r)
{
    while (char_at(r, r->at) == ' ')
        r->at++;
}

/* Whether only a comment stands in the rest of the line. A comment needs a space before it. */
static bool line_is_over(const reader *r)
{
    char c = char_at(r, r->at);

    return c == '\n' || (c == '#' && (r->at == r->line || r->text[r->at - 1] == ' '));
}

/* Goes to the next word in another line. @return its column, or NO_COLUMN. */
static int next_line(reader *r)
{
    for (;;) {
        const char *newline = r->at < r->end ? memchr(r->text + r->at, '\n', r->end - r->at) : NULL;

        if (!newline) {
            r->at = r->end;
            return NO_COLUMN;
        }
        r->line = r->at = (uint32_t)(newline - r->text) + 1;
        skip_spaces(r);
        if (r->at == r->end)
            return NO_COLUMN;
        if (!line_is_over(r))
            return (int)(r->at - r->line);
    }
}

/* -- scalars ------------------------------------------------------------------------------------ */

static bw_yaml *new_value(reader *r, bw_yaml_kind kind, uint32_t begin)
{
    bw_yaml *value = bw_arena_new(r->arena, bw_yaml);

    value->kind = kind;
    value->source = r->source;
    value->begin = value->end = begin;
    return value;
}

static bw_yaml *new_scalar(reader *r, uint32_t begin, uint32_t end, bool plain)
{
    bw_yaml *value = new_value(r, BW_YAML_SCALAR, begin);
    uint32_t quote = plain ? 0 : 1;

    value->end = end;
    value->plain = plain;
    value->len = end - begin - 2 * quote;
    value->text = bw_arena_strndup(r->arena, r->text + begin + quote, value->len);
    return value;
}

/* A quoted text without escapes. */
static bw_yaml *read_quoted(reader *r)
{
    uint32_t begin = r->at;
    char quote = r->text[r->at++];

    for (; char_at(r, r->at) != quote; r->at++)
        if (char_at(r, r->at) == '\n' || char_at(r, r->at) == '\\')
            return NULL;
    r->at++;
    bw_yaml *value = new_scalar(r, begin, r->at, false);
    /* Two quotes in single quotes mean one; behind the last one nothing may stand. */
    if (!ends_word(char_at(r, r->at)))
        return NULL;
    skip_spaces(r);
    return line_is_over(r) ? value : NULL;
}

static bool begins_plain(const reader *r)
{
    char c = char_at(r, r->at);

    return g_ascii_isalnum(c) || (c && strchr("_/.$(+<~", c)) || (c == '-' && g_ascii_isalnum(char_at(r, r->at + 1)));
}

/* A scalar that ends with its line. */
static bw_yaml *read_scalar(reader *r)
{
    uint32_t begin = r->at;
    uint32_t end = begin;

    if (r->text[begin] == '"' || r->text[begin] == '\'')
        return read_quoted(r);
    if (!begins_plain(r))
        return NULL;
    for (; !line_is_over(r); r->at++) {
        if (r->text[r->at] == ':' && ends_word(char_at(r, r->at + 1)))
            return NULL;
        if (r->text[r->at] != ' ')
            end = r->at + 1;
    }
    return new_scalar(r, begin, end, true);
}

/* -- lists and maps ------------------------------------------------------------------------------- */

static bool is_dash(const reader *r)
{
    return char_at(r, r->at) == '-' && ends_word(char_at(r, r->at + 1));
}

/* @return bytes of the key that stands here in front of its ':', or 0. */
static uint32_t key_length(const reader *r)
{
    uint32_t len = 0;

    if (!g_ascii_isalnum(char_at(r, r->at)) && char_at(r, r->at) != '_')
        return 0;
    for (;; len++) {
        char c = char_at(r, r->at + len);

        if (c == ':' && ends_word(char_at(r, r->at + len + 1)))
            return len;
        if (len == KEY_MAX || (!g_ascii_isalnum(c) && !(c && strchr("_-./,+@", c))))
            return 0;
    }
}

/* The value behind a key, or behind a dash of a list, up to the next line that is not part of it.
 * @param dashed whether a list may begin in the column itself. @param next gets the column that follows */
static bw_yaml *read_below(reader *r, int column, bool dashed, int depth, int *next)
{
    uint32_t begin = r->at;
    bw_yaml *value;

    skip_spaces(r);
    if (!line_is_over(r)) {
        value = read_scalar(r);
        *next = next_line(r);
        /* Deeper lines would go on with the text. */
        return *next <= column ? value : NULL;
    }
    *next = next_line(r);
    if (*next > column || (dashed && *next == column && is_dash(r))) {
        value = read_block(r, *next, depth);
        *next = r->at == r->end ? NO_COLUMN : (int)(r->at - r->line);
        return value;
    }
    return dashed ? new_scalar(r, begin, begin, true) : NULL;
}

static bw_yaml *read_list(reader *r, int column, int depth)
{
    bw_yaml *list = new_value(r, BW_YAML_LIST, r->at);
    guint first = r->items->len;
    int next = column;

    while (next == column && is_dash(r)) {
        bw_yaml *item = NULL;

        r->at++;
        skip_spaces(r);
        if (!line_is_over(r) && (is_dash(r) || key_length(r))) {
            item = read_block(r, (int)(r->at - r->line), depth + 1);
            next = r->at == r->end ? NO_COLUMN : (int)(r->at - r->line);
        } else {
            item = read_below(r, column, false, depth + 1, &next);
        }
        if (!item || next > column)
            return NULL;
        list->end = item->end;
        g_ptr_array_add(r->items, item);
    }
    list->count = r->items->len - first;
    list->items = bw_arena_dup(r->arena, r->items->pdata + first, list->count * sizeof *r->items->pdata);
    g_ptr_array_set_size(r->items, (gint)first);
    return list;
}

static bool has_key(const reader *r, guint first, const bw_yaml *key)
{
    for (guint i = first; i < r->entries->len; i++) {
        const bw_yaml *other = g_array_index(r->entries, bw_yaml_entry, i).key;

        if (other->len == key->len && memcmp(other->text, key->text, key->len) == 0)
            return true;
    }
    return false;
}

static bw_yaml *read_map(reader *r, int column, int depth)
{
    bw_yaml *map = new_value(r, BW_YAML_MAP, r->at);
    guint first = r->entries->len;
    int next = column;

    while (next == column) {
        uint32_t len = key_length(r);
        bw_yaml_entry entry;

        if (!len || r->entries->len - first == ENTRIES_MAX)
            return NULL;
        bw_yaml *key = new_scalar(r, r->at, r->at + len, true);
        r->at += len + 1;
        entry = (bw_yaml_entry){key, read_below(r, column, true, depth + 1, &next)};
        if (!entry.value || next > column || has_key(r, first, key))
            return NULL;
        map->end = entry.value->end;
        g_array_append_val(r->entries, entry);
    }
    map->count = r->entries->len - first;
    map->entries =
        bw_arena_dup(r->arena, &g_array_index(r->entries, bw_yaml_entry, first), map->count * sizeof(bw_yaml_entry));
    g_array_set_size(r->entries, first);
    return map;
}

static bw_yaml *read_block(reader *r, int column, int depth)
{
    if (depth > DEPTH_MAX)
        return NULL;
    return is_dash(r) ? read_list(r, column, depth) : read_map(r, column, depth);
}

const bw_yaml *bw_yaml_read_simple(bw_source *source, bw_arena *arena)
{
    reader r = {.source = source, .arena = arena, .text = source->text, .end = source->len};

    if (source->len > BYTES_MAX || !is_simple_text(source->text, source->len))
        return NULL;
    skip_spaces(&r);
    int column = line_is_over(&r) ? next_line(&r) : (int)r.at;
    if (column == NO_COLUMN || r.at == r.end)
        return NULL;
    r.entries = g_array_new(FALSE, FALSE, sizeof(bw_yaml_entry));
    r.items = g_ptr_array_new();
    const bw_yaml *value = read_block(&r, column, 0);
    g_array_free(r.entries, TRUE);
    g_ptr_array_free(r.items, TRUE);
    return value && r.at == r.end ? value : NULL;
}
