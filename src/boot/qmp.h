/* SPDX-License-Identifier: Apache-2.0 */
/** Questions to a QEMU over its machine protocol (QMP, docs/interop/qmp-spec.txt of QEMU). */
#ifndef BW_BOOT_QMP_H
#define BW_BOOT_QMP_H

#include <glib.h>

#include <stdbool.h>

typedef struct bw_qmp {
    int fd;          /**< the caller's, non-blocking or not */
    GString *input;  /**< what came and is not read yet */
    gint64 deadline; /**< of the monotonic clock, µs: then all questions fail */
} bw_qmp;

/** Greets. @param seconds for this and all that follows. @return whether QEMU answered. Free it in any case. */
bool bw_qmp_open(bw_qmp *qmp, int fd, double seconds);
/** Asks the human monitor. @return its answer with '\n' between lines, to be freed, or NULL. */
char *bw_qmp_ask(bw_qmp *qmp, const char *question);
void bw_qmp_free(bw_qmp *qmp); /**< leaves fd open */

#endif
