/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and values as they are written: 25 to 32 of the list in docs/balena.md. Most of these faults are silent:
 * BitBake takes `VAR_machine = "…"` for a variable of that name.
 *
 * Source: BitBake User Manual, "Syntax and Operators"; Yocto Project, migration guide of 3.4 (honister).
 */
#include "systems/balena/names.h"
#include "systems/balena/words.h"

typedef struct checker {
    const bw_balena_repo *repo;
    bw_unit *unit;
    const bw_balena_release *release;
    GHashTable *machines;
} checker;

static bool is_named(const bw_bb_statement *st)
{
    return st->kind == BW_BB_ASSIGN || st->kind == BW_BB_FUNCTION;
}

static bool is_list(const char *const *list, const char *word, size_t len)
{
    for (; *list; list++)
        if (strlen(*list) == len && strncmp(*list, word, len) == 0)
            return true;
    return false;
}

/* ---- 25: operators of the other style ---- */

static bool check_operator(checker *c, const bw_bb_statement *st)
{
    const char *old = bw_balena_old_operator(st->written);

    if (c->release->style == BW_BB_NEW_STYLE && old) {
        const size_t len = 1 + strcspn(old + 1, "_:");
        bw_finding *f =
            bw_findings_add(c->unit->findings, BW_CODE_balena_override_operator,
                            bw_balena_name_part(st, (size_t)(old - st->written), len),
                            "%s: BitBake of %s refuses %.*s in a name", st->written, c->release->name, (int)len, old);
        bw_finding_cure(f, "write :%.*s", (int)len - 1, old + 1);
        return true;
    }
    if (c->release->style == BW_BB_OLD_STYLE) {
        const char *new = bw_balena_new_operator(st->written);
        if (!new)
            return false;
        const size_t len = 1 + strcspn(new + 1, ":");
        bw_finding *f = bw_findings_add(c->unit->findings, BW_CODE_balena_override_operator,
                                        bw_balena_name_part(st, (size_t)(new - st->written), len),
                                        "%s: %s knows %.*s only as _%.*s", st->written, c->release->name, (int)len, new,
                                        (int)len - 1, new + 1);
        bw_finding_cure(f, "write _%.*s", (int)len - 1, new + 1);
        return true;
    }
    return false;
}

/* ---- 28: image types ---- */

static bool check_image_type(checker *c, const bw_bb_statement *st)
{
    const size_t at = bw_balena_image_type(st->written);

    if (!at || c->release->style != BW_BB_NEW_STYLE)
        return false;
    bw_finding *f = bw_findings_add(c->unit->findings, BW_CODE_balena_override_image,
                                    bw_balena_name_part(st, at, strcspn(st->written + at, ":")),
                                    "%s is a variable that nothing reads: %s is never run", st->written,
                                    st->kind == BW_BB_FUNCTION ? "what it holds" : "its value");
    bw_finding_cure(f, "write %.*s:%s", (int)at - 1, st->written, st->written + at);
    return true;
}

/* ---- 27: packages, and PREFERRED_… ---- */

static bool check_package(checker *c, const bw_bb_statement *st)
{
    size_t at = bw_balena_package_suffix(st->written);

    if (c->release->style != BW_BB_NEW_STYLE)
        return false;
    if (at) {
        bw_finding *f =
            bw_findings_add(c->unit->findings, BW_CODE_balena_override_package,
                            bw_balena_name_part(st, at - 1, strlen(st->written) - at + 1),
                            "%s is a variable that nothing reads: the package does not get it", st->written);
        bw_finding_cure(f, "write %.*s:%s", (int)at - 1, st->written, st->written + at);
        return true;
    }
    at = bw_balena_over_converted(st->written);
    if (!at)
        return false;
    bw_finding *f =
        bw_findings_add(c->unit->findings, BW_CODE_balena_override_package,
                        bw_balena_name_part(st, at - 1, strlen(st->written) - at + 1),
                        "%s has no effect: %.*s kept its underscore", st->written, (int)at - 1, st->written);
    bw_finding_cure(f, "write %.*s_%s", (int)at - 1, st->written, st->written + at);
    return true;
}

/* ---- 26: machines of the old style ---- */

static const char *const takes_names[] = {
    "PREFERRED_PROVIDER_", "PREFERRED_VERSION_", "PREFERRED_RPROVIDER_", "BBFILE_",
    "LAYERSERIES_",        "LAYERDEPENDS_",      "LAYERVERSION_",        "LAYERRECOMMENDS_",
    "BBCLASSEXTEND_",      "VIRTUAL-RUNTIME_",   "UBOOT_CONFIG_",        NULL};

