/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From libyaml's events to values. Recursion is bounded by BW_YAML_MAX_DEPTH; aliases are bounded
 * by counting what they stand for each time they are used.
 */
#include "yaml/yaml.h"

#include "yaml/marks.h"
#include "yaml/problem.h"
#include "yaml/simple.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/** What "&name" names. */
typedef struct anchor {
    const bw_yaml *value; /**< NULL while it is still being read */
    uint32_t weight;      /**< values in it, aliases followed */
    uint32_t height;      /**< levels in it; 0 of a scalar */
} anchor;

typedef struct reader {
    yaml_parser_t parser;
    bw_marks marks;
    bw_source *source;
    bw_arena *arena;
    bw_findings *findings;
    GTree *anchors;  /**< name to anchor; a tree, because a hash table can be flooded */
    uint32_t weight; /**< values so far, aliases followed */
} reader;

/** A value and its dimensions. */
typedef struct measured {
    bw_yaml *value; /**< NULL after a finding */
    uint32_t height;
} measured;

static const measured failed = {NULL, 0};

static measured read_value(reader *r, yaml_event_t *event, uint32_t depth);

static bw_place place_of(const reader *r, const yaml_mark_t *begin, const yaml_mark_t *end)
{
    uint32_t from = bw_marks_byte(&r->marks, begin->index);
    uint32_t to = bw_marks_byte(&r->marks, end->index);

    return bw_source_place(r->source, from, to);
}

static bool next_event(reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event))
        return true;
    bw_yaml_report(&r->parser, &r->marks, r->source, r->findings);
    return false;
}

static bool weigh(reader *r, const yaml_event_t *event, uint32_t weight)
{
    if (weight <= BW_YAML_MAX_VALUES && r->weight <= BW_YAML_MAX_VALUES - weight) {
        r->weight += weight;
        return true;
    }
    bw_finding *f = bw_findings_add(r->findings, BW_CODE_yaml_limit, place_of(r, &event->start_mark, &event->end_mark),
                                    "here the file grows beyond %u values", (unsigned)BW_YAML_MAX_VALUES);
    if (event->type == YAML_ALIAS_EVENT)
        bw_finding_cure(f, "write the value out instead of using aliases of aliases");
    return false;
}

static bw_yaml *new_value(reader *r, bw_yaml_kind kind, const yaml_event_t *event)
{
    bw_yaml *value = bw_arena_new(r->arena, bw_yaml);

    value->kind = kind;
    value->source = r->source;
    value->begin = bw_marks_byte(&r->marks, event->start_mark.index);
    value->end = bw_marks_byte(&r->marks, event->end_mark.index);
    return value;
}

/* -- anchors ---------------------------------------------------------------------------------- */

static int compare_names(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return strcmp(a, b);
}

static anchor *begin_anchor(reader *r, const yaml_char_t *name)
{
    if (!name)
        return NULL;
    anchor *a = bw_arena_new(r->arena, anchor);
    g_tree_replace(r->anchors, bw_arena_strdup(r->arena, (const char *)name), a);
    return a;
}

static void end_anchor(anchor *a, measured m, uint32_t weight)
{
    if (!a)
        return;
    a->value = m.value;
    a->height = m.height;
    a->weight = weight;
}

static measured read_alias(reader *r, const yaml_event_t *event, uint32_t depth)
{
    const char *name = (const char *)event->data.alias.anchor;
    bw_place place = place_of(r, &event->start_mark, &event->end_mark);
    const anchor *a = g_tree_lookup(r->anchors, name);

    if (!a) {
        bw_findings_add(r->findings, BW_CODE_yaml_syntax, place, "no value before this is marked &%s", name);
        return failed;
    }
    if (!a->value) {
        bw_findings_add(r->findings, BW_CODE_yaml_syntax, place, "*%s stands inside the very value that it means",
                        name);
        return failed;
    }
    if (!weigh(r, event, a->weight))
        return failed;
    if (depth + a->height > BW_YAML_MAX_DEPTH) {
        bw_findings_add(r->findings, BW_CODE_yaml_limit, place, "with *%s the values nest deeper than %u levels", name,
                        (unsigned)BW_YAML_MAX_DEPTH);
        return failed;
    }
    bw_yaml *value = bw_arena_dup(r->arena, a->value, sizeof *value);
    value->begin = bw_marks_byte(&r->marks, event->start_mark.index);
    value->end = bw_marks_byte(&r->marks, event->end_mark.index);
    return (measured){value, a->height};
}

