/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What git knows of a working tree's submodules: the gitlinks of its index, and the sections of .gitmodules.
 *
 * Only the index file is opened, not the repository, so no configuration is read and nobody has to own the folder.
 *
 * Sources: git's Documentation/gitformat-index.txt, gitrepository-layout.txt, gitmodules.txt and git-config.txt.
 */
#ifndef BW_SYSTEMS_BALENA_GIT_H
#define BW_SYSTEMS_BALENA_GIT_H

#include "base/unit.h"

typedef struct bw_gitlink {
    const char *path; /**< below the root: "layers/poky" */
    char commit[41];  /**< hexadecimal */
} bw_gitlink;

typedef struct bw_gitlinks {
    bool known; /**< there is an index, and it could be read */
    const bw_gitlink *items;
    uint32_t count;
} bw_gitlinks;

/** Gitlinks of the index that belongs to the root of a working tree: DIR/.git/index, or that of the folder which a file
 *  DIR/.git names (worktrees and submodules). An index that cannot be read is a finding (`balena-index`). */
bw_gitlinks bw_git_read(bw_unit *unit, const char *folder);

typedef struct bw_gitmodule {
    const char *name; /**< of [submodule "NAME"] */
    const char *path; /**< or NULL */
    const char *url;
    const char *branch;
    bw_place place, path_place, url_place, branch_place;
} bw_gitmodule;

typedef struct bw_gitmodules {
    bw_source *source; /**< of .gitmodules; NULL: there is none */
    const bw_gitmodule *items;
    uint32_t count;
} bw_gitmodules;

/** Reads FOLDER/.gitmodules; a line that git would refuse is a finding (`balena-gitmodules`) and is passed over. */
bw_gitmodules bw_gitmodules_read(bw_unit *unit, const char *folder);

#endif
