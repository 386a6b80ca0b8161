/* SPDX-License-Identifier: Apache-2.0 */
/* Rates of timers from readings that come late. */
#include "boot/rate.h"

#include "boot/tap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MILLI 1000

typedef struct plan {
    double rate; /* Hz, what the machine does */
    unsigned readings;
    int64_t step;      /* µs between them */
    int64_t most_late; /* µs */
} plan;

/* Late by a fixed sequence that looks like chance. */
static GArray *marks_of(const plan *p)
{
    GArray *marks = g_array_new(FALSE, FALSE, sizeof(bw_tap_mark));
    uint32_t chance = 12345;
    int64_t last = 0;

    for (unsigned i = 0; i < p->readings; i++) {
        int64_t time = i * p->step;

        chance = chance * 1664525 + 1013904223;
        bw_tap_mark mark = {.claim = 3, .count = (uint64_t)((double)time * p->rate / 1e6)};
        mark.time = MAX(last, time + (p->most_late ? (int64_t)(chance >> 8) % p->most_late : 0));
        last = mark.time;
        g_array_append_val(marks, mark);
        mark.claim = 4; /* another timer, in between */
        mark.count = 7;
        g_array_append_val(marks, mark);
    }
    return marks;
}

static bw_rate judge(plan p, uint64_t described)
{
    GArray *marks = marks_of(&p);
    bw_rate rate = bw_rate_judge(marks, 3, described);

    g_array_free(marks, TRUE);
    return rate;
}

static void the_described_rate_holds(void **state)
{
    bw_rate r = judge((plan){25e6, 30, 10 * MILLI, 0}, 25000000);
    (void)state;

    assert_int_equal(r.state, BW_RATE_HOLDS);
    assert_true(r.rate > 24.9e6 && r.rate < 25.1e6);
    assert_true(r.low < 25e6 && r.high > 25e6);
}

static void late_lines_are_no_false_alarm(void **state)
{
    (void)state;
    assert_int_equal(judge((plan){25e6, 30, 10 * MILLI, 60 * MILLI}, 25000000).state, BW_RATE_HOLDS);
    assert_int_not_equal(judge((plan){25e6, 10, 5 * MILLI, 200 * MILLI}, 25000000).state, BW_RATE_WRONG);
    assert_int_not_equal(judge((plan){32768, 16, 5 * MILLI, 80 * MILLI}, 32768).state, BW_RATE_WRONG);
}

/* We ourselves did not run for a while: lines of that time come at once. */
static void a_pause_of_the_host_is_no_false_alarm(void **state)
{
    (void)state;
    for (int64_t pause = 10; pause < 400; pause += 10)
        for (unsigned from = 0; from < 30; from++) {
            plan p = {25e6, 30, 10 * MILLI, 0};
            GArray *marks = marks_of(&p);
            int64_t end = from * p.step + pause * MILLI;

            for (guint i = from * 2; i < marks->len; i++)
                g_array_index(marks, bw_tap_mark, i).time = MAX(end, g_array_index(marks, bw_tap_mark, i).time);
            assert_int_not_equal(bw_rate_judge(marks, 3, 25000000).state, BW_RATE_WRONG);
            g_array_free(marks, TRUE);
        }
}

static void a_wrong_rate_is_found(void **state)
{
    (void)state;
    assert_int_equal(judge((plan){25e6, 30, 10 * MILLI, 10 * MILLI}, 50000000).state, BW_RATE_WRONG);
    assert_int_equal(judge((plan){25e6, 30, 10 * MILLI, 10 * MILLI}, 12500000).state, BW_RATE_WRONG);
    assert_int_equal(judge((plan){25e6, 30, 10 * MILLI, 10 * MILLI}, 25000).state, BW_RATE_WRONG);
    assert_int_equal(judge((plan){32768, 30, 20 * MILLI, 0}, 40000).state, BW_RATE_WRONG);
}

static void what_is_too_short_is_unsure(void **state)
{
    (void)state;
    assert_int_equal(judge((plan){25e6, 20, MILLI, 0}, 25000000).state, BW_RATE_UNSURE);
    assert_int_equal(judge((plan){25e6, 3, 100 * MILLI, 0}, 25000000).state, BW_RATE_UNSURE);
    assert_int_equal(judge((plan){0, 30, 10 * MILLI, 0}, 25000000).state, BW_RATE_UNSURE);
    assert_int_equal(judge((plan){25e6, 0, 0, 0}, 25000000).state, BW_RATE_UNSURE);
    assert_int_equal(judge((plan){25e6, 30, 0, 0}, 25000000).state, BW_RATE_UNSURE);
}

static void without_a_description_it_is_measured(void **state)
{
    bw_rate r = judge((plan){1e6, 30, 10 * MILLI, 0}, 0);
    (void)state;

    assert_int_equal(r.state, BW_RATE_HOLDS);
    assert_true(r.rate > 0.99e6 && r.rate < 1.01e6);
}

static void familiar_factors_have_words(void **state)
{
    (void)state;
    assert_non_null(strstr(bw_rate_factor(25e6, 25e3), "thousand"));
    assert_non_null(strstr(bw_rate_factor(24.5e6, 50e6), "half"));
    assert_null(bw_rate_factor(25e6, 17e6));
    assert_null(bw_rate_factor(25e6, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_described_rate_holds),
        cmocka_unit_test(late_lines_are_no_false_alarm),
        cmocka_unit_test(a_pause_of_the_host_is_no_false_alarm),
        cmocka_unit_test(a_wrong_rate_is_found),
        cmocka_unit_test(what_is_too_short_is_unsure),
        cmocka_unit_test(without_a_description_it_is_measured),
        cmocka_unit_test(familiar_factors_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
