/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who is to blame when many nodes do not fit one: a wrong #clock-cells makes every reference to that clock
 * controller wrong, but it is one mistake, in one place.
 *
 * A check goes over its nodes twice if something fails: first it counts, then it speaks; of what is to be
 * blamed on one node it speaks once, there.
 */
#ifndef BW_CHECK_BLAME_H
#define BW_CHECK_BLAME_H

#include "check/engine.h"

typedef struct bw_tally {
    uint32_t fails, fits;
    bool said;
} bw_tally;

typedef struct bw_blame {
    bw_run *run;
    bw_tally *tallies; /**< by node number */
    bool counting;     /**< first round */
    uint32_t fails;
} bw_blame;

/** Begins the first round. */
bw_blame bw_blame_begin(bw_run *run);
static inline void bw_blame_fits(bw_blame *b, const bw_node *node)
{
    if (b->counting)
        b->tallies[node->number].fits++;
}
/** Something does not fit @p node (NULL: nobody to blame).
 *  @return true if the caller must be silent: this is the first round, or it is said already. When it is the
 *          node's fault and not said yet, @p tally is set to it, for the caller to say so; else to NULL. */
bool bw_blame_fails(bw_blame *b, const bw_node *node, const bw_tally **tally);

#endif
