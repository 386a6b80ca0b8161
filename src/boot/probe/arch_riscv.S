/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start-up and traps of RISC-V in M-mode, RV32 and RV64 (RISC-V Instruction Set Manual, volumes I and II).
 *
 * Nothing but the base instruction set is used, whatever riscv,isa says: a description that claims an extension too many
 * must still boot. That is also why harts elect one of them without atomic instructions: hart 0, which every machine has
 * (volume II, "Hart ID Register mhartid"), clears .bss and lets the others come in; then the lowest hart that is described
 * runs the probe. PMP needs no opening: without locked entries it does not bind M-mode.
 */
#include "arch_riscv.h"

#if __riscv_xlen == 64
#define LOAD  ld
#define STORE sd
#define WORD  8
#else
#define LOAD  lw
#define STORE sw
#define WORD  4
#endif

/* Registers that a C function may change: a0 must be the first of the frame (probe_riscv_trap()). */
#ifdef __riscv_32e
#define FRAME 48
#define SAVED(op) \
    op a0, 0(sp); op a1, WORD(sp); op a2, 2*WORD(sp); op a3, 3*WORD(sp); op a4, 4*WORD(sp); op a5, 5*WORD(sp); \
    op ra, 6*WORD(sp); op t0, 7*WORD(sp); op t1, 8*WORD(sp); op t2, 9*WORD(sp)
#else
#define FRAME (16 * WORD)
#define SAVED(op) \
    op a0, 0(sp); op a1, WORD(sp); op a2, 2*WORD(sp); op a3, 3*WORD(sp); op a4, 4*WORD(sp); op a5, 5*WORD(sp); \
    op ra, 6*WORD(sp); op t0, 7*WORD(sp); op t1, 8*WORD(sp); op t2, 9*WORD(sp); \
    op a6, 10*WORD(sp); op a7, 11*WORD(sp); op t3, 12*WORD(sp); op t4, 13*WORD(sp); op t5, 14*WORD(sp); \
    op t6, 15*WORD(sp)
#endif

    .option norelax
    .option arch, +zicsr /* not in -march, so that the compiler finds a libgcc for it */

    .section .text._start, "ax"
    .globl _start
_start:
    csrw mie, zero
    csrci mstatus, 8 /* MIE */
    la t0, asleep
    csrw mtvec, t0
    la gp, __global_pointer$
    csrr s0, mhartid
    beqz s0, first

    /* Wait for hart 0; if that does not come in a second or so, this is the only hart. */
    la t0, probe_riscv_go
    li t1, PROBE_GO_ARRIVE
    li a0, 0x10000000
1:  lw t2, 0(t0)
    beq t2, t1, arrive
    addi a0, a0, -1
    bnez a0, 1b

first:
    la t0, probe_trap
    csrw mtvec, t0
    la t0, __bss_start
    la t1, __bss_end
1:  bgeu t0, t1, 2f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 1b
2:  la t0, __data_load
    la t1, __data_start
    la t2, __data_end
    beq t0, t1, 4f
3:  bgeu t1, t2, 4f
    lw a0, 0(t0)
    sw a0, 0(t1)
    addi t0, t0, 4
    addi t1, t1, 4
    j 3b
4:  la sp, probe_stack_top
    mv a0, s0
    call probe_riscv_elect
    fence
    la t0, probe_riscv_boot /* from here on the stack may be another hart's */
    sw a0, 0(t0)

arrive:
    fence
    la s1, probe_riscv_harts
    andi t0, s0, PROBE_HARTS - 1
1:  beqz t0, 2f
    addi s1, s1, PROBE_HART_SIZE
    addi t0, t0, -1
    j 1b
2:  sw s0, PROBE_HART_ID(s1)
    csrr t0, misa
    sw t0, PROBE_HART_MISA(s1)
    fence
    li t0, PROBE_HART_HERE
    sb t0, PROBE_HART_STATE(s1)
    fence
    la t0, probe_riscv_came
    li t1, 1
    sw t1, 0(t0)
    la t0, probe_riscv_boot
    li t1, PROBE_BOOT_NONE
3:  lw t2, 0(t0)
    beq t2, t1, 3b
    fence
    bne t2, s0, park

    la t0, probe_trap
    csrw mtvec, t0
    la sp, probe_stack_top
    call probe_main

    /* Sleep, and note what becomes pending: once, and again when the other hart has begun to watch. The note is one word
     * with the number of that watch, so that one which is written late is known to be old. */
park:
    la t0, asleep
    csrw mtvec, t0
    li a0, 1 << PROBE_RISCV_SOFTWARE | 1 << PROBE_RISCV_TIMER | 1 << PROBE_RISCV_EXTERNAL
    csrw mie, a0
    li a1, 1
    la a2, probe_riscv_came
    la a3, probe_riscv_watches
