/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The commands of the program. Each is one file src/cli/<name>.c with one function bw_cmd_<ident>
 * and one row in commands.def.
 */
#ifndef BW_CLI_COMMANDS_H
#define BW_CLI_COMMANDS_H

/** What the program answers with. */
enum {
    BW_EXIT_OK = 0,
    BW_EXIT_FINDINGS = 1, /**< the input has errors; all of them were reported */
    BW_EXIT_TROUBLE = 2,  /**< wrong usage, or a file could not be read or written */
};

/** @param argv argv[0] is the command's name; NULL-terminated. @return one of BW_EXIT_*. */
typedef int bw_command_main(int argc, char **argv);

/* Weak: a command that is not linked in is NULL and does not exist. */
#define BW_COMMAND(ident, name, summary) bw_command_main bw_cmd_##ident __attribute__((weak));
#include "cli/commands.def"
#undef BW_COMMAND

#endif
