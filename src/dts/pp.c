/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/pp.h"

#include <string.h>

#define TOKEN_BUDGET 4000000U /* a large board needs some 100,000; some 100 bytes each */
#define FILES_OPEN_MAX 200U   /* as gcc and dtc */
#define VISITS_MAX 100000U

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
    g_snprintf(text, sizeof text, "this expands to more than %u tokens", TOKEN_BUDGET);
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

/* ---- files ---- */

static void remember_file(bw_pp *pp, bw_source *source)
{
    if (g_hash_table_add(pp->seen, source))
        g_ptr_array_add(pp->files, source);
}

/* Comments that swallow what was not meant for them. */
static void report_comments(bw_pp *pp, bw_loc base, const char *text, const GArray *comments, bool mend)
{
    for (guint i = 0; i < comments->len; i++) {
        const bw_odd_comment *odd = &g_array_index(comments, bw_odd_comment, i);
        bw_loc loc = base + odd->meant;
        bool lost = odd->code && mend;

        pp->unclosed += odd->code;
        if (!lost && !odd->inner)
            continue; /* the parser meets it */
        bw_finding *f =
            bw_find(pp->unit, lost ? BW_CODE_comment_unclosed : BW_CODE_comment_nested, (bw_span){loc, loc, 1},
                    lost && !odd->inner ? "the comment has no */"
                    : lost              ? "the comment has no */ before the next one begins"
                                        : "another comment begins before this one ends: was it meant to end here?");
        if (memchr(text + odd->begin, '\n', odd->meant - odd->begin))
            bw_find_note(pp->unit, f, (bw_span){base + odd->begin, base + odd->begin, 2}, "it begins here");
        if (odd->inner)
            bw_find_note(pp->unit, f, (bw_span){base + odd->inner, base + odd->inner, 2}, "the next one begins here");
        bw_finding_cure(f, "end the comment with */");
    }
}

static bool enter_file(bw_pp *pp, bw_source *source, bw_span from, bool raw)
{
    bw_loc base = 0;

    if (pp->files_open >= FILES_OPEN_MAX) {
        bw_find(pp->unit, BW_CODE_include_depth, from, "%u files are open at once: \"%s\" includes itself without end?",
                FILES_OPEN_MAX, source->path);
    } else if (++pp->visits > VISITS_MAX || !(base = bw_locs_visit(&pp->unit->locs, source, from.begin))) {
        bw_find(pp->unit, BW_CODE_too_large, from, "the includes of one board open more than %u files or 2 GiB of text",
                VISITS_MAX);
    }
    if (!base) {
        pp->exhausted = true;
        pp->faults++;
        return false;
    }
    const bw_lexed *lexed = bw_lex(pp->ctx, source, !raw);
    if (lexed->comments) {
        bool mend = pp->mend_comments || pp->options->mend_comments;
        report_comments(pp, base, source->text, lexed->comments, mend);
        if (mend && pp->unclosed) {
            bw_lexed *mended = bw_lex_mended(pp->ctx, source, !raw);
            g_ptr_array_add(pp->tails, mended);
            lexed = mended;
        }
    }
    bw_frame *f = bw_pp_push(pp, BW_FRAME_FILE);
    f->tokens = f->cur = lexed->tokens;
    f->source = source;
    f->text = source->text;
    f->base = base;
    f->raw = raw;
    pp->files_open++;
    remember_file(pp, source);
    return true;
}

static bw_source *try_open(bw_pp *pp, const char *path)
{
    return bw_source_open(pp->ctx->sources, path, NULL);
}

static bw_source *search(bw_pp *pp, const char *const *dirs, const char *name)
{
    char path[4096];
    size_t name_len = strlen(name);

    for (size_t i = 0; dirs && dirs[i]; i++) {
        size_t len = strlen(dirs[i]);

        if (len + name_len + 2 > sizeof path)
            continue;
        memcpy(path, dirs[i], len);
        if (len && path[len - 1] != '/')
            path[len++] = '/';
        memcpy(path + len, name, name_len + 1);
        bw_source *s = try_open(pp, path);
        if (s)
            return s;
    }
    return NULL;
}

static const bw_frame *top_file(const bw_pp *pp)
{
    for (uint32_t i = pp->depth; i-- > 0;)
        if (pp->frames[i].kind == BW_FRAME_FILE)
            return &pp->frames[i];
    return NULL;
}

static bw_source *beside(bw_pp *pp, const char *dir, const char *name)
{
    const char *const dirs[] = {dir, NULL};

    return *dir ? search(pp, dirs, name) : try_open(pp, name);
}

