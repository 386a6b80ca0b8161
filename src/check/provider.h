/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Properties that are lists of a phandle and as many cells as the provider's #...-cells says.
 */
#ifndef BW_CHECK_PROVIDER_H
#define BW_CHECK_PROVIDER_H

#include "check/engine.h"

typedef struct bw_provider {
    size_t property; /**< offset in bw_known_names */
    size_t cells;    /**< likewise: the name of the #...-cells property */
    bool may_lack;   /**< a provider without that property takes no cells */
} bw_provider;

/** @return the name at an offset in bw_known_names. */
static inline const bw_name *bw_known_at(const bw_known_names *n, size_t offset)
{
    return *(const bw_name *const *)(const void *)((const char *)n + offset);
}

#endif
