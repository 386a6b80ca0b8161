/* SPDX-License-Identifier: Apache-2.0 */
/** What the checks of a CHERIoT board share; private to check_*.c. Numbers like C8 are the reference's (section 6). */
#ifndef BW_SYSTEMS_CHERIOT_CHECK_H
#define BW_SYSTEMS_CHERIOT_CHECK_H

#include "systems/cheriot/board.h"

#include <inttypes.h>

/** One run of all checks over a board. */
typedef struct bw_cheriot_run {
    const bw_cheriot_board *board;
    bw_context *ctx;
    bw_findings *findings;
    bw_arena arena;       /**< of the run: texts, lists */
    bool *bad;            /**< of each device: its range was found wrong; nobody compares it with others */
    bool memory_wrong;    /**< the memories overlap; nobody compares them with anything else */
    bool heap_wrong;      /**< the heap's ends were found wrong; nobody computes with them */
    bool revokable_wrong; /**< likewise the start of revokable memory */
} bw_cheriot_run;

/* In the order of the run. Each file has one subject. */
void bw_cheriot_check_bounds(bw_cheriot_run *run);     /**< C8, C9, C43: each device by itself */
void bw_cheriot_check_overlaps(bw_cheriot_run *run);   /**< C10 to C12 */
void bw_cheriot_check_heap(bw_cheriot_run *run);       /**< C14 to C18, C27 */
void bw_cheriot_check_devices(bw_cheriot_run *run);    /**< C20 to C22 */
void bw_cheriot_check_revoker(bw_cheriot_run *run);    /**< C19, C23 to C26 */
void bw_cheriot_check_names(bw_cheriot_run *run);      /**< C28 to C30, C48 */
void bw_cheriot_check_interrupts(bw_cheriot_run *run); /**< C31 to C34, C45 */
void bw_cheriot_check_clocks(bw_cheriot_run *run);     /**< C35 to C38 */
void bw_cheriot_check_drivers(bw_cheriot_run *run);    /**< C39, C40 */
void bw_cheriot_check_defines(bw_cheriot_run *run);    /**< C44 */
void bw_cheriot_check_running(bw_cheriot_run *run);    /**< C41 */

/** Where a value stands; without a place of its own the board's file as a whole. */
bw_place bw_cheriot_place(const bw_cheriot_run *run, const bw_json *value);
/** A place that may be none: then the board's file. */
bw_place bw_cheriot_some_place(const bw_cheriot_run *run, bw_place place);

/** Which file of the board wrote a value: 0 for the first, and of values that nobody wrote. */
uint32_t bw_cheriot_file_of(const bw_cheriot_board *board, const bw_json *value);
/** The place of an extent that is to be edited: the number that the last patch set, else its name. */
bw_place bw_cheriot_extent_place(const bw_cheriot_run *run, const bw_cheriot_extent *extent);
/** Whether @p a was written after @p b: by a later patch or mixin, else further down in the same file. */
bool bw_cheriot_is_later(const bw_cheriot_board *board, const bw_cheriot_extent *a, const bw_cheriot_extent *b);

/** Texts for messages, in the arena of the run. */
const char *bw_cheriot_range(bw_cheriot_run *run, const bw_cheriot_extent *extent); /**< "0x1000–0x1fff" */
const char *bw_cheriot_bytes(bw_cheriot_run *run, uint64_t bytes);                  /**< "0x1000 (4 KiB)" */

/**
 * Where a path of the board leads, from the current folder: beside the board, unless it is absolute or begins with a
 * variable. NULL where that is not known: the SDK's without an SDK, a variable that there is not.
 */
const char *bw_cheriot_path(bw_cheriot_run *run, const bw_cheriot_word *word, bw_cheriot_use use);

/** Whether the board's defines have this one, with or without a value. */
bool bw_cheriot_defines(const bw_cheriot_board *board, const char *name);

#endif
