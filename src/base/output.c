/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"

#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* /dev/null, a pipe, a terminal: nothing to rename. */
static bool write_through(const char *path, const void *bytes, size_t len, int *error_number)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        *error_number = errno;
        return false;
    }
    *error_number = bw_write_all(fd, bytes, len);
    if (close(fd) != 0 && *error_number == 0)
        *error_number = errno;
    return *error_number == 0;
}

static bool replace_file(const char *path, const void *bytes, size_t len, bool sync, int *error_number)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char *folder = !slash ? g_strdup(".") : slash == path ? g_strdup("/") : g_strndup(path, (size_t)(slash - path));
    bw_temp temp;
    int fd = -1;

    if (slash && access(folder, F_OK) != 0 && g_mkdir_with_parents(folder, 0777) != 0)
        *error_number = errno;
    else if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        *error_number = errno;
    else if (bw_file_equals(fd, name, bytes, len))
        *error_number = 0;
    else if ((*error_number = bw_temp_make(&temp, fd, name, bytes, len, sync)) == 0)
        *error_number = bw_temp_place(&temp, fd, name);
    if (fd >= 0)
        close(fd);
    g_free(folder);
    return *error_number == 0;
}

static bool write_file(const char *path, const void *bytes, size_t len, bool sync, int *error_number)
{
    struct stat st;
    char resolved[PATH_MAX];

    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
        /* A link of /dev to wherever standard output goes is no place to put another file. */
        if (g_str_has_prefix(path, "/dev/"))
            return write_through(path, bytes, len, error_number);
        if (!realpath(path, resolved)) {
            *error_number = errno;
            return false;
        }
        path = resolved;
    }
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        if (!S_ISDIR(st.st_mode))
            return write_through(path, bytes, len, error_number);
        *error_number = EISDIR;
        return false;
    }
    return replace_file(path, bytes, len, sync, error_number);
}

bool bw_write_file(const char *path, const void *bytes, size_t len, int *error_number)
{
    return write_file(path, bytes, len, true, error_number);
}

bool bw_write_file_unsynced(const char *path, const void *bytes, size_t len, int *error_number)
{
    return write_file(path, bytes, len, false, error_number);
}
