/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/readable.h"

#include "dts/runs.h"
#include "tree/cells.h"
#include "tree/interrupts.h"
#include "tree/refs.h"
#include "tree/strings.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH_MAX 100
#define TAB 8
#define BYTES_A_LINE 16

/* What goes on in the next line begins no further right than this, however deep the node is and long the name. */
#define INDENT_MAX 64

typedef enum radix {
    RADIX_AUTO,    /**< counts are decimal, the rest hexadecimal */
    RADIX_DECIMAL, /**< rates, counts, line numbers; bit masks among them stay hexadecimal */
    RADIX_HEX,     /**< addresses, sizes, masks; one digit is the same in both */
    RADIX_ADDRESS, /**< hexadecimal with 0x always */
} radix;

/* A stretch of cells between '<' and '>'. */
typedef struct row {
    uint32_t begin, len; /* bytes */
    uint32_t addresses;  /* bytes at its beginning that are hexadecimal, whatever the rest is */
} row;

typedef struct writer {
    const bw_tree *tree;
    const bw_node *node;
    const bw_prop *prop;
    bw_buffer *out;
    unsigned level;
    unsigned indent; /* column of the first element */
    unsigned column;
    radix radix;
    bool line_a_row;
    GArray *rows; /* of row */
} writer;

/* -- what the value is -------------------------------------------------------------------------- */

typedef enum form { FORM_PLAIN, FORM_CELLS, FORM_STRINGS, FORM_BYTES } form;

static bool ends_with(const bw_name *name, const char *end)
{
    size_t len = strlen(end);

    return name->len >= len && memcmp(name->text + name->len - len, end, len) == 0;
}

static bool begins_with(const bw_name *name, const char *begin)
{
    return strncmp(name->text, begin, strlen(begin)) == 0;
}

/* Properties that are numbers, also where their bytes would do as text. */
static bool is_number(const bw_tree *tree, const bw_name *name)
{
    static const char *const ends[] = {"-cells",     "-frequency", "-hz",     "-size", "-width", "-parent",
                                       "-extended",  "-map",       "-mask",   "-addr", "-start", "-end",
                                       "-microvolt", "-microamp",  "-ranges", NULL};
    const bw_known_names *n = tree->unit->n;

    if (name == n->reg || name == n->ranges || name == n->interrupts || name == n->phandle || *name->text == '#')
        return true;
    for (const char *const *end = ends; *end; end++)
        if (ends_with(name, *end))
            return true;
    return false;
}

/* A list of strings as somebody would write one: text, each with a first character, or one empty string. */
static bool is_text(const bw_value *value)
{
    if (!value->len || value->data[value->len - 1])
        return false;
    if (value->len == 1)
        return true;
    for (uint32_t i = 0; i < value->len; i++) {
        bool end = value->data[i] == 0;

        if (end ? i == 0 || value->data[i - 1] == 0 : value->data[i] < 0x20 || value->data[i] >= 0x7f)
            return false;
    }
    return true;
}

static form guess_form(const writer *w)
{
    const bw_value *value = &w->prop->value;
    bool whole = value->len % 4 == 0;

    if (value->has_refs || (whole && is_number(w->tree, w->prop->name)))
        return whole ? FORM_CELLS : FORM_BYTES;
    if (is_text(value))
        return FORM_STRINGS;
    return whole ? FORM_CELLS : FORM_BYTES;
}

/* By the marks of what came from text; what they do not say is guessed. */
static form form_of(const writer *w)
{
    const bw_value *value = &w->prop->value;
    form found = FORM_PLAIN;
    bool typed = false;

    for (uint32_t i = 0; i < value->mark_count; i++) {
        const bw_mark *mark = &value->marks[i];
        form next = FORM_PLAIN;

        switch (mark->kind) {
        case BW_MARK_REF_PHANDLE:
            continue;
        case BW_MARK_UINT32:
            next = FORM_CELLS;
            break;
        case BW_MARK_UINT8:
            next = FORM_BYTES;
            break;
        case BW_MARK_STRING:
        case BW_MARK_REF_PATH: /* a string by now */
            next = FORM_STRINGS;
            break;
        default:
            return FORM_PLAIN;
        }
        if (next == FORM_PLAIN || (typed && next != found))
            return FORM_PLAIN;
        typed = true;
        found = next;
    }
    if (!typed)
        return guess_form(w);
    if (found == FORM_CELLS && value->len % 4)
        return FORM_PLAIN;
    if (found == FORM_STRINGS && (!value->len || value->data[value->len - 1]))
        return FORM_PLAIN;
    return found;
}

