/* SPDX-License-Identifier: Apache-2.0 */
#include "from_text.h"

#include "tree/cells.h"
#include "tree/status.h"
#include "tree/strings.h"

static void counts_are_the_parents_and_are_not_inherited(void **state)
{
    bw_tree *tree = tree_of("/ { #address-cells = <1>; #size-cells = <1>;\n"
                            "  bus { child { reg = <0 1 2>; }; };\n"
                            "  flat { #address-cells = <1>; #size-cells = <0>; child { reg = <7>; }; }; };");
    (void)state;

    bw_cells cells = bw_cells_for(tree, node_at(tree, "/bus/child"));
    assert_int_equal(cells.address, 2);
    assert_int_equal(cells.size, 1);
    assert_null(cells.address_prop);
    bw_rows rows = bw_reg_rows(tree, node_at(tree, "/bus/child"));
    assert_int_equal(rows.state, BW_STATE_OK);
    assert_int_equal(rows.count, 1);
    assert_true(bw_rows_get(&rows, 0).child.value == 1);
    rows = bw_reg_rows(tree, node_at(tree, "/flat/child"));
    assert_int_equal(rows.count, 1);
    assert_int_equal(bw_rows_get(&rows, 0).size.cells, 0);
}

static void numbers_have_up_to_three_cells(void **state)
{
    bw_tree *tree = tree_of("/ { a { #address-cells = <3>; #size-cells = <2>;\n"
                            "  b { reg = <0x1 0x2 0x3 0x4 0x5>; }; };\n"
                            "  w { #address-cells = <4>; #size-cells = <0>; x { reg = <1 0 0 9>; }; }; };");
    (void)state;

    bw_rows rows = bw_reg_rows(tree, node_at(tree, "/a/b"));
    bw_row row = bw_rows_get(&rows, 0);
    assert_int_equal(row.child.high, 1);
    assert_true(row.child.value == 0x200000003);
    assert_true(row.size.value == 0x400000005);
    assert_int_equal(row.size.offset, 12);
    assert_false(row.child.wide);
    rows = bw_reg_rows(tree, node_at(tree, "/w/x"));
    assert_true(bw_rows_get(&rows, 0).child.wide);
}

static void malformed_values_are_bad_and_never_read_past(void **state)
{
    bw_tree *tree = tree_of("/ { #address-cells = <2>; #size-cells = <2>;\n"
                            "  rest { reg = <0 1 0 2 3>; };\n"
                            "  bytes { reg = [01 02 03]; };\n"
                            "  giant { #address-cells = <0xffffffff>; #size-cells = <1>; x { reg = <1 2>; }; };\n"
                            "  two { #address-cells = <1 1>; x { reg = <1 2>; }; };\n"
                            "  none { #address-cells = <0>; #size-cells = <0>; x { reg = <1>; }; }; };");
    (void)state;

    bw_rows rows = bw_reg_rows(tree, node_at(tree, "/rest"));
    assert_int_equal(rows.state, BW_STATE_BAD);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.rest, 4);
    assert_int_equal(bw_reg_rows(tree, node_at(tree, "/bytes")).count, 0);
    assert_int_equal(bw_reg_rows(tree, node_at(tree, "/giant/x")).state, BW_STATE_BAD);
    assert_int_equal(bw_reg_rows(tree, node_at(tree, "/giant/x")).count, 0);
    assert_int_equal(bw_reg_rows(tree, node_at(tree, "/two/x")).state, BW_STATE_BAD);
    assert_int_equal(bw_reg_rows(tree, node_at(tree, "/none/x")).state, BW_STATE_BAD);
    assert_int_equal(bw_reg_rows(tree, tree->root).state, BW_STATE_NONE);
}

static void what_comes_after_an_unknown_element_is_unknown(void **state)
{
    bw_tree *tree = tree_of("#include <not/there.h>\n"
                            "/ { #address-cells = <1>; #size-cells = <1>;\n"
                            "  a { reg = <1 2>, <WHAT 4>, <5 6>; };\n"
                            "  b { reg = <WHAT>; };\n"
                            "  c { #address-cells = <WHAT>; d { reg = <1>; }; }; };");
    (void)state;

    bw_rows rows = bw_reg_rows(tree, node_at(tree, "/a"));
    assert_int_equal(rows.state, BW_STATE_OK);
    assert_true(bw_rows_get(&rows, 0).known);
    assert_false(bw_rows_get(&rows, 1).known);
    assert_false(bw_rows_get(&rows, 2).known);
    assert_int_equal(bw_reg_rows(tree, node_at(tree, "/b")).state, BW_STATE_UNKNOWN);
    assert_int_equal(bw_reg_rows(tree, node_at(tree, "/c/d")).state, BW_STATE_UNKNOWN);
}

static void strings_end_where_the_value_does(void **state)
{
    bw_tree *tree = tree_of("/ { two = \"a\", \"bc\"; open = [61 62]; half = \"x\", [79]; empty; };");
    uint32_t count = 0;
    (void)state;

    assert_int_equal(bw_prop_strings(bw_node_prop_text(tree->root, "two"), &count), BW_STATE_OK);
    assert_int_equal(count, 2);
    assert_string_equal(bw_prop_string_at(bw_node_prop_text(tree->root, "two"), 1), "bc");
    assert_null(bw_prop_string_at(bw_node_prop_text(tree->root, "two"), 2));
    assert_int_equal(bw_prop_string_index(bw_node_prop_text(tree->root, "two"), "bc"), 1);
    assert_int_equal(bw_prop_strings(bw_node_prop_text(tree->root, "open"), &count), BW_STATE_BAD);
    assert_null(bw_prop_string(bw_node_prop_text(tree->root, "open")));
    assert_string_equal(bw_prop_string(bw_node_prop_text(tree->root, "half")), "x");
    assert_null(bw_prop_string_at(bw_node_prop_text(tree->root, "half"), 1));
    assert_int_equal(bw_prop_strings(bw_node_prop_text(tree->root, "empty"), &count), BW_STATE_BAD);
}

static void a_node_is_there_only_if_all_above_are(void **state)
{
    bw_tree *tree = tree_of("/ { bus { status = \"disabled\"; dev { status = \"okay\"; }; };\n"
                            "  on { status = \"ok\"; dev { status = \"fail-sss\"; }; };\n"
                            "  odd { status = \"enabled\"; }; };");
    (void)state;

    assert_ptr_equal(bw_node_unavailable(tree, node_at(tree, "/bus/dev")), node_at(tree, "/bus"));
    assert_int_equal(bw_node_status(tree, node_at(tree, "/bus/dev")), BW_STATUS_OKAY);
    assert_true(bw_node_available(tree, node_at(tree, "/on")));
    assert_int_equal(bw_node_status(tree, node_at(tree, "/on/dev")), BW_STATUS_FAIL);
    assert_int_equal(bw_node_status(tree, node_at(tree, "/odd")), BW_STATUS_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_the_parents_and_are_not_inherited),
        cmocka_unit_test(numbers_have_up_to_three_cells),
        cmocka_unit_test(malformed_values_are_bad_and_never_read_past),
        cmocka_unit_test(what_comes_after_an_unknown_element_is_unknown),
        cmocka_unit_test(strings_end_where_the_value_does),
        cmocka_unit_test(a_node_is_there_only_if_all_above_are),
    };
    return cmocka_run_group_tests(tests, begin_context, end_context);
}
