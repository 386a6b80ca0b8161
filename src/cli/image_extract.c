/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright image extract: the files of an image, below one folder and nowhere else. */
#include "base/below.h"
#include "cli/file_verb.h"
#include "cli/image_file.h"
#include "cli/print.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <unistd.h>

typedef struct extraction {
    const bw_lfs *lfs;
    bw_arena *arena;
    bw_findings *findings;
    char **wanted; /* paths; NULL-terminated, none: all */
    bool *found;   /* of each */
    int root;      /* the folder, open */
    bool force, dry_run;
    uint32_t files, folders;
    uint64_t bytes;
} extraction;

/* Whether a path is one that was asked for, or below it. */
static bool is_wanted(extraction *x, const char *path)
{
    if (!x->wanted[0])
        return true;
    for (int i = 0; x->wanted[i]; i++) {
        char *w = g_strconcat(x->wanted[i][0] == '/' ? "" : "/", x->wanted[i], NULL);
        size_t len = strlen(w);

        while (len > 1 && w[len - 1] == '/')
            w[--len] = '\0';
        bool match = strncmp(path, w, len) == 0 && (path[len] == '\0' || path[len] == '/' || len == 1);
        g_free(w);
        if (match)
            return x->found[i] = true;
    }
    return false;
}

static void refuse(extraction *x, const char *path, const char *why)
{
    bw_findings_add(x->findings, BW_CODE_image_extract, bw_file_place(x->lfs->path), "%s is not extracted: %s", path,
                    why);
}

static void report_write(extraction *x, const char *path, int error_number)
{
    if (error_number == EEXIST) {
        refuse(x, path, "another file is there already; --force replaces it");
        return;
    }
    bw_findings_add(x->findings, BW_CODE_file_unwritable, bw_file_place(path + 1), "the file cannot be written: %s",
                    g_strerror(error_number));
}

static void extract_file(extraction *x, const bw_lfs_entry *e, const char *path)
{
    bw_buffer content = {0};
    int error_number;

    if (!bw_lfs_content(x->lfs, e, &content)) {
        refuse(x, path, "its content cannot be read");
    } else if (!x->dry_run && !bw_below_write(x->root, path + 1, content.data, content.len, x->force, &error_number)) {
        report_write(x, path, error_number);
    } else {
        x->files++;
        x->bytes += content.len;
    }
    bw_buffer_free(&content);
}

static void extract_folder(extraction *x, const bw_lfs_entry *dir)
{
    for (const bw_lfs_entry *e = dir->children; e; e = e->next) {
        const char *path = bw_lfs_path(x->arena, e);
        bool wanted = is_wanted(x, path);
        int error_number;

        if (wanted && (e->bad_name || !bw_below_is_safe(path + 1))) {
            refuse(x, path, "that is no name for a file");
            continue;
        }
        if (wanted && !e->is_dir) {
            extract_file(x, e, path);
        } else if (wanted && !x->dry_run && !bw_below_make_folder(x->root, path + 1, &error_number)) {
            report_write(x, path, error_number);
            continue;
        } else if (wanted) {
            x->folders++;
        }
        if (e->is_dir)
            extract_folder(x, e);
    }
}

static int extract(bw_file_verb *verb, const bw_image_window *window, char **argv)
{
    const bw_lfs_expect expect = bw_image_window_expect(window);
    const bw_options *options = &verb->options;
    bw_arena arena;
    int error_number = 0;

    bw_arena_init(&arena);
    bw_file_verb_begin(verb);
    extraction x = {.arena = &arena,
                    .findings = &verb->findings,
                    .wanted = argv + 2,
                    .found = g_new0(bool, g_strv_length(argv + 2) + 1),
                    .root = -1,
                    .force = options->force,
                    .dry_run = options->dry_run};
    x.lfs = bw_image_open(verb->ctx, &arena, argv[1], window, &expect, &verb->findings);
    if (x.lfs && x.lfs->readable && !x.dry_run && (x.root = bw_below_open(options->output, &error_number)) < 0)
        bw_findings_add(&verb->findings, BW_CODE_file_unwritable, bw_file_place(options->output),
                        "the folder cannot be made: %s", g_strerror(error_number));
    if (x.lfs && x.lfs->readable && (x.dry_run || x.root >= 0)) {
        extract_folder(&x, x.lfs->root);
        for (int i = 0; x.wanted[i]; i++)
            if (!x.found[i])
                refuse(&x, x.wanted[i], "the image has no such file");
        printf("%s: %u file%s, %u folder%s, %" G_GUINT64_FORMAT " bytes%s\n", options->output, x.files,
               x.files == 1 ? "" : "s", x.folders, x.folders == 1 ? "" : "s", x.bytes,
               x.dry_run ? " would be written" : "");
    }
    if (x.root >= 0)
        close(x.root);
    g_free(x.found);
    int code = bw_file_verb_end(verb, true);
    bw_arena_free(&arena);
    return code;
}

int bw_image_extract(int argc, char **argv)
{
    bw_image_window window = {0};
    const GOptionEntry entries[] = {BW_IMAGE_WINDOW_ENTRIES(&window), {NULL, 0, 0, 0, NULL, NULL, NULL}};
    const bw_usage usage = {
        .arguments = "FILE [PATH…] -o DIR",
        .summary =
            "Copies the files of a littlefs image into DIR, all or those of PATHs. Nothing is written outside DIR,\n"
            "whatever names the image has. What cannot be read is reported, and the rest is copied.",
        .groups = BW_IMAGE_WINDOW_GROUPS | BW_OPT_LEVELS | BW_OPT_OUTPUT | BW_OPT_WRITE,
        .entries = entries,
    };
    const bw_file_verb_shape shape = {.what = "FILE", .output = "folder"};
    bw_file_verb verb;
    int code;

    if (bw_file_verb_parse(&verb, &usage, &shape, &argc, &argv, &code) &&
        bw_image_window_read(&window, verb.command, &verb.options, &code))
        code = extract(&verb, &window, argv);
    bw_image_window_free(&window);
    bw_file_verb_free(&verb);
    return code;
}
