/* SPDX-License-Identifier: Apache-2.0 */
#include "from_text.h"

#include "boot/claims.h"
#include "boot/drivers.h"
#include "boot/isa.h"
#include "base/embedded.h"

static bw_bare_names *names;
static bw_bare_layout *layout;
static bw_claims *claims;

static const bw_claims *claims_of(const char *text)
{
    bw_board *board = bw_board_of(tree_of(text));

    names = bw_bare_names_new(board);
    layout = bw_bare_layout_new(board, names, NULL, true);
    claims = bw_claims_of(board, names, layout);
    return claims;
}

static int forget(void **state)
{
    (void)state;
    bw_claims_free(claims);
    if (layout)
        bw_bare_layout_free(layout);
    if (names)
        bw_bare_names_free(names);
    claims = NULL;
    layout = NULL;
    names = NULL;
    return 0;
}

/* The claim of a kind and a name; NULL: there is none. */
static const bw_claim *claim(bw_claim_kind kind, const char *name)
{
    for (guint i = 0; i < claims->items->len; i++) {
        const bw_claim *c = &g_array_index(claims->items, bw_claim, i);

        assert_int_equal(c->number, i + 1);
        assert_int_equal(c->skip != NULL, c->number > claims->tested);
        if (c->kind == kind && strcmp(c->name, name) == 0)
            return c;
    }
    return NULL;
}

static const bw_claim *the(bw_claim_kind kind, const char *name)
{
    const bw_claim *c = claim(kind, name);

    if (!c)
        fail_msg("no claim of kind %d about %s", (int)kind, name);
    return c;
}

static void says(const char *part)
{
    if (!strstr(claims->text->str, part))
        fail_msg("claims.c does not have '%s':\n%s", part, claims->text->str);
}

/* The text of the line that a claim points at, from its column on. */
static void points_at(const bw_claim *c, const char *text)
{
    bw_span span = c->prop ? bw_prop_elem_span(c->prop, c->offset) : bw_node_span(c->node);
    bw_place place = bw_locs_place(&test_unit->locs, span);
    const char *line;
    uint32_t len;

    assert_true(bw_source_line(place.source, place.source_line, &line, &len));
    if (strncmp(line + place.column - 1, text, strlen(text)) != 0)
        fail_msg("'%s' points at: %s", c->title, line + place.column - 1);
}

#define BOARD(cpu) "/ { #address-cells = <1>; #size-cells = <1>;\n" cpu
#define CPUS(compatible, more)                                                                                         \
    "cpus { #address-cells = <1>; #size-cells = <0>; cpu0: cpu@0 { device_type = \"cpu\"; reg = <0>;\n"                \
    "compatible = \"" compatible "\"; " more " }; };\n"

static void memory_is_claimed_with_its_ends(void **state)
{
    (void)state;
    claims_of(BOARD(CPUS("arm,cortex-m33",
                         "")) "  sram0: sram@20000000 { compatible = \"mmio-sram\";\n"
                              "    reg = <0x20000000 0x40000>; };\n"
                              "  far: sram@30000000 { compatible = \"mmio-sram\"; reg = <0x30000000 0x1000>; };\n"
                              "  near: sram@30001000 { compatible = \"mmio-sram\"; reg = <0x30001000 0x1000>; };\n"
                              "  off: sram@38000000 { compatible = \"mmio-sram\"; reg = <0x38000000 0x1000>; "
                              "status = \"disabled\"; };\n"
                              "  rom0: rom@0 { compatible = \"mmio-rom\"; reg = <0 0x8000>; };\n"
                              "  dev: d@3000b000 { compatible = \"v,d\"; reg = <0x3000b000 0x1000>; }; };");
    points_at(the(BW_CLAIM_MEMORY, "sram0"), "0x40000>");
    points_at(the(BW_CLAIM_MEMORY_END, "sram0"), "0x40000>");
    points_at(the(BW_CLAIM_MEMORY_START, "sram0"), "0x20000000 ");
    assert_true(the(BW_CLAIM_MEMORY, "sram0")->value == 0x40000);
    assert_string_equal(the(BW_CLAIM_MEMORY, "sram0")->title, "memory sram0: 256 KiB, whole");
    assert_string_equal(the(BW_CLAIM_MEMORY, "rom0")->title, "memory rom0: 32 KiB, readable");
    assert_null(claim(BW_CLAIM_MEMORY_END, "rom0"));
    assert_null(claim(BW_CLAIM_MEMORY_END, "far")); /* near begins there */
    assert_non_null(claim(BW_CLAIM_MEMORY_START, "far"));
    assert_null(claim(BW_CLAIM_MEMORY_START, "near"));
    assert_null(claim(BW_CLAIM_MEMORY_END, "near")); /* a device in the next 64 KiB */
    assert_null(claim(BW_CLAIM_MEMORY, "off"));
    says(".kind = PROBE_RAM, .base = BOARD_SRAM0_BASE, .size = BOARD_SRAM0_SIZE");
    says(".kind = PROBE_ROM, .base = BOARD_ROM0_BASE");
}