/* Where "_machine" begins at the end of a name (of what stands before the first ':'); 0: it does not end so. */
static size_t machine_suffix(const checker *c, const char *name)
{
    const size_t len = strcspn(name, ":");

    for (const char *const *p = takes_names; *p; p++)
        if (g_str_has_prefix(name, *p))
            return 0;
    for (size_t at = 1; at + 1 < len; at++) {
        if (name[at] != '_')
            continue;
        char *word = g_strndup(name + at + 1, len - at - 1);
        const bool known = g_hash_table_contains(c->machines, word);
        g_free(word);
        if (known)
            return at;
    }
    return 0;
}

static void check_machine(checker *c, const bw_bb_statement *st)
{
    const char *keyword = bw_balena_half_converted(st->written);
    const size_t at = keyword ? 0 : machine_suffix(c, st->written);

    if (c->release->style != BW_BB_NEW_STYLE || (!keyword && !at))
        return;
    if (keyword) {
        const size_t begin = (size_t)(keyword - st->written);
        bw_finding *f = bw_findings_add(
            c->unit->findings, BW_CODE_balena_override_machine, bw_balena_name_part(st, begin, strlen(keyword)),
            "%s has no effect: %s is taken for the name of an override", st->written, keyword + 1);
        const size_t word = strcspn(keyword, "_");
        bw_finding_cure(f, "write %.*s:%s", (int)(begin + word), st->written, keyword + word + 1);
        return;
    }
    bw_finding *f = bw_findings_add(c->unit->findings, BW_CODE_balena_override_machine,
                                    bw_balena_name_part(st, at, strlen(st->written) - at),
                                    "%s is a variable that nothing reads: %.*s stays as it is for %s", st->written,
                                    (int)at, st->written, st->written + at + 1);
    bw_finding_cure(f, "write %.*s:%s", (int)at, st->written, st->written + at + 1);
}

/* ---- 29: blanks ---- */

static const char *const lists[] = {"SRC_URI",
                                    "DEPENDS",
                                    "RDEPENDS",
                                    "RRECOMMENDS",
                                    "RPROVIDES",
                                    "RREPLACES",
                                    "RCONFLICTS",
                                    "IMAGE_INSTALL",
                                    "IMAGE_FSTYPES",
                                    "IMAGE_FEATURES",
                                    "KERNEL_DEVICETREE",
                                    "KERNEL_FEATURES",
                                    "KERNEL_MODULE_AUTOLOAD",
                                    "MACHINE_FEATURES",
                                    "MACHINE_EXTRA_RRECOMMENDS",
                                    "MACHINE_EXTRA_RDEPENDS",
                                    "MACHINE_ESSENTIAL_EXTRA_RDEPENDS",
                                    "MACHINE_ESSENTIAL_EXTRA_RRECOMMENDS",
                                    "DISTRO_FEATURES",
                                    "PACKAGECONFIG",
                                    "PACKAGES",
                                    "FILES",
                                    "INSANE_SKIP",
                                    "BALENA_CONFIGS",
                                    "RESIN_CONFIGS",
                                    "BALENA_BOOT_PARTITION_FILES",
                                    "RESIN_BOOT_PARTITION_FILES",
                                    "HOSTAPP_HOOKS",
                                    "HOSTAPP_HOOKS_DIRS",
                                    "EXTRA_OEMAKE",
                                    "EXTRA_OECONF",
                                    "EXTRA_OECMAKE",
                                    "CORE_IMAGE_EXTRA_INSTALL",
                                    "PACKAGE_INSTALL",
                                    "CONNECTIVITY_FIRMWARES",
                                    "CONNECTIVITY_MODULES",
                                    "CONNECTIVITY_PACKAGES",
                                    NULL};

static void check_blank(checker *c, const bw_bb_statement *st)
{
    const char *keyword = c->release->style == BW_BB_NEW_STYLE ? bw_balena_new_operator(st->written)
                                                               : bw_balena_old_operator(st->written);
    const size_t base = strcspn(st->written, ":");
    size_t len = base;

    if (st->kind != BW_BB_ASSIGN || !keyword || !*st->value)
        return;
    if (c->release->style == BW_BB_OLD_STYLE)
        len = (size_t)(keyword - st->written);
    const bool append = g_str_has_prefix(keyword + 1, "append");
    const bool prepend = g_str_has_prefix(keyword + 1, "prepend");
    if ((st->op != BW_BB_SET && st->op != BW_BB_SET_NOW) || (!append && !prepend))
        return;
    if (!is_list(lists, st->written, len)) {
        const size_t under = c->release->style == BW_BB_OLD_STYLE ? strcspn(st->written, "_") : 0;
        if (!under || !bw_balena_package_suffix(st->written) || !is_list(lists, st->written, under))
            return;
    }
    const char edge = append ? st->value[0] : st->value[strlen(st->value) - 1];
    if (g_ascii_isspace(edge) || (append ? edge == '$' : edge == '}'))
        return;
    bw_finding *f = bw_findings_add(c->unit->findings, BW_CODE_balena_append_blank, st->value_place,
                                    append ? "%.*s is a list, and what is appended does not begin with a blank"
                                           : "%.*s is a list, and what is put before it does not end with a blank",
                                    (int)len, st->written);
    bw_finding_cure(f, append ? "begin the value with a blank" : "end the value with a blank");
}

