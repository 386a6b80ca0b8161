/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest says, or does not say, and which finding comes of it: no machine is started. */
#include "from_text.h"

#include "boot/guest_parts.h"
#include "boot/machine_map.h"
#include "boot/runner.h"

#include <inttypes.h>
#include <stdio.h>

static const char board_text[] =
    "/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>; model = \"Loom\";\n"
    "  cpus { #address-cells = <1>; #size-cells = <0>;\n"
    "    cpu@0 { device_type = \"cpu\"; compatible = \"arm,cortex-a53\"; reg = <0>; }; };\n"
    "  timer { compatible = \"arm,armv8-timer\"; interrupts = <1 13 8>, <1 14 8>, <1 11 8>, <1 10 8>; };\n"
    "  memory@40000000 { device_type = \"memory\"; reg = <0x40000000 0x40000000>; };\n"
    "  gic: interrupt-controller@1000000 { compatible = \"arm,gic-400\"; interrupt-controller;\n"
    "    reg = <0x1000000 0x1000>, <0x1002000 0x2000>, <0x1004000 0x2000>, <0x1006000 0x2000>;\n"
    "    #interrupt-cells = <3>; #address-cells = <0>; };\n"
    "  uart0: serial@3000000 { compatible = \"v,uart\"; reg = <0x3000000 0x1000>; interrupts = <0 1 4>; };\n"
    "  a: a@3001000 { compatible = \"v,a\"; reg = <0x3001000 0x1000>; }; };";

static const bw_target target = {.name = "loom"};

static const bw_yaml *section_of(const char *vm)
{
    char *text = g_strdup_printf("{target: x, platform: loom, vms: [{name: vm0, ram: 96 MiB, kernel: Image,\n"
                                 "  devices: [uart0], console: uart0%s}]}",
                                 vm);
    char *kept = bw_arena_strdup(&test_unit->arena, text);
    bw_source *source = bw_source_from_memory(test_ctx->sources, "support.yml", kept, strlen(kept));
    const bw_yaml *yaml = bw_yaml_read(source, &test_unit->arena, &test_findings);

    g_free(text);
    assert_non_null(yaml);
    assert_true(bw_schema_check(&bw_sel4_schema, yaml, &test_findings));
    return yaml;
}

/* A guest as it is before its run: what bw_guest_begin() makes with a kernel and a simulator. */
static bw_guest_boot *guest_new(void)
{
    bw_guest_boot *guest = g_new0(bw_guest_boot, 1);

    bw_findings_free(&test_findings); /* of the guest before */
    bw_findings_init(&test_findings, test_ctx);
    const bw_board *board = bw_board_of(tree_of(board_text));
    *guest = (bw_guest_boot){.board = board, .target = &target};
    guest->plan = bw_sel4_plan_make(
        board, bw_sel4_section_read(section_of(", initrd: {file: r, max-size: 4 MiB}"), &test_unit->arena),
        &test_findings);
    assert_non_null(guest->plan);
    assert_int_equal(test_findings.counts[BW_ERROR], 0);
    bw_findings_free(&test_findings); /* what is said of the plan */
    bw_findings_init(&test_findings, test_ctx);
    guest->vm = &guest->plan->vms[0];
    guest->linux = g_new0(bw_guest_linux, 1);
    guest->linux->path = g_strdup("Image");
    guest->linux->title = g_strdup("Image");
    guest->linux->drivers = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_add(guest->linux->drivers, (gpointer)(uintptr_t) "v,uart");
    guest->linux->modules = g_ptr_array_new();
    guest->machine = g_new0(bw_machine, 1);
    guest->machine->title = g_strdup("a stand-in");
    guest->machine->place = bw_file_place("support.yml");
    guest->machine->argv = g_ptr_array_new_with_free_func(g_free);
    bw_guest_claims_make(guest);
    return guest;
}

/* What a Linux says that is as it was described. */
static char *good_words(const bw_guest_boot *guest)
{
    const bw_sel4_plan_vm *vm = guest->vm;

    return g_strdup_printf("bw: begin\n"
                           "bw: model: Loom, guest vm0\n"
                           "bw: cmdline: %s\n"
                           "bw: iomem: %" PRIx64 "-%" PRIx64 " : System RAM\n"
                           "bw: linux,initrd-start: %" PRIx64 "\n"
                           "bw: online: 0\n"
                           "bw: cpu: CPU part : 0xd03\n"
                           "bw: console: ttyV0 node=/serial@3000000\n"
                           "bw: device: platform 3000000.serial driver=v-uart node=/serial@3000000\n"
                           "bw: interrupt: 13: 3 GICv2 33 Level v-uart\n"
                           "bw: typed: " BW_GUEST_TYPED "\n"
                           "bw: end\n",
                           vm->bootargs ? vm->bootargs : "", vm->ram.base, vm->ram.base + vm->ram.size - 1,
                           vm->initrd.base);
}

