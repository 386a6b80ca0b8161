/* SPDX-License-Identifier: Apache-2.0 */
/* What is written of a plan is read back as the same application, and layouts hold whatever their sizes. */
#include "from_text.h"

#include "systems/sel4/app.h"
#include "systems/sel4/plan.h"
#include "systems/sel4/write_vm.h"

#include <inttypes.h>
#include <stdio.h>

static const char board_text[] =
    "/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>;\n"
    "  cpus { #address-cells = <1>; #size-cells = <0>;\n"
    "    cpu@0 { device_type = \"cpu\"; compatible = \"arm,cortex-a53\"; reg = <0>; }; };\n"
    "  timer { compatible = \"arm,armv8-timer\"; interrupts = <1 13 8>, <1 14 8>, <1 11 8>, <1 10 8>; };\n"
    "  memory@40000000 { device_type = \"memory\"; reg = <0x40000000 0x40000000>; };\n"
    "  gic: interrupt-controller@1000000 { compatible = \"arm,gic-400\"; interrupt-controller;\n"
    "    reg = <0x1000000 0x1000>, <0x1002000 0x2000>, <0x1004000 0x2000>, <0x1006000 0x2000>;\n"
    "    #interrupt-cells = <3>; #address-cells = <0>; };\n"
    "  uart0: serial@3000000 { compatible = \"v,uart\"; reg = <0x3000000 0x1000>; interrupts = <0 1 4>; };\n"
    "  a: a@3001000 { compatible = \"v,a\"; reg = <0x3001000 0x100>; interrupts = <0 2 4>; };\n"
    "  b: b@3001800 { compatible = \"v,b\"; reg = <0x3001800 0x1000>; interrupts = <0 3 4>, <0 4 1>; };\n"
    "  c: c+d@3005000 { compatible = \"v,c\"; reg = <0x3005000 0x3000>; interrupts = <0 5 4>; }; };";

static char *folder;

/* @return the section of a text, as support.yml would have it. */
static const bw_sel4_section *section_of(const char *text)
{
    bw_source *source = bw_source_from_memory(test_ctx->sources, "support.yml", text, strlen(text));
    const bw_yaml *yaml = bw_yaml_read(source, &test_unit->arena, &test_findings);

    assert_non_null(yaml);
    assert_true(bw_schema_check(&bw_sel4_schema, yaml, &test_findings));
    return bw_sel4_section_read(yaml, &test_unit->arena);
}

static void put(const char *name, GString *text)
{
    char *path = g_build_filename(folder, name, NULL);
    char *parent = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_true(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
    g_string_free(text, TRUE);
    g_free(parent);
    g_free(path);
}

static void take_away(void)
{
    static const char *const names[] = {"settings.cmake",      "CMakeLists.txt", "vm_loom.camkes",
                                        "loom/devices.camkes", "loom",           "."};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *path = g_build_filename(folder, names[i], NULL);

        if (strcmp(names[i], ".") == 0)
            path[strlen(path) - 2] = '\0';
        g_remove(path);
        g_free(path);
    }
    g_free(folder);
}

static void same_value(const bw_sel4_value *a, const bw_sel4_value *b)
{
    assert_true(a->known && b->known);
    assert_true(a->value == b->value);
}

static void same_text(const char *a, const char *b)
{
    if (a && b)
        assert_string_equal(a, b);
    else
        assert_true(!a || !b);
}

static void same_vm(const bw_sel4_vm *a, const bw_sel4_vm *b)
{
    assert_string_equal(a->name, b->name);
    same_value(&a->ram_base, &b->ram_base);
    same_value(&a->ram_paddr_base, &b->ram_paddr_base);
    same_value(&a->ram_size, &b->ram_size);
    same_value(&a->entry, &b->entry);
    same_value(&a->dtb_addr, &b->dtb_addr);
    same_value(&a->vcpus, &b->vcpus);
    assert_true(a->initrd_addr.value == b->initrd_addr.value);
    same_text(a->kernel_name.text, b->kernel_name.text);
    same_text(a->dtb_name.text, b->dtb_name.text);
    same_text(a->initrd_name.text, b->initrd_name.text);
    assert_false(b->old_addresses || b->old_images);
    assert_true(a->provide_initrd.value == b->provide_initrd.value && b->provide_dtb.value && !b->generate_dtb.value &&
                b->map_one_to_one.value && b->clean_cache.value);
    assert_int_equal(a->query_count, b->query_count);
    for (uint32_t i = 0; i < a->query_count; i++) {
        assert_string_equal(a->queries[i].path.text, b->queries[i].path.text);
        assert_ptr_equal(a->queries[i].node, a->queries[i].meant);
        assert_int_equal(a->queries[i].matches, 1);
    }
    assert_int_equal(a->mmio_count, b->mmio_count);
    for (uint32_t i = 0; i < a->mmio_count; i++) {
        same_value(&a->mmios[i].base, &b->mmios[i].base);
        assert_int_equal(a->mmios[i].bits, b->mmios[i].bits);
    }
    assert_int_equal(a->irq_count, b->irq_count);
    for (uint32_t i = 0; i < a->irq_count; i++)
        same_value(&a->irqs[i], &b->irqs[i]);
}

