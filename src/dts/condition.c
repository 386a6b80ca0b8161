/* SPDX-License-Identifier: Apache-2.0 */
/* The value of #if and #elif lines: C17 6.10.1, in intmax_t and uintmax_t. */
#include "dts/pp.h"

#include <string.h>

#define DEPTH_MAX 200

typedef struct number {
    uint64_t v;
    bool is_unsigned;
} number;

typedef struct evaluator {
    bw_pp *pp;
    const bw_xlist *tokens;
    uint32_t i;
    unsigned depth;
    const char *fault; /* the first */
    bw_loc fault_loc;
} evaluator;

static number conditional(evaluator *e);

static const bw_xtok *peek(evaluator *e)
{
    while (e->i < e->tokens->count && e->tokens->v[e->i].kind == BW_TK_PADDING)
        e->i++;
    return e->i < e->tokens->count ? &e->tokens->v[e->i] : NULL;
}

static bool accept(evaluator *e, uint8_t op)
{
    const bw_xtok *t = peek(e);

    if (!t || t->kind != BW_TK_PUNCT || t->op != op)
        return false;
    e->i++;
    return true;
}

static number fail(evaluator *e, const char *text)
{
    const bw_xtok *t = peek(e);

    if (!e->fault) {
        e->fault = text;
        e->fault_loc = t ? t->loc : 0;
    }
    e->i = e->tokens->count;
    return (number){0, false};
}

static number read_number(evaluator *e, const bw_xtok *t)
{
    size_t used = 0;
    uint64_t v = 0;
    size_t len = t->len;
    bool is_unsigned = false;

    while (len && strchr("uUlL", t->text[len - 1])) {
        is_unsigned |= (t->text[len - 1] | 32) == 'u';
        len--;
    }
    bw_number how = bw_lex_number(t->text, len, &v, &used);
    if (how == BW_NUM_PIECES || how == BW_NUM_BAD)
        return fail(e, "this is no integer");
    return (number){v, is_unsigned || v > INT64_MAX};
}

static number read_char(const bw_xtok *t)
{
    if (t->len < 3)
        return (number){0, false};
    if (t->text[1] != '\\')
        return (number){(uint64_t)(int64_t)(signed char)t->text[1], false};
    switch (t->text[2]) {
    case 'n':
        return (number){'\n', false};
    case 't':
        return (number){'\t', false};
    case 'r':
        return (number){'\r', false};
    case '0':
        return (number){0, false};
    default:
        return (number){(uint64_t)(unsigned char)t->text[2], false};
    }
}

static number unary(evaluator *e)
{
    number n;

    if (++e->depth > DEPTH_MAX)
        return fail(e, "the expression is nested too deeply");
    if (accept(e, '-')) {
        n = unary(e);
        n.v = 0 - n.v;
    } else if (accept(e, '+')) {
        n = unary(e);
    } else if (accept(e, '~')) {
        n = unary(e);
        n.v = ~n.v;
    } else if (accept(e, '!')) {
        n = unary(e);
        n = (number){n.v == 0, false};
    } else if (accept(e, '(')) {
        n = conditional(e);
        if (!accept(e, ')'))
            n = fail(e, "expected \")\"");
    } else {
        const bw_xtok *t = peek(e);
        if (t && t->kind == BW_TK_NUMBER)
            n = read_number(e, t);
        else if (t && t->kind == BW_TK_CHAR)
            n = read_char(t);
        else if (t && t->kind == BW_TK_IDENT)
            n = (number){0, false}; /* a name that is no macro counts as 0 */
        else
            n = fail(e, "expected a number");
        e->i += t != NULL && e->i < e->tokens->count;
    }
    e->depth--;
    return n;
}

static int precedence(const bw_xtok *t)
{
    return t && t->kind == BW_TK_PUNCT ? bw_precedence(t->op) : 0;
}

static number shift(number a, number b, bool left)
{
    bool negative = !b.is_unsigned && (int64_t)b.v < 0;
    uint64_t n = negative ? 0 - b.v : b.v;

    if (negative)
        left = !left;
    if (left)
        return (number){n > 63 ? 0 : a.v << n, a.is_unsigned};
    if (a.is_unsigned || (int64_t)a.v >= 0)
        return (number){n > 63 ? 0 : a.v >> n, a.is_unsigned};
    return (number){n > 63 ? UINT64_MAX : ~(~a.v >> n), false};
}

static number divide(evaluator *e, uint8_t op, number a, number b, bool is_unsigned)
{
    if (b.v == 0)
        return fail(e, "division by zero");
    if (is_unsigned)
        return (number){op == '/' ? a.v / b.v : a.v % b.v, true};
    if (b.v == UINT64_MAX) /* -1: INT64_MIN / -1 overflows */
        return (number){op == '/' ? 0 - a.v : 0, false};
    return (number){(uint64_t)(op == '/' ? (int64_t)a.v / (int64_t)b.v : (int64_t)a.v % (int64_t)b.v), false};
}

