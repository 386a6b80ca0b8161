/* SPDX-License-Identifier: Apache-2.0 */
/** Paths as text. */
#ifndef BW_BASE_PATHS_H
#define BW_BASE_PATHS_H

/**
 * How to go from the folder of @p from to @p path: "soc.dtsi", "../dts/soc.dtsi". The same whatever the current
 * folder is and whether the two were given relative to it or not. Symbolic links are not followed.
 * @return to be freed with g_free().
 */
char *bw_path_relative(const char *path, const char *from);

#endif
