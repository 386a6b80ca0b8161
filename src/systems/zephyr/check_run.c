/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/check_run.h"

#include "systems/zephyr/near.h"
#include "systems/zephyr/walk.h"

struct bw_zephyr_checks {
    bw_context *ctx;
    bw_arena arena;  /* of all that is kept */
    bw_arena folder; /* of the folder that is looked at */

    /* Of the model and the tree of the last folder. */
    const bw_zephyr *z;
    const char *base;
    bw_zephyr_soc_symbols *symbols;
    bw_zephyr_vendors *vendors;

    GArray *tests;       /* of bw_zephyr_test_data */
    GHashTable *test_of; /* key_of_test() -> index in tests, and one */
};

bw_zephyr_checks *bw_zephyr_checks_new(bw_context *ctx)
{
    bw_zephyr_checks *c = g_new0(bw_zephyr_checks, 1);

    c->ctx = ctx;
    bw_arena_init(&c->arena);
    bw_arena_init(&c->folder);
    c->tests = g_array_new(FALSE, FALSE, sizeof(bw_zephyr_test_data));
    c->test_of = g_hash_table_new(g_str_hash, g_str_equal);
    return c;
}

static void drop_facts(bw_zephyr_checks *c)
{
    bw_zephyr_soc_symbols_free(c->symbols);
    bw_zephyr_vendors_free(c->vendors);
    c->symbols = NULL;
    c->vendors = NULL;
}

void bw_zephyr_checks_free(bw_zephyr_checks *c)
{
    if (!c)
        return;
    drop_facts(c);
    g_array_free(c->tests, TRUE);
    g_hash_table_destroy(c->test_of);
    bw_arena_free(&c->arena);
    bw_arena_free(&c->folder);
    g_free(c);
}

static void refresh_facts(bw_zephyr_checks *c, const bw_zephyr_folder *folder)
{
    if (c->symbols && c->z == folder->z && g_strcmp0(c->base, folder->zephyr_base) == 0)
        return;
    drop_facts(c);
    c->z = folder->z;
    c->base = folder->zephyr_base;
    c->symbols = bw_zephyr_soc_symbols_new(c->z);
    c->vendors = bw_zephyr_vendors_read(c->ctx, c->base);
}

/* ---- what devicetrees are compared with ---- */

static char *key_of_test(const char *target, const char *board_yml)
{
    return g_strdup_printf("%s\n%s", target, board_yml);
}

static void index_tests(bw_zephyr_checks *c, guint from)
{
    for (guint i = from; i < c->tests->len; i++) {
        const bw_zephyr_target *t = g_array_index(c->tests, bw_zephyr_test_data, i).target;
        char *key = key_of_test(t->name, t->board->file->source->path);

        g_hash_table_insert(c->test_of, bw_arena_strdup(&c->arena, key), GUINT_TO_POINTER(i + 1));
        g_free(key);
    }
}

void bw_zephyr_checks_devicetree(const bw_zephyr_checks *c, const bw_target *target, bw_tree *tree)
{
    if (!target->board_yml)
        return;
    char *key = key_of_test(target->name, target->board_yml);
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(c->test_of, key));

    if (index)
        bw_zephyr_check_memory(&g_array_index(c->tests, bw_zephyr_test_data, index - 1), tree);
    g_free(key);
}

/* ---- folders and trees ---- */

/* What stands beside a board.yml: Kconfig files, configurations, test data. */
static void check_contents(bw_zephyr_checks *c, const bw_zephyr_folder *folder, bw_findings *findings)
{
    guint tests = c->tests->len;

    bw_zephyr_check_layout(folder, &c->folder, findings);
    bw_zephyr_check_kconfig(folder, c->symbols, &c->folder, findings);
    bw_zephyr_check_twister(folder, c->vendors, c->tests, &c->folder, findings);
    index_tests(c, tests);
}

void bw_zephyr_checks_folder(bw_zephyr_checks *c, const bw_zephyr_folder *folder, bw_findings *findings)
{
    refresh_facts(c, folder);
    bw_zephyr_check_metadata(folder, &c->folder, findings);
    if (!folder->loose)
        bw_zephyr_check_vendor(folder, c->vendors, &c->folder, findings);
    if (!folder->names_said)
        bw_zephyr_check_names(folder, &c->folder, findings);
    /* Files of targets that got lost for another reason would look wrong; and those of a board folder of ours are
     * still to be written. */
    if (!folder->loose && !bw_zephyr_is_doubtful(folder->z, folder->file) &&
        !bw_zephyr_is_to_be_written(folder->dir, &c->folder))
        check_contents(c, folder, findings);
    bw_arena_reset(&c->folder);
}

void bw_zephyr_checks_tree(bw_zephyr_checks *c, const bw_zephyr *z, const char *zephyr_base, bool with_apps,
                           bw_findings *findings)
{
    const char *const roots[] = {zephyr_base, NULL};
    const bw_zephyr_deprecated *deprecated =
        bw_zephyr_deprecated_read(c->ctx, bw_zephyr_path(&c->arena, zephyr_base, "boards/deprecated.cmake"), &c->arena);

    if (deprecated)
        bw_zephyr_check_deprecated(z, deprecated, &c->arena, findings);
    bw_zephyr_check_shields(c->ctx, roots, &c->arena, findings);
    bw_zephyr_check_snippets(z, roots, &c->arena, findings);
    bw_zephyr_check_runners(z, &c->arena, findings);
    if (with_apps)
        bw_zephyr_check_apps(z, deprecated, zephyr_base, &c->arena, findings);
}
