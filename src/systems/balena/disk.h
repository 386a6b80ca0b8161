/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The disk image of a device type, simulated: partition table, gaps, raw writes of boot loaders, partitions, to the
 * sector, as meta-balena's image_types_balena class makes it with parted.
 *
 * One computation for two uses: checks of a repository (sizes from BitBake variables), and what `build --system balena`
 * writes (offsets of boot loaders go into the image and the update hooks from here).
 *
 *     msdos:  MBR  writes  boot  rootA  rootB  [ extended:  EBR gap state  EBR gap data ]
 *     gpt:    MBR GPT  writes and device-specific  boot  rootA  rootB  state  data  gap GPT
 *
 * Sources: balena-os/meta-balena, meta-balena-common/classes/image_types_balena.bbclass; parted 3.5, measured
 * (tests/conformance/balena_disk.py does it again where parted is installed).
 */
#ifndef BW_SYSTEMS_BALENA_DISK_H
#define BW_SYSTEMS_BALENA_DISK_H

#include "base/unit.h"

#define BW_BALENA_SECTOR 512u
#define BW_BALENA_GPT_HEAD 34u /**< sectors at the start that a gpt takes: MBR, header, 128 entries of 128 bytes */
#define BW_BALENA_GPT_TAIL 33u /**< sectors at the end: the copy */

/** What sizes are computed from, all in KiB; 0 of rootb, state, data: as the class has it when they are empty. */
typedef struct bw_balena_sizes {
    bool gpt;
    bool flasher;
    bool fat32;               /**< BALENA_BOOT_FAT32 */
    uint64_t alignment;       /**< BALENA_IMAGE_ALIGNMENT */
    uint64_t device_specific; /**< DEVICE_SPECIFIC_SPACE */
    uint64_t boot;            /**< BALENA_BOOT_SIZE */
    uint64_t root;            /**< size of the root file system: IMAGE_ROOTFS_SIZE; not known of a flasher */
    uint64_t rootb;           /**< BALENA_ROOTB_SIZE */
    uint64_t state;           /**< BALENA_STATE_SIZE */
    uint64_t data;            /**< data image (docker-disk's PARTITION_SIZE) */
} bw_balena_sizes;

/** Defaults of a meta-balena: `>= 8.0.0` or older. Of a flasher the root file system, which holds the image that it
 *  installs, has no set size: the one of the target is taken. */
bw_balena_sizes bw_balena_default_sizes(bool v8, bool flasher);

/** IMAGE_ROOTFS_SIZE as balena-image.bb computes it when nobody sets it; KiB. 0 when the others leave nothing. */
uint64_t bw_balena_default_root(bool v8, uint64_t boot, uint64_t state, uint64_t alignment);

typedef struct bw_balena_partition {
    const char *label;    /**< "resin-boot", "flash-rootA"; of the extended one "extended" */
    unsigned number;      /**< as the kernel and parted count */
    uint64_t first, last; /**< sectors, both belong to it */
    uint8_t type;         /**< MBR type byte, 0 with gpt */
    bool device_specific; /**< of device_specific_configuration */
    bw_place place;       /**< of what makes a device-specific one; no file of the others */
} bw_balena_partition;

/** A raw write: bytes [offset, offset + size) of a medium. */
typedef struct bw_balena_write {
    const char *file;   /**< base name of what is written; NULL: not known */
    const char *path;   /**< as named: "/resin-boot/imx-boot.bin"; '?' for what is not known */
    uint64_t offset;    /**< bytes: bs * seek */
    uint64_t size;      /**< bytes; 0: not known */
    uint64_t most;      /**< bytes that count allows; 0: no limit is known */
    uint64_t block;     /**< bs, bytes */
    bool offset_known;  /**< false: somewhere */
    bool maybe;         /**< behind a condition that is not known */
    bool truncates;     /**< without conv=notrunc: cuts an image file off behind it */
    bool hook;          /**< of an update hook or the flasher, not of the image */
    bool flasher;       /**< of the flasher's variables, then also a hook */
    const char *medium; /**< another address space: "/dev/mmcblk0boot0"; NULL: this disk */
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
    const char *problem; /**< why there is no disk, as a clause; NULL if there is one */
} bw_balena_disk;

/**
 * Computes the partitions; there are no writes yet. All in @p arena.
 * @param extra device-specific ones in the order in which they are made: label, first, last and place are read; their
 *        numbers are 1, 2…, which moves the number of the boot partition
 * @return false when parted would refuse: problem says why
 */
bool bw_balena_disk_make(bw_balena_disk *disk, const bw_balena_sizes *sizes, const bw_balena_partition *extra,
                         uint32_t extra_count, bw_arena *arena);

/** The partition of a role: "boot", "rootA", "rootB", "state", "data"; NULL if there is no disk. */
const bw_balena_partition *bw_balena_disk_find(const bw_balena_disk *disk, const char *role);

#endif
