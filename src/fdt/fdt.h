/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Blobs (DTB, DTBO) and trees: writing byte for byte as dtc 1.8.1 does, reading hostile input,
 * the generated nodes (__symbols__, __fixups__, __local_fixups__, /aliases), overlays.
 *
 * Format: Devicetree Specification v0.4 chapter 5; versions below 16 and the order of strings:
 * dtc 1.8.1. Numbers are big-endian.
 */
#ifndef BW_FDT_FDT_H
#define BW_FDT_FDT_H

#include "base/buffer.h"
#include "tree/resolve.h"
#include "tree/tree.h"

#define BW_FDT_MAGIC 0xd00dfeedU
#define BW_FDT_BEGIN_NODE 1U
#define BW_FDT_END_NODE 2U
#define BW_FDT_PROP 3U
#define BW_FDT_NOP 4U
#define BW_FDT_END 9U
#define BW_FDT_MAX_DEPTH 200U /**< nodes inside each other; real trees have ten */

/* -- write.c ------------------------------------------------------------------------------------ */

/** All zero is the usual blob: version 17, nothing extra, the boot CPU of the tree. */
typedef struct bw_fdt_write_options {
    uint32_t version;       /**< 1, 2, 3, 16 or 17; 0: 17 */
    uint32_t reserve_slots; /**< -R: empty entries of the reserve map, 16 bytes each */
    uint32_t pad;           /**< -p: zero bytes at the end */
    uint32_t min_size;      /**< -S: at least so many bytes in all */
    uint32_t align;         /**< -a: the whole size is a multiple; a power of two, or 0 */
    bool boot_cpuid_set;    /**< -b: boot_cpuid stands instead of the tree's */
    uint32_t boot_cpuid;
} bw_fdt_write_options;

/**
 * Flattens a tree into @p out, which is cleared first; references must be resolved. Keep the buffer
 * for the next board. Costs O(1) per property and name; uses unit->strings.
 * @return false, with a finding (blob-too-large, blob-version), if there can be no such blob. A tree
 *         larger than min_size gives the warning blob-min-size.
 */
bool bw_fdt_write(bw_tree *tree, const bw_fdt_write_options *options, bw_buffer *out);

/** The same as assembler text for GNU as, with the tree's labels as symbols (dtc -O asm). */
bool bw_fdt_write_asm(bw_tree *tree, const bw_fdt_write_options *options, bw_buffer *out);

/* -- symbols.c ---------------------------------------------------------------------------------- */

typedef struct bw_fdt_generate_options {
    bool aliases;               /**< -A: a property of /aliases for each label */
    bool symbols;               /**< -@: /__symbols__ */
    bool fixups;                /**< -L: /__fixups__ and /__local_fixups__; a plugin has them anyway */
    bool quiet;                 /**< say nothing of malformed nodes of the input: bw_overlay_apply() will, as errors */
    bw_phandle_format phandles; /**< of phandles that -@ allocates; 0: BW_PHANDLE_EPAPR */
} bw_fdt_generate_options;

/**
 * What dtc does between its checks and the output, on a resolved tree: aliases, labels out of
 * /__symbols__, /__symbols__, references out of the fixup nodes, the fixup nodes. Malformed fixup
 * nodes of the input give warnings (symbol-path, symbol-taken, fixup-malformed).
 * @return false, with a finding (fixup-path), if a reference of a plugin cannot be written as a fixup.
 */
bool bw_fdt_generate(bw_tree *tree, const bw_fdt_generate_options *options);

/** Gives nodes the labels that /__symbols__ of a blob remembers. @param quiet no warnings (symbol-path). */
void bw_fdt_read_symbols(bw_tree *tree, bool quiet);

/* -- read.c, readdir.c -------------------------------------------------------------------------- */

/** @return whether the bytes begin as a blob does. */
bool bw_fdt_is_blob(const void *data, size_t len);

/**
 * Reads a blob of any version into a new tree of the unit. Values point into the source. Phandle
 * properties are not interpreted yet: call bw_tree_resolve() as for a source tree.
 * @return NULL if there is no tree to be had; a finding names the offset, the reason and the cure.
 *         Faults that leave a readable tree are findings too and set broken.
 */
bw_tree *bw_fdt_read(bw_unit *unit, bw_source *source);

/** Reads a directory as /proc/device-tree has it: files are properties, directories nodes, in the
 *  order of their names. @return NULL, with a finding, if the directory cannot be read. */
bw_tree *bw_fdt_read_dir(bw_unit *unit, const char *path);

/* -- overlay.c ---------------------------------------------------------------------------------- */

/**
 * Applies an overlay as libfdt's fdt_overlay_apply() does; what is new stands behind what was there, in
 * the order of the overlay. Both trees are resolved and of one unit. Labels are looked up in the base's
 * /__symbols__, and in a base that was read from source also among its labels. The overlay is used up.
 * History and marks come along, so findings about the result point into the overlay where it said so.
 * @return false, with findings that name label, fragment and property, when it does not fit; throw the
 *         base away then, as it may have been changed.
 */
bool bw_overlay_apply(bw_tree *base, bw_tree *overlay);

#endif
