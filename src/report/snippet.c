/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

#define TAB 8
#define WINDOW 112   /* columns of source text that are shown */
#define AHEAD 72     /* of them in front of the caret, when the line must be clipped on the left */
#define WHOLE_SPAN 4 /* spans of up to so many lines are shown whole */

/* One character of a line as it is shown. */
typedef struct shown {
    char text[16];  /* UTF-8 */
    uint32_t width; /* columns: 0 of combining marks, 2 of wide characters, up to TAB of a tab */
    uint32_t bytes; /* in the source */
} shown;

static shown show_next(const char *text, uint32_t len, uint32_t column)
{
    unsigned char c = (unsigned char)*text;
    shown s = {.width = 1, .bytes = 1};

    if (c == '\t') {
        s.width = TAB - column % TAB;
        memset(s.text, ' ', s.width);
    } else if (c < 0x20 || c == 0x7F) {
        /* The pictures of control characters: nothing from a file may steer a terminal. */
        s.text[g_unichar_to_utf8(c == 0x7F ? 0x2421 : 0x2400U + c, s.text)] = '\0';
    } else if (c < 0x80) {
        s.text[0] = (char)c;
    } else {
        gunichar u = g_utf8_get_char_validated(text, (gssize)len);
        if (u == (gunichar)-1 || u == (gunichar)-2 || g_unichar_iscntrl(u) || g_unichar_type(u) == G_UNICODE_FORMAT) {
            if (u != (gunichar)-1 && u != (gunichar)-2)
                s.bytes = (uint32_t)g_unichar_to_utf8(u, NULL);
            u = 0xFFFD;
        } else {
            s.bytes = (uint32_t)g_unichar_to_utf8(u, NULL);
            s.width = g_unichar_iszerowidth(u) ? 0 : g_unichar_iswide(u) ? 2 : 1;
        }
        s.text[g_unichar_to_utf8(u, s.text)] = '\0';
    }
    return s;
}

void bw_report_clean(bw_buffer *out, const char *text)
{
    size_t len = strlen(text);

    while (len) {
        if (*text == '\t') {
            bw_buffer_byte(out, ' ');
            text++, len--;
            continue;
        }
        shown s = show_next(text, (uint32_t)(len > 8 ? 8 : len), 0);
        bw_buffer_text(out, s.text);
        text += s.bytes;
        len -= s.bytes;
    }
}

/* Bytes begin..end (0-based) of a line as columns of the screen. */
static void screen_columns(const char *text, uint32_t len, uint32_t begin, uint32_t end, uint32_t *first,
                           uint32_t *last)
{
    uint32_t column = 0;
    uint32_t at = 0;

    *first = *last = UINT32_MAX;
    while (at < len) {
        if (at >= begin && *first == UINT32_MAX)
            *first = column;
        if (at >= end && *last == UINT32_MAX)
            *last = column;
        shown s = show_next(text + at, len - at, column);
        column += s.width;
        at += s.bytes;
    }
    if (*first == UINT32_MAX)
        *first = column;
    if (*last == UINT32_MAX)
        *last = column;
}

/* The columns left..right of a line; what is cut off is marked with an ellipsis. */
static void put_window(bw_buffer *out, const char *text, uint32_t len, uint32_t left, uint32_t right)
{
    uint32_t column = 0;
    uint32_t at = 0;

    if (left)
        bw_buffer_text(out, "…");
    while (at < len && column < right) {
        shown s = show_next(text + at, len - at, column);
        if (column >= left + (left > 0))
            bw_buffer_text(out, s.text);
        else if (column + s.width > left + (left > 0)) /* a tab or wide character across the cut */
            for (uint32_t i = left + 1; i < column + s.width; i++)
                bw_buffer_byte(out, ' ');
        column += s.width;
        at += s.bytes;
    }
    if (at < len)
        bw_buffer_text(out, "…");
    while (out->len && out->data[out->len - 1] == ' ')
        out->len--;
    bw_buffer_byte(out, '\n');
}

/* One line and its underline; bytes begin..end are underlined, the first with a caret if asked. */
static void put_line(bw_buffer *out, uint32_t number, const char *text, uint32_t len, uint32_t begin, uint32_t end,
                     bool caret, bool color)
{
    uint32_t first, last;
    uint32_t left = 0;

    screen_columns(text, len, begin, end, &first, &last);
    if (first > WINDOW - 8)
        left = first - AHEAD;
    bw_buffer_printf(out, "%5u | ", number);
    put_window(out, text, len, left, left + WINDOW);
    if (last > left + WINDOW)
        last = left + WINDOW;
    bw_buffer_text(out, "      | ");
    for (uint32_t i = left; i < first; i++)
        bw_buffer_byte(out, ' ');
    if (color)
        bw_buffer_text(out, "\033[1;32m");
    bw_buffer_byte(out, caret ? '^' : '~');
    for (uint32_t i = first + 1; i < last; i++)
        bw_buffer_byte(out, '~');
    if (color)
        bw_buffer_text(out, "\033[0m");
    bw_buffer_byte(out, '\n');
}

void bw_report_snippet(bw_buffer *out, const bw_place *place, bool color)
{
    uint32_t first = place->source_line;
    uint32_t last = place->source_end_line;

    if (!place->source || first == 0)
        return;
    bool whole = last - first < WHOLE_SPAN;
    for (uint32_t line = first; line <= last; line++) {
        const char *text;
        uint32_t len;

        if (!bw_source_line(place->source, line, &text, &len))
            return;
        if (!whole && line > first + 1 && line < last) {
            bw_buffer_text(out, "      | …\n");
            line = last - 1;
            continue;
        }
        uint32_t begin = line == first ? place->column - 1 : 0;
        uint32_t end = line == last ? place->end_column - 1 : len;
        while (line != first && begin < len && (text[begin] == ' ' || text[begin] == '\t'))
            begin++;
        if (line != first && begin >= end) /* an empty line within, or the span ends before its first word */
            continue;
        put_line(out, line, text, len, begin, end, line == first, color);
    }
}

void bw_report_characters(const bw_place *place, uint32_t *column, uint32_t *end_column)
{
    const uint32_t lines[2] = {place->source_line, place->source_end_line};
    const uint32_t bytes[2] = {place->column, place->end_column};
    uint32_t *const results[2] = {column, end_column};

    for (int i = 0; i < 2; i++) {
        const char *text;
        uint32_t len;

        *results[i] = place->line ? bytes[i] : 0;
        if (!place->source || !bw_source_line(place->source, lines[i], &text, &len))
            continue;
        uint32_t characters = 1;
        uint32_t at = 0;
        while (at < len && at + 1 < bytes[i]) {
            at += show_next(text + at, len - at, 0).bytes;
            characters++;
        }
        *results[i] = characters;
    }
}
