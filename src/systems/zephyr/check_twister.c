/* SPDX-License-Identifier: Apache-2.0 */
/* The test data beside a board.yml. */
#include "systems/zephyr/checks.h"
#include "systems/zephyr/name.h"
#include "systems/zephyr/near.h"
#include "systems/zephyr/stem.h"
#include "systems/zephyr/twister.h"
#include "systems/zephyr/walk.h"

#include <string.h>

/* For all targets of the boards whose folder it is in; any other file is for the one that it names. */
#define SHARED_NAME "twister.yaml"

typedef struct checker {
    const bw_zephyr_folder *folder;
    const bw_zephyr_vendors *vendors;
    const bw_zephyr_board *const *boards; /* of the folder; NULL-terminated */
    bw_zephyr_stems stems;
    GHashTable *covered; /* set of targets with test data, or whose lack of it another finding explains */
    GHashTable *first;   /* name of a platform -> bw_yaml: the identifier that named it first */
    GArray *tests;       /* of bw_zephyr_test_data: of the targets as they are built without a revision */
    bw_arena *arena;
    bw_findings *findings;
} checker;

static void cover(checker *c, const bw_zephyr_target *target)
{
    if (target)
        g_hash_table_add(c->covered, (gpointer)(uintptr_t)target);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The target that a file's name stands for. */
static const bw_zephyr_target *target_by_name(checker *c, const char *path)
{
    const char *name = file_name(path);
    const bw_zephyr_stem *stem =
        bw_zephyr_stem_called(&c->stems, bw_arena_strndup(c->arena, name, strlen(name) - strlen(".yaml")));

    return stem ? stem->target : NULL;
}

/* ---- identifier ---- */

/* Without a revision the default one is meant; that it is not listed has been said. */
static bool wants_lost_default(checker *c, const char *name)
{
    bw_zephyr_name parts;
    const char *problem;

    if (!bw_zephyr_name_parse(c->arena, name, &parts, &problem) || parts.revision)
        return false;
    const bw_zephyr_board *board = bw_zephyr_board_called(c->folder->z, parts.board);
    if (!board || !board->yml->default_revision)
        return false;
    for (uint32_t i = 0; i < board->yml->revision_count; i++)
        if (strcmp(board->yml->revisions[i].name, board->yml->default_revision) == 0)
            return false;
    return board->yml->revision_count > 0;
}

static void check_unknown(checker *c, const char *path, const bw_yaml *at, const char *consequence)
{
    GPtrArray *names;
    bw_zephyr_platform near_platform;

    if (wants_lost_default(c, at->text)) {
        cover(c, target_by_name(c, path));
        return;
    }
    names = g_ptr_array_new();

    for (const bw_zephyr_board *const *b = c->boards; *b; b++)
        bw_zephyr_platform_names(*b, c->arena, names);
    g_ptr_array_add(names, NULL);
    const char *near = bw_nearest(at->text, (const char *const *)names->pdata);
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_twister_identifier, bw_yaml_place(at),
                                    "%s is no target that twister knows, so %s", at->text, consequence);
    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    /* That this target has no test data is the same mistake. */
    cover(c, target_by_name(c, path));
    if (near && bw_zephyr_platform_called(c->folder->z, near, c->arena, &near_platform))
        cover(c, near_platform.target);
    g_ptr_array_free(names, TRUE);
}

/* Two files for one platform: the one whose name says so is right. */
static bool check_twice(checker *c, const bw_yaml *identifier, const bw_zephyr_platform *platform)
{
    const char *key =
        bw_arena_printf(c->arena, "%s@%s", platform->target->name, platform->revision ? platform->revision : "");
    const bw_yaml *other = g_hash_table_lookup(c->first, key);

    if (!other) {
        g_hash_table_insert(c->first, (gpointer)(uintptr_t)key, (gpointer)(uintptr_t)identifier);
        return true;
    }
    if (target_by_name(c, identifier->source->path) == platform->target) {
        const bw_yaml *swap = other;

        other = identifier;
        identifier = swap;
    }
    bw_finding *f =
        bw_findings_add(c->findings, BW_CODE_zephyr_twister_twice, bw_yaml_place(identifier),
                        "the test data of %s is there already, so twister builds it twice", platform->target->name);
    bw_finding_note(f, bw_yaml_place(other), "the other data is here");
    const bw_zephyr_target *meant = target_by_name(c, identifier->source->path);
    if (meant && meant != platform->target) {
        bw_finding_cure(f, "the name of the file says '%s'", meant->name);
        cover(c, meant);
    }
    return false;
}

