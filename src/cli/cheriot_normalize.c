/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/boards.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "json/write.h"
#include "systems/cheriot/devicetree.h"
#include "systems/support.h"

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

/* The target that runs CHERIoT RTOS: the one that support.yml means, or the only one.
 * @param section set to its part of support.yml, or NULL */
static const bw_target *target_of(bw_boards *boards, const bw_yaml **section)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const bw_target *found = NULL;

    for (uint32_t i = 0; i < boards->targets.count && !found; i++) {
        const bw_target *target = &boards->targets.items[i];
        bool ok;
        const bw_yaml *support = bw_support_of(seen, boards->ctx, target, &boards->arena, &boards->findings, &ok);

        *section = NULL;
        if (support && bw_support_section(support, bw_system_find("cheriot"), section) && *section &&
            bw_support_means(*section, target))
            found = target;
    }
    g_hash_table_unref(seen);
    if (!found) {
        *section = NULL;
        found = boards->targets.count == 1 ? &boards->targets.items[0] : NULL;
    }
    return found;
}

static int normalize_target(bw_boards *boards, const char *argument)
{
    bw_cheriot_options how = {.sdk = boards->options->sdk};
    const bw_yaml *section = NULL;
    const bw_target *target = target_of(boards, &section);
    const bw_cheriot_board *made = NULL;

    if (!target && !boards->findings.counts[BW_ERROR]) {
        fprintf(stderr, "boardwright cheriot normalize: support.yml of %s does not say which target runs CHERIoT\n",
                argument);
        return BW_EXIT_TROUBLE;
    }
    const bw_board *board = target ? bw_boards_read(boards, target) : NULL;
    if (board && !board->tree->broken)
        made = bw_cheriot_from_tree(board, target, section, &how);
    int result = bw_print_findings_beside(boards->options, &boards->findings);
    if (made && result == BW_EXIT_OK && boards->exit_code == BW_EXIT_OK)
        print_board(made);
    return result;
}

static int normalize_devicetree(const bw_options *options, const char *argument)
{
    bw_boards boards;
    int result = BW_EXIT_OK;

    if (bw_boards_open(&boards, "cheriot normalize", options, argument, NULL))
        result = normalize_target(&boards, argument);
    result = MAX(result, boards.exit_code);
    bw_boards_close(&boards);
    return result;
}

/* -- of a file ------------------------------------------------------------------------------------ */

/* @return whether an argument is a folder or a file of a devicetree board, and not of CHERIoT. */
static bool is_devicetree(const bw_options *options, const char *argument)
{
    static const char *const endings[] = {".dts", ".dtb", ".yml", ".yaml", NULL};
    bool is = g_file_test(argument, G_FILE_TEST_IS_DIR);
    bw_context *ctx = bw_options_context(options);
    bw_arena arena;

    bw_arena_init(&arena);
    for (const char *const *ending = endings; *ending && !is; ending++)
        is = g_str_has_suffix(argument, *ending) && g_file_test(argument, G_FILE_TEST_EXISTS);
    is = is && !bw_cheriot_find(ctx, argument, options->sdk, &arena);
    bw_arena_free(&arena);
    bw_context_free(ctx);
    return is;
}

/* @return the exit status. */
static int normalize(const bw_options *options, const char *argument)
{
    bw_cheriot_options how = {
        .sdk = options->sdk, .mixins = (const char *const *)options->mixins, .strict_patches = strict};
    bw_context *ctx = bw_options_context(options);
    bw_findings findings;
    bw_arena arena;

    for (int code = 0; code < BW_CODE_COUNT; code++)
        if (ctx->levels[code] == BW_NOTE)
            ctx->levels[code] = BW_OFF; /* `check` is there for them */
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
    else if (is_devicetree(&options, argv[1]))
        result = normalize_devicetree(&options, argv[1]);
    else
        result = normalize(&options, argv[1]);
    bw_options_free(&options);
    return result;
}
