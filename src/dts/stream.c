/* SPDX-License-Identifier: Apache-2.0 */
/* From preprocessing tokens to devicetree tokens: what a word is depends on where it stands. */
#include "dts/mend.h"

#include <string.h>

/* ---- names out of several pieces ---- */

static bool is_name_piece(const bw_xtok *x)
{
    return x->kind == BW_TK_IDENT || x->kind == BW_TK_NUMBER || x->kind == BW_TK_RUN ||
           (x->kind == BW_TK_PUNCT && x->op < 128 && bw_is_name_char(x->op));
}

/* The token stands in a file as it is, and the character behind it ends every name. */
static bool ends_here(const bw_parser *p, const bw_xtok *x)
{
    const bw_pp *pp = p->pp;
    const bw_frame *f = pp->depth ? &pp->frames[pp->depth - 1] : NULL;

    return (x->flags & BW_ALONE) && f && f->kind == BW_FRAME_FILE && !pp->have_pushed && x->text >= f->text &&
           x->text < f->text + f->source->len;
}

static void name_token(bw_parser *p, const bw_xtok *x, const bw_name *name, bw_dtok_kind kind)
{
    p->t.kind = kind;
    p->t.name = name;
    p->t.loc = x->loc;
    p->t.len = x->len > name->len ? x->len : name->len;
}

/* All pieces that stand side by side. @p words: only what an identifier has. */
static const bw_name *join_pieces(bw_parser *p, const bw_xtok *first, bool words, bw_xtok *next)
{
    g_string_truncate(p->join, 0);
    g_string_append_len(p->join, first->text, first->len);
    for (;;) {
        bw_pp_next(p->pp, false, next);
        bool fits = words ? next->kind == BW_TK_IDENT || next->kind == BW_TK_NUMBER : is_name_piece(next);
        if ((next->flags & BW_SPACE) || !fits)
            break;
        g_string_append_len(p->join, next->text, next->len);
    }
    return bw_intern(p->unit->ctx->names, p->join->str, p->join->len);
}

static bool is_colon(const bw_xtok *x)
{
    return x->kind == BW_TK_PUNCT && x->op == ':' && !(x->flags & BW_SPACE);
}

static void read_name(bw_parser *p, const bw_xtok *x)
{
    bw_xtok next;
    const bw_name *name;

    if (x->kind == BW_TK_RUN) {
        name_token(p, x, x->u.name, BW_DT_NAME);
        p->state = BW_LEX_VALUES;
        return;
    }
    if (x->kind == BW_TK_IDENT && ends_here(p, x)) {
        if (x->flags & BW_COLON) {
            bw_pp_next(p->pp, false, &next);
            name_token(p, x, x->u.name, BW_DT_LABEL);
            return;
        }
        name_token(p, x, x->u.name, BW_DT_NAME);
        p->state = BW_LEX_VALUES;
        return;
    }
    name = join_pieces(p, x, false, &next);
    if (name->identifier && is_colon(&next)) {
        name_token(p, x, name, BW_DT_LABEL);
        return;
    }
    bw_pp_unread(p->pp, &next);
    name_token(p, x, name, BW_DT_NAME);
    p->state = BW_LEX_VALUES;
}

/* ---- references ---- */

static void bad(bw_parser *p, const bw_xtok *x, uint32_t len, const char *text)
{
    p->t.kind = BW_DT_BAD;
    p->t.loc = x->loc;
    p->t.len = len;
    if (!bw_parser_echo(p))
        bw_parser_error(p, BW_CODE_syntax, (bw_span){x->loc, x->loc, len}, "%s", text);
}

static void read_path_ref(bw_parser *p, const bw_xtok *x)
{
    bw_xtok next;

    g_string_truncate(p->join, 0);
    for (;;) {
        bw_pp_next(p->pp, false, &next);
        if (next.flags & BW_SPACE)
            break;
        if (next.kind == BW_TK_PUNCT && next.op == '}') {
            p->t.kind = BW_DT_REF;
            p->t.name = bw_intern(p->unit->ctx->names, p->join->str, p->join->len);
            p->t.loc = x->loc;
            p->t.len = (uint32_t)p->join->len + 3;
            if (p->join->len == 0)
                bad(p, x, 3, "&{} names no node: give a path, &{/soc/uart@1000}");
            return;
        }
        if (!is_name_piece(&next) && !(next.kind == BW_TK_PUNCT && next.op == '/') && next.kind != BW_TK_KEYWORD)
            break;
        g_string_append_len(p->join, next.text, next.len);
    }
    bw_pp_unread(p->pp, &next);
    bad(p, x, (uint32_t)p->join->len + 2, "the path reference has no \"}\"");
}

static void read_ampersand(bw_parser *p, const bw_xtok *x)
{
    bw_xtok next;
    bw_xtok after;

    bw_pp_next(p->pp, false, &next);
    if (!(next.flags & BW_SPACE) && next.kind == BW_TK_PUNCT && next.op == '{') {
        read_path_ref(p, x);
        return;
    }
    if ((next.flags & BW_SPACE) || next.kind != BW_TK_IDENT) {
        bw_pp_unread(p->pp, &next);
        p->t.kind = BW_DT_PUNCT;
        return;
    }
    const bw_name *name = next.u.name;
    uint32_t len = next.len;
    if (!ends_here(p, &next)) {
        name = join_pieces(p, &next, true, &after);
        len = name->len;
        bw_pp_unread(p->pp, &after);
    }
    p->t.kind = BW_DT_REF;
    p->t.name = name;
    p->t.len = len + 1;
}

/* ---- numbers and characters ---- */

/* Puts the rest of a pp-number that is more than one token for dtc (0x1e-3) in front of the input. */
static void push_rest(bw_parser *p, const bw_xtok *x, size_t used)
{
    bw_pp *pp = p->pp;
    bw_xlist list = {0};
    bw_source rest = {.text = x->text};
    bw_body *body = bw_lex_line(p->unit->ctx, &rest, (uint32_t)used, x->len);

    for (uint32_t i = 0; i < body->count; i++) {
        const bw_tok *t = &body->tokens[i];
        bw_xtok y = {.kind = t->kind, .op = t->op, .len = t->len, .text = x->text + t->offset};

        y.loc = x->loc & BW_LOC_MACRO ? x->loc : x->loc + t->offset;
        y.u.number = t->u.number;
        bw_xlist_add(pp, &list, &y);
    }
    g_free(body);
    bw_frame *f = bw_pp_push(pp, BW_FRAME_LIST);
    f->xcur = list.v;
    f->xend = list.v ? list.v + list.count : list.v;
}

static void read_number(bw_parser *p, const bw_xtok *x)
{
    size_t used = x->len;

    p->t.kind = BW_DT_LITERAL;
    p->t.number = x->u.number;
    if (x->op == BW_NUM_OK)
        return;
    if (x->op == BW_NUM_PIECES) {
        bw_lex_number(x->text, x->len, &p->t.number, &used);
        if (used == 0) { /* .5 is a point and a number */
            p->t.kind = BW_DT_PUNCT;
            p->t.op = (uint8_t)x->text[0];
            used = 1;
        }
        p->t.len = (uint32_t)used;
        if (used < x->len)
            push_rest(p, x, used);
        return;
    }
    if (x->op == BW_NUM_BAD)
        bw_parser_error(p, BW_CODE_literal, bw_span_token(x->loc), "%.*s is no octal number: a leading 0 means octal",
                        (int)x->len, x->text);
    else
        bw_parser_error(p, BW_CODE_literal, bw_span_token(x->loc), "%.*s needs more than 64 bits",
                        (int)(x->len > 80 ? 80 : x->len), x->text);
}

static void read_char(bw_parser *p, const bw_xtok *x)
{
    uint32_t len = 0;
    char *text = bw_dts_unescape(p, x->text + 1, x->len - 2, &len, x->loc);

    p->t.kind = BW_DT_LITERAL;
    p->t.number = len ? (unsigned char)text[0] : 0;
    if (len != 1)
        bw_parser_error(p, BW_CODE_literal, (bw_span){x->loc, x->loc, x->len}, "%s",
                        len ? "a character constant holds one character" : "an empty character constant");
}

static int hex_digit(char c)
{
    return g_ascii_isxdigit(c) ? g_ascii_xdigit_value(c) : -1;
}

static char escape(const char **at, const char *end, bool *fault)
{
    const char *s = *at;
    char c = *s++;
    unsigned v = 0;

    switch (c) {
    case 'a':
        c = '\a';
        break;
    case 'b':
        c = '\b';
        break;
    case 't':
        c = '\t';
        break;
    case 'n':
        c = '\n';
        break;
    case 'v':
        c = '\v';
        break;
    case 'f':
        c = '\f';
        break;
    case 'r':
        c = '\r';
        break;
    case 'x':
        if (s >= end || hex_digit(*s) < 0)
            *fault = true;
        for (int i = 0; i < 2 && s < end && hex_digit(*s) >= 0; i++)
            v = v * 16 + (unsigned)hex_digit(*s++);
        c = (char)v;
        break;
    default:
        if (c >= '0' && c <= '7') {
            v = (unsigned)(c - '0');
            for (int i = 0; i < 2 && s < end && *s >= '0' && *s <= '7'; i++)
                v = v * 8 + (unsigned)(*s++ - '0');
            c = (char)v;
        }
        break;
    }
    *at = s;
    return c;
}

char *bw_dts_unescape(bw_parser *p, const char *text, uint32_t len, uint32_t *out_len, bw_loc loc)
{
    char *out = bw_arena_alloc(&p->unit->arena, (size_t)len + 1);
    const char *end = text + len;
    uint32_t n = 0;
    bool fault = false;

    while (text < end) {
        if (*text != '\\') {
            out[n++] = *text++;
            continue;
        }
        text++;
        if (text >= end)
            break;
        if (*text == '\n' && p->options->preprocess) { /* a splice */
            text++;
            continue;
        }
        out[n++] = escape(&text, end, &fault);
    }
    out[n] = '\0';
    *out_len = n;
    if (fault)
        bw_parser_error(p, BW_CODE_literal, bw_span_token(loc), "\\x without a hexadecimal digit");
    return out;
}

/* ---- the token ---- */

static void read_stray(bw_parser *p, const bw_xtok *x)
{
    switch (x->op) {
    case BW_STRAY_COMMENT:
        bad(p, x, 2, "the comment has no */");
        break;
    case BW_STRAY_LINE_COMMENT:
        bad(p, x, 2, "the last line, a // comment, does not end with a newline; dtc refuses it");
        break;
    case BW_STRAY_QUOTE:
        bad(p, x, 1, x->text[0] == '"' ? "the string has no closing \"" : "a stray '");
        break;
    default:
        p->t.kind = BW_DT_BAD;
        p->t.len = 1;
        if (!bw_parser_echo(p))
            bw_parser_error(p, BW_CODE_syntax, (bw_span){x->loc, x->loc, 1}, "a stray byte 0x%02x",
                            (unsigned char)x->text[0]);
        break;
    }
}

static void enter_state(bw_parser *p, const bw_xtok *x)
{
    if (x->kind == BW_TK_KEYWORD) {
        switch (x->op) {
        case BW_KW_DTS_V1:
        case BW_KW_MEMRESERVE:
        case BW_KW_BITS:
            p->state = BW_LEX_VALUES;
            break;
        case BW_KW_DELETE_PROPERTY:
        case BW_KW_DELETE_NODE:
        case BW_KW_OMIT_IF_NO_REF:
            p->state = BW_LEX_NAMES;
            break;
        default:
            break;
        }
    } else if (x->op == '{' || x->op == ';') {
        p->state = BW_LEX_NAMES;
    } else if (x->op == '[') {
        p->state = BW_LEX_BYTES;
    } else if (x->op == ']' && p->state == BW_LEX_BYTES) {
        p->state = BW_LEX_VALUES;
    }
}

/* /include/ "file". @return false if it is not followed by a string. */
static bool read_include(bw_parser *p, const bw_xtok *keyword)
{
    bw_xtok x;
    uint32_t len;

    bw_pp_next(p->pp, false, &x);
    if (x.kind != BW_TK_STRING) {
        bw_pp_unread(p->pp, &x);
        bad(p, keyword, keyword->len, "/include/ needs the name of a file in quotes");
        return false;
    }
    const char *name = bw_arena_strndup(&p->unit->arena, x.text + 1, x.len - 2);
    len = x.len;
    bw_pp_include_raw(p->pp, name, (bw_span){x.loc, x.loc, len});
    return true;
}

static void read_word(bw_parser *p, const bw_xtok *x)
{
    bw_xtok next;
    const bw_name *name = x->u.name;
    bool label = false;

    if (ends_here(p, x) || (x->flags & BW_COLON)) {
        if (x->flags & BW_COLON) {
            bw_pp_next(p->pp, false, &next);
            label = is_colon(&next);
            if (!label)
                bw_pp_unread(p->pp, &next);
        }
    } else {
        bw_pp_next(p->pp, false, &next);
        label = is_colon(&next);
        if (!label)
            bw_pp_unread(p->pp, &next);
    }
    name_token(p, x, name, label ? BW_DT_LABEL : p->state == BW_LEX_BYTES ? BW_DT_BYTES : BW_DT_IDENT);
}

static void note_prev(bw_parser *p)
{
    p->prev = (bw_span){p->t.loc, p->t.loc, p->t.len};
    p->prev_end = p->t.loc & BW_LOC_MACRO ? 0 : p->t.loc + p->t.len;
}

/* ---- the short path: tokens that stand in a file as they are ---- */

static inline void set_plain(bw_parser *p, const bw_frame *f, const bw_tok *t, bw_dtok_kind kind)
{
    p->t.kind = kind;
    p->t.op = t->op;
    p->t.flags = t->flags;
    p->t.loc = f->base + t->offset;
    p->t.len = p->t.text_len = t->len;
    p->t.text = f->text + t->offset;
}

static inline bool may_be_macro(const bw_parser *p, const bw_tok *ident)
{
    return bw_pp_maybe_macro(p->pp, ident->count) && bw_pp_macro(p->pp, ident->u.name);
}

static inline bool plain_word(bw_parser *p, bw_frame *f, const bw_tok *t)
{
    if (!(t->flags & BW_ALONE) || may_be_macro(p, t))
        return false;
    bool label = (t->flags & BW_COLON) != 0;
    set_plain(p, f, t, label ? BW_DT_LABEL : p->state == BW_LEX_NAMES ? BW_DT_NAME : BW_DT_IDENT);
    p->t.name = t->u.name;
    if (!label)
        p->state = BW_LEX_VALUES;
    f->cur = t + 1 + label; /* the ":" too */
    return true;
}

static inline bool plain_punct(bw_parser *p, bw_frame *f, const bw_tok *t)
{
    switch (t->op) {
    case '&': {
        const bw_tok *name = t[1].kind == BW_TK_RUN ? t + 2 : t + 1;

        if (name->kind != BW_TK_IDENT || (name->flags & (BW_SPACE | BW_ALONE)) != BW_ALONE || may_be_macro(p, name))
            return false;
        set_plain(p, f, t, BW_DT_REF);
        p->t.len = name->len + 1;
        p->t.name = name->u.name;
        f->cur = name + 1;
        return true;
    }
    case '{':
    case ';':
        p->state = BW_LEX_NAMES;
        break;
    case '[':
    case ']':
    case '\\':
        return false;
    default:
        /* What may begin a name is left to the long path. */
        if (p->state == BW_LEX_NAMES && t->op < 128 && bw_is_name_char(t->op))
            return false;
        break;
    }
    set_plain(p, f, t, BW_DT_PUNCT);
    f->cur = t + 1;
    return true;
}

static inline bool plain_token(bw_parser *p)
{
    const bw_pp *pp = p->pp;
    bw_frame *f = &p->pp->frames[pp->depth - 1];

    if (pp->depth == 0 || pp->have_pushed || pp->seam || pp->exhausted || f->kind != BW_FRAME_FILE || f->raw ||
        p->state == BW_LEX_BYTES)
        return false;
    const bw_tok *t = f->cur;
    if (t->kind == BW_TK_RUN) {
        if (p->state == BW_LEX_NAMES) {
            if (bw_pp_run_has_macro(p->pp, t))
                return false;
            set_plain(p, f, t, BW_DT_NAME);
            p->t.name = t->u.name;
            p->state = BW_LEX_VALUES;
            f->cur += t->count + 1;
            return true;
        }
        t++;
    }
    switch (t->kind) {
    case BW_TK_PUNCT:
        return plain_punct(p, f, t);
    case BW_TK_IDENT:
        return plain_word(p, f, t);
    case BW_TK_NUMBER:
        if (p->state == BW_LEX_NAMES || t->op != BW_NUM_OK)
            return false;
        set_plain(p, f, t, BW_DT_LITERAL);
        p->t.number = t->u.number;
        f->cur = t + 1;
        return true;
    case BW_TK_STRING:
        set_plain(p, f, t, BW_DT_STRING);
        f->cur = t + 1;
        return true;
    default:
        return false;
    }
}

void bw_parser_read(bw_parser *p)
{
    bw_xtok x;

    p->tokens++;
    if (plain_token(p)) {
        const bw_tok *last = p->pp->frames[p->pp->depth - 1].cur - 1;

        p->pp->prev_kind = last->kind;
        p->pp->prev_op = last->op;
        return;
    }
    for (;;) {
        bw_pp_next(p->pp, p->state == BW_LEX_NAMES, &x);
        if (x.kind == BW_TK_KEYWORD && x.op == BW_KW_INCLUDE) {
            p->t.loc = x.loc;
            if (read_include(p, &x))
                continue;
            return;
        }
        break;
    }
    p->t.kind = BW_DT_BAD;
    p->t.op = x.op;
    p->t.flags = x.flags;
    p->t.loc = x.loc;
    p->t.len = x.len;
    p->t.text = x.text;
    p->t.text_len = x.len;
    if (p->state == BW_LEX_NAMES) {
        if (is_name_piece(&x)) {
            read_name(p, &x);
            return;
        }
        if (x.kind == BW_TK_PUNCT && x.op == '\\') {
            bw_xtok next;
            bw_pp_next(p->pp, true, &next);
            if (!(next.flags & BW_SPACE) && is_name_piece(&next)) {
                read_name(p, &next);
                return;
            }
            bw_pp_unread(p->pp, &next);
        }
    }
    switch (x.kind) {
    case BW_TK_EOF:
        p->t.kind = BW_DT_EOF;
        break;
    case BW_TK_IDENT:
        read_word(p, &x);
        break;
    case BW_TK_NUMBER:
        if (p->state == BW_LEX_BYTES)
            p->t.kind = BW_DT_BYTES;
        else
            read_number(p, &x);
        break;
    case BW_TK_STRING:
        p->t.kind = BW_DT_STRING;
        break;
    case BW_TK_CHAR:
        read_char(p, &x);
        break;
    case BW_TK_KEYWORD:
        p->t.kind = BW_DT_KEYWORD;
        enter_state(p, &x);
        break;
    case BW_TK_PUNCT:
        p->t.kind = BW_DT_PUNCT;
        if (x.op == '&')
            read_ampersand(p, &x);
        else
            enter_state(p, &x);
        break;
    default:
        read_stray(p, &x);
        break;
    }
}

void bw_parser_advance(bw_parser *p)
{
    note_prev(p);
    if (G_LIKELY(!p->mender)) {
        bw_parser_read(p);
    } else if (!bw_mender_insert(p)) {
        bw_parser_read(p);
        bw_mender_see(p);
    }
}

void bw_parser_reread(bw_parser *p, bw_lex_state state)
{
    bw_pp *pp = p->pp;
    bw_frame *f = pp->depth ? &pp->frames[pp->depth - 1] : NULL;
    bw_span prev = p->prev;
    bw_loc prev_end = p->prev_end;

    p->state = state;
    if (bw_at(p, '}') || bw_at(p, ';')) /* the same in every state; a mended one stands in no file */
        return;
    if (f && f->kind == BW_FRAME_FILE && p->t.loc >= f->base && p->t.loc < f->base + f->source->len) {
        uint32_t offset = p->t.loc - f->base;
        const bw_tok *t = f->cur;

        while (t > f->tokens && t[-1].offset >= offset && f->cur - t < 64)
            t--;
        if (t->offset == offset) {
            f->cur = t;
            pp->have_pushed = false;
            bw_parser_advance(p);
            p->prev = prev;
            p->prev_end = prev_end;
            return;
        }
    }
    if (p->t.kind == BW_DT_IDENT && state == BW_LEX_NAMES) {
        p->t.kind = BW_DT_NAME;
        p->state = BW_LEX_VALUES;
    }
}

bool bw_parser_on_new_line(const bw_parser *p)
{
    bw_loc loc = bw_locs_call_site(&p->unit->locs, p->t.loc, false);
    bw_loc prev = bw_locs_call_site(&p->unit->locs, p->prev.last, true);
    const bw_visit *visit = bw_locs_visit_of(&p->unit->locs, loc);

    if (!visit || visit != bw_locs_visit_of(&p->unit->locs, prev) || prev >= loc)
        return true;
    return memchr(visit->source->text + (prev - visit->base), '\n', loc - prev) != NULL;
}
