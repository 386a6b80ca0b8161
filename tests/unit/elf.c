/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/elf.h"

#include <string.h>

/* A file made by hand: header, two program headers, a symbol table with its names, three section headers. */
#define LEN 1024

static void put(uint8_t *file, size_t at, uint64_t value, unsigned bytes, bool big)
{
    for (unsigned i = 0; i < bytes; i++)
        file[at + i] = (uint8_t)(value >> 8 * (big ? bytes - 1 - i : i));
}

static void put_segment(uint8_t *file, size_t at, bool wide, bool big, const uint64_t values[6])
{
    /* values: type, flags, offset, address, file size, memory size */
    unsigned w = wide ? 8 : 4;

    put(file, at, values[0], 4, big);
    put(file, at + (wide ? 4 : 24), values[1], 4, big);
    put(file, at + (wide ? 8 : 4), values[2], w, big);
    put(file, at + (wide ? 16 : 8), values[3], w, big);
    put(file, at + (wide ? 24 : 12), values[3] + 0x100, w, big);
    put(file, at + (wide ? 32 : 16), values[4], w, big);
    put(file, at + (wide ? 40 : 20), values[5], w, big);
}

static void put_section(uint8_t *file, size_t at, bool wide, bool big, uint32_t type, uint64_t offset, uint64_t size,
                        uint32_t link)
{
    put(file, at + 4, type, 4, big);
    put(file, at + (wide ? 24 : 16), offset, wide ? 8 : 4, big);
    put(file, at + (wide ? 32 : 20), size, wide ? 8 : 4, big);
    put(file, at + (wide ? 40 : 24), link, 4, big);
    put(file, at + (wide ? 56 : 36), wide ? 24 : 16, wide ? 8 : 4, big);
}

static void put_symbol(uint8_t *file, size_t at, bool wide, bool big, uint32_t name, uint64_t value, uint16_t section)
{
    put(file, at, name, 4, big);
    put(file, at + (wide ? 8 : 4), value, wide ? 8 : 4, big);
    put(file, at + (wide ? 6 : 14), section, 2, big);
}

static void make(uint8_t *file, bool wide, bool big)
{
    const uint64_t text[] = {1, 5, 0x200, 0x40000000, 0x80, 0x80};
    const uint64_t data[] = {1, 6, 0x280, 0x50000000, 0x10, 0x1000};
    const uint64_t note[] = {4, 4, 0xffffff, 0, 0xffff, 0xffff};
    size_t segment = wide ? 56 : 32, section = wide ? 64 : 40, symbol = wide ? 24 : 16;

    memset(file, 0, LEN);
    memcpy(file, "\177ELF", 4);
    file[4] = wide ? 2 : 1;
    file[5] = big ? 2 : 1;
    put(file, 16, 2, 2, big);
    put(file, 18, 243, 2, big);
    put(file, 24, 0x40000010, wide ? 8 : 4, big);
    put(file, wide ? 32 : 28, 64, wide ? 8 : 4, big);    /* program headers */
    put(file, wide ? 40 : 32, 0x300, wide ? 8 : 4, big); /* section headers */
    put(file, wide ? 54 : 42, segment, 2, big);
    put(file, wide ? 56 : 44, 3, 2, big);
    put(file, wide ? 58 : 46, section, 2, big);
    put(file, wide ? 60 : 48, 3, 2, big);
    put_segment(file, 64, wide, big, text);
    put_segment(file, 64 + segment, wide, big, data);
    put_segment(file, 64 + 2 * segment, wide, big, note);
    put_section(file, 0x300 + section, wide, big, 2, 0x290, 3 * symbol, 2);
    put_section(file, 0x300 + 2 * section, wide, big, 3, 0x2e0, 16, 0);
    memcpy(file + 0x2e0, "\0there\0nowhere", 15);
    put_symbol(file, 0x290 + symbol, wide, big, 1, 0x40000020, 1);
    put_symbol(file, 0x290 + 2 * symbol, wide, big, 7, 0x99, 0);
}

static void all_four_kinds_are_read(void **state)
{
    uint8_t file[LEN];
    const char *problem = NULL;
    bw_elf elf;
    (void)state;

    for (int kind = 0; kind < 4; kind++) {
        uint64_t value = 0;

        make(file, kind & 1, kind & 2);
        assert_true(bw_elf_read(&elf, file, LEN, &problem));
        assert_int_equal(elf.wide, (kind & 1) != 0);
        assert_int_equal(elf.machine, 243);
        assert_true(elf.entry == 0x40000010);
        assert_int_equal(elf.segments->len, 2); /* the note is none */
        const bw_elf_segment *data = &g_array_index(elf.segments, bw_elf_segment, 1);
        assert_true(data->address == 0x50000000 && data->load == 0x50000100 && data->offset == 0x280);
        assert_true(data->file_size == 0x10 && data->memory_size == 0x1000);
        assert_true(data->writable && !data->executable);
        assert_true(elf.loadable == 0x90);
        assert_true(bw_elf_symbol(&elf, "there", &value));
        assert_true(value == 0x40000020);
        assert_false(bw_elf_symbol(&elf, "nowhere", &value)); /* not defined in it */
        assert_false(bw_elf_symbol(&elf, "ther", &value));
        bw_elf_free(&elf);
    }
}

static void refused(const uint8_t *file, size_t len, const char *words)
{
    const char *problem = NULL;
    bw_elf elf;

    assert_false(bw_elf_read(&elf, file, len, &problem));
    assert_non_null(problem);
    assert_non_null(strstr(problem, words));
}

static void what_is_no_elf_is_refused(void **state)
{
    uint8_t file[LEN];
    (void)state;

    make(file, true, false);
    refused(file, 0, "no ELF");
    refused(file, 15, "no ELF");
    refused(file, 63, "cut off");
    refused(file, 100, "table of segments");
    refused(file, 0x210, "not in the file"); /* the text's bytes end behind it */
    put(file, 64 + 8, UINT64_MAX, 8, false);
    refused(file, LEN, "not in the file");
    make(file, true, false);
    put(file, 64 + 16, UINT64_MAX - 0x10, 8, false);
    refused(file, LEN, "beyond the end");
    make(file, true, false);
    put(file, 64 + 32, 0x81, 8, false); /* more bytes than memory */
    refused(file, LEN, "not in the file");
    make(file, true, false);
    put(file, 54, 8, 2, false); /* entries too small for what they hold */
    refused(file, LEN, "table of segments");
}

/* No damage to one byte makes it read beyond the file (the sanitizers look), or anything worse than a refusal. */
static void damage_does_no_harm(void **state)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
    uint8_t *file = g_malloc(LEN);
    (void)state;

    for (int kind = 0; kind < 4; kind++)
        for (size_t at = 0; at < LEN; at++)
            for (size_t v = 0; v < sizeof values; v++) {
                const char *problem;
                uint64_t value;
                bw_elf elf;

                make(file, kind & 1, kind & 2);
                file[at] = values[v];
                if (!bw_elf_read(&elf, file, LEN, &problem))
                    continue;
                for (guint i = 0; i < elf.segments->len; i++) {
                    const bw_elf_segment *s = &g_array_index(elf.segments, bw_elf_segment, i);

                    assert_true(s->offset <= LEN && s->file_size <= LEN - s->offset);
                }
                bw_elf_symbol(&elf, "there", &value);
                bw_elf_free(&elf);
            }
    g_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_four_kinds_are_read),
        cmocka_unit_test(what_is_no_elf_is_refused),
        cmocka_unit_test(damage_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
