/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/kconfig.h"

#include "systems/zephyr/kconfig_scan.h"

#include <string.h>

/* Columns of a tab, for the indentation of help. */
#define TAB 8

/* ---- lines ---- */

typedef struct keyword {
    const char *name;
    bw_kconfig_word word;
} keyword;

static const keyword keywords[] = {
    {"bool", BW_KCONFIG_TYPE},
    {"choice", BW_KCONFIG_CHOICE},
    {"comment", BW_KCONFIG_OTHER},
    {"config", BW_KCONFIG_CONFIG},
    {"configdefault", BW_KCONFIG_DEFAULTS},
    {"def_bool", BW_KCONFIG_VALUE},
    {"def_hex", BW_KCONFIG_VALUE},
    {"def_int", BW_KCONFIG_VALUE},
    {"def_string", BW_KCONFIG_VALUE},
    {"def_tristate", BW_KCONFIG_VALUE},
    {"default", BW_KCONFIG_DEFAULT},
    {"depends", BW_KCONFIG_DEPENDS},
    {"endchoice", BW_KCONFIG_END},
    {"endif", BW_KCONFIG_END},
    {"endmenu", BW_KCONFIG_END},
    {"grsource", BW_KCONFIG_SOURCE},
    {"gsource", BW_KCONFIG_SOURCE},
    {"help", BW_KCONFIG_HELP},
    {"---help---", BW_KCONFIG_HELP},
    {"hex", BW_KCONFIG_TYPE},
    {"if", BW_KCONFIG_IF},
    {"imply", BW_KCONFIG_IMPLY},
    {"int", BW_KCONFIG_TYPE},
    {"mainmenu", BW_KCONFIG_OTHER},
    {"menu", BW_KCONFIG_MENU},
    {"menuconfig", BW_KCONFIG_CONFIG},
    {"modules", BW_KCONFIG_OTHER},
    {"option", BW_KCONFIG_OTHER},
    {"optional", BW_KCONFIG_OTHER},
    {"orsource", BW_KCONFIG_SOURCE},
    {"osource", BW_KCONFIG_SOURCE},
    {"prompt", BW_KCONFIG_PROMPT},
    {"range", BW_KCONFIG_OTHER},
    {"rsource", BW_KCONFIG_SOURCE},
    {"select", BW_KCONFIG_SELECT},
    {"source", BW_KCONFIG_SOURCE},
    {"string", BW_KCONFIG_TYPE},
    {"tristate", BW_KCONFIG_TYPE},
    {"visible", BW_KCONFIG_OTHER},
};

typedef struct reader {
    bw_source *source;
    bw_findings *findings;
    const char *text;
    uint32_t at, len;
    GArray *lines; /* of bw_kconfig_line */
    GArray *open;  /* of int32_t: blocks without an end so far */
    int32_t entry; /* that properties belong to; -1 */
    bool broken;
} reader;

static bw_place place_of(bw_source *source, bw_kconfig_span span)
{
    return bw_source_place(source, span.begin, span.end > span.begin ? span.end : span.begin);
}

/* Behind the line that begins at @p at, with the lines that a backslash at its end adds. */
static uint32_t end_of_line(const char *text, uint32_t len, uint32_t at)
{
    while (at < len) {
        const char *newline = memchr(text + at, '\n', len - at);

        if (!newline)
            return len;
        at = (uint32_t)(newline - text);
        if (at == 0 || text[at - 1] != '\\')
            return at;
        at++;
    }
    return at;
}

/* Where the comment of a line begins, else its end; and the last " if " of it, where its condition begins. */
static uint32_t find_parts(const char *text, uint32_t at, uint32_t end, uint32_t *condition)
{
    *condition = 0;
    while (at < end && text[at] != '#') {
        if (text[at] == '"' || text[at] == '\'') {
            at = bw_kconfig_skip_string(text, at, end);
        } else if (text[at] == '$' && at + 1 < end && text[at + 1] == '(') {
            at = bw_kconfig_skip_macro(text, at, end);
        } else if (bw_kconfig_is_symbol_char(text[at])) {
            uint32_t begin = at;

            while (at < end && bw_kconfig_is_symbol_char(text[at]))
                at++;
            if (at - begin == 2 && memcmp(text + begin, "if", 2) == 0)
                *condition = begin;
        } else {
            at++;
        }
    }
    return at;
}

static uint32_t indentation(const char *text, uint32_t at, uint32_t end)
{
    uint32_t columns = 0;

    for (; at < end && (text[at] == ' ' || text[at] == '\t'); at++)
        columns = text[at] == '\t' ? (columns / TAB + 1) * TAB : columns + 1;
    return columns;
}

