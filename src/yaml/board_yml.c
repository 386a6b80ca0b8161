/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/board_yml.h"

#include "yaml/runners.h"

#include <string.h>

/* -- schema ----------------------------------------------------------------------------------- */

#define PARENT_ROWS                                                                                                    \
    {"include-parent-dts",                                                                                             \
     BW_TYPE_BOOL,                                                                                                     \
     "Without a .dts of its own the variant has that of what it varies, and its own overlays on top.",                 \
     false,                                                                                                            \
     false,                                                                                                            \
     NULL,                                                                                                             \
     NULL,                                                                                                             \
     0,                                                                                                                \
     0},                                                                                                               \
    {                                                                                                                  \
        "include-parent-kconfig", BW_TYPE_BOOL, "The configuration of what it varies comes before the variant's own.", \
            false, false, NULL, NULL, 0, 0                                                                             \
    }

/* Variants nest. Deeper than any real SoC's is refused by the depth of the value itself. */
static const bw_schema soc_variant_row;

static const bw_schema soc_variant_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the variant, the next part of the target.", true, false, NULL, NULL, 0, 0},
    {"cpucluster", BW_TYPE_STRING, "CPU cluster of the SoC that the variant is for.", false, false, NULL, NULL, 0, 0},
    {"variants", BW_TYPE_LIST, "Variants of this variant.", false, false, &soc_variant_row, NULL, 0, 0},
    PARENT_ROWS,
    BW_SCHEMA_END,
};
static const bw_schema soc_variant_row = {"variant", BW_TYPE_MAP, "A variant.", false, true, soc_variant_rows, NULL, 0,
                                          0};

static const bw_schema soc_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the SoC, as its soc.yml has it.", true, false, NULL, NULL, 0, 0},
    {"variants", BW_TYPE_LIST, "Variants of the board for this SoC.", false, false, &soc_variant_row, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema soc_row = {"soc", BW_TYPE_MAP, "A SoC.", false, true, soc_rows, NULL, 0, 0};

static const bw_schema variant_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the variant.", true, false, NULL, NULL, 0, 0},
    {"qualifier", BW_TYPE_STRING, "Target that the variant is added to.", true, false, NULL, NULL, 0, 0},
    PARENT_ROWS,
    BW_SCHEMA_END,
};
static const bw_schema variant_row = {"variant", BW_TYPE_MAP, "A variant.", false, true, variant_rows, NULL, 0, 0};

static const bw_schema revision_item_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the revision.", true, false, NULL, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema revision_item = {
    "revision", BW_TYPE_MAP, "A revision.", false, true, revision_item_rows, NULL, 0, 0};

static const char *const revision_formats[] = {"major.minor.patch", "letter", "number", "custom", NULL};

static const bw_schema revision_rows[] = {
    {"format", BW_TYPE_ENUM, "How revisions are spelled and ordered.", true, false, NULL, revision_formats, 0, 0},
    {"default", BW_TYPE_STRING, "The revision that is meant when none is given.", false, false, NULL, NULL, 0, 0},
    {"exact", BW_TYPE_BOOL, "Whether only the listed revisions are taken.", false, false, NULL, NULL, 0, 0},
    {"revisions", BW_TYPE_LIST, "The revisions.", false, false, &revision_item, NULL, 0, 0},
    BW_SCHEMA_END,
};

