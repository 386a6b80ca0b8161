/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Checks of any board, whatever the system: dtc's 89 (dtc 1.8.1, checks.c, for behaviour) and the
 * semantic ones that dtc does not have. The codes and their texts stand in check/findings.def.
 *
 * Two ways in. bw_check_run_dtc() does what dtc does: its checks only, in its order, at its levels,
 * no more after the first error. bw_check_run() is `boardwright check`: all checks at the levels of
 * the context, as far as going on is safe. Both resolve the tree on the way (tree/resolve.h); the
 * second also takes a tree that is resolved already.
 */
#ifndef BW_CHECK_CHECK_H
#define BW_CHECK_CHECK_H

#include "tree/resolve.h"
#include "tree/tree.h"

#define BW_DTC_CHECK_MAX 96

/** How dtc's checks are set: -W and -E of `boardwright dtc`. */
typedef struct bw_check_set {
    uint8_t level[BW_DTC_CHECK_MAX]; /**< private */
} bw_check_set;

/** dtc's own default levels. */
void bw_check_set_init(bw_check_set *set);

/** What follows -W (@p as_warning) or -E (@p as_error) of dtc: "name", "no-name" or "no_name".
 *  @return false if there is no such check. Names that older dtc versions had are taken in silence. */
bool bw_check_option(bw_check_set *set, const char *argument, bool as_warning, bool as_error);
/** Raising a check raises those that it needs; lowering lowers those that need it.
 *  @return false if there is no such check. */
bool bw_check_raise(bw_check_set *set, const char *name, bool as_warning, bool as_error);
bool bw_check_lower(bw_check_set *set, const char *name, bool as_warning, bool as_error);

/** Gives the codes of dtc's checks the levels of the set: once, before the first unit of @p ctx. */
void bw_check_set_apply(const bw_check_set *set, bw_context *ctx);

/** Names of dtc's checks in dtc's order, for help and completion. */
const char *bw_check_dtc_name(unsigned index); /**< NULL past the last */

/** @return false if a check at error level failed; the tree may then be half resolved (-f goes on with it). */
bool bw_check_run_dtc(bw_tree *tree, const bw_check_set *set, const bw_resolve_options *options);

/** @return false if a finding at error level was added. */
bool bw_check_run(bw_tree *tree, const bw_resolve_options *options);

#endif
