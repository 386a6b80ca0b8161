/* SPDX-License-Identifier: Apache-2.0 */
#include "base/plan.h"

#include "base/folder.h"
#include "base/manifest.h"
#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Larger files are not ours. */
#define READ_MAX ((off_t)1 << 30)
/* Bytes of a file that are read at once to know its checksum. */
#define PIECE ((size_t)256 * 1024)

typedef struct belonging {
    void *data;
    void (*free)(void *);
} belonging;

struct bw_plan {
    char *folder;
    bw_arena arena;
    GArray *files;    /* of bw_plan_file */
    GPtrArray *owned; /* sub-folders with a trailing '/' */
    GArray *kept;     /* of belonging */
    bw_manifest manifest;
};

bw_plan *bw_plan_new(const char *folder)
{
    bw_plan *plan = g_new0(bw_plan, 1);

    plan->folder = g_strdup(folder);
    bw_arena_init(&plan->arena);
    plan->files = g_array_new(FALSE, FALSE, sizeof(bw_plan_file));
    plan->owned = g_ptr_array_new();
    plan->kept = g_array_new(FALSE, FALSE, sizeof(belonging));
    bw_manifest_init(&plan->manifest);
    return plan;
}

void bw_plan_free(bw_plan *plan)
{
    if (!plan)
        return;
    for (guint i = plan->kept->len; i-- > 0;)
        g_array_index(plan->kept, belonging, i).free(g_array_index(plan->kept, belonging, i).data);
    g_array_free(plan->kept, TRUE);
    bw_manifest_free(&plan->manifest);
    g_ptr_array_free(plan->owned, TRUE);
    g_array_free(plan->files, TRUE);
    bw_arena_free(&plan->arena);
    g_free(plan->folder);
    g_free(plan);
}

const char *bw_plan_folder(const bw_plan *plan)
{
    return plan->folder;
}

const bw_plan_file *bw_plan_files(const bw_plan *plan, uint32_t *count)
{
    *count = plan->files->len;
    return (const bw_plan_file *)(void *)plan->files->data;
}

static bw_plan_file *file_at(const bw_plan *plan, guint i)
{
    return &g_array_index(plan->files, bw_plan_file, i);
}

/* @return the index of the path, or where it belongs (then *found is false). */
static guint find(const bw_plan *plan, const char *path, bool *found)
{
    guint low = 0;
    guint high = plan->files->len;

    *found = false;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        int order = strcmp(file_at(plan, middle)->path, path);

        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const char *sum_of(bw_plan *plan, const void *bytes, size_t len)
{
    char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, len);
    const char *kept = bw_arena_strdup(&plan->arena, sum);

    g_free(sum);
    return kept;
}

/* @return where a file of that path may be inserted, or UINT_MAX. */
static guint place_of(const bw_plan *plan, const char *path)
{
    bool found;
    guint at = find(plan, path, &found);

    return found || !bw_path_is_below(path) || strcmp(path, BW_MANIFEST_NAME) == 0 ? UINT_MAX : at;
}

bool bw_plan_add(bw_plan *plan, const char *path, const void *bytes, size_t len)
{
    guint at = place_of(plan, path);

    if (at == UINT_MAX)
        return false;
    bw_plan_file file = {
        .path = bw_arena_strdup(&plan->arena, path),
        .bytes = bw_arena_dup(&plan->arena, bytes, len),
        .len = len,
        .sum = sum_of(plan, bytes, len),
    };
    g_array_insert_val(plan->files, at, file);
    return true;
}

bool bw_plan_add_made(bw_plan *plan, const char *path, bw_plan_maker *make, void *user)
{
    guint at = place_of(plan, path);

    if (at == UINT_MAX)
        return false;
    bw_output *counter = bw_output_sum();
    make(user, counter);
    char *sum = bw_output_sum_close(counter);
    bw_plan_file file = {
        .path = bw_arena_strdup(&plan->arena, path),
        .make = make,
        .user = user,
        .sum = bw_arena_strdup(&plan->arena, sum),
    };
    g_free(sum);
    g_array_insert_val(plan->files, at, file);
    return true;
}

void bw_plan_keep(bw_plan *plan, void *data, void (*free_data)(void *))
{
    const belonging k = {data, free_data};

    g_array_append_val(plan->kept, k);
}

void bw_plan_owns(bw_plan *plan, const char *sub_folder)
{
    g_ptr_array_add(plan->owned, bw_arena_printf(&plan->arena, "%s/", sub_folder));
}

/* -- comparing ---------------------------------------------------------------------------------- */

