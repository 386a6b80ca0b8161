/* SPDX-License-Identifier: Apache-2.0 */
/* Macro calls: arguments, substitution, # and ##. C17 6.10.3, with GNU's variadic habits. */
#include "dts/pp.h"

#include <string.h>

#define BYTES_A_TOKEN 16U /* long words and strings that macros make count as more than one token */
#define FRAMES_MAX 1000U  /* macros within macros within arguments */

typedef struct call {
    const bw_macro *macro;
    const bw_body *body;
    bw_loc base; /* of the file visit that holds the definition */
    bw_loc name, close;
    bw_xlist *args;     /* one a parameter, and one more */
    bw_xlist *expanded; /* likewise, made when first asked for */
    bool *have_expanded;
    bool rest_omitted; /* of a variadic macro: not even an empty one was given */
} call;

/* ---- reading the arguments ---- */

static bool is_punct(const bw_xtok *t, uint8_t op)
{
    return t->kind == BW_TK_PUNCT && t->op == op;
}

/* Whether "(" comes next; macro frames that end on the way are left (C17 6.10.3.4). */
static bool at_parenthesis(bw_pp *pp, bool *left)
{
    for (;;) {
        bw_frame *f = &pp->frames[pp->depth - 1];

        if (f->kind == BW_FRAME_FILE) {
            if (f->cur->kind == BW_TK_DIRECTIVE) {
                const bw_tok *t = f->cur++;
                bw_pp_directive(pp, t->u.directive);
                if (pp->exhausted)
                    return false;
                continue;
            }
            return f->cur->kind == BW_TK_PUNCT && f->cur->op == '(';
        }
        if (f->kind == BW_FRAME_BODY) {
            if (f->cur != f->end)
                return f->cur->kind == BW_TK_PUNCT && f->cur->op == '(';
        } else {
            const bw_xtok *t = f->xcur;
            while (t != f->xend && t->kind == BW_TK_PADDING)
                t++;
            if (t != f->xend)
                return is_punct(t, '(');
            if (f->barrier)
                return false;
        }
        pp->depth--;
        *left = true;
    }
}

static void wrong_arguments(bw_pp *pp, const call *c, unsigned given)
{
    const bw_macro *m = c->macro;
    unsigned wanted = m->param_count;
    bw_finding *f =
        bw_find(pp->unit, BW_CODE_macro_arguments, bw_span_name(c->name, m->name), "%s takes %s%u argument%s, %u given",
                m->name->text, m->variadic ? "at least " : "", m->variadic ? wanted - 1 : wanted,
                (m->variadic ? wanted - 1 : wanted) == 1 ? "" : "s", given);

    pp->faults++;
    if (!m->builtin)
        bw_find_note(pp->unit, f, bw_span_name(c->base + m->offset, m->name), "the macro is defined here");
}

static void trim(bw_xlist *arg)
{
    while (arg->count && arg->v[arg->count - 1].kind == BW_TK_PADDING)
        arg->count--;
}

/* From "(" to ")". @return false with a finding when they do not fit the macro. */
static bool read_arguments(bw_pp *pp, call *c)
{
    const bw_macro *m = c->macro;
    unsigned depth = 0;
    unsigned given = 0;
    bool any = false;
    bw_xlist dropped = {0};
    bw_xlist *arg = &c->args[0];
    bw_xtok t;

    do
        bw_pp_fetch_raw(pp, &t);
    while (t.kind == BW_TK_PADDING);
    /* That was "(". */
    for (;;) {
        bw_pp_fetch_raw(pp, &t);
        if (t.kind == BW_TK_EOF) {
            if (!pp->exhausted)
                bw_find(pp->unit, BW_CODE_macro_arguments, bw_span_name(c->name, m->name),
                        "the call of %s has no closing \")\"", m->name->text);
            pp->faults++;
            pp->cut_short = pp->missing_nodes = true; /* the rest of the file is lost */
            pp->missing++;
            return false;
        }
        if (t.kind == BW_TK_PADDING) { /* seams inside an argument decide about blanks */
            if (arg->count)
                bw_xlist_add(pp, arg, &t);
            continue;
        }
        if (is_punct(&t, ')') && depth == 0)
            break;
        depth += is_punct(&t, '(');
        depth -= is_punct(&t, ')');
        bool rest = m->variadic && given + 1 >= m->param_count;
        if (is_punct(&t, ',') && depth == 0 && !rest) {
            trim(arg);
            given++;
            any = true;
            arg = given < m->param_count ? &c->args[given] : &dropped;
            continue;
        }
        any = true;
        if (arg != &dropped)
            bw_xlist_add(pp, arg, &t);
    }
    trim(arg);
    c->close = t.loc;
    if (any || m->param_count)
        given++;
    c->rest_omitted = given < m->param_count || (given == 1 && c->args[0].count == 0);
    bool fits =
        given == m->param_count || (m->variadic && given + 1 >= m->param_count) || (m->param_count == 0 && !any);
    if (!fits)
        wrong_arguments(pp, c, any ? given : 0);
    return fits;
}

/* ---- # and ## ---- */

static void stringize(bw_pp *pp, const bw_xlist *arg, bw_xtok *out)
{
    GString *s = g_string_new("\"");
    bool first = true;
    uint8_t pad = BW_PAD_NONE;

    for (uint32_t i = 0; i < arg->count; i++) {
        const bw_xtok *t = &arg->v[i];
        if (t->kind == BW_TK_EMPTY)
            continue;
        if (t->kind == BW_TK_PADDING) {
            if (pad == BW_PAD_NONE || (pad == BW_PAD_TIGHT && t->op == BW_PAD_NONE))
                pad = t->op;
            continue;
        }
        if (!first && (pad == BW_PAD_NONE ? (t->flags & BW_SPACE) != 0 : pad == BW_PAD_WHITE))
            g_string_append_c(s, ' ');
        first = false;
        pad = BW_PAD_NONE;
        bool quoted = t->kind == BW_TK_STRING || t->kind == BW_TK_CHAR;
        for (uint32_t k = 0; k < t->len; k++) {
            if (quoted && (t->text[k] == '"' || t->text[k] == '\\'))
                g_string_append_c(s, '\\');
            g_string_append_c(s, t->text[k]);
        }
    }
    gsize slashes = 0;
    while (slashes < s->len && s->str[s->len - 1 - slashes] == '\\')
        slashes++;
    if (slashes % 2) /* it would take the quote with it; gcc drops it, too */
        g_string_truncate(s, s->len - 1);
    g_string_append_c(s, '"');
    out->kind = BW_TK_STRING;
    out->op = 0;
    out->flags = (uint8_t)((out->flags & BW_SPACE) | BW_ESCAPED);
    out->len = (uint32_t)s->len;
    out->text = bw_arena_strndup(&pp->unit->arena, s->str, s->len);
    bw_pp_spend(pp, out->loc, s->len / BYTES_A_TOKEN);
    g_string_free(s, TRUE);
}

/* @return false if the two do not make one token: both stay, side by side. */
static bool paste(bw_pp *pp, bw_xtok *left, const bw_xtok *right)
{
    uint8_t keep = left->flags & BW_SPACE;
    bw_tok t;

    if (right->kind == BW_TK_EMPTY)
        return true;
    if (left->kind == BW_TK_EMPTY) {
        bw_loc loc = right->loc;
        *left = *right;
        left->loc = loc;
        left->flags = (uint8_t)((left->flags & ~(BW_SPACE | BW_PASTE)) | keep);
        return true;
    }
    size_t len = (size_t)left->len + right->len;
    bw_pp_spend(pp, left->loc, len / BYTES_A_TOKEN);
    if (pp->exhausted)
        return false;
    char *text = bw_arena_alloc(&pp->unit->arena, len + 1);
    memcpy(text, left->text, left->len);
    memcpy(text + left->len, right->text, right->len);
    text[len] = '\0';
    if (!bw_lex_one(pp->ctx, text, len, &t))
        return false;
    left->kind = t.kind;
    left->op = t.op;
    left->flags = (uint8_t)((t.flags & ~BW_SPACE) | keep);
    left->len = (uint32_t)len;
    left->u.number = t.u.number;
    left->text = text;
    return true;
}

