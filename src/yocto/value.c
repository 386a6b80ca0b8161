/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a variable comes to: the strongest override in force, `:append`, `:prepend`, `${…}`, `:remove`.
 *
 * Source: bitbake, lib/bb/data_smart.py (getVarFlag, expandWithRefs, need_overrides).
 */
#include "yocto/store.h"

#define VALUE_MAX_BYTES (1u << 20)
#define WORK_MAX_BYTES (64u << 20)
#define EXPANDING_MAX 64
#define PASSES_MAX 8
#define STABLE_AFTER 5 /* rounds that BitBake gives OVERRIDES */

/* What is gathered of a variable and the variant that stands for it. */
typedef struct gathered {
    GString *text; /* not expanded */
    bool set;
    GPtrArray *removes; /* of const bw_bb_change *, or NULL */
    GPtrArray *parts;   /* of const bw_bb_statement *, or NULL */
    const bw_bb_piece *last;
} gathered;

/* ---- overrides ---- */

static bool same_names(const GPtrArray *a, const GPtrArray *b)
{
    return a->len == b->len && memcmp(a->pdata, b->pdata, a->len * sizeof(gpointer)) == 0;
}

static GPtrArray *split_overrides(const bw_bb_store *store, const char *text)
{
    GPtrArray *names = g_ptr_array_new();

    while (*text) {
        const size_t len = strcspn(text, ":");
        if (len)
            g_ptr_array_add(names, (gpointer)(uintptr_t)bw_intern(store->unit->ctx->names, text, len));
        text += len + (text[len] == ':');
    }
    return names;
}

static void put_in_force(bw_bb_store *store, GPtrArray *names)
{
    g_ptr_array_free(store->overrides, TRUE);
    store->overrides = names;
    g_hash_table_remove_all(store->in_force);
    for (guint i = 0; i < names->len; i++)
        g_hash_table_add(store->in_force, names->pdata[i]);
    store->generation++;
}

/* OVERRIDES may itself be overridden: it is asked until it stays. */
static void need_overrides(bw_bb_store *store)
{
    if (store->overriding || !store->overrides_stale)
        return;
    store->overriding = true;
    put_in_force(store, g_ptr_array_new());
    for (unsigned i = 0; i < STABLE_AFTER; i++) {
        bw_bb_variable *v = bw_bb_variable_of(store, "OVERRIDES", 9);
        const bw_bb_value value = bw_bb_value_of(store, v, NULL);
        GPtrArray *names = split_overrides(store, value.text ? value.text : "");

        store->overrides_known = value.known;
        if (same_names(names, store->overrides)) {
            g_ptr_array_free(names, TRUE);
            break;
        }
        put_in_force(store, names);
    }
    store->overriding = false;
    store->overrides_stale = false;
}

static bool word_in_force(const bw_bb_store *store, const char *word, size_t len)
{
    const bw_name *name = bw_names_find(store->unit->ctx->names, word, len);

    return name && g_hash_table_contains(store->in_force, name);
}

bool bw_bb_in_force(bw_bb_store *store, const char *words)
{
    const char *sep = store->style == BW_BB_OLD_STYLE ? "_" : ":";

    need_overrides(store);
    if (word_in_force(store, words, strlen(words)))
        return true;
    while (*words) {
        const size_t len = strcspn(words, sep);
        if (!word_in_force(store, words, len))
            return false;
        words += len;
        words += *words != '\0';
    }
    return true;
}

/* ---- the variant that stands for a variable ---- */

typedef struct candidate {
    char *words; /* what is left of its overrides */
    bw_bb_variable *variable;
} candidate;

static void free_candidate(gpointer data)
{
    g_free(((candidate *)data)->words);
}

static bool has_anything(const bw_bb_variable *v)
{
    return v->set || v->weakly_set || v->appends.first || v->prepends.first;
}

/* Takes each ":word" out of a text. */
static void take_out(char *text, const char *word, char sep)
{
    const size_t len = strlen(word);
    char *out = text;

    while (*text) {
        if (*text == sep && strncmp(text + 1, word, len) == 0)
            text += 1 + len;
        else
            *out++ = *text++;
    }
    *out = '\0';
}

