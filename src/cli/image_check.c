/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright image check: what is wrong with storage images. */
#include "cli/image_board.h"
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
    char *board = NULL;
    const GOptionEntry entries[] = {
        {"board", 'b', 0, G_OPTION_ARG_FILENAME, &board,
         "The image must fit the storage partition of TARGET, a board as check takes it or one of its targets",
         "TARGET"},
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
        .groups = BW_OPT_SOURCE | BW_OPT_ROOTS | BW_OPT_LEVELS | BW_OPT_FORMAT | BW_OPT_JSON,
        .entries = entries,
    };
    const char *command = argv[0];
    bw_lfs_expect expect = {0};
    bw_storage storage = {0};
    bw_options options;
    int code;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &code))
        return code;
    code = BW_EXIT_TROUBLE;
    if (argc < 2) {
        bw_usage_error(command, "which FILE?");
    } else if (bw_image_window_read(&window, command) &&
               bw_size_option32(command, "block-size", block_size, &expect.block_size) &&
               (!board || bw_storage_of(&storage, command, &options, board, &code))) {
        if (board && !expect.block_size)
            expect.block_size = storage.block_size;
        if (board && expect.block_size) {
            expect.block_count = (uint32_t)MIN(storage.size / expect.block_size, UINT32_MAX);
            expect.whose = storage.whose;
        }
        code = check(&options, &window, &expect, argv + 1);
    }
    bw_storage_free(&storage);
    bw_image_window_free(&window);
    g_free(block_size);
    g_free(board);
    bw_options_free(&options);
    return code;
}
