/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One binding out of its file and those that it includes. Private to systems/zephyr.
 *
 * Source: Zephyr 4.1, edtlib.py, Binding._merge_includes() and the functions below it.
 */
#ifndef BW_SYSTEMS_ZEPHYR_BINDING_FILE_H
#define BW_SYSTEMS_ZEPHYR_BINDING_FILE_H

#include "systems/zephyr/bindings.h"

/** Who knows the files. */
typedef struct bw_zephyr_binding_files {
    bw_context *ctx;
    bw_arena *arena; /**< for all that is made */
    void *data;
    /** The parsed file of a name ("base.yaml"), or NULL; @p found says whether there is one at all. */
    const bw_yaml *(*called)(void *data, const char *name, bw_findings *findings, bool *found);
    const char *(*near)(void *data, const char *name); /**< a file of nearly this name, or NULL */
} bw_zephyr_binding_files;

/** @param findings gets what is wrong; its addresses outlive the binding. @return never NULL. */
bw_zephyr_binding *bw_zephyr_binding_make(const bw_zephyr_binding_files *files, const char *path, const bw_yaml *root,
                                          bw_findings *findings);

#endif
