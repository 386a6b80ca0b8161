/* SPDX-License-Identifier: Apache-2.0 */
/* Which targets a folder has, and which include directories its files get. */
#include "from_text.h"

#include "board/load.h"

static char *top; /* a fresh folder */

static int begin_folder(void **state)
{
    top = g_dir_make_tmp("bw-XXXXXX", NULL);
    return top ? begin_context(state) : -1;
}

static void remove_all(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        char *below = g_build_filename(path, name, NULL);

        remove_all(below);
        g_free(below);
    }
    if (dir)
        g_dir_close(dir);
    g_remove(path);
}

static int end_folder(void **state)
{
    remove_all(top);
    g_free(top);
    return end_context(state);
}

static char *put(const char *name, const char *text)
{
    char *path = g_build_filename(top, name, NULL);
    char *folder = g_path_get_dirname(path);

    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    assert_true(g_file_set_contents(path, text, -1, NULL));
    g_free(folder);
    return path;
}

static void put_and_forget(const char *name, const char *text)
{
    g_free(put(name, text));
}

static bool targets_of(const char *name, bw_targets *targets)
{
    bw_load_options options = {0};
    char *path = g_build_filename(top, name, NULL);
    bool found = bw_targets_find(test_ctx, path, &options, &test_unit->arena, &test_findings, targets);

    g_free(path);
    return found;
}

static void zephyr_boards_have_targets_by_their_files(void **state)
{
    bw_targets t = {0};
    (void)state;

    put_and_forget("b/board.yml", "board:\n  name: plank\n  full_name: Plank\n  vendor: acme\n"
                                  "  revision:\n    format: major.minor.patch\n    default: \"1.1.0\"\n    revisions:\n"
                                  "      - name: \"1.0.0\"\n      - name: \"1.1.0\"\n"
                                  "  socs:\n    - name: m33\n      variants:\n        - name: ns\n    - name: a53\n");
    put_and_forget("b/plank_m33.dts", "/dts-v1/;\n/ { };\n");
    put_and_forget("b/plank_m33_ns.dts", "/dts-v1/;\n/ { };\n");
    put_and_forget("b/plank_m33_1_1_0.overlay", "/ { moved; };\n");
    put_and_forget("b/plank_a53.dts", "/dts-v1/;\n/ { };\n");
    put_and_forget("b/other.dts", "/dts-v1/;\n/ { };\n");
    assert_true(targets_of("b", &t));
    assert_int_equal(t.count, 3);
    assert_string_equal(t.items[0].name, "plank/a53");
    assert_string_equal(t.items[1].name, "plank/m33");
    assert_string_equal(t.items[2].name, "plank/m33/ns");
    assert_string_equal(t.items[1].full_name, "Plank");
    assert_null(t.items[0].more_files);
    assert_non_null(t.items[1].more_files);
    assert_null(t.items[2].more_files);
    bw_targets by_file = {0};
    assert_true(targets_of("b/board.yml", &by_file));
    assert_int_equal(by_file.count, 3);
}

static void a_revision_overlay_belongs_to_the_target(void **state)
{
    bw_targets t = {0};
    bw_load_options options = {0};
    (void)state;

    put_and_forget("r/board.yml", "board:\n  name: solo\n  revision:\n    format: letter\n    default: B\n"
                                  "    revisions:\n      - name: A\n      - name: B\n  socs:\n    - name: s1\n");
    put_and_forget("r/solo.dts", "/dts-v1/;\n/ { l: n { a; }; b; };\n");
    put_and_forget("r/solo_B.overlay", "&l { more; };\n");
    assert_true(targets_of("r", &t));
    assert_int_equal(t.count, 1);
    assert_string_equal(t.items[0].name, "solo/s1");
    bw_target target = t.items[0]; /* lives in the unit, which begins anew */
    char *path = g_strdup(target.path);
    const char *more[] = {g_strdup(target.more_files[0]), NULL};
    target.path = path;
    target.more_files = more;
    bw_unit_begin(test_unit, &test_findings);
    bw_tree *tree = bw_target_read(test_unit, &target, &options, NULL);
    assert_non_null(bw_node_prop_text(node_at(tree, "/n"), "more"));
    g_free(path);
    g_free((void *)(uintptr_t)more[0]);
}

static void other_folders_have_what_is_in_them(void **state)
{
    bw_targets t = {0};
    (void)state;

    put_and_forget("f/one.dts", "/dts-v1/;\n/ { };\n");
    put_and_forget("f/deep/two.dtso", "/dts-v1/;\n/plugin/;\n/ { };\n");
    put_and_forget("f/deep/readme.txt", "no board\n");
    put_and_forget("e/readme.txt", "no board\n");
    assert_true(targets_of("f", &t));
    assert_int_equal(t.count, 2);
    assert_true(g_str_has_suffix(t.items[0].path, "f/deep/two.dtso"));
    uint32_t errors = test_findings.counts[BW_ERROR];
    assert_false(targets_of("e", &t));
    assert_false(targets_of("nowhere", &t));
    assert_int_equal(test_findings.counts[BW_ERROR], errors + 2);
}

