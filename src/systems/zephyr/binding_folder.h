/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Folders with bindings: which files there are, and which compatibles each says it has. Every folder is read once,
 * however many boards have it among theirs. Private to systems/zephyr.
 */
#ifndef BW_SYSTEMS_ZEPHYR_BINDING_FOLDER_H
#define BW_SYSTEMS_ZEPHYR_BINDING_FOLDER_H

#include "base/arena.h"

#include <glib.h>

/** What a look at the text of a file tells, without reading it as YAML. Lives as long as the folders. */
typedef struct bw_zephyr_binding_text {
    const char *name;               /**< "base.yaml" */
    const char *path;               /**< below the folder as it was given */
    const char *const *compatibles; /**< at the top or of children; NULL-terminated */
} bw_zephyr_binding_text;

typedef struct bw_zephyr_binding_folders bw_zephyr_binding_folders;

bw_zephyr_binding_folders *bw_zephyr_binding_folders_new(void);
void bw_zephyr_binding_folders_free(bw_zephyr_binding_folders *folders);

/** @return of bw_zephyr_binding_text: the files of a folder and of those below it that could be read, by path.
 *  Thread-safe. */
const GArray *bw_zephyr_binding_folder(bw_zephyr_binding_folders *folders, const char *dir);

#endif
