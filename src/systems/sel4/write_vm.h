/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A CAmkES application with the guests of a plan, complete: put into apps/Arm of camkes-vm-examples it builds as it is.
 *
 *     app/<app>/settings.cmake, CMakeLists.txt, <app>.camkes       (write_vm_cmake.c, write_vm.c)
 *     app/<app>/<platform>/devices.camkes                          (write_vm.c)
 *     app/<app>/<platform>/<vm>.dts, <vm>.dtb                      the guests' devicetrees
 *     app/<app>/README.md                                          layout, and why each node is there
 * (write_vm_readme.c)
 */
#ifndef BW_SYSTEMS_SEL4_WRITE_VM_H
#define BW_SYSTEMS_SEL4_WRITE_VM_H

#include "systems/sel4/plan.h"
#include "systems/systems.h"

#include <glib.h>

/** @return the name of the application: of support.yml, or vm_PLATFORM. */
const char *bw_sel4_app_name(const bw_sel4_plan *plan);

/** Adds all files of the application to the job's plan. @return false after an error finding. */
bool bw_sel4_write_vm(const bw_system_job *job, const bw_sel4_plan *plan);

/* ---- its files ---- */

GString *bw_sel4_vm_devices(const bw_sel4_plan *plan);
GString *bw_sel4_vm_camkes(const bw_sel4_plan *plan);
GString *bw_sel4_vm_cmakelists(const bw_sel4_plan *plan);
GString *bw_sel4_vm_settings(const bw_sel4_plan *plan);
GString *bw_sel4_vm_readme(const bw_sel4_plan *plan);

#endif
