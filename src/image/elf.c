/* SPDX-License-Identifier: Apache-2.0 */
#include "image/elf.h"

#include <string.h>

/* Offsets of fields: System V ABI, figures 4-3 (header), 5-1 (program header), 4-10 (section), 4-16 (symbol). */
#define TYPE 16
#define MACHINE 18
#define PT_LOAD 1
#define SHT_SYMTAB 2
#define SHT_NOBITS 8

/* A program header table of more entries is none. */
#define SEGMENTS_MAX 1024

static bool is_within(const bw_elf *elf, uint64_t offset, uint64_t size)
{
    return offset <= elf->len && size <= elf->len - offset;
}

/* The caller knows that the bytes are there. */
static uint64_t number(const bw_elf *elf, uint64_t offset, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | elf->data[offset + (elf->big_endian ? i : bytes - 1 - i)];
    return value;
}

/* A field that is 4 bytes wide in ELF32 and 8 in ELF64. */
static uint64_t word(const bw_elf *elf, uint64_t base, unsigned narrow, unsigned wide)
{
    return elf->wide ? number(elf, base + wide, 8) : number(elf, base + narrow, 4);
}

static bool read_segment(bw_elf *elf, uint64_t at, const char **problem)
{
    uint64_t flags = number(elf, at + (elf->wide ? 4 : 24), 4);
    bw_elf_segment s = {.offset = word(elf, at, 4, 8),
                        .address = word(elf, at, 8, 16),
                        .load = word(elf, at, 12, 24),
                        .file_size = word(elf, at, 16, 32),
                        .memory_size = word(elf, at, 20, 40),
                        .readable = flags & 4,
                        .writable = flags & 2,
                        .executable = flags & 1};

    if (number(elf, at, 4) != PT_LOAD || s.memory_size == 0)
        return true;
    if (s.file_size > s.memory_size || !is_within(elf, s.offset, s.file_size)) {
        *problem = "a segment's bytes are not in the file";
        return false;
    }
    if (s.memory_size - 1 > UINT64_MAX - s.address || s.file_size > UINT64_MAX - s.load) {
        *problem = "a segment runs beyond the end of all addresses";
        return false;
    }
    elf->loadable += s.file_size;
    g_array_append_val(elf->segments, s);
    return true;
}

static bool read_segments(bw_elf *elf, const char **problem)
{
    uint64_t table = word(elf, 0, 28, 32);
    uint64_t entry_size = number(elf, elf->wide ? 54 : 42, 2);
    uint64_t count = number(elf, elf->wide ? 56 : 44, 2);

    if (count == 0)
        return true;
    if (count > SEGMENTS_MAX || entry_size < (elf->wide ? 56U : 32U) || !is_within(elf, table, count * entry_size)) {
        *problem = "its table of segments is not in the file";
        return false;
    }
    for (uint64_t i = 0; i < count; i++)
        if (!read_segment(elf, table + i * entry_size, problem))
            return false;
    return true;
}

bool bw_elf_read(bw_elf *elf, const void *data, size_t len, const char **problem)
{
    *elf = (bw_elf){.data = data, .len = len};
    if (len < 16 || memcmp(data, "\177ELF", 4) != 0 || (elf->data[4] != 1 && elf->data[4] != 2) ||
        (elf->data[5] != 1 && elf->data[5] != 2)) {
        *problem = "it is no ELF file";
        return false;
    }
    elf->wide = elf->data[4] == 2;
    elf->big_endian = elf->data[5] == 2;
    if (len < (elf->wide ? 64 : 52)) {
        *problem = "its header is cut off";
        return false;
    }
    elf->type = (uint16_t)number(elf, TYPE, 2);
    elf->machine = (uint16_t)number(elf, MACHINE, 2);
    elf->entry = word(elf, 0, 24, 24);
    elf->segments = g_array_new(FALSE, FALSE, sizeof(bw_elf_segment));
    if (read_segments(elf, problem))
        return true;
    bw_elf_free(elf);
    return false;
}

void bw_elf_free(bw_elf *elf)
{
    if (elf->segments)
        g_array_free(elf->segments, TRUE);
    elf->segments = NULL;
}

/* -- symbols ------------------------------------------------------------------------------------------ */

typedef struct section {
    uint64_t name, type, offset, size, link, entry_size;
} section;

static bool read_section(const bw_elf *elf, uint64_t index, section *s)
{
    uint64_t table = word(elf, 0, 32, 40);
    uint64_t entry_size = number(elf, elf->wide ? 58 : 46, 2);
    uint64_t count = number(elf, elf->wide ? 60 : 48, 2);

    if (index >= count || entry_size < (elf->wide ? 64U : 40U) || !is_within(elf, table, count * entry_size))
        return false;
    uint64_t at = table + index * entry_size;
    *s = (section){.name = number(elf, at, 4),
                   .type = number(elf, at + 4, 4),
                   .offset = word(elf, at, 16, 24),
                   .size = word(elf, at, 20, 32),
                   .link = number(elf, at + (elf->wide ? 40 : 24), 4),
                   .entry_size = word(elf, at, 36, 56)};
    return is_within(elf, s->offset, s->size) || s->type != SHT_SYMTAB;
}

static bool is_called(const bw_elf *elf, const section *strings, uint64_t offset, const char *name)
{
    size_t len = strlen(name) + 1;

    return offset < strings->size && len <= strings->size - offset &&
           memcmp(elf->data + strings->offset + offset, name, len) == 0;
}

static bool find_symbol(const bw_elf *elf, const section *symbols, const char *name, uint64_t *value)
{
    section strings;

    if (symbols->entry_size < (elf->wide ? 24U : 16U) || !read_section(elf, symbols->link, &strings) ||
        !is_within(elf, strings.offset, strings.size))
        return false;
    for (uint64_t at = 0; symbols->entry_size <= symbols->size - at; at += symbols->entry_size) {
        uint64_t base = symbols->offset + at;

        if (number(elf, base + (elf->wide ? 6 : 14), 2) == 0 || /* SHN_UNDEF */
            !is_called(elf, &strings, number(elf, base, 4), name))
            continue;
        *value = word(elf, base, 4, 8);
        return true;
    }
    return false;
}

bool bw_elf_symbol(const bw_elf *elf, const char *name, uint64_t *value)
{
    section s;

    for (uint64_t i = 0; read_section(elf, i, &s); i++)
        if (s.type == SHT_SYMTAB && find_symbol(elf, &s, name, value))
            return true;
    return false;
}

const uint8_t *bw_elf_section(const bw_elf *elf, const char *name, size_t *size)
{
    section names, s;

    if (!read_section(elf, number(elf, elf->wide ? 62 : 50, 2), &names) || !is_within(elf, names.offset, names.size))
        return NULL;
    for (uint64_t i = 0; read_section(elf, i, &s); i++)
        if (s.type != SHT_NOBITS && is_within(elf, s.offset, s.size) && is_called(elf, &names, s.name, name)) {
            *size = s.size;
            return elf->data + s.offset;
        }
    return NULL;
}
