/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/deprecated.h"

#include <string.h>

typedef struct reader {
    bw_source *source;
    const char *p, *end;
} reader;

typedef struct word {
    const char *begin;
    size_t len;
} word;

static void skip_blanks(reader *r)
{
    while (r->p < r->end) {
        if (*r->p == '#')
            while (r->p < r->end && *r->p != '\n')
                r->p++;
        else if (g_ascii_isspace(*r->p))
            r->p++;
        else
            break;
    }
}

/* A word, or a quoted one without its quotes. Empty at a parenthesis and at the end. */
static word next_word(reader *r)
{
    word w;

    skip_blanks(r);
    if (r->p < r->end && *r->p == '"') {
        w.begin = ++r->p;
        while (r->p < r->end && *r->p != '"')
            r->p++;
        w.len = (size_t)(r->p - w.begin);
        r->p += r->p < r->end;
        return w;
    }
    w.begin = r->p;
    while (r->p < r->end && !g_ascii_isspace(*r->p) && !strchr("()#\"", *r->p))
        r->p++;
    w.len = (size_t)(r->p - w.begin);
    return w;
}

static bw_place place_of(const reader *r, word w)
{
    uint32_t begin = (uint32_t)(w.begin - r->source->text);

    return bw_source_place(r->source, begin, begin + (uint32_t)w.len);
}

/* set(<name>_DEPRECATED <now>): what stands behind "set". */
static void read_set(const reader *r, word name, word now, bw_arena *arena, GArray *items)
{
    static const char ending[] = "_DEPRECATED";
    size_t len = strlen(ending);

    if (name.len <= len || memcmp(name.begin + name.len - len, ending, len) != 0 || now.len == 0)
        return;
    name.len -= len;
    bw_zephyr_renamed item = {.old = bw_arena_strndup(arena, name.begin, name.len),
                              .now = bw_arena_strndup(arena, now.begin, now.len),
                              .old_at = place_of(r, name),
                              .now_at = place_of(r, now)};
    g_array_append_val(items, item);
}

const bw_zephyr_deprecated *bw_zephyr_deprecated_read(bw_context *ctx, const char *path, bw_arena *arena)
{
    bw_source *source = bw_source_open(ctx->sources, path, NULL);

    if (!source)
        return NULL;
    reader r = {source, source->text, source->text + source->len};
    GArray *items = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_renamed));
    for (skip_blanks(&r); r.p < r.end; skip_blanks(&r)) {
        word command = next_word(&r);

        skip_blanks(&r);
        if (r.p >= r.end || *r.p != '(') {
            r.p += r.p < r.end && command.len == 0; /* a stray ')' */
            continue;
        }
        r.p++;
        word name = next_word(&r);
        word now = next_word(&r);
        if (command.len == 3 && g_ascii_strncasecmp(command.begin, "set", 3) == 0)
            read_set(&r, name, now, arena, items);
        while (r.p < r.end && *r.p != ')') {
            if (next_word(&r).len == 0 && r.p < r.end && *r.p != ')')
                r.p++;
        }
        r.p += r.p < r.end;
    }
    bw_zephyr_deprecated *deprecated = bw_arena_new(arena, bw_zephyr_deprecated);
    deprecated->source = source;
    deprecated->count = items->len;
    deprecated->items = bw_arena_dup(arena, items->data, items->len * sizeof(bw_zephyr_renamed));
    g_array_free(items, TRUE);
    return deprecated;
}

const bw_zephyr_renamed *bw_zephyr_renamed_from(const bw_zephyr_deprecated *deprecated, const char *old)
{
    for (uint32_t i = deprecated ? deprecated->count : 0; i > 0; i--)
        if (strcmp(deprecated->items[i - 1].old, old) == 0)
            return &deprecated->items[i - 1];
    return NULL;
}
