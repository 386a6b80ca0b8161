/* SPDX-License-Identifier: Apache-2.0 */
/** Private to machine.c, machine_guess.c and machine_target.c: what they share. */
#ifndef BW_BOOT_MACHINE_PARTS_H
#define BW_BOOT_MACHINE_PARTS_H

#include "boot/machine.h"

/* machine_guess.c: what the tree says. */

const bw_cpu *bw_machine_first_cpu(const bw_board *board); /**< that is there; or NULL */
bool bw_machine_is_known(const bw_board *board);           /**< machines.def has it */

/** @return what QEMU calls the kind of the first CPU, for -cpu, or NULL: the machine's own. */
const char *bw_machine_qemu_cpu(const bw_board *board);

/** @param machine may have options. @return bytes at the beginning of RAM that it takes for itself. */
uint64_t bw_machine_offset(const char *machine);

/* machine_target.c: targets and the keys of `simulator:`. */

/** @return what a key of `simulator:` would call the target: its name without a revision; of a source without a
 *  board.yml its file. To be freed. */
char *bw_machine_target_key(const bw_target *target);

/** @return the part of `simulator:` that is for the target, or NULL. */
const bw_yaml *bw_machine_target_part(const bw_yaml *support, const bw_target *target);

#endif
