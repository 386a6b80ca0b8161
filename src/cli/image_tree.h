/* SPDX-License-Identifier: Apache-2.0 */
/** A folder of the system as what goes into an image. Files are read when their bytes are wanted. */
#ifndef BW_CLI_IMAGE_TREE_H
#define BW_CLI_IMAGE_TREE_H

#include "image/lfs.h"

typedef struct bw_image_tree {
    bw_arena arena;
    bw_findings *findings;
    bw_lfs_node *root;
    const char *arch;  /**< how the names of AOT architectures begin that the target takes, or NULL */
    const char *whose; /**< the target, for findings */
} bw_image_tree;

void bw_image_tree_init(bw_image_tree *tree, bw_findings *findings);
void bw_image_tree_free(bw_image_tree *tree);

/** Reads what is in a folder, at any depth. @return false after findings. */
bool bw_image_tree_read(bw_image_tree *tree, const char *folder);

/** Ocre's state directory with the containers of a folder: /ocre/images/<name> and an empty /ocre/containers.
 *  Source: Ocre, src/ocre/ocre.c, cmake/state_information.cmake. @return false after findings. */
bool bw_image_tree_ocre(bw_image_tree *tree, const char *folder);

/** As bw_lfs_options.load; @p user is the tree. */
bool bw_image_tree_load(void *user, const bw_lfs_node *file, uint8_t *to);

#endif
