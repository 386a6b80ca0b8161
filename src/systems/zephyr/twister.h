/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Test data: what twister has to know of a board's targets, from the *.yaml files beside its board.yml.
 *
 * Sources: Zephyr 4.1, scripts/schemas/twister/platform-schema.yaml, scripts/pylib/twister/twisterlib/platform.py.
 */
#ifndef BW_SYSTEMS_ZEPHYR_TWISTER_H
#define BW_SYSTEMS_ZEPHYR_TWISTER_H

#include "systems/zephyr/zephyr.h"
#include "yaml/schema.h"

/** One name that twister knows: of a target, with a revision where the board has a list of them. */
typedef struct bw_zephyr_platform {
    const bw_zephyr_target *target;
    const char *revision; /**< NULL: the board has none, or one without a name */
} bw_zephyr_platform;

extern const bw_schema bw_twister_schema;

/** Reads a file into @p arena. @return NULL with findings when twister would refuse it. */
const bw_yaml *bw_zephyr_twister_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings);

/** Whether twister knows a name: "board", "board/qualifiers", both with "@revision". */
bool bw_zephyr_platform_called(const bw_zephyr *zephyr, const char *name, bw_arena *arena,
                               bw_zephyr_platform *platform);

/** The names that twister has for the targets of a board (added to an array of const char *). */
void bw_zephyr_platform_names(const bw_zephyr_board *board, bw_arena *arena, GPtrArray *names);

#endif
