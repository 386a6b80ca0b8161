/* SPDX-License-Identifier: Apache-2.0 */
/* Which targets a support.yml speaks of, and whether there are such. */
#include "systems/support.h"

#include <string.h>

bool bw_support_siblings(bw_context *ctx, const bw_target *target, const bw_load_options *load, bw_arena *arena,
                         bw_targets *all)
{
    char *support = bw_support_path(target);
    char *folder = g_path_get_dirname(support ? support : target->path);
    char *board_yml = target->board_yml && !support ? g_strdup(target->board_yml)
                      : strcmp(folder, ".") == 0    ? g_strdup("board.yml")
                                                    : g_build_filename(folder, "board.yml", NULL);
    bw_findings findings; /* not what was asked */

    bw_findings_init(&findings, ctx);
    /* Beside support.yml with all below it, which may extend the board. */
    bool found = g_file_test(board_yml, G_FILE_TEST_IS_REGULAR) &&
                 bw_targets_find(ctx, support ? folder : board_yml, load, arena, &findings, all);
    bw_findings_free(&findings);
    g_free(board_yml);
    g_free(folder);
    g_free(support);
    return found;
}

/* -- `target:` of a section --------------------------------------------------------------------------- */

/* What a run knows when it asks. */
typedef struct asking {
    GHashTable *seen;
    bw_context *ctx;
    const bw_load_options *load;
    const bw_targets *targets;
    bw_arena *arena;
    bw_findings *findings;
} asking;

static const bw_yaml *support_of(const asking *a, const bw_target *target)
{
    bool ok;

    return bw_support_of(a->seen, a->ctx, target, a->arena, a->findings, &ok);
}

/* @param support whose targets count; NULL: all. */
static bool is_any_meant(const asking *a, const bw_yaml *section, const bw_targets *targets, const bw_yaml *support)
{
    for (uint32_t i = 0; i < targets->count; i++)
        if ((!support || support_of(a, &targets->items[i]) == support) && bw_support_means(section, &targets->items[i]))
            return true;
    return false;
}

/* "plank/m33" of "plank@1.1.0/m33"; a source without a board.yml by its file. To be freed. */
static char *name_of(const bw_target *target)
{
    const char *at = target->board ? strchr(target->name, '@') : NULL;
    const char *slash = at ? strchr(at, '/') : NULL;

    if (!target->board)
        return g_path_get_basename(target->path);
    return at ? g_strdup_printf("%.*s%s", (int)(at - target->name), target->name, slash ? slash : "")
              : g_strdup(target->name);
}

/* All names, each once, and what stands behind the board's: both are taken. */
static GPtrArray *names_of(const bw_targets *targets, GString *list)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (uint32_t i = 0; i < targets->count; i++) {
        char *name = name_of(&targets->items[i]);
        const char *slash = targets->items[i].board ? strchr(name, '/') : NULL;

        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL)) {
            g_free(name);
            continue;
        }
        g_string_append_printf(list, "%s%s", list->len ? ", " : "", name);
        if (slash)
            g_ptr_array_add(names, g_strdup(slash + 1));
        g_ptr_array_add(names, name);
    }
    g_ptr_array_add(names, NULL);
    return names;
}

static void report(const bw_yaml *wanted, const bw_targets *targets, bw_findings *findings)
{
    GString *list = g_string_new(NULL);
    GPtrArray *names = names_of(targets, list);
    const char *near = bw_nearest(wanted->text, (const char *const *)names->pdata);
    bw_finding *f = bw_findings_add(findings, BW_CODE_support_target, bw_yaml_place(wanted),
                                    "the board has no target '%s'; it has %s", wanted->text, list->str);

    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    g_ptr_array_free(names, TRUE);
    g_string_free(list, TRUE);
}

/* Without a board.yml each source is a board by itself: one that is beside it may be meant. */
static bool is_file_beside(const bw_target *target, const bw_yaml *wanted)
{
    char *folder = g_path_get_dirname(target->path);
    char *path = g_build_filename(folder, wanted->text, NULL);
    bool is = !target->board && g_file_test(path, G_FILE_TEST_IS_REGULAR);

    g_free(path);
    g_free(folder);
    return is;
}

static void check_support(const asking *a, const bw_target *target, const bw_yaml *support)
{
    for (const bw_system *s = bw_systems; s->name; s++) {
        const bw_yaml *section = NULL;
        const bw_yaml *wanted = bw_support_section(support, s, &section) ? bw_yaml_get(section, "target") : NULL;
        bw_targets all = {0};

        if (!wanted || is_any_meant(a, section, a->targets, support))
            continue;
        if (!bw_support_siblings(a->ctx, target, a->load, a->arena, &all))
            all = *a->targets;
        if (!is_any_meant(a, section, &all, NULL) && !is_file_beside(target, wanted))
            report(wanted, &all, a->findings);
    }
}

void bw_support_check_targets(GHashTable *seen, bw_context *ctx, const bw_targets *targets, const bw_load_options *load,
                              bw_arena *arena, bw_findings *findings)
{
    const asking a = {seen, ctx, load, targets, arena, findings};
    GHashTable *done = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (uint32_t i = 0; i < targets->count; i++) {
        const bw_yaml *support = support_of(&a, &targets->items[i]);

        if (support && g_hash_table_add(done, (gpointer)(uintptr_t)support))
            check_support(&a, &targets->items[i], support);
    }
    g_hash_table_unref(done);
}
