/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The guests of a board as they are going to be: where each lies in memory, what it is given, its devicetree.
 *
 *     board + sel4: of support.yml ─► plan.c (who gets what) ─► plan_layout.c (addresses) ─► guest.c (devicetree)
 *                                        └─► bw_sel4_app (vm.h), which the checks judge and write_vm.c writes
 *
 * Nothing is written to the disk here. What cannot be is a finding at its line of support.yml.
 */
#ifndef BW_SYSTEMS_SEL4_PLAN_H
#define BW_SYSTEMS_SEL4_PLAN_H

#include "board/needs.h"
#include "systems/sel4/guest.h"
#include "systems/sel4/section.h"

/** Bytes [base, base + size) of physical addresses. */
typedef struct bw_sel4_span {
    uint64_t base, size;
} bw_sel4_span;

typedef struct bw_sel4_plan_vm {
    const bw_sel4_vm_section *section;
    const char *name;             /**< of support.yml: "vm0"; names its files */
    const char *instance;         /**< of the component: "vm0", "vm1" … */
    bw_sel4_span ram;             /**< guest's and physical addresses are the same */
    uint64_t entry;               /**< where the kernel's image is loaded and entered */
    uint64_t kernel_room;         /**< bytes from there that nothing else takes */
    bw_sel4_span initrd;          /**< with its room; size 0: there is none */
    bw_sel4_span dtb;             /**< likewise */
    const bw_sel4_span *untypeds; /**< the RAM as naturally aligned powers of two, in order */
    uint32_t untyped_count;
    uint32_t vcpus;
    const char *bootargs;          /**< NULL: none */
    const bw_node *console;        /**< of the board's tree; NULL: none */
    const bw_node *const *devices; /**< that support.yml lists, NULL-terminated */
    const bw_node *const *rated;   /**< the node of each of clock-rates */
    const bw_node *const *proxied; /**< likewise */
    const bw_needs *needs; /**< of its devices and their parts; NULL without any. What stays is the host's or proxied */
    bw_sel4_guest *guest;  /**< its devicetree */
    bw_sel4_vm *model;     /**< in app */
} bw_sel4_plan_vm;

typedef struct bw_sel4_plan {
    const bw_board *board;
    const bw_sel4_section *section;
    bw_sel4_plan_vm *vms;
    uint32_t vm_count;
    const bw_node *gic;  /**< the board's interrupt controller; NULL: none is found */
    bw_sel4_span kernel; /**< memory that is left to the kernel, the loader and the root task where they start */
    const bw_sel4_app *app;
} bw_sel4_plan;

/**
 * Plans all guests of a section. The plan lives in the arena of the board's unit, but for the guests' devicetrees.
 * @return NULL after an error finding; a plan without guests when the section has none.
 */
bw_sel4_plan *bw_sel4_plan_make(const bw_board *board, const bw_sel4_section *section, bw_findings *findings);
/** Says which files of guests, of those that lie beside support.yml, are none that the VMM loads. */
void bw_sel4_check_files(const bw_sel4_plan *plan, bw_findings *findings);
void bw_sel4_plan_free(bw_sel4_plan *plan); /**< takes NULL */

#endif
