/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/stem.h"

#include <string.h>

const char *const bw_zephyr_endings[] = {".dts", ".overlay", "_defconfig", ".conf"};

bw_zephyr_ending bw_zephyr_ending_of(const char *name, size_t *stem_len)
{
    size_t len = strlen(name);

    for (int e = 0; e < BW_ZEPHYR_NO_ENDING; e++) {
        size_t ending = strlen(bw_zephyr_endings[e]);

        if (len > ending && strcmp(name + len - ending, bw_zephyr_endings[e]) == 0) {
            *stem_len = len - ending;
            return (bw_zephyr_ending)e;
        }
    }
    return BW_ZEPHYR_NO_ENDING;
}

/* Empty segments fall away, as in a CMake list. */
static const char *join(bw_arena *arena, const char *board, const char *segments, const char *revision)
{
    GString *out = g_string_new(board);

    while (segments && *segments) {
        size_t len = strcspn(segments, "/");

        if (len) {
            g_string_append_c(out, '_');
            g_string_append_len(out, segments, (gssize)len);
        }
        segments += len + (segments[len] == '/');
    }
    if (revision && *revision) {
        gsize begin = out->len;

        g_string_append_c(out, '_');
        g_string_append(out, revision);
        for (gsize i = begin; i < out->len; i++)
            if (out->str[i] == '.')
                out->str[i] = '_';
    }
    const char *stem = bw_arena_strndup(arena, out->str, out->len);
    g_string_free(out, TRUE);
    return stem;
}

const char *bw_zephyr_long_stem(bw_arena *arena, const char *board, const char *qualifiers, const char *revision)
{
    return join(arena, board, qualifiers, revision);
}

const char *bw_zephyr_short_stem(bw_arena *arena, const char *board, const char *qualifiers, const char *revision)
{
    if (!qualifiers || !*qualifiers)
        return NULL;
    const char *slash = strchr(qualifiers + 1, '/');
    return join(arena, board, slash, revision);
}

typedef struct collector {
    bw_arena *arena;
    GTree *by_text;
    GPtrArray *texts[BW_ZEPHYR_NO_ENDING];
} collector;

bool bw_zephyr_stem_fits(const bw_zephyr_stem *stem, bw_zephyr_ending ending)
{
    switch (ending) {
    case BW_ZEPHYR_DTS:
        return !stem->revision;
    case BW_ZEPHYR_OVERLAY:
        return stem->revision || stem->target->parent_dts;
    case BW_ZEPHYR_DEFCONFIG:
        return true;
    case BW_ZEPHYR_CONF:
        return stem->revision && !stem->is_short;
    default:
        return false;
    }
}

static void add(collector *c, const bw_zephyr_target *t, const char *revision, bool is_short)
{
    const char *board = t->board->name;
    const char *text = is_short ? bw_zephyr_short_stem(c->arena, board, t->qualifiers, revision)
                                : bw_zephyr_long_stem(c->arena, board, t->qualifiers, revision);

    if (g_tree_lookup(c->by_text, text))
        return;
    bw_zephyr_stem *stem = bw_arena_new(c->arena, bw_zephyr_stem);
    *stem = (bw_zephyr_stem){text, t, revision, is_short};
    g_tree_insert(c->by_text, (gpointer)(uintptr_t)text, stem);
    for (int e = 0; e < BW_ZEPHYR_NO_ENDING; e++)
        if (bw_zephyr_stem_fits(stem, (bw_zephyr_ending)e) && (!is_short || bw_zephyr_may_be_short(t)))
            g_ptr_array_add(c->texts[e], (gpointer)(uintptr_t)text);
}

static void add_target(collector *c, const bw_zephyr_target *t, bool is_short)
{
    const bw_yml_board *yml = t->board->yml;

    add(c, t, NULL, is_short);
    for (uint32_t i = 0; i < yml->revision_count; i++)
        if (*yml->revisions[i].name)
            add(c, t, yml->revisions[i].name, is_short);
}

static int compare_texts(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return strcmp(a, b);
}

bw_zephyr_stems bw_zephyr_stems_of(bw_arena *arena, const bw_zephyr_board *const *boards)
{
    collector c = {.arena = arena, .by_text = g_tree_new_full(compare_texts, NULL, NULL, NULL)};
    bw_zephyr_stems stems = {.by_text = c.by_text};

    for (int e = 0; e < BW_ZEPHYR_NO_ENDING; e++)
        c.texts[e] = g_ptr_array_new();
    /* Long names first: a short one of the same text is no other target's in a board with one SoC. */
    for (int is_short = 0; is_short < 2; is_short++)
        for (const bw_zephyr_board *const *b = boards; *b; b++)
            for (uint32_t i = 0; i < (*b)->target_count; i++)
                add_target(&c, (*b)->targets[i], is_short);
    for (int e = 0; e < BW_ZEPHYR_NO_ENDING; e++) {
        g_ptr_array_add(c.texts[e], NULL);
        stems.texts[e] = bw_arena_dup(arena, c.texts[e]->pdata, c.texts[e]->len * sizeof(char *));
        g_ptr_array_free(c.texts[e], TRUE);
    }
    return stems;
}

void bw_zephyr_stems_free(bw_zephyr_stems *stems)
{
    g_tree_unref(stems->by_text);
}

const bw_zephyr_stem *bw_zephyr_stem_called(const bw_zephyr_stems *stems, const char *text)
{
    return g_tree_lookup(stems->by_text, text);
}
