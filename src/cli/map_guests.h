/* SPDX-License-Identifier: Apache-2.0 */
/** Guests of a board on its map. */
#ifndef BW_CLI_MAP_GUESTS_H
#define BW_CLI_MAP_GUESTS_H

#include "cli/boards.h"
#include "report/map.h"

/** @return where the guests of a target's support.yml are going to be, in the unit's arena; NULL when it has none, or
 *          when they cannot be planned: `check` says why. */
const bw_map_plan *bw_map_guests(bw_boards *boards, const bw_board *board, const bw_target *target);

#endif
