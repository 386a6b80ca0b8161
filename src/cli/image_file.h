/* SPDX-License-Identifier: Apache-2.0 */
/** What the verbs of `image` share: where an image stands in a file, what it is expected to be. */
#ifndef BW_CLI_IMAGE_FILE_H
#define BW_CLI_IMAGE_FILE_H

#include "cli/options.h"
#include "image/lfs.h"

/** Options of all verbs that read an image. */
typedef struct bw_image_window {
    char *offset_word, *size_word; /**< --offset, --size */
    uint64_t offset, size;         /**< bytes; size 0: to the end */
} bw_image_window;

#define BW_IMAGE_WINDOW_ENTRIES(window)                                                                                \
    {"offset",                                                                                                         \
     0,                                                                                                                \
     0,                                                                                                                \
     G_OPTION_ARG_FILENAME,                                                                                            \
     &(window)->offset_word,                                                                                           \
     "Where the image begins in FILE; an address in a "                                                                \
     "hex or ELF file",                                                                                                \
     "BYTES"},                                                                                                         \
    {                                                                                                                  \
        "size", 0, 0, G_OPTION_ARG_FILENAME, &(window)->size_word, "How long it is (default: to the end)", "BYTES"     \
    }

/** Reads "4096", "0x1000", "64 KiB" or "16MiB". @return false after saying so. */
bool bw_size_option(const char *command, const char *option, const char *word, uint64_t *bytes);
/** The same for a number of 32 bits that is not 0. */
bool bw_size_option32(const char *command, const char *option, const char *word, uint32_t *bytes);

/** @return false after saying what is wrong with the words. */
bool bw_image_window_read(bw_image_window *window, const char *command);
void bw_image_window_free(bw_image_window *window);

/** Bytes of an image, from a raw, hex or ELF file. @p data lives in @p arena or with @p ctx.
 *  @return false after a finding: unreadable, or the window is not in it. */
bool bw_image_bytes(bw_context *ctx, bw_arena *arena, const char *path, const bw_image_window *window,
                    bw_findings *findings, const uint8_t **data, size_t *len);

/** Reads a littlefs image. @return NULL after a finding when there are no bytes to read. */
bw_lfs *bw_image_open(bw_context *ctx, bw_arena *arena, const char *path, const bw_image_window *window,
                      const bw_lfs_expect *expect, bw_findings *findings);

#endif
