/* SPDX-License-Identifier: Apache-2.0 */
/** The option --compatible DEVICE=STRING of commands that make a devicetree of a CHERIoT board. */
#ifndef BW_CLI_CHERIOT_COMPATIBLE_H
#define BW_CLI_CHERIOT_COMPATIBLE_H

#include "systems/cheriot/devicetree.h"

/** @return whether each has a name and something behind the '='. @param texts NULL-terminated, or NULL */
bool bw_cheriot_compatibles_fit(char *const *texts);
/** @return the list, to be freed; the texts are taken apart and have to stay. NULL for none. */
bw_cheriot_compatible *bw_cheriot_compatibles(char **texts);

#endif
