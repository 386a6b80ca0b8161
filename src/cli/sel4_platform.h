/* SPDX-License-Identifier: Apache-2.0 */
/** What the verbs of sel4 share: their options, and reading a platform. */
#ifndef BW_CLI_SEL4_PLATFORM_H
#define BW_CLI_SEL4_PLATFORM_H

#include "board/roots.h"
#include "cli/options.h"
#include "systems/sel4/platform.h"

typedef struct bw_sel4_run {
    bw_context *ctx;
    bw_findings findings;
    bw_unit *unit;
    bw_roots *roots;
    bw_arena arena; /**< of the rules */
    bw_sel4_options options;
    const bw_sel4_platform *platform; /**< NULL after an error finding */
} bw_sel4_run;

/** Rows for bw_usage: --rules, --sel4arch, --addrspace-max, --config. */
extern const GOptionEntry bw_sel4_entries[];
#define BW_SEL4_ENTRY_COUNT 4

/** Reads the platform of the sources in @p argv (from 1 on).
 *  @return BW_EXIT_OK to go on; wrong usage is said. Close it in any case but that. */
int bw_sel4_run_open(bw_sel4_run *run, const char *command, const bw_options *options, int argc, char **argv);
void bw_sel4_run_close(bw_sel4_run *run);
/** Frees what the options hold. */
void bw_sel4_options_free(void);

#endif
