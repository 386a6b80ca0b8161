/* SPDX-License-Identifier: Apache-2.0 */
/**
 * littlefs images: a strict reader and a writer. Disk versions 2.0 and 2.1.
 *
 * The reader looks at all of an image and reports each fault with its byte and block; what is readable beside it is
 * still listed. The writer makes a fresh image whose first change on the device needs no erase. Both follow littlefs'
 * SPEC.md and, where that is silent, what the library (2.11) does.
 *
 * All input is hostile: every block is looked at once, so that reading ends whatever the pointers say.
 */
#ifndef BW_IMAGE_LFS_H
#define BW_IMAGE_LFS_H

#include "base/buffer.h"
#include "base/finding.h"

#define BW_LFS_VERSION_2_0 0x00020000U
#define BW_LFS_VERSION_2_1 0x00020001U

/* What the library is built with unless somebody changes it; Zephyr keeps these. */
#define BW_LFS_NAME_MAX 255U
#define BW_LFS_FILE_MAX 2147483647U
#define BW_LFS_ATTR_MAX 1022U

/** The least block that the library takes. */
#define BW_LFS_BLOCK_MIN 128U

/** A user attribute of a file or folder. */
typedef struct bw_lfs_attribute {
    struct bw_lfs_attribute *next;
    uint8_t type;
    uint32_t len;
    uint64_t offset; /**< of its bytes in the image */
} bw_lfs_attribute;

typedef struct bw_lfs_entry {
    struct bw_lfs_entry *next;     /**< in its folder, in the order of the medium */
    struct bw_lfs_entry *children; /**< of a folder */
    struct bw_lfs_entry *parent;   /**< NULL: the root */
    const char *name;              /**< "" for the root; any bytes but NUL */
    uint32_t name_len;
    bool is_dir;
    bool broken;     /**< its content cannot be told; a finding says why */
    bool bad_name;   /**< it must not be used as a file's name, or is there twice */
    bool inlined;    /**< a file whose bytes stand in its folder's blocks */
    uint64_t offset; /**< in the image: its name tag; of an inlined file's bytes: data_offset */
    uint64_t data_offset;
    uint32_t size;    /**< of a file, bytes */
    uint32_t head;    /**< block with the last bytes of a file that is not inlined */
    uint32_t first;   /**< block with its first bytes */
    uint32_t blocks;  /**< of a file's data; of a folder, two for each pair */
    uint32_t pair[2]; /**< of a folder: its first pair */
    bw_lfs_attribute *attributes;
} bw_lfs_entry;

typedef struct bw_lfs {
    const char *path; /**< of the image, for findings */
    const uint8_t *data;
    size_t len;
    bool readable; /**< there is a superblock, and what follows was looked at */
    uint32_t version;
    uint32_t block_size, block_count;
    uint32_t name_max, file_max, attr_max;
    bw_lfs_entry *root;                         /**< NULL unless readable */
    uint32_t pair_count, file_count, dir_count; /**< the root is one of the folders */
    uint32_t used_count;                        /**< blocks, both of each pair */
    const uint32_t *owners;                     /**< of each block that the image has: 0 is free */
    uint32_t image_blocks;                      /**< whole blocks that the image has */
} bw_lfs;

/** What a file system must be to be mounted; 0 is anything. */
typedef struct bw_lfs_expect {
    uint32_t block_size, block_count;
    const char *whose; /**< "the storage partition of plank/m33", for findings; NULL: what was asked for */
} bw_lfs_expect;

/**
 * Reads an image. Everything lives in @p arena, and points into @p data.
 * @param expect may be NULL. @return never NULL; see readable.
 */
bw_lfs *bw_lfs_read(bw_arena *arena, const char *path, const uint8_t *data, size_t len, const bw_lfs_expect *expect,
                    bw_findings *findings);

/** Appends a file's bytes. @return false, and nothing, for what is broken or no file. */
bool bw_lfs_content(const bw_lfs *lfs, const bw_lfs_entry *file, bw_buffer *out);

/** @return "/ocre/images/a.wasm", in @p arena; "/" for the root. */
const char *bw_lfs_path(bw_arena *arena, const bw_lfs_entry *entry);

/** Order of names in a folder: by bytes, and what continues another name comes before it. */
int bw_lfs_compare(const char *a, size_t a_len, const char *b, size_t b_len);

/** @return how many bytes the image has by its superblock, whatever @p len; 0: it is none. */
uint64_t bw_lfs_size(const uint8_t *data, size_t len);

/** Blocks of data that a file of @p size bytes takes when it is not inlined. */
uint32_t bw_lfs_blocks_of(uint64_t size, uint32_t block_size);

/* ---- writing ---- */

/** What goes into an image. Names and bytes are the caller's and must live until the image is made. */
typedef struct bw_lfs_node {
    const char *name; /**< ignored of the root */
    bool is_dir;
    struct bw_lfs_node *children; /**< of a folder, in any order */
    struct bw_lfs_node *next;
    uint64_t size;      /**< of a file */
    const char *source; /**< where it comes from, for findings; may be NULL */
    const void *bytes;  /**< of a file; or NULL, then bw_lfs_options.load gets them */
} bw_lfs_node;

typedef struct bw_lfs_options {
    uint32_t block_size; /**< bytes */
    uint32_t block_count;
    uint32_t prog_size;  /**< bytes that are programmed at once, at most; a divisor of block_size */
    uint32_t inline_max; /**< files up to so many bytes are inlined; see bw_lfs_inline_max() */
    uint32_t version;    /**< BW_LFS_VERSION_… */
    uint32_t name_max, file_max, attr_max;
    /** Fills in the bytes of a file that has none: @p size bytes at @p to. @return false after a finding. */
    bool (*load)(void *user, const bw_lfs_node *file, uint8_t *to);
    void *user;
} bw_lfs_options;

/** What the library would keep inline: the least of cache size, attr_max and an eighth of a block. */
uint32_t bw_lfs_inline_max(uint32_t cache_size, uint32_t attr_max, uint32_t block_size);

/** A sentence about what is wrong with the geometry of @p options, or NULL. @p arena holds it. */
const char *bw_lfs_options_problem(bw_arena *arena, const bw_lfs_options *options);

/** An image that was made: the blocks up to the last one in use; all others are erased, 0xff. */
typedef struct bw_lfs_image {
    bw_buffer bytes; /**< used blocks, from block 0 on; bw_buffer_free() it */
    uint32_t block_size, block_count;
    uint32_t used_count; /**< blocks, both of each pair */
    uint32_t file_count, dir_count;
} bw_lfs_image;

/**
 * Makes an image of @p root. The same input gives the same bytes whatever the order of children.
 * @param place of findings that are about no single file: the image. @return false after findings.
 */
bool bw_lfs_make(const bw_lfs_node *root, const bw_lfs_options *options, const char *place, bw_lfs_image *image,
                 bw_findings *findings);

#endif
