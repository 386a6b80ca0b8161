/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recursive descent over the text itself: what ends a value is a line's end or a bracket, and what opens a block is a
 * line that begins further right, so there are no tokens worth making.
 */
#include "systems/balena/coffee.h"

#include "json/make.h"
#include "systems/balena/coffee_text.h"

#include <errno.h>
#include <string.h>

#define DEPTH_MAX 64
#define COMMON_MODULE "@resin.io/device-types/common"

/* A name of the file: a value, or a part of the package by its path ("" is all of it). */
typedef struct binding {
    const bw_json *value;
    const char *path;
} binding;

typedef struct reader {
    bw_unit *unit;
    bw_source *source;
    const char *text;
    uint32_t len;
    uint32_t at;
    const bw_json *common;
    GHashTable *names;   /* text to binding */
    GHashTable *defined; /* text to the byte of its first assignment, anywhere in the file */
    unsigned depth;
    bool failed;
} reader;

static const bw_json *value(reader *r, uint32_t indentation);

/* ------------------------------------------------------------------------------- findings and values */

static void fail(reader *r, uint32_t begin, uint32_t end, const char *text)
{
    if (r->failed)
        return;
    r->failed = true;
    if (begin > r->len)
        begin = r->len;
    bw_findings_add(r->unit->findings, BW_CODE_balena_coffee, bw_source_place(r->source, begin, MAX(end, begin)), "%s",
                    text);
}

static void fail_here(reader *r, const char *text)
{
    fail(r, r->at, r->at + (r->at < r->len), text);
}

static bw_json *make(reader *r, bw_json_kind kind, uint32_t begin)
{
    bw_json *json = bw_arena_new(&r->unit->arena, bw_json);

    json->kind = kind;
    json->source = r->source;
    json->begin = begin;
    json->end = r->at;
    return json;
}

static const bw_json *make_list(reader *r, bw_json_kind kind, uint32_t begin, const GArray *items)
{
    bw_json *json = make(r, kind, begin);

    json->count = items->len;
    if (kind == BW_JSON_ARRAY)
        json->items = bw_arena_dup(&r->unit->arena, items->data, sizeof(bw_json *) * items->len);
    else
        json->members = bw_arena_dup(&r->unit->arena, items->data, sizeof(bw_json_member) * items->len);
    return json;
}

/* ---------------------------------------------------------------------------------------- characters */

static char peek(const reader *r)
{
    return r->at < r->len ? r->text[r->at] : '\0';
}

static bool is_word_start(char c)
{
    return g_ascii_isalpha(c) || c == '_' || c == '$';
}

static bool is_word(char c)
{
    return is_word_start(c) || g_ascii_isdigit(c);
}

/* Blanks and a comment, up to the line's end. */
static void skip_blanks(reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\r')
        r->at++;
    if (peek(r) == '#' && strncmp(r->text + r->at, "###", 3) == 0 && r->text[r->at + 3] != '#') {
        const char *end = strstr(r->text + r->at + 3, "###");
        if (!end) {
            fail_here(r, "this comment has no end");
            return;
        }
        r->at = (uint32_t)(end - r->text) + 3;
        skip_blanks(r);
        return;
    }
    if (peek(r) == '#')
        while (r->at < r->len && peek(r) != '\n')
            r->at++;
}

static bool at_line_end(const reader *r)
{
    return r->at >= r->len || peek(r) == '\n';
}

/* Goes to the next thing that is written, on this line or a later one. @return whether a line ended on the way. */
static bool skip_lines(reader *r)
{
    bool ended = false;

    for (skip_blanks(r); r->at < r->len && peek(r) == '\n'; skip_blanks(r)) {
        r->at++;
        ended = true;
    }
    return ended;
}

/* How far the line of a byte is indented: a tab counts as much as a blank. */
static uint32_t indentation_of(const reader *r, uint32_t at)
{
    uint32_t begin = at;
    uint32_t end;

    while (begin > 0 && r->text[begin - 1] != '\n')
        begin--;
    for (end = begin; end < r->len && (r->text[end] == ' ' || r->text[end] == '\t'); end++)
        ;
    return end - begin;
}

