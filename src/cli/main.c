/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "base/finding.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct command {
    const char *name;
    const char *summary;
    bw_command_main *main;
} command;

static const command commands[] = {
#define BW_COMMAND(ident, name, summary) {name, summary, bw_cmd_##ident},
#include "cli/commands.def"
#undef BW_COMMAND
};

static const command *find_command(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (commands[i].main && strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static void print_help(FILE *out)
{
    fputs("Usage: boardwright COMMAND [OPTION…] ARGUMENT…\n"
          "\n"
          "A devicetree and board-support compiler.\n"
          "\n"
          "Commands:\n",
          out);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (commands[i].main)
            fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
    fputs("\n"
          "'boardwright COMMAND --help' shows a command's options; 'boardwright --version' the version.\n"
          "Findings go to standard error, results to standard output.\n"
          "Exit status: 0 no errors; 1 the input has errors; 2 wrong usage, or a file could not be\n"
          "read or written.\n",
          out);
}

static int unknown_command(const char *name)
{
    const char *known[G_N_ELEMENTS(commands) + 1];
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (commands[i].main)
            known[count++] = commands[i].name;
    known[count] = NULL;
    const char *near = bw_nearest(name, known);
    fprintf(stderr, "boardwright: there is no command '%s'", name);
    if (near)
        fprintf(stderr, "; did you mean '%s'?", near);
    fputs("\nTry 'boardwright --help'.\n", stderr);
    return BW_EXIT_TROUBLE;
}

static int run(const char *name, int argc, char **argv)
{
    const command *c = find_command(name);

    return c ? c->main(argc, argv) : unknown_command(name);
}

static int dispatch(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');

    /* A link called dtc is dtc, so that a build system finds it under that name. */
    if (bw_cmd_dtc && strcmp(slash ? slash + 1 : argv[0], "dtc") == 0)
        return bw_cmd_dtc(argc, argv);
    if (argc < 2) {
        print_help(stderr);
        return BW_EXIT_TROUBLE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        puts("boardwright " BW_VERSION);
        return BW_EXIT_OK;
    }
    bool help = strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
    if (help && argc == 2) {
        print_help(stdout);
        return BW_EXIT_OK;
    }
    if (help) {
        char *help_argv[] = {argv[2], (char[]){"--help"}, NULL};
        return run(argv[2], 2, help_argv);
    }
    if (word[0] == '-') {
        fprintf(stderr, "boardwright: there is no option '%s' before the command\nTry 'boardwright --help'.\n", word);
        return BW_EXIT_TROUBLE;
    }
    return run(word, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    if (argc < 1)
        return BW_EXIT_TROUBLE;
    /* A reader that closes our pipe ends us quietly, also where the parent ignores the signal. */
    signal(SIGPIPE, SIG_DFL);
    int result = dispatch(argc, argv);

    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        /* An earlier write has failed, and its reason is forgotten: one byte more fails for the same. */
        if (errno == 0 && putchar('\n') != EOF)
            fflush(stdout);
        fprintf(stderr, "boardwright: standard output cannot be written: %s\n", g_strerror(errno ? errno : EIO));
        result = BW_EXIT_TROUBLE;
    }
    return result;
}
