/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A plan of output files: all that a command is going to write into one folder.
 *
 * First the files are added, then the plan is compared with the disk, then it is carried out: all
 * files are made under temporary names before the first one gets its own, so a failure leaves the
 * folder as it was. What was written is listed in a manifest with its SHA-256; a file that is
 * neither as the manifest says nor as the plan wants it was edited by somebody, and stays.
 *
 * The manifest has the format of sha256sum, so `sha256sum -c manifest.sha256` checks it. While files
 * are being renamed it lists the old and the new sum of each, so that a run that is killed there does
 * not make its files look edited.
 */
#ifndef BW_BASE_PLAN_H
#define BW_BASE_PLAN_H

#include "base/arena.h"
#include "base/finding.h"
#include "base/output.h"

#define BW_MANIFEST_NAME "manifest.sha256"

typedef enum bw_plan_state {
    BW_PLAN_NEW,     /**< is not there */
    BW_PLAN_CHANGED, /**< is there with other bytes, as we wrote it */
    BW_PLAN_SAME,    /**< is there with these bytes */
    BW_PLAN_EDITED,  /**< is there, and not as we wrote it */
    BW_PLAN_STALE,   /**< is there as we wrote it, but no longer wanted */
} bw_plan_state;

/** Makes the bytes of a file, the same at each call. */
typedef void bw_plan_maker(void *user, bw_output *out);

typedef struct bw_plan_file {
    const char *path;  /**< below the folder, with '/' */
    const void *bytes; /**< NULL of a stale one, and of one that is made */
    size_t len;
    bw_plan_maker *make; /**< or NULL */
    void *user;
    const char *sum;     /**< SHA-256 of the bytes, 64 hexadecimal digits */
    const char *old_sum; /**< of what is there, or NULL */
    bw_plan_state state; /**< set by bw_plan_compare() */
} bw_plan_file;

/** What the system would not do. */
typedef struct bw_plan_error {
    int number; /**< errno */
    char path[4096];
} bw_plan_error;

typedef struct bw_plan bw_plan;

/** @param folder where the files go; made when it is needed. */
bw_plan *bw_plan_new(const char *folder);
void bw_plan_free(bw_plan *plan);

/** Adds a file; path and bytes are copied.
 *  @return false when the path leaves the folder (absolute, "..", empty parts), has characters that no
 *          file name should have, or is there already: nothing is added. */
bool bw_plan_add(bw_plan *plan, const char *path, const void *bytes, size_t len);

/** Adds a file that is made piece by piece when it is written, so that it need not be in memory.
 *  @param user for @p make; lives as long as the plan, see bw_plan_keep(). @return as bw_plan_add(). */
bool bw_plan_add_made(bw_plan *plan, const char *path, bw_plan_maker *make, void *user);

/** Frees @p data when the plan is freed. */
void bw_plan_keep(bw_plan *plan, void *data, void (*free_data)(void *));

/** Says that all files below a sub-folder come from this plan: those of an earlier run that it no
 *  longer has are removed, unless they were edited. */
void bw_plan_owns(bw_plan *plan, const char *sub_folder);

/** Looks at the folder and sets the state of each file. Changes nothing.
 *  @return false with @p error when something there cannot be read. */
bool bw_plan_compare(bw_plan *plan, bw_plan_error *error);

/** After bw_plan_compare(): a finding build-edited-file for each edited file.
 *  @return whether the plan may be carried out (none, or the finding's level is below error). */
bool bw_plan_report_edited(const bw_plan *plan, bw_findings *findings);

/** Carries the plan out. Without @p force edited files are left alone.
 *  @return false with @p error; nothing is changed then, unless the disk fails between two renames
 *          (each file is whole even so). */
bool bw_plan_write(bw_plan *plan, bool force, bw_plan_error *error);

/** The files sorted by path, stale ones too once compared. */
const bw_plan_file *bw_plan_files(const bw_plan *plan, uint32_t *count);
const char *bw_plan_folder(const bw_plan *plan);

#endif
