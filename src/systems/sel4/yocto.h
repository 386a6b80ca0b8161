/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The Yocto layer that makes a guest's kernel and initrd, for support.yml's `yocto:`.
 *
 *     yocto/README.md                                   commands from nothing to the files in the application's images
 *     yocto/meta-P-guest/conf/layer.conf                the collection, its release, what depends on other layers
 *     yocto/meta-P-guest/conf/machine/M.conf            the machine of the guest
 *     yocto/meta-P-guest/recipes-kernel/linux/P-guest.inc, files/P-guest.cfg
 *     yocto/meta-P-guest/[dynamic-layers/C/]recipes-kernel/linux/RECIPE_%.bbappend
 *     yocto/meta-P-guest/recipes-core/images/IMAGE.bb
 *
 * Sources: Yocto Project Reference Manual (variables), BitBake User Manual; section 6 of the audit in docs/sel4.md.
 */
#ifndef BW_SYSTEMS_SEL4_YOCTO_H
#define BW_SYSTEMS_SEL4_YOCTO_H

#include "systems/sel4/plan.h"
#include "systems/systems.h"

/** The release for which a layer is written that names none. */
#define BW_SEL4_YOCTO_RELEASE "scarthgap"

/** Adds the files of the layer to the job's plan; none without `yocto:`. @return false after an error finding. */
bool bw_sel4_write_yocto(const bw_system_job *job, const bw_sel4_plan *plan);

#endif
