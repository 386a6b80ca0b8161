/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start-up, exceptions and guarded accesses of Cortex-M: Armv6-M, Armv7-M and Armv8-M with one code, in the
 * instructions of Armv6-M that all of them have. So a probe runs, and tells which CPU it is on, where the description
 * names the wrong one.
 */
    .syntax unified
    .arch armv6-m
    .thumb

#define SYS_WRITEC 0x03
#define SYS_WRITE0 0x04
#define SYS_EXIT 0x18
#define ADP_STOPPED_RUN_TIME_ERROR 0x20023
#define STACK 1536

/* -- vectors: 16 exceptions, and as many interrupts as an Armv8-M can have ------------------------------
 *
 * One table, beside the code, where the CPU looks for it by itself: an Armv6-M cannot move it, and RAM is scarce. */

    .section .isr_vector, "a"
    .balign 128
    .global probe_arm_m_vectors
probe_arm_m_vectors:
    .word probe_stack_top
    .word Reset_Handler
    .rept 494
    .word exception
    .endr

/* -- reset --------------------------------------------------------------------------------------------- */

    .section .text.start, "ax"
    .global Reset_Handler, _start
    .thumb_func
Reset_Handler:
    .thumb_func
_start:
    cpsid i
    ldr r0, =probe_stack_top /* again: a debugger, or a boot loader, may have come here by a jump */
    mov sp, r0

    /* That there is RAM is one of the claims. Until it is sure, nothing is kept but in registers: a fault would lock
     * the CPU up. So say first, where anyone listens, what is being tried. */
    ldr r4, =__data_start
    bl try_ram
    ldr r4, =probe_stack_top - 4
    bl try_ram

    ldr r0, =__data_start
    ldr r1, =__data_end
    ldr r2, =__data_load
    cmp r0, r2
    beq 2f
1:  cmp r0, r1
    bhs 2f
    ldr r3, [r2]
    str r3, [r0]
    adds r0, #4
    adds r2, #4
    b 1b
2:  ldr r0, =__bss_start
    ldr r1, =__bss_end
    movs r2, #0
3:  cmp r0, r1
    bhs 4f
    str r2, [r0]
    adds r0, #4
    b 3b
4:  bl probe_arm_m_start
    bl probe_main
5:  b 5b

/* Writes to r4 and reads it back; leaves it as it was. Uses no memory else. */
    .thumb_func
try_ram:
    mov r11, lr
#ifdef PROBE_SEMIHOSTING
    ldr r1, =trying
    bl say
    bl say_r4
#endif
    ldr r5, [r4]
    mvns r2, r4
    str r2, [r4]
    dsb
    ldr r3, [r4]
    cmp r2, r3
    bne 6f
    mvns r2, r2
    str r2, [r4]
    dsb
    ldr r3, [r4]
    cmp r2, r3
    bne 6f
    str r5, [r4]
    bx r11
6:
#ifdef PROBE_SEMIHOSTING
    ldr r1, =failed
    bl say
    bl say_r4
    movs r0, #SYS_EXIT
    ldr r1, =ADP_STOPPED_RUN_TIME_ERROR
    bkpt 0xab
#endif
    b .

#ifdef PROBE_SEMIHOSTING
    .thumb_func
say:
    movs r0, #SYS_WRITE0
    bkpt 0xab
    bx lr

/* r4 in hexadecimal, and the end of the line. */
    .thumb_func
say_r4:
    mov r6, r4
    movs r7, #8
7:  lsrs r1, r6, #28
    lsls r6, r6, #4
    ldr r0, =digits
    adds r1, r0
    movs r0, #SYS_WRITEC
    bkpt 0xab
    subs r7, #1
    bne 7b
    ldr r1, =line_end
    movs r0, #SYS_WRITEC
    bkpt 0xab
    bx lr
#endif
    .ltorg

#ifdef PROBE_SEMIHOSTING
    .section .rodata.start, "a"
trying:
    .asciz "# trying RAM at 0x"
failed:
    .asciz "Bail out! RAM does not keep what is written: cause 0x0, pc 0x0, address 0x"
digits:
    .ascii "0123456789abcdef"
line_end:
    .ascii "\n"
#endif

/* -- exceptions: what the CPU has put on the stack, to C; it comes back by the link register ----------- */

    .section .text.exception, "ax"
    .thumb_func
exception:
    mrs r0, msp
    mrs r1, ipsr
    ldr r2, =probe_arm_m_exception
    bx r2
    .ltorg

/* -- accesses that may fault ----------------------------------------------------------------------------
 *
 * A fault between probe_arm_m_guard and probe_arm_m_guard_end goes on at probe_arm_m_fixup. None of these uses the
 * stack, so that the link register is all that it takes to get back. The barriers let a fault that is reported late
 * (a write that was buffered) come while it is still known whose it is. */

    .section .text.guard, "ax"
    .global probe_arm_m_load, probe_arm_m_store, probe_arm_m_guard, probe_arm_m_guard_end, probe_arm_m_fixup

/* bool probe_arm_m_load(uintptr_t address, unsigned width, uint32_t *value) */
    .thumb_func
probe_arm_m_load:
    cmp r1, #4
    beq 4f
    cmp r1, #2
    beq 2f
probe_arm_m_guard:
    ldrb r3, [r0]
    b 8f
2:  ldrh r3, [r0]
    b 8f
4:  ldr r3, [r0]
8:  dsb
    isb
    b loaded

/* bool probe_arm_m_store(uintptr_t address, unsigned width, uint32_t value) */
    .thumb_func
probe_arm_m_store:
    dsb
    cmp r1, #4
    beq 4f
    cmp r1, #2
    beq 2f
    strb r2, [r0]
    b 8f
2:  strh r2, [r0]
    b 8f
4:  str r2, [r0]
8:  dsb
    isb
    nop
    nop
probe_arm_m_guard_end:
    movs r0, #1
    bx lr
loaded:
    str r3, [r2]
    movs r0, #1
    bx lr
    .thumb_func
probe_arm_m_fixup:
    movs r0, #0
    bx lr

/* -- what a compiler calls where the CPU cannot divide (Run-time ABI for the Arm Architecture, "RTABI") -- */

    .section .text.divide, "ax"
    .global __aeabi_uidiv, __aeabi_uidivmod, __aeabi_llsr

/* r0 / r1: the quotient in r0, the rest in r1. Division by zero gives 0xffffffff, and no trap. */
    .thumb_func
__aeabi_uidiv:
    .thumb_func
__aeabi_uidivmod:
    push {r4, lr}
    movs r2, #0 /* rest */
    movs r4, #32
1:  adds r0, r0, r0 /* the dividend leaves at the top, the quotient comes in at the bottom */
    adcs r2, r2
    bcs 4f /* 33 bits */
    cmp r2, r1
    blo 2f
4:  subs r2, r2, r1
    adds r0, #1
2:  subs r4, #1
    bne 1b
    movs r1, r2
    pop {r4, pc}

/* r1:r0 >> r2, without sign */
    .thumb_func
__aeabi_llsr:
    cmp r2, #32
    bhs 3f
    movs r3, #32
    subs r3, r2
    lsrs r0, r2
    push {r1}
    lsls r1, r3 /* by 32: 0 */
    orrs r0, r1
    pop {r1}
    lsrs r1, r2
    bx lr
3:  subs r2, #32
    movs r0, r1
    lsrs r0, r2
    movs r1, #0
    bx lr

    .bss
    .balign 8
probe_stack:
    .space STACK
    .global probe_stack_top
probe_stack_top:
