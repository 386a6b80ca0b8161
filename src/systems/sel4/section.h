/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `sel4:` of support.yml: the platform, its guests, the guest's Yocto layer. A value that is missing has given (or
 * text) unset; each keeps its line, for findings.
 */
#ifndef BW_SYSTEMS_SEL4_SECTION_H
#define BW_SYSTEMS_SEL4_SECTION_H

#include "board/board.h"
#include "systems/sel4/vm.h"
#include "yaml/schema.h"

/** The table of its keys. */
extern const bw_schema bw_sel4_schema;

/** A list of texts. */
typedef struct bw_sel4_texts {
    const bw_sel4_text *items;
    uint32_t count;
} bw_sel4_texts;

/** A file with the room that is kept for it. */
typedef struct bw_sel4_room {
    bw_sel4_text file;
    bw_sel4_value size;    /**< max-size; bytes */
    bw_sel4_value address; /**< fixed by the user */
} bw_sel4_room;

/** `clock-rates:` of one node, or of one clock of it. */
typedef struct bw_sel4_rate {
    bw_sel4_text name; /**< "serial0", "/soc/serial@1000", "serial0:uartclk", "serial0:1" */
    uint64_t rate;     /**< Hz */
} bw_sel4_rate;

/** One of `vms:`. */
typedef struct bw_sel4_vm_section {
    bw_sel4_text name;
    bw_sel4_value ram, ram_address; /**< bytes; the place is computed when it is not given */
    bw_sel4_text kernel;            /**< file */
    bw_sel4_value kernel_address;
    bw_sel4_room initrd; /**< file.text NULL: none */
    bw_sel4_room dtb;    /**< of the devicetree: its size and address alone */
    bw_sel4_value vcpus; /**< 1 when it is not given */
    bw_sel4_texts devices;
    bw_sel4_texts host;    /**< nodes that stay with the host, whatever needs them */
    bw_sel4_texts proxied; /**< nodes that the guest sees, and somebody else serves */
    bool keep_soft;        /**< soft: keep */
    bool keep_iommus;      /**< iommus: keep */
    bw_sel4_rate *rates;
    uint32_t rate_count;
    bw_sel4_text command_line;
    bw_sel4_text console; /**< device; "none"; not given: the first UART among the devices */
    bw_place place;
} bw_sel4_vm_section;

/** `yocto:` */
typedef struct bw_sel4_yocto_section {
    bool given;
    bw_sel4_text machine, requires, image;
    bw_sel4_text release;    /**< NULL: scarthgap */
    bw_sel4_text collection; /**< of the layer that has the machine and its kernel */
    bw_sel4_text recipe;     /**< of the kernel: kernel-recipe */
} bw_sel4_yocto_section;

typedef struct bw_sel4_section {
    bw_sel4_text target, platform;
    bw_sel4_text app;          /**< NULL: "vm_PLATFORM" */
    bw_sel4_text console;      /**< of the kernel: label, alias or path; "none"; NULL: the board's own */
    bw_sel4_value virtual_gic; /**< 2 when it is not given */
    bw_sel4_vm_section *vms;
    uint32_t vm_count;
    bw_sel4_yocto_section yocto;
    const char *directory; /**< of support.yml, which names of files are relative to; "." when it is not known */
    bw_place place;
    const bw_yaml *yaml; /**< the whole section, for keys of who extends it */
} bw_sel4_section;

/** Takes the values of a section that its schema has checked. In @p arena; never NULL. @param yaml may be NULL. */
const bw_sel4_section *bw_sel4_section_read(const bw_yaml *yaml, bw_arena *arena);

/** @return the node that a text of the section names (path, label, alias, or a name with unit address that only one
 *          node has), or NULL with a finding at its line. */
const bw_node *bw_sel4_section_node(const bw_board *board, const bw_sel4_text *text, bw_findings *findings);

#endif
