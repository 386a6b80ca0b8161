/* SPDX-License-Identifier: Apache-2.0 */
/* Files beside the source that belong to a target: overlays and defconfigs of revisions, and what a kept source
 * includes. */
#include "systems/zephyr/write.h"

#include <string.h>

#define INCLUDES_MAX 64

typedef struct files {
    const bw_system_job *job;
    bw_zephyr_output_board *board;
    bw_zephyr_output *output;
    char *folder;
    GArray *list; /* of bw_zephyr_text */
} files;

static bw_source *open_beside(const files *f, const char *name)
{
    char *path = strcmp(f->folder, ".") == 0 ? g_strdup(name) : g_build_filename(f->folder, name, NULL);
    bw_source *source = NULL;

    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
        source = bw_source_open(f->job->board->tree->unit->ctx->sources, path, NULL);
    g_free(path);
    return source;
}

static bool has(const files *f, const char *name)
{
    for (guint i = 0; i < f->list->len; i++)
        if (strcmp(g_array_index(f->list, bw_zephyr_text, i).name, name) == 0)
            return true;
    return false;
}

static void add(files *f, const char *name, const bw_source *source)
{
    bw_zephyr_text text = {bw_arena_strdup(&f->board->arena, name),
                           bw_arena_strndup(&f->board->arena, source->text, source->len)};

    g_array_append_val(f->list, text);
}

/* ---- includes ------------------------------------------------------------------------------------------------ */

/* Takes each #include "file" of the folder along; what is not there is found on an include path. */
static void add_includes(files *f, const char *text)
{
    static const char directive[] = "#include \"";

    for (const char *p = text; (p = strstr(p, directive)) && f->list->len < INCLUDES_MAX;) {
        p += strlen(directive);
        char *name = g_strndup(p, strcspn(p, "\"\n"));
        bool inside = *name && !strstr(name, "..") && !g_path_is_absolute(name) && !has(f, name);
        bw_source *source = inside ? open_beside(f, name) : NULL;

        if (source) {
            add(f, name, source);
            add_includes(f, source->text);
        }
        g_free(name);
    }
}

/* ---- revisions ----------------------------------------------------------------------------------------------- */

/* Whether a devicetree's text defines a label. */
static bool defines(const char *dts, const char *label, size_t len)
{
    for (const char *p = dts; (p = strchr(p, ':')); p++)
        if ((size_t)(p - dts) > len && strncmp(p - len, label, len) == 0 && !g_ascii_isalnum(p[-(long)len - 1]) &&
            p[-(long)len - 1] != '_')
            return true;
    return false;
}

/* @return the first label that an overlay changes and the devicetree has not (to be freed), or NULL. */
static char *missing_label(const files *f, const char *overlay)
{
    for (const char *p = overlay; (p = strchr(p, '&')); p++) {
        size_t len = 0;

        while (g_ascii_isalnum(p[1 + len]) || p[1 + len] == '_')
            len++;
        if (len && !defines(f->output->dts, p + 1, len) && !defines(overlay, p + 1, len))
            return g_strndup(p + 1, len);
    }
    return NULL;
}

static void refuse_overlay(files *f, const char *revision, const bw_source *source, const char *missing)
{
    char *name = g_path_get_basename(source->path);

    bw_findings_add(f->job->board->tree->unit->findings, BW_CODE_zephyr_revision_overlay, bw_file_place(source->path),
                    "%s@%s: the overlay changes &%s, which is left out of Zephyr's "
                    "devicetree",
                    f->output->name, revision, missing);
    bw_zephyr_todo(f->board, f->output, "`%s` is not taken along for revision %s: it changes `&%s`, which is left out",
                   name, revision, missing);
    g_free(name);
}

static void add_overlay(files *f, const char *revision, const char *name, const char *new_name)
{
    bw_source *source = open_beside(f, name);
    char *missing = source && !f->output->kept ? missing_label(f, source->text) : NULL;

    if (missing) {
        refuse_overlay(f, revision, source, missing);
    } else if (source && !has(f, new_name)) {
        add(f, new_name, source);
    }
    g_free(missing);
}

