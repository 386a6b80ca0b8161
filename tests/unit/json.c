/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "json/json.h"
#include "json/write.h"

#include "reader.h"

static const bw_json *read_bytes(fixture *f, const char *text, size_t len, bw_json_dialect dialect)
{
    forget(f);
    return bw_json_read(bw_source_from_memory(f->ctx->sources, "t.json", text, len), dialect, &f->arena, &f->findings);
}

/* What lua-cjson as xmake builds it makes of a text: each row was tried with it. */
static const struct {
    const char *text;
    const char *value; /* as it is written back; NULL: refused */
    unsigned len;      /* of a text with a NUL in it */
} rows[] = {
    /* numbers: hexadecimal */
    {"0x10", "16", 0},
    {"0XaB", "171", 0},
    {"-0x10", "-16", 0},
    {"+0x10", "16", 0},
    {"0x1.8", "1.5", 0},
    {"0x1p4", "16", 0},
    {"0x1P+4", "16", 0},
    {"0x.8", "0.5", 0},
    {"0xFFFFFFFF", "4294967295", 0},
    {"0x1000000000", "68719476736", 0},
    {"0x", NULL, 0},
    {"0xg", NULL, 0},
    {"0x10u", NULL, 0},
    {"0x1_0", NULL, 0},
    {"1_000", NULL, 0},
    {"0b1", NULL, 0},
    {"0o7", NULL, 0},
    {"0x1p", NULL, 0},
    /* numbers: decimal */
    {"010", "10", 0},
    {"00", "0", 0},
    {"08", "8", 0},
    {"-010", "-10", 0},
    {"+1", "1", 0},
    {"+", NULL, 0},
    {"-", NULL, 0},
    {"- 1", NULL, 0},
    {"--1", NULL, 0},
    {"1.", "1", 0},
    {".5", NULL, 0},
    {"-.5", "-0.5", 0},
    {"1e3", "1000", 0},
    {"1E+3", "1000", 0},
    {"1e-1", "0.10000000000000001", 0},
    {"1e", NULL, 0},
    {"1e+", NULL, 0},
    {"1.2.3", NULL, 0},
    {"1-2", NULL, 0},
    {"1 2", NULL, 0},
    {"9007199254740993", "9007199254740992", 0},
    {"inf", "null", 0},
    {"Infinity", "null", 0},
    {"-Infinity", "null", 0},
    {"nan", "null", 0},
    {"NaN", "null", 0},
    {"1e400", "null", 0},
    {"infinit", NULL, 0},
    {"nan(0x12)", "null", 0},
    {"[nan(), -nan(a b)]", "[null,null]", 0},
    {"nan(1", NULL, 0},
    /* commas, colons, what is no JSON */
    {"[1,]", NULL, 0},
    {"{\"a\":1,}", NULL, 0},
    {"[1,,2]", NULL, 0},
    {"[,1]", NULL, 0},
    {"[1 2]", NULL, 0},
    {"{\"a\" 1}", NULL, 0},
    {"{\"a\":1 \"b\":2}", NULL, 0},
    {"{\"a\":1;\"b\":2}", NULL, 0},
    {"{\"a\"}", NULL, 0},
    {"[1;2]", NULL, 0},
    {"[", NULL, 0},
    {"{", NULL, 0},
    {"[1}", NULL, 0},
    {"]", NULL, 0},
    {"// c\n1", NULL, 0},
    {"1 // c", NULL, 0},
    {"/* c */ 1", NULL, 0},
    {"[1, /* c */ 2]", NULL, 0},
    {"# c\n1", NULL, 0},
    {"[1] x", NULL, 0},
    {"[1] []", NULL, 0},
    {"{a:1}", NULL, 0},
    {"{'a':1}", NULL, 0},
    {"['a']", NULL, 0},
    {"True", NULL, 0},
    {"NULL", NULL, 0},
    {"nullx", NULL, 0},
    {"truefalse", NULL, 0},
    {"[true,false,null]", "[true,false,null]", 0},
    /* names */
    {"{\"a\":1,\"a\":2}", "{\"a\":2}", 0},
    {"{\"\":1}", "{\"\":1}", 0},
    {"{\"a.b\":1}", "{\"a.b\":1}", 0},
    {"{1:2}", NULL, 0},
    /* text */
    {"\"\\\" \\\\ \\/ \\b\\f\\n\\r\\t\"", "\"\\\" \\\\ / \\b\\f\\n\\r\\t\"", 0},
    {"\"\\u0041\\u00e9\"", "\"A\xc3\xa9\"", 0},
    {"\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"", 0},
    {"\"\\ud83d\"", NULL, 0},
    {"\"\\ude00\"", NULL, 0},
    {"\"\\ud83d\\u0041\"", NULL, 0},
    {"\"\\u00g0\"", NULL, 0},
    {"\"\\u00\"", NULL, 0},
    {"\"\\x41\"", NULL, 0},
    {"\"\\a\"", NULL, 0},
    {"\"\\'\"", NULL, 0},
    {"\"\\\n\"", NULL, 0},
    {"\"\\U0041\"", NULL, 0},
    {"\"a\tb\"", "\"a\\tb\"", 0},
    {"\"a\nb\"", "\"a\\nb\"", 0},
    {"\"a\xff\"", "\"a\xef\xbf\xbd\"", 0},
    {"\"a", NULL, 0},
    {"\"a\\\"", NULL, 0},
    /* the file */
    {"\xef\xbb\xbf{}", "{}", 0},
    {"\xef\xbb\xbf\xef\xbb\xbf{}", NULL, 0},
    {"{\r\n\"a\"\r\n:\t1}\r\n", "{\"a\":1}", 0},
    {"", NULL, 0},
    {" \n", NULL, 0},
    {"\f1", NULL, 0},
    {"[1,\v2]", NULL, 0},
    {"\xc2\xa0"
     "1",
     NULL, 0},
    {"\"a\0b\"", NULL, 5},
    {"[1\0]", NULL, 4},
    {"{} \0 what {ever", "{}", 15},
    {"\0", NULL, 1},
    {"0\0", NULL, 2},
    {"0 \0x", "0", 4},
};

static void test_grammar(void **state)
{
    static const bw_json_format one_line = {.compact = true};
    fixture *f = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t len = rows[i].len ? rows[i].len : strlen(rows[i].text);
        const bw_json *v = read_bytes(f, rows[i].text, len, BW_JSON_CJSON);

        if (!v != !rows[i].value)
            fail_msg("row %zu, %s: %s", i, rows[i].text, v ? "accepted" : f->findings.first->text);
        if (!v) {
            /* One mistake, one finding, at a place. */
            assert_non_null(f->findings.first);
            assert_int_equal(f->findings.first->code, BW_CODE_json_syntax);
            assert_null(f->findings.first->next);
            assert_true(f->findings.first->place.line > 0);
            continue;
        }
        assert_int_equal(f->findings.counts[BW_ERROR], 0);
        char *text = bw_json_text_of(v, &one_line);
        char *expected = g_strconcat(rows[i].value, "\n", NULL);
        if (strcmp(text, expected) != 0)
            fail_msg("row %zu, %s: %s, not %s", i, rows[i].text, text, expected);
        g_free(text);
        g_free(expected);
    }
}

