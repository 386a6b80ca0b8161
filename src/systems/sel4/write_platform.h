/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a new platform needs in each repository of seL4, in folders that are named after them:
 *
 *     seL4/tools/dts/P.dts, src/plat/P/config.cmake, src/plat/P/overlay-P.dts            (write_platform_kernel.c)
 *     seL4/libsel4/sel4_plat_include/P/…/constants.h; tools/hardware.yml.add              (write_platform_kernel.c)
 *     util_libs/libplatsupport/…: clocks, serial, i2c, timer, chardev.c                   (write_platform_user.c)
 *     camkes-vm/components/VM_Arm/plat_include/P/plat/vmlinux.h                           (write_platform_user.c)
 *     seL4_projects_libs/libsel4vmmplatsupport/plat_include/P/…: vpci.h, guest_vcpu_util.h
 *     tii_sel4_build/configs/P_defconfig
 *     PORTING.md: where each goes, and what a human has to do                             (write_platform_page.c)
 *
 * Sources: seL4/seL4, src/plat, tools/hardware.yml, configs/seL4Config.cmake; seL4/util_libs, libplatsupport;
 * seL4/camkes-vm, components/VM_Arm; seL4/seL4_projects_libs, libsel4vmmplatsupport.
 */
#ifndef BW_SYSTEMS_SEL4_WRITE_PLATFORM_H
#define BW_SYSTEMS_SEL4_WRITE_PLATFORM_H

#include "systems/sel4/plan.h"
#include "systems/systems.h"

#include <glib.h>

/** What is known of the platform. */
typedef struct bw_sel4_port {
    const bw_board *board;
    const bw_sel4_section *section;
    const bw_sel4_plan *plan;
    const char *name;  /**< "orinagx" */
    const char *camel; /**< "Orinagx", of KernelPlatformOrinagx */
    const char *upper; /**< "ORINAGX", of PLAT_ORINAGX */
    bool arm, wide;    /**< else RISC-V; 64 bits */
    const char *cpu;   /**< compatible of the first CPU, or NULL */
    const char *core;  /**< "A76", as KernelArmCortexA76; NULL: no Arm core that seL4 knows */
    bool core_stands_in;
    const bw_node *console, *gic, *timer, *psci; /**< NULL: there is none */
    bool gic_v3;
    const char *driver;        /**< compatible of the console that the kernel has a driver for; NULL: none */
    const char *loader_driver; /**< likewise of the loader */
    bool ruled;                /**< upstream's hardware.yml has a rule for the console */
    uint32_t max_irq;          /**< highest interrupt of any device, as the GIC counts; 0: none is known */
    uint32_t free_irq;         /**< an SPI that nobody has */
    uint32_t nodes;            /**< CPUs that the kernel is to use: as many as a guest has */
    uint64_t timer_rate;       /**< Hz; 0: not known */
    uint64_t windows;          /**< 48 MiB where nothing is, for the virtual PCI bus; 0: none below 4 GiB */
    GString *human;            /**< what a human has to do: items of a list */
} bw_sel4_port;

/** Says what is wrong in a section with the platform's name and the kernel's console. @return whether nothing is. */
bool bw_sel4_check_platform(const bw_board *board, const bw_sel4_section *section, bw_findings *findings);

/** Adds the files of the platform to the job's plan. @return false after an error finding. */
bool bw_sel4_write_platform(const bw_system_job *job, const bw_sel4_section *section, const bw_sel4_plan *plan);

/* ---- its parts ---- */

/** Adds an item to what a human has to do. */
void bw_sel4_port_human(bw_sel4_port *port, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Adds a file below the job's folder. */
void bw_sel4_port_add(const bw_system_job *job, GString *text, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** "/" STAR or "#": the line that says who made a file. */
GString *bw_sel4_port_text(const bw_sel4_port *port, const char *open, const char *what, const char *close);

/** @return the architectures of declare_seL4_arch(), the one with guests last. */
const char *bw_sel4_port_archs(const bw_sel4_port *port);
void bw_sel4_write_kernel(const bw_system_job *job, bw_sel4_port *port);
void bw_sel4_write_user(const bw_system_job *job, bw_sel4_port *port);
void bw_sel4_write_page(const bw_system_job *job, bw_sel4_port *port);

#endif
