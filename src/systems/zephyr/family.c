/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/family.h"

#include "systems/zephyr/walk.h"

#include <string.h>

/* ---- which folders --------------------------------------------------------------------------------- */

typedef struct collector {
    const bw_zephyr_family *family;
    GPtrArray *dirs;  /* of const char * */
    GPtrArray *files; /* of bw_board_yml, beside dirs; NULL of one that cannot be read */
    GTree *absolute;  /* absolute paths of dirs */
} collector;

/* Who is to say what is wrong with a file reads it again. */
static const bw_board_yml *read_quietly(const bw_zephyr_family *family, const char *path)
{
    bw_findings unheard;

    bw_findings_init(&unheard, family->ctx);
    const bw_board_yml *file = bw_board_yml_read(family->ctx, path, family->arena, &unheard);
    bw_findings_free(&unheard);
    return file;
}

static gint compare_text(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return strcmp(a, b);
}

/* The same folder may have been given by another path. */
static bool has_dir(const collector *c, const char *dir)
{
    char *wanted = g_canonicalize_filename(dir, NULL);
    bool found = g_tree_lookup(c->absolute, wanted) != NULL;

    g_free(wanted);
    return found;
}

static void add(collector *c, const char *dir, const bw_board_yml *file)
{
    g_ptr_array_add(c->dirs, (gpointer)(uintptr_t)dir);
    g_ptr_array_add(c->files, (gpointer)(uintptr_t)file);
    g_tree_insert(c->absolute, g_canonicalize_filename(dir, NULL), (gpointer)(uintptr_t)dir);
}

static void add_given(collector *c)
{
    for (guint i = 0; i < c->family->given->len; i++) {
        const char *path = c->family->given->pdata[i];
        char *dirname = g_path_get_dirname(path);
        const char *dir = bw_zephyr_tidy_path(c->family->arena, dirname);

        if (!has_dir(c, dir))
            add(c, dir, read_quietly(c->family, path));
        g_free(dirname);
    }
}

static void add_from_roots(collector *c)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_part));
    GArray *found = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_found));

    bw_zephyr_split(c->family->arena, c->family->user_roots, "boards", "board.yml", BW_ZEPHYR_TOP_FIRST, parts);
    bw_zephyr_split_loose(c->family->arena, c->family->user_roots, "boards", parts);
    for (guint i = 0; i < parts->len; i++)
        bw_zephyr_walk(c->family->arena, &g_array_index(parts, bw_zephyr_part, i), "board.yml", BW_ZEPHYR_TOP_FIRST,
                       found);
    for (guint i = 0; i < found->len; i++) {
        const bw_zephyr_found *f = &g_array_index(found, bw_zephyr_found, i);

        if (!has_dir(c, f->dir->path))
            add(c, f->dir->path, read_quietly(c->family, f->path));
    }
    g_array_free(found, TRUE);
    g_array_free(parts, TRUE);
}

static bool defines(const bw_board_yml *file, const char *board)
{
    for (uint32_t i = 0; file && i < file->count; i++)
        if (file->boards[i].name && strcmp(file->boards[i].name, board) == 0)
            return true;
    return false;
}

static bool is_defined(const collector *c, const char *board)
{
    for (guint i = 0; i < c->files->len; i++)
        if (defines(c->files->pdata[i], board))
            return true;
    return false;
}

static bool defines_near(const bw_board_yml *file, const char *board)
{
    for (uint32_t i = 0; file && i < file->count; i++) {
        const char *const name[] = {file->boards[i].name, NULL};

        if (name[0] && bw_nearest(board, name))
            return true;
    }
    return false;
}

/* Takes a folder in if its board.yml defines the board, or one of nearly the name, for "did you mean". */
static bool try_dir(collector *c, const char *dir, const char *board, bool nearly)
{
    const char *path = bw_zephyr_path(c->family->arena, dir, "board.yml");
    const bw_board_yml *file = bw_zephyr_is_file(path) ? read_quietly(c->family, path) : NULL;

    if (nearly ? !defines_near(file, board) || has_dir(c, dir) : !defines(file, board))
        return false;
    add(c, dir, file);
    return true;
}