/* What the reference takes silently. */
static void test_warnings(void **state)
{
    static const struct {
        const char *text;
        bw_code code;
        const char *part;
    } odd[] = {
        {"0x1.8", BW_CODE_json_superset, "hexadecimal fraction"},
        {"0x1p4", BW_CODE_json_superset, "hexadecimal fraction"},
        {"010", BW_CODE_json_superset, "leading zero"},
        {"+1", BW_CODE_json_superset, "plus sign"},
        {"1.", BW_CODE_json_superset, "point"},
        {"inf", BW_CODE_json_superset, "infinite"},
        {"nan", BW_CODE_json_superset, "infinite"},
        {"1e400", BW_CODE_json_superset, "infinite"},
        {"\"a\tb\"", BW_CODE_json_superset, "tab"},
        {"\"a\nb\nc\"", BW_CODE_json_superset, "line end"},
        {"\"a\x01\"", BW_CODE_json_superset, "control character"},
        {"\"a\xff\"", BW_CODE_json_superset, "UTF-8"},
        {"{\"a\":1,\"b\":2,\"a\":3}", BW_CODE_json_duplicate, "\"a\""},
    };
    static const char *const fine[] = {"0x10", "0XAB", "-0x10", "1e3", "0", "-0", "0.5", "\"\\t\\u0041\"", "[0x0]"};
    fixture *f = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
        assert_non_null(read_bytes(f, odd[i].text, strlen(odd[i].text), BW_JSON_CJSON));
        assert_non_null(f->findings.first);
        assert_int_equal(f->findings.first->code, odd[i].code);
        assert_int_equal(f->findings.first->severity, BW_WARNING);
        assert_non_null(strstr(f->findings.first->text, odd[i].part));
        assert_null(f->findings.first->next);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(fine); i++) {
        assert_non_null(read_bytes(f, fine[i], strlen(fine[i]), BW_JSON_CJSON));
        assert_null(f->findings.first);
    }
    assert_non_null(read_bytes(f, "{}\0 x", 5, BW_JSON_CJSON));
    assert_int_equal(f->findings.first->code, BW_CODE_json_superset);
}

