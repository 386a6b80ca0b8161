/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of BitBake as statements with places. A line ends where BitBake has it end: a backslash joins the next one.
 * What a line is, is asked in BitBake's order; a line that is nothing of it is a finding, and reading goes on behind
 * it.
 *
 * Source: bitbake, lib/bb/parse/parse_py/BBHandler.py and ConfHandler.py.
 */
#include "yocto/bitbake.h"

#include <errno.h>
#include <string.h>

#define SYNTAX_FINDINGS_MAX 20

/* A piece of a joined line, and where it stands. */
typedef struct piece {
    size_t at;       /* in the joined line */
    uint32_t source; /* its first byte in the file */
} piece;

typedef struct reader {
    bw_unit *unit;
    bw_source *source;
    bool conf; /* .conf: no functions, no inherit */
    uint32_t at;
    GString *line;  /* joined */
    GArray *pieces; /* of it */
    GArray *statements;
    unsigned findings;
} reader;

/* ---- places ---- */

static uint32_t source_offset(const reader *r, size_t at)
{
    const piece *found = &g_array_index(r->pieces, piece, 0);

    for (guint i = 1; i < r->pieces->len; i++) {
        const piece *p = &g_array_index(r->pieces, piece, i);
        if (p->at > at)
            break;
        found = p;
    }
    return found->source + (uint32_t)(at - found->at);
}

/* Of bytes [begin, end) of the joined line; end > begin. */
static bw_place line_place(const reader *r, size_t begin, size_t end)
{
    if (end <= begin)
        return bw_source_place(r->source, source_offset(r, begin), source_offset(r, begin));
    return bw_source_place(r->source, source_offset(r, begin), source_offset(r, end - 1) + 1);
}

static void syntax(reader *r, bw_place place, const char *text, const char *cure)
{
    if (r->findings++ >= SYNTAX_FINDINGS_MAX)
        return;
    bw_finding *f = bw_findings_add(r->unit->findings, BW_CODE_bitbake_syntax, place, "%s", text);
    if (cure)
        bw_finding_cure(f, "%s", cure);
}

/* ---- lines ---- */

/* One line of the file from r->at without its end and the blanks before it. */
static void next_physical(reader *r, uint32_t *begin, uint32_t *end)
{
    const char *text = r->source->text;
    const char *newline = memchr(text + r->at, '\n', r->source->len - r->at);

    *begin = r->at;
    *end = newline ? (uint32_t)(newline - text) : r->source->len;
    r->at = newline ? *end + 1 : r->source->len;
    while (*end > *begin && strchr(" \t\r\f\v", text[*end - 1]) && text[*end - 1])
        --*end;
}

static void add_piece(reader *r, uint32_t begin, uint32_t end)
{
    piece p = {.at = r->line->len, .source = begin};

    g_array_append_val(r->pieces, p);
    g_string_append_len(r->line, r->source->text + begin, (gssize)(end - begin));
}

/* A line with all that its backslashes join to it. A comment amid it is passed over; a statement behind a comment that
 * is continued begins anew. Both are findings. @return false at the end of the file. */
static bool next_line(reader *r)
{
    const char *text = r->source->text;
    bool comment = false, said = false;

    g_string_truncate(r->line, 0);
    g_array_set_size(r->pieces, 0);
    while (r->at < r->source->len) {
        const uint32_t back = r->at;
        uint32_t begin, end;

        next_physical(r, &begin, &end);
        const bool is_comment = begin < end && text[begin] == '#';
        if (!r->pieces->len)
            comment = is_comment;
        if (comment && !is_comment) {
            syntax(r, bw_source_place(r->source, begin, end),
                   "A comment is continued by a line that is none: BitBake refuses it",
                   "take the backslash from the end of the comment");
            r->at = back;
            return true;
        }
        if (!comment && is_comment) {
            if (!said)
                syntax(r, bw_source_place(r->source, begin, end),
                       "A comment stands amid a line that is continued: BitBake refuses it",
                       "move the comment before the statement");
            said = true;
            continue;
        }
        const bool joined = end > begin && text[end - 1] == '\\';
        add_piece(r, begin, joined ? end - 1 : end);
        if (!joined)
            return true;
    }
    return r->pieces->len > 0;
}

