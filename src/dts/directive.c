/* SPDX-License-Identifier: Apache-2.0 */
/* Preprocessor directives of a file, read once: definitions, the branches of conditionals, line markers. */
#include "dts/lexer.h"

#include <string.h>

/* What may not be passed over on the way to the end of a line: headers are megabytes of definitions. */
static const bool stops[256] = {['\n'] = true, ['\\'] = true, ['/'] = true, ['"'] = true, ['\''] = true};

/* The end of a logical line: splices and block comments go on, // comments and strings are seen. */
static const char *end_of_line(const lexer *lx, const char *p)
{
    for (;;) {
        while (p < lx->end && !stops[(unsigned char)*p])
            p++;
        if (p >= lx->end || *p == '\n')
            return p;
        size_t n = bw_lexer_splice(lx, p);

        if (n) {
            p += n;
        } else if (*p == '/' && p + 1 < lx->end && p[1] == '*') {
            const char *close = NULL;
            for (const char *q = p + 2; q + 1 < lx->end; q++)
                if (q[0] == '*' && q[1] == '/') {
                    close = q + 2;
                    break;
                }
            if (!close)
                return lx->end;
            p = close;
        } else if (*p == '/' && p + 1 < lx->end && p[1] == '/') {
            return bw_lexer_skip_line_comment(lx, p);
        } else if (*p == '"' || *p == '\'') {
            const char *q = p + 1;
            while (q < lx->end && *q != *p && *q != '\n') {
                size_t s = bw_lexer_splice(lx, q);
                q += s ? s : *q == '\\' && q + 1 < lx->end && q[1] != '\n' ? 2 : 1;
            }
            p = q < lx->end && *q == *p ? q + 1 : p + 1;
        } else {
            p++;
        }
    }
}

static bool word_is(const char *p, const char *end, const char *word)
{
    size_t len = strlen(word);

    return (size_t)(end - p) == len && memcmp(p, word, len) == 0;
}

static const struct {
    const char *word;
    bw_directive_kind kind;
    const char *message;
} directives[] = {
    {"define", BW_D_DEFINE, NULL},
    {"include", BW_D_INCLUDE, NULL},
    {"ifndef", BW_D_IFNDEF, NULL},
    {"endif", BW_D_ENDIF, NULL},
    {"ifdef", BW_D_IFDEF, NULL},
    {"undef", BW_D_UNDEF, NULL},
    {"if", BW_D_IF, NULL},
    {"else", BW_D_ELSE, NULL},
    {"elif", BW_D_ELIF, NULL},
    {"error", BW_D_ERROR, NULL},
    {"warning", BW_D_WARNING, NULL},
    {"line", BW_D_LINE, NULL},
    {"pragma", BW_D_BAD, "#pragma has no meaning in devicetree source"},
    {"include_next", BW_D_BAD, "#include_next is not for devicetree source"},
    {"import", BW_D_BAD, "#import is not for devicetree source"},
    {"ident", BW_D_BAD, "#ident has no meaning in devicetree source"},
    {"sccs", BW_D_BAD, "#sccs has no meaning in devicetree source"},
    {"assert", BW_D_BAD, "#assert has no meaning in devicetree source"},
    {"unassert", BW_D_BAD, "#unassert has no meaning in devicetree source"},
};

static void bad_directive(bw_directive *d, const char *message)
{
    d->kind = BW_D_BAD;
    d->message = message;
}

/* The parameter list behind "(". @return what follows it, or NULL with the directive marked bad. */
static const char *read_params(lexer *lx, bw_directive *d, bw_macro *m, const char *p, const char *end)
{
    const bw_name *params[256];
    unsigned count = 0;

    p = bw_lexer_skip_blanks(lx, p, end);
    if (p < end && *p == ')')
        return p + 1;
    for (;;) {
        p = bw_lexer_skip_blanks(lx, p, end);
        const char *word_end = p < end && is((unsigned char)*p, ALPHA) ? scan_ident(p) : p;

        if (count == G_N_ELEMENTS(params)) {
            bad_directive(d, "a macro has at most 256 parameters here");
            return NULL;
        }
        if (word_end > p) {
            params[count++] = bw_intern(lx->ctx->names, p, (size_t)(word_end - p));
            p = bw_lexer_skip_blanks(lx, word_end, end);
            if (end - p >= 3 && memcmp(p, "...", 3) == 0) { /* GNU: a name for the rest */
                m->variadic = true;
                p += 3;
            }
        } else if (end - p >= 3 && memcmp(p, "...", 3) == 0) {
            params[count++] = lx->ctx->n.va_args;
            m->variadic = true;
            p += 3;
        } else {
            bad_directive(d, "expected a parameter name in the macro's parameter list");
            return NULL;
        }
        p = bw_lexer_skip_blanks(lx, p, end);
        if (p < end && *p == ')')
            break;
        if (p >= end || *p != ',' || m->variadic) {
            bad_directive(d, "expected \",\" or \")\" in the macro's parameter list");
            return NULL;
        }
        p++;
    }
    m->params = bw_arena_dup(&lx->lexed->arena, params, count * sizeof *params);
    m->param_count = (uint16_t)count;
    return p + 1;
}

