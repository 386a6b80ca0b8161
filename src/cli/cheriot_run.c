/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright cheriot run: a firmware image with the program that the board names. */
#include "cli/cheriot_tree.h"
#include "cli/print.h"
#include "cli/verbs.h"

#include "boot/process.h"
#include "systems/cheriot/run.h"
#include "systems/cheriot/write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMED_OUT 124 /* as timeout(1) */
#define NOT_STARTED 126
#define POLL_US 10000
#define PATIENCE_MS 2000

static char *toolchain;
static double timeout;
static gboolean print_command;

static const GOptionEntry entries[] = {
    {"toolchain", 0, 0, G_OPTION_ARG_FILENAME, &toolchain,
     "CHERIoT's toolchain: the program is looked for there first, then in its bin, the SDK and PATH", "DIR"},
    {"timeout", 0, 0, G_OPTION_ARG_DOUBLE, &timeout, "End it after so many seconds, with status 124", "SECONDS"},
    {"dry-run", 0, 0, G_OPTION_ARG_NONE, &print_command, "Run nothing: print the command line", NULL},
    {NULL, 0, 0, 0, NULL, NULL, NULL},
};

static const bw_usage usage = {
    .arguments = "BOARD FIRMWARE",
    .summary = "Runs a firmware image as the board says: its run_command (or the older simulator) with the image's\n"
               "absolute path behind it, in the image's folder.",
    .description = "Input, output and signals are the program's, and its exit status is passed on. Where it cannot be\n"
                   "started, findings say why: status 1, or 2 when a file cannot be read.",
    .groups = BW_OPT_CHERIOT | BW_OPT_LEVELS | BW_OPT_FORMAT,
    .entries = entries,
};

/* -- running ------------------------------------------------------------------------------------------------------- */

static int not_started(const char *program, int error)
{
    fprintf(stderr, "boardwright cheriot run: %s cannot be started: %s\n", program, g_strerror(error));
    return NOT_STARTED;
}

/* Without a limit we become the program: nothing stands between it and the terminal. */
static int become(char **words)
{
    fflush(stdout);
    execv(words[0], words);
    return not_started(words[0], errno);
}

static int status_of(const bw_process *process)
{
    return WIFEXITED(process->status) ? WEXITSTATUS(process->status) : 128 + WTERMSIG(process->status);
}

static int run_for(char **words, double seconds)
{
    const bw_process_fd input = {STDIN_FILENO, STDIN_FILENO};
    gint64 end = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
    bw_process process;

    fflush(stdout);
    int error = bw_process_start(&process, (const char *const *)words, &input, 1);
    if (error)
        return not_started(words[0], error);
    while (!bw_process_ended(&process)) {
        if (g_get_monotonic_time() > end) {
            bw_process_stop(&process, PATIENCE_MS);
            fprintf(stderr, "boardwright cheriot run: ended after %g s (--timeout)\n", seconds);
            return TIMED_OUT;
        }
        g_usleep(POLL_US);
    }
    return status_of(&process);
}

static void print_words(char **words)
{
    for (char **word = words; *word; word++) {
        char *quoted =
            strpbrk(*word, " \t\n'\"\\$&;|<>()*?[]{}#~`!") || !**word ? g_shell_quote(*word) : g_strdup(*word);

        printf("%s%s", word == words ? "" : " ", quoted);
        g_free(quoted);
    }
    putchar('\n');
}

/* @param words of the board; the image comes behind. Taken. */
static int run_image(char **words, const char *firmware)
{
    char *image = g_canonicalize_filename(firmware, NULL);
    char *folder = g_path_get_dirname(image);
    guint count = g_strv_length(words);
    int code = BW_EXIT_OK;

    words = g_renew(char *, words, count + 2);
    words[count] = image;
    words[count + 1] = NULL;
    if (print_command) {
        print_words(words);
    } else if (chdir(folder) != 0) {
        fprintf(stderr, "boardwright cheriot run: %s cannot be entered: %s\n", folder, g_strerror(errno));
        code = BW_EXIT_TROUBLE;
    } else {
        code = timeout > 0 ? run_for(words, timeout) : become(words);
    }
    g_free(folder);
    g_strfreev(words);
    return code;
}

/* -- the board ----------------------------------------------------------------------------------------------------- */

/* @return the command's words, or NULL when findings say why not; they are printed. */
static char **command_of_file(const bw_options *options, const char *argument, int *code)
{
    bw_context *ctx = bw_options_context(options);
    bw_cheriot_options given = {.sdk = options->sdk, .mixins = (const char *const *)options->mixins};
    bw_findings read, findings;
    bw_arena arena;
    char **words = NULL;

    bw_arena_init(&arena);
    bw_findings_init(&read, ctx);
    bw_findings_init(&findings, ctx);
    const bw_cheriot_board *board = bw_cheriot_read_one(ctx, argument, &given, &arena, &read);
    if (board)
        words = bw_cheriot_command(board, toolchain, &findings);
    /* Whatever else is wrong with the description: an image is there already. */
    const bw_findings *shown = board ? &findings : &read;
    *code = bw_print_findings_beside(options, shown);
    if (bw_has_trouble(shown))
        *code = BW_EXIT_TROUBLE;
    bw_findings_free(&findings);
    bw_findings_free(&read);
    bw_arena_free(&arena);
    bw_context_free(ctx);
    return words;
}

/* The same of a devicetree board, whose support.yml has `run-command`. */
static char **command_of_tree(const bw_options *options, const char *argument, int *code)
{
    bw_boards boards;
    bw_findings findings;
    char **words = NULL;

    *code = BW_EXIT_OK;
    const bw_cheriot_board *board = bw_cheriot_of_devicetree(&boards, "cheriot run", options, argument);
    bw_findings_init(&findings, boards.ctx);
    if (board) {
        words = bw_cheriot_command(board, toolchain, &findings);
        *code = bw_print_findings_beside(options, &findings);
    }
    *code = MAX(*code, boards.exit_code);
    bw_findings_free(&findings);
    bw_boards_close(&boards);
    return words;
}

static int run(const bw_options *options, const char *argument, const char *firmware)
{
    int code;

    if (!g_file_test(firmware, G_FILE_TEST_EXISTS)) {
        fprintf(stderr, "boardwright cheriot run: there is no file %s\n", firmware);
        return BW_EXIT_TROUBLE;
    }
    char **words = bw_is_devicetree_board(options, argument) ? command_of_tree(options, argument, &code)
                                                             : command_of_file(options, argument, &code);
    return words ? run_image(words, firmware) : code;
}

int bw_cheriot_run(int argc, char **argv)
{
    const char *name = argv[0];
    bw_options options;
    int code;

    if (!bw_options_parse(&options, &usage, &argc, &argv, &code))
        return code;
    if (argc != 3)
        code = bw_usage_error(name, argc < 2   ? "which board?"
                                    : argc < 3 ? "which firmware image?"
                                               : "one image at a time");
    else if (timeout < 0)
        code = bw_usage_error(name, "a number below zero makes no sense");
    else
        code = run(&options, argv[1], argv[2]);
    g_free(toolchain);
    bw_options_free(&options);
    return code;
}
