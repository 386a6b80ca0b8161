/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include "json/number.h"

#include <stdio.h>
#include <string.h>

/* No description of a board is larger by far. */
#define MAX_BYTES ((uint32_t)16 * 1024 * 1024)

/* Nor has more values than this; beyond it a file is refused. */
#define MAX_VALUES 1000000

/* Objects with more members than this look names up in a table. */
#define FEW_MEMBERS 16

typedef struct reader {
    bw_source *source;
    bw_json_dialect dialect;
    bw_arena *arena;
    bw_findings *findings;
    const char *text;
    uint32_t at;  /* next byte */
    uint32_t end; /* where the input ends */
    int depth;
    uint32_t values;  /* so far */
    GPtrArray *items; /* of the arrays that are open, outermost first */
    GArray *members;  /* likewise of the objects */
    GString *string;
} reader;

static const bw_json *read_value(reader *r);

/* ---- what is wrong ---- */

static void *complain(reader *r, uint32_t begin, uint32_t end, const char *cure, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* @return NULL, the value of a reader that gives up. */
static void *complain(reader *r, uint32_t begin, uint32_t end, const char *cure, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    bw_finding *f =
        bw_findings_addv(r->findings, BW_CODE_json_syntax, bw_source_place(r->source, begin, end), format, ap);
    va_end(ap);
    if (cure)
        bw_finding_cure(f, "%s", cure);
    return NULL;
}

/* What the superset has beyond JSON with hexadecimal integers. @return whether it is accepted. */
static bool accept_with_warning(reader *r, uint32_t begin, uint32_t end, const char *what, const char *cure)
{
    if (r->dialect == BW_JSON_STRICT) {
        complain(r, begin, end, cure, "JSON has no %s", what);
        return false;
    }
    bw_finding *f = bw_findings_add(r->findings, BW_CODE_json_superset, bw_source_place(r->source, begin, end),
                                    "a %s: lua-cjson takes it, other readers of JSON do not", what);
    if (cure)
        bw_finding_cure(f, "%s", cure);
    return true;
}

static char peek(const reader *r)
{
    return r->at < r->end ? r->text[r->at] : '\0';
}

/* The word or character at a place, as it is shown to a person. Valid until the next call. */
static uint32_t found_here(const reader *r, uint32_t begin, char *buffer, size_t size)
{
    uint32_t end = begin;

    if (begin >= r->end) {
        g_strlcpy(buffer, "the end of the file", size);
        return begin;
    }
    while (end < r->end && end - begin < 20 && (g_ascii_isalnum(r->text[end]) || r->text[end] == '_'))
        end++;
    if (end == begin)
        end++;
    if (r->text[begin] == '\0')
        g_strlcpy(buffer, "a NUL byte", size);
    else if (g_ascii_isgraph(r->text[begin]))
        snprintf(buffer, size, "'%.*s'", (int)(end - begin), r->text + begin);
    else
        snprintf(buffer, size, "the byte 0x%02x", (unsigned)(unsigned char)r->text[begin]);
    return end;
}

/* Something else was expected here. What people write most often in place of JSON has a sentence of its own. */
static void *unexpected(reader *r, const char *expected)
{
    uint32_t begin = r->at;
    char c = peek(r);
    char next = begin + 1 < r->end ? r->text[begin + 1] : '\0';
    char found[64];
    uint32_t end = found_here(r, begin, found, sizeof found);

    if ((c == '/' && (next == '/' || next == '*')) || c == '#')
        return complain(r, begin, begin + (c == '#' ? 1 : 2), "remove the comment",
                        "a comment stands here, and JSON has none");
    if (c == '\'')
        return complain(r, begin, end, "use double quotes", "a single quote stands where %s is expected", expected);
    return complain(r, begin, end, NULL, "%s stands where %s is expected", found, expected);
}

/* ---- tokens ---- */

static void skip_space(reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", r->text[r->at]) && r->text[r->at])
        r->at++;
}

static bool skip_char(reader *r, char c)
{
    skip_space(r);
    if (peek(r) != c)
        return false;
    r->at++;
    return true;
}

static bw_json *new_value(reader *r, bw_json_kind kind, uint32_t begin)
{
    bw_json *v = bw_arena_new(r->arena, bw_json);

    v->kind = kind;
    v->source = r->source;
    v->begin = begin;
    v->end = r->at;
    return v;
}

/* Four hexadecimal digits at @p at. @return -1 if they are not. */
static int hex4(const reader *r, uint32_t at)
{
    int code = 0;

    for (uint32_t i = at; i < at + 4; i++) {
        int digit = i < r->end ? g_ascii_xdigit_value(r->text[i]) : -1;

        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code;
}

/* "\uXXXX" or a pair of them, at its backslash. */
static bool read_unicode(reader *r)
{
    uint32_t begin = r->at;
    int code = hex4(r, begin + 2);
    gunichar c = (gunichar)code;
    uint32_t len = 6;

    if (code < 0) {
        complain(r, begin, MIN(begin + 6, r->end), NULL, "\\u wants four hexadecimal digits");
        return false;
    }
    if (code == 0) {
        complain(r, begin, begin + 6, NULL, "a text cannot hold the character U+0000");
        return false;
    }
    if ((code & 0xf800) == 0xd800) {
        int low = r->end - begin >= 12 && memcmp(r->text + begin + 6, "\\u", 2) == 0 ? hex4(r, begin + 8) : -1;

        if ((code & 0x400) || low < 0 || (low & 0xfc00) != 0xdc00) {
            complain(r, begin, begin + 6, NULL, "\\u%04x is half of a surrogate pair, and the other half is not there",
                     (unsigned)code);
            return false;
        }
        c = 0x10000 + (((gunichar)code & 0x3ff) << 10) + ((gunichar)low & 0x3ff);
        len = 12;
    }
    g_string_append_unichar(r->string, c);
    r->at += len;
    return true;
}

static bool read_escape(reader *r)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char c = r->at + 1 < r->end ? r->text[r->at + 1] : '\0';
    const char *letter = c ? strchr(letters, c) : NULL;

    if (c == 'u')
        return read_unicode(r);
    if (!letter) {
        complain(r, r->at, MIN(r->at + 2, r->end), c == '\'' ? "write the quote alone" : NULL,
                 "a backslash is followed by one of \" \\ / b f n r t u");
        return false;
    }
    g_string_append_c(r->string, meanings[letter - letters]);
    r->at += 2;
    return true;
}

/* What a text holds that JSON does not allow: said once a text. */
static bool check_bytes(reader *r, uint32_t begin, uint32_t control)
{
    if (control && !accept_with_warning(r, control, control + 1,
                                        r->text[control] == '\n'   ? "line end within a text"
                                        : r->text[control] == '\t' ? "tab within a text"
                                                                   : "control character within a text",
                                        r->text[control] == '\n'   ? "write \\n"
                                        : r->text[control] == '\t' ? "write \\t"
                                                                   : NULL))
        return false;
    if (!g_utf8_validate(r->string->str, (gssize)r->string->len, NULL) &&
        !accept_with_warning(r, begin, r->at, "text that is not UTF-8", NULL))
        return false;
    return true;
}

/* A text at its opening quote, into r->string. */
static bool read_string(reader *r)
{
    uint32_t begin = r->at++;
    uint32_t control = 0; /* first control character; the quote stands before it, so it is not 0 */

    g_string_truncate(r->string, 0);
    while (r->at < r->end && r->text[r->at] && r->text[r->at] != '"') {
        char c = r->text[r->at];

        if (c == '\\') {
            if (!read_escape(r))
                return false;
            continue;
        }
        if ((unsigned char)c < ' ' && !control)
            control = r->at;
        g_string_append_c(r->string, c);
        r->at++;
    }
    if (peek(r) != '"') {
        if (r->at < r->end)
            complain(r, r->at, r->at + 1, NULL, "a NUL byte ends the input within a text");
        else
            complain(r, begin, begin + 1, NULL, "this quote is never closed");
        return false;
    }
    r->at++;
    return check_bytes(r, begin, control);
}

static const bw_json *read_string_value(reader *r)
{
    uint32_t begin = r->at;

    if (!read_string(r))
        return NULL;
    bw_json *v = new_value(r, BW_JSON_STRING, begin);
    v->text = bw_arena_strndup(r->arena, r->string->str, r->string->len);
    v->len = (uint32_t)r->string->len;
    return v;
}

static const bw_json *read_number(reader *r)
{
    uint32_t begin = r->at;
    bw_json_number number = bw_json_number_scan(r->text + begin, r->end - begin);

    if (!number.len)
        return unexpected(r, "a value");
    r->at += number.len;
    /* What follows decides whether the number was one: "1e" and "0x10u" end before their last letter. */
    if (r->at < r->end && (g_ascii_isalnum(r->text[r->at]) || strchr("_.+-(", r->text[r->at])) && r->text[r->at]) {
        uint32_t end = r->at;

        while (end < r->end && end - begin < 40 && (g_ascii_isalnum(r->text[end]) || r->text[end] == '_'))
            end++;
        return complain(r, begin, MAX(end, r->at + 1), NULL, "%.*s is not a number: it ends before '%c'",
                        (int)(MAX(end, r->at + 1) - begin), r->text + begin, r->text[r->at]);
    }
    if (r->dialect == BW_JSON_STRICT && (number.oddities & BW_JSON_HEX))
        return complain(r, begin, r->at, NULL, "JSON has no hexadecimal numbers");
    for (uint32_t bit = 1; bit <= BW_JSON_LAST_ODDITY; bit <<= 1)
        if ((number.oddities & bit & ~(uint32_t)BW_JSON_HEX) &&
            !accept_with_warning(r, begin, r->at, bw_json_oddity_name(bit), bw_json_oddity_cure(bit)))
            return NULL;
    bw_json *v = new_value(r, BW_JSON_NUMBER, begin);
    v->text = bw_arena_strndup(r->arena, r->text + begin, number.len);
    v->len = number.len;
    v->number = number.value;
    return v;
}

static const bw_json *read_word(reader *r)
{
    static const struct {
        const char *word;
        bw_json_kind kind;
    } words[] = {{"true", BW_JSON_TRUE}, {"false", BW_JSON_FALSE}, {"null", BW_JSON_NULL}};
    uint32_t begin = r->at;
    char found[64];
    uint32_t end = found_here(r, begin, found, sizeof found);

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t len = strlen(words[i].word);

        if (end - begin == len && memcmp(r->text + begin, words[i].word, len) == 0) {
            r->at = end;
            return new_value(r, words[i].kind, begin);
        }
        if (end - begin == len && g_ascii_strncasecmp(r->text + begin, words[i].word, len) == 0)
            return complain(r, begin, end, NULL, "%s is written %s", found, words[i].word);
    }
    if (g_ascii_isalpha(r->text[begin]))
        return complain(r, begin, end, "put it in double quotes if it is text", "%s is no value", found);
    return unexpected(r, "a value");
}