/* -- values ----------------------------------------------------------------------------------- */

static measured read_scalar(reader *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;

    if (memchr(text, '\0', len)) {
        bw_findings_add(r->findings, BW_CODE_yaml_encoding, place_of(r, &event->start_mark, &event->end_mark),
                        "text with a NUL character (\\0) in it means nothing here");
        return failed;
    }
    bw_yaml *value = new_value(r, BW_YAML_SCALAR, event);
    value->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    value->text = bw_arena_strndup(r->arena, text, len);
    value->len = (uint32_t)len;
    return (measured){value, 0};
}

/* The end mark of a block's last event lies at the next token; a value ends with its last child. */
static void close_value(reader *r, bw_yaml *value, const yaml_event_t *end, uint32_t last_end)
{
    if (end->end_mark.index > end->start_mark.index)
        value->end = bw_marks_byte(&r->marks, end->end_mark.index);
    else
        value->end = last_end > value->begin ? last_end : value->begin;
}

static measured read_list(reader *r, const yaml_event_t *start, uint32_t depth)
{
    bw_yaml *list = new_value(r, BW_YAML_LIST, start);
    GPtrArray *items = g_ptr_array_new();
    uint32_t height = 0;
    uint32_t last_end = 0;
    yaml_event_t event;
    bool ok;

    while ((ok = next_event(r, &event)) && event.type != YAML_SEQUENCE_END_EVENT) {
        measured item = read_value(r, &event, depth + 1);

        if (!(ok = item.value != NULL))
            break;
        g_ptr_array_add(items, item.value);
        height = MAX(height, item.height);
        last_end = item.value->end;
    }
    if (ok) {
        close_value(r, list, &event, last_end);
        yaml_event_delete(&event);
        list->count = items->len;
        list->items = bw_arena_dup(r->arena, items->pdata, items->len * sizeof *items->pdata);
    }
    g_ptr_array_free(items, TRUE);
    return ok ? (measured){list, height + 1} : failed;
}

/* -- maps ------------------------------------------------------------------------------------- */

static bool is_merge_key(const bw_yaml *key)
{
    return key->plain && strcmp(key->text, "<<") == 0;
}

/* An entry with where it stood, and whether a merge key brought it. */
typedef struct draft {
    bw_yaml_entry entry;
    uint32_t order;
    bool merged;
    bool dropped;
} draft;

static void add_draft(GArray *drafts, bw_yaml_entry entry, bool merged)
{
    draft d = {entry, drafts->len, merged, false};

    g_array_append_val(drafts, d);
}

static bool merge_one(reader *r, GArray *drafts, const bw_yaml *from)
{
    if (from->kind != BW_YAML_MAP) {
        bw_findings_add(r->findings, BW_CODE_yaml_syntax, bw_yaml_place(from), "'<<' merges maps, but this is %s",
                        bw_yaml_kind_name(from));
        return false;
    }
    for (uint32_t i = 0; i < from->count; i++)
        add_draft(drafts, from->entries[i], true);
    return true;
}

static bool merge(reader *r, GArray *drafts, const bw_yaml *value)
{
    if (value->kind != BW_YAML_LIST)
        return merge_one(r, drafts, value);
    for (uint32_t i = 0; i < value->count; i++)
        if (!merge_one(r, drafts, value->items[i]))
            return false;
    return true;
}

static int compare_drafts(const void *a, const void *b)
{
    const draft *x = *(const draft *const *)a;
    const draft *y = *(const draft *const *)b;
    int by_key = strcmp(x->entry.key->text, y->entry.key->text);

    if (by_key != 0)
        return by_key;
    return x->order < y->order ? -1 : 1;
}

