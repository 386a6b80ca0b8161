/* SPDX-License-Identifier: Apache-2.0 */
/** seL4 among the systems: what `build` writes for it, and what `check` asks of a board with a `sel4:` section. */
#ifndef BW_SYSTEMS_SEL4_SEL4_H
#define BW_SYSTEMS_SEL4_SEL4_H

#include "systems/systems.h"

bool bw_sel4_build(const bw_system_job *job);
void bw_sel4_check(const bw_tree *tree, const bw_yaml *section);

#endif
