/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/run.h"

#include <string.h>

static bool is_program(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) && !g_file_test(path, G_FILE_TEST_IS_DIR);
}

/* Tries one place. @return the program's absolute path, or NULL; then the place is noted, once. */
static char *try_place(const char *folder, const char *program, GPtrArray *places)
{
    char *path = g_canonicalize_filename(program, folder);

    if (is_program(path))
        return path;
    if (g_ptr_array_find_with_equal_func(places, path, g_str_equal, NULL))
        g_free(path);
    else
        g_ptr_array_add(places, path);
    return NULL;
}

/* @param board with whole paths. @return the path of the program, to be freed, or NULL. */
static char *find_program(const bw_cheriot_board *board, const char *toolchain, const char *program, GPtrArray *places)
{
    char *folder = toolchain ? g_canonicalize_filename(toolchain, NULL) : NULL;
    char *bin = toolchain ? g_build_filename(folder, "bin", NULL) : NULL;
    bool is_path = strchr(program, '/') != NULL;
    char *found = NULL;

    if (folder)
        found = try_place(folder, program, places);
    if (!found && bin)
        found = try_place(bin, program, places);
    if (!found && board->sdk)
        found = try_place(board->sdk, program, places);
    if (!found && is_path)
        found = try_place(NULL, program, places);
    if (!found && is_path)
        found = try_place(board->directory, program, places);
    if (!found && !is_path)
        found = g_find_program_in_path(program);
    if (!found && !is_path)
        g_ptr_array_add(places, g_strdup("PATH"));
    g_free(bin);
    g_free(folder);
    return found;
}

/* -- words --------------------------------------------------------------------------------------------------------- */

/* @param board with whole paths. */
static char **expand_words(const bw_cheriot_board *board, const bw_json *where, bw_arena *arena)
{
    char **words = g_strsplit_set(board->run_command ? board->run_command : "", " \t\r\n", -1);
    GPtrArray *expanded = g_ptr_array_new();

    for (char **text = words; *text; text++) {
        bw_cheriot_word word = {*text, where};

        if (**text)
            g_ptr_array_add(expanded, g_strdup(bw_cheriot_expand(board, &word, BW_CHERIOT_IN_RUN, arena, NULL)));
    }
    g_ptr_array_add(expanded, NULL);
    g_strfreev(words);
    return (char **)g_ptr_array_free(expanded, FALSE);
}

static void say_none(const bw_cheriot_board *board, bw_findings *findings)
{
    bw_finding_cure(
        bw_findings_add(findings, BW_CODE_simulator_unknown, bw_cheriot_home(board),
                        "the board does not say what runs its images"),
        board->of_devicetree
            ? "write run-command: into cheriot: of support.yml: a program, to which the image's path is added"
            : "add \"run_command\": a program, to which the image's path is added");
}

static void say_missing(const char *program, const char *toolchain, bw_place place, GPtrArray *places,
                        bw_findings *findings)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < places->len; i++)
        g_string_append_printf(list, "%s%s", i ? ", " : "", (const char *)places->pdata[i]);
    bw_finding *f = bw_findings_add(findings, BW_CODE_simulator_missing, place,
                                    "the program '%s' is not found; looked at: %s", program, list->str);
    if (!toolchain && !strchr(program, '/'))
        bw_finding_cure(f, "install it, or say with --toolchain where CHERIoT's toolchain is");
    g_string_free(list, TRUE);
}

static void say_no_sdk(const char *program, bw_place place, bw_findings *findings)
{
    bw_finding_cure(bw_findings_add(findings, BW_CODE_simulator_missing, place,
                                    "the program '%s' cannot be looked for: it is not known where the SDK is", program),
                    "say it with --sdk");
}

char **bw_cheriot_command(const bw_cheriot_board *board, const char *toolchain, bw_findings *findings)
{
    const bw_json *value = board->run_command_value ? board->run_command_value : board->simulator_value;
    GPtrArray *places = g_ptr_array_new_with_free_func(g_free);
    bw_arena arena;

    bw_arena_init(&arena);
    const bw_cheriot_board *whole = bw_cheriot_with_whole_paths(board, &arena);
    bw_place place = value && value->source ? bw_json_place(value) : bw_cheriot_home(board);
    char **words = expand_words(whole, value, &arena);
    bool sdk_missing = words[0] && strstr(words[0], "${sdk") && !board->sdk;
    char *program = words[0] && !sdk_missing ? find_program(whole, toolchain, words[0], places) : NULL;

    if (program) {
        g_free(words[0]);
        words[0] = program;
    } else {
        if (!words[0])
            say_none(board, findings);
        else if (sdk_missing)
            say_no_sdk(words[0], place, findings);
        else
            say_missing(words[0], toolchain, place, places, findings);
        g_strfreev(words);
        words = NULL;
    }
    bw_arena_free(&arena);
    g_ptr_array_free(places, TRUE);
    return words;
}
