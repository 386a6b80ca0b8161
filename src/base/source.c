/* SPDX-License-Identifier: Apache-2.0 */
#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct bw_sources {
    GMutex lock;
    GHashTable *by_path; /* path -> entry */
    GPtrArray *loose;    /* sources that are not files */
};

typedef struct entry {
    GMutex reading; /* held by who reads the file first, so that other files can be read meanwhile */
    _Atomic(bool) done;
    bw_source *source; /* NULL: could not be opened */
    int error;
} entry;

static void source_free(void *data)
{
    bw_source *s = data;

    if (!s)
        return;
    for (int i = 0; i < 2; i++)
        if (s->lexed[i])
            s->lexed_free((void *)(uintptr_t)s->lexed[i]);
    if (s->mapped)
        g_mapped_file_unref(s->mapped);
    g_free(s->copied);
    g_free(atomic_load(&s->lines));
    if (s->marks) {
        for (guint i = 0; i < s->marks->len; i++)
            g_free((char *)(uintptr_t)g_array_index(s->marks, bw_line_mark, i).file);
        g_array_free(s->marks, TRUE);
    }
    g_mutex_clear(&s->lock);
    g_free((char *)(uintptr_t)s->path);
    g_free((char *)(uintptr_t)s->dir);
    g_free(s);
}

static entry *entry_new(void)
{
    entry *e = g_new0(entry, 1);

    g_mutex_init(&e->reading);
    return e;
}

static void entry_free(void *data)
{
    entry *e = data;

    source_free(e->source);
    g_mutex_clear(&e->reading);
    g_free(e);
}

bw_sources *bw_sources_new(void)
{
    bw_sources *sources = g_new0(bw_sources, 1);

    g_mutex_init(&sources->lock);
    sources->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    sources->loose = g_ptr_array_new_with_free_func(source_free);
    return sources;
}

void bw_sources_free(bw_sources *sources)
{
    if (!sources)
        return;
    g_hash_table_destroy(sources->by_path);
    g_ptr_array_free(sources->loose, TRUE);
    g_mutex_clear(&sources->lock);
    g_free(sources);
}

static bw_source *source_new(const char *path)
{
    bw_source *s = g_new0(bw_source, 1);
    const char *slash = strrchr(path, '/');

    g_mutex_init(&s->lock);
    s->path = g_strdup(path);
    s->dir = slash ? g_strndup(path, (size_t)(slash - path) + 1) : g_strdup("");
    return s;
}

/* Reads a descriptor to its end (pipes, standard input, files that end on a page boundary). */
static char *read_all(int fd, size_t *len, int *error)
{
    GByteArray *bytes = g_byte_array_new();
    guint8 buffer[65536];

    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || bytes->len + (size_t)n > BW_SOURCE_MAX) {
            *error = n < 0 ? errno : EFBIG;
            g_byte_array_free(bytes, TRUE);
            return NULL;
        }
        if (n == 0)
            break;
        g_byte_array_append(bytes, buffer, (guint)n);
    }
    *len = bytes->len;
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(bytes, FALSE);
}

/* A small regular file, in one go as a rule. @return NULL when it is not of that size any more. */
static char *read_small(int fd, size_t size, size_t *len)
{
    char *text = g_malloc(size + 1);
    size_t have = 0;
    ssize_t n;

    /* One byte more than there should be shows whether there is more. */
    while ((n = read(fd, text + have, size + 1 - have)) > 0 && (have += (size_t)n) < size)
        continue;
    if (have != size) {
        g_free(text);
        lseek(fd, 0, SEEK_SET);
        return NULL;
    }
    text[have] = '\0';
    *len = have;
    return text;
}

/* Below this a copy is cheaper than the kernel's work for a mapping (measured: 6 µs a file). */
#define MAP_MIN 16384

/* Maps the file when the zero bytes that fill its last page can serve as the end mark. */
static bool fill(bw_source *s, int fd, const struct stat *st, int *error)
{
    size_t len = 0;

    if (S_ISREG(st->st_mode) && st->st_size >= MAP_MIN && st->st_size % sysconf(_SC_PAGESIZE) != 0) {
        s->mapped = g_mapped_file_new_from_fd(fd, FALSE, NULL);
        if (s->mapped) {
            s->text = g_mapped_file_get_contents(s->mapped);
            s->len = (uint32_t)g_mapped_file_get_length(s->mapped);
            return true;
        }
    }
    if (S_ISREG(st->st_mode) && st->st_size > 0 && st->st_size < MAP_MIN)
        s->copied = read_small(fd, (size_t)st->st_size, &len);
    if (!s->copied)
        s->copied = read_all(fd, &len, error);
    s->text = s->copied;
    s->len = (uint32_t)len;
    return s->copied != NULL;
}