static void missing_include(bw_pp *pp, const char *name, bw_span span, bool dts)
{
    bool tolerate = pp->options->tolerate_missing;
    bw_finding *f =
        bw_find(pp->unit, tolerate ? BW_CODE_include_skipped : BW_CODE_include_missing, span,
                tolerate ? "\"%s\" is not found; what it defines is taken as unknown" : "\"%s\" is not found", name);

    pp->missing++;
    /* Headers make macros; anything else may be a part of the tree. */
    pp->missing_nodes = pp->missing_nodes || (strlen(name) < 2 || strcmp(name + strlen(name) - 2, ".h") != 0);
    pp->faults++;
    if (!f)
        return;
    const char *const *dirs = dts ? pp->options->dts_dirs : pp->options->include_dirs;
    if (dirs && dirs[0])
        bw_finding_cure(f, "add its directory with %s, or correct the name", dts ? "-i" : "-I");
    else
        bw_finding_cure(f, "no include directory is given: add one with %s", dts ? "-i" : "-I");
}

/* #include "name" or <name>. */
static void include(bw_pp *pp, const char *name, bool quoted, bw_span span)
{
    bw_source *source = NULL;

    if (name[0] == '/') {
        source = try_open(pp, name);
    } else {
        if (quoted)
            source = beside(pp, top_file(pp)->source->dir, name);
        if (!source)
            source = search(pp, pp->options->include_dirs, name);
    }
    if (source)
        enter_file(pp, source, span, false);
    else
        missing_include(pp, name, span, false);
}

static bw_source *find_raw(bw_pp *pp, const char *name)
{
    bw_source *source = NULL;
    const bw_frame *top = top_file(pp);

    if (name[0] == '/')
        return try_open(pp, name);
    source = beside(pp, top ? top->source->dir : "", name);
    if (!source)
        source = beside(pp, pp->main_dir, name);
    return source ? source : search(pp, pp->options->dts_dirs, name);
}

const char *bw_pp_find(bw_pp *pp, const char *name)
{
    bw_source *source = find_raw(pp, name);

    if (!source)
        return NULL;
    remember_file(pp, source);
    return source->path;
}

void bw_pp_include_raw(bw_pp *pp, const char *name, bw_span span)
{
    bw_source *source = find_raw(pp, name);

    if (source)
        enter_file(pp, source, span, true);
    else
        missing_include(pp, name, span, true);
}

/* ---- directives ---- */

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
    const bw_frame *f = top_file(pp);
    bw_span span = arg_span(f, d);
    const char *p = f->text + d->arg;
    const char *end = f->text + d->arg_end;

    if (p < end && *p != '"' && *p != '<') { /* computed by a macro */
        bw_xlist line = {0};
        bw_xlist expanded = {0};
        bw_pp_line_tokens(pp, d, &line);
        bw_pp_expand_list(pp, &line, &expanded);
        f = top_file(pp); /* the frames may have moved */
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
    include(pp, bw_arena_strndup(&pp->unit->arena, p + 1, (size_t)(stop - p - 1)), close == '"', span);
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

static void note_defined(bw_pp *pp, const bw_name *name)
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
    const bw_frame *f = top_file(pp);
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
    note_defined(pp, d->name);
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
    const bw_frame *f = top_file(pp);
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
    const bw_frame *f = top_file(pp);
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

/* ---- life ---- */

void bw_pp_init(bw_pp *pp, bw_unit *unit)
{
    static const struct {
        const char *name;
        bw_builtin builtin;
    } specials[] = {{"__LINE__", BW_B_LINE},
                    {"__FILE__", BW_B_FILE},
                    {"__COUNTER__", BW_B_COUNTER},
                    {"__INCLUDE_LEVEL__", BW_B_INCLUDE_LEVEL},
                    {"__BASE_FILE__", BW_B_BASE_FILE},
                    {"__DATE__", BW_B_DATE},
                    {"__TIME__", BW_B_TIME}};

    memset(pp, 0, sizeof *pp);
    pp->unit = unit;
    pp->ctx = unit->ctx;
    pp->files = g_ptr_array_new();
    pp->seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    pp->tails = g_ptr_array_new_with_free_func(bw_lexed_free);
    pp->special_source = bw_source_from_memory(pp->ctx->sources, "<built-in>", "", 0);
    for (size_t i = 0; i < G_N_ELEMENTS(specials); i++) {
        const bw_name *name = bw_intern_str(pp->ctx->names, specials[i].name);

        pp->specials[i] =
            (bw_macro){.name = name, .source = pp->special_source, .builtin = (uint8_t)specials[i].builtin};
        atomic_store(&((bw_name *)(uintptr_t)name)->macro, 1);
    }
}

void bw_pp_clear(bw_pp *pp)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pp->specials); i++)
        g_free(atomic_load(&pp->specials[i].tokens));
    g_ptr_array_free(pp->files, TRUE);
    g_hash_table_destroy(pp->seen);
    g_ptr_array_free(pp->tails, TRUE);
    g_free(pp->builtin_text);
    g_free(pp->frames);
    g_free(pp->defined);
}

