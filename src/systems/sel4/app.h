/* SPDX-License-Identifier: Apache-2.0 */
/** Reading a CAmkES VM application folder into the model of vm.h. */
#ifndef BW_SYSTEMS_SEL4_APP_H
#define BW_SYSTEMS_SEL4_APP_H

#include "board/load.h"
#include "systems/sel4/vm.h"

#include <glib.h>

/**
 * The devices.camkes that an argument stands for: such a file, a folder that holds one, or a folder with settings.cmake
 * and CMakeLists.txt that holds platforms, up to two levels deep.
 * @return paths in order of their names, NULL-terminated, in @p arena; NULL: it is something else.
 */
const char *const *bw_sel4_app_find(const char *argument, bw_arena *arena);

/** What is known beside the application. */
typedef struct bw_sel4_app_options {
    const char *const *kernel_dts; /**< the kernel's devicetree, as for bw_sel4_read(); NULL: kernel.dts or kernel.dtb
                                        beside the application, if there is one */
    const char *linux_dts; /**< Linux's devicetree of the board; NULL: linux.dts or linux.dtb beside the application */
    const char *rules;     /**< the kernel's hardware.yml; NULL: that of the sources */
    const char *sdk;       /**< folder with the sources; NULL: looked for above the application */
    bw_unit *linux_unit;   /**< for Linux's devicetree; NULL: it is not read */
    const bw_load_options *load;
    bw_roots *roots;
} bw_sel4_app_options;

/** Reads the application that has this devices.camkes, in the arena of @p unit. Findings go to the unit.
 *  @return NULL after an error finding. */
bw_sel4_app *bw_sel4_app_read(bw_unit *unit, const char *devices, const bw_sel4_app_options *options);

/* ---- between the files of the reader ---- */

/** Evaluates an expression of C or CAmkES: numbers, operators, parentheses. @return false if it is none, or too large.
 */
bool bw_sel4_evaluate(const char *text, uint64_t *value);

/** Adds what a CAmkES file says of guests to @p vms (of bw_sel4_vm *; all in the arena of @p unit). Included files
 *  that are not found are passed over. @return false after an error finding. */
bool bw_sel4_camkes_read(bw_unit *unit, const char *path, GPtrArray *vms);

/** What the files of the build say for one platform. */
typedef struct bw_sel4_cmake {
    bw_unit *unit;
    const char *platform;
    GHashTable *variables; /**< char * → char *, both owned */
    GArray *files;         /**< of bw_sel4_file */
    GArray *settings;      /**< of bw_sel4_setting */
    const char *const *supported;
    bw_place supported_place;
} bw_sel4_cmake;

void bw_sel4_cmake_init(bw_sel4_cmake *cmake, bw_unit *unit, const char *platform);
/** Reads one file. One that is not there says nothing. */
void bw_sel4_cmake_read(bw_sel4_cmake *cmake, const char *path);
/** Moves what was read into the application. */
void bw_sel4_cmake_end(bw_sel4_cmake *cmake, bw_sel4_app *app);

/** Finds the repositories beside an application. @param sdk folder that holds them, or NULL: looked for above @p
 * folder.
 *  @return NULL if there are none. */
const bw_sel4_sources *bw_sel4_sources_find(bw_arena *arena, const char *sdk, const char *folder);
/** @return the kernel's sources of a platform in the order of KernelDTSList, NULL-terminated, or NULL. */
const char *const *bw_sel4_sources_dts(bw_arena *arena, const bw_sel4_sources *sources, const char *platform);
/** MAX_IRQ of the platform, where it is written once. */
bw_sel4_value bw_sel4_sources_max_irq(bw_unit *unit, const bw_sel4_sources *sources, const char *platform);

/** Reads the pages (.md) of a folder: tables with addresses, and commands that copy images. */
void bw_sel4_pages_read(bw_unit *unit, const char *folder, bw_sel4_app *app);
/** Reads SERIAL_CONSOLES of machine files below conf/machine, up to three levels deep. */
void bw_sel4_gettys_read(bw_unit *unit, const char *folder, bw_sel4_app *app);

#endif
