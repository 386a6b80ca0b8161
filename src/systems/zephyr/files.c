/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/files.h"

#include "systems/zephyr/near.h"
#include "systems/zephyr/stem.h"
#include "systems/zephyr/walk.h"

#include <string.h>

typedef struct finder {
    const bw_zephyr *z;
    const bw_zephyr_choice *choice;
    const bw_zephyr_extras *extras;
    bw_place place;
    bw_arena *arena;
    bw_findings *findings;
    bw_zephyr_files *files;
    GArray *used;        /* of bw_zephyr_file */
    GArray *unused;      /* of bw_zephyr_file */
    GPtrArray *overlays; /* paths */
    bw_zephyr_flags flags;
    GPtrArray *shield_dirs;
    const char *stems[2][2]; /* [with revision][short]; NULL where there is none */
    bool ok;
} finder;

static void use(finder *f, bw_zephyr_use kind, const char *path, const char *why)
{
    bw_zephyr_file file = {kind, path, why, false};

    g_array_append_val(f->used, file);
}

/* The last one used is for the active revision only. */
static void mark_revision(finder *f)
{
    g_array_index(f->used, bw_zephyr_file, f->used->len - 1).of_revision = true;
}

static void use_overlay(finder *f, const char *path, const char *why)
{
    use(f, BW_ZEPHYR_USE_DEVICETREE, path, why);
    g_ptr_array_add(f->overlays, (gpointer)(uintptr_t)path);
}

static void miss(finder *f, bw_zephyr_use kind, const char *path, const char *why)
{
    bw_zephyr_file file = {kind, path, why, false};

    g_array_append_val(f->unused, file);
}

/* ---- one name in one folder ---- */

static void make_stems(finder *f)
{
    const bw_zephyr_choice *c = f->choice;
    const char *revision = c->revision && *c->revision ? c->revision : NULL;

    for (int r = 0; r < (revision ? 2 : 1); r++) {
        f->stems[r][0] = bw_zephyr_long_stem(f->arena, c->board->name, c->qualifiers, r ? revision : NULL);
        f->stems[r][1] = bw_zephyr_short_stem(f->arena, c->board->name, c->qualifiers, r ? revision : NULL);
    }
}

/* The long or the short file of a pair; a finding where Zephyr stops. NULL if there is none. */
static const char *pick(finder *f, const char *dir, bool with_revision, const char *ending, bool *is_short)
{
    const char *found[2] = {NULL, NULL};

    for (int s = 0; s < 2; s++) {
        const char *stem = f->stems[with_revision][s];
        const char *path = stem ? bw_arena_printf(f->arena, "%s%s", bw_zephyr_path(f->arena, dir, stem), ending) : NULL;

        if (path && bw_zephyr_is_file(path))
            found[s] = path;
    }
    if (found[1] && !f->choice->single_soc) {
        bw_finding *finding =
            bw_findings_add(f->findings, BW_CODE_zephyr_short_name, bw_file_place(found[1]),
                            "%s has several SoCs, so the build of %s stops at a file name without the SoC",
                            f->choice->board->name, f->choice->name);
        bw_finding_cure(finding, "rename it to %s%s", f->stems[with_revision][0], ending);
        f->ok = false;
    } else if (found[0] && found[1]) {
        bw_finding *finding =
            bw_findings_add(f->findings, BW_CODE_zephyr_twin_files, bw_file_place(found[1]),
                            "the build of %s stops, because the same file is here with and without the SoC in its name",
                            f->choice->name);
        bw_finding_note(finding, bw_file_place(found[0]), "this is the other one");
        bw_finding_cure(finding, "keep one of them");
        f->ok = false;
    }
    *is_short = !found[0] && found[1];
    return found[0] ? found[0] : found[1];
}

/* Of a board without targets nobody knows whose a file is. */
static bool owns(const finder *f, uint32_t folder)
{
    return !f->choice->target || bw_zephyr_owns(f->choice->target, folder);
}

/* A file that Zephyr takes all the same. */
static void miss_leak(finder *f, bw_zephyr_use kind, const char *path, uint32_t folder)
{
    miss(f, kind, path,
         bw_arena_printf(f->arena, "of the extension %s, which does not bring this target; Zephyr would take it",
                         f->choice->board->dirs[folder]->path));
    bw_finding_cure(bw_findings_add(f->findings, BW_CODE_zephyr_leak, bw_file_place(path),
                                    "%s is of the base or of another extension: Zephyr would take this file for it",
                                    f->choice->target->name),
                    "name it after a variant of the extension");
}

