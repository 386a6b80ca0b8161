/* SPDX-License-Identifier: Apache-2.0 */
/* boardwright sel4: what only platforms of seL4 have. */
#include "cli/verbs.h"

int bw_cmd_sel4(int argc, char **argv)
{
    return bw_run_verb(argc, argv);
}
