/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of single lines: bodies of macros at their first use, arguments of directives, pasted tokens. */
#include "dts/lexer.h"

#include <string.h>

static void lex_line(lexer *lx)
{
    while (lx->p < lx->end) {
        const char *p = bw_lexer_skip_blanks(lx, lx->p, lx->end);

        if (p != lx->p) {
            /* A splice alone is no space. */
            for (const char *q = lx->p; q < p; q++)
                if (is((unsigned char)*q, BLANK) || *q == '/')
                    lx->space = BW_SPACE;
            lx->p = p;
            continue;
        }
        unsigned char c = (unsigned char)*p;
        if (c == '\n') {
            lx->space = BW_SPACE;
            lx->p++;
        } else if (c == '/' && p + 1 < lx->end && p[1] == '/') {
            lx->p = lx->end;
        } else if (c == '#' && p + 1 < lx->end && p[1] == '#') {
            bw_lexer_add(lx, BW_TK_PUNCT, BW_P_PASTE, p, p + 2);
        } else if (is(c, NAME)) {
            const char *end = bw_lexer_scan_piece(p, lx->end);
            bw_lexer_add_piece(lx, end > lx->end ? lx->end : end);
        } else if (c == '"' || c == '\'') {
            bw_lexer_add_quoted(lx);
        } else if (!(c == '/' && bw_lexer_add_keyword(lx))) {
            bw_lexer_add_punct(lx);
        }
    }
}

static lexer line_lexer(bw_context *ctx, const char *text, uint32_t begin, uint32_t end)
{
    return (lexer){
        .ctx = ctx, .text = text, .p = text + begin, .end = text + end, .preprocess = true, .one_line_strings = true};
}

bw_body *bw_lex_line(bw_context *ctx, const bw_source *source, uint32_t begin, uint32_t end)
{
    lexer lx = line_lexer(ctx, source->text, begin, end);

    lex_line(&lx);
    bw_body *body = g_malloc0(sizeof *body + lx.count * sizeof(bw_tok));
    body->count = lx.count;
    if (lx.count)
        memcpy(body->tokens, lx.tokens, lx.count * sizeof(bw_tok));
    g_free(lx.tokens);
    return body;
}

bool bw_lex_one(bw_context *ctx, const char *text, size_t len, bw_tok *token)
{
    lexer lx = line_lexer(ctx, text, 0, (uint32_t)len);

    lex_line(&lx);
    bool one = lx.count == 1 && lx.tokens[0].len == len && lx.tokens[0].kind != BW_TK_OTHER &&
               !(lx.tokens[0].kind == BW_TK_PUNCT && lx.tokens[0].op == BW_P_PASTE);
    if (one)
        *token = lx.tokens[0];
    g_free(lx.tokens);
    return one;
}

static int param_index(const bw_macro *m, const bw_name *name)
{
    for (int i = 0; i < m->param_count; i++)
        if (m->params[i] == name)
            return i;
    return -1;
}

/* Marks parameters, "#param" and the left sides of ##, and takes the operators out. */
static void mark_body(bw_context *ctx, const bw_macro *m, bw_body *b)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < b->count; i++) {
        bw_tok t = b->tokens[i];

        if (t.kind == BW_TK_PUNCT && t.op == BW_P_PASTE) {
            if (n == 0 || i + 1 == b->count) {
                b->fault = "## stands at an end of the macro's body";
                continue;
            }
            b->tokens[n - 1].flags |= BW_PASTE;
            b->pasted = true;
            continue;
        }
        if (m->function_like && t.kind == BW_TK_PUNCT && t.op == '#' && i + 1 < b->count &&
            b->tokens[i + 1].kind == BW_TK_IDENT && param_index(m, b->tokens[i + 1].u.name) >= 0) {
            bw_tok param = b->tokens[++i];
            t.kind = BW_TK_PARAM;
            t.op = '#';
            t.len = param.offset + param.len - t.offset;
            t.u.number = (uint64_t)param_index(m, param.u.name);
        } else if (m->function_like && t.kind == BW_TK_IDENT) {
            int index = param_index(m, t.u.name);
            if (index >= 0) {
                t.kind = BW_TK_PARAM;
                t.op = 0;
                t.u.number = (uint64_t)index;
            } else if (t.u.name == ctx->n.va_opt && m->variadic) {
                t.flags |= BW_VA_OPT;
            }
        }
        b->tokens[n++] = t;
    }
    b->count = n;
}

const bw_body *bw_macro_body(bw_context *ctx, const bw_macro *macro)
{
    bw_macro *m = (bw_macro *)(uintptr_t)macro;
    bw_body *body = atomic_load_explicit(&m->tokens, memory_order_acquire);

    if (body)
        return body;
    body = bw_lex_line(ctx, m->source, m->body, m->body_end);
    mark_body(ctx, m, body);
    bw_body *expected = NULL;
    if (!atomic_compare_exchange_strong(&m->tokens, &expected, body)) {
        g_free(body);
        body = expected;
    }
    return body;
}