static bool fail(const bw_plan *plan, const char *path, int number, bw_plan_error *error)
{
    error->number = number;
    snprintf(error->path, sizeof error->path, "%s%s%s", plan->folder, path ? "/" : "", path ? path : "");
    return false;
}

/* Opens a regular file below the folder. @return a descriptor, or -1 with @p error: ENOENT if there is none, ELOOP for
 * what is no regular file but can be replaced by one. */
static int open_below(int root, const char *path, size_t *len, int *error)
{
    struct stat st;
    int folder = bw_folder_of(root, path, false, NULL);

    *error = errno;
    if (folder < 0)
        return -1;
    int fd = openat(folder, bw_path_name(path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    *error = fd < 0 ? errno : 0;
    close(folder);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) != 0)
        *error = errno;
    else if (!S_ISREG(st.st_mode))
        *error = S_ISDIR(st.st_mode) ? EISDIR : ELOOP;
    else if (st.st_size > READ_MAX)
        *error = EFBIG;
    *len = (size_t)st.st_size;
    if (*error == 0)
        return fd;
    close(fd);
    return -1;
}

/* Reads all that is wanted. @return 0 or errno. */
static int read_all(int fd, size_t size, char *bytes)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = read(fd, bytes + done, size - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EAGAIN; /* it shrinks while we read */
        done += (size_t)n;
    }
    return 0;
}

static int read_below(int root, const char *path, char **bytes, size_t *len)
{
    int error;
    int fd = open_below(root, path, len, &error);

    if (fd < 0)
        return error;
    *bytes = g_malloc(*len + 1);
    error = read_all(fd, *len, *bytes);
    if (error != 0)
        g_clear_pointer(bytes, g_free);
    close(fd);
    return error;
}

/* The checksum of a file below the folder, in the plan's arena. @return 0 or errno, as open_below(). */
static int sum_below(bw_plan *plan, int root, const char *path, const char **sum)
{
    size_t len;
    int error;
    int fd = open_below(root, path, &len, &error);

    if (fd < 0)
        return error;
    GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);
    char *piece = g_malloc(PIECE);
    for (size_t done = 0; done < len && error == 0; done += MIN(len - done, PIECE)) {
        size_t n = MIN(len - done, PIECE);

        error = read_all(fd, n, piece);
        if (error == 0)
            g_checksum_update(checksum, (const guchar *)piece, (gssize)n);
    }
    *sum = bw_arena_strdup(&plan->arena, g_checksum_get_string(checksum));
    g_free(piece);
    g_checksum_free(checksum);
    close(fd);
    return error;
}

static bool read_manifest(bw_plan *plan, int root, bw_plan_error *error)
{
    char *text = NULL;
    size_t len = 0;
    int number = read_below(root, BW_MANIFEST_NAME, &text, &len);

    if (number == ENOENT)
        return true;
    if (number != 0)
        return fail(plan, BW_MANIFEST_NAME, number, error);
    bw_manifest_parse(&plan->manifest, text, len, &plan->arena);
    g_free(text);
    return true;
}

static bool compare_file(bw_plan *plan, int root, bw_plan_file *file, bw_plan_error *error)
{
    const char *sum = NULL;
    int number = sum_below(plan, root, file->path, &sum);

    if (number == ELOOP || number == EFBIG) {
        file->state = BW_PLAN_EDITED;
        return true;
    }
    if (number != 0) {
        file->state = BW_PLAN_NEW;
        return number == ENOENT || fail(plan, file->path, number, error);
    }
    file->old_sum = sum;
    if (strcmp(file->old_sum, file->sum) == 0)
        file->state = BW_PLAN_SAME;
    else
        file->state = bw_manifest_has(&plan->manifest, file->path, file->old_sum) ? BW_PLAN_CHANGED : BW_PLAN_EDITED;
    return true;
}

static bool is_owned(const bw_plan *plan, const char *path)
{
    for (guint i = 0; i < plan->owned->len; i++)
        if (g_str_has_prefix(path, plan->owned->pdata[i]))
            return true;
    return false;
}

/* Files of an earlier run that nobody wants any more. Edited ones are left alone, and forgotten. */
static void find_stale(bw_plan *plan, int root)
{
    for (guint i = 0; i < plan->manifest.entries->len; i++) {
        const bw_manifest_entry *e = &g_array_index(plan->manifest.entries, bw_manifest_entry, i);
        const char *sum = NULL;
        bool found;
        guint at = find(plan, e->path, &found);

        if (found || !bw_path_is_below(e->path) || !is_owned(plan, e->path) ||
            sum_below(plan, root, e->path, &sum) != 0)
            continue;
        if (bw_manifest_has(&plan->manifest, e->path, sum)) {
            bw_plan_file stale = {.path = e->path, .sum = sum, .old_sum = sum, .state = BW_PLAN_STALE};
            g_array_insert_val(plan->files, at, stale);
        }
    }
}

