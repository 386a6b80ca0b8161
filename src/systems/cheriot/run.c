/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/run.h"

#include <string.h>

static bool is_program(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) && !g_file_test(path, G_FILE_TEST_IS_DIR);
}

/* Tries one place. @return the program's absolute path, or NULL; then the place is noted. */
static char *try_place(const char *folder, const char *program, GString *places)
{
    char *path = g_canonicalize_filename(program, folder);

    if (is_program(path))
        return path;
    if (folder)
        g_string_append_printf(places, "%s%s", places->len ? ", " : "", folder);
    else
        g_string_append_printf(places, "%s%s", places->len ? ", " : "", path);
    g_free(path);
    return NULL;
}

static char *find_in_toolchain(const char *toolchain, const char *program, GString *places)
{
    char *folder = g_canonicalize_filename(toolchain, NULL);
    char *bin = g_build_filename(folder, "bin", NULL);
    char *found = try_place(folder, program, places);

    if (!found)
        found = try_place(bin, program, places);
    g_free(bin);
    g_free(folder);
    return found;
}

/* @return the path of the program, to be freed, or NULL. */
static char *find_program(const bw_cheriot_board *board, const char *toolchain, const char *program, GString *places)
{
    char *found = NULL;

    if (g_path_is_absolute(program))
        return try_place(NULL, program, places);
    if (toolchain)
        found = find_in_toolchain(toolchain, program, places);
    if (!found && strchr(program, '/')) {
        char *home = g_canonicalize_filename(board->directory, NULL);

        found = try_place(NULL, program, places);
        if (!found)
            found = try_place(home, program, places);
        g_free(home);
    } else if (!found) {
        found = g_find_program_in_path(program);
        if (!found)
            g_string_append_printf(places, "%sPATH", places->len ? ", " : "");
    }
    return found;
}

/* -- words --------------------------------------------------------------------------------------------------------- */

static char **expand_words(const bw_cheriot_board *board, const bw_json *where, bw_findings *findings)
{
    char **words = g_strsplit_set(board->run_command, " \t\r\n", -1);
    GPtrArray *expanded = g_ptr_array_new();
    bw_arena arena;

    bw_arena_init(&arena);
    for (char **text = words; *text; text++) {
        bw_cheriot_word word = {*text, where};

        if (**text)
            g_ptr_array_add(expanded, g_strdup(bw_cheriot_expand(board, &word, BW_CHERIOT_IN_RUN, &arena, findings)));
    }
    g_ptr_array_add(expanded, NULL);
    bw_arena_free(&arena);
    g_strfreev(words);
    return (char **)g_ptr_array_free(expanded, FALSE);
}

static bw_place place_of(const bw_cheriot_board *board, const bw_json *value)
{
    if (value && value->source)
        return bw_json_place(value);
    return bw_file_place(board->file_count ? board->files[0].path : board->name);
}

char **bw_cheriot_command(const bw_cheriot_board *board, const char *toolchain, bw_findings *findings)
{
    const bw_json *value = board->run_command_value ? board->run_command_value : board->simulator_value;
    char **words = board->run_command ? expand_words(board, value, NULL) : NULL;

    if (!words || !*words) {
        bw_finding_cure(bw_findings_add(findings, BW_CODE_simulator_unknown, place_of(board, value),
                                        "the board does not say what runs its images"),
                        "add \"run_command\": a program, to which the image's path is added");
        g_strfreev(words);
        return NULL;
    }
    GString *places = g_string_new(NULL);
    char *program = find_program(board, toolchain, words[0], places);
    if (program) {
        g_free(words[0]);
        words[0] = program;
    } else {
        bw_finding *f = bw_findings_add(findings, BW_CODE_simulator_missing, place_of(board, value),
                                        "the program '%s' is not found; looked at: %s", words[0], places->str);

        if (strstr(words[0], "${sdk"))
            bw_finding_cure(f, "say with --sdk where the SDK is");
        else if (!toolchain && !strchr(words[0], '/'))
            bw_finding_cure(f, "install it, or say with --toolchain where CHERIoT's toolchain is");
        g_strfreev(words);
        words = NULL;
    }
    g_string_free(places, TRUE);
    return words;
}