static void test_strict(void **state)
{
    static const char *const refused[] = {"0x10", "010", "+1", "1.", "inf", "\"a\tb\"", "\"\xff\"", "0x1.8"};
    fixture *f = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        assert_null(read_bytes(f, refused[i], strlen(refused[i]), BW_JSON_STRICT));
        assert_int_equal(f->findings.first->code, BW_CODE_json_syntax);
        assert_null(f->findings.first->next);
    }
    assert_null(read_bytes(f, "1\0x", 3, BW_JSON_STRICT));
    assert_non_null(read_bytes(f, "{\"a\": [1, -0.5e3, true, null]}", 30, BW_JSON_STRICT));
    assert_null(f->findings.first);
}

static char *nested(unsigned depth)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < depth; i++)
        g_string_append(text, i % 2 ? "[" : "{\"a\":");
    g_string_append(text, "1");
    for (unsigned i = depth; i-- > 0;)
        g_string_append_c(text, i % 2 ? ']' : '}');
    return g_string_free(text, FALSE);
}

static void test_depth(void **state)
{
    fixture *f = *state;
    char *deep = nested(1000);
    char *deeper = nested(1001);

    assert_non_null(read_bytes(f, deep, strlen(deep), BW_JSON_CJSON));
    assert_null(read_bytes(f, deeper, strlen(deeper), BW_JSON_CJSON));
    assert_non_null(strstr(f->findings.first->text, "1000"));
    g_free(deep);
    g_free(deeper);
}

/* A file made to take all memory. */
static void test_many_values(void **state)
{
    fixture *f = *state;
    GString *text = g_string_new("[");

    for (int i = 0; i < 1000001; i++)
        g_string_append(text, i ? ",0" : "0");
    g_string_append_c(text, ']');
    assert_null(read_bytes(f, text->str, text->len, BW_JSON_CJSON));
    assert_non_null(strstr(f->findings.first->text, "1000000 values"));
    assert_null(f->findings.first->next);
    g_string_free(text, TRUE);
}

static void test_places(void **state)
{
    static const char text[] = "{\n  \"uart\": { \"start\": 0x10 },\n  \"irq\": [1,\n 2]\n}\n";
    fixture *f = *state;
    const bw_json *v = read_bytes(f, text, strlen(text), BW_JSON_CJSON);
    const bw_json *start = bw_json_get(bw_json_get(v, "uart"), "start");

    assert_int_equal(bw_json_place(start).line, 2);
    assert_int_equal(bw_json_place(start).column, 22);
    assert_int_equal(bw_json_place(start).end_column, 26);
    assert_string_equal(start->text, "0x10");
    assert_int_equal(bw_json_member_of(v, "irq")->place.line, 3);
    assert_int_equal(bw_json_place(bw_json_get(v, "irq")).end_line, 3);
    assert_null(bw_json_get(v, "plic"));
    assert_null(bw_json_get(NULL, "plic"));
    assert_null(bw_json_get(start, "plic"));
}

/* Names in objects of every size, twice and once. */
static void test_many_members(void **state)
{
    fixture *f = *state;

    for (unsigned count = 1; count < 80; count++) {
        GString *text = g_string_new("{");

        for (unsigned i = 0; i < count; i++)
            g_string_append_printf(text, "\"m%u\":%u,", i, i);
        g_string_append_printf(text, "\"m%u\":%u,\"last\":0}", count / 2, 1000 + count);
        const bw_json *v = read_bytes(f, text->str, text->len, BW_JSON_CJSON);
        assert_non_null(v);
        assert_int_equal(v->count, count + 1);
        assert_int_equal(f->findings.counts[BW_WARNING], 1);
        assert_int_equal((int)v->members[count / 2].value->number, 1000 + count);
        assert_string_equal(v->members[count].name, "last");
        g_string_free(text, TRUE);
    }
}

static void test_writing(void **state)
{
    static const char text[] = "{\"b\": [0x10, 1.5], \"a\": {\"d\": \"\\u00e9\\n\", \"c\": {}}, \"B\": []}";
    fixture *f = *state;
    const bw_json *v = read_bytes(f, text, strlen(text), BW_JSON_CJSON);
    char *plain = bw_json_text_of(v, &(bw_json_format){.compact = true});
    char *sorted = bw_json_text_of(v, &(bw_json_format){.sorted = true, .compact = true});
    char *lines = bw_json_text_of(bw_json_get(v, "b"), &(bw_json_format){0});

    assert_string_equal(plain, "{\"b\":[16,1.5],\"a\":{\"d\":\"\xc3\xa9\\n\",\"c\":{}},\"B\":[]}\n");
    assert_string_equal(sorted, "{\"B\":[],\"a\":{\"c\":{},\"d\":\"\xc3\xa9\\n\"},\"b\":[16,1.5]}\n");
    assert_string_equal(lines, "[\n  16,\n  1.5\n]\n");
    g_free(plain);
    g_free(sorted);
    g_free(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_grammar, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_warnings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_strict, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_depth, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_members, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writing, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
