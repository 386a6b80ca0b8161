/* SPDX-License-Identifier: Apache-2.0 */
/** The parts that the board model is put together from; private to src/board. */
#ifndef BW_BOARD_PARTS_H
#define BW_BOARD_PARTS_H

#include "board/board.h"
#include "tree/strings.h"

#include <glib.h>

typedef struct bw_maker {
    bw_board *board;
    const bw_tree *tree;
    bw_arena *arena;
    const bw_known_names *n;
    GArray *cpus, *memories, *reserved, *devices, *flashes;
} bw_maker;

/** Whether a name without unit address is @p base. */
static inline bool bw_is_named(const bw_node *node, const char *base)
{
    return strlen(base) == node->name->base_len && memcmp(node->name->text, base, node->name->base_len) == 0;
}
/** Newest label, or NULL. */
static inline const char *bw_label_of(const bw_node *node)
{
    const bw_label *label = bw_live_label(node->labels);

    return label ? label->name->text : NULL;
}
/** Whether a compatible string is one of the list (NULL-terminated). */
bool bw_is_one_of(const bw_maker *m, const bw_node *node, const char *const *list);

/** The blocks of a node's reg; 0 for none. */
uint32_t bw_make_blocks(const bw_maker *m, const bw_node *node, bw_block **blocks);

bool bw_is_memory(const bw_maker *m, const bw_node *node, bw_memory_kind *kind);
void bw_make_memory(bw_maker *m, const bw_node *node, bw_memory_kind kind);
void bw_make_reserved(bw_maker *m, const bw_node *node);
void bw_make_memreserves(bw_maker *m);
void bw_make_cpu(bw_maker *m, const bw_node *node);
bool bw_is_flash(const bw_maker *m, const bw_node *node);
void bw_make_flash(bw_maker *m, const bw_node *node);
void bw_make_device(bw_maker *m, const bw_node *node);
uint32_t bw_make_lines(const bw_maker *m, const bw_node *node, bw_line **lines);
uint32_t bw_make_clocks(const bw_maker *m, const bw_node *node, bw_clock **clocks);
void bw_make_choices(bw_maker *m);

#endif
