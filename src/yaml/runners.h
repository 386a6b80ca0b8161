/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `runners:` of board.yml and soc.yml: which commands of west flash run once for a group of targets.
 *
 * Source: Zephyr 4.1, scripts/schemas/board-schema.yml and soc-schema.yml.
 */
#ifndef BW_YAML_RUNNERS_H
#define BW_YAML_RUNNERS_H

#include "yaml/schema.h"

extern const bw_schema bw_runners_of_boards[]; /**< keys below runners of a board.yml */
extern const bw_schema bw_runners_of_socs[];   /**< of a soc.yml */

#endif
