/* SPDX-License-Identifier: Apache-2.0 */
#include "from_text.h"

#include "tree/specifiers.h"

static bw_spec spec_of(const bw_tree *tree, const char *path, const char *property, uint32_t index)
{
    const bw_node *node = node_at(tree, path);
    bw_spec spec;

    assert_true(bw_spec_get(tree, node, bw_node_prop_text(node, property), index, &spec));
    return spec;
}

static const char clocks[] =
    "/ { osc: osc { #clock-cells = <0>; }; pll: pll { #clock-cells = <2>; };\n"
    "  bad: bad { #clock-cells = <1 1>; }; not: not { };\n"
    "  dev { clocks = <&osc>, <&pll 3 4>, <0>, <&osc>; clock-names = \"a\", \"b\", \"c\"; };\n"
    "  short { clocks = <&osc>, <&pll 3>; };\n"
    "  lacks { clocks = <&not 1>; };\n"
    "  broken { clocks = <&bad 1>; };\n"
    "  number { clocks = <12345>; };\n"
    "  text { clocks = \"osc\"; };\n"
    "  bytes { clocks = [01 02]; };\n"
    "  supply { vcc-supply = <&osc>; pinctrl-0 = <&osc &pll>; nvmem-cells = <&osc>, <&pll>; };\n"
    "  hog { gpio-hog; gpios = <5 0>; };\n"
    "  n: n { clocks = <0xffffffff>, <&osc>; }; };";

static void rows_are_as_long_as_the_provider_says(void **state)
{
    bw_tree *tree = tree_of(clocks);
    (void)state;

    bw_spec s = spec_of(tree, "/dev", "clocks", 1);
    assert_int_equal(s.fault, BW_SPEC_OK);
    assert_ptr_equal(s.provider, node_at(tree, "pll"));
    assert_int_equal(s.arg_count, 2);
    assert_int_equal(bw_spec_arg(&s, 1), 4);
    assert_int_equal(s.offset, 4);
    assert_int_equal(s.len, 12);
    assert_string_equal(bw_spec_name(&s), "b");
    assert_int_equal(spec_of(tree, "/dev", "clocks", 2).fault, BW_SPEC_EMPTY);
    assert_ptr_equal(spec_of(tree, "/dev", "clocks", 3).provider, node_at(tree, "osc"));
    assert_int_equal(spec_of(tree, "/n", "clocks", 0).fault, BW_SPEC_EMPTY);
    assert_int_equal(spec_of(tree, "/n", "clocks", 1).fault, BW_SPEC_OK);
}

static void faults_are_told_apart(void **state)
{
    bw_tree *tree = tree_of(clocks);
    (void)state;

    bw_spec s = spec_of(tree, "/short", "clocks", 1);
    assert_int_equal(s.fault, BW_SPEC_TRUNCATED);
    assert_int_equal(s.args_there, 1);
    s = spec_of(tree, "/lacks", "clocks", 0);
    assert_int_equal(s.fault, BW_SPEC_NO_CELLS);
    assert_ptr_equal(s.provider, node_at(tree, "not"));
    assert_int_equal(spec_of(tree, "/broken", "clocks", 0).fault, BW_SPEC_BAD_CELLS);
    assert_int_equal(spec_of(tree, "/number", "clocks", 0).fault, BW_SPEC_NOT_PHANDLE);
    assert_int_equal(spec_of(tree, "/text", "clocks", 0).fault, BW_SPEC_NOT_PHANDLE);
    assert_int_equal(spec_of(tree, "/bytes", "clocks", 0).fault, BW_SPEC_LENGTH);
}

static void families_of_properties_are_known(void **state)
{
    bw_tree *tree = tree_of(clocks);
    const bw_node *hog = node_at(tree, "/hog");
    (void)state;

    assert_ptr_equal(spec_of(tree, "/supply", "vcc-supply", 0).provider, node_at(tree, "osc"));
    assert_ptr_equal(spec_of(tree, "/supply", "pinctrl-0", 1).provider, node_at(tree, "pll"));
    assert_int_equal(spec_of(tree, "/supply", "nvmem-cells", 1).arg_count, 0);
    assert_null(bw_spec_kind_for(tree, hog, bw_node_prop_text(hog, "gpios")));
    assert_null(bw_spec_kind_of(bw_intern_str(test_ctx->names, "snps,nr-gpios")));
    assert_null(bw_spec_kind_of(bw_intern_str(test_ctx->names, "pinctrl-names")));
    assert_string_equal(bw_spec_kind_of(bw_intern_str(test_ctx->names, "reset-gpios"))->cells, "#gpio-cells");
}

static void nothing_is_said_of_unknown_rows(void **state)
{
    bw_tree *tree = tree_of("#include <not/there.dtsi>\n"
                            "/ { pll: pll { #clock-cells = <2>; };\n"
                            "  a { clocks = <&pll ONE TWO>; }; b { clocks = <&pll BOTH>; }; c { clocks = <ALL>; };\n"
                            "  d { clocks = <&elsewhere 1>; }; };");
    (void)state;

    bw_spec s = spec_of(tree, "/a", "clocks", 0);
    assert_int_equal(s.fault, BW_SPEC_OK);
    assert_false(s.args_known);
    assert_int_equal(spec_of(tree, "/b", "clocks", 0).fault, BW_SPEC_UNKNOWN);
    assert_int_equal(spec_of(tree, "/c", "clocks", 0).fault, BW_SPEC_UNKNOWN);
    assert_int_equal(spec_of(tree, "/d", "clocks", 0).fault, BW_SPEC_UNKNOWN);
}

static void nexus_maps_pass_references_on(void **state)
{
    bw_tree *tree = tree_of("/ { gpio: gpio { #gpio-cells = <2>; };\n"
                            "  conn: connector { #gpio-cells = <2>; gpio-map-mask = <0xffffffff 0>;\n"
                            "    gpio-map-pass-thru = <0 0x3f>; gpio-map = <0 0 &gpio 7 0>, <1 0 &gpio 9 0x80>; };\n"
                            "  loop: loop { #gpio-cells = <1>; gpio-map = <0 &loop 0>; };\n"
                            "  cut: cut { #gpio-cells = <1>; gpio-map = <0 &gpio 1>; };\n"
                            "  a { gpios = <&conn 1 0x11>; }; b { gpios = <&conn 5 0>; };\n"
                            "  c { gpios = <&loop 0>; }; d { gpios = <&cut 0>; }; };");
    (void)state;

    bw_spec s = spec_of(tree, "/a", "gpios", 0);
    bw_spec_end end = bw_spec_follow(tree, &s);
    assert_ptr_equal(end.provider, node_at(tree, "gpio"));
    assert_ptr_equal(end.nexus, node_at(tree, "conn"));
    assert_int_equal(end.args[0], 9);
    assert_int_equal(end.args[1], 0x91);
    s = spec_of(tree, "/b", "gpios", 0);
    assert_true(bw_spec_follow(tree, &s).unmatched);
    s = spec_of(tree, "/c", "gpios", 0);
    assert_true(bw_spec_follow(tree, &s).unmatched);
    s = spec_of(tree, "/d", "gpios", 0);
    assert_int_equal(bw_spec_follow(tree, &s).fault, BW_SPEC_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_as_long_as_the_provider_says), cmocka_unit_test(faults_are_told_apart),
        cmocka_unit_test(families_of_properties_are_known),      cmocka_unit_test(nothing_is_said_of_unknown_rows),
        cmocka_unit_test(nexus_maps_pass_references_on),
    };
    return cmocka_run_group_tests(tests, begin_context, end_context);
}
