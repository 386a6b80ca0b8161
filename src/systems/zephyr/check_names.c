/* SPDX-License-Identifier: Apache-2.0 */
/* The names of a board folder's files. */
#include "systems/zephyr/checks.h"
#include "systems/zephyr/gaps.h"
#include "systems/zephyr/name.h"
#include "systems/zephyr/kconfig.h"
#include "systems/zephyr/near.h"
#include "systems/zephyr/stem.h"
#include "systems/zephyr/walk.h"

#include <fnmatch.h>
#include <string.h>

typedef struct checker {
    const bw_zephyr_folder *folder;
    const bw_zephyr_board *const *boards; /* of the file; NULL-terminated */
    bw_zephyr_stems stems;
    GPtrArray *names;  /* of the folder's files, sorted */
    GArray *gaps;      /* of bw_zephyr_gap */
    GArray *strangers; /* of stranger */
    bw_arena *arena;
    bw_findings *findings;
} checker;

/* A file with an ending that matters and a stem that no target has. */
typedef struct stranger {
    const char *name, *stem;
    bw_zephyr_ending ending;
} stranger;

static const char *path_of(const checker *c, const char *name)
{
    return bw_zephyr_path(c->arena, c->folder->dir, name);
}

static bool has_file(const checker *c, const char *name)
{
    for (guint i = 0; i < c->names->len; i++)
        if (strcmp(c->names->pdata[i], name) == 0)
            return true;
    return false;
}

/* ---- files that others name ---- */

static bool is_text_that_names_files(const char *name)
{
    static const char *const endings[] = {".dts", ".dtsi", ".overlay", ".cmake", ".yaml", ".h", NULL};

    if (g_str_has_prefix(name, "Kconfig") || strcmp(name, "CMakeLists.txt") == 0)
        return true;
    for (const char *const *e = endings; *e; e++)
        if (g_str_has_suffix(name, *e))
            return true;
    return false;
}

/* Whether a file of the folder has another one's name in its text, as a whole word. */
static bool is_named_in(const checker *c, const char *folder, const GPtrArray *names, const char *wanted)
{
    size_t len = strlen(wanted);

    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];

        if (strcmp(name, wanted) == 0 || !is_text_that_names_files(name))
            continue;
        bw_source *source = bw_source_open(c->folder->z->ctx->sources, bw_zephyr_path(c->arena, folder, name), NULL);
        for (const char *p = source ? strstr(source->text, wanted) : NULL; p; p = strstr(p + 1, wanted)) {
            bool begins = p == source->text || !(g_ascii_isalnum(p[-1]) || p[-1] == '_' || p[-1] == '.');

            if (begins && !g_ascii_isalnum(p[len]) && p[len] != '_')
                return true;
        }
    }
    return false;
}

/* Also by the boards beside it, which reach it with "../". */
static bool is_named_by_others(const checker *c, const char *wanted)
{
    if (is_named_in(c, c->folder->dir, c->names, wanted))
        return true;
    char *above = g_path_get_dirname(c->folder->dir);
    GPtrArray *folders = bw_zephyr_names_in(above);
    bool named = false;

    for (guint i = 0; folders && i < folders->len && !named; i++) {
        const char *folder = bw_zephyr_path(c->arena, above, folders->pdata[i]);
        GPtrArray *names =
            strcmp(folder, c->folder->dir) != 0 && bw_zephyr_is_dir(folder) ? bw_zephyr_names_in(folder) : NULL;

        if (names) {
            named = is_named_in(c, folder, names, wanted);
            g_ptr_array_free(names, TRUE);
        }
    }
    if (folders)
        g_ptr_array_free(folders, TRUE);
    g_free(above);
    return named;
}

/* ---- files that no target has ---- */

/* The nearest name; nothing that is two mistakes away and more is worth a guess. */
static const char *near_stem(const checker *c, const char *stem, bw_zephyr_ending ending)
{
    const char *near = NULL;
    size_t least = 3;

    for (const char *const *t = c->stems.texts[ending]; *t; t++) {
        size_t distance = bw_zephyr_distance(stem, *t, 2);

        if (distance < least) {
            least = distance;
            near = *t;
        }
    }
    return near;
}

static void rename_to(bw_finding *f, const char *near, const char *ending)
{
    if (near)
        bw_finding_cure(f, "did you mean %s%s?", near, ending);
}

