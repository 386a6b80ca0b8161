/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/mend.h"

#include <string.h>

#define MENDS_MAX 4U /* a file with more than so many lost braces is no file that indentation explains */

typedef struct seen {
    bw_loc loc;
    uint32_t len;
    uint8_t kind; /* bw_dtok_kind */
    uint8_t op;
} seen;

typedef struct mend {
    uint32_t token;   /* seen before which it is done */
    uint32_t missing; /* so many "};" are missing here; 0: this "}" is one too many */
    bw_loc behind;    /* end of the token before */
    bw_loc open;      /* "{" of the innermost body that has no "}" */
} mend;

struct bw_mender {
    GArray *seen;  /* of seen */
    GArray *mends; /* of mend, in the order of the tokens; NULL while recording */
    guint next;
    uint32_t inserting; /* tokens still to be put in */
    bool held_valid;
    bw_dtok held;
};

bw_mender *bw_mender_new(void)
{
    bw_mender *m = g_new0(bw_mender, 1);

    m->seen = g_array_new(FALSE, FALSE, sizeof(seen));
    return m;
}

void bw_mender_free(bw_mender *m)
{
    if (!m)
        return;
    g_array_free(m->seen, TRUE);
    if (m->mends)
        g_array_free(m->mends, TRUE);
    g_free(m);
}

/* ---- places ---- */

static const bw_visit *visit_of(const bw_parser *p, bw_loc loc)
{
    return bw_locs_visit_of(&p->unit->locs, bw_locs_call_site(&p->unit->locs, loc, false));
}

uint32_t bw_parser_indentation(const bw_parser *p, bw_loc loc)
{
    const bw_visit *visit = visit_of(p, loc);
    uint32_t line;
    uint32_t column = 0;
    uint32_t blanks = 0;
    uint32_t len;
    const char *text;

    if (!visit)
        return 0;
    bw_source_position(visit->source, bw_locs_call_site(&p->unit->locs, loc, false) - visit->base, &line, &column);
    if (!bw_source_line(visit->source, line, &text, &len))
        return 0;
    column = 1;
    for (; blanks < len && (text[blanks] == ' ' || text[blanks] == '\t'); blanks++)
        column = text[blanks] == '\t' ? (column + 7) / 8 * 8 + 1 : column + 1;
    return column;
}

static uint32_t line_of(const bw_parser *p, bw_loc loc)
{
    const bw_visit *visit = visit_of(p, loc);
    uint32_t line = 0;
    uint32_t column;

    if (visit)
        bw_source_position(visit->source, bw_locs_call_site(&p->unit->locs, loc, false) - visit->base, &line, &column);
    return line;
}

/* ---- one file ---- */

typedef struct level {
    bw_loc open;
    uint32_t column; /* of the line that opens it */
    uint32_t child;  /* of its first statement; 0: none yet */
} level;

typedef struct reading {
    const bw_parser *p;
    const GArray *seen;
    const GArray *tokens; /* of uint32_t: those of the file */
    bool deep_is_extra;   /* a "}" that stands deeper than its "{" is one too many; else it is sloppy */
    level levels[BW_DTS_DEPTH_MAX];
    uint32_t depth;
    uint32_t child; /* column of the first statement outside of all bodies */
    GArray *mends;
    uint32_t strange; /* lines that stand where they should not */
} reading;

static const seen *token(const reading *r, uint32_t i)
{
    return &g_array_index(r->seen, seen, g_array_index(r->tokens, uint32_t, i));
}

static bool is_punct(const seen *t, char op)
{
    return t->kind == BW_DT_PUNCT && t->op == (uint8_t)op;
}

static void add_missing(reading *r, uint32_t at, const seen *before, uint32_t count)
{
    mend m = {.token = at,
              .missing = count,
              .behind = before->loc & BW_LOC_MACRO ? before->loc : before->loc + before->len,
              .open = r->levels[r->depth - 1].open};

    g_array_append_val(r->mends, m);
    r->depth -= count;
}

/* The depth at which statements begin in this column, below the present one; UINT32_MAX: nowhere. */
static uint32_t depth_of_column(const reading *r, uint32_t column)
{
    for (uint32_t d = r->depth; d-- > 0;)
        if ((d ? r->levels[d - 1].child : r->child) == column)
            return d;
    return UINT32_MAX;
}

static void see_statement(reading *r, uint32_t i, uint32_t column)
{
    level *top = r->depth ? &r->levels[r->depth - 1] : NULL;

    if (!top) {
        if (!r->child)
            r->child = column;
        return;
    }
    if (column <= top->column && top->child != column) {
        uint32_t depth = depth_of_column(r, column);
        if (depth != UINT32_MAX) {
            add_missing(r, g_array_index(r->tokens, uint32_t, i), token(r, i - 1), r->depth - depth);
            return;
        }
        r->strange++;
    }
    if (!top->child)
        top->child = column;
}

