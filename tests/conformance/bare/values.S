/* SPDX-License-Identifier: Apache-2.0 */
/* Every constant of the header that the program uses, as data of an assembler. */
#include "board.h"
	.section .rodata.values, "a"
	.balign 8
	.global asm_values
asm_values:
	.8byte BOARD_CONSOLE_BASE
	.4byte BOARD_CONSOLE_IRQ
	.4byte BOARD_CPU_COUNT
	.asciz BOARD_MODEL
