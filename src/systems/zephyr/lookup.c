/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/lookup.h"

#include "systems/zephyr/check_run.h"
#include "systems/zephyr/family.h"
#include "systems/zephyr/near.h"
#include "systems/zephyr/walk.h"

#include <string.h>

/* So many boards of one Zephyr tree are read one by one; from then on the whole tree is. */
#define SINGLE_MAX 2

struct bw_zephyr_lookup {
    bw_context *ctx;
    bw_arena arena;
    bw_zephyr_roots roots;
    const char *zephyr_base;
    int threads;
    bw_zephyr *model;  /* of the roots */
    bw_roots *trees;   /* finds the tree that a board lies in */
    GPtrArray *models; /* of other trees: owned bw_zephyr */
    GTree *by_tree;    /* path of a tree -> its whole model */
    GArray *folders;   /* of bw_zephyr_folder: to be checked */
    GArray *known;     /* of known: what was found */
    bw_zephyr_checks *checks;
    bw_zephyr_include_finder *includes;
    GTree *singles;    /* path of a tree -> how many of its boards were read alone */
    GPtrArray *given;  /* of char *: each board.yml that the user named, or that lies below what he named */
    bw_zephyr *family; /* of boards outside of any tree, with what extends them; NULL: nothing does */
    guint family_of;   /* how many were given when it was made; 0: not yet */
    const bw_zephyr_deprecated *deprecated;
    bool deprecated_read;
};

/* A target that was found, and from what. */
typedef struct known {
    const char *name, *board_yml;
    const bw_zephyr *z;
    bw_zephyr_choice choice;
} known;

static int compare_names(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return strcmp(a, b);
}

bw_zephyr_lookup *bw_zephyr_lookup_new(bw_context *ctx, const bw_zephyr_roots *roots, const char *zephyr_base,
                                       int threads)
{
    bw_zephyr_lookup *l = g_new0(bw_zephyr_lookup, 1);

    l->ctx = ctx;
    l->roots = *roots;
    l->roots.loose = true;
    l->given = g_ptr_array_new_with_free_func(g_free);
    l->zephyr_base = zephyr_base;
    l->threads = threads;
    l->trees = bw_roots_new();
    l->models = g_ptr_array_new();
    l->by_tree = g_tree_new_full(compare_names, NULL, NULL, NULL);
    l->known = g_array_new(FALSE, FALSE, sizeof(known));
    l->folders = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_folder));
    l->checks = bw_zephyr_checks_new(ctx);
    l->includes = bw_zephyr_include_finder_new(ctx);
    l->singles = g_tree_new_full(compare_names, NULL, NULL, NULL);
    bw_arena_init(&l->arena);
    return l;
}

void bw_zephyr_lookup_free(bw_zephyr_lookup *l)
{
    if (!l)
        return;
    for (guint i = 0; i < l->models->len; i++)
        bw_zephyr_free(l->models->pdata[i]);
    g_ptr_array_free(l->models, TRUE);
    g_tree_unref(l->by_tree);
    g_tree_unref(l->singles);
    g_ptr_array_free(l->given, TRUE);
    g_array_free(l->known, TRUE);
    g_array_free(l->folders, TRUE);
    bw_zephyr_checks_free(l->checks);
    bw_zephyr_include_finder_free(l->includes);
    bw_zephyr_free(l->model);
    bw_roots_free(l->trees);
    bw_arena_free(&l->arena);
    g_free(l);
}

const bw_zephyr *bw_zephyr_lookup_model(bw_zephyr_lookup *l, bw_findings *findings)
{
    if (!l->model)
        l->model = bw_zephyr_load(l->ctx, &l->roots, NULL, l->threads, findings);
    return l->model;
}

const bw_zephyr_deprecated *bw_zephyr_lookup_deprecated(bw_zephyr_lookup *l)
{
    if (!l->deprecated_read && l->zephyr_base)
        l->deprecated = bw_zephyr_deprecated_read(
            l->ctx, bw_zephyr_path(&l->arena, l->zephyr_base, "boards/deprecated.cmake"), &l->arena);
    l->deprecated_read = true;
    return l->deprecated;
}

/* ---- from a choice to something that can be read ---- */

static void add_all(GPtrArray *all, const char *const *list)
{
    for (; *list; list++)
        g_ptr_array_add(all, (gpointer)(uintptr_t)*list);
}

