/* SPDX-License-Identifier: Apache-2.0 */
#include "report/map.h"

#include "base/output.h"
#include "cli/boards.h"
#include "cli/cheriot_boards.h"
#include "cli/commands.h"
#include "cli/map_guests.h"
#include "cli/map_balena.h"
#include "cli/print.h"
#include "systems/cheriot/probe_tree.h"

#include <stdio.h>

static gboolean map_all;
static gboolean map_each;
static char *wanted_target;
static char *svg_file;
static char *deploy_folder;

static const GOptionEntry entries[] = {
    {"all", 'a', 0, G_OPTION_ARG_NONE, &map_all, "Also draw what is disabled", NULL},
    {"each", 'e', 0, G_OPTION_ARG_NONE, &map_each, "A line with its address for every device and partition", NULL},
    {"deploy", 0, 0, G_OPTION_ARG_FILENAME, &deploy_folder,
     "Sizes of what is written raw to a disk of balenaOS: a build's deploy folder", "DIR"},
    {"svg", 0, 0, G_OPTION_ARG_FILENAME, &svg_file, "Write the picture to FILE as SVG", "FILE"},
    {"target", 't', 0, G_OPTION_ARG_FILENAME, &wanted_target, "Only this target of a board folder", "NAME"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "BOARD",
    .summary = "Draws the memory map of a board: memory, flash with its partitions, devices, what is free.",
    .description = "A box has one row more for each 16 times the size; gaps are not to scale. Devices with less than\n"
                   "16 MiB between them share a box. Partitions are drawn where the flash can be read in the\n"
                   "address space. Guests that support.yml describes are drawn where they are going to be, and\n"
                   "behind a device stands the guest that gets it. A .json or .patch of CHERIoT RTOS is a BOARD too.\n"
                   "Of a repository of balenaOS, or a NAME.coffee in it, the disks of device types are drawn instead:\n"
                   "partition table, device-specific partitions, raw writes, all in sectors.",
    .groups =
        BW_OPT_ROOTS | BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_JSON | BW_OPT_CHERIOT,
    .entries = entries,
};

static const char *title_of(const bw_board *board, const bw_target *target)
{
    return target->board ? target->name : board->model ? board->model : target->name;
}

static int write_svg(const bw_board *board, const bw_map *map, const bw_target *target)
{
    bw_buffer out = {0};
    int error_number = 0;
    int exit_code = BW_EXIT_OK;

    bw_map_svg(board, map, title_of(board, target), &out);
    if (!bw_write_file(svg_file, out.data, out.len, &error_number)) {
        fprintf(stderr, "boardwright map: %s cannot be written: %s\n", svg_file, g_strerror(error_number));
        exit_code = BW_EXIT_TROUBLE;
    }
    bw_buffer_free(&out);
    return exit_code;
}

/* @param count of maps, this is number @p index. @return the exit status. */
static int draw(const bw_board *board, const bw_map_plan *plan, const bw_target *target, uint32_t index, uint32_t count,
                json_t *list)
{
    bw_map_options options = {.style = bw_stdout_style(), .each = map_each};
    const bw_map *map = bw_map_of(board, plan, map_all);
    bw_buffer out = {0};

    if (list) {
        json_array_append_new(list, bw_map_json(board, map, target));
        return BW_EXIT_OK;
    }
    if (svg_file)
        return write_svg(board, map, target);
    if (count > 1)
        printf("%s%s\n", index ? "\n" : "", target->name);
    bw_map_text(board, map, &options, &out);
    fwrite(out.data, 1, out.len, stdout);
    bw_buffer_free(&out);
    return BW_EXIT_OK;
}

static void map_board(bw_boards *boards, const bw_target *target, json_t *list)
{
    const bw_board *board = bw_boards_read(boards, target);

    if (!board)
        return;
    int code = draw(board, bw_map_guests(boards, board, target), target, (uint32_t)(target - boards->targets.items),
                    boards->targets.count, list);
    boards->exit_code = MAX(boards->exit_code, code);
}

static void map_boards(bw_boards *boards, bool json)
{
    json_t *list = json ? json_array() : NULL;

    if (svg_file && boards->targets.count > 1) {
        fprintf(stderr, "boardwright map: one picture needs one target; choose with --target:\n");
        for (uint32_t i = 0; i < boards->targets.count; i++)
            fprintf(stderr, "  %s\n", boards->targets.items[i].name);
        boards->exit_code = BW_EXIT_TROUBLE;
        return;
    }
    for (uint32_t i = 0; i < boards->targets.count; i++)
        map_board(boards, &boards->targets.items[i], list);
    if (list)
        bw_print_json(list);
}

/* ---- boards of CHERIoT RTOS ---- */

/* Through the devicetree that boot would prove: memories and devices are the same. */
static void map_cheriot(bw_cheriot_boards *boards, bw_unit *unit, uint32_t index, uint32_t count, json_t *list)
{
    const char *path = boards->paths[index];
    const bw_cheriot_board *own = bw_cheriot_boards_read(boards, path);
    static const bw_load_options load = {0};
    bw_cheriot_probe_tree made = {0};
    bw_findings unheard; /* what is wrong was said of the board itself */

    if (!own)
        return;
    bw_findings_init(&unheard, boards->ctx);
    if (bw_cheriot_probe_tree_make(own, NULL, boards->ctx, &boards->arena, &unheard, &made)) {
        bw_target target = made.target;

        bw_unit_begin(unit, &unheard);
        bw_tree *tree = bw_target_read(unit, &target, &load, NULL);
        target.board = target.name = own->name;
        target.path = path;
        int code = tree ? draw(bw_board_of(tree), NULL, &target, index, count, list) : BW_EXIT_FINDINGS;
        boards->exit_code = MAX(boards->exit_code, code);
        bw_cheriot_probe_tree_free(&made);
    }
    bw_findings_free(&unheard);
}

static void map_cheriots(bw_cheriot_boards *boards, bool json)
{
    json_t *list = json ? json_array() : NULL;
    uint32_t count = 0;

    while (boards->paths[count])
        count++;
    if (svg_file && count > 1) {
        fprintf(stderr, "boardwright map: one picture needs one board; the folder holds %u\n", (unsigned)count);
        boards->exit_code = BW_EXIT_TROUBLE;
        count = 0;
    }
    bw_unit *unit = bw_unit_new(boards->ctx);
    for (uint32_t i = 0; i < count; i++)
        map_cheriot(boards, unit, i, count, list);
    bw_unit_free(unit);
    if (list)
        bw_print_json(list);
}

/* @return whether the argument is one of CHERIoT's. */
static bool try_cheriot(const bw_options *options, const char *argument, int *exit_code)
{
    bw_cheriot_boards boards;
    bool is_one = bw_cheriot_boards_open(&boards, options, argument);

    if (is_one) {
        map_cheriots(&boards, options->json);
        *exit_code = boards.exit_code;
    }
    bw_cheriot_boards_close(&boards);
    return is_one;
}

static int map(const bw_options *options, const char *argument)
{
    bw_boards boards;
    int exit_code;

    const bw_map_balena balena = {.target = wanted_target, .svg = svg_file, .deploy = deploy_folder};

    if (try_cheriot(options, argument, &exit_code) || bw_map_balena_try(options, &balena, argument, &exit_code))
        return exit_code;
    if (bw_boards_open(&boards, "map", options, argument, wanted_target))
        map_boards(&boards, options->json);
    exit_code = boards.exit_code;
    bw_boards_close(&boards);
    return exit_code;
}

int bw_cmd_map(int argc, char **argv)
{
    bw_options options;
    int exit_code = BW_EXIT_OK;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &exit_code))
        return exit_code;
    if (argc != 2) {
        bw_options_free(&options);
        return bw_usage_error("map", argc < 2 ? "which board?" : "one board at a time");
    }
    exit_code = map(&options, argv[1]);
    bw_options_free(&options);
    g_free(svg_file);
    g_free(deploy_folder);
    g_free(wanted_target);
    return exit_code;
}
