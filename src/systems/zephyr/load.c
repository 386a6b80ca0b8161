/* SPDX-License-Identifier: Apache-2.0 */
/* From the files under the roots to SoCs and boards. */
#include "systems/zephyr/model.h"
#include "systems/zephyr/scan.h"

static int compare_names(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return strcmp(a, b);
}

static gpointer key_of(const char *text)
{
    return (gpointer)(uintptr_t)text;
}

/* ---- SoCs ---- */

/* Appends to an array that an extension makes longer; extensions are few. */
static void append(bw_arena *arena, const void *array, uint32_t count, const void *more, uint32_t more_count,
                   size_t size, void *result)
{
    char *all = bw_arena_alloc(arena, (count + more_count) * size + 1);

    if (count)
        memcpy(all, array, count * size);
    if (more_count)
        memcpy(all + count * size, more, more_count * size);
    memcpy(result, &all, sizeof all);
}

static void define_soc(bw_zephyr *z, GPtrArray *socs, const bw_soc_yml_soc *yml, const bw_zephyr_dir *dir)
{
    bw_zephyr_soc *soc = bw_arena_new(&z->arena, bw_zephyr_soc);
    const bw_zephyr_dir **dirs = bw_arena_array(&z->arena, const bw_zephyr_dir *, 1);

    dirs[0] = dir;
    *soc = (bw_zephyr_soc){.name = yml->name,
                           .at = yml->at,
                           .series = yml->series,
                           .family = yml->family,
                           .clusters = yml->clusters,
                           .cluster_count = yml->cluster_count,
                           .dirs = dirs,
                           .dir_count = 1};
    g_ptr_array_add(socs, soc);
    /* Of two SoCs with one name boards get the first. */
    if (!g_tree_lookup(z->socs_by_name, soc->name))
        g_tree_insert(z->socs_by_name, key_of(soc->name), soc);
}

/* Whatever the order of the files: an extension that comes first waits for its SoC. */
static void extend_soc(bw_zephyr *z, const bw_soc_yml_soc *yml, const bw_zephyr_dir *dir)
{
    bw_zephyr_soc *soc = g_tree_lookup(z->socs_by_name, yml->name);

    if (!soc)
        return; /* kept aside by Zephyr without a word; check says so */
    append(&z->arena, soc->clusters, soc->cluster_count, yml->clusters, yml->cluster_count, sizeof *soc->clusters,
           &soc->clusters);
    soc->cluster_count += yml->cluster_count;
    append(&z->arena, soc->dirs, soc->dir_count, &dir, 1, sizeof *soc->dirs, &soc->dirs);
    soc->dir_count++;
}

static void load_socs(bw_zephyr *z, const GArray *files)
{
    GPtrArray *socs = g_ptr_array_new();

    for (guint i = 0; i < files->len; i++) {
        const bw_zephyr_scanned *f = &g_array_index(files, bw_zephyr_scanned, i);

        z->socs_incomplete |= !f->soc;
        z->failed |= !f->soc;
        for (uint32_t s = 0; f->soc && s < f->soc->count; s++)
            if (!f->soc->socs[s].extends)
                define_soc(z, socs, &f->soc->socs[s], f->found.dir);
    }
    for (guint i = 0; i < files->len; i++) {
        const bw_zephyr_scanned *f = &g_array_index(files, bw_zephyr_scanned, i);

        for (uint32_t s = 0; f->soc && s < f->soc->count; s++)
            if (f->soc->socs[s].extends)
                extend_soc(z, &f->soc->socs[s], f->found.dir);
    }
    z->soc_count = socs->len;
    z->socs = (bw_zephyr_soc *const *)bw_zephyr_keep(z, socs);
}

const void *bw_zephyr_keep(bw_zephyr *z, GPtrArray *pointers)
{
    void **kept = bw_arena_array(&z->arena, void *, pointers->len + 1);

    if (pointers->len)
        memcpy(kept, pointers->pdata, pointers->len * sizeof *kept);
    g_ptr_array_free(pointers, TRUE);
    return kept;
}

/* ---- boards ---- */

typedef struct loader {
    bw_zephyr *z;
    bw_findings *findings;
    const char *only;
    GPtrArray *boards;  /* of bw_zephyr_board */
    GPtrArray *files;   /* of bw_board_yml */
    GArray *extensions; /* of bw_zephyr_extension */
} loader;

