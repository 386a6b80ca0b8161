/* SPDX-License-Identifier: Apache-2.0 */
/** `show --system ocre`: which samples of Ocre a board runs, and what it lacks. */
#ifndef BW_CLI_SHOW_OCRE_H
#define BW_CLI_SHOW_OCRE_H

#include "cli/boards.h"
#include "systems/ocre/sdk.h"

#include <jansson.h>

/** Shows one target on standard output, or appends it to @p list. @param sdk a tree of Ocre whose board files count, or
 *  NULL. @param more the target is not the first one shown */
void bw_show_ocre(bw_boards *boards, const bw_target *target, const bw_ocre_sdk *sdk, bool more, json_t *list);

#endif
