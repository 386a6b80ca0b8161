/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/repo.h"

#include "systems/balena/coffee.h"
#include "systems/balena/git.h"
#include "systems/balena/repo_parts.h"

#include <string.h>

#define NAMES_MAX 4096
#define DEVICES_MAX 1000

/* -------------------------------------------------------------------------------------------- folders */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *bw_balena_names_in(const char *folder)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)) != NULL && names->len < NAMES_MAX)
        g_ptr_array_add(names, g_strdup(name));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    return names;
}

bool bw_balena_has_names(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const bool any = dir && g_dir_read_name(dir);

    if (dir)
        g_dir_close(dir);
    return any;
}

const char *bw_balena_path(const bw_balena_repo *repo, const char *relative)
{
    if (strcmp(repo->root, ".") == 0)
        return bw_arena_strdup(&repo->unit->arena, relative);
    const char *slash = g_str_has_suffix(repo->root, "/") ? "" : "/";
    return bw_arena_join(&repo->unit->arena, repo->root, slash, relative);
}

static bool file_holds(const char *folder, const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    GMappedFile *file = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_mapped_file_new(path, FALSE, NULL) : NULL;
    const gsize len = file ? g_mapped_file_get_length(file) : 0;
    const bool found = len && memmem(g_mapped_file_get_contents(file), len, text, strlen(text));

    if (file)
        g_mapped_file_unref(file);
    g_free(path);
    return found;
}

bool bw_balena_is_repo(const char *folder)
{
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
        return false;
    if (file_holds(folder, ".gitmodules", "balena-yocto-scripts") ||
        file_holds(folder, ".gitmodules", "resin-yocto-scripts"))
        return true;
    GPtrArray *names = bw_balena_names_in(folder);
    bool found = false;
    for (guint i = 0; i < names->len && !found; i++)
        found = g_str_has_suffix(names->pdata[i], ".coffee") &&
                file_holds(folder, names->pdata[i], "@resin.io/device-types/common");
    g_ptr_array_free(names, TRUE);
    return found;
}

/* ----------------------------------------------------------------------------------------- submodules */

static int by_path(const void *a, const void *b)
{
    return strcmp(((const bw_balena_submodule *)a)->path, ((const bw_balena_submodule *)b)->path);
}

static bw_balena_submodule *submodule_in(GArray *all, const char *path)
{
    for (guint i = 0; i < all->len; i++) {
        bw_balena_submodule *s = &g_array_index(all, bw_balena_submodule, i);
        if (strcmp(s->path, path) == 0)
            return s;
    }
    return NULL;
}

static void read_submodules(bw_balena_repo *repo)
{
    const bw_gitlinks links = bw_git_read(repo->unit, repo->root);
    const bw_gitmodules modules = bw_gitmodules_read(repo->unit, repo->root);
    GArray *all = g_array_new(FALSE, TRUE, sizeof(bw_balena_submodule));

    repo->index_known = links.known;
    repo->gitmodules = modules.source;
    for (uint32_t i = 0; i < modules.count; i++) {
        const bw_gitmodule *m = &modules.items[i];

        if (!m->path || submodule_in(all, m->path))
            continue;
        const bw_balena_submodule s = {.path = m->path,
                                       .in_modules = true,
                                       .url = m->url,
                                       .branch = m->branch,
                                       .place = m->place,
                                       .url_place = m->url ? m->url_place : m->place,
                                       .branch_place = m->branch ? m->branch_place : m->place};
        g_array_append_val(all, s);
    }
    for (uint32_t i = 0; i < links.count; i++) {
        bw_balena_submodule *s = submodule_in(all, links.items[i].path);

        if (!s) {
            const bw_place place = bw_file_place(bw_balena_path(repo, ".gitmodules"));
            const bw_balena_submodule added = {.path = links.items[i].path, .place = place};
            g_array_append_val(all, added);
            s = &g_array_index(all, bw_balena_submodule, all->len - 1);
        }
        s->in_index = true;
        memcpy(s->commit, links.items[i].commit, sizeof s->commit);
    }
    for (guint i = 0; i < all->len; i++) {
        bw_balena_submodule *s = &g_array_index(all, bw_balena_submodule, i);
        s->present = bw_balena_has_names(bw_balena_path(repo, s->path));
    }
    g_array_sort(all, by_path);
    repo->submodule_count = all->len;
    repo->submodules = bw_arena_dup(&repo->unit->arena, all->data, sizeof(bw_balena_submodule) * all->len);
    g_array_free(all, TRUE);
}

