/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/options.h"

static const bw_usage everything = {
    .arguments = "FILE…",
    .summary = "A test.",
    .groups = BW_OPT_SOURCE | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_FORMAT | BW_OPT_JSON | BW_OPT_JOBS,
};

/* Parses the words after the command's name; argc and argv are what remains. */
static bool parse(bw_options *o, int *argc, char ***argv, int *exit_code, const char *words)
{
    static char **all;
    g_strfreev(all);
    char *line = g_strconcat("test ", words, NULL);
    all = g_strsplit(line, " ", -1);
    g_free(line);
    *argv = all;
    *argc = (int)g_strv_length(all);
    return bw_options_parse(o, &everything, argc, argv, exit_code);
}

static void joined_values_are_taken_apart(void **state)
{
    bw_options o;
    int argc, exit_code;
    char **argv;
    (void)state;

    assert_true(parse(&o, &argc, &argv, &exit_code, "-Iinc -I other -DA=1 -DB a.dts -j3 b.dts"));
    assert_string_equal(o.include_dirs[0], "inc");
    assert_string_equal(o.include_dirs[1], "other");
    assert_null(o.include_dirs[2]);
    assert_string_equal(o.defines[0], "A=1");
    assert_string_equal(o.defines[1], "B");
    assert_int_equal(o.jobs, 3);
    assert_int_equal(argc, 3);
    assert_string_equal(argv[1], "a.dts");
    assert_string_equal(argv[2], "b.dts");
    bw_options_free(&o);
}

static void double_dash_ends_the_options(void **state)
{
    bw_options o;
    int argc, exit_code;
    char **argv;
    (void)state;

    assert_true(parse(&o, &argc, &argv, &exit_code, "a.dts -- -Iname"));
    assert_int_equal(argc, 3);
    assert_string_equal(argv[1], "a.dts");
    assert_string_equal(argv[2], "-Iname");
    assert_null(o.include_dirs);
    bw_options_free(&o);
}

static void levels_reach_the_context(void **state)
{
    bw_options o;
    int argc, exit_code;
    char **argv;
    bw_code code;
    (void)state;

    assert_true(parse(&o, &argc, &argv, &exit_code,
                      "-W all=note -Wlabel-missing=off --warn duplicate_label=error -W no-syntax"));
    bw_context *ctx = bw_options_context(&o);
    assert_int_equal(ctx->levels[BW_CODE_directive], BW_NOTE);
    assert_int_equal(ctx->levels[BW_CODE_label_missing], BW_OFF);
    assert_int_equal(ctx->levels[BW_CODE_syntax], BW_OFF);
    assert_true(bw_code_find("duplicate_label", &code));
    assert_int_equal(ctx->levels[code], BW_ERROR);
    bw_context_free(ctx);
    bw_options_free(&o);
}

static void words_are_interpreted(void **state)
{
    bw_options o;
    int argc, exit_code;
    char **argv;
    (void)state;

    assert_true(parse(&o, &argc, &argv, &exit_code, "--format=sarif --missing-includes tolerate --color=always"));
    assert_int_equal(o.format, BW_FORMAT_SARIF);
    assert_true(o.tolerate_missing);
    assert_true(o.color);
    bw_options_free(&o);
    assert_true(parse(&o, &argc, &argv, &exit_code, "--json"));
    assert_int_equal(o.format, BW_FORMAT_JSON);
    assert_false(o.tolerate_missing);
    assert_true(o.jobs >= 1);
    bw_options_free(&o);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(joined_values_are_taken_apart),
    cmocka_unit_test(double_dash_ends_the_options),
    cmocka_unit_test(levels_reach_the_context),
    cmocka_unit_test(words_are_interpreted),
};

int main(void)
{
    return cmocka_run_group_tests(tests, NULL, NULL);
}
