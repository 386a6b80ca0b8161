/* SPDX-License-Identifier: Apache-2.0 */
/* Text to tokens. */
#include "dts/lexer.h"

#include <string.h>

static const struct {
    const char *text;
    uint8_t len;
} keywords[BW_KEYWORDS] = {
    {"/dts-v1/", 8},       {"/plugin/", 8},          {"/memreserve/", 12}, {"/bits/", 6},    {"/delete-property/", 17},
    {"/delete-node/", 13}, {"/omit-if-no-ref/", 16}, {"/incbin/", 8},      {"/include/", 9},
};

static const char *scan_number(const char *p, const char *end)
{
    while (p < end) {
        if ((*p == '+' || *p == '-') && (p[-1] == 'e' || p[-1] == 'E' || p[-1] == 'p' || p[-1] == 'P'))
            p++;
        else if (is((unsigned char)*p, ALPHA | DIGIT) || *p == '.')
            p++;
        else
            break;
    }
    return p;
}

/* ---- single tokens ---- */

bw_tok *bw_lexer_add(lexer *lx, bw_tok_kind kind, uint8_t op, const char *begin, const char *end)
{
    if (lx->count == lx->room) {
        lx->room = lx->room ? lx->room * 2 : 256;
        lx->tokens = g_renew(bw_tok, lx->tokens, lx->room);
    }
    bw_tok *t = &lx->tokens[lx->count++];
    *t = (bw_tok){.kind = (uint8_t)kind,
                  .op = op,
                  .flags = lx->space,
                  .offset = (uint32_t)(begin - lx->text),
                  .len = (uint32_t)(end - begin)};
    lx->space = 0;
    lx->p = end;
    return t;
}

static void add_ident(lexer *lx, const char *end)
{
    const char *begin = lx->p;
    bw_tok *t = bw_lexer_add(lx, BW_TK_IDENT, 0, begin, end);

    t->u.name = bw_intern(lx->ctx->names, begin, (size_t)(end - begin));
    t->count = t->u.name->id;
    if (end < lx->end && *end == ':')
        t->flags |= BW_COLON;
    if (end >= lx->end || (!is((unsigned char)*end, NAME) && *end != '\\'))
        t->flags |= BW_ALONE;
}

static void add_number(lexer *lx, const char *end)
{
    const char *begin = lx->p;
    bw_tok *t = bw_lexer_add(lx, BW_TK_NUMBER, 0, begin, end);
    size_t used;

    t->op = (uint8_t)bw_lex_number(begin, (size_t)(end - begin), &t->u.number, &used);
}

/* Whether a string that does not end on its line may end on a later one: no directive in between. */
static const char *end_of_long_string(const lexer *lx, const char *p)
{
    bool line_start = false;

    for (; p < lx->end; p++) {
        if (*p == '"')
            return p + 1;
        if (*p == '\\' && p + 1 < lx->end) {
            p++;
            line_start = *p == '\n';
            continue;
        }
        if (*p == '\n') {
            line_start = true;
            continue;
        }
        if (line_start && *p == '#' && lx->preprocess) {
            static const char *const words[] = {"if", "el", "en", "in", "de", "un"};
            const char *q = p + 1;
            while (q < lx->end && is((unsigned char)*q, BLANK))
                q++;
            for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                if (lx->end - q > 2 && memcmp(q, words[i], 2) == 0)
                    return NULL;
        }
        if (!is((unsigned char)*p, BLANK))
            line_start = false;
    }
    return NULL;
}

void bw_lexer_add_quoted(lexer *lx)
{
    const char *begin = lx->p;
    char quote = *begin;
    const char *p = begin + 1;
    uint8_t flags = 0;

    while (p < lx->end && *p != quote && *p != '\n') {
        if (*p == '\\' && p + 1 < lx->end) {
            flags |= BW_ESCAPED;
            p++;
        }
        p++;
    }
    if (p < lx->end && *p == quote) {
        bw_tok *t = bw_lexer_add(lx, quote == '"' ? BW_TK_STRING : BW_TK_CHAR, 0, begin, p + 1);
        t->flags |= flags;
        return;
    }
    const char *later = quote == '"' && !lx->one_line_strings ? end_of_long_string(lx, begin + 1) : NULL;
    if (later) {
        bw_tok *t = bw_lexer_add(lx, BW_TK_STRING, 0, begin, later);
        t->flags |= BW_ESCAPED | BW_LINES;
        return;
    }
    if (p > lx->end)
        p = lx->end;
    bw_lexer_add(lx, BW_TK_OTHER, BW_STRAY_QUOTE, begin, p); /* the rest of the line */
}

