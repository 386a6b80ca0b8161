/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright image create: a littlefs image of a folder. */
#include "base/output.h"
#include "cli/boards.h"
#include "cli/file_verb.h"
#include "cli/image_board.h"
#include "cli/image_file.h"
#include "cli/image_tree.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "report/json_out.h"

#include <stdio.h>

/* Ocre's fstab entry, and a middle between what devices use: where nothing says anything else. */
#define USUAL_PROG_SIZE 256U
#define USUAL_CACHE_SIZE 256U

typedef struct words {
    char *block_size, *size, *board;
    char *read_size, *prog_size, *cache_size, *inline_max;
    char *name_max, *file_max, *attr_max, *disk_version;
    gboolean ocre;
} words;

static void free_words(words *w)
{
    char *all[] = {w->block_size, w->size,     w->board,    w->read_size, w->prog_size,   w->cache_size,
                   w->inline_max, w->name_max, w->file_max, w->attr_max,  w->disk_version};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(all[i]);
}

typedef struct geometry {
    bw_lfs_options lfs;
    uint64_t size;
    uint32_t read_size, cache_size;
} geometry;

static void geometry_of_board(geometry *g, const bw_storage *s)
{
    g->size = s->size;
    g->lfs.block_size = s->block_size;
    if (s->mount.read_size)
        g->read_size = s->mount.read_size;
    if (s->mount.prog_size)
        g->lfs.prog_size = s->mount.prog_size;
    if (s->mount.cache_size)
        g->cache_size = s->mount.cache_size;
    if (s->mount.disk_version)
        g->lfs.version = s->mount.disk_version;
}

static bool read_version(const char *command, const char *word, uint32_t *version)
{
    if (word && strcmp(word, "2.0") != 0 && strcmp(word, "2.1") != 0) {
        bw_usage_error(command, "--disk-version=%s: it takes 2.0 or 2.1", word);
        return false;
    }
    if (word)
        *version = strcmp(word, "2.0") == 0 ? BW_LFS_VERSION_2_0 : BW_LFS_VERSION_2_1;
    return true;
}

static bool read_words(geometry *g, const words *w, const char *command)
{
    uint64_t inline_max = UINT64_MAX;
    uint64_t attr_max = g->lfs.attr_max;

    if (!bw_size_option32(command, "block-size", w->block_size, &g->lfs.block_size) ||
        !bw_size_option(command, "size", w->size, &g->size) ||
        !bw_size_option32(command, "read-size", w->read_size, &g->read_size) ||
        !bw_size_option32(command, "prog-size", w->prog_size, &g->lfs.prog_size) ||
        !bw_size_option32(command, "cache-size", w->cache_size, &g->cache_size) ||
        !bw_size_option(command, "inline-max", w->inline_max, &inline_max) ||
        !bw_size_option32(command, "name-max", w->name_max, &g->lfs.name_max) ||
        !bw_size_option32(command, "file-max", w->file_max, &g->lfs.file_max) ||
        !bw_size_option(command, "attr-max", w->attr_max, &attr_max) ||
        !read_version(command, w->disk_version, &g->lfs.version))
        return false;
    g->lfs.attr_max = (uint32_t)MIN(attr_max, UINT32_MAX);
    if (!w->cache_size && g->cache_size < g->lfs.prog_size)
        g->cache_size = g->lfs.prog_size;
    g->lfs.inline_max = w->inline_max ? (uint32_t)MIN(inline_max, UINT32_MAX)
                                      : bw_lfs_inline_max(g->cache_size, g->lfs.attr_max, g->lfs.block_size);
    return true;
}

