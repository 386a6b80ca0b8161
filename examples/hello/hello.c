/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program without an operating system, for an AArch64 board whose console is a PL011: it says
 * hello on the console and switches the machine off. Every address comes from board.h, every place
 * in memory from board.ld, and both come from the devicetree.
 */
#include "board.h"

#include <stdint.h>

/* PL011 (Arm DDI 0183G, chapter 3) */
#define UART_DATA (*(volatile uint32_t *)(BOARD_CONSOLE_BASE + 0x00))
#define UART_FLAGS (*(volatile uint32_t *)(BOARD_CONSOLE_BASE + 0x18))
#define UART_TRANSMIT_FULL (1U << 5)

/* The first instructions: a stack, clear memory, and on to C. */
__asm__(".section .text._start, \"ax\"\n"
        ".global _start\n"
        "_start:\n"
        "    ldr x0, =__stack_top\n"
        "    mov sp, x0\n"
        "    ldr x1, =__bss_start\n"
        "    ldr x2, =__bss_end\n"
        "1:  cmp x1, x2\n"
        "    b.hs 2f\n"
        "    str xzr, [x1], #8\n"
        "    b 1b\n"
        "2:  bl hello\n"
        "3:  wfe\n"
        "    b 3b\n"
        ".previous\n");

static unsigned lines; /* in .bss, so it shows that memory was cleared */

static void say(const char *text)
{
    for (; *text; text++) {
        while (UART_FLAGS & UART_TRANSMIT_FULL)
            ;
        UART_DATA = (uint32_t)(unsigned char)*text;
    }
    lines++;
}

static void say_number(unsigned long number)
{
    static const char digits[] = "0123456789abcdef";

    say("0x");
    for (int shift = 28; shift >= 0; shift -= 4) {
        const char digit[] = {digits[number >> shift & 15], '\0'};
        say(digit);
    }
}

/* PSCI SYSTEM_OFF (Arm DEN 0022): the devicetree's /psci node says that the machine listens to hvc. */
static void power_off(void)
{
    register uint64_t function __asm__("x0") = 0x84000008;

    __asm__ volatile("hvc #0" : "+r"(function));
}

void hello(void);
void hello(void)
{
    say("hello from " BOARD_MODEL ": my console is at ");
    say_number(BOARD_CONSOLE_BASE);
    say(", my interrupt for it is ");
    say_number(BOARD_CONSOLE_IRQ);
    say("\n");
    power_off();
}
