/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What `build` writes of a target for Ocre's tree: board files of each sample, a storage image with the chosen
 * containers and hex files of it, a page of documentation, groups of tests.
 *
 *     tree ──► verdict of each sample (verdict.h) ──► .overlay, .conf                     (write_samples.c)
 *                tree with these ──► storage ──► user_data.bin, .hex, merged.hex, flash.bin (write_images.c)
 *                                            ──► docs/, tests_hw/, README.md        (write_docs.c, write_tests.c)
 *
 * Private to systems/ocre. Sources: project-ocre/ocre-runtime, docs for new boards, zephyr/storage_partition.cmake,
 * tests_hw/, .github/workflows/zephyr.yml.
 */
#ifndef BW_SYSTEMS_OCRE_WRITE_H
#define BW_SYSTEMS_OCRE_WRITE_H

#include "systems/ocre/mount.h"
#include "systems/ocre/verdict.h"
#include "systems/systems.h"

bool bw_ocre_build(const bw_system_job *job);

/** A sample of one target. */
typedef struct bw_ocre_written {
    const bw_ocre_verdict *verdict; /**< NULL: it is not asked for */
    bool possible;
    const char *overlay, *conf; /**< the files' texts, NULL: nothing is needed */
    const char *overlay_path, *conf_path;
    /* as it is built: with the overlay and Ocre's own fstab */
    bw_ocre_place storage;
    bw_ocre_mount mount;
} bw_ocre_written;

/** A storage image, for one sample or several whose storage is the same. */
typedef struct bw_ocre_product {
    const char *folder;  /**< "storage" */
    const char *samples; /**< "demo and supervisor" */
    const bw_ocre_written *of;
    uint32_t used, unused; /**< blocks */
    bool has_hex, has_merged, has_flash;
} bw_ocre_product;

/** All that is known while one target is written. Texts live in the arena of the tree's unit. */
typedef struct bw_ocre_output {
    const bw_system_job *job;
    const bw_board *board;
    bw_arena *arena;
    bw_findings *findings;
    const char *target;    /**< "plank/m33" */
    const char *name;      /**< of the board: "plank" */
    const char *stem;      /**< of its files in a sample's boards/ */
    const char *page;      /**< of its page in docs/boards/zephyr/ */
    const char *full_name; /**< "Plank, the board of the examples" */
    bool simulated;        /**< native_sim */
    bw_ocre_written samples[BW_OCRE_SAMPLES];
    bw_ocre_containers containers;
    bw_ocre_product products[BW_OCRE_SAMPLES];
    uint32_t product_count;
} bw_ocre_output;

/** Verdicts, texts of .overlay and .conf, and the storage that results. @return false after an error finding */
bool bw_ocre_write_samples(bw_ocre_output *output);
/** Images, hex files. @return false after an error finding */
bool bw_ocre_write_images(bw_ocre_output *output);
void bw_ocre_write_docs(const bw_ocre_output *output);
void bw_ocre_write_tests(const bw_ocre_output *output);
void bw_ocre_write_readme(const bw_ocre_output *output);

/** Adds a text to the plan, below the target's folder. Takes @p text. */
void bw_ocre_add(const bw_ocre_output *output, GString *text, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** "0x800000 bytes (8 MiB)" */
void bw_ocre_add_bytes(GString *out, uint64_t bytes);

#endif
