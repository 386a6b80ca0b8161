/* SPDX-License-Identifier: Apache-2.0 */
/** Parts of bw_balena_repo_read(), and what they share. Private to the reader of repositories. */
#ifndef BW_SYSTEMS_BALENA_REPO_PARTS_H
#define BW_SYSTEMS_BALENA_REPO_PARTS_H

#include "systems/balena/repo.h"

/** Names in a folder, sorted; none if it cannot be read. @return to be freed. */
GPtrArray *bw_balena_names_in(const char *folder);
/** Whether a folder is there and not empty. */
bool bw_balena_has_names(const char *folder);

void bw_balena_read_workflows(bw_balena_repo *repo);
void bw_balena_read_contracts(bw_balena_repo *repo);
void bw_balena_read_layer(bw_balena_repo *repo);

#endif
