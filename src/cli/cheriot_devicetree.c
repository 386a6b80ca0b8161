/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cheriot_compatible.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "systems/cheriot/devicetree.h"

#include <stdio.h>

static gboolean side;
static char **compatibles;

static const GOptionEntry entries[] = {
    {"support", 0, 0, G_OPTION_ARG_NONE, &side, "Print what support.yml has to say beside it, instead", NULL},
    {"compatible", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &compatibles,
     "What a device is compatible with, which a board's file does not say (repeatable)", "DEVICE=STRING"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "BOARD",
    .summary = "Prints a devicetree of a board. What it cannot say is printed with --support; both together give\n"
               "the same board again, which is tried before anything is printed.",
    .description = "boardwright import makes a board folder of both.",
    .groups = BW_OPT_CHERIOT | BW_OPT_LEVELS,
    .entries = entries,
};

/* @return the exit status. */
static int print_tree(const bw_options *options, const char *argument)
{
    bw_cheriot_options how = {.sdk = options->sdk, .mixins = (const char *const *)options->mixins};
    bw_cheriot_compatible *list = bw_cheriot_compatibles(compatibles);
    bw_context *ctx = bw_options_context(options);
    bw_cheriot_tree tree = {0};
    bw_findings findings;
    bw_arena arena;

    bw_context_drop_notes(ctx);
    bw_arena_init(&arena);
    bw_findings_init(&findings, ctx);
    const bw_cheriot_board *board = bw_cheriot_read(ctx, argument, &how, &arena, &findings);
    bool ok = board && !findings.counts[BW_ERROR] && bw_cheriot_to_tree(board, list, ctx, &findings, &tree);
    int result = bw_print_findings_beside(options, &findings);
    if (bw_has_trouble(&findings))
        result = BW_EXIT_TROUBLE;
    if (ok && side)
        printf("cheriot:\n%s", tree.section->str);
    else if (ok)
        fputs(tree.source->str, stdout);
    bw_cheriot_tree_free(&tree);
    bw_findings_free(&findings);
    bw_arena_free(&arena);
    bw_context_free(ctx);
    g_free(list);
    return result;
}

int bw_cheriot_devicetree(int argc, char **argv)
{
    bw_options options;
    int result;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &result))
        return result;
    if (argc != 2)
        result = bw_usage_error("cheriot devicetree", argc < 2 ? "which board?" : "one board at a time");
    else if (!bw_cheriot_compatibles_fit(compatibles))
        result = bw_usage_error("cheriot devicetree", "--compatible takes DEVICE=STRING");
    else
        result = print_tree(&options, argv[1]);
    g_strfreev(compatibles);
    bw_options_free(&options);
    return result;
}
