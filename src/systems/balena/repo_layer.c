/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/repo_parts.h"

#include <string.h>

#define FILES_MAX 10000
#define DEPTH_MAX 12

static bool is_file(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

/* @return how much a folder looks like the repository's own layer: 0 not at all. */
static int likeness(const bw_balena_repo *repo, const char *relative)
{
    bw_arena *arena = &repo->unit->arena;
    const char *folder = bw_balena_path(repo, relative);
    int result = 0;

    if (bw_balena_submodule_of(repo, relative))
        return 0;
    if (is_file(bw_arena_join(arena, folder, "/conf/layer.conf", "")))
        result += 4;
    if (is_file(bw_arena_join(arena, folder, "/conf/samples/bblayers.conf.sample", "")) ||
        is_file(bw_arena_join(arena, folder, "/conf/templates/default/bblayers.conf.sample", "")))
        result += 2;
    return result ? result : bw_balena_has_names(folder);
}

/* Names of conf/machine/NAME.conf. */
static const char *const *machines_of(const bw_balena_repo *repo, const char *layer)
{
    bw_arena *arena = &repo->unit->arena;
    GPtrArray *names = bw_balena_names_in(bw_arena_join(arena, layer, "/conf/machine", ""));
    GPtrArray *machines = g_ptr_array_new();

    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        if (g_str_has_suffix(name, ".conf"))
            g_ptr_array_add(machines, bw_arena_strndup(arena, name, strlen(name) - strlen(".conf")));
    }
    g_ptr_array_add(machines, NULL);
    const char *const *result = bw_arena_dup(arena, machines->pdata, sizeof(char *) * machines->len);
    g_ptr_array_free(machines, TRUE);
    g_ptr_array_free(names, TRUE);
    return result;
}

/* -------------------------------------------------------------------------------------- its metadata */

/* Other .conf files than those of conf/ are for the target's programs. */
static bool is_metadata(const char *name, bool in_conf)
{
    static const char *const endings[] = {".bb", ".bbappend", ".inc", ".bbclass"};

    if (in_conf && g_str_has_suffix(name, ".conf"))
        return true;

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(name, endings[i]))
            return true;
    return false;
}

/* Adds the files below a folder, each folder's names in order. Symbolic links to folders are not followed: they may
 * lead round in a circle. */
static void add_files(bw_unit *unit, const char *folder, bool in_conf, unsigned depth, GPtrArray *files)
{
    GPtrArray *names = bw_balena_names_in(folder);

    for (guint i = 0; i < names->len && files->len < FILES_MAX; i++) {
        const char *path = bw_arena_join(&unit->arena, folder, "/", names->pdata[i]);

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            if (depth < DEPTH_MAX && strcmp(names->pdata[i], "files") != 0 &&
                !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
                add_files(unit, path, in_conf || (!depth && strcmp(names->pdata[i], "conf") == 0), depth + 1, files);
        } else if (is_metadata(names->pdata[i], in_conf)) {
            const bw_bb_file *file = bw_bb_read(unit, path);
            if (file)
                g_ptr_array_add(files, (gpointer)(uintptr_t)file);
        }
    }
    g_ptr_array_free(names, TRUE);
}

static const bw_bb_file *file_of(const bw_balena_layer *layer, const char *relative)
{
    for (uint32_t i = 0; i < layer->file_count; i++)
        if (strcmp(layer->files[i]->path + strlen(layer->path) + 1, relative) == 0)
            return layer->files[i];
    return NULL;
}

/* Words of a text, NULL-terminated, in the arena. */
static const char *const *words_of(bw_arena *arena, const char *text)
{
    char **split = g_strsplit_set(text, " \t\n", -1);
    GPtrArray *words = g_ptr_array_new();

    for (char **word = split; *word; word++)
        if (**word)
            g_ptr_array_add(words, bw_arena_strdup(arena, *word));
    g_ptr_array_add(words, NULL);
    const char *const *result = bw_arena_dup(arena, words->pdata, sizeof(char *) * words->len);
    g_ptr_array_free(words, TRUE);
    g_strfreev(split);
    return result;
}

