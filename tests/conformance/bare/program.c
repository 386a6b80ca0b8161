/* SPDX-License-Identifier: Apache-2.0 */
/* Something of every kind that a linker script has to place. Also compiled as C++. */
#include "board.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ENTRY_(name) void name(void)
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#define ENTRY ENTRY_(Reset_Handler)
#else
#define ENTRY ENTRY_(_start)
#endif

extern char __stack_top[], __stack_bottom[], __heap_start[], __heap_end[], __data_load[];

ENTRY;
extern const uintptr_t vectors[];
__attribute__((section(".vectors"), used)) const uintptr_t vectors[] = {(uintptr_t)__stack_top};

volatile int initialised = 7;
volatile char zeroed[1000];
const char model[] = BOARD_MODEL;
uint64_t console = BOARD_CONSOLE_BASE;

__attribute__((section(".text._start"))) ENTRY
{
    uintptr_t heap = (uintptr_t)__heap_end - (uintptr_t)__heap_start;

    zeroed[0] = (char)heap;
    initialised += BOARD_CPU_COUNT + model[0] + (int)(uintptr_t)__data_load + (int)(uintptr_t)__stack_bottom;
    for (;;)
        *(volatile uint32_t *)(uintptr_t)console = BOARD_CONSOLE_IRQ;
}

#ifdef __cplusplus
}
#endif

#if BOARD_CPU_COUNT < 1 || BOARD_CONSOLE_BASE == 0
#error "the constants are usable for the preprocessor, too"
#endif
