/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders are searched no deeper than this. */
#define DEPTH_MAX 32

typedef struct walker {
    bw_arena *arena;
    const char *name;
    bw_zephyr_order order;
    GArray *found;
    GString *path;        /* of the folder being read, as the root was given */
    const char *absolute; /* of the part's folder */
    size_t root_len;      /* bytes of path that name the part's folder */
} walker;

const char *bw_zephyr_path(bw_arena *arena, const char *dir, const char *name)
{
    if (strcmp(dir, ".") == 0)
        return bw_arena_strdup(arena, name);
    return bw_arena_printf(arena, strcmp(dir, "/") == 0 ? "%s%s" : "%s/%s", dir, name);
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

GPtrArray *bw_zephyr_names_in(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;

    if (!dir)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    while ((entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            g_ptr_array_add(names, g_strdup(entry->d_name));
    closedir(dir);
    g_ptr_array_sort(names, compare_text);
    return names;
}

static bool is_real_dir(int folder, const struct dirent *entry)
{
    struct stat st;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static bool is_file_at(int folder, const struct dirent *entry)
{
    struct stat st;

    if (entry->d_type == DT_REG)
        return true;
    return fstatat(folder, entry->d_name, &st, 0) == 0 && S_ISREG(st.st_mode);
}

static void add_found(walker *w)
{
    bw_zephyr_dir *dir = bw_arena_new(w->arena, bw_zephyr_dir);
    bw_zephyr_found f = {.dir = dir};

    dir->path = bw_arena_strdup(w->arena, w->path->str);
    dir->absolute = bw_arena_printf(w->arena, "%s%s", w->absolute, w->path->str + w->root_len);
    f.path = bw_zephyr_path(w->arena, dir->path, w->name);
    g_array_append_val(w->found, f);
}

static void walk(walker *w, int depth)
{
    DIR *dir = opendir(w->path->str);
    GPtrArray *folders = NULL; /* folders below; the file by its own name where it is to be sorted among them */
    const struct dirent *entry;
    bool here = false;

    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.' && (!entry->d_name[1] || (entry->d_name[1] == '.' && !entry->d_name[2])))
            continue;
        bool is_dir = is_real_dir(dirfd(dir), entry);
        if (!is_dir && strcmp(entry->d_name, w->name) == 0) {
            here = is_file_at(dirfd(dir), entry);
        } else if (is_dir && depth < DEPTH_MAX) {
            if (!folders)
                folders = g_ptr_array_new_with_free_func(g_free);
            g_ptr_array_add(folders, g_strdup(entry->d_name));
        }
    }
    closedir(dir);
    if (folders)
        g_ptr_array_sort(folders, compare_text);
    gsize len = w->path->len;
    for (guint i = 0; folders && i < folders->len; i++) {
        if (here && (w->order == BW_ZEPHYR_TOP_FIRST || strcmp(w->name, folders->pdata[i]) < 0)) {
            add_found(w);
            here = false;
        }
        g_string_append_c(w->path, '/');
        g_string_append(w->path, folders->pdata[i]);
        walk(w, depth + 1);
        g_string_truncate(w->path, len);
    }
    if (here)
        add_found(w);
    if (folders)
        g_ptr_array_free(folders, TRUE);
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
    bw_zephyr_part part = {path, absolute, name == NULL};

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
        if (is_real_dir(dirfd(dir), entry) && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
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

void bw_zephyr_walk(bw_arena *arena, const bw_zephyr_part *part, const char *name, bw_zephyr_order order, GArray *found)
{
    walker w = {.arena = arena, .name = name, .order = order, .found = found, .absolute = part->absolute};

    w.path = g_string_new(part->path);
    w.root_len = w.path->len;
    if (!part->alone)
        walk(&w, 0);
    else if (bw_zephyr_is_file(bw_zephyr_path(arena, part->path, name)))
        add_found(&w);
    g_string_free(w.path, TRUE);
}