/* Whether a file's name says no other target than its identifier. */
static bool fits(checker *c, const char *path, const bw_zephyr_platform *p)
{
    const char *board = p->target->board->name;
    const char *revisions[] = {NULL, p->revision, NULL};
    const char *name = file_name(path);
    char *stem = g_strdelimit(g_strndup(name, strlen(name) - strlen(".yaml")), "@.", '_');
    bool good = false;

    for (int r = 0; r < 2 && !good; r++) {
        const char *of_long = bw_zephyr_long_stem(c->arena, board, p->target->qualifiers, revisions[r]);
        const char *of_short = bw_zephyr_short_stem(c->arena, board, p->target->qualifiers, revisions[r]);

        good = strcmp(stem, of_long) == 0 || strcmp(stem, of_short) == 0;
    }
    g_free(stem);
    return good;
}

static void check_name(checker *c, const bw_yaml *identifier, const bw_zephyr_platform *p)
{
    const char *path = identifier->source->path;
    const bw_zephyr_target *other = target_by_name(c, path);

    if (fits(c, path, p))
        return;
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_twister_name, bw_file_place(path),
                                    "%s is not named after %s", file_name(path), p->target->name);
    bw_finding_note(f, bw_yaml_place(identifier), "the target is named here");
    if (!other || other == p->target)
        bw_finding_cure(f, "rename it to %s.yaml",
                        bw_zephyr_long_stem(c->arena, p->target->board->name, p->target->qualifiers, NULL));
}

/* ---- what is in the data ---- */

static void check_vendor(checker *c, const bw_yaml *vendor, const bw_zephyr_board *board)
{
    if (!vendor || !board->yml->vendor || strcmp(vendor->text, board->yml->vendor) == 0 ||
        !bw_zephyr_has_known_vendor(c->folder, c->vendors, board->yml, c->arena))
        return;
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_twister_vendor, bw_yaml_place(vendor),
                                    "the vendor of %s is %s by its board.yml; this one is not read", board->name,
                                    board->yml->vendor);
    bw_finding_note(f, bw_yaml_place(board->yml->at), "%s is defined here", board->name);
    bw_finding_cure(f, "remove the key");
}

/* The folders of cmake/toolchain, and older names that Zephyr still takes. A later Zephyr adds "/gnu" or "/llvm". */
static void check_toolchains(checker *c, const bw_yaml *list)
{
    static const char *const known[] = {"arcmwdt",  "armclang", "cross-compile", "espressif", "gnuarmemb",
                                        "host",     "iar",      "llvm",          "oneApi",    "xcc",
                                        "xt-clang", "xtools",   "zephyr",        NULL};

    for (uint32_t i = 0; list && i < list->count; i++) {
        const bw_yaml *name = list->items[i];
        char *first = g_strndup(name->text, strcspn(name->text, "/"));

        if (!g_strv_contains(known, first)) {
            const char *near = bw_nearest(first, known);
            bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_twister_toolchain, bw_yaml_place(name),
                                            "Zephyr has no toolchain called %s", name->text);
            if (near)
                bw_finding_cure(f, "did you mean '%s'?", near);
        }
        g_free(first);
    }
}

/* Keeps the memory of a target as it is built without a revision, to be compared with its devicetree. */
static void keep_memory(checker *c, const bw_yaml *ram, const bw_yaml *flash, const bw_zephyr_platform *p)
{
    const char *usual = p->target->board->yml->default_revision;
    bw_zephyr_test_data data = {.target = p->target};

    if ((!ram && !flash) || (p->revision && (!usual || strcmp(usual, p->revision) != 0)))
        return;
    if (bw_yaml_to_int(ram, &data.ram))
        data.ram_at = bw_yaml_place(ram);
    if (bw_yaml_to_int(flash, &data.flash))
        data.flash_at = bw_yaml_place(flash);
    g_array_append_val(c->tests, data);
}

/* ---- files ---- */

static const bw_yaml *read_data(checker *c, const char *dir, const char *name, bool own)
{
    bw_findings unheard;

    if (own)
        return bw_zephyr_twister_read(c->folder->z->ctx, bw_zephyr_path(c->arena, dir, name), c->arena, c->findings);
    bw_findings_init(&unheard, c->folder->z->ctx);
    const bw_yaml *root =
        bw_zephyr_twister_read(c->folder->z->ctx, bw_zephyr_path(c->arena, dir, name), c->arena, &unheard);
    bw_findings_free(&unheard);
    return root;
}