/* ---- arrays and objects ---- */

static bool descend(reader *r)
{
    if (r->depth < BW_JSON_MAX_DEPTH) {
        r->depth++;
        return true;
    }
    complain(r, r->at, r->at + 1, NULL, "arrays and objects are nested more than %d deep", BW_JSON_MAX_DEPTH);
    return false;
}

/* Behind an item: a comma and another item to come, or the end. @return 1, 0, or -1 after a finding. */
static int next_or_end(reader *r, char close)
{
    uint32_t comma;

    if (skip_char(r, close))
        return 0;
    if (peek(r) != ',') {
        unexpected(r, close == ']' ? "a comma or ]" : "a comma or }");
        return -1;
    }
    comma = r->at++;
    skip_space(r);
    if (peek(r) == close) {
        complain(r, comma, comma + 1, "remove the comma", "a comma stands before '%c', and JSON has none there", close);
        return -1;
    }
    return 1;
}

static const bw_json *read_array(reader *r)
{
    uint32_t begin = r->at;
    guint first = r->items->len;
    int more = 1;

    if (!descend(r))
        return NULL;
    r->at++;
    if (skip_char(r, ']'))
        more = 0;
    while (more > 0) {
        const bw_json *item = read_value(r);

        if (!item)
            return NULL;
        g_ptr_array_add(r->items, (gpointer)(uintptr_t)item);
        more = next_or_end(r, ']');
    }
    if (more < 0)
        return NULL;
    r->depth--;
    bw_json *v = new_value(r, BW_JSON_ARRAY, begin);
    v->count = r->items->len - first;
    v->items = bw_arena_dup(r->arena, v->count ? r->items->pdata + first : NULL, v->count * sizeof *v->items);
    g_ptr_array_set_size(r->items, (gint)first);
    return v;
}

