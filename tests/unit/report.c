/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/context.h"
#include "report/report.h"

#include <jansson.h>

/* The snippet of the first @p part in @p text, without colour. */
static void assert_snippet(const char *text, const char *part, const char *expected)
{
    bw_sources *sources = bw_sources_new();
    bw_source *source = bw_source_from_memory(sources, "a.dts", text, strlen(text));
    uint32_t begin = (uint32_t)(strstr(text, part) - text);
    bw_place place = bw_source_place(source, begin, begin + (uint32_t)strlen(part));
    bw_buffer out = {0};

    bw_report_snippet(&out, &place, false);
    bw_buffer_byte(&out, 0);
    assert_string_equal((char *)out.data, expected);
    bw_buffer_free(&out);
    bw_sources_free(sources);
}

static void tilde_under_each_character(void **state)
{
    (void)state;
    assert_snippet("/ {\n    reg = <1>;\n};\n", "<1>", "    2 |     reg = <1>;\n      |           ^~~\n");
    assert_snippet("x", "x", "    1 | x\n      | ^\n");
    assert_snippet("x;", "", "    1 | x;\n      | ^\n");
}

static void tabs_become_columns(void **state)
{
    (void)state;
    assert_snippet("\ta\t= <1>;", "<1>", "    1 |         a       = <1>;\n      |                   ^~~\n");
}

static void wide_and_combining_characters(void **state)
{
    (void)state;
    assert_snippet("s = \"\u6c34\u6c34\", bad;", "bad",
                   "    1 | s = \"\u6c34\u6c34\", bad;\n"
                   "      |             ^~~\n");
    assert_snippet("e\u0301 bad", "bad", "    1 | e\u0301 bad\n      |   ^~~\n");
    assert_snippet("gr\u00fc\u00df bad", "gr\u00fc\u00df", "    1 | gr\u00fc\u00df bad\n      | ^~~~\n");
}

static void nothing_steers_the_terminal(void **state)
{
    (void)state;
    assert_snippet("\033[2J bad", "bad", "    1 | \u241b[2J bad\n      |      ^~~\n");
    assert_snippet("\xff\xc0 bad", "bad", "    1 | \ufffd\ufffd bad\n      |    ^~~\n");
    assert_snippet("\u202e bad", "bad", "    1 | \ufffd bad\n      |   ^~~\n");
    assert_snippet("\xc2\x9b bad", "bad", "    1 | \ufffd bad\n      |   ^~~\n");
}

static void spans_of_several_lines(void **state)
{
    (void)state;
    assert_snippet("a = <1\n  2>;", "<1\n  2>", "    1 | a = <1\n      |     ^~\n    2 |   2>;\n      |   ~~\n");
    assert_snippet("a = <1\n1\n\n1\n1\n 2>;", "<1\n1\n\n1\n1\n 2>",
                   "    1 | a = <1\n      |     ^~\n    2 | 1\n      | ~\n      | …\n    6 |  2>;\n      |  ~~\n");
}

static void long_lines_are_clipped(void **state)
{
    GString *line = g_string_new(NULL);
    GString *expected = g_string_new("    1 | …");
    (void)state;

    for (int i = 0; i < 500; i++)
        g_string_append(line, i == 250 ? "BAD" : "x");
    for (int i = 0; i < 71; i++)
        g_string_append_c(expected, 'x');
    g_string_append(expected, "BAD");
    for (int i = 0; i < 37; i++)
        g_string_append_c(expected, 'x');
    g_string_append(expected, "…\n      | ");
    for (int i = 0; i < 72; i++)
        g_string_append_c(expected, ' ');
    g_string_append(expected, "^~~\n");
    assert_snippet(line->str, "BAD", expected->str);
    g_string_free(line, TRUE);
    g_string_free(expected, TRUE);
}

static void columns_in_characters(void **state)
{
    bw_sources *sources = bw_sources_new();
    const char *text = "s = \"\u6c34\", bad;";
    bw_source *source = bw_source_from_memory(sources, "a.dts", text, strlen(text));
    uint32_t column, end_column;
    (void)state;

    bw_place place = bw_source_place(source, 10, 13);
    bw_report_characters(&place, &column, &end_column);
    assert_int_equal(place.column, 11);
    assert_int_equal(column, 9);
    assert_int_equal(end_column, 12);
    bw_sources_free(sources);
}

typedef struct fixture {
    bw_context *ctx;
    bw_source *source;
    bw_findings findings;
} fixture;