/* Carries out every ## of a list. What a ## made or failed to make ends with a seam. */
static void paste_all(bw_pp *pp, bw_xlist *list)
{
    const bw_xtok end = {.kind = BW_TK_PADDING, .op = BW_PAD_NONE, .text = ""};
    bw_xlist done = {0};

    for (uint32_t i = 0; i < list->count; i++) {
        bw_xtok t = list->v[i];
        bool pasted = (t.flags & BW_PASTE) != 0;

        while (t.flags & BW_PASTE) {
            uint32_t j = i + 1;
            while (j < list->count && list->v[j].kind == BW_TK_PADDING)
                j++;
            t.flags &= (uint8_t)~BW_PASTE;
            if (j >= list->count)
                break;
            bw_xtok right = list->v[j];
            i = j;
            if (paste(pp, &t, &right)) {
                t.flags |= right.flags & BW_PASTE;
                continue;
            }
            bw_xlist_add(pp, &done, &t);
            bw_xlist_add(pp, &done, &end);
            t = right;
            pasted = (t.flags & BW_PASTE) != 0;
        }
        if (t.kind != BW_TK_EMPTY)
            bw_xlist_add(pp, &done, &t);
        if (pasted)
            bw_xlist_add(pp, &done, &end);
    }
    *list = done;
}

/* ---- substitution ---- */

static void add_padding(bw_pp *pp, bw_xlist *out, bw_pad pad)
{
    bw_xtok t = {.kind = BW_TK_PADDING, .op = (uint8_t)pad, .text = ""};

    bw_xlist_add(pp, out, &t);
}

static const bw_xlist *expanded(bw_pp *pp, call *c, unsigned index)
{
    if (!c->have_expanded[index]) {
        c->have_expanded[index] = true;
        bw_pp_expand_list(pp, &c->args[index], &c->expanded[index]);
    }
    return &c->expanded[index];
}

static bool has_tokens(const bw_xlist *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->v[i].kind != BW_TK_PADDING)
            return true;
    return false;
}

static void body_token(bw_pp *pp, const call *c, const bw_tok *t, bw_xtok *out)
{
    const char *text = c->macro->source->text;

    *out = (bw_xtok){.kind = t->kind, .op = t->op, .flags = t->flags, .len = t->len, .text = text + t->offset};
    out->u.number = t->u.number;
    out->loc = bw_locs_expand(&pp->unit->locs, c->base + t->offset, c->name, c->close, c->macro->name);
}

/* A parameter beside ##: the argument as written, a placemarker when it is empty. On the right of ## its
 * first token keeps its own blank, which shows when the two do not make one token. */
static void add_pasted_arg(bw_pp *pp, const bw_xlist *arg, const bw_xtok *param, bool right, bw_xlist *out)
{
    uint8_t white = param->flags & BW_SPACE;

    if (arg->count == 0) {
        bw_xtok empty = *param;
        empty.kind = BW_TK_EMPTY;
        empty.len = 0;
        empty.text = "";
        bw_xlist_add(pp, out, &empty);
        return;
    }
    for (uint32_t i = 0; i < arg->count; i++) {
        bw_xtok t = arg->v[i];
        if (i == 0 && !right)
            t.flags = (uint8_t)((t.flags & ~BW_SPACE) | white);
        t.flags &= (uint8_t)~BW_PASTE;
        if (i + 1 == arg->count)
            t.flags |= param->flags & BW_PASTE;
        bw_xlist_add(pp, out, &t);
    }
}

static void add_arg(bw_pp *pp, call *c, const bw_xtok *param, unsigned index, bool first, bw_xlist *out)
{
    const bw_xlist *arg = expanded(pp, c, index);

    if (!first)
        add_padding(pp, out, param->flags & BW_SPACE ? BW_PAD_WHITE : BW_PAD_TIGHT);
    for (uint32_t i = 0; i < arg->count; i++)
        bw_xlist_add(pp, out, &arg->v[i]);
    add_padding(pp, out, BW_PAD_NONE);
}

/* GNU: ", ## rest" loses the comma when no rest is given, not even an empty one, and does not paste otherwise. */
static bool gnu_comma(const call *c, unsigned index, bw_xlist *out)
{
    if (!c->macro->variadic || index + 1 != c->macro->param_count || out->count == 0)
        return false;
    bw_xtok *last = &out->v[out->count - 1];
    if (!is_punct(last, ',') || !(last->flags & BW_PASTE))
        return false;
    if (c->rest_omitted) {
        out->count--;
        return true;
    }
    last->flags &= (uint8_t)~BW_PASTE;
    return false;
}

/* The ")" of __VA_OPT__( ... ) whose "(" is token i + 1; 0 if there is none. */
static uint32_t va_opt_end(const bw_body *b, uint32_t i)
{
    unsigned depth = 0;

    for (uint32_t k = i + 1; k < b->count; k++) {
        if (b->tokens[k].kind != BW_TK_PUNCT)
            continue;
        depth += b->tokens[k].op == '(';
        depth -= b->tokens[k].op == ')' && depth > 0;
        if (depth == 0)
            return k;
    }
    return 0;
}

