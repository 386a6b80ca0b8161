/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Files below one open folder and nowhere else, whatever their paths say and whatever links stand on the way: for
 * contents of archives and images.
 */
#ifndef BW_BASE_BELOW_H
#define BW_BASE_BELOW_H

#include <stdbool.h>
#include <stddef.h>

/** Opens a folder, making it with all on its way. @return a descriptor to close(), or -1 with errno in
 *  @p error_number. */
int bw_below_open(const char *folder, int *error_number);

/** Whether a path is one that the functions here take: relative, with no empty parts, "." or "..", no control
 *  characters, no backslash, no more than 2048 bytes. */
bool bw_below_is_safe(const char *path);

/** Writes a file whole, with the folders on its way. One of the same bytes is left alone; another is EEXIST without
 *  @p force. No link is followed. @return false with the reason in @p error_number (errno). */
bool bw_below_write(int folder, const char *path, const void *bytes, size_t len, bool force, int *error_number);

/** Makes a folder with those on its way. @return false with the reason in @p error_number (errno). */
bool bw_below_make_folder(int folder, const char *path, int *error_number);

#endif
