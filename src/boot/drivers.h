/* SPDX-License-Identifier: Apache-2.0 */
/** What the probe knows of a node, by its `compatible`: the rows of drivers.def. */
#ifndef BW_BOOT_DRIVERS_H
#define BW_BOOT_DRIVERS_H

#include "tree/tree.h"

typedef enum bw_driver_kind { BW_DRIVER_CONSOLE, BW_DRIVER_TIMER, BW_DRIVER_INTC } bw_driver_kind;
const char *bw_driver_kind_name(bw_driver_kind kind); /**< "console", "timer", "intc": as in the names of files */

/** One comparison of a register. */
typedef struct bw_driver_id {
    uint32_t block, offset, mask, value;
} bw_driver_id;

#define BW_DRIVER_IDS_MAX 16

/** The first compatible of a node that has a row. */
typedef struct bw_driver_match {
    const char *compatible; /**< of the table; NULL: none */
    uint32_t offset;        /**< of it in the property, bytes */
    const char *driver;     /**< its name; NULL of identification and CPUs */
    uint32_t part;          /**< of a PrimeCell or CPU */
    bool is_primecell;      /**< part is compared with the registers at the end of block 0 */
    bw_driver_id ids[BW_DRIVER_IDS_MAX];
    uint32_t id_count;
} bw_driver_match;

bw_driver_match bw_driver_of(const bw_tree *tree, const bw_node *node, bw_driver_kind kind);
bw_driver_match bw_driver_ids_of(const bw_tree *tree, const bw_node *node);
bw_driver_match bw_driver_cpu_part_of(const bw_tree *tree, const bw_node *node);

/** Where a timer's rate is said, besides its own properties. */
typedef enum bw_rate_source {
    BW_RATE_own,
    BW_RATE_timebase,
    BW_RATE_cpu,
    BW_RATE_nanoseconds,
    BW_RATE_never
} bw_rate_source;
bw_rate_source bw_driver_rate_source(const char *driver);

/** All drivers, for who looks whether each has its file. @return NULL beyond the last. */
const char *bw_driver_at(bw_driver_kind kind, size_t index);

#endif
