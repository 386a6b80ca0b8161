/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the files share that make a guest's devicetree: which nodes it gets (guest_keep.c), their copies without what is
 * not there (guest_copy.c, guest_rows.c), and what the VMM makes for every guest (guest_own.c).
 */
#ifndef BW_SYSTEMS_SEL4_GUEST_PARTS_H
#define BW_SYSTEMS_SEL4_GUEST_PARTS_H

#include "systems/sel4/plan.h"

#include <glib.h>

/** What is known of a node of the board while the guest's tree is made. */
typedef struct bw_sel4_kept {
    const bw_node *node; /**< of the board */
    bw_sel4_fate fate;
    const char *reason; /**< why it is there, or is not; or NULL */
    bool asked;         /**< one of devices:, or a part of one */
    bw_node *copy;      /**< in the guest's tree, once it is made */
    bw_node *stub;      /**< what stands for it there, or NULL */
} bw_sel4_kept;

typedef struct bw_sel4_guest_maker {
    const bw_board *board;
    const bw_tree *from; /**< the board's */
    const bw_node *gic;  /**< of the board; NULL: none is found */
    const bw_sel4_plan_vm *vm;
    bw_findings *findings;
    GHashTable *kept; /**< const bw_node * → bw_sel4_kept *, in arena; what is not there is not the guest's */
    bw_arena *arena;  /**< of the board's unit */
    bw_sel4_guest *guest;
    bw_tree *tree;      /**< the guest's */
    GHashTable *above;  /**< guest's bw_node * → const char *: why it is there */
    GHashTable *inside; /**< guest's bw_node * → GPtrArray of char *: what was changed in it */
} bw_sel4_guest_maker;

/** @return what is known of a node, or NULL. */
bw_sel4_kept *bw_sel4_kept_of(const bw_sel4_guest_maker *m, const bw_node *node);
/** @return whether a node of the board has a copy in the guest's tree, or will have. */
bool bw_sel4_is_kept(const bw_sel4_guest_maker *m, const bw_node *node);

/** @return likewise, noted as not the guest's if nothing was known of it. */
bw_sel4_kept *bw_sel4_lost(bw_sel4_guest_maker *m, const bw_node *node);

/** Decides of all nodes. Ancestors of what is kept are kept. */
void bw_sel4_guest_keep(bw_sel4_guest_maker *m);

/** Makes empty nodes for all that is kept, below those of the guest's own that stand already. */
void bw_sel4_guest_copy_nodes(bw_sel4_guest_maker *m);
/** Fills them. */
void bw_sel4_guest_copy_props(bw_sel4_guest_maker *m);
/** Copies one property of the board's @p node to a node of the guest, without references to what is not there. */
void bw_sel4_guest_copy_prop(bw_sel4_guest_maker *m, const bw_node *node, bw_node *copy, const bw_prop *prop);

/** /aliases, /chosen, memory, /cpus, /psci: empty, so that they stand first. */
void bw_sel4_guest_own_nodes(bw_sel4_guest_maker *m);
/** Fills them, once all others are there. */
void bw_sel4_guest_own_props(bw_sel4_guest_maker *m);

/** Says in a comment inside a node of the guest what was changed. */
void bw_sel4_guest_say(bw_sel4_guest_maker *m, const bw_node *copy, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** Says above it why it is there. */
void bw_sel4_guest_reason(bw_sel4_guest_maker *m, const bw_node *copy, const char *reason);

/* ---- building the guest's tree ---- */

bw_node *bw_sel4_guest_add(bw_sel4_guest_maker *m, bw_node *parent, const char *name);
void bw_sel4_guest_set_text(bw_sel4_guest_maker *m, bw_node *node, const char *name, const char *text);
void bw_sel4_guest_set_cells(bw_sel4_guest_maker *m, bw_node *node, const char *name, const uint32_t *cells,
                             uint32_t count);
/** A property of one reference. */
void bw_sel4_guest_set_ref(bw_sel4_guest_maker *m, bw_node *node, const char *name, bw_node *target);
/** A reference mark at a byte of a value that is being made. */
bw_mark bw_sel4_guest_mark(bw_sel4_guest_maker *m, uint32_t offset, bw_node *target);

/** @return a fixed clock of this rate, made if it is not there. */
bw_node *bw_sel4_guest_clock(bw_sel4_guest_maker *m, uint64_t rate);
/** @return a fixed regulator that stands for one of the board's. */
bw_node *bw_sel4_guest_regulator(bw_sel4_guest_maker *m, const bw_node *regulator);

/** @return the CPUs that the guest has, of the board. */
const bw_cpu *bw_sel4_guest_cpu(const bw_sel4_guest_maker *m);

/* ---- guest.c ---- */

/** @return the devicetree of a guest whose layout is known; never NULL. @param gic may be NULL. */
bw_sel4_guest *bw_sel4_guest_make(const bw_board *board, const bw_node *gic, const bw_sel4_plan_vm *vm,
                                  bw_findings *findings);

#endif
