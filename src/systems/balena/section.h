/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The `balena:` section of support.yml, and what is decided for one device type from it and from the devicetree: names,
 * architecture, media, the boot loader's places on the disk, the LED. All that the templates ask for is here.
 */
#ifndef BW_SYSTEMS_BALENA_SECTION_H
#define BW_SYSTEMS_BALENA_SECTION_H

#include "systems/balena/disk.h"
#include "systems/balena/repo.h"
#include "systems/systems.h"

extern const bw_schema bw_balena_schema;

/** meta-balena whose defaults and classes the written files are for. */
#define BW_BALENA_META_VERSION "8.0.2"

typedef enum bw_balena_loader { BW_BALENA_UBOOT, BW_BALENA_GRUB } bw_balena_loader;

/** A file of the boot loader that is written outside of partitions. */
typedef struct bw_balena_raw {
    const char *file;
    uint64_t offset, max_size; /**< bytes; max_size 0: up to what follows */
    uint64_t block, seek;      /**< of dd: block * seek = offset */
    bw_place place;
} bw_balena_raw;

/** A layer of the BSP: a submodule with the layers in it. */
typedef struct bw_balena_bsp {
    const char *url, *branch;  /**< branch: NULL, the release's */
    const char *folder;        /**< "meta-freescale": below layers/ */
    const char *const *layers; /**< of const char *: below folder, "" for itself; NULL-terminated */
} bw_balena_bsp;

typedef struct bw_balena_type {
    const bw_system_job *job;
    bw_arena *arena;
    const char *family, *machine, *slug, *name;
    const char *arch; /**< "aarch64", "armv7hf", "amd64", "i386" */
    const bw_balena_release *release;
    const char *state; /**< "new" */

    bool own_machine;     /**< conf/machine is written; else a BSP has it */
    const char *tune;     /**< DEFAULTTUNE, or NULL */
    const char *requires; /**< what the machine's file requires */
    bw_balena_bsp *bsps;
    uint32_t bsp_count;

    bw_balena_loader loader;
    const char *loader_recipe; /**< "u-boot" */
    const char *loader_config; /**< UBOOT_MACHINE: "plank_defconfig", or NULL */
    bw_balena_raw *raws;
    uint32_t raw_count;
    const char *loader_file; /**< U-Boot's, also when no offset says that it is written; or NULL */
    bool boot_device;        /**< loader_device is a boot partition of an eMMC */
    const char *loader_device; /**< where the flasher writes the boot loader, when that is not the internal disk */

    const char *kernel;       /**< recipe: "linux-yocto" */
    const char *kernel_image; /**< "Image", "zImage", "bzImage" */
    const char *dtb;          /**< "plank.dtb" or "vendor/x.dtb"; NULL: the architecture has none */
    const char *kernel_arch; /**< "arm64": folder below arch/ */
    const char *defconfig;   /**< for linux-yocto */
    bool own_dts;             /**< the board's devicetree goes into the kernel */

    bool flasher;
    const char *internal;            /**< "emmc", "nvme" …; NULL: it runs from an SD card */
    const char *flash_protocol;  /**< data.flashProtocol, or NULL */
    const char *internal_device;     /**< INTERNAL_DEVICE_KERNEL: "mmcblk0" */
    const char *const *alternatives; /**< data.media.altBoot, NULL-terminated */

    bw_balena_sizes sizes;
    bool own_sizes[3]; /**< boot, root, state: of support.yml, not the class's */

    const char *console; /**< "ttyAMA0", or NULL */
    uint32_t baud;
    const char *led; /**< its name below /sys/class/leds, or NULL */
    bool hdmi, wifi, bluetooth;
} bw_balena_type;

/** Decides. Findings stand at the lines of support.yml. @return NULL after an error. */
bw_balena_type *bw_balena_decide(const bw_system_job *job, bw_arena *arena);

/** Writes the repository, the contract and the tests into the job's folder. */
bool bw_balena_build(const bw_system_job *job);

#endif
