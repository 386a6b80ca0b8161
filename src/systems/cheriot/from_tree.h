/* SPDX-License-Identifier: Apache-2.0 */
/** What the files share that make a board of a devicetree; private to from_tree*.c. */
#ifndef BW_SYSTEMS_CHERIOT_FROM_TREE_H
#define BW_SYSTEMS_CHERIOT_FROM_TREE_H

#include "json/make.h"
#include "systems/cheriot/devicetree.h"
#include "yaml/schema.h"

typedef struct bw_cheriot_maker {
    const bw_board *board;
    const bw_tree *tree;
    const bw_yaml *section; /* or NULL */
    bw_arena *arena;
    bw_findings *findings;
    GArray *members;                         /* of bw_json_member: the document so far */
    const bw_device *console, *clint, *plic; /* or NULL */
    bool failed;                             /* an error was said after which there is no board */
    GHashTable *omit, *shrink;               /* nodes that those lists of the section name */
    GHashTable *names;                       /* node to what the section calls it, a bw_yaml */
} bw_cheriot_maker;

/** A device that the board gets, under its name. */
typedef struct bw_cheriot_named {
    const bw_device *device;
    const char *name;
    const bw_yaml *said; /* where support.yml says the name, or NULL */
} bw_cheriot_named;

/** Adds a member; @p place is its name's. */
void bw_cheriot_put(bw_cheriot_maker *m, const char *name, bw_place place, const bw_json *value);
void bw_cheriot_put_in(GArray *members, const char *name, bw_place place, const bw_json *value);
const bw_json *bw_cheriot_object(bw_cheriot_maker *m, GArray *members); /**< frees the list */

bw_place bw_cheriot_span_place(const bw_cheriot_maker *m, bw_span span);
/** An address or a size that stands in a row of reg, @p cells cells at @p offset. */
const bw_json *bw_cheriot_address(bw_cheriot_maker *m, uint64_t value, const bw_block *block, uint32_t offset);
/** Where in reg the part of an address, or of a size, stands that says something on a machine of 32 bits. */
static inline uint32_t bw_cheriot_first_cell(const bw_block *block)
{
    return block->offset + (block->bus_address.cells ? block->bus_address.cells - 1 : 0) * 4;
}
static inline uint32_t bw_cheriot_size_cell(const bw_block *block)
{
    return block->offset + (block->len >= 4 ? block->len - 4 : 0);
}

const bw_json *bw_cheriot_said_number(bw_cheriot_maker *m, uint64_t value, const bw_yaml *said);
const bw_json *bw_cheriot_said_text(bw_cheriot_maker *m, const bw_yaml *said);

/** @return what a key of the section says, or NULL. */
const bw_yaml *bw_cheriot_say(const bw_cheriot_maker *m, const char *key);
/** @return the node that a scalar of the section names, or NULL after an error. */
const bw_node *bw_cheriot_said_node(bw_cheriot_maker *m, const bw_yaml *said);

/* The parts, each in its file. */
GArray *bw_cheriot_name_devices(bw_cheriot_maker *m); /**< of bw_cheriot_named, by address */
void bw_cheriot_put_devices(bw_cheriot_maker *m, const GArray *named);
void bw_cheriot_put_memories(bw_cheriot_maker *m);
void bw_cheriot_put_interrupts(bw_cheriot_maker *m, const GArray *named);
void bw_cheriot_put_clocks(bw_cheriot_maker *m);
void bw_cheriot_put_section(bw_cheriot_maker *m);
/** The members below `board:`, merged into the document. */
const bw_json *bw_cheriot_merge(bw_cheriot_maker *m, const bw_json *document, const bw_yaml *more);

#endif