static void what_is_in_memory_is_left_alone(void **state)
{
    (void)state;
    claims_of("/memreserve/ 0x80100000 0x1000;\n" BOARD(
        CPUS("arm,cortex-a7", "")) "  memory@80000000 { device_type = \"memory\"; "
                                   "reg = <0x80000000 0x1000000>; };\n"
                                   "  window@80200000 { compatible = \"v,w\"; reg = <0x80200000 "
                                   "0x1000>; };\n"
                                   "  outside@90000000 { compatible = \"v,w\"; reg = "
                                   "<0x90000000 0x1000>; };\n"
                                   "  reserved-memory { #address-cells = <1>; #size-cells = "
                                   "<1>; ranges;\n"
                                   "    fw: fw@80300000 { reg = <0x80300000 0x1000>; no-map; "
                                   "};\n"
                                   "    pool: pool@80400000 { reg = <0x80400000 0x1000>; "
                                   "reusable; };\n"
                                   "    dyn { size = <0x1000>; }; }; };");
    says("probe_hole_count = 3;");
    says("BOARD_MEMRESERVE_BASE, .size = BOARD_MEMRESERVE_SIZE");
    says("BOARD_FW_BASE, .size = BOARD_FW_SIZE");
    says("BOARD_WINDOW_80200000_BASE");
}

static void flash_and_read_only_partitions_are_readable(void **state)
{
    (void)state;
    claims_of(BOARD(CPUS("arm,cortex-m4",
                         "")) "  sram0: sram@20000000 { compatible = \"mmio-sram\"; reg = <0x20000000 0x40000>; };\n"
                              "  flash0: flash@8000000 { compatible = \"soc-nv-flash\"; reg = <0x8000000 0x80000>;\n"
                              "    partitions { compatible = \"fixed-partitions\"; #address-cells = <1>; "
                              "#size-cells = <1>;\n"
                              "      boot: partition@0 { reg = <0x0 0x4000>; read-only; };\n"
                              "      slot: partition@4000 { reg = <0x4000 0x4000>; }; }; }; };");
    assert_non_null(claim(BW_CLAIM_MEMORY, "flash0"));
    points_at(the(BW_CLAIM_MEMORY, "boot"), "0x4000>; read-only");
    assert_null(claim(BW_CLAIM_MEMORY, "slot"));
    says(".base = BOARD_BOOT_BASE, .size = BOARD_BOOT_SIZE");
}

static void beyond_32_bits_nothing_is_tested(void **state)
{
    static const char tree[] = "/ { #address-cells = <2>; #size-cells = <2>;\n" CPUS(
        "arm,cortex-a15", "") "  memory@40000000 { device_type = "
                              "\"memory\"; reg = <0 0x40000000 0 "
                              "0x100000>; };\n"
                              "  high: memory@100000000 { device_type "
                              "= \"memory\"; reg = <1 0 0 0x100000>; "
                              "};\n"
                              "  dev: d@4010000000 { compatible = "
                              "\"v,d\"; reg = <0x40 0x10000000 0 "
                              "0x1000>; }; };";
    (void)state;

    claims_of(tree);
    assert_non_null(strstr(the(BW_CLAIM_MEMORY, "high")->skip, "beyond what a 32-bit CPU reaches"));
    assert_non_null(strstr(the(BW_CLAIM_DEVICE, "dev")->skip, "0x4010000000"));
    assert_null(strstr(claims->text->str, "BOARD_HIGH_BASE"));
}

/* "sram" up to the very end of the address space has nothing behind it. */
static void memory_may_end_where_addresses_end(void **state)
{
    (void)state;
    claims_of(BOARD(
        CPUS("arm,cortex-a7", "")) "  memory@fff00000 { device_type = \"memory\"; reg = <0xfff00000 0x100000>; };\n"
                                   "  memory@0 { device_type = \"memory\"; reg = <0 0x100000>; }; };");
    assert_null(claim(BW_CLAIM_MEMORY_END, "memory@fff00000"));
    assert_non_null(claim(BW_CLAIM_MEMORY_START, "memory@fff00000"));
    assert_null(claim(BW_CLAIM_MEMORY_START, "memory@0"));
    assert_null(the(BW_CLAIM_MEMORY, "memory@fff00000")->skip);
}

