/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of applications, tests and shields that are for some boards: boards/<target>.conf, .overlay, and
 * socs/<qualifiers>.
 * Source: zephyr_file() of Zephyr 4.1, cmake/modules/extensions.cmake.
 */
#include "systems/zephyr/checks.h"
#include "systems/zephyr/gaps.h"
#include "systems/zephyr/stem.h"
#include "systems/zephyr/walk.h"

#include <string.h>

/* Folders below samples/ and tests/. */
#define DEPTH_MAX 16

/* Bytes of an application's texts; the largest real one has 2 MiB. */
#define TEXTS_MAX ((gsize)64 * 1024 * 1024)

typedef struct checker {
    const bw_zephyr *z;
    const bw_zephyr_deprecated *deprecated; /* or NULL */
    bw_zephyr_stems stems;                  /* of all boards */
    GHashTable *socs;                       /* set: qualifiers joined with '_' */
    GPtrArray *names;                       /* of the files in the folder that is looked at, sorted */
    const char *dir, *app;                  /* it, and the folder of its application */
    bool of_socs;
    GString *texts;  /* what of the application may name files; NULL until asked for */
    bool has_boards; /* the application brings boards of its own */
    bw_arena *arena;
    bw_findings *findings;
} checker;

/* ---- what the application says ---- */

static bool may_name_files(const char *name)
{
    static const char *const endings[] = {".yaml", ".yml",  ".cmake", ".rst",  ".md",  ".overlay",
                                          ".conf", ".dtsi", ".txt",   ".json", ".dts", NULL};

    if (g_str_has_prefix(name, "Kconfig"))
        return true;
    for (const char *const *e = endings; *e; e++)
        if (g_str_has_suffix(name, *e))
            return true;
    return false;
}

/* A link may lead in circles. */
static bool is_own_dir(const char *path)
{
    return bw_zephyr_is_dir(path) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK);
}

static void collect_texts(checker *c, const char *dir, int depth)
{
    GPtrArray *names = bw_zephyr_names_in(dir);

    for (guint i = 0; names && i < names->len && c->texts->len < TEXTS_MAX; i++) {
        const char *name = names->pdata[i];
        const char *path = bw_zephyr_path(c->arena, dir, name);

        if (may_name_files(name) && bw_zephyr_is_file(path)) {
            bw_source *source = bw_source_open(c->z->ctx->sources, path, NULL);

            c->has_boards |= strcmp(name, "board.yml") == 0;
            if (source) {
                g_string_append_len(c->texts, source->text, source->len);
                g_string_append_c(c->texts, '\n');
            }
        } else if (depth < DEPTH_MAX && is_own_dir(path)) {
            collect_texts(c, path, depth + 1);
        }
    }
    if (names)
        g_ptr_array_free(names, TRUE);
}

/* The folder that has the description of the tests; an image of sysbuild lies below it. */
static const char *app_of(checker *c, const char *dir)
{
    static const char *const files[] = {"sample.yaml", "testcase.yaml", "tests.yaml", "shield.yml", NULL};
    char *start = g_path_get_dirname(dir);
    char *up = g_strdup(start);
    const char *app = NULL;

    for (int i = 0; i < 4 && !app; i++) {
        for (const char *const *f = files; *f && !app; f++)
            if (bw_zephyr_is_file(bw_zephyr_path(c->arena, up, *f)))
                app = bw_arena_strdup(c->arena, up);
        char *next = g_path_get_dirname(up);
        g_free(up);
        up = next;
    }
    if (!app)
        app = bw_arena_strdup(c->arena, start);
    g_free(up);
    g_free(start);
    return app;
}

static const char *texts_of_app(checker *c)
{
    if (!c->texts) {
        c->texts = g_string_new(NULL);
        c->app = app_of(c, c->dir);
        c->has_boards = false;
        collect_texts(c, c->app, 0);
    }
    return c->texts->str;
}

