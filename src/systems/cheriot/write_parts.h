/* SPDX-License-Identifier: Apache-2.0 */
/** Private to write*.c: the texts of the files. Each is to be freed; what is not known of the board is left out. */
#ifndef BW_SYSTEMS_CHERIOT_WRITE_PARTS_H
#define BW_SYSTEMS_CHERIOT_WRITE_PARTS_H

#include "systems/cheriot/board.h"

/** Whether a name can stand in a symbol or macro: a C identifier. Others are left out (check C28 speaks of them). */
bool bw_cheriot_is_identifier(const char *name);

/** write_mmio.c: mmio.ldscript. */
GString *bw_cheriot_mmio_text(const bw_cheriot_board *board);

/** write_interrupts.c: board-interrupts.h, and whether an interrupt can be written. */
GString *bw_cheriot_interrupts_text(const bw_cheriot_board *board);
bool bw_cheriot_interrupt_is_whole(const bw_cheriot_interrupt *interrupt);

/** write_flags.c: the parts of a firmware that get flags of their own. */
typedef enum bw_cheriot_component {
    BW_CHERIOT_COMPARTMENT, /**< any compartment or library of the application */
    BW_CHERIOT_ALLOCATOR,
    BW_CHERIOT_SCHEDULER,
    BW_CHERIOT_LOADER,
    BW_CHERIOT_SWITCHER, /**< assembly: without cxflags */
    BW_CHERIOT_COMPONENT_COUNT
} bw_cheriot_component;
extern const char *const bw_cheriot_component_names[BW_CHERIOT_COMPONENT_COUNT]; /**< "compartment", … */
/** One flag a line, as a response file (@FILE) of gcc and clang takes them. */
GString *bw_cheriot_flags_text(const bw_cheriot_board *board, bw_cheriot_component component, bw_arena *arena);

/** write_ldscript.c: where the pieces of a firmware go. */
GString *bw_cheriot_top_text(const bw_cheriot_board *board, bw_arena *arena);
GString *bw_cheriot_rocode_text(const bw_cheriot_board *board);
GString *bw_cheriot_rwdata_text(const bw_cheriot_board *board);

/** write_header.c, write_header_use.c: headers for any compiler. */
GString *bw_cheriot_board_header(const bw_cheriot_board *board);      /**< bw_board.h: constants */
GString *bw_cheriot_mmio_header(const bw_cheriot_board *board);       /**< bw_mmio.h: pointers to devices */
GString *bw_cheriot_interrupts_header(const bw_cheriot_board *board); /**< bw_interrupts.h: enumeration, table */
GString *bw_cheriot_names_header(const bw_cheriot_board *board);      /**< bw_cheriot.h: the SDK's own names */

/** write_readme.c */
GString *bw_cheriot_readme(const bw_cheriot_board *board);

#endif