bool bw_lexer_add_keyword(lexer *lx)
{
    size_t left = (size_t)(lx->end - lx->p);

    for (int i = 0; i < BW_KEYWORDS; i++)
        if (left >= keywords[i].len && memcmp(lx->p, keywords[i].text, keywords[i].len) == 0) {
            bw_lexer_add(lx, BW_TK_KEYWORD, (uint8_t)i, lx->p, lx->p + keywords[i].len);
            return true;
        }
    return false;
}

void bw_lexer_add_punct(lexer *lx)
{
    const char *p = lx->p;
    char next = p + 1 < lx->end ? p[1] : '\0';
    uint8_t op = (uint8_t)*p;
    int len = 1;

    switch (*p) {
    case '<':
        op = next == '<' ? BW_P_SHL : next == '=' ? BW_P_LE : op;
        break;
    case '>':
        op = next == '>' ? BW_P_SHR : next == '=' ? BW_P_GE : op;
        break;
    case '=':
        op = next == '=' ? BW_P_EQ : op;
        break;
    case '!':
        op = next == '=' ? BW_P_NE : op;
        break;
    case '&':
        op = next == '&' ? BW_P_AND : op;
        break;
    case '|':
        op = next == '|' ? BW_P_OR : op;
        break;
    default:
        break;
    }
    if (op >= BW_P_SHL)
        len = 2;
    if ((unsigned char)*p >= 0x80 || ((unsigned char)*p < 0x20))
        bw_lexer_add(lx, BW_TK_OTHER, BW_STRAY_BYTE, p, p + 1);
    else
        bw_lexer_add(lx, BW_TK_PUNCT, op, p, p + len);
}

const char *bw_lexer_scan_piece(const char *p, const char *end)
{
    if (is((unsigned char)*p, ALPHA))
        return scan_ident(p);
    if (is((unsigned char)*p, DIGIT) || (*p == '.' && p + 1 < end && is((unsigned char)p[1], DIGIT)))
        return scan_number(p + 1, end);
    return p + 1;
}

void bw_lexer_add_piece(lexer *lx, const char *end)
{
    if (is((unsigned char)*lx->p, ALPHA))
        add_ident(lx, end);
    else if (end - lx->p > 1 || is((unsigned char)*lx->p, DIGIT))
        add_number(lx, end);
    else
        bw_lexer_add_punct(lx);
}

/* A maximal row of name characters: one token, or a RUN and its pieces. */
static void add_name_run(lexer *lx)
{
    const char *begin = lx->p;
    const char *piece = bw_lexer_scan_piece(begin, lx->end);

    if (!(piece < lx->end && is((unsigned char)*piece, NAME))) {
        bw_lexer_add_piece(lx, piece);
        return;
    }
    const char *end = piece;
    while (end < lx->end && is((unsigned char)*end, NAME))
        end++;
    uint8_t space = lx->space;
    uint32_t run = lx->count;
    bw_tok *t = bw_lexer_add(lx, BW_TK_RUN, 0, begin, end);
    t->u.name = bw_intern(lx->ctx->names, begin, (size_t)(end - begin));
    lx->p = begin;
    lx->space = space;
    while (lx->p < end)
        bw_lexer_add_piece(lx, bw_lexer_scan_piece(lx->p, lx->end));
    lx->tokens[run].count = lx->count - run - 1;
}

/* ---- white space and comments ---- */

/* Where a comment without an end was meant to end: on its line, or with the lines after it that begin with a star. */
static const char *meant_end(const char *begin, const char *limit)
{
    const char *nl = memchr(begin, '\n', (size_t)(limit - begin));

    while (nl) {
        const char *p = nl + 1;
        while (p < limit && is((unsigned char)*p, BLANK))
            p++;
        if (p >= limit || *p != '*')
            break;
        const char *next = memchr(p, '\n', (size_t)(limit - p));
        if (!next)
            break;
        nl = next;
    }
    const char *end = nl ? nl : limit;
    while (end > begin + 2 && g_ascii_isspace(end[-1]))
        end--;
    return end;
}