/* The stem with another revision, by which a board with a custom format may find it. */
static bool may_be_custom_revision(const checker *c, const char *stem)
{
    for (const bw_zephyr_board *const *b = c->boards; *b; b++) {
        const char *format = (*b)->yml->revision_format;
        size_t len = strlen((*b)->name);

        if (format && strcmp(format, "custom") == 0 && strncmp(stem, (*b)->name, len) == 0 && stem[len] == '_')
            return true;
    }
    return false;
}

static void note_stranger(checker *c, const char *name, const char *stem, bw_zephyr_ending ending)
{
    stranger s = {name, stem, ending};

    if (ending != BW_ZEPHYR_DTS && may_be_custom_revision(c, stem))
        return;
    /* CMake joins the name of a second tree for a simulator from parts. */
    if (ending == BW_ZEPHYR_DTS && g_str_has_suffix(stem, "-qemu"))
        return;
    if (!is_named_by_others(c, name))
        g_array_append_val(c->strangers, s);
}

static bool is_alone(const checker *c, bw_zephyr_ending ending)
{
    guint count = 0;

    for (guint i = 0; i < c->strangers->len; i++)
        count += g_array_index(c->strangers, stranger, i).ending == ending;
    return count == 1;
}

static void check_stranger(checker *c, const stranger *s)
{
    static const char *const what[] = {"the devicetree", "an overlay", "the configuration", "a fragment"};
    const char *near = NULL;
    bw_zephyr_gap *gap = bw_zephyr_gap_for(c->gaps, s->stem, s->ending, &near);

    if (!gap)
        near = near_stem(c, s->stem, s->ending);
    /* One file too many and one too few. */
    if (!near && is_alone(c, s->ending)) {
        gap = bw_zephyr_only_gap(c->gaps, NULL, s->ending);
        if (gap && !g_str_has_prefix(s->stem, gap->board->name))
            gap = NULL;
        near = gap ? gap->stems[0] : NULL;
    }
    if (gap)
        gap->explained = true;
    const bw_zephyr_stem *meant = near ? bw_zephyr_stem_called(&c->stems, near) : NULL;
    /* The file may be right, and the revision in board.yml the one to correct: that was said. */
    if (meant && meant->revision &&
        !bw_zephyr_revision_is_spelled(meant->target->board->yml->revision_format, meant->revision))
        return;
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_file_name, bw_file_place(path_of(c, s->name)),
                                    "%s is %s of no target, so it is never used", s->name, what[s->ending]);
    bw_finding_note(f, bw_yaml_place(c->folder->file->boards[0].at), "the targets come from here");
    rename_to(f, near, bw_zephyr_endings[s->ending]);
}

/* Not even the ending is right; but a file of nearly this name is missing. */
static void check_other(checker *c, const char *name)
{
    const char *meant;

    if (g_str_has_suffix(name, ".dtsi") || g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".cmake"))
        return;
    bw_zephyr_gap *gap = bw_zephyr_gap_for_name(c->gaps, name, c->arena, &meant);
    if (!gap || is_named_by_others(c, name))
        return;
    gap->explained = true;
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_file_name, bw_file_place(path_of(c, name)),
                                    "%s is a file of no target, so it is never used", name);
    bw_finding_cure(f, "did you mean %s?", meant);
}

static void explain_target(checker *c, const bw_zephyr_target *target, bw_zephyr_ending ending)
{
    for (guint i = 0; i < c->gaps->len; i++) {
        bw_zephyr_gap *gap = &g_array_index(c->gaps, bw_zephyr_gap, i);

        gap->explained |= gap->target == target && gap->ending == ending;
    }
}

/* Whether one of the board's folders that this one is may have files of the target. */
static bool is_its_folder(const checker *c, const bw_zephyr_target *t)
{
    const bw_zephyr_board *board = t->board;

    for (uint32_t i = 0; i < board->dir_count; i++)
        if (strcmp(board->dirs[i]->path, c->folder->dir) == 0 && bw_zephyr_owns(t, i))
            return true;
    return false;
}

