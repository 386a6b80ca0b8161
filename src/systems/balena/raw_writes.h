/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Raw writes and partitions out of shell fragments: dd and parted on the image or on a disk.
 */
#ifndef BW_SYSTEMS_BALENA_RAW_WRITES_H
#define BW_SYSTEMS_BALENA_RAW_WRITES_H

#include "systems/balena/disk.h"
#include "systems/balena/repo.h"

/** What is found, appended to. */
typedef struct bw_balena_raw {
    GArray *writes;       /**< of bw_balena_write */
    GArray *partitions;   /**< of bw_balena_partition, in the order in which they are made */
    bool partitions_lost; /**< some partition could not be followed */
    bool beyond;          /**< some text was not understood to its end */
} bw_balena_raw;

bw_balena_raw bw_balena_raw_new(void);
void bw_balena_raw_free(bw_balena_raw *raw);

/** Follows a recipe's function for the store's machine, with its appends; what meta-balena itself has in it is left
 *  out. */
void bw_balena_raw_function(bw_balena_raw *raw, const bw_balena_repo *repo, bw_bb_store *store, const char *name);
/** Follows a script that runs on the device. */
void bw_balena_raw_script(bw_balena_raw *raw, const bw_balena_repo *repo, const char *path);

/** Number of dd: "33", "1K", "2x512", "4kB". @return false when it is none */
bool bw_balena_dd_number(const char *text, uint64_t *number);

/** The file below the repository's own layer that has this base name, or NULL when there is none or several differ. */
const char *bw_balena_layer_file(const bw_balena_repo *repo, const char *name);
/** All of them, sorted by path. Folders are looked through once. */
const char *const *bw_balena_layer_files(const bw_balena_repo *repo, const char *name, uint32_t *count);

#endif