static const char *where(const finder *f, uint32_t folder)
{
    return folder == 0 ? "" : bw_arena_printf(f->arena, " of the extension %s", f->choice->board->dirs[folder]->path);
}

static const char *for_revision(const finder *f)
{
    return bw_arena_printf(f->arena, "for the revision %s", f->choice->revision);
}

static bool has_revision(const finder *f)
{
    return f->stems[1][0] != NULL;
}

/* ---- the devicetree ---- */

static const char *own_dts(finder *f)
{
    const char *found = NULL;
    const char *why = NULL;

    for (uint32_t i = 0; i < f->choice->board->dir_count; i++) {
        bool is_short;
        const char *path = pick(f, f->choice->board->dirs[i]->path, false, ".dts", &is_short);

        if (!path)
            continue;
        if (!owns(f, i)) {
            miss_leak(f, BW_ZEPHYR_USE_DEVICETREE, path, i);
            continue;
        }
        if (found)
            miss(f, BW_ZEPHYR_USE_DEVICETREE, found,
                 bw_arena_printf(f->arena, "%s replaces it: the last folder that has the name wins", path));
        found = path;
        why = bw_arena_printf(f->arena, "the target's devicetree%s%s", where(f, i),
                              is_short ? ", by the name without the SoC" : "");
    }
    if (found)
        use(f, BW_ZEPHYR_USE_DEVICETREE, found, why);
    return found;
}

static void find_board_overlays(finder *f, bool counts_plain)
{
    for (uint32_t i = 0; i < f->choice->board->dir_count; i++) {
        const char *dir = f->choice->board->dirs[i]->path;
        bool is_short;
        const char *plain = pick(f, dir, false, ".overlay", &is_short);

        if (plain && counts_plain && owns(f, i))
            use_overlay(f, plain, bw_arena_printf(f->arena, "the variant's own overlay%s", where(f, i)));
        else if (plain)
            miss(f, BW_ZEPHYR_USE_DEVICETREE, plain,
                 "it is found and thrown away: a board's overlays are for revisions and end in one");
        const char *path = has_revision(f) ? pick(f, dir, true, ".overlay", &is_short) : NULL;
        if (path && !owns(f, i)) {
            miss_leak(f, BW_ZEPHYR_USE_DEVICETREE, path, i);
        } else if (path) {
            use_overlay(f, path, bw_arena_printf(f->arena, "%s%s", for_revision(f), where(f, i)));
            mark_revision(f);
        }
    }
}

/* The same finder for the target that this one varies: its names, its folders. */
static void turn_to(finder *f, bw_zephyr_choice *parent)
{
    const bw_zephyr_target *t = f->choice->target->parent;

    *parent = *f->choice;
    parent->target = t;
    parent->qualifiers = bw_arena_printf(f->arena, "/%s", t->qualifiers);
    parent->name = bw_arena_printf(f->arena, "%s, which %s varies,", t->name, f->choice->name);
    f->choice = parent;
    make_stems(f);
}

static void turn_back(finder *f, const bw_zephyr_choice *choice)
{
    f->choice = choice;
    make_stems(f);
}

/* A SoC with clusters is no target, so it has no files to take. */
static bool has_parent_to_take(const bw_zephyr_target *t)
{
    return t && t->parent && t->parent->buildable;
}

static const char *find_tree(finder *f)
{
    const bw_zephyr_choice *choice = f->choice;
    const char *dts = own_dts(f);
    bool takes = !dts && choice->target && choice->target->parent_dts && has_parent_to_take(choice->target);

    if (takes) {
        bw_zephyr_choice parent;

        turn_to(f, &parent);
        dts = find_tree(f);
        turn_back(f, choice);
    }
    if (dts)
        find_board_overlays(f, takes);
    return dts;
}

/* <root>/boards/extensions/<name of the base folder>/, a mechanism older than `extend`. */
static const char *old_extension_dir(finder *f, const char *root)
{
    char *base = g_path_get_basename(f->choice->board->dirs[0]->path);
    char *below = g_strdup_printf("boards/extensions/%s", base);
    const char *dir = bw_zephyr_path(f->arena, bw_zephyr_tidy_path(f->arena, root), below);

    g_free(below);
    g_free(base);
    return bw_zephyr_is_dir(dir) ? dir : NULL;
}

