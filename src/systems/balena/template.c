/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/template.h"

#include <string.h>

#define NESTING_MAX 8

typedef struct filler {
    GHashTable *values;
    GString *out;
    bool kept[NESTING_MAX + 1]; /* whether lines at this depth are kept; 0: outside of all */
    bool taken[NESTING_MAX + 1];
    int depth;
    const char *problem;
} filler;

static const char *value_of(filler *f, const char *name, size_t len)
{
    char *key = g_strndup(name, len);
    const char *value = g_hash_table_lookup(f->values, key);

    if (!value && !f->problem)
        f->problem = g_intern_string(key);
    g_free(key);
    return value ? value : "";
}

static void begin(filler *f, const char *name, size_t len)
{
    bool wanted_empty = len && *name == '!';
    const char *value = value_of(f, name + (wanted_empty ? 1 : 0), len - (wanted_empty ? 1 : 0));

    if (f->depth == NESTING_MAX) {
        f->problem = "too many @if";
        return;
    }
    f->depth++;
    f->taken[f->depth] = (*value == '\0') == wanted_empty;
    f->kept[f->depth] = f->kept[f->depth - 1] && f->taken[f->depth];
}

/* @return whether the line is one of the template's own. */
static bool directive(filler *f, const char *line, size_t len)
{
    if (len > 4 && memcmp(line, "@if ", 4) == 0) {
        begin(f, line + 4, len - 4);
        return true;
    }
    bool is_else = len == 5 && memcmp(line, "@else", 5) == 0;
    if (!is_else && !(len == 4 && memcmp(line, "@end", 4) == 0))
        return false;
    if (f->depth == 0)
        f->problem = "@end without @if";
    else if (is_else)
        f->kept[f->depth] = f->kept[f->depth - 1] && !f->taken[f->depth];
    else
        f->depth--;
    return true;
}

static void fill_line(filler *f, const char *line, size_t len)
{
    const char *end = line + len;

    while (line < end) {
        const char *at = memchr(line, '@', (size_t)(end - line));
        const char *close = at && at + 1 < end ? memchr(at + 1, '@', (size_t)(end - at - 1)) : NULL;

        if (!close)
            break;
        g_string_append_len(f->out, line, at - line);
        if (close == at + 1)
            g_string_append_c(f->out, '@');
        else
            g_string_append(f->out, value_of(f, at + 1, (size_t)(close - at - 1)));
        line = close + 1;
    }
    g_string_append_len(f->out, line, end - line);
}

GString *bw_template_fill(const char *text, GHashTable *values, const char **problem)
{
    filler f = {.values = values, .out = g_string_new(NULL), .kept = {true}};

    while (*text && !f.problem) {
        size_t len = strcspn(text, "\n");
        bool ended = text[len] == '\n';

        if (!directive(&f, text, len) && f.kept[f.depth]) {
            bool all = len > 2 && *text == '@' && memchr(text + 1, '@', len - 1) == text + len - 1;

            fill_line(&f, text, len);
            if (ended && !(all && (f.out->len == 0 || f.out->str[f.out->len - 1] == '\n')))
                g_string_append_c(f.out, '\n');
        }
        text += len + ended;
    }
    if (!f.problem && f.depth)
        f.problem = "@if without @end";
    *problem = f.problem;
    if (!f.problem)
        return f.out;
    g_string_free(f.out, TRUE);
    return NULL;
}