static int setup(void **state)
{
    static const char text[] = "/ {\n\ta = <&x>;\n\tb;\n};\n";
    fixture *f = g_new0(fixture, 1);

    f->ctx = bw_context_new();
    f->source = bw_source_from_memory(f->ctx->sources, "dir/a,b:%.dts", text, sizeof text - 1);
    bw_findings_init(&f->findings, f->ctx);
    bw_finding *x = bw_findings_add(&f->findings, BW_CODE_phandle_references, bw_source_place(f->source, 10, 12),
                                    "no node has the label %s, 100%%\nsure", "x");
    bw_finding_note(x, bw_source_place(f->source, 16, 17), "b stands here");
    bw_finding_cure(x, "remove it");
    bw_finding_subject(x, "/", "a");
    bw_findings_add(&f->findings, BW_CODE_file_unreadable, bw_file_place("none.dts"), "it is not there");
    bw_findings_add(&f->findings, BW_CODE_macro_redefined, bw_source_place(f->source, 16, 17), "b");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;

    bw_findings_free(&f->findings);
    bw_context_free(f->ctx);
    g_free(f);
    return 0;
}

static void text_has_all_parts(void **state)
{
    fixture *f = *state;
    bw_buffer out = {0};

    bw_report_text(&out, &f->findings, false);
    bw_buffer_byte(&out, 0);
    assert_string_equal((char *)out.data,
                        "dir/a,b:%.dts:2:7: error: no node has the label x, 100%␊sure [phandle-references]\n"
                        "    2 |         a = <&x>;\n"
                        "      |              ^~\n"
                        "dir/a,b:%.dts:3:2: note: b stands here\n"
                        "    3 |         b;\n"
                        "      |         ^\n"
                        "cure: remove it\n"
                        "none.dts: error: it is not there [file-unreadable]\n"
                        "dir/a,b:%.dts:3:2: warning: b [macro-redefined]\n"
                        "    3 |         b;\n"
                        "      |         ^\n");
    bw_buffer_free(&out);
}

static void github_escapes(void **state)
{
    fixture *f = *state;
    bw_buffer out = {0};

    bw_report_github(&out, &f->findings);
    bw_buffer_byte(&out, 0);
    assert_string_equal((char *)out.data, "::error file=dir/a%2Cb%3A%25.dts,line=2,endLine=2,col=7,endColumn=8,"
                                          "title=phandle-references::no node has the label x, 100%25%0Asure%0A"
                                          "dir/a,b:%25.dts:3: b stands here%0Acure: remove it\n"
                                          "::error file=none.dts,title=file-unreadable::it is not there\n"
                                          "::warning file=dir/a%2Cb%3A%25.dts,line=3,endLine=3,col=2,endColumn=2,"
                                          "title=macro-redefined::b\n");
    bw_buffer_free(&out);
}

static json_t *parsed(bw_buffer *out)
{
    json_t *root = json_loadb((const char *)out->data, out->len, JSON_REJECT_DUPLICATES, NULL);

    bw_buffer_free(out);
    assert_non_null(root);
    return root;
}

static void json_has_the_documented_members(void **state)
{
    fixture *f = *state;
    bw_buffer out = {0};
    bw_totals totals = {.boards = 1, .nodes = 2};
    const char *code, *severity, *message, *file, *node, *property, *cure;
    int line, column, end_line, end_column, boards, errors, warnings;
    json_t *related;

    bw_report_json(&out, &f->findings, &totals);
    json_t *root = parsed(&out);
    assert_int_equal(json_unpack(root, "{s:[{s:s,s:s,s:s,s:{s:s,s:i,s:i,s:i,s:i},s:s,s:s,s:i,s:o,s:s}],s:i,s:i}",
                                 "findings", "code", &code, "severity", &severity, "message", &message, "place", "file",
                                 &file, "line", &line, "column", &column, "endLine", &end_line, "endColumn",
                                 &end_column, "node", &node, "property", &property, "boards", &boards, "related",
                                 &related, "cure", &cure, "errors", &errors, "warnings", &warnings),
                     0);
    assert_string_equal(code, "phandle-references");
    assert_int_equal(line, 2);
    assert_int_equal(column, 7);
    assert_int_equal(end_column, 9);
    assert_int_equal(json_array_size(related), 1);
    assert_int_equal(errors, 2);
    assert_int_equal(warnings, 1);
    json_decref(root);
}

