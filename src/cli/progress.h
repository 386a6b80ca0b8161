/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How far a long run is, in one line of the terminal that is gone at its end.
 *
 * Only where standard error is a terminal, so nothing of it gets into a pipe or a file. With NO_COLOR or
 * --color=never it is drawn without escape sequences; TERM=dumb has none at all.
 */
#ifndef BW_CLI_PROGRESS_H
#define BW_CLI_PROGRESS_H

#include "cli/options.h"

typedef struct bw_progress {
    const char *what; /**< in the plural: "targets" */
    guint total;
    gint64 drawn;    /**< when it was drawn last; microseconds */
    unsigned length; /**< columns drawn last */
    bool shown;      /**< whether there is a terminal, and enough to do */
    bool color;
    bool utf8;
} bw_progress;

void bw_progress_begin(bw_progress *progress, const bw_options *options, const char *what, guint total);
/** @param done so many; @param now what was done last. To be called by one thread at a time. */
void bw_progress_step(bw_progress *progress, guint done, const char *now);
/** Takes the line away. To be called before anything else is printed. */
void bw_progress_end(bw_progress *progress);

#endif
