/* SPDX-License-Identifier: Apache-2.0 */
/* Boards that are described in CHERIoT's own files: which argument is one, and building it. */
#include "systems/cheriot/write.h"

#include <string.h>

static const char *const extensions[] = {"", ".json", ".patch"};

static bool is_board_file(bw_context *ctx, const char *path)
{
    return (g_str_has_suffix(path, ".json") || g_str_has_suffix(path, ".patch")) &&
           g_file_test(path, G_FILE_TEST_IS_REGULAR) && bw_cheriot_is_board(ctx, path);
}

/* A bare list of operations. */
static bool is_mixin(bw_context *ctx, const char *path)
{
    bw_findings unheard;
    bw_arena arena;

    bw_arena_init(&arena);
    bw_findings_init(&unheard, ctx);
    const bw_json *value = bw_json_read_file(ctx, path, BW_JSON_CJSON, &arena, &unheard);
    bool is_list = value && value->kind == BW_JSON_ARRAY;
    bw_findings_free(&unheard);
    bw_arena_free(&arena);
    return is_list;
}

static bool is_devicetree(const char *name)
{
    return strcmp(name, "board.yml") == 0 || g_str_has_suffix(name, ".dts") || g_str_has_suffix(name, ".dtb");
}

/* The only board of a folder that is no devicetree board's. */
static char *board_of_folder(bw_context *ctx, const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    char *found = NULL;
    unsigned count = 0;

    while (dir && count < 2 && (name = g_dir_read_name(dir)) != NULL) {
        char *path = g_build_filename(folder, name, NULL);

        if (is_devicetree(name)) {
            count = 2;
        } else if (is_board_file(ctx, path) && !is_mixin(ctx, path)) {
            count++;
            g_free(found);
            found = g_strdup(path);
        }
        g_free(path);
    }
    if (dir)
        g_dir_close(dir);
    if (count == 1)
        return found;
    g_free(found);
    return NULL;
}

char *bw_cheriot_locate(bw_context *ctx, const char *argument, const char *sdk)
{
    if (g_file_test(argument, G_FILE_TEST_IS_DIR))
        return board_of_folder(ctx, argument);
    if (g_file_test(argument, G_FILE_TEST_EXISTS))
        return is_board_file(ctx, argument) ? g_strdup(argument) : NULL;
    for (size_t i = 0; sdk && i < G_N_ELEMENTS(extensions); i++) {
        char *name = g_strconcat(argument, extensions[i], NULL);
        char *path = g_build_filename(sdk, "boards", name, NULL);
        bool found = is_board_file(ctx, path);

        g_free(path);
        g_free(name);
        if (found)
            return g_strdup(argument);
    }
    return NULL;
}

char *bw_cheriot_own_name(bw_context *ctx, const char *argument, const char *sdk)
{
    char *path = bw_cheriot_locate(ctx, argument, sdk);
    char *name = path ? g_path_get_basename(path) : NULL;

    for (size_t i = 1; name && i < G_N_ELEMENTS(extensions); i++)
        if (g_str_has_suffix(name, extensions[i]))
            name[strlen(name) - strlen(extensions[i])] = '\0';
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
