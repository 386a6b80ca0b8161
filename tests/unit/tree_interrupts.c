/* SPDX-License-Identifier: Apache-2.0 */
#include "from_text.h"

#include "tree/interrupts.h"

static bw_irq irq_of(const bw_tree *tree, const char *path, uint32_t index)
{
    bw_irq_iter iter = bw_irq_begin(tree, node_at(tree, path));
    bw_irq irq;

    for (uint32_t i = 0; i <= index; i++)
        assert_true(bw_irq_next(&iter, &irq));
    assert_int_equal(irq.index, index);
    return irq;
}

static void the_nearest_parent_takes_the_interrupt(void **state)
{
    bw_tree *tree = tree_of("/ { interrupt-parent = <&gic>;\n"
                            "  gic: gic { interrupt-controller; #interrupt-cells = <3>;\n"
                            "    inside { interrupts = <1 2 3>; }; };\n"
                            "  plic: plic { interrupt-controller; #interrupt-cells = <1>; interrupts = <0 9 4>; };\n"
                            "  a { interrupts = <0 1 4>, <0 2 4>; };\n"
                            "  b { interrupt-parent = <&plic>; c { interrupts = <5>, <6>; }; };\n"
                            "  both { interrupts = <0 1 4>; interrupts-extended = <&plic 8>, <0>, <&gic 0 3 1>; }; };");
    (void)state;

    bw_irq irq = irq_of(tree, "/a", 1);
    assert_int_equal(irq.fault, BW_IRQ_OK);
    assert_ptr_equal(irq.controller, node_at(tree, "gic"));
    assert_int_equal(irq.cells[1], 2);
    assert_int_equal(irq.offset, 12);
    irq = irq_of(tree, "/b/c", 1);
    assert_ptr_equal(irq.controller, node_at(tree, "plic"));
    assert_int_equal(irq.cells[0], 6);
    assert_ptr_equal(irq_of(tree, "plic", 0).controller, node_at(tree, "gic"));
    assert_ptr_equal(irq_of(tree, "/gic/inside", 0).controller, node_at(tree, "gic"));
    irq = irq_of(tree, "/both", 0);
    assert_string_equal(irq.prop->name->text, "interrupts-extended");
    assert_ptr_equal(irq.controller, node_at(tree, "plic"));
    assert_int_equal(irq_of(tree, "/both", 1).fault, BW_IRQ_EMPTY);
    assert_int_equal(irq_of(tree, "/both", 2).cells[2], 1);
}

static void faults_are_told_apart(void **state)
{
    bw_tree *tree = tree_of("/ { gic: gic { interrupt-controller; #interrupt-cells = <3>; };\n"
                            "  none: none { interrupt-controller; };\n"
                            "  zero: zero { interrupt-controller; #interrupt-cells = <0>; };\n"
                            "  orphan { interrupts = <1>; };\n"
                            "  cut { interrupt-parent = <&gic>; interrupts = <0 1 4 0>; };\n"
                            "  lacks { interrupt-parent = <&none>; interrupts = <1>; };\n"
                            "  nothing { interrupt-parent = <&zero>; interrupts = <1>; };\n"
                            "  wrong { interrupt-parent = <99>; interrupts = <1>; };\n"
                            "  quiet { }; };");
    (void)state;

    assert_int_equal(irq_of(tree, "/orphan", 0).fault, BW_IRQ_NO_PARENT);
    assert_int_equal(irq_of(tree, "/cut", 1).fault, BW_IRQ_TRUNCATED);
    assert_int_equal(irq_of(tree, "/lacks", 0).fault, BW_IRQ_NO_CELLS);
    assert_int_equal(irq_of(tree, "/nothing", 0).fault, BW_IRQ_BAD_CELLS);
    assert_int_equal(irq_of(tree, "/wrong", 0).fault, BW_IRQ_BAD_PARENT);
    bw_irq_iter iter = bw_irq_begin(tree, node_at(tree, "/quiet"));
    bw_irq irq;
    assert_false(bw_irq_next(&iter, &irq));
}

/* Two slots of a PCI bus, four pins each, swizzled; the controller has unit addresses of two cells. */
static const char pci[] =
    "/ { #address-cells = <2>; #size-cells = <2>;\n"
    "  gic: gic { interrupt-controller; #interrupt-cells = <3>; #address-cells = <2>; };\n"
    "  pcie { #address-cells = <3>; #size-cells = <2>; #interrupt-cells = <1>;\n"
    "    interrupt-map-mask = <0x1800 0 0 7>;\n"
    "    interrupt-map = <0x0000 0 0 1 &gic 0 0 0 3 4>, <0x0000 0 0 2 &gic 0 0 0 4 4>,\n"
    "                    <0x0800 0 0 1 &gic 0 0 0 4 4>, <0x0800 0 0 2 &gic 0 0 0 5 4>;\n"
    "    dev0 { reg = <0x0000 0 0 0 0>; interrupts = <2>; };\n"
    "    dev1 { reg = <0x0900 0 0 0 0>; interrupts = <2>; };\n"
    "    dev2 { reg = <0x1000 0 0 0 0>; interrupts = <1>; }; };\n"
    "  loop: loop { #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = <1 &loop 1>; };\n"
    "  dizzy { interrupt-parent = <&loop>; interrupts = <1>; };\n"
    "  bad: bad { #interrupt-cells = <1>; #address-cells = <0>; interrupt-map = <1 &gic 0 0 1>; };\n"
    "  user { interrupt-parent = <&bad>; interrupts = <1>; }; };";

static void maps_lead_to_the_controller(void **state)
{
    bw_tree *tree = tree_of(pci);
    (void)state;

    bw_irq irq = irq_of(tree, "/pcie/dev0", 0);
    assert_int_equal(irq.fault, BW_IRQ_OK);
    assert_ptr_equal(irq.controller, node_at(tree, "gic"));
    assert_int_equal(irq.count, 3);
    assert_int_equal(irq.cells[1], 4);
    assert_ptr_equal(irq.nexus, node_at(tree, "/pcie"));
    assert_int_equal(irq.map_offset, 40);
    assert_int_equal(irq_of(tree, "/pcie/dev1", 0).cells[1], 5);
    irq = irq_of(tree, "/pcie/dev2", 0);
    assert_int_equal(irq.fault, BW_IRQ_MAP_UNMATCHED);
    assert_null(irq.controller);
}

static void hostile_maps_come_to_an_end(void **state)
{
    bw_tree *tree = tree_of(pci);
    (void)state;

    assert_int_equal(irq_of(tree, "/dizzy", 0).fault, BW_IRQ_MAP_LOOP);
    assert_int_equal(irq_of(tree, "/user", 0).fault, BW_IRQ_MAP_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_parent_takes_the_interrupt),
        cmocka_unit_test(faults_are_told_apart),
        cmocka_unit_test(maps_lead_to_the_controller),
        cmocka_unit_test(hostile_maps_come_to_an_end),
    };
    return cmocka_run_group_tests(tests, begin_context, end_context);
}
