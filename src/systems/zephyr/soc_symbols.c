/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/soc_symbols.h"

#include "systems/zephyr/kconfig.h"
#include "systems/zephyr/walk.h"

#include <string.h>

/* Folders within a SoC's folder. */
#define DEPTH_MAX 16

struct bw_zephyr_soc_symbols {
    const bw_zephyr *z;
    GMutex lock;
    GHashTable *symbols; /* name -> bw_zephyr_symbol_kind */
    GHashTable *dirs;    /* set: folders that were read */
    bool all_read;
};

bw_zephyr_soc_symbols *bw_zephyr_soc_symbols_new(const bw_zephyr *z)
{
    bw_zephyr_soc_symbols *s = g_new0(bw_zephyr_soc_symbols, 1);

    s->z = z;
    s->symbols = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->dirs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_mutex_init(&s->lock);
    return s;
}

void bw_zephyr_soc_symbols_free(bw_zephyr_soc_symbols *s)
{
    if (!s)
        return;
    g_hash_table_destroy(s->symbols);
    g_hash_table_destroy(s->dirs);
    g_mutex_clear(&s->lock);
    g_free(s);
}

static void read_file(bw_zephyr_soc_symbols *s, const char *path, bw_arena *arena)
{
    bw_source *source = bw_source_open(s->z->ctx->sources, path, NULL);
    const bw_kconfig *k = source ? bw_kconfig_read(source, arena, NULL) : NULL;

    for (uint32_t i = 0; k && i < k->count; i++) {
        if (k->lines[i].word != BW_KCONFIG_CONFIG)
            continue;
        const bw_kconfig_span name = k->lines[i].what;
        char *symbol = g_strndup(source->text + name.begin, name.end - name.begin);
        int kind = bw_kconfig_has_prompt(k, i) ? BW_ZEPHYR_SYMBOL_OPTION : BW_ZEPHYR_SYMBOL_SELECTED;

        if (GPOINTER_TO_INT(g_hash_table_lookup(s->symbols, symbol)) < kind)
            g_hash_table_replace(s->symbols, symbol, GINT_TO_POINTER(kind));
        else
            g_free(symbol);
    }
}

static void read_dir(bw_zephyr_soc_symbols *s, const char *dir, int depth)
{
    GPtrArray *names = g_hash_table_contains(s->dirs, dir) ? NULL : bw_zephyr_names_in(dir);
    bw_arena arena;

    if (!names)
        return;
    g_hash_table_add(s->dirs, g_strdup(dir));
    bw_arena_init(&arena);
    for (guint i = 0; i < names->len; i++) {
        const char *path = bw_zephyr_path(&arena, dir, names->pdata[i]);

        if (g_str_has_prefix(names->pdata[i], "Kconfig.soc"))
            read_file(s, path, &arena);
        else if (depth < DEPTH_MAX && !strchr(names->pdata[i], '.') && bw_zephyr_is_dir(path) &&
                 !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            read_dir(s, path, depth + 1);
    }
    bw_arena_free(&arena);
    g_ptr_array_free(names, TRUE);
}

static void read_all(bw_zephyr_soc_symbols *s)
{
    for (uint32_t i = 0; i < s->z->soc_count && !s->all_read; i++)
        for (uint32_t d = 0; d < s->z->socs[i]->dir_count; d++)
            read_dir(s, s->z->socs[i]->dirs[d]->path, 0);
    s->all_read = true;
}

static int kind_of(const bw_zephyr_soc_symbols *s, const char *symbol)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(s->symbols, symbol));
}

bool bw_zephyr_has_soc_symbols(bw_zephyr_soc_symbols *s)
{
    g_mutex_lock(&s->lock);
    if (g_hash_table_size(s->symbols) == 0)
        read_all(s);
    bool some = g_hash_table_size(s->symbols) > 0;
    g_mutex_unlock(&s->lock);
    return some;
}

bw_zephyr_symbol_kind bw_zephyr_kind_of_symbol(bw_zephyr_soc_symbols *s, const bw_zephyr_soc *const *near,
                                               const char *symbol)
{
    g_mutex_lock(&s->lock);
    for (; near && *near && !kind_of(s, symbol); near++)
        for (uint32_t d = 0; d < (*near)->dir_count; d++)
            read_dir(s, (*near)->dirs[d]->path, 0);
    if (!kind_of(s, symbol))
        read_all(s);
    int kind = kind_of(s, symbol);
    g_mutex_unlock(&s->lock);
    return (bw_zephyr_symbol_kind)kind;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *bw_zephyr_near_soc_symbol(bw_zephyr_soc_symbols *s, const char *symbol, bw_arena *arena)
{
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name;

    g_mutex_lock(&s->lock);
    read_all(s);
    g_hash_table_iter_init(&iter, s->symbols);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(names, name);
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    const char *near = bw_nearest(symbol, (const char *const *)names->pdata);
    if (near)
        near = bw_arena_strdup(arena, near);
    g_mutex_unlock(&s->lock);
    g_ptr_array_free(names, TRUE);
    return near;
}