/* twister.yaml: data for all targets of the boards that have their home here. */
static void check_shared(checker *c, const char *dir, bool own)
{
    const bw_yaml *root = read_data(c, dir, SHARED_NAME, own);
    const bw_yaml *variants = bw_yaml_get(root, "variants");

    for (const bw_zephyr_board *const *b = c->boards; *b; b++)
        if (strcmp((*b)->dirs[0]->path, dir) == 0)
            for (uint32_t i = 0; i < (*b)->target_count; i++) {
                bw_zephyr_platform p = {(*b)->targets[i], NULL};

                cover(c, p.target);
                if (own && !bw_yaml_get(variants, p.target->name))
                    keep_memory(c, bw_yaml_get(root, "ram"), bw_yaml_get(root, "flash"), &p);
            }
    if (!root || !own)
        return;
    check_toolchains(c, bw_yaml_get(root, "toolchain"));
    for (uint32_t i = 0; variants && variants->kind == BW_YAML_MAP && i < variants->count; i++) {
        const bw_yaml *name = variants->entries[i].key;
        const bw_yaml *data = variants->entries[i].value;
        const bw_yaml *ram = bw_yaml_get(data, "ram");
        const bw_yaml *flash = bw_yaml_get(data, "flash");
        bw_zephyr_platform p;

        check_toolchains(c, bw_yaml_get(data, "toolchain"));
        if (!bw_zephyr_platform_called(c->folder->z, name->text, c->arena, &p))
            check_unknown(c, root->source->path, name, "this data is passed over");
        else
            keep_memory(c, ram ? ram : bw_yaml_get(root, "ram"), flash ? flash : bw_yaml_get(root, "flash"), &p);
    }
}

static bool has_shared(checker *c, const bw_zephyr_board *board)
{
    return bw_zephyr_is_file(bw_zephyr_path(c->arena, board->dirs[0]->path, SHARED_NAME));
}

static void check_single(checker *c, const char *dir, const char *name, bool own)
{
    const char *path = bw_zephyr_path(c->arena, dir, name);
    const bw_yaml *root = read_data(c, dir, name, own);
    const bw_yaml *identifier = bw_yaml_get(root, "identifier");
    bw_zephyr_platform p;

    if (!root) {
        cover(c, target_by_name(c, path));
        return;
    }
    bool known = identifier && bw_zephyr_platform_called(c->folder->z, identifier->text, c->arena, &p);
    if (known)
        cover(c, p.target);
    if (!own)
        return;
    check_toolchains(c, bw_yaml_get(root, "toolchain"));
    if (!identifier) {
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_twister_identifier, bw_yaml_place(root),
                                        "the key 'identifier' is missing, so twister passes over the file");
        const bw_zephyr_target *meant = target_by_name(c, path);
        if (meant)
            bw_finding_cure(f, "add 'identifier: %s'", meant->name);
        cover(c, meant);
    } else if (!known) {
        check_unknown(c, path, identifier, "twister passes over the file");
    } else if (has_shared(c, p.target->board)) {
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_twister_twice, bw_yaml_place(identifier),
                                        "twister stops here: %s has its test data from " SHARED_NAME " beside its "
                                        "board.yml",
                                        p.target->board->name);
        bw_finding_note(f, bw_file_place(bw_zephyr_path(c->arena, p.target->board->dirs[0]->path, SHARED_NAME)),
                        "which is here");
        bw_finding_cure(f, "move the data there, below 'variants', and remove this file");
    } else if (check_twice(c, identifier, &p)) {
        check_name(c, identifier, &p);
        check_vendor(c, bw_yaml_get(root, "vendor"), p.target->board);
        keep_memory(c, bw_yaml_get(root, "ram"), bw_yaml_get(root, "flash"), &p);
    }
}