/* The folder above an extension, or one beside it. */
static bool find_near(collector *c, const char *dir, const char *board, bool nearly)
{
    bw_arena *arena = c->family->arena;
    char *own = g_path_get_dirname(dir);
    const char *above = strcmp(dir, ".") == 0 || g_str_has_suffix(dir, "..") ? bw_zephyr_path(arena, dir, "..")
                                                                             : bw_arena_strdup(arena, own);
    GPtrArray *names = bw_zephyr_names_in(above);
    bool found = try_dir(c, above, board, nearly);

    for (guint i = 0; names && i < names->len && !found; i++)
        found = try_dir(c, bw_zephyr_path(arena, above, names->pdata[i]), board, nearly);
    if (names)
        g_ptr_array_free(names, TRUE);
    g_free(own);
    return found;
}

/* @return whether any file extends a board */
static bool find_bases(collector *c, GPtrArray *missing)
{
    guint count = c->files->len; /* a board that is found so extends nothing */
    bool any = false;

    for (guint i = 0; i < count; i++) {
        const bw_board_yml *file = c->files->pdata[i];

        for (uint32_t b = 0; file && b < file->count; b++) {
            const char *board = file->boards[b].extend;

            if (!board)
                continue;
            any = true;
            if (is_defined(c, board) || find_near(c, c->dirs->pdata[i], board, false))
                continue;
            g_ptr_array_add(missing, bw_arena_strdup(c->family->arena, board));
            find_near(c, c->dirs->pdata[i], board, true);
        }
    }
    return any;
}

const char *const *bw_zephyr_family_dirs(const bw_zephyr_family *family, GPtrArray *missing)
{
    collector c = {family, g_ptr_array_new(), g_ptr_array_new(), g_tree_new_full(compare_text, NULL, g_free, NULL)};
    const char *const *dirs = NULL;

    add_given(&c);
    add_from_roots(&c);
    if (find_bases(&c, missing)) {
        g_ptr_array_add(c.dirs, NULL);
        dirs = bw_arena_dup(family->arena, c.dirs->pdata, c.dirs->len * sizeof *dirs);
    }
    g_ptr_array_free(c.dirs, TRUE);
    g_ptr_array_free(c.files, TRUE);
    g_tree_unref(c.absolute);
    return dirs;
}

/* ---- as one board ---------------------------------------------------------------------------------- */

static uint32_t count_of(const bw_zephyr_target *first)
{
    uint32_t count = 0;

    for (; first; first = first->next)
        count++;
    return count;
}

/* Variants that Zephyr drops are dropped; what a variant takes from its parent is written out by then. */
static bw_yml_variant *variants_of(const bw_zephyr_target *first, const bw_yaml *cluster, bw_arena *arena,
                                   uint32_t *count)
{
    bw_yml_variant *variants = bw_arena_array(arena, bw_yml_variant, count_of(first));

    *count = 0;
    for (const bw_zephyr_target *t = first; t; t = t->next) {
        bw_yml_variant *v = &variants[(*count)++];

        v->name = t->segment;
        v->at = t->at;
        v->cpucluster = cluster ? cluster->text : NULL;
        v->cpucluster_at = cluster;
        v->variants = variants_of(t->first, NULL, arena, &v->variant_count);
    }
    return variants;
}

static void fill_clusters(const bw_zephyr_target *soc, bw_yml_soc *yml, bw_arena *arena)
{
    uint32_t count = 0;

    for (const bw_zephyr_target *c = soc->first; c; c = c->next)
        count += count_of(c->first);
    yml->variants = bw_arena_array(arena, bw_yml_variant, count);
    for (const bw_zephyr_target *c = soc->first; c; c = c->next) {
        uint32_t of_cluster;
        bw_yml_variant *variants = variants_of(c->first, c->at, arena, &of_cluster);

        if (of_cluster)
            memcpy(yml->variants + yml->variant_count, variants, of_cluster * sizeof *variants);
        yml->variant_count += of_cluster;
    }
}

const bw_yml_board *bw_zephyr_family_board(const bw_zephyr_board *board, bw_arena *arena)
{
    bw_yml_board *yml = bw_arena_new(arena, bw_yml_board);

    if (board->dir_count < 2)
        return NULL;
    *yml = *board->yml;
    yml->soc_count = 0;
    yml->socs = bw_arena_array(arena, bw_yml_soc, count_of(board->first));
    for (const bw_zephyr_target *t = board->first; t; t = t->next) {
        bw_yml_soc *soc = &yml->socs[yml->soc_count++];

        soc->name = t->segment;
        soc->at = t->at;
        if (t->soc && t->soc->cluster_count)
            fill_clusters(t, soc, arena);
        else
            soc->variants = variants_of(t->first, NULL, arena, &soc->variant_count);
    }
    return yml;
}
