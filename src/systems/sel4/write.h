/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Files of the kernel's build, with the names, types and numbers that seL4's sources ask for. Each function appends
 * the whole file. Shapes: seL4/seL4, tools/hardware/outputs/.
 */
#ifndef BW_SYSTEMS_SEL4_WRITE_H
#define BW_SYSTEMS_SEL4_WRITE_H

#include "base/plan.h"
#include "systems/sel4/platform.h"

#include <glib.h>

/** devices_gen.h: the base of physical memory, interrupts, frames of devices, memory. */
void bw_sel4_write_header(const bw_sel4_platform *platform, GString *out);
/** The loader's table of devices and CPUs. */
void bw_sel4_write_loader(const bw_sel4_platform *platform, GString *out);
/** One line: compatible strings, each with a ';' behind it. */
void bw_sel4_write_compatibles(const bw_sel4_platform *platform, GString *out);
/** Device memory and memory as JSON (one line without an end, numbers decimal) and YAML (hexadecimal). */
void bw_sel4_write_json(const bw_sel4_platform *platform, GString *out);
void bw_sel4_write_yaml(const bw_sel4_platform *platform, GString *out);

/** All of them, under the names that the kernel's build gives them: devices_gen.h, elfloader_devices_gen.h,
 *  kernel_compat.txt, platform_gen.json, platform_gen.yaml. @param folder in the plan, or NULL. */
void bw_sel4_write_all(const bw_sel4_platform *platform, const char *folder, bw_plan *plan);

#endif
