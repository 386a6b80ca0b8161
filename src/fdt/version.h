/* SPDX-License-Identifier: Apache-2.0 */
/** What the versions of the blob format differ in (dtc 1.8.1: flattree.c). Private to src/fdt. */
#ifndef BW_FDT_VERSION_H
#define BW_FDT_VERSION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct bw_fdt_version {
    uint32_t version, last_compatible;
    uint32_t header; /**< bytes of the header */
    bool old;        /**< full paths as node names, name properties, long values at multiples of 8 */
    bool boot_cpuid, strings_size, struct_size; /**< header fields that it has */
} bw_fdt_version;

/** @return NULL for a version that there is not; 0 means 17. */
const bw_fdt_version *bw_fdt_version_find(uint32_t version);

#endif
