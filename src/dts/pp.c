/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/pp.h"

#include <string.h>

/* ---- frames ---- */

bw_frame *bw_pp_push(bw_pp *pp, bw_frame_kind kind)
{
    if (pp->depth == pp->room) {
        pp->room = pp->room ? pp->room * 2 : 32;
        pp->frames = g_renew(bw_frame, pp->frames, pp->room);
    }
    bw_frame *f = &pp->frames[pp->depth++];
    memset(f, 0, sizeof *f);
    f->kind = kind;
    return f;
}

bool bw_pp_active(const bw_pp *pp, const bw_macro *macro)
{
    for (uint32_t i = pp->depth; i-- > 0;)
        if (pp->frames[i].macro == macro)
            return true;
    return false;
}

void bw_pp_limit(bw_pp *pp, bw_loc loc, const char *text)
{
    if (pp->exhausted)
        return;
    for (uint32_t i = pp->depth; i-- > 0 && !loc;) { /* a seam is nowhere: then the token read last from a file */
        const bw_frame *f = &pp->frames[i];
        if (f->kind == BW_FRAME_FILE)
            loc = f->base + (f->cur > f->tokens ? f->cur[-1].offset : 0);
    }
    pp->exhausted = true;
    pp->faults++;
    bw_find(pp->unit, BW_CODE_macro_limit, bw_span_token(loc), "%s", text);
}

void bw_pp_spend(bw_pp *pp, bw_loc loc, uint64_t tokens)
{
    if (pp->budget >= tokens) {
        pp->budget -= tokens;
        return;
    }
    pp->budget = 0;
    char text[80];
    g_snprintf(text, sizeof text, "this expands to more than %u tokens", BW_PP_TOKENS_MAX);
    bw_pp_limit(pp, loc, text);
}

void bw_xlist_add(bw_pp *pp, bw_xlist *list, const bw_xtok *token)
{
    if (pp->budget == 0)
        bw_pp_spend(pp, token->loc, 1);
    if (pp->exhausted)
        return;
    pp->budget--;
    if (list->count == list->room) {
        uint32_t room = list->room ? list->room * 2 : 16;
        bw_xtok *v = bw_arena_alloc(&pp->unit->arena, room * sizeof *v);

        if (list->count)
            memcpy(v, list->v, list->count * sizeof *v);
        list->v = v;
        list->room = room;
    }
    list->v[list->count++] = *token;
}

/* ---- the stream ---- */

static void end_of_stream(bw_pp *pp, bw_xtok *out)
{
    const bw_frame *f = pp->depth ? &pp->frames[0] : NULL;

    *out = (bw_xtok){.kind = BW_TK_EOF, .flags = BW_SPACE, .text = ""};
    if (f && f->kind == BW_FRAME_FILE)
        out->loc = f->base + f->source->len;
}

static inline void take(const bw_frame *f, const bw_tok *t, bw_xtok *out)
{
    memcpy(out, t, sizeof(bw_tok_head));
    out->len = t->len;
    out->loc = f->base + t->offset;
    out->count = t->count;
    out->u.number = t->u.number;
    out->text = f->text + t->offset;
}

static void take_body(bw_pp *pp, const bw_frame *f, const bw_tok *t, bw_xtok *out)
{
    take(f, t, out);
    out->loc = bw_locs_expand(&pp->unit->locs, out->loc, f->call, f->call_last, f->macro->name);
}

static void padding(bw_xtok *out, bw_pad pad)
{
    *out = (bw_xtok){.kind = BW_TK_PADDING, .op = (uint8_t)pad, .text = ""};
}