static void add_revision(files *f, const char *stem, const char *revision)
{
    static const char *const kinds[] = {".overlay", "_defconfig"};
    char *in_file = g_strdelimit(g_strdup(revision), ".", '_');

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        char *name = g_strdup_printf("%s_%s%s", stem, in_file, kinds[i]);
        char *new_name = g_strdup_printf("%s_%s%s", f->output->stem, in_file, kinds[i]);
        bw_source *source = i == 1 ? open_beside(f, name) : NULL;

        if (i == 0)
            add_overlay(f, revision, name, new_name);
        else if (source && !has(f, new_name))
            add(f, new_name, source);
        g_free(new_name);
        g_free(name);
    }
    g_free(in_file);
}

/* Of a board that lies in several folders: what all of them have for the revision, as one file. */
static void add_family_revision(files *f, const bw_target_revision *revision)
{
    bw_context *ctx = f->job->board->tree->unit->ctx;
    char *in_file = g_strdelimit(g_strdup(revision->name), ".", '_');
    char *overlay = g_strdup_printf("%s_%s.overlay", f->output->stem, in_file);
    char *config = g_strdup_printf("%s_%s_defconfig", f->output->stem, in_file);
    GString *text = g_string_new(NULL);

    for (const char *const *path = revision->overlays; *path; path++) {
        bw_source *source = bw_source_open(ctx->sources, *path, NULL);
        char *missing = source && !f->output->kept ? missing_label(f, source->text) : NULL;

        if (missing)
            refuse_overlay(f, revision->name, source, missing);
        else if (source)
            g_string_append_printf(text, "%s%s", text->len ? "\n" : "", source->text);
        g_free(missing);
    }
    if (text->len) {
        bw_zephyr_text whole = {bw_arena_strdup(&f->board->arena, overlay),
                                bw_arena_strndup(&f->board->arena, text->str, text->len)};
        g_array_append_val(f->list, whole);
    }
    if (*revision->configs) {
        bw_zephyr_text whole = {bw_arena_strdup(&f->board->arena, config),
                                bw_zephyr_merge_configs(ctx, "", revision->configs, &f->board->arena)};
        g_array_append_val(f->list, whole);
    }
    g_string_free(text, TRUE);
    g_free(config);
    g_free(overlay);
    g_free(in_file);
}

static void add_revisions(files *f)
{
    const bw_yml_board *yml = f->board->yml;
    char *stem = g_path_get_basename(f->job->target->path);
    char *dot = strrchr(stem, '.');

    if (dot)
        *dot = '\0';
    for (uint32_t i = 0; i < f->job->target->revision_count; i++)
        if (*f->job->target->revisions[i].name)
            add_family_revision(f, &f->job->target->revisions[i]);
    for (uint32_t i = 0; i < yml->revision_count && !f->job->target->family; i++)
        if (*yml->revisions[i].name)
            add_revision(f, stem, yml->revisions[i].name);
    g_free(stem);
}

/* Custom revisions are what this script makes of them; without it no build begins. */
static void add_script(files *f)
{
    bw_source *source = open_beside(f, "revision.cmake");

    if (source)
        add(f, "revision.cmake", source);
}

void bw_zephyr_add_files(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *output)
{
    files f = {.job = job, .board = board, .output = output};

    f.folder = g_path_get_dirname(job->target->path);
    f.list = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_text));
    if (output->kept && !job->target->family) /* else they are in it */
        add_includes(&f, output->dts);
    if (board->yml)
        add_revisions(&f);
    if (board->yml && g_strcmp0(board->yml->revision_format, "custom") == 0)
        add_script(&f);
    output->more_count = f.list->len;
    output->more = bw_arena_dup(&board->arena, f.list->data, f.list->len * sizeof(bw_zephyr_text));
    g_array_free(f.list, TRUE);
    g_free(f.folder);
}