const bw_balena_submodule *bw_balena_submodule_of(const bw_balena_repo *repo, const char *path)
{
    for (uint32_t i = 0; i < repo->submodule_count; i++)
        if (strcmp(repo->submodules[i].path, path) == 0)
            return &repo->submodules[i];
    return NULL;
}

/* --------------------------------------------------------------------------------------- device types */

static const bw_json *at_path(const bw_json *value, const char *path)
{
    char **parts = g_strsplit(path, ".", 8);

    for (char **part = parts; *part && value; part++)
        value = bw_json_get(value, *part);
    g_strfreev(parts);
    return value && value->kind != BW_JSON_NULL ? value : NULL;
}

const bw_json *bw_balena_device_get(const bw_balena_device *device, const char *path)
{
    return at_path(device->manifest, path);
}

static const char *text_at(const bw_balena_device *device, const char *path)
{
    const bw_json *value = bw_balena_device_get(device, path);

    return value && value->kind == BW_JSON_STRING ? value->text : NULL;
}

static bool has_word(const char *text, const char *word)
{
    char **words = g_strsplit_set(text ? text : "", " \t\n", -1);
    const bool found = g_strv_contains((const char *const *)words, word);

    g_strfreev(words);
    return found;
}

static bw_balena_device read_device(const bw_balena_repo *repo, const char *name)
{
    bw_arena *arena = &repo->unit->arena;
    bw_balena_device device = {.file = bw_arena_strndup(arena, name, strlen(name) - strlen(".coffee")),
                               .path = bw_balena_path(repo, name)};

    device.manifest = bw_coffee_read(repo->unit, device.path, NULL);
    device.slug = text_at(&device, "slug");
    device.place = device.slug ? bw_json_place(bw_json_get(device.manifest, "slug")) : bw_file_place(device.path);
    device.slug = device.slug ? device.slug : device.file;
    device.name = text_at(&device, "name");
    device.arch = text_at(&device, "arch");
    device.machine = text_at(&device, "yocto.machine");
    device.image = text_at(&device, "yocto.image");
    device.fstype = text_at(&device, "yocto.fstype");
    device.deploy_artifact = text_at(&device, "yocto.deployArtifact");
    device.flasher = has_word(device.image, "balena-image-flasher") || has_word(device.image, "resin-image-flasher");
    if (text_at(&device, "state")) {
        char *upper = g_ascii_strup(text_at(&device, "state"), -1);
        device.state = bw_arena_strdup(arena, upper);
        g_free(upper);
    }
    return device;
}

static void read_devices(bw_balena_repo *repo)
{
    GPtrArray *names = bw_balena_names_in(repo->root);
    GArray *devices = g_array_new(FALSE, TRUE, sizeof(bw_balena_device));

    for (guint i = 0; i < names->len && devices->len < DEVICES_MAX; i++) {
        const char *name = names->pdata[i];

        if (!g_str_has_suffix(name, ".coffee") || strlen(name) == strlen(".coffee"))
            continue;
        const bw_balena_device device = read_device(repo, name);
        g_array_append_val(devices, device);
    }
    repo->device_count = devices->len;
    repo->devices = bw_arena_dup(&repo->unit->arena, devices->data, sizeof(bw_balena_device) * devices->len);
    g_array_free(devices, TRUE);
    g_ptr_array_free(names, TRUE);
}

/* --------------------------------------------------------------------------------------------- the rest */

static void read_version(bw_balena_repo *repo)
{
    bw_source *source = bw_source_open(repo->unit->ctx->sources, bw_balena_path(repo, "VERSION"), NULL);
    const char *text;
    uint32_t len;

    if (!source || !bw_source_line(source, 1, &text, &len))
        return;
    while (len && g_ascii_isspace(text[len - 1]))
        len--;
    repo->version = bw_arena_strndup(&repo->unit->arena, text, len);
    repo->version_place = bw_source_place(source, 0, len);
}

bw_balena_repo *bw_balena_repo_read(bw_unit *unit, const char *folder)
{
    bw_balena_repo *repo = bw_arena_new(&unit->arena, bw_balena_repo);

    repo->unit = unit;
    repo->root = bw_arena_strdup(&unit->arena, folder);
    read_version(repo);
    read_submodules(repo);
    read_devices(repo);
    bw_balena_read_workflows(repo);
    bw_balena_read_contracts(repo);
    bw_balena_read_layer(repo);
    return repo;
}

void bw_balena_repo_free(bw_balena_repo *repo)
{
    (void)repo; /* all of it lives in the arena so far */
}