/* ---- 30: += under an override ---- */

static bool is_set_before(const bw_bb_file *file, const bw_bb_statement *st)
{
    for (const bw_bb_statement *s = file->statements; s < st; s++)
        if (s->kind == BW_BB_ASSIGN && strcmp(s->written, st->written) == 0)
            return true;
    return false;
}

static void check_adding(checker *c, const bw_bb_file *file, const bw_bb_statement *st)
{
    const char sep = c->release->style == BW_BB_NEW_STYLE ? ':' : '_';
    const char *word = strrchr(st->written, sep);

    if (st->kind != BW_BB_ASSIGN || st->op < BW_BB_APPEND_BLANK || is_set_before(file, st))
        return;
    if (c->release->style == BW_BB_OLD_STYLE) { /* a machine may have underscores */
        const size_t at = machine_suffix(c, st->written);
        word = at ? st->written + at : NULL;
    }
    /* What belongs to a package is often for one machine only, and meant to be all. */
    if (strstr(st->written, "${PN}") || bw_balena_of_package(st->written))
        return;
    if (!word || !g_hash_table_contains(c->machines, word + 1) || bw_balena_old_operator(st->written) ||
        bw_balena_new_operator(st->written))
        return;
    const int base = (int)(word - st->written);
    bw_finding *f = bw_findings_add(c->unit->findings, BW_CODE_balena_override_add, st->name_place,
                                    "%s %s begins from nothing: for %s all else of %.*s is lost", st->written,
                                    st->op == BW_BB_APPEND_BLANK    ? "+="
                                    : st->op == BW_BB_PREPEND_BLANK ? "=+"
                                    : st->op == BW_BB_APPEND_PLAIN  ? ".="
                                                                    : "=.",
                                    word + 1, base, st->written);
    bw_finding_cure(f, "write %.*s%c%s%c%s = with a blank, or = if the rest is meant to be lost", base, st->written,
                    sep, st->op == BW_BB_APPEND_BLANK || st->op == BW_BB_APPEND_PLAIN ? "append" : "prepend", sep,
                    word + 1);
}

/* ---- 31: files of SRC_URI ---- */

#define FILES_MAX 20000
#define DEPTH_MAX 8

/* Paths below a folder, relative to each of the folders on the way: "files/a/b.patch" is there as "a/b.patch" too. */
static void add_files(GHashTable *set, const char *folder, unsigned depth)
{
    GDir *dir = depth < DEPTH_MAX ? g_dir_open(folder, 0, NULL) : NULL;
    const char *name;

    while (dir && (name = g_dir_read_name(dir)) && g_hash_table_size(set) < FILES_MAX) {
        char *path = g_strconcat(folder, "/", name, NULL);
        g_hash_table_add(set, path);
        if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            add_files(set, path, depth + 1);
    }
    if (dir)
        g_dir_close(dir);
}

static bool is_below(GHashTable *set, const char *name)
{
    GHashTableIter iter;
    gpointer path;
    char *ending = g_strconcat("/", name, NULL);
    bool found = false;

    g_hash_table_iter_init(&iter, set);
    while (!found && g_hash_table_iter_next(&iter, &path, NULL))
        found = g_str_has_suffix(path, ending);
    g_free(ending);
    return found;
}

/* The folder that a recipe's files are looked for in; with "../" in FILESEXTRAPATHS the one above it. */
static char *files_folder(const bw_bb_file *file)
{
    char *folder = g_path_get_dirname(file->path);

    for (uint32_t i = 0; i < file->count; i++) {
        const bw_bb_statement *st = &file->statements[i];
        if (st->kind == BW_BB_ASSIGN && g_str_has_prefix(st->written, "FILESEXTRAPATHS") && strstr(st->value, "..")) {
            char *above = g_path_get_dirname(folder);
            char *top = g_path_get_dirname(above);
            g_free(folder);
            g_free(above);
            return top;
        }
    }
    return folder;
}

