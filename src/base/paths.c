/* SPDX-License-Identifier: Apache-2.0 */
#include "base/paths.h"

#include <glib.h>
#include <string.h>

char *bw_path_relative(const char *path, const char *from)
{
    char *target = g_canonicalize_filename(path, NULL);
    char *base = g_canonicalize_filename(from, NULL);
    GString *out = g_string_new(NULL);
    size_t shared = 0;

    for (size_t i = 0; target[i] && target[i] == base[i]; i++)
        if (target[i] == '/')
            shared = i + 1;
    for (const char *slash = base + shared; (slash = strchr(slash, '/')); slash++)
        g_string_append(out, "../");
    g_string_append(out, target + shared);
    g_free(base);
    g_free(target);
    return g_string_free(out, FALSE);
}
