/* SPDX-License-Identifier: Apache-2.0 */
/* Carrying out the directives of a file: C17 6.10. */
#include "dts/pp.h"

#include <string.h>

static bw_span directive_span(const bw_frame *f, const bw_directive *d)
{
    bw_loc loc = f->base + d->offset;

    return (bw_span){loc, loc, d->len};
}

static bw_span arg_span(const bw_frame *f, const bw_directive *d)
{
    uint32_t end = d->arg_end;

    while (end > d->arg && g_ascii_isspace(f->text[end - 1]))
        end--;
    if (end == d->arg)
        return directive_span(f, d);
    return (bw_span){f->base + d->arg, f->base + d->arg, end - d->arg};
}

static void fault(bw_pp *pp, bw_code code, bw_span span, const char *text)
{
    pp->faults++;
    bw_find(pp->unit, code, span, "%s", text);
}

/* Spells tokens one after another, for computed includes and messages. */
static char *spell(bw_pp *pp, const bw_xlist *list)
{
    GString *s = g_string_new(NULL);

    for (uint32_t i = 0; i < list->count; i++) {
        const bw_xtok *t = &list->v[i];
        if (t->kind == BW_TK_PADDING)
            continue;
        if (i && (t->flags & BW_SPACE))
            g_string_append_c(s, ' ');
        g_string_append_len(s, t->text, t->len);
    }
    char *text = bw_arena_strndup(&pp->unit->arena, s->str, s->len);
    g_string_free(s, TRUE);
    return text;
}

static void run_include(bw_pp *pp, const bw_directive *d)
{
    const bw_frame *f = bw_pp_top_file(pp);
    bw_span span = arg_span(f, d);
    const char *p = f->text + d->arg;
    const char *end = f->text + d->arg_end;

    if (p < end && *p != '"' && *p != '<') { /* computed by a macro */
        bw_xlist line = {0};
        bw_xlist expanded = {0};
        bw_pp_line_tokens(pp, d, &line);
        bw_pp_expand_list(pp, &line, &expanded);
        f = bw_pp_top_file(pp); /* the frames may have moved */
        p = spell(pp, &expanded);
        end = p + strlen(p);
    }
    char close = p < end && *p == '<' ? '>' : '"';
    const char *stop = p < end && (*p == '"' || *p == '<') ? memchr(p + 1, close, (size_t)(end - p - 1)) : NULL;
    if (!stop || stop == p + 1) {
        fault(pp, BW_CODE_directive, span, "#include needs \"FILE\" or <FILE>");
        pp->missing++;
        return;
    }
    if (p >= f->text && p < f->text + f->source->len)
        span.last_len = (uint32_t)(stop + 1 - p);
    bw_pp_include(pp, bw_arena_strndup(&pp->unit->arena, p + 1, (size_t)(stop - p - 1)), close == '"', span);
}

static bool same_body(bw_pp *pp, const bw_macro *a, const bw_macro *b)
{
    if (a->function_like != b->function_like || a->param_count != b->param_count || a->variadic != b->variadic ||
        a->builtin != b->builtin)
        return false;
    for (int i = 0; i < a->param_count; i++)
        if (a->params[i] != b->params[i])
            return false;
    const bw_body *x = bw_macro_body(pp->ctx, a);
    const bw_body *y = bw_macro_body(pp->ctx, b);
    if (x->count != y->count)
        return false;
    for (uint32_t i = 0; i < x->count; i++) {
        const bw_tok *s = &x->tokens[i];
        const bw_tok *t = &y->tokens[i];
        if (s->kind != t->kind || s->len != t->len ||
            (i && (s->flags & (BW_SPACE | BW_PASTE)) != (t->flags & (BW_SPACE | BW_PASTE))) ||
            memcmp(a->source->text + s->offset, b->source->text + t->offset, s->len) != 0)
            return false;
    }
    return true;
}

void bw_pp_note_defined(bw_pp *pp, const bw_name *name)
{
    uint32_t word = name->id / 64;

    if (word >= pp->defined_words) {
        uint32_t words = word + word / 2 + 64;
        pp->defined = g_renew(uint64_t, pp->defined, words);
        memset(pp->defined + pp->defined_words, 0, (words - pp->defined_words) * sizeof *pp->defined);
        pp->defined_words = words;
    }
    pp->defined[word] |= (uint64_t)1 << (name->id % 64);
}

