/* SPDX-License-Identifier: Apache-2.0 */
#include "base/folder.h"

#include "base/replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *bw_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool is_good_part(const char *part, size_t len)
{
    if (len == 0 || len > 255 || (len == 1 && part[0] == '.') || (len == 2 && part[0] == '.' && part[1] == '.'))
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)part[i] < 0x20 || part[i] == 0x7f || part[i] == '\\')
            return false;
    return true;
}

bool bw_path_is_below(const char *path)
{
    if (strlen(path) > 2048)
        return false;
    for (;;) {
        size_t len = strcspn(path, "/");

        if (!is_good_part(path, len))
            return false;
        if (path[len] == '\0')
            return true;
        path += len + 1;
    }
}

int bw_folder_open(const char *path, bool make, GPtrArray *made)
{
    for (const char *p = path; make && *p;) {
        p += strspn(p, "/");
        p += strcspn(p, "/");
        char *prefix = g_strndup(path, (size_t)(p - path));
        if (mkdir(prefix, 0777) == 0) {
            g_ptr_array_add(made, prefix);
            continue;
        }
        int error = errno;
        struct stat st;
        bool there = stat(prefix, &st) == 0 && S_ISDIR(st.st_mode);
        g_free(prefix);
        if (!there) {
            errno = error == EEXIST ? ENOTDIR : error;
            return -1;
        }
    }
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int step(int folder, const char *part, bool make, bool *made)
{
    *made = make && mkdirat(folder, part, 0777) == 0;
    if (make && !*made && errno != EEXIST)
        return -1;
    return openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int bw_folder_of(int root, const char *path, bool make, GPtrArray *made)
{
    int folder = fcntl(root, F_DUPFD_CLOEXEC, 0);

    for (const char *p = path; folder >= 0;) {
        size_t len = strcspn(p, "/");
        bool is_new;

        if (p[len] == '\0')
            return folder;
        char *part = g_strndup(p, len);
        p += len + 1;
        int next = step(folder, part, make, &is_new);
        int error = errno;
        if (is_new)
            g_ptr_array_add(made, g_strndup(path, (size_t)(p - path - 1)));
        g_free(part);
        close(folder);
        errno = error;
        folder = next;
    }
    return -1;
}

void bw_folder_clean(int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(dir));)
        if (bw_temp_is_name(e->d_name))
            unlinkat(folder, e->d_name, 0);
    closedir(dir);
}
