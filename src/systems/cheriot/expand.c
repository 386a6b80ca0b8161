/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/cheriot/board.h"

#include <glib.h>

/* What a name stands for. @return false if there is no such variable; NULL in @p text: it is not known here. */
static bool find_variable(const bw_cheriot_board *board, const char *name, size_t len, bw_arena *arena,
                          const char **text)
{
    char *boards = board->sdk ? g_build_filename(board->sdk, "boards", NULL) : NULL;
    const struct {
        const char *name, *text;
    } variables[] = {
        {"sdk", board->sdk},
        {"sdkboards", boards},
        {"project", board->project},
        {"board", board->directory},
        {"boardBase", board->base_directory},
    };
    bool found = false;

    for (size_t i = 0; i < G_N_ELEMENTS(variables) && !found; i++)
        if (strlen(variables[i].name) == len && memcmp(variables[i].name, name, len) == 0) {
            *text = variables[i].text ? bw_arena_strdup(arena, variables[i].text) : NULL;
            found = true;
        }
    g_free(boards);
    return found;
}

static void say_unknown(const bw_cheriot_word *word, const char *name, int len, bw_findings *findings)
{
    static const char *const names[] = {"sdk", "sdkboards", "project", "board", "boardBase", NULL};
    char *text = g_strndup(name, (size_t)len);
    bw_finding *f = bw_json_find(findings, BW_CODE_cheriot_variable, word->where,
                                 "there is no variable ${%s}, so that it stays as it is written", text);
    const char *near = bw_nearest(text, names);

    if (near)
        bw_finding_cure(f, "did you mean ${%s}?", near);
    g_free(text);
}

/* The documentation has it, but the build of August 2026 leaves it as it is. */
static void say_not_here(const bw_cheriot_word *word, const char *name, int len, bw_cheriot_use use,
                         bw_findings *findings)
{
    bool sdk = len == 3 && memcmp(name, "sdk", 3) == 0;

    if (use == BW_CHERIOT_IN_RUN && !sdk)
        bw_json_find(
            findings, BW_CODE_cheriot_variable, word->where,
            "CHERIoT's build expands only ${sdk} in run_command, and leaves ${%.*s} as it is; it is expanded here", len,
            name);
    else if (use == BW_CHERIOT_IN_NAMES)
        bw_json_find(findings, BW_CODE_cheriot_variable, word->where,
                     "CHERIoT's build does not expand ${%.*s} in the name of a base or a mixin, whatever its "
                     "documentation says; it is expanded here",
                     len, name);
}

/* Older documentation has it for the SDK. */
static void say_old_sdk(const bw_cheriot_word *word, bw_findings *findings)
{
    bw_finding_cure(bw_json_find(findings, BW_CODE_cheriot_variable, word->where,
                                 "$(sdk) is what older documentation calls the SDK, but xmake puts the folder of the "
                                 "toolchain there; it is the SDK here"),
                    "write ${sdk}");
}

const char *bw_cheriot_expand(const bw_cheriot_board *board, const bw_cheriot_word *word, bw_cheriot_use use,
                              bw_arena *arena, bw_findings *findings)
{
    GString *out = g_string_new(NULL);
    const char *p = word->text;

    while (*p) {
        size_t len = 0;
        const char *text = NULL;

        if (strncmp(p, "$(sdk)", 6) == 0) {
            if (findings)
                say_old_sdk(word, findings);
            g_string_append(out, board->sdk ? board->sdk : "$(sdk)");
            p += 6;
            continue;
        }
        if (p[0] == '$' && p[1] == '{')
            while (g_ascii_isalnum(p[2 + len]))
                len++;
        if (len == 0 || p[2 + len] != '}') {
            g_string_append_c(out, *p++);
            continue;
        }
        bool known = find_variable(board, p + 2, len, arena, &text);
        if (findings && !known)
            say_unknown(word, p + 2, (int)MIN(len, 100), findings);
        else if (findings)
            say_not_here(word, p + 2, (int)len, use, findings);
        if (text)
            g_string_append(out, text);
        else
            g_string_append_len(out, p, (gssize)len + 3);
        p += len + 3;
    }
    const char *expanded = bw_arena_strdup(arena, out->str);
    g_string_free(out, TRUE);
    return expanded;
}

static const char *whole_path(const char *path, bw_arena *arena)
{
    char *whole = path ? g_canonicalize_filename(path, NULL) : NULL;
    const char *kept = whole ? bw_arena_strdup(arena, whole) : NULL;

    g_free(whole);
    return kept;
}

const bw_cheriot_board *bw_cheriot_with_whole_paths(const bw_cheriot_board *board, bw_arena *arena)
{
    bw_cheriot_board *copy = bw_arena_new(arena, bw_cheriot_board);

    *copy = *board;
    copy->directory = whole_path(board->directory, arena);
    copy->base_directory = whole_path(board->base_directory, arena);
    copy->sdk = whole_path(board->sdk, arena);
    copy->project = whole_path(board->project ? board->project : ".", arena);
    return copy;
}
