/* SPDX-License-Identifier: Apache-2.0 */
/* Words: quotes, variables, substitutions, arithmetic. */
#include "yocto/shell_parts.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

/* What a word becomes: fields, and the one that is being made. */
typedef struct expansion {
    bw_sh *sh;
    GPtrArray *fields;
    GString *field;
    bool started; /* there is a field, even if it is empty: '' */
    bool split;
} expansion;

static void end_field(expansion *e)
{
    if (e->started)
        g_ptr_array_add(e->fields, bw_arena_strndup(e->sh->arena, e->field->str, e->field->len));
    g_string_truncate(e->field, 0);
    e->started = false;
}

static void add_text(expansion *e, const char *text, size_t len)
{
    e->sh->total += len;
    if (e->field->len + len > SH_MAX_WORD || e->sh->total > SH_MAX_TOTAL) {
        e->sh->failed = true;
        return;
    }
    g_string_append_len(e->field, text, (gssize)len);
    e->started = true;
}

/* A value outside quotes falls apart at blanks. */
static void add_value(expansion *e, const char *value, bool quoted)
{
    if (quoted || !e->split) {
        add_text(e, value, strlen(value));
        return;
    }
    for (const char *p = value; *p; p++) {
        if (*p == ' ' || *p == '\t' || *p == '\n')
            end_field(e);
        else
            add_text(e, p, 1);
    }
}

static const char unknown[] = {BW_SH_UNKNOWN, 0};

static const char *value_of(bw_sh *sh, const char *name)
{
    const char *value = sh_get(sh, name);

    return value ? value : unknown;
}

/* Length of a variable's name; one character of $1, $@ and the like. */
static size_t name_length(const char *p, const char *end)
{
    size_t n = 0;

    if (p < end && strchr("0123456789@*#?$!-", *p) && *p)
        return 1;
    while (p + n < end && (isalnum((unsigned char)p[n]) || p[n] == '_'))
        n++;
    return n;
}

/* @param p behind "${". @return one past the closing brace */
static const char *expand_brace(expansion *e, const char *p, const char *end, bool quoted)
{
    bw_sh *sh = e->sh;
    const char *close = sh_skip_brace(p, end, 0);

    if (!close) {
        sh->failed = true;
        return end;
    }

    char *inside = bw_arena_strndup(sh->arena, p, (size_t)(close - 1 - p));
    const char *value = sh->host.bitbake ? sh->host.bitbake(sh->host.data, inside) : NULL;
    size_t n = name_length(inside, inside + strlen(inside));
    if (!value && n && inside[n] == 0)
        value = value_of(sh, inside);
    if (!value && n && inside[n] == ':' && inside[n + 1] == '-') {
        value = sh_get(sh, bw_arena_strndup(sh->arena, inside, n));
        if (!value || !*value)
            value = sh_expand_one(sh, (sh_word){inside + n + 2, strlen(inside + n + 2)});
    }
    add_value(e, value ? value : unknown, quoted);
    return close;
}

static const char *expand_arithmetic(expansion *e, const char *p, const char *end)
{
    const char *close = sh_skip_paren(p, end, 0); /* of the inner one */
    int64_t value;
    char text[32];

    if (!close || close >= end || *close != ')') {
        e->sh->failed = true;
        return end;
    }
    const char *inside = sh_expand_one(e->sh, (sh_word){p, (size_t)(close - 1 - p)});
    if (sh_arithmetic(e->sh, inside, &value))
        snprintf(text, sizeof text, "%" PRId64, value);
    else
        memcpy(text, unknown, sizeof unknown);
    add_text(e, text, strlen(text));
    return close + 1;
}

static const char *expand_substitution(expansion *e, const char *p, const char *end, bool quoted)
{
    const char *close = sh_skip_paren(p, end, 0);

    if (!close) {
        e->sh->failed = true;
        return end;
    }
    add_value(e, sh_substitute(e->sh, p, (size_t)(close - 1 - p)), quoted);
    return close;
}

static const char *expand_backquote(expansion *e, const char *p, const char *end, bool quoted)
{
    GString *inside = g_string_new(NULL);

    for (; p < end && *p != '`'; p++) {
        if (*p == '\\' && p + 1 < end && strchr("`\\$", p[1]) && p[1])
            p++;
        g_string_append_c(inside, *p);
    }
    add_value(e, sh_substitute(e->sh, bw_arena_strndup(e->sh->arena, inside->str, inside->len), inside->len), quoted);
    g_string_free(inside, TRUE);
    return p < end ? p + 1 : end;
}

/* @param p at the '$'. @return behind what it expands */
static const char *expand_dollar(expansion *e, const char *p, const char *end, bool quoted)
{
    bw_sh *sh = e->sh;

    if (end - p >= 3 && p[1] == '(' && p[2] == '(')
        return expand_arithmetic(e, p + 3, end);
    if (end - p >= 2 && p[1] == '(')
        return expand_substitution(e, p + 2, end, quoted);
    if (end - p >= 2 && p[1] == '{')
        return expand_brace(e, p + 2, end, quoted);

    size_t n = name_length(p + 1, end);
    if (n == 0) {
        add_text(e, "$", 1);
        return p + 1;
    }
    add_value(e, value_of(sh, bw_arena_strndup(sh->arena, p + 1, n)), quoted);
    return p + 1 + n;
}