static bool ends_with_word(const char *text, const char *word, char sep)
{
    const size_t text_len = strlen(text), len = strlen(word);

    return text_len > len && text[text_len - len - 1] == sep && strcmp(text + text_len - len, word) == 0;
}

/* Overrides are gone through from the weakest to the strongest, as often as this shortens a candidate. */
static bw_bb_variable *strongest(bw_bb_store *store, GArray *candidates)
{
    const char sep = store->style == BW_BB_OLD_STYLE ? '_' : ':';
    bw_bb_variable *found = NULL;
    bool shortened = true;

    while (shortened && candidates->len) {
        shortened = false;
        store->work += (uint64_t)candidates->len * store->overrides->len;
        for (guint o = 0; o < store->overrides->len; o++) {
            const char *word = ((const bw_name *)store->overrides->pdata[o])->text;
            for (guint i = 0; i < candidates->len;) {
                candidate *c = &g_array_index(candidates, candidate, i);
                if (ends_with_word(c->words, word, sep)) {
                    take_out(c->words, word, sep);
                    shortened = true;
                } else if (strcmp(c->words, word) == 0) {
                    found = c->variable;
                    g_array_remove_index(candidates, i);
                    continue;
                }
                i++;
            }
        }
    }
    return found;
}

static bw_bb_variable *variant_in_force(bw_bb_store *store, const bw_bb_variable *v)
{
    GArray *candidates = NULL;

    for (const bw_bb_variant *variant = v->variants; variant; variant = variant->next) {
        store->work++;
        if (!has_anything(variant->variable) || variant->variable->busy || !bw_bb_in_force(store, variant->overrides))
            continue;
        const candidate c = {g_strdup(variant->overrides), variant->variable};
        if (!candidates) {
            candidates = g_array_new(FALSE, FALSE, sizeof(candidate));
            g_array_set_clear_func(candidates, free_candidate);
        }
        g_array_append_val(candidates, c);
    }
    if (!candidates)
        return NULL;
    bw_bb_variable *found = strongest(store, candidates);
    g_array_free(candidates, TRUE);
    return found;
}

/* ---- gathering ---- */

static void note_part(gathered *g, const bw_bb_piece *piece)
{
    if (g->parts && piece->from)
        g_ptr_array_add(g->parts, (gpointer)(uintptr_t)piece->from);
    if (piece->from && (!g->last || piece->order >= g->last->order))
        g->last = piece;
}

static void gather_pieces(bw_bb_store *store, gathered *g, const bw_bb_pieces *pieces)
{
    for (const bw_bb_piece *p = pieces->first; p; p = p->next) {
        store->work++;
        if (g->text->len < VALUE_MAX_BYTES)
            g_string_append(g->text, p->text);
        note_part(g, p);
    }
    g->set = true;
}

static bool applies(bw_bb_store *store, const bw_bb_change *c)
{
    store->work++;
    return !c->overrides || bw_bb_in_force(store, c->overrides);
}

static void gather_appends(bw_bb_store *store, gathered *g, const bw_bb_changes *appends)
{
    for (const bw_bb_change *c = appends->first; c; c = c->next) {
        if (!applies(store, c))
            continue;
        if (g->text->len < VALUE_MAX_BYTES)
            g_string_append(g->text, c->piece.text);
        note_part(g, &c->piece);
        g->set = true;
    }
}

/* The last one stands in front. */
static void gather_prepends(bw_bb_store *store, gathered *g, const bw_bb_changes *prepends)
{
    if (!prepends->first)
        return;
    GPtrArray *in_force = g_ptr_array_new();
    for (const bw_bb_change *c = prepends->first; c; c = c->next)
        if (applies(store, c))
            g_ptr_array_add(in_force, (gpointer)(uintptr_t)c);

    GString *front = g_string_new(NULL);
    GPtrArray *behind = g->parts;
    g->parts = behind ? g_ptr_array_new() : NULL;
    for (guint i = in_force->len; i-- > 0;) {
        const bw_bb_change *c = in_force->pdata[i];
        if (front->len < VALUE_MAX_BYTES)
            g_string_append(front, c->piece.text);
        note_part(g, &c->piece);
        g->set = true;
    }
    if (g->text->len < VALUE_MAX_BYTES)
        g_string_prepend_len(g->text, front->str, (gssize)front->len);
    if (behind) {
        g_ptr_array_extend(g->parts, behind, NULL, NULL);
        g_ptr_array_set_size(behind, 0);
        g_ptr_array_extend(behind, g->parts, NULL, NULL);
        g_ptr_array_free(g->parts, TRUE);
    }
    g->parts = behind;
    g_string_free(front, TRUE);
    g_ptr_array_free(in_force, TRUE);
}

