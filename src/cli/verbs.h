/* SPDX-License-Identifier: Apache-2.0 */
/** Commands of the form `boardwright SYSTEM VERB …`: verbs.def lists them. */
#ifndef BW_CLI_VERBS_H
#define BW_CLI_VERBS_H

#include "cli/commands.h"

/* Weak, as the commands are. A verb's argv[0] is "SYSTEM VERB". */
#define BW_VERB(system, ident, verb, summary) bw_command_main bw_##system##_##ident __attribute__((weak));
#include "cli/verbs.def"
#undef BW_VERB

/** Runs the verb that argv[1] names, or prints the system's help. @param argv as of a command. */
int bw_run_verb(int argc, char **argv);

#endif
