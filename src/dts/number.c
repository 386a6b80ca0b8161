/* SPDX-License-Identifier: Apache-2.0 */
/* Characters, integer literals and the rank of operators: what lexer, #if and expressions agree on. */
#include "dts/lexer.h"

#define A (NAME | ALPHA)
#define H (NAME | ALPHA | HEX)
#define D (NAME | DIGIT | HEX)
const uint8_t bw_char_class[256] = {
    ['\t'] = BLANK, ['\v'] = BLANK, ['\f'] = BLANK, ['\r'] = BLANK, [' '] = BLANK, [','] = NAME, ['.'] = NAME,
    ['+'] = NAME,   ['*'] = NAME,   ['#'] = NAME,   ['?'] = NAME,   ['@'] = NAME,  ['-'] = NAME, ['0'] = D,
    ['1'] = D,      ['2'] = D,      ['3'] = D,      ['4'] = D,      ['5'] = D,     ['6'] = D,    ['7'] = D,
    ['8'] = D,      ['9'] = D,      ['A'] = H,      ['B'] = H,      ['C'] = H,     ['D'] = H,    ['E'] = H,
    ['F'] = H,      ['G'] = A,      ['H'] = A,      ['I'] = A,      ['J'] = A,     ['K'] = A,    ['L'] = A,
    ['M'] = A,      ['N'] = A,      ['O'] = A,      ['P'] = A,      ['Q'] = A,     ['R'] = A,    ['S'] = A,
    ['T'] = A,      ['U'] = A,      ['V'] = A,      ['W'] = A,      ['X'] = A,     ['Y'] = A,    ['Z'] = A,
    ['_'] = A,      ['a'] = H,      ['b'] = H,      ['c'] = H,      ['d'] = H,     ['e'] = H,    ['f'] = H,
    ['g'] = A,      ['h'] = A,      ['i'] = A,      ['j'] = A,      ['k'] = A,     ['l'] = A,    ['m'] = A,
    ['n'] = A,      ['o'] = A,      ['p'] = A,      ['q'] = A,      ['r'] = A,     ['s'] = A,    ['t'] = A,
    ['u'] = A,      ['v'] = A,      ['w'] = A,      ['x'] = A,      ['y'] = A,     ['z'] = A,
};
#undef A
#undef H
#undef D

bw_number bw_lex_number(const char *text, size_t len, uint64_t *value, size_t *used)
{
    const char *p = text;
    const char *end = text + len;
    unsigned base = 10;
    uint64_t v = 0;
    bool bad = false;
    bool range = false;

    if (len > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X') && is((unsigned char)p[2], HEX)) {
        base = 16;
        p += 2;
    } else if (len > 1 && p[0] == '0') {
        base = 8;
    }
    while (p < end && is((unsigned char)*p, base == 16 ? HEX : DIGIT)) {
        unsigned digit = is((unsigned char)*p, DIGIT) ? (unsigned)(*p - '0') : (unsigned)((*p | 32) - 'a') + 10;

        if (digit >= base)
            bad = true;
        if (v > (UINT64_MAX - digit) / base)
            range = true;
        v = v * base + digit;
        p++;
    }
    /* An optional U, L, UL, LL or ULL. */
    if (p < end && *p == 'U')
        p++;
    for (int i = 0; i < 2 && p < end && *p == 'L'; i++)
        p++;
    if (p < end && (is((unsigned char)*p, ALPHA | DIGIT))) {
        /* dtc takes the longest literal and goes on behind it. */
        *used = (size_t)(p - text);
        *value = v;
        return BW_NUM_PIECES;
    }
    *used = (size_t)(p - text);
    *value = bad ? 0 : range ? UINT64_MAX : v;
    if (p < end)
        return BW_NUM_PIECES;
    return bad ? BW_NUM_BAD : range ? BW_NUM_RANGE : BW_NUM_OK;
}

int bw_precedence(uint8_t op)
{
    switch (op) {
    case '*':
    case '/':
    case '%':
        return 10;
    case '+':
    case '-':
        return 9;
    case BW_P_SHL:
    case BW_P_SHR:
        return 8;
    case '<':
    case '>':
    case BW_P_LE:
    case BW_P_GE:
        return 7;
    case BW_P_EQ:
    case BW_P_NE:
        return 6;
    case '&':
        return 5;
    case '^':
        return 4;
    case '|':
        return 3;
    case BW_P_AND:
        return 2;
    case BW_P_OR:
        return 1;
    default:
        return 0;
    }
}
