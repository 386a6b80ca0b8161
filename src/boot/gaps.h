/* SPDX-License-Identifier: Apache-2.0 */
/** What simulators are known to lack. The table is gaps.def. */
#ifndef BW_BOOT_GAPS_H
#define BW_BOOT_GAPS_H

#include "boot/claims.h"
#include "boot/machine.h"
#include "boot/tap.h"

/** @return why this claim cannot be judged by what was seen of it on this machine, or NULL. */
const char *bw_gap_of(const bw_tree *tree, const bw_machine *machine, const bw_claim *claim,
                      const bw_tap_result *result);

#endif
