/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of littlefs images against the reader: random trees, geometries and sizes around every boundary. */
#include "image/lfs_disk.h"

#include "base/context.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16) % below;
}

static void test_crc(void **unused)
{
    uint8_t erased[4096];

    (void)unused;
    memset(erased, 0xff, sizeof erased);
    assert_int_equal(lfs_crc(0xffffffff, "123456789", 9), 0x340bc6d9);
    assert_int_equal(lfs_crc(0xffffffff, erased, 4), 0);
    assert_int_equal(lfs_crc(0xffffffff, erased, 16), 0xc04c39e5);
    assert_int_equal(lfs_crc(0xffffffff, erased, 4096), 0x0eab98f5);
}

static void test_ctz(void **unused)
{
    static const struct {
        uint32_t at, index, offset;
    } known[] = {{4095, 0, 4095}, {4096, 1, 4}, {8188, 2, 8}, {10239, 2, 2059}};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        uint32_t offset;

        assert_int_equal(lfs_ctz_index(4096, known[i].at, &offset), known[i].index);
        assert_int_equal(offset, known[i].offset);
    }
    assert_int_equal(bw_lfs_blocks_of(0, 4096), 0);
    assert_int_equal(bw_lfs_blocks_of(10240, 4096), 3);
    assert_int_equal(bw_lfs_blocks_of(98082, 4096), 24);
    assert_int_equal(bw_lfs_blocks_of(102400, 4096), 26);
}

static void test_order(void **unused)
{
    static const char *const names[] = {"B", "a-b", "a.b", "aa", "abc", "ab", "a", "b"};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(names); j++) {
            int order = bw_lfs_compare(names[i], strlen(names[i]), names[j], strlen(names[j]));
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

/* Sizes around blocks, and small ones. */
static uint64_t draw_size(uint32_t block)
{
    uint32_t n = draw(6) + 1;
    uint64_t held = (uint64_t)n * block - 8 * ((uint64_t)n - 1) + 4 * (uint64_t)__builtin_popcount(n - 1);

    return draw(3) ? draw(block / 8 + 3) : held + draw(3) - 1;
}

static bw_lfs_node *draw_tree(bw_arena *arena, uint32_t block, unsigned depth, uint64_t *blocks)
{
    bw_lfs_node *list = NULL;

    *blocks += 4;
    for (uint32_t i = draw(depth ? 12 : 40); i > 0; i--) {
        bw_lfs_node *n = bw_arena_new(arena, bw_lfs_node);

        n->name = bw_arena_printf(arena, "%.*s%u", (int)draw(40), "a-name-that-may-be-cut-anywhere-at-all-x", i);
        n->is_dir = depth < 4 && draw(5) == 0;
        n->next = list;
        list = n;
        if (n->is_dir) {
            n->children = draw_tree(arena, block, depth + 1, blocks);
            continue;
        }
        n->size = draw_size(block);
        uint8_t *bytes = bw_arena_alloc(arena, n->size);
        for (uint64_t b = 0; b < n->size; b++)
            bytes[b] = (uint8_t)draw(256);
        n->bytes = bytes;
        *blocks += bw_lfs_blocks_of(n->size, block) + 2;
    }
    return list;
}

static const bw_lfs_node *child_called(const bw_lfs_node *dir, const char *name)
{
    for (const bw_lfs_node *n = dir->children; n; n = n->next)
        if (strcmp(n->name, name) == 0)
            return n;
    return NULL;
}

static void compare(const bw_lfs *lfs, const bw_lfs_entry *dir, const bw_lfs_node *made)
{
    uint32_t count = 0;

    for (const bw_lfs_entry *e = dir->children; e; e = e->next, count++) {
        const bw_lfs_node *n = child_called(made, e->name);
        bw_buffer content = {0};

        assert_non_null(n);
        assert_int_equal(n->is_dir, e->is_dir);
        if (e->is_dir) {
            compare(lfs, e, n);
            continue;
        }
        assert_true(bw_lfs_content(lfs, e, &content));
        assert_int_equal(content.len, n->size);
        if (n->size)
            assert_memory_equal(content.data, n->bytes, n->size);
        bw_buffer_free(&content);
    }
    for (const bw_lfs_node *n = made->children; n; n = n->next)
        count--;
    assert_int_equal(count, 0);
}

static void round_trip(bw_context *ctx, uint32_t block, uint32_t prog)
{
    bw_lfs_node root = {.name = "", .is_dir = true};
    bw_findings findings;
    bw_lfs_image image;
    bw_arena arena;
    uint64_t blocks = 8;

    bw_arena_init(&arena);
    bw_findings_init(&findings, ctx);
    root.children = draw_tree(&arena, block, 0, &blocks);
    const bw_lfs_options options = {.block_size = block,
                                    .block_count = (uint32_t)blocks + draw(100),
                                    .prog_size = prog,
                                    .inline_max = draw(bw_lfs_inline_max(1022, 1022, block) + 1),
                                    .version = draw(4) ? BW_LFS_VERSION_2_1 : BW_LFS_VERSION_2_0,
                                    .name_max = BW_LFS_NAME_MAX,
                                    .file_max = BW_LFS_FILE_MAX,
                                    .attr_max = BW_LFS_ATTR_MAX};
    assert_null(bw_lfs_options_problem(&arena, &options));
    assert_true(bw_lfs_make(&root, &options, "made.bin", &image, &findings));
    size_t len = (size_t)image.block_count * block;
    uint8_t *bytes = memset(g_malloc(len), 0xff, len);
    memcpy(bytes, image.bytes.data, image.bytes.len);
    const bw_lfs *lfs = bw_lfs_read(&arena, "made.bin", bytes, len, NULL, &findings);
    if (findings.first)
        fail_msg("blocks of %u, programs of %u: %s", block, prog, findings.first->text);
    assert_int_equal(lfs->used_count, image.used_count);
    assert_int_equal(lfs->file_count, image.file_count);
    assert_int_equal(lfs->dir_count, image.dir_count);
    compare(lfs, lfs->root, &root);
    g_free(bytes);
    bw_buffer_free(&image.bytes);
    bw_findings_free(&findings);
    bw_arena_free(&arena);
}

static void test_round_trip(void **unused)
{
    bw_context *ctx = bw_context_new();

    (void)unused;
    state = 88172645463325252ULL;
    for (uint32_t block = 256; block <= 65536; block *= 2)
        for (uint32_t prog = 1; prog <= MIN(block, 4096U); prog *= 4)
            for (int i = 0; i < (block <= 4096 ? 6 : 1); i++)
                round_trip(ctx, block, prog);
    bw_context_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc),
        cmocka_unit_test(test_ctz),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