static void see_close(reading *r, uint32_t i, bool new_line, uint32_t column)
{
    uint32_t at = g_array_index(r->tokens, uint32_t, i);
    level *top = r->depth ? &r->levels[r->depth - 1] : NULL;

    if (!top || (new_line && column > top->column && r->deep_is_extra)) {
        mend m = {.token = at};
        g_array_append_val(r->mends, m);
        return;
    }
    if (new_line && column < top->column) {
        uint32_t depth = r->depth;
        while (depth > 0 && r->levels[depth - 1].column != column)
            depth--;
        if (depth)
            add_missing(r, at, token(r, i - 1), r->depth - depth);
        else
            r->strange++;
    } else if (new_line && column > top->column) {
        r->strange++;
    }
    r->depth--;
}

static void see_open(reading *r, bw_loc open, uint32_t column)
{
    if (r->depth < BW_DTS_DEPTH_MAX)
        r->levels[r->depth++] = (level){open, column, 0};
}

static void read_file(reading *r)
{
    uint32_t line = 0;
    uint32_t column = 0;
    uint32_t statement = 0; /* column of the present one */
    bool bare = false;      /* it has only labels and a name so far */

    for (uint32_t i = 0; i < r->tokens->len; i++) {
        const seen *t = token(r, i);
        const seen *before = i ? token(r, i - 1) : NULL;
        uint32_t here = line_of(r->p, t->loc);
        bool new_line = here != line;
        bool word = t->kind == BW_DT_NAME || t->kind == BW_DT_LABEL || t->kind == BW_DT_KEYWORD ||
                    t->kind == BW_DT_REF || t->kind == BW_DT_IDENT || is_punct(t, '/');
        bool begins = !before || is_punct(before, ';') || is_punct(before, '{') || is_punct(before, '}') || bare ||
                      (new_line && (is_punct(before, '>') || before->kind == BW_DT_STRING));

        if (new_line) {
            line = here;
            column = bw_parser_indentation(r->p, t->loc);
        }
        if (new_line && word && begins) {
            if (bare && before->kind != BW_DT_LABEL && column > statement && t->kind != BW_DT_REF)
                see_open(r, before->loc, statement); /* its "{" is missing */
            if (!bare || before->kind != BW_DT_LABEL)
                see_statement(r, i, column);
            statement = column;
            bare = true;
        } else if (is_punct(t, '}')) {
            see_close(r, i, new_line, column);
            bare = false;
        } else if (is_punct(t, '{')) {
            see_open(r, t->loc, column);
            bare = false;
        } else if (!word) {
            bare = false;
        }
        if (r->mends->len > MENDS_MAX)
            return;
    }
    if (r->depth && r->tokens->len) {
        const uint32_t last = g_array_index(r->tokens, uint32_t, r->tokens->len - 1);
        add_missing(r, last + 1, token(r, r->tokens->len - 1), r->depth);
    }
}

/* Whether its braces match without a look at the indentation. */
static bool is_balanced(const GArray *all, const GArray *tokens)
{
    uint32_t depth = 0;

    for (guint i = 0; i < tokens->len; i++) {
        const seen *t = &g_array_index(all, seen, g_array_index(tokens, uint32_t, i));

        if (is_punct(t, '{'))
            depth++;
        else if (is_punct(t, '}') && depth-- == 0)
            return false;
    }
    return depth == 0;
}

static void mend_file(bw_mender *m, const bw_parser *p, const GArray *tokens)
{
    GArray *best = NULL;
    uint32_t least = UINT32_MAX;
    bool balanced = is_balanced(m->seen, tokens);

    for (int deep = 0; deep < 2; deep++) {
        reading r = {.p = p,
                     .seen = m->seen,
                     .tokens = tokens,
                     .deep_is_extra = deep == 1,
                     .mends = g_array_new(FALSE, FALSE, sizeof(mend))};

        read_file(&r);
        uint32_t cost = r.mends->len * 2 + r.strange;
        bool sure = r.mends->len <= MENDS_MAX && (!balanced || r.strange == 0);
        if (sure && cost < least) {
            least = cost;
            if (best)
                g_array_free(best, TRUE);
            best = r.mends;
        } else {
            g_array_free(r.mends, TRUE);
        }
    }
    if (!best)
        return;
    g_array_append_vals(m->mends, best->data, best->len);
    g_array_free(best, TRUE);
}

/* ---- all files ---- */

static gint by_token(gconstpointer a, gconstpointer b)
{
    const mend *x = a;
    const mend *y = b;

    return x->token < y->token ? -1 : x->token > y->token;
}