/* A file of an extension that is named after a target of somebody else. */
static void check_leak(checker *c, const char *name, const bw_zephyr_stem *stem, bw_zephyr_ending ending)
{
    const bw_zephyr_target *t = stem->target;
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_leak, bw_file_place(path_of(c, name)),
                                    "%s is of %s, which this extension does not bring: Zephyr would take it %s", name,
                                    t->name, ending == BW_ZEPHYR_DTS ? "for the board's own" : "all the same");

    bw_finding_note(f, bw_yaml_place(t->at), "%s comes from here", t->name);
    bw_zephyr_gap *gap = stem->revision ? NULL : bw_zephyr_only_gap(c->gaps, NULL, ending);
    if (gap) { /* it was meant for the one that has none */
        bw_finding_cure(f, "did you mean %s%s?", gap->stems[0], bw_zephyr_endings[ending]);
        gap->explained = true;
        return;
    }
    for (uint32_t i = 0; i < t->board->target_count; i++) {
        const bw_zephyr_target *own = t->board->targets[i];

        if (strcmp(t->board->dirs[own->folder]->path, c->folder->dir) != 0)
            continue;
        bw_finding_cure(f, "name it after a variant of the extension: %s%s",
                        bw_zephyr_long_stem(c->arena, t->board->name, own->qualifiers, stem->revision),
                        bw_zephyr_endings[ending]);
        break;
    }
}

static void check_known(checker *c, const char *name, const bw_zephyr_stem *stem, bw_zephyr_ending ending)
{
    const bw_zephyr_board *board = stem->target->board;
    const char *end = bw_zephyr_endings[ending];
    const char *whole = bw_zephyr_long_stem(c->arena, board->name, stem->target->qualifiers, stem->revision);

    if (!is_its_folder(c, stem->target) && bw_zephyr_stem_fits(stem, ending)) {
        if (!is_named_by_others(c, name))
            check_leak(c, name, stem, ending);
        return;
    }
    if (!bw_zephyr_stem_fits(stem, ending)) {
        if (is_named_by_others(c, name))
            return;
        bw_finding *f;
        if (ending == BW_ZEPHYR_OVERLAY) {
            f = bw_findings_add(c->findings, BW_CODE_zephyr_overlay_revision, bw_file_place(path_of(c, name)),
                                "%s has no revision in its name: it is found for %s, and thrown away", name,
                                stem->target->name);
            bw_zephyr_gap *gap = bw_zephyr_only_gap(c->gaps, board, BW_ZEPHYR_OVERLAY);
            if (gap) {
                const char *qualifiers = stem->target->qualifiers;
                const char *revision = gap->revision->name;
                const char *meant = stem->is_short ? bw_zephyr_short_stem(c->arena, board->name, qualifiers, revision)
                                                   : bw_zephyr_long_stem(c->arena, board->name, qualifiers, revision);

                bw_finding_cure(f, "rename it to %s.overlay", meant);
                gap->explained = true;
            }
        } else {
            f = bw_findings_add(c->findings, BW_CODE_zephyr_file_name, bw_file_place(path_of(c, name)),
                                "%s is never used: %s", name,
                                ending == BW_ZEPHYR_DTS ? "a .dts is never looked for with a revision"
                                : stem->revision        ? "a .conf of a revision is looked for by the whole name only"
                                                        : "a .conf in a board's folder is for revisions only");
            if (ending == BW_ZEPHYR_CONF) {
                bw_finding_cure(f, "rename it to %s_defconfig", stem->text);
                explain_target(c, stem->target, BW_ZEPHYR_DEFCONFIG);
            }
        }
        return;
    }
    if (stem->is_short && !bw_zephyr_may_be_short(stem->target)) {
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_short_name, bw_file_place(path_of(c, name)),
                                        "%s has %u SoCs, so the build of %s stops at a file name without the SoC",
                                        board->name, (unsigned)board->yml->soc_count, stem->target->name);
        bw_finding_cure(f, "rename it to %s%s", whole, end);
        return;
    }
    const char *twin = bw_arena_printf(c->arena, "%s%s", whole, end);
    if (stem->is_short && strcmp(twin, name) != 0 && has_file(c, twin)) {
        bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_twin_files, bw_file_place(path_of(c, name)),
                                        "the build of %s stops, because %s is here, too", stem->target->name, twin);
        bw_finding_cure(f, "keep one of them");
    }
}

