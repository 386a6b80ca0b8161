/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/gaps.h"

#include "systems/zephyr/name.h"
#include "systems/zephyr/near.h"
#include "systems/zephyr/walk.h"

#include <string.h>

/* Two mistakes in a name are still the same name; three are another one. */
#define NEAR 2

/* ---- likeness ---- */

/* Letters in lower case and digits only. */
static char *bare(const char *text)
{
    char *out = g_malloc(strlen(text) + 1);
    size_t len = 0;

    for (; *text; text++)
        if (g_ascii_isalnum(*text))
            out[len++] = g_ascii_tolower(*text);
    out[len] = '\0';
    return out;
}

size_t bw_zephyr_distance(const char *a, const char *b, size_t limit)
{
    char *x = bare(a);
    char *y = bare(b);
    size_t result = 0;

    if (strcmp(x, y) != 0) {
        size_t width = strlen(b) + 1;
        size_t *row = g_new(size_t, width); /* edits from the first letters of a to those of b */

        for (size_t j = 0; j < width; j++)
            row[j] = j;
        for (size_t i = 0; a[i]; i++) {
            size_t diagonal = row[0];

            row[0] = i + 1;
            for (size_t j = 1; j < width; j++) {
                size_t replaced = diagonal + (a[i] != b[j - 1]);

                diagonal = row[j];
                row[j] = MIN(MIN(row[j], row[j - 1]) + 1, replaced);
            }
        }
        result = MIN(row[width - 1], limit + 1);
        g_free(row);
    }
    g_free(x);
    g_free(y);
    return result;
}

/* ---- what is missing ---- */

/* @param owner whose files they are: only in folders that bring it; NULL: in any */
static bool has_in_dirs(const bw_zephyr_board *board, const bw_zephyr_target *owner, const char *const *stems,
                        const char *ending, bw_arena *arena)
{
    for (uint32_t i = 0; i < board->dir_count; i++)
        for (const char *const *stem = stems; *stem && (!owner || bw_zephyr_owns(owner, i)); stem++)
            if (bw_zephyr_is_file(
                    bw_arena_printf(arena, "%s%s", bw_zephyr_path(arena, board->dirs[i]->path, *stem), ending)))
                return true;
    return false;
}

/* The short stem only where it is legal, and then first. */
static uint32_t add_stems(const char **stems, uint32_t count, const bw_zephyr_target *t, const char *revision,
                          bw_arena *arena)
{
    if (bw_zephyr_may_be_short(t))
        stems[count++] = bw_zephyr_short_stem(arena, t->board->name, t->qualifiers, revision);
    stems[count++] = bw_zephyr_long_stem(arena, t->board->name, t->qualifiers, revision);
    return count;
}

/* Its own, or what it takes from the target that it varies. */
static bool has_file(const bw_zephyr_target *t, bw_zephyr_ending ending, bw_arena *arena)
{
    /* A short name on a board with several SoCs is no good, but it is a file: another check speaks of it. */
    const char *any[3] = {bw_zephyr_short_stem(arena, t->board->name, t->qualifiers, NULL),
                          bw_zephyr_long_stem(arena, t->board->name, t->qualifiers, NULL), NULL};
    bool takes = ending == BW_ZEPHYR_DTS ? t->parent_dts : t->parent_kconfig;

    return has_in_dirs(t->board, t, any, bw_zephyr_endings[ending], arena) ||
           (takes && t->parent && has_file(t->parent, ending, arena));
}

/* @param loose of boardwright, which writes the configuration */
static void add_target(GArray *gaps, const bw_zephyr_target *t, bool loose, bw_arena *arena)
{
    const char **stems = bw_arena_array(arena, const char *, 3);

    add_stems(stems, 0, t, NULL, arena);
    for (int i = 0; i < (loose ? 1 : 2); i++) {
        bw_zephyr_ending ending = i ? BW_ZEPHYR_DEFCONFIG : BW_ZEPHYR_DTS;
        bw_zephyr_gap gap = {ending, t->board, t, NULL, stems, false};

        if (!has_file(t, ending, arena))
            g_array_append_val(gaps, gap);
    }
}

static bool is_worth_files(const bw_yml_board *yml, const bw_yml_revision *r)
{
    return *r->name && bw_zephyr_revision_is_spelled(yml->revision_format, r->name) &&
           (!yml->default_revision || strcmp(yml->default_revision, r->name) != 0);
}

static bool is_listed(const bw_yml_board *yml, const char *revision)
{
    for (uint32_t i = 0; i < yml->revision_count; i++)
        if (strcmp(yml->revisions[i].name, revision) == 0)
            return true;
    return false;
}

/* A listed revision that changes nothing: no overlay, defconfig or .conf of any target. */
static void add_revision(GArray *gaps, const bw_zephyr_board *board, const bw_yml_revision *r, bw_arena *arena)
{
    const char **stems = bw_arena_array(arena, const char *, 2 * board->target_count + 1);
    uint32_t count = 0;

    for (uint32_t i = 0; i < board->target_count; i++)
        count = add_stems(stems, count, board->targets[i], r->name, arena);
    for (int e = BW_ZEPHYR_OVERLAY; e <= BW_ZEPHYR_CONF; e++)
        if (has_in_dirs(board, NULL, stems, bw_zephyr_endings[e], arena))
            return;
    bw_zephyr_gap gap = {BW_ZEPHYR_OVERLAY, board, NULL, r, stems, false};
    g_array_append_val(gaps, gap);
}