/* The text of help goes on as long as it is not less indented than its first line. */
static void skip_help(reader *r)
{
    uint32_t wanted = 0;

    while (r->at < r->len) {
        uint32_t end = end_of_line(r->text, r->len, r->at);
        const char *newline = memchr(r->text + r->at, '\n', end - r->at);

        /* A backslash is only a letter there. */
        if (newline)
            end = (uint32_t)(newline - r->text);
        if (bw_kconfig_trim(r->text, r->at, end) > r->at) {
            uint32_t columns = indentation(r->text, r->at, end);

            if (columns == 0 || columns < wanted)
                return;
            wanted = wanted ? wanted : columns;
        }
        r->at = end < r->len ? end + 1 : end;
    }
}

static void complain(reader *r, bw_kconfig_span span, const char *format, const char *what)
{
    r->broken = true;
    if (r->findings)
        bw_findings_add(r->findings, BW_CODE_zephyr_kconfig_syntax, place_of(r->source, span), format, what);
}

static const keyword *keyword_called(const char *text, size_t len)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
        if (strlen(keywords[i].name) == len && memcmp(keywords[i].name, text, len) == 0)
            return &keywords[i];
    return NULL;
}

static void unknown_word(reader *r, bw_kconfig_span span)
{
    const char *names[G_N_ELEMENTS(keywords) + 1] = {NULL};
    char *word = g_strndup(r->text + span.begin, span.end - span.begin);

    r->broken = true;
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
        names[i] = keywords[i].name;
    if (r->findings) {
        bw_finding *f = bw_findings_add(r->findings, BW_CODE_zephyr_kconfig_syntax, place_of(r->source, span),
                                        "'%s' is no word of Kconfig", word);
        const char *near = bw_nearest(word, names);
        if (near)
            bw_finding_cure(f, "did you mean '%s'?", near);
    }
    g_free(word);
}

/* "NAME := value", "NAME = value", "NAME += value", "$(…)", "NAME-x := value". */
static bool is_macro(const char *text, uint32_t at, uint32_t end)
{
    if (text[at] == '$')
        return true;
    while (at < end && (bw_kconfig_is_symbol_char(text[at]) || text[at] == '-'))
        at++;
    at = bw_kconfig_skip_blanks(text, at, end);
    return at < end &&
           (text[at] == '=' || (at + 1 < end && (text[at] == ':' || text[at] == '+') && text[at + 1] == '='));
}

static bool is_block(bw_kconfig_word word)
{
    return word == BW_KCONFIG_IF || word == BW_KCONFIG_MENU || word == BW_KCONFIG_CHOICE;
}

static const bw_kconfig_line *line_at(const reader *r, int32_t index)
{
    return &g_array_index(r->lines, bw_kconfig_line, index);
}

/* "endif" ends the innermost "if". */
static void close_block(reader *r, bw_kconfig_span end)
{
    const char *wanted = r->text + end.begin + strlen("end");
    size_t len = end.end - end.begin - strlen("end");

    if (r->open->len) {
        const bw_kconfig_line *block = line_at(r, g_array_index(r->open, int32_t, r->open->len - 1));
        size_t have = block->keyword.end - block->keyword.begin;

        if (have == len && memcmp(r->text + block->keyword.begin, wanted, len) == 0) {
            g_array_set_size(r->open, r->open->len - 1);
            return;
        }
    }
    char *word = g_strndup(wanted, len);
    complain(r, end, "there is no '%s' that this could end", word);
    g_free(word);
}

static void add_line(reader *r, bw_kconfig_word word, bw_kconfig_span keyword_span, uint32_t end)
{
    uint32_t condition;
    uint32_t begin = bw_kconfig_skip_blanks(r->text, keyword_span.end, end);
    uint32_t comment = find_parts(r->text, begin, end, &condition);
    bw_kconfig_line line = {.word = word, .keyword = keyword_span, .entry = -1, .inside = -1};
    bool has_condition = condition && word != BW_KCONFIG_IF && word != BW_KCONFIG_DEPENDS;

    /* "depends on X" */
    if (word == BW_KCONFIG_DEPENDS && comment - begin > 2 && memcmp(r->text + begin, "on", 2) == 0)
        begin = bw_kconfig_skip_blanks(r->text, begin + 2, comment);
    line.what = (bw_kconfig_span){begin, bw_kconfig_trim(r->text, begin, has_condition ? condition : comment)};
    if (has_condition) {
        uint32_t when = bw_kconfig_skip_blanks(r->text, condition + 2, comment);
        line.when = (bw_kconfig_span){when, bw_kconfig_trim(r->text, when, comment)};
    }
    if (word == BW_KCONFIG_SOURCE && line.what.end - line.what.begin >= 2 && strchr("\"'", r->text[line.what.begin])) {
        line.what.begin++;
        line.what.end = MAX(line.what.begin, line.what.end - 1);
    }
    if (r->open->len)
        line.inside = g_array_index(r->open, int32_t, r->open->len - 1);
    int32_t index = (int32_t)r->lines->len;
    if (word == BW_KCONFIG_CONFIG || word == BW_KCONFIG_DEFAULTS || word == BW_KCONFIG_CHOICE)
        r->entry = index;
    else if (is_block(word) || word == BW_KCONFIG_SOURCE || word == BW_KCONFIG_END)
        r->entry = -1;
    line.entry = r->entry;
    /* A menu's depends on is the condition of what is in it, as the words of a choice are. */
    if (word == BW_KCONFIG_MENU)
        r->entry = index;
    g_array_append_val(r->lines, line);
    if (is_block(word))
        g_array_append_val(r->open, index);
}

