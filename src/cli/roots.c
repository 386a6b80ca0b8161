/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/roots.h"

#include "board/roots.h"

#include <stdlib.h>
#include <string.h>

static void add(GPtrArray *list, const char *path)
{
    if (path)
        g_ptr_array_add(list, (gpointer)(uintptr_t)path);
}

static void add_all(GPtrArray *list, char *const *paths)
{
    for (; paths && *paths; paths++)
        add(list, *paths);
}

static const char *const *finish(bw_arena *arena, GPtrArray *list)
{
    add(list, "");
    const char **all = bw_arena_dup(arena, list->pdata, list->len * sizeof *all);
    all[list->len - 1] = NULL;
    g_ptr_array_free(list, TRUE);
    return all;
}

/* The Zephyr tree that @p folder is or lies in, or NULL. */
static const char *tree_around(bw_arena *arena, bw_roots *roots, const char *folder, bool exactly)
{
    char *inside = g_build_filename(folder, "x", NULL);
    const bw_root *root = bw_roots_find(roots, inside);
    const char *found = NULL;

    if (root->kind == BW_ROOT_ZEPHYR && (!exactly || strcmp(root->path, folder) == 0))
        found = bw_arena_strdup(arena, root->path);
    g_free(inside);
    return found;
}

static const char *find_base(bw_arena *arena, const GPtrArray *given)
{
    bw_roots *roots = bw_roots_new();
    const char *found = NULL;

    for (guint i = 0; i < given->len && !found; i++)
        found = tree_around(arena, roots, given->pdata[i], true);
    if (!found)
        found = tree_around(arena, roots, ".", false);
    const char *environment = getenv("ZEPHYR_BASE");
    if (!found && environment && *environment)
        found = bw_arena_strdup(arena, environment);
    bw_roots_free(roots);
    return found;
}

void bw_root_lists_init(bw_root_lists *l, const bw_options *options, char *const *more, bool with_base)
{
    GPtrArray *board = g_ptr_array_new();
    GPtrArray *soc = g_ptr_array_new();
    GPtrArray *arch = g_ptr_array_new();

    *l = (bw_root_lists){0};
    bw_arena_init(&l->arena);
    add_all(board, options->board_roots);
    add_all(board, more);
    l->zephyr_base = find_base(&l->arena, board);
    bool base_boards = with_base || board->len == 0;
    add_all(soc, options->soc_roots);
    if (soc->len == 0)
        for (guint i = 0; i < board->len; i++)
            add(soc, board->pdata[i]);
    add_all(arch, options->arch_roots);
    if (base_boards)
        add(board, l->zephyr_base);
    if (with_base || !options->soc_roots)
        add(soc, l->zephyr_base);
    if (with_base || !options->arch_roots)
        add(arch, l->zephyr_base);
    l->roots.board_roots = finish(&l->arena, board);
    l->roots.soc_roots = finish(&l->arena, soc);
    l->roots.arch_roots = finish(&l->arena, arch);
}

static bool has_folder(const char *root, const char *name)
{
    char *path = g_build_filename(root, name, NULL);
    bool there = g_file_test(path, G_FILE_TEST_IS_DIR);

    g_free(path);
    return there;
}

/* The root of boards/ around a folder, if it has soc/ as well (to be freed), or NULL. */
static char *soc_root_above(const char *board_dir)
{
    char *path = realpath(board_dir, NULL);
    char *slash;

    while (path && (slash = strrchr(path, '/')) && slash != path) {
        bool is_boards = strcmp(slash, "/boards") == 0;

        *slash = '\0';
        if (is_boards && has_folder(path, "soc"))
            return path;
    }
    free(path);
    return NULL;
}

void bw_root_lists_add_beside(bw_root_lists *l, const bw_options *options, const char *const *board_dirs)
{
    GPtrArray *soc = g_ptr_array_new();

    add_all(soc, (char *const *)(uintptr_t)l->roots.soc_roots);
    for (; board_dirs && *board_dirs && !options->soc_roots; board_dirs++) {
        char *root = soc_root_above(*board_dirs);

        if (root)
            add(soc, bw_arena_strdup(&l->arena, root));
        free(root);
    }
    l->roots.soc_roots = finish(&l->arena, soc);
}

void bw_root_lists_free(bw_root_lists *l)
{
    bw_arena_free(&l->arena);
}

void bw_board_finder_init(bw_board_finder *finder, bw_context *ctx, const bw_options *options)
{
    bw_root_lists_init(&finder->lists, options, NULL, true);
    finder->zephyr = bw_zephyr_lookup_new(ctx, &finder->lists.roots, finder->lists.zephyr_base, MAX(options->jobs, 1));
    finder->lookup = bw_zephyr_board_lookup(finder->zephyr);
}

void bw_board_finder_free(bw_board_finder *finder)
{
    bw_zephyr_lookup_free(finder->zephyr);
    bw_root_lists_free(&finder->lists);
}
