/* SPDX-License-Identifier: Apache-2.0 */
#include "board/load.h"

#include "fdt/fdt.h"
#include "yaml/board_yml.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

/* Folders are searched no deeper than this; the deepest real board folder is 7 below its tree. */
#define DEPTH_MAX 16

/* No more names than this are looked at; a kernel's whole tree has 100,000. */
#define NAMES_MAX 500000

typedef struct finder {
    const bw_board_lookup *lookup; /* or NULL */
    bw_context *ctx;
    bw_arena *arena;
    bw_findings *findings;
    GArray *targets;                /* of bw_target */
    GPtrArray *others;              /* of const char *: the targets of a folder of which another was asked for */
    GPtrArray *ymls;                /* of char *: every board.yml of the folder that was given */
    uint32_t names_max, names_left; /* that may be looked at in folders */
    bool failed;
    bool said_limit;
} finder;

static void refuse(finder *f, const char *path, int error_number)
{
    f->failed = true;
    bw_findings_add(f->findings, BW_CODE_file_unreadable, bw_file_place(path), "%s cannot be read: %s", path,
                    g_strerror(error_number));
}

/* A folder that is too large to be a board, or boards: "/", or one that somebody made to keep us busy. */
static void stop_search(finder *f, const char *path, const char *why, uint32_t limit)
{
    f->failed = true;
    if (f->said_limit)
        return;
    f->said_limit = true;
    bw_finding_cure(bw_findings_add(f->findings, BW_CODE_folder_limit, bw_file_place(path),
                                    "the search for boards ends here: %s %u", why, limit),
                    "name the folder of the board, or of a smaller tree");
}

static void add_target(finder *f, bw_target_kind kind, const char *path)
{
    bw_target t = {.kind = kind, .path = bw_arena_strdup(f->arena, path)};

    t.name = t.path;
    g_array_append_val(f->targets, t);
}

static bool has_ending(const char *name, const char *const *endings)
{
    for (; *endings; endings++)
        if (g_str_has_suffix(name, *endings))
            return true;
    return false;
}

/* ---- board folders ---- */

/* The file's own dots and slashes as Zephyr writes them in file names: "1.5.0" is "1_5_0". */
static char *in_file_name(const char *text)
{
    return g_strdelimit(g_strdup(text), "./", '_');
}

static bool matches(const char *stem, const char *target)
{
    char *name = in_file_name(target);
    bool same = strcmp(stem, name) == 0;

    g_free(name);
    return same;
}

/* Looks for the variant whose file name is @p stem. @p lead: the name so far with and without the SoC. */
static char *find_variant(const char *stem, const char *with_soc, const char *without_soc,
                          const bw_yml_variant *variants, uint32_t count, int depth)
{
    char *found = NULL;

    for (uint32_t i = 0; i < count && !found && depth < DEPTH_MAX; i++) {
        const bw_yml_variant *v = &variants[i];
        const char *cluster = v->cpucluster ? v->cpucluster : "";
        const char *slash = v->cpucluster ? "/" : "";
        char *longer = g_strconcat(with_soc, slash, cluster, "/", v->name, NULL);
        char *shorter = without_soc ? g_strconcat(without_soc, slash, cluster, "/", v->name, NULL) : NULL;

        if (matches(stem, longer) || (shorter && matches(stem, shorter)))
            found = g_strdup(longer);
        else
            found = find_variant(stem, longer, shorter, v->variants, v->variant_count, depth + 1);
        g_free(longer);
        g_free(shorter);
    }
    return found;
}

/* The target that a file name stands for, by the SoCs and variants of board.yml; CPU clusters are not in it,
 * so what is left over is taken as qualifiers. Freed by the caller. */
