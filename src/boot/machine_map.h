/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a QEMU says of its machine's address space ("info mtree -f"): where there is memory, where a serial port is.
 * The names are QEMU's own, so they are for people and for guesses, never for a verdict alone.
 */
#ifndef BW_BOOT_MACHINE_MAP_H
#define BW_BOOT_MACHINE_MAP_H

#include <glib.h>

#include <stdbool.h>
#include <stdint.h>

typedef struct bw_machine_row {
    uint64_t first, last; /**< bytes, both inclusive */
    bool is_memory;       /**< RAM, ROM or flash, or what stands before it (TrustZone's memory protection controller) */
    bool is_serial;       /**< by its name */
    bool is_nothing;      /**< takes accesses, but stands for something that is not there */
    bool is_gate;         /**< stands before something that has another name (TrustZone's protection controllers) */
    char name[48];
} bw_machine_row;

/** @return rows in order of address as the first CPU sees them; empty when nothing was understood. Of bw_machine_row.
 */
GArray *bw_machine_map_read(const char *text);

/** @return the row at an address, or NULL where there is nothing. */
const bw_machine_row *bw_machine_map_at(const GArray *map, uint64_t address);

/** @return the memory nearest to an address, neighbours that touch joined, or false when there is none. */
bool bw_machine_map_near(const GArray *map, uint64_t address, uint64_t *first, uint64_t *last);

/** "0x9000000 (pl011), 0x9040000 (pl011)": at most @p most; NULL when there is none. To be freed. */
char *bw_machine_map_serials(const GArray *map, unsigned most);

/** Takes a CPU's program counter out of "info registers". @return whether it is there. */
bool bw_registers_pc(const char *text, uint64_t *pc);

#endif
