/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the report says of each claim, and findings where a claim does not hold: at the element of the devicetree that
 * makes it. One mistake makes one finding: what follows from a claim that does not hold is not tested.
 */
#ifndef BW_BOOT_VERDICT_H
#define BW_BOOT_VERDICT_H

#include "boot/claims.h"
#include "boot/image.h"
#include "boot/machine.h"
#include "boot/runner.h"

typedef enum bw_verdict_state {
    BW_VERDICT_HOLDS,
    BW_VERDICT_FAILS,
    BW_VERDICT_SKIPPED,  /**< cannot be tested, or follows from one that fails */
    BW_VERDICT_UNTESTED, /**< the run ended before */
} bw_verdict_state;
const char *bw_verdict_state_name(bw_verdict_state state); /**< "holds", "fails" … */

typedef struct bw_verdict {
    bw_verdict_state state;
    const char *text; /**< of a claim that holds what is claimed, of one that fails what is instead */
    const char *why;  /**< skipped, untested: why */
    bool is_measured;
    double measured;  /**< Hz of a rate; bytes of a memory; an interrupt's number; a register */
    bool follows;     /**< it fails for the reason that another claim's finding names */
    const char *code; /**< of the finding; of some claims that fail for one reason one has it for all; or NULL */
} bw_verdict;

typedef struct bw_verdict_job {
    const bw_board *board;
    const bw_claims *claims;
    const bw_bare_layout *layout;
    const bw_machine *machine;
    const bw_image *image;
    const bw_boot_run *run;
} bw_verdict_job;

/** @return verdicts by claim, of bw_verdict: [0] is that of claim 1. Strings and findings are of the tree's unit. */
GArray *bw_verdicts_of(const bw_verdict_job *job);

#endif
