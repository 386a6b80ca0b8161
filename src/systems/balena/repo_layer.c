/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/repo_parts.h"

#include <string.h>

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
    if (!best)
        return;
    repo->layer = bw_arena_new(arena, bw_balena_layer);
    repo->layer->name = best;
    repo->layer->path = bw_balena_path(repo, bw_arena_join(arena, "layers/", best, ""));
    repo->layer->machines = machines_of(repo, repo->layer->path);
}