static void substitute_range(bw_pp *pp, call *c, uint32_t from, uint32_t to, bw_xlist *out);

/* What __VA_OPT__( ... ) from token i to its ")" stands for: white and pasted like an argument. */
static void add_va_opt(bw_pp *pp, call *c, uint32_t i, uint32_t close, const bw_xtok *name, bw_xlist *out)
{
    const bw_body *b = c->body;
    bool right = i > 0 && (b->tokens[i - 1].flags & BW_PASTE);
    uint8_t left = b->tokens[close].flags & BW_PASTE;

    if (!right)
        add_padding(pp, out, name->flags & BW_SPACE ? BW_PAD_WHITE : BW_PAD_TIGHT);
    uint32_t begin = out->count;
    if (has_tokens(expanded(pp, c, c->macro->param_count - 1U)))
        substitute_range(pp, c, i + 2, close, out);
    uint32_t end = out->count;
    while (end > begin && out->v[end - 1].kind == BW_TK_PADDING)
        end--;
    if (end > begin) {
        out->v[end - 1].flags |= left;
    } else if (left || right) {
        bw_xtok empty = *name;
        empty.kind = BW_TK_EMPTY;
        empty.flags = (uint8_t)((empty.flags & BW_SPACE) | left);
        empty.len = 0;
        empty.text = "";
        bw_xlist_add(pp, out, &empty);
    }
    if (!left)
        add_padding(pp, out, BW_PAD_NONE);
}

static void substitute_range(bw_pp *pp, call *c, uint32_t from, uint32_t to, bw_xlist *out)
{
    const bw_body *b = c->body;

    for (uint32_t i = from; i < to && !pp->exhausted; i++) {
        const bw_tok *t = &b->tokens[i];
        bool after_paste = i > from && (b->tokens[i - 1].flags & BW_PASTE);
        bw_xtok x;

        if ((t->flags & BW_VA_OPT) && i + 1 < to && b->tokens[i + 1].kind == BW_TK_PUNCT &&
            b->tokens[i + 1].op == '(') {
            uint32_t close = va_opt_end(b, i);
            if (close) {
                body_token(pp, c, t, &x);
                add_va_opt(pp, c, i, close, &x, out);
                i = close;
                continue;
            }
        }
        body_token(pp, c, t, &x);
        if (t->kind != BW_TK_PARAM) {
            bw_xlist_add(pp, out, &x);
            continue;
        }
        unsigned index = (unsigned)t->u.number;
        if (t->op == '#') {
            stringize(pp, &c->args[index], &x);
            x.flags |= t->flags & BW_PASTE;
            bw_xlist_add(pp, out, &x);
        } else if (after_paste && gnu_comma(c, index, out)) {
            continue;
        } else if (after_paste || (t->flags & BW_PASTE)) {
            add_pasted_arg(pp, &c->args[index], &x, after_paste, out);
            if (!(t->flags & BW_PASTE))
                add_padding(pp, out, BW_PAD_NONE);
        } else {
            add_arg(pp, c, &x, index, i == 0, out);
        }
    }
}

static void push_list(bw_pp *pp, const bw_macro *m, const bw_xlist *list)
{
    bw_frame *f = bw_pp_push(pp, BW_FRAME_LIST);

    f->xcur = list->v;
    f->xend = list->v ? list->v + list->count : list->v;
    f->macro = m;
}

/* ---- the built-in ones ---- */

static void number_token(bw_pp *pp, unsigned value, bw_xtok *out)
{
    out->kind = BW_TK_NUMBER;
    out->op = BW_NUM_OK;
    out->u.number = value;
    out->text = bw_arena_printf(&pp->unit->arena, "%u", value);
    out->len = (uint32_t)strlen(out->text);
}

static void string_token(bw_pp *pp, const char *text, bw_xtok *out)
{
    out->kind = BW_TK_STRING;
    out->op = 0;
    out->text = bw_arena_printf(&pp->unit->arena, "\"%s\"", text);
    out->len = (uint32_t)strlen(out->text);
}

