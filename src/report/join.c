/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

struct bw_join {
    bw_findings *into;
    GHashTable *seen; /* bw_finding -> number of the last board that had it */
    guint boards;
};

static guint finding_hash(gconstpointer data)
{
    const bw_finding *f = data;

    return g_str_hash(f->text) ^ (guint)f->code * 31 ^ f->place.line * 2654435761U ^ f->place.column;
}

static gboolean finding_equal(gconstpointer a, gconstpointer b)
{
    const bw_finding *f = a;
    const bw_finding *g = b;

    return f->code == g->code && f->severity == g->severity && f->place.line == g->place.line &&
           f->place.column == g->place.column && f->place.end_line == g->place.end_line &&
           f->place.end_column == g->place.end_column && g_strcmp0(f->place.file, g->place.file) == 0 &&
           strcmp(f->text, g->text) == 0 &&
           /* Without a line the node is the place. */
           (f->place.line || g_strcmp0(f->node, g->node) == 0);
}

bw_join *bw_join_new(bw_findings *into)
{
    bw_join *join = g_new0(bw_join, 1);

    join->into = into;
    join->seen = g_hash_table_new(finding_hash, finding_equal);
    return join;
}

void bw_join_free(bw_join *join)
{
    g_hash_table_destroy(join->seen);
    g_free(join);
}

static const char *copy_text(bw_arena *arena, const char *text)
{
    return text ? bw_arena_strdup(arena, text) : NULL;
}

/* A path of a source lives with the context; any other with the board's findings. */
static bw_place copy_place(bw_arena *arena, bw_place place)
{
    if (place.file && !place.source)
        place.file = bw_arena_strdup(arena, place.file);
    return place;
}

static bw_finding *copy_finding(bw_arena *arena, const bw_finding *f)
{
    bw_finding *copy = bw_arena_new(arena, bw_finding);

    *copy = *f;
    copy->next = NULL;
    copy->arena = arena;
    copy->boards = 1;
    copy->place = copy_place(arena, f->place);
    copy->text = bw_arena_strdup(arena, f->text);
    copy->node = copy_text(arena, f->node);
    copy->property = copy_text(arena, f->property);
    copy->cure = copy_text(arena, f->cure);
    bw_related **related = &copy->related;
    for (const bw_related *r = f->related; r; r = r->next, related = &(*related)->next) {
        *related = bw_arena_new(arena, bw_related);
        **related = (bw_related){NULL, copy_place(arena, r->place), bw_arena_strdup(arena, r->text)};
    }
    bw_trail **trail = &copy->trail;
    for (const bw_trail *t = f->trail; t; t = t->next, trail = &(*trail)->next) {
        *trail = bw_arena_new(arena, bw_trail);
        **trail = (bw_trail){NULL, copy_place(arena, t->place), bw_arena_strdup(arena, t->text)};
    }
    return copy;
}

/* One entry a finding, with what it is sorted by. */
typedef struct placed {
    const bw_finding *finding;
    guint file; /* order in which the board's findings first speak of its file; 0: no file */
} placed;

static gint compare_placed(gconstpointer a, gconstpointer b)
{
    const placed *f = a;
    const placed *g = b;
    const bw_place *p = &f->finding->place;
    const bw_place *q = &g->finding->place;

    if (f->file != g->file)
        return f->file < g->file ? -1 : 1;
    if (p->line != q->line)
        return p->line < q->line ? -1 : 1;
    return p->column < q->column ? -1 : p->column > q->column;
}

/* Checks run one after another over the whole tree; a person reads from top to bottom. */
static GArray *in_reading_order(const bw_findings *findings)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(placed));
    GHashTable *files = g_hash_table_new(g_str_hash, g_str_equal);

    for (const bw_finding *f = findings->first; f; f = f->next) {
        placed p = {f, 0};

        if (f->place.file) {
            p.file = GPOINTER_TO_UINT(g_hash_table_lookup(files, f->place.file));
            if (!p.file) {
                p.file = g_hash_table_size(files) + 1;
                g_hash_table_insert(files, (char *)(uintptr_t)f->place.file, GUINT_TO_POINTER(p.file));
            }
        }
        g_array_append_val(list, p);
    }
    g_hash_table_destroy(files);
    g_array_sort(list, compare_placed); /* stable */
    return list;
}

void bw_join_add(bw_join *join, const bw_findings *from)
{
    bw_findings *into = join->into;
    uint32_t kept[4] = {0};

    join->boards++;
    GArray *list = in_reading_order(from);
    for (guint i = 0; i < list->len; i++) {
        const bw_finding *f = g_array_index(list, placed, i).finding;
        gpointer before, board;

        kept[f->severity]++;
        if (g_hash_table_lookup_extended(join->seen, f, &before, &board)) {
            if (GPOINTER_TO_UINT(board) != join->boards) {
                ((bw_finding *)before)->boards++;
                g_hash_table_insert(join->seen, before, GUINT_TO_POINTER(join->boards));
            }
            continue;
        }
        into->counts[f->severity]++;
        if (into->limit && g_hash_table_size(join->seen) >= into->limit)
            continue;
        bw_finding *copy = copy_finding(&into->arena, f);
        g_hash_table_insert(join->seen, copy, GUINT_TO_POINTER(join->boards));
        if (into->last)
            into->last->next = copy;
        else
            into->first = copy;
        into->last = copy;
    }
    g_array_free(list, TRUE);
    /* Those beyond the limit of the board were counted only. */
    for (int i = 0; i < 4; i++)
        into->counts[i] += from->counts[i] - kept[i];
}