static const char *const *joined(const char *const *first, const char *const *then, const char *const *last,
                                 bw_arena *arena)
{
    GPtrArray *all = g_ptr_array_new();

    add_all(all, first);
    add_all(all, then);
    add_all(all, last);
    g_ptr_array_add(all, NULL);
    const char *const *list = bw_arena_dup(arena, all->pdata, all->len * sizeof(char *));
    g_ptr_array_free(all, TRUE);
    return list;
}

static const char *const *include_dirs(bw_zephyr_lookup *l, const char *base, const bw_zephyr_choice *choice,
                                       const bw_zephyr_files *files, bw_arena *arena)
{
    GPtrArray *roots = g_ptr_array_new();

    g_ptr_array_add(roots, (gpointer)(uintptr_t)choice->board->dirs[0]->path);
    for (const char *const *dir = files->shield_dirs; *dir; dir++)
        g_ptr_array_add(roots, (gpointer)(uintptr_t)*dir);
    if (base)
        g_ptr_array_add(roots, (gpointer)(uintptr_t)base);
    g_ptr_array_add(roots, NULL);
    const char *const *dirs = bw_zephyr_include_dirs(l->includes, (const char *const *)roots->pdata, base, arena);
    g_ptr_array_free(roots, TRUE);
    if (!*files->dirs && !*files->system_dirs)
        return dirs;
    return joined(files->dirs, dirs, files->system_dirs, arena);
}

/* The paths of the used files of a kind, without the .dts itself; NULL-terminated. */
static const char *const *paths_of(const bw_zephyr_files *files, bw_zephyr_use use, bool of_revision, bw_arena *arena)
{
    const char **paths = bw_arena_array(arena, const char *, files->used_count + 1);
    uint32_t count = 0;

    for (uint32_t i = 0; i < files->used_count; i++)
        if (files->used[i].use == use && files->used[i].of_revision == of_revision &&
            g_strcmp0(files->used[i].path, files->dts) != 0)
            paths[count++] = files->used[i].path;
    return paths;
}

/* What there is for each revision, of boards that lie in several folders. */
static void add_revisions(const bw_zephyr *z, const bw_zephyr_choice *choice, bw_arena *arena, bw_target *target)
{
    const bw_yml_board *yml = choice->board->yml;
    bw_target_revision *list = bw_arena_array(arena, bw_target_revision, yml->revision_count);
    bw_findings unheard; /* what is wrong is wrong for any revision, too */

    bw_findings_init(&unheard, z->ctx);
    for (uint32_t i = 0; i < yml->revision_count; i++) {
        bw_zephyr_choice other = *choice;
        bw_zephyr_files files;

        other.revision = yml->revisions[i].name;
        bw_zephyr_find_files(z, &other, NULL, bw_file_place(choice->name), arena, &unheard, &files);
        list[i] = (bw_target_revision){other.revision, paths_of(&files, BW_ZEPHYR_USE_DEVICETREE, true, arena),
                                       paths_of(&files, BW_ZEPHYR_USE_KCONFIG, true, arena)};
    }
    bw_findings_free(&unheard);
    target->revisions = list;
    target->revision_count = yml->revision_count;
}

static bw_target target_of(bw_zephyr_lookup *l, const char *base, const bw_zephyr_choice *choice,
                           const bw_zephyr_files *files, bw_arena *arena)
{
    const bw_yml_board *yml = choice->board->yml;
    const char *qualifiers = choice->qualifiers ? choice->qualifiers : "";
    const char *base_yml = choice->board->file->source->path;
    const bw_zephyr_dir *own = choice->board->dirs[choice->target ? choice->target->folder : 0];
    bool extends = choice->target && choice->target->folder != 0;

    return (bw_target){
        .name = choice->requested ? choice->name : bw_arena_printf(arena, "%s%s", yml->name, qualifiers),
        .board = bw_arena_strdup(arena, yml->name),
        .full_name = yml->full_name ? bw_arena_strdup(arena, yml->full_name) : NULL,
        .vendor = yml->vendor ? bw_arena_strdup(arena, yml->vendor) : NULL,
        .kind = BW_TARGET_SOURCE,
        .path = files->dts,
        .board_yml = extends ? bw_zephyr_path(arena, own->path, "board.yml") : base_yml,
        .base_yml = extends ? base_yml : NULL,
        .configs = paths_of(files, BW_ZEPHYR_USE_KCONFIG, false, arena),
        .family = bw_zephyr_family_board(choice->board, arena),
        .more_files = files->overlays,
        .plain_files = paths_of(files, BW_ZEPHYR_USE_DEVICETREE, false, arena),
        .include_dirs = include_dirs(l, base, choice, files, arena),
        .defines = files->defines,
    };
}

