/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "yaml/board_yml.h"
#include "yaml/simple.h"

#include "reader.h"

static const bw_yaml *read_bytes(fixture *f, const char *text, size_t len)
{
    forget(f);
    return bw_yaml_read(bw_source_from_memory(f->ctx->sources, "t.yml", text, len), &f->arena, &f->findings);
}

static const bw_yaml *read_text(fixture *f, const char *text)
{
    return read_bytes(f, text, strlen(text));
}

/* The value as one line; text of its place after '@'. */
static void print(GString *out, const bw_yaml *v)
{
    if (v->kind == BW_YAML_SCALAR) {
        g_string_append_printf(out, v->plain ? "%s" : "'%s'", v->text);
        return;
    }
    g_string_append_c(out, v->kind == BW_YAML_LIST ? '[' : '{');
    for (uint32_t i = 0; i < v->count; i++) {
        if (i)
            g_string_append(out, ", ");
        if (v->kind == BW_YAML_MAP) {
            print(out, v->entries[i].key);
            g_string_append(out, ": ");
        }
        print(out, v->kind == BW_YAML_LIST ? v->items[i] : v->entries[i].value);
    }
    g_string_append_c(out, v->kind == BW_YAML_LIST ? ']' : '}');
}

static void assert_reads(fixture *f, const char *text, const char *expected)
{
    const bw_yaml *v = read_text(f, text);
    GString *out = g_string_new(NULL);

    assert_non_null(v);
    print(out, v);
    assert_string_equal(out->str, expected);
    assert_null(f->findings.first);
    g_string_free(out, TRUE);
}

static void values(void **state)
{
    fixture *f = *state;

    assert_reads(f, "b: 1\na: 'x'\n", "{b: 1, a: 'x'}");
    assert_reads(f, "- 0x10\n- [yes, {k: }]\n", "[0x10, [yes, {k: }]]");
    assert_reads(f, "{\"a\": [1, \"\\u00e9\\/\", null]}", "{'a': [1, '\u00e9/', null]}");
    assert_reads(f,
                 "\xef\xbb\xbf"
                 "a: |\n  x\n  y\n",
                 "{a: 'x\ny\n'}");
    assert_reads(f, "a: b\r\nc: d\r\n", "{a: b, c: d}");
    assert_reads(f, "", "");
    assert_reads(f, "# nothing\n", "");
}

static void assert_same(const bw_yaml *a, const bw_yaml *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->begin, b->begin);
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->count, b->count);
    if (a->kind == BW_YAML_SCALAR) {
        assert_int_equal(a->plain, b->plain);
        assert_int_equal(a->len, b->len);
        assert_string_equal(a->text, b->text);
    }
    for (uint32_t i = 0; a->kind == BW_YAML_LIST && i < a->count; i++)
        assert_same(a->items[i], b->items[i]);
    for (uint32_t i = 0; a->kind == BW_YAML_MAP && i < a->count; i++) {
        assert_same(a->entries[i].key, b->entries[i].key);
        assert_same(a->entries[i].value, b->entries[i].value);
    }
}

