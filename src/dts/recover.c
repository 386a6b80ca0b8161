/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Syntax errors: after one the reader goes on where the next statement begins. What only follows
 * from an error that was reported is not reported again.
 */
#include "dts/statement.h"

#include <stdarg.h>
#include <string.h>

#define ERRORS_MAX 50U

bool bw_parser_echo(const bw_parser *p)
{
    return p->pp->faults != p->echo_from || p->pp->exhausted;
}

bw_finding *bw_parser_error(bw_parser *p, bw_code code, bw_span span, const char *format, ...)
{
    va_list ap;

    p->tree->broken = true;
    if (p->errors >= ERRORS_MAX) /* or all of a board is read only to see its braces */
        return NULL;
    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    bw_finding *f = bw_find(p->unit, code, span, "%s", text);
    g_free(text);
    if (++p->errors == ERRORS_MAX && !bw_mender_records(p->mender)) {
        bw_find(p->unit, BW_CODE_too_many_errors, span, "%u errors so far: the rest is not read", ERRORS_MAX);
        p->pp->exhausted = true;
    }
    return f;
}

const char *bw_parser_describe(const bw_parser *p)
{
    bw_arena *arena = &p->unit->arena;
    static const char *const ops[] = {"<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "##"};

    switch (p->t.kind) {
    case BW_DT_EOF:
        return "the end of the file";
    case BW_DT_STRING:
        return "a string";
    case BW_DT_LITERAL:
        return "a number";
    case BW_DT_LABEL:
        return bw_arena_printf(arena, "the label \"%s:\"", p->t.name->text);
    case BW_DT_REF:
        return bw_arena_printf(arena, "the reference \"&%s\"", p->t.name->text);
    case BW_DT_NAME:
    case BW_DT_IDENT:
        return bw_arena_printf(arena, "\"%s\"", p->t.name->text);
    case BW_DT_PUNCT:
        if (p->t.op >= 128)
            return bw_arena_printf(arena, "\"%s\"", ops[p->t.op - 128]);
        return bw_arena_printf(arena, "\"%c\"", p->t.op);
    default:
        return bw_arena_printf(arena, "\"%.*s\"", (int)p->t.text_len, p->t.text);
    }
}

bw_finding *bw_parser_expected(bw_parser *p, const char *what)
{
    p->tree->broken = true;
    if (p->t.kind == BW_DT_BAD || bw_parser_echo(p))
        return NULL;
    return bw_parser_error(p, BW_CODE_syntax, (bw_span){p->t.loc, p->t.loc, p->t.len}, "expected %s, found %s", what,
                           bw_parser_describe(p));
}

/* Something is missing right behind the last token. */
bw_finding *bw_missing_after(bw_parser *p, const char *what)
{
    p->tree->broken = true;
    if (bw_parser_echo(p))
        return NULL;
    bw_span span = p->prev_end ? (bw_span){p->prev_end, p->prev_end, 1} : p->prev;
    bw_finding *f = bw_parser_error(p, BW_CODE_syntax, span, "expected %s", what);
    if (f)
        bw_finding_cure(f, "add %s", what);
    return f;
}

/* Behind the end of the present statement: a ";" or, with its body, a "};"; or before the "}" of the body. */
void bw_skip_statement(bw_parser *p)
{
    unsigned depth = 0;

    while (p->t.kind != BW_DT_EOF) {
        if (bw_at(p, '{')) {
            depth++;
        } else if (bw_at(p, '}')) {
            if (depth == 0)
                return;
            depth--;
        } else if (bw_at(p, ';') && depth == 0) {
            p->state = BW_LEX_NAMES;
            bw_parser_advance(p);
            return;
        }
        bw_parser_advance(p);
    }
}

/* At what cannot begin a statement, though it begins a line: the value goes on behind a missing ",". */
static bool goes_on(const bw_parser *p)
{
    return bw_parser_on_new_line(p) && (p->t.kind == BW_DT_STRING || p->t.kind == BW_DT_LITERAL || bw_at(p, '<') ||
                                        bw_at(p, '[') || bw_at(p, '>') || (p->t.kind == BW_DT_REF && p->depth > 0));
}

/* The ";" of a statement. A missing one at the end of a line is put there. */
void bw_end_statement(bw_parser *p, bool after_brace)
{
    if (bw_at(p, ';')) {
        bw_parser_advance(p);
        return;
    }
    if (after_brace) {
        bw_missing_after(p, "\";\"");
        return;
    }
    if (goes_on(p)) {
        bw_missing_after(p, "\",\" or \";\"");
        bw_skip_statement(p);
        return;
    }
    if (p->t.kind == BW_DT_EOF || bw_at(p, '}') || bw_parser_on_new_line(p)) {
        bw_missing_after(p, "\";\"");
        bw_parser_reread(p, BW_LEX_NAMES);
        return;
    }
    bw_finding *f = bw_parser_expected(p, "\",\" or \";\"");
    if (p->t.kind == BW_DT_LITERAL || p->t.kind == BW_DT_REF || bw_at(p, '>'))
        bw_finding_cure(f, "cells stand between \"<\" and \">\"");
    bw_skip_statement(p);
}

/* Says once that the braces do not match; where that comes from is found out afterwards (dts/mend.h). */
void bw_report_unbalanced(bw_parser *p, const char *text)
{
    p->tree->broken = true;
    if (p->unbalanced || bw_parser_echo(p) || p->pp->cut_short || (p->mender && p->errors > 0))
        return;
    p->unbalanced = true;
    bw_parser_error(p, BW_CODE_syntax, (bw_span){p->t.loc, p->t.loc, p->t.len}, "%s", text);
}

/* "/delete-nod/": a keyword that is none. */
bool bw_misspelt_keyword(bw_parser *p)
{
    static const char *const keywords[] = {
        "/dts-v1/",      "/plugin/",         "/memreserve/", "/bits/",    "/delete-property/",
        "/delete-node/", "/omit-if-no-ref/", "/incbin/",     "/include/", NULL};
    const char *slash = p->t.text;
    size_t len = 1;

    if (!bw_at(p, '/') || p->t.loc & BW_LOC_MACRO)
        return false;
    while (g_ascii_isalnum(slash[len]) || slash[len] == '-' || slash[len] == '_')
        len++;
    if (len == 1 || slash[len] != '/')
        return false;
    const char *word = bw_arena_strndup(&p->unit->arena, slash, len + 1);
    const char *near = bw_nearest(word, keywords);
    bw_finding *f = bw_parser_error(p, BW_CODE_syntax, (bw_span){p->t.loc, p->t.loc, (uint32_t)len + 1},
                                    "%s is no keyword of devicetree source", word);
    if (near)
        bw_finding_cure(f, "did you mean %s?", near);
    return true;
}

/* Whether a name and what stands deeper on the next line, or a "}" just below it, are a node whose "{" is missing. */
bool bw_lost_open(const bw_parser *p, bw_loc statement)
{
    bool word = p->t.kind == BW_DT_NAME || p->t.kind == BW_DT_IDENT || p->t.kind == BW_DT_LABEL ||
                p->t.kind == BW_DT_KEYWORD || bw_at(p, '#');

    if (!(word || bw_at(p, '}')) || !bw_parser_on_new_line(p))
        return false;
    uint32_t here = bw_parser_indentation(p, p->t.loc);
    uint32_t name = bw_parser_indentation(p, statement);
    return word ? here > name : here == name;
}
