/* SPDX-License-Identifier: Apache-2.0 */
/** Which architecture a board has, by its CPUs. */
#ifndef BW_BOARD_ARCH_H
#define BW_BOARD_ARCH_H

#include "board/board.h"

typedef enum bw_arch {
    BW_ARCH_OTHER, /**< none that anything is known of */
    BW_ARCH_ARM_M, /**< Cortex-M: vector table of addresses at the beginning of the code */
    BW_ARCH_ARM,   /**< 32-bit Arm A and R */
    BW_ARCH_AARCH64,
    BW_ARCH_RISCV,
} bw_arch;

/** @return the architecture of the first CPU that tells; without one, of the board's timer. */
bw_arch bw_arch_of(const bw_board *board);

uint32_t bw_arch_cpu_count(const bw_board *board); /**< CPUs that are there; at least 1 */

#endif
