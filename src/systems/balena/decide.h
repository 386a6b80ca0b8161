/* SPDX-License-Identifier: Apache-2.0 */
/** Between the files that decide what a device type is: section.h has the outcome. */
#ifndef BW_SYSTEMS_BALENA_DECIDE_H
#define BW_SYSTEMS_BALENA_DECIDE_H

#include "systems/balena/section.h"

/** Where a key of `balena:` stands, else the section. */
bw_place bw_balena_decision_place(const bw_balena_type *type, const char *key);

/** @return whether a key is there and true. */
bool bw_balena_truth(const bw_yaml *map, const char *key);

/** U-Boot or GRUB, and whether that goes with the architecture. @return false after an error. */
bool bw_balena_decide_loader_kind(bw_balena_type *type);

/** Places of the boot loader's files on the disk, checked against the partition table, each other and the first
 *  partition. type->sizes are known. @return false after an error. */
bool bw_balena_decide_loader(bw_balena_type *type);

#endif
