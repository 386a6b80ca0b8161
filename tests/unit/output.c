/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/context.h"
#include "base/output.h"
#include "base/plan.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fixture {
    char *folder; /* empty at the beginning */
    char *out;    /* below it, not made */
    bw_context *ctx;
    bw_findings findings;
} fixture;

static void remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);

    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        char *below = g_build_filename(path, name, NULL);
        remove_tree(below);
        g_free(below);
    }
    if (dir)
        g_dir_close(dir);
    g_remove(path);
}

static int set_up(void **state)
{
    fixture *f = g_new0(fixture, 1);

    f->folder = g_dir_make_tmp("bw-output-XXXXXX", NULL);
    f->out = g_build_filename(f->folder, "a", "out", NULL);
    f->ctx = bw_context_new();
    bw_findings_init(&f->findings, f->ctx);
    *state = f;
    return f->folder ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture *f = *state;

    remove_tree(f->folder);
    bw_findings_free(&f->findings);
    bw_context_free(f->ctx);
    g_free(f->folder);
    g_free(f->out);
    g_free(f);
    return 0;
}

static char *path_of(const fixture *f, const char *name)
{
    return g_build_filename(f->out, name, NULL);
}

static char *contents(const fixture *f, const char *name)
{
    char *path = path_of(f, name);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    g_free(path);
    return text;
}

static void assert_contents(const fixture *f, const char *name, const char *expected)
{
    char *text = contents(f, name);

    assert_non_null(text);
    assert_string_equal(text, expected);
    g_free(text);
}

static void put(const fixture *f, const char *name, const char *text)
{
    char *path = path_of(f, name);

    assert_true(g_file_set_contents(path, text, -1, NULL));
    g_free(path);
}

/* Number of entries of a folder, with hidden ones; -1 without a folder. */
static int entries(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    int count = 0;

    if (!dir)
        return -1;
    while (g_dir_read_name(dir))
        count++;
    g_dir_close(dir);
    return count;
}

static bw_plan *plan_of(const fixture *f, const char *const *names_and_texts)
{
    bw_plan *plan = bw_plan_new(f->out);

    bw_plan_owns(plan, "sys");
    for (; *names_and_texts; names_and_texts += 2)
        assert_true(bw_plan_add(plan, names_and_texts[0], names_and_texts[1], strlen(names_and_texts[1])));
    return plan;
}

static bool carry_out(fixture *f, const char *const *names_and_texts, bool force)
{
    bw_plan *plan = plan_of(f, names_and_texts);
    bw_plan_error error;
    bool ok = bw_plan_compare(plan, &error) && (force || bw_plan_report_edited(plan, &f->findings)) &&
              bw_plan_write(plan, force, &error);

    bw_plan_free(plan);
    return ok;
}

static void single_file(void **state)
{
    fixture *f = *state;
    char *path = path_of(f, "x");
    struct stat before;
    struct stat after;
    int error = -1;

    assert_true(bw_write_file(path, "one", 3, &error));
    assert_contents(f, "x", "one");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(stat(path, &before), 0);
    assert_true(bw_write_file(path, "one", 3, &error));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino); /* equal: untouched */
    assert_true(bw_write_file_unsynced(path, "two", 3, &error));
    assert_contents(f, "x", "two");
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_mode & 0777, 0640);
    assert_int_equal(entries(f->out), 1);
    g_free(path);
}

static void single_file_refusals(void **state)
{
    fixture *f = *state;
    char *below = path_of(f, "file/below");
    char *file = path_of(f, "file");
    char *link = path_of(f, "link");
    int error = 0;

    assert_true(bw_write_file(file, "x", 1, &error));
    assert_false(bw_write_file(below, "x", 1, &error));
    assert_int_equal(error, ENOTDIR);
    assert_false(bw_write_file(f->out, "x", 1, &error));
    assert_int_equal(error, EISDIR);
    assert_false(bw_write_file("/dev/full", "x", 1, &error));
    assert_int_equal(error, ENOSPC);
    assert_true(bw_write_file("/dev/null", "x", 1, &error));
    assert_int_equal(symlink("file", link), 0);
    assert_true(bw_write_file(link, "through", 7, &error));
    assert_contents(f, "file", "through");
    assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_free(below);
    g_free(file);
    g_free(link);
}

