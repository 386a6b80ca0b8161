/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/zephyr/twister.h"

#include "systems/zephyr/name.h"

#include <string.h>

/* ---- schema ---- */

static const char *const types[] = {"mcu", "qemu", "sim", "unit", "native", NULL};
static const char *const simulators[] = {"qemu", "simics", "xt-sim", "renode", "nsim", "mdb-nsim",
                                         "tsim", "armfvp", "native", "custom", NULL};
static const char *const archs[] = {"arc", "arm",   "arm64", "mips",   "nios2", "posix", "riscv",
                                    "rx",  "sparc", "x86",   "xtensa", "unit",  NULL};

static const bw_schema word = {"item", BW_TYPE_STRING, "A word.", false, false, NULL, NULL, 0, 0};

static const bw_schema simulation_rows[] = {
    {"name", BW_TYPE_ENUM, "The simulator.", true, false, NULL, simulators, 0, 0},
    {"exec", BW_TYPE_STRING, "Its program.", false, false, NULL, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema simulation = {
    "simulation", BW_TYPE_MAP, "A simulator.", false, true, simulation_rows, NULL, 0, 0};

static const bw_schema renode_rows[] = {
    {"uart", BW_TYPE_STRING, "The console.", false, false, NULL, NULL, 0, 0},
    {"resc", BW_TYPE_STRING, "The script.", false, false, NULL, NULL, 0, 0},
    BW_SCHEMA_END,
};

static const bw_schema testing_rows[] = {
    {"timeout_multiplier", BW_TYPE_NUMBER, "How much longer tests may take.", false, false, NULL, NULL, 0, 0},
    {"default", BW_TYPE_BOOL, "Whether it is tested when nobody names a platform.", false, false, NULL, NULL, 0, 0},
    {"binaries", BW_TYPE_LIST, "Files that are kept.", false, false, &word, NULL, 0, 0},
    {"only_tags", BW_TYPE_LIST, "Tags of the tests that are run.", false, false, &word, NULL, 0, 0},
    {"ignore_tags", BW_TYPE_LIST, "Tags of the tests that are not run.", false, false, &word, NULL, 0, 0},
    {"renode", BW_TYPE_MAP, "How Renode is run.", false, false, renode_rows, NULL, 0, 0},
    BW_SCHEMA_END,
};

/* The data of a target in a twister.yaml has the keys of the file. */
static const bw_schema variant;

static const bw_schema file_rows[] = {
    {"identifier", BW_TYPE_STRING, "The target.", false, false, NULL, NULL, 0, 0},
    {"maintainers", BW_TYPE_LIST, "Who looks after it.", false, false, &word, NULL, 0, 0},
    {"name", BW_TYPE_STRING, "Its name for people.", false, false, NULL, NULL, 0, 0},
    {"type", BW_TYPE_ENUM, "What it is.", false, false, NULL, types, 0, 0},
    {"simulation", BW_TYPE_LIST, "Simulators that run it.", false, false, &simulation, NULL, 0, 0},
    {"arch", BW_TYPE_ENUM, "Its architecture.", false, false, NULL, archs, 0, 0},
    {"vendor", BW_TYPE_STRING, "Read by nobody.", false, false, NULL, NULL, 0, 0},
    {"tier", BW_TYPE_INT, "How well it is looked after.", false, false, NULL, NULL, 0, 0},
    {"toolchain", BW_TYPE_LIST, "Toolchains that build it.", false, false, &word, NULL, 0, 0},
    {"sysbuild", BW_TYPE_BOOL, "Whether it is built with sysbuild.", false, false, NULL, NULL, 0, 0},
    {"env", BW_TYPE_LIST, "Variables that must be set.", false, false, &word, NULL, 0, 0},
    {"ram", BW_TYPE_INT, "KiB.", false, false, NULL, NULL, 0, 0},
    {"flash", BW_TYPE_INT, "KiB.", false, false, NULL, NULL, 0, 0},
    {"twister", BW_TYPE_BOOL, "Whether it is tested at all.", false, false, NULL, NULL, 0, 0},
    {"supported", BW_TYPE_LIST, "What tests may depend on.", false, false, &word, NULL, 0, 0},
    {"testing", BW_TYPE_MAP, "Which tests are run.", false, false, testing_rows, NULL, 0, 0},
    {"variants", BW_TYPE_NAMED, "Data of single targets.", false, false, &variant, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema variant = {"target", BW_TYPE_MAP, "Data of a target.", false, false, file_rows, NULL, 0, 0};
const bw_schema bw_twister_schema = {
    "test data", BW_TYPE_MAP, "Test data of a board.", false, true, file_rows, NULL, 0, 0};

const bw_yaml *bw_zephyr_twister_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings)
{
    const bw_yaml *root = bw_yaml_read_file(ctx, path, arena, findings);

    return root && bw_schema_check(&bw_twister_schema, root, findings) ? root : NULL;
}

/* ---- platforms ---- */

static bool is_default(const bw_yml_board *yml, const char *revision)
{
    return yml->default_revision && strcmp(yml->default_revision, revision) == 0;
}

/* Of the bare board: the SoC alone is a target. */
static const bw_zephyr_target *only_target(const bw_zephyr_board *board)
{
    return board->yml->soc_count == 1 ? bw_zephyr_target_called(board, board->yml->socs[0].name) : NULL;
}

bool bw_zephyr_platform_called(const bw_zephyr *z, const char *name, bw_arena *arena, bw_zephyr_platform *platform)
{
    bw_zephyr_name parts;
    const char *problem;

    if (!bw_zephyr_name_parse(arena, name, &parts, &problem))
        return false;
    const bw_zephyr_board *board = bw_zephyr_board_called(z, parts.board);
    if (!board)
        return false;
    const bw_yml_board *yml = board->yml;
    platform->target = parts.qualifiers ? bw_zephyr_target_called(board, parts.qualifiers + 1) : only_target(board);
    platform->revision = NULL;
    if (!platform->target)
        return false;
    if (yml->revision_count == 0)
        return !parts.revision;
    for (uint32_t i = 0; i < yml->revision_count; i++) {
        const char *listed = yml->revisions[i].name;

        if (parts.revision ? *listed && strcmp(listed, parts.revision) == 0
                           : is_default(yml, listed) || (!*listed && parts.qualifiers)) {
            platform->revision = *listed ? listed : NULL;
            return true;
        }
    }
    return false;
}

static void add_name(bw_arena *arena, GPtrArray *names, const bw_zephyr_target *t, const char *revision, bool bare)
{
    const char *at = revision ? "@" : "";
    const char *text = revision ? revision : "";

    if (bare)
        g_ptr_array_add(names, bw_arena_printf(arena, "%s%s%s", t->board->name, at, text));
    g_ptr_array_add(names, bw_arena_printf(arena, "%s%s%s/%s", t->board->name, at, text, t->qualifiers));
}

void bw_zephyr_platform_names(const bw_zephyr_board *board, bw_arena *arena, GPtrArray *names)
{
    const bw_yml_board *yml = board->yml;
    const bw_zephyr_target *only = only_target(board);

    for (uint32_t t = 0; t < board->target_count; t++) {
        const bw_zephyr_target *target = board->targets[t];

        if (yml->revision_count == 0)
            add_name(arena, names, target, NULL, target == only);
        for (uint32_t i = 0; i < yml->revision_count; i++) {
            const char *revision = yml->revisions[i].name;

            if (*revision)
                add_name(arena, names, target, revision, target == only);
            if (is_default(yml, revision) || !*revision)
                add_name(arena, names, target, NULL, target == only && is_default(yml, revision));
        }
    }
}
