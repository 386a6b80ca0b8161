/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright cheriot: what only boards of CHERIoT RTOS have. */
#include "cli/verbs.h"

int bw_cmd_cheriot(int argc, char **argv)
{
    return bw_run_verb(argc, argv);
}
