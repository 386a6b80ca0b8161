/* SPDX-License-Identifier: Apache-2.0 */
/* Disks of balenaOS: the sectors that parted 3.5 gives for the same sizes. */
#include "systems/balena/disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

typedef struct row {
    const char *label;
    unsigned number;
    uint64_t first, last;
    uint8_t type;
} row;

static void assert_rows(const bw_balena_disk *disk, const row *rows, uint32_t count)
{
    assert_null(disk->problem);
    assert_int_equal(disk->partition_count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_string_equal(disk->partitions[i].label, rows[i].label);
        assert_int_equal(disk->partitions[i].number, rows[i].number);
        assert_int_equal(disk->partitions[i].first, rows[i].first);
        assert_int_equal(disk->partitions[i].last, rows[i].last);
        assert_int_equal(disk->partitions[i].type, rows[i].type);
    }
}

static int open_arena(void **state)
{
    static bw_arena arena;

    bw_arena_init(&arena);
    *state = &arena;
    return 0;
}

static int close_arena(void **state)
{
    bw_arena_free(*state);
    return 0;
}

static void the_default_disk_is_as_parted_makes_it(void **state)
{
    static const row rows[] = {
        {"resin-boot", 1, 8192, 212991, 0x0e},      {"resin-rootA", 2, 212992, 1523711, 0x83},
        {"resin-rootB", 3, 1523712, 2834431, 0x83}, {"extended", 4, 2834432, 3416063, 0x0f},
        {"resin-state", 5, 2842624, 3006463, 0x83}, {"resin-data", 6, 3014656, 3416063, 0x83},
    };
    bw_balena_sizes sizes = bw_balena_default_sizes(true, false);
    bw_balena_disk disk;

    assert_true(bw_balena_disk_make(&disk, &sizes, NULL, 0, *state));
    assert_int_equal(disk.sectors, 3416064);
    assert_rows(&disk, rows, G_N_ELEMENTS(rows));
    assert_int_equal(disk.ebr[0], 2834432);
    assert_int_equal(disk.ebr[1], 3014528);
    assert_int_equal(bw_balena_disk_find(&disk, "rootB")->number, 3);
}

static void gpt_ends_on_a_mebibyte(void **state)
{
    static const row rows[] = {
        {"resin-boot", 1, 8192, 212991, 0},      {"resin-rootA", 2, 212992, 1523711, 0},
        {"resin-rootB", 3, 1523712, 2834431, 0}, {"resin-state", 4, 2834432, 2998271, 0},
        {"resin-data", 5, 2998272, 3414015, 0},
    };
    bw_balena_sizes sizes = bw_balena_default_sizes(true, false);
    bw_balena_disk disk;

    sizes.gpt = true;
    assert_true(bw_balena_disk_make(&disk, &sizes, NULL, 0, *state));
    assert_rows(&disk, rows, G_N_ELEMENTS(rows));
}

static void a_flasher_has_no_state_and_data(void **state)
{
    static const row rows[] = {
        {"flash-boot", 1, 8192, 90111, 0x0e},       {"flash-rootA", 2, 90112, 1097727, 0x83},
        {"flash-rootB", 3, 1097728, 1105919, 0x83}, {"extended", 4, 1105920, 1146879, 0x0f},
        {"flash-state", 5, 1114112, 1122303, 0x83}, {"flash-data", 6, 1130496, 1146879, 0x83},
    };
    bw_balena_sizes sizes = bw_balena_default_sizes(false, true);
    bw_balena_disk disk;

    sizes.root = 500000;
    assert_true(bw_balena_disk_make(&disk, &sizes, NULL, 0, *state));
    assert_int_equal(disk.sectors, 573440 * 2);
    assert_rows(&disk, rows, G_N_ELEMENTS(rows));
}

static void older_sizes_are_smaller(void **state)
{
    bw_balena_sizes sizes = bw_balena_default_sizes(false, false);
    (void)state;

    assert_int_equal(sizes.boot, 40960);
    assert_int_equal(sizes.root, 327680);
    assert_int_equal(sizes.state, 20480);
    assert_int_equal(bw_balena_default_sizes(true, false).root, 655360);
    assert_int_equal(bw_balena_default_root(true, 1460 * 1024, 1, 4096), 0);
}

/* jetson-orin: 15 partitions that fill DEVICE_SPECIFIC_SPACE, the boot partition comes behind them. */
static void device_specific_partitions_come_first(void **state)
{
    static const bw_balena_partition extra[] = {
        {.label = "A_kernel", .first = 40, .last = 262183},
        {.label = "A_kernel-dtb", .first = 262184, .last = 263719},
        {.label = "UDA", .first = 263720, .last = 663551},
    };
    bw_balena_sizes sizes = bw_balena_default_sizes(false, false);
    bw_balena_disk disk;

    sizes.gpt = true;
    sizes.device_specific = 331776;
    assert_true(bw_balena_disk_make(&disk, &sizes, extra, 3, *state));
    assert_int_equal(disk.partition_count, 8);
    assert_int_equal(bw_balena_disk_find(&disk, "boot")->number, 4);
    assert_int_equal(bw_balena_disk_find(&disk, "boot")->first, 331776 * 2);
    assert_true(disk.partitions[2].device_specific);
    sizes.device_specific = 331776 - 4096;
    assert_false(bw_balena_disk_make(&disk, &sizes, extra, 3, *state));
    assert_string_equal(disk.problem,
                        "partition 4 (resin-boot) starts at sector 655360, within 3 (UDA), which ends at 663551");
}

static void what_parted_refuses_is_no_disk(void **state)
{
    static const bw_balena_partition extra = {.label = "x", .first = 40, .last = 49};
    bw_balena_sizes sizes = bw_balena_default_sizes(true, false);
    bw_balena_sizes bad;
    bw_balena_disk disk;

    assert_false(bw_balena_disk_make(&disk, &sizes, &extra, 1, *state));
    bad = sizes;
    bad.alignment = 0;
    assert_false(bw_balena_disk_make(&disk, &bad, NULL, 0, *state));
    bad = sizes;
    bad.device_specific = 5000;
    assert_false(bw_balena_disk_make(&disk, &bad, NULL, 0, *state));
    bad = sizes;
    bad.device_specific = 0;
    assert_false(bw_balena_disk_make(&disk, &bad, NULL, 0, *state));
    bad = sizes;
    bad.root = (uint64_t)1 << 30; /* rootA and rootB of 1 TiB each */
    assert_false(bw_balena_disk_make(&disk, &bad, NULL, 0, *state));
    assert_string_equal(disk.problem, "an msdos table counts up to 2 TiB");
    bad.gpt = true;
    assert_true(bw_balena_disk_make(&disk, &bad, NULL, 0, *state));
    bad.boot = UINT64_MAX;
    assert_false(bw_balena_disk_make(&disk, &bad, NULL, 0, *state));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_default_disk_is_as_parted_makes_it, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(gpt_ends_on_a_mebibyte, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_flasher_has_no_state_and_data, open_arena, close_arena),
        cmocka_unit_test(older_sizes_are_smaller),
        cmocka_unit_test_setup_teardown(device_specific_partitions_come_first, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(what_parted_refuses_is_no_disk, open_arena, close_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