/* Rules of the library and of Zephyr; littlefs_fs.c asserts the latter three. */
static bool check_geometry(geometry *g, const words *w, const char *command)
{
    const char *problem = NULL;
    bw_arena arena;
    bool good = false;

    if (!g->lfs.block_size || !g->size) {
        bw_usage_error(command, "how large is a block, and the image? Say --block-size and --size%s",
                       w->board ? ": the board does not" : ", or --board");
        return false;
    }
    if (g->size % g->lfs.block_size) {
        bw_usage_error(command, "0x%" G_GINT64_MODIFIER "x bytes are no whole number of blocks of 0x%x", g->size,
                       g->lfs.block_size);
        return false;
    }
    bw_arena_init(&arena);
    g->lfs.block_count = (uint32_t)MIN(g->size / g->lfs.block_size, UINT32_MAX);
    /* Without a word of the user's, a small block is programmed in smaller pieces. */
    if (!w->prog_size && g->lfs.block_size % g->lfs.prog_size)
        problem =
            bw_arena_printf(&arena, "a block of 0x%x bytes is no multiple of the program size, %u; say --prog-size",
                            g->lfs.block_size, g->lfs.prog_size);
    else if (!(problem = bw_lfs_options_problem(&arena, &g->lfs)) && g->read_size && g->lfs.block_size % g->read_size)
        problem = bw_arena_printf(&arena, "a block of 0x%x bytes is no multiple of the read size, %u",
                                  g->lfs.block_size, g->read_size);
    else if (!problem && g->read_size && g->cache_size % g->read_size)
        problem = bw_arena_printf(&arena, "a cache of %u bytes is no multiple of the read size, %u", g->cache_size,
                                  g->read_size);
    else if (!problem && g->cache_size % g->lfs.prog_size)
        problem = bw_arena_printf(&arena, "a cache of %u bytes is no multiple of the program size, %u", g->cache_size,
                                  g->lfs.prog_size);
    if (problem)
        bw_usage_error(command, "%s", problem);
    else
        good = true;
    bw_arena_free(&arena);
    return good;
}

/* ---- output ---- */

static bool write_image(const char *path, const bw_lfs_image *image, bw_findings *findings)
{
    uint64_t rest = (uint64_t)(image->block_count - image->used_count) * image->block_size;
    int error_number;
    bw_output *out = bw_output_open(path, &error_number);
    bool good = out != NULL;

    if (out) {
        bw_output_write(out, image->bytes.data, image->bytes.len);
        bw_output_fill(out, 0xff, rest);
        good = bw_output_close(out, true, &error_number);
    }
    if (!good)
        bw_findings_add(findings, BW_CODE_file_unwritable, bw_file_place(path), "the file cannot be written: %s",
                        g_strerror(error_number));
    return good;
}

static void print_result(const bw_options *options, const bw_lfs_image *image)
{
    uint32_t unused = image->block_count - image->used_count;
    bw_arena arena;

    if (options->json) {
        bw_print_json(json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:b}", "path", bw_json_text(options->output),
                                "block_size", (json_int_t)image->block_size, "block_count",
                                (json_int_t)image->block_count, "used_blocks", (json_int_t)image->used_count, "files",
                                (json_int_t)image->file_count, "folders", (json_int_t)image->dir_count, "written",
                                !options->dry_run));
        return;
    }
    bw_arena_init(&arena);
    printf("%s: %u file%s in %u folder%s, %u of %u blocks used, %s free%s\n", options->output, image->file_count,
           image->file_count == 1 ? "" : "s", image->dir_count, image->dir_count == 1 ? "" : "s", image->used_count,
           image->block_count, bw_size_words(&arena, (uint64_t)unused * image->block_size),
           options->dry_run ? "; nothing is written" : "");
    bw_arena_free(&arena);
}

static int create(bw_file_verb *verb, const words *w, geometry *g, const bw_storage *storage, const char *target,
                  const char *folder)
{
    const bw_options *options = &verb->options;
    bw_lfs_image image = {0};
    bw_image_tree tree;

    bw_file_verb_begin(verb);
    bw_image_tree_init(&tree, &verb->findings);
    tree.arch = storage->aot_arch;
    tree.whose = target;
    g->lfs.load = bw_image_tree_load;
    g->lfs.user = &tree;
    bool good = w->ocre ? bw_image_tree_ocre(&tree, folder) : bw_image_tree_read(&tree, folder);
    if (good)
        good = bw_lfs_make(tree.root, &g->lfs, folder, &image, &verb->findings);
    if (good && !options->dry_run)
        good = write_image(options->output, &image, &verb->findings);
    if (good)
        print_result(options, &image);
    int code = bw_file_verb_end(verb, good);
    bw_buffer_free(&image.bytes);
    bw_image_tree_free(&tree);
    return code;
}

