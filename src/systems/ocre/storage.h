/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where Ocre keeps its state: the partition labelled storage_partition, and the address at which an image of it goes.
 *
 * Sources: project-ocre/ocre-runtime, zephyr/Kconfig (OCRE_STORAGE_PARTITION_*); Zephyr,
 * scripts/kconfig/kconfigfunctions.py and edtlib (addresses are translated through ranges as far as there are some).
 */
#ifndef BW_SYSTEMS_OCRE_STORAGE_H
#define BW_SYSTEMS_OCRE_STORAGE_H

#include "board/board.h"

#define BW_OCRE_STORAGE_LABEL "storage_partition"
/** What Ocre takes for the block size when the devicetree does not say: bytes. */
#define BW_OCRE_BLOCK_DEFAULT 0x1000U
/** Root, ocre, images and containers are folders of littlefs, two blocks each. */
#define BW_OCRE_BLOCKS_EMPTY 8U
/** With hello-world, one container's folder and what copy-on-write takes. */
#define BW_OCRE_BLOCKS_USEFUL 12U

/** What tells where the storage can be read in the address space of the CPU. */
typedef enum bw_ocre_mapping {
    BW_OCRE_UNMAPPED,
    BW_OCRE_BY_RANGES,     /**< of the partition itself: what Zephyr calls a mapped partition */
    BW_OCRE_BY_FLASH,      /**< reg of flash on the chip, or of one that ranges translate */
    BW_OCRE_BY_CHIP,       /**< reg of an external chip holds the mapped address, where a chip select should stand */
    BW_OCRE_BY_CONTROLLER, /**< a second reg of the controller of the chip */
} bw_ocre_mapping;

typedef struct bw_ocre_storage {
    const bw_node *node;        /**< NULL: nothing has the label */
    const bw_node *unavailable; /**< it or the ancestor that is not okay */
    const bw_prop *reg;         /**< of the partition */
    uint32_t reg_offset, reg_len;
    bool known;                 /**< offset and size are */
    uint64_t offset;            /**< as in reg: in what its table divides */
    uint64_t size;              /**< bytes */
    const bw_flash *flash;      /**< NULL: the partition is in no flash */
    const bw_node *grandparent; /**< what Ocre takes for the flash */
    uint32_t block;             /**< as Ocre takes it, bytes; never 0 */
    bool block_guessed;
    bw_ocre_mapping mapping;
    uint64_t address; /**< if mapped */
    uint64_t base;    /**< of the flash, if mapped by it or its controller */
    bool has_formula;
    uint64_t formula; /**< the address that Ocre's build computes */
} bw_ocre_storage;

bw_ocre_storage bw_ocre_storage_of(const bw_board *board);
/** A partition that does not exist yet, directly below a table of the flash. @param ranges the table has them */
bw_ocre_storage bw_ocre_storage_in(const bw_board *board, const bw_flash *flash, uint64_t offset, uint64_t size,
                                   bool ranges);

/** What that driver's page layout has unless the symbol is set: bytes. */
#define BW_OCRE_LAYOUT_DEFAULT 0x10000U
/** The symbol without CONFIG_ that gives the page layout of a flash's driver its size, where the devicetree does not;
 * or NULL. Zephyr's littlefs takes such a page for the block. Source: Zephyr, drivers/flash/Kconfig.*. */
const char *bw_ocre_layout_symbol(const bw_tree *tree, const bw_node *flash);

/** @return blocks of littlefs in the partition. */
static inline uint64_t bw_ocre_storage_blocks(const bw_ocre_storage *s)
{
    return s->size / s->block;
}

#endif
