/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Shields: folders <root>/boards/shields/<any>/ with a shield.yml, or with Kconfig.shield and overlays.
 *
 * Source: Zephyr 4.1, scripts/list_shields.py, scripts/schemas/shield-schema.yml, cmake/modules/shields.cmake.
 */
#ifndef BW_SYSTEMS_ZEPHYR_SHIELD_H
#define BW_SYSTEMS_ZEPHYR_SHIELD_H

#include "systems/zephyr/zephyr.h"
#include "yaml/schema.h"

typedef struct bw_zephyr_shield {
    const char *name;
    const char *full_name; /**< or NULL */
    const char *dir;       /**< as the root was given */
    const bw_yaml *at;     /**< the name in shield.yml; NULL without one */
} bw_zephyr_shield;

typedef struct bw_zephyr_shields {
    const bw_zephyr_shield *items; /**< root by root, by folder, in the order of the file */
    uint32_t count;
    bool failed; /**< Zephyr's script would have refused a shield.yml */
} bw_zephyr_shields;

extern const bw_schema bw_shield_yml_schema;

/** Reads the shields of the board roots, the Zephyr tree's last. */
bw_zephyr_shields bw_zephyr_shields_load(bw_context *ctx, const char *const *board_roots, bw_arena *arena,
                                         bw_findings *findings);

/** @return the shield that Zephyr takes for a name: of several the one of the last root. NULL if there is none. */
const bw_zephyr_shield *bw_zephyr_shield_called(const bw_zephyr_shields *shields, const char *name);
const char *bw_zephyr_near_shield(const bw_zephyr_shields *shields, const char *name);

#endif
