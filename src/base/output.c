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

/* The folder that a file lies in, open, and made if it is not there. @return a descriptor, or -1. */
static int open_folder(const char *path, const char **name, int *error_number)
{
    const char *slash = strrchr(path, '/');
    char *folder = !slash ? g_strdup(".") : slash == path ? g_strdup("/") : g_strndup(path, (size_t)(slash - path));
    int fd = -1;

    *name = slash ? slash + 1 : path;
    if (slash && access(folder, F_OK) != 0 && g_mkdir_with_parents(folder, 0777) != 0)
        *error_number = errno;
    else if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        *error_number = errno;
    g_free(folder);
    return fd;
}

static bool replace_file(const char *path, const void *bytes, size_t len, bool sync, int *error_number)
{
    const char *name;
    bw_temp temp;
    int fd = open_folder(path, &name, error_number);

    if (fd < 0)
        return false;
    if (bw_file_equals(fd, name, bytes, len))
        *error_number = 0;
    else if ((*error_number = bw_temp_make(&temp, fd, name, bytes, len, sync)) == 0)
        *error_number = bw_temp_place(&temp, fd, name);
    close(fd);
    return *error_number == 0;
}

typedef enum way { WAY_NONE, WAY_THROUGH, WAY_REPLACE } way;

/* How a path is to be written; links are followed into @p resolved. */
static way way_of(const char **path, char resolved[PATH_MAX], int *error_number)
{
    struct stat st;

    if (lstat(*path, &st) == 0 && S_ISLNK(st.st_mode)) {
        /* A link of /dev to wherever standard output goes is no place to put another file. */
        if (g_str_has_prefix(*path, "/dev/"))
            return WAY_THROUGH;
        if (!realpath(*path, resolved)) {
            *error_number = errno;
            return WAY_NONE;
        }
        *path = resolved;
    }
    if (stat(*path, &st) == 0 && !S_ISREG(st.st_mode)) {
        if (!S_ISDIR(st.st_mode))
            return WAY_THROUGH;
        *error_number = EISDIR;
        return WAY_NONE;
    }
    return WAY_REPLACE;
}

static bool write_file(const char *path, const void *bytes, size_t len, bool sync, int *error_number)
{
    char resolved[PATH_MAX];
    way w = way_of(&path, resolved, error_number);

    if (w == WAY_THROUGH)
        return write_through(path, bytes, len, error_number);
    return w == WAY_REPLACE && replace_file(path, bytes, len, sync, error_number);
}

bool bw_write_file(const char *path, const void *bytes, size_t len, int *error_number)
{
    return write_file(path, bytes, len, true, error_number);
}

bool bw_write_file_unsynced(const char *path, const void *bytes, size_t len, int *error_number)
{
    return write_file(path, bytes, len, false, error_number);
}

/* ---- piece by piece ---- */

#define PIECE 65536U

struct bw_output {
    GChecksum *sum; /* NULL, or where all goes */
    int fd;
    int folder;       /* -1: written through */
    char *path;       /* links followed */
    const char *name; /* in path */
    bw_temp temp;
    int error;
    uint32_t len;
    uint8_t piece[PIECE];
};

static bw_output *output_new(int fd)
{
    bw_output *o = g_new(bw_output, 1);

    o->sum = NULL;
    o->fd = fd;
    o->folder = -1;
    o->path = NULL;
    o->error = 0;
    o->len = 0;
    return o;
}

bw_output *bw_output_open(const char *path, int *error_number)
{
    char resolved[PATH_MAX];
    way w = way_of(&path, resolved, error_number);

    if (w == WAY_NONE)
        return NULL;
    bw_output *o = output_new(-1);
    o->path = g_strdup(path);
    if (w == WAY_THROUGH) {
        o->fd = open(o->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        *error_number = errno;
    } else if ((o->folder = open_folder(o->path, &o->name, error_number)) >= 0) {
        o->fd = bw_temp_open(&o->temp, o->folder);
        *error_number = errno;
    } else {
        o->fd = -1;
    }
    if (o->fd >= 0)
        return o;
    if (o->folder >= 0)
        close(o->folder);
    g_free(o->path);
    g_free(o);
    return NULL;
}

static void put(bw_output *o, const void *bytes, size_t len)
{
    if (o->sum)
        g_checksum_update(o->sum, bytes, (gssize)len);
    else if (o->error == 0 && len)
        o->error = bw_write_all(o->fd, bytes, len);
}

static void flush(bw_output *o)
{
    put(o, o->piece, o->len);
    o->len = 0;
}

void bw_output_write(bw_output *o, const void *bytes, size_t len)
{
    if (len > PIECE - o->len)
        flush(o);
    if (len >= PIECE) {
        put(o, bytes, len);
        return;
    }
    memcpy(o->piece + o->len, bytes, len);
    o->len += (uint32_t)len;
}

void bw_output_fill(bw_output *o, uint8_t byte, uint64_t count)
{
    while (count > 0) {
        uint32_t n = (uint32_t)MIN(count, PIECE - o->len);

        memset(o->piece + o->len, byte, n);
        o->len += n;
        count -= n;
        if (o->len == PIECE)
            flush(o);
    }
}

bool bw_output_close(bw_output *o, bool keep, int *error_number)
{
    flush(o);
    if (!keep && o->error == 0)
        o->error = ECANCELED;
    if (o->folder < 0) {
        if (close(o->fd) != 0 && o->error == 0)
            o->error = errno;
    } else {
        o->error = bw_temp_close(&o->temp, o->fd, o->folder, o->name, true, o->error);
        if (o->error == 0)
            o->error = bw_temp_place(&o->temp, o->folder, o->name);
        close(o->folder);
    }
    *error_number = o->error;
    g_free(o->path);
    g_free(o);
    return *error_number == 0;
}

bw_output *bw_output_sum(void)
{
    bw_output *o = output_new(-1);

    o->sum = g_checksum_new(G_CHECKSUM_SHA256);
    return o;
}

char *bw_output_sum_close(bw_output *o)
{
    flush(o);
    char *digits = g_strdup(g_checksum_get_string(o->sum));
    g_checksum_free(o->sum);
    g_free(o);
    return digits;
}

bw_output *bw_output_on(int fd)
{
    return output_new(fd);
}

int bw_output_off(bw_output *o)
{
    flush(o);
    int error = o->error;
    g_free(o);
    return error;
}