/* Files that come from elsewhere: of a path that is not below the layer, or of a class that unpacks. */
static bool looks_elsewhere(const bw_bb_file *file)
{
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_bb_statement *st = &file->statements[i];
        if (st->kind == BW_BB_ASSIGN && g_str_has_prefix(st->written, "FILESEXTRAPATHS") &&
            !strstr(st->value, "${THISDIR}") && !strstr(st->value, "${FILE_DIRNAME}") && strstr(st->value, "${"))
            return true;
    }
    return false;
}

static void check_sources(checker *c, const bw_bb_file *file)
{
    GHashTable *below = NULL;

    if (looks_elsewhere(file))
        return;
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_bb_statement *st = &file->statements[i];
        if (st->kind != BW_BB_ASSIGN || !g_str_has_prefix(st->written, "SRC_URI") || strstr(st->written, "remove"))
            continue;
        GArray *words = bw_balena_words(c->unit, st);
        for (guint w = 0; w < words->len; w++) {
            const bw_balena_word *word = &g_array_index(words, bw_balena_word, w);
            if (!g_str_has_prefix(word->text, "file://") || strpbrk(word->text, "$*?[") || word->text[7] == '/')
                continue;
            if (!below) {
                char *folder = files_folder(file);
                below = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
                add_files(below, folder, 0);
                g_free(folder);
            }
            char *name = g_strndup(word->text + 7, strcspn(word->text + 7, ";"));
            if (*name && g_hash_table_size(below) < FILES_MAX && !is_below(below, name))
                bw_findings_add(c->unit->findings, BW_CODE_balena_src_uri_missing, word->place,
                                "there is no %s below the recipe's folder", name);
            g_free(name);
        }
        g_array_free(words, TRUE);
    }
    if (below)
        g_hash_table_destroy(below);
}

/* ---- 32: require and include ---- */

static bool is_in_layers(checker *c, const char *name)
{
    const bw_balena_stack *stack = bw_balena_stack_of(c->repo);
    bool found = false;

    for (uint32_t i = 0; i < stack->count && !found; i++) {
        char *path = g_strconcat(stack->layers[i].path, "/", name, NULL);
        found = stack->layers[i].conf && g_file_test(path, G_FILE_TEST_IS_REGULAR);
        g_free(path);
    }
    return found;
}

static void check_include(checker *c, const bw_bb_file *file, const bw_bb_statement *st)
{
    const bw_balena_stack *stack = bw_balena_stack_of(c->repo);
    GArray *words = bw_balena_words(c->unit, st);

    for (guint w = 0; w < words->len; w++) {
        const bw_balena_word *word = &g_array_index(words, bw_balena_word, w);
        char *folder = g_path_get_dirname(file->path);
        char *beside = g_strconcat(folder, "/", word->text, NULL);
        const bool bare = !strchr(word->text, '/');
        const bool there = g_file_test(beside, G_FILE_TEST_IS_REGULAR) || is_in_layers(c, word->text);
        if (!there && !strstr(word->text, "${") && (bare || (stack->whole && word->text[0] != '/')) &&
            (bare ? g_str_has_suffix(word->text, ".inc") : true)) {
            if (st->kind == BW_BB_REQUIRE)
                bw_findings_add(c->unit->findings, BW_CODE_bitbake_require_missing, word->place,
                                "%s, which is required, is not there", word->text);
            else if (!bw_balena_is_conf(file->path))
                bw_findings_add(c->unit->findings, BW_CODE_bitbake_include_missing, word->place,
                                "%s is not there, and include says nothing of it", word->text);
        }
        g_free(beside);
        g_free(folder);
    }
    g_array_free(words, TRUE);
}

/* ---- all ---- */

static void check_file(checker *c, const bw_bb_file *file)
{
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_bb_statement *st = &file->statements[i];

        if (st->kind == BW_BB_REQUIRE || st->kind == BW_BB_INCLUDE)
            check_include(c, file, st);
        if (!is_named(st) || (st->kind == BW_BB_FUNCTION && st->python && strcmp(st->written, "__anonymous") == 0))
            continue;
        if (!check_image_type(c, st) && !check_operator(c, st) && !check_package(c, st))
            check_machine(c, st);
        check_blank(c, st);
        check_adding(c, file, st);
    }
    if (!g_str_has_suffix(file->path, ".conf"))
        check_sources(c, file);
}

void bw_balena_check_syntax(const bw_balena_repo *repo)
{
    checker c = {.repo = repo, .unit = repo->unit, .release = bw_balena_release_of(repo)};

    if (!repo->layer || !c.release)
        return;
    c.machines = bw_balena_machines(repo);
    for (uint32_t i = 0; i < repo->layer->file_count; i++)
        check_file(&c, repo->layer->files[i]);
    g_hash_table_destroy(c.machines);
}