/* The member of this name in the object that is open, or NULL. */
static bw_json_member *earlier(reader *r, guint first, GHashTable **table, const char *name)
{
    guint count = r->members->len - first;

    if (count == FEW_MEMBERS)
        *table = g_hash_table_new(g_str_hash, g_str_equal);
    if (*table) {
        for (guint i = g_hash_table_size(*table); i < count; i++)
            g_hash_table_insert(*table, (gpointer)(uintptr_t)g_array_index(r->members, bw_json_member, first + i).name,
                                GUINT_TO_POINTER(i + 1));
        guint found = GPOINTER_TO_UINT(g_hash_table_lookup(*table, name));
        return found ? &g_array_index(r->members, bw_json_member, first + found - 1) : NULL;
    }
    for (guint i = 0; i < count; i++)
        if (strcmp(g_array_index(r->members, bw_json_member, first + i).name, name) == 0)
            return &g_array_index(r->members, bw_json_member, first + i);
    return NULL;
}

static void add_member(reader *r, guint first, GHashTable **table, const bw_json_member *member)
{
    bw_json_member *again = earlier(r, first, table, member->name);

    if (!again) {
        g_array_append_vals(r->members, member, 1);
        return;
    }
    bw_finding *f = bw_findings_add(r->findings, BW_CODE_json_duplicate, member->place,
                                    "\"%s\" stands twice in this object; the last one counts", member->name);
    bw_finding_note(f, again->place, "the first one, which is lost, is here");
    *again = *member;
}

