/* SPDX-License-Identifier: Apache-2.0 */
#include "image/cpio.h"

#define S_FOLDER 0040000U
#define S_FILE 0100000U
#define S_DEVICE 0020000U
#define BLOCK 512U

static void align(bw_cpio *cpio, size_t to)
{
    bw_buffer_zeros(cpio->out, (to - cpio->out->len % to) % to);
}

/* Thirteen numbers of eight digits behind the magic; the name; the content: each part at a multiple of 4. */
static void add(bw_cpio *cpio, const char *path, uint32_t mode, const void *data, size_t len, const uint32_t device[2])
{
    size_t name = strlen(path) + 1;

    bw_buffer_printf(cpio->out, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", cpio->inode++, mode, 0U,
                     0U, mode >> 12 == S_FOLDER >> 12 ? 2U : 1U, 0U, (unsigned)len, 0U, 0U, device[0], device[1],
                     (unsigned)name, 0U);
    bw_buffer_add(cpio->out, path, name);
    align(cpio, 4);
    bw_buffer_add(cpio->out, data, len);
    align(cpio, 4);
}

void bw_cpio_folder(bw_cpio *cpio, const char *path)
{
    add(cpio, path, S_FOLDER | 0755U, NULL, 0, (uint32_t[]){0, 0});
}

void bw_cpio_file(bw_cpio *cpio, const char *path, uint32_t mode, const void *data, size_t len)
{
    add(cpio, path, S_FILE | mode, data, len, (uint32_t[]){0, 0});
}

void bw_cpio_device(bw_cpio *cpio, const char *path, uint32_t mode, uint32_t major, uint32_t minor)
{
    add(cpio, path, S_DEVICE | mode, NULL, 0, (uint32_t[]){major, minor});
}

void bw_cpio_end(bw_cpio *cpio)
{
    add(cpio, "TRAILER!!!", 0, NULL, 0, (uint32_t[]){0, 0});
    align(cpio, BLOCK);
    cpio->inode = 0;
}
