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

bool bw_mender_records(const bw_mender *m)
{
    return m && !m->mends;
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

/* ---- the braces and statements of one file ---- */

typedef enum item_kind { ITEM_STATEMENT, ITEM_OPEN, ITEM_CLOSE } item_kind;

/* What indentation says something about. */
typedef struct item {
    item_kind kind;
    uint32_t token;  /* seen */
    bw_loc open;     /* of OPEN: its "{", or the name that lost it */
    bw_loc behind;   /* end of the token before */
    uint32_t column; /* of its line's first word */
    bool first;      /* it begins its line */
} item;

static const seen *seen_at(const GArray *all, const GArray *tokens, uint32_t i)
{
    return &g_array_index(all, seen, g_array_index(tokens, uint32_t, i));
}

static bool is_punct(const seen *t, char op)
{
    return t->kind == BW_DT_PUNCT && t->op == (uint8_t)op;
}

static bool is_word(const seen *t)
{
    return t->kind == BW_DT_NAME || t->kind == BW_DT_LABEL || t->kind == BW_DT_KEYWORD || t->kind == BW_DT_REF ||
           t->kind == BW_DT_IDENT || is_punct(t, '/');
}

static bool ends_statement(const seen *before, bool new_line)
{
    return !before || is_punct(before, ';') || is_punct(before, '{') || is_punct(before, '}') ||
           (new_line && (is_punct(before, '>') || before->kind == BW_DT_STRING));
}

/* @return an array of item. */
static GArray *items_of(const bw_parser *p, const GArray *all, const GArray *tokens)
{
    GArray *items = g_array_new(FALSE, FALSE, sizeof(item));
    uint32_t line = 0;
    uint32_t column = 0;
    uint32_t statement = 0; /* column of the present one */
    bool bare = false;      /* it has only labels and a name so far */

    for (uint32_t i = 0; i < tokens->len; i++) {
        const seen *t = seen_at(all, tokens, i);
        const seen *before = i ? seen_at(all, tokens, i - 1) : NULL;
        uint32_t here = line_of(p, t->loc);
        bool new_line = here != line;
        item it = {.token = g_array_index(tokens, uint32_t, i), .open = t->loc, .first = new_line};

        if (new_line) {
            line = here;
            column = bw_parser_indentation(p, t->loc);
        }
        if (before)
            it.behind = before->loc & BW_LOC_MACRO ? before->loc : before->loc + before->len;
        it.column = column;
        if (new_line && is_word(t) && (bare || ends_statement(before, new_line))) {
            bool labelled = bare && before->kind == BW_DT_LABEL;
            if (bare && !labelled && column > statement && t->kind != BW_DT_REF) {
                item open = {ITEM_OPEN, it.token, before->loc, it.behind, statement, false}; /* its "{" is missing */
                g_array_append_val(items, open);
            }
            it.kind = ITEM_STATEMENT;
            if (!labelled)
                g_array_append_val(items, it);
            statement = column;
            bare = true;
        } else if (is_punct(t, '{') || is_punct(t, '}')) {
            it.kind = is_punct(t, '{') ? ITEM_OPEN : ITEM_CLOSE;
            if (it.kind == ITEM_CLOSE && bare && new_line && column == statement) {
                item open = {ITEM_OPEN, it.token, before->loc, it.behind, statement, false};
                g_array_append_val(items, open);
            }
            g_array_append_val(items, it);
            bare = false;
        } else if (!is_word(t)) {
            bare = false;
        }
    }
    return items;
}

/* ---- what they would be with some mends ---- */

typedef enum manner {
    MANNER_STRICT, /* braces are what they are, but for the mends given; the rest is strange */
    MANNER_SLOPPY, /* missing ones are found; a "}" deeper than its "{" is sloppy */
    MANNER_EXTRA,  /* likewise, but such a "}" is one too many */
} manner;

typedef struct level {
    bw_loc open;
    uint32_t column; /* of the line that opens it */
    uint32_t child;  /* of its first statement; 0: none yet */
} level;

typedef struct reading {
    manner manner;
    level levels[BW_DTS_DEPTH_MAX];
    uint32_t depth;
    uint32_t child;   /* column of the first statement outside of all bodies */
    GArray *mends;    /* of mend, by token */
    GArray *doubts;   /* of mend: what would take a strange thing away; or NULL */
    uint32_t strange; /* things that stand where they should not */
} reading;

static void add_mend(GArray *to, const reading *r, const item *it, uint32_t missing)
{
    mend m = {it->token, missing, it->behind, missing && r->depth ? r->levels[r->depth - 1].open : 0};

    g_array_append_val(to, m);
}

static void strange(reading *r, const item *it, uint32_t missing)
{
    r->strange++;
    if (r->doubts)
        add_mend(r->doubts, r, it, missing);
}

/* The depth at which statements begin in this column, below the present one; UINT32_MAX: nowhere. */
static uint32_t depth_of_column(const reading *r, uint32_t column)
{
    for (uint32_t d = r->depth; d-- > 0;)
        if ((d ? r->levels[d - 1].child : r->child) == column)
            return d;
    return UINT32_MAX;
}

static void see_statement(reading *r, const item *it)
{
    level *top = r->depth ? &r->levels[r->depth - 1] : NULL;

    if (!top) {
        if (!r->child)
            r->child = it->column;
        return;
    }
    if (it->column <= top->column && top->child != it->column) {
        uint32_t depth = r->manner == MANNER_STRICT ? UINT32_MAX : depth_of_column(r, it->column);
        if (depth != UINT32_MAX) {
            add_mend(r->mends, r, it, r->depth - depth);
            r->depth = depth;
            return;
        }
        strange(r, it, 1);
        return;
    }
    if (!top->child)
        top->child = it->column;
}

static void see_close(reading *r, const item *it)
{
    const level *top = r->depth ? &r->levels[r->depth - 1] : NULL;

    if (!top && r->manner == MANNER_STRICT) {
        r->strange += 9;
        strange(r, it, 0);
        return;
    }
    if (!top || (it->first && it->column > top->column && r->manner == MANNER_EXTRA)) {
        add_mend(r->mends, r, it, 0);
        return;
    }
    if (it->first && it->column < top->column) {
        uint32_t depth = r->manner == MANNER_STRICT ? 0 : r->depth;
        while (depth > 0 && r->levels[depth - 1].column != it->column)
            depth--;
        if (depth) {
            add_mend(r->mends, r, it, r->depth - depth);
            r->depth = depth;
        } else {
            strange(r, it, 1);
        }
    } else if (it->first && it->column > top->column) {
        strange(r, it, 0);
    }
    r->depth--;
}

/* Reads all items. In the strict manner r->mends is what to mend, else it is found. */
static void read_items(reading *r, const GArray *items)
{
    guint next = 0;

    for (guint i = 0; i < items->len; i++) {
        const item *it = &g_array_index(items, item, i);
        const mend *m =
            r->manner == MANNER_STRICT && next < r->mends->len ? &g_array_index(r->mends, mend, next) : NULL;

        if (m && m->token == it->token) {
            next++;
            r->depth -= MIN(m->missing, r->depth);
            if (!m->missing)
                continue;
        }
        if (it->kind == ITEM_STATEMENT)
            see_statement(r, it);
        else if (it->kind == ITEM_CLOSE)
            see_close(r, it);
        else if (r->depth < BW_DTS_DEPTH_MAX)
            r->levels[r->depth++] = (level){it->open, it->column, 0};
    }
}

/* ---- what to mend in a file ---- */

#define MEND_COST 3U /* a lost brace is as likely as so many strange lines */
#define DOUBTS_MAX 200U

static gint by_token(gconstpointer a, gconstpointer b)
{
    const mend *x = a;
    const mend *y = b;

    return x->token < y->token ? -1 : x->token > y->token;
}

/* At the end of the file: its braces that are still open. */
static void read_end(reading *r, const item *end)
{
    if (!r->depth)
        return;
    if (r->manner == MANNER_STRICT) {
        r->strange += 9;
        strange(r, end, r->depth);
    } else {
        add_mend(r->mends, r, end, r->depth);
    }
}

/* @return what it costs to read the file so. */
static uint32_t cost(reading *r, const GArray *items, const item *end)
{
    read_items(r, items);
    read_end(r, end);
    return r->mends->len * MEND_COST + r->strange;
}

/* Adds the one mend that explains most. @return what the file costs then; @p present if none helps. */
static uint32_t mend_once(const GArray *items, const item *end, GArray *mends, uint32_t present)
{
    GArray *doubts = g_array_new(FALSE, FALSE, sizeof(mend));
    reading now = {.mends = mends, .doubts = doubts};
    mend best = {0};
    uint32_t least = present;

    cost(&now, items, end);
    for (guint i = 0; i < MIN(doubts->len, DOUBTS_MAX); i++) {
        GArray *with = g_array_copy(mends);
        reading then = {.mends = with};

        g_array_append_val(with, g_array_index(doubts, mend, i));
        g_array_sort(with, by_token);
        uint32_t costs = cost(&then, items, end);
        if (costs < least || (costs == least && least < present)) { /* of two "};" the second is too many */
            least = costs;
            best = g_array_index(doubts, mend, i);
        }
        g_array_free(with, TRUE);
    }
    if (least < present) {
        g_array_append_val(mends, best);
        g_array_sort(mends, by_token);
    }
    g_array_free(doubts, TRUE);
    return least;
}

static void keep(GArray **best, uint32_t *least, GArray *mends, uint32_t costs)
{
    if (mends->len == 0 || mends->len > MENDS_MAX || costs >= *least) {
        g_array_free(mends, TRUE);
        return;
    }
    if (*best)
        g_array_free(*best, TRUE);
    *best = mends;
    *least = costs;
}

static void mend_file(bw_mender *m, const bw_parser *p, const GArray *tokens, bool balanced)
{
    GArray *items = items_of(p, m->seen, tokens);
    const seen *last = seen_at(m->seen, tokens, tokens->len - 1);
    const item end = {.token = g_array_index(tokens, uint32_t, tokens->len - 1) + 1,
                      .behind = last->loc & BW_LOC_MACRO ? last->loc : last->loc + last->len};
    GArray *best = NULL;
    uint32_t least = UINT32_MAX;

    for (manner how = MANNER_SLOPPY; how <= MANNER_EXTRA; how++) {
        reading r = {.manner = how, .mends = g_array_new(FALSE, FALSE, sizeof(mend))};
        uint32_t costs = cost(&r, items, &end);
        keep(&best, &least, r.mends, balanced && r.strange ? UINT32_MAX : costs);
    }
    if (!balanced) {
        GArray *mends = g_array_new(FALSE, FALSE, sizeof(mend));
        reading plain = {.mends = mends};
        uint32_t costs = cost(&plain, items, &end);
        for (uint32_t i = 0; i < MENDS_MAX; i++) {
            uint32_t then = mend_once(items, &end, mends, costs);
            if (then == costs)
                break;
            costs = then;
        }
        keep(&best, &least, mends, costs);
    }
    if (best) {
        g_array_append_vals(m->mends, best->data, best->len);
        g_array_free(best, TRUE);
    }
    g_array_free(items, TRUE);
}

/* Whether the braces of a file match without a look at the indentation. */
static bool is_balanced(const GArray *all, const GArray *tokens)
{
    uint32_t depth = 0;

    for (guint i = 0; i < tokens->len; i++) {
        const seen *t = seen_at(all, tokens, i);

        if (is_punct(t, '{'))
            depth++;
        else if (is_punct(t, '}') && depth-- == 0)
            return false;
    }
    return depth == 0;
}

/* ---- all files ---- */

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
        bool balanced = is_balanced(m->seen, tokens);
        if (all_balanced || !balanced)
            mend_file(m, p, tokens, balanced);
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
