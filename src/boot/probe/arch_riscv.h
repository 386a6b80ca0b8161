/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What arch_riscv offers to the drivers of RISC-V's own interrupt controllers, beyond probe.h.
 *
 * All harts start at _start at once, in M-mode. One of them runs the probe; the others sleep in wfi with their local
 * interrupts enabled but not taken, and note which became pending. So an interrupt that is described for another hart
 * can be tested, too, without that hart having a stack.
 */
#ifndef PROBE_ARCH_RISCV_H
#define PROBE_ARCH_RISCV_H

#define PROBE_HARTS 64 /**< slots; a hart takes the one of its id modulo this */

/* Offsets for arch_riscv.S. */
#define PROBE_HART_ID 0
#define PROBE_HART_MISA 4
#define PROBE_HART_STATE 8
#define PROBE_HART_NOTED 12
#define PROBE_HART_SIZE 16

#define PROBE_HART_HERE 1 /**< state: id and misa are valid */

/** Bits of what a hart noted; above them is probe_riscv_watches as it was before the hart looked. */
#define PROBE_NOTED_SOFTWARE 1
#define PROBE_NOTED_TIMER 2
#define PROBE_NOTED_EXTERNAL 4
#define PROBE_NOTED_BITS 3

/** Of probe_riscv_go, unlikely to be in memory by chance, because where .data is in flash it is copied late. */
#define PROBE_GO_ARRIVE 0x70726f62 /* .bss is clear: note that you are here */
/** Of probe_riscv_boot: nobody is elected yet. */
#define PROBE_BOOT_NONE -1

/** Interrupts of a hart (Privileged Architecture, mcause). */
#define PROBE_RISCV_SOFTWARE 3
#define PROBE_RISCV_TIMER 7
#define PROBE_RISCV_EXTERNAL 11

#ifndef __ASSEMBLER__
#include "probe.h"

/** Lets a local interrupt of this hart be taken, or no longer. */
void probe_riscv_local(unsigned number, bool on);
/** @return the lowest local interrupt from @p from on that is pending at this hart, or -1. */
int probe_riscv_pending(unsigned from);

bool probe_riscv_is_here(uint64_t hart); /**< it has arrived */
/** Reports an interrupt of another hart as if it were taken here, from probe_relax(), if that hart has it pending from
 * now on. @return false when there is no such hart. */
bool probe_riscv_watch(uint64_t hart, unsigned number);
void probe_riscv_unwatch(void);
/** @return what probe_riscv_pending() says, of another hart; that hart is asked anew with @p from 0. */
int probe_riscv_pending_at(uint64_t hart, unsigned from);
#endif

#endif
