/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the parts of an application lie: settings.cmake, CMakeLists.txt and the main .camkes file in its folder, and
 * PLATFORM/devices.camkes in a folder that is named as CAmkESAddImportPath(${KernelARMPlatform}) says.
 */
#include "systems/sel4/app.h"

#include "systems/sel4/read.h"
#include "tree/strings.h"

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

/* A file of CAmkES that sets the addresses of a guest. */
static bool has_guest(const char *path)
{
    char *text = NULL;
    gsize length;

    if (!g_str_has_suffix(path, ".camkes") || !g_file_get_contents(path, &text, &length, NULL))
        return false;
    const bool found = g_strstr_len(text, (gssize)length, "_address_config") != NULL;

    g_free(text);
    return found;
}

/* An application for one platform keeps its guest in its main file. */
static void add_main(const char *folder, bw_arena *arena, GPtrArray *paths)
{
    GPtrArray *names = names_in(folder);

    for (guint i = 0; i < names->len && !paths->len; i++) {
        char *path = g_build_filename(folder, g_ptr_array_index(names, i), NULL);

        if (has_guest(path))
            g_ptr_array_add(paths, bw_arena_strdup(arena, path));
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
    if (!paths->len && is_application(argument))
        add_main(argument, arena, paths);
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
        if (!g_str_has_suffix(devices, "/" DEVICES) && has_guest(path))
            continue; /* the file itself */
        ok = bw_sel4_camkes_read(unit, path, vms) && ok;
    }
    g_ptr_array_unref(names);
    return ok;
}

/* A file of several names beside devices.camkes or the application, or NULL. */
static const char *file_beside(bw_arena *arena, const char *folder, const char *devices, const char *const *names)
{
    char *own = g_path_get_dirname(devices);
    const char *const folders[] = {own, folder};
    const char *found = NULL;

    for (size_t f = 0; f < G_N_ELEMENTS(folders) && !found; f++)
        for (size_t n = 0; names[n] && !found; n++)
            if (has_file(folders[f], names[n]))
                found = bw_arena_join(arena, folders[f], "/", names[n]);
    g_free(own);
    return found;
}

/* What was given, else what lies beside, else the kernel's own sources. */
static void read_tree(bw_unit *unit, const char *folder, const char *devices, const bw_sel4_app_options *options,
                      bw_sel4_app *app)
{
    static const char *const names[] = {"kernel.dts", "kernel.dtb", NULL};
    const char *beside[2] = {NULL, NULL};
    const char *const *paths = options->kernel_dts;

    if (!paths || !*paths) {
        beside[0] = file_beside(&unit->arena, folder, devices, names);
        /* Of another blob than the kernel's nothing is known. */
        paths = beside[0]       ? beside
                : app->root_dtb ? NULL
                                : bw_sel4_sources_dts(&unit->arena, app->sources, app->platform);
    }
    if (paths && *paths)
        app->tree = bw_sel4_read(unit, paths, options->load, options->roots);
}

static void read_linux(const char *folder, const char *devices, const bw_sel4_app_options *options, bw_unit *unit,
                       bw_sel4_app *app)
{
    static const char *const names[] = {"linux.dts", "linux.dtb", NULL};
    const char *path = options->linux_dts;
    bw_target target = {.kind = BW_TARGET_SOURCE};

    if (!path)
        path = file_beside(&unit->arena, folder, devices, names);
    if (!path || !options->linux_unit)
        return;
    target.name = target.path = path;
    target.kind = g_str_has_suffix(path, ".dtb") ? BW_TARGET_BLOB : BW_TARGET_SOURCE;
    bw_unit_begin(options->linux_unit, unit->findings);
    const bw_tree *tree = bw_target_read(options->linux_unit, &target, options->load, options->roots);

    app->linux_tree = tree && !tree->broken ? tree : NULL;
}

/* ---- what the kernel takes of its tree ---- */

static const bw_sel4_arch *arch_of(const bw_tree *tree)
{
    static const char *const narrow[] = {"arm,cortex-a7",  "arm,cortex-a8",  "arm,cortex-a9",
                                         "arm,cortex-a15", "arm,cortex-a17", NULL};
    const bw_node *cpus = bw_tree_by_path(tree, "/cpus");
    const bw_node *cpu = cpus ? bw_live_node(cpus->first_child) : NULL;
    const bw_prop *compatible;

    for (; cpu; cpu = bw_live_node(cpu->next))
        if ((compatible = bw_node_prop_text(cpu, "compatible")) != NULL)
            break;
    const char *name = cpu ? bw_prop_string(compatible) : NULL;

    if (!name || !(g_str_has_prefix(name, "arm,") || g_str_has_prefix(name, "nvidia,")))
        return NULL;
    return bw_sel4_arch_find(g_strv_contains(narrow, name) ? "arm_hyp" : "aarch64");
}

/* What the platform's own check has to say is not said here. */
static void make_kernel(bw_unit *unit, const char *path, bw_sel4_app *app)
{
    static const char *const config[] = {"CONFIG_ARM_HYPERVISOR_SUPPORT=ON", "CONFIG_PRINTING=ON",
                                         "CONFIG_ARM_SMMU=OFF", "CONFIG_TK1_SMMU=OFF", NULL};
    bw_findings *findings = unit->findings;
    bw_sel4_options *options = bw_arena_new(&unit->arena, bw_sel4_options);
    const bw_sel4_rules *rules = bw_sel4_rules_read(unit->ctx, path, &unit->arena, findings);
    bw_findings quiet;

    options->arch = arch_of(app->tree);
    options->config = config;
    if (!rules || !options->arch)
        return;
    bw_findings_init(&quiet, unit->ctx);
    unit->findings = &quiet;
    app->kernel = bw_sel4_platform_make(app->tree, rules, options);
    unit->findings = findings;
    bw_findings_free(&quiet);
}

