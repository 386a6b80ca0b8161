/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The steps of replacing a file whole, relative to an open folder. Private to base.
 */
#ifndef BW_BASE_REPLACE_H
#define BW_BASE_REPLACE_H

#include <stdbool.h>
#include <stddef.h>

/** A file under its temporary name. */
typedef struct bw_temp {
    char name[32];
} bw_temp;

/** @return 0 or errno. */
int bw_write_all(int fd, const void *bytes, size_t len);

/** @return whether @p name below the folder is a regular file of just these bytes. */
bool bw_file_equals(int folder, const char *name, const void *bytes, size_t len);

/** Writes the bytes to a new temporary file beside @p name, with that file's mode if it exists.
 *  @return 0 or errno; on failure nothing is left behind. */
int bw_temp_make(bw_temp *temp, int folder, const char *name, const void *bytes, size_t len, bool sync);

/** The two halves of that, for who writes piece by piece. @return a descriptor to write to, or -1 with errno. */
int bw_temp_open(bw_temp *temp, int folder);
/** @param error 0, or errno of a write that failed: then the file is removed. @return 0 or errno. */
int bw_temp_close(const bw_temp *temp, int fd, int folder, const char *name, bool sync, int error);

/** Gives the temporary file its name; removes it if that fails. @return 0 or errno. */
int bw_temp_place(bw_temp *temp, int folder, const char *name);

/** @return whether a file name is one that bw_temp_make() gives. */
bool bw_temp_is_name(const char *name);

#endif