/* "plank.yml", which twister does not look for. */
static void check_ending(checker *c, const char *dir, const char *name)
{
    const char *stem = bw_arena_strndup(c->arena, name, strlen(name) - strlen(".yml"));
    const bw_zephyr_stem *known = bw_zephyr_stem_called(&c->stems, stem);

    if (!known && strcmp(stem, "twister") != 0)
        return;
    bw_finding *f =
        bw_findings_add(c->findings, BW_CODE_zephyr_twister_name, bw_file_place(bw_zephyr_path(c->arena, dir, name)),
                        "twister looks for *.yaml, so this file does not exist for it");
    bw_finding_cure(f, "rename it to %s.yaml", stem);
    cover(c, known ? known->target : NULL);
    for (const bw_zephyr_board *const *b = c->boards; !known && *b; b++)
        for (uint32_t i = 0; i < (*b)->target_count; i++)
            cover(c, (*b)->targets[i]);
}

static void check_dir(checker *c, const char *dir)
{
    GPtrArray *names = bw_zephyr_names_in(dir);
    bool own = strcmp(dir, c->folder->dir) == 0;

    for (guint i = 0; names && i < names->len; i++) {
        const char *name = names->pdata[i];

        if (strcmp(name, SHARED_NAME) == 0)
            check_shared(c, dir, own);
        else if (g_str_has_suffix(name, ".yaml") && strcmp(name, "board.yaml") != 0)
            check_single(c, dir, name, own);
        else if (own && g_str_has_suffix(name, ".yml") && strcmp(name, "board.yml") != 0)
            check_ending(c, dir, name);
    }
    if (names)
        g_ptr_array_free(names, TRUE);
}

/* ---- targets without data ---- */

/* Of one without a devicetree another check speaks. */
static bool is_lacking(checker *c, const bw_zephyr_target *t)
{
    return strcmp(t->board->dirs[t->folder]->path, c->folder->dir) == 0 && !g_hash_table_contains(c->covered, t) &&
           bw_zephyr_has_file(t, ".dts", c->arena);
}

static void say_missing(checker *c, bw_place place, const char *format, const char *name)
{
    char *above = g_path_get_dirname(c->folder->dir);
    const char *shared = bw_zephyr_path(c->arena, above, SHARED_NAME);
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_twister_missing, place, format, name);

    if (bw_zephyr_is_file(shared)) {
        bw_finding_note(f, bw_file_place(shared), "this file is not beside a board.yml, so it is not read");
        bw_finding_cure(f, "move it");
    }
    g_free(above);
}

/* A board that nobody tests is one finding. */
static void check_board(checker *c, const bw_zephyr_board *board)
{
    uint32_t lacking = 0;
    bool some = false;

    for (uint32_t i = 0; i < board->target_count; i++) {
        lacking += is_lacking(c, board->targets[i]);
        some |= g_hash_table_contains(c->covered, board->targets[i]);
    }
    if (lacking > 1 && !some) {
        say_missing(c, bw_yaml_place(board->yml->at), "no test data names a target of %s, so twister never builds it",
                    board->name);
        return;
    }
    for (uint32_t i = 0; lacking && i < board->target_count; i++) {
        const bw_zephyr_target *t = board->targets[i];

        if (is_lacking(c, t))
            say_missing(c, bw_yaml_place(t->soc && t->at->source == t->soc->at->source ? board->yml->at : t->at),
                        "no test data names %s, so twister never builds it", t->name);
    }
}

void bw_zephyr_check_twister(const bw_zephyr_folder *folder, const bw_zephyr_vendors *vendors, GArray *tests,
                             bw_arena *arena, bw_findings *findings)
{
    checker c = {.folder = folder, .vendors = vendors, .tests = tests, .arena = arena, .findings = findings};
    GPtrArray *seen = g_ptr_array_new();

    c.boards = bw_zephyr_boards_of(folder->z, folder->file, arena);
    c.stems = bw_zephyr_stems_of(arena, c.boards);
    c.covered = g_hash_table_new(NULL, NULL);
    c.first = g_hash_table_new(g_str_hash, g_str_equal);
    for (const bw_zephyr_board *const *b = c.boards; *b; b++)
        for (uint32_t i = 0; i < (*b)->dir_count; i++) {
            const char *dir = (*b)->dirs[i]->path;

            if (!g_ptr_array_find_with_equal_func(seen, dir, g_str_equal, NULL)) {
                g_ptr_array_add(seen, (gpointer)(uintptr_t)dir);
                check_dir(&c, dir);
            }
        }
    for (const bw_zephyr_board *const *b = c.boards; *b; b++)
        check_board(&c, *b);
    g_ptr_array_free(seen, TRUE);
    g_hash_table_destroy(c.covered);
    g_hash_table_destroy(c.first);
    bw_zephyr_stems_free(&c.stems);
}