static void add_board(loader *l, const bw_board_yml *file, const bw_yml_board *yml, const bw_zephyr_dir *dir)
{
    bw_zephyr_board *board = bw_arena_new(&l->z->arena, bw_zephyr_board);
    bw_zephyr_board *other = g_tree_lookup(l->z->boards_by_name, yml->name);

    if (other) {
        bw_finding *f = bw_findings_add(l->findings, BW_CODE_duplicate_name, bw_yaml_place(yml->at),
                                        "there are two boards called %s", yml->name);
        bw_finding_note(f, bw_yaml_place(other->yml->at), "the other one is here");
        bw_finding_cure(f, "rename one of them, or extend the other with 'extend: %s'", yml->name);
        l->z->failed = true;
        bw_zephyr_doubt(l->z, file);
        bw_zephyr_doubt(l->z, other->file);
        other->contested = true;
        return;
    }
    board->name = yml->name;
    board->yml = yml;
    board->file = file;
    board->dirs = bw_arena_array(&l->z->arena, const bw_zephyr_dir *, 1);
    board->dirs[0] = dir;
    board->dir_count = 1;
    l->z->failed |= !bw_zephyr_grow(l->z, board, l->findings);
    g_ptr_array_add(l->boards, board);
    g_tree_insert(l->z->boards_by_name, key_of(board->name), board);
}

/* Keys that boardwright reads, and no Zephyr. */
static bool refuse_parent_keys(const bw_yml_variant *variants, uint32_t count, bw_findings *findings)
{
    bool refused = false;

    for (uint32_t i = 0; i < count; i++) {
        if (variants[i].parent_at)
            bw_findings_add(findings, BW_CODE_unknown_key, bw_yaml_place(variants[i].parent_at),
                            "Zephyr refuses this key, and with it the whole file");
        refused |= variants[i].parent_at != NULL;
        refused |= refuse_parent_keys(variants[i].variants, variants[i].variant_count, findings);
    }
    return refused;
}

static bool is_refused_by_zephyr(const bw_board_yml *file, bw_findings *findings)
{
    bool refused = false;

    for (uint32_t i = 0; i < file->count; i++) {
        const bw_yml_board *yml = &file->boards[i];

        refused |= refuse_parent_keys(yml->variants, yml->variant_count, findings);
        for (uint32_t s = 0; s < yml->soc_count; s++)
            refused |= refuse_parent_keys(yml->socs[s].variants, yml->socs[s].variant_count, findings);
    }
    return refused;
}

static void load_file(loader *l, const bw_zephyr_scanned *scanned)
{
    const bw_board_yml *file = scanned->board;

    if (!file || (l->z->roots.as_zephyr && is_refused_by_zephyr(file, l->findings))) {
        l->z->failed = true;
        return;
    }
    g_ptr_array_add(l->files, (gpointer)(uintptr_t)file);
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_yml_board *yml = &file->boards[i];

        if (!yml->name) {
            bw_zephyr_extension e = {yml, file, scanned->found.dir, NULL, 0};
            g_array_append_val(l->extensions, e);
        } else if (!l->only || strcmp(l->only, yml->name) == 0) {
            add_board(l, file, yml, scanned->found.dir);
        }
    }
}

static void apply_extensions(loader *l)
{
    bw_zephyr *z = l->z;

    for (guint i = 0; i < l->extensions->len; i++) {
        bw_zephyr_extension *e = &g_array_index(l->extensions, bw_zephyr_extension, i);

        e->base = g_tree_lookup(z->boards_by_name, e->yml->extend);
        if (!e->base) {
            bw_zephyr_doubt(z, e->file);
            continue;
        }
        append(&z->arena, e->base->dirs, e->base->dir_count, &e->dir, 1, sizeof *e->base->dirs, &e->base->dirs);
        e->folder = e->base->dir_count++;
        if (z->roots.as_zephyr)
            z->failed |= !bw_zephyr_extend(z, e, l->findings);
    }
    if (!z->roots.as_zephyr)
        z->failed |= !bw_zephyr_extend_all(z, (const bw_zephyr_extension *)(void *)l->extensions->data,
                                           l->extensions->len, l->findings);
}