static const char *expand_double(expansion *e, const char *p, const char *end)
{
    add_text(e, "", 0);
    while (p < end && *p != '"' && !e->sh->failed) {
        if (*p == '\\' && p + 1 < end) {
            if (!strchr("$`\"\\\n", p[1]))
                add_text(e, p, 1);
            if (p[1] != '\n')
                add_text(e, p + 1, 1);
            p += 2;
        } else if (*p == '$') {
            p = expand_dollar(e, p, end, true);
        } else if (*p == '`') {
            p = expand_backquote(e, p + 1, end, true);
        } else {
            add_text(e, p++, 1);
        }
    }
    return p < end ? p + 1 : end;
}

static const char *expand_single(expansion *e, const char *p, const char *end)
{
    const char *close = memchr(p, '\'', (size_t)(end - p));

    add_text(e, p, (size_t)((close ? close : end) - p));
    return close ? close + 1 : end;
}

static void expand(expansion *e, sh_word word)
{
    const char *p = word.text, *end = word.text + word.len;

    if (++e->sh->depth > SH_MAX_WALK)
        e->sh->failed = true;
    while (p < end && !e->sh->failed) {
        if (*p == '\\' && p + 1 < end) {
            if (p[1] != '\n')
                add_text(e, p + 1, 1);
            p += 2;
        } else if (*p == '\'') {
            p = expand_single(e, p + 1, end);
        } else if (*p == '"') {
            p = expand_double(e, p + 1, end);
        } else if (*p == '$') {
            p = expand_dollar(e, p, end, false);
        } else if (*p == '`') {
            p = expand_backquote(e, p + 1, end, false);
        } else {
            add_text(e, p++, 1);
        }
    }
    e->sh->depth--;
}

void sh_expand(bw_sh *sh, sh_word word, GPtrArray *fields)
{
    expansion e = {.sh = sh, .fields = fields, .field = g_string_new(NULL), .split = true};

    expand(&e, word);
    end_field(&e);
    g_string_free(e.field, TRUE);
}

const char *sh_expand_one(bw_sh *sh, sh_word word)
{
    expansion e = {.sh = sh, .field = g_string_new(NULL)};

    expand(&e, word);
    const char *text = bw_arena_strndup(sh->arena, e.field->str, e.field->len);
    g_string_free(e.field, TRUE);
    return text;
}

/* ---- arithmetic ---- */

typedef struct sum {
    bw_sh *sh;
    const char *p;
    int depth;
    bool failed;
} sum;

static int64_t read_sum(sum *s);

static char next_sign(sum *s)
{
    while (*s->p == ' ' || *s->p == '\t' || *s->p == '\n')
        s->p++;
    return *s->p;
}

static int64_t read_number(const char *text, const char **end, bool *failed)
{
    char *stop;
    int64_t value;

    value = g_ascii_strtoll(text, &stop, 0);
    *failed |= stop == text || value == G_MAXINT64 || value == G_MININT64;
    *end = stop;
    return value;
}

static int64_t read_operand(sum *s)
{
    int64_t value = 0;
    char c = next_sign(s);

    if (++s->depth > SH_MAX_DEPTH) {
        s->failed = true;
    } else if (c == '(') {
        s->p++;
        value = read_sum(s);
        s->failed |= next_sign(s) != ')';
        s->p += *s->p == ')';
    } else if (isdigit((unsigned char)c) || c == '-') {
        value = read_number(s->p, &s->p, &s->failed);
    } else {
        size_t n = name_length(s->p, s->p + strlen(s->p));
        const char *text = n ? sh_get(s->sh, bw_arena_strndup(s->sh->arena, s->p, n)) : NULL;
        const char *end;

        s->p += n;
        if (text)
            value = read_number(text, &end, &s->failed);
        s->failed |= !text || *end;
    }
    s->depth--;
    return value;
}

static int64_t read_product(sum *s)
{
    int64_t value = read_operand(s);

    for (;;) {
        char sign = next_sign(s);

        if (s->failed || !sign || !strchr("*/%", sign))
            return value;
        s->p++;
        int64_t by = read_operand(s);
        if (sign == '*')
            s->failed |= __builtin_mul_overflow(value, by, &value);
        else if (by == 0 || by == -1)
            s->failed = true;
        else
            value = sign == '/' ? value / by : value % by;
    }
}

static int64_t read_sum(sum *s)
{
    int64_t value = read_product(s);

    for (;;) {
        char sign = next_sign(s);

        if (s->failed || (sign != '+' && sign != '-'))
            return value;
        s->p++;
        int64_t by = read_product(s);
        s->failed |=
            sign == '+' ? __builtin_add_overflow(value, by, &value) : __builtin_sub_overflow(value, by, &value);
    }
}

bool sh_arithmetic(bw_sh *sh, const char *text, int64_t *value)
{
    sum s = {.sh = sh, .p = text};

    *value = read_sum(&s);
    return !s.failed && next_sign(&s) == 0;
}
