/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cheriot_tree.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "json/write.h"

#include <stdio.h>

static gboolean file_order;
static gboolean one_line;
static gboolean strict;

static const GOptionEntry entries[] = {
    {"one-line", 0, 0, G_OPTION_ARG_NONE, &one_line, "Everything on one line, as the build's own board.json is", NULL},
    {"file-order", 0, 0, G_OPTION_ARG_NONE, &file_order, "Keys in the order of the files; else they are sorted", NULL},
    {"strict-patches", 0, 0, G_OPTION_ARG_NONE, &strict,
     "RFC 6902 to the letter: a patch may not replace or remove what is not there", NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "BOARD",
    .summary = "Prints a board as the build of CHERIoT RTOS takes it: patches and mixins applied, both end and\n"
               "length of every range, numbers in decimal.",
    .description =
        "A BOARD is a .json or a .patch, a name to look up in the boards of --sdk, or a devicetree board whose\n"
        "support.yml says which target runs CHERIoT RTOS. What it says twice in\n"
        "different words comes out the same, so two boards can be compared with diff.",
    .groups = BW_OPT_CHERIOT | BW_OPT_LEVELS,
    .entries = entries,
};

static void print_board(const bw_cheriot_board *board)
{
    bw_json_format format = {.sorted = !file_order, .compact = one_line};
    char *text = bw_json_text_of(board->normalized, &format);

    fputs(text, stdout);
    g_free(text);
}

/* -- of a devicetree ------------------------------------------------------------------------------ */

static int normalize_devicetree(const bw_options *options, const char *argument)
{
    bw_boards boards;

    const bw_cheriot_board *made = bw_cheriot_of_devicetree(&boards, "cheriot normalize", options, argument);
    if (made)
        print_board(made);
    int result = boards.exit_code;
    bw_boards_close(&boards);
    return result;
}

/* -- of a file ------------------------------------------------------------------------------------ */

/* @return the exit status. */
static int normalize(const bw_options *options, const char *argument)
{
    bw_cheriot_options how = {
        .sdk = options->sdk, .mixins = (const char *const *)options->mixins, .strict_patches = strict};
    bw_context *ctx = bw_options_context(options);
    bw_findings findings;
    bw_arena arena;

    bw_context_drop_notes(ctx);
    bw_arena_init(&arena);
    bw_findings_init(&findings, ctx);
    const bw_cheriot_board *board = bw_cheriot_read(ctx, argument, &how, &arena, &findings);
    int result = bw_print_findings_beside(options, &findings);
    if (bw_has_trouble(&findings))
        result = BW_EXIT_TROUBLE;
    if (board && result == BW_EXIT_OK)
        print_board(board);
    bw_findings_free(&findings);
    bw_arena_free(&arena);
    bw_context_free(ctx);
    return result;
}

int bw_cheriot_normalize(int argc, char **argv)
{
    bw_options options;
    int result;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &result))
        return result;
    if (argc != 2)
        result = bw_usage_error("cheriot normalize", argc < 2 ? "which board?" : "one board at a time");
    else if (bw_is_devicetree_board(&options, argv[1]))
        result = normalize_devicetree(&options, argv[1]);
    else
        result = normalize(&options, argv[1]);
    bw_options_free(&options);
    return result;
}
