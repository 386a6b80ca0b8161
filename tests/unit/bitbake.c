/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "yocto/bitbake.h"

#include <stdio.h>

#include "reader.h"

typedef struct run {
    fixture *f;
    bw_unit *unit;
    bw_bb_store *store;
    unsigned files;
} run;

static run begin(void **state, bw_bb_style style)
{
    run r = {.f = *state};

    r.unit = bw_unit_new(r.f->ctx);
    bw_unit_begin(r.unit, &r.f->findings);
    r.store = bw_bb_store_new(r.unit, style);
    bw_bb_store_set(r.store, "MACHINE", "plank");
    return r;
}

static void end(run *r)
{
    bw_bb_store_free(r->store);
    bw_unit_free(r->unit);
}

static const bw_bb_file *read_text(run *r, const char *ending, const char *text)
{
    char *name = g_strdup_printf("/nowhere/t%u%s", r->files++, ending);

    assert_non_null(bw_source_add(r->f->ctx->sources, name, text, strlen(text)));
    const bw_bb_file *file = bw_bb_read(r->unit, name);
    g_free(name);
    assert_non_null(file);
    return file;
}

static void add(run *r, const char *text)
{
    bw_bb_add(r->store, read_text(r, ".bb", text), true);
}

#define IS(name, expected) assert_string_equal(bw_bb_get(r.store, name).text, expected)

/* ---- reading ---- */

static void reads_statements_with_places(void **state)
{
    run r = begin(state, BW_BB_NEW_STYLE);
    const bw_bb_file *file =
        read_text(&r, ".bb",
                  "# first \\\n# second\n"
                  "A = \"one \\\n   two\"\n"
                  "SRC_URI:append:plank=' x'\n"
                  "F[doc]\t+= \"d\"\n"
                  "python __anonymous () {\n    x = {}\n}\n"
                  "do_x:append() {\n    y\n}\n"
                  "def f(d):\n    return 1\n\n# c\n"
                  "require a.inc b.inc\ninherit c\nexport E = \"e\"\nexport Q\naddtask x after y\n");

    assert_int_equal(file->count, 11);
    const bw_bb_statement *s = file->statements;
    assert_string_equal(s[0].value, "one    two");
    assert_int_equal(s[0].name_place.line, 3);
    assert_int_equal(s[0].value_place.line, 3);
    assert_int_equal(s[0].value_place.column, 5);
    assert_int_equal(s[0].value_place.end_line, 4);
    assert_int_equal(s[0].value_place.end_column, 8);
    assert_string_equal(s[1].written, "SRC_URI:append:plank");
    assert_string_equal(s[1].value, " x");
    assert_string_equal(s[2].flag, "doc");
    assert_int_equal(s[2].op, BW_BB_APPEND_BLANK);
    assert_true(s[3].python && s[3].kind == BW_BB_FUNCTION);
    assert_false(s[4].python);
    assert_string_equal(s[4].value, "    y\n");
    assert_int_equal(s[4].value_place.line, 11);
    assert_int_equal(s[5].kind, BW_BB_OTHER);
    assert_int_equal(s[6].kind, BW_BB_REQUIRE);
    assert_string_equal(s[6].value, "a.inc b.inc");
    assert_int_equal(s[7].kind, BW_BB_INHERIT);
    assert_string_equal(s[8].written, "E");
    assert_string_equal(s[9].written, "export");
    assert_string_equal(s[10].written, "addtask");
    assert_int_equal(r.f->findings.counts[BW_ERROR], 0);
    end(&r);
}

static void each_line_that_is_none_is_one_finding(void **state)
{
    static const char *const wrong[] = {
        " A = \"x\"\n",
        "A = x\n",
        "A = \"x\n",
        "A = \"a\"b\"\n",
        "nonsense\n",
        "f() {\n  x\n",
        "A = \"b \\\n# c\n d\"\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        run r = begin(state, BW_BB_NEW_STYLE);
        forget(r.f);
        bw_unit_begin(r.unit, &r.f->findings);
        char *name = g_strdup_printf("/nowhere/w%zu.bb", i);
        assert_non_null(bw_source_add(r.f->ctx->sources, name, wrong[i], strlen(wrong[i])));
        assert_non_null(bw_bb_read(r.unit, name));
        assert_int_equal(r.f->findings.counts[BW_ERROR], 1);
        g_free(name);
        end(&r);
    }
}

/* ---- values ---- */

