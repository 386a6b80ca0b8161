/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A board folder out of somebody else's description: a source, a blob, a folder as /proc/device-tree.
 *
 * What is written: board.yml, the devicetree as one readable source, README.md, and support.yml where the machine
 * is one that a simulator has. The source is read back and compared with the original before anything goes into
 * the plan: nodes, properties, their order, all bytes, and each reference to the same node. Only the numbers of
 * phandles may change, and of those just the ones that nothing but known references can mean.
 */
#ifndef BW_IMPORT_IMPORT_H
#define BW_IMPORT_IMPORT_H

#include "base/plan.h"
#include "board/load.h"
#include "dts/print.h"
#include "systems/cheriot/devicetree.h"

/** What the user says; zero-initialise. What is not given is made out of the description. */
typedef struct bw_import_options {
    const char *name;   /**< the board's, by itself that of the file */
    const char *vendor; /**< by itself the prefix of the root's compatible */
    const char *soc;    /**< by itself out of the root's last compatible */
    bool keep_symbols;  /**< /__symbols__ and the fixup nodes stay in the source */
    bw_annotate origins;
} bw_import_options;

typedef struct bw_import_job {
    const bw_target *target;
    const bw_load_options *load;
    bw_roots *roots;
    const bw_import_options *options;
    bw_plan *plan; /**< gets the files */
    bw_findings *findings;
} bw_import_job;

/** What came of it: for the summary. */
typedef struct bw_import_result {
    char *name, *source;                /**< the board's, and of its devicetree's file; to be freed */
    uint32_t nodes, references, labels; /**< labels: that were made */
    uint32_t kept;                      /**< phandles that kept their number */
} bw_import_result;

/** @return false with findings: nothing was added to the plan then. */
bool bw_import(bw_context *ctx, const bw_import_job *job, bw_import_result *result);
/** A CHERIoT board (its .json, .patch, or a name in an SDK) as a board folder; what a devicetree has no word for goes
 *  into support.yml. Free @p result with bw_cheriot_tree_free().
 *  @param file as bw_cheriot_read() takes it; the target of the job is not looked at. */
bool bw_import_cheriot(bw_context *ctx, const char *file, const bw_cheriot_options *how,
                       const bw_cheriot_compatible *compatibles, const bw_import_job *job, bw_cheriot_tree *result);
void bw_import_result_free(bw_import_result *result);

#endif
