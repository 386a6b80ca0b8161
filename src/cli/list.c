/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright list: boards and targets under the roots, as list_boards.py and west list them. */
#include "systems/zephyr/list.h"

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/roots.h"
#include "cli/show_balena.h"
#include "report/json_out.h"
#include "systems/zephyr/v1.h"

#include <stdio.h>

typedef struct settings {
    char *board;        /* --board */
    char **board_dirs;  /* --board-dir */
    char *cmake_format; /* --cmakeformat */
    char *west_format;  /* --format */
    gboolean targets;   /* --targets */
} settings;

static void end_line(bw_buffer *out)
{
    bw_buffer_byte(out, '\n');
}

/* ---- boards of the old model ---- */

static void list_v1(const bw_zephyr_roots *roots, const settings *s, const bw_zephyr_format *format, bw_buffer *out)
{
    GArray *boards = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_v1_board));
    const char *arch = NULL;
    bw_arena arena;

    bw_arena_init(&arena);
    bw_zephyr_v1_boards(&arena, roots, s->board, boards);
    for (guint i = 0; i < boards->len; i++) {
        const bw_zephyr_v1_board *b = &g_array_index(boards, bw_zephyr_v1_board, i);

        if (format) {
            bw_zephyr_format_v1(format, b->name, b->dir, out);
            end_line(out);
            continue;
        }
        if (!arch || strcmp(arch, b->arch) != 0)
            bw_buffer_printf(out, "%s:\n", b->arch);
        arch = b->arch;
        bw_buffer_printf(out, "  %s\n", b->name);
    }
    g_array_free(boards, TRUE);
    bw_arena_free(&arena);
}

/* ---- one board ---- */

static json_t *board_json(const bw_zephyr_board *b)
{
    json_t *object = json_object();
    json_t *dirs = json_array();
    json_t *socs = json_array();
    json_t *targets = json_array();

    json_object_set_new(object, "name", bw_json_text(b->name));
    if (b->yml->full_name)
        json_object_set_new(object, "full_name", bw_json_text(b->yml->full_name));
    if (b->yml->vendor)
        json_object_set_new(object, "vendor", bw_json_text(b->yml->vendor));
    for (uint32_t i = 0; i < b->dir_count; i++)
        json_array_append_new(dirs, bw_json_text(b->dirs[i]->path));
    json_object_set_new(object, "directories", dirs);
    if (b->yml->revision_format) {
        json_t *revision = json_object();
        json_t *names = json_array();

        json_object_set_new(revision, "format", bw_json_text(b->yml->revision_format));
        if (b->yml->default_revision)
            json_object_set_new(revision, "default", bw_json_text(b->yml->default_revision));
        json_object_set_new(revision, "exact", json_boolean(b->yml->revision_exact));
        for (uint32_t i = 0; i < b->yml->revision_count; i++)
            json_array_append_new(names, bw_json_text(b->yml->revisions[i].name));
        json_object_set_new(revision, "revisions", names);
        json_object_set_new(object, "revision", revision);
    }
    for (uint32_t i = 0; i < b->yml->soc_count; i++)
        json_array_append_new(socs, bw_json_text(b->yml->socs[i].name));
    json_object_set_new(object, "socs", socs);
    for (uint32_t i = 0; i < b->target_count; i++)
        json_array_append_new(targets, bw_json_text(b->targets[i]->name));
    json_object_set_new(object, "targets", targets);
    return object;
}

/* A target and the files that serve it: devicetree, overlays, Kconfig fragments, in the order in which they count. */
static void list_targets(const bw_zephyr *z, const bw_zephyr_board *b, bw_arena *arena, bw_buffer *out)
{
    bw_findings unheard; /* check speaks of what is wrong with names of files */

    bw_findings_init(&unheard, z->ctx);
    for (uint32_t i = 0; i < b->target_count; i++) {
        bw_zephyr_choice choice;
        bw_zephyr_files files;

        bw_buffer_text(out, b->targets[i]->name);
        bw_zephyr_choose_default(b->targets[i], arena, &choice);
        bw_zephyr_find_files(z, &choice, NULL, bw_file_place(b->name), arena, &unheard, &files);
        for (uint32_t f = 0; f < files.used_count; f++)
            if (files.used[f].use == BW_ZEPHYR_USE_DEVICETREE || files.used[f].use == BW_ZEPHYR_USE_KCONFIG)
                bw_buffer_printf(out, "\t%s", files.used[f].path);
        end_line(out);
    }
    bw_findings_free(&unheard);
    bw_arena_reset(arena);
}

/* ---- the command ---- */

