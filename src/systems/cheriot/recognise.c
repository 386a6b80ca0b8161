/* SPDX-License-Identifier: Apache-2.0 */
#include "json/patch.h"
#include "systems/cheriot/board.h"

#include <glib.h>

/* No more names than this are looked at in a folder. */
#define NAMES_MAX 10000

/* ---- one file ---- */

/* An object of a patch's operations. */
static bool is_operation(const bw_json *value)
{
    return bw_json_get(value, "op") && bw_json_get(value, "path");
}

static bw_cheriot_kind kind_of_value(const bw_json *value)
{
    if (value->kind == BW_JSON_ARRAY)
        return value->count > 0 && is_operation(value->items[0]) ? BW_CHERIOT_IS_MIXIN : BW_CHERIOT_NOT;
    bool board =
        bw_json_get(value, "devices") || bw_json_get(value, "instruction_memory") || bw_json_get(value, "base");
    return board ? BW_CHERIOT_IS_BOARD : BW_CHERIOT_NOT;
}

/* What a file's content says. @param broken set to whether it looks like JSON, or a link as text, and is none */
static bw_cheriot_kind kind_by_content(bw_context *ctx, const char *path, bool *broken)
{
    bw_source *source = bw_source_open(ctx->sources, path, NULL);
    bw_cheriot_kind kind = BW_CHERIOT_NOT;
    bw_findings unheard;
    bw_arena arena;

    if (!source)
        return kind;
    bw_arena_init(&arena);
    bw_findings_init(&unheard, ctx);
    const bw_json *value = bw_json_read(source, BW_JSON_CJSON, &arena, &unheard);
    if (value)
        kind = kind_of_value(value);
    *broken = !value && strchr("{[./", source->text[strspn(source->text, " \t\r\n")]);
    bw_findings_free(&unheard);
    bw_arena_free(&arena);
    return kind;
}

bw_cheriot_kind bw_cheriot_kind_of(bw_context *ctx, const char *path)
{
    bool broken = false;

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return BW_CHERIOT_NOT;
    if (g_str_has_suffix(path, ".patch"))
        return BW_CHERIOT_IS_BOARD;
    if (!g_str_has_suffix(path, ".json"))
        return BW_CHERIOT_NOT;
    bw_cheriot_kind kind = kind_by_content(ctx, path, &broken);
    return kind == BW_CHERIOT_NOT ? BW_CHERIOT_IS_BOARD : kind; /* reading it as a board says what is wrong */
}

bool bw_cheriot_is_board(bw_context *ctx, const char *path)
{
    return bw_cheriot_kind_of(ctx, path) != BW_CHERIOT_NOT;
}

bool bw_cheriot_check_mixin(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings)
{
    const bw_json *operations = bw_json_read_file(ctx, path, BW_JSON_CJSON, arena, findings);

    return operations && operations->kind == BW_JSON_ARRAY &&
           bw_json_patch_check(operations, BW_PATCH_CHERIOT, findings);
}

/* ---- folders and names ---- */

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Files that a devicetree's board is made of: then the folder is not CHERIoT's. */
static bool is_of_devicetree(const char *name)
{
    static const char *const endings[] = {".dts", ".dtb", ".dtso", ".dtbo"};
    bool found = strcmp(name, "board.yml") == 0 || strcmp(name, "#address-cells") == 0;

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        found |= g_str_has_suffix(name, endings[i]);
    return found;
}

/* Paths of the boards and mixins in a folder, or NULL: folders hold JSON and patches of all kinds, so one of them has
 * to be a board for certain. */
static GPtrArray *boards_in(bw_context *ctx, const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    guint seen = 0;
    bool certain = false;

    while (dir && (name = g_dir_read_name(dir))) {
        if (is_of_devicetree(name) || ++seen > NAMES_MAX) {
            certain = false;
            break;
        }
        if (!g_str_has_suffix(name, ".json") && !g_str_has_suffix(name, ".patch"))
            continue;
        char *path = strcmp(folder, ".") == 0 ? g_strdup(name) : g_build_filename(folder, name, NULL);
        bool broken = false;
        bw_cheriot_kind kind = kind_by_content(ctx, path, &broken);
        certain |= kind != BW_CHERIOT_NOT;
        if (kind != BW_CHERIOT_NOT || broken)
            g_ptr_array_add(paths, path);
        else
            g_free(path);
    }
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(paths, compare_names);
    if (certain)
        return paths;
    g_ptr_array_free(paths, TRUE);
    return NULL;
}

static GPtrArray *find_in_folder(bw_context *ctx, const char *folder)
{
    static const char *const below[] = {".", "boards", "sdk/boards"};
    GPtrArray *paths = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(below) && !paths; i++) {
        char *place = i == 0 ? g_strdup(folder) : g_build_filename(folder, below[i], NULL);

        paths = boards_in(ctx, place);
        g_free(place);
    }
    return paths;
}

/* A name in the boards of the SDK. */
static char *find_by_name(const char *name, const char *sdk)
{
    static const char *const endings[] = {"", ".json", ".patch"};

    for (size_t i = 0; sdk && i < G_N_ELEMENTS(endings); i++) {
        char *file = g_strconcat(name, endings[i], NULL);
        char *path = strcmp(sdk, ".") == 0 ? g_build_filename("boards", file, NULL)
                                           : g_build_filename(sdk, "boards", file, NULL);

        g_free(file);
        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return path;
        g_free(path);
    }
    return NULL;
}

const char *const *bw_cheriot_find(bw_context *ctx, const char *argument, const char *sdk, bw_arena *arena)
{
    GPtrArray *paths = NULL;

    if (g_file_test(argument, G_FILE_TEST_IS_DIR)) {
        paths = find_in_folder(ctx, argument);
    } else {
        char *named = g_file_test(argument, G_FILE_TEST_EXISTS) ? NULL : find_by_name(argument, sdk);

        if (named || bw_cheriot_is_board(ctx, argument)) {
            paths = g_ptr_array_new_with_free_func(g_free);
            g_ptr_array_add(paths, named ? named : g_strdup(argument));
        }
    }
    if (!paths)
        return NULL;
    const char **list = bw_arena_array(arena, const char *, paths->len + 1);
    for (guint i = 0; i < paths->len; i++)
        list[i] = bw_arena_strdup(arena, paths->pdata[i]);
    g_ptr_array_free(paths, TRUE);
    return list;
}