static void run_define(bw_pp *pp, const bw_directive *d)
{
    const bw_frame *f = bw_pp_top_file(pp);
    bw_slot *slot = bw_slot_of(&pp->unit->macros, d->name);
    const bw_macro *old = slot->ptr;

    /* One finding a file: who includes two headers of the same names meets them all. */
    if (old && old != d->macro && pp->redefined_in != f->source && !same_body(pp, old, d->macro)) {
        bw_loc loc = f->base + d->macro->offset;
        bw_finding *finding = bw_find(pp->unit, BW_CODE_macro_redefined, bw_span_name(loc, d->name),
                                      "%s is defined again, differently", d->name->text);
        if (!old->builtin)
            bw_find_note(pp->unit, finding, bw_span_name(slot->value + old->offset, d->name),
                         "it was defined here before");
        pp->redefined_in = f->source;
        slot = bw_slot_of(&pp->unit->macros, d->name);
    }
    slot->ptr = (void *)(uintptr_t)d->macro;
    slot->value = f->base;
    bw_pp_note_defined(pp, d->name);
}

/* Into the first branch that holds, or behind the #endif. */
static void run_if(bw_pp *pp, const bw_directive *d)
{
    bw_frame *f = &pp->frames[pp->depth - 1];
    uint32_t frame = pp->depth - 1;

    if (!d->matched && !f->tail) {
        fault(pp, BW_CODE_conditional, directive_span(f, d), "this conditional has no #endif");
        pp->cut_short = true;
    }
    for (;;) {
        bool holds = true;

        if (d->kind == BW_D_IFDEF || d->kind == BW_D_IFNDEF) {
            if (!d->name)
                fault(pp, BW_CODE_directive, directive_span(f, d), "expected the name of a macro");
            holds = d->name && (bw_pp_macro(pp, d->name) != NULL) == (d->kind == BW_D_IFDEF);
        } else if (d->kind == BW_D_IF || d->kind == BW_D_ELIF) {
            holds = bw_pp_condition(pp, d);
        }
        f = &pp->frames[frame];
        if (holds)
            return;
        const bw_tok *next = &f->tokens[d->next];
        f->cur = next;
        if (next->kind != BW_TK_DIRECTIVE) { /* EOF: all behind the #if is lost */
            pp->missing++;
            pp->missing_nodes = true;
            return;
        }
        f->cur++;
        d = next->u.directive;
        if (d->kind == BW_D_ENDIF)
            return;
    }
}

static void run_message(bw_pp *pp, const bw_directive *d, bw_code code)
{
    const bw_frame *f = bw_pp_top_file(pp);
    bw_span span = arg_span(f, d);
    const char *text = f->text + d->arg;
    uint32_t len = d->arg_end - d->arg;

    while (len && g_ascii_isspace(text[len - 1]))
        len--;
    pp->faults += code == BW_CODE_error_directive;
    bw_find(pp->unit, code, span, "#%s %.*s", code == BW_CODE_error_directive ? "error" : "warning",
            (int)(len > 300 ? 300 : len), text);
}

void bw_pp_directive(bw_pp *pp, const bw_directive *d)
{
    bw_frame *f = &pp->frames[pp->depth - 1];

    switch (d->kind) {
    case BW_D_DEFINE:
        run_define(pp, d);
        break;
    case BW_D_UNDEF:
        bw_slot_of(&pp->unit->macros, d->name)->ptr = NULL;
        break;
    case BW_D_INCLUDE:
        run_include(pp, d);
        break;
    case BW_D_IF:
    case BW_D_IFDEF:
    case BW_D_IFNDEF:
        run_if(pp, d);
        break;
    case BW_D_ELIF:
    case BW_D_ELSE:
        if (!d->matched && !f->tail)
            fault(pp, BW_CODE_conditional, directive_span(f, d), "there is no #if for this branch");
        else if (d->matched)
            f->cur = f->tokens[d->end].kind == BW_TK_EOF ? &f->tokens[d->end] : &f->tokens[d->end + 1];
        break;
    case BW_D_ENDIF:
        if (!d->matched && !f->tail)
            fault(pp, BW_CODE_conditional, directive_span(f, d), "there is no #if for this #endif");
        break;
    case BW_D_ERROR:
        run_message(pp, d, BW_CODE_error_directive);
        break;
    case BW_D_WARNING:
        run_message(pp, d, BW_CODE_warning_directive);
        break;
    case BW_D_LINE:
        break;
    case BW_D_BAD:
        fault(pp, BW_CODE_directive, directive_span(f, d), d->message);
        if (g_strstr_len(f->text + d->offset, d->len, "define"))
            pp->missing++; /* its name is not defined now */
        break;
    }
}

void bw_pp_line_tokens(bw_pp *pp, const bw_directive *d, bw_xlist *out)
{
    const bw_frame *f = bw_pp_top_file(pp);
    bw_body *line = bw_lex_line(pp->ctx, f->source, d->arg, d->arg_end);

    for (uint32_t i = 0; i < line->count; i++) {
        const bw_tok *t = &line->tokens[i];
        bw_xtok x = {.kind = t->kind,
                     .op = t->op,
                     .flags = t->flags,
                     .len = t->len,
                     .loc = f->base + t->offset,
                     .text = f->text + t->offset};

        x.u.number = t->u.number;
        bw_xlist_add(pp, out, &x);
    }
    g_free(line);
}
