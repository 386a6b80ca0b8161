/* SPDX-License-Identifier: Apache-2.0 */
/** Between the checks of an application. */
#ifndef BW_SYSTEMS_SEL4_CHECK_APP_H
#define BW_SYSTEMS_SEL4_CHECK_APP_H

#include "systems/sel4/vm.h"

#include <glib.h>

/** @return the last setting of a name that holds for the platform, or NULL. */
const bw_sel4_setting *bw_sel4_setting_of(const bw_sel4_app *app, const char *name);
/** @return whether an option is on; NULL is not. */
bool bw_sel4_is_on(const bw_sel4_setting *setting);
/** @return whether the platform is one of camkes-vm's own, whose images are known to start as they are. */
bool bw_sel4_is_upstream(const bw_sel4_app *app);

/** @return whether a guest's RAM lies where it believes. */
bool bw_sel4_maps_one_to_one(const bw_sel4_app *app, const bw_sel4_vm *vm);
/** @return whether a query of the guest stands for the node. */
bool bw_sel4_is_granted(const bw_sel4_vm *vm, const bw_node *node);
/** @return whether [begin, begin + size) is within one grant of the guest. */
bool bw_sel4_covers(const bw_sel4_app *app, const bw_sel4_vm *vm, uint64_t begin, uint64_t size);
/** @return the node of Linux's tree that is the same device: of the same path, or with the same registers, or, where
 *  neither has any, the only one with its compatible. NULL: there is none, or Linux's tree is not known. */
const bw_node *bw_sel4_twin(const bw_sel4_app *app, const bw_node *node);
/** @return whether some compatible string of both is the same. */
bool bw_sel4_is_alike(const bw_node *a, const bw_node *b);
/** Memory of the kernel's tree without what /reserved-memory keeps from the kernel: of bw_sel4_region, to be freed. */
GArray *bw_sel4_normal_memory(const bw_tree *tree);
/** @return the GIC of the kernel's tree, or NULL. @param v3 of which kind it is. */
const bw_node *bw_sel4_gic(const bw_tree *tree, bool *v3);

/** Each node that is given to some guest, once: what(app, guest, query, data). */
typedef void bw_sel4_visit(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_sel4_query *query, void *data);
void bw_sel4_for_granted(const bw_sel4_app *app, bw_sel4_visit *visit, void *data);

/** Devices as Linux knows them: paths, interrupts, bindings, IOMMUs, firmware (S08, S12, S13, S29, S30). */
void bw_sel4_check_linux(const bw_sel4_app *app, bw_findings *findings);
/** References between devices: children that are not kept, mailboxes (S09, S10, S11). */
void bw_sel4_check_nodes(const bw_sel4_app *app, bw_findings *findings);
/** Consoles (S26, S27). */
void bw_sel4_check_consoles(const bw_sel4_app *app, bw_findings *findings);
/** Interrupts and CPUs (S28, S32, S33). */
void bw_sel4_check_irqs(const bw_sel4_app *app, bw_findings *findings);
/** Room for kernel and guests, and what pages say of addresses (S25, S31). */
void bw_sel4_check_room(const bw_sel4_app *app, bw_findings *findings);
/** Files of other repositories: images, headers of the platform (S15, S22, S34). */
void bw_sel4_check_sources(const bw_sel4_app *app, bw_findings *findings);

/** What guests are given: queries, overlaps, the kernel's devices and memory, the interrupt controller. */
void bw_sel4_check_grants(const bw_sel4_app *app, bw_findings *findings);

#endif
