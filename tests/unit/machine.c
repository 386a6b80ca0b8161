/* SPDX-License-Identifier: Apache-2.0 */
#include "from_text.h"

#include "boot/machine.h"
#include "boot/toolchain.h"
#include "systems/support.h"

static bw_arena arena;
static char *folder; /* programs of our own, first in PATH */

static bw_target target = {.name = "plank/m33", .board = "plank", .path = "plank_m33.dts"};
static bw_machine_options options;

static void put_program(const char *name)
{
    char *path = g_build_filename(folder, name, NULL);

    assert_true(g_file_set_contents(path, "#!/bin/sh\n", -1, NULL));
    assert_int_equal(g_chmod(path, 0755), 0);
    g_free(path);
}

static int begin(void **state)
{
    static const char *const programs[] = {"qemu-system-arm",
                                           "qemu-system-aarch64",
                                           "qemu-system-riscv32",
                                           "qemu-system-riscv64",
                                           "arm-none-eabi-gcc",
                                           "aarch64-linux-gnu-gcc",
                                           "riscv64-unknown-elf-gcc",
                                           "riscv-own-gcc",
                                           "clang-99",
                                           NULL};

    begin_context(state);
    bw_arena_init(&arena);
    folder = g_dir_make_tmp("bw-XXXXXX", NULL);
    for (const char *const *p = programs; *p; p++)
        put_program(*p);
    g_setenv("PATH", folder, TRUE);
    g_unsetenv("CROSS_COMPILE");
    return 0;
}

static int end(void **state)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
        g_free(path);
    }
    g_dir_close(dir);
    g_rmdir(folder);
    g_free(folder);
    bw_arena_free(&arena);
    return end_context(state);
}

static int fresh(void **state)
{
    (void)state;
    bw_findings_free(&test_findings);
    bw_findings_init(&test_findings, test_ctx);
    options = (bw_machine_options){0};
    g_unsetenv("CROSS_COMPILE");
    return 0;
}

static const bw_yaml *support_of(const char *text)
{
    static unsigned number;
    char *path = g_strdup_printf("%s/support%u.yml", folder, number++);

    assert_true(g_file_set_contents(path, text, -1, NULL));
    const bw_yaml *support = bw_support_read(test_ctx, path, &arena, &test_findings);
    g_free(path);
    return support;
}

#define CORTEX_M33                                                                                                     \
    "/ { #address-cells = <1>; #size-cells = <1>; compatible = \"acme,own\";\n"                                        \
    "  cpus { #address-cells = <1>; #size-cells = <0>;\n"                                                              \
    "    cpu@0 { device_type = \"cpu\"; compatible = \"arm,cortex-m33\"; reg = <0>; }; };\n"                           \
    "  memory@20000000 { device_type = \"memory\"; reg = <0x20000000 0x80000>; }; };"

/* @return the words of the machine with a space between; NULL when there is a finding. To be freed. */
static char *words_of(const char *tree, const char *support_text)
{
    const bw_yaml *support = support_text ? support_of(support_text) : NULL;
    bw_board *board = bw_board_of(tree_of(tree));
    bw_machine *machine = bw_machine_of(board, &target, support, &options, &test_findings);
    char *words = machine ? g_strjoinv(" ", (char **)machine->argv->pdata) : NULL;

    bw_machine_free(machine);
    return words;
}

static void expect(const char *tree, const char *support, const char *wanted)
{
    char *words = words_of(tree, support);

    assert_non_null(words);
    assert_string_equal(words, wanted);
    assert_null(test_findings.first);
    g_free(words);
}

static void expect_finding(const char *tree, const char *support, bw_code code, const char *text, const char *cure)
{
    char *words = words_of(tree, support);

    assert_null(words);
    assert_non_null(test_findings.first);
    assert_int_equal(test_findings.first->code, code);
    assert_non_null(strstr(test_findings.first->text, text));
    if (cure)
        assert_non_null(strstr(test_findings.first->cure, cure));
    assert_null(test_findings.first->next);
}

