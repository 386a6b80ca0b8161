/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The memory map of a board: what stands where in the address space, as a picture for the terminal,
 * as SVG and as JSON. Nothing is printed: all goes into a buffer. Addresses and sizes are bytes.
 */
#ifndef BW_REPORT_MAP_H
#define BW_REPORT_MAP_H

#include "board/board.h"
#include "board/load.h"
#include "report/figures.h"

#include <jansson.h>

typedef enum bw_map_kind {
    BW_MAP_RAM,
    BW_MAP_SRAM,
    BW_MAP_FLASH,
    BW_MAP_ROM,
    BW_MAP_WINDOW,  /**< addresses of another bus: PCI */
    BW_MAP_DEVICES, /**< registers of devices that lie close together */
    BW_MAP_PARTITION,
    BW_MAP_RESERVED,
    BW_MAP_DEVICE,
    BW_MAP_GUEST, /**< of a virtual machine, or of what runs it */
} bw_map_kind;
const char *bw_map_kind_name(bw_map_kind kind); /**< "RAM", "devices" … */

/** Something within a region. */
typedef struct bw_map_part {
    const char *name;
    const char *detail; /**< of WINDOW: what of the other bus it is; else NULL */
    bw_map_kind kind;
    uint64_t address, last; /**< first and last byte */
    const bw_node *node;    /**< NULL of a /memreserve/ */
} bw_map_part;

/** A box of the picture. Boxes do not overlap unless the description does. */
typedef struct bw_map_region {
    const char *name;   /**< of DEVICES: how many they are, or the only one's */
    const char *detail; /**< of WINDOW, as above */
    bw_map_kind kind;
    uint64_t address, last;
    const bw_node *node; /**< NULL of DEVICES */
    bw_map_part *parts;  /**< by address */
    uint32_t part_count;
} bw_map_region;

typedef struct bw_map {
    bw_map_region *regions; /**< by address */
    uint32_t count;
    int digits; /**< hexadecimal digits that the highest address needs: 8 to 16 */
} bw_map;

/** What somebody plans to do with the board: places of virtual machines, and devices that are given to them. */
typedef struct bw_map_plan {
    const bw_map_part *parts; /**< of kind GUEST */
    uint32_t part_count;
    const struct bw_map_owner {
        const bw_node *node;
        const char *name; /**< of the machine */
    } * owners;
    uint32_t owner_count;
} bw_map_plan;

/** @param all also what is disabled. @param plan or NULL. In the unit's arena. */
bw_map *bw_map_of(const bw_board *board, const bw_map_plan *plan, bool all);

typedef struct bw_map_options {
    bw_style style;
    bool each; /**< a line for every part, with its address */
} bw_map_options;

void bw_map_text(const bw_board *board, const bw_map *map, const bw_map_options *options, bw_buffer *out);
/** A picture that needs no other file. @param title above it. */
void bw_map_svg(const bw_board *board, const bw_map *map, const char *title, bw_buffer *out);
/** A new reference. */
json_t *bw_map_json(const bw_board *board, const bw_map *map, const bw_target *target);

#endif
