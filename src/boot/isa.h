/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What `riscv,isa` says in the terms of the CPU's own register misa. Sources: RISC-V Unprivileged ISA, "ISA Extension
 * Naming Conventions"; RISC-V Privileged Architectures, "Machine ISA Register"; Linux' riscv/extensions.yaml.
 */
#ifndef BW_BOOT_ISA_H
#define BW_BOOT_ISA_H

#include <stdbool.h>
#include <stdint.h>

/** @return 32, or 64 for all that does not begin with "rv32". */
unsigned bw_isa_xlen(const char *isa);

/** @return bits of misa that the text names: bit 0 is A … bit 25 is Z. Extensions of several letters have none. */
uint32_t bw_isa_bits(const char *isa);

#endif
