/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/repo.h"

void bw_balena_check(const bw_balena_repo *repo)
{
    bw_balena_check_root(repo);
    bw_balena_check_devices(repo);
    bw_balena_check_layer(repo);
    bw_balena_check_syntax(repo);
    bw_balena_check_images(repo);
    bw_balena_check_disk(repo);
    bw_balena_check_contracts(repo);
}