static bool is_named(checker *c, const char *name)
{
    size_t len = strlen(name);

    for (const char *p = strstr(texts_of_app(c), name); p; p = strstr(p + 1, name))
        if ((p == c->texts->str || !(g_ascii_isalnum(p[-1]) || p[-1] == '_')) && !g_ascii_isalnum(p[len]))
            return true;
    return false;
}

/* "plank_m33_quick" where the application sets FILE_SUFFIX to quick. */
static bool has_suffix(checker *c, const char *stem)
{
    for (const char *p = strchr(stem, '_'); p; p = strchr(p + 1, '_')) {
        const char *front = bw_arena_strndup(c->arena, stem, (size_t)(p - stem));
        const char *suffix = p + 1;
        size_t len = strlen(suffix);

        if (!(c->of_socs ? g_hash_table_contains(c->socs, front) : bw_zephyr_stem_called(&c->stems, front) != NULL))
            continue;
        for (const char *s = strstr(texts_of_app(c), "FILE_SUFFIX"); s; s = strstr(s + 1, "FILE_SUFFIX")) {
            const char *value = s + strlen("FILE_SUFFIX");

            value += strspn(value, "=: \"'");
            if (strncmp(value, suffix, len) == 0 && !g_ascii_isalnum(value[len]) && value[len] != '_')
                return true;
        }
    }
    return false;
}

/* ---- files ---- */

typedef struct nearest {
    const char *text, *best;
    size_t len, distance;
} nearest;

static gboolean compare_stem(gpointer key, gpointer value, gpointer data)
{
    nearest *n = data;
    const bw_zephyr_stem *stem = value;
    size_t len = strlen(key);

    if (len + 2 < n->len || len > n->len + 2 || (stem->is_short && stem->target->board->yml->soc_count != 1))
        return FALSE;
    size_t distance = bw_zephyr_distance(n->text, key, 2);
    if (distance < n->distance) {
        n->distance = distance;
        n->best = key;
    }
    return FALSE;
}

/* The name that was meant; of a name that was replaced, the new one. */
static const char *name_meant(checker *c, const char *stem)
{
    nearest n = {stem, NULL, strlen(stem), 3};

    for (uint32_t i = 0; c->deprecated && i < c->deprecated->count; i++) {
        const bw_zephyr_renamed *r = &c->deprecated->items[i];
        char *old = g_strdelimit(g_strdup(r->old), "/", '_');
        bool same = strcmp(old, stem) == 0;

        g_free(old);
        if (same) {
            char *now = g_strdelimit(g_strdup(r->now), "/@.", '_');
            const char *kept = bw_arena_strdup(c->arena, now);

            g_free(now);
            return kept;
        }
    }
    g_tree_foreach(c->stems.by_text, compare_stem, &n);
    return n.best;
}

static void check_unknown(checker *c, const char *name, const char *stem, const char *ending)
{
    if (is_named(c, name) || has_suffix(c, stem) || c->has_boards)
        return;
    const char *near = c->of_socs ? NULL : name_meant(c, stem);
    bw_finding *f =
        bw_findings_add(c->findings, BW_CODE_zephyr_app_file, bw_file_place(bw_zephyr_path(c->arena, c->dir, name)),
                        c->of_socs ? "%s has the name of no SoC, so it is never used"
                                   : "%s has the name of no target, so it is never used",
                        name);
    if (near)
        bw_finding_cure(f, "did you mean %s%s?", near, ending);
}

static bool has_file(const checker *c, const char *name)
{
    for (guint i = 0; i < c->names->len; i++)
        if (strcmp(c->names->pdata[i], name) == 0)
            return true;
    return false;
}

