/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright balena: what only repositories of balenaOS have. */
#include "cli/verbs.h"

int bw_cmd_balena(int argc, char **argv)
{
    return bw_run_verb(argc, argv);
}