/* The node that a whole string in /aliases or /chosen names, if it can be written as a label. */
static const bw_label *path_label(const writer *w)
{
    const bw_known_names *n = w->tree->unit->n;
    const char *path = (const char *)w->prop->value.data;

    if (!w->node->parent || w->node->parent->parent || (w->node->name != n->aliases && w->node->name != n->chosen))
        return NULL;
    if (w->prop->value.len < 2 || *path != '/' || memchr(path, 0, w->prop->value.len) != path + w->prop->value.len - 1)
        return NULL;
    const bw_node *target = bw_tree_by_path(w->tree, path);
    return target ? bw_live_label(target->labels) : NULL;
}

/* -- rows and radix ------------------------------------------------------------------------------ */

static void add_row(writer *w, uint32_t begin, uint32_t len, uint32_t addresses)
{
    row r = {begin, len, addresses};

    g_array_append_val(w->rows, r);
}

static void regular_rows(writer *w, uint32_t len, uint32_t addresses)
{
    for (uint32_t at = 0; len && at + len <= w->prop->value.len; at += len)
        add_row(w, at, len, addresses);
}

static void reg_rows(writer *w, const bw_rows *rows)
{
    w->radix = rows->row_len > 4 || w->prop->value.len > rows->row_len ? RADIX_ADDRESS : RADIX_HEX;
    w->line_a_row = rows->parent_cells != 0;
    if (rows->state == BW_STATE_OK)
        regular_rows(w, rows->row_len, 0);
}

static void specifier_rows(writer *w, const bw_spec_kind *kind)
{
    bw_spec_iter iter = bw_spec_begin(w->tree, w->node, w->prop, kind);
    bw_spec spec;

    w->radix = RADIX_DECIMAL;
    while (bw_spec_next(&iter, &spec) && (spec.fault == BW_SPEC_OK || spec.fault == BW_SPEC_EMPTY))
        add_row(w, spec.offset, spec.len, 0);
}

static void interrupt_rows(writer *w)
{
    bw_irq_iter iter = bw_irq_begin(w->tree, w->node);
    bw_irq irq;

    w->radix = RADIX_DECIMAL;
    while (iter.prop == w->prop && bw_irq_next(&iter, &irq))
        add_row(w, irq.offset, irq.len, 0);
}

static void interrupt_map_rows(writer *w)
{
    bw_irq_map_iter iter = bw_irq_map_begin(w->tree, w->node);
    bw_irq_map_row map;

    w->radix = RADIX_DECIMAL;
    w->line_a_row = true;
    while (bw_irq_map_next(&iter, &map) && map.fault == BW_IRQ_OK)
        add_row(w, map.offset, map.len, 4 * map.child_address_cells);
}

static radix radix_by_name(const bw_name *name)
{
    static const char *const decimal[] = {
        "-cells",   "-frequency", "-hz",          "-mhz",         "-khz",     "-microvolt", "-microamp", "-millivolt",
        "-ms",      "-us",        "-ns",          "-ps",          "-width",   "-count",     "-delay",    "-shift",
        "-speed",   "-cycles",    "-ohms",        "-percent",     "-sets",    "-lines",     "-ndev",     "-line-size",
        "-retries", "-period",    "-timeout-sec", "-rates",       "-rate",    "-channels",  "-index",    "-level",
        "-code",    "-interval",  "-latency",     "-temperature", "-celsius", NULL};
    static const char *const hex[] = {"-mask", "-map",   "-address", "-addr", "-base", "-offset",
                                      "-size", "-range", "-start",   "-end",  "-reg",  NULL};

    if (begins_with(name, "#") || begins_with(name, "num-") || strcmp(name->text, "ngpios") == 0 ||
        strcmp(name->text, "temperature") == 0 || strcmp(name->text, "linux,code") == 0)
        return RADIX_DECIMAL;
    for (const char *const *end = decimal; *end; end++)
        if (ends_with(name, *end) || strcmp(name->text, *end + 1) == 0)
            return RADIX_DECIMAL;
    for (const char *const *end = hex; *end; end++)
        if (ends_with(name, *end) || strcmp(name->text, *end + 1) == 0)
            return RADIX_HEX;
    return RADIX_AUTO;
}

