/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scalars as the reader's types: numbers, sizes, rates, truth values; and which unquoted scalars
 * YAML 1.1 does not take for strings (PyYAML's resolver, which follows https://yaml.org/type/).
 */
#include "yaml/schema.h"

#include <string.h>

typedef struct unit {
    const char *name;
    uint64_t factor;
} unit;

static const unit size_units[] = {
    {"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1ULL << 30}, {"TiB", 1ULL << 40}, {NULL, 0},
};
static const unit rate_units[] = {
    {"Hz", 1}, {"kHz", 1000}, {"MHz", 1000000}, {"GHz", 1000000000}, {NULL, 0},
};

const char *bw_yaml_to_text(const bw_yaml *value)
{
    return value && value->kind == BW_YAML_SCALAR ? value->text : NULL;
}

static char **words_of_list(const bw_yaml *list)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    for (uint32_t i = 0; i < list->count; i++) {
        const char *text = bw_yaml_to_text(list->items[i]);

        if (!text) {
            g_ptr_array_free(words, TRUE);
            return NULL;
        }
        g_ptr_array_add(words, g_strdup(text));
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

char **bw_yaml_to_words(const bw_yaml *value)
{
    char **words = NULL;
    GError *error = NULL;

    if (!value || value->kind == BW_YAML_MAP)
        return NULL;
    if (value->kind == BW_YAML_LIST)
        return words_of_list(value);
    if (!g_shell_parse_argv(value->text, NULL, &words, &error) &&
        g_error_matches(error, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
        words = g_new0(char *, 1);
    g_clear_error(&error);
    return words;
}

static bool one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

/* The words of YAML 1.1. */
static const char *const yes_words[] = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", NULL};
static const char *const no_words[] = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", NULL};

bool bw_yaml_to_bool(const bw_yaml *value, bool *result)
{
    const char *text = bw_yaml_to_text(value);

    /* A quoted "true" is text for Zephyr. */
    if (!text || !value->plain || (!one_of(text, yes_words) && !one_of(text, no_words)))
        return false;
    *result = one_of(text, yes_words);
    return true;
}

/* Digits of a base. @return the first other character; NULL if there are none, or too many. */
static const char *scan_integer(const char *text, uint64_t *result)
{
    const char *p = text;
    unsigned base = 10;
    uint64_t value = 0;

    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        base = 16;
        p += 2;
    }
    const char *digits = p;
    for (;; p++) {
        int digit = base == 16 ? g_ascii_xdigit_value(*p) : g_ascii_digit_value(*p);

        if (digit < 0)
            break;
        if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, (unsigned)digit, &value))
            return NULL;
    }
    /* 010 is eight to YAML 1.1 and ten to people, so it is neither. */
    if (p == digits || (base == 10 && digits[0] == '0' && p - digits > 1))
        return NULL;
    *result = value;
    return p;
}

/* ".5" after the integer, in units of the factor; every digit must count. */
static const char *scan_fraction(const char *p, uint64_t factor, uint64_t *result)
{
    if (*p != '.')
        return p;
    if (!g_ascii_isdigit(*++p))
        return NULL;
    *result = 0;
    for (; g_ascii_isdigit(*p); p++) {
        if (factor % 10 != 0) {
            if (*p != '0')
                return NULL;
            continue;
        }
        factor /= 10;
        *result += factor * (unsigned)(*p - '0');
    }
    return p;
}

static const char *unit_of(const char *text)
{
    const char *p = text + strlen(text);

    while (p > text && g_ascii_isalpha(p[-1]))
        p--;
    return p;
}

static bool measure(const bw_yaml *value, const unit *units, bool fractions, uint64_t *result)
{
    const char *text = bw_yaml_to_text(value);
    uint64_t whole;
    uint64_t fraction = 0;
    uint64_t product;

    if (!text)
        return false;
    const char *rest = scan_integer(text, &whole);
    if (!rest)
        return false;
    bool fractional = *rest == '.';
    const char *name = fractional ? unit_of(rest) : rest + strspn(rest, " ");
    for (; units->name; units++)
        if (strcmp(units->name, name) == 0)
            break;
    if (!units->name || (name[0] == '\0' && *rest != '\0'))
        return false;
    if (fractional) {
        rest = fractions ? scan_fraction(rest, units->factor, &fraction) : NULL;
        if (!rest || rest + strspn(rest, " ") != name)
            return false;
    }
    if (__builtin_mul_overflow(whole, units->factor, &product) || __builtin_add_overflow(product, fraction, &product))
        return false;
    *result = product;
    return true;
}

bool bw_yaml_to_int(const bw_yaml *value, uint64_t *result)
{
    const char *text = bw_yaml_to_text(value);
    uint64_t number;

    if (!text || !value->plain)
        return false;
    const char *rest = scan_integer(text, &number);
    if (!rest || *rest)
        return false;
    *result = number;
    return true;
}

bool bw_yaml_to_size(const bw_yaml *value, uint64_t *bytes)
{
    return measure(value, size_units, false, bytes);
}

bool bw_yaml_to_rate(const bw_yaml *value, uint64_t *hertz)
{
    return measure(value, rate_units, true, hertz);
}

/* -- what YAML 1.1 makes of an unquoted scalar -------------------------------------------------- */

static const char *skip(const char *p, const char *set)
{
    return p + strspn(p, set);
}

#define DIGITS "0123456789"

/* "1:30:00": every part after the first has one or two digits below 60. */
static const char *skip_sexagesimal(const char *p)
{
    const char *parts = p;

    while (*p == ':' && g_ascii_isdigit(p[1]))
        p += g_ascii_isdigit(p[2]) && p[1] <= '5' ? 3 : 2;
    return p > parts ? p : NULL;
}

static bool is_integer(const char *text)
{
    const char *p = *text == '-' || *text == '+' ? text + 1 : text;

    if (p[0] == '0' && p[1] == 'b')
        return p[2] && *skip(p + 2, "01_") == '\0';
    if (p[0] == '0' && p[1] == 'x')
        return p[2] && *skip(p + 2, DIGITS "abcdefABCDEF_") == '\0';
    if (p[0] == '0')
        return *skip(p + 1, "01234567_") == '\0';
    if (!g_ascii_isdigit(*p))
        return false;
    p = skip(p, DIGITS "_");
    if (*p == ':')
        p = skip_sexagesimal(p);
    return p && *p == '\0';
}

static const char *skip_exponent(const char *p)
{
    if ((*p == 'e' || *p == 'E') && (p[1] == '-' || p[1] == '+') && g_ascii_isdigit(p[2]))
        return skip(p + 2, DIGITS);
    return p;
}

static bool is_float(const char *text)
{
    static const char *const infinite[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const no_number[] = {".nan", ".NaN", ".NAN", NULL};
    const char *p = *text == '-' || *text == '+' ? text + 1 : text;

    if (one_of(p, infinite) || one_of(text, no_number))
        return true;
    if (*text == '.')
        return g_ascii_isdigit(text[1]) && *skip_exponent(skip(text + 1, DIGITS "_")) == '\0';
    if (!g_ascii_isdigit(*p))
        return false;
    p = skip(p, DIGITS "_");
    bool sexagesimal = *p == ':';
    if (sexagesimal)
        p = skip_sexagesimal(p);
    if (!p || *p != '.')
        return false;
    p = skip(p + 1, DIGITS "_");
    return *(sexagesimal ? p : skip_exponent(p)) == '\0';
}

/* "2026-11-21", perhaps with a time: PyYAML tells by the date already. */
static bool is_date(const char *p)
{
    static const char pattern[] = "0000-00-00";

    for (size_t i = 0; pattern[i]; i++)
        if (pattern[i] == '0' ? !g_ascii_isdigit(p[i]) : p[i] != '-')
            return false;
    return p[10] == '\0' || ((p[10] == 'T' || p[10] == 't' || p[10] == ' ') && g_ascii_isdigit(p[11]));
}

const char *bw_yaml_not_string(const bw_yaml *value)
{
    const char *text = bw_yaml_to_text(value);

    if (!text || !value->plain)
        return NULL;
    if (*text && !strchr("-+.~0123456789tTfFyYnNoO", *text))
        return NULL; /* nothing below begins so */
    if (bw_yaml_is_null(value))
        return "nothing";
    if (one_of(text, yes_words) || one_of(text, no_words))
        return "a truth value";
    if (is_integer(text) || is_float(text))
        return "a number";
    return is_date(text) ? "a date" : NULL;
}