static void find_pair(finder *f, const char *dir, const char *ending, bw_zephyr_use kind, const char *why)
{
    for (int with_revision = 0; with_revision < 1 + has_revision(f); with_revision++) {
        bool is_short;
        const char *path = pick(f, dir, with_revision, ending, &is_short);
        const char *reason = with_revision ? bw_arena_printf(f->arena, "%s, %s", why, for_revision(f)) : why;

        if (path && kind == BW_ZEPHYR_USE_DEVICETREE)
            use_overlay(f, path, reason);
        else if (path)
            use(f, kind, path, reason);
    }
}

static void find_old_extensions(finder *f, const char *ending, bw_zephyr_use kind)
{
    for (const char *const *root = f->z->roots.board_roots; root && *root; root++) {
        const char *dir = old_extension_dir(f, *root);

        if (dir)
            find_pair(f, dir, ending, kind, "of a board extension in the old style");
    }
}

/* ---- Kconfig ---- */

static void find_defconfigs(finder *f)
{
    const bw_zephyr_choice *choice = f->choice;

    if (choice->target && choice->target->parent_kconfig && has_parent_to_take(choice->target)) {
        bw_zephyr_choice parent;

        turn_to(f, &parent);
        find_defconfigs(f);
        turn_back(f, choice);
    }
    for (uint32_t i = 0; i < f->choice->board->dir_count; i++) {
        const char *dir = f->choice->board->dirs[i]->path;

        for (int with_revision = 0; with_revision < 1 + has_revision(f); with_revision++) {
            bool is_short;
            const char *path = pick(f, dir, with_revision, "_defconfig", &is_short);

            if (path && !owns(f, i)) {
                miss_leak(f, BW_ZEPHYR_USE_KCONFIG, path, i);
            } else if (path) {
                use(f, BW_ZEPHYR_USE_KCONFIG, path,
                    bw_arena_printf(f->arena, "%s%s%s%s",
                                    with_revision ? for_revision(f) : "the target's configuration", where(f, i),
                                    is_short ? ", by the name without the SoC" : "",
                                    i ? "; it counts after the base's" : ""));
                if (with_revision)
                    mark_revision(f);
            }
        }
    }
}

static void find_revision_conf(finder *f)
{
    const char *dir = f->choice->board->dirs[0]->path;

    for (int s = 0; s < 2 && has_revision(f); s++) {
        const char *stem = f->stems[1][s];
        const char *path = stem ? bw_arena_printf(f->arena, "%s.conf", bw_zephyr_path(f->arena, dir, stem)) : NULL;

        if (!path || !bw_zephyr_is_file(path))
            continue;
        if (s == 0)
            use(f, BW_ZEPHYR_USE_KCONFIG, path,
                bw_arena_printf(f->arena, "%s; deprecated, a _defconfig does the same", for_revision(f)));
        else
            miss(f, BW_ZEPHYR_USE_KCONFIG, path,
                 bw_arena_printf(f->arena, "a .conf of a revision is looked for by the whole name only, as %s.conf",
                                 f->stems[1][0]));
    }
}

/* Files of one name in every folder of the board. */
static void find_everywhere(finder *f, const char *name, bw_zephyr_use kind, const char *why, bool base_only)
{
    for (uint32_t i = 0; i < f->choice->board->dir_count; i++) {
        const char *path = bw_zephyr_path(f->arena, f->choice->board->dirs[i]->path, name);

        if (!bw_zephyr_is_file(path))
            continue;
        if (!owns(f, i) && !base_only)
            miss(f, kind, path,
                 "of an extension that does not bring this target; Zephyr reads it, so it has to ask for its own "
                 "targets");
        else if (i == 0 || !base_only)
            use(f, kind, path, bw_arena_printf(f->arena, "%s%s", why, where(f, i)));
        else
            miss(f, kind, path, "of an extension; only the base's own is looked at");
    }
}

