/* SPDX-License-Identifier: Apache-2.0 */
/** The sources of the probe, src/boot/probe, as they were when boardwright was built (embed.py). */
#ifndef BW_BOOT_PROBE_FILES_H
#define BW_BOOT_PROBE_FILES_H

#include <stddef.h>

typedef struct bw_probe_file {
    const char *path; /**< "main.c", "drivers/console_pl011.c" */
    const char *text; /**< len bytes and a NUL */
    size_t len;
} bw_probe_file;

extern const bw_probe_file bw_probe_files[]; /**< in order of path; ended by a row without one */

#endif