bool bw_plan_compare(bw_plan *plan, bw_plan_error *error)
{
    int root = bw_folder_open(plan->folder, false, NULL);

    if (root < 0) {
        for (guint i = 0; i < plan->files->len; i++)
            file_at(plan, i)->state = BW_PLAN_NEW;
        return errno == ENOENT || fail(plan, NULL, errno, error);
    }
    bool ok = read_manifest(plan, root, error);
    for (guint i = 0; i < plan->files->len && ok; i++)
        ok = compare_file(plan, root, file_at(plan, i), error);
    if (ok)
        find_stale(plan, root);
    close(root);
    return ok;
}

bool bw_plan_report_edited(const bw_plan *plan, bw_findings *findings)
{
    bool ok = true;

    for (guint i = 0; i < plan->files->len; i++) {
        const bw_plan_file *file = file_at(plan, i);

        if (file->state != BW_PLAN_EDITED)
            continue;
        bool known = bw_manifest_has(&plan->manifest, file->path, NULL);
        char *path = g_strdup_printf("%s/%s", plan->folder, file->path);
        bw_finding *f =
            bw_findings_add(findings, BW_CODE_build_edited_file, bw_file_place(path),
                            known ? "the file was edited since boardwright wrote it, so it is not overwritten"
                                  : "the file was not written by boardwright, so it is not overwritten");
        bw_finding_cure(f, "keep a copy of your changes, then build with --force");
        ok = ok && (!f || f->severity != BW_ERROR);
        g_free(path);
    }
    return ok;
}

/* -- writing ------------------------------------------------------------------------------------ */

/* What a run in progress has to take back when it fails. */
typedef struct staging {
    int root;
    GPtrArray *made_root; /* folders up to the root, absolute or as given */
    GPtrArray *made;      /* folders below it */
    GArray *temps;        /* of staged */
    bool placed;          /* a file has got its name: too late to take back */
} staging;

typedef struct staged {
    bw_temp temp;
    const char *path;
    bool placed;
} staged;

static void take_back(staging *s)
{
    for (guint i = 0; i < s->temps->len; i++) {
        staged *t = &g_array_index(s->temps, staged, i);
        int folder = t->placed ? -1 : bw_folder_of(s->root, t->path, false, NULL);

        if (folder >= 0) {
            unlinkat(folder, t->temp.name, 0);
            close(folder);
        }
    }
    for (guint i = s->made->len; i-- > 0 && !s->placed;)
        unlinkat(s->root, s->made->pdata[i], AT_REMOVEDIR);
    for (guint i = s->made_root->len; i-- > 0 && !s->placed;)
        rmdir(s->made_root->pdata[i]);
}

/* @return 0 or errno. */
static int make_temp(bw_temp *temp, int folder, const bw_plan_file *file)
{
    const char *name = bw_path_name(file->path);

    if (!file->make)
        return bw_temp_make(temp, folder, name, file->bytes, file->len, true);
    int fd = bw_temp_open(temp, folder);
    if (fd < 0)
        return errno;
    bw_output *out = bw_output_on(fd);
    file->make(file->user, out);
    return bw_temp_close(temp, fd, folder, name, true, bw_output_off(out));
}

/* Makes a file under a temporary name. @return 0 or errno. */
static int stage(staging *s, const bw_plan_file *file)
{
    staged t = {.path = file->path};
    int folder = bw_folder_of(s->root, file->path, true, s->made);

    if (folder < 0)
        return errno;
    int error = make_temp(&t.temp, folder, file);
    close(folder);
    if (error == 0)
        g_array_append_val(s->temps, t);
    return error;
}

/* Gives a staged file its name and makes the name last. @return 0 or errno. */
static int place(staging *s, staged *t)
{
    int folder = bw_folder_of(s->root, t->path, false, NULL);

    if (folder < 0)
        return errno;
    int error = bw_temp_place(&t->temp, folder, bw_path_name(t->path));
    t->placed = true;
    s->placed = s->placed || error == 0;
    if (error == 0)
        fsync(folder);
    close(folder);
    return error;
}

static bool is_to_write(const bw_plan_file *file, bool force)
{
    return file->state == BW_PLAN_NEW || file->state == BW_PLAN_CHANGED || (file->state == BW_PLAN_EDITED && force);
}