static char *target_name(const bw_yml_board *board, const char *stem)
{
    const char *short_lead = board->soc_count == 1 ? board->name : NULL;
    char *found = NULL;   /* a SoC or variant of exactly this name */
    char *guessed = NULL; /* what is left behind the longest SoC */
    size_t longest = 0;

    for (uint32_t i = 0; i < board->soc_count && !found; i++) {
        const bw_yml_soc *soc = &board->socs[i];
        char *lead = g_strconcat(board->name, "/", soc->name, NULL);
        char *lead_in_file = in_file_name(lead);
        size_t len = strlen(lead_in_file);

        if (matches(stem, lead) || (short_lead && strcmp(stem, board->name) == 0))
            found = g_strdup(lead);
        else
            found = find_variant(stem, lead, short_lead, soc->variants, soc->variant_count, 0);
        if (!found && len > longest && g_str_has_prefix(stem, lead_in_file) && stem[len] == '_') {
            longest = len;
            g_free(guessed);
            guessed = g_strconcat(lead, "/", stem + len + 1, NULL);
        }
        g_free(lead_in_file);
        g_free(lead);
    }
    size_t len = strlen(board->name);
    if (!found && !guessed && short_lead && stem[len] == '_')
        guessed = g_strconcat(board->name, "/", board->socs[0].name, "/", stem + len + 1, NULL);
    if (!found)
        return guessed ? guessed : g_strdup(stem);
    g_free(guessed);
    return found;
}

/* The board of the file that a .dts belongs to: the longest name that it begins with. */
static const bw_yml_board *board_of(const bw_board_yml *yml, const char *stem)
{
    const bw_yml_board *best = NULL;
    size_t best_len = 0;

    for (uint32_t i = 0; i < yml->count; i++) {
        const char *name = yml->boards[i].name ? yml->boards[i].name : yml->boards[i].extend;
        size_t len = name ? strlen(name) : 0;

        if (len > best_len && strncmp(stem, name, len) == 0 && (stem[len] == '\0' || stem[len] == '_')) {
            best = &yml->boards[i];
            best_len = len;
        }
    }
    return best;
}

