/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright image: what looks into storage images. */
#include "cli/image_file.h"

#include "cli/boards.h"
#include "cli/file_verb.h"
#include "cli/image_container.h"
#include "cli/print.h"
#include "cli/verbs.h"
#include "report/json_out.h"

#include <stdio.h>

int bw_cmd_image(int argc, char **argv)
{
    return bw_run_verb(argc, argv);
}

/* ---- list ---- */

static json_t *entry_json(bw_arena *arena, const bw_lfs_entry *e)
{
    json_t *object = json_object();

    json_object_set_new(object, "path", bw_json_text(bw_lfs_path(arena, e)));
    json_object_set_new(object, "kind", json_string(e->is_dir ? "folder" : "file"));
    if (!e->is_dir) {
        json_object_set_new(object, "size", json_integer(e->size));
        json_object_set_new(object, "inline", json_boolean(e->inlined));
    }
    if (!e->inlined)
        json_object_set_new(object, "blocks", json_integer(e->blocks));
    if (e->is_dir)
        json_object_set_new(object, "pair", json_pack("[I, I]", (json_int_t)e->pair[0], (json_int_t)e->pair[1]));
    else if (e->blocks && !e->broken)
        json_object_set_new(object, "first", json_integer(e->first));
    if (e->attributes) {
        json_t *list = json_array();

        for (const bw_lfs_attribute *a = e->attributes; a; a = a->next)
            json_array_append_new(list,
                                  json_pack("{s:I, s:I}", "type", (json_int_t)a->type, "size", (json_int_t)a->len));
        json_object_set_new(object, "attributes", list);
    }
    if (e->broken)
        json_object_set_new(object, "broken", json_true());
    return object;
}

typedef void each_entry(const bw_lfs_entry *entry, void *user);

static void walk(const bw_lfs_entry *dir, each_entry *each, void *user)
{
    for (const bw_lfs_entry *e = dir->children; e; e = e->next) {
        each(e, user);
        if (e->is_dir)
            walk(e, each, user);
    }
}

typedef struct listing {
    bw_arena *arena;
    bw_table *table;
    json_t *array;
} listing;

static void list_json(const bw_lfs_entry *e, void *user)
{
    listing *l = user;

    json_array_append_new(l->array, entry_json(l->arena, e));
}

static void list_text(const bw_lfs_entry *e, void *user)
{
    listing *l = user;

    if (e->is_dir)
        bw_table_add(l->table, "-");
    else
        bw_table_add(l->table, "%u", e->size);
    if (e->inlined)
        bw_table_add(l->table, "inline");
    else
        bw_table_add(l->table, "%u", e->blocks);
    if (e->is_dir)
        bw_table_add(l->table, "{%u, %u}", e->pair[0], e->pair[1]);
    else if (e->broken || e->inlined || e->blocks == 0)
        bw_table_add(l->table, "%s", e->broken ? "broken" : "");
    else
        bw_table_add(l->table, "%u", e->first);
    bw_table_add(l->table, "%s%s", bw_lfs_path(l->arena, e), e->is_dir ? "/" : "");
}

static json_t *image_json(const bw_lfs *lfs)
{
    char *version = g_strdup_printf("%u.%u", lfs->version >> 16, lfs->version & 0xffff);
    json_t *object = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "kind", "littlefs", "version",
                               version, "block_size", (json_int_t)lfs->block_size, "block_count",
                               (json_int_t)lfs->block_count, "used_blocks", (json_int_t)lfs->used_count, "name_max",
                               (json_int_t)lfs->name_max, "file_max", (json_int_t)lfs->file_max, "attr_max",
                               (json_int_t)lfs->attr_max, "files", (json_int_t)lfs->file_count, "folders",
                               (json_int_t)lfs->dir_count, "pairs", (json_int_t)lfs->pair_count);

    g_free(version);
    return object;
}

static void list(const bw_options *options, const bw_lfs *lfs, bw_arena *arena)
{
    listing l = {.arena = arena};
    bw_buffer out = {0};

    if (options->json) {
        json_t *object = image_json(lfs);

        l.array = json_array();
        walk(lfs->root, list_json, &l);
        json_object_set_new(object, "entries", l.array);
        bw_print_json(object);
        return;
    }
    l.table = bw_table_new(arena, "rrll");
    bw_table_add(l.table, "bytes");
    bw_table_add(l.table, "blocks");
    bw_table_add(l.table, "first");
    bw_table_add(l.table, "path");
    walk(lfs->root, list_text, &l);
    bw_table_put(l.table, &out, 0, 0, bw_stdout_style().utf8);
    fwrite(out.data, 1, out.len, stdout);
    bw_buffer_free(&out);
}

