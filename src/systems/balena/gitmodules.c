/* SPDX-License-Identifier: Apache-2.0 */
/* .gitmodules is a configuration file of git's: sections, `key = value`, values with quotes, escapes and comments. */
#include "systems/balena/git.h"

#include <errno.h>
#include <string.h>

typedef struct reader {
    bw_unit *unit;
    bw_source *source;
    GArray *modules; /* of bw_gitmodule */
    bool inside;     /* a section of a submodule is open */
} reader;

static void complain(reader *r, uint32_t begin, uint32_t end, const char *text)
{
    bw_findings_add(r->unit->findings, BW_CODE_balena_gitmodules, bw_source_place(r->source, begin, end), "%s", text);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The end of the line that a byte is in. */
static uint32_t line_end(const bw_source *s, uint32_t at)
{
    while (at < s->len && s->text[at] != '\n')
        at++;
    return at;
}

/* `[submodule "NAME"]` from its '['. */
static void head(reader *r, uint32_t at, uint32_t end)
{
    const char *text = r->source->text;
    const char *word = "[submodule";
    uint32_t begin = at;

    r->inside = false;
    if (end - at < strlen(word) || g_ascii_strncasecmp(text + at, word, strlen(word)) != 0) {
        if (!memchr(text + at, ']', end - at))
            complain(r, at, end, "this section's head has no ']'");
        return;
    }
    for (at += (uint32_t)strlen(word); at < end && is_blank(text[at]); at++)
        ;
    GString *name = g_string_new(NULL);
    bool closed = at < end && text[at] == '"';
    if (closed) {
        for (at++; at < end && text[at] != '"'; at++) {
            if (text[at] == '\\' && at + 1 < end)
                at++;
            g_string_append_c(name, text[at]);
        }
        closed = at + 1 < end && text[at + 1] == ']';
    }
    if (closed) {
        const bw_gitmodule module = {.name = bw_arena_strdup(&r->unit->arena, name->str),
                                     .place = bw_source_place(r->source, begin, at + 2)};
        g_array_append_val(r->modules, module);
        r->inside = true;
    } else {
        complain(r, begin, end, "this section's head is not of the form [submodule \"NAME\"]");
    }
    g_string_free(name, TRUE);
}

typedef struct scalar {
    const char *text;
    uint32_t begin, end; /* bytes of what is written */
    uint32_t next;       /* where its last line ends */
    bool broken;
} scalar;

/* A value from behind '=' to its end: blanks around it do not count unless quoted, `\` at a line's end goes on. */
static scalar read_value(reader *r, uint32_t at)
{
    const bw_source *s = r->source;
    GString *text = g_string_new(NULL);
    scalar result = {0};
    bool quoted = false;
    gsize kept = 0; /* bytes that trailing blanks cannot take back */

    while (at < s->len && is_blank(s->text[at]))
        at++;
    result.begin = result.end = at;
    for (; at < s->len && s->text[at] != '\n'; at++) {
        const char c = s->text[at];
        if (!quoted && (c == '#' || c == ';'))
            break;
        if (c == '"') {
            quoted = !quoted;
            kept = text->len;
        } else if (c == '\\' && at + 1 < s->len) {
            const char e = s->text[++at];
            const char *escape = strchr("n\nt\tb\b", e);
            if (e == '\n')
                continue;
            g_string_append_c(text, escape && e >= 'b' ? escape[1] : e);
            kept = text->len;
        } else {
            g_string_append_c(text, c);
            if (quoted || !is_blank(c))
                kept = text->len;
        }
        if (quoted || !is_blank(c))
            result.end = at + 1;
    }
    g_string_truncate(text, kept);
    result.text = bw_arena_strdup(&r->unit->arena, text->str);
    result.broken = quoted;
    result.next = line_end(s, at);
    g_string_free(text, TRUE);
    return result;
}

/* `key = value`. @return where its last line ends. */
static uint32_t key(reader *r, uint32_t at, uint32_t end)
{
    const bw_source *s = r->source;
    const uint32_t begin = at;

    while (at < end && (g_ascii_isalnum(s->text[at]) || s->text[at] == '-'))
        at++;
    const uint32_t len = at - begin;
    while (at < end && is_blank(s->text[at]))
        at++;
    if (!len || (at < end && s->text[at] != '=' && s->text[at] != '#' && s->text[at] != ';')) {
        complain(r, begin, end, "this line is no `key = value`");
        return end;
    }
    if (at >= end || s->text[at] != '=')
        return end;
    const scalar value = read_value(r, at + 1);
    if (value.broken)
        complain(r, value.begin, value.end, "this value has no closing quote");
    if (!r->inside || value.broken)
        return value.next;
    bw_gitmodule *module = &g_array_index(r->modules, bw_gitmodule, r->modules->len - 1);
    const bw_place place = bw_source_place(r->source, value.begin, value.end);
    if (len == 4 && g_ascii_strncasecmp(s->text + begin, "path", 4) == 0) {
        module->path = value.text;
        module->path_place = place;
    } else if (len == 3 && g_ascii_strncasecmp(s->text + begin, "url", 3) == 0) {
        module->url = value.text;
        module->url_place = place;
    } else if (len == 6 && g_ascii_strncasecmp(s->text + begin, "branch", 6) == 0) {
        module->branch = value.text;
        module->branch_place = place;
    }
    return value.next;
}

bw_gitmodules bw_gitmodules_read(bw_unit *unit, const char *folder)
{
    bw_gitmodules result = {0};
    char *path = g_build_filename(folder, ".gitmodules", NULL);
    int error_number = 0;

    result.source = bw_source_open(unit->ctx->sources, path, &error_number);
    if (!result.source && error_number != ENOENT)
        bw_findings_add(unit->findings, BW_CODE_file_unreadable, bw_file_place(bw_arena_strdup(&unit->arena, path)),
                        "cannot be read: %s", g_strerror(error_number));
    g_free(path);
    if (!result.source)
        return result;

    reader r = {.unit = unit, .source = result.source, .modules = g_array_new(FALSE, TRUE, sizeof(bw_gitmodule))};
    for (uint32_t at = 0; at < r.source->len;) {
        uint32_t end = line_end(r.source, at);
        uint32_t first = at;

        while (first < end && is_blank(r.source->text[first]))
            first++;
        const char c = first < end ? r.source->text[first] : '#';
        if (c == '[')
            head(&r, first, end);
        else if (c != '#' && c != ';')
            end = key(&r, first, end);
        at = end + 1;
    }
    result.count = r.modules->len;
    result.items = bw_arena_dup(&unit->arena, r.modules->data, sizeof(bw_gitmodule) * r.modules->len);
    g_array_free(r.modules, TRUE);
    return result;
}
