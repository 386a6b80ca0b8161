/* SPDX-License-Identifier: Apache-2.0 */
#include "json/pointer.h"

#include <glib.h>

/* Decodes one token. @return false for a ~ that escapes nothing. */
static bool decode(const char *text, size_t len, GString *out, bool *escaped)
{
    g_string_truncate(out, 0);
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '~') {
            g_string_append_c(out, text[i]);
            continue;
        }
        if (i + 1 >= len || (text[i + 1] != '0' && text[i + 1] != '1'))
            return false;
        g_string_append_c(out, text[++i] == '0' ? '~' : '/');
        *escaped = true;
    }
    return true;
}

const char *bw_pointer_parse(const char *text, bw_arena *arena, bw_pointer *pointer)
{
    uint32_t count = 0;

    *pointer = (bw_pointer){.text = text};
    if (*text && *text != '/')
        return "it has to begin with '/'";
    for (const char *p = text; *p; p++)
        count += *p == '/';
    const char **tokens = bw_arena_array(arena, const char *, count + 1);
    GString *token = g_string_new(NULL);
    const char *why = NULL;
    for (const char *p = text; *p && !why;) {
        const char *begin = ++p; /* behind the slash */

        p += strcspn(p, "/");
        if (decode(begin, (size_t)(p - begin), token, &pointer->escaped))
            tokens[pointer->count++] = bw_arena_strndup(arena, token->str, token->len);
        else
            why = "in it '~' is written ~0 and '/' is written ~1; any other '~' is an error";
    }
    g_string_free(token, TRUE);
    pointer->tokens = tokens;
    return why;
}

bool bw_pointer_index(const char *token, uint32_t *index)
{
    uint64_t value = 0;

    if (!*token || (token[0] == '0' && token[1]) || strlen(token) > 10)
        return false;
    for (; *token; token++) {
        if (!g_ascii_isdigit(*token))
            return false;
        value = value * 10 + (uint64_t)(*token - '0');
    }
    if (value >= UINT32_MAX)
        return false;
    *index = (uint32_t)value;
    return true;
}

const char *bw_pointer_lead(const bw_pointer *pointer, uint32_t count, bw_arena *arena)
{
    const char *end = pointer->text;

    for (uint32_t i = 0; i < count; i++)
        end += 1 + strcspn(end + 1, "/");
    return bw_arena_strndup(arena, pointer->text, (size_t)(end - pointer->text));
}