/* ---- info ---- */

static void info(const bw_options *options, const bw_lfs *lfs, bw_arena *arena)
{
    uint64_t all = (uint64_t)lfs->block_size * lfs->block_count;
    uint32_t unused = lfs->block_count > lfs->used_count ? lfs->block_count - lfs->used_count : 0;

    if (options->json) {
        bw_print_json(image_json(lfs));
        return;
    }
    printf("%s: littlefs %u.%u\n", lfs->path, lfs->version >> 16, lfs->version & 0xffff);
    printf("  medium   %u blocks of 0x%x bytes (%s), 0x%" G_GINT64_MODIFIER "x (%s) in all\n", lfs->block_count,
           lfs->block_size, bw_size_words(arena, lfs->block_size), all, bw_size_words(arena, all));
    printf("  used     %u blocks (%s)\n", lfs->used_count,
           bw_size_words(arena, (uint64_t)lfs->used_count * lfs->block_size));
    printf("  free     %u blocks (%s)\n", unused, bw_size_words(arena, (uint64_t)unused * lfs->block_size));
    printf("  holds    %u file%s, %u folder%s, in %u pair%s\n", lfs->file_count, lfs->file_count == 1 ? "" : "s",
           lfs->dir_count, lfs->dir_count == 1 ? "" : "s", lfs->pair_count, lfs->pair_count == 1 ? "" : "s");
    printf("  limits   names %u bytes, files %u, attributes %u\n", lfs->name_max, lfs->file_max, lfs->attr_max);
}

/* ---- list and info ---- */

typedef void show_image(const bw_options *options, const bw_lfs *lfs, bw_arena *arena);

/* @param containers whether FILE may be one. */
static void look_at(bw_file_verb *verb, const char *path, const bw_image_window *window, show_image *show,
                    bool containers)
{
    const bw_lfs_expect expect = bw_image_window_expect(window);
    const uint8_t *data;
    bw_arena arena;
    size_t len;

    bw_arena_init(&arena);
    if (bw_image_bytes(verb->ctx, &arena, path, window, &verb->findings, &data, &len)) {
        if (containers && bw_is_container(data, len)) {
            bw_container_info(&verb->options, path, data, len, &verb->findings);
        } else {
            const bw_lfs *lfs = bw_lfs_read(&arena, path, data, len, &expect, &verb->findings);
            if (lfs->readable)
                show(&verb->options, lfs, &arena);
        }
    }
    bw_arena_free(&arena);
}

static int look(int argc, char **argv, const char *summary, show_image *show, bool containers)
{
    bw_image_window window = {0};
    const GOptionEntry entries[] = {BW_IMAGE_WINDOW_ENTRIES(&window), {NULL, 0, 0, 0, NULL, NULL, NULL}};
    const bw_usage usage = {
        .arguments = "FILE",
        .summary = summary,
        .groups = BW_IMAGE_WINDOW_GROUPS | BW_OPT_LEVELS | BW_OPT_JSON,
        .entries = entries,
    };
    const bw_file_verb_shape shape = {.what = "FILE", .most = 1};
    bw_file_verb verb;
    int code;

    if (bw_file_verb_parse(&verb, &usage, &shape, &argc, &argv, &code) &&
        bw_image_window_read(&window, verb.command, &verb.options, &code)) {
        bw_file_verb_begin(&verb);
        look_at(&verb, argv[1], &window, show, containers);
        code = bw_file_verb_end(&verb, true);
    }
    bw_image_window_free(&window);
    bw_file_verb_free(&verb);
    return code;
}

int bw_image_list(int argc, char **argv)
{
    return look(
        argc, argv,
        "Lists files and folders of a littlefs image: bytes, blocks, the first of them, path. What is wrong with\n"
        "the image is reported beside it.",
        list, false);
}

int bw_image_info(int argc, char **argv)
{
    return look(
        argc, argv,
        "Says what a littlefs image is: version, blocks, what is used and free, limits; or what a container is,\n"
        "WebAssembly or compiled ahead of time: its memory, imports, architecture.",
        info, true);
}