static inline bool is_word_char(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* One step out of the frame on top. @return false when nothing came out of it (go on). */
static bool step(bw_pp *pp, bool names, bool expand, bw_xtok *out)
{
    bw_frame *f = &pp->frames[pp->depth - 1];

    switch (f->kind) {
    case BW_FRAME_FILE: {
        const bw_tok *t = f->cur++;

        switch (t->kind) {
        case BW_TK_RUN:
            if (!names || (!f->raw && bw_pp_run_has_macro(pp, t)))
                return false;
            take(f, t, out);
            f->cur += t->count;
            return true;
        case BW_TK_IDENT: {
            take(f, t, out);
            const bw_macro *m = f->raw || !bw_pp_maybe_macro(pp, t->count) ? NULL : bw_pp_macro(pp, t->u.name);
            if (m && expand)
                bw_pp_expand(pp, m, out, out);
            return true;
        }
        case BW_TK_DIRECTIVE:
            bw_pp_directive(pp, t->u.directive);
            return false;
        case BW_TK_EOF:
            if (pp->depth == 1) {
                f->cur--;
                end_of_stream(pp, out);
                return true;
            }
            pp->files_open--;
            pp->depth--;
            return false;
        default:
            take(f, t, out);
            return true;
        }
    }
    case BW_FRAME_BODY:
        if (f->cur == f->end) {
            pp->depth--;
            padding(out, BW_PAD_NONE);
            return true;
        }
        take_body(pp, f, f->cur++, out);
        break;
    case BW_FRAME_LIST:
        if (f->xcur == f->xend) {
            if (f->barrier) {
                end_of_stream(pp, out);
                return true;
            }
            pp->depth--;
            padding(out, BW_PAD_NONE);
            return true;
        }
        *out = *f->xcur++;
        break;
    }
    bw_pp_spend(pp, out->loc, 1);
    if (out->kind == BW_TK_IDENT && !(out->flags & BW_NO_EXPAND)) {
        const bw_macro *m = bw_pp_macro(pp, out->u.name);

        if (m && bw_pp_active(pp, m))
            out->flags |= BW_NO_EXPAND;
        else if (m && expand)
            bw_pp_expand(pp, m, out, out);
    }
    return true;
}

void bw_pp_fetch(bw_pp *pp, bool names, bw_xtok *out)
{
    do {
        if (pp->exhausted || pp->depth == 0) {
            end_of_stream(pp, out);
            return;
        }
    } while (!step(pp, names, true, out));
}

void bw_pp_fetch_raw(bw_pp *pp, bw_xtok *out)
{
    do {
        if (pp->exhausted || pp->depth == 0) {
            end_of_stream(pp, out);
            return;
        }
    } while (!step(pp, false, false, out));
}

/* Whether a number has only characters that a word may have: behind a word it would become part of it. */
static bool number_like_word(const bw_xtok *t)
{
    uint32_t i = 0;

    while (i < t->len && (g_ascii_isalnum(t->text[i]) || t->text[i] == '_'))
        i++;
    if (i == t->len || i == 0)
        return i != 0;
    return t->text[i] != '.' && !((t->text[i] == '+' || t->text[i] == '-') && strchr("eEpP", t->text[i - 1]));
}

/* Whether two tokens side by side would read as something else (cpp_avoid_paste of GCC). */
static bool would_paste(uint8_t kind, uint8_t op, const bw_xtok *t)
{
    char c = '\0';

    if (t->kind == BW_TK_PUNCT) {
        static const char first[] = {'<', '>', '<', '>', '=', '!', '&', '|', '#'};
        c = t->op < 128 ? (char)t->op : first[t->op - 128];
    } else if (t->kind == BW_TK_KEYWORD) {
        c = '/';
    } else if (t->kind == BW_TK_RUN) {
        c = t->text[0];
    }
    bool word = t->kind == BW_TK_IDENT || (t->kind == BW_TK_RUN && (g_ascii_isalpha(c) || c == '_'));
    bool number = t->kind == BW_TK_NUMBER || (t->kind == BW_TK_RUN && g_ascii_isdigit(c));
    bool quoted = t->kind == BW_TK_STRING || t->kind == BW_TK_CHAR;
    switch (kind) {
    case BW_TK_IDENT:
        return word || quoted || (number && number_like_word(t));
    case BW_TK_NUMBER:
        return number || word || t->kind == BW_TK_CHAR || c == '.' || c == '+' || c == '-';
    case BW_TK_PUNCT:
        break;
    default:
        return false;
    }
    if (c == '=' && (strchr("=!<>+-*/%&|^", op) || op == BW_P_SHL || op == BW_P_SHR))
        return true;
    switch (op) {
    case '>':
        return c == '>';
    case '<':
        return c == '<' || c == '%' || c == ':';
    case '+':
        return c == '+';
    case '-':
        return c == '-' || c == '>';
    case '/':
        return c == '/' || c == '*';
    case '%':
        return c == ':' || c == '%';
    case '&':
        return c == '&';
    case '|':
        return c == '|';
    case ':':
        return c == ':' || c == '>';
    case '.':
        return c == '.' || c == '%' || number;
    case '#':
        return c == '#' || c == '%';
    default:
        return false;
    }
}

static void settle_space(bw_pp *pp, bw_xtok *t)
{
    bool white = pp->pad == BW_PAD_NONE ? (t->flags & BW_SPACE) != 0 : pp->pad == BW_PAD_WHITE;

    if (white || would_paste(pp->prev_kind, pp->prev_op, t))
        t->flags |= BW_SPACE;
    else
        t->flags &= (uint8_t)~BW_SPACE;
    pp->seam = false;
    pp->pad = BW_PAD_NONE;
}

/* A token that stands in a file as it is: nearly all do. */
static inline bool next_plain(bw_pp *pp, bool names, bw_xtok *out)
{
    bw_frame *f = &pp->frames[pp->depth - 1];

    if (pp->depth == 0 || f->kind != BW_FRAME_FILE || pp->seam)
        return false;
    const bw_tok *t = f->cur;
    if (t->kind == BW_TK_RUN) {
        if (!f->raw && bw_pp_run_has_macro(pp, t))
            return false;
        if (names) {
            take(f, t, out);
            f->cur += t->count + 1;
            const char last = out->text[out->len - 1];
            pp->prev_kind = is_word_char(last) ? BW_TK_IDENT : BW_TK_PUNCT;
            pp->prev_op = (uint8_t)last;
            return true;
        }
        t = ++f->cur;
    }
    switch (t->kind) {
    case BW_TK_IDENT:
        if (!f->raw && bw_pp_maybe_macro(pp, t->count) && bw_pp_macro(pp, t->u.name))
            return false;
        break;
    case BW_TK_NUMBER:
    case BW_TK_STRING:
    case BW_TK_CHAR:
    case BW_TK_PUNCT:
        break;
    default:
        return false;
    }
    take(f, t, out);
    f->cur++;
    pp->prev_kind = out->kind;
    pp->prev_op = out->op;
    return true;
}

void bw_pp_next(bw_pp *pp, bool names, bw_xtok *out)
{
    if (pp->have_pushed) {
        pp->have_pushed = false;
        *out = pp->pushed;
        return;
    }
    if (!pp->exhausted && next_plain(pp, names, out))
        return;
    for (;;) {
        bw_pp_fetch(pp, names, out);
        if (out->kind != BW_TK_PADDING)
            break;
        pp->seam = true;
        if (pp->pad == BW_PAD_NONE || (pp->pad == BW_PAD_TIGHT && out->op == BW_PAD_NONE))
            pp->pad = out->op;
    }
    if (pp->seam)
        settle_space(pp, out);
    if (out->kind == BW_TK_RUN) {
        const char last = out->text[out->len - 1];
        pp->prev_kind = is_word_char(last) ? BW_TK_IDENT : BW_TK_PUNCT;
        pp->prev_op = (uint8_t)last;
    } else {
        pp->prev_kind = out->kind == BW_TK_KEYWORD ? BW_TK_PUNCT : out->kind;
        pp->prev_op = out->kind == BW_TK_KEYWORD ? '/' : out->op;
    }
}

void bw_pp_unread(bw_pp *pp, const bw_xtok *token)
{
    pp->pushed = *token;
    pp->have_pushed = true;
}

void bw_pp_expand_list(bw_pp *pp, const bw_xlist *in, bw_xlist *out)
{
    bw_frame *f = bw_pp_push(pp, BW_FRAME_LIST);
    uint32_t depth = pp->depth;
    bw_xtok t;

    f->barrier = true;
    f->xcur = in->v;
    f->xend = in->v ? in->v + in->count : in->v;
    for (;;) {
        bw_pp_fetch(pp, false, &t);
        if (t.kind == BW_TK_EOF)
            break;
        bw_xlist_add(pp, out, &t);
    }
    pp->depth = depth - 1;
}

bool bw_pp_restart_after(bw_pp *pp, bw_loc loc, const char *text)
{
    for (uint32_t i = pp->depth; i-- > 0;) {
        bw_frame *f = &pp->frames[i];

        if (f->kind != BW_FRAME_FILE)
            continue;
        if (loc < f->base || loc >= f->base + f->source->len)
            return false;
        const char *nl = memchr(text, '\n', (size_t)(f->text + f->source->len - text));
        if (!nl)
            return false;
        bw_lexed *tail = bw_lex_tail(pp->ctx, f->source, !f->raw, (uint32_t)(nl - f->text));
        g_ptr_array_add(pp->tails, tail);
        f->tokens = f->cur = tail->tokens;
        f->tail = true;
        pp->depth = i + 1;
        pp->have_pushed = false;
        pp->seam = false;
        pp->pad = BW_PAD_NONE;
        return true;
    }
    return false;
}