static void assert_dir(const char *const *dirs, size_t index, const char *end)
{
    for (size_t i = 0; i <= index; i++)
        assert_non_null(dirs[i]);
    assert_true(g_str_has_suffix(dirs[index], end));
}

static void roots_are_found_above_the_file(void **state)
{
    bw_roots *roots = bw_roots_new();
    (void)state;

    put_and_forget("linux/include/dt-bindings/a.h", "");
    char *linux_board = put("linux/arm64/acme/board.dts", "");
    const bw_root *r = bw_roots_find(roots, linux_board);
    assert_int_equal(r->kind, BW_ROOT_LINUX);
    assert_int_equal(r->dialect, BW_DIALECT_DTC);
    assert_dir(r->include_dirs, 0, "linux/include");
    assert_dir(r->include_dirs, 1, "linux");
    assert_null(r->include_dirs[2]);

    put_and_forget("kernel/include/dt-bindings/a.h", "");
    put_and_forget("kernel/scripts/dtc/include-prefixes/a.h", "");
    char *kernel_board = put("kernel/arch/arm64/boot/dts/acme/board.dts", "");
    r = bw_roots_find(roots, kernel_board);
    assert_dir(r->include_dirs, 0, "kernel/scripts/dtc/include-prefixes");

    put_and_forget("zephyr/include/zephyr/dt-bindings/a.h", "");
    put_and_forget("zephyr/dts/common/c.dtsi", "");
    put_and_forget("zephyr/dts/vendor/v.dtsi", "");
    put_and_forget("zephyr/dts/riscv/r.dtsi", "");
    put_and_forget("zephyr/dts/arm/a.dtsi", "");
    put_and_forget("zephyr/dts/bindings/b.yaml", "");
    char *zephyr_board = put("zephyr/boards/acme/plank/plank.dts", "");
    r = bw_roots_find(roots, zephyr_board);
    assert_int_equal(r->kind, BW_ROOT_ZEPHYR);
    assert_int_equal(r->dialect, BW_DIALECT_ZEPHYR);
    assert_dir(r->include_dirs, 0, "zephyr/include");
    assert_dir(r->include_dirs, 1, "include/zephyr");
    assert_dir(r->include_dirs, 2, "dts/common");
    assert_dir(r->include_dirs, 3, "dts/vendor");
    assert_dir(r->include_dirs, 4, "dts/arm");
    assert_dir(r->include_dirs, 5, "dts/riscv");
    assert_dir(r->include_dirs, 6, "zephyr/dts");
    assert_null(r->include_dirs[7]);
    assert_ptr_equal(bw_roots_find(roots, zephyr_board), r);

    char *lone = put("lone/board.dts", "");
    assert_int_equal(bw_roots_find(roots, lone)->kind, BW_ROOT_NONE);
    assert_null(bw_roots_find(roots, lone)->include_dirs[0]);
    g_free(linux_board);
    g_free(kernel_board);
    g_free(zephyr_board);
    g_free(lone);
    bw_roots_free(roots);
}

/* One name more than may be looked at. */
static void large_folders_are_left(void **state)
{
    bw_load_options options = {.names_max = 4};
    uint32_t before = test_findings.counts[BW_ERROR];
    bw_targets targets;

    (void)state;
    put_and_forget("many/a/one.dts", "/dts-v1/; / { };");
    put_and_forget("many/b/two.dts", "/dts-v1/; / { };");
    char *path = g_build_filename(top, "many", NULL);
    assert_true(bw_targets_find(test_ctx, path, &options, &test_unit->arena, &test_findings, &targets));
    assert_int_equal(targets.count, 2);
    assert_int_equal(test_findings.counts[BW_ERROR], before);
    options.names_max = 3;
    assert_false(bw_targets_find(test_ctx, path, &options, &test_unit->arena, &test_findings, &targets));
    assert_int_equal(targets.count, 1);
    assert_int_equal(test_findings.counts[BW_ERROR], before + 1);
    assert_int_equal(test_findings.last->code, BW_CODE_folder_limit);
    g_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zephyr_boards_have_targets_by_their_files),
        cmocka_unit_test(a_revision_overlay_belongs_to_the_target),
        cmocka_unit_test(other_folders_have_what_is_in_them),
        cmocka_unit_test(roots_are_found_above_the_file),
        cmocka_unit_test(large_folders_are_left),
    };
    return cmocka_run_group_tests(tests, begin_folder, end_folder);
}
