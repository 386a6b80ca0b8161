/* SPDX-License-Identifier: Apache-2.0 */
/* Templates of text: values, conditions, faults; and that each of those that travel inside can be filled. */
#include "systems/balena/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *text, const char *expected, const char *expected_problem)
{
    GHashTable *values = g_hash_table_new(g_str_hash, g_str_equal);
    const char *problem = NULL;

    g_hash_table_insert(values, (gpointer) "NAME", (gpointer) "plank");
    g_hash_table_insert(values, (gpointer) "LINES", (gpointer) "one\ntwo\n");
    g_hash_table_insert(values, (gpointer) "EMPTY", (gpointer) "");
    GString *filled = bw_template_fill(text, values, &problem);
    if (expected) {
        assert_non_null(filled);
        assert_string_equal(filled->str, expected);
        g_string_free(filled, TRUE);
    } else {
        assert_null(filled);
        assert_string_equal(problem, expected_problem);
    }
    g_hash_table_destroy(values);
}

static void values_are_put_in(void **state)
{
    (void)state;
    expect("a @NAME@ b@NAME@\n", "a plank bplank\n", NULL);
    expect("x@@oe.utils and v@1\n", "x@oe.utils and v@1\n", NULL);
    expect("no end @NAME@", "no end plank", NULL);
    expect("begin\n@LINES@\nend\n", "begin\none\ntwo\nend\n", NULL);
    expect("begin\n@EMPTY@\nend\n", "begin\nend\n", NULL);
    expect("a@EMPTY@\n", "a\n", NULL);
}

static void lines_are_chosen(void **state)
{
    (void)state;
    expect("@if NAME\nyes\n@else\nno\n@end\n", "yes\n", NULL);
    expect("@if !NAME\nyes\n@else\nno\n@end\n", "no\n", NULL);
    expect("@if EMPTY\n@if NAME\nno\n@else\nno\n@end\n@else\n@if NAME\nyes\n@end\n@end\nrest\n", "yes\nrest\n", NULL);
}

static void faults_are_named(void **state)
{
    (void)state;
    expect("@OTHER@\n", NULL, "OTHER");
    expect("@if OTHER\n@end\n", NULL, "OTHER");
    expect("@if NAME\n", NULL, "@if without @end");
    expect("@end\n", NULL, "@end without @if");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_put_in),
        cmocka_unit_test(lines_are_chosen),
        cmocka_unit_test(faults_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
