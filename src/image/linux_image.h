/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The header of an arm64 Linux kernel (`Image`), which says where it may lie and how much memory it takes.
 * Source: Linux, Documentation/arch/arm64/booting.rst, section 4 ("Call the kernel image").
 */
#ifndef BW_IMAGE_LINUX_IMAGE_H
#define BW_IMAGE_LINUX_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** An image lies text_offset bytes behind a multiple of this. */
#define BW_LINUX_IMAGE_ALIGN 0x200000U

/** So many bytes of the file are its header. */
#define BW_LINUX_IMAGE_HEADER 64

typedef struct bw_linux_image {
    uint64_t text_offset; /**< bytes behind a multiple of 2 MiB; 0 since Linux 5.10 */
    uint64_t size;        /**< bytes from the image's start that it takes, bss included; 0 in images before 3.17 */
    bool big_endian;
    unsigned page_size; /**< bytes; 0: not said */
} bw_linux_image;

/** @return false with a clause that says what the file is instead in @p problem. */
bool bw_linux_image_read(bw_linux_image *image, const void *data, size_t len, const char **problem);

#endif
