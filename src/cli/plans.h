/* SPDX-License-Identifier: Apache-2.0 */
/** What the commands share that write a folder by a plan (base/plan.h). */
#ifndef BW_CLI_PLANS_H
#define BW_CLI_PLANS_H

#include "base/plan.h"
#include "cli/options.h"

#include <jansson.h>

/** Compares a plan with the disk. @return false with findings: what cannot be read, files that somebody edited. */
bool bw_plan_settle(bw_plan *plan, bool force, bw_findings *findings);
/** Writes the files. @return false with a finding. */
bool bw_plan_carry_out(bw_plan *plan, bool force, bw_findings *findings);

/** Both, as the options say: with --dry-run nothing is written. @return false with findings. */
bool bw_plan_apply(bw_plan *plan, const bw_options *options, bw_findings *findings);
/** The end of a command that writes one folder: prints the findings, then the plan where --json or --dry-run ask for
 * it, or that nothing was written. @param done the plan was applied. @param summarize set when the command's own
 * summary is what is left to print. @return the exit status. */
int bw_plan_conclude(const bw_plan *plan, const bw_options *options, const bw_findings *findings, bool done,
                     bool *summarize);

/** A line for each file on standard output: "new  DIR/board.yml". */
void bw_plan_print(const bw_plan *plan, bool force);
/** {"folder": …, "files": [{"path", "state", "sha256"}]}; docs/json.md. */
json_t *bw_plan_json(const bw_plan *plan, bool force);
/** Prints what build prints with --json, of one folder. */
void bw_plan_print_json(const bw_plan *plan, bool force);
/** @return how many files are written, or would be. */
uint32_t bw_plan_written(const bw_plan *plan, bool force);
/** Whether bw_plan_write() writes this one. */
bool bw_plan_file_written(const bw_plan_file *file, bool force);

#endif
