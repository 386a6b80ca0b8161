/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Letters of Kconfig: blanks, strings, macros. Offsets into a text; all stop at @c end. Private to kconfig*.c.
 */
#ifndef BW_SYSTEMS_ZEPHYR_KCONFIG_SCAN_H
#define BW_SYSTEMS_ZEPHYR_KCONFIG_SCAN_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool bw_kconfig_is_symbol_char(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/** Blanks, and backslashes at the end of a line. */
static inline uint32_t bw_kconfig_skip_blanks(const char *text, uint32_t at, uint32_t end)
{
    while (at < end && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n' ||
                        (text[at] == '\\' && at + 1 < end && text[at + 1] == '\n')))
        at++;
    return at;
}

static inline uint32_t bw_kconfig_trim(const char *text, uint32_t begin, uint32_t end)
{
    while (end > begin && strchr(" \t\r\n\\", text[end - 1]))
        end--;
    return end;
}

/** Behind a string that begins at @p at with its quote; the end of the line if it has no end. */
static inline uint32_t bw_kconfig_skip_string(const char *text, uint32_t at, uint32_t end)
{
    char quote = text[at++];

    while (at < end && text[at] != quote)
        at += text[at] == '\\' && at + 1 < end ? 2 : 1;
    return at < end ? at + 1 : end;
}

/** Behind "$(…)". */
static inline uint32_t bw_kconfig_skip_macro(const char *text, uint32_t at, uint32_t end)
{
    int depth = 0;

    for (; at < end; at++) {
        depth += text[at] == '(';
        depth -= text[at] == ')';
        if (text[at] == ')' && depth == 0)
            return at + 1;
    }
    return end;
}

#endif
