/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the parts of an application lie: settings.cmake, CMakeLists.txt and the main .camkes file in its folder, and
 * PLATFORM/devices.camkes in a folder that is named as CAmkESAddImportPath(${KernelARMPlatform}) says.
 */
#include "systems/sel4/app.h"

#include "systems/sel4/read.h"

#include <string.h>

#define DEVICES "devices.camkes"
#define FILES_MAX 256

static bool has_file(const char *folder, const char *name)
{
    char *path = g_build_filename(folder, name, NULL);
    const bool there = g_file_test(path, G_FILE_TEST_IS_REGULAR);

    g_free(path);
    return there;
}

/* The name of a folder, also of "." and "..". @return to be freed. */
static char *name_of(const char *folder)
{
    char *full = g_canonicalize_filename(folder, NULL);
    char *name = g_path_get_basename(full);

    g_free(full);
    return name;
}

static bool is_application(const char *folder)
{
    return has_file(folder, "settings.cmake") && has_file(folder, "CMakeLists.txt");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in a folder, sorted. @return to be freed. */
static GPtrArray *names_in(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)) != NULL && names->len < 4096)
        g_ptr_array_add(names, g_strdup(name));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    return names;
}

static void add_platforms(const char *folder, unsigned levels, bw_arena *arena, GPtrArray *paths)
{
    GPtrArray *names = names_in(folder);

    for (guint i = 0; i < names->len && paths->len < FILES_MAX; i++) {
        char *path = g_build_filename(folder, g_ptr_array_index(names, i), NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
            if (has_file(path, DEVICES))
                g_ptr_array_add(paths, bw_arena_join(arena, path, "/", DEVICES));
            if (levels > 1)
                add_platforms(path, levels - 1, arena, paths);
        }
        g_free(path);
    }
    g_ptr_array_unref(names);
}

const char *const *bw_sel4_app_find(const char *argument, bw_arena *arena)
{
    GPtrArray *paths = g_ptr_array_new();
    const size_t len = strlen(argument);
    char *base = g_path_get_basename(argument);

    if (strcmp(base, DEVICES) == 0 && g_file_test(argument, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add(paths, bw_arena_strdup(arena, argument));
    else if (has_file(argument, DEVICES))
        g_ptr_array_add(paths, bw_arena_join(arena, argument, argument[len - 1] == '/' ? "" : "/", DEVICES));
    else if (is_application(argument))
        add_platforms(argument, 2, arena, paths);
    g_free(base);
    const bool any = paths->len > 0;
    g_ptr_array_add(paths, NULL);
    const char *const *found = any ? bw_arena_dup(arena, paths->pdata, paths->len * sizeof(char *)) : NULL;
    g_ptr_array_free(paths, TRUE);
    return found;
}

/* The folder with settings.cmake: the one of the file, or up to two above it. @return to be freed.
 * @param platform name of the folder below it on the way, or of the file's own folder. */
static char *application_of(const char *devices, char **platform)
{
    char *own = g_path_get_dirname(devices);
    char *folder = g_strdup(own);

    *platform = name_of(own);
    for (int up = 0; up < 3; up++) {
        if (is_application(folder))
            break;
        char *above = strcmp(folder, ".") == 0 ? g_strdup("..") : g_path_get_dirname(folder);

        g_free(*platform);
        *platform = name_of(folder);
        g_free(folder);
        folder = above;
    }
    if (is_application(folder)) {
        g_free(own);
        return folder;
    }
    g_free(folder);
    g_free(*platform);
    *platform = name_of(own);
    return own;
}

static bool read_camkes(bw_unit *unit, const char *folder, const char *devices, GPtrArray *vms)
{
    GPtrArray *names = names_in(folder);
    bool ok = true;

    /* The import of devices.camkes stands before what the application itself says. */
    ok = bw_sel4_camkes_read(unit, devices, vms);
    for (guint i = 0; i < names->len && i < FILES_MAX; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (!g_str_has_suffix(name, ".camkes") || strcmp(name, DEVICES) == 0)
            continue;
        char *path = bw_arena_join(&unit->arena, folder, "/", name);
        ok = bw_sel4_camkes_read(unit, path, vms) && ok;
    }
    g_ptr_array_unref(names);
    return ok;
}

/* The kernel's tree beside devices.camkes or the application, or NULL. */
static const char *tree_beside(bw_arena *arena, const char *folder, const char *devices)
{
    static const char *const names[] = {"kernel.dts", "kernel.dtb"};
    char *own = g_path_get_dirname(devices);
    const char *const folders[] = {own, folder};
    const char *found = NULL;

    for (size_t f = 0; f < G_N_ELEMENTS(folders) && !found; f++)
        for (size_t n = 0; n < G_N_ELEMENTS(names) && !found; n++)
            if (has_file(folders[f], names[n]))
                found = bw_arena_join(arena, folders[f], "/", names[n]);
    g_free(own);
    return found;
}

static void read_tree(bw_unit *unit, const char *folder, const char *devices, const bw_sel4_app_options *options,
                      bw_sel4_app *app)
{
    const char *beside[2] = {NULL, NULL};
    const char *const *paths = options->kernel_dts;

    if (!paths || !*paths) {
        beside[0] = tree_beside(&unit->arena, folder, devices);
        paths = beside;
    }
    if (*paths)
        app->tree = bw_sel4_read(unit, paths, options->load, options->roots);
}

bw_sel4_app *bw_sel4_app_read(bw_unit *unit, const char *devices, const bw_sel4_app_options *options)
{
    bw_sel4_app *app = bw_arena_new(&unit->arena, bw_sel4_app);
    GPtrArray *vms = g_ptr_array_new();
    bw_sel4_cmake cmake;
    char *platform;
    char *folder = application_of(devices, &platform);

    app->directory = bw_arena_strdup(&unit->arena, folder);
    app->platform = bw_arena_strdup(&unit->arena, platform);
    const bool ok = read_camkes(unit, folder, devices, vms);

    bw_sel4_cmake_init(&cmake, unit, app->platform);
    bw_sel4_cmake_read(&cmake, bw_arena_join(&unit->arena, folder, "/", "settings.cmake"));
    bw_sel4_cmake_read(&cmake, bw_arena_join(&unit->arena, folder, "/", "CMakeLists.txt"));
    bw_sel4_cmake_end(&cmake, app);
    app->vms = bw_arena_array(&unit->arena, bw_sel4_vm, vms->len);
    for (guint i = 0; i < vms->len; i++)
        app->vms[app->vm_count++] = *(bw_sel4_vm *)g_ptr_array_index(vms, i);
    read_tree(unit, folder, devices, options, app);
    bw_sel4_resolve_queries(app);
    g_ptr_array_free(vms, TRUE);
    g_free(folder);
    g_free(platform);
    return ok ? app : NULL;
}
