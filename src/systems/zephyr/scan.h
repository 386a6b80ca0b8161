/* SPDX-License-Identifier: Apache-2.0 */
/**
 * All soc.yml and board.yml under the roots, found and read by some threads. Private to systems/zephyr.
 */
#ifndef BW_SYSTEMS_ZEPHYR_SCAN_H
#define BW_SYSTEMS_ZEPHYR_SCAN_H

#include "systems/zephyr/soc_yml.h"
#include "systems/zephyr/walk.h"

/** A file and what is in it. */
typedef struct bw_zephyr_scanned {
    bw_zephyr_found found;
    const bw_soc_yml *soc;     /**< of a soc.yml that could be read */
    const bw_board_yml *board; /**< of a board.yml that could be read */
} bw_zephyr_scanned;

/**
 * Finds and reads the files of the model's roots, in its arenas.
 * @param socs, boards arrays of bw_zephyr_scanned that get them, in the order of their kind
 */
void bw_zephyr_scan(bw_zephyr *zephyr, int threads, GArray *socs, GArray *boards, bw_findings *findings);

#endif
