/* SPDX-License-Identifier: Apache-2.0 */
/** What the checks of a repository share. Private to check_*.c. */
#ifndef BW_SYSTEMS_BALENA_CHECK_PARTS_H
#define BW_SYSTEMS_BALENA_CHECK_PARTS_H

#include "systems/balena/repo.h"
#include "systems/balena/repo_parts.h"

/** Adds a finding at a value of a device type; its subject is the device type. */
bw_finding *bw_balena_find(const bw_balena_repo *repo, const bw_balena_device *device, bw_code code,
                           const bw_json *value, const char *format, ...) __attribute__((format(printf, 5, 6)));

/** Whether a slug has the form of one, and arch is a known word: else that was said, and nothing more needs to be. */
bool bw_balena_is_slug(const char *text);
bool bw_balena_is_arch(const char *word);

/** The contract of a slug, by its own slug, its folder or an alias; NULL if there is none here. */
const bw_balena_contract *bw_balena_contract_of(const bw_balena_repo *repo, const char *slug);

/** Whether LED_FILE and the contract's data.led agree. */
void bw_balena_check_led(const bw_balena_repo *repo, const bw_balena_device *device,
                         const bw_balena_contract *contract);

#endif
