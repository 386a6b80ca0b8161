/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The board model: what a resolved tree says of the hardware, in the words of somebody who has to
 * program it. Checks, show, map and the generators of support files read this.
 *
 * Everything lives in the tree's unit and points into the tree. Addresses and sizes are bytes;
 * frequencies are Hz. Lists are arrays in a fixed order: by absolute address, then by path; what has no
 * absolute address comes last, by path. The model is built of any tree, also a broken one: what cannot be
 * made out is left out or marked, never guessed, and nothing here reports findings.
 */
#ifndef BW_BOARD_BOARD_H
#define BW_BOARD_BOARD_H

#include "tree/address.h"
#include "tree/interrupts.h"
#include "tree/status.h"

/** A run of addresses: one row of a reg. */
typedef struct bw_block {
    const bw_node *node;
    const bw_prop *prop;   /**< reg */
    uint32_t offset, len;  /**< of the row in it, bytes */
    const char *name;      /**< from reg-names, or NULL */
    bw_number bus_address; /**< as written */
    uint64_t size;         /**< 0 when the bus has no sizes */
    bool has_size;         /**< the bus has sizes */
    bool mapped;           /**< address is absolute */
    uint64_t address;
    bw_translation translation; /**< why not mapped */
} bw_block;

typedef enum bw_trigger {
    BW_TRIGGER_NONE, /**< not said, or not known for this controller */
    BW_TRIGGER_RISING,
    BW_TRIGGER_FALLING,
    BW_TRIGGER_BOTH,
    BW_TRIGGER_HIGH,
    BW_TRIGGER_LOW,
} bw_trigger;
const char *bw_trigger_name(bw_trigger trigger); /**< "rising edge", "" for NONE */

typedef struct bw_line {
    bw_irq irq;           /**< as the tree has it, with faults */
    const char *name;     /**< from interrupt-names, or NULL */
    bool number_known;    /**< the controller's kind is known, or its specifier is one cell */
    uint32_t number;      /**< in the controller's own count: of a GIC SPI 0 is 32, of a PPI 0 is 16 */
    const char *kind;     /**< GIC: "SPI", "PPI", "ESPI", "EPPI"; else NULL */
    uint32_t kind_number; /**< within its kind, as written */
    bw_trigger trigger;
    bool priority_known; /**< Zephyr's NVIC and GIC specifiers carry one */
    uint32_t priority;
} bw_line;

typedef struct bw_clock {
    const char *name; /**< from clock-names, or NULL */
    bw_spec spec;     /**< the edge; provider NULL with a fault */
    bool rate_known;
    uint64_t rate; /**< Hz; of a fixed-clock, or through fixed factors */
} bw_clock;

typedef struct bw_device {
    const bw_node *node;
    const char *path;
    const char *label;          /**< newest label of the node, or NULL */
    const char *compatible;     /**< first one, or NULL */
    const char *title;          /**< `label` property, or NULL */
    bw_status status;           /**< its own */
    const bw_node *unavailable; /**< it or the ancestor that is not okay; NULL: available */
    bw_block *blocks;
    uint32_t block_count;
    bw_line *lines;
    uint32_t line_count;
    bw_clock *clocks;
    uint32_t clock_count;
    bool mapped; /**< the first block has an absolute address */
    bool is_bus; /**< children are addressed through it (ranges, or an address space of its own) */
    bool is_interrupt_controller;
    bool is_clock;     /**< #clock-cells */
    bool is_gpio;      /**< gpio-controller */
    uint64_t own_rate; /**< clock-frequency; 0: none */
} bw_device;

typedef struct bw_cpu {
    const bw_node *node;
    const char *path, *label, *compatible;
    bool number_known;
    uint64_t number;           /**< reg: MPIDR affinity bits, hart id … */
    const char *enable_method; /**< "psci", "spin-table" …; NULL */
    const char *isa;           /**< riscv,isa or riscv,isa-base with extensions joined by '_'; NULL */
    uint64_t frequency;        /**< 0: not said */
    const bw_node *unavailable;
} bw_cpu;

