/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/update.h"

#include <string.h>

#define CONTEXT 3

/* ---- edits ---- */

static const char *below_root(const bw_balena_repo *repo, const char *path)
{
    const size_t len = strlen(repo->root);

    if (strncmp(path, repo->root, len) == 0 && path[len] == '/')
        path += len + 1;
    return path;
}

static bw_balena_file_change *change_of(bw_balena_updates *update, bw_source *source)
{
    const char *path = below_root(update->repo, source->path);

    for (guint i = 0; i < update->files->len; i++) {
        bw_balena_file_change *c = update->files->pdata[i];
        if (c->source == source)
            return c;
    }
    bw_balena_file_change *c = bw_arena_new(&update->repo->unit->arena, bw_balena_file_change);
    c->path = c->new_path = path;
    c->source = source;
    c->edits = g_array_new(FALSE, FALSE, sizeof(bw_balena_edit));
    g_ptr_array_add(update->files, c);
    return c;
}

void bw_balena_edit_add(bw_balena_updates *update, bw_source *source, uint32_t begin, uint32_t end, const char *text)
{
    bw_balena_file_change *c = change_of(update, source);
    const bw_balena_edit edit = {begin, end, bw_arena_strdup(&update->repo->unit->arena, text)};
    guint at = c->edits->len;

    while (at > 0 && g_array_index(c->edits, bw_balena_edit, at - 1).begin > begin)
        at--;
    if (at > 0 && g_array_index(c->edits, bw_balena_edit, at - 1).end > begin)
        return;
    if (at < c->edits->len && g_array_index(c->edits, bw_balena_edit, at).begin < end)
        return;
    g_array_insert_val(c->edits, at, edit);
}

void bw_balena_edit_move(bw_balena_updates *update, bw_source *source, const char *new_path)
{
    change_of(update, source)->new_path = bw_arena_strdup(&update->repo->unit->arena, new_path);
}

void bw_balena_place_bytes(const bw_place *place, uint32_t *begin, uint32_t *end)
{
    const char *line;
    uint32_t len;

    *begin = *end = 0;
    if (!place->source)
        return;
    if (bw_source_line(place->source, place->line, &line, &len))
        *begin = (uint32_t)(line - place->source->text) + place->column - 1;
    if (bw_source_line(place->source, place->end_line, &line, &len))
        *end = (uint32_t)(line - place->source->text) + place->end_column - 1;
}

/* ---- texts ---- */

GString *bw_balena_changed_text(const bw_balena_file_change *c)
{
    GString *out = g_string_sized_new(c->source->len + 64);
    uint32_t at = 0;

    for (guint i = 0; i < c->edits->len; i++) {
        const bw_balena_edit *e = &g_array_index(c->edits, bw_balena_edit, i);
        g_string_append_len(out, c->source->text + at, (gssize)(e->begin - at));
        g_string_append(out, e->text);
        at = e->end;
    }
    g_string_append_len(out, c->source->text + at, (gssize)(c->source->len - at));
    return out;
}

/* Lines [first, last] of the file that edits touch, and what they become. */
typedef struct block {
    uint32_t first, last; /* from 1; last < first: lines are put in before first */
    GString *text;        /* whole lines */
} block;

static uint32_t line_of(const bw_balena_file_change *c, uint32_t offset)
{
    uint32_t line, column;

    bw_source_position(c->source, offset, &line, &column);
    return line;
}

static uint32_t line_begin(const bw_balena_file_change *c, uint32_t line)
{
    const char *text;
    uint32_t len;

    if (!bw_source_line(c->source, line, &text, &len))
        return c->source->len;
    return (uint32_t)(text - c->source->text);
}

/* End of a line with its newline. */
static uint32_t line_end(const bw_balena_file_change *c, uint32_t line)
{
    const char *text;
    uint32_t len;

    if (!bw_source_line(c->source, line, &text, &len))
        return c->source->len;
    const uint32_t end = (uint32_t)(text - c->source->text) + len;
    const char *newline = memchr(c->source->text + end, '\n', c->source->len - end);
    return newline ? (uint32_t)(newline - c->source->text) + 1 : c->source->len;
}

/* Leaves out lines at both ends that stay as they are. */
static void narrow(const bw_balena_file_change *c, block *b)
{
    while (b->first <= b->last && b->text->len) {
        const uint32_t begin = line_begin(c, b->first), len = line_end(c, b->first) - begin;
        if (len > b->text->len || memcmp(c->source->text + begin, b->text->str, len) != 0)
            break;
        g_string_erase(b->text, 0, len);
        b->first++;
    }
    while (b->first <= b->last && b->text->len) {
        const uint32_t begin = line_begin(c, b->last), len = line_end(c, b->last) - begin;
        const size_t at = b->text->len - MIN((size_t)len, b->text->len);
        if (len > b->text->len || (at && b->text->str[at - 1] != '\n') ||
            memcmp(c->source->text + begin, b->text->str + at, len) != 0)
            break;
        g_string_truncate(b->text, at);
        b->last--;
    }
}

/* Edits of the same lines together. */
static GArray *blocks_of(const bw_balena_file_change *c)
{
    GArray *blocks = g_array_new(FALSE, FALSE, sizeof(block));

    for (guint i = 0; i < c->edits->len;) {
        const bw_balena_edit *e = &g_array_index(c->edits, bw_balena_edit, i);
        block b = {.first = line_of(c, e->begin), .text = g_string_new(NULL)};
        const bool whole_lines =
            e->begin == e->end && line_begin(c, b.first) == e->begin && g_str_has_suffix(e->text, "\n");
        if (e->begin >= c->source->len || whole_lines) { /* put in */
            b.first = e->begin >= c->source->len ? line_of(c, c->source->len ? c->source->len - 1 : 0) + 1 : b.first;
            b.last = b.first - 1;
            g_string_append(b.text, e->text);
            i++;
        } else {
            uint32_t at = line_begin(c, b.first);
            b.last = b.first;
            while (i < c->edits->len) {
                e = &g_array_index(c->edits, bw_balena_edit, i);
                if (line_of(c, e->begin) > b.last || e->begin >= c->source->len)
                    break;
                g_string_append_len(b.text, c->source->text + at, (gssize)(e->begin - at));
                g_string_append(b.text, e->text);
                at = e->end;
                b.last = MAX(b.last, line_of(c, e->end > e->begin ? e->end - 1 : e->begin));
                i++;
            }
            const uint32_t end = line_end(c, b.last);
            g_string_append_len(b.text, c->source->text + at, (gssize)(end - MIN(at, end)));
        }
        narrow(c, &b);
        g_array_append_val(blocks, b);
    }
    return blocks;
}

static uint32_t count_lines(const char *text, size_t len)
{
    uint32_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += text[i] == '\n';
    return n + (len && text[len - 1] != '\n');
}

static void put_lines(GString *out, char sign, const char *text, size_t len)
{
    while (len) {
        const char *newline = memchr(text, '\n', len);
        const size_t n = newline ? (size_t)(newline - text) + 1 : len;
        g_string_append_c(out, sign);
        g_string_append_len(out, text, (gssize)n);
        if (!newline)
            g_string_append(out, "\n\\ No newline at end of file\n");
        text += n;
        len -= n;
    }
}

static void put_file_lines(GString *out, const bw_balena_file_change *c, char sign, uint32_t first, uint32_t last)
{
    for (uint32_t n = first; n <= last; n++)
        put_lines(out, sign, c->source->text + line_begin(c, n), line_end(c, n) - line_begin(c, n));
}

/* Blocks [from, to) in one hunk. @param shift how far lines have moved by what stands above */
static void put_hunk(GString *out, const bw_balena_file_change *c, const GArray *blocks, guint from, guint to,
                     uint32_t lines, int64_t *shift)
{
    const block *head = &g_array_index(blocks, block, from), *tail = &g_array_index(blocks, block, to - 1);
    const uint32_t first = head->first > CONTEXT ? head->first - CONTEXT : 1;
    const uint32_t last = MIN(lines, tail->last + CONTEXT);
    int64_t added = 0;

    for (guint i = from; i < to; i++) {
        const block *b = &g_array_index(blocks, block, i);
        added += (int64_t)count_lines(b->text->str, b->text->len) - ((int64_t)b->last - b->first + 1);
    }
    const int64_t old_count = (int64_t)last - first + 1;
    g_string_append_printf(out, "@@ -%u,%" G_GINT64_FORMAT " +%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT " @@\n", first,
                           old_count, first + *shift, old_count + added);
    uint32_t at = first;
    for (guint i = from; i < to; i++) {
        const block *b = &g_array_index(blocks, block, i);
        if (b->first > at)
            put_file_lines(out, c, ' ', at, b->first - 1);
        put_file_lines(out, c, '-', b->first, b->last);
        put_lines(out, '+', b->text->str, b->text->len);
        at = b->last + 1;
    }
    put_file_lines(out, c, ' ', at, last);
    *shift += added;
}

void bw_balena_change_diff(const bw_balena_file_change *c, GString *out)
{
    const uint32_t lines = count_lines(c->source->text, c->source->len);
    int64_t shift = 0;

    if (c->edits->len || strcmp(c->path, c->new_path) != 0)
        g_string_append_printf(out, "diff --git a/%s b/%s\n", c->path, c->new_path);
    if (strcmp(c->path, c->new_path) != 0)
        g_string_append_printf(out, "rename from %s\nrename to %s\n", c->path, c->new_path);
    if (!c->edits->len)
        return;
    g_string_append_printf(out, "--- a/%s\n+++ b/%s\n", c->path, c->new_path);
    GArray *blocks = blocks_of(c);
    for (guint from = 0, to; from < blocks->len; from = to) {
        for (to = from + 1; to < blocks->len; to++)
            if (g_array_index(blocks, block, to).first > g_array_index(blocks, block, to - 1).last + 2 * CONTEXT + 1)
                break;
        put_hunk(out, c, blocks, from, to, lines, &shift);
    }
    for (guint i = 0; i < blocks->len; i++)
        g_string_free(g_array_index(blocks, block, i).text, TRUE);
    g_array_free(blocks, TRUE);
}

/* ---- all ---- */

static gint by_path(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const bw_balena_file_change *const *)a)->path, (*(const bw_balena_file_change *const *)b)->path);
}

bw_balena_updates *bw_balena_update_make(const bw_balena_repo *repo, const bw_balena_release *to)
{
    bw_balena_updates *update = g_new0(bw_balena_updates, 1);

    update->repo = repo;
    update->to = to;
    update->files = g_ptr_array_new();
    if (repo->layer) {
        bw_balena_update_layers(update);
        bw_balena_update_names(update);
        bw_balena_update_sizes(update);
    }
    g_ptr_array_sort(update->files, by_path);
    return update;
}

void bw_balena_update_free(bw_balena_updates *update)
{
    if (!update)
        return;
    for (guint i = 0; i < update->files->len; i++)
        g_array_free(((bw_balena_file_change *)update->files->pdata[i])->edits, TRUE);
    g_ptr_array_free(update->files, TRUE);
    g_free(update);
}
