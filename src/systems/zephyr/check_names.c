/* SPDX-License-Identifier: Apache-2.0 */
/* The names of a board folder's files. */
#include "systems/zephyr/checks.h"
#include "systems/zephyr/near.h"
#include "systems/zephyr/stem.h"
#include "systems/zephyr/walk.h"

#include <string.h>

typedef struct checker {
    const bw_zephyr_folder *folder;
    const bw_zephyr_board *const *boards; /* of the file; NULL-terminated */
    bw_zephyr_stems stems;
    GPtrArray *names; /* of the folder's files, sorted */
    bw_arena *arena;
    bw_findings *findings;
} checker;

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

/* Whether one becomes the other with up to two letters added, dropped or replaced. */
static bool is_close(const char *a, const char *b)
{
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
    bool close = row[width - 1] <= 2;
    g_free(row);
    return close;
}

/* The same in other case, else the nearest; nothing that is two mistakes away and more is worth a guess. */
static const char *near_stem(const char *stem, const char *const *texts)
{
    for (const char *const *t = texts; *t; t++)
        if (g_ascii_strcasecmp(*t, stem) == 0)
            return *t;
    const char *near = bw_nearest(stem, texts);
    return near && is_close(stem, near) ? near : NULL;
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

static void check_unknown(checker *c, const char *name, const char *stem, bw_zephyr_ending ending)
{
    static const char *const what[] = {"the devicetree", "an overlay", "the configuration", "a fragment"};
    const char *end = bw_zephyr_endings[ending];
    const char *near = near_stem(stem, c->stems.texts[ending]);

    if (ending != BW_ZEPHYR_DTS && may_be_custom_revision(c, stem))
        return;
    /* CMake joins the name of a second tree for a simulator from parts. */
    if (ending == BW_ZEPHYR_DTS && g_str_has_suffix(stem, "-qemu"))
        return;
    if (is_named_by_others(c, name))
        return;
    bw_finding *f = bw_findings_add(c->findings, BW_CODE_zephyr_file_name, bw_file_place(path_of(c, name)),
                                    "%s is %s of no target, so it is never used", name, what[ending]);
    bw_finding_note(f, bw_yaml_place(c->folder->file->boards[0].at), "the targets come from here");
    rename_to(f, near, end);
}

static void check_known(checker *c, const char *name, const bw_zephyr_stem *stem, bw_zephyr_ending ending)
{
    const bw_zephyr_board *board = stem->target->board;
    const char *end = bw_zephyr_endings[ending];
    const char *whole = bw_zephyr_long_stem(c->arena, board->name, stem->target->qualifiers, stem->revision);

    if (!bw_zephyr_stem_fits(stem, ending)) {
        if (is_named_by_others(c, name))
            return;
        bw_finding *f;
        if (ending == BW_ZEPHYR_OVERLAY) {
            f = bw_findings_add(c->findings, BW_CODE_zephyr_overlay_revision, bw_file_place(path_of(c, name)),
                                "%s has no revision in its name: it is found for %s, and thrown away", name,
                                stem->target->name);
        } else {
            f = bw_findings_add(c->findings, BW_CODE_zephyr_file_name, bw_file_place(path_of(c, name)),
                                "%s is never used: %s", name,
                                ending == BW_ZEPHYR_DTS ? "a .dts is never looked for with a revision"
                                : stem->revision        ? "a .conf of a revision is looked for by the whole name only"
                                                        : "a .conf in a board's folder is for revisions only");
            if (ending == BW_ZEPHYR_CONF)
                bw_finding_cure(f, "rename it to %s_defconfig", stem->text);
        }
        return;
    }
    if (stem->is_short && board->yml->soc_count != 1) {
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
    if (!good && !is_named_by_others(c, name)) {
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
    if (ending == BW_ZEPHYR_NO_ENDING)
        return;
    const char *text = bw_arena_strndup(c->arena, name, len);
    const bw_zephyr_stem *stem = bw_zephyr_stem_called(&c->stems, text);
    if (stem)
        check_known(c, name, stem, ending);
    else
        check_unknown(c, name, text, ending);
}

/* ---- targets without files ---- */

static bool has_in_dirs(const checker *c, const bw_zephyr_target *t, const char *ending)
{
    const bw_zephyr_board *board = t->board;

    for (uint32_t i = 0; i < board->dir_count; i++)
        for (int s = 0; s < 2; s++) {
            const char *stem = s ? bw_zephyr_short_stem(c->arena, board->name, t->qualifiers, NULL)
                                 : bw_zephyr_long_stem(c->arena, board->name, t->qualifiers, NULL);

            if (bw_zephyr_is_file(
                    bw_arena_printf(c->arena, "%s%s", bw_zephyr_path(c->arena, board->dirs[i]->path, stem), ending)))
                return true;
        }
    return false;
}

static void check_target(checker *c, const bw_zephyr_target *t)
{
    const char *stem = bw_zephyr_long_stem(c->arena, t->board->name, t->qualifiers, NULL);

    if (!has_in_dirs(c, t, ".dts")) {
        bw_finding *f =
            bw_findings_add(c->findings, BW_CODE_zephyr_no_devicetree,
                            bw_yaml_place(t->soc && t->at->source == t->soc->at->source ? t->board->yml->at : t->at),
                            "no file is the devicetree of %s: Zephyr goes on with an empty tree", t->name);
        if (t->soc && t->at->source == t->soc->at->source)
            bw_finding_note(f, bw_yaml_place(t->at), "a board has all CPU clusters of its SoC, also this one");
        bw_finding_cure(f, "add %s.dts", stem);
    } else if (!has_in_dirs(c, t, "_defconfig")) {
        bw_findings_add(c->findings, BW_CODE_zephyr_no_defconfig,
                        bw_yaml_place(t->soc && t->at->source == t->soc->at->source ? t->board->yml->at : t->at),
                        "no file is the configuration of %s, so it has Zephyr's defaults", t->name);
    }
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
    for (guint i = 0; i < c.names->len; i++)
        check_file(&c, c.names->pdata[i]);
    for (const bw_zephyr_board *const *b = c.boards; *b; b++)
        for (uint32_t i = 0; i < (*b)->target_count; i++)
            if (strcmp((*b)->dirs[(*b)->targets[i]->folder]->path, folder->dir) == 0)
                check_target(&c, (*b)->targets[i]);
    bw_zephyr_stems_free(&c.stems);
    g_ptr_array_free(c.names, TRUE);
}