/* The quick reader takes a text and sees what libyaml sees; or it leaves it to libyaml. */
static void simple_texts(void **state)
{
    static const char *const taken[] = {
        "a: b",
        "a: b\n",
        "# c\n\n  a: b # c\n  c:   d  e  \n# c",
        "board:\n  name: x\n  socs:\n  - name: y\n    variants:\n      - name: z\n  vendor:\nend:\n",
        "- a\n- 'b # c'\n- \"d: e\"   # f\n-   g: h\n    i: -1\n- - j\n  - k\n-\n  l: m\n",
        "a:\n- b\n- c\nd: http://e:80/#f\n",
        "a:\n  # c\n  b:\n\n    - c\nd: 'it is'\ne: ''\n   \n",
        "a: b'c\"d [e] {f}, &g *h ~ - i\n",
    };
    static const char *const left[] = {
        "",
        "# c\n",
        "a",
        "a: b\n c\n",
        "a: [b]\n",
        "a: {b: c}\n",
        "a: |\n  b\n",
        "a: >-\n b\n",
        "a: &b c\n",
        "a: *b\n",
        "--- a: b\n",
        "a: b\n...\n",
        "a: b\n---\n",
        "a:\tb\n",
        "a: b\r\n",
        "a: 'b''c'\n",
        "a: \"\\n\"\n",
        "a: b: c\n",
        "a: b\na: c\n",
        "a: - b\n",
        "a:\n  b: c\n d: e\n",
        "- a\nb: c\n",
        "a: b\n- c\n",
        "'a': b\n",
        "? a\n: b\n",
        "a: \xc3\xa4\n",
        "<<: a\n",
        "a: b\n   c: d\n",
        "a:\n  b\n",
        "-\n- a\n",
        "a: !!str b\n",
        "a: 'b' c\n",
        "a: 'b'#c\n",
        "a: @b\n",
        "%TAG ! x\n---\na: b\n",
        "a: b:\n",
        "a:b\n",
        "a : b\n",
        "a: 'b\n c'\n",
        "a: \"b\n",
        "a: %b\n",
        "a: ,b\n",
    };
    fixture *f = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(taken); i++) {
        bw_source *source = bw_source_from_memory(f->ctx->sources, "t.yml", taken[i], strlen(taken[i]));
        const bw_yaml *simple = bw_yaml_read_simple(source, &f->arena);
        const bw_yaml *any = bw_yaml_read_any(source, &f->arena, &f->findings);

        assert_non_null(simple);
        assert_non_null(any);
        assert_null(f->findings.first);
        assert_same(simple, any);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(left); i++)
        assert_null(
            bw_yaml_read_simple(bw_source_from_memory(f->ctx->sources, "t.yml", left[i], strlen(left[i])), &f->arena));
}

static void aliases_and_merges(void **state)
{
    fixture *f = *state;

    assert_reads(f, "a: &x [1, 2]\nb: *x\n", "{a: [1, 2], b: [1, 2]}");
    assert_reads(f, "a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}");
    assert_reads(f, "a: &x {p: 1, q: 2}\nb: {q: 3, <<: *x, r: 4}\n", "{a: {p: 1, q: 2}, b: {q: 3, r: 4, p: 1}}");
    assert_reads(f, "- &x {p: 1}\n- &y {p: 2, q: 3}\n- <<: [*x, *y]\n", "[{p: 1}, {p: 2, q: 3}, {p: 1, q: 3}]");
    assert_reads(f, "a: {'<<': 1}\n", "{a: {'<<': 1}}");
}

/* The bytes of a value's place. */
static void assert_place(const bw_yaml *v, const char *expected)
{
    char *text;

    assert_non_null(v);
    text = g_strndup(v->source->text + v->begin, v->end - v->begin);
    assert_string_equal(text, expected);
    g_free(text);
}

static void places(void **state)
{
    fixture *f = *state;
    const bw_yaml *v = read_text(f, "ä: [ü, \"€\"]\nmap:\n  k: v # c\n\nlist:\n  - 'é'\n\n");

    assert_place(bw_yaml_get(v, "ä"), "[ü, \"€\"]");
    assert_place(bw_yaml_get(v, "ä")->items[1], "\"€\"");
    assert_place(bw_yaml_get(v, "map"), "k: v");
    assert_place(bw_yaml_get(v, "list")->items[0], "'é'");
    bw_place place = bw_yaml_place(bw_yaml_get(bw_yaml_get(v, "map"), "k"));
    assert_int_equal(place.line, 3);
    assert_int_equal(place.column, 6);
    assert_int_equal(place.end_column, 7);
    v = read_text(f, "\xef\xbb\xbf"
                     "a: b");
    assert_place(bw_yaml_get(v, "a"), "b");
}

static void assert_fault_bytes(fixture *f, const char *text, size_t len, bw_code code, uint32_t line, uint32_t column)
{
    const bw_yaml *v = read_bytes(f, text, len);
    const bw_finding *first = f->findings.first;

    assert_true(!v == (code != BW_CODE_duplicate_key));
    if (!first || first->next || first->code != code || first->place.line != line || first->place.column != column)
        fail_msg("'%s': %s at %u:%u", text, first ? first->text : "no finding", first ? first->place.line : 0,
                 first ? first->place.column : 0);
}

