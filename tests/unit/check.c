/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/check.h"
#include "tree/tree.h"

#include <string.h>

static bw_severity level_of(const bw_check_set *set, bw_code code)
{
    bw_context *ctx = bw_context_new();

    bw_check_set_apply(set, ctx);
    bw_severity level = ctx->levels[code];
    bw_context_free(ctx);
    return level;
}

static void all_of_dtcs_checks_are_there(void **state)
{
    unsigned count = 0;

    (void)state;
    for (const char *name; (name = bw_check_dtc_name(count)); count++)
        for (unsigned i = 0; i < count; i++)
            assert_string_not_equal(name, bw_check_dtc_name(i));
    assert_int_equal(count, 89);
}

static void levels_begin_as_dtc_has_them(void **state)
{
    bw_check_set set;

    (void)state;
    bw_check_set_init(&set);
    assert_int_equal(level_of(&set, BW_CODE_phandle_references), BW_ERROR);
    assert_int_equal(level_of(&set, BW_CODE_reg_format), BW_WARNING);
    assert_int_equal(level_of(&set, BW_CODE_unique_unit_address), BW_WARNING);
    assert_int_equal(level_of(&set, BW_CODE_unique_unit_address_if_enabled), BW_OFF);
    assert_int_equal(level_of(&set, BW_CODE_always_fail), BW_OFF);
}

static void raising_raises_what_is_needed(void **state)
{
    bw_check_set set;

    (void)state;
    bw_check_set_init(&set);
    assert_true(bw_check_option(&set, "i2c_bus_reg", false, true));
    assert_int_equal(level_of(&set, BW_CODE_i2c_bus_reg), BW_ERROR);
    assert_int_equal(level_of(&set, BW_CODE_i2c_bus_bridge), BW_ERROR);
    assert_int_equal(level_of(&set, BW_CODE_reg_format), BW_ERROR);
    assert_int_equal(level_of(&set, BW_CODE_address_cells_is_cell), BW_ERROR);
    assert_int_equal(level_of(&set, BW_CODE_spi_bus_reg), BW_WARNING);
}

static void lowering_lowers_what_needs_it(void **state)
{
    bw_check_set set;

    (void)state;
    bw_check_set_init(&set);
    assert_true(bw_check_option(&set, "no-addr_size_cells", true, false));
    assert_int_equal(level_of(&set, BW_CODE_addr_size_cells), BW_OFF);
    assert_int_equal(level_of(&set, BW_CODE_reg_format), BW_OFF);
    assert_int_equal(level_of(&set, BW_CODE_i2c_bus_reg), BW_OFF);
    assert_int_equal(level_of(&set, BW_CODE_address_cells_is_cell), BW_WARNING);
    assert_true(bw_check_option(&set, "no_clocks_property", true, false));
    assert_int_equal(level_of(&set, BW_CODE_clocks_property), BW_OFF);
    assert_int_equal(level_of(&set, BW_CODE_clocks_is_cell), BW_WARNING);
}

static void an_error_is_not_lowered_as_a_warning(void **state)
{
    bw_check_set set;

    (void)state;
    bw_check_set_init(&set);
    assert_true(bw_check_option(&set, "no-duplicate_label", true, false));
    assert_int_equal(level_of(&set, BW_CODE_duplicate_label), BW_ERROR);
    assert_true(bw_check_option(&set, "no-duplicate_label", false, true));
    assert_int_equal(level_of(&set, BW_CODE_duplicate_label), BW_OFF);
}

static void names_are_taken_in_both_spellings(void **state)
{
    bw_check_set set;

    (void)state;
    bw_check_set_init(&set);
    assert_true(bw_check_raise(&set, "always-fail", true, false));
    assert_int_equal(level_of(&set, BW_CODE_always_fail), BW_WARNING);
    assert_true(bw_check_option(&set, "no-graph_child_address", true, false));
    assert_false(bw_check_option(&set, "no-such_check", true, false));
    assert_false(bw_check_option(&set, "memory-overlap", true, false));
}

/* A root with one child whose name is malformed (an error) and which lacks a unit address (a warning). */
static bool run(bw_check_set *set, bw_findings *findings, bw_context *ctx)
{
    bw_unit *unit = bw_unit_new(ctx);

    bw_check_set_apply(set, ctx);
    bw_findings_init(findings, ctx);
    bw_unit_begin(unit, findings);
    bw_tree *tree = bw_tree_new(unit, "made.dts");
    tree->root = bw_node_new(tree, ctx->n.empty);
    bw_node *child = bw_node_new(tree, bw_intern_str(ctx->names, "a*b"));
    bw_node_add_child(tree->root, child);
    bw_node_set(tree, child, ctx->n.status, bw_value_cells(tree, (uint32_t[]){1}, 1));
    bool ok = bw_check_run_dtc(tree, set, NULL);
    bw_unit_free(unit);
    return ok;
}

static void nothing_follows_the_first_error(void **state)
{
    bw_context *ctx = bw_context_new();
    bw_check_set set;
    bw_findings findings;

    (void)state;
    bw_check_set_init(&set);
    assert_false(run(&set, &findings, ctx));
    assert_int_equal(findings.counts[BW_ERROR], 1);
    assert_int_equal(findings.counts[BW_WARNING], 0);
    assert_int_equal(findings.first->code, BW_CODE_node_name_chars);
    bw_findings_free(&findings);

    assert_true(bw_check_option(&set, "no-node_name_chars", false, true));
    assert_true(run(&set, &findings, ctx));
    assert_int_equal(findings.counts[BW_ERROR], 0);
    assert_int_equal(findings.counts[BW_WARNING], 1);
    assert_int_equal(findings.first->code, BW_CODE_status_is_string);
    assert_string_equal(findings.first->node, "/a*b");
    bw_findings_free(&findings);
    bw_context_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_dtcs_checks_are_there),         cmocka_unit_test(levels_begin_as_dtc_has_them),
        cmocka_unit_test(raising_raises_what_is_needed),        cmocka_unit_test(lowering_lowers_what_needs_it),
        cmocka_unit_test(an_error_is_not_lowered_as_a_warning), cmocka_unit_test(names_are_taken_in_both_spellings),
        cmocka_unit_test(nothing_follows_the_first_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
