/* SPDX-License-Identifier: Apache-2.0 */
/* The snippets of a tree: for which boards they say to be. */
#include "systems/zephyr/checks.h"
#include "systems/zephyr/snippet.h"

#include <string.h>

typedef struct checker {
    const bw_zephyr *z;
    GPtrArray *targets; /* their names, NULL-terminated */
    bw_findings *findings;
} checker;

static bool matches_some(const checker *c, const char *pattern)
{
    for (guint i = 0; c->targets->pdata[i]; i++)
        if (bw_zephyr_pattern_matches(pattern, c->targets->pdata[i]))
            return true;
    return false;
}

/* "/a|b/", but not "/(a|b)/" nor "/[|]/". */
static bool has_alternation_at_top(const char *pattern)
{
    int depth = 0;
    bool in_class = false;

    for (const char *p = pattern; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (in_class)
            in_class = *p != ']';
        else if (*p == '[')
            in_class = true;
        else if (*p == '(' || *p == ')')
            depth += *p == '(' ? 1 : -1;
        else if (*p == '|' && depth == 0)
            return true;
    }
    return false;
}

static void check_text(checker *c, const bw_yaml *pattern)
{
    const bw_zephyr_board *board = bw_zephyr_board_called(c->z, pattern->text);

    if (matches_some(c, pattern->text))
        return;
    const char *near = bw_nearest(pattern->text, (const char *const *)c->targets->pdata);
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_snippet_pattern, bw_yaml_place(pattern),
                                    board ? "%s is compared with whole targets, and a target has its qualifiers"
                                          : "there is no target %s",
                                    pattern->text);
    if (board && board->target_count == 1)
        bw_finding_cure(f, "write '%s'", board->targets[0]->name);
    else if (board)
        bw_finding_cure(f, "write one of its %u targets, or '/%s\\/.*/'", (unsigned)board->target_count, board->name);
    else if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
}

static void check_expression(checker *c, const bw_yaml *pattern)
{
    if (has_alternation_at_top(pattern->text)) {
        char *inner = g_strndup(pattern->text + 1, strlen(pattern->text) - 2);
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_snippet_pattern, bw_yaml_place(pattern),
                                        "of the alternatives only the first is compared from the begin of a target, "
                                        "and only the last to its end");
        bw_finding_cure(f, "write '/(%s)/'", inner);
        g_free(inner);
    } else if (!matches_some(c, pattern->text)) {
        bw_findings_add(c->findings, BW_CODE_zephyr_snippet_pattern, bw_yaml_place(pattern), "%s matches no target",
                        pattern->text);
    }
}

static void check_pattern(checker *c, const bw_yaml *pattern)
{
    size_t len = pattern->len;

    if (pattern->text[0] != '/')
        check_text(c, pattern);
    else if (len > 1 && pattern->text[len - 1] == '/')
        check_expression(c, pattern);
}

void bw_zephyr_check_snippets(const bw_zephyr *z, const char *const *roots, bw_arena *arena, bw_findings *findings)
{
    const bw_zephyr_snippets snippets = bw_zephyr_snippets_load(z->ctx, roots, arena, findings);
    checker c = {z, g_ptr_array_new(), findings};

    for (uint32_t b = 0; b < z->board_count; b++)
        for (uint32_t i = 0; i < z->boards[b]->target_count; i++)
            g_ptr_array_add(c.targets, (gpointer)(uintptr_t)z->boards[b]->targets[i]->name);
    g_ptr_array_add(c.targets, NULL);
    /* Which targets there would be without the errors in the metadata, nobody knows. */
    for (uint32_t i = 0; !z->failed && i < snippets.count; i++) {
        const bw_yaml *before = NULL;

        for (uint32_t a = 0; a < snippets.items[i].count; a++) {
            const bw_yaml *pattern = snippets.items[i].appends[a].pattern;

            if (pattern && pattern != before)
                check_pattern(&c, pattern);
            before = pattern;
        }
    }
    g_ptr_array_free(c.targets, TRUE);
}
