/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The repositories that a platform needs, beside an application: as `repo` lays them out for camkes-vm (kernel/,
 * projects/…), or as clones side by side, or as boardwright writes them (folders named after the repositories).
 */
#include "systems/sel4/app.h"

#include <string.h>

#define ABOVE_MAX 7

/* The first of several folders that is there. */
static const char *folder_at(bw_arena *arena, const char *root, const char *const *names)
{
    for (; *names; names++) {
        char *path = g_build_filename(root, *names, NULL);
        const bool there = g_file_test(path, G_FILE_TEST_IS_DIR);
        const char *kept = there ? bw_arena_strdup(arena, path) : NULL;

        g_free(path);
        if (kept)
            return kept;
    }
    return NULL;
}

static const bw_sel4_sources *sources_at(bw_arena *arena, const char *root)
{
    static const char *const kernel[] = {"kernel", "seL4", "projects/seL4", NULL};
    static const char *const camkes_vm[] = {"projects/vm", "projects/camkes-vm", "camkes-vm", "vm", NULL};
    static const char *const libs[] = {"projects/seL4_projects_libs", "seL4_projects_libs", NULL};
    static const char *const images[] = {"projects/camkes-vm-images", "camkes-vm-images", NULL};
    const bw_sel4_sources found = {
        .root = bw_arena_strdup(arena, root),
        .kernel = folder_at(arena, root, kernel),
        .camkes_vm = folder_at(arena, root, camkes_vm),
        .projects_libs = folder_at(arena, root, libs),
        .images = folder_at(arena, root, images),
    };

    if (!found.kernel && !found.camkes_vm && !found.projects_libs)
        return NULL;
    return bw_arena_dup(arena, &found, sizeof(found));
}

/* A folder far above may hold a 'kernel' of its own: two of the repositories together are no accident. */
static bool is_sure(const bw_sel4_sources *s)
{
    return (s->kernel != NULL) + (s->camkes_vm != NULL) + (s->projects_libs != NULL) > 1;
}

/* The folder above, as a user would write it. @return to be freed. */
static char *above_of(const char *folder)
{
    char *base = g_path_get_basename(folder);
    char *above;

    if (strcmp(base, "..") == 0)
        above = g_build_filename(folder, "..", NULL);
    else if (strcmp(base, ".") == 0)
        above = g_strdup("..");
    else
        above = g_path_get_dirname(folder);
    g_free(base);
    return above;
}

const bw_sel4_sources *bw_sel4_sources_find(bw_arena *arena, const char *sdk, const char *folder)
{
    const bw_sel4_sources *found = sdk ? sources_at(arena, sdk) : NULL;
    char *above = g_strdup(folder);

    for (int i = 0; !sdk && !found && i < ABOVE_MAX && strcmp(above, "/") != 0; i++) {
        char *next = above_of(above);

        g_free(above);
        above = next;
        found = sources_at(arena, above);
        if (found && !is_sure(found))
            found = NULL;
    }
    g_free(above);
    return found;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The folder in src/plat that has the overlay of a platform. */
static const char *plat_folder(bw_arena *arena, const bw_sel4_sources *sources, const char *platform)
{
    char *plat = g_build_filename(sources->kernel, "src/plat", NULL);
    char *overlay = g_strdup_printf("overlay-%s.dts", platform);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(plat, 0, NULL);
    const char *name;
    const char *found = NULL;

    while (dir && (name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len && !found; i++) {
        char *path = g_build_filename(plat, names->pdata[i], overlay, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            found = bw_arena_join(arena, plat, "/", names->pdata[i]);
        g_free(path);
    }
    g_ptr_array_unref(names);
    g_free(overlay);
    g_free(plat);
    return found;
}

const char *const *bw_sel4_sources_dts(bw_arena *arena, const bw_sel4_sources *sources, const char *platform)
{
    if (!sources || !sources->kernel)
        return NULL;
    char *base = g_strdup_printf("%s/tools/dts/%s.dts", sources->kernel, platform);
    const char *plat = plat_folder(arena, sources, platform);
    const char **paths = NULL;

    if (plat && g_file_test(base, G_FILE_TEST_IS_REGULAR)) {
        char *overlay = g_strdup_printf("%s/overlay-%s.dts", plat, platform);

        paths = bw_arena_array(arena, const char *, 3);
        paths[0] = bw_arena_strdup(arena, base);
        paths[1] = bw_arena_strdup(arena, overlay);
        paths[2] = NULL;
        g_free(overlay);
    }
    g_free(base);
    return paths;
}

bw_sel4_value bw_sel4_sources_max_irq(bw_unit *unit, const bw_sel4_sources *sources, const char *platform)
{
    const char *plat = sources && sources->kernel ? plat_folder(&unit->arena, sources, platform) : NULL;
    bw_source *source =
        plat ? bw_source_open(unit->ctx->sources, bw_arena_join(&unit->arena, plat, "/", "config.cmake"), NULL) : NULL;
    const char *at = source ? strstr(source->text, "MAX_IRQ ") : NULL;
    bw_sel4_value value = {0};

    /* Written twice it depends on what is built. */
    if (!at || strstr(at + 1, "MAX_IRQ "))
        return value;
    const size_t len = strspn(at + 8, "0123456789");
    const uint32_t begin = (uint32_t)(at - source->text);
    value.text = bw_arena_strndup(&unit->arena, at + 8, len);
    value.given = true;
    value.known = len && bw_sel4_evaluate(value.text, &value.value);
    value.place = bw_source_place(source, begin, begin + 8 + (uint32_t)len);
    return value;
}