/* Runs the judge alone. @return how many errors there are; each is the code. */
static unsigned judged(bw_guest_boot *guest, const char *console, const char *stub, bw_code code)
{
    unsigned count = 0;

    guest->run = g_new0(bw_boot_run, 1);
    guest->run->end = BW_RUN_STALLED;
    for (unsigned i = 0; i < BW_CHANNEL_COUNT; i++)
        guest->run->texts[i] = g_string_new(NULL);
    g_string_assign(guest->run->texts[BW_CHANNEL_CONSOLE], console);
    g_string_assign(guest->run->texts[BW_CHANNEL_SEMIHOSTING], stub);
    guest->facts = bw_guest_facts_read(console);
    bw_guest_judge(guest);
    for (const bw_finding *f = test_findings.first; f; f = f->next, count++)
        if (f->code != code)
            fail_msg("%s instead of %s: %s", bw_codes[f->code].name, bw_codes[code].name, f->text);
    return count;
}

static char *replaced(const char *text, const char *from, const char *to)
{
    char **parts = g_strsplit(text, from, 2);
    char *result = g_strjoinv(to, parts);

    assert_non_null(parts[1]); /* else nothing was put in its place */
    g_strfreev(parts);
    return result;
}

static void each_fault_has_one_finding(void **state)
{
    static const struct {
        const char *from, *to;
        bw_code code;
        unsigned count;
    } cases[] = {
        {"Loom", "Loom", BW_CODE_guest_differs, 0},
        {"Loom", "Spindle", BW_CODE_guest_differs, 1},
        {"online: 0", "online: 0-1", BW_CODE_guest_differs, 1},
        {"0xd03", "0xd08", BW_CODE_guest_differs, 1},
        {"System RAM", "reserved", BW_CODE_guest_differs, 0}, /* a kernel that does not say it */
        {"ttyV0 node=/serial@3000000", "ttyV0 node=/a@3001000", BW_CODE_guest_differs, 1},
        {"driver=v-uart", "driver=", BW_CODE_guest_driver, 1},
        {"typed: ", "typed: x", BW_CODE_guest_silent, 1},
        {"13: 3 GIC", "13: 0 GIC", BW_CODE_guest_interrupt, 1},
        {"bw: end\n", "Oops\n", BW_CODE_guest_stuck, 1},
    };
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bw_guest_boot *guest = guest_new();
        char *good = good_words(guest);
        char *words = replaced(good, cases[i].from, cases[i].to);

        unsigned count = judged(guest, words, "hvc\n", cases[i].code);
        if (count != cases[i].count)
            fail_msg("%s: %s", cases[i].to, count ? test_findings.first->text : "no finding");
        bw_guest_free(guest);
        g_free(words);
        g_free(good);
    }
}

static void a_guest_that_does_not_come_up(void **state)
{
    static const struct {
        const char *console, *stub;
        bw_code code;
        const char *words;
    } cases[] = {
        {"", "hvc\n", BW_CODE_guest_silent, "says nothing on /serial@3000000"},
        {"Booting Linux\nKernel panic - not syncing\n", "hvc\n", BW_CODE_guest_stuck, "Kernel panic - not syncing"},
        /* A read of 0x3001004, which is a's; and what is no access at all. */
        {"Booting Linux\n", "hvc\nabort 90000000 30010 4 40000000\n", BW_CODE_guest_access,
         "reads from 0x3001004, which it is not granted: /a@3001000"},
        {"bw: begin\n", "hvc\nabort 58000000 0 0 40000000\n", BW_CODE_guest_stuck, "traps to its monitor"},
    };
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bw_guest_boot *guest = guest_new();

        assert_int_equal(judged(guest, cases[i].console, cases[i].stub, cases[i].code), 1);
        if (!strstr(test_findings.first->text, cases[i].words))
            fail_msg("%s", test_findings.first->text);
        bw_guest_free(guest);
    }
}

static void a_machine_must_have_what_is_described(void **state)
{
    bw_guest_boot *guest = guest_new();
    GArray *map = g_array_new(FALSE, FALSE, sizeof(bw_machine_row));
    bw_machine_row row = {.first = 0x40000000, .last = 0x7fffffff, .is_memory = true};
    (void)state;

    g_array_append_val(map, row);
    assert_true(bw_guest_judge_place(guest, map));
    assert_null(test_findings.first);
    g_array_index(map, bw_machine_row, 0).last = guest->vm->ram.base + 0xfff;
    assert_false(bw_guest_judge_place(guest, map));
    assert_int_equal(test_findings.first->code, BW_CODE_guest_memory_absent);
    assert_false(bw_guest_machine_fit(guest)); /* it is no QEMU */
    assert_int_equal(test_findings.last->code, BW_CODE_guest_machine);
    g_array_free(map, TRUE);
    bw_guest_free(guest);
}

static void a_guest_without_initrd_is_not_tried(void **state)
{
    const bw_board *board = bw_board_of(tree_of(board_text));
    const bw_guest_wanted wanted = {0};
    const bw_boot_options options = {0};
    (void)state;

    assert_null(bw_guest_begin(board, &target, NULL, section_of(""), &wanted, &options));
    assert_int_equal(test_findings.last->code, BW_CODE_guest_initrd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_fault_has_one_finding, begin_context, end_context),
        cmocka_unit_test_setup_teardown(a_guest_that_does_not_come_up, begin_context, end_context),
        cmocka_unit_test_setup_teardown(a_machine_must_have_what_is_described, begin_context, end_context),
        cmocka_unit_test_setup_teardown(a_guest_without_initrd_is_not_tried, begin_context, end_context),
    };

    return cmocka_run_group_tests_name("guest", tests, NULL, NULL);
}