static void read_define(lexer *lx, bw_directive *d, const char *p, const char *end)
{
    const char *name_end = p < end && is((unsigned char)*p, ALPHA) ? scan_ident(p) : p;

    if (name_end == p) {
        bad_directive(d, p == end ? "#define needs a name" : "a macro's name is letters, digits and \"_\"");
        return;
    }
    bw_macro *m = bw_arena_new(&lx->lexed->arena, bw_macro);
    m->name = d->name = bw_intern(lx->ctx->names, p, (size_t)(name_end - p));
    m->source = lx->source;
    m->offset = (uint32_t)(p - lx->text);
    if (m->name == lx->ctx->n.defined) {
        bad_directive(d, "\"defined\" cannot be a macro");
        return;
    }
    p = name_end;
    if (p < end && *p == '(') {
        m->function_like = true;
        p = read_params(lx, d, m, p + 1, end);
        if (!p)
            return;
    }
    p = bw_lexer_skip_blanks(lx, p, end);
    m->body = (uint32_t)(p - lx->text);
    m->body_end = (uint32_t)(end - lx->text);
    d->macro = m;
    atomic_store_explicit(&((bw_name *)(uintptr_t)m->name)->macro, 1, memory_order_relaxed);
    g_ptr_array_add(lx->lexed->macros, m);
}

static void read_macro_name(lexer *lx, bw_directive *d, const char *p, const char *end)
{
    const char *name_end = p < end && is((unsigned char)*p, ALPHA) ? scan_ident(p) : p;

    if (name_end == p)
        bad_directive(d, "expected the name of a macro");
    else
        d->name = bw_intern(lx->ctx->names, p, (size_t)(name_end - p));
}

/* Joins the branches of a conditional, so that a skipped group costs one step. */
static void link_conditional(lexer *lx, bw_directive *d, uint32_t index)
{
    if (d->kind == BW_D_IF || d->kind == BW_D_IFDEF || d->kind == BW_D_IFNDEF) {
        d->next = d->end = UINT32_MAX;
        g_array_append_val(lx->open_ifs, index);
        return;
    }
    if (d->kind != BW_D_ELIF && d->kind != BW_D_ELSE && d->kind != BW_D_ENDIF)
        return;
    d->next = d->end = UINT32_MAX;
    if (lx->open_ifs->len == 0)
        return;
    d->matched = true;
    uint32_t last = g_array_index(lx->open_ifs, uint32_t, lx->open_ifs->len - 1);
    bw_directive *branch = (bw_directive *)(uintptr_t)lx->tokens[last].u.directive;
    if (d->kind != BW_D_ENDIF) {
        if (branch->kind == BW_D_ELSE) {
            bad_directive(d, "a branch after #else");
            return;
        }
        branch->next = index;
        d->end = last; /* chain back to the branch before, until #endif is known */
        g_array_index(lx->open_ifs, uint32_t, lx->open_ifs->len - 1) = index;
        return;
    }
    g_array_set_size(lx->open_ifs, lx->open_ifs->len - 1);
    branch->next = index;
    for (;;) {
        bool first = branch->kind == BW_D_IF || branch->kind == BW_D_IFDEF || branch->kind == BW_D_IFNDEF;
        uint32_t before = branch->end;

        branch->end = index;
        branch->matched = true;
        if (first)
            break;
        branch = (bw_directive *)(uintptr_t)lx->tokens[before].u.directive;
    }
}