static void read_line(reader *r)
{
    uint32_t end = end_of_line(r->text, r->len, r->at);
    uint32_t begin = bw_kconfig_skip_blanks(r->text, r->at, end);

    r->at = end < r->len ? end + 1 : end;
    if (begin >= end || r->text[begin] == '#')
        return;
    uint32_t last = begin;
    while (last < end && (bw_kconfig_is_symbol_char(r->text[last]) || r->text[last] == '-'))
        last++;
    bw_kconfig_span span = {begin, last};
    const keyword *k = keyword_called(r->text + begin, last - begin);
    if (!k && is_macro(r->text, begin, end))
        return;
    if (!k) {
        span.end = MAX(last, begin + 1);
        unknown_word(r, span);
        return;
    }
    if (k->word == BW_KCONFIG_END)
        close_block(r, span);
    add_line(r, k->word, span, end);
    if (k->word == BW_KCONFIG_HELP)
        skip_help(r);
}

const bw_kconfig *bw_kconfig_read(bw_source *source, bw_arena *arena, bw_findings *findings)
{
    reader r = {.source = source, .findings = findings, .text = source->text, .len = source->len, .entry = -1};
    bw_kconfig *k = bw_arena_new(arena, bw_kconfig);

    r.lines = g_array_new(FALSE, FALSE, sizeof(bw_kconfig_line));
    r.open = g_array_new(FALSE, FALSE, sizeof(int32_t));
    while (r.at < r.len && r.lines->len < BW_KCONFIG_LINES_MAX)
        read_line(&r);
    if (r.at < r.len)
        complain(&r, (bw_kconfig_span){r.at, r.at}, "the file has more than %s statements, and is read up to here",
                 "10,000");
    for (guint i = 0; i < r.open->len; i++) {
        const bw_kconfig_line *block = line_at(&r, g_array_index(r.open, int32_t, i));
        char *word = g_strndup(r.text + block->keyword.begin, block->keyword.end - block->keyword.begin);

        complain(&r, block->keyword, "this '%s' has no end in the file", word);
        g_free(word);
    }
    k->source = source;
    k->broken = r.broken;
    k->count = r.lines->len;
    k->lines = bw_arena_dup(arena, r.lines->data, r.lines->len * sizeof(bw_kconfig_line));
    g_array_free(r.lines, TRUE);
    g_array_free(r.open, TRUE);
    return k;
}

/* ---- questions ---- */

const char *bw_kconfig_text(const bw_kconfig *k, bw_kconfig_span span, bw_arena *arena)
{
    char *text = bw_arena_strndup(arena, k->source->text + span.begin, span.end - span.begin);

    for (char *p = text; *p; p++)
        if (p[0] == '\\' && p[1] == '\n')
            p[0] = p[1] = ' ';
    return text;
}

bool bw_kconfig_is(const bw_kconfig *k, bw_kconfig_span span, const char *text)
{
    size_t len = strlen(text);

    return span.end - span.begin == len && memcmp(k->source->text + span.begin, text, len) == 0;
}

bw_place bw_kconfig_place(const bw_kconfig *k, bw_kconfig_span span)
{
    return place_of(k->source, span);
}

bool bw_kconfig_has_prompt(const bw_kconfig *k, uint32_t entry)
{
    for (uint32_t i = entry + 1; i < k->count && k->lines[i].entry == (int32_t)entry; i++) {
        const bw_kconfig_line *line = &k->lines[i];

        if (line->word == BW_KCONFIG_PROMPT || (line->word == BW_KCONFIG_TYPE && line->what.end > line->what.begin))
            return true;
    }
    return false;
}

bool bw_kconfig_next_symbol(const bw_kconfig *k, bw_kconfig_span *rest, bw_kconfig_span *symbol)
{
    const char *text = k->source->text;

    while (rest->begin < rest->end) {
        uint32_t at = rest->begin;

        if (text[at] == '"' || text[at] == '\'') {
            rest->begin = bw_kconfig_skip_string(text, at, rest->end);
        } else if (text[at] == '$' && at + 1 < rest->end && text[at + 1] == '(') {
            rest->begin = bw_kconfig_skip_macro(text, at, rest->end);
        } else if (bw_kconfig_is_symbol_char(text[at])) {
            while (rest->begin < rest->end && bw_kconfig_is_symbol_char(text[rest->begin]))
                rest->begin++;
            *symbol = (bw_kconfig_span){at, rest->begin};
            if (!g_ascii_isdigit(text[at]) && !(rest->begin - at == 1 && strchr("nmy", text[at])))
                return true;
        } else {
            rest->begin++;
        }
    }
    return false;
}
