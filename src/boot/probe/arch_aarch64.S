/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AArch64: the first instruction, exceptions, guarded accesses (Arm Architecture Reference Manual, DDI 0487).
 * The MMU stays off, so all data accesses are to Device memory and have to be aligned.
 */

#define SECONDARY_STACK 512
#define SECONDARY_STACKS 16

/*
 * The table of exceptions has 2 KiB, of which one quarter is for this level with the stack pointer that is in use. Another
 * one stands for a stack pointer that is never chosen, and lower levels run nothing: the start lies in the former, so that it
 * is the beginning of the image, too, and other code in place of the latter.
 */
    .section .vectors, "ax"
    .balign 2048
    .global _start
vectors:
_start:
    msr     daifset, #15
    adr     x0, vectors
    mrs     x1, CurrentEL
    cmp     x1, #2 << 2
    b.eq    at_el2
    b.lo    at_el1

    /* EL3: interrupts and external aborts come here; lower levels are 64-bit. */
    msr     vbar_el3, x0
    mrs     x1, scr_el3
    mov     x2, #0x40e              /* RW, EA, FIQ, IRQ */
    orr     x1, x1, x2
    msr     scr_el3, x1
    mrs     x1, sctlr_el3
    bic     x1, x1, #7              /* C, A, M */
    msr     sctlr_el3, x1
    b       any_level

at_el2:
    msr     vbar_el2, x0
    mov     x1, #0x38               /* AMO, IMO, FMO: interrupts come here */
    orr     x1, x1, #1 << 31        /* RW */
    msr     hcr_el2, x1
    mrs     x1, sctlr_el2
    bic     x1, x1, #7
    msr     sctlr_el2, x1
    msr     cntvoff_el2, xzr
    b       any_level

at_el1:
    msr     vbar_el1, x0
    mrs     x1, sctlr_el1
    bic     x1, x1, #7
    msr     sctlr_el1, x1

any_level:
    isb
    msr     spsel, #1
    /* The first CPU that comes is the one that probes. */
    ldr     x0, =boot_lock
1:  ldaxr   w1, [x0]
    cbnz    w1, secondary
    mov     w1, #1
    stxr    w2, w1, [x0]
    cbnz    w2, 1b

    ldr     x0, =probe_stack_top
    mov     sp, x0
    ldr     x0, =__bss_start
    ldr     x1, =__bss_end
2:  cmp     x0, x1
    b.hs    3f
    str     xzr, [x0], #8
    b       2b
3:  ldr     x0, =boot_ready
    mov     w1, #1
    dsb     sy
    str     w1, [x0]
    bl      probe_cpu_self
    bl      probe_arrived
    b       probe_main

/* All others say that they are here, and sleep. */
secondary:
    clrex
    ldr     x0, =boot_ready
1:  ldr     w1, [x0]
    cbz     w1, 1b
    mrs     x1, mpidr_el1
    ubfx    x2, x1, #8, #8
    add     x1, x1, x2, lsl #2
    and     x1, x1, #SECONDARY_STACKS - 1
    add     x1, x1, #1
    mov     x2, #SECONDARY_STACK
    ldr     x0, =secondary_stacks
    madd    x0, x1, x2, x0
    mov     sp, x0
    bl      probe_cpu_self
    bl      probe_arrived
2:  wfi
    b       2b

    .macro  vector
    .balign 128
    sub     sp, sp, #176
    stp     x0, x1, [sp]
    mov     x0, #(. - vectors) / 128
    b       handle
    .endm

    .org    vectors + 0x200
    .rept   4
    vector
    .endr

handle:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    bl      probe_exception
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    ldp     x0, x1, [sp]
    add     sp, sp, #176
    eret
    .ltorg

/* -- guarded: an exception between the two labels goes on at probe_guard_failed -- */

    .global probe_guard_begin, probe_guard_end, probe_guard_failed
    .global probe_try_load, probe_try_store, probe_try_smc, probe_try_hvc
probe_guard_begin:

/* bool probe_try_load(uintptr_t address, unsigned width, uint64_t *value) */
probe_try_load:
    tbnz    w1, #0, 1f
    tbnz    w1, #1, 2f
    tbnz    w1, #2, 4f
    ldr     x3, [x0]
    b       5f
1:  ldrb    w3, [x0]
    b       5f
2:  ldrh    w3, [x0]
    b       5f
4:  ldr     w3, [x0]
5:  dsb     sy
    str     x3, [x2]
    mov     w0, #1
    ret

/* bool probe_try_store(uintptr_t address, unsigned width, uint64_t value) */
probe_try_store:
    tbnz    w1, #0, 1f
    tbnz    w1, #1, 2f
    tbnz    w1, #2, 4f
    str     x2, [x0]
    b       5f
1:  strb    w2, [x0]
    b       5f
2:  strh    w2, [x0]
    b       5f
4:  str     w2, [x0]
5:  dsb     sy
    mov     w0, #1
    ret

/* bool probe_try_smc(uint64_t function, uint64_t a, uint64_t b, int64_t *answer); likewise hvc */
probe_try_smc:
    mov     x18, x3                 /* the firmware keeps it (DEN 0028) */
    mov     x3, xzr
    smc     #0
    b       1f
probe_try_hvc:
    mov     x18, x3                 /* the firmware keeps it (DEN 0028) */
    mov     x3, xzr
    hvc     #0
1:  str     x0, [x18]
    mov     w0, #1
    ret
probe_guard_end:

probe_guard_failed:
    mov     w0, wzr
    ret

    .data
    .balign 8
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