static void operators(void **state)
{
    run r = begin(state, BW_BB_NEW_STYLE);

    add(&r, "A = \"1\"\nA += \"2\"\nA =+ \"0\"\nA .= \"3\"\nA =. \"x\"\n"
            "B ?= \"first\"\nB ?= \"second\"\nC \?\?= \"weak\"\nC \?\?= \"weaker\"\nD \?\?= \"weak\"\nD = \"strong\"\n"
            "E \?\?= \"weak\"\nE += \"more\"\nV = \"old\"\nN := \"${V}\"\nL = \"${V}\"\nV = \"new\"\n"
            "U = \"x\"\nunset U\nP = \"p\"\nP ?= \"q\"\n");
    IS("A", "x0 1 23");
    IS("B", "first");
    IS("C", "weaker");
    IS("D", "strong");
    IS("E", " more");
    IS("N", "old");
    IS("L", "new");
    IS("P", "p");
    assert_null(bw_bb_get(r.store, "U").text);
    end(&r);
}

static void overrides_of_new_style(void **state)
{
    run r = begin(state, BW_BB_NEW_STYLE);

    add(&r, "MACHINEOVERRIDES =. \"soc:\"\nMACHINEOVERRIDES .= \":late\"\n"
            "A = \"a\"\nA:soc = \"s\"\nA:plank = \"p\"\nA:other = \"o\"\n"
            "B = \"b\"\nB:append = \" 1\"\nB:append:plank = \" 2\"\nB:append:other = \" 3\"\nB:prepend = \"0 \"\n"
            "C = \"x y z\"\nC:remove = \"y\"\nC:remove:plank = \"z\"\nC:remove:other = \"x\"\n"
            "D = \"d\"\nD:plank = \"p\"\nD:plank:append = \" 1\"\nD:append = \" 2\"\n"
            "E = \"e\"\nE:soc:plank = \"both\"\nE:plank = \"one\"\n"
            "F = \"f\"\nF:plank += \"g\"\n"
            "G:append = \"only\"\nH_plank = \"dead\"\nI:append += \"blank\"\n"
            "K = \"k\"\nK:late = \"l\"\nK:plank = \"p\"\n");
    IS("A", "p");
    IS("B", "0 b 1 2");
    IS("C", "x  ");
    IS("D", "p 1 2");
    IS("E", "both");
    IS("F", " g");
    IS("G", "only");
    assert_null(bw_bb_get(r.store, "H").text);
    IS("I", " blank");
    IS("K", "l");
    end(&r);
}

static void overrides_of_old_style(void **state)
{
    run r = begin(state, BW_BB_OLD_STYLE);

    add(&r, "A = \"a\"\nA_plank = \"p\"\nSRC_URI = \"s\"\nSRC_URI_append = \" 1\"\nSRC_URI_append_plank = \" 2\"\n"
            "SRC_URI_append_other = \" 3\"\nSRC_URI_remove = \"s\"\nDO_Plank = \"no\"\n"
            "B = \"b\"\nB:plank = \"rewritten by the build\"\nBAD_NAME_plank = \"n\"\n");
    IS("A", "p");
    IS("SRC_URI", " 1 2");
    IS("B", "rewritten by the build");
    IS("BAD_NAME", "n");
    assert_null(bw_bb_get(r.store, "DO").text);
    end(&r);
}

static void names_and_values_are_expanded(void **state)
{
    run r = begin(state, BW_BB_NEW_STYLE);

    bw_bb_store_set(r.store, "PN", "thing");
    add(&r, "FILES:${PN} = \"f\"\nFILES:${PN}:append = \" g\"\nA = \"${B} ${C}\"\nB = \"b\"\nC = \"${D}\"\nD = \"d\"\n"
            "X = \"${NOBODY}\"\nY = \"${@anything(d)}\"\nZ = \"${W}\"\nW = \"${Z}\"\nIN = \"${${N}}\"\nN = \"B\"\n"
            "OVR = \"${V2:plank}\"\nV2:plank = \"direct\"\n");
    IS("FILES:thing", "f g");
    IS("A", "b d");
    assert_true(bw_bb_get(r.store, "A").known);
    assert_false(bw_bb_get(r.store, "X").known);
    IS("X", "${NOBODY}");
    assert_false(bw_bb_get(r.store, "Y").known);
    assert_false(bw_bb_get(r.store, "Z").known);
    IS("IN", "b");
    IS("OVR", "direct");
    end(&r);
}

