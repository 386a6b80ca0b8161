/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Folders are searched no deeper than this. */
#define DEPTH_MAX 32

/* Room for the entries of nearly any folder, so that the kernel is asked once, and once more for "no more". */
#define ENTRIES_SIZE 32768

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* A folder still to be looked into. */
typedef struct below {
    const char *name;
    int folders; /* how many folders it holds; UNKNOWN if only reading tells */
} below;

#define UNKNOWN (-1)

typedef struct walker {
    bw_arena *arena;
    const char *name;
    bw_zephyr_order order;
    GArray *found;
    GString *path;        /* of the folder being looked into, as the root was given */
    const char *absolute; /* of the part's folder */
    bool loose;
    size_t root_len; /* bytes of path that name the part's folder */
    GArray *stack;   /* of below: of the folders on the way down */
    dev_t counting;  /* the device on which a folder's links tell how many folders it holds, or 0 */
    char entries[ENTRIES_SIZE];
} walker;

const char *bw_zephyr_path(bw_arena *arena, const char *dir, const char *name)
{
    if (strcmp(dir, ".") == 0)
        return bw_arena_strdup(arena, name);
    return bw_arena_join(arena, dir, strcmp(dir, "/") == 0 ? "" : "/", name);
}

const char *bw_zephyr_tidy_path(bw_arena *arena, const char *path)
{
    char *tidy = bw_arena_alloc(arena, strlen(path) + 2);
    char *end = tidy;

    if (*path == '/')
        *end++ = '/';
    while (*path) {
        size_t len = strcspn(path, "/");

        if (len && !(len == 1 && path[0] == '.')) {
            if (end > tidy && end[-1] != '/')
                *end++ = '/';
            memcpy(end, path, len);
            end += len;
        }
        path += len + (path[len] == '/');
    }
    if (end == tidy)
        *end++ = '.';
    *end = '\0';
    return tidy;
}

