/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What stands on a littlefs medium: tags, checksums, metadata blocks. Private to the littlefs reader and writer.
 * Source: littlefs' SPEC.md, "Metadata blocks" and "Metadata types".
 */
#ifndef BW_IMAGE_LFS_DISK_H
#define BW_IMAGE_LFS_DISK_H

#include "image/lfs.h"

#include <glib.h>

#define LFS_NONE 0xffffffffU /* a block number that is none */
#define LFS_ID_NONE 0x3ffU   /* a tag that belongs to no file */
#define LFS_SIZE_DELETED 0x3ffU
#define LFS_SIZE_MAX 0x3feU /* bytes of one tag */
#define LFS_MAGIC "littlefs"
#define LFS_MAGIC_LEN 8U
#define LFS_SUPERBLOCK_LEN 24U

/* type3 of a tag */
enum {
    LFS_REG = 0x001,
    LFS_DIR = 0x002,
    LFS_SUPERBLOCK = 0x0ff,
    LFS_DIRSTRUCT = 0x200,
    LFS_INLINESTRUCT = 0x201,
    LFS_CTZSTRUCT = 0x202,
    LFS_USERATTR = 0x300, /* to 0x3ff */
    LFS_CREATE = 0x401,
    LFS_DELETE = 0x4ff,
    LFS_CRC = 0x500, /* and 0x501 */
    LFS_FCRC = 0x5ff,
    LFS_SOFTTAIL = 0x600,
    LFS_HARDTAIL = 0x601,
    LFS_MOVESTATE = 0x7ff,
};

static inline uint32_t lfs_tag(uint32_t type, uint32_t id, uint32_t size)
{
    return type << 20 | id << 10 | size;
}
static inline uint32_t lfs_tag_type(uint32_t tag)
{
    return tag >> 20 & 0x7ff;
}
static inline uint32_t lfs_tag_id(uint32_t tag)
{
    return tag >> 10 & 0x3ff;
}
static inline uint32_t lfs_tag_size(uint32_t tag)
{
    return tag & 0x3ff;
}
/** Bytes behind the tag. */
static inline uint32_t lfs_tag_len(uint32_t tag)
{
    return lfs_tag_size(tag) == LFS_SIZE_DELETED ? 0 : lfs_tag_size(tag);
}
static inline bool lfs_tag_is_crc(uint32_t tag)
{
    return (lfs_tag_type(tag) & 0x780) == LFS_CRC;
}

/** CRC-32 of polynomial 0x04c11db7, reflected, begun with 0xffffffff, not inverted at the end. */
uint32_t lfs_crc(uint32_t crc, const void *data, size_t len);

/** Index of the block that holds byte @p at of a file, and where in it. Source: DESIGN.md, "CTZ skip-lists". */
uint32_t lfs_ctz_index(uint32_t block_size, uint64_t at, uint32_t *offset);

/** Goes through the tags of one block. */
typedef struct lfs_log {
    const uint8_t *block;
    uint32_t size; /* of the block */
    uint32_t next; /* offset of the next tag */
    uint32_t previous;
    uint32_t tag, at; /* of the last lfs_log_next(); its data stands at at + 4 */
} lfs_log;

typedef enum lfs_step {
    LFS_STEP_TAG,
    LFS_STEP_END,  /* what follows is no tag: the log ends here */
    LFS_STEP_OVER, /* a tag whose bytes would cross the end of the block */
} lfs_step;

void lfs_log_begin(lfs_log *log, const uint8_t *block, uint32_t block_size);
lfs_step lfs_log_next(lfs_log *log);

/** What a block holds, as far as its checksums say. */
typedef struct lfs_scan {
    uint32_t revision;
    bool good;     /* at least one commit */
    uint32_t end;  /* behind the last good commit and its padding */
    bool has_fcrc; /* the last good commit says what follows it */
    uint32_t fcrc_size, fcrc;
    bool mismatch;   /* the commit behind that is whole, but its checksum is wrong */
    uint32_t crc_at; /* where it is stored, in the block */
    uint32_t stored, computed;
} lfs_scan;

void lfs_scan_block(lfs_scan *scan, const uint8_t *block, uint32_t block_size);

/** A file, folder or superblock as the log of a pair leaves it. Offsets are in the live block; 0 is not there. */
typedef struct lfs_slot {
    uint32_t name_type, name_at, name_len;
    uint32_t struct_type, struct_at, struct_len; /* *_at: the tag's data */
    bw_lfs_attribute *attributes;                /* offsets in the image */
} lfs_slot;

/** A pair whose log was replayed. */
typedef struct lfs_pair {
    uint32_t blocks[2]; /* as they were named */
    uint32_t live;      /* the block that counts */
    lfs_scan scan;      /* of it */
    lfs_slot *slots;
    uint32_t count;
    uint32_t tail_type; /* 0: none */
    uint32_t tail_at;   /* the tag's data */
    uint32_t tail[2];
    uint32_t movestate[3];
    uint32_t movestate_at; /* 0: none */
    bool bad;              /* a finding was made of its log: not all of it is known */
    bool lost;             /* neither block is good: it has no entries */
    bool in_thread;
    bool begins;             /* the first pair of a folder, by the thread */
    bool named;              /* a folder's entry names it, or it continues one that is */
    int64_t next;            /* index of the folder's next pair, or -1 */
    const bw_lfs_entry *dir; /* the folder that it is of, once that is known */
} lfs_pair;

#endif