/* How the property is read decides where its rows end. */
static void lay_out(writer *w)
{
    const bw_known_names *n = w->tree->unit->n;
    const bw_name *name = w->prop->name;
    const bw_spec_kind *kind = bw_spec_kind_for(w->tree, w->node, w->prop);
    const bw_phandle_cells *cells = bw_phandle_cells_of(name);

    if (name == n->reg) {
        bw_rows rows = bw_reg_rows(w->tree, w->node);
        reg_rows(w, &rows);
    } else if (name == n->ranges || name == n->dma_ranges) {
        bw_rows rows = bw_range_rows(w->tree, w->node, name);
        reg_rows(w, &rows);
    } else if (name == n->interrupts || name == n->interrupts_extended) {
        interrupt_rows(w);
    } else if (name == n->interrupt_map) {
        interrupt_map_rows(w);
    } else if (kind && w->prop->value.has_refs) {
        specifier_rows(w, kind);
    } else if (cells && cells->step && w->prop->value.has_refs) {
        w->radix = radix_by_name(name);
        regular_rows(w, 4 * cells->step, 0);
    } else {
        w->radix = radix_by_name(name);
    }
}

/* Rows that do not cover the value are wrong about it. */
static void check_rows(writer *w)
{
    uint32_t end = 0;

    for (guint i = 0; i < w->rows->len; i++) {
        const row *r = &g_array_index(w->rows, row, i);

        if (r->begin != end || !r->len || r->len % 4)
            break;
        end += r->len;
    }
    if (end == w->prop->value.len)
        return;
    g_array_set_size(w->rows, 0);
    add_row(w, 0, w->prop->value.len, 0);
}

/* -- writing ------------------------------------------------------------------------------------- */

static void text(writer *w, const char *s)
{
    bw_buffer_text(w->out, s);
    w->column += (unsigned)strlen(s);
}

/* A new line at the column of the first element, @p more behind it. */
static void break_line(writer *w, unsigned more)
{
    unsigned column = w->indent + more;

    bw_buffer_byte(w->out, '\n');
    for (unsigned i = 0; i < column / TAB; i++)
        bw_buffer_byte(w->out, '\t');
    for (unsigned i = 0; i < column % TAB; i++)
        bw_buffer_byte(w->out, ' ');
    w->column = column;
}

static bool looks_decimal(uint32_t value)
{
    return value < 256 || (value % 1000 == 0 && value % 4096 != 0);
}

static void number_text(char *out, size_t size, uint32_t value, radix how)
{
    bool decimal = value < 10 && how != RADIX_ADDRESS;

    if (how == RADIX_DECIMAL)
        decimal |= value < 1024 || looks_decimal(value);
    else if (how == RADIX_AUTO)
        decimal |= looks_decimal(value);
    g_snprintf(out, (gulong)size, decimal ? "%u" : "0x%x", value);
}

/* A rate is decimal however crooked. */
static bool is_rate(const bw_name *name)
{
    return ends_with(name, "-frequency") || ends_with(name, "-hz") || ends_with(name, "-microvolt") ||
           ends_with(name, "-speed") || ends_with(name, "-rates");
}