/* The overlay of the default revision, if there is one. */
static const char *const *revision_overlay(finder *f, const bw_yml_board *board, const char *path)
{
    if (!board->default_revision)
        return NULL;
    char *revision = in_file_name(board->default_revision);
    char *overlay = g_strdup_printf("%.*s_%s.overlay", (int)(strlen(path) - strlen(".dts")), path, revision);
    const char **list = NULL;

    if (g_file_test(overlay, G_FILE_TEST_IS_REGULAR)) {
        list = bw_arena_array(f->arena, const char *, 2);
        list[0] = bw_arena_strdup(f->arena, overlay);
    }
    g_free(overlay);
    g_free(revision);
    return list;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in a folder, sorted, at most one more than @p limit; NULL if it cannot be read. */
static GPtrArray *names_in(const char *path, uint32_t limit, int *error_number)
{
    errno = 0;
    GDir *dir = g_dir_open(path, 0, NULL);
    if (!dir) {
        *error_number = errno ? errno : EIO;
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while (names->len <= limit && (name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, compare_names);
    return names;
}

static char *in_folder(const char *folder, const char *name)
{
    return strcmp(folder, ".") == 0 ? g_strdup(name) : g_build_filename(folder, name, NULL);
}

static const char *text_of(finder *f, const char *folder, const char *name)
{
    char *path = in_folder(folder, name);
    bw_source *source = bw_source_open(f->ctx->sources, path, NULL);

    g_free(path);
    return source ? source->text : "";
}

/* Some vendors call a part that their targets share .dts too: it has no /dts-v1/, and another includes it. */
static bool is_shared_part(finder *f, const char *folder, const GPtrArray *names, const char *name)
{
    bool shared = false;

    if (strstr(text_of(f, folder, name), "/dts-v1/"))
        return false;
    char *quoted = g_strdup_printf("\"%s\"", name);
    for (guint i = 0; i < names->len && !shared; i++)
        shared = g_str_has_suffix(names->pdata[i], ".dts") && strstr(text_of(f, folder, names->pdata[i]), quoted);
    g_free(quoted);
    return shared;
}

static void guess_targets(finder *f, const char *path)
{
    char *folder = g_path_get_dirname(path);
    int error_number = 0;
    GPtrArray *names = names_in(folder, f->names_max, &error_number);
    const bw_board_yml *yml = bw_board_yml_read(f->ctx, path, f->arena, f->findings);
    guint before = f->targets->len;

    if (!names)
        refuse(f, folder, error_number);
    f->failed |= !yml;
    for (guint i = 0; names && yml && i < names->len; i++) {
        const char *name = names->pdata[i];

        if (!g_str_has_suffix(name, ".dts") || is_shared_part(f, folder, names, name))
            continue;
        char *stem = g_strndup(name, strlen(name) - strlen(".dts"));
        const bw_yml_board *board = board_of(yml, stem);
        if (board) {
            char *file = in_folder(folder, name);
            add_target(f, BW_TARGET_SOURCE, file);
            bw_target *t = &g_array_index(f->targets, bw_target, f->targets->len - 1);
            char *target = board->name ? target_name(board, stem) : g_strdup(stem);
            t->name = bw_arena_strdup(f->arena, target);
            t->board = board->name ? board->name : board->extend;
            t->full_name = board->full_name;
            t->vendor = board->vendor;
            t->board_yml = bw_arena_strdup(f->arena, path);
            t->more_files = revision_overlay(f, board, file);
            g_free(target);
            g_free(file);
        }
        g_free(stem);
    }
    if (names && yml && f->targets->len == before) {
        f->failed = true;
        const bw_yml_board *board = yml->count ? &yml->boards[0] : NULL;

        if (board && board->name && !board->soc_count && !board->variant_count)
            bw_finding_cure(bw_findings_add(f->findings, BW_CODE_board_unknown, bw_yaml_place(board->at),
                                            "%s has no SoCs of its own, and nothing that was looked at extends it",
                                            board->name),
                            "name the folder of an extension, too, or its root with --board-root");
        else
            bw_findings_add(f->findings, BW_CODE_board_unknown, bw_file_place(path),
                            "no .dts beside this board.yml is named after a board of it");
    }
    if (names)
        g_ptr_array_free(names, TRUE);
    g_free(folder);
}

static void add_board_yml(finder *f, const char *path)
{
    guint before = f->targets->len;
    uint32_t errors = f->findings->counts[BW_ERROR];

    if (!f->lookup || !f->lookup->of_board_yml(f->lookup->data, path, f->arena, f->findings, f->targets))
        guess_targets(f, path);
    else if (f->targets->len == before && f->findings->counts[BW_ERROR] > errors)
        f->failed = true; /* else others extend it */
}

/* ---- folders ---- */

/* "board.yaml", "Board.yml": Zephyr looks for exactly board.yml and three others, and says nothing. */
static void check_metadata_name(finder *f, const char *folder, const char *name)
{
    static const char *const right[] = {"board.yml", "soc.yml", "shield.yml", "snippet.yml"};

    for (size_t i = 0; i < G_N_ELEMENTS(right); i++) {
        size_t stem = strlen(right[i]) - strlen(".yml");

        if (g_ascii_strncasecmp(name, right[i], stem) != 0 || strcmp(name, right[i]) == 0 ||
            (g_ascii_strcasecmp(name + stem, ".yml") != 0 && g_ascii_strcasecmp(name + stem, ".yaml") != 0))
            continue;
        char *path = in_folder(folder, name);
        bw_finding *finding = bw_findings_add(f->findings, BW_CODE_zephyr_metadata_name, bw_file_place(path),
                                              "Zephyr looks for %s, so this file does not exist for it", right[i]);
        bw_finding_cure(finding, "rename it to %s", right[i]);
        f->failed = true;
        g_free(path);
    }
}

/* Sources and blobs of a folder that is no board's own. @param named whether the user named the folder itself */
static void add_loose_file(finder *f, const char *name, const char *file, bool named)
{
    static const char *const sources[] = {".dts", ".dtso", NULL};
    static const char *const blobs[] = {".dtb", ".dtbo", NULL};

    if (has_ending(name, sources)) {
        if (named || !f->lookup || !f->lookup->is_board || f->lookup->is_board(f->lookup->data, file))
            add_target(f, BW_TARGET_SOURCE, file);
    }
    if (has_ending(name, blobs))
        add_target(f, BW_TARGET_BLOB, file);
}

/* @param of_board whether a folder above is a board's: then only the board.yml of others are looked for */
static void add_folder(finder *f, const char *path, int depth, bool of_board)
{
    int error_number = 0;
    GPtrArray *names = names_in(path, f->names_left, &error_number);

    if (!names) {
        refuse(f, path, error_number);
        return;
    }
    if (names->len > f->names_left || f->said_limit) {
        stop_search(f, path, "there are more names in its folders than", f->names_max);
        g_ptr_array_free(names, TRUE);
        return;
    }
    f->names_left -= names->len;
    for (guint i = 0; i < names->len; i++)
        check_metadata_name(f, path, names->pdata[i]);
    char *yml = in_folder(path, "board.yml");
    char *cells = in_folder(path, "#address-cells");
    bool is_board = g_file_test(yml, G_FILE_TEST_IS_REGULAR);
    bool is_tree = !is_board && !of_board && g_file_test(cells, G_FILE_TEST_IS_REGULAR);
    if (is_board)
        g_ptr_array_add(f->ymls, g_strdup(yml));
    if (is_tree)
        add_target(f, BW_TARGET_FS, path);
    for (guint i = 0; i < names->len && !is_tree; i++) {
        const char *name = names->pdata[i];
        char *file = in_folder(path, name);

        if (g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
            if (!is_board && !of_board)
                add_loose_file(f, name, file, depth == 0);
        } else if (name[0] != '.' && !g_file_test(file, G_FILE_TEST_IS_SYMLINK) &&
                   g_file_test(file, G_FILE_TEST_IS_DIR)) {
            if (depth < DEPTH_MAX)
                add_folder(f, file, depth + 1, is_board || of_board);
            else if (!is_board && !of_board)
                stop_search(f, file, "folders within folders are more than", DEPTH_MAX);
        }
        g_free(file);
    }
    g_free(cells);
    g_free(yml);
    g_ptr_array_free(names, TRUE);
}

static void announce(finder *f)
{
    for (guint i = 0; i < f->ymls->len && f->lookup && f->lookup->announce; i++)
        f->lookup->announce(f->lookup->data, f->ymls->pdata[i]);
}

/* All board.yml that were found are known before the first is asked for its targets. */
static void add_board_ymls(finder *f)
{
    announce(f);
    for (guint i = 0; i < f->ymls->len; i++)
        add_board_yml(f, f->ymls->pdata[i]);
    g_ptr_array_set_size(f->ymls, 0);
}

/* A folder's path without needless slashes at the end. Freed by the caller. */
static char *tidy(const char *path)
{
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        len--;
    return g_strndup(path, len);
}

/* "boards/plank/m33": a target of the board in a folder. @return false if it is none. */
static bool add_target_in_folder(finder *f, const char *argument)
{
    char *folder = tidy(argument);
    char *slash;
    bool found = false;

    while (!found && (slash = strrchr(folder, '/')) && slash > folder) {
        const char *qualifiers = argument + (slash - folder) + 1;

        *slash = '\0';
        char *yml = in_folder(folder, "board.yml");
        if (g_file_test(yml, G_FILE_TEST_IS_REGULAR)) {
            guint before = f->targets->len;

            add_folder(f, folder, 0, false);
            add_board_ymls(f);
            g_ptr_array_set_size(f->others, 0);
            for (guint i = f->targets->len; i > before; i--) {
                const bw_target *t = &g_array_index(f->targets, bw_target, i - 1);
                const char *own = strchr(t->name, '/');

                if (own && strcmp(own + 1, qualifiers) == 0)
                    continue;
                g_ptr_array_add(f->others, (gpointer)(uintptr_t)t->name);
                g_array_remove_index(f->targets, i - 1);
            }
            found = f->targets->len > before;
        }
        g_free(yml);
    }
    g_free(folder);
    return found;
}

/* What is no path. A folder's board that has no such target is what was meant, unless there is a board of this name. */
static void find_by_name(finder *f, const char *argument)
{
    bw_findings unheard;

    if (!f->others->len) {
        f->failed |= !f->lookup->by_name(f->lookup->data, argument, f->arena, f->findings, f->targets);
        return;
    }
    bw_findings_init(&unheard, f->ctx);
    bool found = f->lookup->by_name(f->lookup->data, argument, f->arena, &unheard, f->targets);
    bw_findings_free(&unheard);
    if (found)
        return;
    GString *names = g_string_new(NULL);
    for (guint i = f->others->len; i > 0; i--)
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", (const char *)f->others->pdata[i - 1]);
    bw_finding *finding = bw_findings_add(f->findings, BW_CODE_zephyr_target_unknown, bw_file_place(argument),
                                          "the board in this folder has no such target; there %s %s",
                                          f->others->len == 1 ? "is" : "are", names->str);
    const char *slash = strrchr(argument, '/');
    g_ptr_array_add(f->others, NULL);
    const char *near = slash ? bw_nearest(argument, (const char *const *)f->others->pdata) : NULL;
    if (near)
        bw_finding_cure(finding, "did you mean '%s'?", near);
    f->failed = true;
    g_string_free(names, TRUE);
}

/* No board's name begins so. */
static bool is_plainly_a_path(const char *argument)
{
    return g_path_is_absolute(argument) || g_str_has_prefix(argument, "./") || g_str_has_prefix(argument, "../");
}

static void add_argument(finder *f, const char *argument)
{
    static const char *const yaml[] = {".yml", ".yaml", NULL};
    static const char *const file_endings[] = {".yml", ".yaml", ".dts", ".dtso", ".dtb", ".dtbo", ".json", NULL};
    int error_number = 0;

    if (strcmp(argument, "-") != 0 && g_file_test(argument, G_FILE_TEST_IS_DIR)) {
        char *folder = tidy(argument);
        bool failed_before = f->failed;

        add_folder(f, folder, 0, false);
        bool has_board = f->ymls->len > 0; /* then it was said why there is no target */
        add_board_ymls(f);
        if (f->targets->len == 0 && f->failed == failed_before && !has_board) {
            f->failed = true;
            bw_findings_add(f->findings, BW_CODE_board_unknown, bw_file_place(argument),
                            "the folder holds no board: no board.yml, .dts or .dtb in it or below it");
        }
        g_free(folder);
        return;
    }
    bw_source *source = bw_source_open(f->ctx->sources, argument, &error_number);
    if (!source && (error_number == ENOENT || error_number == ENOTDIR) && add_target_in_folder(f, argument))
        return;
    if (!source && error_number == ENOENT && f->lookup && !is_plainly_a_path(argument) &&
        !has_ending(argument, file_endings)) {
        find_by_name(f, argument);
    } else if (!source) {
        refuse(f, argument, error_number);
    } else if (has_ending(argument, yaml)) {
        g_ptr_array_add(f->ymls, g_strdup(argument));
        add_board_ymls(f);
    } else {
        add_target(f, bw_fdt_is_blob(source->text, source->len) ? BW_TARGET_BLOB : BW_TARGET_SOURCE, argument);
    }
}

static int compare_targets(gconstpointer a, gconstpointer b)
{
    return strcmp(((const bw_target *)a)->name, ((const bw_target *)b)->name);
}

static finder finder_of(bw_context *ctx, const bw_load_options *options, bw_arena *arena, bw_findings *findings)
{
    uint32_t limit = options && options->names_max ? options->names_max : NAMES_MAX;

    return (finder){.lookup = options ? options->lookup : NULL,
                    .ctx = ctx,
                    .arena = arena,
                    .findings = findings,
                    .targets = g_array_new(FALSE, FALSE, sizeof(bw_target)),
                    .others = g_ptr_array_new(),
                    .ymls = g_ptr_array_new_with_free_func(g_free),
                    .names_max = limit,
                    .names_left = limit};
}

void bw_targets_announce(bw_context *ctx, const char *argument, const bw_load_options *options, bw_arena *arena)
{
    bw_findings unheard; /* bw_targets_find() says it */

    bw_findings_init(&unheard, ctx);
    finder f = finder_of(ctx, options, arena, &unheard);
    if (g_file_test(argument, G_FILE_TEST_IS_DIR)) {
        char *folder = tidy(argument);

        add_folder(&f, folder, 0, false);
        g_free(folder);
    } else if (g_str_has_suffix(argument, ".yml")) {
        g_ptr_array_add(f.ymls, g_strdup(argument));
    }
    announce(&f);
    g_ptr_array_free(f.ymls, TRUE);
    g_ptr_array_free(f.others, TRUE);
    g_array_free(f.targets, TRUE);
    bw_findings_free(&unheard);
}

bool bw_targets_find(bw_context *ctx, const char *argument, const bw_load_options *options, bw_arena *arena,
                     bw_findings *findings, bw_targets *targets)
{
    finder f = finder_of(ctx, options, arena, findings);

    add_argument(&f, argument);
    g_array_sort(f.targets, compare_targets);
    targets->count = f.targets->len;
    targets->items = bw_arena_dup(arena, f.targets->data, f.targets->len * sizeof(bw_target));
    g_array_free(f.targets, TRUE);
    g_ptr_array_free(f.ymls, TRUE);
    g_ptr_array_free(f.others, TRUE);
    return !f.failed && targets->count > 0;
}

/* ---- reading ---- */

/* What the user gives comes first. */
static const char *const *join(bw_arena *arena, const char *const *given, const char *const *found)
{
    size_t given_count = 0;
    size_t found_count = 0;

    if (!given)
        return found;
    while (given[given_count])
        given_count++;
    while (found[found_count])
        found_count++;
    const char **all = bw_arena_array(arena, const char *, given_count + found_count + 1);
    memcpy(all, given, given_count * sizeof *all);
    memcpy(all + given_count, found, found_count * sizeof *all);
    return all;
}

/* An overlay with /plugin/, or a blob: applied to the whole tree; any other is text of the same tree. */
static bool is_applied(bw_context *ctx, const char *path)
{
    bw_source *source = bw_source_open(ctx->sources, path, NULL);

    return source && (bw_fdt_is_blob(source->text, source->len) || strstr(source->text, "/plugin/"));
}

/* The texts behind the main one: a revision's overlay, then what the user gives. */
static const char *const *texts_of(bw_unit *unit, const bw_target *target, const bw_load_options *options)
{
    GPtrArray *texts = g_ptr_array_new();

    for (const char *const *text = target->more_files; text && *text; text++)
        g_ptr_array_add(texts, (gpointer)(uintptr_t)*text);
    for (const char *const *text = options->overlays; text && *text; text++)
        if (!is_applied(unit->ctx, *text))
            g_ptr_array_add(texts, (gpointer)(uintptr_t)*text);
    g_ptr_array_add(texts, NULL);
    const char *const *list = bw_arena_dup(&unit->arena, texts->pdata, texts->len * sizeof(char *));
    g_ptr_array_free(texts, TRUE);
    return *list ? list : NULL;
}

static bw_tree *read_source(bw_unit *unit, const bw_target *target, const bw_load_options *options, bw_roots *roots)
{
    const bw_root *root = roots && !target->include_dirs ? bw_roots_find(roots, target->path) : NULL;
    bw_dts_options dts = {
        .preprocess = !options->no_preprocess,
        .tolerate_missing = options->tolerate_missing,
        .mend_comments = true,
        .include_dirs = options->include_dirs,
        .dts_dirs = options->dts_dirs,
        .defines = options->defines,
        .more_files = texts_of(unit, target, options),
    };

    if (options->dialect_given)
        dts.dialect = options->dialect;
    else if (target->board_yml)
        dts.dialect = BW_DIALECT_ZEPHYR;
    else if (root)
        dts.dialect = root->dialect;
    if (root) {
        dts.include_dirs = join(&unit->arena, options->include_dirs, root->include_dirs);
        dts.dts_dirs = join(&unit->arena, options->dts_dirs, root->dts_dirs);
    }
    if (target->include_dirs) {
        dts.include_dirs = join(&unit->arena, options->include_dirs, target->include_dirs);
        dts.dts_dirs = join(&unit->arena, options->dts_dirs, target->include_dirs);
    }
    if (target->defines)
        dts.defines = join(&unit->arena, options->defines, target->defines);
    return bw_dts_read(unit, target->path, &dts);
}

static bw_tree *read_blob(bw_unit *unit, const bw_target *target)
{
    int error_number = 0;
    bw_source *source = bw_source_open(unit->ctx->sources, target->path, &error_number);

    if (!source) {
        bw_findings_add(unit->findings, BW_CODE_file_unreadable, bw_file_place(target->path), "%s cannot be read: %s",
                        target->path, g_strerror(error_number));
        return NULL;
    }
    return bw_fdt_read(unit, source);
}

static bw_tree *parse(bw_unit *unit, const bw_target *target, const bw_load_options *options, bw_roots *roots)
{
    switch (target->kind) {
    case BW_TARGET_BLOB:
        return read_blob(unit, target);
    case BW_TARGET_FS:
        return bw_fdt_read_dir(unit, target->path);
    case BW_TARGET_SOURCE:
        break;
    }
    return read_source(unit, target, options, roots);
}

/* A text that is no /plugin/ has nothing to stand behind in a blob. */
static bool refuse_texts(bw_unit *unit, const bw_load_options *options)
{
    bool refused = false;

    for (const char *const *path = options->overlays; path && *path; path++) {
        if (is_applied(unit->ctx, *path) || !bw_source_open(unit->ctx->sources, *path, NULL))
            continue;
        bw_finding_cure(bw_findings_add(unit->findings, BW_CODE_overlay_text, bw_file_place(*path),
                                        "this overlay is text for a source, and the board is a blob"),
                        "write /plugin/; behind its /dts-v1/;, so that it is an overlay by itself");
        refused = true;
    }
    return refused;
}

static bw_tree *read_overlay(bw_unit *unit, const char *path, const bw_load_options *options, bw_roots *roots)
{
    static const bw_fdt_generate_options generate = {.quiet = true};
    bw_load_options alone = *options;
    int error_number = 0;
    bw_source *source = bw_source_open(unit->ctx->sources, path, &error_number);
    bw_target target = {.name = path, .path = path};

    if (!source) {
        bw_findings_add(unit->findings, BW_CODE_file_unreadable, bw_file_place(path), "%s cannot be read: %s", path,
                        g_strerror(error_number));
        return NULL;
    }
    alone.overlays = NULL;
    target.kind = bw_fdt_is_blob(source->text, source->len) ? BW_TARGET_BLOB : BW_TARGET_SOURCE;
    bw_tree *overlay = parse(unit, &target, &alone, roots);
    bool ok = overlay && !overlay->broken && bw_tree_resolve(overlay, &options->resolve) &&
              bw_fdt_generate(overlay, &generate);
    return ok ? overlay : NULL;
}

/* @return false when one does not fit; the tree is of no use then. */
static bool apply_overlays(bw_tree *tree, const bw_load_options *options, bw_roots *roots)
{
    for (const char *const *path = options->overlays; path && *path; path++) {
        /* A text that is not there was missed when the source was read. */
        if (!is_applied(tree->unit->ctx, *path) && tree->from_source)
            continue;
        if (!tree->resolved && !bw_tree_resolve(tree, &options->resolve))
            return false;
        bw_tree *overlay = read_overlay(tree->unit, *path, options, roots);
        if (!overlay || !bw_overlay_apply(tree, overlay))
            return false;
    }
    return true;
}

bw_tree *bw_target_parse(bw_unit *unit, const bw_target *target, const bw_load_options *options, bw_roots *roots)
{
    if (target->kind != BW_TARGET_SOURCE && refuse_texts(unit, options))
        return NULL;
    bw_tree *tree = parse(unit, target, options, roots);
    if (tree && !tree->broken && !apply_overlays(tree, options, roots))
        tree->broken = true;
    return tree;
}

bw_tree *bw_target_read(bw_unit *unit, const bw_target *target, const bw_load_options *options, bw_roots *roots)
{
    bw_tree *tree = bw_target_parse(unit, target, options, roots);

    if (tree && tree->resolved) {
        /* an overlay was applied to it */
    } else if (tree && tree->broken) {
        /* What is missing after a syntax error would be found missing everywhere. */
        bw_findings *findings = unit->findings;
        bw_findings follow_up;

        bw_findings_init(&follow_up, unit->ctx);
        unit->findings = &follow_up;
        bw_tree_resolve(tree, &options->resolve);
        unit->findings = findings;
        bw_findings_free(&follow_up);
    } else if (tree && !bw_tree_resolve(tree, &options->resolve)) {
        tree->broken = true;
    }
    if (tree && !tree->from_source && !tree->root->deleted)
        bw_fdt_read_symbols(tree, true);
    return tree;
}