bool bw_zephyr_resolve(bw_zephyr_lookup *l, const bw_zephyr_request *request, bw_arena *arena, bw_findings *findings,
                       bw_target *target, bw_zephyr_choice *choice, bw_zephyr_files *files)
{
    const bw_zephyr *z = bw_zephyr_lookup_model(l, findings);
    bw_place place = bw_file_place(request->target);
    bw_zephyr_extras extras = {.shields = request->shields,
                               .snippets = request->snippets,
                               .overlays = request->overlays,
                               .near_misses = request->near_misses};
    bw_zephyr_shields shields = {0};
    bw_zephyr_snippets snippets = {0};

    if (!bw_zephyr_choose(z, bw_zephyr_lookup_deprecated(l), request->target, place, arena, findings, choice))
        return false;
    if (request->shields && *request->shields)
        shields = bw_zephyr_shields_load(l->ctx, l->roots.board_roots, arena, findings);
    if (request->snippets && *request->snippets)
        snippets = bw_zephyr_snippets_load(l->ctx, l->roots.board_roots, arena, findings);
    extras.known_shields = &shields;
    extras.known_snippets = &snippets;
    bool found = bw_zephyr_find_files(z, choice, &extras, place, arena, findings, files);
    *target = target_of(l, l->zephyr_base, choice, files, arena);
    return found && !shields.failed && !snippets.failed;
}

/* ---- what load.h asks ---- */

typedef struct answer {
    bw_zephyr_lookup *l;
    const bw_zephyr *z;
    const char *base;
    bw_arena *arena;
    bw_findings *findings;
    GArray *targets; /* of bw_target */
    bool quiet;      /* the checks of the folder speak of twins and short names */
} answer;

static void add_choice(answer *a, const bw_zephyr_choice *choice)
{
    bw_zephyr_files files;
    bw_place place = bw_file_place(choice->board->file->source->path);

    bw_findings unheard;

    bw_findings_init(&unheard, a->l->ctx);
    bw_zephyr_find_files(a->z, choice, NULL, place, a->arena, a->quiet ? &unheard : a->findings, &files);
    bw_findings_free(&unheard);
    if (!files.dts)
        return; /* check speaks of it */
    bw_target t = target_of(a->l, a->base, choice, &files, a->arena);
    if (t.family)
        add_revisions(a->z, choice, a->arena, &t);
    g_array_append_val(a->targets, t);
    known k = {t.name, t.board_yml, a->z, *choice};
    g_array_append_val(a->l->known, k);
}

static void add_board(answer *a, const bw_zephyr_board *board, const char *revision)
{
    for (uint32_t i = 0; i < board->target_count; i++) {
        bw_zephyr_choice choice;

        if (revision) {
            const char *text =
                bw_arena_printf(a->arena, "%s@%s/%s", board->name, revision, board->targets[i]->qualifiers);
            if (!bw_zephyr_choose(a->z, NULL, text, bw_file_place(text), a->arena, a->findings, &choice))
                return;
        } else {
            bw_zephyr_choose_default(board->targets[i], a->arena, &choice);
        }
        add_choice(a, &choice);
    }
}

static void no_devicetree(answer *a, const char *name)
{
    bw_findings_add(a->findings, BW_CODE_board_unknown, bw_file_place(name),
                    "no file in the board's folder is the devicetree of the target");
}

/* A bare board name stands for all its targets; anything more is taken as Zephyr takes it. */
static bool find_by_name(void *data, const char *name, bw_arena *arena, bw_findings *findings, GArray *targets)
{
    bw_zephyr_lookup *l = data;
    answer a = {l, NULL, l->zephyr_base, arena, findings, targets, false};
    bw_zephyr_choice choice;
    bw_zephyr_name parts;
    const char *problem;
    guint before = targets->len;

    a.z = bw_zephyr_lookup_model(l, findings);
    const bw_zephyr_board *board =
        bw_zephyr_name_parse(arena, name, &parts, &problem) ? bw_zephyr_board_called(a.z, parts.board) : NULL;
    if (board && !parts.qualifiers && board->target_count > 1) {
        add_board(&a, board, parts.revision);
        if (targets->len == before && parts.revision)
            return false; /* the revision was refused */
    } else {
        if (!bw_zephyr_choose(a.z, bw_zephyr_lookup_deprecated(l), name, bw_file_place(name), arena, findings, &choice))
            return false;
        add_choice(&a, &choice);
    }
    if (targets->len == before)
        no_devicetree(&a, name);
    return targets->len > before;
}

