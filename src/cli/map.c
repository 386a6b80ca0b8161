/* SPDX-License-Identifier: Apache-2.0 */
#include "report/map.h"

#include "base/output.h"
#include "cli/boards.h"
#include "cli/commands.h"
#include "cli/print.h"

#include <stdio.h>

static gboolean map_all;
static gboolean map_each;
static char *wanted_target;
static char *svg_file;

static const GOptionEntry entries[] = {
    {"all", 'a', 0, G_OPTION_ARG_NONE, &map_all, "Also draw what is disabled", NULL},
    {"each", 'e', 0, G_OPTION_ARG_NONE, &map_each, "A line with its address for every device and partition", NULL},
    {"svg", 0, 0, G_OPTION_ARG_FILENAME, &svg_file, "Write the picture to FILE as SVG", "FILE"},
    {"target", 't', 0, G_OPTION_ARG_FILENAME, &wanted_target, "Only this target of a board folder", "NAME"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "BOARD",
    .summary = "Draws the memory map of a board: memory, flash with its partitions, devices, what is free.",
    .description = "A box has one row more for each 16 times the size; gaps are not to scale. Devices with less than\n"
                   "16 MiB between them share a box. Partitions are drawn where the flash can be read in the\n"
                   "address space.",
    .groups = BW_OPT_ROOTS | BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_JSON,
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

static void map_board(bw_boards *boards, const bw_target *target, json_t *list)
{
    bw_map_options options = {.style = bw_stdout_style(), .each = map_each};
    const bw_board *board = bw_boards_read(boards, target);
    bw_buffer out = {0};

    if (!board)
        return;
    const bw_map *map = bw_map_of(board, map_all);
    if (list) {
        json_array_append_new(list, bw_map_json(board, map, target));
    } else if (svg_file) {
        int code = write_svg(board, map, target);

        boards->exit_code = code > boards->exit_code ? code : boards->exit_code;
    } else {
        if (boards->targets.count > 1)
            printf("%s%s\n", target > boards->targets.items ? "\n" : "", target->name);
        bw_map_text(board, map, &options, &out);
        fwrite(out.data, 1, out.len, stdout);
    }
    bw_buffer_free(&out);
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

int bw_cmd_map(int argc, char **argv)
{
    bw_options options;
    bw_boards boards;
    int exit_code = BW_EXIT_OK;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &exit_code))
        return exit_code;
    if (argc != 2) {
        bw_options_free(&options);
        return bw_usage_error("map", argc < 2 ? "which board?" : "one board at a time");
    }
    if (bw_boards_open(&boards, "map", &options, argv[1], wanted_target))
        map_boards(&boards, options.json);
    exit_code = boards.exit_code;
    bw_boards_close(&boards);
    bw_options_free(&options);
    g_free(svg_file);
    g_free(wanted_target);
    return exit_code;
}
