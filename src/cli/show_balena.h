/* SPDX-License-Identifier: Apache-2.0 */
/** What show and list say of a repository of balenaOS. */
#ifndef BW_CLI_SHOW_BALENA_H
#define BW_CLI_SHOW_BALENA_H

#include "cli/options.h"

/** Shows the repository, or those of its device types that @p names (NULL-terminated) says.
 *  @return whether @p argument is one; then @p exit_code is set. */
bool bw_show_balena_try(const bw_options *options, const char *argument, char **names, int *exit_code);

/** Lists its device types likewise. */
bool bw_list_balena_try(const bw_options *options, const char *argument, int *exit_code);

#endif
