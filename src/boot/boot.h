/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From a board's description to a verdict on it: simulator, claims, image, run, verdict. Each step is a call, so that
 * whoever drives it can say where it is; a step that fails says why in findings.
 *
 * One boot is one target. The board, its tree and the boot go together: strings are in the tree's unit.
 */
#ifndef BW_BOOT_BOOT_H
#define BW_BOOT_BOOT_H

#include "boot/verdict.h"

typedef struct bw_boot_options {
    bw_machine_options machine;
    const char *compiler; /**< or NULL: it is looked for */
    const char *folder;   /**< where sources, image and log go */
    bool force;           /**< overwrite what somebody edited there */
    bw_boot_run_limits limits;
    unsigned gdb_port;
    const volatile sig_atomic_t *stop;
} bw_boot_options;

typedef struct bw_boot {
    const bw_board *board;
    const bw_target *target;
    const bw_boot_options *options;
    const bw_yaml *section; /**< `bare:` of support.yml, or NULL */
    bw_machine *machine;
    bw_bare_names *names;
    bw_bare_layout *layout;
    bw_claims *claims;
    bw_image *image;  /**< NULL until it is built */
    bw_boot_run *run; /**< NULL until it has run */
    GArray *verdicts; /**< of bw_verdict, by claim; NULL until it has run */
    unsigned held, failed, skipped, untested;
    int64_t build_time, total_time; /**< µs */
} bw_boot;

/** The limits of time that fit all machines seen, on a busy host, too. */
extern const bw_boot_run_limits bw_boot_limits;

/** Chooses the simulator and makes the claims. @param support the board's support.yml, checked, or NULL.
 *  @return NULL with a finding. */
bw_boot *bw_boot_begin(const bw_board *board, const bw_target *target, const bw_yaml *support,
                       const bw_boot_options *options);
/** Writes the sources and compiles them. @return false with a finding. */
bool bw_boot_build(bw_boot *boot);
/** Runs the image and judges. Blocks until it is done; findings about claims are in the tree's unit. */
void bw_boot_simulate(bw_boot *boot);
void bw_boot_free(bw_boot *boot);

/** The simulator's command line, with the console on the terminal: one line that a shell takes. To be freed. */
char *bw_boot_command(const bw_boot *boot);
/** The same as a script that lies beside the image. */
GString *bw_boot_script(const bw_boot *boot);
/** All that the machine said, by channel: the raw console first. */
GString *bw_boot_log(const bw_boot *boot);

#endif
