/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a repository makes of a device type's disk: sizes from BitBake's variables, device-specific partitions and raw
 * writes from the functions of image recipes, the flasher and update hooks, put on the disk of disk.h.
 *
 *     bw_balena_store() ─► sizes ──────────────┐
 *     device_specific_configuration ─► mkpart ─┼─► bw_balena_disk_make() ─► bw_balena_image
 *     IMAGE_CMD:append, hooks ─► dd ───────────┘
 *
 * Sources: balena-os/meta-balena, meta-balena-common: classes/image_types_balena.bbclass, recipes-core/images,
 * recipes-support/{hostapp-update-hooks,resin-init}; GNU Coreutils manual, "dd invocation"; GNU Parted manual,
 * "mkpart".
 */
#ifndef BW_SYSTEMS_BALENA_IMAGE_H
#define BW_SYSTEMS_BALENA_IMAGE_H

#include "systems/balena/disk.h"
#include "systems/balena/repo.h"

/** Variables that the disk depends on. */
typedef enum bw_balena_setting_kind {
    BW_BALENA_ALIGNMENT,
    BW_BALENA_SPACE,
    BW_BALENA_BOOT_SIZE,
    BW_BALENA_ROOT_SIZE,
    BW_BALENA_ROOTB_SIZE,
    BW_BALENA_STATE_SIZE,
    BW_BALENA_DATA_SIZE, /**< PARTITION_SIZE of docker-disk, which is in MiB */
    BW_BALENA_SETTINGS,
} bw_balena_setting_kind;

typedef struct bw_balena_setting {
    const char *name; /**< "BALENA_BOOT_SIZE" */
    bool set;         /**< by the repository; false: meta-balena's default */
    bool known;       /**< it is a number */
    uint64_t value;   /**< KiB */
    bw_place place;   /**< of the statement that set it */
} bw_balena_setting;

/** An update hook that a device type lists. */
typedef struct bw_balena_hook {
    const char *name; /**< as listed */
    const char *path; /**< of its file in the repository, or NULL */
    bool own;         /**< not one of meta-balena's */
    bw_place place;   /**< where it is listed */
} bw_balena_hook;

typedef struct bw_balena_image {
    const bw_balena_device *device;
    bool flasher; /**< the flasher's own image, not the one that it installs */
    bool v8;      /**< defaults of meta-balena 8.0.0 and later */
    bw_balena_setting settings[BW_BALENA_SETTINGS];
    bw_place table_place; /**< of PARTITION_TABLE_TYPE; no file: the default */
    const char *unknown;  /**< why there is no disk: a setting that is not known, as a clause; NULL if all are */
    const bw_balena_partition *first_extra; /**< of those that device_specific_configuration makes; NULL: none */
    bool drawn;                             /**< disk has partitions */
    const char *unsure; /**< a file of the machine that is not here, and whose overrides may change the disk; or NULL */
    bool partitions_known; /**< device_specific_configuration was followed to its end */
    bw_balena_disk disk;   /**< writes: all that there are, also of other media and with unknown offsets */
    bw_balena_hook *hooks; /**< of the target's image */
    uint32_t hook_count;
} bw_balena_image;

/** The image of a device type; with hooks' and the flasher's writes when it is the one that runs in the end. In the
 *  arena of the repository's unit. @param deploy folder with built files, whose sizes the writes get; or NULL */
void bw_balena_image_read(bw_balena_image *image, const bw_balena_repo *repo, const bw_balena_device *device,
                          bool flasher, const char *deploy);

/** @return of bw_balena_hook, to be freed with g_array_unref() */
GArray *bw_balena_hooks_of(const bw_balena_repo *repo, const bw_balena_device *device);
/** Writes of one hook, appended to @p writes (of bw_balena_write). @return false when it was not understood to its end
 */
bool bw_balena_hook_writes(const bw_balena_repo *repo, const bw_balena_hook *hook, GArray *writes);

/** What a boot partition gets. */
typedef struct bw_balena_boot_files {
    const char **paths; /**< "/imx-boot.bin"; may hold '*' for what is not known */
    uint32_t count;
    bool whole; /**< nothing else can be in the list */
} bw_balena_boot_files;
bw_balena_boot_files bw_balena_boot_files_of(const bw_balena_repo *repo, const bw_balena_device *device, bool flasher);

#endif