static void assert_fault(fixture *f, const char *text, bw_code code, uint32_t line, uint32_t column)
{
    assert_fault_bytes(f, text, strlen(text), code, line, column);
}

static void faults(void **state)
{
    fixture *f = *state;

    assert_fault(f, "a:\n\tb: 1\n", BW_CODE_yaml_syntax, 2, 1);
    assert_fault(f, "a: 1\n  \tb: 2\n", BW_CODE_yaml_syntax, 2, 3);
    assert_fault(f, "a: \"x\nb: 2\n", BW_CODE_yaml_syntax, 1, 4);
    assert_fault(f, "a: [1,\nb: 2\n", BW_CODE_yaml_syntax, 2, 5); /* b: 2 is an item */
    assert_fault(f, "a: {x: 1", BW_CODE_yaml_syntax, 1, 9);
    assert_fault(f, "a:\n  b: 1\n c: 2\n", BW_CODE_yaml_syntax, 3, 2);
    assert_fault(f, "a: b: c\n", BW_CODE_yaml_syntax, 1, 5);
    assert_fault(f, "a: \"x\" y\n", BW_CODE_yaml_syntax, 1, 8);
    assert_fault(f, "a: *b\n", BW_CODE_yaml_syntax, 1, 4);
    assert_fault(f, "a: &a [*a]\n", BW_CODE_yaml_syntax, 1, 8);
    assert_fault(f, "a: 1\n---\nb: 2\n", BW_CODE_yaml_syntax, 2, 1);
    assert_fault(f, "? [a]\n: b\n", BW_CODE_yaml_syntax, 1, 3);
    assert_fault(f, "a: {<<: 1}\n", BW_CODE_yaml_syntax, 1, 9);
    assert_fault(f, "b: 1\na: 1\na: 2\n", BW_CODE_duplicate_key, 3, 1);
    assert_fault(f, "é: \xff\n", BW_CODE_yaml_encoding, 1, 5);
    assert_fault(f, "a: \x01\n", BW_CODE_yaml_encoding, 1, 4);
    assert_fault(f, "a: \"\\0\"\n", BW_CODE_yaml_encoding, 1, 4);
    assert_fault_bytes(f, "a: b\0c", 6, BW_CODE_yaml_encoding, 1, 5);
    assert_fault_bytes(f,
                       "\xff\xfe"
                       "a\0",
                       4, BW_CODE_yaml_encoding, 0, 0);
}

static void the_last_of_two_keys_counts(void **state)
{
    fixture *f = *state;

    assert_string_equal(bw_yaml_get(read_text(f, "a: 1\nb: 2\na: 3\n"), "a")->text, "3");
}

/* Nine levels of nine aliases are 9^9 values. */
static void aliases_of_aliases(void **state)
{
    fixture *f = *state;
    GString *text = g_string_new("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");

    for (int i = 1; i < 9; i++) {
        g_string_append_printf(text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            g_string_append_printf(text, "%s*a%d", j ? ", " : "", i - 1);
        g_string_append(text, "]\n");
    }
    assert_fault(f, text->str, BW_CODE_yaml_limit, 7, 10);
    g_string_free(text, TRUE);
}

static void depth(void **state)
{
    fixture *f = *state;
    char deep[1001];
    GString *chain = g_string_new("- &a0 []\n");

    memset(deep, '[', 1000);
    deep[1000] = '\0';
    assert_fault(f, deep, BW_CODE_yaml_limit, 1, 66);
    for (int i = 1; i < 100; i++)
        g_string_append_printf(chain, "- &a%d [*a%d]\n", i, i - 1);
    assert_fault(f, chain->str, BW_CODE_yaml_limit, 64, 9);
    g_string_free(chain, TRUE);
}

static const bw_yaml *scalar(fixture *f, const char *text)
{
    char *line = g_strdup_printf("v: %s\n", text);
    const bw_yaml *v = bw_yaml_get(read_text(f, line), "v");

    g_free(line);
    return v;
}

static void sizes(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"0", 0},
                {"4096", 4096},
                {"0x1000", 0x1000},
                {"64 KiB", 65536},
                {"64KiB", 65536},
                {"\"1 GiB\"", 1 << 30},
                {"0x10 MiB", 16 << 20},
                {"12 B", 12},
                {"16777215 TiB", 16777215ULL << 40},
                {"18446744073709551615", UINT64_MAX}};
    static const char *const bad[] = {
        "64 KB", "64 kib", "-1",  "1.5 MiB", "010",       "0x", "x", "1 2", "16777216 TiB", "18446744073709551616",
        "64 ",   "~",      "[1]", "64K",     "1 KiB KiB", "''"};
    fixture *f = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        uint64_t bytes = 1;
        if (!bw_yaml_to_size(scalar(f, good[i].text), &bytes) || bytes != good[i].bytes)
            fail_msg("%s", good[i].text);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        uint64_t bytes = 77;
        bool ok = bw_yaml_to_size(scalar(f, bad[i]), &bytes);
        if (ok && strcmp(bad[i], "64 ") != 0) /* YAML takes the space away */
            fail_msg("%s", bad[i]);
        if (!ok)
            assert_int_equal(bytes, 77);
    }
}