/* The predefined macros and -D as a source of its own, made again only when -D changes. */
static bw_source *builtin_source(bw_pp *pp)
{
    GString *text = g_string_new("#define __STDC__ 1\n#define __ASSEMBLER__ 1\n#define __DTS__ 1\n");

    for (size_t i = 0; pp->options->defines && pp->options->defines[i]; i++) {
        const char *d = pp->options->defines[i];
        const char *equal = strchr(d, '=');
        int len = equal ? (int)(equal - d) : (int)strlen(d);

        g_string_append_printf(text, "#define %.*s %s\n", len, d, equal ? equal + 1 : "1");
    }
    if (!pp->builtin || strcmp(text->str, pp->builtin_text) != 0) {
        pp->builtin = bw_source_from_memory(pp->ctx->sources, "<command line>", text->str, text->len);
        g_free(pp->builtin_text);
        pp->builtin_text = g_strdup(text->str);
    }
    g_string_free(text, TRUE);
    return pp->builtin;
}

static void define_specials(bw_pp *pp)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pp->specials) && pp->specials[i].name; i++) {
        bw_slot *slot = bw_slot_of(&pp->unit->macros, pp->specials[i].name);

        slot->ptr = &pp->specials[i];
        slot->value = 0;
        note_defined(pp, pp->specials[i].name);
    }
}

static void forget_files(bw_pp *pp)
{
    g_hash_table_remove_all(pp->seen);
    g_ptr_array_set_size(pp->files, 0);
    g_ptr_array_set_size(pp->tails, 0);
}

/* Files to be read after the main one lie below it, the first one on top. */
static void enter_more_files(bw_pp *pp, const bw_dts_options *options)
{
    uint32_t count = 0;

    while (options->more_files && options->more_files[count])
        count++;
    while (count-- > 0) {
        int error = 0;
        bw_source *source = bw_source_open(pp->ctx->sources, options->more_files[count], &error);

        if (source) {
            enter_file(pp, source, BW_NOWHERE, !options->preprocess);
            continue;
        }
        pp->faults++;
        bw_findings_add(pp->unit->findings, BW_CODE_file_unreadable, bw_file_place(options->more_files[count]),
                        "cannot be read: %s", g_strerror(error));
    }
}

/* A zero byte near its beginning: a program, an image, a picture. Strings may hold zero bytes (dtc reads them). */
static bool is_binary(const bw_source *source)
{
    const char *zero = source->len ? memchr(source->text, 0, MIN(source->len, 4096U)) : NULL;

    return zero && memchr(source->text, '"', (size_t)(zero - source->text)) == NULL;
}

bool bw_pp_begin(bw_pp *pp, const char *path, const bw_dts_options *options)
{
    int error = 0;
    bw_source *source = bw_source_open(pp->ctx->sources, path, &error);

    pp->options = options;
    pp->depth = pp->files_open = pp->visits = pp->counter = pp->missing = pp->faults = 0;
    pp->missing_nodes = false;
    pp->unclosed = 0;
    pp->cut_short = false;
    pp->budget = TOKEN_BUDGET;
    pp->exhausted = pp->seam = pp->have_pushed = false;
    pp->pad = BW_PAD_NONE;
    pp->prev_kind = BW_TK_EOF;
    pp->redefined_in = NULL;
    forget_files(pp);
    if (!source) {
        bw_finding *f = bw_findings_add(pp->unit->findings, BW_CODE_file_unreadable, bw_file_place(path),
                                        "cannot be read: %s", g_strerror(error));
        bw_finding_cure(f, "check the path and the permissions");
        return false;
    }
    if (is_binary(source)) {
        bw_finding *f =
            bw_findings_add(pp->unit->findings, BW_CODE_not_source, bw_file_place(path),
                            "this is neither devicetree source nor a blob: it holds bytes that no text has");
        bw_finding_cure(f, "give a .dts, a .dtb, or a folder that holds one");
        return false;
    }
    pp->main_dir = source->dir;
    pp->main_path = source->path;
    remember_file(pp, source);
    enter_more_files(pp, options);
    if (!enter_file(pp, source, BW_NOWHERE, !options->preprocess))
        return false;
    if (options->preprocess) {
        bw_frame main_frame = pp->frames[--pp->depth];

        bw_slots_clear(&pp->unit->macros); /* of another file of the unit: the base of an overlay */
        if (pp->defined_words)
            memset(pp->defined, 0, pp->defined_words * sizeof *pp->defined);
        define_specials(pp);
        /* Defines first: they lie on top of the main file and are read at once. */
        *bw_pp_push(pp, BW_FRAME_FILE) = main_frame;
        bw_source *builtin = builtin_source(pp);
        bw_loc base = bw_locs_visit(&pp->unit->locs, builtin, 0);
        const bw_lexed *lexed = bw_lex(pp->ctx, builtin, true);
        bw_frame *f = bw_pp_push(pp, BW_FRAME_FILE);
        f->tokens = f->cur = lexed->tokens;
        f->source = builtin;
        f->text = builtin->text;
        f->base = base;
        pp->files_open++;
    }
    return true;
}

void bw_pp_end(bw_pp *pp)
{
    pp->depth = 0;
    g_ptr_array_set_size(pp->tails, 0);
}
