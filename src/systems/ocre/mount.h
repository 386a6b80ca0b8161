/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How Zephyr mounts the storage partition: the entry of fstab for it.
 *
 * Source: Zephyr, dts/bindings/fs/zephyr,fstab,littlefs.yaml, subsys/fs/littlefs_fs.c.
 */
#ifndef BW_SYSTEMS_OCRE_MOUNT_H
#define BW_SYSTEMS_OCRE_MOUNT_H

#include "image/lfs.h"
#include "tree/tree.h"

/** read-size, prog-size, cache-size and lookahead-size of the fstab.overlay that each sample of Ocre has. */
#define BW_OCRE_FSTAB_SIZE 256U

/** An entry of fstab; of its numbers 0 is not said. */
typedef struct bw_ocre_mount {
    const bw_node *node; /**< NULL: there is none */
    uint32_t read_size, prog_size, cache_size;
    uint32_t disk_version; /**< BW_LFS_VERSION_… */
} bw_ocre_mount;

/** @return the first entry for a partition. */
bw_ocre_mount bw_ocre_mount_of(const bw_tree *tree, const bw_node *partition);

/** What an image for it is made with, but for block size and count. */
bw_lfs_options bw_ocre_mount_options(const bw_ocre_mount *mount);

#endif
