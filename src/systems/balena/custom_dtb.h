/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A devicetree of one's own on a device type that exists: whether the type takes one, and how to get it there.
 *
 *     the file in /mnt/sysroot/active/current/boot ─┐
 *     BALENA_HOST_EXTLINUX_fdt = its name ──► supervisor ──► custom_fdt_file= in extra_uEnv.txt ──► U-Boot or UEFI
 *
 * Which device types take one is decided by patterns of names in the supervisor.
 *
 * Sources: balena-os/balena-supervisor, src/config/backends/extra-uEnv.ts; balena-os/balena-jetson, commit 3dbf9c9;
 * balena documentation, "Customer Board Support", Adding a Custom Device Tree.
 */
#ifndef BW_SYSTEMS_BALENA_CUSTOM_DTB_H
#define BW_SYSTEMS_BALENA_CUSTOM_DTB_H

#include "base/buffer.h"
#include "systems/balena/repo.h"

/** The device or fleet configuration variable, and the older name of it. */
#define BW_BALENA_FDT_VARIABLE "BALENA_HOST_EXTLINUX_fdt"
#define BW_BALENA_FDT_VARIABLE_OLD "RESIN_HOST_EXTLINUX_fdt"

/** The supervisor's pattern that a slug meets, in words ("contains -orin-nx-"); NULL: none, the variable does nothing.
 */
const char *bw_balena_fdt_pattern(const char *slug, bw_arena *arena);

typedef struct bw_balena_custom_dtb {
    const char *slug;
    const char *file;               /**< "carrier.dtb" */
    const char *source;             /**< as given, for the page */
    uint64_t size;                  /**< bytes of the blob */
    const char *model;              /**< of the tree, or NULL */
    const bw_balena_repo *repo;     /**< or NULL: only the slug is known */
    const bw_balena_device *device; /**< or NULL */
} bw_balena_custom_dtb;

/** Findings: a name that the variable cannot have, a slug beyond the patterns, no extra_uEnv.txt in the image. @p place
 *  where the device type stands, or what else there is to point at. @return false on errors */
bool bw_balena_custom_dtb_check(bw_unit *unit, const bw_balena_custom_dtb *dtb, bw_place place);

/** The page, Markdown: on a device, in an image, in the repository. */
void bw_balena_custom_dtb_page(const bw_balena_custom_dtb *dtb, bw_arena *arena, bw_buffer *out);

#endif