static void same_files(const bw_sel4_app *a, const bw_sel4_app *b)
{
    assert_int_equal(a->file_count, b->file_count);
    for (uint32_t i = 0; i < a->file_count; i++) {
        bool found = false;

        for (uint32_t k = 0; k < b->file_count; k++)
            found = found || (g_strcmp0(a->files[i].name.text, b->files[k].name.text) == 0 &&
                              g_strcmp0(a->files[i].path.text, b->files[k].path.text) == 0 &&
                              a->files[i].address.value == b->files[k].address.value);
        assert_true(found);
    }
}

static void what_is_written_is_read_back(void **state)
{
    static const char text[] =
        "{target: x, platform: loom, vms: [{name: vm0, ram: 96 MiB, kernel: k/Image, devices: [uart0, a, b, c],\n"
        "  initrd: {file: r.gz, max-size: 4 MiB}, vcpus: 2}, {name: vm1, ram: 32 MiB, kernel: Image}]}";
    bw_board *board = bw_board_of(tree_of(board_text));
    bw_sel4_plan *plan = bw_sel4_plan_make(board, section_of(text), &test_findings);
    (void)state;

    assert_non_null(plan);
    assert_int_equal(test_findings.counts[BW_ERROR] + test_findings.counts[BW_WARNING], 0);
    /* a and b share a page; the path of c has a sign of regular expressions. */
    assert_int_equal(plan->app->vms[0].query_count, 2);
    assert_string_equal(plan->app->vms[0].queries[1].path.text, "^/c[+]d@3005000$");
    assert_int_equal(plan->app->vms[0].irq_count, 3);
    folder = g_dir_make_tmp("bw-XXXXXX", NULL);
    put("settings.cmake", bw_sel4_vm_settings(plan));
    put("CMakeLists.txt", bw_sel4_vm_cmakelists(plan));
    put("vm_loom.camkes", bw_sel4_vm_camkes(plan));
    put("loom/devices.camkes", bw_sel4_vm_devices(plan));

    bw_unit *other = bw_unit_new(test_ctx);
    bw_roots *roots = bw_roots_new();
    const bw_load_options load = {0};
    const bw_sel4_app_options how = {.load = &load, .roots = roots};
    char *devices = g_build_filename(folder, "loom", "devices.camkes", NULL);
    bw_unit_begin(other, &test_findings);
    const bw_sel4_app *app = bw_sel4_app_read(other, devices, &how);
    assert_non_null(app);
    assert_string_equal(app->platform, "loom");
    assert_int_equal(app->vm_count, 2);
    same_vm(&plan->app->vms[0], &app->vms[0]);
    same_vm(&plan->app->vms[1], &app->vms[1]);
    same_files(plan->app, app);
    bw_unit_free(other);
    bw_roots_free(roots);
    bw_sel4_plan_free(plan);
    g_free(devices);
    take_away();
}

/* Of guests of any size, each way of placing them keeps what stands in vm.h and in Linux's booting.rst. */
static void layouts_hold(void **state)
{
    static const unsigned sizes[] = {40, 64, 96, 100, 128, 200, 256, 320};
    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(sizes); k++) {
            char *text = g_strdup_printf("{target: x, platform: loom, vms: [{name: vm0, ram: %u MiB, kernel: Image,\n"
                                         "  initrd: {file: r, max-size: %zu MiB}}, {name: vm1, ram: %u MiB,\n"
                                         "  kernel: Image, dtb: {max-size: 64 KiB}}]}",
                                         sizes[i], k + 1, sizes[k]);
            bw_board *board = bw_board_of(tree_of(board_text));
            bw_sel4_plan *plan = bw_sel4_plan_make(board, section_of(text), &test_findings);

            assert_non_null(plan);
            const bw_sel4_plan_vm *a = &plan->vms[0];
            const bw_sel4_plan_vm *b = &plan->vms[1];
            assert_true(a->ram.base + a->ram.size <= b->ram.base || b->ram.base + b->ram.size <= a->ram.base);
            for (const bw_sel4_plan_vm *vm = a; vm <= b; vm++) {
                const uint64_t end = vm->ram.base + vm->ram.size;
                uint64_t reached = vm->ram.base;

                assert_true(vm->ram.base >= plan->kernel.base + plan->kernel.size && end <= 0x80000000);
                assert_true(vm->entry % 0x200000 == 0 && vm->entry >= vm->ram.base);
                assert_true(vm->dtb.base + vm->dtb.size <= end && vm->dtb.base % 8 == 0);
                assert_true(vm->dtb.base / 0x200000 == (vm->dtb.base + vm->dtb.size - 1) / 0x200000);
                assert_true(vm->entry + vm->kernel_room <= vm->dtb.base);
                if (vm->initrd.size) {
                    assert_true(vm->entry + vm->kernel_room <= vm->initrd.base);
                    assert_true(vm->initrd.base + vm->initrd.size <= vm->dtb.base);
                }
                for (uint32_t u = 0; u < vm->untyped_count; u++) {
                    assert_true(vm->untypeds[u].base == reached);
                    assert_true((vm->untypeds[u].size & (vm->untypeds[u].size - 1)) == 0);
                    assert_true(reached % vm->untypeds[u].size == 0);
                    reached += vm->untypeds[u].size;
                }
                assert_true(reached == end);
            }
            bw_sel4_plan_free(plan);
            g_free(text);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read_back, begin_context, end_context),
        cmocka_unit_test_setup_teardown(layouts_hold, begin_context, end_context),
    };

    return cmocka_run_group_tests_name("sel4_plan", tests, NULL, NULL);
}
