/* SPDX-License-Identifier: Apache-2.0 */
/* Property values: Devicetree Specification v0.4, 6.3; dtc 1.8.1. */
#include "dts/parser.h"

#include <errno.h>
#include <string.h>

/* ---- the value under construction ---- */

static void add_mark(bw_parser *p, bw_mark_kind kind, const bw_name *ref, bw_loc loc)
{
    bw_scratch *s = p->scratch;

    if (s->mark_count == s->mark_room) {
        s->mark_room = s->mark_room ? s->mark_room * 2 : 64;
        s->marks = g_renew(bw_mark, s->marks, s->mark_room);
    }
    p->value_unknown |= kind == BW_MARK_UNKNOWN;
    s->marks[s->mark_count++] = (bw_mark){.offset = s->byte_count, .kind = kind, .ref = ref, .loc = loc};
}

static void add_elem(bw_parser *p, bw_loc loc)
{
    bw_scratch *s = p->scratch;

    if (s->elem_count == s->elem_room) {
        s->elem_room = s->elem_room ? s->elem_room * 2 : 256;
        s->elems = g_renew(bw_elem, s->elems, s->elem_room);
    }
    s->elems[s->elem_count++] = (bw_elem){s->byte_count, loc};
}

/* Room for @p len more bytes, which the caller fills. */
static uint8_t *add_bytes(bw_parser *p, uint32_t len)
{
    bw_scratch *s = p->scratch;

    if (!s->bytes || s->byte_room - s->byte_count < len) {
        do
            s->byte_room = s->byte_room ? s->byte_room * 2 : 4096;
        while (s->byte_room - s->byte_count < len);
        s->bytes = g_realloc(s->bytes, s->byte_room);
    }
    uint8_t *at = s->bytes + s->byte_count;
    s->byte_count += len;
    return at;
}

static void add_labels(bw_parser *p)
{
    while (p->t.kind == BW_DT_LABEL) {
        add_mark(p, BW_MARK_LABEL, p->t.name, p->t.loc);
        bw_tree_note_label(p->tree, p->t.name);
        bw_parser_advance(p);
    }
}

/* At a label behind a value that begins a line: whether it belongs to the next statement, as its "," or ";" is missing.
 */
static bool labels_statement(const bw_parser *p)
{
    const char *at = p->t.text;

    if (p->t.kind != BW_DT_LABEL || p->t.loc & BW_LOC_MACRO || !bw_parser_on_new_line(p))
        return false;
    while (g_ascii_isalnum(*at) || *at == '_' || g_ascii_isspace(*at) || *at == ':')
        at++;
    return *at != ',' && *at != ';';
}