typedef enum bw_memory_kind {
    BW_MEMORY_RAM,   /**< device_type = "memory" or /memory */
    BW_MEMORY_SRAM,  /**< on-chip: mmio-sram, zephyr,memory-region, tightly coupled … */
    BW_MEMORY_FLASH, /**< flash seen in the address space */
    BW_MEMORY_ROM,
} bw_memory_kind;
const char *bw_memory_kind_name(bw_memory_kind kind); /**< "RAM", "SRAM", "flash", "ROM" */

/** One block of memory with an absolute address. */
typedef struct bw_memory {
    const bw_node *node;
    const char *path, *label;
    const char *name; /**< label, else zephyr,memory-region, else node name */
    bw_memory_kind kind;
    bw_block block;
    const bw_node *unavailable;
} bw_memory;

typedef struct bw_reserved {
    const bw_node *node; /**< NULL: a /memreserve/ */
    const bw_memreserve *memreserve;
    const char *path, *label, *name;
    bool is_static; /**< has an address; else it is placed at run time */
    uint64_t address, size;
    bw_block block;     /**< of a node's reg */
    uint64_t alignment; /**< of a dynamic one; 0: not said */
    bool no_map, reusable;
    const char *compatible;
    const bw_node *unavailable;
} bw_reserved;

typedef struct bw_partition {
    const bw_node *node;
    const char *path, *label;
    const char *name; /**< `label` property, else label, else node name */
    uint64_t offset;  /**< in the flash device */
    uint64_t size;
    bool known;          /**< reg was readable */
    uint32_t reg_offset; /**< of the row in reg */
    bool mapped;         /**< address is valid: the flash can be read in the address space */
    uint64_t address;
    bool read_only;
    uint32_t depth; /**< 0: of the flash; 1: within another partition … */
    int32_t parent; /**< index of the partition around it, or -1 */
    const bw_node *unavailable;
} bw_partition;

typedef struct bw_flash {
    const bw_node *node;
    const char *path, *label, *compatible;
    bool size_known;
    uint64_t size;
    const bw_prop *size_prop; /**< reg or size, where the size is written */
    bool mapped;              /**< by ranges, or by the controller's memory-mapped window */
    uint64_t address;
    bool by_controller;       /**< the window is a reg of the controller */
    uint32_t erase_block;     /**< bytes; 0: not said */
    uint32_t write_block;     /**< bytes; 0: not said */
    bw_partition *partitions; /**< by offset, each before its own sub-partitions */
    uint32_t partition_count;
    const bw_node *table; /**< the fixed-partitions node, or NULL */
    const bw_node *unavailable;
} bw_flash;

/** A property of /chosen or /aliases that names a node. */
typedef struct bw_choice {
    const char *name;
    const bw_prop *prop;
    const char *text;    /**< as written, or NULL when it is not a string */
    const bw_node *node; /**< NULL: it names none, or it is not a path */
    const char *path;    /**< of node */
    const char *options; /**< after ':' ("115200n8"), or NULL */
} bw_choice;

typedef struct bw_board {
    const bw_tree *tree;
    const char *model;       /**< NULL when the root has none */
    const char **compatible; /**< of the root, most specific first */
    uint32_t compatible_count;
    bw_cpu *cpus; /**< by number */
    uint32_t cpu_count;
    bw_memory *memories;
    uint32_t memory_count;
    bw_reserved *reserved;
    uint32_t reserved_count;
    bw_device *devices; /**< nodes with compatible or a mapped reg that are none of the others, nor tables */
    uint32_t device_count;
    bw_flash *flashes; /**< all flash devices that have a size or partitions */
    uint32_t flash_count;
    bw_choice *chosen; /**< in source order */
    uint32_t chosen_count;
    bw_choice *aliases; /**< by name */
    uint32_t alias_count;
    const bw_choice *console;  /**< zephyr,console, else stdout-path; NULL: none */
    uint32_t node_count;       /**< live nodes */
    const bw_device **by_node; /**< private */
} bw_board;

/** @return the model of a resolved tree, in its unit's arena; never NULL. */
bw_board *bw_board_of(const bw_tree *tree);

/** @return the device of a node, or NULL. */
const bw_device *bw_board_device(const bw_board *board, const bw_node *node);

/** Looks up what a user calls a node: "/path", a label, an alias. */
const bw_node *bw_board_node(const bw_board *board, const char *text);

#endif
