/* SPDX-License-Identifier: Apache-2.0 */
/* Where a target's devicetree looks for what it includes: cmake/modules/pre_dt.cmake. */
#include "systems/zephyr/files.h"
#include "systems/zephyr/walk.h"

#include <stdlib.h>
#include <unistd.h>

/* The last architecture of arch/archs.yml first: hwm_v2.cmake takes the list from its end. */
static const char *const *architectures(bw_context *ctx, const char *zephyr_base, bw_arena *arena)
{
    GPtrArray *archs = g_ptr_array_new();
    bw_source *source =
        zephyr_base ? bw_source_open(ctx->sources, bw_zephyr_path(arena, zephyr_base, "arch/archs.yml"), NULL) : NULL;
    bw_findings unheard;

    bw_findings_init(&unheard, ctx);
    const bw_yaml *list = source ? bw_yaml_get(bw_yaml_read(source, arena, &unheard), "archs") : NULL;
    if (list && list->kind == BW_YAML_LIST)
        for (uint32_t i = list->count; i > 0; i--) {
            const char *name = bw_yaml_to_text(bw_yaml_get(list->items[i - 1], "name"));

            if (name)
                g_ptr_array_add(archs, (gpointer)(uintptr_t)bw_arena_printf(arena, "dts/%s", name));
        }
    bw_findings_free(&unheard);
    g_ptr_array_add(archs, NULL);
    const char *const *names = bw_arena_dup(arena, archs->pdata, archs->len * sizeof(char *));
    g_ptr_array_free(archs, TRUE);
    return names;
}

/* A folder that there is. */
typedef struct place {
    const char *path;
    const char *absolute; /* without symbolic links */
} place;

struct bw_zephyr_include_finder {
    bw_context *ctx;
    bw_arena arena;
    GHashTable *archs; /* tree, "" for none -> names; NULL-terminated */
    GHashTable *roots; /* root, and the tree whose architectures it is searched for -> GArray of place */
};

static void free_places(gpointer places)
{
    g_array_free(places, TRUE);
}

bw_zephyr_include_finder *bw_zephyr_include_finder_new(bw_context *ctx)
{
    bw_zephyr_include_finder *finder = g_new0(bw_zephyr_include_finder, 1);

    finder->ctx = ctx;
    bw_arena_init(&finder->arena);
    finder->archs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    finder->roots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_places);
    return finder;
}

void bw_zephyr_include_finder_free(bw_zephyr_include_finder *finder)
{
    if (!finder)
        return;
    g_hash_table_destroy(finder->archs);
    g_hash_table_destroy(finder->roots);
    bw_arena_free(&finder->arena);
    g_free(finder);
}

static const char *const *architectures_of(bw_zephyr_include_finder *finder, const char *zephyr_base)
{
    const char *key = zephyr_base ? zephyr_base : "";
    const char *const *names = g_hash_table_lookup(finder->archs, key);

    if (!names) {
        names = architectures(finder->ctx, zephyr_base, &finder->arena);
        g_hash_table_insert(finder->archs, g_strdup(key), (gpointer)(uintptr_t)names);
    }
    return names;
}

static void add_place(bw_zephyr_include_finder *finder, GArray *places, const char *root, const char *name)
{
    const char *path = bw_zephyr_path(&finder->arena, root, name);
    char *absolute = realpath(path, NULL);

    if (absolute) {
        place p = {path, bw_arena_strdup(&finder->arena, absolute)};
        g_array_append_val(places, p);
    }
    free(absolute);
}

static bool is_there(bw_zephyr_include_finder *finder, const char *root, const char *name)
{
    return access(bw_zephyr_path(&finder->arena, root, name), F_OK) == 0;
}

/* The folders of one root. Most boards have none of them, which two questions tell. */
static GArray *search(bw_zephyr_include_finder *finder, const char *root, const char *const *archs)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(place));

    if (is_there(finder, root, "include")) {
        add_place(finder, places, root, "include");
        add_place(finder, places, root, "include/zephyr");
    }
    if (is_there(finder, root, "dts")) {
        add_place(finder, places, root, "dts/common");
        add_place(finder, places, root, "dts/vendor");
        for (; *archs; archs++)
            add_place(finder, places, root, *archs);
        add_place(finder, places, root, "dts");
    }
    return places;
}

static const GArray *places_of(bw_zephyr_include_finder *finder, const char *root, const char *zephyr_base)
{
    char *key = g_strconcat(root, "\n", zephyr_base, NULL);
    GArray *places = g_hash_table_lookup(finder->roots, key);

    if (places) {
        g_free(key);
        return places;
    }
    places = search(finder, root, architectures_of(finder, zephyr_base));
    g_hash_table_insert(finder->roots, key, places);
    return places;
}

static void add(bw_arena *arena, GPtrArray *dirs, GPtrArray *seen, const place *p)
{
    for (guint i = 0; i < seen->len; i++)
        if (strcmp(seen->pdata[i], p->absolute) == 0)
            return;
    g_ptr_array_add(seen, (gpointer)(uintptr_t)p->absolute);
    g_ptr_array_add(dirs, bw_arena_strdup(arena, p->path));
}

const char *const *bw_zephyr_include_dirs(bw_zephyr_include_finder *finder, const char *const *dts_roots,
                                          const char *zephyr_base, bw_arena *arena)
{
    GPtrArray *dirs = g_ptr_array_new();
    GPtrArray *seen = g_ptr_array_new();

    for (; dts_roots && *dts_roots; dts_roots++) {
        const GArray *places = places_of(finder, bw_zephyr_tidy_path(arena, *dts_roots), zephyr_base);

        for (guint i = 0; i < places->len; i++)
            add(arena, dirs, seen, &g_array_index(places, place, i));
    }
    g_ptr_array_add(dirs, NULL);
    const char *const *list = bw_arena_dup(arena, dirs->pdata, dirs->len * sizeof(char *));
    g_ptr_array_free(seen, TRUE);
    g_ptr_array_free(dirs, TRUE);
    return list;
}
