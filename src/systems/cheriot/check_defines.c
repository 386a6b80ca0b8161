/* SPDX-License-Identifier: Apache-2.0 */
/* Defines that nothing in the SDK reads. (C44) */
#include "systems/cheriot/check.h"

#define DEPTH_MAX 12
#define FILES_MAX 20000         /* a whole SDK has less than a thousand */
#define FILE_SIZE_MAX (1 << 22) /* larger ones are no sources */

/* A define that was not met yet, while the SDK is walked. */
typedef struct wanted {
    const bw_cheriot_word *word;
    char *name;
} wanted;

typedef struct search {
    GArray *wanted;
    unsigned files;
} search;

static bool is_word_char(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* Whether a text has the name as a whole word. */
static bool has_word(const char *text, size_t len, const char *name)
{
    size_t name_len = strlen(name);
    const char *end = text + len;

    for (const char *at = text; (at = memmem(at, (size_t)(end - at), name, name_len)); at++)
        if ((at == text || !is_word_char(at[-1])) && (at + name_len == end || !is_word_char(at[name_len])))
            return true;
    return false;
}

static void search_file(search *s, const char *path)
{
    GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);

    s->files++;
    if (!file)
        return;
    size_t len = g_mapped_file_get_length(file);
    for (guint i = s->wanted->len; len && len <= FILE_SIZE_MAX && i-- > 0;)
        if (has_word(g_mapped_file_get_contents(file), len, g_array_index(s->wanted, wanted, i).name))
            g_array_remove_index(s->wanted, i);
    g_mapped_file_unref(file);
}

/* Board files define and do not read: their folder is passed over. */
static void search_folder(search *s, const char *path, int depth)
{
    GDir *folder = depth < DEPTH_MAX ? g_dir_open(path, 0, NULL) : NULL;
    const char *name;

    while (folder && s->wanted->len && s->files < FILES_MAX && (name = g_dir_read_name(folder))) {
        char *below = g_build_filename(path, name, NULL);

        if (name[0] == '.' || g_file_test(below, G_FILE_TEST_IS_SYMLINK)) {
            /* neither hidden things nor ways out of the SDK */
        } else if (g_file_test(below, G_FILE_TEST_IS_DIR)) {
            if (depth > 0 || strcmp(name, "boards") != 0)
                search_folder(s, below, depth + 1);
        } else if (g_file_test(below, G_FILE_TEST_IS_REGULAR)) {
            search_file(s, below);
        }
        g_free(below);
    }
    if (folder)
        g_dir_close(folder);
}

/* In its repository the SDK has programs beside it that read defines of boards, too. */
static void search_beside(search *s, const char *sdk)
{
    static const char *const names[] = {"benchmarks", "examples", "tests", NULL};

    for (const char *const *name = names; *name && s->wanted->len; name++) {
        char *path = g_build_filename(sdk, "..", *name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            search_folder(s, path, 1);
        g_free(path);
    }
}

void bw_cheriot_check_defines(bw_cheriot_run *run)
{
    const bw_cheriot_board *board = run->board;
    search s = {0};

    if (!board->sdk || run->ctx->levels[BW_CODE_cheriot_define_unused] == BW_OFF)
        return;
    s.wanted = g_array_new(FALSE, FALSE, sizeof(wanted));
    for (uint32_t i = 0; i < board->defines.count; i++) {
        const bw_cheriot_word *word = &board->defines.items[i];
        wanted w = {word, bw_arena_strndup(&run->arena, word->text, strcspn(word->text, "="))};

        /* FreeRTOS's IP stack has a repository of its own; DEVICE_EXISTS() makes the name it reads. */
        if (*w.name && !g_str_has_prefix(w.name, "ipconfig") && !g_str_has_prefix(w.name, "DEVICE_EXISTS_"))
            g_array_append_val(s.wanted, w);
    }
    search_folder(&s, board->sdk, 0);
    search_beside(&s, board->sdk);
    for (guint i = 0; i < s.wanted->len && s.files < FILES_MAX; i++) {
        const wanted *w = &g_array_index(s.wanted, wanted, i);

        bw_findings_add(run->findings, BW_CODE_cheriot_define_unused, bw_cheriot_place(run, w->word->where),
                        "nothing in the SDK reads %s", w->name);
    }
    g_array_unref(s.wanted);
}
