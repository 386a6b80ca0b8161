/* SPDX-License-Identifier: Apache-2.0 */
#include "board/roots.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

/* Further up nobody keeps a tree, and a path of ".."s has to end somewhere. */
#define UP_MAX 40

struct bw_roots {
    GMutex lock;
    bw_arena arena;
    GHashTable *by_dir; /* folder as text -> const bw_root * */
};

bw_roots *bw_roots_new(void)
{
    bw_roots *roots = g_new0(bw_roots, 1);

    g_mutex_init(&roots->lock);
    bw_arena_init(&roots->arena);
    roots->by_dir = g_hash_table_new(g_str_hash, g_str_equal);
    return roots;
}

void bw_roots_free(bw_roots *roots)
{
    if (!roots)
        return;
    g_hash_table_destroy(roots->by_dir);
    bw_arena_free(&roots->arena);
    g_mutex_clear(&roots->lock);
    g_free(roots);
}

/* "dir/name" without a needless "./". Freed by the caller. */
static char *below(const char *dir, const char *name)
{
    if (strcmp(dir, ".") == 0)
        return g_strdup(name);
    if (strcmp(dir, "/") == 0)
        return g_strconcat("/", name, NULL);
    return g_strconcat(dir, "/", name, NULL);
}

static bool has_dir(const char *dir, const char *name)
{
    char *path = below(dir, name);
    bool there = g_file_test(path, G_FILE_TEST_IS_DIR);

    g_free(path);
    return there;
}

/* The folder above, as text; NULL above "/". Freed by the caller. */
static char *above(const char *dir)
{
    if (strcmp(dir, "/") == 0)
        return NULL;
    if (strcmp(dir, ".") == 0)
        return g_strdup("..");
    const char *last = strrchr(dir, '/');
    const char *name = last ? last + 1 : dir;
    if (strcmp(name, "..") == 0)
        return g_strconcat(dir, "/..", NULL);
    if (!last)
        return g_strdup(".");
    return last == dir ? g_strdup("/") : g_strndup(dir, (gsize)(last - dir));
}

static void add_dir(bw_arena *arena, GPtrArray *dirs, const char *root, const char *name)
{
    char *path = strcmp(name, ".") == 0 ? g_strdup(root) : below(root, name);

    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        g_ptr_array_add(dirs, bw_arena_strdup(arena, path));
    g_free(path);
}

static const char *const *finish(bw_arena *arena, GPtrArray *dirs)
{
    g_ptr_array_add(dirs, NULL);
    const char *const *list = bw_arena_dup(arena, dirs->pdata, dirs->len * sizeof(char *));
    g_ptr_array_free(dirs, TRUE);
    return list;
}

static int compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A folder for each architecture: those of arch/ that dts/ has too, else all of dts/. */
static void add_architectures(bw_arena *arena, GPtrArray *dirs, const char *root)
{
    char *where = below(root, has_dir(root, "arch") ? "arch" : "dts");
    GDir *dir = g_dir_open(where, 0, NULL);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        if (strcmp(name, "common") != 0 && strcmp(name, "vendor") != 0 && strcmp(name, "bindings") != 0)
            g_ptr_array_add(names, g_strconcat("dts/", name, NULL));
    g_ptr_array_sort(names, compare_text);
    for (guint i = 0; i < names->len; i++)
        add_dir(arena, dirs, root, names->pdata[i]);
    g_ptr_array_free(names, TRUE);
    if (dir)
        g_dir_close(dir);
    g_free(where);
}

static void describe_zephyr(bw_arena *arena, bw_root *root, const char *dir)
{
    GPtrArray *dirs = g_ptr_array_new();

    root->kind = BW_ROOT_ZEPHYR;
    root->dialect = BW_DIALECT_ZEPHYR;
    add_dir(arena, dirs, dir, "include");
    add_dir(arena, dirs, dir, "include/zephyr");
    add_dir(arena, dirs, dir, "dts/common");
    add_dir(arena, dirs, dir, "dts/vendor");
    add_architectures(arena, dirs, dir);
    add_dir(arena, dirs, dir, "dts");
    root->include_dirs = finish(arena, dirs);
    root->dts_dirs = root->include_dirs;
}

static void describe_linux(bw_arena *arena, bw_root *root, const char *dir)
{
    GPtrArray *dirs = g_ptr_array_new();

    root->kind = BW_ROOT_LINUX;
    root->dialect = BW_DIALECT_DTC;
    if (has_dir(dir, "scripts/dtc/include-prefixes")) {
        add_dir(arena, dirs, dir, "scripts/dtc/include-prefixes");
        add_dir(arena, dirs, dir, "include");
    } else {
        add_dir(arena, dirs, dir, "include");
        add_dir(arena, dirs, dir, "src"); /* as U-Boot keeps the export */
        add_dir(arena, dirs, dir, ".");
    }
    root->include_dirs = finish(arena, dirs);
    root->dts_dirs = root->include_dirs;
}

/* @return NULL if the folder is no root of a tree. */
static const bw_root *describe(bw_arena *arena, const char *dir)
{
    bool zephyr = has_dir(dir, "include/zephyr") && has_dir(dir, "dts");

    if (!zephyr && !has_dir(dir, "include/dt-bindings"))
        return NULL;
    bw_root *root = bw_arena_new(arena, bw_root);
    if (zephyr)
        describe_zephyr(arena, root, dir);
    else
        describe_linux(arena, root, dir);
    root->path = bw_arena_strdup(arena, dir);
    return root;
}

/* A tree is described once: what lies in it is told by the first folder on the way up that is known to lie there. */
static const bw_root *search(bw_roots *roots, const char *start)
{
    static const char *const none[] = {NULL};
    GPtrArray *passed = g_ptr_array_new_with_free_func(g_free);
    char *dir = g_strdup(start);
    const bw_root *found = NULL;

    for (int up = 0; dir && up < UP_MAX && !found; up++) {
        g_ptr_array_add(passed, dir);
        found = g_hash_table_lookup(roots->by_dir, dir);
        if (!found || found->kind == BW_ROOT_NONE)
            found = describe(&roots->arena, dir);
        dir = above(dir);
    }
    g_free(dir);
    for (guint i = 0; found && i < passed->len; i++)
        g_hash_table_insert(roots->by_dir, bw_arena_strdup(&roots->arena, passed->pdata[i]),
                            (gpointer)(uintptr_t)found);
    g_ptr_array_free(passed, TRUE);
    if (found)
        return found;
    bw_root *root = bw_arena_new(&roots->arena, bw_root);
    root->include_dirs = root->dts_dirs = none;
    g_hash_table_insert(roots->by_dir, bw_arena_strdup(&roots->arena, start), root);
    return root;
}

const bw_root *bw_roots_find(bw_roots *roots, const char *path)
{
    char *dir = g_path_get_dirname(path);

    g_mutex_lock(&roots->lock);
    const bw_root *root = g_hash_table_lookup(roots->by_dir, dir);
    if (!root)
        root = search(roots, dir);
    g_mutex_unlock(&roots->lock);
    g_free(dir);
    return root;
}