/* The whole model of the tree that a board lies in; NULL while single boards are cheaper. */
static const bw_zephyr *whole_model(bw_zephyr_lookup *l, const char *tree, bool now, bw_findings *findings)
{
    bw_zephyr *z = g_tree_lookup(l->by_tree, tree);
    guint count = GPOINTER_TO_UINT(g_tree_lookup(l->singles, tree));

    if (z || (count < SINGLE_MAX && !now))
        return z;
    const char **roots = bw_arena_array(&l->arena, const char *, 2);
    roots[0] = bw_arena_strdup(&l->arena, tree);
    bw_zephyr_roots where = {.board_roots = roots, .soc_roots = roots};
    z = bw_zephyr_load(l->ctx, &where, NULL, l->threads, findings);
    g_ptr_array_add(l->models, z);
    g_tree_insert(l->by_tree, (gpointer)(uintptr_t)roots[0], z);
    return z;
}

/* One board.yml with the SoCs of its tree. */
static bw_zephyr *single_model(bw_zephyr_lookup *l, const char *tree, const char *folder, bw_findings *findings)
{
    const char **lists = bw_arena_array(&l->arena, const char *, 4);

    lists[0] = bw_arena_strdup(&l->arena, tree);
    lists[2] = bw_arena_strdup(&l->arena, folder);
    bw_zephyr_roots where = {.board_roots = lists, .soc_roots = lists, .board_dirs = lists + 2};
    bw_zephyr *z = bw_zephyr_load(l->ctx, &where, NULL, l->threads, findings);
    g_ptr_array_add(l->models, z);
    guint count = GPOINTER_TO_UINT(g_tree_lookup(l->singles, tree));
    g_tree_replace(l->singles, (gpointer)(uintptr_t)lists[0], GUINT_TO_POINTER(count + 1));
    return z;
}

/* ---- boards of roots within a tree: of a test, of a sample ---- */

/* The root of a board that is in a tree, but not below its boards/; NULL of any other. */
static const char *own_root(bw_zephyr_lookup *l, const char *tree, const char *folder)
{
    const char *usual = bw_zephyr_path(&l->arena, tree, "boards/");
    const char *end = NULL;

    if (strncmp(folder, usual, strlen(usual)) == 0)
        return NULL;
    for (const char *p = strstr(folder, "/boards/"); p; p = strstr(p + 1, "/boards/"))
        end = p;
    return end ? bw_arena_strndup(&l->arena, folder, (size_t)(end - folder)) : NULL;
}

/* Boards without any devicetree are there for tests of other things. */
static bool has_devicetrees(const char *folder)
{
    GPtrArray *names = bw_zephyr_names_in(folder);
    bool some = false;

    for (guint i = 0; names && i < names->len && !some; i++)
        some = g_str_has_suffix(names->pdata[i], ".dts");
    if (names)
        g_ptr_array_free(names, TRUE);
    return some;
}

static bool is_below(const char *path, const char *root)
{
    size_t len = strlen(root);

    return strncmp(path, root, len) == 0 && path[len] == '/';
}

static void say_again(const bw_finding *f, bw_findings *findings)
{
    bw_finding *said = bw_findings_add(findings, f->code, f->place, "%s", f->text);

    for (const bw_related *r = f->related; r; r = r->next)
        bw_finding_note(said, r->place, "%s", r->text);
    if (f->cure)
        bw_finding_cure(said, "%s", f->cure);
}

/* Says of the findings those about files below a root, or all others. */
static void say_of(const bw_findings *from, const char *root, bool below, bw_findings *findings)
{
    for (const bw_finding *f = from->first; f; f = f->next)
        if (f->place.file && is_below(f->place.file, root) == below)
            say_again(f, findings);
}

/* A root within a tree, together with the tree. */
static const bw_zephyr *nested_model(bw_zephyr_lookup *l, const char *root, const char *tree, bw_findings *findings)
{
    bw_zephyr *z = g_tree_lookup(l->by_tree, root);
    bw_findings unheard;

    if (z)
        return z;
    const char **roots = bw_arena_array(&l->arena, const char *, 3);
    roots[0] = root;
    roots[1] = bw_arena_strdup(&l->arena, tree);
    bw_zephyr_roots where = {.board_roots = roots, .soc_roots = roots};
    bw_findings_init(&unheard, l->ctx);
    z = bw_zephyr_load(l->ctx, &where, NULL, l->threads, &unheard);
    say_of(&unheard, root, true, findings); /* the tree's are said with the tree */
    bw_findings_free(&unheard);
    g_ptr_array_add(l->models, z);
    g_tree_insert(l->by_tree, (gpointer)(uintptr_t)root, z);
    return z;
}