static void read_compat(bw_balena_layer *layer, bw_arena *arena)
{
    for (uint32_t i = 0; layer->conf && i < layer->conf->count; i++) {
        const bw_bb_statement *s = &layer->conf->statements[i];

        if (s->kind == BW_BB_ASSIGN && !s->flag && strcmp(s->written, "BBFILE_COLLECTIONS") == 0) {
            const char *const *names = words_of(arena, s->value);
            layer->collection = names[0];
        }
    }
    const char *name = bw_arena_join(arena, "LAYERSERIES_COMPAT_", layer->collection ? layer->collection : "", "");
    for (uint32_t i = 0; layer->collection && i < layer->conf->count; i++) {
        const bw_bb_statement *s = &layer->conf->statements[i];

        if (s->kind == BW_BB_ASSIGN && !s->flag && strcmp(s->written, name) == 0) {
            layer->compat = words_of(arena, s->value);
            layer->compat_place = s->value_place;
        }
    }
    for (const char *const *word = layer->compat; word && *word; word++) {
        const bw_balena_release *release = bw_balena_release_find(*word);
        if (release && (!layer->release || release > layer->release))
            layer->release = release;
    }
}

static void read_samples(bw_unit *unit, bw_balena_layer *layer)
{
    static const char *const folders[] = {"/conf/templates/default", "/conf/samples"};

    for (size_t i = 0; i < G_N_ELEMENTS(folders) && !layer->samples; i++) {
        const char *folder = bw_arena_join(&unit->arena, layer->path, folders[i], "");
        const char *bblayers = bw_arena_join(&unit->arena, folder, "/bblayers.conf.sample", "");
        const char *local = bw_arena_join(&unit->arena, folder, "/local.conf.sample", "");

        if (!is_file(bblayers) && !is_file(local))
            continue;
        layer->samples = folder;
        layer->bblayers = is_file(bblayers) ? bw_bb_read(unit, bblayers) : NULL;
        layer->local = is_file(local) ? bw_bb_read(unit, local) : NULL;
    }
}

static bw_balena_layer *read_layer(bw_balena_repo *repo, const char *name)
{
    bw_arena *arena = &repo->unit->arena;
    bw_balena_layer *layer = bw_arena_new(arena, bw_balena_layer);
    GPtrArray *files = g_ptr_array_new();

    layer->name = name;
    layer->path = bw_balena_path(repo, bw_arena_join(arena, "layers/", name, ""));
    add_files(repo->unit, layer->path, false, 0, files);
    layer->file_count = files->len;
    layer->files = bw_arena_dup(arena, files->pdata, sizeof(bw_bb_file *) * files->len);
    g_ptr_array_free(files, TRUE);
    layer->conf = file_of(layer, "conf/layer.conf");
    read_compat(layer, arena);
    read_samples(repo->unit, layer);
    layer->machines = machines_of(repo, layer->path);
    return layer;
}

void bw_balena_read_layer(bw_balena_repo *repo)
{
    static const char *const prefixes[] = {"meta-balena-", "meta-resin-"};
    bw_arena *arena = &repo->unit->arena;
    GPtrArray *names = bw_balena_names_in(bw_balena_path(repo, "layers"));
    const char *best = NULL;
    int best_likeness = 0;

    for (guint i = 0; i < names->len; i++)
        for (size_t p = 0; p < G_N_ELEMENTS(prefixes); p++) {
            const char *name = names->pdata[i];
            if (!g_str_has_prefix(name, prefixes[p]))
                continue;
            const int now = likeness(repo, bw_arena_join(arena, "layers/", name, ""));
            if (now > best_likeness) {
                best_likeness = now;
                best = bw_arena_strdup(arena, name);
                repo->family = best + strlen(prefixes[p]);
            }
        }
    g_ptr_array_free(names, TRUE);
    if (best)
        repo->layer = read_layer(repo, best);
}
