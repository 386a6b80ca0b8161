/* SPDX-License-Identifier: Apache-2.0 */
/* Capability bounds: known ranges, the table of alignments, and random ranges against the decoding of bounds. */
#include "systems/cheriot/bounds.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_known_ranges(void **state)
{
    static const struct {
        uint64_t base, length;
        bool exact;
    } ranges[] = {{0x80005000, 0x55, true},     {0x88000000, 0x400000, true},   {0x88002000, 0x400000, false},
                  {0x98000000, 0x204, true},    {0x98000001, 0x204, false},     {0x1001, 511, true},
                  {0x1001, 512, false},         {0x1002, 0x3fe, true},          {0x1001, 0x3fe, false},
                  {0x4000, 0x7fc000, true},     {0x2000, 0x7fc000, false},      {0x1000000, 0x800000, false},
                  {0x1000000, 0x1000000, true}, {0x80040080, 0x10000, false},   {0x8f00f002, 0x800, false},
                  {0, 0x100000000, true},       {0x14004000, 0x14008000, false}};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (bw_cheriot_exact(ranges[i].base, ranges[i].length) != ranges[i].exact)
            fail_msg("0x%" G_GINT64_MODIFIER "x, 0x%" G_GINT64_MODIFIER "x", ranges[i].base, ranges[i].length);
}

static void test_alignments(void **state)
{
    static const uint64_t last[] = {0x1ff,   0x3fe,   0x7fc,   0xff8,   0x1ff0,   0x3fe0,   0x7fc0,  0xff80,
                                    0x1ff00, 0x3fe00, 0x7fc00, 0xff800, 0x1ff000, 0x3fe000, 0x7fc000};

    (void)state;
    assert_int_equal(bw_cheriot_alignment(0), 1);
    for (size_t e = 0; e < G_N_ELEMENTS(last); e++) {
        assert_int_equal(bw_cheriot_alignment(last[e]), 1U << e);
        assert_int_equal(bw_cheriot_alignment(last[e] + 1), e == 14 ? 1U << 24 : 2U << e);
    }
}

/* What a register's fields say, as the hardware decodes them around the address @p base. */
static void decode(unsigned e, uint32_t b, uint32_t t, uint64_t address, uint64_t *base, uint64_t *top)
{
    int64_t above = (int64_t)(address >> (e + 9));
    int64_t address_beyond = ((address >> e) & 0x1ff) < b;
    int64_t top_beyond = t < b;

    *base = ((uint64_t)(((above - address_beyond) * 512 + b)) << e) & 0xffffffff;
    *top = ((uint64_t)(((above + top_beyond - address_beyond) * 512 + t)) << e) & 0x1ffffffff;
}

/* Whether any fields give this range. */
static bool can_be_held(uint64_t base, uint64_t length)
{
    for (unsigned e = 0; e <= 24; e = e == 14 ? 24 : e + 1) {
        uint64_t first, past;

        decode(e, (uint32_t)(base >> e) & 0x1ff, (uint32_t)((base + length) >> e) & 0x1ff, base, &first, &past);
        if (first == base && past == base + length)
            return true;
    }
    return false;
}

static uint64_t random_range(GRand *random, uint64_t *base)
{
    unsigned bits = (unsigned)g_rand_int_range(random, 0, 33);
    uint64_t length = bits == 32 ? (uint64_t)1 << 32 : g_rand_int(random) & (((uint64_t)1 << bits) - 1);

    /* Most ranges that nobody rounds are inexact. */
    if (g_rand_boolean(random))
        length &= ~(((uint64_t)1 << g_rand_int_range(random, 0, 25)) - 1);
    *base = g_rand_int(random);
    if (g_rand_boolean(random))
        *base &= ~(((uint64_t)1 << g_rand_int_range(random, 0, 25)) - 1);
    if (*base + length > (uint64_t)1 << 32)
        *base = 0;
    return length;
}

static void test_random_ranges(void **state)
{
    GRand *random = g_rand_new_with_seed(48);
    unsigned exact = 0;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint64_t base;
        uint64_t length = random_range(random, &base);
        bool holds = can_be_held(base, length);

        if (bw_cheriot_exact(base, length) != holds)
            fail_msg("0x%" G_GINT64_MODIFIER "x, 0x%" G_GINT64_MODIFIER "x", base, length);
        exact += holds;
    }
    assert_in_range(exact, 20000, 180000);
    g_rand_free(random);
}

static void test_random_cures(void **state)
{
    GRand *random = g_rand_new_with_seed(49);

    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint64_t base;
        uint64_t length = random_range(random, &base);
        uint64_t up = bw_cheriot_round_up(length);
        uint64_t down = bw_cheriot_largest(base, length);

        assert_true(up >= length && can_be_held(0, up));
        assert_true(up - length < bw_cheriot_alignment(length));
        assert_true(down <= length && bw_cheriot_exact(base, down));
        assert_true(bw_cheriot_exact(base, length) == (down == length));
    }
    g_rand_free(random);
}

/* No longer one is exact. */
static void test_largest_is_largest(void **state)
{
    GRand *random = g_rand_new_with_seed(50);

    (void)state;
    for (int i = 0; i < 300; i++) {
        uint64_t base = (uint64_t)g_rand_int_range(random, 0, 64) << g_rand_int_range(random, 0, 8);
        uint64_t length = (uint64_t)g_rand_int_range(random, 0, 5000);
        uint64_t longest = length;

        while (!can_be_held(base, longest))
            longest--;
        assert_int_equal(bw_cheriot_largest(base, length), longest);
    }
    assert_int_equal(bw_cheriot_largest(0xc000000, 0x800000), 0x7fc000);
    assert_int_equal(bw_cheriot_largest(0x14004000, 0x14008000), 0x7fc000);
    assert_int_equal(bw_cheriot_largest(0x20000000, 0x2345678), 0x2000000);
    g_rand_free(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_ranges),       cmocka_unit_test(test_alignments),
        cmocka_unit_test(test_random_ranges),      cmocka_unit_test(test_random_cures),
        cmocka_unit_test(test_largest_is_largest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
