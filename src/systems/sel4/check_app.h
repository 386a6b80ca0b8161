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

/** What guests are given: queries, overlaps, the kernel's devices and memory, the interrupt controller. */
void bw_sel4_check_grants(const bw_sel4_app *app, bw_findings *findings);

#endif