/* The root that a board outside of any tree lies in, which may have SoCs of its own, before the user's. */
static const char *const *outside_soc_roots(bw_zephyr_lookup *l, const char *folder)
{
    GPtrArray *roots = g_ptr_array_new();
    char *absolute = g_canonicalize_filename(folder, NULL);
    const char *boards = g_strrstr(absolute, "/boards/");

    if (boards) {
        const char *root = bw_arena_strndup(&l->arena, absolute, (size_t)(boards - absolute));
        if (bw_zephyr_is_dir(bw_zephyr_path(&l->arena, root, "soc")))
            g_ptr_array_add(roots, (gpointer)(uintptr_t)root);
    }
    for (const char *const *root = l->roots.soc_roots; root && *root; root++)
        g_ptr_array_add(roots, (gpointer)(uintptr_t)*root);
    g_ptr_array_add(roots, NULL);
    const char *const *list = bw_arena_dup(&l->arena, roots->pdata, roots->len * sizeof(char *));
    g_ptr_array_free(roots, TRUE);
    g_free(absolute);
    return list;
}

static bool has_devicetree_below(const bw_zephyr_target *t, bw_arena *arena)
{
    if (t->buildable && bw_zephyr_has_file(t, ".dts", arena))
        return true;
    for (const bw_zephyr_target *child = t->first; child; child = child->next)
        if (has_devicetree_below(child, arena))
            return true;
    return false;
}

/* Whether a SoC of a board only has the name of one in the Zephyr tree: that one has CPU clusters, and no file of the
 * board is for any of them. */
static bool is_namesake(const bw_zephyr *z, bw_arena *arena)
{
    for (uint32_t i = 0; i < z->board_count; i++)
        for (const bw_zephyr_target *t = z->boards[i]->first; t; t = t->next)
            if (t->soc && t->soc->cluster_count && !has_devicetree_below(t, arena))
                return true;
    return false;
}

/* One board.yml outside of any Zephyr tree; NULL if no tree was found for it. The SoC of a board that is still to be
 * written for Zephyr need not be one of Zephyr's. */
static const bw_zephyr *outside_model(bw_zephyr_lookup *l, const char *folder, bw_findings *findings)
{
    const char **dirs = bw_arena_array(&l->arena, const char *, 2);
    bool written = bw_zephyr_has_kconfig(folder);
    bw_findings unheard;

    if (!l->zephyr_base)
        return NULL;
    dirs[0] = bw_arena_strdup(&l->arena, folder);
    const bw_zephyr_roots where = {
        .board_roots = l->roots.board_roots, .soc_roots = outside_soc_roots(l, folder), .board_dirs = dirs};
    bw_findings_init(&unheard, l->ctx);
    bw_zephyr *z = bw_zephyr_load(l->ctx, &where, NULL, l->threads, &unheard);
    g_ptr_array_add(l->models, z);
    /* Extensions of what is not there are guessed at, and so is a file that cannot be read. */
    bool guess = z->extension_count || !z->file_count || (!written && (z->failed || is_namesake(z, &l->arena)));
    if (!guess)
        say_of(&unheard, l->zephyr_base, false, findings);
    bw_findings_free(&unheard);
    return guess ? NULL : z;
}

/* ---- boards outside of any tree, with what extends them ---- */

/* --board-root as the user gave them: the Zephyr tree was added at the end. */
static const char *const *user_roots(const bw_zephyr_lookup *l, bw_arena *arena)
{
    GPtrArray *roots = g_ptr_array_new();

    for (const char *const *root = l->roots.board_roots; root && *root; root++)
        if (!l->zephyr_base || strcmp(*root, l->zephyr_base) != 0)
            g_ptr_array_add(roots, (gpointer)(uintptr_t)*root);
    g_ptr_array_add(roots, NULL);
    const char *const *list = bw_arena_dup(arena, roots->pdata, roots->len * sizeof(char *));
    g_ptr_array_free(roots, TRUE);
    return list;
}

/* Folders of boards that are in the Zephyr tree, which somebody extends from outside. */
static const char *const *with_boards_of_tree(bw_zephyr_lookup *l, const char *const *dirs, const GPtrArray *missing)
{
    GPtrArray *all = g_ptr_array_new();
    bw_findings unheard;

    for (; *dirs; dirs++)
        g_ptr_array_add(all, (gpointer)(uintptr_t)*dirs);
    bw_findings_init(&unheard, l->ctx);
    for (guint i = 0; i < missing->len && l->zephyr_base; i++) {
        const bw_zephyr_board *board = bw_zephyr_board_called(bw_zephyr_lookup_model(l, &unheard), missing->pdata[i]);

        if (board && !g_ptr_array_find(all, board->dirs[0]->path, NULL))
            g_ptr_array_add(all, (gpointer)(uintptr_t)board->dirs[0]->path);
    }
    bw_findings_free(&unheard);
    g_ptr_array_add(all, NULL);
    const char *const *list = bw_arena_dup(&l->arena, all->pdata, all->len * sizeof(char *));
    g_ptr_array_free(all, TRUE);
    return list;
}

