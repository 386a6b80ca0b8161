/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/trees.h"

#include "dts/dts.h"
#include "systems/zephyr/near.h"
#include "systems/zephyr/walk.h"

#include <string.h>

struct bw_zephyr_trees {
    bw_context *ctx;
    const char *const *board_roots;
    const char *zephyr_base;
    bw_zephyr_binding_folders *folders;
    GMutex lock;
    GHashTable *by_dirs; /* folders with bindings, as one text -> bw_zephyr_bindings */
};

static void free_bindings(gpointer bindings)
{
    bw_zephyr_bindings_free(bindings);
}

bw_zephyr_trees *bw_zephyr_trees_new(bw_context *ctx, const bw_zephyr_roots *roots, const char *zephyr_base)
{
    bw_zephyr_trees *t = g_new0(bw_zephyr_trees, 1);

    t->ctx = ctx;
    t->board_roots = roots->board_roots;
    t->zephyr_base = zephyr_base;
    t->folders = bw_zephyr_binding_folders_new();
    g_mutex_init(&t->lock);
    t->by_dirs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_bindings);
    return t;
}

void bw_zephyr_trees_free(bw_zephyr_trees *t)
{
    if (!t)
        return;
    g_hash_table_destroy(t->by_dirs);
    bw_zephyr_binding_folders_free(t->folders);
    g_mutex_clear(&t->lock);
    g_free(t);
}

/* ---- whose bindings ---- */

static void add_dir(bw_arena *arena, GPtrArray *dirs, const char *root)
{
    const char *dir = bw_zephyr_path(arena, bw_zephyr_tidy_path(arena, root), "dts/bindings");

    for (guint i = 0; i < dirs->len; i++)
        if (strcmp(dirs->pdata[i], dir) == 0)
            return;
    if (bw_zephyr_is_dir(dir))
        g_ptr_array_add(dirs, (gpointer)(uintptr_t)dir);
}

/* Those of the board roots, of the board's folder and of the Zephyr tree; NULL without a Zephyr tree, whose base.yaml
 * all others build on. */
static bw_zephyr_bindings *bindings_for(bw_zephyr_trees *t, const bw_target *target, const char *base, bw_arena *arena)
{
    GPtrArray *dirs = g_ptr_array_new();
    char *folder = g_path_get_dirname(target->board_yml ? target->board_yml : target->path);
    bw_zephyr_bindings *bindings = NULL;

    for (const char *const *root = t->board_roots; root && *root; root++)
        add_dir(arena, dirs, *root);
    add_dir(arena, dirs, folder);
    add_dir(arena, dirs, base);
    char *all = g_build_filename(base, "dts/bindings", NULL);
    bool has_base = g_file_test(all, G_FILE_TEST_IS_DIR);
    g_free(all);
    g_ptr_array_add(dirs, NULL);
    char *key = g_strjoinv("\n", (char **)dirs->pdata);
    if (has_base && *key) {
        g_mutex_lock(&t->lock);
        bindings = g_hash_table_lookup(t->by_dirs, key);
        if (!bindings) {
            bindings = bw_zephyr_bindings_new(t->ctx, (const char *const *)dirs->pdata, t->folders);
            g_hash_table_insert(t->by_dirs, g_strdup(key), bindings);
        }
        g_mutex_unlock(&t->lock);
    }
    g_free(key);
    g_free(folder);
    g_ptr_array_free(dirs, TRUE);
    return bindings;
}

/* ---- what was said before ---- */

static void drop(bw_zephyr_tree_check *check, bw_finding *previous, bw_finding *f)
{
    bw_findings *all = check->unit->findings;

    if (previous)
        previous->next = f->next;
    else
        all->first = f->next;
    if (all->last == f)
        all->last = previous;
    if (check->before == f)
        check->before = previous;
    all->counts[f->severity]--;
}

bool bw_zephyr_is_said(bw_zephyr_tree_check *check, const bw_node *node, const char *property)
{
    bw_finding *previous = NULL;
    const char *path = NULL;

    for (bw_finding *f = check->unit->findings->first; f && check->before; previous = f, f = f->next) {
        bool last = f == check->before;

        if (f->node && !path)
            path = bw_node_path(check->tree, node);
        if (f->node && strcmp(f->node, path) == 0) {
            if (!property)
                return true;
            if (f->property && strcmp(f->property, property) == 0 && f->severity == BW_ERROR)
                return true;
            if (f->property && strcmp(f->property, property) == 0) {
                drop(check, previous, f);
                return false;
            }
        }
        if (last)
            break;
    }
    return false;
}

/* Test data of the tree's own tools, which have bindings of their own. */
static bool is_of_scripts(const bw_target *target, const bw_root *root)
{
    const char *path = target->path;
    size_t len = root->kind == BW_ROOT_ZEPHYR ? strlen(root->path) : 0;

    if (!len || target->board_yml)
        return false;
    if (strcmp(root->path, ".") != 0 && strncmp(path, root->path, len) == 0)
        path += len;
    while (*path == '/' || (path[0] == '.' && path[1] == '/'))
        path++;
    return g_str_has_prefix(path, "scripts/");
}

static bool is_folder_to_be_written(const char *board_yml, bw_arena *arena)
{
    char *dirname = board_yml ? g_path_get_dirname(board_yml) : NULL;
    bool is = dirname && bw_zephyr_is_to_be_written(dirname, arena);

    g_free(dirname);
    return is;
}

/* What `build` translates for Zephyr need not fit Zephyr's bindings yet. What is built on a file of the Zephyr tree is
 * written as it is. */
static bool is_to_be_translated(const bw_target *target, const char *base, bw_unit *unit)
{
    const char *prefix = bw_arena_join(&unit->arena, base, "/", "");

    if (!is_folder_to_be_written(target->board_yml, &unit->arena) &&
        !is_folder_to_be_written(target->base_yml, &unit->arena))
        return false;
    for (const char *const *file = bw_dts_files(unit, NULL); *file; file++)
        if (g_str_has_prefix(*file, prefix))
            return false;
    return true;
}

void bw_zephyr_check_tree(bw_zephyr_trees *t, const bw_target *target, bw_roots *roots, bw_tree *tree)
{
    const bw_root *root = target->kind == BW_TARGET_SOURCE ? bw_roots_find(roots, target->path) : NULL;
    bw_zephyr_tree_check c = {.tree = tree, .unit = tree->unit, .before = tree->unit->findings->last};

    /* An empty tree is a stub that says nothing of any board. */
    if (!tree->zephyr || !root || tree->plugin || !bw_live_node(tree->root->first_child))
        return;
    /* A board outside of any Zephyr tree that was not found as one of Zephyr's may be for Linux, or no system at all.
     */
    const char *base = root->kind == BW_ROOT_ZEPHYR ? root->path : target->include_dirs ? t->zephyr_base : NULL;
    if (!base || is_of_scripts(target, root))
        return;
    if (root->kind != BW_ROOT_ZEPHYR && is_to_be_translated(target, base, tree->unit))
        return;
    c.bindings = bindings_for(t, target, base, &tree->unit->arena);
    if (c.bindings)
        bw_zephyr_check_bindings(&c);
    bw_zephyr_check_chosen(&c);
    bw_zephyr_check_partitions(&c);
    bw_zephyr_check_identity(&c);
}
