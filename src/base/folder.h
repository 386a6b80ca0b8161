/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Folders below an output folder, reached without following symbolic links, so that nothing outside
 * is ever touched; and their undoing. Private to base.
 */
#ifndef BW_BASE_FOLDER_H
#define BW_BASE_FOLDER_H

#include <glib.h>
#include <stdbool.h>

/** @return whether a path stays below its folder and has only characters that files should have. */
bool bw_path_is_below(const char *path);

/** Opens the folder itself, making it with all on its way; what was made is added to @p made (of char *,
 *  to be freed), outermost first. @return a descriptor, or -1 with errno. */
int bw_folder_open(const char *path, bool make, GPtrArray *made);

/** Opens the folder that the file @p path lies in, below @p root. Likewise; made paths are relative. */
int bw_folder_of(int root, const char *path, bool make, GPtrArray *made);

/** @return the last part of a path. */
const char *bw_path_name(const char *path);

/** Removes the leftovers of runs that were killed. Only for who holds the lock on the output folder. */
void bw_folder_clean(int folder);

#endif