static void check_short(checker *c, const char *name, const bw_zephyr_stem *stem, const char *ending)
{
    const bw_zephyr_board *board = stem->target->board;
    const char *whole = bw_zephyr_long_stem(c->arena, board->name, stem->target->qualifiers, stem->revision);
    const char *twin = bw_arena_printf(c->arena, "%s%s", whole, ending);
    bw_place place = bw_file_place(bw_zephyr_path(c->arena, c->dir, name));

    if (strcmp(twin, name) == 0)
        return;
    if (board->yml->soc_count != 1) {
        if (is_named(c, name))
            return;
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_short_name, place,
                                        "%s has %u SoCs, so the build for %s stops at a file name without the SoC",
                                        board->name, (unsigned)board->yml->soc_count, stem->target->name);
        bw_finding_cure(f, "rename it to %s", twin);
    } else if (has_file(c, twin)) {
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_twin_files, place,
                                        "the build for %s stops, because %s is here, too", stem->target->name, twin);
        bw_finding_cure(f, "keep one of them");
    }
}

static void check_file(checker *c, const char *name)
{
    size_t len;
    bw_zephyr_ending ending = bw_zephyr_ending_of(name, &len);

    if (ending != BW_ZEPHYR_OVERLAY && ending != BW_ZEPHYR_CONF)
        return;
    const char *text = bw_arena_strndup(c->arena, name, len);
    const bw_zephyr_stem *stem = c->of_socs ? NULL : bw_zephyr_stem_called(&c->stems, text);
    if (stem && stem->is_short)
        check_short(c, name, stem, bw_zephyr_endings[ending]);
    else if (!stem && !(c->of_socs && g_hash_table_contains(c->socs, text)))
        check_unknown(c, name, text, bw_zephyr_endings[ending]);
}

static void check_dir(checker *c, const char *dir, bool of_socs, GPtrArray *names)
{
    c->dir = dir;
    c->of_socs = of_socs;
    c->names = names;
    for (guint i = 0; i < names->len; i++)
        check_file(c, names->pdata[i]);
    if (c->texts) {
        g_string_free(c->texts, TRUE);
        c->texts = NULL;
    }
}

/* A folder's name has no dot; that of a file mostly has one. */
static void walk(checker *c, const char *dir, const char *own_name, int depth)
{
    GPtrArray *names = bw_zephyr_names_in(dir);

    if (!names)
        return;
    if (strcmp(own_name, "boards") == 0 || strcmp(own_name, "socs") == 0)
        check_dir(c, dir, *own_name == 's', names);
    for (guint i = 0; i < names->len && depth < DEPTH_MAX; i++) {
        const char *name = names->pdata[i];

        if (!strchr(name, '.') && !g_str_has_prefix(name, "Kconfig")) {
            const char *path = bw_zephyr_path(c->arena, dir, name);

            if (is_own_dir(path))
                walk(c, path, name, depth + 1);
        }
    }
    g_ptr_array_free(names, TRUE);
}

static void collect_socs(checker *c)
{
    for (uint32_t b = 0; b < c->z->board_count; b++)
        for (uint32_t i = 0; i < c->z->boards[b]->target_count; i++) {
            char *joined = bw_arena_strdup(c->arena, c->z->boards[b]->targets[i]->qualifiers);

            g_hash_table_add(c->socs, g_strdelimit(joined, "/", '_'));
        }
}

void bw_zephyr_check_apps(const bw_zephyr *z, const bw_zephyr_deprecated *deprecated, const char *zephyr_base,
                          bw_arena *arena, bw_findings *findings)
{
    static const char *const places[] = {"boards/shields", "samples", "tests", NULL};
    checker c = {.z = z, .deprecated = deprecated, .arena = arena, .findings = findings};

    /* Which targets there would be without the errors in the metadata, nobody knows. */
    if (z->failed)
        return;
    c.stems = bw_zephyr_stems_of(arena, (const bw_zephyr_board *const *)z->boards);
    c.socs = g_hash_table_new(g_str_hash, g_str_equal);
    collect_socs(&c);
    for (const char *const *place = places; *place; place++)
        walk(&c, bw_zephyr_path(arena, zephyr_base, *place), *place, 0);
    g_hash_table_destroy(c.socs);
    bw_zephyr_stems_free(&c.stems);
}
