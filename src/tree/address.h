/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Addresses seen from the root: what a bus address becomes through the ranges of all buses above.
 * Source: Devicetree Specification v0.4, 2.3.8; PCI Bus Binding to Open Firmware for 3-cell addresses.
 */
#ifndef BW_TREE_ADDRESS_H
#define BW_TREE_ADDRESS_H

#include "tree/cells.h"

typedef enum bw_translate_state {
    BW_TRANSLATED,
    BW_TRANSLATE_NO_RANGES, /**< a bus has no ranges: addresses below it are not memory addresses (I2C, SPI, cpus) */
    BW_TRANSLATE_OUTSIDE,   /**< no row of a bus's ranges holds the first address */
    BW_TRANSLATE_CUT,       /**< the first address translates, but the block runs out of the row that holds it */
    BW_TRANSLATE_UNKNOWN,   /**< a number on the way is not known */
    BW_TRANSLATE_BAD,       /**< malformed cells or ranges on the way, or a number beyond 64 bits */
} bw_translate_state;

typedef struct bw_translation {
    bw_translate_state state;
    uint64_t address;      /**< absolute (of TRANSLATED and CUT); else as far as it came, in the counts of @c bus */
    uint64_t fits;         /**< CUT: bytes that the row still holds */
    const bw_node *bus;    /**< the bus at which it ended; NULL when it reached the root */
    const bw_prop *ranges; /**< the bus's ranges, NULL if it has none */
    uint32_t row;          /**< CUT: the row of ranges */
} bw_translation;

/**
 * Translates an address out of the reg of @p node to the root's.
 * @param size bytes of the block; 0 asks for the first address alone.
 */
bw_translation bw_translate(const bw_tree *tree, const bw_node *node, bw_number address, uint64_t size);
/** The same from a bus outwards: @p address is in the counts that @p bus sets for its children. */
bw_translation bw_translate_from_bus(const bw_tree *tree, const bw_node *bus, bw_number address, uint64_t size);
/** The same through dma-ranges: what the CPU's side calls a bus master's address. */
bw_translation bw_translate_dma(const bw_tree *tree, const bw_node *node, bw_number address, uint64_t size);

/** @return why there is no absolute address, as a clause with the bus's path ("/soc/i2c@1000 has no
 *          ranges"), in the unit's arena; NULL when there is one. */
const char *bw_translate_reason(const bw_tree *tree, const bw_translation *translation);

#endif