static bw_source *open_source(const char *path, int *error)
{
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    bw_source *s = NULL;

    if (fd < 0) {
        *error = errno;
        return NULL;
    }
    if (fstat(fd, &st) < 0) {
        *error = errno;
    } else if (S_ISDIR(st.st_mode)) {
        *error = EISDIR;
    } else if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > BW_SOURCE_MAX) {
        *error = EFBIG;
    } else {
        s = source_new(standard_input ? "<stdin>" : path);
        if (!fill(s, fd, &st, error)) {
            source_free(s);
            s = NULL;
        }
    }
    if (!standard_input)
        close(fd);
    return s;
}

bw_source *bw_source_open(bw_sources *sources, const char *path, int *error_number)
{
    g_mutex_lock(&sources->lock);
    entry *e = g_hash_table_lookup(sources->by_path, path);
    if (!e) {
        e = entry_new();
        g_hash_table_insert(sources->by_path, g_strdup(path), e);
    }
    g_mutex_unlock(&sources->lock);
    if (!atomic_load_explicit(&e->done, memory_order_acquire)) {
        g_mutex_lock(&e->reading);
        if (!atomic_load(&e->done)) {
            e->source = open_source(path, &e->error);
            atomic_store_explicit(&e->done, true, memory_order_release);
        }
        g_mutex_unlock(&e->reading);
    }
    if (!e->source && error_number)
        *error_number = e->error;
    return e->source;
}

static bw_source *source_of_bytes(const char *path, const void *bytes, size_t len)
{
    bw_source *s = source_new(path);

    s->copied = g_malloc(len + 1);
    if (len)
        memcpy(s->copied, bytes, len);
    s->copied[len] = '\0';
    s->text = s->copied;
    s->len = (uint32_t)len;
    return s;
}

bw_source *bw_source_from_memory(bw_sources *sources, const char *path, const char *text, size_t len)
{
    bw_source *s = source_of_bytes(path, text, len > BW_SOURCE_MAX ? BW_SOURCE_MAX : len);

    g_mutex_lock(&sources->lock);
    g_ptr_array_add(sources->loose, s);
    g_mutex_unlock(&sources->lock);
    return s;
}

bw_source *bw_source_add(bw_sources *sources, const char *path, const void *bytes, size_t len)
{
    bw_source *s = NULL;

    g_mutex_lock(&sources->lock);
    if (len <= BW_SOURCE_MAX && !g_hash_table_contains(sources->by_path, path)) {
        entry *e = entry_new();
        e->source = s = source_of_bytes(path, bytes, len);
        atomic_store(&e->done, true);
        g_hash_table_insert(sources->by_path, g_strdup(path), e);
    }
    g_mutex_unlock(&sources->lock);
    return s;
}

static const uint32_t *line_table(bw_source *source)
{
    uint32_t *lines = atomic_load_explicit(&source->lines, memory_order_acquire);

    if (lines)
        return lines;
    g_mutex_lock(&source->lock);
    lines = atomic_load(&source->lines);
    if (!lines) {
        uint32_t count = 1;

        for (uint32_t i = 0; i < source->len; i++)
            count += source->text[i] == '\n';
        lines = g_new(uint32_t, count + 1);
        lines[0] = 0;
        uint32_t n = 1;
        for (uint32_t i = 0; i < source->len; i++)
            if (source->text[i] == '\n')
                lines[n++] = i + 1;
        lines[count] = source->len + 1;
        source->line_count = count;
        atomic_store_explicit(&source->lines, lines, memory_order_release);
    }
    g_mutex_unlock(&source->lock);
    return lines;
}

void bw_source_position(bw_source *source, uint32_t offset, uint32_t *line, uint32_t *column)
{
    const uint32_t *lines = line_table(source);
    uint32_t low = 0;
    uint32_t high = source->line_count;

    if (offset > source->len)
        offset = source->len;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    *line = low + 1;
    *column = offset - lines[low] + 1;
}

bool bw_source_line(bw_source *source, uint32_t line, const char **text, uint32_t *len)
{
    const uint32_t *lines = line_table(source);

    if (line == 0 || line > source->line_count)
        return false;
    uint32_t begin = lines[line - 1];
    uint32_t end = lines[line] - 1;
    while (end > begin && (source->text[end - 1] == '\r' || source->text[end - 1] == '\n'))
        end--;
    *text = source->text + begin;
    *len = end - begin;
    return true;
}
