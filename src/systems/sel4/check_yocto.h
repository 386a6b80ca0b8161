/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Layers of Yocto that make a guest's image, as people write them: layer.conf, machine files, appends, fragments, and
 * the commands of Markdown pages beside them. Held against what BitBake does with them in silence.
 *
 * Sources: BitBake User Manual; Yocto Project Reference Manual and migration guides; OE4T/meta-tegra.
 */
#ifndef BW_SYSTEMS_SEL4_CHECK_YOCTO_H
#define BW_SYSTEMS_SEL4_CHECK_YOCTO_H

#include "base/unit.h"

/** Whether a folder is a layer (conf/layer.conf), or holds layers in itself or one folder deeper, and nothing of a
 * board. */
bool bw_sel4_is_layer(const char *folder);

/** Reads and checks all layers and pages of a folder. Findings go to the unit. */
void bw_sel4_check_layer(bw_unit *unit, const char *folder);

#endif