static number apply(evaluator *e, uint8_t op, number a, number b)
{
    bool u = a.is_unsigned || b.is_unsigned;
    bool less = u ? a.v < b.v : (int64_t)a.v < (int64_t)b.v;

    switch (op) {
    case '*':
        return (number){a.v * b.v, u};
    case '/':
    case '%':
        return divide(e, op, a, b, u);
    case '+':
        return (number){a.v + b.v, u};
    case '-':
        return (number){a.v - b.v, u};
    case BW_P_SHL:
    case BW_P_SHR:
        return shift(a, b, op == BW_P_SHL);
    case '<':
        return (number){less, false};
    case '>':
        return (number){!less && a.v != b.v, false};
    case BW_P_LE:
        return (number){less || a.v == b.v, false};
    case BW_P_GE:
        return (number){!less, false};
    case BW_P_EQ:
        return (number){a.v == b.v, false};
    case BW_P_NE:
        return (number){a.v != b.v, false};
    case '&':
        return (number){a.v & b.v, u};
    case '^':
        return (number){a.v ^ b.v, u};
    case '|':
        return (number){a.v | b.v, u};
    case BW_P_AND:
        return (number){a.v && b.v, false};
    default:
        return (number){a.v || b.v, false};
    }
}

static number binary(evaluator *e, int least)
{
    number a = unary(e);

    for (;;) {
        const bw_xtok *t = peek(e);
        int p = precedence(t);

        if (p < least || p == 0)
            return a;
        uint8_t op = t->op;
        e->i++;
        const char *before = e->fault;
        number b = binary(e, p + 1);
        /* What is not evaluated cannot divide by zero. */
        if (!before && e->fault && strcmp(e->fault, "division by zero") == 0 &&
            ((op == BW_P_AND && a.v == 0) || (op == BW_P_OR && a.v != 0)))
            e->fault = NULL;
        a = apply(e, op, a, b);
    }
}

static number conditional(evaluator *e)
{
    number c = binary(e, 1);

    if (!accept(e, '?'))
        return c;
    if (++e->depth > DEPTH_MAX)
        return fail(e, "the expression is nested too deeply");
    number yes = conditional(e);
    if (!accept(e, ':'))
        return fail(e, "expected \":\"");
    number no = conditional(e);
    e->depth--;
    bool u = yes.is_unsigned || no.is_unsigned;
    return (number){c.v ? yes.v : no.v, u};
}

/* "defined NAME" and "defined(NAME)" become 0 or 1 before anything is expanded. */
static const char *replace_defined(bw_pp *pp, const bw_xlist *in, bw_xlist *out)
{
    for (uint32_t i = 0; i < in->count; i++) {
        bw_xtok t = in->v[i];

        if (t.kind == BW_TK_IDENT && t.u.name == pp->ctx->n.defined) {
            bool paren = i + 1 < in->count && in->v[i + 1].kind == BW_TK_PUNCT && in->v[i + 1].op == '(';
            uint32_t name = i + 1 + paren;
            if (name >= in->count || in->v[name].kind != BW_TK_IDENT)
                return "\"defined\" needs the name of a macro";
            if (paren && !(name + 1 < in->count && in->v[name + 1].kind == BW_TK_PUNCT && in->v[name + 1].op == ')'))
                return "expected \")\" after the name";
            t.kind = BW_TK_NUMBER;
            t.op = BW_NUM_OK;
            bool yes = bw_pp_macro(pp, in->v[name].u.name) != NULL;
            t.text = yes ? "1" : "0";
            t.len = 1;
            t.u.number = yes;
            i = name + paren;
        }
        bw_xlist_add(pp, out, &t);
    }
    return NULL;
}

bool bw_pp_condition(bw_pp *pp, const bw_directive *d)
{
    bw_xlist line = {0};
    bw_xlist plain = {0};
    bw_xlist expanded = {0};
    evaluator e = {.pp = pp, .tokens = &expanded};
    number n = {0, false};
    bw_loc at = pp->frames[pp->depth - 1].base + d->offset;

    bw_pp_line_tokens(pp, d, &line);
    e.fault = line.count ? replace_defined(pp, &line, &plain) : "#if without an expression";
    if (!e.fault) {
        bw_pp_expand_list(pp, &plain, &expanded);
        n = conditional(&e);
        if (!e.fault && peek(&e))
            fail(&e, "something stands behind the expression");
    }
    if (pp->exhausted) /* that was said */
        return false;
    if (e.fault) {
        pp->faults++;
        pp->missing++; /* nobody knows what the group would have defined */
        bw_find(pp->unit, BW_CODE_directive, e.fault_loc ? bw_span_token(e.fault_loc) : (bw_span){at, at, d->len}, "%s",
                e.fault);
        return false;
    }
    return n.v != 0;
}