int bw_image_create(int argc, char **argv)
{
    words w = {0};
    const GOptionEntry entries[] = {
        {"board", 'b', 0, G_OPTION_ARG_FILENAME, &w.board,
         "Take sizes from the storage partition of TARGET and the fstab entry for it", "TARGET"},
        {"block-size", 0, 0, G_OPTION_ARG_FILENAME, &w.block_size, "Bytes of a block: what the flash erases at once",
         "BYTES"},
        {"size", 0, 0, G_OPTION_ARG_FILENAME, &w.size, "Bytes of the image: the whole partition", "BYTES"},
        {"prog-size", 0, 0, G_OPTION_ARG_FILENAME, &w.prog_size,
         "Most bytes that are programmed at once; the first change needs no erase (256)", "BYTES"},
        {"read-size", 0, 0, G_OPTION_ARG_FILENAME, &w.read_size, "Least bytes that are read at once", "BYTES"},
        {"cache-size", 0, 0, G_OPTION_ARG_FILENAME, &w.cache_size,
         "The runtime's cache, which bounds what is inlined (256, or the program size)", "BYTES"},
        {"inline-max", 0, 0, G_OPTION_ARG_FILENAME, &w.inline_max,
         "Files up to so many bytes stand in their folder's blocks", "BYTES"},
        {"name-max", 0, 0, G_OPTION_ARG_FILENAME, &w.name_max, "Limit of names in the superblock (255)", "BYTES"},
        {"file-max", 0, 0, G_OPTION_ARG_FILENAME, &w.file_max, "Limit of files in the superblock (2147483647)",
         "BYTES"},
        {"attr-max", 0, 0, G_OPTION_ARG_FILENAME, &w.attr_max, "Limit of attributes in the superblock (1022)", "BYTES"},
        {"disk-version", 0, 0, G_OPTION_ARG_FILENAME, &w.disk_version, "2.1, or 2.0 for libraries older than 2.6",
         "2.0|2.1"},
        {"ocre", 0, 0, G_OPTION_ARG_NONE, &w.ocre, "DIR holds containers: make the state directory of Ocre", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    const bw_usage usage = {
        .arguments = "DIR -o FILE --block-size BYTES --size BYTES",
        .summary =
            "Makes a littlefs image of what is in DIR. The same files give the same bytes, whatever the order in\n"
            "which the system lists them, their times and owners.",
        .description =
            "Block size and size must be those of the runtime: littlefs mounts no image of another geometry, and\n"
            "Zephyr then formats the partition. Sizes may have KiB, MiB or GiB.",
        .groups =
            BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_ROOTS | BW_OPT_OUTPUT | BW_OPT_LEVELS | BW_OPT_JSON | BW_OPT_WRITE,
        .entries = entries,
    };
    geometry g = {.lfs = {.prog_size = USUAL_PROG_SIZE,
                          .version = BW_LFS_VERSION_2_1,
                          .name_max = BW_LFS_NAME_MAX,
                          .file_max = BW_LFS_FILE_MAX,
                          .attr_max = BW_LFS_ATTR_MAX},
                  .cache_size = USUAL_CACHE_SIZE};
    const bw_file_verb_shape shape = {.what = "DIR", .most = 1, .output = "file"};
    bw_storage storage = {0};
    bw_file_verb verb;
    int code;

    if (bw_file_verb_parse(&verb, &usage, &shape, &argc, &argv, &code) &&
        (!w.board || bw_storage_of(&storage, verb.command, &verb.options, w.board, &code))) {
        if (w.board)
            geometry_of_board(&g, &storage);
        code = read_words(&g, &w, verb.command) && check_geometry(&g, &w, verb.command)
                   ? create(&verb, &w, &g, &storage, w.board, argv[1])
                   : BW_EXIT_TROUBLE;
    }
    bw_storage_free(&storage);
    free_words(&w);
    bw_file_verb_free(&verb);
    return code;
}
