/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A new board folder: the smallest description that passes the checks, for a machine that a simulator has. Its owner
 * goes on from there.
 */
#ifndef BW_IMPORT_START_H
#define BW_IMPORT_START_H

#include "base/context.h"
#include "base/plan.h"

/** What the user says; NULL: by itself. */
typedef struct bw_start_options {
    const char *name;           /**< the board's; never NULL */
    const char *vendor;         /**< by itself "others" */
    const char *soc;            /**< by itself the word for the architecture */
    const char *arch;           /**< one of bw_start_archs(); by itself the first */
    const char *const *systems; /**< sections of support.yml; NULL-terminated; NULL: zephyr */
} bw_start_options;

/** The words for --arch, ended by NULL. */
const char *const *bw_start_archs(void);

/** Adds board.yml, the devicetree and support.yml to @p plan.
 *  @return false with findings, each about one name: nothing was added then. */
bool bw_start(const bw_start_options *options, bw_plan *plan, bw_findings *findings);

#endif
