/* SPDX-License-Identifier: Apache-2.0 */
/* Where a target's devicetree looks for what it includes: cmake/modules/pre_dt.cmake. */
#include "systems/zephyr/files.h"
#include "systems/zephyr/walk.h"

#include <stdlib.h>

/* The last architecture of arch/archs.yml first: hwm_v2.cmake takes the list from its end. */
static GPtrArray *architectures(bw_context *ctx, const char *zephyr_base, bw_arena *arena)
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
    return archs;
}

typedef struct collector {
    bw_arena *arena;
    GPtrArray *dirs;
    GPtrArray *seen; /* their real paths, freed with the array */
} collector;

static void add(collector *c, const char *root, const char *name)
{
    const char *path = bw_zephyr_path(c->arena, root, name);
    char *absolute = realpath(path, NULL);
    bool known = false;

    for (guint i = 0; absolute && i < c->seen->len && !known; i++)
        known = strcmp(c->seen->pdata[i], absolute) == 0;
    if (!absolute || known) {
        free(absolute);
        return;
    }
    g_ptr_array_add(c->seen, absolute);
    g_ptr_array_add(c->dirs, (gpointer)(uintptr_t)path);
}

const char *const *bw_zephyr_include_dirs(bw_context *ctx, const char *const *dts_roots, const char *zephyr_base,
                                          bw_arena *arena)
{
    static const char *const first[] = {"include", "include/zephyr", "dts/common", "dts/vendor"};
    collector c = {arena, g_ptr_array_new(), g_ptr_array_new_with_free_func(free)};
    GPtrArray *archs = architectures(ctx, zephyr_base, arena);

    for (; dts_roots && *dts_roots; dts_roots++) {
        const char *root = bw_zephyr_tidy_path(arena, *dts_roots);

        for (size_t i = 0; i < G_N_ELEMENTS(first); i++)
            add(&c, root, first[i]);
        for (guint i = 0; i < archs->len; i++)
            add(&c, root, archs->pdata[i]);
        add(&c, root, "dts");
    }
    g_ptr_array_add(c.dirs, NULL);
    const char *const *dirs = bw_arena_dup(arena, c.dirs->pdata, c.dirs->len * sizeof(char *));
    g_ptr_array_free(archs, TRUE);
    g_ptr_array_free(c.seen, TRUE);
    g_ptr_array_free(c.dirs, TRUE);
    return dirs;
}