static void support_yml_names_it(void **state)
{
    (void)state;
    expect(CORTEX_M33, "simulator: {plank/m33: {qemu: {machine: mps2-an505}}}",
           "qemu-system-arm -machine mps2-an505 -kernel ${image}");
    expect(CORTEX_M33,
           "simulator: {plank/m33: {qemu: {machine: mps2-an505, cpu: max, memory: 16 MiB, cpus: 2, bios: f.bin, args: "
           "[-global, 'a b']}}}",
           "qemu-system-arm -machine mps2-an505 -cpu max -m 16M -smp 2 -bios f.bin -global a b -kernel ${image}");
    expect(CORTEX_M33, "simulator: {qemu: {machine: mps2-an505, args: -icount 3}}",
           "qemu-system-arm -machine mps2-an505 -icount 3 -kernel ${image}");
}

static void a_target_may_be_called_by_its_board(void **state)
{
    bw_target revised = target;
    (void)state;

    expect(CORTEX_M33, "simulator: {plank: {qemu: {machine: any}}, plank/m33: {qemu: {machine: own}}}",
           "qemu-system-arm -machine own -kernel ${image}");
    expect(CORTEX_M33, "simulator: {plank: {qemu: {machine: any}}, plank/rv32: {qemu: {machine: other}}}",
           "qemu-system-arm -machine any -kernel ${image}");
    revised.name = "plank@1.1.0/m33";
    bw_target before = target;
    target = revised;
    expect(CORTEX_M33, "simulator: {plank/m33: {qemu: {machine: all}}, plank@1.1.0/m33: {qemu: {machine: this}}}",
           "qemu-system-arm -machine this -kernel ${image}");
    expect(CORTEX_M33, "simulator: {plank/m33: {qemu: {machine: all}}, plank@1.0.0/m33: {qemu: {machine: that}}}",
           "qemu-system-arm -machine all -kernel ${image}");
    target = before;
}

static void a_command_runs_anything(void **state)
{
    char *words;
    (void)state;

    words = words_of(CORTEX_M33, "simulator: {plank/m33: {command: [./clang-99, '--load=${image}', \"'x'\"]}}");
    assert_non_null(words);
    assert_true(g_str_has_suffix(words, "clang-99 --load=${image} 'x'"));
    assert_true(g_str_has_prefix(words, folder));
    g_free(words);
    expect(CORTEX_M33, "simulator: {plank/m33: {command: \"clang-99 '-l ${image}'\"}}", "clang-99 -l ${image}");
    options.simulator = "clang-99 ${image}";
    expect(CORTEX_M33, "simulator: {plank/m33: {qemu: {machine: an505}}}", "clang-99 ${image}");
}

static void the_user_has_the_last_word(void **state)
{
    (void)state;
    options = (bw_machine_options){.machine = "virt,secure=on", .cpu = "max", .memory = 768 * 1024, .cpus = 3};
    expect(CORTEX_M33, "simulator: {plank/m33: {qemu: {machine: mps2-an505, memory: 4 MiB}}}",
           "qemu-system-arm -machine virt,secure=on -cpu max -m 768K -smp 3 -kernel ${image}");
    expect(CORTEX_M33, NULL, "qemu-system-arm -machine virt,secure=on -cpu max -m 768K -smp 3 -kernel ${image}");
}

#define VIRT(more)                                                                                                     \
    "/ { #address-cells = <2>; #size-cells = <2>; compatible = \"linux,dummy-virt\";\n"                                \
    "  cpus { #address-cells = <1>; #size-cells = <0>;\n"                                                              \
    "    cpu@0 { device_type = \"cpu\"; compatible = \"arm,cortex-a57\"; reg = <0>; };\n"                              \
    "    cpu@1 { device_type = \"cpu\"; compatible = \"arm,cortex-a57\"; reg = <1>; }; };\n" more                      \
    "  memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0 0x30000000>; }; };"

