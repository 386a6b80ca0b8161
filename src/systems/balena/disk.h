/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The disk image of a device type, simulated: partition table, gaps, raw writes of boot loaders, partitions, to the
 * sector, as meta-balena's image_types_balena class makes it with parted.
 *
 * One computation for two uses: checks of a repository (sizes from BitBake variables), and what `build --system balena`
 * writes (offsets of boot loaders go into the image and the update hooks from here).
 *
 * Sources: balena-os/meta-balena, meta-balena-common/classes/image_types_balena.bbclass; parted 3.5, measured.
 */
#ifndef BW_SYSTEMS_BALENA_DISK_H
#define BW_SYSTEMS_BALENA_DISK_H

#include "base/unit.h"

#define BW_BALENA_SECTOR 512u

/** What sizes are computed from, all in KiB; 0 of rootb, state, data: as the class has it when they are empty. */
typedef struct bw_balena_sizes {
    bool gpt;
    bool flasher;
    uint64_t alignment;       /**< BALENA_IMAGE_ALIGNMENT */
    uint64_t device_specific; /**< DEVICE_SPECIFIC_SPACE */
    uint64_t boot;            /**< BALENA_BOOT_SIZE */
    uint64_t root;            /**< IMAGE_ROOTFS_SIZE */
    uint64_t rootb;           /**< BALENA_ROOTB_SIZE */
    uint64_t state;           /**< BALENA_STATE_SIZE */
    uint64_t data;            /**< data image (docker-disk's PARTITION_SIZE) */
} bw_balena_sizes;

/** Defaults of a meta-balena: `>= 8.0.0` or older. */
bw_balena_sizes bw_balena_default_sizes(bool v8, bool flasher);

typedef struct bw_balena_partition {
    const char *label;    /**< "resin-boot", "flash-rootA"; of the extended one "extended" */
    unsigned number;      /**< as the kernel and parted count */
    uint64_t first, last; /**< sectors, both belong to it */
    uint8_t type;         /**< MBR type byte, 0 with gpt */
    bool device_specific; /**< of device_specific_configuration */
} bw_balena_partition;

/** A raw write: bytes [offset, offset + size) of the medium. */
typedef struct bw_balena_write {
    const char *file; /**< what is written, as named */
    uint64_t offset;  /**< bytes: bs * seek */
    uint64_t size;    /**< bytes; 0: not known */
    uint64_t block;   /**< bs, bytes */
    bool hook;        /**< of an update hook or the flasher, not of the image */
    bw_place place;
} bw_balena_write;

typedef struct bw_balena_disk {
    bw_balena_sizes sizes;
    uint64_t sectors;                /**< of the whole image */
    bw_balena_partition *partitions; /**< in order of their first sector */
    uint32_t partition_count;
    uint64_t ebr[2]; /**< msdos: sectors of the extended boot records */
    bw_balena_write *writes;
    uint32_t write_count;
} bw_balena_disk;

/** Computes the partitions. @param extra device-specific ones, in KiB [start, end) pairs with labels, or NULL.
 *  All in @p arena. @return false when the sizes make no disk (alignment 0, beyond 2 TiB of msdos). */
bool bw_balena_disk_make(bw_balena_disk *disk, const bw_balena_sizes *sizes, bw_arena *arena);

#endif
