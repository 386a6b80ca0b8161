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
#define PROBE_HART_SOFTWARE 9
#define PROBE_HART_TIMER 10
#define PROBE_HART_EXTERNAL 11
#define PROBE_HART_SIZE 12

#define PROBE_HART_HERE 1 /**< state: id and misa are valid */

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

/** Reports interrupts of another hart as if they were taken here, from probe_relax(); those from before are forgotten.
 *  @return false when there is no such hart. */
bool probe_riscv_watch(uint64_t hart);
void probe_riscv_unwatch(void);
/** @return what probe_riscv_pending() says, of another hart; it is asked anew with @p from 0, and what was pending then is
 *  not reported by probe_riscv_watch(). */
int probe_riscv_pending_at(uint64_t hart, unsigned from);
#endif

#endif
