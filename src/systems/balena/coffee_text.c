/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/coffee_text.h"

#include "json/make.h"

#include <string.h>

/* ------------------------------------------------------------------------------------------- strings */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\v';
}

/* `\` at a line's end takes the line break and the next line's indentation away. */
static void drop_escaped_breaks(GString *text)
{
    gsize out = 0;

    for (gsize i = 0; i < text->len;) {
        gsize behind = i + 1;

        if (text->str[i] != '\\') {
            text->str[out++] = text->str[i++];
            continue;
        }
        while (behind < text->len && is_blank(text->str[behind]))
            behind++;
        if (behind < text->len && text->str[behind] == '\n') {
            while (behind < text->len && (is_blank(text->str[behind]) || text->str[behind] == '\n'))
                behind++;
            i = behind;
        } else {
            text->str[out++] = text->str[i++];
            if (i < text->len)
                text->str[out++] = text->str[i++];
        }
    }
    g_string_truncate(text, out);
}

/* A line break with all blanks around it is one blank; at either end it is nothing. */
static void join_lines(GString *text)
{
    gsize out = 0;

    for (gsize i = 0; i < text->len;) {
        gsize end = i;
        bool breaks = false;

        while (end < text->len && (is_blank(text->str[end]) || text->str[end] == '\n'))
            breaks |= text->str[end++] == '\n';
        if (end == i) {
            text->str[out++] = text->str[i++];
        } else if (!breaks) {
            while (i < end)
                text->str[out++] = text->str[i++];
        } else {
            if (i > 0 && end < text->len)
                text->str[out++] = ' ';
            i = end;
        }
    }
    g_string_truncate(text, out);
}

/* The least indentation of a line that holds something, but not of the first. */
static char *least_indentation(const GString *text)
{
    const char *least = NULL;
    gsize least_len = 0;

    for (gsize i = 0; i < text->len; i++) {
        if (text->str[i] != '\n')
            continue;
        gsize end = i + 1;
        while (end < text->len && is_blank(text->str[end]))
            end++;
        gsize len = end - i - 1;
        if (end < text->len && text->str[end] != '\n' && (!least || (len > 0 && len < least_len))) {
            least = text->str + i + 1;
            least_len = len;
        }
    }
    return g_strndup(least ? least : "", least_len);
}

static void trim_heredoc(GString *text)
{
    char *indentation = least_indentation(text);
    const gsize indentation_len = strlen(indentation);

    drop_escaped_breaks(text);
    gsize blank = 0;
    while (blank < text->len && is_blank(text->str[blank]))
        blank++;
    if (blank < text->len && text->str[blank] == '\n')
        g_string_erase(text, 0, (gssize)blank + 1);
    gsize end = text->len;
    while (end > 0 && is_blank(text->str[end - 1]))
        end--;
    if (end > 0 && text->str[end - 1] == '\n')
        g_string_truncate(text, end - 1);
    for (gsize i = 0; indentation_len && i <= text->len; i++)
        if ((i == 0 || text->str[i - 1] == '\n') && strncmp(text->str + i, indentation, indentation_len) == 0)
            g_string_erase(text, (gssize)i, (gssize)indentation_len);
    g_free(indentation);
}

