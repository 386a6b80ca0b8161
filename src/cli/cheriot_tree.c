/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cheriot_tree.h"

#include "cli/commands.h"
#include "cli/print.h"
#include "systems/cheriot/devicetree.h"
#include "systems/support.h"

#include <stdio.h>

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

static const bw_cheriot_board *make_board(bw_boards *boards, const char *command, const char *argument)
{
    bw_cheriot_options how = {.sdk = boards->options->sdk};
    const bw_yaml *section = NULL;
    const bw_target *target = target_of(boards, &section);
    const bw_cheriot_board *made = NULL;

    if (!target && !boards->findings.counts[BW_ERROR]) {
        fprintf(stderr, "boardwright %s: support.yml of %s does not say which target runs CHERIoT\n", command,
                argument);
        boards->exit_code = BW_EXIT_TROUBLE;
        return NULL;
    }
    const bw_board *board = target ? bw_boards_read(boards, target) : NULL;
    if (board && !board->tree->broken)
        made = bw_cheriot_from_tree(board, target, section, &how);
    int code = bw_print_findings_beside(boards->options, &boards->findings);
    boards->exit_code = MAX(boards->exit_code, code);
    return boards->exit_code == BW_EXIT_OK ? made : NULL;
}

const bw_cheriot_board *bw_cheriot_of_devicetree(bw_boards *boards, const char *command, const bw_options *options,
                                                 const char *argument)
{
    return bw_boards_open(boards, command, options, argument, NULL) ? make_board(boards, command, argument) : NULL;
}

bool bw_is_devicetree_board(const bw_options *options, const char *argument)
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
