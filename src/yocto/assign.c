/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What statements do to the tables: operators, `:append` and its kin, names with overrides.
 *
 * Source: bitbake, lib/bb/parse/ast.py (DataNode) and lib/bb/data_smart.py (setVar, renameVar).
 */
#include "yocto/store.h"

#define NAME_MAX_BYTES 1000
#define OVERRIDES_MAX 16 /* in one name */

static char separator(const bw_bb_store *store)
{
    return store->style == BW_BB_OLD_STYLE ? '_' : ':';
}

bw_bb_variable *bw_bb_variable_find(const bw_bb_store *store, const char *name, size_t len)
{
    const bw_name *interned = bw_names_find(store->unit->ctx->names, name, len);

    return interned ? g_hash_table_lookup(store->variables, interned) : NULL;
}

bw_bb_variable *bw_bb_variable_of(bw_bb_store *store, const char *name, size_t len)
{
    if (!len || len > NAME_MAX_BYTES)
        return NULL;
    const bw_name *interned = bw_intern(store->unit->ctx->names, name, len);
    bw_bb_variable *v = g_hash_table_lookup(store->variables, interned);

    if (!v) {
        v = bw_arena_new(&store->unit->arena, bw_bb_variable);
        v->name = interned;
        g_hash_table_insert(store->variables, (gpointer)(uintptr_t)interned, v);
        if (strstr(interned->text, "${"))
            g_ptr_array_add(store->unexpanded, v);
    }
    return v;
}

static bool is_override_word(const bw_bb_store *store, const char *word)
{
    bool lower = false;

    if (store->style == BW_BB_NEW_STYLE)
        return g_ascii_islower(*word) || g_ascii_isdigit(*word);
    for (; *word; word++) {
        if (g_ascii_isupper(*word))
            return false;
        lower |= g_ascii_islower(*word) != 0;
    }
    return lower;
}

static void add_variant(bw_bb_store *store, bw_bb_variable *of, bw_bb_variable *variable, const char *overrides)
{
    bw_bb_variant *variant = bw_arena_new(&store->unit->arena, bw_bb_variant);

    variant->variable = variable;
    variant->overrides = overrides;
    if (of->last_variant)
        of->last_variant->next = variant;
    else
        of->variants = variant;
    of->last_variant = variant;
    variable->feeds |= of->feeds;
}

/* Tells each variable that a name may override of it: "A:b:c" may stand for "A:b" under c and for "A" under b:c. */
static void register_variant(bw_bb_store *store, bw_bb_variable *v)
{
    const char *name = v->name->text;
    size_t at = v->name->len;

    if (v->registered)
        return;
    v->registered = true;
    for (unsigned i = 0; i < OVERRIDES_MAX; i++) {
        while (at > 0 && name[at - 1] != separator(store))
            at--;
        if (at < 2 || !is_override_word(store, name + at))
            return;
        bw_bb_variable *of = bw_bb_variable_of(store, name, at - 1);
        if (of)
            add_variant(store, of, v, name + at);
        at--;
    }
}

/* ---- names with :append, :prepend, :remove ---- */

typedef enum change_kind { NO_CHANGE, APPEND, PREPEND, REMOVE } change_kind;

