/* SPDX-License-Identifier: Apache-2.0 */
#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMP_PREFIX ".bw-"
#define TEMP_SUFFIX ".tmp"
#define TEMP_DIGITS 16

int bw_write_all(int fd, const void *bytes, size_t len)
{
    const char *p = bytes;

    while (len > 0) {
        ssize_t n = write(fd, p, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : ENOSPC;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

static bool holds(int fd, const void *bytes, size_t len)
{
    char block[16384];
    size_t done = 0;

    for (;;) {
        ssize_t n = read(fd, block, sizeof block);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 && done == len;
        if ((size_t)n > len - done || memcmp(block, (const char *)bytes + done, (size_t)n) != 0)
            return false;
        done += (size_t)n;
    }
}

bool bw_file_equals(int folder, const char *name, const void *bytes, size_t len)
{
    struct stat st;

    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size != len)
        return false;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    bool equal = holds(fd, bytes, len);
    close(fd);
    return equal;
}

/* The name does not grow with that of the file, which may be as long as the file system allows. */
int bw_temp_open(bw_temp *temp, int folder)
{
    for (int attempt = 0; attempt < 16; attempt++) {
        uint64_t number;

        if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
            return -1;
        snprintf(temp->name, sizeof temp->name, TEMP_PREFIX "%016" PRIx64 TEMP_SUFFIX, number);
        int fd = openat(folder, temp->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

int bw_temp_close(const bw_temp *temp, int fd, int folder, const char *name, bool sync, int error)
{
    struct stat st;

    if (error == 0 && fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
        fchmod(fd, st.st_mode & 0777) != 0)
        error = errno;
    if (error == 0 && sync && fsync(fd) != 0)
        error = errno;
    if (close(fd) != 0 && error == 0)
        error = errno;
    if (error != 0)
        unlinkat(folder, temp->name, 0);
    return error;
}

int bw_temp_make(bw_temp *temp, int folder, const char *name, const void *bytes, size_t len, bool sync)
{
    int fd = bw_temp_open(temp, folder);

    if (fd < 0)
        return errno;
    return bw_temp_close(temp, fd, folder, name, sync, bw_write_all(fd, bytes, len));
}

int bw_temp_place(bw_temp *temp, int folder, const char *name)
{
    if (renameat(folder, temp->name, folder, name) == 0)
        return 0;
    int error = errno;
    unlinkat(folder, temp->name, 0);
    return error;
}

bool bw_temp_is_name(const char *name)
{
    size_t prefix = strlen(TEMP_PREFIX);

    return strlen(name) == prefix + TEMP_DIGITS + strlen(TEMP_SUFFIX) && g_str_has_prefix(name, TEMP_PREFIX) &&
           g_str_has_suffix(name, TEMP_SUFFIX) && strspn(name + prefix, "0123456789abcdef") == TEMP_DIGITS;
}