static void gather(bw_bb_store *store, gathered *g, bw_bb_variable *v, unsigned depth)
{
    bw_bb_variable *variant;

    if (store->overriding && !v->feeds) {
        v->feeds = true;
        for (bw_bb_variant *of = v->variants; of; of = of->next)
            of->variable->feeds = true;
    }
    need_overrides(store);
    variant = depth < EXPANDING_MAX ? variant_in_force(store, v) : NULL;
    if (variant)
        gather(store, g, variant, depth + 1);
    if (!g->set && v->set)
        gather_pieces(store, g, &v->value);
    else if (!g->set && v->weakly_set)
        gather_pieces(store, g, &v->weak);

    gather_appends(store, g, &v->appends);
    gather_prepends(store, g, &v->prepends);
    for (const bw_bb_change *c = v->removes.first; c; c = c->next) {
        if (c->overrides && !bw_bb_in_force(store, c->overrides))
            continue;
        if (!g->removes)
            g->removes = g_ptr_array_new();
        g_ptr_array_add(g->removes, (gpointer)(uintptr_t)c);
    }
}

/* ---- ${…} ---- */

static bool is_reference_char(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("-_+./~:", c));
}

/* Puts values in for ${NAME}. What nobody set stays as it is. */
static void put_values(bw_bb_store *store, const char *text, size_t len, GString *out, bool *known)
{
    const char *end = text + len;

    while (text < end && out->len < VALUE_MAX_BYTES) {
        const char *dollar = memchr(text, '$', (size_t)(end - text));

        if (!dollar) {
            g_string_append_len(out, text, end - text);
            return;
        }
        g_string_append_len(out, text, dollar - text);
        text = dollar + 1;
        const char *name = text + 1;
        const char *behind = name;
        if (text < end && *text == '{')
            while (behind < end && is_reference_char(*behind))
                behind++;
        if (text >= end || *text != '{' || behind == name || behind >= end || *behind != '}') {
            g_string_append_c(out, '$');
            continue;
        }
        bw_bb_variable *v = store->overriding ? bw_bb_variable_of(store, name, (size_t)(behind - name))
                                              : bw_bb_variable_find(store, name, (size_t)(behind - name));
        const bw_bb_value value = v ? bw_bb_value_of(store, v, NULL) : (bw_bb_value){NULL, false, {0}};
        if (value.text)
            g_string_append(out, value.text);
        else
            g_string_append_len(out, dollar, behind + 1 - dollar);
        *known &= value.text && value.known;
        text = behind + 1;
    }
}

/* The '}' that ends what begins with "${@". */
static const char *python_end(const char *text)
{
    unsigned open = 0;

    for (; *text; text++) {
        open += *text == '{';
        if (*text == '}' && open-- == 0)
            return text;
    }
    return NULL;
}

static void put_python(bw_bb_store *store, const char *text, GString *out, bool *known)
{
    for (;;) {
        const char *begin = strstr(text, "${@");
        const char *end = begin ? python_end(begin + 3) : NULL;

        if (!end) {
            g_string_append(out, text);
            *known &= !begin;
            return;
        }
        char *value = bw_bb_python(store, begin + 3, (size_t)(end - begin - 3));
        g_string_append_len(out, text, begin - text);
        if (value)
            g_string_append(out, value);
        else
            g_string_append_len(out, begin, end + 1 - begin);
        *known &= value != NULL;
        g_free(value);
        text = end + 1;
    }
}

