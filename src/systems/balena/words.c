/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/words.h"

static uint32_t offset_of(const bw_place *place)
{
    const char *line;
    uint32_t len;

    if (!place->source || !bw_source_line(place->source, place->line, &line, &len))
        return 0;
    return (uint32_t)(line - place->source->text) + place->column - 1;
}

static uint32_t end_of(const bw_place *place)
{
    const char *line;
    uint32_t len;

    if (!place->source || !bw_source_line(place->source, place->end_line, &line, &len))
        return 0;
    return (uint32_t)(line - place->source->text) + place->end_column - 1;
}

/* The next place in the file where a word of the value stands; values are joined lines, so each word is in one piece
 * unless a backslash cuts it. */
static bw_place find_word(const bw_bb_statement *st, const char *word, uint32_t *from, uint32_t end)
{
    const bw_source *source = st->value_place.source;
    const size_t len = strlen(word);
    const char *at = *from < end ? g_strstr_len(source->text + *from, (gssize)(end - *from), word) : NULL;

    if (!at)
        return st->value_place;
    *from = (uint32_t)(at - source->text) + (uint32_t)len;
    return bw_source_place(st->value_place.source, *from - (uint32_t)len, *from);
}

GArray *bw_balena_words(bw_unit *unit, const bw_bb_statement *st)
{
    GArray *words = g_array_new(FALSE, TRUE, sizeof(bw_balena_word));
    uint32_t from = st->value_place.source ? offset_of(&st->value_place) : 0;
    const uint32_t end = st->value_place.source ? end_of(&st->value_place) : 0;

    for (const char *p = st->value; *p;) {
        unsigned open = 0;
        const char *begin;

        while (g_ascii_isspace(*p))
            p++;
        for (begin = p; *p && (open || !g_ascii_isspace(*p)); p++) {
            if (p[0] == '$' && p[1] == '{')
                open++;
            else if (*p == '}' && open)
                open--;
        }
        if (p == begin)
            break;
        bw_balena_word w = {.text = bw_arena_strndup(&unit->arena, begin, (size_t)(p - begin))};
        w.place = end ? find_word(st, w.text, &from, end) : st->value_place;
        g_array_append_val(words, w);
    }
    return words;
}

bw_place bw_balena_name_part(const bw_bb_statement *st, size_t begin, size_t len)
{
    const uint32_t at = offset_of(&st->name_place) + (uint32_t)begin;

    if (!st->name_place.source)
        return st->name_place;
    return bw_source_place(st->name_place.source, at, at + (uint32_t)len);
}

bool bw_balena_is_conf(const char *path)
{
    return strstr(path, "/conf/") != NULL;
}

static void add_word(GHashTable *set, const char *word, size_t len)
{
    if (len)
        g_hash_table_add(set, g_strndup(word, len));
}

static void add_machine_overrides(GHashTable *set, const bw_bb_file *file)
{
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_bb_statement *st = &file->statements[i];
        if (st->kind != BW_BB_ASSIGN || !g_str_has_prefix(st->written, "MACHINEOVERRIDES"))
            continue;
        for (const char *p = st->value; *p;) {
            const size_t len = strcspn(p, ": \t\n'\"${}@[]()!=");
            if (g_ascii_islower(*p))
                add_word(set, p, len);
            p += len;
            p += *p != '\0';
        }
    }
}

static void add_machine_files(GHashTable *set, const char *layer)
{
    char *folder = g_strconcat(layer, "/conf/machine", NULL);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, ".conf"))
            add_word(set, name, strlen(name) - 5);
    if (dir)
        g_dir_close(dir);
    g_free(folder);
}

GHashTable *bw_balena_machines(const bw_balena_repo *repo)
{
    GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const bw_balena_stack *stack = bw_balena_stack_of(repo);

    for (uint32_t i = 0; i < repo->device_count; i++) {
        const bw_balena_device *d = &repo->devices[i];
        add_word(set, d->file, strlen(d->file));
        if (d->machine)
            add_word(set, d->machine, strlen(d->machine));
    }
    for (uint32_t i = 0; i < stack->count; i++)
        if (stack->layers[i].conf)
            add_machine_files(set, stack->layers[i].path);
    for (uint32_t i = 0; repo->layer && i < repo->layer->file_count; i++)
        add_machine_overrides(set, repo->layer->files[i]);
    return set;
}

const bw_balena_release *bw_balena_release_of(const bw_balena_repo *repo)
{
    const bw_balena_stack *stack;

    if (!repo->layer)
        return NULL;
    if (repo->layer->release)
        return repo->layer->release;
    stack = bw_balena_stack_of(repo);
    for (uint32_t i = 0; i < stack->count; i++) {
        const char *name = strrchr(stack->layers[i].path, '/');
        const char *dash = name ? strrchr(name, '-') : NULL;
        const bw_balena_release *release = dash ? bw_balena_release_find(dash + 1) : NULL;
        if (release && (g_str_has_prefix(name, "/meta-balena-") || g_str_has_prefix(name, "/meta-resin-")))
            return release;
    }
    return NULL;
}
