/* SPDX-License-Identifier: Apache-2.0 */
/** Properties that refer to other nodes, for a guest that does not have all of them. Private to guest_*.c. */
#ifndef BW_SYSTEMS_SEL4_GUEST_ROWS_H
#define BW_SYSTEMS_SEL4_GUEST_ROWS_H

#include "systems/sel4/guest_parts.h"

/** Copies a property with references, row by row: what leads nowhere is taken out, or leads to a fixed clock or
 *  regulator instead. */
void bw_sel4_guest_copy_rows(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy, const bw_prop *prop);

/** Takes out what has no meaning without properties that were taken out of a node: clock-names, assigned-clock-rates,
 *  interrupts without their controller. */
void bw_sel4_guest_drop_companions(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy);

/** @return the rate of a clock that stays with the host, or 0: clock-rates of support.yml, the tree. */
uint64_t bw_sel4_guest_rate(const bw_sel4_guest_maker *m, const bw_node *node, const bw_prop *prop, uint32_t row);

#endif
