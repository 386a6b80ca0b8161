/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright image check: what is wrong with storage images. */
#include "cli/file_verb.h"
#include "cli/image_file.h"
#include "cli/print.h"
#include "cli/verbs.h"

#include <stdio.h>

typedef struct image_totals {
    uint32_t images;
    uint64_t used, blocks, files;
} image_totals;

static void check_one(bw_context *ctx, const char *path, const bw_image_window *window, const bw_lfs_expect *expect,
                      bw_findings *findings, image_totals *t)
{
    bw_arena arena;

    bw_arena_init(&arena);
    const bw_lfs *lfs = bw_image_open(ctx, &arena, path, window, expect, findings);
    t->images++;
    if (lfs && lfs->readable) {
        t->used += lfs->used_count;
        t->blocks += lfs->block_count;
        t->files += lfs->file_count;
    }
    bw_arena_free(&arena);
}

static void print_summary(const bw_findings *findings, const image_totals *t)
{
    const uint32_t *c = findings->counts;

    fprintf(stderr,
            "%u image%s, %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " blocks used, %" G_GUINT64_FORMAT
            " file%s: %u error%s, %u warning%s",
            t->images, t->images == 1 ? "" : "s", t->used, t->blocks, t->files, t->files == 1 ? "" : "s", c[BW_ERROR],
            c[BW_ERROR] == 1 ? "" : "s", c[BW_WARNING], c[BW_WARNING] == 1 ? "" : "s");
    if (c[BW_NOTE])
        fprintf(stderr, ", %u note%s", c[BW_NOTE], c[BW_NOTE] == 1 ? "" : "s");
    fputc('\n', stderr);
}

static int check(const bw_options *options, const bw_image_window *window, const bw_lfs_expect *expect, char **files)
{
    bw_context *ctx = bw_options_context(options);
    bw_findings findings;
    image_totals t = {0};

    bw_findings_init(&findings, ctx);
    for (; *files; files++)
        check_one(ctx, *files, window, expect, &findings, &t);
    const bw_totals none = {.seconds = -1};
    int code = bw_print_findings(options, &findings, &none);
    if (options->format == BW_FORMAT_TEXT)
        print_summary(&findings, &t);
    if (bw_has_trouble(&findings))
        code = BW_EXIT_TROUBLE;
    bw_findings_free(&findings);
    bw_context_free(ctx);
    return code;
}

int bw_image_check(int argc, char **argv)
{
    bw_image_window window = {0};
    char *block_size = NULL;
    const GOptionEntry entries[] = {
        {"block-size", 0, 0, G_OPTION_ARG_FILENAME, &block_size, "The image must have blocks of so many bytes",
         "BYTES"},
        BW_IMAGE_WINDOW_ENTRIES(&window),
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    const bw_usage usage = {
        .arguments = "FILE…",
        .summary =
            "Reads littlefs images as strictly as can be: checksums, the thread of all folders, names and their\n"
            "order, the blocks of each file. Each fault is reported with its byte and block.",
        .description =
            "With --board the image is compared with the storage partition: another block size or count is not\n"
            "mounted, and Zephyr then formats the partition.",
        .groups = BW_IMAGE_WINDOW_GROUPS | BW_OPT_LEVELS | BW_OPT_FORMAT | BW_OPT_JSON,
        .entries = entries,
    };
    const bw_file_verb_shape shape = {.what = "FILE"};
    uint32_t block = 0;
    bw_file_verb verb;
    int code;

    if (bw_file_verb_parse(&verb, &usage, &shape, &argc, &argv, &code) &&
        bw_size_option32(verb.command, "block-size", block_size, &block) &&
        bw_image_window_read(&window, verb.command, &verb.options, &code)) {
        if (block)
            window.storage.block_size = block;
        bw_lfs_expect expect = bw_image_window_expect(&window);
        if (!window.board)
            expect.block_size = block;
        code = check(&verb.options, &window, &expect, argv + 1);
    }
    bw_image_window_free(&window);
    g_free(block_size);
    bw_file_verb_free(&verb);
    return code;
}
