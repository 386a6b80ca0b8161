/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Folders and the files of one name below them. Private to systems/zephyr.
 */
#ifndef BW_SYSTEMS_ZEPHYR_WALK_H
#define BW_SYSTEMS_ZEPHYR_WALK_H

#include "systems/zephyr/zephyr.h"

/** A file that a walk found. */
typedef struct bw_zephyr_found {
    const char *path; /**< as the root was given */
    const bw_zephyr_dir *dir;
} bw_zephyr_found;

typedef enum bw_zephyr_order {
    BW_ZEPHYR_TOP_FIRST, /**< a folder's own file before those below it */
    BW_ZEPHYR_BY_PATH,   /**< sorted, part by part */
} bw_zephyr_order;

/** A part of a walk that one thread can do: a folder with all below it, or alone. */
typedef struct bw_zephyr_part {
    const char *path, *absolute; /**< of the folder */
    bool alone;
    bool loose; /**< for bw_zephyr_dir */
} bw_zephyr_part;

/**
 * Takes the walk below <root>/<folder> of each root apart (into an array of bw_zephyr_part), in the order in which
 * the parts' results belong together. Roots that are one folder by two names count once.
 */
void bw_zephyr_split(bw_arena *arena, const char *const *roots, const char *folder, const char *name,
                     bw_zephyr_order order, GArray *parts);

/** Adds the whole of each root that has no folder @p folder, which makes it loose. */
void bw_zephyr_split_loose(bw_arena *arena, const char *const *roots, const char *folder, GArray *parts);

/**
 * Adds (to an array of bw_zephyr_found) each file called @p name in a part. Symbolic links to folders are not
 * followed, as pathlib's rglob() does not. Folders are taken in order of name, so that the result does not depend
 * on the file system.
 */
void bw_zephyr_walk(bw_arena *arena, const bw_zephyr_part *part, const char *name, bw_zephyr_order order,
                    GArray *found);

/** "dir/name" without a needless "./", in the arena. */
const char *bw_zephyr_path(bw_arena *arena, const char *dir, const char *name);

/** A path as Python's pathlib writes it: no double slashes, no "." parts, no slash at the end. */
const char *bw_zephyr_tidy_path(bw_arena *arena, const char *path);

/** All names in a folder (of char *, freed with the array), sorted; NULL if it cannot be read. */
GPtrArray *bw_zephyr_names_in(const char *path);

bool bw_zephyr_is_file(const char *path);
bool bw_zephyr_is_dir(const char *path);

#endif
