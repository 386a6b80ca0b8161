/* SPDX-License-Identifier: Apache-2.0 */
/** The common options as those that read boards take them. */
#ifndef BW_CLI_LOAD_OPTIONS_H
#define BW_CLI_LOAD_OPTIONS_H

#include "board/load.h"
#include "cli/options.h"

/** @return load options that point into @p options. */
static inline bw_load_options bw_load_options_of(const bw_options *options)
{
    return (bw_load_options){
        .include_dirs = (const char *const *)options->include_dirs,
        .dts_dirs = (const char *const *)options->dts_dirs,
        .defines = (const char *const *)options->defines,
        .overlays = (const char *const *)options->overlays,
        .tolerate_missing = options->tolerate_missing,
    };
}

#endif
