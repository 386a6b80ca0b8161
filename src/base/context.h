/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What all boards of a run share: names, source files, how severe each finding is.
 *
 * Set the options before the first unit; after that a context may be used from many threads.
 */
#ifndef BW_BASE_CONTEXT_H
#define BW_BASE_CONTEXT_H

#include "base/finding.h"
#include "base/names.h"
#include "base/source.h"

typedef struct bw_known_names {
#define BW_KNOWN(ident, text) const bw_name *ident;
#include "base/known_names.def"
#undef BW_KNOWN
} bw_known_names;

typedef struct bw_context {
    bw_names *names;
    bw_known_names n; /**< names that the code asks for */
    bw_sources *sources;
    bw_severity levels[BW_CODE_COUNT]; /**< as findings.def says, changed by -W */
    bool werror;                       /**< warnings count as errors */
} bw_context;

bw_context *bw_context_new(void);
void bw_context_free(bw_context *ctx);

/** Sets the level of the finding called @p name (its own name or dtc's), or of all for "all".
 *  @return false if there is no such finding. */
bool bw_context_set_level(bw_context *ctx, const char *name, bw_severity level);

/** Drops notes, for commands that make something of a board: `check` is there for them. */
void bw_context_drop_notes(bw_context *ctx);

#endif
