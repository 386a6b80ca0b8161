/* SPDX-License-Identifier: Apache-2.0 */
/* What the probe says, in good shape and damaged. */
#include "boot/tap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bw_tap *tap_of(unsigned claims, const char *text)
{
    bw_tap *tap = bw_tap_new(claims);

    bw_tap_feed(tap, text, strlen(text), 1000);
    return tap;
}

static void assert_state(const bw_tap *tap, unsigned claim, bw_tap_state state)
{
    assert_int_equal(bw_tap_result_of(tap, claim)->state, state);
}

static const char whole[] = "TAP version 14\n"
                            "1..5\n"
                            "# probe 1: aarch64, EL1\n"
                            "ok 1 - cpu cpu@0\n"
                            "not ok 2 - memory psram0\n"
                            "  ---\n"
                            "  reason: short\n"
                            "  found: 0x400000\n"
                            "  at: 0x80400000\n"
                            "  ...\n"
                            "ok 3 - device uart0 # SKIP no driver for it\n"
                            "# mark 4 0x1f3a0\n"
                            "# mark 4 0x2f3a0\n"
                            "ok 4 - timer timer0\n"
                            "not ok 5 - cpu cpu@1\n"
                            "  ---\n"
                            "  reason: absent\n"
                            "  found: -2\n"
                            "  ...\n"
                            "# end\n";

static void assert_whole(const bw_tap *tap)
{
    const bw_tap_result *r = bw_tap_result_of(tap, 2);

    assert_true(tap->version && tap->ended && bw_tap_complete(tap));
    assert_int_equal(tap->planned, 5);
    assert_int_equal(tap->reported, 5);
    assert_int_equal(tap->strange, 0);
    assert_null(tap->bail_out);
    assert_state(tap, 1, BW_TAP_OK);
    assert_state(tap, 2, BW_TAP_NOT_OK);
    assert_string_equal(r->reason, "short");
    assert_true(r->has_found && r->found == 0x400000 && r->has_at && r->at == 0x80400000);
    assert_false(r->has_wanted || r->has_cause);
    assert_state(tap, 3, BW_TAP_SKIP);
    assert_string_equal(bw_tap_result_of(tap, 3)->reason, "no driver for it");
    assert_int_equal(tap->marks->len, 2);
    assert_true(g_array_index(tap->marks, bw_tap_mark, 1).count == 0x2f3a0);
    assert_true((int64_t)bw_tap_result_of(tap, 5)->found == -2);
}

static void a_whole_report_is_read(void **state)
{
    bw_tap *tap = tap_of(5, whole);
    (void)state;

    assert_whole(tap);
    bw_tap_free(tap);
}

static void bytes_may_come_one_by_one_with_carriage_returns(void **state)
{
    bw_tap *tap = bw_tap_new(5);
    (void)state;

    for (const char *p = whole; *p; p++) {
        if (*p == '\n')
            bw_tap_feed(tap, "\r", 1, 0);
        bw_tap_feed(tap, p, 1, p - whole);
    }
    assert_whole(tap);
    assert_true(g_array_index(tap->marks, bw_tap_mark, 0).time < g_array_index(tap->marks, bw_tap_mark, 1).time);
    bw_tap_free(tap);
}

static void what_a_boot_loader_says_is_not_read(void **state)
{
    bw_tap *tap =
        tap_of(2, "OpenSBI v1.1\nok 1 - I am a boot loader\n1..9\nBail out! no\n> TAP version 14\n1..2\nok 2 - x\n");
    (void)state;

    assert_int_equal(tap->planned, 2);
    assert_null(tap->bail_out);
    assert_state(tap, 1, BW_TAP_MISSING);
    assert_state(tap, 2, BW_TAP_OK);
    assert_false(bw_tap_complete(tap));
    bw_tap_free(tap);
}

static void numbers_that_cannot_be_are_strange(void **state)
{
    bw_tap *tap =
        tap_of(2, "TAP version 14\n1..2\nok 3 - x\nok 0 - x\nok -1 - x\nok 99999999999999999999 - x\nok x\nok 0x - y\n"
                  "ok 1zwei\nok 1 - x\nnot ok 1 - x\n  ---\n  reason: late\n");
    (void)state;

    assert_int_equal(tap->strange, 8);
    assert_int_equal(tap->reported, 1);
    assert_state(tap, 1, BW_TAP_OK);
    assert_string_equal(bw_tap_result_of(tap, 1)->reason, "");
    bw_tap_free(tap);
}

static void a_result_cut_off_is_none(void **state)
{
    bw_tap *tap = tap_of(20, "TAP version 14\n1..20\nok 1");
    (void)state;

    bw_tap_finish(tap);
    assert_state(tap, 1, BW_TAP_MISSING);
    bw_tap_free(tap);
}

static void a_crash_in_a_line_is_heard(void **state)
{
    bw_tap *tap = tap_of(5, "TAP version 14\n1..5\nok 1 - cpu\nok 2 - memBail out! data abort: cause 0x2, pc 0x4");
    (void)state;

    assert_null(tap->bail_out);
    bw_tap_finish(tap);
    assert_string_equal(tap->bail_out, "data abort: cause 0x2, pc 0x4");
    assert_true(bw_tap_complete(tap));
    bw_tap_free(tap);
}

static void a_block_ends_with_its_claim(void **state)
{
    bw_tap *tap = tap_of(
        3, "TAP version 14\nnot ok 1 - a\n  ---\n  at: 0x10\nok 2 - b\n  at: 0x20\nnot ok 3 - c\n  ...\n  at: 1\n");
    (void)state;

    assert_true(bw_tap_result_of(tap, 1)->at == 0x10);
    assert_false(bw_tap_result_of(tap, 2)->has_at);
    assert_false(bw_tap_result_of(tap, 3)->has_at);
    bw_tap_free(tap);
}

static void long_lines_and_words_are_cut(void **state)
{
    GString *text = g_string_new("TAP version 14\nnot ok 1 - a\n  reason: ");
    (void)state;

    for (int i = 0; i < 5000; i++)
        g_string_append_c(text, 'a');
    g_string_append(text, "\nok 2 - b\n");
    bw_tap *tap = tap_of(2, text->str);
    assert_true(strlen(bw_tap_result_of(tap, 1)->reason) < sizeof bw_tap_result_of(tap, 1)->reason);
    assert_state(tap, 2, BW_TAP_OK);
    bw_tap_free(tap);
    g_string_free(text, TRUE);
}

static void the_first_plan_counts(void **state)
{
    bw_tap *tap = tap_of(2, "TAP version 14\n1..2\n1..7\n1..x\n");
    (void)state;

    assert_int_equal(tap->planned, 2);
    bw_tap_free(tap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_report_is_read),
        cmocka_unit_test(bytes_may_come_one_by_one_with_carriage_returns),
        cmocka_unit_test(what_a_boot_loader_says_is_not_read),
        cmocka_unit_test(numbers_that_cannot_be_are_strange),
        cmocka_unit_test(a_result_cut_off_is_none),
        cmocka_unit_test(a_crash_in_a_line_is_heard),
        cmocka_unit_test(a_block_ends_with_its_claim),
        cmocka_unit_test(long_lines_and_words_are_cut),
        cmocka_unit_test(the_first_plan_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