bool bw_mender_decide(bw_mender *m, const bw_parser *p)
{
    GPtrArray *files = g_ptr_array_new(); /* of GArray of uint32_t, in the order of reading */
    GHashTable *of_visit = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (uint32_t i = 0; i < m->seen->len; i++) {
        const seen *t = &g_array_index(m->seen, seen, i);
        const bw_visit *visit = visit_of(p, t->loc);

        if (!visit || t->kind == BW_DT_EOF)
            continue;
        GArray *tokens = g_hash_table_lookup(of_visit, visit);
        if (!tokens) {
            tokens = g_array_new(FALSE, FALSE, sizeof(uint32_t));
            g_ptr_array_add(files, tokens);
            g_hash_table_insert(of_visit, (gpointer)(uintptr_t)visit, tokens);
        }
        g_array_append_val(tokens, i);
    }
    m->mends = g_array_new(FALSE, FALSE, sizeof(mend));
    bool all_balanced = true;
    for (guint i = 0; i < files->len; i++)
        all_balanced = all_balanced && is_balanced(m->seen, files->pdata[i]);
    for (guint i = 0; i < files->len; i++) {
        GArray *tokens = files->pdata[i];
        if (all_balanced || !is_balanced(m->seen, tokens))
            mend_file(m, p, tokens);
        g_array_free(tokens, TRUE);
    }
    g_array_sort(m->mends, by_token);
    g_ptr_array_free(files, TRUE);
    g_hash_table_destroy(of_visit);
    return m->mends->len > 0;
}

/* ---- while reading ---- */

static void record(bw_mender *m, const bw_parser *p)
{
    seen t = {p->t.loc, p->t.len, (uint8_t)p->t.kind, p->t.op};

    /* What was read again, as another kind of word or behind a string without end, counts once. */
    while (m->seen->len && !(t.loc & BW_LOC_MACRO)) {
        bw_loc last = g_array_index(m->seen, seen, m->seen->len - 1).loc;

        if (last < t.loc || (last & BW_LOC_MACRO) || visit_of(p, last) != visit_of(p, t.loc))
            break;
        g_array_set_size(m->seen, m->seen->len - 1);
    }
    g_array_append_val(m->seen, t);
}

static const mend *due(const bw_mender *m, const bw_parser *p)
{
    if (m->next >= m->mends->len)
        return NULL;
    const mend *next = &g_array_index(m->mends, mend, m->next);
    if (next->token >= m->seen->len)
        return p->t.kind == BW_DT_EOF ? next : NULL;
    const seen *at = &g_array_index(m->seen, seen, next->token);
    return at->loc == p->t.loc && (at->kind == BW_DT_EOF) == (p->t.kind == BW_DT_EOF) ? next : NULL;
}

static void say_missing(bw_parser *p, const mend *d)
{
    bw_finding *f = bw_parser_error(p, BW_CODE_syntax, (bw_span){d->behind, d->behind, 1}, "expected \"};\"%s",
                                    d->missing > 1 ? ", more than once" : "");

    bw_find_note(p->unit, f, (bw_span){d->open, d->open, 1}, "to close the node that begins here");
    bw_finding_cure(f, "add \"};\"");
}

void bw_mender_see(bw_parser *p)
{
    bw_mender *m = p->mender;
    const mend *d;

    if (!m->mends) {
        record(m, p);
        return;
    }
    while ((d = due(m, p)) != NULL) {
        m->next++;
        if (d->missing) {
            say_missing(p, d);
            m->held = p->t;
            m->held_valid = true;
            m->inserting = d->missing * 2;
            bw_mender_insert(p);
            return;
        }
        bw_finding *f =
            bw_parser_error(p, BW_CODE_syntax, (bw_span){p->t.loc, p->t.loc, 1}, "this \"}\" is one too many");
        bw_finding_cure(f, "remove it");
        p->state = BW_LEX_NAMES;
        bw_parser_read(p);
        if (bw_at(p, ';'))
            bw_parser_read(p);
    }
}

bool bw_mender_insert(bw_parser *p)
{
    bw_mender *m = p->mender;

    if (m->inserting > 0) {
        p->t = (bw_dtok){.kind = BW_DT_PUNCT,
                         .op = m->inserting-- % 2 ? ';' : '}',
                         .loc = p->prev.last,
                         .len = p->prev.last_len,
                         .text = ""};
        p->state = BW_LEX_NAMES;
        return true;
    }
    if (!m->held_valid)
        return false;
    m->held_valid = false;
    p->t = m->held;
    if (p->t.kind != BW_DT_EOF)
        bw_parser_reread(p, BW_LEX_NAMES);
    return true;
}