/* ---- statements ---- */

static bw_bb_statement *add_statement(reader *r, bw_bb_kind kind, const char *written, size_t len)
{
    bw_bb_statement s = {.kind = kind, .written = bw_arena_strndup(&r->unit->arena, written, len)};

    g_array_append_val(r->statements, s);
    return &g_array_index(r->statements, bw_bb_statement, r->statements->len - 1);
}

static bool is_name_char(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("-_+.${}/~:", c));
}

static size_t skip_blanks(const char *s, size_t at)
{
    while (s[at] == ' ' || s[at] == '\t' || s[at] == '\f' || s[at] == '\v' || s[at] == '\r')
        at++;
    return at;
}

static const struct {
    const char *text;
    bw_bb_operator op;
} operators[] = {
    {":=", BW_BB_SET_NOW},       {"?" /* no trigraph */ "?=", BW_BB_WEAK},
    {"?=", BW_BB_DEFAULT},       {"+=", BW_BB_APPEND_BLANK},
    {"=+", BW_BB_PREPEND_BLANK}, {"=.", BW_BB_PREPEND_PLAIN},
    {".=", BW_BB_APPEND_PLAIN},  {"=", BW_BB_SET},
};

/* The quoted value that must be all of the rest. @return whether it is. */
static bool is_quoted(const char *s, size_t at, size_t len)
{
    const char quote = s[at];
    size_t inside = 0;

    if ((quote != '"' && quote != '\'') || len < at + 2 || s[len - 1] != quote)
        return false;
    for (size_t i = at + 1; i < len - 1 && inside < 2; i++)
        inside += s[i] == quote;
    return inside != 1; /* three quotes in all are one too many or too few */
}

/* NAME[flag] OP "value" with NAME ending at @p end. @return whether it is one; then it is added. */
static bool read_assignment_at(reader *r, size_t begin, size_t end)
{
    const char *s = r->line->str;
    size_t at = end, flag = 0, flag_end = 0;

    if (s[at] == '[') {
        for (flag = ++at; g_ascii_isalnum(s[at]) || (s[at] && strchr("-_+.@", s[at])); at++)
            ;
        flag_end = at;
        if (flag_end == flag || s[at++] != ']')
            return false;
    }
    at = skip_blanks(s, at);
    for (size_t i = 0; i < G_N_ELEMENTS(operators); i++) {
        if (!g_str_has_prefix(s + at, operators[i].text))
            continue;
        const size_t value = skip_blanks(s, at + strlen(operators[i].text));
        if (!is_quoted(s, value, r->line->len))
            continue;
        bw_bb_statement *st = add_statement(r, flag_end ? BW_BB_FLAG : BW_BB_ASSIGN, s + begin, end - begin);
        st->op = operators[i].op;
        if (flag_end)
            st->flag = bw_arena_strndup(&r->unit->arena, s + flag, flag_end - flag);
        st->value = bw_arena_strndup(&r->unit->arena, s + value + 1, r->line->len - value - 2);
        st->name_place = line_place(r, begin, end);
        st->value_place = line_place(r, value, r->line->len);
        return true;
    }
    return false;
}

/* The shortest name that makes the line an assignment, as BitBake's expression finds it. */
static bool read_assignment(reader *r, size_t begin)
{
    const char *s = r->line->str;

    for (size_t at = begin; is_name_char(s[at]); at++)
        if (s[at + 1] && strchr("[:?+.= \t", s[at + 1]) && read_assignment_at(r, begin, at + 1))
            return true;
    return false;
}

/* WORD and blanks. @return where what follows begins, 0 when it is not this word or nothing follows. */
static size_t behind_word(const reader *r, const char *word)
{
    const size_t len = strlen(word);

    if (strncmp(r->line->str, word, len) != 0)
        return 0;
    const size_t at = skip_blanks(r->line->str, len);
    return at > len && r->line->str[at] ? at : 0;
}