static const bw_schema board_rows[] = {
    {"name", BW_TYPE_STRING, "Name of the board.", false, false, NULL, NULL, 0, 0},
    {"extend", BW_TYPE_STRING, "Name of the board that this one extends.", false, false, NULL, NULL, 0, 0},
    {"full_name", BW_TYPE_STRING, "Name of the board for people.", false, false, NULL, NULL, 0, 0},
    {"vendor", BW_TYPE_STRING, "Vendor, by its devicetree prefix.", false, false, NULL, NULL, 0, 0},
    {"socs", BW_TYPE_LIST, "SoCs on the board.", false, false, &soc_row, NULL, 0, 0},
    {"variants", BW_TYPE_LIST, "Variants added to an extended board.", false, false, &variant_row, NULL, 0, 0},
    {"revision", BW_TYPE_MAP, "Revisions of the board.", false, true, revision_rows, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema board_row = {"board", BW_TYPE_MAP, "A board.", false, true, board_rows, NULL, 0, 0};

static const bw_schema file_rows[] = {
    {"board", BW_TYPE_MAP, "The board.", false, true, board_rows, NULL, 0, 0},
    {"boards", BW_TYPE_LIST, "The boards, when the folder has several.", false, false, &board_row, NULL, 0, 0},
    {"runners", BW_TYPE_MAP, "What west flash runs once.", false, false, bw_runners_of_boards, NULL, 0, 0},
    BW_SCHEMA_END,
};
const bw_schema bw_board_yml_schema = {
    "board.yml", BW_TYPE_MAP, "Identity of a board.", false, true, file_rows, NULL, 0, 0};

/* -- reading ------------------------------------------------------------------------------------ */

typedef struct reader {
    bw_arena *arena;
    bw_findings *findings;
    bool ok;
} reader;

static const char *text_at(const bw_yaml *map, const char *key)
{
    return bw_yaml_to_text(bw_yaml_get(map, key));
}

static const bw_yaml *list_at(const bw_yaml *map, const char *key, uint32_t *count)
{
    const bw_yaml *list = bw_yaml_get(map, key);

    *count = list ? list->count : 0;
    return list;
}

/* Names beside each other; a tree, because a hash table can be flooded. */
static gint compare_names(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    return strcmp(a, b);
}

/* For so many names; a single one needs no comparing. */
static GTree *names_new(uint32_t count)
{
    return count > 1 ? g_tree_new_full(compare_names, NULL, NULL, NULL) : NULL;
}

static void names_free(GTree *names)
{
    if (names)
        g_tree_unref(names);
}

static void check_name(reader *r, GTree *names, const char *what, const bw_yaml *at)
{
    const bw_yaml *first = names ? g_tree_lookup(names, at->text) : NULL;

    if (first) {
        bw_finding *f = bw_findings_add(r->findings, BW_CODE_duplicate_name, bw_yaml_place(at),
                                        "there are two %s called %s", what, at->text);
        bw_finding_note(f, bw_yaml_place(first), "the other one is here");
        r->ok = false;
        return;
    }
    if (names)
        g_tree_insert(names, (gpointer)(uintptr_t)at->text, (gpointer)(uintptr_t)at);
}

static void read_parent_keys(const bw_yaml *item, bw_yml_variant *v)
{
    const bw_yaml *dts = bw_yaml_get(item, "include-parent-dts");
    const bw_yaml *kconfig = bw_yaml_get(item, "include-parent-kconfig");

    bw_yaml_to_bool(dts, &v->parent_dts);
    bw_yaml_to_bool(kconfig, &v->parent_kconfig);
    v->parent_at = v->parent_dts ? dts : v->parent_kconfig ? kconfig : NULL;
}

static bw_yml_variant *read_variants(reader *r, const bw_yaml *owner, uint32_t *count)
{
    const bw_yaml *list = list_at(owner, "variants", count);
    bw_yml_variant *variants = bw_arena_array(r->arena, bw_yml_variant, *count);
    GTree *names = names_new(*count);

    for (uint32_t i = 0; i < *count; i++) {
        const bw_yaml *item = list->items[i];
        bw_yml_variant *v = &variants[i];

        v->name = text_at(item, "name");
        v->at = bw_yaml_get(item, "name");
        v->cpucluster_at = bw_yaml_get(item, "cpucluster");
        v->cpucluster = bw_yaml_to_text(v->cpucluster_at);
        v->qualifier_at = bw_yaml_get(item, "qualifier");
        v->qualifier = bw_yaml_to_text(v->qualifier_at);
        read_parent_keys(item, v);
        v->variants = read_variants(r, item, &v->variant_count);
        /* With a cluster or a qualifier the same name is another target. */
        if (!v->cpucluster && !v->qualifier)
            check_name(r, names, "variants", v->at);
    }
    names_free(names);
    return variants;
}

static void read_socs(reader *r, const bw_yaml *map, bw_yml_board *board)
{
    const bw_yaml *list = list_at(map, "socs", &board->soc_count);

    GTree *names = names_new(board->soc_count);

    board->socs = bw_arena_array(r->arena, bw_yml_soc, board->soc_count);
    for (uint32_t i = 0; i < board->soc_count; i++) {
        bw_yml_soc *soc = &board->socs[i];

        soc->name = text_at(list->items[i], "name");
        soc->at = bw_yaml_get(list->items[i], "name");
        soc->variants = read_variants(r, list->items[i], &soc->variant_count);
        check_name(r, names, "SoCs", soc->at);
    }
    names_free(names);
}

static void read_revision(reader *r, const bw_yaml *map, bw_yml_board *board)
{
    const bw_yaml *revision = bw_yaml_get(map, "revision");
    const bw_yaml *list = list_at(revision, "revisions", &board->revision_count);

    if (!revision)
        return;
    board->revision_format = text_at(revision, "format");
    board->default_revision = text_at(revision, "default");
    board->default_at = bw_yaml_get(revision, "default");
    bw_yaml_to_bool(bw_yaml_get(revision, "exact"), &board->revision_exact);
    board->revisions = bw_arena_array(r->arena, bw_yml_revision, board->revision_count);
    GTree *names = names_new(board->revision_count);
    for (uint32_t i = 0; i < board->revision_count; i++) {
        board->revisions[i].name = text_at(list->items[i], "name");
        board->revisions[i].at = bw_yaml_get(list->items[i], "name");
        check_name(r, names, "revisions", board->revisions[i].at);
    }
    names_free(names);
    /* Zephyr does not look at the revision of an extension. */
    if (!board->name || strcmp(board->revision_format, "custom") == 0)
        return;
    const char *missing = !board->default_revision ? "default" : !list ? "revisions" : NULL;
    if (missing) {
        bw_findings_add(r->findings, BW_CODE_missing_key, bw_yaml_place(revision),
                        "a revision of the format %s needs the key '%s'", board->revision_format, missing);
        r->ok = false;
    }
}

/* Two keys of which just one makes sense. */
static void check_either(reader *r, const bw_yaml *map, const char *what, const char *one, const char *other)
{
    const bw_yaml *a = bw_yaml_get(map, one);
    const bw_yaml *b = bw_yaml_get(map, other);

    if (!a == !b) {
        bw_finding *f =
            bw_findings_add(r->findings, a ? BW_CODE_wrong_value : BW_CODE_missing_key, bw_yaml_place(b ? b : map),
                            "%s has %s '%s' %s '%s'", what, a ? "both" : "neither", one, a ? "and" : "nor", other);
        if (a)
            bw_finding_cure(f, "remove one of them");
        r->ok = false;
    }
}

static void read_board(reader *r, const bw_yaml *map, bw_yml_board *board)
{
    check_either(r, map, "the board", "name", "extend");
    board->name = text_at(map, "name");
    board->extend = text_at(map, "extend");
    board->at = bw_yaml_get(map, board->name ? "name" : "extend");
    board->full_name = text_at(map, "full_name");
    board->vendor = text_at(map, "vendor");
    board->vendor_at = bw_yaml_get(map, "vendor");
    read_socs(r, map, board);
    board->variants = read_variants(r, map, &board->variant_count);
    if (board->name && bw_yaml_get(map, "socs") && bw_yaml_get(map, "variants")) {
        bw_findings_add(r->findings, BW_CODE_wrong_value, bw_yaml_place(bw_yaml_get(map, "variants")),
                        "a board has its variants below its SoCs; here they are for extensions");
        r->ok = false;
    }
    read_revision(r, map, board);
}

/* The proposal that extensions come from had 'soc' where the schema has 'qualifier'. @return whether one was found */
static bool refuse_soc_keys(const bw_yaml *board, bw_findings *findings)
{
    const bw_yaml *variants = bw_yaml_get(board, "variants");
    bool found = false;

    for (uint32_t i = 0; variants && variants->kind == BW_YAML_LIST && i < variants->count; i++) {
        const bw_yaml *soc = bw_yaml_get(variants->items[i], "soc");
        bw_finding *f;

        if (!soc || soc->kind != BW_YAML_SCALAR || bw_yaml_get(variants->items[i], "qualifier"))
            continue;
        f = bw_findings_add(findings, BW_CODE_unknown_key, bw_yaml_place(soc),
                            "a variant says what it is added to with 'qualifier'; it has no key 'soc'");
        bw_finding_cure(f, "write 'qualifier: %s'", soc->text);
        found = true;
    }
    return found;
}

static bool refuse_soc_keys_of_file(const bw_yaml *root, bw_findings *findings)
{
    const bw_yaml *list = bw_yaml_get(root, "boards");
    bool found = refuse_soc_keys(bw_yaml_get(root, "board"), findings);

    for (uint32_t i = 0; list && list->kind == BW_YAML_LIST && i < list->count; i++)
        found |= refuse_soc_keys(list->items[i], findings);
    return found;
}

const bw_board_yml *bw_board_yml_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings)
{
    reader r = {arena, findings, true};
    const bw_yaml *root = bw_yaml_read_file(ctx, path, arena, findings);

    if (!root || refuse_soc_keys_of_file(root, findings) || !bw_schema_check(&bw_board_yml_schema, root, findings))
        return NULL;
    bw_board_yml *file = bw_arena_new(arena, bw_board_yml);
    const bw_yaml *single = bw_yaml_get(root, "board");
    const bw_yaml *list = bw_yaml_get(root, "boards");
    file->source = root->source;
    file->count = list ? list->count : 1;
    file->boards = bw_arena_array(arena, bw_yml_board, file->count);
    check_either(&r, root, "the file", "board", "boards");
    GTree *names = names_new(file->count);
    for (uint32_t i = 0; i < file->count && (single || list); i++) {
        read_board(&r, list ? list->items[i] : single, &file->boards[i]);
        if (file->boards[i].name)
            check_name(&r, names, "boards", file->boards[i].at);
    }
    names_free(names);
    return r.ok ? file : NULL;
}
