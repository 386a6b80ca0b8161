/* SPDX-License-Identifier: Apache-2.0 */
#include "check/blame.h"

bw_blame bw_blame_begin(bw_run *run)
{
    return (bw_blame){run, bw_arena_array(&run->unit->arena, bw_tally, run->node_count), true, 0};
}

bool bw_blame_fails(bw_blame *b, const bw_node *node, const bw_tally **tally)
{
    bw_tally *t = node ? &b->tallies[node->number] : NULL;

    *tally = NULL;
    if (b->counting) {
        b->fails++;
        if (t)
            t->fails++;
        return true;
    }
    /* Some values fit any count by chance. */
    if (!t || b->run->as_dtc || t->fails < 2 || t->fits * 4 > t->fails)
        return false;
    if (t->said)
        return true;
    t->said = true;
    bw_info_of(b->run, node)->bad |= BW_BAD_PROVIDER;
    *tally = t;
    return false;
}
