/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/v1.h"

#include "systems/zephyr/walk.h"

#include <stdlib.h>

static void add_board_dir(bw_arena *arena, const char *arch, const char *dir, const char *only, GArray *boards)
{
    static const char ending[] = "_defconfig";
    GPtrArray *names = bw_zephyr_names_in(dir);

    if (!names)
        return;
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];

        if (!g_str_has_suffix(name, ending) || bw_zephyr_is_file(bw_zephyr_path(arena, dir, "board.yml")))
            continue;
        bw_zephyr_v1_board b = {arch, bw_arena_strndup(arena, name, strlen(name) - strlen(ending)), dir};
        if (!only || strcmp(only, b.name) == 0)
            g_array_append_val(boards, b);
    }
    g_ptr_array_free(names, TRUE);
}

/* Only the folders that --board-dir names, if it does. */
static bool is_asked_for(const bw_zephyr_roots *roots, const char *dir)
{
    if (!roots->board_dirs || !roots->board_dirs[0])
        return true;
    for (const char *const *d = roots->board_dirs; *d; d++)
        if (strcmp(*d, dir) == 0)
            return true;
    return false;
}

static void add_arch(bw_arena *arena, const bw_zephyr_roots *roots, const char *arch, const char *only, GArray *boards)
{
    for (const char *const *root = roots->board_roots; root && *root; root++) {
        char *absolute = realpath(*root, NULL);
        const char *folder = absolute ? bw_zephyr_path(arena, bw_zephyr_path(arena, absolute, "boards"), arch) : NULL;
        GPtrArray *names = folder ? bw_zephyr_names_in(folder) : NULL;

        for (guint i = 0; names && i < names->len; i++) {
            const char *dir = bw_zephyr_path(arena, folder, names->pdata[i]);

            if (bw_zephyr_is_dir(dir) && is_asked_for(roots, dir))
                add_board_dir(arena, arch, dir, only, boards);
        }
        if (names)
            g_ptr_array_free(names, TRUE);
        free(absolute);
    }
}

static int compare_boards(gconstpointer a, gconstpointer b)
{
    const bw_zephyr_v1_board *x = a;
    const bw_zephyr_v1_board *y = b;
    int by_arch = strcmp(x->arch, y->arch);

    if (by_arch)
        return by_arch;
    int by_name = strcmp(x->name, y->name);
    return by_name ? by_name : strcmp(x->dir, y->dir);
}

static void collect_archs(bw_arena *arena, const char *root, GPtrArray *archs)
{
    const char *folder = bw_zephyr_path(arena, root, "arch");
    GPtrArray *names = bw_zephyr_names_in(folder);

    for (guint i = 0; names && i < names->len; i++) {
        const char *name = names->pdata[i];
        bool known = strcmp(name, "common") == 0;

        for (guint k = 0; k < archs->len && !known; k++)
            known = strcmp(archs->pdata[k], name) == 0;
        if (!known && bw_zephyr_is_dir(bw_zephyr_path(arena, folder, name)))
            g_ptr_array_add(archs, bw_arena_strdup(arena, name));
    }
    if (names)
        g_ptr_array_free(names, TRUE);
}

void bw_zephyr_v1_boards(bw_arena *arena, const bw_zephyr_roots *roots, const char *only, GArray *boards)
{
    GPtrArray *archs = g_ptr_array_new();

    for (const char *const *root = roots->arch_roots; root && *root; root++)
        collect_archs(arena, *root, archs);
    for (guint i = 0; i < archs->len; i++)
        add_arch(arena, roots, archs->pdata[i], only, boards);
    g_array_sort(boards, compare_boards);
    /* A root given twice. */
    for (guint i = 1; i < boards->len;)
        if (compare_boards(&g_array_index(boards, bw_zephyr_v1_board, i - 1),
                           &g_array_index(boards, bw_zephyr_v1_board, i)) == 0)
            g_array_remove_index(boards, i);
        else
            i++;
    g_ptr_array_free(archs, TRUE);
}
