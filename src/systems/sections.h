/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The parts of support.yml for systems that have no folder of their own yet. Each table moves there
 * with its system.
 */
#ifndef BW_SYSTEMS_SECTIONS_H
#define BW_SYSTEMS_SECTIONS_H

#include "yaml/schema.h"

extern const bw_schema bw_simulator_schema; /**< no system: how `boot` runs each target */
extern const bw_schema bw_simulator_rows[]; /**< the keys of one target there, or of all */

#endif
