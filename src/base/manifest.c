/* SPDX-License-Identifier: Apache-2.0 */
#include "base/manifest.h"

#include <string.h>

#define SUM_LEN 64

void bw_manifest_init(bw_manifest *manifest)
{
    manifest->entries = g_array_new(FALSE, FALSE, sizeof(bw_manifest_entry));
}

void bw_manifest_free(bw_manifest *manifest)
{
    g_array_free(manifest->entries, TRUE);
}

void bw_manifest_add(bw_manifest *manifest, const char *path, const char *sum)
{
    bw_manifest_entry entry = {path, sum};

    g_array_append_val(manifest->entries, entry);
}

/* "<64 hexadecimal digits>  <path>" */
static void parse_line(bw_manifest *manifest, const char *line, size_t len, bw_arena *arena)
{
    if (len < SUM_LEN + 3 || line[SUM_LEN] != ' ' || line[SUM_LEN + 1] != ' ')
        return;
    for (size_t i = 0; i < SUM_LEN; i++)
        if (!g_ascii_isxdigit(line[i]))
            return;
    if (memchr(line, '\0', len))
        return;
    bw_manifest_add(manifest, bw_arena_strndup(arena, line + SUM_LEN + 2, len - SUM_LEN - 2),
                    bw_arena_strndup(arena, line, SUM_LEN));
}

void bw_manifest_parse(bw_manifest *manifest, const char *text, size_t len, bw_arena *arena)
{
    const char *end = text + len;

    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline ? newline : end;

        parse_line(manifest, text, (size_t)(stop - text), arena);
        text = newline ? newline + 1 : end;
    }
    bw_manifest_sort(manifest);
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const bw_manifest_entry *x = a;
    const bw_manifest_entry *y = b;
    int by_path = strcmp(x->path, y->path);

    return by_path ? by_path : strcmp(x->sum, y->sum);
}

void bw_manifest_sort(bw_manifest *manifest)
{
    g_array_sort(manifest->entries, compare);
}

bool bw_manifest_has(const bw_manifest *manifest, const char *path, const char *sum)
{
    guint low = 0;
    guint high = manifest->entries->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (strcmp(g_array_index(manifest->entries, bw_manifest_entry, middle).path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < manifest->entries->len; low++) {
        const bw_manifest_entry *e = &g_array_index(manifest->entries, bw_manifest_entry, low);

        if (strcmp(e->path, path) != 0)
            return false;
        if (!sum || strcmp(e->sum, sum) == 0)
            return true;
    }
    return false;
}

GString *bw_manifest_text(const bw_manifest *manifest)
{
    GString *text = g_string_new(NULL);
    const bw_manifest_entry *before = NULL;

    for (guint i = 0; i < manifest->entries->len; i++) {
        const bw_manifest_entry *e = &g_array_index(manifest->entries, bw_manifest_entry, i);

        if (!before || compare(before, e) != 0)
            g_string_append_printf(text, "%s  %s\n", e->sum, e->path);
        before = e;
    }
    return text;
}