static const struct {
    const char *word;
    bw_bb_kind kind;
    bool conf; /* in .conf files too */
} words[] = {
    {"include", BW_BB_INCLUDE, true},
    {"include_all", BW_BB_OTHER, true},
    {"require", BW_BB_REQUIRE, true},
    {"export", BW_BB_OTHER, true},
    {"unset", BW_BB_OTHER, true},
    {"addpylib", BW_BB_OTHER, true},
    {"addfragments", BW_BB_OTHER, true},
    {"inherit", BW_BB_INHERIT, false},
    {"inherit_defer", BW_BB_INHERIT, false},
    {"EXPORT_FUNCTIONS", BW_BB_OTHER, false},
    {"addtask", BW_BB_OTHER, false},
    {"deltask", BW_BB_OTHER, false},
    {"addhandler", BW_BB_OTHER, false},
};

static bool read_word(reader *r)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        const size_t at = behind_word(r, words[i].word);

        if (!at || (r->conf && !words[i].conf))
            continue;
        bw_bb_statement *st = add_statement(r, words[i].kind, words[i].word, strlen(words[i].word));
        st->value = bw_arena_strndup(&r->unit->arena, r->line->str + at, r->line->len - at);
        st->name_place = line_place(r, 0, strlen(words[i].word));
        st->value_place = line_place(r, at, r->line->len);
        return true;
    }
    return false;
}

/* ---- functions ---- */

/* `python name () {`, `fakeroot name () {`, `name () {`. @return whether the line is the head of a function. */
static bool is_function_head(const reader *r, size_t *name, size_t *name_end, bool *python)
{
    const char *s = r->line->str;
    size_t at = 0;

    *python = false;
    for (;;) {
        if (g_str_has_prefix(s + at, "python") && (strchr(" \t(", s[at + 6]) && s[at + 6])) {
            *python = true;
            at = skip_blanks(s, at + 6);
        } else if (g_str_has_prefix(s + at, "fakeroot") && (s[at + 8] == ' ' || s[at + 8] == '\t')) {
            at = skip_blanks(s, at + 8);
        } else {
            break;
        }
    }
    *name = at;
    while (g_ascii_isalnum(s[at]) || (s[at] && strchr("_.-+{}$:", s[at])))
        at++;
    *name_end = at;
    at = skip_blanks(s, at);
    if (s[at++] != '(')
        return false;
    at = skip_blanks(s, at);
    if (s[at++] != ')')
        return false;
    at = skip_blanks(s, at);
    return s[at] == '{' && at + 1 == r->line->len;
}

static void read_function(reader *r, size_t name, size_t name_end, bool python)
{
    const char *text = r->source->text;
    const char *written = name_end > name ? r->line->str + name : "__anonymous";
    bw_bb_statement *st =
        add_statement(r, BW_BB_FUNCTION, written, name_end > name ? name_end - name : strlen(written));
    const uint32_t body = r->at;
    uint32_t begin, end = body, body_end = body;
    bool closed = false;

    st->python = python;
    st->name_place = line_place(r, name_end > name ? name : 0, name_end > name ? name_end : r->line->len);
    while (r->at < r->source->len && !closed) {
        body_end = r->at;
        next_physical(r, &begin, &end);
        closed = end == begin + 1 && text[begin] == '}';
    }
    if (!closed) {
        body_end = r->source->len;
        bw_findings_add(r->unit->findings, BW_CODE_bitbake_syntax, st->name_place,
                        "The function %s has no end: a line of its own with } in the first column is missing",
                        st->written);
    }
    const char *first_end = memchr(text + body, '\n', body_end - body);
    st->value = bw_arena_strndup(&r->unit->arena, text + body, body_end - body);
    st->value_place = bw_source_place(r->source, body, first_end ? (uint32_t)(first_end - text) : body_end);
}