static bool looks_like_code(const char *p, const char *end)
{
    for (bool line_start = true; p < end; p++) {
        if (*p == ';' || *p == '{' || *p == '}' || (line_start && *p == '#'))
            return true;
        line_start = *p == '\n';
    }
    return false;
}

static bw_odd_comment note_comment(lexer *lx, const char *begin, const char *inner)
{
    const char *limit = inner ? inner : lx->end;
    const char *meant = meant_end(begin, limit);
    bw_odd_comment odd = {.begin = (uint32_t)(begin - lx->text),
                          .inner = inner ? (uint32_t)(inner - lx->text) : 0,
                          .meant = (uint32_t)(meant - lx->text),
                          .code = meant > begin + 2 && looks_like_code(meant, limit)};

    if (lx->lexed) {
        if (!lx->lexed->comments)
            lx->lexed->comments = g_array_new(FALSE, FALSE, sizeof(bw_odd_comment));
        g_array_append_val(lx->lexed->comments, odd);
    }
    return odd;
}

/* @return what follows the comment, or NULL if it has no end. */
static const char *skip_block_comment(lexer *lx, const char *begin)
{
    const char *inner = NULL;

    for (const char *p = begin + 2; p < lx->end; p++) {
        p = memchr(p, '*', (size_t)(lx->end - p));
        if (!p)
            break;
        if (p + 1 < lx->end && p[1] == '/') {
            if (inner) {
                bw_odd_comment odd = note_comment(lx, begin, inner);
                if (odd.code && lx->mend)
                    return lx->text + odd.meant;
            }
            return p + 2;
        }
        if (p[-1] == '/' && p - 1 > begin + 1 && !inner)
            inner = p - 1;
    }
    bw_odd_comment odd = note_comment(lx, begin, inner);
    return odd.code && lx->mend ? lx->text + odd.meant : NULL;
}

/* To the newline that ends a // comment; a backslash before it lets the comment go on. */
const char *bw_lexer_skip_line_comment(const lexer *lx, const char *p)
{
    for (;;) {
        const char *nl = memchr(p, '\n', (size_t)(lx->end - p));

        if (!nl)
            return lx->end;
        const char *before = nl;
        if (before > p && before[-1] == '\r')
            before--;
        if (!(lx->preprocess && before > p && before[-1] == '\\'))
            return nl;
        p = nl + 1;
    }
}

/* The length of a backslash and the newline after it, 0 if there is none. */
size_t bw_lexer_splice(const lexer *lx, const char *p)
{
    if (*p != '\\' || !lx->preprocess)
        return 0;
    if (p + 1 < lx->end && p[1] == '\n')
        return 2;
    return p + 2 < lx->end && p[1] == '\r' && p[2] == '\n' ? 3 : 0;
}

const char *bw_lexer_skip_blanks(const lexer *lx, const char *p, const char *end)
{
    while (p < end) {
        size_t n = bw_lexer_splice(lx, p);

        if (n) {
            p += n;
        } else if (is((unsigned char)*p, BLANK)) {
            p++;
        } else if (*p == '/' && p + 1 < end && p[1] == '*') {
            const char *q = p + 2;
            while (q + 1 < end && !(q[0] == '*' && q[1] == '/'))
                q++;
            p = q + 2 <= end ? q + 2 : end;
        } else {
            break;
        }
    }
    return p;
}

/* ---- the main loop ---- */