/* The model of all that was given so far; NULL where nothing extends anything. */
static const bw_zephyr *family_model(bw_zephyr_lookup *l, bw_findings *findings)
{
    const bw_zephyr_family family = {l->ctx, &l->arena, l->given, user_roots(l, &l->arena), l->roots.soc_roots};
    GPtrArray *missing;

    if (l->family_of == l->given->len)
        return l->family;
    missing = g_ptr_array_new();
    l->family_of = l->given->len;
    l->family = NULL;
    const char *const *dirs = bw_zephyr_family_dirs(&family, missing);
    if (dirs) {
        const bw_zephyr_roots where = {.board_roots = l->roots.board_roots,
                                       .soc_roots = l->roots.soc_roots,
                                       .board_dirs = with_boards_of_tree(l, dirs, missing),
                                       .loose = true};
        l->family = bw_zephyr_load(l->ctx, &where, NULL, l->threads, findings);
        g_ptr_array_add(l->models, l->family);
    }
    g_ptr_array_free(missing, TRUE);
    return l->family;
}

static const bw_board_yml *file_of(const bw_zephyr *z, const char *path)
{
    for (uint32_t i = 0; i < z->file_count; i++)
        if (strcmp(z->files[i]->source->path, path) == 0)
            return z->files[i];
    return NULL;
}

static bool has_extensions(const bw_board_yml *file)
{
    for (uint32_t i = 0; file && i < file->count; i++)
        if (!file->boards[i].name)
            return true;
    return false;
}

/* Whether a board of the file, or an extension in it, has a relative in another file. */
static bool has_relatives(const bw_zephyr *z, const bw_board_yml *file)
{
    for (uint32_t i = 0; file && i < file->count; i++) {
        const bw_yml_board *yml = &file->boards[i];
        const bw_zephyr_board *board = bw_zephyr_board_called(z, yml->name ? yml->name : yml->extend);

        if (board && board->dir_count > 1)
            return true;
    }
    return false;
}

static bool is_given(const bw_zephyr_lookup *l, const char *dir)
{
    char *path = g_build_filename(dir, "board.yml", NULL);
    bool given = false;

    for (guint i = 0; i < l->given->len && !given; i++)
        given = strcmp(l->given->pdata[i], strcmp(dir, ".") == 0 ? "board.yml" : path) == 0;
    g_free(path);
    return given;
}

/* Whether a target is shown where @p folder is asked for: that brings it, or has the board that an extension of the
 * user's roots adds it to. */
static bool is_of_folder(const answer *a, const bw_zephyr_target *t, const char *folder, bool with_extensions)
{
    const bw_zephyr_board *board = t->board;
    const char *brings = board->dirs[t->folder]->path;

    if (strcmp(brings, folder) == 0)
        return true;
    return with_extensions && strcmp(board->dirs[0]->path, folder) == 0 && !is_given(a->l, brings);
}

/* The targets that the board.yml of a folder brings: of its boards, and those it adds to others. */
static void add_of_file(answer *a, const bw_board_yml *file, const char *folder, bool with_extensions)
{
    const bw_zephyr_board *const *boards = bw_zephyr_boards_of(a->z, file, a->arena);

    for (const bw_zephyr_board *const *b = boards; *b; b++) {
        bool seen = false; /* a file may extend a board twice */

        for (const bw_zephyr_board *const *earlier = boards; earlier < b; earlier++)
            seen |= *earlier == *b;
        for (uint32_t i = 0; i < (*b)->target_count && !seen; i++) {
            const bw_zephyr_target *t = (*b)->targets[i];
            bw_zephyr_choice choice;

            if (!is_of_folder(a, t, folder, with_extensions))
                continue;
            bw_zephyr_choose_default(t, a->arena, &choice);
            add_choice(a, &choice);
        }
    }
}

static void to_be_checked(answer *a, const bw_board_yml *file, const char *folder, bool loose)
{
    bw_zephyr_folder seen = {a->z, file, bw_arena_strdup(&a->l->arena, folder), a->base, loose, false};

    g_array_append_val(a->l->folders, seen);
}

