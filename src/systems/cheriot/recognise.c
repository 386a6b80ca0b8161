/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/board.h"

#include <glib.h>

/* An object of a patch's operations. */
static bool is_operation(const bw_json *value)
{
    return bw_json_get(value, "op") && bw_json_get(value, "path");
}

bool bw_cheriot_is_board(bw_context *ctx, const char *path)
{
    bw_findings unheard;
    bw_arena arena;
    bool is_board;

    if (g_str_has_suffix(path, ".patch"))
        return g_file_test(path, G_FILE_TEST_IS_REGULAR);
    if (!g_str_has_suffix(path, ".json") || !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return false;
    bw_arena_init(&arena);
    bw_findings_init(&unheard, ctx);
    const bw_json *value = bw_json_read_file(ctx, path, BW_JSON_CJSON, &arena, &unheard);
    if (!value)
        is_board = true; /* reading it as a board says what is wrong */
    else if (value->kind == BW_JSON_ARRAY)
        is_board = value->count > 0 && is_operation(value->items[0]);
    else
        is_board =
            bw_json_get(value, "devices") || bw_json_get(value, "instruction_memory") || bw_json_get(value, "base");
    bw_findings_free(&unheard);
    bw_arena_free(&arena);
    return is_board;
}
