/* SPDX-License-Identifier: Apache-2.0 */
/** The devicetree of a platform: a base tree and overlays that are texts behind it, as the kernel's build joins them.
 */
#ifndef BW_SYSTEMS_SEL4_READ_H
#define BW_SYSTEMS_SEL4_READ_H

#include "board/load.h"

/**
 * Reads sources (or one blob) into a resolved tree of @p unit.
 * @param paths NULL-terminated, at least one. @return NULL after an error finding.
 */
bw_tree *bw_sel4_read(bw_unit *unit, const char *const *paths, const bw_load_options *options, bw_roots *roots);

#endif
