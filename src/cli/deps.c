/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright deps: all that a device needs, with the reason for each. */
#include "board/needs.h"

#include "base/output.h"
#include "cli/boards.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "report/json_out.h"
#include "report/needs.h"
#include "tree/refs.h"

#include <stdio.h>
#include <string.h>

static char *wanted_target;
static char *svg_file;
static gboolean as_dot;
static gboolean hard_only;
static char **stops;

static const GOptionEntry entries[] = {
    {"target", 't', 0, G_OPTION_ARG_FILENAME, &wanted_target, "Only this target of a board folder", "NAME"},
    {"hard", 0, 0, G_OPTION_ARG_NONE, &hard_only, "Only what it does not work without", NULL},
    {"stop", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &stops,
     "A node that stays with the host: not looked behind; repeatable", "NODE"},
    {"dot", 0, 0, G_OPTION_ARG_NONE, &as_dot, "Print a graph for Graphviz", NULL},
    {"svg", 0, 0, G_OPTION_ARG_FILENAME, &svg_file, "Draw it into this file", "FILE"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "BOARD NODE…",
    .summary = "Shows all that NODEs need to work: providers, buses and interrupt controllers, and what those need,\n"
               "each with the reason; the registers and interrupts to hand out, and what others need too.",
    .description = "A NODE is a path, a label, an alias, or a name with its unit address (serial@3100000).\n"
                   "hard: does not work without; soft: works with less; policy: whoever hands it out decides.",
    .groups = BW_OPT_ROOTS | BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_JSON,
    .entries = entries,
};

/* What a user calls a node; a name must be the only one of its kind. */
static const bw_node *find_node(const bw_board *board, const char *text)
{
    const bw_node *found = bw_board_node(board, text);
    bool more = false;

    if (found)
        return found;
    BW_FOR_NODES (board->tree, node) {
        if (strcmp(node->name->text, text) != 0)
            continue;
        more |= found != NULL;
        found = found ? found : node;
    }
    if (found && !more)
        return found;
    if (more)
        fprintf(stderr, "boardwright deps: several nodes are called %s; name one by its path\n", text);
    else
        fprintf(stderr, "boardwright deps: no node has the path, label, alias or name %s\n", text);
    return NULL;
}

/* @return NULL when one is not there; all that are not are said. */
static const bw_node **find_nodes(const bw_board *board, char **names)
{
    const guint count = names ? g_strv_length(names) : 0;
    const bw_node **nodes = bw_arena_array(&board->tree->unit->arena, const bw_node *, (size_t)count + 1);
    bool all = true;

    for (guint i = 0; i < count; i++) {
        nodes[i] = find_node(board, names[i]);
        all &= nodes[i] != NULL;
    }
    return all ? nodes : NULL;
}

static int write_svg(const bw_needs *needs, const char *title)
{
    bw_buffer out = {0};
    int error = 0;

    bw_needs_svg(needs, title, &out);
    const bool ok = bw_write_file(svg_file, out.data, out.len, &error);

    bw_buffer_free(&out);
    if (!ok)
        fprintf(stderr, "boardwright deps: %s cannot be written: %s\n", svg_file, g_strerror(error));
    return ok ? BW_EXIT_OK : BW_EXIT_TROUBLE;
}

static void worst(bw_boards *boards, int code)
{
    boards->exit_code = MAX(boards->exit_code, code);
}

static void print_needs(bw_boards *boards, const bw_needs *needs, const bw_target *target, char **names, json_t *list)
{
    const bw_style style = bw_stdout_style();
    bw_buffer out = {0};

    if (svg_file) {
        char *words = g_strjoinv(", ", names);

        worst(boards, write_svg(needs, bw_arena_printf(&boards->arena, "%s: what %s needs", target->name, words)));
        g_free(words);
    } else if (list) {
        json_t *object = bw_needs_json(needs);

        json_object_set_new(object, "target", bw_json_text(target->name));
        json_array_append_new(list, object);
    } else if (as_dot) {
        bw_needs_dot(needs, &out);
    } else {
        if (boards->targets.count > 1)
            printf("%s%s\n", target > boards->targets.items ? "\n" : "", target->name);
        bw_needs_text(needs, &style, &out);
    }
    if (out.len)
        fwrite(out.data, 1, out.len, stdout);
    bw_buffer_free(&out);
}

static void show_needs(bw_boards *boards, const bw_target *target, char **names, json_t *list)
{
    const bw_board *board = bw_boards_read(boards, target);
    bw_needs_options options = {.hard_only = hard_only};

    if (!board)
        return;
    if (!board->tree->from_source) {
        /* A number does not say that it names a node: bindings do. */
        bw_tree_find_refs((bw_tree *)(uintptr_t)board->tree);
    }
    const bw_node **seeds = find_nodes(board, names);
    options.stops = find_nodes(board, stops);

    if (seeds && options.stops)
        print_needs(boards, bw_needs_of(board, seeds, &options), target, names, list);
    else
        worst(boards, BW_EXIT_FINDINGS);
}

static void run(bw_boards *boards, char **names, bool json)
{
    json_t *list = json ? json_array() : NULL;

    if ((svg_file || as_dot) && boards->targets.count > 1) {
        fprintf(stderr, "boardwright deps: one picture needs one target; choose with --target:\n");
        for (uint32_t i = 0; i < boards->targets.count; i++)
            fprintf(stderr, "  %s\n", boards->targets.items[i].name);
        boards->exit_code = BW_EXIT_TROUBLE;
        return;
    }
    for (uint32_t i = 0; i < boards->targets.count; i++)
        show_needs(boards, &boards->targets.items[i], names, list);
    if (list)
        bw_print_json(list);
}

int bw_cmd_deps(int argc, char **argv)
{
    bw_options options;
    bw_boards boards;
    int exit_code = BW_EXIT_OK;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &exit_code))
        return exit_code;
    if (argc < 3) {
        bw_options_free(&options);
        return bw_usage_error("deps", argc < 2 ? "which board?" : "which node of the board?");
    }
    if (bw_boards_open(&boards, "deps", &options, argv[1], wanted_target))
        run(&boards, argv + 2, options.json);
    exit_code = boards.exit_code;
    bw_boards_close(&boards);
    bw_options_free(&options);
    g_free(wanted_target);
    g_free(svg_file);
    g_strfreev(stops);
    return exit_code;
}
