/* SPDX-License-Identifier: Apache-2.0 */
/** Where `boot` puts what it makes: folders of targets, kept files, logs. */
#ifndef BW_CLI_BOOT_FILES_H
#define BW_CLI_BOOT_FILES_H

#include "board/load.h"

#include <glib.h>

/** @return "plank_m33" of "plank/m33", to be freed. */
char *bw_boot_file_name(const bw_target *target);
/** Removes a folder with all that is in it. */
void bw_boot_remove_folder(const char *path);
/** @return false after a message. */
bool bw_boot_write_file(const char *folder, const char *name, const GString *text, bool executable);
/**
 * Writes log and, where files are kept, script of a run: into @p kept as console.log and run.sh, else the log alone
 * into the cache folder, always the last one of a target. Both texts are freed. @param name of the log without files
 * kept.
 * @param ok set to false after a message. @return the path of the log, to be freed.
 */
char *bw_boot_keep(const char *kept, const char *name, GString *log, GString *script, bool *ok);

#endif
