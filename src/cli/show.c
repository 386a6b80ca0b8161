/* SPDX-License-Identifier: Apache-2.0 */
#include "report/show.h"

#include "cli/boards.h"
#include "cli/cheriot_boards.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/show_balena.h"
#include "cli/show_ocre.h"
#include "report/json_out.h"
#include "report/show_cheriot.h"
#include "systems/zephyr/show_files.h"

#include <stdio.h>
#include <string.h>

static gboolean show_all;
static gboolean show_each;
static gboolean show_files;
static char *wanted_target;
static char *system_name;

static const GOptionEntry entries[] = {
    {"all", 'a', 0, G_OPTION_ARG_NONE, &show_all, "Also show what is disabled", NULL},
    {"each", 'e', 0, G_OPTION_ARG_NONE, &show_each, "A line for every device, also of many that are alike", NULL},
    {"files", 0, 0, G_OPTION_ARG_NONE, &show_files,
     "Only the files that a Zephyr target is built from, in order, and why", NULL},
    {"system", 0, 0, G_OPTION_ARG_FILENAME, &system_name,
     "Show what the board is worth for the system NAME, and what it lacks: ocre", "NAME"},
    {"target", 't', 0, G_OPTION_ARG_FILENAME, &wanted_target, "Only this target of a board folder", "NAME"},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "BOARD [NODE…]",
    .summary = "Shows what a board is: CPUs, memory, console, flash, devices with addresses and interrupts;\n"
               "or all about single NODEs: paths, labels or aliases.",
    .description = "A BOARD is a .dts, a .dtb, a board.yml, a .json or .patch of CHERIoT RTOS, or a folder that holds\n"
                   "one of them. Include directories of Linux and Zephyr trees are found by themselves.\n"
                   "Of a repository of balenaOS its device types are shown; NODEs are device types then.",
    .groups =
        BW_OPT_ROOTS | BW_OPT_SOURCE | BW_OPT_OVERLAY | BW_OPT_MISSING | BW_OPT_LEVELS | BW_OPT_JSON | BW_OPT_CHERIOT,
    .entries = entries,
};

/* @return false if a node is not there. */
static bool show_nodes(const bw_board *board, char **names, const bw_show_options *options, bw_buffer *out)
{
    bool all = true;

    for (; *names; names++) {
        const bw_node *node = bw_board_node(board, *names);

        if (out->len)
            bw_buffer_byte(out, '\n');
        if (node) {
            bw_show_node(board, node, options, out);
            continue;
        }
        fprintf(stderr, "boardwright show: no node has the path, label or alias %s\n", *names);
        all = false;
    }
    return all;
}

static void show_zephyr_files(bw_boards *boards, const bw_target *target, bw_buffer *out)
{
    bw_zephyr_choice choice;
    bw_zephyr_files files;

    if (!bw_zephyr_files_of(boards->finder.zephyr, target, &boards->arena, &choice, &files))
        return;
    bw_buffer section = {0};
    bw_zephyr_show_files(&choice, &files, &section);
    if (!show_files)
        bw_buffer_text(out, "\nFiles of ");
    bw_buffer_add(out, section.data, section.len);
    bw_buffer_free(&section);
}

static json_t *files_json(const bw_zephyr_file *files, uint32_t count)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < count; i++) {
        json_t *object = json_object();

        json_object_set_new(object, "path", bw_json_text(files[i].path));
        json_object_set_new(object, "use", json_string(bw_zephyr_use_name(files[i].use)));
        json_object_set_new(object, "why", bw_json_text(files[i].why));
        json_array_append_new(list, object);
    }
    return list;
}

/* @param board NULL: only its files are asked for */
static json_t *board_json(bw_boards *boards, const bw_board *board, const bw_target *target)
{
    json_t *object =
        board ? bw_show_json(board, target)
              : json_pack("{s:o, s:o}", "target", bw_json_text(target->name), "file", bw_json_text(target->path));
    bw_zephyr_choice choice;
    bw_zephyr_files files;

    if (bw_zephyr_files_of(boards->finder.zephyr, target, &boards->arena, &choice, &files)) {
        json_object_set_new(object, "files", files_json(files.used, files.used_count));
        json_object_set_new(object, "unused_files", files_json(files.unused, files.unused_count));
    }
    return object;
}

static bool is_first(const bw_boards *boards, const bw_target *target)
{
    return target == boards->targets.items;
}

