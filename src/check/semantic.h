/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The checks that dtc does not have.
 */
#ifndef BW_CHECK_SEMANTIC_H
#define BW_CHECK_SEMANTIC_H

#include "check/engine.h"

/** In the order in which they run, ended by one without a function. A check whose function serves several
 *  codes has level 1, so that it runs even if its first code is off. */
extern const bw_check bw_semantic_checks[];

#endif
