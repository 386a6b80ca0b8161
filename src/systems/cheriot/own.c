/* SPDX-License-Identifier: Apache-2.0 */
/* Boards that are described in CHERIoT's own files: which argument is one, and building it. */
#include "systems/cheriot/write.h"

#include <string.h>

char *bw_cheriot_locate(bw_context *ctx, const char *argument, const char *sdk)
{
    bw_arena arena;
    char *found = NULL;
    unsigned count = 0;

    bw_arena_init(&arena);
    for (const char *const *path = bw_cheriot_find(ctx, argument, sdk, &arena); path && *path; path++)
        if (bw_cheriot_kind_of(ctx, *path) == BW_CHERIOT_IS_BOARD && count++ == 0)
            found = g_strdup(*path);
    bw_arena_free(&arena);
    if (count == 1)
        return found;
    g_free(found);
    return NULL;
}

char *bw_cheriot_own_name(bw_context *ctx, const char *argument, const char *sdk)
{
    char *path = bw_cheriot_locate(ctx, argument, sdk);
    char *name = path ? g_path_get_basename(path) : NULL;

    char *dot = name ? strrchr(name, '.') : NULL;

    if (dot)
        *dot = '\0';
    g_free(path);
    return name;
}

bool bw_cheriot_build_own(const bw_system_own *own)
{
    char *path = bw_cheriot_locate(own->ctx, own->argument, own->sdk);
    bw_cheriot_options options = {.sdk = own->sdk, .mixins = own->mixins};
    bw_arena arena;

    bw_arena_init(&arena);
    const bw_cheriot_board *board =
        bw_cheriot_read(own->ctx, path ? path : own->argument, &options, &arena, own->findings);
    if (board)
        bw_cheriot_check(board, own->ctx, own->findings);
    bool ok = board && !own->findings->counts[BW_ERROR];
    ok = ok && bw_cheriot_write(board, own->folder, own->plan, own->findings);
    bw_arena_free(&arena);
    g_free(path);
    return ok;
}
