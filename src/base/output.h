/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Output files: written whole or not at all.
 *
 * A file is made under another name beside its place and renamed, so that a reader sees the old
 * bytes or the new ones, never a part. A file that holds the bytes already is not touched.
 */
#ifndef BW_BASE_OUTPUT_H
#define BW_BASE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Writes one file, with the folders on its way if they are not there. What is no regular file
 * (/dev/null, a pipe) is written to directly; a symbolic link is followed.
 * Thread-safe.
 * @return false with the reason in @p error_number (errno); the file is then as it was before.
 */
bool bw_write_file(const char *path, const void *bytes, size_t len, int *error_number);

/** The same without waiting for the disk (fsync): for many files that are quickly made again. After
 *  a loss of power such a file may be empty; a run that is killed still leaves it whole. */
bool bw_write_file_unsynced(const char *path, const void *bytes, size_t len, int *error_number);

/** A file that is written piece by piece, so that it need not be in memory. */
typedef struct bw_output bw_output;

/** Begins a file as bw_write_file() writes it. @return NULL with the reason in @p error_number (errno). */
bw_output *bw_output_open(const char *path, int *error_number);
/** Appends bytes. What fails is told by bw_output_close(). */
void bw_output_write(bw_output *output, const void *bytes, size_t len);
/** Appends one byte many times. */
void bw_output_fill(bw_output *output, uint8_t byte, uint64_t count);
/** Gives the file its name, and releases @p output. @param keep false: forget it, the file is as it was.
 *  @return false with the reason in @p error_number; the file is then as it was before. */
bool bw_output_close(bw_output *output, bool keep, int *error_number);

/** One that only counts: for the checksum of what would be written. */
bw_output *bw_output_sum(void);
/** @return the SHA-256 of all that was written, 64 digits, to be freed; releases @p output. */
char *bw_output_sum_close(bw_output *output);

/** One that writes to an open descriptor. */
bw_output *bw_output_on(int fd);
/** Releases @p output; the descriptor stays open. @return 0 or errno of what failed. */
int bw_output_off(bw_output *output);

#endif
