/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/token.h"

#include <string.h>

/* 1: devicetree name character, 2: identifier start, 4: digit, 8: blank (not newline), 16: hex digit */
enum { NAME = 1, ALPHA = 2, DIGIT = 4, BLANK = 8, HEX = 16 };
#define A (NAME | ALPHA)
#define H (NAME | ALPHA | HEX)
#define D (NAME | DIGIT | HEX)
extern const uint8_t bw_char_class[256];
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

static inline bool is(unsigned char c, uint8_t class)
{
    return (bw_char_class[c] & class) != 0;
}

static const struct {
    const char *text;
    uint8_t len;
} keywords[BW_KEYWORDS] = {
    {"/dts-v1/", 8},       {"/plugin/", 8},          {"/memreserve/", 12}, {"/bits/", 6},    {"/delete-property/", 17},
    {"/delete-node/", 13}, {"/omit-if-no-ref/", 16}, {"/incbin/", 8},      {"/include/", 9},
};

typedef struct lexer {
    bw_context *ctx;
    bw_source *source;
    const char *text, *p, *end;
    bool preprocess;
    bool one_line_strings;
    bool mend;       /* comments that swallow code end where they were meant to */
    bool line_start; /* only blanks since the last newline */
    uint8_t space;   /* BW_SPACE if there was white space before p */
    bw_tok *tokens;
    uint32_t count, room;
    bw_lexed *lexed;
    GArray *open_ifs; /* of uint32_t: tokens of #if whose branch is open, then of #elif/#else */
} lexer;

/* ---- numbers ---- */

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
    const char *suffix = p;
    if (p < end && *p == 'U')
        p++;
    for (int i = 0; i < 2 && p < end && *p == 'L'; i++)
        p++;
    if (p < end && (is((unsigned char)*p, ALPHA | DIGIT))) {
        /* dtc takes the longest literal and goes on behind it. */
        (void)suffix;
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

static bw_tok *add(lexer *lx, bw_tok_kind kind, uint8_t op, const char *begin, const char *end)
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

static inline const char *scan_ident(const char *p)
{
    while (is((unsigned char)*p, ALPHA | DIGIT))
        p++;
    return p;
}

static void add_ident(lexer *lx, const char *end)
{
    const char *begin = lx->p;
    bw_tok *t = add(lx, BW_TK_IDENT, 0, begin, end);

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
    bw_tok *t = add(lx, BW_TK_NUMBER, 0, begin, end);
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

static void add_quoted(lexer *lx)
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
        bw_tok *t = add(lx, quote == '"' ? BW_TK_STRING : BW_TK_CHAR, 0, begin, p + 1);
        t->flags |= flags;
        return;
    }
    const char *later = quote == '"' && !lx->one_line_strings ? end_of_long_string(lx, begin + 1) : NULL;
    if (later) {
        bw_tok *t = add(lx, BW_TK_STRING, 0, begin, later);
        t->flags |= BW_ESCAPED | BW_LINES;
        return;
    }
    if (p > lx->end)
        p = lx->end;
    add(lx, BW_TK_OTHER, BW_STRAY_QUOTE, begin, p); /* the rest of the line */
}

static bool add_keyword(lexer *lx)
{
    size_t left = (size_t)(lx->end - lx->p);

    for (int i = 0; i < BW_KEYWORDS; i++)
        if (left >= keywords[i].len && memcmp(lx->p, keywords[i].text, keywords[i].len) == 0) {
            add(lx, BW_TK_KEYWORD, (uint8_t)i, lx->p, lx->p + keywords[i].len);
            return true;
        }
    return false;
}

static void add_punct(lexer *lx)
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
        add(lx, BW_TK_OTHER, BW_STRAY_BYTE, p, p + 1);
    else
        add(lx, BW_TK_PUNCT, op, p, p + len);
}

static const char *scan_piece(const char *p, const char *end)
{
    if (is((unsigned char)*p, ALPHA))
        return scan_ident(p);
    if (is((unsigned char)*p, DIGIT) || (*p == '.' && p + 1 < end && is((unsigned char)p[1], DIGIT)))
        return scan_number(p + 1, end);
    return p + 1;
}

static void add_piece(lexer *lx, const char *end)
{
    if (is((unsigned char)*lx->p, ALPHA))
        add_ident(lx, end);
    else if (end - lx->p > 1 || is((unsigned char)*lx->p, DIGIT))
        add_number(lx, end);
    else
        add_punct(lx);
}