static void add_revisions(GArray *gaps, const bw_zephyr_board *board, bw_arena *arena)
{
    const bw_yml_board *yml = board->yml;

    /* Where the default is not listed, one of those that are stands in for it. */
    if (!yml->revision_format || strcmp(yml->revision_format, "custom") == 0 ||
        (yml->default_revision && !is_listed(yml, yml->default_revision)))
        return;
    for (uint32_t i = 0; i < yml->revision_count; i++)
        if (is_worth_files(yml, &yml->revisions[i]))
            add_revision(gaps, board, &yml->revisions[i], arena);
}

GArray *bw_zephyr_gaps_of(const bw_zephyr_folder *folder, const bw_zephyr_board *const *boards, bw_arena *arena)
{
    GArray *gaps = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_gap));

    for (const bw_zephyr_board *const *b = boards; *b; b++) {
        for (uint32_t i = 0; i < (*b)->target_count; i++)
            if (strcmp((*b)->dirs[(*b)->targets[i]->folder]->path, folder->dir) == 0)
                add_target(gaps, (*b)->targets[i], folder->loose, arena);
        if (strcmp((*b)->dirs[0]->path, folder->dir) == 0)
            add_revisions(gaps, *b, arena);
    }
    return gaps;
}

/* ---- which was meant ---- */

bw_zephyr_gap *bw_zephyr_gap_for(GArray *gaps, const char *text, bw_zephyr_ending ending, const char **stem)
{
    bw_zephyr_gap *best = NULL;
    size_t least = NEAR + 1;

    for (guint i = 0; i < gaps->len; i++) {
        bw_zephyr_gap *gap = &g_array_index(gaps, bw_zephyr_gap, i);

        if (gap->ending != ending || gap->explained)
            continue;
        for (const char *const *s = gap->stems; *s; s++) {
            size_t distance = bw_zephyr_distance(text, *s, NEAR);

            if (distance < least) {
                least = distance;
                best = gap;
                *stem = *s;
            }
        }
    }
    return best;
}

bw_zephyr_gap *bw_zephyr_gap_for_name(GArray *gaps, const char *name, bw_arena *arena, const char **meant)
{
    for (guint i = 0; i < gaps->len; i++) {
        bw_zephyr_gap *gap = &g_array_index(gaps, bw_zephyr_gap, i);

        for (const char *const *s = gap->stems; *s && !gap->explained; s++) {
            const char *whole = bw_arena_printf(arena, "%s%s", *s, bw_zephyr_endings[gap->ending]);

            if (bw_zephyr_distance(name, whole, NEAR) <= NEAR) {
                *meant = whole;
                return gap;
            }
        }
    }
    return NULL;
}

bw_zephyr_gap *bw_zephyr_only_gap(GArray *gaps, const bw_zephyr_board *board, bw_zephyr_ending ending)
{
    bw_zephyr_gap *only = NULL;

    for (guint i = 0; i < gaps->len; i++) {
        bw_zephyr_gap *gap = &g_array_index(gaps, bw_zephyr_gap, i);

        if ((board && gap->board != board) || gap->ending != ending || gap->explained)
            continue;
        if (only)
            return NULL;
        only = gap;
    }
    return only;
}

/* ---- findings ---- */

static void say_target(const bw_zephyr_gap *gap, bw_arena *arena, bw_findings *findings)
{
    const bw_zephyr_target *t = gap->target;
    bool of_soc =
        t->soc && !t->soc->made_up && t->at->source == t->soc->at->source; /* a cluster: board.yml does not name it */
    bw_place place = bw_yaml_place(of_soc ? t->board->yml->at : t->at);

    if (gap->ending == BW_ZEPHYR_DEFCONFIG && bw_zephyr_is_to_be_written(t->board->dirs[t->folder]->path, arena))
        return;
    if (gap->ending == BW_ZEPHYR_DEFCONFIG) {
        bw_findings_add(findings, BW_CODE_zephyr_no_defconfig, place,
                        "no file is the configuration of %s, so it has Zephyr's defaults", t->name);
        return;
    }
    bw_finding *f = bw_findings_add(findings, BW_CODE_zephyr_no_devicetree, place,
                                    "no file is the devicetree of %s: Zephyr goes on with an empty tree", t->name);
    if (of_soc)
        bw_finding_note(f, bw_yaml_place(t->at), "a board has all CPU clusters of its SoC, also this one");
    bw_finding_cure(f, "add %s.dts", bw_zephyr_long_stem(arena, t->board->name, t->qualifiers, NULL));
}

static bool lacks_devicetree(const GArray *gaps, const bw_zephyr_target *t)
{
    for (guint i = 0; i < gaps->len; i++) {
        const bw_zephyr_gap *gap = &g_array_index(gaps, bw_zephyr_gap, i);

        if (gap->target == t && gap->ending == BW_ZEPHYR_DTS)
            return true;
    }
    return false;
}

void bw_zephyr_check_gaps(const GArray *gaps, bw_arena *arena, bw_findings *findings)
{
    for (guint i = 0; i < gaps->len; i++) {
        const bw_zephyr_gap *gap = &g_array_index(gaps, bw_zephyr_gap, i);

        if (gap->explained)
            continue;
        if (gap->revision)
            bw_findings_add(findings, BW_CODE_zephyr_revision_files, bw_yaml_place(gap->revision->at),
                            "no file of %s is for the revision %s, so it is built like a board without revisions",
                            gap->board->name, gap->revision->name);
        /* Who has no devicetree has bigger worries. */
        else if (gap->ending == BW_ZEPHYR_DTS || !lacks_devicetree(gaps, gap->target))
            say_target(gap, arena, findings);
    }
}