static void find_sources(finder *f)
{
    find_everywhere(f, "Kconfig.defconfig", BW_ZEPHYR_USE_SOURCES, "defaults", false);
    find_everywhere(f, bw_arena_printf(f->arena, "Kconfig.%s", f->choice->board->name), BW_ZEPHYR_USE_SOURCES,
                    "selects the SoC", false);
    find_everywhere(f, "Kconfig", BW_ZEPHYR_USE_SOURCES, "more symbols", false);
    find_everywhere(f, "Kconfig.sysbuild", BW_ZEPHYR_USE_SOURCES, "of sysbuild", false);
    find_everywhere(f, "pre_dt_board.cmake", BW_ZEPHYR_USE_CMAKE, "before the devicetree", true);
    find_everywhere(f, "revision.cmake", BW_ZEPHYR_USE_CMAKE, "decides on the revision", true);
    find_everywhere(f, "board.cmake", BW_ZEPHYR_USE_CMAKE, "runners", false);
    find_everywhere(f, "CMakeLists.txt", BW_ZEPHYR_USE_CMAKE, "code of the board", true);
    find_everywhere(f, "sysbuild.cmake", BW_ZEPHYR_USE_CMAKE, "of sysbuild", true);
}

/* ---- shields and snippets ---- */

static void find_shield_files(finder *f, const bw_zephyr_shield *shield, bw_zephyr_use kind)
{
    bool tree = kind == BW_ZEPHYR_USE_DEVICETREE;
    const char *ending = tree ? ".overlay" : ".conf";
    const char *own = bw_arena_printf(f->arena, "%s%s", bw_zephyr_path(f->arena, shield->dir, shield->name), ending);
    const char *boards = bw_zephyr_path(f->arena, shield->dir, "boards");
    const char *why = bw_arena_printf(f->arena, "of the shield %s", shield->name);
    const char *board_why = bw_arena_printf(f->arena, "of the shield %s, for this target", shield->name);

    /* The overlay is taken whether it is there or not; the preprocessor then says so. */
    if (tree)
        use_overlay(f, own, why);
    else if (bw_zephyr_is_file(own))
        use(f, kind, own, why);
    find_pair(f, boards, ending, kind, board_why);
    find_pair(f, bw_zephyr_path(f->arena, boards, shield->name), ending, kind, board_why);
}

static void find_shields(finder *f, bw_zephyr_use kind)
{
    for (const char *const *name = f->extras ? f->extras->shields : NULL; name && *name; name++) {
        const bw_zephyr_shield *shield = bw_zephyr_shield_called(f->extras->known_shields, *name);

        if (shield) {
            find_shield_files(f, shield, kind);
            if (kind == BW_ZEPHYR_USE_DEVICETREE)
                g_ptr_array_add(f->shield_dirs, (gpointer)(uintptr_t)shield->dir);
            continue;
        }
        if (kind != BW_ZEPHYR_USE_DEVICETREE)
            continue;
        const char *near = bw_zephyr_near_shield(f->extras->known_shields, *name);
        bw_finding *finding = bw_findings_add(f->findings, BW_CODE_zephyr_shield_unknown, f->place,
                                              "no shield under the board roots is called %s", *name);
        if (near)
            bw_finding_cure(finding, "did you mean '%s'?", near);
        f->ok = false;
    }
}

static void find_in_snippet(finder *f, const bw_zephyr_snippet *snippet, bw_zephyr_use kind)
{
    const char *target =
        bw_arena_printf(f->arena, "%s%s", f->choice->board->name, f->choice->qualifiers ? f->choice->qualifiers : "");

    for (uint32_t i = 0; i < snippet->count; i++) {
        const bw_zephyr_append *a = &snippet->appends[i];
        const char *why = bw_arena_printf(f->arena, "of the snippet %s%s%s", snippet->name, a->pattern ? ", for " : "",
                                          a->pattern ? a->pattern->text : "");

        if (a->pattern && !bw_zephyr_pattern_matches(a->pattern->text, target))
            continue;
        if (kind == BW_ZEPHYR_USE_DEVICETREE && a->kind == BW_ZEPHYR_APPEND_OVERLAY)
            use_overlay(f, a->value, why);
        else if (kind == BW_ZEPHYR_USE_DEVICETREE && a->kind == BW_ZEPHYR_APPEND_FLAGS)
            bw_zephyr_flags_add(&f->flags, a, f->arena, f->findings);
        else if (kind == BW_ZEPHYR_USE_KCONFIG && a->kind == BW_ZEPHYR_APPEND_CONF)
            use(f, kind, a->value, why);
    }
}

