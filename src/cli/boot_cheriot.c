/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/boot_cheriot.h"

#include "report/report.h"
#include "systems/cheriot/run.h"
#include "systems/cheriot/write.h"
#include "systems/support.h"

bool bw_boot_cheriot_is_board(bw_context *ctx, const bw_options *options, const char *argument)
{
    return bw_cheriot_is_own(ctx, argument, options->sdk);
}

static const bw_cheriot_board *read_board(bw_context *ctx, const bw_options *options, const char *argument,
                                          bw_arena *arena, bw_findings *findings)
{
    bw_cheriot_options how = {.sdk = options->sdk, .mixins = (const char *const *)options->mixins};
    const bw_cheriot_board *board = bw_cheriot_read_one(ctx, argument, &how, arena, findings);

    if (board)
        bw_cheriot_check(board, ctx, findings);
    return board;
}

/* @return `cheriot:` of the support.yml beside the board's file, or NULL. */
static const bw_yaml *find_section(bw_boot_cheriot *cheriot, bw_context *ctx, GHashTable *supports, bw_arena *arena,
                                   bw_findings *findings, bool *ok)
{
    const bw_target beside = {.path = bw_cheriot_home(cheriot->board).file};
    const bw_yaml *section;

    cheriot->support = bw_support_of(supports, ctx, &beside, arena, findings, ok);
    if (!cheriot->support || !bw_support_section(cheriot->support, bw_system_find("cheriot"), &section))
        return NULL;
    return section;
}

bool bw_boot_cheriot_open(bw_boot_cheriot *cheriot, bw_context *ctx, const bw_options *options, const char *argument,
                          GHashTable *supports, bw_arena *arena, bw_findings *findings)
{
    bw_findings checked;
    bw_join *join = bw_join_new(findings);
    bool ok = false;

    bw_findings_init(&checked, ctx);
    const bw_cheriot_board *board = read_board(ctx, options, argument, arena, &checked);
    if (!board || checked.counts[BW_ERROR]) {
        bw_join_add(join, &checked);
    } else {
        cheriot->board = board;
        const bw_yaml *section = find_section(cheriot, ctx, supports, arena, findings, &ok);
        ok = ok && bw_cheriot_probe_tree_make(board, section, ctx, arena, findings, &cheriot->tree);
    }
    bw_join_free(join);
    bw_findings_free(&checked);
    return ok;
}

/* As the user would write it for --simulator. */
static char *command_line(char **words)
{
    GString *line = g_string_new(NULL);

    for (char **word = words; *word; word++) {
        char *quoted = g_shell_quote(*word);

        g_string_append_printf(line, "%s ", quoted);
        g_free(quoted);
    }
    g_string_append(line, "${image}");
    return g_string_free(line, FALSE);
}

static void say_unknown(const bw_cheriot_board *board, bw_findings *findings)
{
    const bw_json *value = board->run_command_value ? board->run_command_value : board->simulator_value;
    bw_place home = bw_cheriot_home(board);
    bw_finding *f =
        board->run_command
            ? bw_findings_add(findings, BW_CODE_simulator_unknown, value ? bw_json_place(value) : home,
                              "run_command may load the board itself, because `simulation` is not true, so it is not "
                              "booted with it")
            : bw_findings_add(findings, BW_CODE_simulator_unknown, home, "nothing says what simulates the board");

    bw_finding_cure(f, "write into support.yml beside it: simulator: {qemu: {machine: NAME, program: "
                       "qemu-system-riscv32}}, or name the machine here: --machine NAME");
}

bool bw_boot_cheriot_choose(bw_boot_cheriot *cheriot, bw_machine_options *machine, const char *toolchain,
                            bw_findings *findings)
{
    if (machine->simulator || machine->machine || bw_yaml_get(cheriot->support, "simulator"))
        return true;
    if (!cheriot->board->simulation || !cheriot->board->run_command) {
        say_unknown(cheriot->board, findings);
        return false;
    }
    char **words = bw_cheriot_command(cheriot->board, toolchain, findings);
    if (!words)
        return false;
    cheriot->simulator = command_line(words);
    machine->simulator = cheriot->simulator;
    g_strfreev(words);
    return true;
}

void bw_boot_cheriot_move(const bw_boot_cheriot *cheriot, bw_findings *findings)
{
    if (cheriot->tree.source)
        bw_cheriot_probe_tree_move(&cheriot->tree, findings);
}

void bw_boot_cheriot_close(bw_boot_cheriot *cheriot)
{
    bw_cheriot_probe_tree_free(&cheriot->tree);
    g_free(cheriot->simulator);
}