/* A disk that fills up: no file may grow beyond 8 bytes. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void single_file_on_a_full_disk(void **state)
{
    fixture *f = *state;
    char *path = path_of(f, "x");
    int error = 0;

    assert_true(bw_write_file(path, "one", 3, &error));
    limit_files(8);
    bool ok = bw_write_file(path, "more than eight", 15, &error);
    limit_files(RLIM_INFINITY);
    assert_false(ok);
    assert_int_equal(error, EFBIG);
    assert_contents(f, "x", "one");
    assert_int_equal(entries(f->out), 1);
    g_free(path);
}

static void paths_stay_below(void **state)
{
    static const char *const bad[] = {"",    "/etc/x", "..",   "../x", "a/../../x", "a//b",           "a/",
                                      "./a", "a/./b",  "a\nb", "a\\b", "a\033b",    "manifest.sha256"};
    fixture *f = *state;
    bw_plan *plan = bw_plan_new(f->out);

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(bw_plan_add(plan, bad[i], "x", 1));
    assert_true(bw_plan_add(plan, "a/..b/c", "x", 1));
    assert_false(bw_plan_add(plan, "a/..b/c", "y", 1));
    bw_plan_free(plan);
}

static void links_are_not_followed(void **state)
{
    fixture *f = *state;
    char *outside = g_build_filename(f->folder, "outside", NULL);
    char *link = path_of(f, "sys");

    assert_int_equal(g_mkdir_with_parents(f->out, 0777), 0);
    assert_int_equal(g_mkdir(outside, 0777), 0);
    assert_int_equal(symlink(outside, link), 0);
    assert_false(carry_out(f, (const char *[]){"sys/a", "one", NULL}, false));
    assert_int_equal(entries(outside), 0);
    g_free(outside);
    g_free(link);
}

static void writes_and_lists(void **state)
{
    fixture *f = *state;
    const char *const files[] = {"sys/b", "two", "sys/a", "one", "top", "", NULL};

    assert_true(carry_out(f, files, false));
    assert_contents(f, "sys/a", "one");
    assert_contents(f, "top", "");
    assert_contents(f, "manifest.sha256",
                    "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  sys/a\n"
                    "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3  sys/b\n"
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  top\n");
    assert_int_equal(entries(f->out), 3);
}

static void equal_files_stay_untouched(void **state)
{
    fixture *f = *state;
    const char *const files[] = {"sys/a", "one", NULL};
    char *path = path_of(f, "sys/a");
    char *manifest = path_of(f, "manifest.sha256");
    struct stat before[2];
    struct stat after[2];

    assert_true(carry_out(f, files, false));
    assert_int_equal(stat(path, &before[0]) + stat(manifest, &before[1]), 0);
    assert_true(carry_out(f, files, false));
    assert_int_equal(stat(path, &after[0]) + stat(manifest, &after[1]), 0);
    assert_int_equal(before[0].st_ino, after[0].st_ino);
    assert_int_equal(before[1].st_ino, after[1].st_ino);
    g_free(path);
    g_free(manifest);
}

static void edited_files_are_kept(void **state)
{
    fixture *f = *state;

    assert_true(carry_out(f, (const char *[]){"sys/a", "one", "sys/b", "x", NULL}, false));
    put(f, "sys/a", "mine");
    const char *const next[] = {"sys/a", "two", "sys/b", "y", NULL};
    assert_false(carry_out(f, next, false));
    assert_int_equal(f->findings.counts[BW_ERROR], 1);
    assert_int_equal(f->findings.first->code, BW_CODE_build_edited_file);
    assert_non_null(f->findings.first->cure);
    assert_contents(f, "sys/a", "mine");
    assert_contents(f, "sys/b", "x"); /* all or nothing */

    bw_context_set_level(f->ctx, "build-edited-file", BW_WARNING);
    assert_true(carry_out(f, next, false));
    assert_contents(f, "sys/a", "mine");
    assert_contents(f, "sys/b", "y");

    bw_context_set_level(f->ctx, "build-edited-file", BW_ERROR);
    assert_false(carry_out(f, next, false)); /* still known as edited */
    assert_true(carry_out(f, next, true));
    assert_contents(f, "sys/a", "two");
    assert_true(carry_out(f, (const char *[]){"sys/a", "three", "sys/b", "y", NULL}, false));
    assert_contents(f, "sys/a", "three");
}

