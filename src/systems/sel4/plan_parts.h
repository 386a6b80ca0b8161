/* SPDX-License-Identifier: Apache-2.0 */
/** Between the steps of a plan: plan.c, plan_devices.c, plan_layout.c, plan_model.c. */
#ifndef BW_SYSTEMS_SEL4_PLAN_PARTS_H
#define BW_SYSTEMS_SEL4_PLAN_PARTS_H

#include "systems/sel4/plan.h"

#include <glib.h>

typedef struct bw_sel4_planner {
    bw_sel4_plan *plan;
    const bw_board *board;
    const bw_tree *tree;
    bw_arena *arena;
    bw_findings *findings;
    const bw_node *gic; /**< or NULL */
    bool is_64;
    bool failed; /**< after an error finding */
} bw_sel4_planner;

/** Who gets which nodes. */
void bw_sel4_plan_devices(bw_sel4_planner *p);
/** Where all lies in memory. */
void bw_sel4_plan_layout(bw_sel4_planner *p);
/** The application that the checks judge and that is written. */
void bw_sel4_plan_model(bw_sel4_planner *p);

/** @return an error finding of the layout, after which nothing is written; NULL when its level is off. */
bw_finding *bw_sel4_plan_error(bw_sel4_planner *p, bw_code code, bw_place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
