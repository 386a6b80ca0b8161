/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which files a target is built from, in the order in which they count, and why; and which look meant for it and are
 * not used.
 *
 * Source: Zephyr 4.1, cmake/modules/dts.cmake, kconfig.cmake, shields.cmake, extensions.cmake (zephyr_file()),
 * hwm_v2.cmake.
 */
#ifndef BW_SYSTEMS_ZEPHYR_FILES_H
#define BW_SYSTEMS_ZEPHYR_FILES_H

#include "systems/zephyr/flags.h"
#include "systems/zephyr/name.h"
#include "systems/zephyr/shield.h"
#include "systems/zephyr/snippet.h"

typedef enum bw_zephyr_use {
    BW_ZEPHYR_USE_DEVICETREE, /**< .dts and overlays, one translation unit in this order */
    BW_ZEPHYR_USE_KCONFIG,    /**< defconfigs and fragments, merged in this order: the last one wins */
    BW_ZEPHYR_USE_SOURCES,    /**< Kconfig files of the board, in this order: the first default wins */
    BW_ZEPHYR_USE_CMAKE,      /**< board.cmake and the others that the build includes */
    BW_ZEPHYR_USE_COUNT,
} bw_zephyr_use;

typedef struct bw_zephyr_file {
    bw_zephyr_use use;
    const char *path;
    const char *why;  /**< half a sentence: what the file is to the target, or why it is not used */
    bool of_revision; /**< it is used for the active revision only */
} bw_zephyr_file;

typedef struct bw_zephyr_files {
    const bw_zephyr_file *used; /**< by use */
    uint32_t used_count;
    const bw_zephyr_file *unused; /**< near misses, in order of path */
    uint32_t unused_count;
    const char *dts;                              /**< the .dts, or NULL: Zephyr goes on with an empty tree */
    const char *const *overlays;                  /**< those behind it; NULL-terminated */
    const char *const *defines;                   /**< -D of snippets, as bw_dts_options has them; NULL-terminated */
    const char *const *dirs, *const *system_dirs; /**< -I and -isystem of snippets; NULL-terminated */
    const char *const *shield_dirs;               /**< NULL-terminated */
} bw_zephyr_files;

/** What is built on top of a target. Lists are NULL-terminated, or NULL. */
typedef struct bw_zephyr_extras {
    const char *const *shields;  /**< names */
    const char *const *snippets; /**< names */
    const char *const *overlays; /**< paths: EXTRA_DTC_OVERLAY_FILE of the command line */
    const bw_zephyr_shields *known_shields;
    const bw_zephyr_snippets *known_snippets;
    bool near_misses; /**< look for files that look meant for the target, too */
} bw_zephyr_extras;

/**
 * Looks the files of a target up.
 * @param extras or NULL. @param place where findings about names of shields and snippets stand
 * @return false after a finding where Zephyr's build stops: twins of a long and a short name, a short name on a board
 *         with several SoCs, an unknown shield or snippet. The files are there all the same.
 */
bool bw_zephyr_find_files(const bw_zephyr *zephyr, const bw_zephyr_choice *choice, const bw_zephyr_extras *extras,
                          bw_place place, bw_arena *arena, bw_findings *findings, bw_zephyr_files *files);

/** Where devicetrees look for what they include; each folder is looked for once. Not thread-safe. */
typedef struct bw_zephyr_include_finder bw_zephyr_include_finder;

bw_zephyr_include_finder *bw_zephyr_include_finder_new(bw_context *ctx);
void bw_zephyr_include_finder_free(bw_zephyr_include_finder *finder);

/**
 * Include directories of a target's devicetree, in Zephyr's order.
 * @param dts_roots folders, NULL-terminated: of the user, the application, the board, the shields, Zephyr
 * @param zephyr_base whose arch/archs.yml gives the architectures; or NULL
 * Source: cmake/modules/pre_dt.cmake.
 */
const char *const *bw_zephyr_include_dirs(bw_zephyr_include_finder *finder, const char *const *dts_roots,
                                          const char *zephyr_base, bw_arena *arena);

#endif
