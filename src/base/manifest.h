/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The list of files that were written, with their SHA-256. Private to base.
 */
#ifndef BW_BASE_MANIFEST_H
#define BW_BASE_MANIFEST_H

#include "base/arena.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct bw_manifest_entry {
    const char *path;
    const char *sum;
} bw_manifest_entry;

typedef struct bw_manifest {
    GArray *entries; /**< of bw_manifest_entry, sorted by path; a path may have two sums */
} bw_manifest;

void bw_manifest_init(bw_manifest *manifest);
void bw_manifest_free(bw_manifest *manifest);
/** Reads what the text has; lines of another form are passed over. Strings go to @p arena. */
void bw_manifest_parse(bw_manifest *manifest, const char *text, size_t len, bw_arena *arena);
void bw_manifest_add(bw_manifest *manifest, const char *path, const char *sum); /**< both are kept, not copied */
void bw_manifest_sort(bw_manifest *manifest);
/** @return whether the file is listed with this sum (any sum for NULL). Needs a sorted manifest. */
bool bw_manifest_has(const bw_manifest *manifest, const char *path, const char *sum);
GString *bw_manifest_text(const bw_manifest *manifest);

#endif