static void append_cell(bw_parser *p, uint64_t v, unsigned bits)
{
    unsigned n = bits / 8;
    uint8_t *b = add_bytes(p, n);

    for (unsigned i = 0; i < n; i++)
        b[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

static void check_width(bw_parser *p, bw_int v, unsigned bits, bw_loc loc, bw_loc last)
{
    if (bits == 64 || v.unknown)
        return;
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    if (p->zephyr) {
        bool fits = v.negative ? (int64_t)v.v >= -((int64_t)1 << (bits - 1)) : v.v <= mask;
        if (!fits)
            bw_parser_error(p, BW_CODE_value_too_wide, bw_span_of(loc, last),
                            v.negative ? "-%" G_GINT64_MODIFIER "u does not fit in %u bits"
                                       : "0x%" G_GINT64_MODIFIER "x does not fit in %u bits",
                            v.negative ? 0 - v.v : v.v, bits);
    } else if (v.v > mask && (v.v | mask) != UINT64_MAX) {
        bw_finding *f =
            bw_find(p->unit, BW_CODE_value_truncated, bw_span_of(loc, last),
                    "0x%" G_GINT64_MODIFIER "x does not fit in %u bits and becomes 0x%" G_GINT64_MODIFIER "x", v.v,
                    bits, v.v & mask);
        if (bits == 32)
            bw_finding_cure(f, "write two cells, <0x%" G_GINT64_MODIFIER "x 0x%" G_GINT64_MODIFIER "x>", v.v >> 32,
                            v.v & mask);
    }
}

static void parse_ref_cell(bw_parser *p, unsigned bits)
{
    add_elem(p, p->t.loc);
    if (bits == 32) {
        add_mark(p, BW_MARK_REF_PHANDLE, p->t.name, p->t.loc);
        p->value_refs = true;
    } else {
        bw_parser_error(p, BW_CODE_syntax, (bw_span){p->t.loc, p->t.loc, p->t.len},
                        "a reference is a cell of 32 bits, it cannot stand in /bits/ %u", bits);
    }
    append_cell(p, UINT64_MAX, bits);
    bw_parser_advance(p);
}

static bool parse_cell(bw_parser *p, unsigned bits)
{
    bw_loc loc = p->t.loc;
    bool ok = true;
    bw_int v = bw_parse_primary(p, &ok);

    if (!ok)
        return false;
    add_elem(p, loc);
    if (v.unknown)
        add_mark(p, BW_MARK_UNKNOWN, NULL, loc);
    check_width(p, v, bits, loc, p->prev.last);
    append_cell(p, v.v, bits);
    return true;
}

/* At "," between cells: whether another cell follows, rather than the next part of the value after a missing ">". */
static bool comma_in_cells(const bw_parser *p)
{
    const char *at = p->t.text;

    if (p->t.loc & BW_LOC_MACRO)
        return false;
    do
        at++;
    while (g_ascii_isspace(*at));
    return g_ascii_isalnum(*at) || *at == '_' || *at == '&' || *at == '(';
}

/* Behind "<". Ends behind ">". */
static bool parse_cells(bw_parser *p, unsigned bits)
{
    for (;;) {
        if (p->t.kind == BW_DT_LITERAL || p->t.kind == BW_DT_IDENT || bw_at(p, '(')) {
            if (!parse_cell(p, bits))
                return false;
        } else if (p->t.kind == BW_DT_REF) {
            parse_ref_cell(p, bits);
        } else if (p->t.kind == BW_DT_LABEL) {
            add_labels(p);
        } else if (bw_at(p, '>')) {
            p->value_last = p->t.loc;
            bw_parser_advance(p);
            return true;
        } else if (bw_at(p, ',') && comma_in_cells(p)) {
            bw_finding *f = bw_parser_expected(p, "a number, a reference or \">\"");
            bw_finding_cure(f, "cells are separated by blanks only");
            bw_parser_advance(p);
        } else {
            bool arithmetic =
                (p->t.kind == BW_DT_PUNCT && bw_precedence(p->t.op) > 0) || bw_at(p, '~') || bw_at(p, '!');
            bw_finding *f = bw_parser_expected(p, "a number, a reference or \">\"");
            if (arithmetic && !bw_at(p, '&'))
                bw_finding_cure(f, "an expression stands in parentheses: <(1 + 2)>");
            /* The ">" is missing: what follows is as if it stood here. */
            return bw_at(p, ';') || bw_at(p, ',');
        }
    }
}

static bool parse_bits(bw_parser *p)
{
    static const bw_mark_kind kinds[] = {BW_MARK_UINT8, BW_MARK_UINT16, BW_MARK_UINT32, BW_MARK_UINT64};
    unsigned bits = 32;

    bw_parser_advance(p);
    if (p->t.kind != BW_DT_LITERAL) {
        bw_parser_expected(p, "8, 16, 32 or 64");
        return false;
    }
    if (p->t.number == 8 || p->t.number == 16 || p->t.number == 32 || p->t.number == 64)
        bits = (unsigned)p->t.number;
    else
        bw_parser_error(p, BW_CODE_syntax, bw_span_token(p->t.loc), "elements have 8, 16, 32 or 64 bits");
    bw_parser_advance(p);
    if (!bw_at(p, '<')) {
        bw_parser_expected(p, "\"<\"");
        return false;
    }
    add_mark(p, kinds[bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3], NULL, p->t.loc);
    bw_parser_advance(p);
    return parse_cells(p, bits);
}

static bool parse_bytes(bw_parser *p)
{
    add_mark(p, BW_MARK_UINT8, NULL, p->t.loc);
    bw_parser_advance(p);
    for (;;) {
        if (p->t.kind == BW_DT_LABEL) {
            add_labels(p);
        } else if (bw_at(p, ']')) {
            p->value_last = p->t.loc;
            bw_parser_advance(p);
            return true;
        } else if (p->t.kind == BW_DT_BYTES) {
            for (uint32_t i = 0; i < p->t.text_len; i += 2) {
                char high = p->t.text[i];
                char low = i + 1 < p->t.text_len ? p->t.text[i + 1] : 'x';
                if (!g_ascii_isxdigit(high) || !g_ascii_isxdigit(low)) {
                    if (!bw_parser_echo(p))
                        bw_parser_error(p, BW_CODE_syntax, (bw_span){p->t.loc, p->t.loc, p->t.text_len},
                                        g_ascii_isxdigit(high) && i + 1 == p->t.text_len
                                            ? "an odd number of hexadecimal digits: a byte is two"
                                            : "a byte is two hexadecimal digits");
                    p->state = BW_LEX_VALUES;
                    return false;
                }
                bw_loc loc = p->t.loc & BW_LOC_MACRO ? p->t.loc : p->t.loc + i;
                add_elem(p, loc);
                append_cell(p, (uint64_t)(g_ascii_xdigit_value(high) * 16 + g_ascii_xdigit_value(low)), 8);
            }
            bw_parser_advance(p);
        } else {
            bw_parser_expected(p, "two hexadecimal digits or \"]\"");
            p->state = BW_LEX_VALUES;
            return false;
        }
    }
}

static void parse_string(bw_parser *p)
{
    uint32_t len = p->t.text_len - 2;

    add_mark(p, BW_MARK_STRING, NULL, p->t.loc);
    add_elem(p, p->t.loc);
    if (p->t.flags & BW_ESCAPED) {
        char *text = bw_dts_unescape(p, p->t.text + 1, len, &len, p->t.loc);
        memcpy(add_bytes(p, len), text, len);
    } else {
        memcpy(add_bytes(p, len), p->t.text + 1, len);
    }
    *add_bytes(p, 1) = 0;
    p->value_last = p->t.loc;
}

/* Behind the "," of /incbin/: a number. */
static bool parse_limit(bw_parser *p, uint64_t *v)
{
    bool ok = true;

    if (!bw_at(p, ',')) {
        bw_parser_expected(p, "\",\"");
        return false;
    }
    bw_parser_advance(p);
    *v = bw_parse_primary(p, &ok).v;
    return ok;
}

static bool include_bytes(bw_parser *p, const char *name, bw_span span, uint64_t offset, uint64_t len, bool ranged)
{
    int error = 0;
    const char *path = bw_pp_find(p->pp, name);
    bw_source *s = path ? bw_source_open(p->unit->ctx->sources, path, &error) : NULL;

    if (!s && bw_pp_unreadable(p->pp, name, span)) {
        p->tree->broken = true;
        return true;
    }
    if (!s) {
        if (p->options->tolerate_missing) {
            add_mark(p, BW_MARK_UNKNOWN, NULL, span.begin);
            p->tree->has_unknown = true;
            bw_find(p->unit, BW_CODE_include_skipped, span, "\"%s\" is not found; its bytes are taken as unknown",
                    name);
            return true;
        }
        bw_finding *f = bw_parser_error(p, BW_CODE_incbin, span, "\"%s\" is not found", name);
        bw_finding_cure(f, "correct the name, or add its directory with -i");
        return true;
    }
    if (!ranged)
        len = s->len;
    if (offset > s->len) {
        offset = s->len;
    }
    if (ranged && len > s->len - offset)
        len = s->len - offset;
    if (p->scratch->byte_count + len > BW_SOURCE_MAX) {
        bw_parser_error(p, BW_CODE_too_large, span, "the value grows beyond 256 MiB");
        return true;
    }
    if (len)
        memcpy(add_bytes(p, (uint32_t)len), s->text + offset, len);
    return true;
}

static bool parse_incbin(bw_parser *p)
{
    uint64_t offset = 0;
    uint64_t len = 0;
    bool ranged = false;
    bw_loc loc = p->t.loc;

    bw_parser_advance(p);
    if (!bw_at(p, '(')) {
        bw_parser_expected(p, "\"(\"");
        return false;
    }
    bw_parser_advance(p);
    if (p->t.kind != BW_DT_STRING) {
        bw_parser_expected(p, "the name of a file in quotes");
        return false;
    }
    uint32_t name_len;
    bw_span span = {p->t.loc, p->t.loc, p->t.text_len};
    const char *name = bw_dts_unescape(p, p->t.text + 1, p->t.text_len - 2, &name_len, p->t.loc);
    bw_parser_advance(p);
    if (!bw_at(p, ')')) {
        ranged = true;
        if (!parse_limit(p, &offset) || !parse_limit(p, &len))
            return false;
    }
    if (!bw_at(p, ')')) {
        bw_parser_expected(p, "\")\"");
        return false;
    }
    p->value_last = p->t.loc;
    add_mark(p, BW_MARK_UINT8, NULL, loc);
    add_elem(p, loc);
    bw_parser_advance(p);
    return include_bytes(p, name, span, offset, len, ranged);
}

/* ---- lost quotes ---- */

typedef enum item { ITEM_OK, ITEM_BAD, ITEM_LIST, ITEM_OVER } item;

/* The line of a token that stands in a file. */
static bool line_around(const bw_parser *p, bw_loc loc, const char **begin, const char **end)
{
    const bw_visit *visit = loc & BW_LOC_MACRO ? NULL : bw_locs_visit_of(&p->unit->locs, loc);

    if (!visit)
        return false;
    const char *text = visit->source->text;
    const char *at = text + (loc - visit->base);
    const char *nl = memchr(at, '\n', (size_t)(text + visit->source->len - at));
    *end = nl ? nl : text + visit->source->len;
    while (at > text && at[-1] != '\n')
        at--;
    *begin = at;
    return true;
}

/* Whether a string begins on the line of @p loc and does not end there; comments aside. */
static bool lost_quote(const bw_parser *p, bw_loc loc)
{
    const char *at;
    const char *end;
    bool inside = false;

    if (!line_around(p, loc, &at, &end))
        return false;
    for (; at < end; at++) {
        if (inside && *at == '\\') {
            at++;
        } else if (*at == '"') {
            inside = !inside;
        } else if (!inside && *at == '/' && at + 1 < end && at[1] == '/') {
            break;
        } else if (!inside && *at == '/' && at + 1 < end && at[1] == '*') {
            for (at += 2; at + 1 < end && !(at[0] == '*' && at[1] == '/'); at++)
                ;
        }
    }
    return inside;
}

/* Goes on behind the line of @p loc, where no string is open: in the list of the value if a "," ends the line. */
static item go_on_behind_line(bw_parser *p, bw_loc loc)
{
    const char *begin;
    const char *end;

    if (!line_around(p, loc, &begin, &end))
        return ITEM_BAD;
    if (!bw_pp_restart_after(p->pp, loc, end > begin ? end - 1 : end))
        return ITEM_BAD;
    while (end > begin && g_ascii_isspace(end[-1]))
        end--;
    bool list = end > begin && end[-1] == ',';
    p->state = list ? BW_LEX_VALUES : BW_LEX_NAMES;
    bw_parser_advance(p);
    return list ? ITEM_LIST : ITEM_OVER;
}

/* Behind a string: whether it lost its closing quote and ended at the opening quote of another one. */
static item behind_string(bw_parser *p, const bw_dtok *string)
{
    bool follows = bw_at(p, ',') || bw_at(p, ';') || p->t.kind == BW_DT_LABEL;
    const char *begin;
    const char *end;

    if (follows || p->t.kind == BW_DT_EOF || !lost_quote(p, string->loc) || !line_around(p, string->loc, &begin, &end))
        return ITEM_OK;
    const char *nl = memchr(string->text, '\n', string->text_len);
    uint32_t len = nl ? (uint32_t)(nl - string->text) : string->text_len;
    while (len > 1 && g_ascii_isspace(string->text[len - 1]))
        len--;
    if (!bw_parser_echo(p)) {
        bw_finding *f = bw_parser_error(p, BW_CODE_syntax, (bw_span){string->loc, string->loc, len}, "%s",
                                        nl ? "the string has no closing \" on its line"
                                           : "this line has an odd number of quotes: a \" is missing");
        bw_finding_cure(f, "close the string");
    }
    return go_on_behind_line(p, string->loc);
}

/* At something that is no value: the text of a string whose opening quote is missing? */
static item without_quote(bw_parser *p)
{
    bw_loc loc = p->t.loc;

    if (p->t.kind == BW_DT_BAD && p->t.text && p->t.text[0] == '"') /* it took the rest of its line */
        return go_on_behind_line(p, loc);
    if (p->t.kind != BW_DT_IDENT && p->t.kind != BW_DT_LITERAL && p->t.kind != BW_DT_LABEL)
        return ITEM_BAD;
    if (!lost_quote(p, loc))
        return ITEM_BAD;
    bw_finding *f = bw_parser_expected(p, "an opening quote");
    bw_finding_cure(f, "a string begins with \"");
    return go_on_behind_line(p, loc);
}

static item parse_item(bw_parser *p)
{
    bw_dtok string;

    switch (p->t.kind) {
    case BW_DT_STRING:
        string = p->t;
        parse_string(p);
        bw_parser_advance(p);
        return behind_string(p, &string);
    case BW_DT_REF:
        add_mark(p, BW_MARK_STRING, NULL, p->t.loc);
        add_mark(p, BW_MARK_REF_PATH, p->t.name, p->t.loc);
        add_elem(p, p->t.loc);
        p->value_refs = true;
        p->value_last = p->t.loc;
        bw_parser_advance(p);
        return ITEM_OK;
    case BW_DT_KEYWORD:
        if (p->t.op == BW_KW_BITS)
            return parse_bits(p) ? ITEM_OK : ITEM_BAD;
        if (p->t.op == BW_KW_INCBIN)
            return parse_incbin(p) ? ITEM_OK : ITEM_BAD;
        break;
    case BW_DT_PUNCT:
        if (p->t.op == '<') {
            add_mark(p, BW_MARK_UINT32, NULL, p->t.loc);
            bw_parser_advance(p);
            return parse_cells(p, 32) ? ITEM_OK : ITEM_BAD;
        }
        if (p->t.op == '[')
            return parse_bytes(p) ? ITEM_OK : ITEM_BAD;
        break;
    case BW_DT_IDENT:
        if (p->pp->missing) { /* a macro of a header that is not there */
            add_mark(p, BW_MARK_UNKNOWN, NULL, p->t.loc);
            p->tree->has_unknown = true;
            p->value_last = p->t.loc;
            bw_parser_advance(p);
            if (bw_at(p, '('))
                bw_parser_skip_call(p);
            return ITEM_OK;
        }
        break;
    default:
        break;
    }
    item mended = without_quote(p);
    if (mended != ITEM_BAD)
        return mended;
    bw_finding *f = bw_parser_expected(p, "a value: \"string\", <cells>, [bytes] or a reference");
    if (p->t.kind == BW_DT_LITERAL)
        bw_finding_cure(f, "cells stand in angle brackets: <0x%" G_GINT64_MODIFIER "x>", p->t.number);
    return ITEM_BAD;
}

static void finish(bw_parser *p, bw_value *value)
{
    bw_arena *arena = &p->unit->arena;

    const bw_scratch *s = p->scratch;

    value->len = s->byte_count;
    value->data = bw_arena_dup(arena, s->bytes, s->byte_count);
    value->mark_count = s->mark_count;
    value->marks = bw_arena_dup(arena, s->marks, s->mark_count * sizeof(bw_mark));
    value->elem_count = s->elem_count;
    value->elems = bw_arena_dup(arena, s->elems, s->elem_count * sizeof(bw_elem));
    value->has_refs = p->value_refs;
    value->has_unknown = p->value_unknown;
}

bool bw_parse_value(bw_parser *p, bw_value *value)
{
    bool ok = true;

    p->scratch->byte_count = p->scratch->mark_count = p->scratch->elem_count = 0;
    p->value_refs = p->value_unknown = false;
    p->value_first = p->value_last = p->t.loc;
    for (;;) {
        add_labels(p);
        item result = parse_item(p);
        if (result == ITEM_LIST)
            continue;
        if (result != ITEM_OK) {
            ok = false;
            if (result == ITEM_OVER)
                p->value_first = 0; /* the statement is over */
            break;
        }
        if (labels_statement(p))
            break;
        add_labels(p);
        if (!bw_at(p, ','))
            break;
        bw_parser_advance(p);
    }
    finish(p, value);
    return ok;
}