static void read_kernel(bw_unit *unit, const bw_sel4_app_options *options, bw_sel4_app *app)
{
    const char *rules = options->rules;

    if (!rules && app->sources && app->sources->kernel) {
        rules = bw_arena_join(&unit->arena, app->sources->kernel, "/", "tools/hardware.yml");
        if (!g_file_test(rules, G_FILE_TEST_IS_REGULAR))
            rules = NULL;
    }
    if (app->tree && rules)
        make_kernel(unit, rules, app);
}

/* ---- all ---- */

/* NUM_NODES of settings.cmake, or of the platform's defconfig beside it. */
static void find_nodes(bw_unit *unit, bw_sel4_app *app)
{
    for (uint32_t i = 0; i < app->setting_count; i++) {
        const bw_sel4_setting *s = &app->settings[i];

        if (strcmp(s->name, "NUM_NODES") != 0 && strcmp(s->name, "KernelMaxNumNodes") != 0)
            continue;
        app->nodes = (bw_sel4_value){.given = true, .place = s->place, .text = s->value};
        app->nodes.known = bw_sel4_evaluate(s->value, &app->nodes.value);
    }
    char *name = g_strdup_printf("%s_defconfig", app->platform);
    bw_source *source =
        bw_source_open(unit->ctx->sources, bw_arena_join(&unit->arena, app->directory, "/", name), NULL);
    const char *at = source && !app->nodes.given ? strstr(source->text, "NUM_NODES=") : NULL;

    if (at) {
        const size_t len = strspn(at + 10, "0123456789");
        const uint32_t begin = (uint32_t)(at - source->text);

        app->nodes.text = bw_arena_strndup(&unit->arena, at + 10, len);
        app->nodes.given = true;
        app->nodes.known = bw_sel4_evaluate(app->nodes.text, &app->nodes.value);
        app->nodes.place = bw_source_place(source, begin, begin + 10 + (uint32_t)len);
    }
    g_free(name);
}

/* Of an application for one platform settings.cmake says which. */
static void find_platform(bw_unit *unit, const char *settings, bw_sel4_app *app)
{
    bw_sel4_cmake cmake;
    bw_sel4_app first = {0};

    bw_sel4_cmake_init(&cmake, unit, app->platform);
    bw_sel4_cmake_read(&cmake, settings);
    bw_sel4_cmake_end(&cmake, &first);
    for (uint32_t i = 0; i < first.setting_count; i++)
        if (strcmp(first.settings[i].name, "PLATFORM") == 0)
            app->platform = first.settings[i].value;
}

bw_sel4_app *bw_sel4_app_read(bw_unit *unit, const char *devices, const bw_sel4_app_options *options)
{
    bw_sel4_app *app = bw_arena_new(&unit->arena, bw_sel4_app);
    GPtrArray *vms = g_ptr_array_new();
    bw_sel4_cmake cmake;
    char *platform;
    char *folder = application_of(devices, &platform);
    const char *settings = bw_arena_join(&unit->arena, folder, "/", "settings.cmake");

    app->directory = bw_arena_strdup(&unit->arena, folder);
    app->platform = bw_arena_strdup(&unit->arena, platform);
    if (!g_str_has_suffix(devices, DEVICES))
        find_platform(unit, settings, app);
    const bool ok = read_camkes(unit, folder, devices, vms);

    bw_sel4_cmake_init(&cmake, unit, app->platform);
    bw_sel4_cmake_read(&cmake, settings);
    bw_sel4_cmake_read(&cmake, bw_arena_join(&unit->arena, folder, "/", "CMakeLists.txt"));
    bw_sel4_cmake_end(&cmake, app);
    app->vms = bw_arena_array(&unit->arena, bw_sel4_vm, vms->len);
    for (guint i = 0; i < vms->len; i++)
        app->vms[app->vm_count++] = *(bw_sel4_vm *)g_ptr_array_index(vms, i);
    app->sources = bw_sel4_sources_find(&unit->arena, options->sdk, folder);
    if (app->sources && app->sources->projects_libs &&
        has_file(app->sources->projects_libs, "libsel4vm/src/arch/arm/vgic/vgic_v3.c"))
        app->virtual_gic = 3;
    read_tree(unit, folder, devices, options, app);
    read_kernel(unit, options, app);
    read_linux(folder, devices, options, unit, app);
    find_nodes(unit, app);
    app->max_irq = bw_sel4_sources_max_irq(unit, app->sources, app->platform);
    bw_sel4_pages_read(unit, folder, app);
    bw_sel4_gettys_read(unit, folder, app);
    bw_sel4_resolve_queries(app);
    const bw_sel4_arch *arch = app->tree ? arch_of(app->tree) : NULL;
    app->narrow = arch && strcmp(arch->name, "arm_hyp") == 0;
    g_ptr_array_free(vms, TRUE);
    g_free(folder);
    g_free(platform);
    return ok ? app : NULL;
}
