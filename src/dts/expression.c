/* SPDX-License-Identifier: Apache-2.0 */
/* Integer expressions: Devicetree Specification v0.4, 6.3; dtc 1.8.1, and Zephyr's reader where it differs. */
#include "dts/parser.h"

#include <string.h>

/* ---- arithmetic ---- */

static bool is_negative(const bw_parser *p, bw_int a)
{
    return p->zephyr && a.negative;
}

static bw_int make_int(const bw_parser *p, uint64_t v, bool may_be_negative, bw_int a, bw_int b)
{
    return (bw_int){v, p->zephyr && may_be_negative && (int64_t)v < 0, a.unknown || b.unknown};
}

static bool less(const bw_parser *p, bw_int a, bw_int b)
{
    if (is_negative(p, a) != is_negative(p, b))
        return is_negative(p, a);
    return a.v < b.v;
}

static bw_int divide(bw_parser *p, uint8_t op, bw_int a, bw_int b, bw_loc loc)
{
    if (b.v == 0) {
        if (!a.unknown && !b.unknown)
            bw_parser_error(p, BW_CODE_division_by_zero, bw_span_token(loc), "the right side of %c is 0", op);
        return (bw_int){0, false, a.unknown || b.unknown};
    }
    if (!is_negative(p, a) && !is_negative(p, b))
        return make_int(p, op == '/' ? a.v / b.v : a.v % b.v, false, a, b);
    /* Zephyr's reader rounds down, as Python does. */
    bool minus = is_negative(p, a) != is_negative(p, b);
    uint64_t x = is_negative(p, a) ? 0 - a.v : a.v;
    uint64_t y = is_negative(p, b) ? 0 - b.v : b.v;
    uint64_t q = x / y;
    uint64_t r = x % y;
    if (minus && r)
        q++;
    uint64_t quotient = minus ? 0 - q : q;
    return make_int(p, op == '/' ? quotient : a.v - quotient * b.v, true, a, b);
}

static bw_int apply(bw_parser *p, uint8_t op, bw_int a, bw_int b, bw_loc loc)
{
    bool sign = is_negative(p, a) || is_negative(p, b);

    switch (op) {
    case '*':
        return make_int(p, a.v * b.v, sign, a, b);
    case '/':
    case '%':
        return divide(p, op, a, b, loc);
    case '+':
        return make_int(p, a.v + b.v, sign, a, b);
    case '-':
        return make_int(p, a.v - b.v, sign || a.v < b.v, a, b);
    case BW_P_SHL:
        return make_int(p, b.v < 64 ? a.v << b.v : 0, sign, a, b);
    case BW_P_SHR:
        if (is_negative(p, a))
            return make_int(p, b.v < 64 ? ~(~a.v >> b.v) : UINT64_MAX, true, a, b);
        return make_int(p, b.v < 64 ? a.v >> b.v : 0, false, a, b);
    case '<':
        return make_int(p, less(p, a, b), false, a, b);
    case '>':
        return make_int(p, less(p, b, a), false, a, b);
    case BW_P_LE:
        return make_int(p, !less(p, b, a), false, a, b);
    case BW_P_GE:
        return make_int(p, !less(p, a, b), false, a, b);
    case BW_P_EQ:
        return make_int(p, a.v == b.v, false, a, b);
    case BW_P_NE:
        return make_int(p, a.v != b.v, false, a, b);
    case '&':
        return make_int(p, a.v & b.v, is_negative(p, a) && is_negative(p, b), a, b);
    case '^':
        return make_int(p, a.v ^ b.v, is_negative(p, a) != is_negative(p, b), a, b);
    case '|':
        return make_int(p, a.v | b.v, sign, a, b);
    case BW_P_AND:
        return make_int(p, a.v && b.v, false, a, b);
    default:
        return make_int(p, a.v || b.v, false, a, b);
    }
}

static int precedence(const bw_parser *p)
{
    return p->t.kind == BW_DT_PUNCT ? bw_precedence(p->t.op) : 0;
}

static bw_int parse_expression(bw_parser *p, bool *ok);

static bw_int too_deep(bw_parser *p, bool *ok)
{
    *ok = false;
    bw_parser_error(p, BW_CODE_nesting, bw_span_token(p->t.loc), "the expression is nested more than %u deep",
                    BW_DTS_DEPTH_MAX);
    return (bw_int){0};
}

static const char *nearest_macro(bw_parser *p, const char *word);

static bool first_time(bw_parser *p, const bw_name *name)
{
    for (guint i = 0; i < p->unknown->len; i++)
        if (p->unknown->pdata[i] == name)
            return false;
    g_ptr_array_add(p->unknown, (void *)(uintptr_t)name);
    return true;
}

