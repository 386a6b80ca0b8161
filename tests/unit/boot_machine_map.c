/* SPDX-License-Identifier: Apache-2.0 */
/* QEMU's words about a machine. */
#include "boot/machine_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char text[] = "FlatView #0\n"
                           " AS \"I/O\", root: io\n"
                           " Root memory region: io\n"
                           "  0000000000000000-000000000000ffff (prio 0, i/o): io\n"
                           "\n"
                           "FlatView #1\n"
                           " AS \"memory\", root: system\n"
                           "  0000000000000000-00000000000fffff (prio 0, ram): bus-only\n"
                           "\n"
                           "FlatView #2\n"
                           " AS \"cpu-memory-0\", root: armv7m-container\n"
                           " Root memory region: armv7m-container\n"
                           "  0000000000000000-00000000003fffff (prio 0, ram): mps.ssram1\n"
                           "  0000000000400000-00000000007fffff (prio 0, ram): mps.ssram1 @0000000000000000 KVM\n"
                           "  0000000000800000-0000000000ffffff (prio -1000, i/o): RESERVED 1\n"
                           "  0000000020000000-00000000203fffff (prio 0, rom): rom\n"
                           "  0000000040004000-0000000040004fff (prio 0, i/o): uart\n"
                           "  0000000040005000-0000000040005fff (prio 0, i/o): pl011\n"
                           "\n";

static void the_cpu_s_own_view_counts(void **state)
{
    GArray *map = bw_machine_map_read(text);
    uint64_t first, last;
    (void)state;

    assert_int_equal(map->len, 6);
    assert_string_equal(bw_machine_map_at(map, 0x400010)->name, "mps.ssram1");
    assert_true(bw_machine_map_at(map, 0x20000000)->is_memory);
    assert_null(bw_machine_map_at(map, 0x900000));
    assert_null(bw_machine_map_at(map, 0x50000000));
    assert_true(bw_machine_map_near(map, 0x10000000, &first, &last));
    assert_true(first == 0 && last == 0x7fffff);
    assert_true(bw_machine_map_near(map, 0x1f000000, &first, &last));
    assert_true(first == 0x20000000);
    char *serials = bw_machine_map_serials(map, 1);
    assert_string_equal(serials, "0x40004000 (uart) and 1 more");
    g_free(serials);
    g_array_free(map, TRUE);
}

static void words_that_are_no_map_make_none(void **state)
{
    static const char *const all[] = {NULL,
                                      "",
                                      "\n\n",
                                      " ",
                                      "FlatView #0\n AS \"memory\"\n \n  \n",
                                      "FlatView #0\n AS \"memory\"\n  00-zz (prio\n",
                                      "Unknown command\n",
                                      "  0000000000000010-0000000000000000 (prio 0, ram): backwards\n"};
    uint64_t first, last;
    (void)state;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        GArray *map = bw_machine_map_read(all[i]);

        assert_int_equal(map->len, 0);
        assert_null(bw_machine_map_at(map, 0));
        assert_false(bw_machine_map_near(map, 0, &first, &last));
        assert_null(bw_machine_map_serials(map, 3));
        g_array_free(map, TRUE);
    }
}

static void the_program_counter_has_a_name_in_each_architecture(void **state)
{
    uint64_t pc = 0;
    (void)state;

    assert_true(bw_registers_pc("\nCPU#0\n PC=0000000040000124 X00=0\n", &pc) && pc == 0x40000124);
    assert_true(bw_registers_pc("R12=00000000 R13=00000000 R14=ffffffff R15=00000cf4\n", &pc) && pc == 0xcf4);
    assert_true(bw_registers_pc("\nCPU#0\n V      =   0\n pc       0000000080000010\n", &pc) && pc == 0x80000010);
    assert_false(bw_registers_pc("nothing", &pc));
    assert_false(bw_registers_pc(NULL, &pc));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cpu_s_own_view_counts),
        cmocka_unit_test(words_that_are_no_map_make_none),
        cmocka_unit_test(the_program_counter_has_a_name_in_each_architecture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
