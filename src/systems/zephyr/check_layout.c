/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands beside a board.yml, or should: documentation, board.cmake, and what an extension needs to get along with
 * its base.
 * Source: Zephyr 4.1, cmake/modules/boards.cmake, cmake/modules/extensions.cmake (board_runner_args()),
 * scripts/west_commands/run_common.py (priority), scripts/ci/check_compliance.py (Kconfig.<board>).
 */
#include "systems/zephyr/checks.h"
#include "systems/zephyr/gaps.h"
#include "systems/zephyr/walk.h"

#include <stdlib.h>
#include <string.h>

/* Of a board.yml that does not say. */
#define PRIORITY_DEFAULT 10

typedef struct checker {
    const bw_zephyr_folder *folder;
    bw_arena *arena;
    bw_findings *findings;
} checker;

static const char *beside(const checker *c, const char *name)
{
    return bw_zephyr_path(c->arena, c->folder->dir, name);
}

/* ---- documentation ---- */

/* Whether the board belongs to a tree that documents its boards: modules and users' own boards need not. */
static bool is_documented_tree(const checker *c)
{
    const char *base = c->folder->zephyr_base;

    if (!base || !bw_zephyr_is_dir(bw_zephyr_path(c->arena, base, "doc")))
        return false;
    char *tree = realpath(bw_zephyr_path(c->arena, base, "boards"), NULL);
    char *here = realpath(c->folder->dir, NULL);
    bool inside = tree && here && g_str_has_prefix(here, tree);
    free(tree);
    free(here);
    return inside;
}

static bool has_pages(checker *c)
{
    GPtrArray *names = bw_zephyr_names_in(beside(c, "doc"));
    bool any = names && names->len;

    if (names)
        g_ptr_array_free(names, TRUE);
    return any;
}

static void check_documentation(checker *c)
{
    const bw_yml_board *first = NULL;

    for (uint32_t i = 0; i < c->folder->file->count && !first; i++)
        if (c->folder->file->boards[i].name)
            first = &c->folder->file->boards[i];
    if (!first || has_pages(c) || !is_documented_tree(c))
        return;
    bw_finding *f =
        bw_findings_add(c->findings, BW_CODE_zephyr_documentation, bw_yaml_place(first->at),
                        "%s has no folder doc, so the list of supported boards has no page of it", first->name);
    bw_finding_cure(f, "add doc/index.rst");
}

/* ---- extensions ---- */

static const bw_yaml *runners_of(checker *c, const bw_board_yml *file)
{
    bw_findings unheard;

    bw_findings_init(&unheard, c->folder->z->ctx);
    const bw_yaml *runners = bw_yaml_get(bw_yaml_read(file->source, c->arena, &unheard), "runners");
    bw_findings_free(&unheard);
    return runners;
}

static uint64_t priority_of(const bw_yaml *runners)
{
    uint64_t priority = PRIORITY_DEFAULT;

    bw_yaml_to_int(bw_yaml_get(runners, "priority"), &priority);
    return priority;
}

/* All folders of a board are asked for run_once, and the one of the highest priority counts; two are an error. */
static void check_priority(checker *c, const bw_yml_board *extension, const bw_zephyr_board *base)
{
    const bw_yaml *own = runners_of(c, c->folder->file);
    const bw_yaml *other = own && base->file != c->folder->file ? runners_of(c, base->file) : NULL;

    if (!other || priority_of(own) != priority_of(other))
        return;
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_runner_priority, bw_yaml_place(own),
                                    "the runners of the extension and those of %s have the same priority, %u, so west "
                                    "flash stops",
                                    extension->extend, (unsigned)priority_of(own));
    bw_finding_note(f, bw_yaml_place(other), "the others are here");
    bw_finding_cure(f, "add 'priority: %u' to those that shall count", (unsigned)priority_of(own) + 1);
}

static void check_extension(checker *c, const bw_yml_board *yml)
{
    const bw_zephyr_board *base = bw_zephyr_board_called(c->folder->z, yml->extend);
    const char *kconfig = bw_arena_printf(c->arena, "Kconfig.%s", yml->extend);

    if (!base)
        return;
    check_priority(c, yml, base);
    if (bw_zephyr_is_file(beside(c, kconfig)))
        return;
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_extension_kconfig, bw_yaml_place(yml->at),
                                    "the extension of %s has no %s, which Zephyr's CI reads from every folder of a "
                                    "board",
                                    yml->extend, kconfig);
    bw_finding_cure(f, "add it; it may be empty");
}

/* ---- board.cmake ---- */

/* The first argument of the next call behind @p from, which moves on; NULL when there is none. */
static const char *argument_of(const char **from, const char *call, size_t *len)
{
    const char *p = strstr(*from, call);

    if (!p)
        return NULL;
    *from = p + strlen(call);
    const char *word = *from + strspn(*from, " \t\n\"");
    *len = strcspn(word, " \t\n)\"");
    return word;
}

