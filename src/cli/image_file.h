/* SPDX-License-Identifier: Apache-2.0 */
/** What the verbs of `image` share: where an image stands in a file, what it is expected to be. */
#ifndef BW_CLI_IMAGE_FILE_H
#define BW_CLI_IMAGE_FILE_H

#include "cli/image_board.h"
#include "cli/options.h"
#include "image/lfs.h"

/** Options of all verbs that read an image. */
typedef struct bw_image_window {
    char *offset_word, *size_word; /**< --offset, --size */
    uint64_t offset, size;         /**< bytes; size 0: to the end */
    char *board;                   /**< --board */
    bw_storage storage;            /**< its storage partition: where the image is in a hex or ELF file, unless
                                        --offset says it, and what it must be */
} bw_image_window;

/** The option groups that --board wants. */
#define BW_IMAGE_WINDOW_GROUPS (BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_ROOTS)

#define BW_IMAGE_WINDOW_ENTRIES(window)                                                                                \
    {"offset",                                                                                                         \
     0,                                                                                                                \
     0,                                                                                                                \
     G_OPTION_ARG_FILENAME,                                                                                            \
     &(window)->offset_word,                                                                                           \
     "Where the image begins in FILE; an address in a "                                                                \
     "hex or ELF file",                                                                                                \
     "BYTES"},                                                                                                         \
        {"board",                                                                                                      \
         'b',                                                                                                          \
         0,                                                                                                            \
         G_OPTION_ARG_FILENAME,                                                                                        \
         &(window)->board,                                                                                             \
         "The image must fit the storage partition of TARGET, and in a hex or ELF file it is there",                   \
         "TARGET"},                                                                                                    \
    {                                                                                                                  \
        "size", 0, 0, G_OPTION_ARG_FILENAME, &(window)->size_word, "How long it is (default: to the end)", "BYTES"     \
    }

/** Reads "4096", "0x1000", "64 KiB" or "16MiB". @return false after saying so. */
bool bw_size_option(const char *command, const char *option, const char *word, uint64_t *bytes);
/** The same for a number of 32 bits that is not 0. */
bool bw_size_option32(const char *command, const char *option, const char *word, uint32_t *bytes);

/** @return false after saying what is wrong with the words, or with the board; then @p code is the exit status. */
bool bw_image_window_read(bw_image_window *window, const char *command, const bw_options *options, int *code);
/** What an image must be, by --board. */
bw_lfs_expect bw_image_window_expect(const bw_image_window *window);
void bw_image_window_free(bw_image_window *window);

/** Bytes of an image, from a raw, hex or ELF file. @p data lives in @p arena or with @p ctx.
 *  @return false after a finding: unreadable, or the window is not in it. */
bool bw_image_bytes(bw_context *ctx, bw_arena *arena, const char *path, const bw_image_window *window,
                    bw_findings *findings, const uint8_t **data, size_t *len);

/** Reads a littlefs image. @return NULL after a finding when there are no bytes to read. */
bw_lfs *bw_image_open(bw_context *ctx, bw_arena *arena, const char *path, const bw_image_window *window,
                      const bw_lfs_expect *expect, bw_findings *findings);

#endif
