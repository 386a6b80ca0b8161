/* SPDX-License-Identifier: Apache-2.0 */
/** A run for people: its command line, a script that runs it again, its log. */
#ifndef BW_BOOT_WORDS_H
#define BW_BOOT_WORDS_H

#include "boot/runner.h"

/** One line that a shell takes, with the console on the terminal. To be freed. */
char *bw_words_command(const bw_machine *machine, const char *image, unsigned gdb_port);
/** The same as a script that lies beside the image. @param comment what it runs: "the probe". */
GString *bw_words_script(const bw_machine *machine, const char *image_name, const char *comment, unsigned gdb_port);
/** All that the machine said, by channel: the raw console first. @param run NULL: nothing. */
GString *bw_words_log(const bw_boot_run *run);

#endif