/* What the SARIF 2.1.0 schema requires of the members that we write. */
static void sarif_is_well_formed(void **state)
{
    fixture *f = *state;
    bw_buffer out = {0};
    json_t *rules, *results, *result, *location;
    const char *version, *schema, *name, *kind;
    size_t i, k;

    bw_report_sarif(&out, &f->findings);
    json_t *root = parsed(&out);
    assert_int_equal(json_unpack(root, "{s:s,s:s,s:[{s:{s:{s:s,s:o}},s:s,s:o}]}", "version", &version, "$schema",
                                 &schema, "runs", "tool", "driver", "name", &name, "rules", &rules, "columnKind", &kind,
                                 "results", &results),
                     0);
    assert_string_equal(version, "2.1.0");
    assert_string_equal(kind, "unicodeCodePoints");
    assert_int_equal(json_array_size(rules), BW_CODE_COUNT);
    assert_int_equal(json_array_size(results), 3);
    json_array_foreach(results, i, result)
    {
        const char *id, *level, *text, *rule_id;
        int index;
        json_t *locations;

        assert_int_equal(json_unpack(result, "{s:s,s:i,s:s,s:{s:s},s:o}", "ruleId", &id, "ruleIndex", &index, "level",
                                     &level, "message", "text", &text, "locations", &locations),
                         0);
        assert_int_equal(json_unpack(json_array_get(rules, (size_t)index), "{s:s}", "id", &rule_id), 0);
        assert_string_equal(id, rule_id);
        assert_true(g_strcmp0(level, "error") == 0 || g_strcmp0(level, "warning") == 0);
        json_array_foreach(locations, k, location)
        {
            const char *uri;
            int line = 0, column = 0;

            assert_int_equal(json_unpack(location, "{s:{s:{s:s},s?{s:i,s:i}}}", "physicalLocation", "artifactLocation",
                                         "uri", &uri, "region", "startLine", &line, "startColumn", &column),
                             0);
            assert_null(strchr(uri, ':'));
            assert_true(i == 1 || (line >= 2 && column >= 1));
        }
    }
    json_decref(root);
}

static void one_finding_of_many_boards_is_joined(void **state)
{
    fixture *f = *state;
    bw_findings all;

    bw_findings_init(&all, f->ctx);
    bw_join *join = bw_join_new(&all);
    bw_findings_add(&f->findings, BW_CODE_macro_redefined, bw_source_place(f->source, 16, 17), "b");
    bw_join_add(join, &f->findings);
    bw_join_add(join, &f->findings);
    bw_join_add(join, &f->findings);
    bw_join_free(join);
    assert_int_equal(all.counts[BW_ERROR], 2);
    assert_int_equal(all.counts[BW_WARNING], 1);
    for (const bw_finding *x = all.first; x; x = x->next)
        assert_int_equal(x->boards, 3);
    assert_string_equal(all.first->related->text, "b stands here");
    assert_ptr_not_equal(all.first->text, f->findings.first->text);
    bw_findings_free(&all);
}

static void the_summary_counts(void **state)
{
    fixture *f = *state;
    bw_buffer out = {0};
    bw_totals totals = {.boards = 1, .targets = 9, .nodes = 1204567, .seconds = 0.0114};

    bw_report_summary(&out, &f->findings, &totals);
    bw_buffer_byte(&out, 0);
    assert_string_equal((char *)out.data, "1 board, 9 targets, 1,204,567 nodes: 2 errors, 1 warning (0.011 s)\n");
    bw_buffer_free(&out);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(tilde_under_each_character),
    cmocka_unit_test(tabs_become_columns),
    cmocka_unit_test(wide_and_combining_characters),
    cmocka_unit_test(nothing_steers_the_terminal),
    cmocka_unit_test(spans_of_several_lines),
    cmocka_unit_test(long_lines_are_clipped),
    cmocka_unit_test(columns_in_characters),
    cmocka_unit_test_setup_teardown(text_has_all_parts, setup, teardown),
    cmocka_unit_test_setup_teardown(github_escapes, setup, teardown),
    cmocka_unit_test_setup_teardown(json_has_the_documented_members, setup, teardown),
    cmocka_unit_test_setup_teardown(sarif_is_well_formed, setup, teardown),
    cmocka_unit_test_setup_teardown(one_finding_of_many_boards_is_joined, setup, teardown),
    cmocka_unit_test_setup_teardown(the_summary_counts, setup, teardown),
};

int main(void)
{
    return cmocka_run_group_tests(tests, NULL, NULL);
}
