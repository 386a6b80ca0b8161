/* SPDX-License-Identifier: Apache-2.0 */
/** What a target is worth for Ocre, for a person (text) and for a program (JSON). Nothing is printed. */
#ifndef BW_REPORT_SHOW_OCRE_H
#define BW_REPORT_SHOW_OCRE_H

#include "report/figures.h"
#include "systems/ocre/verdict.h"

#include <jansson.h>

/** What the facts and lines are called by. */
typedef struct bw_ocre_view {
    const char *target; /**< its name */
    const char *stem;   /**< of its board files */
    const char *page;   /**< path of its page in a tree of Ocre, words for a missing one, or NULL: no tree is known */
    bool has_files;     /**< the verdicts are with the board files of such a tree */
    bw_style style;
} bw_ocre_view;

/** The table: a row for each topic with what the target has. */
void bw_show_ocre_facts(const bw_ocre_verdict *verdict, const bw_ocre_view *show, bw_buffer *out);
/** One sample: ready, works after these lines, or not possible because. */
void bw_show_ocre_sample(const bw_ocre_verdict *verdict, const bw_ocre_view *show, bw_buffer *out);
/** One sample; docs/json.md has the shape. A new reference. */
json_t *bw_show_ocre_json(const bw_ocre_verdict *verdict, const bw_tree *tree);

/** "ready", "after", "impossible" */
const char *bw_ocre_readiness_name(bw_ocre_readiness state);

#endif