/* At '#', the first thing of a line. @return false if it is no directive but text. */
bool bw_lexer_add_directive(lexer *lx)
{
    const char *begin = lx->p;
    const char *p = begin + 1;

    while (p < lx->end && (is((unsigned char)*p, BLANK) || bw_lexer_splice(lx, p)))
        p += bw_lexer_splice(lx, p) ? bw_lexer_splice(lx, p) : 1;
    const char *word = p;
    const char *word_end = p < lx->end && is((unsigned char)*p, ALPHA) ? scan_ident(p) : p;
    bw_directive_kind kind = BW_D_BAD;
    const char *message = NULL;
    bool known = false;

    if (p >= lx->end || *p == '\n') { /* the null directive */
        lx->p = p;
        return true;
    }
    if (is((unsigned char)*p, DIGIT)) { /* # 33 "file" */
        kind = BW_D_LINE;
        known = true;
        word_end = word;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(directives) && !known; i++)
        if (word_is(word, word_end, directives[i].word)) {
            kind = directives[i].kind;
            message = directives[i].message;
            known = true;
        }
    if (!known)
        return false;
    bw_directive *d = bw_arena_new(&lx->lexed->arena, bw_directive);
    const char *end = end_of_line(lx, word_end);
    const char *arg = bw_lexer_skip_blanks(lx, word_end, end);
    d->kind = kind;
    d->message = message;
    d->offset = (uint32_t)(begin - lx->text);
    d->len = (uint32_t)(word_end > begin ? word_end - begin : 1);
    d->arg = (uint32_t)(arg - lx->text);
    d->arg_end = (uint32_t)(end - lx->text);
    if (kind == BW_D_DEFINE)
        read_define(lx, d, arg, end);
    else if (kind == BW_D_UNDEF)
        read_macro_name(lx, d, arg, end);
    else if (kind == BW_D_IFDEF || kind == BW_D_IFNDEF)
        read_macro_name(lx, d, arg, end);
    bool conditional = kind == BW_D_IFDEF || kind == BW_D_IFNDEF;
    uint32_t index = lx->count;
    bw_tok *t = bw_lexer_add(lx, BW_TK_DIRECTIVE, 0, begin, end);
    t->u.directive = d;
    if (conditional && d->kind == BW_D_BAD) { /* it still opens a group */
        d->kind = kind;
        d->name = NULL;
    }
    link_conditional(lx, d, index);
    return true;
}

/* A line marker that dtc knows: only at column 0, with a file name. */
bool bw_lexer_read_line_mark(lexer *lx)
{
    const char *p = lx->p + 1;
    uint32_t line = 0;

    if (lx->p > lx->text && lx->p[-1] != '\n')
        return false;
    if (lx->end - p > 4 && memcmp(p, "line", 4) == 0)
        p += 4;
    const char *blank = p;
    while (p < lx->end && (*p == ' ' || *p == '\t'))
        p++;
    if (p == blank || p >= lx->end || !is((unsigned char)*p, DIGIT))
        return false;
    while (p < lx->end && is((unsigned char)*p, DIGIT))
        line = line * 10 + (uint32_t)(*p++ - '0');
    blank = p;
    while (p < lx->end && (*p == ' ' || *p == '\t'))
        p++;
    if (p == blank || p >= lx->end || *p != '"')
        return false;
    const char *file = ++p;
    while (p < lx->end && *p != '"' && *p != '\n')
        p += *p == '\\' && p + 1 < lx->end ? 2 : 1;
    if (p >= lx->end || *p != '"')
        return false;
    bw_line_mark mark = {.line = line, .file = g_strndup(file, (gsize)(p - file))};
    const char *nl = memchr(p, '\n', (size_t)(lx->end - p));
    const char *next = nl ? nl + 1 : lx->end;
    mark.offset = (uint32_t)(next - lx->text);
    if (!lx->source->marks)
        lx->source->marks = g_array_new(FALSE, FALSE, sizeof(bw_line_mark));
    g_array_append_val(lx->source->marks, mark);
    lx->p = nl ? nl : lx->end;
    return true;
}

void bw_lexer_end_conditionals(lexer *lx)
{
    uint32_t eof = lx->count - 1;

    for (uint32_t i = 0; i < lx->count; i++) {
        if (lx->tokens[i].kind != BW_TK_DIRECTIVE)
            continue;
        bw_directive *d = (bw_directive *)(uintptr_t)lx->tokens[i].u.directive;
        if (d->kind == BW_D_IF || d->kind == BW_D_IFDEF || d->kind == BW_D_IFNDEF || d->kind == BW_D_ELIF ||
            d->kind == BW_D_ELSE) {
            bool opens = d->kind != BW_D_ELIF && d->kind != BW_D_ELSE;
            if (d->next == UINT32_MAX)
                d->next = eof;
            if (d->end == UINT32_MAX || (!d->matched && opens) || lx->tokens[d->end].kind == BW_TK_EOF ||
                (lx->tokens[d->end].kind == BW_TK_DIRECTIVE && lx->tokens[d->end].u.directive->kind != BW_D_ENDIF))
                d->end = eof;
        }
    }
}
