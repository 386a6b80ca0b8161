/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules of seL4's kernel for devices: which region of a device it maps under which name, and which interrupts it
 * takes for itself. Source: seL4/seL4, tools/hardware.yml and tools/hardware_schema.yml; tools/hardware/utils/rule.py
 * for what the keys mean.
 */
#ifndef BW_SYSTEMS_SEL4_RULES_H
#define BW_SYSTEMS_SEL4_RULES_H

#include "yaml/yaml.h"

/** A region that the kernel maps. */
typedef struct bw_sel4_region_rule {
    uint32_t index;       /**< of the row of reg */
    const char *kernel;   /**< macro of its address: "UART_PPTR" */
    bool sized;           /**< kernel_size is given */
    uint64_t kernel_size; /**< bytes to map at most */
    const char *macro;    /**< guard, with a '!' in front for "not defined"; or NULL */
    bool user;            /**< user level gets it too */
    const bw_yaml *where;
} bw_sel4_region_rule;

typedef struct bw_sel4_interrupt_rule {
    const char *name;         /**< macro of its number: "KERNEL_TIMER_IRQ" */
    bool boot_cpu;            /**< index is that of the boot CPU in interrupt-affinity */
    uint32_t index;           /**< of the interrupt of the device */
    bool has_undef;           /**< undef_index is given */
    uint32_t undef_index;     /**< of the interrupt where sel_macro is not defined */
    const char *sel_macro;    /**< or NULL */
    const char *enable_macro; /**< or NULL */
    uint64_t priority;
    const bw_yaml *where;
} bw_sel4_interrupt_rule;

typedef struct bw_sel4_rule {
    const char *const *compatibles; /**< NULL-terminated */
    const bw_sel4_region_rule *regions;
    uint32_t region_count;
    const bw_sel4_interrupt_rule *interrupts; /**< in the order of the file */
    uint32_t interrupt_count;
    const bw_yaml *where;
} bw_sel4_rule;

typedef struct bw_sel4_rules {
    const char *path;
    const bw_sel4_rule *rules;
    uint32_t count;
} bw_sel4_rules;

/** Reads a rules file. @return NULL after an error finding. */
const bw_sel4_rules *bw_sel4_rules_read(bw_context *ctx, const char *path, bw_arena *arena, bw_findings *findings);

/** @return the rule for a compatible string, or NULL. The last rule that names it counts, as in the kernel's tool. */
const bw_sel4_rule *bw_sel4_rule_for(const bw_sel4_rules *rules, const char *compatible);

/** @return the compatible most like @p compatible that some rule has, or NULL if none is near. */
const char *bw_sel4_rule_nearest(const bw_sel4_rules *rules, const char *compatible);

#endif
