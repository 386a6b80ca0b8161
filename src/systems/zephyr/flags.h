/* SPDX-License-Identifier: Apache-2.0 */
/**
 * DTS_EXTRA_CPPFLAGS: arguments for the preprocessor of a devicetree, as Zephyr's CMake passes them on.
 *
 * Source: Zephyr 4.1, cmake/modules/extensions.cmake (zephyr_dt_preprocess()); gcc's options for its preprocessor.
 */
#ifndef BW_SYSTEMS_ZEPHYR_FLAGS_H
#define BW_SYSTEMS_ZEPHYR_FLAGS_H

#include "systems/zephyr/snippet.h"

/** What the arguments ask for, in their order; all of const char *. */
typedef struct bw_zephyr_flags {
    GPtrArray *defines;     /**< as bw_dts_options has them; what -U takes back is not there any more */
    GPtrArray *dirs;        /**< -I: before Zephyr's own */
    GPtrArray *system_dirs; /**< -isystem: behind them */
    GPtrArray *files;       /**< -include: behind the devicetree and its overlays, where Zephyr has them */
} bw_zephyr_flags;

/** Makes empty arrays, which the caller frees. */
void bw_zephyr_flags_init(bw_zephyr_flags *flags);

/** Adds the arguments of one value, a list of CMake ("-DA=1;-I;dir"). What is not understood is a finding. */
void bw_zephyr_flags_add(bw_zephyr_flags *flags, const bw_zephyr_append *append, bw_arena *arena,
                         bw_findings *findings);

#endif
