/* SPDX-License-Identifier: Apache-2.0 */
/**
 * boards/deprecated.cmake: names of boards and targets that were replaced by others.
 *
 * The file has one kind of command, set(<name>_DEPRECATED <new name>), in CMake's syntax.
 */
#ifndef BW_SYSTEMS_ZEPHYR_DEPRECATED_H
#define BW_SYSTEMS_ZEPHYR_DEPRECATED_H

#include "base/context.h"

typedef struct bw_zephyr_renamed {
    const char *old; /**< "board" or "board/qualifiers" */
    const char *now;
    bw_place old_at, now_at;
} bw_zephyr_renamed;

typedef struct bw_zephyr_deprecated {
    bw_source *source;
    const bw_zephyr_renamed *items; /**< in the order of the file; of two with one name CMake has the last */
    uint32_t count;
} bw_zephyr_deprecated;

/** @return what the file says; NULL if it is not there. Other commands in it are not looked at. */
const bw_zephyr_deprecated *bw_zephyr_deprecated_read(bw_context *ctx, const char *path, bw_arena *arena);

/** @return the name that replaces @p old, or NULL. @p deprecated may be NULL. */
const bw_zephyr_renamed *bw_zephyr_renamed_from(const bw_zephyr_deprecated *deprecated, const char *old);

#endif
