/* SPDX-License-Identifier: Apache-2.0 */
/** Between the files of this folder. */
#ifndef BW_SYSTEMS_SEL4_PARTS_H
#define BW_SYSTEMS_SEL4_PARTS_H

#include "systems/sel4/platform.h"

#include <glib.h>

/* ---- regions.c: rows of reg as the kernel's generator sees them, and arithmetic of ranges ---- */

/** The rows of reg, in absolute addresses. @param quiet warnings about this node were given. @return false after an
 * error finding (a bus without ranges). */
bool bw_sel4_reg(const bw_tree *tree, const bw_node *node, bool quiet, bw_sel4_regions *regions);

/** Appends what is left of @p region without @p hole to an array of bw_sel4_region. */
void bw_sel4_subtract(const bw_sel4_region *region, uint64_t hole_base, uint64_t hole_size, GArray *rest);
/** Takes a hole out of every region of an array. @return the new array; @p regions is freed. */
GArray *bw_sel4_subtract_all(GArray *regions, uint64_t hole_base, uint64_t hole_size);
/** Sorts by base and moves the array into the unit's arena. @p regions is freed. */
bw_sel4_regions bw_sel4_regions_keep(const bw_tree *tree, GArray *regions);

/* ---- chosen.c: devices that /chosen lists ---- */

/** The nodes that a list of /chosen names by path or alias, in its order. @return false after an error finding.
 *  @param said nodes whose status was spoken of, or NULL. @param nodes of const bw_node *. */
bool bw_sel4_chosen(const bw_tree *tree, const char *property, const GPtrArray *said, GPtrArray *nodes);
/** @return whether a node is in a list, which may be NULL. */
bool bw_sel4_is_among(const GPtrArray *nodes, const bw_node *node);
/** @return the rule of the node's first compatible string that has one, and the string; NULL: there is none. */
const bw_sel4_rule *bw_sel4_match(const bw_sel4_rules *rules, const bw_node *node, const char **compatible);

/* ---- one step each; false after an error finding ---- */

bool bw_sel4_memory(bw_sel4_platform *platform);
bool bw_sel4_kernel(bw_sel4_platform *platform, const bw_sel4_rules *rules, const GPtrArray *nodes);
bool bw_sel4_interrupts(bw_sel4_platform *platform, const bw_sel4_rules *rules, const GPtrArray *nodes);
/** @param kernel the devices that bw_sel4_kernel() has spoken of. */
bool bw_sel4_loader(bw_sel4_platform *platform, const bw_sel4_rules *rules, const GPtrArray *kernel,
                    const GPtrArray *nodes);

#endif