static const char arm64[] =
    "/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>; chosen { stdout-path = "
    "\"serial0:57600n8\"; };\n"
    "  aliases { serial0 = &uart0; };\n"
    "  psci { compatible = \"arm,psci-1.0\"; method = \"smc\"; };\n"
    "  cpus { #address-cells = <1>; #size-cells = <0>;\n"
    "    cpu@0 { device_type = \"cpu\"; compatible = \"arm,cortex-a53\"; reg = <0>; enable-method = \"psci\"; };\n"
    "    cpu@1 { device_type = \"cpu\"; compatible = \"v,own\", \"arm,cortex-a53\"; reg = <1>; };\n"
    "    cpu@2 { device_type = \"cpu\"; compatible = \"arm,cortex-a53\"; reg = <2>; status = \"disabled\"; }; };\n"
    "  memory@40000000 { device_type = \"memory\"; reg = <0x40000000 0x1000000>; };\n"
    "  clk: clk { compatible = \"fixed-clock\"; #clock-cells = <0>; clock-frequency = <24000000>; };\n"
    "  apb: apb { compatible = \"fixed-clock\"; #clock-cells = <0>; clock-frequency = <1>; };\n"
    "  timer { compatible = \"arm,armv8-timer\"; interrupts = <1 13 4>, <1 14 4>, <1 11 4>; \n"
    "    clock-frequency = <62500000>; };\n"
    "  gic: intc@8000000 { compatible = \"arm,gic-v3\"; interrupt-controller; #interrupt-cells = <3>;\n"
    "    reg = <0x8000000 0x10000>, <0x80a0000 0x100000>; };\n"
    "  uart0: uart@9000000 { compatible = \"v,uart\", \"arm,pl011\", \"arm,primecell\"; reg = <0x9000000 0x1000>;\n"
    "    interrupts = <0 1 4>; clocks = <&apb>, <&clk>; clock-names = \"apb_pclk\", \"uartclk\"; reg-shift = <2>; };\n"
    "  gone@9100000 { compatible = \"v,gone\"; reg = <0x9100000 0x1000>; status = \"disabled\"; };\n"
    "  i2c@9200000 { compatible = \"v,i2c\"; reg = <0x9200000 0x1000>; #address-cells = <1>; #size-cells = <0>;\n"
    "    sensor@48 { compatible = \"v,sensor\"; reg = <0x48>; }; }; };";

static void an_arm_board_is_claimed_whole(void **state)
{
    (void)state;
    claims_of(arm64);
    assert_null(claim(BW_CLAIM_CPU, "cpu@2"));
    assert_int_equal(the(BW_CLAIM_CPU_KIND, "cpu@1")->value, 0xd03);
    points_at(the(BW_CLAIM_CPU_KIND, "cpu@1"), "\"arm,cortex-a53\"; reg = <1>");
    points_at(the(BW_CLAIM_CPU, "cpu@1"), "cpu@1");
    says("probe_psci = PROBE_PSCI_SMC;");
    says(".id = BOARD_CPU_1_ID, .part = 0xd03");
    assert_null(claim(BW_CLAIM_DEVICE, "gone@9100000"));
    assert_null(claim(BW_CLAIM_DEVICE, "sensor@48"));
    assert_non_null(claim(BW_CLAIM_DEVICE, "i2c@9200000"));
    points_at(the(BW_CLAIM_DEVICE, "uart0"), "0x9000000 ");
    points_at(the(BW_CLAIM_DEVICE_ID, "uart0"), "\"arm,pl011\"");
    says("{0, 0xfe0, 0xff, 0x11}");
    says("{0, 0xffc, 0xff, 0xb1}");
}

static void an_arm_timer_has_a_claim_for_each_of_its_rows(void **state)
{
    const bw_claim *rate;
    unsigned rows = 0;
    (void)state;

    claims_of(arm64);
    rate = the(BW_CLAIM_TIMER_RATE, "timer");
    assert_true(rate->value == 62500000);
    assert_string_equal(rate->title, "timer timer: counts at 62.5 MHz");
    points_at(rate, "62500000>");
    for (guint i = 0; i < claims->items->len; i++) {
        const bw_claim *c = &g_array_index(claims->items, bw_claim, i);

        rows += c->kind == BW_CLAIM_INTERRUPT && strcmp(c->name, "timer") == 0;
    }
    assert_int_equal(rows, 3);
    points_at(the(BW_CLAIM_INTERRUPT, "timer"), "1 13 4>");
    assert_string_equal(the(BW_CLAIM_INTERRUPT, "timer")->title, "interrupt of timer, secure: 29 (PPI 13)");
    says(".which = 2U, .line = {.controller = &probe_intcs[0], .number = BOARD_TIMER_IRQ_2}");
    says("&probe_intc_gic_v3, .blocks = blocks_gic, .block_count = 2");
}

