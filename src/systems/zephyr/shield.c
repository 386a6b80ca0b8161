/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/shield.h"

#include "systems/zephyr/walk.h"

#include <string.h>

static const bw_schema feature = {"feature", BW_TYPE_STRING, "A kind of hardware.", false, false, NULL, NULL, 0, 0};

static const bw_schema shield_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the shield.", true, false, NULL, NULL, 0, 0},
    {"full_name", BW_TYPE_STRING, "Name of the shield for people.", true, false, NULL, NULL, 0, 0},
    {"vendor", BW_TYPE_STRING, "Vendor, by its devicetree prefix.", true, false, NULL, NULL, 0, 0},
    {"supported_features", BW_TYPE_LIST, "What the shield brings.", false, false, &feature, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema shield_row = {"shield", BW_TYPE_MAP, "A shield.", false, true, shield_rows, NULL, 0, 0};

static const bw_schema file_rows[] = {
    {"shield", BW_TYPE_MAP, "The shield.", false, true, shield_rows, NULL, 0, 0},
    {"shields", BW_TYPE_LIST, "The shields, when the folder has several.", false, false, &shield_row, NULL, 0, 0},
    BW_SCHEMA_END,
};
const bw_schema bw_shield_yml_schema = {
    "shield.yml", BW_TYPE_MAP, "Shields of a folder.", false, true, file_rows, NULL, 0, 0};

typedef struct loader {
    bw_context *ctx;
    bw_arena *arena;
    bw_findings *findings;
    GArray *shields; /* of bw_zephyr_shield */
    bool failed;
} loader;

static void add_shield(loader *l, const char *dir, const bw_yaml *map)
{
    bw_zephyr_shield s = {.dir = dir, .at = bw_yaml_get(map, "name")};

    s.name = bw_yaml_to_text(s.at);
    s.full_name = bw_yaml_to_text(bw_yaml_get(map, "full_name"));
    g_array_append_val(l->shields, s);
}

static bool add_file(loader *l, const char *dir, const char *path)
{
    const bw_yaml *root = bw_yaml_read_file(l->ctx, path, l->arena, l->findings);

    if (!root || !bw_schema_check(&bw_shield_yml_schema, root, l->findings))
        return false;
    const bw_yaml *one = bw_yaml_get(root, "shield");
    const bw_yaml *list = bw_yaml_get(root, "shields");
    if (!one == !list) {
        bw_findings_add(l->findings, one ? BW_CODE_wrong_value : BW_CODE_missing_key, bw_yaml_place(list ? list : root),
                        "the file has %s 'shield' %s 'shields'", one ? "both" : "neither", one ? "and" : "nor");
        return false;
    }
    if (one)
        add_shield(l, dir, one);
    for (uint32_t i = 0; list && i < list->count; i++)
        add_shield(l, dir, list->items[i]);
    return true;
}

/* Without shield.yml every overlay is a shield, where there is a Kconfig.shield. */
static void add_overlays(loader *l, const char *dir)
{
    GPtrArray *names = bw_zephyr_names_in(dir);

    for (guint i = 0; names && i < names->len; i++) {
        const char *name = names->pdata[i];

        if (g_str_has_suffix(name, ".overlay")) {
            bw_zephyr_shield s = {.dir = dir};
            s.name = bw_arena_strndup(l->arena, name, strlen(name) - strlen(".overlay"));
            g_array_append_val(l->shields, s);
        }
    }
    if (names)
        g_ptr_array_free(names, TRUE);
}

static void add_root(loader *l, const char *root)
{
    const char *folder = bw_zephyr_path(l->arena, bw_zephyr_tidy_path(l->arena, root), "boards/shields");
    GPtrArray *names = bw_zephyr_names_in(folder);

    for (guint i = 0; names && i < names->len; i++) {
        const char *dir = bw_zephyr_path(l->arena, folder, names->pdata[i]);
        const char *yml = bw_zephyr_path(l->arena, dir, "shield.yml");

        if (bw_zephyr_is_file(yml))
            l->failed |= !add_file(l, dir, yml);
        else if (bw_zephyr_is_file(bw_zephyr_path(l->arena, dir, "Kconfig.shield")))
            add_overlays(l, dir);
    }
    if (names)
        g_ptr_array_free(names, TRUE);
}

bw_zephyr_shields bw_zephyr_shields_load(bw_context *ctx, const char *const *board_roots, bw_arena *arena,
                                         bw_findings *findings)
{
    loader l = {ctx, arena, findings, g_array_new(FALSE, FALSE, sizeof(bw_zephyr_shield)), false};
    bw_zephyr_shields shields;

    for (; board_roots && *board_roots; board_roots++)
        add_root(&l, *board_roots);
    shields.count = l.shields->len;
    shields.items = bw_arena_dup(arena, l.shields->data, l.shields->len * sizeof(bw_zephyr_shield));
    shields.failed = l.failed;
    g_array_free(l.shields, TRUE);
    return shields;
}

const bw_zephyr_shield *bw_zephyr_shield_called(const bw_zephyr_shields *shields, const char *name)
{
    for (uint32_t i = shields->count; i > 0; i--)
        if (strcmp(shields->items[i - 1].name, name) == 0)
            return &shields->items[i - 1];
    return NULL;
}

const char *bw_zephyr_near_shield(const bw_zephyr_shields *shields, const char *name)
{
    const char **names = g_new0(const char *, shields->count + 1);

    for (uint32_t i = 0; i < shields->count; i++)
        names[i] = shields->items[i].name;
    const char *near = bw_nearest(name, names);
    g_free(names);
    return near;
}
