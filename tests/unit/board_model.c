/* SPDX-License-Identifier: Apache-2.0 */
#include "from_text.h"

#include "board/board.h"

static void memory_is_told_by_what_it_is(void **state)
{
    bw_tree *tree =
        tree_of("/ { #address-cells = <1>; #size-cells = <1>;\n"
                "  memory@80000000 { device_type = \"memory\"; reg = <0x80000000 0x1000>, <0x90000000 0x2000>; };\n"
                "  sram0: sram@20000000 { compatible = \"mmio-sram\"; reg = <0x20000000 0x100>; };\n"
                "  reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;\n"
                "    fw@80000000 { reg = <0x80000000 0x100>; no-map; };\n"
                "    pool { size = <0x400>; alignment = <0x100>; reusable; }; }; };");
    bw_board *b = bw_board_of(tree);
    (void)state;

    assert_int_equal(b->memory_count, 3);
    assert_string_equal(b->memories[0].name, "sram0");
    assert_int_equal(b->memories[0].kind, BW_MEMORY_SRAM);
    assert_int_equal(b->memories[1].kind, BW_MEMORY_RAM);
    assert_true(b->memories[2].block.address == 0x90000000);
    assert_int_equal(b->reserved_count, 2);
    assert_true(b->reserved[0].no_map && b->reserved[0].is_static);
    assert_false(b->reserved[1].is_static);
    assert_true(b->reserved[1].alignment == 0x100);
    assert_int_equal(b->device_count, 0);
}

static const char flashes[] =
    "/ { #address-cells = <1>; #size-cells = <1>;\n"
    "  fc@4000 { compatible = \"v,flash-controller\"; reg = <0x4000 0x10>; #address-cells = <1>; #size-cells = <1>;\n"
    "    flash0: flash@10000 { compatible = \"soc-nv-flash\"; reg = <0x10000 0x1000>; erase-block-size = <256>;\n"
    "      partitions { compatible = \"fixed-partitions\"; #address-cells = <1>; #size-cells = <1>;\n"
    "        b: partition@800 { reg = <0x800 0x100>; read-only; };\n"
    "        partition@0 { label = \"boot\"; reg = <0 0x800>; compatible = \"fixed-partitions\";\n"
    "          #address-cells = <1>; #size-cells = <1>; inner@100 { reg = <0x100 0x10>; }; }; }; }; };\n"
    "  qspi@5000 { reg = <0x5000 0x10>, <0x70000000 0x1000000>; #address-cells = <1>; #size-cells = <0>;\n"
    "    nor: nor@0 { compatible = \"jedec,spi-nor\"; reg = <0>; size = <0x800000>;\n"
    "      partitions { compatible = \"fixed-partitions\"; #address-cells = <1>; #size-cells = <1>;\n"
    "        p@1000 { reg = <0x1000 0x1000>; }; }; };\n"
    "    second@1 { compatible = \"jedec,spi-nor\"; reg = <1>; size = <0x800000>; }; };\n"
    "  banks@0 { compatible = \"cfi-flash\"; reg = <0x90000000 0x100 0x90000100 0x100>; }; };";

static const bw_flash *flash_of(const bw_board *b, const char *name)
{
    for (uint32_t i = 0; i < b->flash_count; i++)
        if (strncmp(strrchr(b->flashes[i].path, '/') + 1, name, strlen(name)) == 0)
            return &b->flashes[i];
    fail();
    return NULL;
}

static void flash_is_found_where_it_is_read(void **state)
{
    bw_board *b = bw_board_of(tree_of(flashes));
    (void)state;

    assert_int_equal(b->flash_count, 4);
    const bw_flash *f = flash_of(b, "flash@");
    assert_true(f->mapped && f->address == 0x10000 && f->size == 0x1000);
    assert_int_equal(f->erase_block, 256);
    f = flash_of(b, "nor@");
    assert_true(f->mapped && f->by_controller && f->address == 0x70000000);
    assert_true(f->size == 0x100000);
    assert_true(f->partitions[0].address == 0x70001000);
    assert_false(flash_of(b, "second@")->mapped);
    f = flash_of(b, "banks@");
    assert_true(f->mapped && f->size == 0x200);
}

static void partitions_stand_in_order_each_before_its_own(void **state)
{
    bw_board *b = bw_board_of(tree_of(flashes));
    const bw_flash *f = flash_of(b, "flash@");
    (void)state;

    assert_int_equal(f->partition_count, 3);
    assert_string_equal(f->partitions[0].name, "boot");
    assert_true(f->partitions[0].address == 0x10000);
    assert_int_equal(f->partitions[1].depth, 1);
    assert_int_equal(f->partitions[1].parent, 0);
    assert_true(f->partitions[1].offset == 0x100);
    assert_string_equal(f->partitions[2].name, "b");
    assert_true(f->partitions[2].read_only);
}