/* Whether a byte is the first of its line that is no blank. */
static bool begins_line(const reader *r, uint32_t at)
{
    while (at > 0 && (r->text[at - 1] == ' ' || r->text[at - 1] == '\t'))
        at--;
    return at == 0 || r->text[at - 1] == '\n';
}

static const char *word(reader *r)
{
    const uint32_t begin = r->at;

    if (!is_word_start(peek(r)))
        return NULL;
    while (is_word(peek(r)))
        r->at++;
    return bw_arena_strndup(&r->unit->arena, r->text + begin, r->at - begin);
}

/* ------------------------------------------------------------------------------------------- objects */

static const char *string(reader *r, uint32_t *len)
{
    bw_coffee_string s = bw_coffee_string_read(r->text, r->len, r->at, &r->unit->arena);

    if (!s.text) {
        fail(r, s.at, s.at + 1, s.trouble);
        return NULL;
    }
    r->at = s.end;
    if (len)
        *len = s.len;
    return s.text;
}

/* The name of a key, a word or a string. @return NULL without moving when there is none. */
static const char *key(reader *r)
{
    return peek(r) == '\'' || peek(r) == '"' ? string(r, NULL) : word(r);
}

/* Whether `NAME:` stands here. */
static bool at_key(const reader *r)
{
    reader ahead = *r;

    if (peek(r) == '\'' || peek(r) == '"') {
        const char quote = peek(r);
        for (ahead.at++; ahead.at < r->len && peek(&ahead) != quote && peek(&ahead) != '\n'; ahead.at++)
            ;
        ahead.at += ahead.at < r->len;
    } else {
        if (!is_word_start(peek(r)))
            return false;
        while (is_word(peek(&ahead)))
            ahead.at++;
    }
    while (peek(&ahead) == ' ' || peek(&ahead) == '\t')
        ahead.at++;
    return peek(&ahead) == ':' && ahead.text[ahead.at + 1] != ':';
}

/* The last of several members with one name counts, at the place of the first. */
static void add_member(reader *r, GArray *members, bw_json_member member)
{
    for (guint i = 0; i < members->len; i++) {
        bw_json_member *other = &g_array_index(members, bw_json_member, i);

        if (strcmp(other->name, member.name) == 0) {
            bw_finding *f = bw_findings_add(r->unit->findings, BW_CODE_json_duplicate, member.place,
                                            "'%s' stands here a second time", member.name);
            bw_finding_note(f, other->place, "the first one, which has no effect");
            other->value = member.value;
            return;
        }
    }
    g_array_append_val(members, member);
}

/* `NAME: value`. */
static void pair(reader *r, uint32_t indentation, GArray *members)
{
    bw_json_member member = {0};
    const uint32_t begin = r->at;

    member.name = key(r);
    if (!member.name) {
        fail_here(r, "a key was expected here");
        return;
    }
    member.place = bw_source_place(r->source, begin, r->at);
    skip_blanks(r);
    if (peek(r) != ':') {
        fail_here(r, "':' was expected here");
        return;
    }
    r->at++;
    member.value = value(r, indentation);
    if (!r->failed)
        add_member(r, members, member);
}

/* Lines of `NAME: value` with one indentation, or pairs on one line. */
static const bw_json *block(reader *r)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(bw_json_member));
    const uint32_t begin = r->at;
    const uint32_t indentation = indentation_of(r, begin);
    const bool lines = begins_line(r, begin);
    uint32_t end = begin;

    while (!r->failed) {
        pair(r, indentation, members);
        end = r->at;
        skip_blanks(r);
        if (peek(r) == ',') {
            const uint32_t comma = r->at++;
            skip_blanks(r);
            if (!at_line_end(r) && at_key(r))
                continue;
            /* The comma may stand between elements of a list around, which is not ours. */
            skip_lines(r);
            if (lines && begins_line(r, r->at) && at_key(r) && indentation_of(r, r->at) == indentation)
                continue;
            r->at = comma;
            break;
        }
        if (!skip_lines(r) || !lines || r->at >= r->len || indentation_of(r, r->at) != indentation || !at_key(r))
            break;
    }
    const uint32_t after = r->at;
    if (!r->failed && members->len && lines && begins_line(r, after) && r->at < r->len &&
        indentation_of(r, after) > indentation)
        fail_here(r, "this line is indented further than the block that it stands in");
    r->at = end;
    const bw_json *json = make_list(r, BW_JSON_OBJECT, begin, members);
    g_array_free(members, TRUE);
    return json;
}