/* `def name(…):` and all lines behind it that are blank, indented or comments. */
static bool read_def(reader *r)
{
    const size_t at = behind_word(r, "def");

    if (!at || !strchr(r->line->str + at, ':') || !(g_ascii_isalnum(r->line->str[at]) || r->line->str[at] == '_'))
        return false;
    bw_bb_statement *st = add_statement(r, BW_BB_OTHER, "def", 3);
    st->python = true;
    st->name_place = line_place(r, 0, r->line->len);
    const uint32_t body = r->at;
    uint32_t end = body;
    while (r->at < r->source->len) {
        const uint32_t back = r->at;
        uint32_t begin, line_end;

        next_physical(r, &begin, &line_end);
        if (line_end > begin && !strchr(" \t#", r->source->text[begin])) {
            r->at = back;
            break;
        }
        end = line_end;
    }
    st->value = bw_arena_strndup(&r->unit->arena, r->source->text + body, end - body);
    st->value_place = bw_source_place(r->source, body, body);
    return true;
}

/* ---- what is none ---- */

static void report_line(reader *r)
{
    const char *s = r->line->str;
    const bw_place place = line_place(r, 0, r->line->len);
    const size_t first = skip_blanks(s, 0);
    const char *assigned = strchr(s, '=');

    if (first > 0)
        syntax(r, place, "A statement of BitBake begins in the first column; this line is none",
               strchr(s, '=') ? "take the blanks before it away, or end the line above with a backslash" : NULL);
    else if (r->conf && behind_word(r, "inherit"))
        syntax(r, place, "inherit is for recipes and classes, not for configuration", "use INHERIT += \"…\"");
    else if (assigned && assigned[1] && is_name_char(s[0]))
        syntax(r, place, "What is assigned must be all between two quotes of one kind", NULL);
    else
        syntax(r, place, "This line is no statement of BitBake", NULL);
}

static void read_statement(reader *r)
{
    size_t name, name_end;
    bool python;

    if (!r->line->len || r->line->str[0] == '#')
        return;
    if (r->conf && !r->line->str[skip_blanks(r->line->str, 0)])
        return;
    if (!r->conf && is_function_head(r, &name, &name_end, &python)) {
        read_function(r, name, name_end, python);
        return;
    }
    if (!r->conf && read_def(r))
        return;
    if (g_str_has_prefix(r->line->str, "export")) {
        const size_t at = behind_word(r, "export");
        if (at && read_assignment(r, at))
            return;
    }
    if (read_assignment(r, 0) || read_word(r))
        return;
    report_line(r);
}

static bool is_conf(const char *path)
{
    return g_str_has_suffix(path, ".conf") || g_str_has_suffix(path, ".conf.sample");
}

const bw_bb_file *bw_bb_read(bw_unit *unit, const char *path)
{
    bw_slot *slot = bw_slot_of(&unit->bitbake, bw_intern_str(unit->ctx->names, path));
    int error = 0;

    if (slot->value)
        return slot->ptr;
    slot->value = 1;
    bw_source *source = bw_source_open(unit->ctx->sources, path, &error);
    if (!source) {
        bw_findings_add(unit->findings, BW_CODE_file_unreadable, bw_file_place(path), "cannot be read: %s",
                        g_strerror(error));
        return NULL;
    }
    reader r = {.unit = unit,
                .source = source,
                .conf = is_conf(path),
                .line = g_string_new(NULL),
                .pieces = g_array_new(FALSE, FALSE, sizeof(piece)),
                .statements = g_array_new(FALSE, TRUE, sizeof(bw_bb_statement))};

    while (next_line(&r))
        read_statement(&r);

    bw_bb_file *file = bw_arena_new(&unit->arena, bw_bb_file);
    file->path = source->path;
    file->source = source;
    file->count = r.statements->len;
    file->statements =
        bw_arena_dup(&unit->arena, r.statements->data, sizeof(bw_bb_statement) * (size_t)r.statements->len);
    g_string_free(r.line, TRUE);
    g_array_free(r.pieces, TRUE);
    g_array_free(r.statements, TRUE);
    slot = bw_slot_of(&unit->bitbake, bw_intern_str(unit->ctx->names, path));
    slot->ptr = file;
    return file;
}