static void the_console_is_driven_by_what_it_is(void **state)
{
    (void)state;
    claims_of(arm64);
    points_at(the(BW_CLAIM_CONSOLE, "uart0"), "0x9000000 ");
    points_at(the(BW_CLAIM_INTERRUPT, "uart0"), "0 1 4>");
    assert_true(the(BW_CLAIM_INTERRUPT, "uart0")->value == 33);
    says(".driver = &probe_console_pl011, .base = BOARD_UART0_BASE, .size = BOARD_UART0_SIZE, .shift = 2U, "
         ".clock = 24000000U, .baud = 57600U");
    assert_true(g_ptr_array_find_with_equal_func(claims->drivers, "drivers/console_pl011.c", g_str_equal, NULL));
    assert_int_equal(claims->drivers->len, 3);
}

static void a_console_that_nobody_can_drive_is_skipped(void **state)
{
    (void)state;
    claims_of(BOARD(CPUS("arm,cortex-m3",
                         "")) "  sram0: sram@20000000 { compatible = \"mmio-sram\"; reg = <0x20000000 0x40000>; };\n"
                              "  chosen { stdout-path = &u; };\n"
                              "  u: uart@40000000 { compatible = \"v,unheard-of\"; reg = <0x40000000 0x100>; }; };");
    assert_string_equal(the(BW_CLAIM_CONSOLE, "u")->skip, "there is no driver for v,unheard-of");
    says("probe_console =\n    {.name = \"none\"};");
}

static const char riscv[] =
    "/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&plic>; chosen { stdout-path = &uart0; };\n"
    "  cpus { #address-cells = <1>; #size-cells = <0>; timebase-frequency = <10000000>;\n"
    "    cpu@0 { device_type = \"cpu\"; compatible = \"riscv\"; reg = <0>; riscv,isa = \"rv32imac_zicsr\";\n"
    "      i0: interrupt-controller { compatible = \"riscv,cpu-intc\"; interrupt-controller; #interrupt-cells = <1>; "
    "}; };\n"
    "    cpu@1 { device_type = \"cpu\"; compatible = \"riscv\"; reg = <1>; riscv,isa = \"rv32imac_zicsr\";\n"
    "      i1: interrupt-controller { compatible = \"riscv,cpu-intc\"; interrupt-controller; #interrupt-cells = <1>; "
    "}; }; };\n"
    "  memory@80000000 { device_type = \"memory\"; reg = <0x80000000 0x100000>; };\n"
    "  clint@2000000 { compatible = \"sifive,clint0\"; reg = <0x2000000 0x10000>;\n"
    "    interrupts-extended = <&i0 3>, <&i0 7>, <&i1 3>, <&i1 7>; };\n"
    "  plic: plic@c000000 { compatible = \"sifive,plic-1.0.0\"; interrupt-controller; #interrupt-cells = <1>;\n"
    "    #address-cells = <0>; reg = <0xc000000 0x400000>; riscv,ndev = <53>;\n"
    "    interrupts-extended = <&i0 11>, <&i0 0xffffffff>, <&i1 11>; };\n"
    "  uart0: uart@10000000 { compatible = \"ns16550a\"; reg = <0x10000000 0x100>; interrupts = <10>;\n"
    "    clock-frequency = <3686400>; reg-io-width = <1>; };\n"
    "  test: test@100000 { compatible = \"sifive,test0\", \"syscon\"; reg = <0x100000 0x1000>; };\n"
    "  poweroff { compatible = \"syscon-poweroff\"; regmap = <&test>; offset = <4>; value = <0x7777>; }; };";

static void a_riscv_board_is_claimed_whole(void **state)
{
    const bw_claim *rate;
    (void)state;

    claims_of(riscv);
    points_at(the(BW_CLAIM_CPU_KIND, "cpu@1"), "\"rv32imac_zicsr\"");
    says(".isa = 0x1105, .xlen = 32");
    rate = the(BW_CLAIM_TIMER_RATE, "clint@2000000");
    assert_true(rate->value == 10000000);
    points_at(rate, "10000000>");
    assert_string_equal(the(BW_CLAIM_INTERRUPT, "clint@2000000")->title, "interrupt of clint@2000000: 3 of cpu@0");
    says("{BOARD_CPU_0_ID, 0xbU},\n    {BOARD_CPU_0_ID, 0xffffffffU},\n    {BOARD_CPU_1_ID, 0xbU},");
    says(".sources = 53U");
    says(".io_width = 1U, .clock = 3686400U, .baud = 115200U");
    says("probe_power = {.address = BOARD_TEST_BASE + 0x4, .width = 4, .value = 0x7777};");
    says("probe_timer_count = 4;");
}