static void lex_all(lexer *lx)
{
    while (lx->p < lx->end) {
        unsigned char c = (unsigned char)*lx->p;

        if (is(c, BLANK)) {
            lx->p++;
            lx->space = BW_SPACE;
        } else if (c == '\n') {
            lx->p++;
            lx->space = BW_SPACE;
            lx->line_start = true;
        } else if (c == '#' && lx->line_start &&
                   (lx->preprocess ? bw_lexer_add_directive(lx) : bw_lexer_read_line_mark(lx))) {
            lx->space = BW_SPACE;
        } else if (is(c, NAME)) {
            lx->line_start = false;
            add_name_run(lx);
        } else if (c == '/' && lx->p + 1 < lx->end && lx->p[1] == '*') {
            const char *after = skip_block_comment(lx, lx->p);
            if (!after) {
                bw_lexer_add(lx, BW_TK_OTHER, BW_STRAY_COMMENT, lx->p, lx->p + 2);
                lx->p = lx->end;
                break;
            }
            lx->p = after;
            lx->space = BW_SPACE;
        } else if (c == '/' && lx->p + 1 < lx->end && lx->p[1] == '/') {
            const char *begin = lx->p;
            lx->p = bw_lexer_skip_line_comment(lx, lx->p);
            lx->space = BW_SPACE;
            if (lx->p == lx->end && !lx->preprocess) {
                bw_lexer_add(lx, BW_TK_OTHER, BW_STRAY_LINE_COMMENT, begin, begin + 2);
                lx->p = lx->end;
            }
        } else if (c == '\\' && bw_lexer_splice(lx, lx->p)) {
            lx->p += bw_lexer_splice(lx, lx->p);
        } else {
            lx->line_start = false;
            if (c == '"' || c == '\'')
                bw_lexer_add_quoted(lx);
            else if (!(c == '/' && bw_lexer_add_keyword(lx)))
                bw_lexer_add_punct(lx);
        }
    }
}

static bw_lexed *lex_from(bw_context *ctx, bw_source *source, bool preprocess, uint32_t offset, bool tail, bool mend)
{
    bw_lexed *lexed = g_new0(bw_lexed, 1);
    lexer lx = {.ctx = ctx,
                .source = source,
                .text = source->text,
                .p = source->text + offset,
                .end = source->text + source->len,
                .preprocess = preprocess,
                .one_line_strings = tail,
                .mend = mend,
                .line_start = true,
                .space = BW_SPACE,
                .lexed = lexed};

    bw_arena_init(&lexed->arena);
    lexed->macros = g_ptr_array_new();
    lx.open_ifs = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    if (offset == 0 && source->len >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0)
        lx.p += 3; /* a byte order mark */
    lex_all(&lx);
    bw_lexer_add(&lx, BW_TK_EOF, 0, lx.end, lx.end);
    bw_lexer_end_conditionals(&lx);
    g_array_free(lx.open_ifs, TRUE);
    lexed->tokens = lx.tokens;
    lexed->count = lx.count;
    return lexed;
}

const bw_lexed *bw_lex(bw_context *ctx, bw_source *source, bool preprocess)
{
    const bw_lexed *lexed;

    g_mutex_lock(&source->lock);
    if (!source->lexed[preprocess]) {
        source->lexed_free = bw_lexed_free;
        source->lexed[preprocess] = lex_from(ctx, source, preprocess, 0, false, false);
    }
    lexed = source->lexed[preprocess];
    g_mutex_unlock(&source->lock);
    return lexed;
}

static bw_lexed *lex_again(bw_context *ctx, bw_source *source, bool preprocess, uint32_t offset, bool tail)
{
    g_mutex_lock(&source->lock);
    guint marks = source->marks ? source->marks->len : 0;
    bw_lexed *lexed = lex_from(ctx, source, preprocess, offset, tail, true);
    if (source->marks) { /* they are there already */
        for (guint i = marks; i < source->marks->len; i++)
            g_free((char *)(uintptr_t)g_array_index(source->marks, bw_line_mark, i).file);
        g_array_set_size(source->marks, marks);
    }
    g_mutex_unlock(&source->lock);
    return lexed;
}

bw_lexed *bw_lex_tail(bw_context *ctx, bw_source *source, bool preprocess, uint32_t offset)
{
    return lex_again(ctx, source, preprocess, offset, true);
}

bw_lexed *bw_lex_mended(bw_context *ctx, bw_source *source, bool preprocess)
{
    return lex_again(ctx, source, preprocess, 0, false);
}

void bw_lexed_free(void *data)
{
    bw_lexed *lexed = data;

    if (!lexed)
        return;
    for (guint i = 0; i < lexed->macros->len; i++)
        g_free(atomic_load(&((bw_macro *)lexed->macros->pdata[i])->tokens));
    g_ptr_array_free(lexed->macros, TRUE);
    if (lexed->comments)
        g_array_free(lexed->comments, TRUE);
    bw_arena_free(&lexed->arena);
    g_free(lexed->tokens);
    g_free(lexed);
}
