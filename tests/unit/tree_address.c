/* SPDX-License-Identifier: Apache-2.0 */
#include "from_text.h"

#include "tree/address.h"

static bw_translation translated(const bw_tree *tree, const char *path, uint64_t size)
{
    const bw_node *node = node_at(tree, path);
    bw_rows rows = bw_reg_rows(tree, node);

    assert_true(rows.count > 0);
    return bw_translate(tree, node, bw_rows_get(&rows, 0).child, size);
}

static const char nested[] =
    "/ { #address-cells = <2>; #size-cells = <2>;\n"
    "  soc { #address-cells = <1>; #size-cells = <1>; ranges = <0x0 0x1 0x0 0x1000000>;\n"
    "    inner { #address-cells = <1>; #size-cells = <1>; ranges = <0x100 0x2000 0x100>, <0x200 0x2100 0x80>;\n"
    "      in { reg = <0x110 0x10>; };\n"
    "      across { reg = <0x1f0 0x20>; };\n"
    "      cut { reg = <0x270 0x20>; };\n"
    "      out { reg = <0x300 0x10>; }; };\n"
    "    same { #address-cells = <1>; #size-cells = <1>; ranges; dev { reg = <0x40 4>; }; };\n"
    "    i2c { #address-cells = <1>; #size-cells = <0>; dev { reg = <0x50>; }; };\n"
    "  };\n"
    "  direct { reg = <0x2 0x0 0x0 0x10>; };\n"
    "};";

static void addresses_go_up_through_all_ranges(void **state)
{
    bw_tree *tree = tree_of(nested);
    (void)state;

    bw_translation t = translated(tree, "/soc/inner/in", 0x10);
    assert_int_equal(t.state, BW_TRANSLATED);
    assert_true(t.address == 0x100002010);
    t = translated(tree, "/soc/same/dev", 4);
    assert_int_equal(t.state, BW_TRANSLATED);
    assert_true(t.address == 0x100000040);
    t = translated(tree, "/direct", 0x10);
    assert_int_equal(t.state, BW_TRANSLATED);
    assert_true(t.address == 0x200000000);
}

static void a_block_may_run_over_rows_that_follow_each_other(void **state)
{
    bw_tree *tree = tree_of(nested);
    (void)state;

    bw_translation t = translated(tree, "/soc/inner/across", 0x20);
    assert_int_equal(t.state, BW_TRANSLATED);
    assert_true(t.address == 0x1000020f0);
    t = translated(tree, "/soc/inner/cut", 0x20);
    assert_int_equal(t.state, BW_TRANSLATE_CUT);
    assert_true(t.address == 0x100002170);
    assert_true(t.fits == 0x10);
    assert_int_equal(t.row, 1);
    assert_ptr_equal(t.bus, node_at(tree, "/soc/inner"));
    assert_string_equal(bw_translate_reason(tree, &t), "the ranges of /soc/inner hold only the first 0x10 bytes of it");
}

static void what_does_not_translate_says_why(void **state)
{
    bw_tree *tree = tree_of(nested);
    (void)state;

    bw_translation t = translated(tree, "/soc/inner/out", 0x10);
    assert_int_equal(t.state, BW_TRANSLATE_OUTSIDE);
    assert_string_equal(bw_translate_reason(tree, &t), "the ranges of /soc/inner do not hold 0x300");
    t = translated(tree, "/soc/i2c/dev", 0);
    assert_int_equal(t.state, BW_TRANSLATE_NO_RANGES);
    assert_string_equal(bw_translate_reason(tree, &t), "/soc/i2c has no ranges");
}

static void pci_rows_are_told_apart_by_their_space(void **state)
{
    bw_tree *tree = tree_of("/ { #address-cells = <2>; #size-cells = <2>;\n"
                            "  pcie { device_type = \"pci\"; #address-cells = <3>; #size-cells = <2>;\n"
                            "    ranges = <0x01000000 0 0 0 0x3eff0000 0 0x10000>,\n"
                            "             <0x02000000 0 0 0 0x10000000 0 0x10000>;\n"
                            "    dev { reg = <0x82000010 0 0x100 0 0x10>; };\n"
                            "    io { reg = <0x81000010 0 0x20 0 0x10>; };\n"
                            "    config { reg = <0 0 0 0 0>; }; }; };");
    (void)state;

    bw_translation t = translated(tree, "/pcie/dev", 0x10);
    assert_int_equal(t.state, BW_TRANSLATED);
    assert_true(t.address == 0x10000100);
    t = translated(tree, "/pcie/io", 0x10);
    assert_true(t.address == 0x3eff0020);
    assert_int_equal(translated(tree, "/pcie/config", 0).state, BW_TRANSLATE_OUTSIDE);
}

static void hostile_ranges_do_no_harm(void **state)
{
    bw_tree *tree = tree_of(
        "/ { #address-cells = <2>; #size-cells = <2>;\n"
        "  wrap { #address-cells = <1>; #size-cells = <1>; ranges = <0 0xffffffff 0xffffff00 0x1000>;\n"
        "    dev { reg = <0x200 4>; }; };\n"
        "  short { #address-cells = <1>; #size-cells = <1>; ranges = <0 0>; dev { reg = <0 4>; }; };\n"
        "  giant { #address-cells = <1>; #size-cells = <0x40000000>; ranges = <0 0 0 0>; dev { reg = <1>; }; };\n"
        "};");
    (void)state;

    assert_int_equal(translated(tree, "/wrap/dev", 4).state, BW_TRANSLATE_BAD);
    assert_int_equal(translated(tree, "/short/dev", 4).state, BW_TRANSLATE_BAD);
    bw_number number = {.cells = 1, .value = 1};
    assert_int_equal(bw_translate(tree, node_at(tree, "/giant/dev"), number, 0).state, BW_TRANSLATE_BAD);
}

static void dma_goes_through_dma_ranges_or_unchanged(void **state)
{
    bw_tree *tree =
        tree_of("/ { #address-cells = <1>; #size-cells = <1>;\n"
                "  a { #address-cells = <1>; #size-cells = <1>; ranges; dma-ranges = <0xc0000000 0 0x1000>;\n"
                "    dev { }; };\n"
                "  b { #address-cells = <1>; #size-cells = <1>; dev { }; }; };");
    bw_number number = {.cells = 1, .value = 0xc0000010};
    (void)state;

    assert_true(bw_translate_dma(tree, node_at(tree, "/a/dev"), number, 4).address == 0x10);
    assert_true(bw_translate_dma(tree, node_at(tree, "/b/dev"), number, 4).address == 0xc0000010);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_go_up_through_all_ranges),
        cmocka_unit_test(a_block_may_run_over_rows_that_follow_each_other),
        cmocka_unit_test(what_does_not_translate_says_why),
        cmocka_unit_test(pci_rows_are_told_apart_by_their_space),
        cmocka_unit_test(hostile_ranges_do_no_harm),
        cmocka_unit_test(dma_goes_through_dma_ranges_or_unchanged),
    };
    return cmocka_run_group_tests(tests, begin_context, end_context);
}