/* No target of the folder that is to be checked has a devicetree: what its files are called instead. */
static void no_devicetrees(answer *a)
{
    bw_zephyr_folder *folder = &g_array_index(a->l->folders, bw_zephyr_folder, a->l->folders->len - 1);

    bw_zephyr_check_names(folder, a->arena, a->findings);
    folder->names_said = true;
}

/* The same of a board that has all its targets in the folder: it is said in any case. */
static void no_targets(answer *a, const bw_board_yml *file, const char *path)
{
    uint32_t errors = a->findings->counts[BW_ERROR];

    no_devicetrees(a);
    if (a->findings->counts[BW_ERROR] > errors || bw_zephyr_is_doubtful(a->z, file))
        return;
    const bw_yml_board *first = file->count ? &file->boards[0] : NULL;
    if (first && !first->soc_count && !first->variant_count)
        bw_findings_add(a->findings, BW_CODE_board_unknown, bw_yaml_place(first->at), "%s has no SoCs, so no targets",
                        first->name);
    else
        bw_findings_add(a->findings, BW_CODE_board_unknown, bw_file_place(path),
                        "no file beside this board.yml is the devicetree of one of its targets");
}

/* @return false where neither the folder's boards are extended, nor do they extend any that can be found. */
static bool find_in_family(answer *a, const char *path, const char *folder)
{
    guint before = a->targets->len;

    a->z = family_model(a->l, a->findings);
    const bw_board_yml *file = a->z ? file_of(a->z, path) : NULL;
    if (file && !has_relatives(a->z, file) && has_extensions(file)) {
        to_be_checked(a, file, folder, true); /* of a board that is not there */
        return false;
    }
    if (!file || !has_relatives(a->z, file))
        return false;
    to_be_checked(a, file, folder, true);
    add_of_file(a, file, folder, true);
    if (a->targets->len == before)
        no_devicetrees(a);
    return true;
}

/* ---- any board.yml ---- */

/* The model of the user's roots and the tree, where a root of the user extends the board. */
static const bw_zephyr *extended_model(bw_zephyr_lookup *l, const bw_root *root, const char *path, bw_arena *arena,
                                       bw_findings *findings)
{
    if (!l->zephyr_base || strcmp(root->path, l->zephyr_base) != 0 || !*user_roots(l, arena))
        return NULL;
    const bw_zephyr *z = bw_zephyr_lookup_model(l, findings);
    return has_relatives(z, file_of(z, path)) ? z : NULL;
}

/* The targets of a board.yml. @return false where the SoCs are not known: then file names are guessed at. */
static bool find_in_file(void *data, const char *path, bw_arena *arena, bw_findings *findings, GArray *targets)
{
    bw_zephyr_lookup *l = data;
    const bw_root *root = bw_roots_find(l->trees, path);
    bool inside = root->kind == BW_ROOT_ZEPHYR;
    answer a = {l, NULL, inside ? root->path : l->zephyr_base, arena, findings, targets, true};
    char *dirname = g_path_get_dirname(path);
    const char *folder = bw_zephyr_tidy_path(arena, dirname);
    const char *tidy = bw_zephyr_path(arena, folder, "board.yml");
    bool with_extensions = false;
    guint before = targets->len;

    g_free(dirname);
    const char *nested = inside ? own_root(l, root->path, folder) : NULL;
    if (nested && !has_devicetrees(folder))
        return true;
    if (!inside && find_in_family(&a, tidy, folder))
        return true;
    a.z = NULL;
    if (nested)
        a.z = nested_model(l, nested, root->path, findings);
    else if (inside)
        a.z = extended_model(l, root, tidy, arena, findings);
    with_extensions = a.z != NULL && !nested;
    if (inside && !a.z)
        a.z = whole_model(l, root->path, false, findings);
    if (!a.z)
        a.z = inside ? single_model(l, root->path, folder, findings) : outside_model(l, folder, findings);
    if (!a.z)
        return false;
    const bw_board_yml *file = file_of(a.z, tidy);
    if (inside && !nested && has_extensions(file) && !with_extensions) {
        a.z = whole_model(l, root->path, true, findings);
        file = file_of(a.z, tidy);
    }
    if (file) {
        to_be_checked(&a, file, folder, false);
        add_of_file(&a, file, folder, with_extensions);
    }
    if (file && targets->len == before && !has_extensions(file))
        no_targets(&a, file, path);
    return true;
}

