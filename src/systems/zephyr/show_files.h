/* SPDX-License-Identifier: Apache-2.0 */
/** The files of a target as a list for people. */
#ifndef BW_SYSTEMS_ZEPHYR_SHOW_FILES_H
#define BW_SYSTEMS_ZEPHYR_SHOW_FILES_H

#include "base/buffer.h"
#include "systems/zephyr/files.h"

/** Appends the files by use, each with its reason, then what looks meant for the target and is not used. */
void bw_zephyr_show_files(const bw_zephyr_choice *choice, const bw_zephyr_files *files, bw_buffer *out);

/** "devicetree", "kconfig" … */
const char *bw_zephyr_use_name(bw_zephyr_use use);

#endif
