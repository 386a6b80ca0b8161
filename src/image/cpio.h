/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Archives that Linux unpacks as its first root: cpio, "newc". The same files give the same bytes: owner 0, time 0,
 * inodes in order. Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#ifndef BW_IMAGE_CPIO_H
#define BW_IMAGE_CPIO_H

#include "base/buffer.h"

/** Zero-initialise, then set out. Paths have no '/' at the beginning; a folder comes before what is in it. */
typedef struct bw_cpio {
    bw_buffer *out;
    uint32_t inode;
} bw_cpio;

void bw_cpio_folder(bw_cpio *cpio, const char *path);
/** @param mode permissions: 0755. @param len below 4 GiB. */
void bw_cpio_file(bw_cpio *cpio, const char *path, uint32_t mode, const void *data, size_t len);
/** A character device. */
void bw_cpio_device(bw_cpio *cpio, const char *path, uint32_t mode, uint32_t major, uint32_t minor);
/** The trailer. The archive ends at a multiple of 512 bytes, so that another may follow. */
void bw_cpio_end(bw_cpio *cpio);

#endif
