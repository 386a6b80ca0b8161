/* SPDX-License-Identifier: Apache-2.0 */
/** Checks of one disk, for who draws it. All of a repository's are in bw_balena_check_disk(). */
#ifndef BW_SYSTEMS_BALENA_CHECK_DISK_H
#define BW_SYSTEMS_BALENA_CHECK_DISK_H

#include "systems/balena/image.h"

/** What was said already: one statement makes the disks of several device types. */
typedef struct bw_balena_said bw_balena_said;
bw_balena_said *bw_balena_said_new(void);
void bw_balena_said_free(bw_balena_said *said);

/** Sizes, partitions and raw writes of an image: 35, 36, 38. Sizes of files are judged where they are known. */
void bw_balena_check_image(const bw_balena_repo *repo, const bw_balena_image *image, bw_balena_said *said);

#endif
