/* SPDX-License-Identifier: Apache-2.0 */
/**
 * RAM beside that on the chip, and who gives it to the shared multi heap, from which Ocre takes the memory of
 * containers.
 *
 * Sources: project-ocre/ocre-runtime, src/platform/zephyr/memory.c; Zephyr, lib/heap/shared_multi_heap.c, drivers/memc,
 * soc/espressif/common/esp_psram.c.
 */
#ifndef BW_SYSTEMS_OCRE_EXTERNAL_H
#define BW_SYSTEMS_OCRE_EXTERNAL_H

#include "board/board.h"

/** An enabled chip of external RAM. */
typedef struct bw_ocre_external {
    const bw_node *node;
    uint64_t bytes;             /**< 0: not known */
    bool stm32;                 /**< its driver registers the node labelled psram, whatever the chip says */
    const char *const *symbols; /**< that make a driver register it, all to be set to y; NULL: none does, only the
                                     application could. NULL-terminated */
    bool is_sram;               /**< it is what zephyr,sram names: malloc() has it */
} bw_ocre_external;

/** @return those that are enabled, in the tree's arena, in tree order. */
const bw_ocre_external *bw_ocre_externals_of(const bw_board *board, uint32_t *count);

/** @return the memory of a node, or NULL. */
const bw_memory *bw_ocre_memory_of(const bw_board *board, const bw_node *node);

/** @return the node that a property of /chosen names, or NULL. */
const bw_node *bw_ocre_chosen_node(const bw_board *board, const char *name);

/** Whether the board is native_sim or of its kind. */
bool bw_ocre_is_simulated(const bw_board *board);

#endif