static void rates(void **state)
{
    static const struct {
        const char *text;
        uint64_t hertz;
    } good[] = {
        {"100 Hz", 100}, {"1.5 MHz", 1500000}, {"32.768 kHz", 32768}, {"24MHz", 24000000}, {"2.40 GHz", 2400000000}};
    static const char *const bad[] = {"100",    "1.5 Hz", "1.2345 kHz", "1. MHz",
                                      ".5 MHz", "100 hz", "1.5MHz2",    "1.5 6 MHz"};
    fixture *f = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        uint64_t hertz = 1;
        if (!bw_yaml_to_rate(scalar(f, good[i].text), &hertz) || hertz != good[i].hertz)
            fail_msg("%s: %" G_GUINT64_FORMAT, good[i].text, hertz);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        uint64_t hertz;
        if (bw_yaml_to_rate(scalar(f, bad[i]), &hertz))
            fail_msg("%s: %" G_GUINT64_FORMAT, bad[i], hertz);
    }
}

static void strings_of_yaml_1_1(void **state)
{
    static const char *const strings[] = {"plank", "1.0.0",    "Y",   "n",      "'8051'", "\"yes\"",
                                          "m33",   "8051a",    "0x",  "08.5.1", "-",      "1:99",
                                          "a:b",   "2026-1-1", "1e5", "0b",     "+",      "09"};
    static const char *const others[] = {"8051",
                                         "1.2",
                                         "1_000",
                                         "12:30",
                                         "0x10",
                                         "yes",
                                         "Off",
                                         "null",
                                         "~",
                                         "",
                                         ".5",
                                         "1.",
                                         "-1",
                                         "+1",
                                         "010",
                                         ".inf",
                                         "-.Inf",
                                         ".NaN",
                                         "0b11",
                                         "1.5e+3",
                                         "1:30.5",
                                         "2026-11-21",
                                         "2026-11-21 10:00:00"};
    fixture *f = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        if (bw_yaml_not_string(scalar(f, strings[i])))
            fail_msg("%s is a string", strings[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (!bw_yaml_not_string(scalar(f, others[i])))
            fail_msg("%s is no string", others[i]);
}

static const char *const colours[] = {"red", "green", "blue", NULL};
static const bw_schema item_rows[] = {
    {"name", BW_TYPE_TEXT, "A name.", true, false, NULL, NULL, 0, 0},
    {"colour", BW_TYPE_ENUM, "A colour.", false, false, NULL, colours, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema item_row = {"item", BW_TYPE_MAP, "An item.", false, false, item_rows, NULL, 0, 0};
static const bw_schema rows[] = {
    {"size", BW_TYPE_SIZE, "A size.", true, false, NULL, NULL, 16, 4096},
    {"rate", BW_TYPE_RATE, "A rate.", false, false, NULL, NULL, 0, 0},
    {"flag", BW_TYPE_BOOL, "A flag.", false, false, NULL, NULL, 0, 0},
    {"items", BW_TYPE_LIST, "Items.", false, true, &item_row, NULL, 0, 0},
    {"named", BW_TYPE_NAMED, "Items by name.", false, false, &item_row, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema file_row = {"the file", BW_TYPE_MAP, "All.", false, false, rows, NULL, 0, 0};

/* Expects the findings "code line:column cure", one a line. */
static void assert_checks(fixture *f, const char *text, const char *expected)
{
    const bw_yaml *v = read_text(f, text);
    GString *out = g_string_new(NULL);

    assert_non_null(v);
    bool ok = bw_schema_check(&file_row, v, &f->findings);
    assert_int_equal(ok, *expected == '\0');
    for (const bw_finding *x = f->findings.first; x; x = x->next)
        g_string_append_printf(out, "%s %u:%u %s\n", bw_codes[x->code].name, x->place.line, x->place.column,
                               x->cure ? x->cure : "-");
    assert_string_equal(out->str, expected);
    g_string_free(out, TRUE);
}

static void schemas(void **state)
{
    fixture *f = *state;

    assert_checks(f, "size: 1 KiB\nrate: 1 Hz\nflag: true\nitems: [{name: 1, colour: red}]\nnamed: {x/y: {name: z}}\n",
                  "");
    assert_checks(f, "size: 16\nnamed: {}\nflag: Off\n", "");
    assert_checks(f, "size: 15\n", "wrong-value 1:7 -\n");
    assert_checks(f, "size: 8 KiB\n", "wrong-value 1:7 -\n");
    assert_checks(f, "flag: false\n", "missing-key 1:1 -\n");
    assert_checks(f, "szie: 16\n", "unknown-key 1:1 did you mean 'size'?\n"); /* not missing as well */
    assert_checks(f, "size: 16\nxyzzy: 1\n", "unknown-key 2:1 -\n");
    assert_checks(f, "size: 16\nsize2: 1\n", "unknown-key 2:1 -\n"); /* size is there already */
    assert_checks(f, "size: 16\nflag: maybe\nrate: 100\n", "wrong-value 2:7 -\nwrong-value 3:7 -\n");
    assert_checks(f, "size: 16\nflag: 'true'\n", "wrong-value 2:7 remove the quotes\n");
    assert_checks(f, "size: [16]\nitems: {}\nnamed: 1\n", "wrong-value 1:7 -\nwrong-value 2:8 -\nwrong-value 3:8 -\n");
    assert_checks(f, "size: 16\nitems: []\n", "wrong-value 2:8 -\n");
    assert_checks(f, "size: 16\nitems:\n  - name: x\n    colour: gren\n  - colour: red\n",
                  "wrong-value 4:13 did you mean 'green'?\nmissing-key 5:5 -\n");
    assert_checks(f, "size: 16\nnamed:\n  a: {nam: x}\n", "unknown-key 3:7 did you mean 'name'?\n");
    assert_checks(f, "size: 16\nitems: [{name: }]\n", "wrong-value 2:16 -\n");
    assert_checks(f, "", "missing-key 1:1 -\n");
}

static void documents(void **state)
{
    GString *out = g_string_new(NULL);

    (void)state;
    bw_schema_document(rows, out);
    assert_string_equal(out->str, "| key | value | needed | meaning |\n"
                                  "|---|---|---|---|\n"
                                  "| `size` | size | yes | A size. |\n"
                                  "| `rate` | rate |  | A rate. |\n"
                                  "| `flag` | true, false |  | A flag. |\n"
                                  "| `items` | list of maps |  | Items. |\n"
                                  "| `items[].name` | text | yes | A name. |\n"
                                  "| `items[].colour` | `red`, `green`, `blue` |  | A colour. |\n"
                                  "| `named` | map |  | Items by name. |\n"
                                  "| `named.<item>.name` | text | yes | A name. |\n"
                                  "| `named.<item>.colour` | `red`, `green`, `blue` |  | A colour. |\n");
    g_string_free(out, TRUE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(values),
        TEST(simple_texts),
        TEST(aliases_and_merges),
        TEST(places),
        TEST(faults),
        TEST(the_last_of_two_keys_counts),
        TEST(aliases_of_aliases),
        TEST(depth),
        TEST(sizes),
        TEST(rates),
        TEST(strings_of_yaml_1_1),
        TEST(schemas),
        TEST(documents),
    };

    return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
