/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <inttypes.h>

void bw_text_size(GString *out, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    unsigned unit = 0;

    while (unit + 1 < G_N_ELEMENTS(units) && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    g_string_append_printf(out, "%" PRIu64 " %s", bytes, bytes == 1 && unit == 0 ? "byte" : units[unit]);
}

void bw_text_comment(GString *out, const char *text)
{
    for (char before = ' '; *text; before = *text++) {
        if ((before == '*' && *text == '/') || (before == '/' && *text == '*'))
            g_string_append_c(out, ' ');
        g_string_append_c(out, g_ascii_isprint(*text) && *text != '\\' ? *text : '?');
    }
}

void bw_text_string(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++) {
        /* '?' could begin a trigraph; three octal digits end by themselves. */
        if (g_ascii_isprint(*text) && *text != '"' && *text != '\\' && *text != '?')
            g_string_append_c(out, *text);
        else
            g_string_append_printf(out, "\\%03o", (unsigned)(unsigned char)*text);
    }
    g_string_append_c(out, '"');
}

bool bw_text_is_identifier(const char *text)
{
    if (!g_ascii_isalpha(*text) && *text != '_')
        return false;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && *text != '_')
            return false;
    return true;
}