static int hex(const char *at, size_t digits)
{
    int value = 0;

    for (size_t i = 0; i < digits; i++) {
        int digit = g_ascii_xdigit_value(at[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* The first half of a UTF-16 pair that stayed alone is U+FFFD. */
static void end_pair(GString *out, int *high)
{
    if (*high)
        g_string_append_unichar(out, 0xfffd);
    *high = 0;
}

/* Appends a UTF-16 unit; the second half of a pair is joined to the first. */
static void add_unit(GString *out, int unit, int *high)
{
    if (*high && unit >= 0xdc00 && unit <= 0xdfff) {
        g_string_append_unichar(out, 0x10000U + ((gunichar)(*high - 0xd800) << 10) + (gunichar)(unit - 0xdc00));
        *high = 0;
        return;
    }
    end_pair(out, high);
    *high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
    if (!*high)
        g_string_append_unichar(out, unit >= 0xdc00 && unit <= 0xdfff ? 0xfffdU : (gunichar)unit);
}

/* Escapes as JavaScript has them. @return what is wrong with one, or NULL. */
static const char *unescape(const GString *in, GString *out)
{
    int high = 0;

    for (gsize i = 0; i < in->len; i++) {
        const char c = in->str[i];
        if (c == '\\' && i + 1 < in->len) {
            static const char from[] = "nrtbfv0";
            static const char to[] = "\n\r\t\b\f\v";
            const char e = in->str[++i];
            const size_t digits = e == 'u' ? 4 : e == 'x' ? 2 : 0;
            const char *found = strchr(from, e);

            if (digits) {
                int unit = in->len - i - 1 >= digits ? hex(in->str + i + 1, digits) : -1;
                if (unit < 0)
                    return "an escape lacks its hexadecimal digits";
                if (unit == 0)
                    return "the character NUL has no place in a text";
                add_unit(out, unit, &high);
                i += digits;
                continue;
            }
            if (e == '0')
                return "the character NUL has no place in a text";
            end_pair(out, &high);
            g_string_append_c(out, found ? to[found - from] : e);
            continue;
        }
        end_pair(out, &high);
        g_string_append_c(out, c);
    }
    end_pair(out, &high);
    return NULL;
}

bw_coffee_string bw_coffee_string_read(const char *source, uint32_t len, uint32_t begin, bw_arena *arena)
{
    const char quote = source[begin];
    const bool heredoc = len - begin >= 6 && source[begin + 1] == quote && source[begin + 2] == quote;
    const uint32_t quotes = heredoc ? 3 : 1;
    bw_coffee_string result = {.at = begin};
    uint32_t i = begin + quotes;

    for (; i < len; i++) {
        if (source[i] == '\\')
            i++;
        else if (quote == '"' && source[i] == '#' && i + 1 < len && source[i + 1] == '{')
            result.trouble = "a string with #{…} in it has to be computed", result.at = i;
        else if (source[i] == quote && (!heredoc || (len - i >= 3 && source[i + 1] == quote && source[i + 2] == quote)))
            break;
    }
    if (i >= len && !result.trouble)
        result.trouble = "this string has no end";
    if (result.trouble)
        return result;

    GString *inside = g_string_sized_new(i - begin);
    GString *text = g_string_sized_new(i - begin);
    for (uint32_t at = begin + quotes; at < i; at++)
        if (source[at] != '\r')
            g_string_append_c(inside, source[at]);
    if (heredoc) {
        trim_heredoc(inside);
    } else {
        drop_escaped_breaks(inside);
        join_lines(inside);
    }
    result.trouble = unescape(inside, text);
    if (!result.trouble) {
        result.len = (uint32_t)text->len;
        result.text = bw_arena_strndup(arena, text->str, text->len);
        result.end = i + quotes;
    }
    g_string_free(inside, TRUE);
    g_string_free(text, TRUE);
    return result;
}

/* ---------------------------------------------------------------------------------- what is shared */

/* Names of instructions that the package has. */
static const char *const instruction_names[] = {
    "BOARD_REPOWER",
    "BOARD_SHUTDOWN",
    "CONNECT",
    "CONNECT_AND_BOOT",
    "DD_BURN_IMAGE_SD",
    "DD_BURN_IMAGE_USB",
    "EJECT_SD",
    "EJECT_USB",
    "ETCHER_SD",
    "ETCHER_USB",
    "FLASHER_WARNING",
    "LINUX_DF_SD",
    "LINUX_DF_USB",
    "OSX_PLUG_SD",
    "OSX_PLUG_USB",
    "OSX_UNMOUNT_SD",
    "OSX_UNMOUNT_USB",
    "REMOVE_INSTALL_MEDIA",
    "SUBSTITUTE_DOWNLOAD",
    "WAIT",
    "WINDOWS_DISK_IMAGER_SD",
    "WINDOWS_DISK_IMAGER_USB",
};

static const bw_json *template_of(const char *name, bw_arena *arena)
{
    return bw_json_new_text(arena, bw_arena_join(arena, "<%= ", name, " %>"));
}

/* commonImg.instructions: an SD card that the board boots from. */
static const bw_json *sd_instructions(bw_arena *arena)
{
    const bw_json *items[] = {template_of("ETCHER_SD", arena), template_of("EJECT_SD", arena),
                              template_of("CONNECT_AND_BOOT", arena)};

    return bw_json_new_array(arena, items, 3);
}

/* A value of the package that is not at hand, as an object that names it. */
static const bw_json *named(const char *path, bw_arena *arena)
{
    const bw_json_member member = {.name = "common", .value = bw_json_new_text(arena, path)};

    return bw_json_new_object(arena, &member, 1);
}

static const bw_json *by_name_only(const char *path, bw_arena *arena)
{
    static const char *const others[] = {
        "commonImg",
        "commonImg.initialization",
        "instructions",
        "networkOptions",
        "networkOptions.group",
        "networkOptions.network",
        "networkOptions.options",
        "networkOptions.wifiKey",
        "networkOptions.wifiSsid",
        "sharedOptions",
    };

    if (strcmp(path, "commonImg.instructions") == 0)
        return sd_instructions(arena);
    if (g_str_has_prefix(path, "instructions.")) {
        for (size_t i = 0; i < G_N_ELEMENTS(instruction_names); i++)
            if (strcmp(path + strlen("instructions."), instruction_names[i]) == 0)
                return template_of(instruction_names[i], arena);
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(path, others[i]) == 0)
            return named(others[i], arena);
    return NULL;
}

const bw_json *bw_coffee_common(const char *path, const bw_json *common, bw_arena *arena)
{
    if (!common)
        return by_name_only(path, arena);
    char **parts = g_strsplit(path, ".", 0);
    for (char **part = parts; *part && common; part++)
        common = bw_json_get(common, *part);
    g_strfreev(parts);
    return common;
}
