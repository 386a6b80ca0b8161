/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The patterns of run_once: which targets share a command of west flash. They are Python's regular expressions,
 * compared with CONFIG_BOARD_TARGET: board[@revision]/qualifiers.
 * Source: Zephyr 4.1, scripts/west_commands/run_common.py.
 */
#include "systems/zephyr/checks.h"

#include <string.h>

typedef struct checker {
    const bw_zephyr *z;
    bw_arena *arena;
    bw_findings *findings;
} checker;

static bool matches_target(GRegex *regex, const bw_zephyr_target *t, bw_arena *arena)
{
    const bw_yml_board *yml = t->board->yml;

    if (g_regex_match(regex, t->name, (GRegexMatchFlags)0, NULL))
        return true;
    for (uint32_t i = 0; i < yml->revision_count; i++)
        if (g_regex_match(regex, bw_arena_printf(arena, "%s@%s/%s", yml->name, yml->revisions[i].name, t->qualifiers),
                          (GRegexMatchFlags)0, NULL))
            return true;
    /* Revisions that a script makes. */
    return yml->revision_format && strcmp(yml->revision_format, "custom") == 0;
}

static bool matches_some(const checker *c, GRegex *regex)
{
    for (uint32_t b = 0; b < c->z->board_count; b++)
        for (uint32_t i = 0; i < c->z->boards[b]->target_count; i++)
            if (matches_target(regex, c->z->boards[b]->targets[i], c->arena))
                return true;
    return false;
}

/* Whether a board has one of the SoCs that the first part of a pattern names. */
static bool has_board(const checker *c, const char *pattern)
{
    char *first = g_strdup_printf("^(?:%.*s)$", (int)strcspn(pattern, "/"), pattern);
    GRegex *regex = g_regex_new(first, (GRegexCompileFlags)0, (GRegexMatchFlags)0, NULL);
    bool found = false;

    for (uint32_t b = 0; regex && b < c->z->board_count && !found; b++)
        for (uint32_t i = 0; i < c->z->boards[b]->yml->soc_count && !found; i++)
            found = g_regex_match(regex, c->z->boards[b]->yml->socs[i].name, (GRegexMatchFlags)0, NULL);
    if (regex)
        g_regex_unref(regex);
    g_free(first);
    return found;
}

static void check_pattern(checker *c, const bw_yaml *pattern, bool of_soc)
{
    /* A SoC that no board of the tree has may be on one elsewhere. */
    if (of_soc && !has_board(c, pattern->text))
        return;
    char *text = g_strdup_printf(of_soc ? "^[^/]+/%s$" : "^%s$", pattern->text);
    GError *error = NULL;
    GRegex *regex = g_regex_new(text, (GRegexCompileFlags)0, (GRegexMatchFlags)0, &error);

    if (!regex)
        bw_findings_add(c->findings, BW_CODE_wrong_value, bw_yaml_place(pattern), "'%s' is no regular expression: %s",
                        pattern->text, error->message);
    else if (!matches_some(c, regex))
        bw_findings_add(c->findings, BW_CODE_zephyr_runner_target, bw_yaml_place(pattern), "%s matches no target%s",
                        pattern->text, of_soc ? " of the SoC" : "");
    g_clear_error(&error);
    if (regex)
        g_regex_unref(regex);
    g_free(text);
}

static void check_file(checker *c, const bw_yaml *runners, bool of_soc)
{
    const bw_yaml *run_once = bw_yaml_get(runners, "run_once");

    for (uint32_t k = 0; run_once && k < run_once->count; k++) {
        const bw_yaml *rules = run_once->entries[k].value;

        for (uint32_t i = 0; i < rules->count; i++) {
            const bw_yaml *groups = bw_yaml_get(rules->items[i], "groups");

            for (uint32_t g = 0; groups && g < groups->count; g++) {
                const bw_yaml *patterns = bw_yaml_get(groups->items[g], of_soc ? "qualifiers" : "boards");

                for (uint32_t p = 0; patterns && p < patterns->count; p++)
                    check_pattern(c, patterns->items[p], of_soc);
            }
        }
    }
}

/* Said by who read the file first. */
static const bw_yaml *runners_of(const bw_zephyr *z, bw_source *source, bw_arena *arena)
{
    bw_findings unheard;

    if (!strstr(source->text, "run_once"))
        return NULL;
    bw_findings_init(&unheard, z->ctx);
    const bw_yaml *root = bw_yaml_read(source, arena, &unheard);
    bw_findings_free(&unheard);
    return bw_yaml_get(root, "runners");
}

void bw_zephyr_check_runners(const bw_zephyr *z, bw_arena *arena, bw_findings *findings)
{
    checker c = {z, arena, findings};
    GHashTable *seen = g_hash_table_new(NULL, NULL);

    for (uint32_t i = 0; !z->failed && i < z->file_count; i++)
        check_file(&c, runners_of(z, z->files[i]->source, arena), false);
    for (uint32_t i = 0; !z->failed && i < z->soc_count; i++)
        if (g_hash_table_add(seen, z->socs[i]->at->source))
            check_file(&c, runners_of(z, z->socs[i]->at->source, arena), true);
    g_hash_table_destroy(seen);
}
