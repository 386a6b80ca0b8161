/* SPDX-License-Identifier: Apache-2.0 */
/** boardwright boot --guest: one guest of seL4, run with a real Linux. */
#ifndef BW_CLI_BOOT_GUEST_H
#define BW_CLI_BOOT_GUEST_H

#include "base/buffer.h"
#include "boot/guest.h"

#include <jansson.h>

typedef struct bw_boot_guest_job {
    const bw_board *board;
    const bw_target *target;
    const bw_yaml *support; /**< checked, or NULL */
    const bw_guest_wanted *wanted;
    const bw_boot_options *boot;
    bool text, each, dry_run;
    bool kept; /**< the folder stays */
    bw_findings *findings;
} bw_boot_guest_job;

typedef struct bw_boot_guest_result {
    bool found;        /**< the target has guests */
    bool trouble;      /**< after a message */
    json_t *json;      /**< of the boot, where no text is wanted; or NULL */
    bw_buffer summary; /**< comes behind the findings */
    char *log;         /**< path; NULL: it has not run */
} bw_boot_guest_result;

/** Prints heading and claims as they come. A target without guests is passed over. */
bw_boot_guest_result bw_boot_guest(const bw_boot_guest_job *job);

#endif
