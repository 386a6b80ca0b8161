/* SPDX-License-Identifier: Apache-2.0 */
#include "base/below.h"

#include "base/folder.h"
#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

bool bw_below_is_safe(const char *path)
{
    return bw_path_is_below(path);
}

int bw_below_open(const char *folder, int *error_number)
{
    GPtrArray *made = g_ptr_array_new_with_free_func(g_free);
    int fd = bw_folder_open(folder, true, made);

    *error_number = errno;
    g_ptr_array_free(made, TRUE);
    return fd;
}

/* The folder that a path lies in, made if it is not there. */
static int open_around(int root, const char *path, int *error_number)
{
    GPtrArray *made = g_ptr_array_new_with_free_func(g_free);
    int fd = -1;

    if (bw_path_is_below(path)) {
        fd = bw_folder_of(root, path, true, made);
        *error_number = errno;
    } else {
        *error_number = EINVAL;
    }
    g_ptr_array_free(made, TRUE);
    return fd;
}

bool bw_below_write(int root, const char *path, const void *bytes, size_t len, bool force, int *error_number)
{
    const char *name = bw_path_name(path);
    int folder = open_around(root, path, error_number);
    struct stat st;
    bw_temp temp;

    if (folder < 0)
        return false;
    if (bw_file_equals(folder, name, bytes, len))
        *error_number = 0;
    else if (!force && fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        *error_number = EEXIST;
    else if ((*error_number = bw_temp_make(&temp, folder, name, bytes, len, false)) == 0)
        *error_number = bw_temp_place(&temp, folder, name);
    close(folder);
    return *error_number == 0;
}

bool bw_below_make_folder(int root, const char *path, int *error_number)
{
    int folder = open_around(root, path, error_number);

    if (folder < 0)
        return false;
    *error_number = 0;
    if (mkdirat(folder, bw_path_name(path), 0777) != 0 && errno != EEXIST)
        *error_number = errno;
    /* What is there may be a link, or no folder. */
    int fd = *error_number ? -1 : openat(folder, bw_path_name(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    else if (*error_number == 0)
        *error_number = errno == ELOOP ? ENOTDIR : errno;
    close(folder);
    return *error_number == 0;
}