static void parts_are_in_order(void **state)
{
    run r = begin(state, BW_BB_NEW_STYLE);

    add(&r, "IMAGE_CMD:disk = \"base\"\n"
            "IMAGE_CMD:disk:append:plank () {\n    dd one\n}\n"
            "IMAGE_CMD:disk:append:other () {\n    dd two\n}\n"
            "IMAGE_CMD:disk:prepend () {\n    dd zero\n}\n"
            "L = \"a\"\nL += \"b\"\n");
    GPtrArray *parts = bw_bb_shell(r.store, "IMAGE_CMD:disk");
    assert_int_equal(parts->len, 3);
    assert_string_equal(((const bw_bb_statement *)parts->pdata[0])->value, "    dd zero\n");
    assert_string_equal(((const bw_bb_statement *)parts->pdata[1])->value, "base");
    assert_string_equal(((const bw_bb_statement *)parts->pdata[2])->value, "    dd one\n");
    g_ptr_array_free(parts, TRUE);
    assert_int_equal(bw_bb_get(r.store, "L").place.line, 12);
    end(&r);
}

static void python_that_is_understood(void **state)
{
    static const struct {
        const char *expression, *expected;
    } all[] = {
        {"bb.utils.contains('WORDS', 'one', 'yes', 'no', d)", "yes"},
        {"bb.utils.contains(\"WORDS\", \"one three\", \"yes\", \"no\", d)", "no"},
        {"bb.utils.contains('WORDS', [ 'two', 'one' ], 'yes', '', d)", "yes"},
        {"bb.utils.contains_any('WORDS', 'three two', 'yes', 'no', d)", "yes"},
        {"bb.utils.filter('WORDS', 'two zero one', d)", "one two"},
        {"oe.utils.conditional('ONE', '1', 'same', 'other', d)", "same"},
        {"d.getVar('NOBODY') or 'else'", "else"},
        {"'a' if d.getVar('ONE') == '1' else 'b'", "a"},
        {"'a' if not d.getVar('ONE', True) or 'x' in 'yz' else 'b' 'c'", "bc"},
        {"['', 'soc:']['rpi' != '']", "soc:"},
        {"' '.join(d.getVar('WORDS').split()).replace('one', 'ONE').upper()", "ONE TWO"},
        {"os.path.basename('a/b.dtb') + str(len('xy'))", "b.dtb2"},
        {"os.path.normpath(\"/a/b/../c/./\")", "/a/c"},
        {"d.getVar('WORDS').split()[-1]", "two"},
        {"open('/etc/passwd').read()", NULL},
        {"d.getVar('ONE'", NULL},
        {"[x for x in 'ab']", NULL},
        {"d.setVar('ONE', '2')", NULL},
        {"1 / 0", NULL},
    };
    run r = begin(state, BW_BB_NEW_STYLE);

    add(&r, "WORDS = \"one  two\"\nONE = \"1\"\n");
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        char *text = g_strdup_printf("<${@%s}>", all[i].expression);
        const bw_bb_value value = bw_bb_expand(r.store, text);
        char *expected = all[i].expected ? g_strdup_printf("<%s>", all[i].expected) : g_strdup(text);
        assert_string_equal(value.text, expected);
        assert_int_equal(value.known, all[i].expected != NULL);
        g_free(expected);
        g_free(text);
    }
    end(&r);
}

/* Text that grows beyond all bounds when it is expanded ends, and is not known. */
static void bombs_end(void **state)
{
    run r = begin(state, BW_BB_NEW_STYLE);
    GString *text = g_string_new("A0 = \"0123456789\"\nB0 = \"\"\n");

    for (int i = 1; i < 60; i++)
        g_string_append_printf(text, "A%d = \"${A%d}${A%d}\"\nB%d = \"${B%d}${B%d}\"\n", i, i - 1, i - 1, i, i - 1,
                               i - 1);
    g_string_append(text, "C = \"${C}\"\nOVERRIDES = \"${OVERRIDES}:a\"\n");
    add(&r, text->str);
    assert_false(bw_bb_get(r.store, "A59").known);
    bw_bb_get(r.store, "B59");
    assert_false(bw_bb_get(r.store, "C").known);
    g_string_free(text, TRUE);
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_statements_with_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_line_that_is_none_is_one_finding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(operators, set_up, tear_down),
        cmocka_unit_test_setup_teardown(overrides_of_new_style, set_up, tear_down),
        cmocka_unit_test_setup_teardown(overrides_of_old_style, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_and_values_are_expanded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parts_are_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(python_that_is_understood, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bombs_end, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
