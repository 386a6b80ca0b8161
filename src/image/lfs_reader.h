/* SPDX-License-Identifier: Apache-2.0 */
/** What the parts of the littlefs reader share: private to them. */
#ifndef BW_IMAGE_LFS_READER_H
#define BW_IMAGE_LFS_READER_H

#include "image/lfs_disk.h"

/* What lfs_reader.owners says of a block: the number of a pair, or of a file with this bit. */
#define LFS_OWNER_FILE 0x80000000U

typedef struct lfs_reader {
    bw_lfs *lfs;
    bw_arena *arena;
    bw_findings *findings;
    bool geometry_bad; /* said; then what lies outside is not reported again */
    uint32_t limit;    /* block numbers below it are of the medium */
    uint32_t *owners;  /* of each block of the image: 0 free, 1 + index of a pair, LFS_OWNER_FILE | index of a file */
    GPtrArray *pairs;  /* of lfs_pair, those of the thread first, in its order */
    GPtrArray *files;  /* of bw_lfs_entry */
    uint32_t state[3]; /* XOR of all MOVESTATEs */
    uint64_t state_at; /* one of them, in the image */
    bool repair;       /* the state says that the thread may have orphans: they are no findings of their own */
    bool incomplete;   /* some pair or folder could not be read: what seems to be missing may be there */
    uint32_t depth;
} lfs_reader;

static inline uint64_t lfs_at(const lfs_reader *r, uint32_t block, uint32_t offset)
{
    return (uint64_t)block * r->lfs->block_size + offset;
}

static inline const uint8_t *lfs_block(const lfs_reader *r, uint32_t block)
{
    return r->lfs->data + lfs_at(r, block, 0);
}

/** A fault at a byte of the image: "at byte 0x2004 (block 2): …". @return as bw_findings_add(). */
bw_finding *lfs_fault(lfs_reader *r, bw_code code, uint64_t at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/** Another place of the image, as a note. */
void lfs_fault_note(lfs_reader *r, bw_finding *finding, uint64_t at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** Whether a block number is of the medium; else a finding, at the byte that holds the number. */
bool lfs_check_block(lfs_reader *r, uint32_t block, uint64_t at, const char *what);
/** Whether the image has the bytes of a block. */
static inline bool lfs_has_block(const lfs_reader *r, uint32_t block)
{
    return block < r->lfs->image_blocks;
}

/** Words for what a block is in use for: "the pair {2, 3}", "/ocre/images/a.wasm". */
const char *lfs_owner_name(lfs_reader *r, uint32_t block);

/** Chooses the live block of a pair, and replays its log. Reports what is wrong in it. @param at where the pair is
 *  named. @return NULL after a finding when neither block is good. The blocks are those of the image. */
lfs_pair *lfs_pair_read(lfs_reader *r, const uint32_t blocks[2], uint64_t at);

/** Follows a file's blocks: sets first and broken, claims the blocks. */
void lfs_file_check(lfs_reader *r, bw_lfs_entry *file);

/** Follows the thread from {0, 1}. */
void lfs_thread_read(lfs_reader *r);
/** @return the index of the root's first pair: the last one of the superblock chain. */
uint32_t lfs_root_pair(lfs_reader *r);
/** Reads the folders from the root down, and looks for what none of them has. */
void lfs_folders_read(lfs_reader *r, uint32_t root_pair);

#endif
