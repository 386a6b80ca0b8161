/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in for a virtual machine monitor under a guest: at EL2 it gives the guest the memory and the pages that it
 * is granted and nothing else (stage 2 of the translation, made by guest_stage2.c), enters the kernel at EL1 as Linux'
 * boot protocol wants it (Documentation/arch/arm64/booting.rst), and takes the guest's SMCs, as seL4's does. What the
 * guest does beyond its grants is said by semihosting, and ends the machine.
 *
 * Given by the assembler's command line: GUEST_ENTRY, GUEST_DTB, GUEST_CPUS, STAGE2 (address of the first table).
 *
 * Architecture: Arm DDI 0487; calls of firmware: Arm DEN 0022 (PSCI).
 */

#define MAX_CPUS    8
#define STACK_SIZE  256

#define PSCI_CPU_ON32   0x84000003
#define PSCI_CPU_ON64   0xc4000003
#define PSCI_SYSTEM_OFF 0x84000008
#define NOT_SUPPORTED   (-1)
#define INVALID         (-2)

#define SYS_WRITE0  0x04

    .text
    .balign 2048
    .global _start
vectors:
_start:                                 /* nothing runs at EL2 with SP_EL0, so this quarter of the table is free */
    msr     daifset, #15
    mov     x19, #0                     /* which CPU */
    ldr     x20, =GUEST_ENTRY
    ldr     x21, =GUEST_DTB
    b       enter_guest

    .balign 0x80
secondary:                              /* x0: which CPU */
    msr     daifset, #15
    mov     x19, x0
    adr     x1, asked
    add     x1, x1, x19, lsl #4
    ldp     x20, x21, [x1]
    b       enter_guest

    .macro  slot offset, target
    .org    vectors + \offset
    b       \target
    .endm
    slot    0x200, broken
    slot    0x280, broken
    slot    0x300, broken
    slot    0x380, broken
    slot    0x400, trapped
    slot    0x480, broken
    slot    0x500, broken
    slot    0x580, broken
    slot    0x600, trapped
    .org    vectors + 0x800

/* x19: which CPU, x20: where it starts, x21: what it is told in x0. */
enter_guest:
    adr     x0, vectors
    msr     vbar_el2, x0
    adr     x0, stacks
    add     x1, x19, #1
    mov     x2, #STACK_SIZE
    madd    x0, x1, x2, x0
    mov     sp, x0
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    mov     x0, #0x33ff                 /* CPTR: nothing of the floating point unit is trapped */
    msr     cptr_el2, x0
    msr     hstr_el2, xzr
    mov     x0, #3                      /* EL1PCTEN, EL1PCEN: the counter and the timer are the guest's */
    msr     cnthctl_el2, x0
    msr     cntvoff_el2, xzr
    mrs     x0, id_aa64pfr0_el1         /* a GIC with system registers? */
    ubfx    x0, x0, #24, #4
    cbz     x0, 1f
    mrs     x0, s3_4_c12_c9_5           /* ICC_SRE_EL2: SRE and Enable */
    mov     x1, #9
    orr     x0, x0, x1
    msr     s3_4_c12_c9_5, x0
    isb
    msr     s3_4_c12_c11_0, xzr         /* ICH_HCR_EL2 */
1:  ldr     x0, =STAGE2
    msr     vttbr_el2, x0
    ldr     x0, =0x80023559             /* VTCR: 40 bits out, 39 bits in from level 1, 4 KiB, cached, inner shareable */
    msr     vtcr_el2, x0
    ldr     x0, =0x80080001             /* HCR: EL1 is 64-bit, SMC is trapped, stage 2 is on */
    msr     hcr_el2, x0
    ldr     x0, =0x30d00800             /* SCTLR_EL1: MMU and caches off */
    msr     sctlr_el1, x0
    mov     x0, #0x3c5                  /* EL1 with its own stack pointer, all masked */
    msr     spsr_el2, x0
    msr     elr_el2, x20
    dsb     sy
    tlbi    vmalls12e1
    ic      iallu
    dsb     sy
    isb
    mov     x0, x21
    mov     x1, xzr
    mov     x2, xzr
    mov     x3, xzr
    eret

/* Of the guest. Firmware's calls may change x0 to x3 alone, so only x4 and x5 are kept. */
trapped:
    stp     x4, x5, [sp, #-16]!
    mrs     x4, esr_el2
    lsr     x5, x4, #26
    cmp     x5, #0x17                   /* SMC */
    b.eq    firmware
    cmp     x5, #0x16                   /* HVC: nobody is there whom it would reach */
    b.eq    unknown
    b       report

firmware:
    mrs     x4, elr_el2
    add     x4, x4, #4
    msr     elr_el2, x4
    ldr     w5, =PSCI_CPU_ON64
    cmp     w0, w5
    b.eq    cpu_on
    ldr     w5, =PSCI_CPU_ON32
    cmp     w0, w5
    b.eq    cpu_on
    smc     #0
back:
    ldp     x4, x5, [sp], #16
    eret

unknown:
    adr     x1, said_hvc
    ldr     w4, [x1]
    cbnz    w4, 1f
    mov     w4, #1
    str     w4, [x1]
    adr     x1, text_hvc
    mov     w0, #SYS_WRITE0
    hlt     #0xf000
1:  mov     x0, #NOT_SUPPORTED
    b       back

/* x1: which, x2: where, x3: what it is told. It starts here first. */
cpu_on:
    and     x4, x1, #0xff
    cmp     x4, #GUEST_CPUS
    b.hs    1f
    adr     x5, asked
    add     x5, x5, x4, lsl #4
    stp     x2, x3, [x5]
    dsb     sy
    adr     x2, secondary
    mov     x3, x4
    smc     #0
    b       back
1:  mov     x0, #INVALID
    b       back

/* "abort ESR HPFAR FAR ELR": a place that the guest is not granted, or something that it should not do. */
report:
    adr     x5, line + 6
    mrs     x0, esr_el2
    bl      put
    mrs     x0, hpfar_el2
    bl      put
    mrs     x0, far_el2
    bl      put
    mrs     x0, elr_el2
    bl      put
    mov     w0, #'\n'
    strb    w0, [x5], #1
    strb    wzr, [x5]
    adr     x1, line
    mov     w0, #SYS_WRITE0
    hlt     #0xf000
off:
    ldr     w0, =PSCI_SYSTEM_OFF
    smc     #0
    b       off

/* Our own fault, or a system error. */
broken:
    adr     x1, text_broken
    mov     w0, #SYS_WRITE0
    hlt     #0xf000
    b       off

/* x0 as 16 digits and a space to x5 */
put:
    mov     w2, #16
1:  ror     x0, x0, #60
    and     w1, w0, #15
    add     w1, w1, #'0'
    cmp     w1, #'9'
    b.ls    2f
    add     w1, w1, #'a' - '0' - 10
2:  strb    w1, [x5], #1
    subs    w2, w2, #1
    b.ne    1b
    mov     w1, #' '
    strb    w1, [x5], #1
    ret

    .ltorg
    .balign 16
asked:
    .fill   MAX_CPUS * 2, 8, 0          /* by CPU: where it starts, what it is told */
said_hvc:
    .word   0
text_hvc:
    .asciz  "hvc\n"
text_broken:
    .asciz  "broken\n"
line:
    .ascii  "abort "
    .fill   80, 1, 0
    .balign 16
stacks:
    .fill   MAX_CPUS * STACK_SIZE, 1, 0