static void a_known_board_is_guessed(void **state)
{
    (void)state;
    expect(VIRT(""), NULL, "qemu-system-aarch64 -machine virt -cpu cortex-a57 -m 768M -smp 2 -kernel ${image}");
    expect(VIRT("intc@8000000 { compatible = \"arm,gic-v3\"; reg = <0 0x8000000 0 0x10000>; interrupt-controller; "
                "#interrupt-cells = <3>; };\n psci { compatible = \"arm,psci-1.0\"; method = \"smc\"; };"),
           NULL,
           "qemu-system-aarch64 -machine virt,gic-version=3,virtualization=on -cpu cortex-a57 -m 768M -smp 2 -kernel "
           "${image}");
    expect("/ { #address-cells = <1>; #size-cells = <1>; compatible = \"riscv-virtio\";\n"
           "  cpus { #address-cells = <1>; #size-cells = <0>;\n"
           "    cpu@0 { device_type = \"cpu\"; compatible = \"riscv\"; reg = <0>; riscv,isa = \"rv32imac\"; }; };\n"
           "  memory@80000000 { device_type = \"memory\"; reg = <0x80000000 0x100001>; }; };",
           NULL, "qemu-system-riscv32 -machine virt -m 1048577B -smp 1 -bios none -kernel ${image}");
}

static void options_of_virt_are_told_by_its_tree(void **state)
{
    (void)state;
    expect(VIRT("uart@9040000 { reg = <0 0x9040000 0 0x1000>; status = \"disabled\"; secure-status = \"okay\"; };\n"
                "gic: intc@8000000 { compatible = \"arm,cortex-a15-gic\"; reg = <0 0x8000000 0 0x10000>;\n"
                "  interrupt-controller; #interrupt-cells = <3>; interrupt-parent = <&gic>; interrupts = <1 9 4>; };"),
           NULL,
           "qemu-system-aarch64 -machine virt,secure=on,virtualization=on -cpu cortex-a57 -m 768M -smp 2 -kernel "
           "${image}");
    expect(VIRT("pcie@10000000 { compatible = \"pci-host-ecam-generic\"; reg = <0 0x3f000000 0 0x1000000>; };"), NULL,
           "qemu-system-aarch64 -machine virt,highmem=off -cpu cortex-a57 -m 768M -smp 2 -kernel ${image}");
}

static void what_a_machine_keeps_of_ram_is_left_free(void **state)
{
    const char *support = "simulator: {qemu: {machine: 'xlnx-versal-virt,secure=on'}}";
    bw_machine *machine =
        bw_machine_of(bw_board_of(tree_of(VIRT(""))), &target, support_of(support), &options, &test_findings);
    uint64_t offset = 0;
    (void)state;

    assert_true(bw_yaml_to_size(bw_yaml_get(bw_machine_section(machine, test_unit), "offset"), &offset));
    assert_true(offset == machine->offset && offset >= 0x100000);
    bw_machine_free(machine);
    machine = bw_machine_of(bw_board_of(tree_of(VIRT(""))), &target, NULL, &options, &test_findings);
    assert_string_equal(bw_yaml_to_text(bw_yaml_get(bw_machine_section(machine, test_unit), "run-from")), "ram");
    assert_null(bw_yaml_get(bw_machine_section(machine, test_unit), "offset"));
    bw_machine_free(machine);
}

static void what_is_guessed_says_so(void **state)
{
    bw_machine *machine = bw_machine_of(bw_board_of(tree_of(VIRT(""))), &target, NULL, &options, &test_findings);
    (void)state;

    assert_true(machine->guessed && machine->qemu && machine->semihosting);
    assert_true(machine->memory_from_tree && machine->cpus_from_tree && machine->cpu_from_tree);
    assert_string_equal(machine->title, "qemu virt");
    assert_string_equal(machine->name, "virt");
    bw_machine_free(machine);
    options.memory = 1;
    machine = bw_machine_of(bw_board_of(tree_of(VIRT(""))), &target, NULL, &options, &test_findings);
    assert_false(machine->memory_from_tree);
    bw_machine_free(machine);
}

/* A description that lies must not make a machine that agrees with it. */
static void nothing_described_gets_into_a_named_machine(void **state)
{
    bw_machine *machine =
        bw_machine_of(bw_board_of(tree_of(CORTEX_M33)), &target,
                      support_of("simulator: {plank: {qemu: {machine: mps2-an505}}}"), &options, &test_findings);
    (void)state;

    assert_false(machine->guessed || machine->memory_from_tree || machine->cpus_from_tree || machine->cpu_from_tree);
    bw_machine_free(machine);
    /* but for a CPU of 64 bits, which QEMU's virt does not have by itself */
    expect(VIRT(""), "simulator: {plank: {qemu: {machine: virt}}}",
           "qemu-system-aarch64 -machine virt -cpu cortex-a57 -kernel ${image}");
}