/* A word where a number belongs. */
static bw_int unknown_word(bw_parser *p)
{
    const bw_name *name = p->t.name;
    bw_span span = bw_span_name(p->t.loc, name);
    bool quiet = p->pp->missing > 0;

    bw_parser_advance(p);
    bool call = bw_at(p, '(') && bw_pp_macro(p->pp, name) == NULL;
    if (call)
        bw_parser_skip_call(p);
    if (quiet) {
        p->tree->has_unknown = true;
    } else if (!first_time(p, name)) {
        p->tree->broken = true; /* said once: one missing header is one mistake */
    } else if (!bw_parser_echo(p)) {
        bool function = bw_pp_macro(p->pp, name) != NULL;
        const char *near = function ? NULL : nearest_macro(p, name->text);
        if (!function && !near && p->lost_header) { /* one header that is not included loses many words */
            bw_find_note(p->unit, p->lost_header, span, "%s is not defined either", name->text);
            bw_finding_cure(p->lost_header, "include the header that defines them");
            return (bw_int){0, false, true};
        }
        bw_finding *f = bw_parser_error(p, BW_CODE_undefined_macro, span,
                                        function ? "%s takes arguments in parentheses"
                                                 : "%s is not defined: a number is expected here",
                                        name->text);
        if (!function && !near)
            p->lost_header = f;
        if (near)
            bw_finding_cure(f, "did you mean %s?", near);
        else if (f && !function)
            bw_finding_cure(f,
                            p->options->preprocess
                                ? "include the header that defines %s, or correct the spelling"
                                : "%s looks like a macro: run the C preprocessor first, or correct the spelling",
                            name->text);
    }
    return (bw_int){0, false, true};
}

void bw_parser_skip_call(bw_parser *p)
{
    unsigned depth = 0;

    while (p->t.kind != BW_DT_EOF && !bw_at(p, ';') && !bw_at(p, '{') && !bw_at(p, '}')) {
        depth += bw_at(p, '(');
        depth -= bw_at(p, ')') && depth > 0;
        bw_parser_advance(p);
        if (depth == 0)
            return;
    }
}

bw_int bw_parse_primary(bw_parser *p, bool *ok)
{
    bw_int v = {0};

    if (p->t.kind == BW_DT_LITERAL) {
        v.v = p->t.number;
        bw_parser_advance(p);
        return v;
    }
    if (p->t.kind == BW_DT_IDENT)
        return unknown_word(p);
    if (!bw_at(p, '(')) {
        *ok = false;
        bw_parser_expected(p, "a number");
        return v;
    }
    if (++p->depth > BW_DTS_DEPTH_MAX)
        return too_deep(p, ok);
    bw_parser_advance(p);
    v = parse_expression(p, ok);
    p->depth--;
    if (!*ok)
        return v;
    if (!bw_at(p, ')')) {
        *ok = false;
        bw_parser_expected(p, "\")\"");
        return v;
    }
    bw_parser_advance(p);
    return v;
}

static bw_int parse_unary(bw_parser *p, bool *ok)
{
    uint8_t op = p->t.kind == BW_DT_PUNCT ? p->t.op : 0;

    if (op != '-' && op != '~' && op != '!')
        return bw_parse_primary(p, ok);
    if (++p->depth > BW_DTS_DEPTH_MAX)
        return too_deep(p, ok);
    bw_parser_advance(p);
    bw_int v = parse_unary(p, ok);
    p->depth--;
    if (op == '-')
        return (bw_int){0 - v.v, p->zephyr && !v.negative && v.v != 0, v.unknown};
    if (op == '~')
        return (bw_int){~v.v, p->zephyr && !v.negative, v.unknown};
    return (bw_int){v.v == 0, false, v.unknown};
}

static bw_int parse_binary(bw_parser *p, int least, bool *ok)
{
    bw_int a = parse_unary(p, ok);

    while (*ok) {
        int level = precedence(p);
        if (level == 0 || level < least)
            break;
        uint8_t op = p->t.op;
        bw_parser_advance(p);
        bw_loc right = p->t.loc;
        bw_int b = parse_binary(p, level + 1, ok);
        if (*ok)
            a = apply(p, op, a, b, right);
    }
    return a;
}

static bw_int parse_expression(bw_parser *p, bool *ok)
{
    bw_int c = parse_binary(p, 1, ok);

    if (!*ok || !bw_at(p, '?'))
        return c;
    if (++p->depth > BW_DTS_DEPTH_MAX)
        return too_deep(p, ok);
    bw_parser_advance(p);
    bw_int yes = parse_expression(p, ok);
    if (*ok && !bw_at(p, ':')) {
        *ok = false;
        bw_parser_expected(p, "\":\"");
    }
    if (*ok) {
        bw_parser_advance(p);
        bw_int no = parse_expression(p, ok);
        bw_int v = c.v ? yes : no;
        v.unknown |= c.unknown;
        c = v;
    }
    p->depth--;
    return c;
}

/* ---- did you mean: the macros of this unit ---- */

static const char *nearest_macro(bw_parser *p, const char *word)
{
    const bw_slots *slots = &p->unit->macros;
    const char *found = NULL;
    GPtrArray *names = g_ptr_array_new();

    for (uint32_t i = 0; i < slots->size; i++)
        if (slots->slots[i].epoch == slots->epoch && slots->slots[i].ptr)
            g_ptr_array_add(names, (void *)(uintptr_t)((const bw_macro *)slots->slots[i].ptr)->name->text);
    g_ptr_array_add(names, NULL);
    found = bw_nearest(word, (const char *const *)names->pdata);
    g_ptr_array_free(names, TRUE);
    return found;
}
