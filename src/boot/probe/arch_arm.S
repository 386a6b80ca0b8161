/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 32-bit Arm A profile: the first instruction, exceptions, guarded accesses (Arm Architecture Reference Manual, DDI 0406).
 * All of it runs in Supervisor mode, with the MMU off, whose accesses have to be aligned.
 */

#define SECONDARY_STACK 256
#define SECONDARY_STACKS 16
#define MODE_HYP 0x1a
#define MODE_SVC 0x13

    .syntax unified
    .arm
    .arch armv7-a
    .arch_extension sec
    .arch_extension virt

    .section .vectors, "ax"
    .balign 32
    .global _start
    .type   _start, %function
vectors:
    b       _start
    b       undefined
    b       call
    b       prefetch_abort
    b       data_abort
    b       call
    b       interrupt
    b       interrupt

_start:
    /* From Hyp mode down to Supervisor mode, with the timers at hand. */
    mrs     r0, cpsr
    and     r1, r0, #31
    cmp     r1, #MODE_HYP
    bne     1f
    mrc     p15, 0, r2, c0, c1, 1   /* ID_PFR1: is there a generic timer? */
    tst     r2, #0xf0000
    beq     2f
    mov     r2, #3
    mcr     p15, 4, r2, c14, c1, 0  /* CNTHCTL: PL1PCEN, PL1PCTEN */
    mov     r2, #0
    mcrr    p15, 4, r2, r2, c14     /* CNTVOFF */
2:  mov     r2, #0xc0 | MODE_SVC
    orr     r2, r2, #0x100
    msr     spsr_cxsf, r2
    adr     r2, 1f
    msr     elr_hyp, r2
    eret
1:  cpsid   aif, #MODE_SVC
    mrc     p15, 0, r0, c1, c0, 0   /* SCTLR */
    bic     r0, r0, #0x2000         /* V: vectors at the top */
    bic     r0, r0, #7              /* C, A, M */
    bic     r0, r0, #0x40000000     /* TE: exceptions in Thumb */
    mcr     p15, 0, r0, c1, c0, 0
    adr     r0, vectors
    mcr     p15, 0, r0, c12, c0, 0  /* VBAR */
    isb

    /* The first CPU that comes is the one that probes. */
    ldr     r0, =boot_lock
1:  ldrex   r1, [r0]
    cmp     r1, #0
    bne     secondary
    mov     r1, #1
    strex   r2, r1, [r0]
    cmp     r2, #0
    bne     1b

    ldr     sp, =probe_stack_top
    ldr     r0, =__bss_start
    ldr     r1, =__bss_end
    mov     r2, #0
2:  cmp     r0, r1
    strlo   r2, [r0], #4
    blo     2b
    dsb
    ldr     r0, =boot_ready
    mov     r1, #1
    str     r1, [r0]
    ldr     r0, =vectors
    bl      probe_try_monitor
    bl      probe_cpu_self
    bl      probe_arrived
    bl      probe_main

/* All others say that they are here, and sleep. */
secondary:
    clrex
    ldr     r0, =boot_ready
1:  ldr     r1, [r0]
    cmp     r1, #0
    beq     1b
    mrc     p15, 0, r1, c0, c0, 5   /* MPIDR */
    ubfx    r2, r1, #8, #8
    add     r1, r1, r2, lsl #2
    and     r1, r1, #SECONDARY_STACKS - 1
    add     r1, r1, #1
    mov     r2, #SECONDARY_STACK
    ldr     r0, =secondary_stacks
    mla     sp, r1, r2, r0
    bl      probe_cpu_self
    bl      probe_arrived
2:  wfi
    b       2b
    .ltorg

/*
 * void probe_exception(unsigned what, uint32_t frame[]): frame[0] is where it goes on. All exceptions are handled on the
 * stack of Supervisor mode.
 */
    .macro  enter what
    srsdb   sp!, #MODE_SVC
    cps     #MODE_SVC
    push    {r0-r3, r12, lr}
    mov     r0, #\what
    b       handle
    .endm

undefined:
    sub     lr, lr, #4
    enter   1
call: /* svc, smc, hvc: none of them is one of ours, but where firmware should have answered */
    sub     lr, lr, #4
    enter   2
prefetch_abort:
    sub     lr, lr, #4
    enter   3
data_abort:
    sub     lr, lr, #8
    enter   4
interrupt:
    sub     lr, lr, #4
    enter   6

handle:
    add     r1, sp, #24             /* what srs has stored */
    and     r2, sp, #4
    sub     sp, sp, r2
    push    {r2, r3}
    bl      probe_exception
    pop     {r2, r3}
    add     sp, sp, r2
    pop     {r0-r3, r12, lr}
    rfeia   sp!

/* -- guarded: an exception between the two labels goes on at probe_guard_failed -- */

    .macro  function name
    .global \name
    .type   \name, %function
\name:
    .endm

    .text
    function probe_guard_begin

/* bool probe_try_load(uintptr_t address, unsigned width, uint64_t *value) */
    function probe_try_load
    mov     r3, #0
    tst     r1, #1
    ldrbne  r1, [r0]
    bne     1f
    tst     r1, #2
    ldrhne  r1, [r0]
    bne     1f
    tst     r1, #8
    ldrne   r3, [r0, #4]
    ldr     r1, [r0]
1:  dsb
    stm     r2, {r1, r3}
    mov     r0, #1
    bx      lr

/* bool probe_try_store(uintptr_t address, unsigned width, uint64_t value in r2 and r3) */
    function probe_try_store
    tst     r1, #1
    strbne  r2, [r0]
    bne     1f
    tst     r1, #2
    strhne  r2, [r0]
    bne     1f
    str     r2, [r0]
    tst     r1, #8
    strne   r3, [r0, #4]
1:  dsb
    mov     r0, #1
    bx      lr

/* bool probe_try_smc(uint32_t function, uint32_t a, uint32_t b, int32_t *answer); likewise hvc */
    function probe_try_smc
    mov     r12, r3
    mov     r3, #0
    smc     #0
    b       1f
    function probe_try_hvc
    mov     r12, r3
    mov     r3, #0
    hvc     #0
1:  str     r0, [r12]
    mov     r0, #1
    bx      lr

/* void probe_try_monitor(vectors): where there is a Monitor mode, and no firmware in it, an smc comes here. */
    function probe_try_monitor
    mcr     p15, 0, r0, c12, c0, 1  /* MVBAR */
    isb
    bx      lr
    function probe_guard_end

    function probe_guard_failed
    mov     r0, #0
    bx      lr

/* uintptr_t probe_semihost(uintptr_t operation, uintptr_t argument) */
    function probe_semihost
    push    {r4, lr}
    svc     #0x123456
    pop     {r4, pc}

    .data
    .balign 4
boot_lock:
    .word   0
boot_ready:
    .word   0

    .bss
    .balign 16
probe_stack:
    .skip   4096
probe_stack_top:
secondary_stacks:
    .skip   SECONDARY_STACK * SECONDARY_STACKS
