/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A Linux for guests: kernel, its modules, busybox. What the user does not give is Debian's, fetched once by
 * guest/fetch.sh into the cache folder.
 */
#ifndef BW_BOOT_GUEST_LINUX_H
#define BW_BOOT_GUEST_LINUX_H

#include "base/buffer.h"
#include "base/finding.h"
#include "image/linux_image.h"

#include <glib.h>

typedef struct bw_guest_linux {
    char *folder;       /**< of the cache: busybox and modules lie there */
    char *path;         /**< of the kernel */
    char *title;        /**< "linux-image-6.1.0-56-cloud-arm64 6.1.192-2", or the kernel's path */
    bw_place place;     /**< where the kernel is named; or the file itself */
    GMappedFile *image; /**< the kernel's bytes */
    bw_linux_image header;
    bool has_modules;    /**< those of the cache are this kernel's */
    GHashTable *drivers; /**< compatible of the guest's devices that this kernel has a driver for: set */
    GPtrArray *modules;  /**< of char *: paths of those to be loaded, in order */
} bw_guest_linux;

/** @return where Debian's files are kept, to be freed. */
char *bw_guest_linux_folder(void);
/** @return whether nothing need be fetched. */
bool bw_guest_linux_is_here(void);

/** Fetches Debian's files if they are not there, which takes some seconds. @return false with a finding. */
bool bw_guest_linux_fetch(bw_findings *findings);

/**
 * Finds the kernel.
 * @param kernel path, or NULL: Debian's. @param place where it is named.
 * @return NULL with a finding: guest-kernel-missing, guest-kernel-kind.
 */
bw_guest_linux *bw_guest_linux_open(const char *kernel, bw_place place, bw_findings *findings);
void bw_guest_linux_free(bw_guest_linux *linux);

/** Chooses the modules that devices with these compatibles need, and what these need. @param virtio kinds of virtio
 *  devices behind them, as bits by number: 1 << 1 is a network card. */
void bw_guest_linux_choose(bw_guest_linux *linux, const char *const *compatible, uint32_t virtio);

/** Appends the archive that makes our first process: busybox (fetched), guest/init.sh, modules. @return false with a
 * finding. */
bool bw_guest_initrd_make(const bw_guest_linux *linux, bw_buffer *out, bw_findings *findings);

#endif
