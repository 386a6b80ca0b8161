/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A disk image as a picture: partition table, gaps, raw writes, partitions, for the terminal, as SVG and as JSON.
 * Nothing is printed: all goes into a buffer.
 */
#ifndef BW_REPORT_DISK_MAP_H
#define BW_REPORT_DISK_MAP_H

#include "report/figures.h"
#include "systems/balena/image.h"

#include <jansson.h>

typedef enum bw_piece_kind {
    BW_PIECE_TABLE, /**< MBR, GPT, extended boot records */
    BW_PIECE_FREE,
    BW_PIECE_WRITE,
    BW_PIECE_SPECIFIC,
    BW_PIECE_BOOT,
    BW_PIECE_ROOT,
    BW_PIECE_OTHER, /**< state, data */
    BW_PIECE_EXTENDED,
} bw_piece_kind;
const char *bw_piece_kind_name(bw_piece_kind kind); /**< "table", "free", "write" … */

/** Something on the disk. All but EXTENDED and what lies within another one follow each other without a gap. */
typedef struct bw_piece {
    bw_piece_kind kind;
    const char *name;
    const char *detail;  /**< or "" */
    uint64_t begin, end; /**< bytes; the end is one past the last */
    bool at_most;        /**< a write of unknown size: end is where the next thing begins */
    bool within;         /**< lies in the piece before it: a write into a device-specific partition */
    unsigned number;     /**< of a partition, else 0 */
} bw_piece;

typedef struct bw_disk_map {
    const char *title;   /**< "plank: balena-image" */
    const char *summary; /**< "msdos, 1668 MiB, 3416064 sectors", or why there is no disk */
    bw_piece *pieces;    /**< by place; none if there is no disk */
    uint32_t count;
    uint64_t size;            /**< bytes */
    uint64_t head;            /**< bytes before the boot partition */
    const char *const *notes; /**< what else is to be said, NULL-terminated */
} bw_disk_map;

bw_disk_map *bw_disk_map_of(const bw_balena_image *image, bw_arena *arena);

void bw_disk_map_text(const bw_disk_map *map, bw_style style, bw_arena *arena, bw_buffer *out);
/** A picture that needs no other file, of some disks one below the other. */
void bw_disk_map_svg(bw_disk_map *const *maps, uint32_t count, bw_arena *arena, bw_buffer *out);
/** A new reference. */
json_t *bw_disk_map_json(const bw_balena_image *image);

#endif