bool bw_zephyr_is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool bw_zephyr_is_dir(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

GPtrArray *bw_zephyr_names_in(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;

    if (!dir)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    while ((entry = readdir(dir)))
        if (!is_dots(entry->d_name))
            g_ptr_array_add(names, g_strdup(entry->d_name));
    closedir(dir);
    g_ptr_array_sort(names, compare_text);
    return names;
}

static bool is_real_dir(int folder, const char *name, unsigned char type)
{
    struct stat st;

    if (type != DT_UNKNOWN)
        return type == DT_DIR;
    return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static bool is_file_at(int folder, const char *name, unsigned char type)
{
    struct stat st;

    if (type == DT_REG)
        return true;
    return fstatat(folder, name, &st, 0) == 0 && S_ISREG(st.st_mode);
}

static void add_found(walker *w)
{
    bw_zephyr_dir *dir = bw_arena_new(w->arena, bw_zephyr_dir);
    bw_zephyr_found f = {.dir = dir};

    dir->path = bw_arena_strdup(w->arena, w->path->str);
    dir->loose = w->loose;
    dir->absolute = bw_arena_join(w->arena, w->absolute, w->path->str + w->root_len, "");
    f.path = bw_zephyr_path(w->arena, dir->path, w->name);
    g_array_append_val(w->found, f);
}

/*
 * On these file systems a folder has two links, and one more for each folder in it. So what is below most folders of
 * a Zephyr tree is known without reading them: nothing, or but a folder with the usual name.
 */
static dev_t counting_device(int folder)
{
    struct statfs fs;
    struct stat st;

    if (fstatfs(folder, &fs) != 0 || fstat(folder, &st) != 0)
        return 0;
    return fs.f_type == EXT4_SUPER_MAGIC || fs.f_type == XFS_SUPER_MAGIC || fs.f_type == TMPFS_MAGIC ? st.st_dev : 0;
}

/* @param path below the folder. @return whether it is a folder; then how many it holds, if the links tell. */
static bool count_folders(const walker *w, int folder, const char *path, int *count)
{
    struct stat st;

    *count = UNKNOWN;
    if (fstatat(folder, path, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode))
        return false;
    if (w->counting && st.st_dev == w->counting && st.st_nlink >= 2 && st.st_nlink < 1000)
        *count = (int)st.st_nlink - 2;
    return true;
}

static void note_below(walker *w, const char *name, int folders)
{
    below b = {bw_arena_strdup(w->arena, name), folders};

    g_array_append_val(w->stack, b);
}

/* Notes the folders in a folder. @return whether the file that is looked for is there, too. */
static bool read_folder(walker *w, int folder)
{
    bool here = false;
    ssize_t len;

    /* Not readdir(): it costs an allocation and a system call more for each of thousands of folders. */
    while ((len = getdents64(folder, w->entries, sizeof w->entries)) > 0)
        for (ssize_t at = 0; at < len;) {
            const struct dirent64 *entry = (const void *)(w->entries + at);

            at += entry->d_reclen;
            if (is_real_dir(folder, entry->d_name, entry->d_type)) {
                if (!is_dots(entry->d_name))
                    note_below(w, entry->d_name, UNKNOWN);
            } else if (strcmp(entry->d_name, w->name) == 0) {
                here = is_file_at(folder, entry->d_name, entry->d_type);
            }
        }
    return here;
}

/* Notes the folders in a folder that holds so many, if they have the names that one expects.
 * @param path of the folder, below the other. @return false if it has to be read. */
static bool guess_folders(walker *w, int folder, const char *path, const char *name, int count)
{
    static const char *const of_boards[] = {"doc", "support", NULL};
    static const char *const of_doc[] = {"img", NULL};
    guint first = w->stack->len;

    if (count < 0 || count > 2)
        return false;
    for (const char *const *guess = strcmp(name, "doc") == 0 ? of_doc : of_boards; *guess && count; guess++) {
        int inside;

        if (!count_folders(w, folder, bw_arena_join(w->arena, path, "/", *guess), &inside))
            continue;
        note_below(w, *guess, inside);
        count--;
    }
    if (count)
        g_array_set_size(w->stack, first);
    return count == 0;
}

static int compare_below(gconstpointer a, gconstpointer b)
{
    return strcmp(((const below *)a)->name, ((const below *)b)->name);
}

static void walk(walker *w, int folder, int depth);
static void visit(walker *w, int folder, const char *path, guint first, bool here, int depth);

/* @param path of the folder b, below the folder that is open */
static void look_into(walker *w, int folder, const char *path, const below *b, int depth)
{
    guint first = w->stack->len;
    int count = b->folders;
    struct stat st;

    if (count == UNKNOWN && w->counting)
        (void)count_folders(w, folder, path, &count);
    if (guess_folders(w, folder, path, b->name, count)) {
        bool here = fstatat(folder, bw_arena_join(w->arena, path, "/", w->name), &st, 0) == 0 && S_ISREG(st.st_mode);

        visit(w, folder, path, first, here, depth);
        return;
    }
    int opened = openat(folder, path, FOLDER_FLAGS | O_NOFOLLOW);
    if (opened < 0)
        return;
    walk(w, opened, depth);
    close(opened);
}

/* Looks into the folders on the stack from first on, and takes them off.
 * @param path where they are, below the folder that is open; NULL: in it. @param here whether the file is there, too */
static void visit(walker *w, int folder, const char *path, guint first, bool here, int depth)
{
    guint end = w->stack->len;
    gsize len = w->path->len;

    if (end - first > 1)
        qsort(&g_array_index(w->stack, below, first), end - first, sizeof(below), compare_below);
    for (guint i = first; i < end && depth < DEPTH_MAX; i++) {
        const below b = g_array_index(w->stack, below, i);

        if (here && (w->order == BW_ZEPHYR_TOP_FIRST || strcmp(w->name, b.name) < 0)) {
            add_found(w);
            here = false;
        }
        g_string_append_c(w->path, '/');
        g_string_append(w->path, b.name);
        look_into(w, folder, path ? bw_arena_join(w->arena, path, "/", b.name) : b.name, &b, depth + 1);
        g_string_truncate(w->path, len);
    }
    if (here)
        add_found(w);
    g_array_set_size(w->stack, first);
}

static void walk(walker *w, int folder, int depth)
{
    guint first = w->stack->len;
    bool here = read_folder(w, folder);

    visit(w, folder, NULL, first, here, depth);
}

static bool seen_before(const GPtrArray *seen, const char *absolute)
{
    for (guint i = 0; i < seen->len; i++)
        if (strcmp(seen->pdata[i], absolute) == 0)
            return true;
    return false;
}

static void add_part(bw_arena *arena, GArray *parts, const char *path, const char *absolute, const char *name)
{
    bw_zephyr_part part = {path, absolute, name == NULL, false};

    if (name) {
        part.path = bw_zephyr_path(arena, path, name);
        part.absolute = bw_zephyr_path(arena, absolute, name);
    }
    g_array_append_val(parts, part);
}

/* The folder alone, and each folder in it. */
static void split_root(bw_arena *arena, const char *path, const char *absolute, const char *name, bw_zephyr_order order,
                       GArray *parts)
{
    DIR *dir = opendir(path);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const struct dirent *entry;
    bool here = false;

    while (dir && (entry = readdir(dir)))
        if (is_real_dir(dirfd(dir), entry->d_name, entry->d_type) && !is_dots(entry->d_name))
            g_ptr_array_add(names, g_strdup(entry->d_name));
        else
            here |= strcmp(entry->d_name, name) == 0;
    if (dir)
        closedir(dir);
    g_ptr_array_sort(names, compare_text);
    for (guint i = 0; i < names->len; i++) {
        if (here && (order == BW_ZEPHYR_TOP_FIRST || strcmp(name, names->pdata[i]) < 0)) {
            add_part(arena, parts, path, absolute, NULL);
            here = false;
        }
        add_part(arena, parts, path, absolute, names->pdata[i]);
    }
    if (here)
        add_part(arena, parts, path, absolute, NULL);
    g_ptr_array_free(names, TRUE);
}

void bw_zephyr_split(bw_arena *arena, const char *const *roots, const char *folder, const char *name,
                     bw_zephyr_order order, GArray *parts)
{
    GPtrArray *seen = g_ptr_array_new_with_free_func(free);

    for (; roots && *roots; roots++) {
        char *absolute = realpath(*roots, NULL);

        if (!absolute)
            continue;
        if (!seen_before(seen, absolute)) {
            const char *root = bw_zephyr_tidy_path(arena, *roots);

            split_root(arena, bw_zephyr_path(arena, root, folder), bw_zephyr_path(arena, absolute, folder), name, order,
                       parts);
            g_ptr_array_add(seen, absolute);
        } else {
            free(absolute);
        }
    }
    g_ptr_array_free(seen, TRUE);
}

void bw_zephyr_split_loose(bw_arena *arena, const char *const *roots, const char *folder, GArray *parts)
{
    GPtrArray *seen = g_ptr_array_new_with_free_func(free);

    for (; roots && *roots; roots++) {
        const char *root = bw_zephyr_tidy_path(arena, *roots);
        char *absolute = bw_zephyr_is_dir(bw_zephyr_path(arena, root, folder)) ? NULL : realpath(*roots, NULL);

        if (absolute && !seen_before(seen, absolute)) {
            bw_zephyr_part part = {root, bw_arena_strdup(arena, absolute), false, true};

            g_array_append_val(parts, part);
            g_ptr_array_add(seen, absolute);
        } else {
            free(absolute);
        }
    }
    g_ptr_array_free(seen, TRUE);
}

void bw_zephyr_walk(bw_arena *arena, const bw_zephyr_part *part, const char *name, bw_zephyr_order order, GArray *found)
{
    walker *w = g_new(walker, 1);

    w->arena = arena;
    w->name = name;
    w->order = order;
    w->found = found;
    w->absolute = part->absolute;
    w->loose = part->loose;
    w->path = g_string_new(part->path);
    w->root_len = w->path->len;
    w->stack = g_array_new(FALSE, FALSE, sizeof(below));
    int folder = part->alone ? -1 : open(part->path, FOLDER_FLAGS);
    if (folder >= 0) {
        w->counting = counting_device(folder);
        walk(w, folder, 0);
        close(folder);
    } else if (part->alone && bw_zephyr_is_file(bw_zephyr_path(arena, part->path, name))) {
        add_found(w);
    }
    g_array_free(w->stack, TRUE);
    g_string_free(w->path, TRUE);
    g_free(w);
}
