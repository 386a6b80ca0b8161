/* SPDX-License-Identifier: Apache-2.0 */
/** Files of the source tree as they were when boardwright was built (embed.py): an installed one needs no others. */
#ifndef BW_BASE_EMBEDDED_H
#define BW_BASE_EMBEDDED_H

#include <stddef.h>

typedef struct bw_embedded {
    const char *path; /**< below its folder: "main.c", "drivers/console_pl011.c" */
    const char *text; /**< len bytes and a NUL */
    size_t len;
} bw_embedded;

/* Each list is in order of path and ended by a row without one. */
extern const bw_embedded bw_guest_files[];      /**< src/boot/guest: what runs and fetches a guest */
extern const bw_embedded bw_probe_files[];      /**< src/boot/probe: the sources of the probe */
extern const bw_embedded bw_balena_templates[]; /**< src/systems/balena/template */

#endif
