/* SPDX-License-Identifier: Apache-2.0 */
/**
 * References with arguments: `clocks = <&cru 3>, <&osc>;` and their like, as edges from a consumer
 * to its providers; and nexus nodes (gpio-map), which pass a reference on.
 *
 * Sources: Devicetree Specification v0.4, 2.5 (nexus nodes) and the bindings of each property;
 * dtc 1.8.1's checks for which properties count their arguments with which `#X-cells`.
 */
#ifndef BW_TREE_SPECIFIERS_H
#define BW_TREE_SPECIFIERS_H

#include "tree/cells.h"

/** How a property names its providers. */
typedef struct bw_spec_kind {
    const char *property; /**< "clocks"; for a family its fixed part: "-gpios", "pinctrl-" */
    const char *cells;    /**< "#clock-cells"; NULL: no arguments follow (memory-region, vcc-supply) */
    const char *map;      /**< "gpio-map" of a nexus, or NULL */
    bool family;          /**< property is a suffix ("-gpios") or, ending in '-', a prefix followed by a number */
    bool optional_cells;  /**< a provider without the cells property takes no arguments */
    uint32_t fixed;       /**< arguments of every row, whatever the provider says (gpio-ranges: 3) */
    const char *names;    /**< the property that names the rows ("clock-names"), or NULL */
} bw_spec_kind;

/** @return how to read a property of this name, or NULL if it holds no phandles that we know of. The interrupt
 *          properties are in interrupts.h. */
const bw_spec_kind *bw_spec_kind_of(const bw_name *property);
/** The same for a property of a node: `gpios` of a gpio-hog holds no phandles. */
const bw_spec_kind *bw_spec_kind_for(const bw_tree *tree, const bw_node *node, const bw_prop *prop);

typedef enum bw_spec_fault {
    BW_SPEC_OK,
    BW_SPEC_EMPTY,       /**< an empty slot: phandle 0 or 0xffffffff; no provider, no fault */
    BW_SPEC_UNKNOWN,     /**< an element is not known; reading cannot go on, and nothing can be said */
    BW_SPEC_NOT_PHANDLE, /**< what stands here is no reference: text, bytes, or a number that no node has as phandle */
    BW_SPEC_NO_NODE,     /**< a reference whose node does not exist (reported when references are resolved); in an
                              overlay such a row is UNKNOWN, the base may have the node */
    BW_SPEC_NO_CELLS,    /**< the provider lacks #X-cells */
    BW_SPEC_BAD_CELLS,   /**< the provider's #X-cells is not one cell, or over BW_CELLS_MAX */
    BW_SPEC_TRUNCATED,   /**< fewer cells are left than #X-cells says */
    BW_SPEC_LENGTH,      /**< the value is no whole number of cells */
} bw_spec_fault;

/** One row: an edge of the graph of what needs what. */
typedef struct bw_spec {
    bw_spec_fault fault;
    const bw_node *consumer;
    const bw_prop *prop;
    uint32_t index;  /**< of the row, from 0; empty slots count */
    uint32_t offset; /**< of the phandle cell, bytes */
    uint32_t len;    /**< bytes of the row as far as it is there */
    uint32_t phandle;
    const bw_node *provider;   /**< NULL for EMPTY, UNKNOWN, NOT_PHANDLE, NO_NODE */
    const bw_prop *cells_prop; /**< the provider's #X-cells, or NULL */
    uint32_t arg_count;        /**< cells after the phandle that the provider asks for */
    uint32_t args_offset;      /**< of the first of them, bytes */
    uint32_t args_there;       /**< cells that are there (TRUNCATED: fewer than arg_count) */
    bool args_known;           /**< none of them is BW_MARK_UNKNOWN */
} bw_spec;

/** @param index below spec->args_there. */
static inline uint32_t bw_spec_arg(const bw_spec *spec, uint32_t index)
{
    return bw_get32(spec->prop->value.data + spec->args_offset + 4 * index);
}

typedef struct bw_spec_iter {
    const bw_tree *tree;
    const bw_node *node;
    const bw_prop *prop;
    const bw_spec_kind *kind;
    uint32_t offset, index;
    bool done;
} bw_spec_iter;

bw_spec_iter bw_spec_begin(const bw_tree *tree, const bw_node *node, const bw_prop *prop, const bw_spec_kind *kind);
/** @return false at the end. After a row whose length is not known (most faults) there is no next one. */
bool bw_spec_next(bw_spec_iter *iter, bw_spec *spec);

/** Row @p index of @p prop. @return false if there is none. */
bool bw_spec_get(const bw_tree *tree, const bw_node *node, const bw_prop *prop, uint32_t index, bw_spec *spec);

/** The name of the row in the *-names property, or NULL. */
const char *bw_spec_name(const bw_spec *spec);

/** What a reference becomes after nexus nodes (`gpio-map`): provider and arguments at the end of the way. */
typedef struct bw_spec_end {
    bw_spec_fault fault;     /**< OK; NO_NODE … in a map, with nexus and offset telling where */
    bool unmatched;          /**< a nexus has no row for these arguments */
    const bw_node *provider; /**< the last that was reached */
    const bw_node *nexus;    /**< the nexus that sent it there (or failed to), NULL: none was passed */
    const bw_prop *map;      /**< its map */
    uint32_t offset;         /**< of the row in the map, or of what is wrong there */
    uint32_t arg_count;
    uint32_t args[BW_CELLS_MAX];
} bw_spec_end;

/** Follows @p spec (fault OK) through nexus nodes, at most 16 of them. */
bw_spec_end bw_spec_follow(const bw_tree *tree, const bw_spec *spec);

/** @return the node that the phandle cell at @p offset names: by its reference mark, else by its number.
 *  @param fault OK, EMPTY, UNKNOWN, NOT_PHANDLE, NO_NODE or TRUNCATED. */
const bw_node *bw_phandle_node(const bw_tree *tree, const bw_prop *prop, uint32_t offset, bw_spec_fault *fault);

#endif
