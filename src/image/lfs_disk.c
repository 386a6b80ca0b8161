/* SPDX-License-Identifier: Apache-2.0 */
#include "image/lfs_disk.h"

#include "base/bytes.h"

uint32_t lfs_crc(uint32_t crc, const void *data, size_t len)
{
    /* Of each value of four bits; metadata is small, so a larger table would gain nothing. */
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                       0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    const uint8_t *p = data;

    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        crc = crc >> 4 ^ table[crc & 0xf];
        crc = crc >> 4 ^ table[crc & 0xf];
    }
    return crc;
}

uint32_t lfs_ctz_index(uint32_t block_size, uint64_t at, uint32_t *offset)
{
    uint64_t room = block_size - 8;
    uint64_t i = at / room;

    if (i > 0)
        i = (at - 4 * ((uint64_t)__builtin_popcountll(i - 1) + 2)) / room;
    *offset = (uint32_t)(at - room * i - 4 * (uint64_t)__builtin_popcountll(i));
    return (uint32_t)i;
}

uint32_t bw_lfs_blocks_of(uint64_t size, uint32_t block_size)
{
    uint32_t offset;

    return size ? lfs_ctz_index(block_size, size - 1, &offset) + 1 : 0;
}

uint32_t bw_lfs_inline_max(uint32_t cache_size, uint32_t attr_max, uint32_t block_size)
{
    return MIN(MIN(cache_size, attr_max), MIN(block_size / 8, LFS_SIZE_MAX));
}

int bw_lfs_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, MIN(a_len, b_len));

    return order ? order : (a_len < b_len) - (a_len > b_len);
}

void lfs_log_begin(lfs_log *log, const uint8_t *block, uint32_t block_size)
{
    *log = (lfs_log){.block = block, .size = block_size, .next = 4, .previous = 0xffffffff};
}

lfs_step lfs_log_next(lfs_log *log)
{
    if (log->size - log->next < 4)
        return LFS_STEP_END;
    log->at = log->next;
    log->tag = bw_get32(log->block + log->at) ^ log->previous;
    if (log->tag & 0x80000000)
        return LFS_STEP_END;
    if (lfs_tag_len(log->tag) > log->size - log->at - 4)
        return LFS_STEP_OVER;
    log->next = log->at + 4 + lfs_tag_len(log->tag);
    log->previous = log->tag;
    if (lfs_tag_is_crc(log->tag))
        log->previous ^= (lfs_tag_type(log->tag) & 1) << 31;
    return LFS_STEP_TAG;
}

void lfs_scan_block(lfs_scan *scan, const uint8_t *block, uint32_t block_size)
{
    uint32_t crc = lfs_crc(0xffffffff, block, 4);
    bool has_fcrc = false;
    uint32_t fcrc_size = 0;
    uint32_t fcrc = 0;
    lfs_log log;

    *scan = (lfs_scan){.revision = bw_get32le(block), .end = 4};
    lfs_log_begin(&log, block, block_size);
    while (lfs_log_next(&log) == LFS_STEP_TAG) {
        const uint8_t *data = block + log.at + 4;
        uint32_t len = lfs_tag_len(log.tag);

        crc = lfs_crc(crc, block + log.at, 4);
        if (!lfs_tag_is_crc(log.tag)) {
            crc = lfs_crc(crc, data, len);
            if (lfs_tag_type(log.tag) == LFS_FCRC && len == 8) {
                has_fcrc = true;
                fcrc_size = bw_get32le(data);
                fcrc = bw_get32le(data + 4);
            }
            continue;
        }
        if (len < 4)
            return;
        if (bw_get32le(data) != crc) {
            scan->mismatch = true;
            scan->crc_at = log.at + 4;
            scan->stored = bw_get32le(data);
            scan->computed = crc;
            return;
        }
        scan->good = true;
        scan->end = log.next;
        scan->has_fcrc = has_fcrc;
        scan->fcrc_size = fcrc_size;
        scan->fcrc = fcrc;
        has_fcrc = false;
        crc = 0xffffffff;
    }
}
