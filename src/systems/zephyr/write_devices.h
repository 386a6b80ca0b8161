/* SPDX-License-Identifier: Apache-2.0 */
/** The devices of write_devices.def, to look up. Private to systems/zephyr. */
#ifndef BW_SYSTEMS_ZEPHYR_WRITE_DEVICES_H
#define BW_SYSTEMS_ZEPHYR_WRITE_DEVICES_H

#include "tree/tree.h"

/** What the nodes below a device are. */
typedef enum bw_zephyr_children {
    BW_ZEPHYR_CHILDREN_NONE, /**< nothing that Zephyr knows */
    BW_ZEPHYR_CHILDREN_DEVICES,
    BW_ZEPHYR_CHILDREN_PARTITIONS,
    BW_ZEPHYR_CHILDREN_LEDS,
    BW_ZEPHYR_CHILDREN_KEYS,
} bw_zephyr_children;

typedef struct bw_zephyr_device {
    const char *compatible;
    const char *zephyr;     /**< words: compatible for Zephyr */
    const char *properties; /**< words: what the binding declares beyond the common ones */
    const char *required;   /**< words */
    const char *feature;    /**< or NULL */
    bw_zephyr_children children;
} bw_zephyr_device;

/** @return the row of the first compatible of the node that has one, or NULL. */
const bw_zephyr_device *bw_zephyr_device_of(const bw_tree *tree, const bw_node *node);

/** Whether @p word is one of the words, which have single spaces between them. */
bool bw_zephyr_has_word(const char *words, const char *word);

/** Whether every binding declares the property (base.yaml, and what edtlib takes of any node). */
bool bw_zephyr_is_common(const char *property);

#endif
