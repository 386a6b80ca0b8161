/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of an application: its addresses are strings that are pasted into C, so they may be expressions. */
#include "systems/sel4/app.h"

#include <errno.h>

#define DEPTH_MAX 64

typedef struct reader {
    const char *at;
    unsigned depth;
    bool bad;
} reader;

/* Operators of two sides, those that bind closer later. */
static const struct {
    const char *word;
    unsigned level;
    char op;
} operators[] = {
    {"<<", 4, '<'}, {">>", 4, '>'}, {"|", 1, '|'}, {"^", 2, '^'}, {"&", 3, '&'},
    {"+", 5, '+'},  {"-", 5, '-'},  {"*", 6, '*'}, {"/", 6, '/'}, {"%", 6, '%'},
};

static uint64_t read_level(reader *r, unsigned level);

static void skip_blanks(reader *r)
{
    while (g_ascii_isspace(*r->at))
        r->at++;
}

static uint64_t read_number(reader *r)
{
    char *end = NULL;

    if (!g_ascii_isdigit(*r->at)) {
        r->bad = true;
        return 0;
    }
    errno = 0;
    const bool hexadecimal = r->at[0] == '0' && (r->at[1] == 'x' || r->at[1] == 'X');
    const uint64_t value = g_ascii_strtoull(r->at, &end, hexadecimal ? 16 : r->at[0] == '0' ? 8 : 10);

    /* Nothing else: the first call in a process may wait for another thread, which leaves its mark in errno. */
    r->bad |= errno == ERANGE;
    while (*end && strchr("uUlL", *end))
        end++;
    r->bad |= g_ascii_isalnum(*end) || *end == '_' || *end == '.';
    r->at = end;
    return value;
}

static uint64_t read_unary(reader *r)
{
    uint64_t value;

    skip_blanks(r);
    if (++r->depth > DEPTH_MAX) {
        r->bad = true;
        value = 0;
    } else if (*r->at == '-' || *r->at == '+' || *r->at == '~') {
        const char op = *r->at++;

        value = read_unary(r);
        value = op == '-' ? 0 - value : op == '~' ? ~value : value;
    } else if (*r->at == '(') {
        r->at++;
        value = read_level(r, 0);
        skip_blanks(r);
        if (*r->at == ')')
            r->at++;
        else
            r->bad = true;
    } else {
        value = read_number(r);
    }
    r->depth--;
    return value;
}

static uint64_t apply(reader *r, char op, uint64_t a, uint64_t b)
{
    switch (op) {
    case '<':
        return b < 64 ? a << b : (r->bad = true, (uint64_t)0);
    case '>':
        return b < 64 ? a >> b : (r->bad = true, (uint64_t)0);
    case '|':
        return a | b;
    case '^':
        return a ^ b;
    case '&':
        return a & b;
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    case '/':
        return b ? a / b : (r->bad = true, (uint64_t)0);
    default:
        return b ? a % b : (r->bad = true, (uint64_t)0);
    }
}

/* All operators that bind closer than @p level. */
static uint64_t read_level(reader *r, unsigned level)
{
    uint64_t value = read_unary(r);

    while (!r->bad) {
        size_t i = 0;

        skip_blanks(r);
        while (i < G_N_ELEMENTS(operators) && !g_str_has_prefix(r->at, operators[i].word))
            i++;
        if (i == G_N_ELEMENTS(operators) || operators[i].level <= level)
            break;
        r->at += strlen(operators[i].word);
        value = apply(r, operators[i].op, value, read_level(r, operators[i].level));
    }
    return value;
}

bool bw_sel4_evaluate(const char *text, uint64_t *value)
{
    reader r = {.at = text};

    *value = read_level(&r, 0);
    skip_blanks(&r);
    return !r.bad && !*r.at;
}