/* The first of them in a name that is followed by nothing or by overrides without capitals. */
static change_kind change_of(const bw_bb_store *store, const char *name, size_t *base, const char **overrides)
{
    static const char *const words[] = {NULL, "append", "prepend", "remove"};
    const char sep = separator(store);

    for (const char *p = strchr(name, sep); p; p = strchr(p + 1, sep)) {
        for (change_kind kind = APPEND; kind <= REMOVE; kind++) {
            const size_t len = strlen(words[kind]);
            if (strncmp(p + 1, words[kind], len) != 0)
                continue;
            const char *rest = p + 1 + len;
            if (*rest && *rest != sep)
                continue;
            if (strpbrk(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
                continue;
            *base = (size_t)(p - name);
            *overrides = *rest && rest[1] ? rest + 1 : NULL;
            return kind;
        }
    }
    return NO_CHANGE;
}

/* ---- pieces ---- */

static bw_bb_piece make_piece(bw_bb_store *store, const char *text, const bw_bb_statement *from)
{
    return (bw_bb_piece){.text = text, .from = from, .order = store->sequence};
}

static void put_piece(bw_bb_store *store, bw_bb_pieces *pieces, const bw_bb_piece *piece, bool front)
{
    bw_bb_piece *p = bw_arena_dup(&store->unit->arena, piece, sizeof *piece);

    p->next = front ? pieces->first : NULL;
    if (front)
        pieces->first = p;
    else if (pieces->last)
        pieces->last->next = p;
    else
        pieces->first = p;
    if (!front || !pieces->last)
        pieces->last = p;
}

static void add_change(bw_bb_store *store, bw_bb_changes *changes, const bw_bb_piece *piece, const char *overrides)
{
    bw_bb_change *c = bw_arena_new(&store->unit->arena, bw_bb_change);

    c->piece = *piece;
    c->overrides = overrides;
    if (changes->last)
        changes->last->next = c;
    else
        changes->first = c;
    changes->last = c;
}

/* @return whether the text is set; pieces are as the operator leaves them. */
static void operate(bw_bb_store *store, bw_bb_pieces *pieces, bool set, bw_bb_operator op, const char *text,
                    const bw_bb_statement *from)
{
    const bw_bb_piece blank = make_piece(store, " ", NULL);
    const bw_bb_piece piece = make_piece(store, text, from);

    if (op == BW_BB_DEFAULT && set)
        return;
    if (op == BW_BB_SET || op == BW_BB_SET_NOW || op == BW_BB_DEFAULT || op == BW_BB_WEAK || !set)
        pieces->first = pieces->last = NULL;
    if (op == BW_BB_PREPEND_BLANK)
        put_piece(store, pieces, &blank, true);
    if (op == BW_BB_APPEND_BLANK)
        put_piece(store, pieces, &blank, false);
    put_piece(store, pieces, &piece, op == BW_BB_PREPEND_BLANK || op == BW_BB_PREPEND_PLAIN);
}

static bw_bb_flag_value *flag_of(bw_bb_store *store, bw_bb_variable *v, const char *flag)
{
    const bw_name *name = bw_intern_str(store->unit->ctx->names, flag);
    bw_bb_flag_value **tail = &v->flags;

    while (*tail && (*tail)->name != name)
        tail = &(*tail)->next;
    if (!*tail) {
        *tail = bw_arena_new(&store->unit->arena, bw_bb_flag_value);
        (*tail)->name = name;
    }
    return *tail;
}

/* ---- statements ---- */

const char *bw_bb_with_now(bw_bb_store *store, const char *text)
{
    if (!store->now || !strstr(text, store->now))
        return text;
    GString *out = g_string_new(text);
    g_string_replace(out, store->now, store->now_text, 0);
    const char *kept = bw_arena_strndup(&store->unit->arena, out->str, out->len);
    g_string_free(out, TRUE);
    return kept;
}

static void changed(bw_bb_store *store, const bw_bb_variable *v)
{
    store->generation++;
    if (v->feeds)
        store->overrides_stale = true;
}

/* In a layer of old style `:` joins words too: what belongs to all releases is written so, and rewritten by the
 * build's scripts. */
static const char *name_in_style(bw_bb_store *store, const char *name)
{
    if (store->style == BW_BB_NEW_STYLE || !strchr(name, ':'))
        return name;
    return g_strdelimit(bw_arena_strdup(&store->unit->arena, name), ":", '_');
}

static void change_text(bw_bb_store *store, const char *name, bw_bb_operator op, const char *text,
                        const bw_bb_statement *from)
{
    size_t base = 0;
    const char *overrides = NULL;
    const change_kind kind = change_of(store, name, &base, &overrides);
    bw_bb_variable *v = bw_bb_variable_of(store, name, kind ? base : strlen(name));

    if (!v)
        return;
    if (strchr(v->name->text, separator(store)))
        register_variant(store, v);
    if (kind) {
        bw_bb_changes *all[] = {NULL, &v->appends, &v->prepends, &v->removes};
        if (op == BW_BB_APPEND_BLANK)
            text = bw_arena_join(&store->unit->arena, " ", text, "");
        else if (op == BW_BB_PREPEND_BLANK)
            text = bw_arena_join(&store->unit->arena, text, " ", "");
        const bw_bb_piece piece = make_piece(store, text, from);
        if (op != BW_BB_WEAK)
            add_change(store, all[kind], &piece, overrides);
    } else if (op == BW_BB_WEAK) {
        operate(store, &v->weak, v->weakly_set, op, text, from);
        v->weakly_set = true;
    } else {
        operate(store, &v->value, v->set, op, text, from);
        v->set = true;
    }
    changed(store, v);
}

void bw_bb_assign(bw_bb_store *store, const bw_bb_statement *st)
{
    const char *text = bw_bb_with_now(store, st->value);
    const char *name = name_in_style(store, bw_bb_with_now(store, st->written));

    store->sequence++;
    if (st->kind != BW_BB_FUNCTION && st->op == BW_BB_SET_NOW)
        text = bw_bb_expand_text(store, text).text;
    if (st->kind != BW_BB_FLAG) {
        change_text(store, name, st->kind == BW_BB_FUNCTION ? BW_BB_SET : st->op, text, st);
        return;
    }
    bw_bb_variable *v = bw_bb_variable_of(store, name, strlen(name));
    if (!v)
        return;
    bw_bb_flag_value *flag = flag_of(store, v, st->flag);
    operate(store, &flag->value, flag->value.first != NULL, st->op, text, st);
    changed(store, v);
}

void bw_bb_assign_text(bw_bb_store *store, const char *name, const char *value)
{
    store->sequence++;
    change_text(store, name_in_style(store, name), BW_BB_SET, bw_arena_strdup(&store->unit->arena, value), NULL);
}

void bw_bb_unset(bw_bb_store *store, const char *words)
{
    const char *bracket = strchr(words, '[');
    const char *name = name_in_style(store, words);
    bw_bb_variable *v = bw_bb_variable_find(store, name, bracket ? (size_t)(bracket - words) : strlen(name));

    if (!v)
        return;
    if (bracket) {
        char *flag = g_strndup(bracket + 1, strcspn(bracket + 1, "]"));
        flag_of(store, v, flag)->value = (bw_bb_pieces){NULL, NULL};
        g_free(flag);
    } else {
        v->set = v->weakly_set = false;
        v->appends = v->prepends = v->removes = (bw_bb_changes){NULL, NULL};
        v->flags = NULL;
    }
    changed(store, v);
}

/* ---- names with ${…} ---- */

static void move_changes(bw_bb_changes *to, bw_bb_changes *from)
{
    if (!from->first)
        return;
    if (to->last)
        to->last->next = from->first;
    else
        to->first = from->first;
    to->last = from->last;
    from->first = from->last = NULL;
}

static void rename_to(bw_bb_store *store, bw_bb_variable *v, const char *name)
{
    bw_bb_variable *to = bw_bb_variable_of(store, name, strlen(name));

    if (!to || to == v)
        return;
    register_variant(store, to);
    if (v->set) {
        to->value = v->value;
        to->set = true;
        v->set = false;
    }
    if (v->weakly_set && !to->weakly_set) {
        to->weak = v->weak;
        to->weakly_set = true;
        v->weakly_set = false;
    }
    move_changes(&to->appends, &v->appends);
    move_changes(&to->prepends, &v->prepends);
    move_changes(&to->removes, &v->removes);
    for (bw_bb_flag_value *f = v->flags; f; f = f->next)
        flag_of(store, to, f->name->text)->value = f->value;
    changed(store, to);
}

void bw_bb_settle(bw_bb_store *store)
{
    guint kept = 0;

    for (guint i = 0; i < store->unexpanded->len; i++) {
        bw_bb_variable *v = store->unexpanded->pdata[i];
        const bw_bb_value name = bw_bb_expand_text(store, v->name->text);

        if (name.known && !strstr(name.text, "${"))
            rename_to(store, v, name.text);
        else
            store->unexpanded->pdata[kept++] = v;
    }
    g_ptr_array_set_size(store->unexpanded, (gint)kept);
}
