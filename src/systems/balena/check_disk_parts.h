/* SPDX-License-Identifier: Apache-2.0 */
/** What checks of disks share. Private to check_disk*.c. */
#ifndef BW_SYSTEMS_BALENA_CHECK_DISK_PARTS_H
#define BW_SYSTEMS_BALENA_CHECK_DISK_PARTS_H

#include "systems/balena/check_disk.h"

/** @return whether it is new: a finding at a place, about one thing, is said once. */
bool bw_balena_say(bw_balena_said *said, bw_code code, bw_place place, const char *what);

/** "33 KiB (0x8400)". */
const char *bw_balena_size_words(bw_arena *arena, uint64_t bytes);

/** Numbers of the boot partition in three places: 37. @param shipped the image that is downloaded */
void bw_balena_check_numbers(const bw_balena_repo *repo, const bw_balena_image *target, const bw_balena_image *shipped,
                             bw_balena_said *said);
/** Update hooks: 42. */
void bw_balena_check_hooks(const bw_balena_repo *repo, const bw_balena_image *target, const bw_balena_image *flasher,
                           bw_balena_said *said);

#endif
