/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What Ocre builds its WebAssembly runtime (WAMR) for, by the CPU of a board.
 *
 * Sources: project-ocre/ocre-runtime, zephyr/wamr.cmake; WAMR, core/iwasm/aot/aot_loader.c and arch/aot_reloc_*.c.
 */
#ifndef BW_SYSTEMS_OCRE_WAMR_H
#define BW_SYSTEMS_OCRE_WAMR_H

#include "board/board.h"

typedef struct bw_ocre_wamr {
    const bw_cpu *cpu;    /**< NULL: the board has none that tells */
    bool unsupported;     /**< the build stops there */
    const char *cpu_name; /**< of an unsupported one: "ARC" … */
    const char *target;   /**< "THUMBV8M" …; NULL: unsupported or not known */
    const char *aot_arch; /**< how the architecture's name in an AOT file must begin; NULL likewise */
} bw_ocre_wamr;

/** Whether RAM cannot be executed from while the MPU is on: Zephyr maps it so on every ARMv8-M. */
bool bw_ocre_ram_is_data(const bw_board *board);

bw_ocre_wamr bw_ocre_wamr_of(const bw_board *board);

/** @return whether the CPU is a Cortex-M whose compatible says that it has an FPU: "arm,cortex-m33f". */
bool bw_ocre_has_fpu(const bw_board *board);

#endif
