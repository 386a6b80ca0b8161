/* SPDX-License-Identifier: Apache-2.0 */
/** Parts of bw_fdt_generate(). Private to src/fdt. */
#ifndef BW_FDT_GENERATE_H
#define BW_FDT_GENERATE_H

#include "fdt/fdt.h"

/** Whole path of @p len bytes to a live node; slashes at the begin, end or doubled do not matter. */
bw_node *bw_fdt_find_path(bw_tree *tree, const char *path, size_t len);

/** The child of the root that is called @p name, made if it is not there. */
bw_node *bw_fdt_root_child(bw_tree *tree, const bw_name *name);

/** Gives references back to the values that /__fixups__ and /__local_fixups__ tell of. */
void bw_fdt_read_fixups(bw_tree *tree, bool quiet);

/** Makes or adds to both nodes. @return false, with a finding, if a reference fits in neither. */
bool bw_fdt_add_fixups(bw_tree *tree);

#endif