static void builtin(bw_pp *pp, const bw_macro *m, bw_xtok *out)
{
    bw_place place;

    switch (m->builtin) {
    case BW_B_LINE:
        place = bw_locs_place(&pp->unit->locs, bw_span_token(bw_locs_call_site(&pp->unit->locs, out->loc, false)));
        number_token(pp, place.line, out);
        break;
    case BW_B_FILE:
        place = bw_locs_place(&pp->unit->locs, bw_span_token(bw_locs_call_site(&pp->unit->locs, out->loc, false)));
        string_token(pp, place.file ? place.file : "", out);
        break;
    case BW_B_COUNTER:
        number_token(pp, pp->counter++, out);
        break;
    case BW_B_INCLUDE_LEVEL:
        number_token(pp, pp->files_open ? pp->files_open - 1 : 0, out);
        break;
    case BW_B_BASE_FILE:
        string_token(pp, pp->main_path, out);
        break;
    case BW_B_DATE: /* the same input gives the same bytes: no clock */
        string_token(pp, "Jan  1 1970", out);
        break;
    default:
        string_token(pp, "00:00:00", out);
        break;
    }
    out->flags |= BW_NO_EXPAND;
}

/* ---- the call ---- */

static void seam(bw_xtok *out, bw_pad pad)
{
    *out = (bw_xtok){.kind = BW_TK_PADDING, .op = (uint8_t)pad, .text = ""};
}

static void expand_object(bw_pp *pp, const bw_macro *m, bw_loc base, const bw_xtok *name)
{
    const bw_body *body = bw_macro_body(pp->ctx, m);

    if (body->fault) {
        pp->faults++;
        bw_find(pp->unit, BW_CODE_directive, bw_span_name(base + m->offset, m->name), "%s", body->fault);
    }
    if (!body->pasted) {
        bw_frame *f = bw_pp_push(pp, BW_FRAME_BODY);
        f->cur = body->tokens;
        f->end = body->tokens + body->count;
        f->text = m->source->text;
        f->base = base;
        f->macro = m;
        f->call = f->call_last = name->loc;
        return;
    }
    call c = {.macro = m, .body = body, .base = base, .name = name->loc, .close = name->loc};
    bw_xlist list = {0};
    substitute_range(pp, &c, 0, body->count, &list);
    paste_all(pp, &list);
    push_list(pp, m, &list);
}

static void expand_function(bw_pp *pp, const bw_macro *m, bw_loc base, const bw_xtok *name)
{
    bw_arena *arena = &pp->unit->arena;
    size_t args = (size_t)m->param_count + 1;
    call c = {.macro = m,
              .base = base,
              .name = name->loc,
              .close = name->loc,
              .args = bw_arena_array(arena, bw_xlist, args),
              .expanded = bw_arena_array(arena, bw_xlist, args),
              .have_expanded = bw_arena_array(arena, bool, args)};
    bw_xlist list = {0};

    if (read_arguments(pp, &c)) {
        c.body = bw_macro_body(pp->ctx, m);
        if (c.body->fault) {
            pp->faults++;
            bw_find(pp->unit, BW_CODE_directive, bw_span_name(base + m->offset, m->name), "%s", c.body->fault);
        }
        substitute_range(pp, &c, 0, c.body->count, &list);
        if (c.body->pasted)
            paste_all(pp, &list);
    }
    push_list(pp, m, &list);
}

bool bw_pp_expand(bw_pp *pp, const bw_macro *m, bw_xtok *name, bw_xtok *out)
{
    bw_pad pad = name->flags & BW_SPACE ? BW_PAD_WHITE : BW_PAD_TIGHT;
    bw_xtok call_name = *name;
    bool left = false;

    if (m->builtin) {
        builtin(pp, m, out);
        return true;
    }
    if (m->function_like && !at_parenthesis(pp, &left)) {
        if (left) { /* behind the name there is the seam of the macro that ended */
            static const bw_xtok end = {.kind = BW_TK_PADDING, .op = BW_PAD_NONE, .text = ""};
            const bw_xlist seam_only = {.v = (bw_xtok *)(uintptr_t)&end, .count = 1};

            push_list(pp, NULL, &seam_only);
        }
        return false;
    }
    if (pp->depth > FRAMES_MAX) {
        bw_pp_limit(pp, name->loc, "macros are expanded more than 1000 deep inside each other");
        return false;
    }
    bw_loc base = bw_slot_of(&pp->unit->macros, m->name)->value;
    if (m->function_like)
        expand_function(pp, m, base, &call_name);
    else
        expand_object(pp, m, base, &call_name);
    seam(out, pad);
    return true;
}