/* By a pattern: rsource "Kconfig.*". */
static bool is_matched_by_others(const checker *c, const char *name)
{
    bool matched = false;

    for (guint i = 0; i < c->names->len && !matched; i++) {
        const char *other = c->names->pdata[i];
        const char *path = path_of(c, other);

        if (!g_str_has_prefix(other, "Kconfig") || strcmp(other, name) == 0 || !bw_zephyr_is_file(path))
            continue;
        bw_source *source = bw_source_open(c->folder->z->ctx->sources, path, NULL);
        const bw_kconfig *k = source ? bw_kconfig_read(source, c->arena, NULL) : NULL;
        for (uint32_t l = 0; k && l < k->count && !matched; l++)
            if (k->lines[l].word == BW_KCONFIG_SOURCE) {
                const char *pattern = bw_kconfig_text(k, k->lines[l].what, c->arena);
                const char *slash = strrchr(pattern, '/');

                matched = fnmatch(slash ? slash + 1 : pattern, name, 0) == 0;
            }
    }
    return matched;
}

/* Kconfig.<x>: of a board of the file, or one of a few fixed names. */
static void check_kconfig(checker *c, const char *name)
{
    static const char *const fixed[] = {"defconfig", "sysbuild", "shield", "soc", NULL};
    const char *x = name + strlen("Kconfig.");
    GPtrArray *known = g_ptr_array_new();
    bool good = g_strv_contains(fixed, x);

    for (const char *const *f = fixed; f[2]; f++)
        g_ptr_array_add(known, (gpointer)(uintptr_t)*f);
    for (uint32_t i = 0; i < c->folder->file->count; i++) {
        const bw_yml_board *yml = &c->folder->file->boards[i];
        const char *board = yml->name ? yml->name : yml->extend;

        good |= strcmp(board, x) == 0;
        g_ptr_array_add(known, (gpointer)(uintptr_t)board);
    }
    g_ptr_array_add(known, NULL);
    if (!good && !is_named_by_others(c, name) && !is_matched_by_others(c, name)) {
        const char *near = bw_nearest(x, (const char *const *)known->pdata);
        bw_finding *f =
            bw_findings_add(c->findings, BW_CODE_zephyr_kconfig_name, bw_file_place(path_of(c, name)),
                            "%s is of no board of the board.yml beside it, and no Kconfig file reads it", name);
        if (near)
            bw_finding_cure(f, "did you mean Kconfig.%s?", near);
    }
    g_ptr_array_free(known, TRUE);
}

static void check_file(checker *c, const char *name)
{
    size_t len;
    bw_zephyr_ending ending = bw_zephyr_ending_of(name, &len);

    if (g_str_has_prefix(name, "Kconfig.") && name[strlen("Kconfig.")]) {
        check_kconfig(c, name);
        return;
    }
    if (!c->gaps)
        return;
    if (ending == BW_ZEPHYR_NO_ENDING) {
        check_other(c, name);
        return;
    }
    const char *text = bw_arena_strndup(c->arena, name, len);
    const bw_zephyr_stem *stem = bw_zephyr_stem_called(&c->stems, text);
    if (stem)
        check_known(c, name, stem, ending);
    else
        note_stranger(c, name, text, ending);
}

void bw_zephyr_check_names(const bw_zephyr_folder *folder, bw_arena *arena, bw_findings *findings)
{
    checker c = {.folder = folder, .arena = arena, .findings = findings};

    c.boards = bw_zephyr_boards_of(folder->z, folder->file, arena);
    c.names = bw_zephyr_names_in(folder->dir);
    if (!c.names || !*c.boards) {
        if (c.names)
            g_ptr_array_free(c.names, TRUE);
        return;
    }
    c.stems = bw_zephyr_stems_of(arena, c.boards);
    c.strangers = g_array_new(FALSE, FALSE, sizeof(stranger));
    /* Targets that are lost for another reason leave files behind: only Kconfig.<board> is sure. */
    if (!bw_zephyr_is_doubtful(folder->z, folder->file))
        c.gaps = bw_zephyr_gaps_of(folder, c.boards, arena);
    for (guint i = 0; i < c.names->len; i++)
        check_file(&c, c.names->pdata[i]);
    for (guint i = 0; i < c.strangers->len; i++)
        check_stranger(&c, &g_array_index(c.strangers, stranger, i));
    if (c.gaps) {
        bw_zephyr_check_gaps(c.gaps, arena, findings);
        g_array_free(c.gaps, TRUE);
    }
    g_array_free(c.strangers, TRUE);
    bw_zephyr_stems_free(&c.stems);
    g_ptr_array_free(c.names, TRUE);
}
