/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over the files given, and over all files of the folders given: a test of what the
 * fuzzers once found, in any build. Speaks TAP; a crash ends it, so the file named last is the culprit.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

static void add(GPtrArray *paths, const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);

    if (!dir) {
        g_ptr_array_add(paths, g_strdup(path));
        return;
    }
    for (const char *name; (name = g_dir_read_name(dir));)
        g_ptr_array_add(paths, g_build_filename(path, name, NULL));
    g_dir_close(dir);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    int failed = 0;

    for (int i = 1; i < argc; i++)
        add(paths, argv[i]);
    g_ptr_array_sort(paths, by_name);
    printf("1..%u\n", paths->len);
    for (guint i = 0; i < paths->len; i++) {
        char *path = paths->pdata[i];
        char *name = g_path_get_basename(path);
        char *data = NULL;
        gsize len = 0;

        printf("# %s\n", path);
        fflush(stdout);
        bool read = g_file_get_contents(path, &data, &len, NULL);
        if (read)
            LLVMFuzzerTestOneInput((const uint8_t *)data, len);
        printf("%sok %u - %s\n", read ? "" : "not ", i + 1, name);
        failed += !read;
        g_free(data);
        g_free(name);
    }
    g_ptr_array_free(paths, TRUE);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
