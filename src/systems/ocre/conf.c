/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/conf.h"

#include <string.h>

bw_ocre_conf *bw_ocre_conf_new(bw_arena *arena)
{
    bw_ocre_conf *conf = bw_arena_new(arena, bw_ocre_conf);

    conf->arena = arena;
    conf->first = NULL;
    return conf;
}

void bw_ocre_conf_set(bw_ocre_conf *conf, const char *name, const char *value, bw_place place, bw_ocre_setter setter)
{
    bw_ocre_symbol *symbol = bw_arena_new(conf->arena, bw_ocre_symbol);

    *symbol = (bw_ocre_symbol){.next = conf->first, .name = name, .value = value, .place = place, .setter = setter};
    conf->first = symbol;
}

/* A text without its quotes; "# CONFIG_… is not set" is n. */
static const char *value_of(const bw_source *source, bw_kconfig_span span, bw_arena *arena)
{
    const char *text = source->text + span.begin;
    uint32_t len = span.end - span.begin;

    if (len == 0)
        return "n";
    if (len >= 2 && text[0] == '"' && text[len - 1] == '"')
        return bw_arena_strndup(arena, text + 1, len - 2);
    return bw_arena_strndup(arena, text, len);
}

bool bw_ocre_conf_read(bw_ocre_conf *conf, bw_context *ctx, const char *path, bw_ocre_setter setter,
                       bw_findings *findings)
{
    int error_number;
    bw_source *source = bw_source_open(ctx->sources, path, &error_number);

    if (!source) {
        bw_findings_add(findings, BW_CODE_file_unreadable, bw_file_place(path), "the file cannot be read: %s",
                        g_strerror(error_number));
        return false;
    }
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(bw_kconfig_assignment));
    bw_kconfig_read_assignments(source, lines, findings);
    for (guint i = 0; i < lines->len; i++) {
        const bw_kconfig_assignment *a = &g_array_index(lines, bw_kconfig_assignment, i);

        bw_ocre_conf_set(conf, bw_arena_strndup(conf->arena, source->text + a->name.begin, a->name.end - a->name.begin),
                         value_of(source, a->value, conf->arena),
                         bw_source_place(source, a->name.begin - (uint32_t)strlen("CONFIG_"),
                                         a->value.end ? a->value.end : a->name.end),
                         setter);
    }
    g_array_free(lines, TRUE);
    return true;
}

/* ---- defaults ---- */

typedef struct asker {
    const bw_ocre_conf *conf;
    const char *board;
} asker;

static bw_kconfig_truth is_set(void *data, const char *symbol, size_t len)
{
    static const char prefix[] = "BOARD_";
    const asker *a = data;
    const size_t board_len = strlen(a->board);

    /* The bare symbol of the board is set, and those of its targets may be. */
    if (len > strlen(prefix) && memcmp(symbol, prefix, strlen(prefix)) == 0) {
        if (len < board_len || memcmp(symbol, a->board, board_len) != 0)
            return BW_KCONFIG_NO;
        return len == board_len ? BW_KCONFIG_YES : BW_KCONFIG_UNKNOWN;
    }
    for (const bw_ocre_symbol *s = a->conf->first; s; s = s->next)
        if (strlen(s->name) == len && memcmp(s->name, symbol, len) == 0)
            return strcmp(s->value, "y") == 0   ? BW_KCONFIG_YES
                   : strcmp(s->value, "n") == 0 ? BW_KCONFIG_NO
                                                : BW_KCONFIG_UNKNOWN;
    return BW_KCONFIG_UNKNOWN;
}

void bw_ocre_conf_read_defaults(bw_ocre_conf *conf, bw_context *ctx, const char *path, const char *board)
{
    int error_number;
    bw_source *source = bw_source_open(ctx->sources, path, &error_number);
    asker a = {conf, board};
    bw_findings unheard;

    if (!source)
        return;
    bw_findings_init(&unheard, ctx);
    const bw_kconfig *k = bw_kconfig_read(source, conf->arena, &unheard);
    bw_findings_free(&unheard);
    for (uint32_t i = 0; i < k->count; i++) {
        const bw_kconfig_line *line = &k->lines[i];

        if (line->word != BW_KCONFIG_DEFAULT || line->entry < 0 || k->lines[line->entry].word > BW_KCONFIG_DEFAULTS)
            continue;
        const char *name = bw_kconfig_text(k, k->lines[line->entry].what, conf->arena);
        if (bw_ocre_conf_get(conf, name) || bw_kconfig_counts(k, i, is_set, &a) == BW_KCONFIG_NO)
            continue;
        bw_ocre_conf_set(conf, name, value_of(source, line->what, conf->arena), bw_kconfig_place(k, line->what),
                         BW_OCRE_BY_DEFAULT);
    }
}

/* ---- asking ---- */

const bw_ocre_symbol *bw_ocre_conf_get(const bw_ocre_conf *conf, const char *name)
{
    for (const bw_ocre_symbol *s = conf ? conf->first : NULL; s; s = s->next)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

bool bw_ocre_conf_is(const bw_ocre_conf *conf, const char *name)
{
    const bw_ocre_symbol *s = bw_ocre_conf_get(conf, name);

    return s && strcmp(s->value, "y") == 0;
}

bool bw_ocre_conf_is_not(const bw_ocre_conf *conf, const char *name)
{
    const bw_ocre_symbol *s = bw_ocre_conf_get(conf, name);

    return s && strcmp(s->value, "n") == 0;
}

bool bw_ocre_conf_number(const bw_ocre_conf *conf, const char *name, uint64_t *value)
{
    const bw_ocre_symbol *s = bw_ocre_conf_get(conf, name);
    const bool hex = s && (g_str_has_prefix(s->value, "0x") || g_str_has_prefix(s->value, "0X"));

    return s && g_ascii_string_to_unsigned(hex ? s->value + 2 : s->value, hex ? 16 : 10, 0, G_MAXUINT64, value, NULL);
}
