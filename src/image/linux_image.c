/* SPDX-License-Identifier: Apache-2.0 */
#include "image/linux_image.h"

#include "base/bytes.h"

#include <string.h>

#define MAGIC_OFFSET 56

static uint64_t get64le(const uint8_t *p)
{
    return (uint64_t)bw_get32le(p + 4) << 32 | bw_get32le(p);
}

/* What people give instead. */
static const char *other_kind_of(const uint8_t *p, size_t len)
{
    static const struct {
        size_t offset;
        const char *magic;
        size_t len;
        const char *what;
    } kinds[] = {
        {0, "\x1f\x8b", 2, "it is compressed by gzip (Image.gz): unpack it"},
        {0,
         "\xfd"
         "7zXZ",
         5, "it is compressed by xz: unpack it"},
        {0, "\x28\xb5\x2f\xfd", 4, "it is compressed by zstd: unpack it"},
        {4, "zimg", 4, "it is an EFI program that holds a compressed kernel (vmlinuz.efi)"},
        {0, "\177ELF", 4, "it is an ELF file (vmlinux): objcopy -O binary makes an Image of it"},
        {0, "\x27\x05\x19\x56", 4, "it is a uImage: give the Image in it"},
        {0, "\xd0\x0d\xfe\xed", 4, "it is a devicetree or an image of U-Boot (FIT)"},
        {36, "\x18\x28\x6f\x01", 4, "it is a kernel for 32-bit Arm (zImage)"},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (len >= kinds[i].offset + kinds[i].len && memcmp(p + kinds[i].offset, kinds[i].magic, kinds[i].len) == 0)
            return kinds[i].what;
    return "there is no \"ARM\\x64\" at byte 56, where an arm64 Image has it";
}

bool bw_linux_image_read(bw_linux_image *image, const void *data, size_t len, const char **problem)
{
    const uint8_t *p = data;

    *image = (bw_linux_image){0};
    if (len < BW_LINUX_IMAGE_HEADER) {
        *problem = len ? "it is shorter than the header of an arm64 Image" : "it is empty";
        return false;
    }
    if (memcmp(p + MAGIC_OFFSET, "ARM\x64", 4) != 0) {
        *problem = other_kind_of(p, len);
        return false;
    }
    uint64_t flags = get64le(p + 24);
    unsigned page = flags >> 1 & 3;
    *image = (bw_linux_image){.text_offset = get64le(p + 8),
                              .size = get64le(p + 16),
                              .big_endian = flags & 1,
                              .page_size = page ? 1024U << (2 * page) : 0};
    if (image->size == 0)
        image->text_offset = 0x80000; /* before 3.17 the field's byte order was not defined */
    return true;
}