static const bw_json *lookup(reader *r);

/* `{ a: 1, b }`. */
static const bw_json *braces(reader *r)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(bw_json_member));
    const uint32_t begin = r->at++;

    while (!r->failed) {
        bool apart = skip_lines(r);
        if (peek(r) == ',' && members->len) {
            r->at++;
            apart = true;
            skip_lines(r);
        }
        if (peek(r) == '}' || r->failed)
            break;
        if (members->len && !apart)
            fail_here(r, "',' or '}' was expected here");
        else if (at_key(r)) {
            pair(r, indentation_of(r, r->at), members);
        } else {
            const uint32_t at = r->at;
            bw_json_member member = {.value = lookup(r)};
            if (!r->failed) {
                member.place = bw_source_place(r->source, at, r->at);
                member.name = bw_arena_strndup(&r->unit->arena, r->text + at, r->at - at);
                add_member(r, members, member);
            }
        }
    }
    r->at += !r->failed;
    const bw_json *json = make_list(r, BW_JSON_OBJECT, begin, members);
    g_array_free(members, TRUE);
    return json;
}

/* -------------------------------------------------------------------------------------------- values */

/* Elements up to a closing bracket, which is passed. Pointers of bw_json go to @p items. */
static void elements(reader *r, char close, GArray *items)
{
    bool first = true;

    while (!r->failed) {
        bool apart = skip_lines(r) || first;
        if (peek(r) == ',' && !first) {
            r->at++;
            apart = true;
            skip_lines(r);
        }
        if (peek(r) == close || r->failed)
            break;
        if (r->at >= r->len) {
            fail_here(r, close == ']' ? "the file ends inside a list" : "the file ends inside parentheses");
            break;
        }
        if (!apart) {
            fail_here(r, "',' or a new line was expected here");
            break;
        }
        const bw_json *item = at_key(r) ? block(r) : value(r, indentation_of(r, r->at));
        if (!r->failed)
            g_array_append_val(items, item);
        first = false;
    }
    r->at += !r->failed;
}

static const bw_json *list(reader *r)
{
    GArray *items = g_array_new(FALSE, FALSE, sizeof(bw_json *));
    const uint32_t begin = r->at++;

    elements(r, ']', items);
    const bw_json *json = make_list(r, BW_JSON_ARRAY, begin, items);
    g_array_free(items, TRUE);
    return json;
}

/* `.concat(a, b)` of a list: lists among the arguments are taken apart. */
static const bw_json *concat(reader *r, const bw_json *to)
{
    GArray *items = g_array_new(FALSE, FALSE, sizeof(bw_json *));
    GArray *arguments = g_array_new(FALSE, FALSE, sizeof(bw_json *));
    const uint32_t begin = to->source == r->source ? to->begin : r->at;

    if (to->kind != BW_JSON_ARRAY)
        fail_here(r, "only a list has .concat");
    else
        g_array_append_vals(items, to->items, to->count);
    elements(r, ')', arguments);
    for (guint i = 0; i < arguments->len; i++) {
        const bw_json *argument = g_array_index(arguments, const bw_json *, i);

        if (argument->kind == BW_JSON_ARRAY)
            g_array_append_vals(items, argument->items, argument->count);
        else
            g_array_append_val(items, argument);
    }
    const bw_json *json = make_list(r, BW_JSON_ARRAY, begin, items);
    g_array_free(items, TRUE);
    g_array_free(arguments, TRUE);
    return json;
}