/* A maximal row of name characters: one token, or a RUN and its pieces. */
static void add_name_run(lexer *lx)
{
    const char *begin = lx->p;
    const char *piece = scan_piece(begin, lx->end);

    if (!(piece < lx->end && is((unsigned char)*piece, NAME))) {
        add_piece(lx, piece);
        return;
    }
    const char *end = piece;
    while (end < lx->end && is((unsigned char)*end, NAME))
        end++;
    uint8_t space = lx->space;
    uint32_t run = lx->count;
    bw_tok *t = add(lx, BW_TK_RUN, 0, begin, end);
    t->u.name = bw_intern(lx->ctx->names, begin, (size_t)(end - begin));
    lx->p = begin;
    lx->space = space;
    while (lx->p < end)
        add_piece(lx, scan_piece(lx->p, lx->end));
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
static const char *skip_line_comment(const lexer *lx, const char *p)
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
static size_t splice(const lexer *lx, const char *p)
{
    if (*p != '\\' || !lx->preprocess)
        return 0;
    if (p + 1 < lx->end && p[1] == '\n')
        return 2;
    return p + 2 < lx->end && p[1] == '\r' && p[2] == '\n' ? 3 : 0;
}

/* ---- directives ---- */

/* The end of a logical line: splices and block comments go on, // comments and strings are seen. */
static const char *end_of_line(const lexer *lx, const char *p)
{
    while (p < lx->end && *p != '\n') {
        size_t n = splice(lx, p);

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
            return skip_line_comment(lx, p);
        } else if (*p == '"' || *p == '\'') {
            const char *q = p + 1;
            while (q < lx->end && *q != *p && *q != '\n') {
                size_t s = splice(lx, q);
                q += s ? s : *q == '\\' && q + 1 < lx->end && q[1] != '\n' ? 2 : 1;
            }
            p = q < lx->end && *q == *p ? q + 1 : p + 1;
        } else {
            p++;
        }
    }
    return p;
}

static const char *skip_blanks(const lexer *lx, const char *p, const char *end)
{
    while (p < end) {
        size_t n = splice(lx, p);

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

    p = skip_blanks(lx, p, end);
    if (p < end && *p == ')')
        return p + 1;
    for (;;) {
        p = skip_blanks(lx, p, end);
        const char *word_end = p < end && is((unsigned char)*p, ALPHA) ? scan_ident(p) : p;

        if (count == G_N_ELEMENTS(params)) {
            bad_directive(d, "a macro has at most 256 parameters here");
            return NULL;
        }
        if (word_end > p) {
            params[count++] = bw_intern(lx->ctx->names, p, (size_t)(word_end - p));
            p = skip_blanks(lx, word_end, end);
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
        p = skip_blanks(lx, p, end);
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
    p = skip_blanks(lx, p, end);
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
static bool add_directive(lexer *lx)
{
    const char *begin = lx->p;
    const char *p = begin + 1;

    while (p < lx->end && (is((unsigned char)*p, BLANK) || splice(lx, p)))
        p += splice(lx, p) ? splice(lx, p) : 1;
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
    const char *arg = skip_blanks(lx, word_end, end);
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
    bw_tok *t = add(lx, BW_TK_DIRECTIVE, 0, begin, end);
    t->u.directive = d;
    if (conditional && d->kind == BW_D_BAD) { /* it still opens a group */
        d->kind = kind;
        d->name = NULL;
    }
    link_conditional(lx, d, index);
    return true;
}

/* A line marker that dtc knows: only at column 0, with a file name. */
static bool read_line_mark(lexer *lx)
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
        } else if (c == '#' && lx->line_start && (lx->preprocess ? add_directive(lx) : read_line_mark(lx))) {
            lx->space = BW_SPACE;
        } else if (is(c, NAME)) {
            lx->line_start = false;
            add_name_run(lx);
        } else if (c == '/' && lx->p + 1 < lx->end && lx->p[1] == '*') {
            const char *after = skip_block_comment(lx, lx->p);
            if (!after) {
                add(lx, BW_TK_OTHER, BW_STRAY_COMMENT, lx->p, lx->p + 2);
                lx->p = lx->end;
                break;
            }
            lx->p = after;
            lx->space = BW_SPACE;
        } else if (c == '/' && lx->p + 1 < lx->end && lx->p[1] == '/') {
            const char *begin = lx->p;
            lx->p = skip_line_comment(lx, lx->p);
            lx->space = BW_SPACE;
            if (lx->p == lx->end && !lx->preprocess) {
                add(lx, BW_TK_OTHER, BW_STRAY_LINE_COMMENT, begin, begin + 2);
                lx->p = lx->end;
            }
        } else if (c == '\\' && splice(lx, lx->p)) {
            lx->p += splice(lx, lx->p);
        } else {
            lx->line_start = false;
            if (c == '"' || c == '\'')
                add_quoted(lx);
            else if (!(c == '/' && add_keyword(lx)))
                add_punct(lx);
        }
    }
}

static void end_conditionals(lexer *lx)
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
    add(&lx, BW_TK_EOF, 0, lx.end, lx.end);
    end_conditionals(&lx);
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

/* ---- pieces of text ---- */

static void lex_line(lexer *lx)
{
    while (lx->p < lx->end) {
        const char *p = skip_blanks(lx, lx->p, lx->end);

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
            add(lx, BW_TK_PUNCT, BW_P_PASTE, p, p + 2);
        } else if (is(c, NAME)) {
            const char *end = scan_piece(p, lx->end);
            add_piece(lx, end > lx->end ? lx->end : end);
        } else if (c == '"' || c == '\'') {
            add_quoted(lx);
        } else if (!(c == '/' && add_keyword(lx))) {
            add_punct(lx);
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