static void show_board(bw_boards *boards, const bw_target *target, char **nodes, json_t *list)
{
    bw_show_options options = {.style = bw_stdout_style(), .all = show_all, .each = show_each};
    const bw_board *board = show_files ? NULL : bw_boards_read(boards, target);
    bw_buffer out = {0};

    if (!board && !show_files)
        return;
    if (list)
        json_array_append_new(list, board_json(boards, board, target));
    else if (!*nodes && board)
        bw_show_text(board, target, &options, &out);
    else if (board && !show_nodes(board, nodes, &options, &out) && boards->exit_code < BW_EXIT_FINDINGS)
        boards->exit_code = BW_EXIT_FINDINGS;
    if (!list && !*nodes)
        show_zephyr_files(boards, target, &out);
    if (!is_first(boards, target) && out.len)
        putchar('\n');
    if (out.len)
        fwrite(out.data, 1, out.len, stdout);
    bw_buffer_free(&out);
}

/* ---- boards of CHERIoT RTOS ---- */

static void show_cheriot_devices(bw_cheriot_boards *boards, const bw_cheriot_board *board, char **names,
                                 const bw_style *style, bw_buffer *out)
{
    for (; *names; names++) {
        const bw_cheriot_extent *device = bw_cheriot_device(board, *names);

        if (device) {
            bw_show_cheriot_device(board, device, style, out);
            continue;
        }
        fprintf(stderr, "boardwright show: the board has no device %s\n", *names);
        boards->exit_code = MAX(boards->exit_code, BW_EXIT_FINDINGS);
    }
}

static void show_cheriot(bw_cheriot_boards *boards, char **names, bool json)
{
    bw_style style = bw_stdout_style();
    json_t *list = json ? json_array() : NULL;
    bw_buffer out = {0};

    for (const char *const *path = boards->paths; *path; path++) {
        const bw_cheriot_board *board = bw_cheriot_boards_read(boards, *path);

        if (!board)
            continue;
        if (!list && out.len)
            bw_buffer_byte(&out, '\n');
        if (list)
            json_array_append_new(list, bw_show_cheriot_json(board));
        else if (*names)
            show_cheriot_devices(boards, board, names, &style, &out);
        else
            bw_show_cheriot_text(board, &style, &out);
    }
    if (out.len)
        fwrite(out.data, 1, out.len, stdout);
    if (list)
        bw_print_json(list);
    bw_buffer_free(&out);
}

/* @return whether the argument is one of CHERIoT's. */
static bool try_cheriot(const bw_options *options, char **arguments, int *exit_code)
{
    bw_cheriot_boards boards;
    bool is_one = bw_cheriot_boards_open(&boards, options, arguments[0]);

    if (is_one) {
        show_cheriot(&boards, arguments + 1, options->json);
        *exit_code = boards.exit_code;
    }
    bw_cheriot_boards_close(&boards);
    return is_one;
}

/* ---- boards for Ocre ---- */

static void show_for_ocre(bw_boards *boards, json_t *list)
{
    const char *sdk = boards->options->sdk;

    bw_boards_choose(boards, bw_system_find("ocre"));

    const bw_ocre_sdk *tree =
        sdk && bw_ocre_is_sdk(sdk) ? bw_ocre_sdk_read(boards->ctx, sdk, &boards->arena, &boards->findings) : NULL;

    for (uint32_t i = 0; i < boards->targets.count; i++)
        bw_show_ocre(boards, &boards->targets.items[i], tree, !is_first(boards, &boards->targets.items[i]), list);
}

int bw_cmd_show(int argc, char **argv)
{
    bw_options options;
    bw_boards boards;
    int exit_code = BW_EXIT_OK;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &exit_code))
        return exit_code;
    if (argc < 2) {
        bw_options_free(&options);
        return bw_usage_error("show", "which board?");
    }
    if (system_name && strcmp(system_name, "ocre") != 0) {
        exit_code =
            bw_usage_error("show", "there is no verdict on boards for the system '%s', only for ocre", system_name);
        bw_options_free(&options);
        g_free(wanted_target);
        g_free(system_name);
        return exit_code;
    }
    if (!system_name &&
        (try_cheriot(&options, argv + 1, &exit_code) || bw_show_balena_try(&options, argv[1], argv + 2, &exit_code))) {
        bw_options_free(&options);
        g_free(wanted_target);
        return exit_code;
    }
    if (bw_boards_open(&boards, "show", &options, argv[1], wanted_target)) {
        json_t *list = options.json ? json_array() : NULL;

        if (system_name)
            show_for_ocre(&boards, list);
        for (uint32_t i = 0; !system_name && i < boards.targets.count; i++)
            show_board(&boards, &boards.targets.items[i], argv + 2, list);
        if (list)
            bw_print_json(list);
    }
    exit_code = boards.exit_code;
    bw_boards_close(&boards);
    bw_options_free(&options);
    g_free(wanted_target);
    g_free(system_name);
    return exit_code;
}
