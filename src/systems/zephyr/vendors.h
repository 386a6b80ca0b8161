/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Vendors by their devicetree prefixes: dts/bindings/vendor-prefixes.txt of a tree.
 */
#ifndef BW_SYSTEMS_ZEPHYR_VENDORS_H
#define BW_SYSTEMS_ZEPHYR_VENDORS_H

#include "base/context.h"

typedef struct bw_zephyr_vendors {
    const char *const *names; /**< in the order of the file; NULL-terminated */
    GHashTable *set;
    bw_arena arena;
} bw_zephyr_vendors;

/** @param root a Zephyr tree or a module; NULL, or one without the file, has no vendors. */
bw_zephyr_vendors *bw_zephyr_vendors_read(bw_context *ctx, const char *root);
void bw_zephyr_vendors_free(bw_zephyr_vendors *vendors);

bool bw_zephyr_vendor_is_known(const bw_zephyr_vendors *vendors, const char *name);

#endif
