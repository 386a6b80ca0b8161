/* SPDX-License-Identifier: Apache-2.0 */
/* A board whose files lie in several folders, written into one: sources with what they include, overlays of variants
 * behind what they vary, configurations merged in order. */
#include "systems/zephyr/write.h"

#include <string.h>

#define DEPTH_MAX 32
#define SIZE_MAX_OF_TEXT ((gsize)16 * 1024 * 1024)

/* ---- sources with what they include ------------------------------------------------------------------- */

typedef struct inliner {
    bw_context *ctx;
    GString *out;
} inliner;

static bool append_file(inliner *in, const char *path, int depth);

/* The file that a line includes from beside its own, to be freed; NULL: no such line, or Zephyr's search path has it.
 */
static char *included(const char *path, const char *line, size_t len)
{
    static const char directive[] = "#include \"";
    const char *end = line + len;

    while (line < end && (*line == ' ' || *line == '\t'))
        line++;
    if ((size_t)(end - line) < strlen(directive) || strncmp(line, directive, strlen(directive)) != 0)
        return NULL;
    line += strlen(directive);
    const char *quote = memchr(line, '"', (size_t)(end - line));
    char *name = quote ? g_strndup(line, (gsize)(quote - line)) : NULL;
    char *folder = g_path_get_dirname(path);
    char *file = name && !g_path_is_absolute(name) ? g_build_filename(folder, name, NULL) : NULL;

    g_free(folder);
    g_free(name);
    if (file && !g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
        g_free(file);
        file = NULL;
    }
    return file;
}

static bool append_text(inliner *in, const char *path, const char *text, int depth)
{
    bool ok = true;

    while (*text && ok) {
        size_t len = strcspn(text, "\n");
        char *file = depth < DEPTH_MAX ? included(path, text, len) : NULL;

        if (file)
            ok = append_file(in, file, depth + 1);
        else
            g_string_append_len(in->out, text, (gssize)(len + (text[len] == '\n')));
        ok &= in->out->len < SIZE_MAX_OF_TEXT;
        g_free(file);
        text += len + (text[len] == '\n');
    }
    return ok;
}

static bool append_file(inliner *in, const char *path, int depth)
{
    bw_source *source = bw_source_open(in->ctx->sources, path, NULL);

    if (!source)
        return false;
    if (in->out->len && in->out->str[in->out->len - 1] != '\n')
        g_string_append_c(in->out, '\n');
    return append_text(in, path, source->text, depth);
}

const char *bw_zephyr_whole_source(const bw_system_job *job, bw_arena *arena)
{
    inliner in = {job->board->tree->unit->ctx, g_string_new(NULL)};
    bool ok = append_file(&in, job->target->path, 0);

    for (const char *const *text = job->target->plain_files; ok && text && *text; text++) {
        if (in.out->len && in.out->str[in.out->len - 1] != '\n')
            g_string_append_c(in.out, '\n');
        g_string_append_c(in.out, '\n');
        ok = append_file(&in, *text, 0);
    }
    const char *whole = ok ? bw_arena_strndup(arena, in.out->str, in.out->len) : NULL;
    g_string_free(in.out, TRUE);
    return whole;
}

/* ---- configurations ------------------------------------------------------------------------------------ */

/* "CONFIG_X" of "CONFIG_X=y" and of "# CONFIG_X is not set"; NULL of any other line. */
static char *symbol_of(const char *line)
{
    const char *at = g_str_has_prefix(line, "# CONFIG_") && g_str_has_suffix(line, " is not set") ? line + 2
                     : g_str_has_prefix(line, "CONFIG_")                                          ? line
                                                                                                  : NULL;

    return at ? g_strndup(at, strcspn(at, "= ")) : NULL;
}

/* Takes away what is assigned again later, and what stands behind lines that are gone. */
static void append_merged(GString *out, char **lines)
{
    GHashTable *last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; lines[i]; i++) {
        char *symbol = symbol_of(lines[i]);

        if (symbol)
            g_hash_table_replace(last, symbol, GUINT_TO_POINTER(i + 1));
    }
    for (guint i = 0; lines[i]; i++) {
        char *symbol = symbol_of(lines[i]);
        bool blank = !*lines[i];

        if (symbol && GPOINTER_TO_UINT(g_hash_table_lookup(last, symbol)) != i + 1) {
            g_free(symbol);
            continue;
        }
        g_free(symbol);
        if (blank && (!lines[i + 1] || g_str_has_suffix(out->str, "\n\n")))
            continue;
        g_string_append_printf(out, "%s\n", lines[i]);
    }
    g_hash_table_destroy(last);
}

const char *bw_zephyr_merge_configs(bw_context *ctx, const char *begin, const char *const *files, bw_arena *arena)
{
    GString *all = g_string_new(begin);
    GString *out = g_string_new(NULL);

    for (; files && *files; files++) {
        bw_source *source = bw_source_open(ctx->sources, *files, NULL);
        const char *text = source ? source->text : "";

        /* one licence is enough */
        if (all->len && g_str_has_prefix(text, "# SPDX-License-Identifier: Apache-2.0\n"))
            text = strchr(text, '\n') + 1;
        if (all->len && all->str[all->len - 1] != '\n')
            g_string_append_c(all, '\n');
        g_string_append(all, text);
    }
    char **lines = g_strsplit(all->str, "\n", -1);
    append_merged(out, lines);
    while (g_str_has_suffix(out->str, "\n\n"))
        g_string_truncate(out, out->len - 1);
    const char *merged = bw_arena_strndup(arena, out->str, out->len);
    g_strfreev(lines);
    g_string_free(out, TRUE);
    g_string_free(all, TRUE);
    return merged;
}

/* ---- README ------------------------------------------------------------------------------------------- */

static void note_all(bw_zephyr_output *output, bw_arena *arena, const char *const *paths)
{
    for (; paths && *paths; paths++)
        g_ptr_array_add(output->sources, bw_arena_strdup(arena, *paths));
}

void bw_zephyr_note_sources(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *output)
{
    const bw_target *t = job->target;

    if (!t->family || board->extends)
        return;
    g_ptr_array_add(output->sources, bw_arena_strdup(&board->arena, t->path));
    note_all(output, &board->arena, t->plain_files);
    note_all(output, &board->arena, t->configs);
    for (uint32_t i = 0; i < t->revision_count; i++) {
        note_all(output, &board->arena, t->revisions[i].overlays);
        note_all(output, &board->arena, t->revisions[i].configs);
    }
}