static void announce(void *data, const char *path)
{
    bw_zephyr_lookup *l = data;
    char *dirname = g_path_get_dirname(path);
    const char *tidy = bw_zephyr_path(&l->arena, bw_zephyr_tidy_path(&l->arena, dirname), "board.yml");

    g_free(dirname);
    for (guint i = 0; i < l->given->len; i++)
        if (strcmp(l->given->pdata[i], tidy) == 0)
            return;
    if (bw_roots_find(l->trees, path)->kind != BW_ROOT_ZEPHYR)
        g_ptr_array_add(l->given, g_strdup(tidy));
}

/* In a Zephyr tree a board has a board.yml: any other source is a part of a test, or of a tool. */
static bool is_board(void *data, const char *path)
{
    bw_zephyr_lookup *l = data;

    return bw_roots_find(l->trees, path)->kind != BW_ROOT_ZEPHYR;
}

bw_board_lookup bw_zephyr_board_lookup(bw_zephyr_lookup *l)
{
    return (bw_board_lookup){l, find_by_name, announce, find_in_file, is_board};
}

const char *bw_zephyr_base_of(const bw_board_lookup *lookup)
{
    return lookup && lookup->by_name == find_by_name ? ((const bw_zephyr_lookup *)lookup->data)->zephyr_base : NULL;
}

bool bw_zephyr_files_of(bw_zephyr_lookup *l, const bw_target *target, bw_arena *arena, bw_zephyr_choice *choice,
                        bw_zephyr_files *files)
{
    const bw_zephyr_extras extras = {.near_misses = true};
    bw_findings unheard;

    for (guint i = 0; i < l->known->len; i++) {
        const known *k = &g_array_index(l->known, known, i);

        if (!target->board_yml || strcmp(k->name, target->name) != 0 || strcmp(k->board_yml, target->board_yml) != 0)
            continue;
        bw_findings_init(&unheard, l->ctx);
        *choice = k->choice;
        bw_zephyr_find_files(k->z, choice, &extras, bw_file_place(target->name), arena, &unheard, files);
        bw_findings_free(&unheard);
        return true;
    }
    return false;
}

/* The first folders of a tree were looked at alone; once the whole of it is known, it says more. */
static bw_zephyr_folder seen_whole(const bw_zephyr_lookup *l, bw_zephyr_folder folder)
{
    const bw_zephyr *whole = folder.zephyr_base ? g_tree_lookup(l->by_tree, folder.zephyr_base) : NULL;
    const bw_board_yml *file = whole ? file_of(whole, folder.file->source->path) : NULL;

    if (file) {
        folder.z = whole;
        folder.file = file;
    }
    return folder;
}

static bool is_same_folder(const char *a, const char *b)
{
    char *x = g_canonicalize_filename(a, NULL);
    char *y = g_canonicalize_filename(b, NULL);
    bool same = strcmp(x, y) == 0;

    g_free(x);
    g_free(y);
    return same;
}

/* The Zephyr tree that an argument is, or all boards of; NULL if it is none. */
static const char *tree_of_argument(bw_zephyr_lookup *l, const char *argument, bool *with_apps)
{
    const char *boards = bw_zephyr_path(&l->arena, argument, "boards");

    *with_apps = bw_zephyr_is_dir(boards);
    const bw_root *root = bw_roots_find(l->trees, *with_apps ? boards : bw_zephyr_path(&l->arena, argument, "x"));
    if (root->kind != BW_ROOT_ZEPHYR)
        return NULL;
    const char *whole = *with_apps ? root->path : bw_zephyr_path(&l->arena, root->path, "boards");
    return is_same_folder(whole, argument) ? root->path : NULL;
}

void bw_zephyr_lookup_check_tree(const bw_zephyr_lookup *l, const bw_target *target, bw_tree *tree)
{
    bw_zephyr_checks_devicetree(l->checks, target, tree);
}

void bw_zephyr_lookup_check(bw_zephyr_lookup *l, const char *argument, bw_findings *findings)
{
    bool with_apps;
    const char *tree = tree_of_argument(l, argument, &with_apps);
    /* A tree of one board or two is a whole one, too. */
    const bw_zephyr *whole = tree && l->folders->len ? whole_model(l, tree, true, findings) : NULL;

    for (guint i = 0; i < l->folders->len; i++) {
        const bw_zephyr_folder folder = seen_whole(l, g_array_index(l->folders, bw_zephyr_folder, i));

        bw_zephyr_checks_folder(l->checks, &folder, findings);
    }
    if (whole)
        bw_zephyr_checks_tree(l->checks, whole, tree, with_apps, findings);
    g_array_set_size(l->folders, 0);
}