static void edited_to_what_is_wanted_is_no_edit(void **state)
{
    fixture *f = *state;

    assert_true(carry_out(f, (const char *[]){"sys/a", "one", NULL}, false));
    put(f, "sys/a", "two");
    assert_true(carry_out(f, (const char *[]){"sys/a", "two", NULL}, false));
    assert_true(carry_out(f, (const char *[]){"sys/a", "three", NULL}, false));
    assert_int_equal(f->findings.counts[BW_ERROR], 0);
}

static void foreign_files_are_kept(void **state)
{
    fixture *f = *state;

    assert_int_equal(g_mkdir_with_parents(f->out, 0777), 0);
    put(f, "a", "somebody's");
    assert_false(carry_out(f, (const char *[]){"a", "ours", NULL}, false));
    assert_contents(f, "a", "somebody's");
    assert_int_equal(entries(f->out), 1);
}

static void stale_files_go(void **state)
{
    fixture *f = *state;

    assert_true(carry_out(f, (const char *[]){"sys/a", "one", "sys/b", "two", "sys/c", "x", "top", "t", NULL}, false));
    put(f, "sys/c", "mine");
    assert_true(carry_out(f, (const char *[]){"sys/a", "one", NULL}, false));
    assert_null(contents(f, "sys/b"));
    assert_contents(f, "sys/c", "mine"); /* edited */
    assert_contents(f, "top", "t");      /* not below what the plan owns */
    char *manifest = contents(f, "manifest.sha256");
    assert_null(strstr(manifest, "sys/b"));
    assert_non_null(strstr(manifest, "  top\n"));
    g_free(manifest);
}

static void failure_leaves_nothing(void **state)
{
    fixture *f = *state;
    char *parent = g_build_filename(f->folder, "a", NULL);

    limit_files(8);
    bool ok = carry_out(f, (const char *[]){"sys/a", "one", "sys/b", "more than eight", NULL}, false);
    limit_files(RLIM_INFINITY);
    assert_false(ok);
    assert_int_equal(entries(parent), -1); /* not even the folders */

    assert_true(carry_out(f, (const char *[]){"sys/a", "one", NULL}, false));
    char *before = contents(f, "manifest.sha256");
    limit_files(8);
    ok = carry_out(f, (const char *[]){"sys/a", "two", "sys/new/b", "more than eight", NULL}, false);
    limit_files(RLIM_INFINITY);
    assert_false(ok);
    assert_contents(f, "sys/a", "one");
    assert_contents(f, "manifest.sha256", before);
    char *sys = path_of(f, "sys");
    assert_int_equal(entries(sys), 1);
    g_free(sys);
    g_free(before);
    g_free(parent);
}

static void killed_runs_are_cleaned_up(void **state)
{
    fixture *f = *state;

    assert_true(carry_out(f, (const char *[]){"sys/a", "one", NULL}, false));
    put(f, "sys/.bw-0123456789abcdef.tmp", "half");
    put(f, ".bw-0123456789abcdef.tmp", "half");
    put(f, "sys/.bw-notes.tmp", "no leftover");
    assert_true(carry_out(f, (const char *[]){"sys/a", "two", NULL}, false));
    assert_null(contents(f, "sys/.bw-0123456789abcdef.tmp"));
    assert_null(contents(f, ".bw-0123456789abcdef.tmp"));
    assert_contents(f, "sys/.bw-notes.tmp", "no leftover");
}

/* As after a kill between two renames: both sums are listed, the file has the new bytes. */
static void killed_between_renames(void **state)
{
    fixture *f = *state;

    assert_true(carry_out(f, (const char *[]){"sys/a", "one", NULL}, false));
    put(f, "manifest.sha256",
        "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  sys/a\n"
        "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3  sys/a\n"
        "nonsense\n");
    put(f, "sys/a", "two");
    assert_true(carry_out(f, (const char *[]){"sys/a", "three", NULL}, false));
    assert_contents(f, "sys/a", "three");
    assert_int_equal(f->findings.counts[BW_ERROR], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(single_file),
        TEST(single_file_refusals),
        TEST(single_file_on_a_full_disk),
        TEST(paths_stay_below),
        TEST(links_are_not_followed),
        TEST(writes_and_lists),
        TEST(equal_files_stay_untouched),
        TEST(edited_files_are_kept),
        TEST(edited_to_what_is_wanted_is_no_edit),
        TEST(foreign_files_are_kept),
        TEST(stale_files_go),
        TEST(failure_leaves_nothing),
        TEST(killed_runs_are_cleaned_up),
        TEST(killed_between_renames),
    };

    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
