/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which compiler builds the probe for a board, and with which flags. The table is toolchains.def.
 */
#ifndef BW_BOOT_TOOLCHAIN_H
#define BW_BOOT_TOOLCHAIN_H

#include "board/arch.h"

typedef struct bw_toolchain {
    char *compiler;   /**< a program of the path, or a path; gcc or what takes its options */
    GPtrArray *flags; /**< of char *: for this board's CPU; compiling and linking take all of them */
} bw_toolchain;

/**
 * Looks for a cross compiler: @p wanted, else $CROSS_COMPILE, else the candidates of the table.
 * @param wanted of the user: a program ("clang-16", "/opt/x/bin/arm-none-eabi-gcc") or a prefix ("arm-none-eabi-");
 *        NULL: none.
 * @return NULL with a finding: compiler-missing names all that was looked for, the package and the cure;
 *         cpu-unsupported: the probe has no start-up for it.
 */
bw_toolchain *bw_toolchain_find(const bw_board *board, const char *wanted, bw_findings *findings);
void bw_toolchain_free(bw_toolchain *toolchain);

#endif