static const char *element(writer *w, uint32_t at, const row *r, uint32_t *ref, char *number, size_t size)
{
    const bw_value *value = &w->prop->value;
    const bw_mark *mark = bw_value_ref_at(value, at, ref);
    const bw_label *label = mark && mark->node ? bw_live_label(mark->node->labels) : NULL;
    uint32_t cell = bw_get32(value->data + at);

    if (label && mark->node->phandle == cell)
        g_snprintf(number, (gulong)size, "&%s", label->name->text);
    else if (is_rate(w->prop->name))
        g_snprintf(number, (gulong)size, "%u", cell);
    else
        number_text(number, size, cell, at - r->begin < r->addresses ? RADIX_HEX : w->radix);
    return number;
}

static void write_cells(writer *w)
{
    char number[128];
    uint32_t ref = 0;

    lay_out(w);
    check_rows(w);
    for (guint i = 0; i < w->rows->len; i++) {
        const row *r = &g_array_index(w->rows, row, i);
        GString *whole = g_string_new("<");
        bool long_row;

        for (uint32_t at = r->begin; at < r->begin + r->len; at += 4) {
            if (at > r->begin)
                g_string_append_c(whole, ' ');
            g_string_append(whole, element(w, at, r, &ref, number, sizeof number));
        }
        g_string_append_c(whole, '>');
        if (i && (w->line_a_row || w->column + whole->len + 2 > WIDTH_MAX))
            break_line(w, 0);
        else if (i)
            text(w, " ");
        long_row = w->column + whole->len > WIDTH_MAX;
        for (char *word = whole->str; word;) { /* blanks become line ends where the row is too long */
            char *blank = strchr(word, ' ');

            if (blank)
                *blank = '\0';
            if (long_row && word > whole->str && w->column + strlen(word) + 2 > WIDTH_MAX)
                break_line(w, 1);
            else if (word > whole->str)
                text(w, " ");
            text(w, word);
            word = blank ? blank + 1 : NULL;
        }
        if (i + 1 < w->rows->len)
            text(w, ",");
        g_string_free(whole, TRUE);
    }
}

static void write_strings(writer *w)
{
    const bw_value *value = &w->prop->value;

    for (uint32_t at = 0; at < value->len;) {
        const uint8_t *end = memchr(value->data + at, 0, value->len - at);
        uint32_t len = (uint32_t)(end - value->data) - at;

        if (at && w->column + len + 4 > WIDTH_MAX)
            break_line(w, 0);
        else if (at)
            text(w, " ");
        bw_dts_string(w->out, value->data + at, len);
        w->column += len + 2;
        at += len + 1;
        if (at < value->len)
            text(w, ",");
    }
}

static void write_bytes(writer *w)
{
    const bw_value *value = &w->prop->value;
    char hex[4];

    text(w, "[");
    for (uint32_t at = 0; at < value->len; at++) {
        if (at && at % BYTES_A_LINE == 0)
            break_line(w, 1);
        else if (at)
            text(w, " ");
        g_snprintf(hex, sizeof hex, "%02x", value->data[at]);
        text(w, hex);
    }
    text(w, "]");
}

bool bw_dts_readable_value(const bw_tree *tree, const bw_node *node, const bw_prop *prop, unsigned level,
                           bw_buffer *out)
{
    writer w = {.tree = tree, .node = node, .prop = prop, .out = out, .level = level};
    form f = form_of(&w);
    const bw_label *label = f == FORM_STRINGS ? path_label(&w) : NULL;

    if (f == FORM_PLAIN)
        return false;
    BW_FOR_LABELS (prop, l)
        w.indent += l->name->len + 2;
    w.indent += level * TAB + prop->name->len + 3;
    w.column = w.indent;
    w.indent = MIN(w.indent, INDENT_MAX);
    bw_buffer_text(out, " = ");
    if (label) {
        bw_buffer_printf(out, "&%s", label->name->text);
        return true;
    }
    w.rows = g_array_new(FALSE, FALSE, sizeof(row));
    if (f == FORM_CELLS)
        write_cells(&w);
    else if (f == FORM_BYTES)
        write_bytes(&w);
    else
        write_strings(&w);
    g_array_free(w.rows, TRUE);
    return true;
}