static const bw_json *number(reader *r)
{
    const uint32_t begin = r->at;
    char *end;
    const double result = g_ascii_strtod(r->text + begin, &end);

    r->at = (uint32_t)(end - r->text);
    if (r->at == begin || is_word(peek(r))) {
        fail_here(r, "this is no number");
        return NULL;
    }
    bw_json *json = make(r, BW_JSON_NUMBER, begin);
    json->number = result;
    json->text = bw_arena_strndup(&r->unit->arena, r->text + begin, r->at - begin);
    json->len = r->at - begin;
    return json;
}

static const bw_json *constant(reader *r, const char *name, uint32_t begin)
{
    static const struct {
        const char *name;
        bw_json_kind kind;
    } constants[] = {
        {"true", BW_JSON_TRUE}, {"yes", BW_JSON_TRUE},  {"on", BW_JSON_TRUE},   {"false", BW_JSON_FALSE},
        {"no", BW_JSON_FALSE},  {"off", BW_JSON_FALSE}, {"null", BW_JSON_NULL}, {"undefined", BW_JSON_NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(constants); i++)
        if (strcmp(name, constants[i].name) == 0)
            return make(r, constants[i].kind, begin);
    return NULL;
}

static const bw_json *undefined_name(reader *r, const char *name, uint32_t begin)
{
    gpointer at;
    const bw_place place = bw_source_place(r->source, begin, r->at);

    if (!g_hash_table_lookup_extended(r->defined, name, NULL, &at)) {
        bw_findings_add(r->unit->findings, BW_CODE_balena_coffee_undefined, place,
                        "'%s' is defined nowhere in this file: the device type cannot be built", name);
    } else {
        bw_finding *f =
            bw_findings_add(r->unit->findings, BW_CODE_balena_coffee_undefined, place,
                            "'%s' is used before it is defined: it is undefined here, without a word", name);
        const uint32_t where = GPOINTER_TO_UINT(at);
        bw_finding_note(f, bw_source_place(r->source, where, where + (uint32_t)strlen(name)), "it is defined here");
        bw_finding_cure(f, "move the definition of %s in front of its first use", name);
    }
    return make(r, BW_JSON_NULL, begin);
}

static const bw_json *shared(reader *r, const char *path, uint32_t begin)
{
    const bw_json *found = bw_coffee_common(path, r->common, &r->unit->arena);

    if (found) {
        bw_json *here = bw_arena_dup(&r->unit->arena, found, sizeof *found);
        bw_json_locate(here, bw_source_place(r->source, begin, r->at));
        return here;
    }
    bw_findings_add(r->unit->findings, BW_CODE_balena_coffee_undefined, bw_source_place(r->source, begin, r->at),
                    "there is no %s in " COMMON_MODULE ": it is undefined", path);
    return make(r, BW_JSON_NULL, begin);
}

/* NAME(.member)*, up to a .concat. */
static const bw_json *lookup(reader *r)
{
    const uint32_t begin = r->at;
    const char *name = word(r);

    if (!name) {
        fail_here(r, "a value was expected here");
        return NULL;
    }
    const bw_json *json = constant(r, name, begin);
    if (json)
        return json;
    const binding *bound = g_hash_table_lookup(r->names, name);
    if (!bound)
        return undefined_name(r, name, begin);
    json = bound->value;
    const char *path = bound->path;
    while (peek(r) == '.' && is_word_start(r->text[r->at + 1]) && strncmp(r->text + r->at, ".concat(", 8) != 0) {
        r->at++;
        const char *member = word(r);
        if (path) {
            path = *path ? bw_arena_join(&r->unit->arena, path, ".", member) : member;
        } else {
            const bw_json *found = bw_json_get(json, member);
            if (!found) {
                bw_findings_add(r->unit->findings, BW_CODE_balena_coffee_undefined,
                                bw_source_place(r->source, begin, r->at), "there is no '%s' in it: it is undefined",
                                member);
                found = make(r, BW_JSON_NULL, begin);
            }
            json = found;
        }
    }
    return path ? shared(r, path, begin) : json;
}

static const bw_json *primary(reader *r)
{
    const uint32_t begin = r->at;
    const char c = peek(r);

    if (c == '\'' || c == '"') {
        uint32_t len = 0;
        const char *text = string(r, &len);
        if (!text)
            return NULL;
        bw_json *json = make(r, BW_JSON_STRING, begin);
        json->text = text;
        json->len = len;
        return json;
    }
    if (c == '[')
        return list(r);
    if (c == '{')
        return braces(r);
    if (g_ascii_isdigit(c) || (c == '-' && g_ascii_isdigit(r->text[r->at + 1])))
        return number(r);
    return lookup(r);
}

/* Whether `.concat(` follows, maybe on a later line; then goes there. */
static bool at_concat(reader *r)
{
    const uint32_t at = r->at;

    skip_lines(r);
    if (!r->failed && strncmp(r->text + r->at, ".concat(", 8) == 0) {
        r->at += 8;
        return true;
    }
    r->at = at;
    return false;
}

/* A value that begins on this line, or a block of lines that are indented further than @p indentation. */
static const bw_json *value(reader *r, uint32_t indentation)
{
    const bw_json *json;

    if (r->failed)
        return NULL;
    if (++r->depth > DEPTH_MAX) {
        fail_here(r, "values are nested more than 64 deep");
        return NULL;
    }
    const bool below = skip_lines(r);
    if (r->at >= r->len || (below && indentation_of(r, r->at) <= indentation)) {
        fail_here(r, "a value was expected here");
        json = NULL;
    } else if (below && at_key(r)) {
        json = block(r);
    } else {
        json = primary(r);
        while (!r->failed && at_concat(r))
            json = concat(r, json);
    }
    r->depth--;
    return r->failed ? NULL : json;
}

/* ---------------------------------------------------------------------------------------- statements */

static void bind(reader *r, const char *name, const bw_json *json, const char *path)
{
    binding *bound = bw_arena_new(&r->unit->arena, binding);

    *bound = (binding){.value = json, .path = path};
    g_hash_table_insert(r->names, (gpointer)(uintptr_t)name, bound);
}

/* `require 'MODULE'`. @return whether it is one; another module than the package's is beyond us. */
static bool require(reader *r)
{
    reader ahead = *r;
    const char *name = word(&ahead);

    if (!name || strcmp(name, "require") != 0)
        return false;
    skip_blanks(&ahead);
    const bool parentheses = peek(&ahead) == '(';
    if (parentheses) {
        ahead.at++;
        skip_blanks(&ahead);
    }
    if (peek(&ahead) != '\'' && peek(&ahead) != '"')
        return false;
    const uint32_t begin = ahead.at;
    const char *module = string(&ahead, NULL);
    r->at = ahead.at;
    r->failed |= ahead.failed;
    if (module && strcmp(module, COMMON_MODULE) != 0)
        fail(r, begin, r->at, "only " COMMON_MODULE " can be required by a device type that is to be read");
    if (parentheses) {
        skip_blanks(r);
        if (peek(r) == ')')
            r->at++;
        else
            fail_here(r, "')' was expected here");
    }
    return true;
}

/* What stands behind '=': the package, a part of it, or a value. */
static void assigned(reader *r, binding *to)
{
    skip_blanks(r);
    if (require(r)) {
        to->path = "";
        return;
    }
    /* A name of the package as a whole has no value to speak of. */
    reader ahead = *r;
    const char *name = word(&ahead);
    const binding *bound = name ? g_hash_table_lookup(r->names, name) : NULL;
    skip_blanks(&ahead);
    if (bound && bound->path && at_line_end(&ahead)) {
        r->at = ahead.at;
        *to = *bound;
        return;
    }
    to->value = value(r, 0);
}

/* `{ a, b } = NAME`. */
static void destructure(reader *r)
{
    GPtrArray *names = g_ptr_array_new();
    binding from = {0};

    r->at++;
    while (!r->failed) {
        skip_lines(r);
        if (peek(r) == ',')
            r->at++;
        skip_lines(r);
        if (peek(r) == '}')
            break;
        const char *name = word(r);
        if (name)
            g_ptr_array_add(names, (gpointer)(uintptr_t)name);
        else
            fail_here(r, "a name or '}' was expected here");
    }
    r->at += !r->failed;
    skip_blanks(r);
    if (peek(r) == '=' && !r->failed) {
        r->at++;
        assigned(r, &from);
    } else {
        fail_here(r, "'=' was expected here");
    }
    for (guint i = 0; i < names->len && !r->failed; i++) {
        const char *name = names->pdata[i];

        if (from.path)
            bind(r, name, NULL, *from.path ? bw_arena_join(&r->unit->arena, from.path, ".", name) : name);
        else
            bind(r, name, bw_json_get(from.value, name), NULL);
    }
    g_ptr_array_free(names, TRUE);
}

/* @return the value of `module.exports = …`, else NULL. */
static const bw_json *statement(reader *r)
{
    const uint32_t begin = r->at;
    binding bound = {0};

    if (peek(r) == '{') {
        destructure(r);
        return NULL;
    }
    const char *name = word(r);
    if (!name) {
        fail_here(r, "a name was expected here");
        return NULL;
    }
    const bool exports = strcmp(name, "module") == 0 && strncmp(r->text + r->at, ".exports", 8) == 0;
    if (exports)
        r->at += 8;
    skip_blanks(r);
    if (peek(r) != '=' || r->text[r->at + 1] == '=') {
        fail(r, begin, r->at, "only assignments can stand in the first column of a device type that is to be read");
        return NULL;
    }
    r->at++;
    if (exports)
        return value(r, 0);
    assigned(r, &bound);
    if (!r->failed)
        bind(r, name, bound.value, bound.path);
    return NULL;
}

/* Every `NAME =` in column 0: a name that is used before is known to come. */
static void find_definitions(reader *r)
{
    for (uint32_t at = 0; at < r->len; at++) {
        if (at && r->text[at - 1] != '\n')
            continue;
        reader ahead = *r;
        ahead.at = at;
        if (!is_word_start(peek(&ahead)))
            continue;
        while (is_word(peek(&ahead)))
            ahead.at++;
        char *name = g_strndup(r->text + at, ahead.at - at);
        while (peek(&ahead) == ' ' || peek(&ahead) == '\t')
            ahead.at++;
        if (peek(&ahead) == '=' && !g_hash_table_contains(r->defined, name))
            g_hash_table_insert(r->defined, name, GUINT_TO_POINTER(at));
        else
            g_free(name);
    }
}

static const bw_json *read_all(reader *r)
{
    const bw_json *exports = NULL;

    if (g_str_has_prefix(r->text, "\xef\xbb\xbf"))
        r->at = 3;
    find_definitions(r);
    while (!r->failed) {
        skip_lines(r);
        if (r->failed || r->at >= r->len)
            break;
        if (indentation_of(r, r->at) > 0) {
            fail_here(r, "this line is indented, but no block is open");
            break;
        }
        const bw_json *found = statement(r);
        skip_blanks(r);
        if (!r->failed && !at_line_end(r))
            fail_here(r, "the line should end here: what follows is not read");
        exports = found ? found : exports;
    }
    if (!r->failed && (!exports || exports->kind != BW_JSON_OBJECT))
        fail(r, 0, 0, "there is no module.exports with keys in this file");
    return r->failed ? NULL : exports;
}

const bw_json *bw_coffee_read(bw_unit *unit, const char *path, const bw_json *common)
{
    int error_number = 0;
    bw_source *source = bw_source_open(unit->ctx->sources, path, &error_number);

    if (!source) {
        bw_findings_add(unit->findings, BW_CODE_file_unreadable, bw_file_place(path), "cannot be read: %s",
                        g_strerror(error_number));
        return NULL;
    }
    reader r = {.unit = unit, .source = source, .text = source->text, .len = source->len, .common = common};
    if (memchr(source->text, '\0', source->len)) {
        fail(&r, 0, 0, "this is no text: it holds NUL bytes");
        return NULL;
    }
    r.names = g_hash_table_new(g_str_hash, g_str_equal);
    r.defined = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const bw_json *exports = read_all(&r);
    g_hash_table_unref(r.names);
    g_hash_table_unref(r.defined);
    return exports;
}
