/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a board folder lacks: files that Zephyr looks for by their names and does not find. A file that is nearly called
 * so is most probably the one that was meant, and then the one mistake to speak of. Private to systems/zephyr.
 */
#ifndef BW_SYSTEMS_ZEPHYR_GAPS_H
#define BW_SYSTEMS_ZEPHYR_GAPS_H

#include "systems/zephyr/checks.h"
#include "systems/zephyr/stem.h"

/** A file that is not there. */
typedef struct bw_zephyr_gap {
    bw_zephyr_ending ending; /**< DTS or DEFCONFIG of a target; OVERLAY for any file of a revision */
    const bw_zephyr_board *board;
    const bw_zephyr_target *target;  /**< NULL of a revision */
    const bw_yml_revision *revision; /**< NULL of a target */
    const char *const *stems;        /**< by which it would be found, the preferred one first; NULL-terminated */
    bool explained;                  /**< something was said that accounts for it */
} bw_zephyr_gap;

/** @param boards NULL-terminated. @return an array of bw_zephyr_gap, owned by the caller. */
GArray *bw_zephyr_gaps_of(const bw_zephyr_folder *folder, const bw_zephyr_board *const *boards, bw_arena *arena);

/**
 * The gap that a file which no target has was probably meant to fill.
 * @param stem gets the stem that it should have had
 * @return NULL if there is none.
 */
bw_zephyr_gap *bw_zephyr_gap_for(GArray *gaps, const char *text, bw_zephyr_ending ending, const char **stem);

/** The same for a whole file name, where even the ending is misspelt. */
bw_zephyr_gap *bw_zephyr_gap_for_name(GArray *gaps, const char *name, bw_arena *arena, const char **meant);

/** The only gap of an ending (of all revisions, for OVERLAY), or NULL. @param board NULL: of all boards */
bw_zephyr_gap *bw_zephyr_only_gap(GArray *gaps, const bw_zephyr_board *board, bw_zephyr_ending ending);

/** Says what is missing and not explained. */
void bw_zephyr_check_gaps(const GArray *gaps, bw_arena *arena, bw_findings *findings);

/** Letters to add, drop or replace to make one of the other, at most @p limit + 1. Case and what is neither letter nor
 *  digit cost nothing. */
size_t bw_zephyr_distance(const char *a, const char *b, size_t limit);

#endif
