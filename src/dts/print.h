/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A tree as text: DTS as dtc -O dts prints it, and YAML as dtc -O yaml does.
 *
 * The DTS compiles to the same blob again, also where that of dtc 1.8.1 does not: bytes from 0x80,
 * references to paths below a label, empty cell lists among others, and the boot CPU of the header.
 */
#ifndef BW_DTS_PRINT_H
#define BW_DTS_PRINT_H

#include "base/buffer.h"
#include "tree/tree.h"

/** Comments that say where each line comes from: "file:line", one place for each body of a node. */
typedef enum bw_annotate {
    BW_ANNOTATE_NONE,
    BW_ANNOTATE_LINES, /**< file:line, files relative to the folder of the main file */
    BW_ANNOTATE_FULL,  /**< file:line:column-line:column */
} bw_annotate;

/** Appends a resolved tree to @p out as source. */
void bw_dts_print(bw_tree *tree, bw_annotate annotate, bw_buffer *out);

/**
 * The same as somebody would have written it: numbers in the radix of their kind, a row of reg, ranges or clocks
 * between brackets of its own, long lists wrapped, labels in /aliases and /chosen. References stand where the marks
 * have them: for a tree out of a blob, bw_tree_find_refs() and bw_tree_make_labels() (tree/refs.h) come first. The
 * bytes that it compiles to are the same but for phandle numbers.
 */
void bw_dts_print_readable(bw_tree *tree, bw_annotate annotate, bw_buffer *out);

/** What somebody has to say of nodes: whole lines, each indented by @p level tabs. Each may be NULL. */
typedef struct bw_dts_comments {
    void *data;
    void (*above)(void *data, const bw_node *node, unsigned level, bw_buffer *out);
    void (*inside)(void *data, const bw_node *node, unsigned level, bw_buffer *out); /**< before its properties */
} bw_dts_comments;

/** Like bw_dts_print_readable(), with comments. */
void bw_dts_print_commented(bw_tree *tree, const bw_dts_comments *comments, bw_buffer *out);

/** Appends a resolved tree as one YAML document. @return false if libyaml has an error. */
bool bw_dts_print_yaml(bw_tree *tree, bw_buffer *out);

#endif
