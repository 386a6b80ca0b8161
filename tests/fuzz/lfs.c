/* SPDX-License-Identifier: Apache-2.0 */
/*
 * littlefs images, damaged in any way. A first byte with its low bit set asks for right checksums, so that the damage
 * is in what they protect. An image without a fault is made again by the writer: the reader must find the same in it,
 * and no fault. Containers and Intel HEX, being bytes of files too, are read of the same input.
 */
#include "fuzz.h"

#include "base/bytes.h"
#include "image/hex.h"
#include "image/lfs_disk.h"
#include "image/wasm.h"

static void mend_checksums(uint8_t *image, size_t len)
{
    uint32_t block_size = len >= 28 ? bw_get32le(image + 24) : 0;

    if (block_size < BW_LFS_BLOCK_MIN || block_size > len || block_size % 4)
        block_size = 512;
    for (size_t at = 0; at + block_size <= len; at += block_size) {
        lfs_scan scan;

        for (int i = 0; i < 64; i++) {
            lfs_scan_block(&scan, image + at, block_size);
            if (!scan.mismatch)
                break;
            bw_put32le(image + at + scan.crc_at, scan.computed);
        }
    }
}

typedef struct copy {
    fuzz_run *run;
    bw_arena arena;
    const bw_lfs *lfs;
    GPtrArray *contents; /* of bw_buffer */
    uint32_t files;
    uint64_t blocks;
} copy;

static bw_lfs_node *copy_children(copy *c, const bw_lfs_entry *dir)
{
    bw_lfs_node *list = NULL;

    c->blocks += 4;
    for (const bw_lfs_entry *e = dir->children; e; e = e->next) {
        bw_lfs_node *n = bw_arena_new(&c->arena, bw_lfs_node);

        n->name = e->name;
        n->is_dir = e->is_dir;
        n->next = list; /* in another order: the writer sorts */
        list = n;
        c->blocks += 2;
        if (e->is_dir) {
            n->children = copy_children(c, e);
            continue;
        }
        bw_buffer *content = g_new0(bw_buffer, 1);
        g_ptr_array_add(c->contents, content);
        bool read = bw_lfs_content(c->lfs, e, content);
        fuzz_promise(read && content->len == e->size, "a file without a fault can be read", c->run);
        n->bytes = content->data;
        n->size = content->len;
        c->blocks += bw_lfs_blocks_of(n->size, 512);
        c->files++;
    }
    return list;
}

static void compare(copy *c, const bw_lfs *again, const bw_lfs_entry *a, const bw_lfs_entry *b)
{
    const bw_lfs_entry *x = a->children;
    const bw_lfs_entry *y = b->children;

    for (; x && y; x = x->next, y = y->next) {
        bw_buffer before = {0};
        bw_buffer after = {0};

        fuzz_promise(strcmp(x->name, y->name) == 0 && x->is_dir == y->is_dir, "the same names come back", c->run);
        if (x->is_dir) {
            compare(c, again, x, y);
            continue;
        }
        bw_lfs_content(c->lfs, x, &before);
        bw_lfs_content(again, y, &after);
        fuzz_promise(before.len == after.len && (!before.len || memcmp(before.data, after.data, before.len) == 0),
                     "the same bytes come back", c->run);
        bw_buffer_free(&before);
        bw_buffer_free(&after);
    }
    fuzz_promise(!x && !y, "as many entries come back", c->run);
}

static void free_content(gpointer p)
{
    bw_buffer_free(p);
    g_free(p);
}

static void make_again(fuzz_run *run, const bw_lfs *lfs, unsigned choice)
{
    static const uint32_t programs[] = {1, 16, 64, 256, 512};
    copy c = {.run = run, .lfs = lfs, .contents = g_ptr_array_new_with_free_func(free_content)};
    bw_lfs_node root = {.is_dir = true, .name = ""};
    bw_lfs_image image;
    bw_findings findings;

    bw_arena_init(&c.arena);
    bw_findings_init(&findings, run->ctx);
    root.children = copy_children(&c, lfs->root);
    bw_lfs_options options = {.block_size = 512,
                              .block_count = (uint32_t)MIN(c.blocks + 64, 100000),
                              .prog_size = programs[choice % G_N_ELEMENTS(programs)],
                              .inline_max = choice / 8 % 65,
                              .version = choice & 1 ? BW_LFS_VERSION_2_0 : BW_LFS_VERSION_2_1,
                              .name_max = BW_LFS_NAME_MAX,
                              .file_max = BW_LFS_FILE_MAX,
                              .attr_max = BW_LFS_ATTR_MAX};
    fuzz_promise(bw_lfs_options_problem(&c.arena, &options) == NULL, "the options are good", run);
    if (bw_lfs_make(&root, &options, "again.bin", &image, &findings)) {
        size_t len = (size_t)image.block_count * image.block_size;
        uint8_t *bytes = memset(g_malloc(len), 0xff, len);

        memcpy(bytes, image.bytes.data, image.bytes.len);
        const bw_lfs *again = bw_lfs_read(&c.arena, "again.bin", bytes, len, NULL, &findings);
        fuzz_promise(again->readable && !findings.first, "what the writer makes has no fault", run);
        fuzz_promise(again->used_count == image.used_count, "reader and writer count the same blocks", run);
        compare(&c, again, lfs->root, again->root);
        bw_buffer_free(&image.bytes);
        g_free(bytes);
    } else {
        fuzz_promise(findings.counts[BW_ERROR] > 0, "who makes no image says why", run);
    }
    bw_findings_free(&findings);
    bw_arena_free(&c.arena);
    g_ptr_array_free(c.contents, TRUE);
}

static void read_others(fuzz_run *run, const uint8_t *data, size_t size)
{
    const char *problem;
    bw_arena arena;
    size_t offset;
    bw_wasm w;

    bw_arena_init(&arena);
    if (!bw_wasm_read(&w, &arena, data, size, &problem, &offset))
        fuzz_promise(problem && offset <= size, "who reads no container says why, and where", run);
    (void)bw_wasm_memory(&w);
    bw_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned choice = fuzz_choice(data, size);
    fuzz_run run;
    bw_arena arena;

    if (size < 1 || size > 1 << 20)
        return 0;
    fuzz_begin(&run, choice);
    read_others(&run, data, size);
    size_t len = size - 1;
    uint8_t *image = memcpy(g_malloc(len + !len), data + 1, len);
    if (data[0] & 1)
        mend_checksums(image, len);
    bw_arena_init(&arena);
    const bw_lfs *lfs = bw_lfs_read(&arena, "image.bin", image, len, NULL, &run.findings);
    if (lfs->readable && run.findings.counts[BW_ERROR] == 0)
        make_again(&run, lfs, choice);
    bw_arena_free(&arena);
    g_free(image);
    fuzz_end(&run);
    return 0;
}
