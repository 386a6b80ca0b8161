/* SPDX-License-Identifier: Apache-2.0 */
#include "image/lfs_reader.h"

#include "base/bytes.h"

/* Bytes that the first @p count blocks of a file hold. */
static uint64_t held(uint32_t count, uint32_t block_size)
{
    if (count == 0)
        return 0;
    return (uint64_t)count * block_size - 8 * ((uint64_t)count - 1) + 4 * (uint64_t)__builtin_popcount(count - 1);
}

static uint32_t pointers_of(uint32_t index)
{
    return index ? (uint32_t)__builtin_ctz(index) + 1 : 0;
}

static uint32_t pointer(const bw_lfs *lfs, uint32_t block, uint32_t x)
{
    return bw_get32le(lfs->data + (uint64_t)block * lfs->block_size + 4 * (uint64_t)x);
}

/* Takes a block for a file. @param at where its number stands. */
static bool claim(lfs_reader *r, uint32_t number, uint32_t block, uint64_t at)
{
    if (!lfs_check_block(r, block, at, "a file's block"))
        return false;
    if (!lfs_has_block(r, block))
        return false;
    if (r->owners[block]) {
        const bw_lfs_entry *file = g_ptr_array_index(r->files, number);
        const char *path = bw_lfs_path(r->arena, file);

        if (r->owners[block] == (number | LFS_OWNER_FILE)) {
            lfs_fault(r, BW_CODE_lfs_file_chain, at, "the blocks of %s come back to block %u", path, block);
        } else {
            bw_finding *f = lfs_fault(r, BW_CODE_lfs_block_shared, at, "block %u of %s is in use already, by %s", block,
                                      path, lfs_owner_name(r, block));
            bw_finding_cure(f, "copy both files out; at most one of them is what was written");
        }
        return false;
    }
    r->owners[block] = number | LFS_OWNER_FILE;
    return true;
}

/* All pointers but the first of each block, which led here: they must agree with it. */
static bool pointers_agree(lfs_reader *r, const bw_lfs_entry *file, const uint32_t *blocks)
{
    for (uint32_t i = 0; i < file->blocks; i++)
        for (uint32_t x = 1; x < pointers_of(i); x++) {
            uint32_t want = blocks[i - (1U << x)];
            uint32_t have = pointer(r->lfs, blocks[i], x);

            if (have == want)
                continue;
            lfs_fault(r, BW_CODE_lfs_file_chain, lfs_at(r, blocks[i], 4 * x),
                      "pointer %u of block %u of %s names block 0x%x, but its block %u is 0x%x", x, i,
                      bw_lfs_path(r->arena, file), have, i - (1U << x), want);
            return false;
        }
    return true;
}

static bool follow(lfs_reader *r, bw_lfs_entry *file, uint32_t number, uint32_t *blocks)
{
    uint32_t block = file->head;
    uint64_t at = file->data_offset;

    for (uint32_t i = file->blocks; i-- > 0;) {
        if (!claim(r, number, block, at))
            return false;
        blocks[i] = block;
        at = lfs_at(r, block, 0);
        if (i)
            block = pointer(r->lfs, block, 0);
    }
    file->first = blocks[0];
    return pointers_agree(r, file, blocks);
}

void lfs_file_check(lfs_reader *r, bw_lfs_entry *file)
{
    uint32_t number = r->files->len;

    g_ptr_array_add(r->files, file);
    if (file->broken)
        return;
    if (file->size > r->lfs->file_max && !r->geometry_bad) {
        lfs_fault(r, BW_CODE_lfs_file_chain, file->offset,
                  "%s has %u bytes, more than the %u that the superblock allows", bw_lfs_path(r->arena, file),
                  file->size, r->lfs->file_max);
        file->broken = true;
    } else if (!file->inlined && file->blocks > r->limit) {
        lfs_fault(r, BW_CODE_lfs_file_chain, file->data_offset,
                  "%s has %u bytes, which take %u blocks; the medium has %u", bw_lfs_path(r->arena, file), file->size,
                  file->blocks, r->limit);
        file->broken = true;
    } else if (!file->inlined && file->blocks) {
        uint32_t *blocks = g_new(uint32_t, file->blocks);

        file->broken = !follow(r, file, number, blocks);
        g_free(blocks);
    }
}

bool bw_lfs_content(const bw_lfs *lfs, const bw_lfs_entry *file, bw_buffer *out)
{
    if (file->is_dir || file->broken)
        return false;
    if (file->inlined) {
        bw_buffer_add(out, lfs->data + file->data_offset, file->size);
        return true;
    }
    uint8_t *to = bw_buffer_reserve(out, file->size);
    uint32_t block = file->head;
    for (uint32_t i = file->blocks; i-- > 0;) {
        uint64_t begin = held(i, lfs->block_size);
        uint64_t end = MIN(held(i + 1, lfs->block_size), file->size);
        const uint8_t *data = lfs->data + (uint64_t)block * lfs->block_size;

        memcpy(to + begin, data + 4 * (uint64_t)pointers_of(i), end - begin);
        if (i)
            block = pointer(lfs, block, 0);
    }
    out->len += file->size;
    return true;
}