static bool is_comment(const bw_source *source, const char *p)
{
    while (p > source->text && p[-1] != '\n')
        if (*--p == '#')
            return true;
    return false;
}

static bw_place place_of(bw_source *source, const char *word, size_t len)
{
    uint32_t begin = (uint32_t)(word - source->text);

    return bw_source_place(source, begin, begin + (uint32_t)len);
}

static const char *nearest(const char *word, GPtrArray *names)
{
    const char *near = NULL;
    size_t least = 3;

    for (guint i = 0; i < names->len; i++) {
        size_t distance = bw_zephyr_distance(word, names->pdata[i], 2);

        if (distance < least) {
            least = distance;
            near = names->pdata[i];
        }
    }
    return near;
}

/* CMake makes a C identifier of a runner's name: probe-rs is probe_rs. */
static bool has_runner(const GPtrArray *runners, const char *name)
{
    char *wanted = g_strcanon(g_strdup(name), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS, '_');
    bool found = false;

    for (guint i = 0; i < runners->len && !found; i++) {
        char *one = g_strcanon(g_strdup(runners->pdata[i]), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS, '_');

        found = strcmp(one, wanted) == 0;
        g_free(one);
    }
    g_free(wanted);
    return found;
}

static bool has(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (strcmp(names->pdata[i], name) == 0)
            return true;
    return false;
}

/* The runners that files of boards/common finish the arguments of. */
static GPtrArray *runners_in(checker *c, const char *common, const GPtrArray *files)
{
    GPtrArray *runners = g_ptr_array_new();
    size_t len;

    for (guint i = 0; i < files->len; i++) {
        bw_source *source =
            bw_source_open(c->folder->z->ctx->sources, bw_zephyr_path(c->arena, common, files->pdata[i]), NULL);
        const char *from = source ? source->text : "";
        const char *word;

        while ((word = argument_of(&from, "board_finalize_runner_args(", &len)))
            g_ptr_array_add(runners, bw_arena_strndup(c->arena, word, len));
    }
    return runners;
}

static void check_includes(checker *c, bw_source *source, GPtrArray *files)
{
    static const char call[] = "${ZEPHYR_BASE}/boards/common/";

    for (const char *p = strstr(source->text, call); p; p = strstr(p + 1, call)) {
        const char *word = p + strlen(call);
        const char *name = bw_arena_strndup(c->arena, word, strcspn(word, " \t\n)\"$/"));

        if (is_comment(source, p) || !g_str_has_suffix(name, ".cmake") || has(files, name))
            continue;
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_runner_file, place_of(source, word, strlen(name)),
                                        "boards/common has no file %s, so CMake stops", name);
        const char *near = nearest(name, files);
        if (near)
            bw_finding_cure(f, "did you mean %s?", near);
    }
}

static void check_arguments(checker *c, bw_source *source, GPtrArray *runners)
{
    static const char *const calls[] = {"board_runner_args(",         "board_set_flasher(",
                                        "board_set_debugger(",        "board_set_flasher_ifnset(",
                                        "board_set_debugger_ifnset(", NULL};
    size_t len;

    for (const char *const *call = calls; *call; call++) {
        const char *from = source->text;
        const char *word;

        while ((word = argument_of(&from, *call, &len))) {
            const char *name = bw_arena_strndup(c->arena, word, len);
            const char *near = has_runner(runners, name) || is_comment(source, word) ? NULL : nearest(name, runners);

            /* A module may have runners of its own; only what is nearly one of Zephyr's is a mistake. */
            if (!near)
                continue;
            bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_runner_name, place_of(source, word, len),
                                            "there is no runner %s, so this says nothing to anybody", name);
            bw_finding_cure(f, "did you mean %s?", near);
        }
    }
}

static void check_cmake(checker *c)
{
    const char *path = beside(c, "board.cmake");
    const char *base = c->folder->zephyr_base;
    bw_source *source = base && bw_zephyr_is_file(path) ? bw_source_open(c->folder->z->ctx->sources, path, NULL) : NULL;
    const char *common = base ? bw_zephyr_path(c->arena, base, "boards/common") : NULL;
    GPtrArray *files = source ? bw_zephyr_names_in(common) : NULL;

    if (!files)
        return;
    GPtrArray *runners = runners_in(c, common, files);
    if (runners->len) {
        check_includes(c, source, files);
        check_arguments(c, source, runners);
    }
    g_ptr_array_free(runners, TRUE);
    g_ptr_array_free(files, TRUE);
}

void bw_zephyr_check_layout(const bw_zephyr_folder *folder, bw_arena *arena, bw_findings *findings)
{
    checker c = {folder, arena, findings};

    check_documentation(&c);
    for (uint32_t i = 0; i < folder->file->count; i++)
        if (!folder->file->boards[i].name)
            check_extension(&c, &folder->file->boards[i]);
    check_cmake(&c);
}
