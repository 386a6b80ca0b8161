/* SPDX-License-Identifier: Apache-2.0 */
/* An executable out of parts: System V ABI, figures 4-3 (header) and 5-1 (program header). */
#include "base/bytes.h"
#include "image/elf.h"

#define HEADER 64
#define SEGMENT 56
#define PAGE 0x1000U
#define EM_AARCH64 183

static void put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static void put64(uint8_t *p, uint64_t value)
{
    bw_put32le(p, (uint32_t)value);
    bw_put32le(p + 4, (uint32_t)(value >> 32));
}

static void put_header(bw_buffer *out, uint64_t entry, unsigned count)
{
    static const uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    uint8_t h[HEADER] = {0};

    memcpy(h, ident, sizeof ident);
    put16(h + 16, 2); /* executable */
    put16(h + 18, EM_AARCH64);
    bw_put32le(h + 20, 1);
    put64(h + 24, entry);
    put64(h + 32, HEADER);
    put16(h + 52, HEADER);
    put16(h + 54, SEGMENT);
    put16(h + 56, count);
    put16(h + 58, 64);
    bw_buffer_add(out, h, sizeof h);
}

static uint64_t next_page(uint64_t offset)
{
    return (offset + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

void bw_elf_write_aarch64(bw_buffer *out, uint64_t entry, const bw_elf_part *parts, unsigned count)
{
    size_t start = out->len;
    uint64_t offset = HEADER + (uint64_t)count * SEGMENT;

    put_header(out, entry, count);
    for (unsigned i = 0; i < count; i++) {
        uint8_t h[SEGMENT] = {0};

        offset = next_page(offset);
        bw_put32le(h, 1);     /* PT_LOAD */
        bw_put32le(h + 4, 7); /* read, write, execute */
        put64(h + 8, offset);
        put64(h + 16, parts[i].address);
        put64(h + 24, parts[i].address);
        put64(h + 32, parts[i].len);
        put64(h + 40, parts[i].len);
        put64(h + 48, PAGE);
        bw_buffer_add(out, h, sizeof h);
        offset += parts[i].len;
    }
    for (unsigned i = 0; i < count; i++) {
        bw_buffer_zeros(out, (size_t)(next_page(out->len - start) - (out->len - start)));
        bw_buffer_add(out, parts[i].data, parts[i].len);
    }
}