/* "name": value. @return false after a finding. */
static bool read_member(reader *r, guint first, GHashTable **table)
{
    bw_json_member member = {0};

    skip_space(r);
    uint32_t begin = r->at;
    if (peek(r) != '"') {
        if (g_ascii_isalpha(peek(r)) || peek(r) == '_')
            complain(r, begin, begin + 1, "put it in double quotes", "a name without quotes");
        else
            unexpected(r, "a name in quotes");
        return false;
    }
    if (!read_string(r))
        return false;
    member.name = bw_arena_strndup(r->arena, r->string->str, r->string->len);
    member.place = bw_source_place(r->source, begin, r->at);
    if (!skip_char(r, ':')) {
        unexpected(r, "a colon");
        return false;
    }
    member.value = read_value(r);
    if (member.value)
        add_member(r, first, table, &member);
    return member.value != NULL;
}

static const bw_json *read_object(reader *r)
{
    uint32_t begin = r->at;
    guint first = r->members->len;
    GHashTable *table = NULL;
    int more = 1;

    if (!descend(r))
        return NULL;
    r->at++;
    if (skip_char(r, '}'))
        more = 0;
    while (more > 0)
        more = read_member(r, first, &table) ? next_or_end(r, '}') : -1;
    if (table)
        g_hash_table_destroy(table);
    if (more < 0)
        return NULL;
    r->depth--;
    bw_json *v = new_value(r, BW_JSON_OBJECT, begin);
    v->count = r->members->len - first;
    v->members = bw_arena_dup(r->arena, v->count ? &g_array_index(r->members, bw_json_member, first) : NULL,
                              v->count * sizeof *v->members);
    g_array_set_size(r->members, first);
    return v;
}

static const bw_json *read_value(reader *r)
{
    skip_space(r);
    if (++r->values > MAX_VALUES)
        return complain(r, r->at, r->at + 1, NULL, "the file has more than %d values", MAX_VALUES);
    switch (peek(r)) {
    case '{':
        return read_object(r);
    case '[':
        return read_array(r);
    case '"':
        return read_string_value(r);
    case '\0':
        return unexpected(r, "a value");
    default:
        return bw_json_number_begins(r->text + r->at, r->end - r->at) ? read_number(r) : read_word(r);
    }
}

/* ---- the document ---- */

/* What follows the value: nothing, or, for lua-cjson, anything behind a NUL. */
static bool read_rest(reader *r)
{
    skip_space(r);
    if (r->at >= r->end)
        return true;
    if (r->text[r->at] == '\0')
        return accept_with_warning(r, r->at, r->at + 1, "text behind a NUL byte, which ends the input", NULL);
    unexpected(r, "the end of the file");
    return false;
}

const bw_json *bw_json_read(bw_source *source, bw_json_dialect dialect, bw_arena *arena, bw_findings *findings)
{
    reader r = {.source = source,
                .dialect = dialect,
                .arena = arena,
                .findings = findings,
                .text = source->text,
                .end = source->len};
    const bw_json *value = NULL;

    if (source->len > MAX_BYTES)
        return complain(&r, 0, 0, NULL, "the file has more than %u MiB", MAX_BYTES >> 20);
    if (source->len >= 3 && memcmp(source->text, "\xef\xbb\xbf", 3) == 0)
        r.at = 3;
    if (source->len >= r.at + 2 && (!source->text[r.at] || !source->text[r.at + 1]))
        return complain(&r, r.at, r.at + 2, "save it as UTF-8", "the text is UTF-16 or UTF-32");
    r.items = g_ptr_array_new();
    r.members = g_array_new(FALSE, FALSE, sizeof(bw_json_member));
    r.string = g_string_new(NULL);
    value = read_value(&r);
    if (value && !read_rest(&r))
        value = NULL;
    g_ptr_array_free(r.items, TRUE);
    g_array_free(r.members, TRUE);
    g_string_free(r.string, TRUE);
    return value;
}

const bw_json *bw_json_read_file(bw_context *ctx, const char *path, bw_json_dialect dialect, bw_arena *arena,
                                 bw_findings *findings)
{
    int error_number = 0;
    bw_source *source = bw_source_open(ctx->sources, path, &error_number);

    if (!source) {
        bw_findings_add(findings, BW_CODE_file_unreadable, bw_file_place(path), "%s cannot be read: %s", path,
                        g_strerror(error_number));
        return NULL;
    }
    return bw_json_read(source, dialect, arena, findings);
}
