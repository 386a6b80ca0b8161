/* SPDX-License-Identifier: Apache-2.0 */
/** boardwright map of a repository of balenaOS: disks of its device types. */
#ifndef BW_CLI_MAP_BALENA_H
#define BW_CLI_MAP_BALENA_H

#include "cli/options.h"

typedef struct bw_map_balena {
    const char *target; /**< only this device type, or NULL */
    const char *svg;    /**< file to write, or NULL */
    const char *deploy; /**< folder with built files, or NULL */
} bw_map_balena;

/** @return whether @p argument is a repository of balenaOS or a device type of one; then @p exit_code is set. */
bool bw_map_balena_try(const bw_options *options, const bw_map_balena *wanted, const char *argument, int *exit_code);

#endif
