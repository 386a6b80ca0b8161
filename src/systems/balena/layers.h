/* SPDX-License-Identifier: Apache-2.0 */
/**
 * All layers of a repository's bblayers.conf.sample, in its order, with their recipes as far as they are there.
 */
#ifndef BW_SYSTEMS_BALENA_LAYERS_H
#define BW_SYSTEMS_BALENA_LAYERS_H

#include "systems/balena/repo.h"

typedef struct bw_balena_stacked {
    const char *entry;          /**< as written, with ${TOPDIR} put in */
    const char *path;           /**< of its folder, without ".." */
    bw_place place;             /**< of the entry */
    bool known;                 /**< no other variable is in it */
    bool own;                   /**< the repository's own layer */
    bool unlisted;              /**< own, and not in bblayers.conf.sample */
    const bw_bb_file *conf;     /**< its layer.conf; NULL: it is not there (an empty submodule) */
    int priority;               /**< BBFILE_PRIORITY */
    const char *const *recipes; /**< paths of its .bb and .bbappend, sorted */
    uint32_t recipe_count;
} bw_balena_stacked;

typedef struct bw_balena_stack {
    bw_balena_stacked *layers;
    uint32_t count;
    bool whole; /**< all of them are there */
} bw_balena_stack;

/** Found at the first call and kept. */
const bw_balena_stack *bw_balena_stack_of(const bw_balena_repo *repo);

#endif
