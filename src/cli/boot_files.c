/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/boot_files.h"

#include "base/output.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* "plank_m33" of "plank/m33". */
char *bw_boot_file_name(const bw_target *target)
{
    char *base = target->board ? g_strdup(target->name) : g_path_get_basename(target->name);

    for (char *p = base; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("._+-@", *p))
            *p = '_';
    if (*base == '.')
        *base = '_';
    return base;
}

void bw_boot_remove_folder(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)) != NULL) {
        char *inner = g_build_filename(path, name, NULL);
        struct stat st;

        if (lstat(inner, &st) == 0 && S_ISDIR(st.st_mode))
            bw_boot_remove_folder(inner);
        else
            g_unlink(inner);
        g_free(inner);
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(path);
}

bool bw_boot_write_file(const char *folder, const char *name, const GString *text, bool executable)
{
    char *path = g_build_filename(folder, name, NULL);
    int error;
    bool ok = bw_write_file_unsynced(path, text->str, text->len, &error);

    if (!ok)
        fprintf(stderr, "boardwright boot: %s cannot be written: %s\n", path, g_strerror(error));
    else if (executable)
        g_chmod(path, 0755);
    g_free(path);
    return ok;
}

/* Where the log of a run stays that keeps nothing else. */
static char *log_folder(void)
{
    return g_build_filename(g_get_user_cache_dir(), "boardwright", "boot", NULL);
}

char *bw_boot_keep(const char *kept, const char *name, GString *log, GString *script, bool *ok)
{
    char *folder = kept ? g_strdup(kept) : log_folder();
    char *file = kept ? g_strdup("console.log") : g_strconcat(name, ".log", NULL);
    char *path = g_build_filename(folder, file, NULL);

    if (!bw_boot_write_file(folder, file, log, false) || (kept && !bw_boot_write_file(kept, "run.sh", script, true)))
        *ok = false;
    g_string_free(log, TRUE);
    g_string_free(script, TRUE);
    g_free(folder);
    g_free(file);
    return path;
}
