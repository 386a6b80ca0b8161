/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A tree of Ocre: its samples with their board files, what its workspace imports, its pages on boards.
 *
 * Source: project-ocre/ocre-runtime, src/samples/<sample>/zephyr, docs/boards/zephyr, west.yml. Board files are called
 * as Zephyr calls those of any application: cmake/modules/extensions.cmake, zephyr_file(CONF_FILES).
 */
#ifndef BW_SYSTEMS_OCRE_SDK_H
#define BW_SYSTEMS_OCRE_SDK_H

#include "systems/ocre/conf.h"
#include "systems/ocre/section.h"
#include "systems/zephyr/lookup.h"
#include "systems/zephyr/stem.h"

/** A file in a sample's boards/ folder. */
typedef struct bw_ocre_file {
    const char *path, *stem; /**< the stem is its name without ending */
    bool is_conf;            /**< .conf, else .overlay */
} bw_ocre_file;

/** One sample of the tree; folder is NULL where the tree has it not. */
typedef struct bw_ocre_folder {
    const char *folder;        /**< src/samples/<sample>/zephyr */
    const char *prj, *fstab;   /**< prj.conf and fstab.overlay, or NULL */
    const bw_ocre_file *files; /**< by name; fragments that a user names, overlay-*.conf, are left out */
    uint32_t file_count;
} bw_ocre_folder;

typedef struct bw_ocre_sdk {
    const char *path;
    bw_ocre_folder samples[BW_OCRE_SAMPLES];
    const char *docs;           /**< docs/boards/zephyr; NULL: there is none */
    const char *const *imports; /**< name-allowlist of west.yml; NULL: nothing is left out, or it is not known */
    const bw_yaml *imports_at;  /**< where the list stands */
} bw_ocre_sdk;

/** Whether a folder is a tree of Ocre: it has a sample for Zephyr. */
bool bw_ocre_is_sdk(const char *path);

/** Reads a tree, into @p arena. @return never NULL; findings say what cannot be read. */
const bw_ocre_sdk *bw_ocre_sdk_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings);

/** What one sample is built from for one target. */
typedef struct bw_ocre_app {
    const bw_ocre_sdk *sdk;
    bw_ocre_sample sample;
    const bw_ocre_file *conf, *overlay; /**< of the target, or NULL */
    const char *const *overlays;        /**< all to be put behind the devicetree, in order; NULL-terminated */
    const bw_ocre_conf *settings;       /**< all that is configured */
    const char *vendor;                 /**< folder of the SoC below soc/: "st"; NULL: not known */
    bool is_64;                         /**< the target is one of 64 bits, as far as its name says */
} bw_ocre_app;

/** @param more overlays before the sample's (--overlay), NULL-terminated, or NULL
 *  @param choice, files of the target, or NULL: then names are taken from the target alone */
const bw_ocre_app *bw_ocre_app_of(const bw_ocre_sdk *sdk, bw_ocre_sample sample, bw_context *ctx,
                                  const bw_target *target, const bw_zephyr_choice *choice, const bw_zephyr_files *files,
                                  const char *const *more, bw_arena *arena, bw_findings *findings);

/** Names of board files against the targets of all boards that are known, and pages of boards. @param board_names gets
 *  (of const char *, in the arena) the targets that have board files, sorted, each once. */
void bw_ocre_check_sdk(const bw_ocre_sdk *sdk, const bw_zephyr *z, bw_arena *arena, GPtrArray *targets,
                       bw_findings *findings);

#endif