static void what_is_missing_is_a_finding(void **state)
{
    (void)state;
    expect_finding(CORTEX_M33, NULL, BW_CODE_simulator_unknown, "no simulator is known for plank/m33",
                   "simulator: {plank/m33: {qemu: {machine: NAME}}}");
    fresh(NULL);
    expect_finding(CORTEX_M33, "simulator:\n  plank/m33:\n    command: nobody-has-this ${image}\n",
                   BW_CODE_simulator_missing, "nobody-has-this", NULL);
    fresh(NULL);
    expect_finding(CORTEX_M33, "simulator: {plank/m33: {semihosting: true}}", BW_CODE_simulator_target,
                   "neither qemu nor a command", NULL);
    fresh(NULL);
    expect_finding(CORTEX_M33, "simulator: {plank/m33: {qemu: {machine: a}, command: b}}", BW_CODE_simulator_target,
                   "not both", "remove one");
    fresh(NULL);
    g_setenv("PATH", "/nowhere", TRUE);
    expect_finding(CORTEX_M33, "simulator: {plank/m33: {qemu: {machine: mps2-an505}}}", BW_CODE_simulator_missing,
                   "qemu-system-arm", "apt install qemu-system-arm");
    assert_int_equal(test_findings.first->place.line, 1);
    g_setenv("PATH", folder, TRUE);
}

static void a_target_may_be_left_out(void **state)
{
    const bw_board *board = bw_board_of(tree_of(CORTEX_M33));
    const bw_yaml *others = support_of("simulator: {plank/rv32: {qemu: {machine: virt}}}");
    (void)state;

    assert_true(bw_machine_is_left_out(board, &target, others));
    assert_false(bw_machine_is_left_out(board, &target, NULL));
    assert_false(bw_machine_is_left_out(board, &target, support_of("simulator: {plank: {command: x}}")));
    assert_false(bw_machine_is_left_out(bw_board_of(tree_of(VIRT(""))), &target, others));
}

static void targets_that_do_not_exist_are_reported(void **state)
{
    bw_target all[] = {{.name = "plank@1.0.0/m33", .board = "plank", .path = "a.dts"},
                       {.name = "plank@1.0.0/rv32", .board = "plank", .path = "b.dts"}};
    bw_targets targets = {all, 2};
    (void)state;

    assert_true(bw_machine_check_targets(
        &targets, support_of("simulator: {plank/m33: {}, plank@1.0.0/rv32: {}, plank: {}}"), &test_findings));
    assert_true(bw_machine_check_targets(&targets, NULL, &test_findings));
    assert_false(bw_machine_check_targets(&targets, support_of("simulator:\n  plank/m33: {}\n  plank/rv23: {}\n"),
                                          &test_findings));
    assert_string_equal(test_findings.first->cure, "did you mean 'plank/rv32'?");
    assert_int_equal(test_findings.first->place.line, 3);
    assert_int_equal(test_findings.counts[BW_ERROR], 1);
}

/* -- compilers ---------------------------------------------------------------------------------------- */

static char *compiler_of(const char *tree, const char *wanted)
{
    bw_toolchain *t = bw_toolchain_find(bw_board_of(tree_of(tree)), wanted, &test_findings);
    GString *words;

    if (!t)
        return NULL;
    words = g_string_new(t->compiler);
    for (guint i = 0; i < t->flags->len; i++)
        g_string_append_printf(words, " %s", (const char *)t->flags->pdata[i]);
    bw_toolchain_free(t);
    return g_string_free(words, FALSE);
}

static void expect_compiler(const char *tree, const char *wanted, const char *begins)
{
    char *words = compiler_of(tree, wanted);

    assert_non_null(words);
    if (!g_str_has_prefix(words, begins))
        fail_msg("'%s' does not begin with '%s'", words, begins);
    g_free(words);
}

#define RISCV(isa)                                                                                                     \
    "/ { cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { device_type = \"cpu\"; compatible = \"riscv\";\n"     \
    "  reg = <0>; riscv,isa = \"" isa "\"; }; }; };"

