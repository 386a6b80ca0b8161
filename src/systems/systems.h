/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The table of systems: what boardwright writes support files for. A new system is one folder
 * beside this file and one row in systems.c.
 */
#ifndef BW_SYSTEMS_SYSTEMS_H
#define BW_SYSTEMS_SYSTEMS_H

#include "base/plan.h"
#include "board/board.h"
#include "board/load.h"
#include "yaml/schema.h"

#include <glib.h>

/** One target of a board, to be written for one system. */
typedef struct bw_system_job {
    const bw_board *board;
    const bw_target *target;
    const GPtrArray *all;        /**< of const bw_target *: all targets that this run builds, of any board */
    const bw_load_options *load; /**< how target was read into the board's tree */
    bw_roots *roots;
    const bw_yaml *section; /**< the system's part of support.yml, checked; or NULL */
    const bw_yaml *support; /**< the whole of it, for `simulator:`; or NULL */
    const char *folder;     /**< where its files go in the plan, without a '/' at the end */
    bw_plan *plan;
    const char *sdk;        /**< --sdk, or NULL */
    const char *firmware;   /**< --firmware, or NULL; of a system that takes it */
    GPtrArray *remarks;     /**< of char *, to be freed: what there is to say of the files, a line each */
    bw_findings *described; /**< what the system's own checks say of the description: with an error among them all are
                                 shown, else they are counted */
    void **state;           /**< of a system that has finish: what it keeps from target to target; NULL at first */
} bw_system_job;

/** A board whose targets were all given to build(), for a system that writes them into one folder. */
typedef struct bw_system_whole {
    bw_context *ctx;
    const char *board; /**< name of the board's folder */
    const char *folder;
    bw_plan *plan; /**< NULL: something went wrong, only the state is to be freed */
    bw_findings *findings;
    const bw_yaml *section; /**< as in the job */
    const bw_yaml *support;
    void *state;
} bw_system_whole;

/** A board that is described in a system's own words instead of a devicetree, such as a board file of CHERIoT RTOS. */
typedef struct bw_system_own {
    bw_context *ctx;
    const char *board;         /**< one of own_boards() */
    const char *sdk;           /**< --sdk, or NULL */
    const char *const *mixins; /**< --mixin, NULL-terminated, or NULL */
    const char *folder;        /**< as in the job */
    bw_plan *plan;
    bw_findings *findings;
} bw_system_own;

typedef struct bw_system {
    const char *name;
    const char *summary;      /**< what is written, a sentence */
    const bw_schema *section; /**< its part of support.yml: a row of type map or named */
    bool takes_firmware;      /**< puts a program's image into its files (--firmware) */
    /** What `new` writes as its part, lines with @NAME@ and @SOC@ for the board's and the SoC's name; NULL: `{}`. */
    const char *start;
    const char *start_arch; /**< what `new` begins with for it, by itself; NULL: whatever */
    /** Adds the files of one target to the plan. Findings go to the tree's unit. NULL: support files of this
     *  system cannot be written yet. @return false after an error finding. */
    bool (*build)(const bw_system_job *job);
    /** Whether a board is fit for the system, beyond what is checked of any board: findings go to those of the tree's
     * unit. NULL: it has no such checks, or a way of its own. @param section as in the job */
    void (*check)(const bw_tree *tree, const bw_yaml *section);
    /** Of a system that writes one folder for all targets of a board: called once after them. Frees the state, which
     *  may be NULL. @return false after an error finding. NULL: each target has a folder of its own. */
    bool (*finish)(const bw_system_whole *whole);
    /** Of a system with descriptions of its own: @return the boards that @p argument is or holds, to be freed with
     *  g_strfreev(), or NULL if it is something else. NULL: the system has none. */
    char **(*own_boards)(bw_context *ctx, const char *argument, const char *sdk);
    /** Reads and checks such a board and adds its files to the plan. @return false after an error finding. */
    bool (*build_own)(const bw_system_own *own);
} bw_system;

extern const bw_system bw_systems[]; /**< ended by a row without a name */

size_t bw_system_count(void);

/** @return the system, or NULL. */
const bw_system *bw_system_find(const char *name);

/** @return the system whose own description @p argument is, with its boards (g_strfreev()), or NULL. */
const bw_system *bw_system_of_own(bw_context *ctx, const char *argument, const char *sdk, char ***boards);

/** @return the nearest name, for "did you mean", or NULL. */
const char *bw_system_nearest(const char *name);

#endif