static void find_snippets(finder *f, bw_zephyr_use kind)
{
    for (const char *const *name = f->extras ? f->extras->snippets : NULL; name && *name; name++) {
        const bw_zephyr_snippet *snippet = bw_zephyr_snippet_called(f->extras->known_snippets, *name);

        if (snippet) {
            find_in_snippet(f, snippet, kind);
            continue;
        }
        if (kind != BW_ZEPHYR_USE_DEVICETREE)
            continue;
        const char *near = bw_zephyr_near_snippet(f->extras->known_snippets, *name);
        bw_finding *finding = bw_findings_add(f->findings, BW_CODE_zephyr_snippet_unknown, f->place,
                                              "no snippet under the roots is called %s", *name);
        if (near)
            bw_finding_cure(finding, "did you mean '%s'?", near);
        f->ok = false;
    }
}

/* ---- all ---- */

/* Of an overlay that is named twice the last place counts, as in Zephyr's list of extra files. Shields may repeat. */
static void drop_repeated(GPtrArray *list, guint from)
{
    for (guint i = from; i < list->len;) {
        bool again = false;

        for (guint k = i + 1; k < list->len && !again; k++)
            again = strcmp(list->pdata[i], list->pdata[k]) == 0;
        if (again)
            g_ptr_array_remove_index(list, i);
        else
            i++;
    }
}

static const char *const *keep(finder *f, GPtrArray *list)
{
    g_ptr_array_add(list, NULL);
    const char *const *kept = bw_arena_dup(f->arena, list->pdata, list->len * sizeof(char *));
    g_ptr_array_free(list, TRUE);
    return kept;
}

static int compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(((const bw_zephyr_file *)a)->path, ((const bw_zephyr_file *)b)->path);
}

bool bw_zephyr_find_files(const bw_zephyr *z, const bw_zephyr_choice *choice, const bw_zephyr_extras *extras,
                          bw_place place, bw_arena *arena, bw_findings *findings, bw_zephyr_files *files)
{
    finder f = {.z = z,
                .choice = choice,
                .extras = extras,
                .place = place,
                .arena = arena,
                .findings = findings,
                .files = files,
                .ok = true};

    *files = (bw_zephyr_files){0};
    f.used = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_file));
    f.unused = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_file));
    f.overlays = g_ptr_array_new();
    bw_zephyr_flags_init(&f.flags);
    f.shield_dirs = g_ptr_array_new();
    make_stems(&f);
    files->dts = find_tree(&f);
    find_old_extensions(&f, ".overlay", BW_ZEPHYR_USE_DEVICETREE);
    find_shields(&f, BW_ZEPHYR_USE_DEVICETREE);
    guint extra = f.overlays->len;
    find_snippets(&f, BW_ZEPHYR_USE_DEVICETREE);
    for (const char *const *o = extras ? extras->overlays : NULL; o && *o; o++)
        use_overlay(&f, *o, "given on the command line");
    drop_repeated(f.overlays, extra);
    for (guint i = 0; i < f.flags.files->len; i++)
        use_overlay(&f, f.flags.files->pdata[i], "-include of a snippet");
    find_defconfigs(&f);
    find_revision_conf(&f);
    find_old_extensions(&f, ".conf", BW_ZEPHYR_USE_KCONFIG);
    find_shields(&f, BW_ZEPHYR_USE_KCONFIG);
    find_snippets(&f, BW_ZEPHYR_USE_KCONFIG);
    find_sources(&f);
    if (extras && extras->near_misses)
        bw_zephyr_near_misses(z, choice, f.used, arena, f.unused);
    g_array_sort(f.unused, compare_paths);
    files->used_count = f.used->len;
    files->used = bw_arena_dup(arena, f.used->data, f.used->len * sizeof(bw_zephyr_file));
    files->unused_count = f.unused->len;
    files->unused = bw_arena_dup(arena, f.unused->data, f.unused->len * sizeof(bw_zephyr_file));
    files->overlays = keep(&f, f.overlays);
    files->defines = keep(&f, f.flags.defines);
    files->dirs = keep(&f, f.flags.dirs);
    files->system_dirs = keep(&f, f.flags.system_dirs);
    g_ptr_array_free(f.flags.files, TRUE);
    files->shield_dirs = keep(&f, f.shield_dirs);
    g_array_free(f.used, TRUE);
    g_array_free(f.unused, TRUE);
    return f.ok;
}