1:  wfi
2:  lw a4, 0(a3)
    fence
    csrr t0, mip
    and t0, t0, a0
    beqz t0, 1b
    slli a5, a4, PROBE_NOTED_BITS
    andi t1, t0, 1 << PROBE_RISCV_SOFTWARE
    beqz t1, 3f
    ori a5, a5, PROBE_NOTED_SOFTWARE
3:  andi t1, t0, 1 << PROBE_RISCV_TIMER
    beqz t1, 4f
    ori a5, a5, PROBE_NOTED_TIMER
4:  srli t1, t0, PROBE_RISCV_EXTERNAL
    beqz t1, 5f
    ori a5, a5, PROBE_NOTED_EXTERNAL
5:  sw a5, PROBE_HART_NOTED(s1)
    fence
    sw a1, 0(a2)
6:  lw t1, 0(a3)
    bne t1, a4, 2b
    csrr t1, mip
    and t1, t1, a0
    beq t1, t0, 6b
    j 2b

    /* An exception of a hart that has nothing to do: it is out. */
    .balign 64
asleep:
    wfi
    j asleep

/* -- traps ------------------------------------------------------------------------------------------- */

    .text
    .balign 64
probe_trap:
    addi sp, sp, -FRAME
    SAVED(STORE)
    csrr a0, mcause
    csrr a1, mepc
    csrr a2, mtval
    mv a3, sp
    call probe_riscv_trap
    csrw mepc, a0
    SAVED(LOAD)
    addi sp, sp, FRAME
    mret

/* bool (uintptr_t address, unsigned width, uint64_t *value). A fault between probe_guarded and probe_guarded_end goes on at
 * probe_guarded_fault, so that the length of the instruction does not matter. On RV32, 8 bytes are two loads. */
    .globl probe_guarded_load, probe_guarded_store, probe_guarded, probe_guarded_end, probe_guarded_fault
    .balign 4
probe_guarded:
probe_guarded_load:
    fence
    sw zero, 4(a2)
    li t0, 1
    beq a1, t0, 1f
    li t0, 2
    beq a1, t0, 2f
    li t0, 4
    beq a1, t0, 4f
#if __riscv_xlen == 64
    ld t0, 0(a0)
    sd t0, 0(a2)
    j 5f
#else
    lw t0, 0(a0)
    lw t1, 4(a0)
    sw t1, 4(a2)
    j 3f
#endif
1:  lbu t0, 0(a0)
    j 3f
2:  lhu t0, 0(a0)
    j 3f
4:  lw t0, 0(a0)
3:  sw t0, 0(a2)
5:  fence
    li a0, 1
    ret

probe_guarded_store:
    fence
    lw t1, 0(a2)
    li t0, 1
    beq a1, t0, 1f
    li t0, 2
    beq a1, t0, 2f
    li t0, 4
    beq a1, t0, 4f
#if __riscv_xlen == 64
    ld t1, 0(a2)
    sd t1, 0(a0)
#else
    lw t2, 4(a2)
    sw t1, 0(a0)
    sw t2, 4(a0)
#endif
    j 5f
1:  sb t1, 0(a0)
    j 5f
2:  sh t1, 0(a0)
    j 5f
4:  sw t1, 0(a0)
5:  fence
    li a0, 1
    ret
probe_guarded_end:
probe_guarded_fault:
    li a0, 0
    ret

/* Semihosting: the ebreak between two instructions that do nothing, none of them compressed, all on one page
 * (RISC-V Semihosting, version 0.4, section 2). Where nobody listens it traps, and probe_riscv_trap() skips it. */
    .globl probe_semihost, probe_semihost_break
    .option push
    .option norvc
    .balign 16
probe_semihost:
    slli zero, zero, 0x1f
probe_semihost_break:
    ebreak
    srai zero, zero, 7
    ret
    .option pop

/* -- control and status registers -------------------------------------------------------------------- */

    .globl probe_riscv_mhartid, probe_riscv_misa, probe_riscv_mip
probe_riscv_mhartid:
    csrr a0, mhartid
    ret
probe_riscv_misa:
    csrr a0, misa
    ret
probe_riscv_mip:
    csrr a0, mip
    ret

    .globl probe_riscv_set_mie, probe_riscv_clear_mie
probe_riscv_set_mie:
    csrs mie, a0
    ret
probe_riscv_clear_mie:
    csrc mie, a0
    ret

    .globl probe_interrupts
probe_interrupts:
    csrci mstatus, 8 /* MIE */
    beqz a0, 1f
    csrsi mstatus, 8
1:  ret

    .data
    .balign 4
    .globl probe_riscv_go, probe_riscv_boot
probe_riscv_go:
    .word 0
probe_riscv_boot:
    .word PROBE_BOOT_NONE

    .bss
    .balign 16
    .skip 2048
    .globl probe_stack_top
probe_stack_top:
