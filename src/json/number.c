/* SPDX-License-Identifier: Apache-2.0 */
#include "json/number.h"

#include <glib.h>
#include <math.h>

typedef struct scan {
    const char *text;
    uint32_t at, len;
} scan;

static char at(const scan *s, uint32_t ahead)
{
    return s->at + ahead < s->len ? s->text[s->at + ahead] : '\0';
}

static bool is_word(const scan *s, const char *word)
{
    for (uint32_t i = 0; word[i]; i++)
        if (g_ascii_tolower(at(s, i)) != word[i])
            return false;
    return true;
}

/* @return how many digits there were. */
static uint32_t skip_digits(scan *s, bool hexadecimal)
{
    uint32_t begin = s->at;

    while (hexadecimal ? g_ascii_isxdigit(at(s, 0)) : g_ascii_isdigit(at(s, 0)))
        s->at++;
    return s->at - begin;
}

/* e10, p-4: only if there are digits. */
static bool skip_exponent(scan *s, char letter)
{
    uint32_t sign = at(s, 1) == '+' || at(s, 1) == '-';

    if (g_ascii_tolower(at(s, 0)) != letter || !g_ascii_isdigit(at(s, 1 + sign)))
        return false;
    s->at += 1 + sign;
    skip_digits(s, false);
    return true;
}

/* Behind "0x". @return false without a digit: then the number is the 0 alone. */
static bool scan_hexadecimal(scan *s, uint32_t *oddities)
{
    scan begin = *s;

    s->at += 2;
    uint32_t digits = skip_digits(s, true);
    if (at(s, 0) == '.') {
        s->at++;
        digits += skip_digits(s, true);
        *oddities |= BW_JSON_HEX_FRACTION;
    }
    if (!digits) {
        *s = begin;
        return false;
    }
    if (skip_exponent(s, 'p'))
        *oddities |= BW_JSON_HEX_FRACTION;
    if (!(*oddities & BW_JSON_HEX_FRACTION))
        *oddities |= BW_JSON_HEX;
    return true;
}

static bool scan_decimal(scan *s, uint32_t *oddities)
{
    bool zero = at(s, 0) == '0';
    uint32_t whole = skip_digits(s, false);
    uint32_t fraction = 0;

    if (zero && whole > 1)
        *oddities |= BW_JSON_LEADING_ZERO;
    if (at(s, 0) == '.' && (whole || g_ascii_isdigit(at(s, 1)))) {
        s->at++;
        fraction = skip_digits(s, false);
        if (!whole || !fraction)
            *oddities |= BW_JSON_BARE_POINT;
    }
    if (whole + fraction)
        skip_exponent(s, 'e');
    return whole + fraction > 0;
}

/* "nan", and what stands behind it in parentheses, whatever that is. */
static void skip_nan(scan *s)
{
    uint32_t ahead;

    s->at += 3;
    if (at(s, 0) != '(')
        return;
    for (ahead = 1; at(s, ahead) && at(s, ahead) != ')'; ahead++)
        continue;
    if (at(s, ahead) == ')')
        s->at += ahead + 1;
}

bool bw_json_number_begins(const char *text, uint32_t len)
{
    scan s = {text, 0, len};

    return g_ascii_isdigit(at(&s, 0)) || at(&s, 0) == '-' || at(&s, 0) == '+' || is_word(&s, "inf") ||
           is_word(&s, "nan");
}

/* The bytes as a number: digits were verified, so nothing depends on the locale or on what strtod() adds. */
static double value_of(const char *text, uint32_t len)
{
    char *copy = g_strndup(text, len);
    double value = g_ascii_strtod(copy, NULL);

    g_free(copy);
    return value;
}

bw_json_number bw_json_number_scan(const char *text, uint32_t len)
{
    scan s = {text, 0, len};
    bw_json_number number = {0};
    bool ok = true;

    if (at(&s, 0) == '+')
        number.oddities |= BW_JSON_PLUS;
    if (at(&s, 0) == '+' || at(&s, 0) == '-')
        s.at++;
    if (is_word(&s, "inf"))
        s.at += is_word(&s, "infinity") ? 8 : 3;
    else if (is_word(&s, "nan"))
        skip_nan(&s);
    else if (at(&s, 0) != '0' || g_ascii_tolower(at(&s, 1)) != 'x' || !scan_hexadecimal(&s, &number.oddities))
        ok = scan_decimal(&s, &number.oddities);
    if (!ok)
        return (bw_json_number){0};
    number.len = s.at;
    number.value = value_of(text, s.at);
    if (!isfinite(number.value))
        number.oddities |= BW_JSON_NOT_FINITE;
    return number;
}

const char *bw_json_oddity_name(uint32_t oddity)
{
    switch (oddity) {
    case BW_JSON_HEX:
        return "hexadecimal number";
    case BW_JSON_HEX_FRACTION:
        return "hexadecimal fraction";
    case BW_JSON_LEADING_ZERO:
        return "number with a leading zero (it is decimal, never octal)";
    case BW_JSON_PLUS:
        return "number with a plus sign";
    case BW_JSON_BARE_POINT:
        return "number with no digit on one side of its point";
    default:
        return "number that is infinite or none";
    }
}

const char *bw_json_oddity_cure(uint32_t oddity)
{
    switch (oddity) {
    case BW_JSON_LEADING_ZERO:
        return "remove the zero";
    case BW_JSON_PLUS:
        return "remove the sign";
    default:
        return NULL;
    }
}
