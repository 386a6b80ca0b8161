/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few Python expressions that metadata is full of: `${@bb.utils.contains('MACHINE_FEATURES', 'efi', 'a', 'b', d)}`,
 * `${@d.getVar('X') or ''}`, `${@'a' if d.getVar('X') == '1' else 'b'}`. Nothing is run: strings, numbers, lists, and
 * the functions of a table. Whatever is beyond them makes the value unknown.
 *
 * Where files are missing, what is not in a variable may be put in by one of them: then "it is not" is no answer.
 *
 * Source: bitbake, lib/bb/utils.py; OE-core, meta/lib/oe/utils.py.
 */
#include "yocto/store.h"

#define DEPTH_MAX 40
#define ARGUMENTS_MAX 8
#define ELEMENTS_MAX 4096
#define TEXT_MAX (1u << 20)

typedef enum value_kind { FAILED, NONE, BOOLEAN, NUMBER, STRING, LIST, STORE } value_kind;

typedef struct value {
    value_kind kind;
    int64_t number;
    const char *text;
    GPtrArray *list; /* of char * strings in the arena; freed with the parser */
} value;

typedef struct parser {
    bw_bb_store *store;
    const char *at, *end;
    unsigned depth;
    GPtrArray *lists;
} parser;

static const value failed = {.kind = FAILED};

static value expression(parser *p);

static value string_of(parser *p, const char *text, size_t len)
{
    return (value){.kind = STRING, .text = bw_arena_strndup(&p->store->unit->arena, text, len)};
}

static value boolean(bool yes)
{
    return (value){.kind = BOOLEAN, .number = yes};
}

static value new_list(parser *p)
{
    value v = {.kind = LIST, .list = g_ptr_array_new()};

    g_ptr_array_add(p->lists, v.list);
    return v;
}

static bool is_true(const value *v)
{
    switch (v->kind) {
    case BOOLEAN:
    case NUMBER:
        return v->number != 0;
    case STRING:
        return *v->text != '\0';
    case LIST:
        return v->list->len > 0;
    default:
        return false;
    }
}

/* ---- words ---- */

static void skip(parser *p)
{
    while (p->at < p->end && strchr(" \t\n", *p->at))
        p->at++;
}

static bool take(parser *p, const char *sign)
{
    const size_t len = strlen(sign);

    skip(p);
    if ((size_t)(p->end - p->at) < len || strncmp(p->at, sign, len) != 0)
        return false;
    if (g_ascii_isalpha(sign[0]) && p->at + len < p->end && (g_ascii_isalnum(p->at[len]) || p->at[len] == '_'))
        return false;
    p->at += len;
    return true;
}

static value quoted(parser *p)
{
    const char quote = *p->at++;
    GString *text = g_string_new(NULL);

    while (p->at < p->end && *p->at != quote) {
        if (*p->at == '\\' && p->at + 1 < p->end) {
            p->at++;
            g_string_append_c(text, *p->at == 'n' ? '\n' : *p->at == 't' ? '\t' : *p->at);
        } else {
            g_string_append_c(text, *p->at);
        }
        p->at++;
    }
    const value v = p->at < p->end ? string_of(p, text->str, text->len) : failed;
    p->at += p->at < p->end;
    g_string_free(text, TRUE);
    return v;
}

/* Adjacent strings are one. */
static value strings(parser *p)
{
    value v = quoted(p);

    for (skip(p); v.kind == STRING && p->at < p->end && (*p->at == '\'' || *p->at == '"'); skip(p)) {
        const value more = quoted(p);
        if (more.kind != STRING)
            return failed;
        v.text = bw_arena_join(&p->store->unit->arena, v.text, more.text, "");
    }
    return v;
}

/* ---- variables and functions ---- */

static bool whole(parser *p)
{
    return p->store->missing->len == 0;
}

