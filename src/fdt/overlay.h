/* SPDX-License-Identifier: Apache-2.0 */
/** Parts of bw_overlay_apply(). Private to src/fdt. */
#ifndef BW_FDT_OVERLAY_H
#define BW_FDT_OVERLAY_H

#include "fdt/generate.h"

/* A cell of the overlay that refers to a node of the overlay, or by label to one of the base. */
typedef struct bw_cell_ref {
    uint8_t *cell;
    bw_node *target; /* of the base; NULL: of the overlay */
} bw_cell_ref;

typedef struct bw_overlay_run {
    bw_tree *base, *over;
    bw_unit *unit;
    bw_node *symbols;    /* of the base, or NULL */
    GArray *refs;        /* of bw_cell_ref */
    GHashTable *becomes; /* node of the overlay -> node of the base */
    bool failed;
} bw_overlay_run;

/** Takes note that the overlay does not fit; the finding says why (NULL where its level is off). */
static inline void bw_overlay_failed(bw_overlay_run *r, const bw_finding *finding)
{
    (void)finding;
    r->failed = true;
}

/** The child as libfdt finds it: the first that fits, and "uart" fits "uart@1000" too. */
bw_node *bw_overlay_child(const bw_node *node, const char *name, size_t len);
/** The node of a path, which may begin with an alias; components as in bw_overlay_child(). */
bw_node *bw_overlay_path(const bw_tree *tree, const char *path);
/** @return the value if it is one string, else NULL. */
const char *bw_overlay_text(const bw_prop *prop);

/** Fills refs with all cells of the overlay that hold phandles, the labels of the base found.
 *  Sets failed, with findings, where one is missing or a fixup malformed. */
void bw_overlay_find_refs(bw_overlay_run *r);

#endif