/* The manifest after the run, or while it is in progress: then with the old sums, too. */
static GString *manifest_text(const bw_plan *plan, bool force, bool in_progress)
{
    bw_manifest manifest;

    bw_manifest_init(&manifest);
    for (guint i = 0; i < plan->manifest.entries->len; i++) {
        const bw_manifest_entry *e = &g_array_index(plan->manifest.entries, bw_manifest_entry, i);
        bool found;
        guint at = find(plan, e->path, &found);
        bool kept = found ? file_at(plan, at)->state == BW_PLAN_EDITED && !force : !is_owned(plan, e->path);

        if (kept || in_progress)
            bw_manifest_add(&manifest, e->path, e->sum);
    }
    for (guint i = 0; i < plan->files->len; i++) {
        const bw_plan_file *f = file_at(plan, i);

        if (is_to_write(f, force) || f->state == BW_PLAN_SAME)
            bw_manifest_add(&manifest, f->path, f->sum);
    }
    bw_manifest_sort(&manifest);
    GString *text = bw_manifest_text(&manifest);
    bw_manifest_free(&manifest);
    return text;
}

static int write_manifest(const bw_plan *plan, staging *s, bool force, bool in_progress)
{
    GString *text = manifest_text(plan, force, in_progress);
    bw_temp temp;
    int error = 0;

    if (!bw_file_equals(s->root, BW_MANIFEST_NAME, text->str, text->len)) {
        error = bw_temp_make(&temp, s->root, BW_MANIFEST_NAME, text->str, text->len, true);
        if (error == 0)
            error = bw_temp_place(&temp, s->root, BW_MANIFEST_NAME);
        s->placed = s->placed || error == 0;
        fsync(s->root);
    }
    g_string_free(text, TRUE);
    return error;
}

static void clean_folders(const bw_plan *plan, int root)
{
    for (guint i = 0; i < plan->files->len; i++) {
        int folder = bw_folder_of(root, file_at(plan, i)->path, false, NULL);

        if (folder >= 0) {
            bw_folder_clean(folder);
            close(folder);
        }
    }
    bw_folder_clean(root);
}

static void remove_stale(const bw_plan *plan, int root)
{
    for (guint i = 0; i < plan->files->len; i++) {
        const bw_plan_file *file = file_at(plan, i);
        int folder = file->state == BW_PLAN_STALE ? bw_folder_of(root, file->path, false, NULL) : -1;

        if (folder >= 0) {
            unlinkat(folder, bw_path_name(file->path), 0);
            close(folder);
        }
    }
}

static bool write_staged(bw_plan *plan, staging *s, bool force, bw_plan_error *error)
{
    int number = 0;
    bool any = false;

    for (guint i = 0; i < plan->files->len; i++) {
        const bw_plan_file *file = file_at(plan, i);

        if (!is_to_write(file, force))
            continue;
        any = true;
        if ((number = stage(s, file)) != 0)
            return fail(plan, file->path, number, error);
    }
    if (any && (number = write_manifest(plan, s, force, true)) != 0)
        return fail(plan, BW_MANIFEST_NAME, number, error);
    for (guint i = 0; i < s->temps->len; i++) {
        staged *t = &g_array_index(s->temps, staged, i);

        if ((number = place(s, t)) != 0)
            return fail(plan, t->path, number, error);
    }
    remove_stale(plan, s->root);
    if ((number = write_manifest(plan, s, force, false)) != 0)
        return fail(plan, BW_MANIFEST_NAME, number, error);
    return true;
}

bool bw_plan_write(bw_plan *plan, bool force, bw_plan_error *error)
{
    staging s = {.made_root = g_ptr_array_new_with_free_func(g_free),
                 .made = g_ptr_array_new_with_free_func(g_free),
                 .temps = g_array_new(FALSE, FALSE, sizeof(staged))};
    bool ok;

    s.root = bw_folder_open(plan->folder, true, s.made_root);
    /* The lock goes with the descriptor; without it two runs would clean up after each other. */
    if (s.root < 0 || flock(s.root, LOCK_EX) != 0) {
        ok = fail(plan, NULL, errno, error);
    } else {
        clean_folders(plan, s.root);
        ok = write_staged(plan, &s, force, error);
    }
    if (!ok)
        take_back(&s);
    if (s.root >= 0)
        close(s.root);
    g_array_free(s.temps, TRUE);
    g_ptr_array_free(s.made, TRUE);
    g_ptr_array_free(s.made_root, TRUE);
    return ok;
}