/* Expands into @p text until it stays. @return whether all of it is known. */
static bool expand(bw_bb_store *store, GString *text)
{
    bool known = true;

    if (!memchr(text->str, '$', text->len))
        return true;
    if (store->expanding >= EXPANDING_MAX || store->work > WORK_MAX_BYTES)
        return false;
    store->expanding++;
    GString *out = g_string_sized_new(text->len + 64);
    GString *then = g_string_sized_new(text->len + 64);
    for (unsigned i = 0; i < PASSES_MAX; i++) {
        known = true;
        g_string_truncate(out, 0);
        g_string_truncate(then, 0);
        put_values(store, text->str, text->len, out, &known);
        put_python(store, out->str, then, &known);
        store->work += out->len + 16;
        const bool same = g_string_equal(text, then);
        g_string_assign(text, then->str);
        if (same || !strstr(text->str, "${"))
            break;
    }
    g_string_free(out, TRUE);
    g_string_free(then, TRUE);
    store->expanding--;
    return known && text->len < VALUE_MAX_BYTES && store->work <= WORK_MAX_BYTES;
}

bw_bb_value bw_bb_expand_text(bw_bb_store *store, const char *text)
{
    GString *out = g_string_new(text);
    bw_bb_value value = {.known = expand(store, out)};

    value.text = bw_arena_strndup(&store->unit->arena, out->str, out->len);
    g_string_free(out, TRUE);
    return value;
}

/* ---- the value ---- */

static bool is_word_of(const char *words, const char *word, size_t len)
{
    while (*words) {
        words += strspn(words, " \t\n\r\f\v");
        const size_t n = strcspn(words, " \t\n\r\f\v");
        if (n == len && n && memcmp(words, word, n) == 0)
            return true;
        words += n;
    }
    return false;
}

/* Takes words out; the blanks around them stay, as BitBake leaves them. */
static bool take_words(bw_bb_store *store, GString *text, const GPtrArray *removes)
{
    GString *gone = g_string_new(NULL);
    bool known = true;

    for (guint i = 0; i < removes->len && gone->len < VALUE_MAX_BYTES; i++) {
        const bw_bb_value words = bw_bb_expand_text(store, ((const bw_bb_change *)removes->pdata[i])->piece.text);
        g_string_append_c(gone, ' ');
        g_string_append(gone, words.text);
        known &= words.known;
    }
    GString *out = g_string_sized_new(text->len);
    for (const char *p = text->str; *p;) {
        const size_t blanks = strspn(p, " \t\n\r\f\v");
        g_string_append_len(out, p, (gssize)blanks);
        p += blanks;
        const size_t len = strcspn(p, " \t\n\r\f\v");
        if (!is_word_of(gone->str, p, len))
            g_string_append_len(out, p, (gssize)len);
        p += len;
        if (text->len + gone->len > 8192 && (store->work += gone->len) > WORK_MAX_BYTES)
            break;
    }
    g_string_assign(text, out->str);
    g_string_free(out, TRUE);
    g_string_free(gone, TRUE);
    return known;
}

static bw_bb_value make_value(bw_bb_store *store, bw_bb_variable *v, GPtrArray *parts)
{
    gathered g = {.text = g_string_new(NULL), .parts = parts};
    bw_bb_value value = {.known = true};

    gather(store, &g, v, 0);
    if (g.set) {
        value.known = expand(store, g.text);
        if (g.removes)
            value.known &= take_words(store, g.text, g.removes);
        store->work += g.text->len + 16;
        if (g.text->len >= VALUE_MAX_BYTES || store->work > WORK_MAX_BYTES) {
            value.known = false;
            g_string_truncate(g.text, 0);
        }
        value.text = bw_arena_strndup(&store->unit->arena, g.text->str, g.text->len);
        if (g.last)
            value.place = g.last->from->name_place;
    }
    if (parts && g.removes)
        for (guint i = 0; i < g.removes->len; i++) {
            const bw_bb_change *c = g.removes->pdata[i];
            if (c->piece.from)
                g_ptr_array_add(parts, (gpointer)(uintptr_t)c->piece.from);
        }
    if (g.removes)
        g_ptr_array_free(g.removes, TRUE);
    g_string_free(g.text, TRUE);
    return value;
}

bw_bb_value bw_bb_value_of(bw_bb_store *store, bw_bb_variable *v, GPtrArray *parts)
{
    need_overrides(store);
    if (!parts && v->cached_at == store->generation)
        return v->cached;
    if (v->busy || store->expanding >= EXPANDING_MAX || store->work > WORK_MAX_BYTES)
        return (bw_bb_value){NULL, false, {0}};
    v->busy = true;
    const bw_bb_value value = make_value(store, v, parts);
    v->busy = false;
    v->cached = value;
    v->cached_at = store->generation;
    return value;
}