static value get_var(parser *p, const char *name)
{
    bw_bb_variable *v = p->store->overriding ? bw_bb_variable_of(p->store, name, strlen(name))
                                             : bw_bb_variable_find(p->store, name, strlen(name));
    const bw_bb_value got = v ? bw_bb_value_of(p->store, v, NULL) : (bw_bb_value){NULL, true, {0}};

    if (!got.known)
        return failed;
    if (!got.text)
        return whole(p) ? (value){.kind = NONE} : failed;
    return (value){.kind = STRING, .text = got.text};
}

static bool has_word(const char *words, const char *word, size_t len)
{
    while (*words) {
        words += strspn(words, " \t\n\r\f\v");
        const size_t n = strcspn(words, " \t\n\r\f\v");
        if (n && n == len && memcmp(words, word, n) == 0)
            return true;
        words += n;
    }
    return false;
}

/* How many of the words asked for are there. */
static void count_words(const char *words, const value *asked, unsigned *there, unsigned *all)
{
    *there = *all = 0;
    for (guint i = 0; asked->kind == LIST && i < asked->list->len; i++, ++*all)
        *there += has_word(words, asked->list->pdata[i], strlen(asked->list->pdata[i]));
    for (const char *w = asked->kind == STRING ? asked->text : ""; *w;) {
        w += strspn(w, " \t\n\r\f\v");
        const size_t n = strcspn(w, " \t\n\r\f\v");
        if (n) {
            *there += has_word(words, w, n);
            ++*all;
        }
        w += n;
    }
}