static void many_devices_of_a_kind_share_a_row(void **state)
{
    GString *text =
        g_string_new(BOARD(CPUS("arm,cortex-a7", "")) "  memory@80000000 { device_type = \"memory\"; reg = <0x80000000 "
                                                      "0x100000>; };\n");
    (void)state;

    for (unsigned i = 0; i < 32; i++)
        g_string_append_printf(text, "  virtio@%x { compatible = \"virtio,mmio\"; reg = <0x%x 0x200>; };\n",
                               0xa000000 + i * 0x200, 0xa000000 + i * 0x200);
    g_string_append(text, "  virtio@a005000 { compatible = \"virtio,mmio\"; reg = <0xa005000 0x200>; };\n};");
    claims_of(text->str);
    g_string_free(text, TRUE);
    says(".repeat = 32, .claim_step = ");
    says("probe_device_count = 2;");
    assert_non_null(claim(BW_CLAIM_DEVICE, "virtio@a003e00"));
}

static void misa_is_read_from_every_spelling(void **state)
{
    const uint32_t imac = 1U << 0 | 1U << 2 | 1U << 8 | 1U << 12;
    const uint32_t fd = 1U << 3 | 1U << 5;
    (void)state;

    assert_int_equal(bw_isa_bits("rv32imac"), imac);
    assert_int_equal(bw_isa_bits("rv64gc"), imac | fd);
    assert_int_equal(bw_isa_bits("RV64IMAC_zicsr_zifencei"), imac);
    assert_int_equal(bw_isa_bits("rv64imafdcsu"), imac | fd | 1U << 18 | 1U << 20);
    assert_int_equal(bw_isa_bits("rv64imac_sstc_svinval_xvendor"), imac);
    assert_int_equal(bw_isa_bits("rv32i2p1m2p0a2p1c2p0"), imac);
    assert_int_equal(bw_isa_bits("rv64i_m_a_c"), imac);
    assert_int_equal(bw_isa_bits("rv32e"), 1U << 4);
    assert_int_equal(bw_isa_bits(""), 0);
    assert_int_equal(bw_isa_xlen("rv32e"), 32);
    assert_int_equal(bw_isa_xlen("rv64gc"), 64);
}

/* A row of drivers.def without its file would fail only on the board that needs it. */
static void every_driver_has_its_file(void **state)
{
    (void)state;
    for (bw_driver_kind kind = BW_DRIVER_CONSOLE; kind <= BW_DRIVER_INTC; kind++) {
        const char *driver;

        for (size_t i = 0; (driver = bw_driver_at(kind, i)); i++) {
            char *path = g_strdup_printf("drivers/%s_%s.c", bw_driver_kind_name(kind), driver);
            const bw_embedded *file = bw_probe_files;

            while (file->path && strcmp(file->path, path) != 0)
                file++;
            if (!file->path)
                fail_msg("drivers.def names %s, and there is no src/boot/probe/%s", driver, path);
            g_free(path);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(memory_is_claimed_with_its_ends, forget),
        cmocka_unit_test_teardown(what_is_in_memory_is_left_alone, forget),
        cmocka_unit_test_teardown(flash_and_read_only_partitions_are_readable, forget),
        cmocka_unit_test_teardown(beyond_32_bits_nothing_is_tested, forget),
        cmocka_unit_test_teardown(memory_may_end_where_addresses_end, forget),
        cmocka_unit_test_teardown(an_arm_board_is_claimed_whole, forget),
        cmocka_unit_test_teardown(an_arm_timer_has_a_claim_for_each_of_its_rows, forget),
        cmocka_unit_test_teardown(the_console_is_driven_by_what_it_is, forget),
        cmocka_unit_test_teardown(a_console_that_nobody_can_drive_is_skipped, forget),
        cmocka_unit_test_teardown(a_riscv_board_is_claimed_whole, forget),
        cmocka_unit_test_teardown(many_devices_of_a_kind_share_a_row, forget),
        cmocka_unit_test(misa_is_read_from_every_spelling),
        cmocka_unit_test(every_driver_has_its_file),
    };

    return cmocka_run_group_tests(tests, begin_context, end_context);
}
