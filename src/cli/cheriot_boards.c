/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cheriot_boards.h"

#include "cli/commands.h"
#include "cli/print.h"

bool bw_cheriot_boards_open(bw_cheriot_boards *b, const bw_options *options, const char *argument)
{
    *b = (bw_cheriot_boards){.ctx = bw_options_context(options), .options = options};
    bw_context_drop_notes(b->ctx);
    bw_arena_init(&b->arena);
    bw_findings_init(&b->findings, b->ctx);
    const char *const *found = bw_cheriot_find(b->ctx, argument, options->sdk, &b->arena);
    if (!found)
        return false;
    GPtrArray *paths = g_ptr_array_new();
    bool alone = !found[1]; /* a mixin in a folder is no board; reading one by itself says so */
    for (; *found; found++)
        if (alone || bw_cheriot_kind_of(b->ctx, *found) != BW_CHERIOT_IS_MIXIN)
            g_ptr_array_add(paths, (gpointer)(uintptr_t)*found);
    g_ptr_array_add(paths, NULL);
    b->paths = bw_arena_dup(&b->arena, paths->pdata, paths->len * sizeof(char *));
    g_ptr_array_free(paths, TRUE);
    return true;
}

const bw_cheriot_board *bw_cheriot_boards_read(bw_cheriot_boards *b, const char *path)
{
    bw_cheriot_options how = {.sdk = b->options->sdk, .mixins = (const char *const *)b->options->mixins};
    const bw_cheriot_board *board = bw_cheriot_read(b->ctx, path, &how, &b->arena, &b->findings);
    int code = bw_print_findings_beside(b->options, &b->findings);

    if (bw_has_trouble(&b->findings))
        code = BW_EXIT_TROUBLE;
    b->exit_code = MAX(b->exit_code, code);
    bw_findings_free(&b->findings);
    bw_findings_init(&b->findings, b->ctx);
    return board;
}

void bw_cheriot_boards_close(bw_cheriot_boards *b)
{
    bw_findings_free(&b->findings);
    bw_arena_free(&b->arena);
    bw_context_free(b->ctx);
}
