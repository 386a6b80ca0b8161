/* SPDX-License-Identifier: Apache-2.0 */
/* Revisions as board_check_revision() of Zephyr's cmake/modules/extensions.cmake treats them, quirks included. */
#include "systems/zephyr/name.h"

#include <stdlib.h>
#include <string.h>

static bool matches(const char *pattern, const char *text)
{
    return g_regex_match_simple(pattern, text, (GRegexCompileFlags)0, (GRegexMatchFlags)0);
}

/* In CMake "\." in quotes is a dot, and a dot matches anything: 1x5x0 is a revision. */
#define PART "(.[0-9]+)"
#define FIRST "(0|[1-9][0-9]*)"

static bool is_spelled(const char *format, const char *revision)
{
    if (strcmp(format, "letter") == 0)
        return matches("^[A-Z]\\z", revision);
    if (strcmp(format, "number") == 0)
        return matches("^[0-9]+\\z", revision);
    return matches("^" FIRST PART PART "\\z", revision);
}

/* "1" is 1.0.0, "1.5" is 1.5.0. The pattern is not anchored, so that "01" becomes "01.0.0". */
static const char *pad(bw_arena *arena, const char *revision)
{
    GRegex *regex = g_regex_new(FIRST PART "?" PART "?", (GRegexCompileFlags)0, (GRegexMatchFlags)0, NULL);
    GMatchInfo *match = NULL;
    const char *padded = revision;

    if (g_regex_match(regex, revision, (GRegexMatchFlags)0, &match)) {
        char *second = g_match_info_fetch(match, 2);
        char *third = g_match_info_fetch(match, 3);

        padded = bw_arena_printf(arena, "%s%s%s", revision, second && *second ? "" : ".0", third && *third ? "" : ".0");
        g_free(second);
        g_free(third);
    }
    g_match_info_free(match);
    g_regex_unref(regex);
    return padded;
}

/* CMake's VERSION_ comparison: numbers between dots, up to what is neither. */
static int compare_versions(const char *a, const char *b)
{
    while (g_ascii_isdigit(*a) || g_ascii_isdigit(*b)) {
        char *end_a = NULL;
        char *end_b = NULL;
        unsigned long x = strtoul(a, &end_a, 10);
        unsigned long y = strtoul(b, &end_b, 10);

        if (x != y)
            return x < y ? -1 : 1;
        a = end_a + (*end_a == '.');
        b = end_b + (*end_b == '.');
    }
    return 0;
}

/* The greatest listed revision below what is asked for (of versions: below or equal), or NULL. */
static const char *lower(const bw_yml_board *board, const char *asked)
{
    const char *best = NULL;

    for (uint32_t i = 0; i < board->revision_count; i++) {
        const char *r = board->revisions[i].name;

        if (strcmp(board->revision_format, "major.minor.patch") == 0) {
            if (compare_versions(asked, r) >= 0 && compare_versions(r, best ? best : "") >= 0)
                best = r;
        } else if (strcmp(board->revision_format, "letter") == 0) {
            if (strcmp(asked, r) > 0 && strcmp(r, best ? best : "") > 0)
                best = r;
        }
        /* Numbers are compared with the empty text that the best is at first, which is never true. */
    }
    return best;
}

bool bw_zephyr_revision_is_spelled(const char *format, const char *revision)
{
    bw_arena arena;

    if (strcmp(format, "custom") == 0)
        return true;
    bw_arena_init(&arena);
    bool spelled = strcmp(format, "major.minor.patch") != 0
                       ? is_spelled(format, revision)
                       /* A listed name is compared with a padded one. */
                       : is_spelled(format, revision) && strcmp(pad(&arena, revision), revision) == 0;
    bw_arena_free(&arena);
    return spelled;
}

bw_zephyr_revision_answer bw_zephyr_revision(const bw_yml_board *board, const char *asked, bw_arena *arena,
                                             const char **padded, const char **active)
{
    const char *revision = asked ? asked : board->default_revision;

    *padded = *active = NULL;
    if (!board->revision_format)
        return asked ? BW_ZEPHYR_REVISION_UNKNOWN : BW_ZEPHYR_REVISION_LISTED;
    if (strcmp(board->revision_format, "custom") == 0) {
        *padded = *active = revision;
        return BW_ZEPHYR_REVISION_CUSTOM;
    }
    if (!revision)
        return BW_ZEPHYR_REVISION_UNKNOWN;
    if (strcmp(board->revision_format, "major.minor.patch") == 0)
        revision = pad(arena, revision);
    *padded = revision;
    if (!is_spelled(board->revision_format, revision))
        return BW_ZEPHYR_REVISION_SPELLING;
    for (uint32_t i = 0; i < board->revision_count; i++)
        if (strcmp(board->revisions[i].name, revision) == 0) {
            *active = board->revisions[i].name;
            return BW_ZEPHYR_REVISION_LISTED;
        }
    *active = board->revision_exact ? NULL : lower(board, revision);
    return *active ? BW_ZEPHYR_REVISION_LOWER : BW_ZEPHYR_REVISION_UNKNOWN;
}
