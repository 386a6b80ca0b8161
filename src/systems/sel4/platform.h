/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A seL4 platform: what the kernel and its loader take from a devicetree.
 *
 *     tree + rules ─► regions.c (reg, translated) ─► memory.c, kernel.c (frames), interrupts.c, loader.c
 *                                                        └─► write_*.c (files of the kernel's build), untypeds.c
 *
 * The numbers are those of the kernel's own generator, quirks included; a quirk that hurts somebody is a finding.
 * Source: seL4/seL4, tools/hardware_gen.py and tools/hardware/.
 */
#ifndef BW_SYSTEMS_SEL4_PLATFORM_H
#define BW_SYSTEMS_SEL4_PLATFORM_H

#include "systems/sel4/rules.h"
#include "tree/tree.h"

/** One architecture that the kernel knows. */
typedef struct bw_sel4_arch {
    const char *name;        /**< "aarch64" */
    bool arm;                /**< else RISC-V */
    unsigned phys_bits;      /**< the kernel image starts at a multiple of 2^this; 0: anywhere */
    unsigned page_bits;      /**< a device is mapped in pages of 2^this bytes */
    unsigned untyped_bits;   /**< the largest untyped object has 2^this bytes */
    const char *const *cpus; /**< compatible strings of CPUs with another address space, each with */
    const uint8_t *cpu_bits; /**< its width in bits */
    unsigned space_bits;     /**< and of all others */
} bw_sel4_arch;

extern const bw_sel4_arch bw_sel4_archs[]; /**< ended by a row without a name */
/** @return the architecture, or NULL. */
const bw_sel4_arch *bw_sel4_arch_find(const char *name);
/** @return the nearest name, for "did you mean", or NULL. */
const char *bw_sel4_arch_nearest(const char *name);

/** What the kernel's build says besides the tree. */
typedef struct bw_sel4_options {
    const bw_sel4_arch *arch;
    uint64_t addrspace_max;    /**< exclusive end of the addresses of devices; 0: by the CPU (bw_sel4_addrspace()) */
    const char *const *config; /**< "NAME=ON" or "NAME=OFF", NULL-terminated; or NULL */
} bw_sel4_options;

/** Bytes [base, base + size), of a node. The end is at most 2^64 - 1. */
typedef struct bw_sel4_region {
    uint64_t base, size;
    const bw_node *owner; /**< NULL of what is left of the address space */
    uint32_t row;         /**< of its reg */
} bw_sel4_region;

typedef struct bw_sel4_regions {
    bw_sel4_region *items;
    uint32_t count;
} bw_sel4_regions;

/** A macro that names an address. */
typedef struct bw_sel4_label {
    const char *name;
    uint64_t offset; /**< from the group's base */
} bw_sel4_label;

/** Pages that the kernel maps one after the other. */
typedef struct bw_sel4_group {
    uint64_t base, size;         /**< whole pages */
    const char *macro;           /**< guard or NULL */
    bool user;                   /**< user level gets it too */
    const bw_sel4_label *labels; /**< in the order in which they came */
    uint32_t label_count;
    const bw_node *const *owners; /**< the devices, in the order in which they came */
    uint32_t owner_count;
    const bw_sel4_region_rule *rule;
    uint64_t kernel_offset; /**< from KDEV_BASE */
} bw_sel4_group;

/** An address macro of the kernel. */
typedef struct bw_sel4_macro {
    const char *name;
    uint64_t offset; /**< from KDEV_BASE */
} bw_sel4_macro;

typedef struct bw_sel4_interrupt {
    const char *name;
    int64_t number;       /**< -1: not known */
    int64_t other_number; /**< where sel_macro is not set; -1: not known */
    const bw_sel4_interrupt_rule *rule;
    const bw_node *owner;
} bw_sel4_interrupt;

/** A device that the loader drives. */
typedef struct bw_sel4_loader_device {
    const bw_node *node;
    const char *compatible;
    bw_sel4_regions regions;
} bw_sel4_loader_device;

typedef struct bw_sel4_cpu {
    const bw_node *node;
    const char *compatible;
    const char *enable_method; /**< or NULL */
    uint64_t id;
    const char *extra; /**< C expression: 0, a PSCI_METHOD_…, a release address */
} bw_sel4_cpu;

typedef struct bw_sel4_platform {
    const bw_tree *tree;
    const bw_sel4_options *options;
    uint64_t addrspace_max;
    bw_sel4_regions memory; /**< sorted by base; the first one begins at phys_base */
    uint64_t phys_base;
    const bw_sel4_group *groups; /**< in the order of seL4,kernel-devices; equal ones joined */
    uint32_t group_count;
    const bw_sel4_macro *macros; /**< sorted by offset, one each: of two at one address the last */
    uint32_t macro_count;
    const bw_sel4_interrupt *interrupts; /**< sorted by name, each once */
    uint32_t interrupt_count;
    bw_sel4_regions devices;        /**< [0, addrspace_max) without memory and what only the kernel has */
    const char *const *compatibles; /**< that rules matched, of kernel and loader; sorted, each once */
    uint32_t compatible_count;
    const bw_sel4_loader_device *loader_devices; /**< sorted by compatible */
    uint32_t loader_count;
    const bw_sel4_cpu *cpus; /**< sorted by id */
    uint32_t cpu_count;
} bw_sel4_platform;

/**
 * Makes the platform of a resolved tree, in its unit's arena. Findings go to the unit.
 * @return NULL after an error finding.
 */
const bw_sel4_platform *bw_sel4_platform_make(const bw_tree *tree, const bw_sel4_rules *rules,
                                              const bw_sel4_options *options);

/** @return the exclusive end of device addresses for an architecture and the first CPU of a tree. */
uint64_t bw_sel4_addrspace(const bw_tree *tree, const bw_sel4_arch *arch);

/** @return whether the group is there with the options given: false only where its guard is given and is not "ON". */
bool bw_sel4_group_is_on(const bw_sel4_options *options, const bw_sel4_group *group);

/** @return the last value given for a name of the configuration, or NULL. */
const char *bw_sel4_config(const bw_sel4_options *options, const char *name);

#endif