/* What is written in the map itself wins over what is merged, an earlier merge over a later one. */
static void judge_same_key(reader *r, draft *first, draft *again)
{
    if (again->merged) {
        again->dropped = true;
        return;
    }
    bw_finding *f = bw_findings_add(r->findings, BW_CODE_duplicate_key, bw_yaml_place(again->entry.key),
                                    "the key '%s' stands twice in one map", again->entry.key->text);
    bw_finding_note(f, bw_yaml_place(first->entry.key), "it is already here");
    first->entry.value = again->entry.value;
    again->dropped = true;
}

static void drop_same_keys(reader *r, GArray *drafts)
{
    draft **sorted = g_new(draft *, drafts->len + 1);

    for (guint i = 0; i < drafts->len; i++)
        sorted[i] = &g_array_index(drafts, draft, i);
    qsort(sorted, drafts->len, sizeof(draft *), compare_drafts);
    for (guint i = 0, first = 0; i < drafts->len; i++) {
        if (i == first)
            continue;
        if (strcmp(sorted[first]->entry.key->text, sorted[i]->entry.key->text) == 0)
            judge_same_key(r, sorted[first], sorted[i]);
        else
            first = i;
    }
    g_free(sorted);
}

static void keep_drafts(reader *r, bw_yaml *map, const GArray *drafts)
{
    bw_yaml_entry *entries = bw_arena_array(r->arena, bw_yaml_entry, drafts->len);

    for (guint i = 0; i < drafts->len; i++) {
        const draft *d = &g_array_index(drafts, draft, i);

        if (!d->dropped)
            entries[map->count++] = d->entry;
    }
    map->entries = entries;
}

static const bw_yaml *read_key(reader *r, yaml_event_t *event, uint32_t depth)
{
    yaml_mark_t begin = event->start_mark;
    yaml_mark_t end = event->end_mark;
    const bw_yaml *key = read_value(r, event, depth).value;

    if (!key || key->kind == BW_YAML_SCALAR)
        return key;
    bw_place place = place_of(r, &begin, &end);
    place.end_line = place.line;
    place.source_end_line = place.source_line;
    place.end_column = place.column + 1;
    bw_findings_add(r->findings, BW_CODE_yaml_syntax, place, "a key is a word, but this is %s", bw_yaml_kind_name(key));
    return NULL;
}

/* All entries of a map up to its end event. @return false after a finding. */
static bool read_entries(reader *r, GArray *drafts, GPtrArray *merges, uint32_t depth, uint32_t *height,
                         uint32_t *last_end, yaml_event_t *end)
{
    yaml_event_t event;

    for (;;) {
        if (!next_event(r, end))
            return false;
        if (end->type == YAML_MAPPING_END_EVENT)
            return true;
        const bw_yaml *key = read_key(r, end, depth + 1);
        if (!key || !next_event(r, &event))
            return false;
        measured m = read_value(r, &event, depth + 1);
        if (!m.value)
            return false;
        if (is_merge_key(key))
            g_ptr_array_add(merges, m.value);
        else
            add_draft(drafts, (bw_yaml_entry){key, m.value}, false);
        *height = MAX(*height, m.height);
        *last_end = m.value->end > key->end ? m.value->end : key->end;
    }
}

static measured read_map(reader *r, const yaml_event_t *start, uint32_t depth)
{
    bw_yaml *map = new_value(r, BW_YAML_MAP, start);
    GArray *drafts = g_array_new(FALSE, FALSE, sizeof(draft));
    GPtrArray *merges = g_ptr_array_new();
    uint32_t height = 0;
    uint32_t last_end = 0;
    yaml_event_t end;
    bool ok = read_entries(r, drafts, merges, depth, &height, &last_end, &end);

    if (ok) {
        close_value(r, map, &end, last_end);
        yaml_event_delete(&end);
        for (guint i = 0; i < merges->len && ok; i++)
            ok = merge(r, drafts, merges->pdata[i]);
    }
    if (ok) {
        drop_same_keys(r, drafts);
        keep_drafts(r, map, drafts);
    }
    g_ptr_array_free(merges, TRUE);
    g_array_free(drafts, TRUE);
    return ok ? (measured){map, height + 1} : failed;
}