static value contains(parser *p, const value *a, unsigned n, bool any)
{
    if (n != 5 || a[0].kind != STRING || (a[1].kind != STRING && a[1].kind != LIST))
        return failed;
    const value words = get_var(p, a[0].text);
    unsigned there, all;
    if (words.kind == FAILED)
        return failed;
    count_words(words.kind == STRING ? words.text : "", &a[1], &there, &all);
    const bool found = words.kind == STRING && *words.text && (any ? there > 0 : there == all);
    return found ? a[2] : whole(p) ? a[3] : failed;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static value filter(parser *p, const value *a, unsigned n)
{
    if (n != 3 || a[0].kind != STRING || a[1].kind != STRING)
        return failed;
    const value words = get_var(p, a[0].text);
    if (words.kind == FAILED || !whole(p))
        return failed;
    GString *out = g_string_new(NULL);
    char **asked = g_strsplit_set(a[1].text, " \t\n", -1);
    GPtrArray *kept = g_ptr_array_new();
    for (char **w = asked; *w; w++) /* sorted, as the set is joined */
        if (**w && words.kind == STRING && has_word(words.text, *w, strlen(*w)))
            g_ptr_array_add(kept, *w);
    g_ptr_array_sort(kept, by_text);
    for (guint i = 0; i < kept->len; i++)
        if (!i || strcmp(kept->pdata[i], kept->pdata[i - 1]) != 0)
            g_string_append_printf(out, "%s%s", out->len ? " " : "", (const char *)kept->pdata[i]);
    const value v = string_of(p, out->str, out->len);
    g_ptr_array_free(kept, TRUE);
    g_strfreev(asked);
    g_string_free(out, TRUE);
    return v;
}

static bool is_yes(const char *text)
{
    static const char *const yes[] = {"1", "y", "yes", "true", "t", "enable", "enabled", "on"};
    char *lower = g_ascii_strdown(text, -1);
    bool found = false;

    for (size_t i = 0; i < G_N_ELEMENTS(yes); i++)
        found |= strcmp(lower, yes[i]) == 0;
    g_free(lower);
    return found;
}

static value conditional(parser *p, const value *a, unsigned n)
{
    const value v = n == 5 && a[0].kind == STRING ? get_var(p, a[0].text) : failed;

    /* What is not set here is often set by a function of Python: SITEINFO_ENDIANNESS. */
    if (v.kind != STRING || a[1].kind != STRING)
        return failed;
    return strcmp(v.text, a[1].text) == 0 ? a[2] : a[3];
}

static value var_true(parser *p, const value *a, unsigned n)
{
    const value v = n == 4 && a[0].kind == STRING ? get_var(p, a[0].text) : failed;

    return v.kind == FAILED ? failed : v.kind == STRING && is_yes(v.text) ? a[1] : a[2];
}

static value path_part(parser *p, const value *a, unsigned n, bool folder)
{
    if (n != 1 || a[0].kind != STRING)
        return failed;
    const char *slash = strrchr(a[0].text, '/');
    if (!folder)
        return slash ? string_of(p, slash + 1, strlen(slash + 1)) : a[0];
    size_t len = slash ? (size_t)(slash - a[0].text) : 0;
    if (slash && !len)
        len = 1;
    return string_of(p, a[0].text, len);
}

/* As os.path.normpath(): no "." and "..", no doubled or trailing slash. */
static value normal_path(parser *p, const char *path)
{
    char **parts = g_strsplit(path, "/", -1);
    GPtrArray *kept = g_ptr_array_new();
    const bool absolute = path[0] == '/';

    for (char **part = parts; *part; part++) {
        const bool up = strcmp(*part, "..") == 0;
        const bool can = kept->len && strcmp(kept->pdata[kept->len - 1], "..") != 0;
        if (!**part || strcmp(*part, ".") == 0 || (up && !can && absolute))
            continue;
        if (up && can)
            g_ptr_array_set_size(kept, (gint)kept->len - 1);
        else
            g_ptr_array_add(kept, *part);
    }
    g_ptr_array_add(kept, NULL);
    char *joined = g_strjoinv("/", (char **)kept->pdata);
    char *whole_path = g_strconcat(absolute ? "/" : *joined ? "" : ".", joined, NULL);
    const value v = string_of(p, whole_path, strlen(whole_path));
    g_free(whole_path);
    g_free(joined);
    g_ptr_array_free(kept, TRUE);
    g_strfreev(parts);
    return v;
}

static value call(parser *p, const char *name, const value *a, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (a[i].kind == FAILED)
            return failed;
    if (strcmp(name, "d.getVar") == 0)
        return n >= 1 && a[0].kind == STRING && (n < 2 || is_true(&a[1])) ? get_var(p, a[0].text) : failed;
    if (strcmp(name, "bb.utils.contains") == 0)
        return contains(p, a, n, false);
    if (strcmp(name, "bb.utils.contains_any") == 0)
        return contains(p, a, n, true);
    if (strcmp(name, "bb.utils.filter") == 0)
        return filter(p, a, n);
    if (strcmp(name, "bb.utils.to_boolean") == 0)
        return n >= 1 && a[0].kind == STRING ? boolean(is_yes(a[0].text))
               : n >= 1 && a[0].kind == NONE ? boolean(false)
                                             : failed;
    if (strcmp(name, "oe.utils.conditional") == 0 || strcmp(name, "base_conditional") == 0)
        return conditional(p, a, n);
    if (strcmp(name, "oe.utils.vartrue") == 0)
        return var_true(p, a, n);
    if (strcmp(name, "oe.utils.ifelse") == 0)
        return n == 3 ? is_true(&a[0]) ? a[1] : a[2] : failed;
    if (strcmp(name, "os.path.basename") == 0)
        return path_part(p, a, n, false);
    if (strcmp(name, "os.path.dirname") == 0)
        return path_part(p, a, n, true);
    if (strcmp(name, "os.path.normpath") == 0)
        return n == 1 && a[0].kind == STRING ? normal_path(p, a[0].text) : failed;
    if (strcmp(name, "len") == 0)
        return n == 1 && a[0].kind == STRING ? (value){.kind = NUMBER, .number = (int64_t)strlen(a[0].text)}
               : n == 1 && a[0].kind == LIST ? (value){.kind = NUMBER, .number = (int64_t)a[0].list->len}
                                             : failed;
    if (strcmp(name, "str") == 0 && n == 1 && a[0].kind == STRING)
        return a[0];
    if (strcmp(name, "str") == 0 && n == 1 && a[0].kind == NUMBER) {
        char *text = g_strdup_printf("%" G_GINT64_FORMAT, a[0].number);
        const value v = string_of(p, text, strlen(text));
        g_free(text);
        return v;
    }
    if (strcmp(name, "int") == 0 && n == 1) {
        gint64 number;
        if (a[0].kind == NUMBER)
            return a[0];
        if (a[0].kind == STRING && g_ascii_string_to_signed(a[0].text, 10, G_MININT32, G_MAXINT32, &number, NULL))
            return (value){.kind = NUMBER, .number = number};
    }
    return failed;
}

static unsigned arguments(parser *p, value *a, bool *ok)
{
    unsigned n = 0;

    *ok = true;
    if (take(p, ")"))
        return 0;
    do {
        if (n == ARGUMENTS_MAX) {
            *ok = false;
            return n;
        }
        a[n++] = expression(p);
    } while (take(p, ","));
    *ok = take(p, ")");
    return n;
}

/* ---- methods ---- */

static value split(parser *p, const char *text, const char *by)
{
    value v = new_list(p);
    char **words = by ? g_strsplit(text, by, ELEMENTS_MAX) : g_strsplit_set(text, " \t\n\r\f\v", ELEMENTS_MAX);

    for (char **w = words; *w; w++)
        if (by || **w)
            g_ptr_array_add(v.list, bw_arena_strdup(&p->store->unit->arena, *w));
    g_strfreev(words);
    return v;
}

static value join(parser *p, const char *by, const GPtrArray *list)
{
    GString *out = g_string_new(NULL);

    if (strlen(by) > TEXT_MAX / (list->len + 1)) {
        g_string_free(out, TRUE);
        return failed;
    }
    for (guint i = 0; i < list->len; i++)
        g_string_append_printf(out, "%s%s", i ? by : "", (const char *)list->pdata[i]);
    p->store->work += out->len;
    const value v = string_of(p, out->str, out->len);
    g_string_free(out, TRUE);
    return v;
}

static value method(parser *p, const value *of, const char *name, const value *a, unsigned n)
{
    if (of->kind != STRING)
        return failed;
    for (unsigned i = 0; i < n; i++)
        if (a[i].kind == FAILED)
            return failed;
    const bool one = n == 1 && a[0].kind == STRING;
    if (strcmp(name, "replace") == 0 && n == 2 && a[1].kind == STRING &&
        strlen(of->text) > TEXT_MAX / (strlen(a[1].text) + 1))
        return failed;
    if (strcmp(name, "replace") == 0 && n == 2 && a[0].kind == STRING && a[1].kind == STRING && *a[0].text) {
        GString *out = g_string_new(of->text);
        g_string_replace(out, a[0].text, a[1].text, 0);
        p->store->work += out->len;
        const value v = string_of(p, out->str, out->len);
        g_string_free(out, TRUE);
        return v;
    }
    if (strcmp(name, "split") == 0 && (n == 0 || (one && *a[0].text)))
        return split(p, of->text, n ? a[0].text : NULL);
    if (strcmp(name, "join") == 0 && n == 1 && a[0].kind == LIST)
        return join(p, of->text, a[0].list);
    if (strcmp(name, "startswith") == 0 && one)
        return boolean(g_str_has_prefix(of->text, a[0].text));
    if (strcmp(name, "endswith") == 0 && one)
        return boolean(g_str_has_suffix(of->text, a[0].text));
    if ((strcmp(name, "lower") == 0 || strcmp(name, "upper") == 0 || strcmp(name, "strip") == 0) && n == 0) {
        char *text = *name == 'l'   ? g_ascii_strdown(of->text, -1)
                     : *name == 'u' ? g_ascii_strup(of->text, -1)
                                    : g_strstrip(g_strdup(of->text));
        const value v = string_of(p, text, strlen(text));
        g_free(text);
        return v;
    }
    return failed;
}

static bool index_in(int64_t *at, size_t len)
{
    if (*at < 0)
        *at += (int64_t)len;
    return *at >= 0 && *at < (int64_t)len;
}

static value element(parser *p, const value *of, const value *at)
{
    int64_t i = at->number;

    if (at->kind != NUMBER && at->kind != BOOLEAN)
        return failed;
    if (of->kind == LIST && index_in(&i, of->list->len))
        return (value){.kind = STRING, .text = of->list->pdata[i]};
    if (of->kind == STRING && index_in(&i, strlen(of->text)))
        return string_of(p, of->text + i, 1);
    return failed;
}

/* ---- expressions ---- */

static value list_literal(parser *p)
{
    value v = new_list(p);

    if (take(p, "]"))
        return v;
    do {
        const value one = expression(p);
        if (one.kind != STRING || v.list->len >= ELEMENTS_MAX)
            return failed;
        g_ptr_array_add(v.list, (gpointer)(uintptr_t)one.text);
    } while (take(p, ","));
    return take(p, "]") ? v : failed;
}

static value named(parser *p)
{
    const char *begin = p->at;
    value a[ARGUMENTS_MAX];
    bool ok;

    while (p->at < p->end && (g_ascii_isalnum(*p->at) || *p->at == '_' || *p->at == '.'))
        p->at++;
    char *name = g_strndup(begin, (gsize)(p->at - begin));
    value v = failed;
    if (strcmp(name, "True") == 0 || strcmp(name, "False") == 0) {
        v = boolean(*name == 'T');
    } else if (strcmp(name, "None") == 0) {
        v.kind = NONE;
    } else if (strcmp(name, "d") == 0) {
        v.kind = STORE;
    } else if (take(p, "(")) {
        const unsigned n = arguments(p, a, &ok);
        v = ok ? call(p, name, a, n) : failed;
    }
    g_free(name);
    return v;
}

static value primary(parser *p)
{
    skip(p);
    if (p->at >= p->end)
        return failed;
    if (*p->at == '\'' || *p->at == '"')
        return strings(p);
    if (g_ascii_isdigit(*p->at) || *p->at == '-') {
        char *end;
        const gint64 number = g_ascii_strtoll(p->at, &end, 10);
        if (end == p->at || end > p->end || *end == 'x' || *end == '.')
            return failed;
        p->at = end;
        return (value){.kind = NUMBER, .number = number};
    }
    if (take(p, "[")) {
        return list_literal(p);
    }
    if (take(p, "(")) {
        const value v = expression(p);
        return take(p, ")") ? v : failed;
    }
    return named(p);
}

static value postfix(parser *p)
{
    value v = primary(p);

    for (;;) {
        if (take(p, "[")) {
            const value at = expression(p);
            v = take(p, "]") ? element(p, &v, &at) : failed;
        } else if (take(p, ".")) {
            const char *begin = p->at;
            value a[ARGUMENTS_MAX];
            bool ok;
            while (p->at < p->end && g_ascii_isalpha(*p->at))
                p->at++;
            char *name = g_strndup(begin, (gsize)(p->at - begin));
            ok = take(p, "(");
            const unsigned n = ok ? arguments(p, a, &ok) : 0;
            v = ok ? method(p, &v, name, a, n) : failed;
            g_free(name);
        } else {
            return v;
        }
        if (v.kind == FAILED)
            return v;
    }
}

static value sum(parser *p)
{
    value v = postfix(p);

    while (v.kind != FAILED && take(p, "+")) {
        const value more = postfix(p);
        if (v.kind == STRING && more.kind == STRING) {
            v.text = bw_arena_join(&p->store->unit->arena, v.text, more.text, "");
            p->store->work += strlen(v.text);
        } else if (v.kind == NUMBER && more.kind == NUMBER &&
                   !__builtin_add_overflow(v.number, more.number, &v.number)) {
            continue;
        } else {
            return failed;
        }
    }
    return v;
}

static bool same(const value *a, const value *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == STRING ? strcmp(a->text, b->text) == 0 : a->number == b->number;
}

static value inside(const value *what, const value *of)
{
    if (what->kind != STRING)
        return failed;
    if (of->kind == STRING)
        return boolean(strstr(of->text, what->text) != NULL);
    if (of->kind != LIST)
        return failed;
    for (guint i = 0; i < of->list->len; i++)
        if (strcmp(of->list->pdata[i], what->text) == 0)
            return boolean(true);
    return boolean(false);
}

static value comparison(parser *p)
{
    const value a = sum(p);
    value v = a;

    if (a.kind == FAILED)
        return failed;
    if (take(p, "==") || take(p, "!=")) {
        const bool unequal = p->at[-2] == '!';
        const value b = sum(p);
        if (b.kind == FAILED || a.kind == LIST || b.kind == LIST || a.kind == STORE || b.kind == STORE)
            return failed;
        v = boolean(same(&a, &b) != unequal);
    } else if (take(p, "in")) {
        const value b = sum(p);
        v = inside(&a, &b);
    } else if (take(p, "not")) {
        if (!take(p, "in"))
            return failed;
        const value b = sum(p);
        v = inside(&a, &b);
        v.number = !v.number;
    }
    return v;
}

static value negation(parser *p)
{
    if (!take(p, "not"))
        return comparison(p);
    if (++p->depth > DEPTH_MAX)
        return failed;
    const value v = negation(p);
    p->depth--;
    return v.kind == FAILED ? failed : boolean(!is_true(&v));
}

static value conjunction(parser *p)
{
    value v = negation(p);

    while (v.kind != FAILED && take(p, "and")) {
        const value b = negation(p);
        v = is_true(&v) ? b : v;
    }
    return v;
}

static value disjunction(parser *p)
{
    value v = conjunction(p);

    while (v.kind != FAILED && take(p, "or")) {
        const value b = conjunction(p);
        v = is_true(&v) ? v : b;
    }
    return v;
}

static value expression(parser *p)
{
    if (p->depth >= DEPTH_MAX)
        return failed;
    p->depth++;
    value v = disjunction(p);
    if (take(p, "if")) {
        const value condition = disjunction(p);
        if (!take(p, "else")) {
            v = failed;
        } else {
            const value otherwise = expression(p);
            v = condition.kind == FAILED ? failed : is_true(&condition) ? v : otherwise;
        }
    }
    p->depth--;
    return v;
}

char *bw_bb_python(bw_bb_store *store, const char *text, size_t len)
{
    parser p = {.store = store, .at = text, .end = text + len, .lists = g_ptr_array_new()};
    char *result = NULL;

    /* Of the machine that builds: all of these build on 64-bit PCs. */
    if (len == strlen("os.uname()[4]") && strncmp(text, "os.uname()[4]", len) == 0)
        result = g_strdup("x86_64");
    else if (len == strlen("os.uname()[0].lower()") && strncmp(text, "os.uname()[0].lower()", len) == 0)
        result = g_strdup("linux");
    else if (!g_strstr_len(text, (gssize)len, "${")) {
        const value v = expression(&p);
        skip(&p);
        if (p.at == p.end && v.kind == STRING)
            result = g_strdup(v.text);
        else if (p.at == p.end && v.kind == NUMBER)
            result = g_strdup_printf("%" G_GINT64_FORMAT, v.number);
        else if (p.at == p.end && v.kind == BOOLEAN)
            result = g_strdup(v.number ? "True" : "False");
    }
    for (guint i = 0; i < p.lists->len; i++)
        g_ptr_array_free(p.lists->pdata[i], TRUE);
    g_ptr_array_free(p.lists, TRUE);
    return result;
}
