/* SPDX-License-Identifier: Apache-2.0 */
/** What the devicetree of a board says of its storage, for images. */
#ifndef BW_CLI_IMAGE_BOARD_H
#define BW_CLI_IMAGE_BOARD_H

#include "cli/options.h"
#include "systems/ocre/mount.h"

#include <stdint.h>

/** The partition labelled storage_partition, and the littlefs that an fstab puts on it. 0 is not said. */
typedef struct bw_storage {
    uint64_t size;       /**< bytes */
    uint32_t block_size; /**< the flash's erase block */
    bool mapped;         /**< in the CPU's address space, by the rule of systems/ocre/storage.h */
    uint64_t address;
    bool has_formula;
    uint64_t formula;     /**< where Ocre's own build would put it */
    const char *how;      /**< what says the address: "ranges" … */
    bw_ocre_mount mount;  /**< the fstab entry whose partition it is; its node is not to be used */
    const char *aot_arch; /**< how names of AOT architectures begin that Ocre's runtime takes there; NULL: not known */
    char *whose;          /**< "the storage partition of plank/m33" */
} bw_storage;

/** Reads a target. @return false when there is no storage to be found; then it is said, and @p exit_code is set. */
bool bw_storage_of(bw_storage *storage, const char *command, const bw_options *options, const char *target,
                   int *exit_code);
/** Says on standard error where the address comes from if another one could be expected: where Ocre's own build
 * computes another, or nothing but a hint gives it. */
void bw_storage_say_address(const bw_storage *storage, const char *command);
void bw_storage_free(bw_storage *storage);

#endif