static void flags_fit_the_cpu(void **state)
{
    (void)state;
    expect_compiler(RISCV("rv32imac"), NULL, "riscv64-unknown-elf-gcc -march=rv32ic -mabi=ilp32 -mcmodel=medany");
    expect_compiler(RISCV("rv64ima"), NULL, "riscv64-unknown-elf-gcc -march=rv64i -mabi=lp64 ");
    expect_compiler(RISCV("rv32e"), NULL, "riscv64-unknown-elf-gcc -march=rv32e -mabi=ilp32e ");
    expect_compiler(CORTEX_M33, NULL, "arm-none-eabi-gcc -march=armv6-m -mthumb");
    expect_compiler(VIRT(""), NULL, "aarch64-linux-gnu-gcc -march=armv8-a -mgeneral-regs-only");
}

static void another_compiler_may_be_named(void **state)
{
    (void)state;
    expect_compiler(RISCV("rv32i"), "riscv-own-", "riscv-own-gcc -march=rv32i");
    expect_compiler(RISCV("rv32i"), "clang-99", "clang-99 --target=riscv32-unknown-elf -fuse-ld=lld");
    g_setenv("CROSS_COMPILE", "riscv-own-", TRUE);
    expect_compiler(RISCV("rv64i"), NULL, "riscv-own-gcc ");
    expect_compiler(CORTEX_M33, NULL, "arm-none-eabi-gcc "); /* not meant for it */
}

static void a_cpu_without_start_up_is_told(void **state)
{
    (void)state;
    assert_null(compiler_of("/ { cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { device_type = \"cpu\";\n"
                            "  compatible = \"arm,arm1176jzf-s\"; reg = <0>; }; }; };",
                            NULL));
    assert_int_equal(test_findings.first->code, BW_CODE_cpu_unsupported);
    assert_non_null(strstr(test_findings.first->text, "arm,arm1176jzf-s is a CPU older than Armv7"));
}

static void a_missing_compiler_names_all_that_would_do(void **state)
{
    (void)state;
    g_setenv("PATH", "/nowhere", TRUE);
    assert_null(compiler_of(RISCV("rv64i"), NULL));
    assert_int_equal(test_findings.first->code, BW_CODE_compiler_missing);
    assert_non_null(strstr(test_findings.first->text, "RISC-V"));
    assert_non_null(strstr(test_findings.first->text, "riscv64-unknown-elf-gcc, riscv32-unknown-elf-gcc"));
    assert_string_equal(test_findings.first->cure, "apt install gcc-riscv64-unknown-elf");
    fresh(NULL);
    assert_null(compiler_of(RISCV("rv64i"), "misspelt-"));
    assert_non_null(strstr(test_findings.first->text, "looked for misspelt-gcc"));
    g_setenv("PATH", folder, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(support_yml_names_it, fresh),
        cmocka_unit_test_setup(a_target_may_be_called_by_its_board, fresh),
        cmocka_unit_test_setup(a_command_runs_anything, fresh),
        cmocka_unit_test_setup(the_user_has_the_last_word, fresh),
        cmocka_unit_test_setup(a_known_board_is_guessed, fresh),
        cmocka_unit_test_setup(options_of_virt_are_told_by_its_tree, fresh),
        cmocka_unit_test_setup(what_a_machine_keeps_of_ram_is_left_free, fresh),
        cmocka_unit_test_setup(what_is_guessed_says_so, fresh),
        cmocka_unit_test_setup(nothing_described_gets_into_a_named_machine, fresh),
        cmocka_unit_test_setup(what_is_missing_is_a_finding, fresh),
        cmocka_unit_test_setup(a_target_may_be_left_out, fresh),
        cmocka_unit_test_setup(targets_that_do_not_exist_are_reported, fresh),
        cmocka_unit_test_setup(flags_fit_the_cpu, fresh),
        cmocka_unit_test_setup(another_compiler_may_be_named, fresh),
        cmocka_unit_test_setup(a_cpu_without_start_up_is_told, fresh),
        cmocka_unit_test_setup(a_missing_compiler_names_all_that_would_do, fresh),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