bw_zephyr *bw_zephyr_load(bw_context *ctx, const bw_zephyr_roots *roots, const char *only, int threads,
                          bw_findings *findings)
{
    bw_zephyr *z = g_new0(bw_zephyr, 1);
    loader l = {.z = z, .findings = findings, .only = only};
    GArray *socs = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_scanned));
    GArray *boards = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_scanned));

    z->ctx = ctx;
    z->roots = *roots;
    bw_arena_init(&z->arena);
    z->made_up_socs = g_tree_new_full(compare_names, NULL, NULL, NULL);
    z->socs_by_name = g_tree_new_full(compare_names, NULL, NULL, NULL);
    z->boards_by_name = g_tree_new_full(compare_names, NULL, NULL, NULL);
    z->nodes = g_tree_new_full(bw_zephyr_compare_nodes, NULL, NULL, NULL);
    z->arenas = g_array_new(FALSE, FALSE, sizeof(bw_arena *));
    z->doubtful = g_hash_table_new(NULL, NULL);
    bw_zephyr_scan(z, threads, socs, boards, findings);
    load_socs(z, socs);
    l.boards = g_ptr_array_new();
    l.files = g_ptr_array_new();
    l.extensions = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_extension));
    for (guint i = 0; i < boards->len; i++) {
        const bw_zephyr_scanned *f = &g_array_index(boards, bw_zephyr_scanned, i);

        if (f->board && f->found.dir->loose)
            bw_zephyr_make_up_socs(z, f->board);
    }
    for (guint i = 0; i < boards->len; i++)
        load_file(&l, &g_array_index(boards, bw_zephyr_scanned, i));
    apply_extensions(&l);
    for (guint i = 0; i < l.boards->len; i++)
        bw_zephyr_flatten(z, l.boards->pdata[i]);
    z->board_count = l.boards->len;
    z->boards = (bw_zephyr_board *const *)bw_zephyr_keep(z, l.boards);
    z->file_count = l.files->len;
    z->files = (const bw_board_yml *const *)bw_zephyr_keep(z, l.files);
    z->extension_count = l.extensions->len;
    append(&z->arena, l.extensions->data, l.extensions->len, NULL, 0, sizeof(bw_zephyr_extension), &z->extensions);
    g_array_free(l.extensions, TRUE);
    g_array_free(socs, TRUE);
    g_array_free(boards, TRUE);
    return z;
}

void bw_zephyr_free(bw_zephyr *z)
{
    if (!z)
        return;
    g_tree_unref(z->made_up_socs);
    g_tree_unref(z->socs_by_name);
    g_tree_unref(z->boards_by_name);
    g_tree_unref(z->nodes);
    g_hash_table_destroy(z->doubtful);
    for (guint i = 0; i < z->arenas->len; i++) {
        bw_arena *arena = g_array_index(z->arenas, bw_arena *, i);

        bw_arena_free(arena);
        g_free(arena);
    }
    g_array_free(z->arenas, TRUE);
    bw_arena_free(&z->arena);
    g_free(z);
}

/* ---- questions ---- */

void bw_zephyr_doubt(bw_zephyr *z, const bw_board_yml *file)
{
    g_hash_table_add(z->doubtful, (gpointer)(uintptr_t)file);
}

bool bw_zephyr_is_doubtful(const bw_zephyr *z, const bw_board_yml *file)
{
    return g_hash_table_contains(z->doubtful, file);
}

const bw_zephyr_board *bw_zephyr_board_called(const bw_zephyr *z, const char *name)
{
    return g_tree_lookup(z->boards_by_name, name);
}

const bw_zephyr_soc *bw_zephyr_soc_called(const bw_zephyr *z, const char *name)
{
    return g_tree_lookup(z->socs_by_name, name);
}

/* A CPU cluster that was added to the SoC after it was defined: who extends the SoC may extend the board for it. */
static bool is_added_cluster(const bw_zephyr_target *t)
{
    if (!t->parent || t->parent->parent || !t->soc)
        return false;
    for (uint32_t i = 0; i < t->soc->cluster_count; i++)
        if (t->at == t->soc->clusters[i])
            return t->at->source != t->soc->at->source;
    return false;
}

bool bw_zephyr_owns(const bw_zephyr_target *target, uint32_t folder)
{
    const bw_zephyr_dir *const *dirs = (const bw_zephyr_dir *const *)target->board->dirs;

    /* A board.yml may extend a board twice: then its folder is there twice. */
    for (const bw_zephyr_target *t = target; t; t = t->parent)
        if (t->folder == folder || strcmp(dirs[t->folder]->path, dirs[folder]->path) == 0 || is_added_cluster(t))
            return true;
    return folder == 0;
}

bool bw_zephyr_may_be_short(const bw_zephyr_target *target)
{
    const bw_yml_board *yml = target->board->yml;
    const bw_zephyr_target *top = target;

    while (top->parent)
        top = top->parent;
    return yml->soc_count == 1 && strcmp(yml->socs[0].name, top->segment) == 0;
}

const bw_zephyr_target *bw_zephyr_target_called(const bw_zephyr_board *board, const char *qualifiers)
{
    for (uint32_t i = 0; i < board->target_count; i++)
        if (strcmp(board->targets[i]->qualifiers, qualifiers) == 0)
            return board->targets[i];
    return NULL;
}

const char *bw_zephyr_near_board(const bw_zephyr *z, const char *name)
{
    const char **names = g_new0(const char *, z->board_count + 1);

    for (uint32_t i = 0; i < z->board_count; i++)
        names[i] = z->boards[i]->name;
    const char *near = bw_nearest(name, names);
    g_free(names);
    return near;
}
