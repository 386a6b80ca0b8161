/* SPDX-License-Identifier: Apache-2.0 */
#include "base/loc.h"

#include <glib.h>
#include <string.h>

void bw_locs_clear(bw_locs *locs)
{
    locs->visit_count = 0;
    locs->expansion_count = 0;
    locs->next = 1;
}

void bw_locs_free(bw_locs *locs)
{
    g_free(locs->visits);
    g_free(locs->expansions);
    memset(locs, 0, sizeof *locs);
}

bw_loc bw_locs_visit(bw_locs *locs, bw_source *source, bw_loc included)
{
    uint32_t room = BW_LOC_MACRO - locs->next;

    if (source->len + 2 >= room)
        return 0;
    if (locs->visit_count == locs->visit_room) {
        locs->visit_room = locs->visit_room ? locs->visit_room * 2 : 64;
        locs->visits = g_renew(bw_visit, locs->visits, locs->visit_room);
    }
    bw_loc base = locs->next;
    locs->visits[locs->visit_count++] = (bw_visit){base, included, source};
    locs->next += source->len + 1;
    return base;
}

bw_loc bw_locs_expand(bw_locs *locs, bw_loc spelling, bw_loc call, bw_loc call_last, const bw_name *macro)
{
    if (locs->expansion_count == locs->expansion_room) {
        if (locs->expansion_count >= BW_LOC_MACRO / 64)
            return call;
        locs->expansion_room = locs->expansion_room ? locs->expansion_room * 2 : 1024;
        locs->expansions = g_renew(bw_expansion, locs->expansions, locs->expansion_room);
    }
    locs->expansions[locs->expansion_count] = (bw_expansion){spelling, call, call_last, macro};
    return BW_LOC_MACRO | locs->expansion_count++;
}

const bw_visit *bw_locs_visit_of(const bw_locs *locs, bw_loc loc)
{
    uint32_t low = 0;
    uint32_t high = locs->visit_count;

    if (loc == 0 || (loc & BW_LOC_MACRO) || high == 0)
        return NULL;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (locs->visits[middle].base <= loc)
            low = middle;
        else
            high = middle;
    }
    return &locs->visits[low];
}

bw_loc bw_locs_call_site(const bw_locs *locs, bw_loc loc, bool end)
{
    while (loc & BW_LOC_MACRO) {
        const bw_expansion *e = &locs->expansions[loc & ~BW_LOC_MACRO];

        loc = end ? e->call_last : e->call;
    }
    return loc;
}

static bool is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* Length of the token at an offset, as it stands in a value; a parenthesis counts to its partner. */
static uint32_t token_length(const bw_source *s, uint32_t offset)
{
    const char *t = s->text + offset;
    const char *end = s->text + s->len;
    const char *p = t;

    if (p >= end)
        return 0;
    if (is_word(*p)) {
        while (p < end && is_word(*p))
            p++;
    } else if (*p == '"' || *p == '\'') {
        char quote = *p++;
        while (p < end && *p != quote && (quote == '"' || *p != '\n'))
            p += *p == '\\' && p + 1 < end ? 2 : 1;
        p += p < end;
    } else if (*p == '(') {
        int depth = 0;
        const char *q = p;
        for (; q < end && *q != ';' && *q != '{'; q++) {
            depth += (*q == '(') - (*q == ')');
            if (depth == 0)
                break;
        }
        p = q < end && *q == ')' ? q + 1 : p + 1;
    } else if (*p == '&' && p + 1 < end && p[1] == '{') {
        while (p < end && *p != '}' && *p != '\n')
            p++;
        p += p < end && *p == '}';
    } else if (*p == '&' && p + 1 < end && is_word(p[1])) {
        p++;
        while (p < end && is_word(*p))
            p++;
    } else if (*p == '/' && p + 1 < end && g_ascii_isalpha(p[1])) {
        const char *q = p + 1;
        while (q < end && (g_ascii_isalnum(*q) || *q == '-'))
            q++;
        p = q < end && *q == '/' ? q + 1 : p + 1;
    } else {
        p++;
    }
    return (uint32_t)(p - t);
}

/* What line markers make of a line. */
static void presume(const bw_source *source, uint32_t offset, const char **file, uint32_t *line)
{
    const bw_line_mark *found = NULL;

    if (!source->marks)
        return;
    for (guint i = 0; i < source->marks->len; i++) {
        const bw_line_mark *m = &g_array_index(source->marks, bw_line_mark, i);
        if (m->offset > offset)
            break;
        found = m;
    }
    if (found) {
        uint32_t mark_line;
        uint32_t column;
        bw_source_position((bw_source *)(uintptr_t)source, found->offset, &mark_line, &column);
        *file = found->file;
        *line = found->line + (*line - mark_line);
    }
}

bw_place bw_source_place(bw_source *source, uint32_t begin, uint32_t end)
{
    bw_place place = {.file = source->path, .source = source};
    const char *end_file = source->path;

    if (end < begin)
        end = begin;
    bw_source_position(source, begin, &place.source_line, &place.column);
    bw_source_position(source, end, &place.source_end_line, &place.end_column);
    place.line = place.source_line;
    place.end_line = place.source_end_line;
    presume(source, begin, &place.file, &place.line);
    presume(source, end, &end_file, &place.end_line);
    return place;
}

bw_place bw_file_place(const char *path)
{
    return (bw_place){.file = path};
}

bw_place bw_locs_place(const bw_locs *locs, bw_span span)
{
    bw_loc begin = bw_locs_call_site(locs, span.begin, false);
    bw_loc last = bw_locs_call_site(locs, span.last, true);
    const bw_visit *visit = bw_locs_visit_of(locs, begin);

    if (!visit)
        return (bw_place){0};
    if (last < begin || bw_locs_visit_of(locs, last) != visit) {
        last = bw_locs_call_site(locs, span.begin, true);
        if (last < begin || bw_locs_visit_of(locs, last) != visit)
            last = begin;
    }
    uint32_t offset = last - visit->base;
    uint32_t len = span.last_len;
    if (len == 0 || (span.last & BW_LOC_MACRO))
        len = token_length(visit->source, offset);
    if (len > visit->source->len - offset)
        len = visit->source->len - offset;
    return bw_source_place(visit->source, begin - visit->base, offset + len);
}