/* Takes the event over. */
static measured read_value(reader *r, yaml_event_t *event, uint32_t depth)
{
    uint32_t before = r->weight;
    measured m = failed;
    anchor *a = NULL;

    if (depth > BW_YAML_MAX_DEPTH) {
        bw_findings_add(r->findings, BW_CODE_yaml_limit, place_of(r, &event->start_mark, &event->end_mark),
                        "values nest deeper than %u levels", (unsigned)BW_YAML_MAX_DEPTH);
    } else if (event->type == YAML_ALIAS_EVENT) {
        m = read_alias(r, event, depth);
    } else if (!weigh(r, event, 1)) {
        m = failed;
    } else if (event->type == YAML_SCALAR_EVENT) {
        a = begin_anchor(r, event->data.scalar.anchor);
        m = read_scalar(r, event);
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        a = begin_anchor(r, event->data.sequence_start.anchor);
        m = read_list(r, event, depth);
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        a = begin_anchor(r, event->data.mapping_start.anchor);
        m = read_map(r, event, depth);
    }
    end_anchor(a, m, r->weight - before);
    yaml_event_delete(event);
    return m;
}

/* -- the file --------------------------------------------------------------------------------- */

static bw_yaml *empty_document(reader *r)
{
    bw_yaml *value = bw_arena_new(r->arena, bw_yaml);

    value->source = r->source;
    value->plain = true;
    value->text = "";
    return value;
}

static const bw_yaml *read_document(reader *r)
{
    yaml_event_t event;

    if (!next_event(r, &event)) /* a stream begins */
        return NULL;
    yaml_event_delete(&event);
    if (!next_event(r, &event))
        return NULL;
    bool empty = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
    if (empty)
        return empty_document(r);
    if (!next_event(r, &event))
        return NULL;
    const bw_yaml *root = read_value(r, &event, 0).value;
    if (!root || !next_event(r, &event)) /* the document ends */
        return NULL;
    yaml_event_delete(&event);
    if (!next_event(r, &event))
        return NULL;
    bool more = event.type != YAML_STREAM_END_EVENT;
    if (more)
        bw_findings_add(r->findings, BW_CODE_yaml_syntax, place_of(r, &event.start_mark, &event.end_mark),
                        "a second document begins here, but the file is one");
    yaml_event_delete(&event);
    return more ? NULL : root;
}

const bw_yaml *bw_yaml_read_any(bw_source *source, bw_arena *arena, bw_findings *findings)
{
    reader r = {.source = source, .arena = arena, .findings = findings};

    if (!bw_yaml_readable(source, findings))
        return NULL;
    if (!yaml_parser_initialize(&r.parser))
        g_error("libyaml has no memory for its parser");
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)source->text, source->len);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    bw_marks_init(&r.marks, source->text, source->len);
    r.anchors = g_tree_new_full(compare_names, NULL, NULL, NULL);
    const bw_yaml *root = read_document(&r);
    g_tree_unref(r.anchors);
    bw_marks_free(&r.marks);
    yaml_parser_delete(&r.parser);
    return root;
}

const bw_yaml *bw_yaml_read(bw_source *source, bw_arena *arena, bw_findings *findings)
{
    const bw_yaml *simple = bw_yaml_read_simple(source, arena);

    return simple ? simple : bw_yaml_read_any(source, arena, findings);
}

const bw_yaml *bw_yaml_read_file(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings)
{
    int error;
    bw_source *source = bw_source_open(ctx->sources, path, &error);

    if (source)
        return bw_yaml_read(source, arena, findings);
    bw_findings_add(findings, BW_CODE_file_unreadable, bw_file_place(path), "%s", g_strerror(error));
    return NULL;
}
