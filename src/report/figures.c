/* SPDX-License-Identifier: Apache-2.0 */
#include "report/figures.h"

#include "report/report.h"

#include <glib.h>
#include <inttypes.h>
#include <stdarg.h>

static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

char *bw_size_words(bw_arena *arena, uint64_t bytes)
{
    for (unsigned u = 6; u > 0; u--) {
        uint64_t unit = (uint64_t)1 << (10 * u);
        uint64_t whole = bytes / unit;
        uint64_t rest = bytes % unit;

        if (whole == 0)
            continue;
        if (rest == 0)
            return bw_arena_printf(arena, "%" PRIu64 " %s", whole, units[u]);
        if (rest * 2 == unit)
            return bw_arena_printf(arena, "%" PRIu64 ".5 %s", whole, units[u]);
    }
    return bw_arena_printf(arena, "%" PRIu64 " %s", bytes, bytes == 1 ? "byte" : "bytes");
}

char *bw_size_about(bw_arena *arena, uint64_t bytes)
{
    unsigned u = 0;
    uint64_t unit = 1;

    while (u < 6 && bytes / unit >= 1024) {
        unit <<= 10;
        u++;
    }
    uint64_t tenths = u == 0 ? bytes * 10 : bytes / (unit / 1024) * 10 / 1024;
    if (tenths % 10 == 0)
        return bw_arena_printf(arena, "%" PRIu64 " %s", tenths / 10, u == 0 && bytes == 1 ? "byte" : units[u]);
    return bw_arena_printf(arena, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[u]);
}

char *bw_extent_words(bw_arena *arena, uint64_t address, uint64_t last)
{
    if (last - address == UINT64_MAX)
        return bw_arena_strdup(arena, "16 EiB");
    char *words = bw_size_words(arena, last - address + 1);
    bool is_long = strlen(words) > strlen("1023 KiB") && last - address >= 1024;
    return is_long ? bw_size_about(arena, last - address + 1) : words;
}

char *bw_rate_words(bw_arena *arena, uint64_t hertz)
{
    static const struct {
        uint64_t unit;
        const char *name;
    } rates[] = {{1000000000, "GHz"}, {1000000, "MHz"}, {1000, "kHz"}};

    for (unsigned i = 0; i < 3; i++) {
        uint64_t thousandth = rates[i].unit / 1000;

        if (hertz < rates[i].unit || hertz % thousandth)
            continue;
        uint64_t whole = hertz / rates[i].unit;
        uint64_t decimals = hertz % rates[i].unit / thousandth;
        if (decimals == 0)
            return bw_arena_printf(arena, "%" PRIu64 " %s", whole, rates[i].name);
        char *text = bw_arena_printf(arena, "%03" PRIu64, decimals);
        for (size_t len = 3; text[len - 1] == '0'; len--)
            text[len - 1] = '\0';
        return bw_arena_printf(arena, "%" PRIu64 ".%s %s", whole, text, rates[i].name);
    }
    return bw_arena_printf(arena, "%" PRIu64 " Hz", hertz);
}

unsigned bw_text_width(const char *text)
{
    unsigned width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* The bytes of the first @p columns characters. */
static size_t bytes_of(const char *text, unsigned columns)
{
    const char *p = text;

    while (*p) {
        if (((unsigned char)*p & 0xc0) != 0x80 && columns-- == 0)
            break;
        p++;
    }
    return (size_t)(p - text);
}

char *bw_clean_text(bw_arena *arena, const char *text, unsigned most)
{
    bw_buffer clean = {0};

    bw_report_clean(&clean, text);
    bw_buffer_byte(&clean, 0);
    size_t len = most ? bytes_of((const char *)clean.data, most) : clean.len - 1;
    char *copy = bw_arena_strndup(arena, (const char *)clean.data, len);
    bw_buffer_free(&clean);
    return copy;
}

/* ---- tables ---- */

struct bw_table {
    bw_arena *arena;
    const char *columns;
    unsigned column_count;
    char **cells;
    size_t count, room;
};

bw_table *bw_table_new(bw_arena *arena, const char *columns)
{
    bw_table *table = bw_arena_new(arena, bw_table);

    table->arena = arena;
    table->columns = columns;
    table->column_count = (unsigned)strlen(columns);
    return table;
}

void bw_table_add(bw_table *table, const char *format, ...)
{
    va_list ap;

    if (table->count == table->room) {
        size_t room = table->room ? table->room * 2 : 64;
        char **cells = bw_arena_array(table->arena, char *, room);

        if (table->count)
            memcpy(cells, table->cells, table->count * sizeof *cells);
        table->cells = cells;
        table->room = room;
    }
    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    table->cells[table->count++] = bw_clean_text(table->arena, text, 0);
    g_free(text);
}

static void put_blanks(bw_buffer *out, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        bw_buffer_byte(out, ' ');
}

/* One row without blanks at its end; what does not fit into @p width is cut. */
static void put_row(const bw_table *table, size_t row, const unsigned *widths, bw_buffer *out, unsigned indent,
                    unsigned width, bool utf8)
{
    GString *line = g_string_new(NULL);
    unsigned column = 0; /* where the present cell begins */
    unsigned written = 0;

    for (unsigned c = 0; c < table->column_count; c++) {
        const char *text = table->cells[row * table->column_count + c];
        unsigned len = bw_text_width(text);
        unsigned begin = table->columns[c] == 'r' ? column + widths[c] - len : column;

        if (len) {
            g_string_append_printf(line, "%*s%s", (int)(begin - written), "", text);
            written = begin + len;
        }
        column += widths[c] ? widths[c] + 2 : 0;
    }
    put_blanks(out, line->len ? indent : 0);
    if (width > indent && bw_text_width(line->str) > width - indent) {
        const char *dots = utf8 ? "…" : "...";
        size_t len = bytes_of(line->str, width - indent - (utf8 ? 1 : 3));

        bw_buffer_add(out, line->str, len);
        bw_buffer_text(out, dots);
    } else {
        bw_buffer_text(out, line->str);
    }
    bw_buffer_byte(out, '\n');
    g_string_free(line, TRUE);
}

void bw_table_put(const bw_table *table, bw_buffer *out, unsigned indent, unsigned width, bool utf8)
{
    unsigned *widths = bw_arena_array(table->arena, unsigned, table->column_count);
    size_t rows = table->column_count ? table->count / table->column_count : 0;

    for (size_t i = 0; i < rows * table->column_count; i++) {
        unsigned w = bw_text_width(table->cells[i]);

        if (w > widths[i % table->column_count])
            widths[i % table->column_count] = w;
    }
    for (size_t r = 0; r < rows; r++)
        put_row(table, r, widths, out, indent, width, utf8);
}