static const char machine[] =
    "/ { #address-cells = <1>; #size-cells = <1>; model = \"M\"; compatible = \"v,m\", \"v,n\"; interrupt-parent = "
    "<&gic>;\n"
    "  aliases { serial0 = &uart; gone = \"/nowhere\"; };\n"
    "  chosen { stdout-path = \"serial0:9600n8\"; };\n"
    "  cpus { #address-cells = <1>; #size-cells = <0>;\n"
    "    cpu@1 { device_type = \"cpu\"; reg = <1>; compatible = \"arm,cortex-a53\"; enable-method = \"psci\"; };\n"
    "    cpu@0 { device_type = \"cpu\"; reg = <0>; compatible = \"arm,cortex-a53\"; }; };\n"
    "  osc: osc { compatible = \"fixed-clock\"; #clock-cells = <0>; clock-frequency = <24000000>; };\n"
    "  half: half { compatible = \"fixed-factor-clock\"; #clock-cells = <0>; clocks = <&osc>; clock-mult = <1>;\n"
    "    clock-div = <2>; };\n"
    "  ring: ring { compatible = \"fixed-factor-clock\"; #clock-cells = <0>; clocks = <&ring>; clock-mult = <1>;\n"
    "    clock-div = <1>; };\n"
    "  gic: gic@1000 { compatible = \"arm,gic-400\"; interrupt-controller; #interrupt-cells = <3>; reg = <0x1000 "
    "0x10>; };\n"
    "  bus@2000 { compatible = \"simple-bus\"; #address-cells = <1>; #size-cells = <1>; ranges = <0 0x2000 0x1000>;\n"
    "    status = \"disabled\"; timer@0 { compatible = \"v,timer\"; reg = <0 0x10>; interrupts = <1 13 8>; }; };\n"
    "  uart: serial@100 { compatible = \"v,uart\"; reg = <0x100 0x10 0x800 0x8>; reg-names = \"regs\", \"fifo\";\n"
    "    interrupts = <0 5 4>; interrupt-names = \"tx\"; clocks = <&half>, <&ring>; clock-names = \"baud\"; };\n"
    "};";

static void devices_have_absolute_addresses_interrupts_and_clocks(void **state)
{
    bw_tree *tree = tree_of(machine);
    bw_board *b = bw_board_of(tree);
    const bw_device *uart = bw_board_device(b, node_at(tree, "uart"));
    const bw_device *timer = bw_board_device(b, node_at(tree, "/bus@2000/timer@0"));
    (void)state;

    assert_string_equal(uart->label, "uart");
    assert_int_equal(uart->block_count, 2);
    assert_true(uart->blocks[1].address == 0x800);
    assert_string_equal(uart->blocks[1].name, "fifo");
    assert_int_equal(uart->lines[0].number, 37);
    assert_string_equal(uart->lines[0].kind, "SPI");
    assert_int_equal(uart->lines[0].trigger, BW_TRIGGER_HIGH);
    assert_string_equal(uart->lines[0].name, "tx");
    assert_true(uart->clocks[0].rate_known && uart->clocks[0].rate == 12000000);
    assert_string_equal(uart->clocks[0].name, "baud");
    assert_false(uart->clocks[1].rate_known);
    assert_true(timer->blocks[0].address == 0x2000);
    assert_int_equal(timer->lines[0].number, 29);
    assert_int_equal(timer->lines[0].trigger, BW_TRIGGER_LOW);
    assert_ptr_equal(timer->unavailable, node_at(tree, "/bus@2000"));
    assert_ptr_equal(&b->devices[0], uart);
    assert_null(bw_board_device(b, tree->root));
}

static void identity_cpus_and_console(void **state)
{
    bw_tree *tree = tree_of(machine);
    bw_board *b = bw_board_of(tree);
    (void)state;

    assert_string_equal(b->model, "M");
    assert_int_equal(b->compatible_count, 2);
    assert_int_equal(b->cpu_count, 2);
    assert_true(b->cpus[0].number == 0 && b->cpus[1].number == 1);
    assert_string_equal(b->cpus[1].enable_method, "psci");
    assert_non_null(b->console);
    assert_ptr_equal(b->console->node, node_at(tree, "uart"));
    assert_string_equal(b->console->options, "9600n8");
    assert_int_equal(b->alias_count, 2);
    assert_null(b->aliases[0].node);
    assert_ptr_equal(bw_board_node(b, "serial0"), node_at(tree, "uart"));
    assert_null(bw_board_node(b, "nobody"));
}

/* Zephyr's flags: level 2, edge 4, and a priority in the fourth cell. */
static void zephyr_controllers_carry_priorities(void **state)
{
    bw_tree *tree =
        tree_of("/ { gic: gic { compatible = \"arm,gic-v3\", \"arm,gic\"; interrupt-controller;\n"
                "    #interrupt-cells = <4>; };\n"
                "  nvic: nvic { compatible = \"arm,v7m-nvic\"; interrupt-controller; #interrupt-cells = <2>; };\n"
                "  a { compatible = \"x\"; interrupts-extended = <&gic 0 1 4 0xa0>, <&nvic 7 3>; }; };");
    const bw_device *d = bw_board_device(bw_board_of(tree), node_at(tree, "/a"));
    (void)state;

    assert_int_equal(d->lines[0].trigger, BW_TRIGGER_RISING);
    assert_int_equal(d->lines[0].priority, 0xa0);
    assert_int_equal(d->lines[1].number, 7);
    assert_int_equal(d->lines[1].priority, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_told_by_what_it_is),
        cmocka_unit_test(flash_is_found_where_it_is_read),
        cmocka_unit_test(partitions_stand_in_order_each_before_its_own),
        cmocka_unit_test(devices_have_absolute_addresses_interrupts_and_clocks),
        cmocka_unit_test(identity_cpus_and_console),
        cmocka_unit_test(zephyr_controllers_carry_priorities),
    };
    return cmocka_run_group_tests(tests, begin_context, end_context);
}