static void list_boards(const bw_zephyr *z, const settings *s, const bw_options *options,
                        const bw_zephyr_format *format, bw_buffer *out)
{
    json_t *all = options->json ? json_array() : NULL;
    bw_arena arena;

    bw_arena_init(&arena);
    for (uint32_t i = 0; i < z->board_count; i++) {
        const bw_zephyr_board *b = z->boards[i];

        if (all) {
            json_array_append_new(all, board_json(b));
        } else if (s->targets) {
            list_targets(z, b, &arena, out);
        } else if (format) {
            bw_zephyr_format_board(format, b, out);
            end_line(out);
        } else {
            bw_buffer_text(out, b->name);
            end_line(out);
        }
    }
    bw_arena_free(&arena);
    if (all)
        bw_json_write(out, all);
}

static int list(const settings *s, const bw_options *options, char *const *more, const bw_zephyr_format *format)
{
    bw_root_lists lists;
    bw_findings findings;
    bw_buffer out = {0};
    bw_context *ctx = bw_options_context(options);

    bw_root_lists_init(&lists, options, more, false);
    lists.roots.board_dirs = (const char *const *)s->board_dirs;
    bw_root_lists_add_beside(&lists, options, lists.roots.board_dirs);
    /* Who calls it in place of Zephyr's scripts must not be told of targets that Zephyr cannot build. */
    lists.roots.as_zephyr = format || (!s->targets && !options->json && (!more || !*more));
    lists.roots.loose = !lists.roots.as_zephyr;
    bw_findings_init(&findings, ctx);
    if (!options->json && !s->targets)
        list_v1(&lists.roots, s, format, &out);
    bw_zephyr *z = bw_zephyr_load(ctx, &lists.roots, s->board, options->jobs, &findings);
    list_boards(z, s, options, format, &out);
    if (out.len)
        fwrite(out.data, 1, out.len, stdout);
    int result = bw_print_findings_beside(options, &findings);
    if (bw_has_trouble(&findings))
        result = BW_EXIT_TROUBLE;
    else if (z->failed && result == BW_EXIT_OK)
        result = BW_EXIT_FINDINGS;
    bw_buffer_free(&out);
    bw_zephyr_free(z);
    bw_findings_free(&findings);
    bw_root_lists_free(&lists);
    bw_context_free(ctx);
    return result;
}

static int list_in_format(const settings *s, const bw_options *options, char *const *more)
{
    bw_zephyr_format *format = NULL;
    char *error = NULL;
    int result;

    if (s->cmake_format)
        format = bw_zephyr_format_new(s->cmake_format, BW_ZEPHYR_CMAKE, &error);
    else if (s->west_format)
        format = bw_zephyr_format_new(s->west_format, BW_ZEPHYR_WEST, &error);
    if (error)
        result = bw_usage_error("list", "%s: %s", s->cmake_format ? "--cmakeformat" : "--format", error);
    else
        result = list(s, options, more, format);
    g_free(error);
    bw_zephyr_format_free(format);
    return result;
}

int bw_cmd_list(int argc, char **argv)
{
    settings s = {0};
    const GOptionEntry entries[] = {
        {"board", 0, 0, G_OPTION_ARG_FILENAME, &s.board, "Only the board of this name", "NAME"},
        {"board-dir", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &s.board_dirs, "Only the board.yml in DIR; repeatable", "DIR"},
        {"targets", 0, 0, G_OPTION_ARG_NONE, &s.targets,
         "List what can be built: a target a line, behind it the files that serve it, with tabs between", NULL},
        {"format", 'f', 0, G_OPTION_ARG_FILENAME, &s.west_format,
         "A line for each board: {name}, {full_name}, {dir}, {vendor}, {revisions}, {qualifiers} …", "TEMPLATE"},
        {"cmakeformat", 0, 0, G_OPTION_ARG_FILENAME, &s.cmake_format,
         "The same for CMake: {NAME}, {DIR}, {HWM}, {SOCS}, {QUALIFIERS} …", "TEMPLATE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    const bw_usage usage = {
        .arguments = "[ROOT…]",
        .summary = "Lists the boards of Zephyr's hardware model under the roots, with their extensions: what\n"
                   "scripts/list_boards.py lists, with the same options. Each ROOT is a board root, too.\n"
                   "Of a ROOT that is a repository of balenaOS the device types are listed.",
        .description = "Without a root the Zephyr tree around the current folder is listed, or $ZEPHYR_BASE.\n"
                       "Without --soc-root SoCs are looked for under the board roots and there.",
        .groups = BW_OPT_ROOTS | BW_OPT_LEVELS | BW_OPT_JSON | BW_OPT_JOBS,
        .entries = entries,
    };
    bw_options options;
    int result;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &result))
        return result;
    if (s.cmake_format && s.west_format)
        result = bw_usage_error("list", "--format and --cmakeformat: it takes one of them");
    else if (argc != 2 || !bw_list_balena_try(&options, argv[1], &result))
        result = list_in_format(&s, &options, argv + 1);
    g_free(s.board);
    g_strfreev(s.board_dirs);
    g_free(s.cmake_format);
    g_free(s.west_format);
    bw_options_free(&options);
    return result;
}
