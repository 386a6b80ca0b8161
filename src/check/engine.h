/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of the checks: what one run knows, and how a check speaks.
 *
 * A check is a function that looks at the whole tree once. It finds its nodes through the index
 * (bw_run.nodes, BW_FOR_USES) rather than by walking, so a check that does not apply costs nothing.
 */
#ifndef BW_CHECK_ENGINE_H
#define BW_CHECK_ENGINE_H

#include "base/bytes.h"
#include "check/check.h"
#include "tree/strings.h"

typedef struct bw_run bw_run;
typedef struct bw_check bw_check;

/** A bus by dtc's reckoning; decides what a unit address means. */
typedef enum bw_bus {
    BW_BUS_NONE,
    BW_BUS_PCI,
    BW_BUS_SIMPLE,
    BW_BUS_I2C,
    BW_BUS_SPI,
    BW_BUS_PORT,
    BW_BUS_PORTS
} bw_bus;

/** Parts of a node that a finding was already made of: later checks leave them alone. */
enum { BW_BAD_REG = 1, BW_BAD_RANGES = 2, BW_BAD_CELLS = 4, BW_BAD_UNIT = 8, BW_BAD_IRQ = 16, BW_BAD_PROVIDER = 32 };

/** What the run knows of one live node. */
typedef struct bw_info {
    bw_node *node;
    uint32_t parent;    /**< index; the root's is its own */
    uint32_t end;       /**< one past the last node below it */
    int32_t addr_cells; /**< -1: not given */
    int32_t size_cells; /**< likewise */
    bw_prop *reg;       /**< or NULL */
    bw_prop *ranges;
    bw_prop *compatible;
    bw_prop *status;
    uint8_t bus;  /**< bw_bus */
    uint8_t bad;  /**< BW_BAD_* */
    bool enabled; /**< it and all above it are okay */
} bw_info;

/** One occurrence of a property whose name is in base/known_names.def. */
typedef struct bw_use {
    uint32_t info; /**< index of the node */
    uint32_t next; /**< next use of the same name, plus 1; 0: none */
    bw_prop *prop;
} bw_use;

struct bw_check {
    bw_code code;
    void (*fn)(bw_run *run, const bw_check *check);
    const void *data;
    uint8_t level;    /**< dtc's default: BW_CHECK_WARN, BW_CHECK_ERROR or 0 */
    uint8_t needs[3]; /**< indices of dtc's checks, plus 1 */
};
enum { BW_CHECK_WARN = 1, BW_CHECK_ERROR = 2 };

struct bw_run {
    bw_tree *tree;
    bw_unit *unit;
    const bw_known_names *n;
    const bw_resolve_options *options;
    const bw_check *check; /**< the one that runs now */
    bool as_dtc;           /**< exactly dtc's opinions */
    bool failed;           /**< the present check has found something */
    bw_info *nodes;        /**< live nodes in pre-order; [0] is the root */
    uint32_t node_count;
    bw_use *uses;
    uint32_t use_count;
    uint32_t *use_first; /**< by name number, plus 1 */
    uint32_t *use_last;
    uint32_t known_count; /**< name numbers below it are known names */
    bool indexed;
};

/** Makes the index; needed again after nodes were deleted. */
void bw_run_index(bw_run *run);

static inline bw_info *bw_info_of(const bw_run *run, const bw_node *node)
{
    return &run->nodes[node->number];
}
static inline bw_info *bw_info_parent(const bw_run *run, const bw_info *info)
{
    return &run->nodes[info->parent];
}
static inline bool bw_info_is_root(const bw_run *run, const bw_info *info)
{
    return info == run->nodes;
}

/** All nodes of the index in pre-order. */
#define BW_FOR_INFOS(run, i) for (bw_info *i = (run)->nodes; i < (run)->nodes + (run)->node_count; i++)
/** All nodes directly below @p p. */
#define BW_FOR_INFO_CHILDREN(run, p, c)                                                                                \
    for (bw_info *c = (run)->nodes + bw_info_number(run, p) + 1, *c##_end = (run)->nodes + (p)->end; c < c##_end;      \
         c = (run)->nodes + c->end)
static inline uint32_t bw_info_number(const bw_run *run, const bw_info *info)
{
    return (uint32_t)(info - run->nodes);
}
/** @return whether nothing stands below it. */
static inline bool bw_info_is_leaf(const bw_run *run, const bw_info *info)
{
    return info->end == bw_info_number(run, info) + 1;
}

/** All properties called @p name (one of ctx->n) in the order of the tree. */
#define BW_FOR_USES(run, name, u)                                                                                      \
    for (const bw_use *u = bw_use_at(run, (run)->use_first[(name)->id]); u; u = bw_use_at(run, u->next))
static inline const bw_use *bw_use_at(const bw_run *run, uint32_t plus_one)
{
    return plus_one ? &run->uses[plus_one - 1] : NULL;
}

/* A check speaks through these: it has failed, and its code makes a finding (if its level is on). */
#define BW_FAIL_NODE(run, info, ...)                                                                                   \
    ((run)->failed = true, bw_find_node((run)->tree, (run)->check->code, (info)->node, __VA_ARGS__))
#define BW_FAIL_PROP(run, info, prop, ...)                                                                             \
    ((run)->failed = true, bw_find_prop((run)->tree, (run)->check->code, (info)->node, (prop), __VA_ARGS__))
#define BW_FAIL_ELEM(run, info, prop, offset, ...)                                                                     \
    ((run)->failed = true, bw_find_elem((run)->tree, (run)->check->code, (info)->node, (prop), (offset), __VA_ARGS__))

/* A semantic check has several codes: it names the one it means, and looks first whether anybody listens. */
#define BW_SAY_NODE(run, ident, info, ...) bw_find_node((run)->tree, BW_CODE_##ident, (info)->node, __VA_ARGS__)
#define BW_SAY_PROP(run, ident, info, prop, ...)                                                                       \
    bw_find_prop((run)->tree, BW_CODE_##ident, (info)->node, (prop), __VA_ARGS__)
#define BW_SAY_ELEM(run, ident, info, prop, offset, ...)                                                               \
    bw_find_elem((run)->tree, BW_CODE_##ident, (info)->node, (prop), (offset), __VA_ARGS__)
static inline bool bw_listens(const bw_run *run, bw_code code)
{
    return run->unit->ctx->levels[code] != BW_OFF;
}

/** @return whether every byte of the value is known; else no check may speak of it, not even of its length. */
static inline bool bw_run_known(const bw_run *run, const bw_prop *prop)
{
    return !run->tree->has_unknown || bw_prop_known(prop, 0, prop->value.len ? prop->value.len : 1);
}

/** @return the cell at byte @p offset, which must be inside. */
static inline uint32_t bw_cell(const bw_prop *prop, uint32_t offset)
{
    return bw_get32(prop->value.data + offset);
}
/** @return the number of whole cells. */
static inline uint32_t bw_cell_count(const bw_prop *prop)
{
    return prop->value.len / 4;
}

/** What a cell that should be a phandle is. */
typedef struct bw_target {
    bw_node *node;      /**< NULL: there is none */
    const bw_name *ref; /**< as written, or NULL when a number stands there */
    uint32_t phandle;
    bool empty;      /**< 0 or -1 as a number: a deliberate gap */
    bool unresolved; /**< a reference that leads nowhere (a finding of its own), or an unknown value */
} bw_target;
bw_target bw_run_target(const bw_run *run, const bw_prop *prop, uint32_t offset);

/** @return whether the value was written with a reference (<&label>) somewhere. */
bool bw_prop_has_references(const bw_prop *prop);
/** @return the byte offset of the first reference at @p from or after it, before @p to; 0: none (@p from is not 0). */
uint32_t bw_prop_reference_in(const bw_prop *prop, uint32_t from, uint32_t to);
/** @return whether the value is one NUL-terminated string. */
bool bw_prop_is_string(const bw_prop *prop);
/** @return whether the value is one string, equal to @p text. */
bool bw_prop_equals(const bw_prop *prop, const char *text);
bool bw_info_compatible(const bw_info *info, const char *text);
static inline bool bw_base_name_is(const bw_node *node, const char *text)
{
    return strlen(text) == node->name->base_len && memcmp(node->name->text, text, node->name->base_len) == 0;
}
bool bw_ends(const bw_name *name, const char *tail);

/** The counts that reg and names of the nodes on a bus were written for. @return false if they agree on none. */
bool bw_meant_counts(bw_run *run, const bw_info *bus, uint32_t *address, uint32_t *size);

/** #address-cells of a bus; 2 where absent (Devicetree Specification 2.3.5). */
static inline uint32_t bw_address_cells(const bw_info *bus)
{
    return bus->addr_cells < 0 ? 2 : (uint32_t)bus->addr_cells;
}
/** #size-cells of a bus; 1 where absent. */
static inline uint32_t bw_size_cells(const bw_info *bus)
{
    return bus->size_cells < 0 ? 1 : (uint32_t)bus->size_cells;
}

/** "0x800 (2 KiB)", in the arena of the unit. */
const char *bw_size_text(const bw_run *run, uint64_t bytes);
/** "0x1000–0x1fff". */
const char *bw_range_text(const bw_run *run, uint64_t first, uint64_t last);
const char *bw_path(const bw_run *run, const bw_node *node);
const char *bw_path_of_parent(const bw_run *run, const bw_info *info);

/* The checks of dtc, by file. */
#define BW_DTC_CHECK(name, fn, data, level, ...) D_##name,
typedef enum bw_dtc_index {
#include "check/dtc_checks.def"
    BW_DTC_CHECK_COUNT
} bw_dtc_index;
#undef BW_DTC_CHECK

typedef void bw_check_fn(bw_run *run, const bw_check *check);
/* dtc_names.c */
bw_check_fn bw_dtc_duplicate_node_names, bw_dtc_duplicate_property_names, bw_dtc_duplicate_label;
bw_check_fn bw_dtc_explicit_phandles, bw_dtc_phandle_references, bw_dtc_path_references, bw_dtc_omit_unused_nodes;
bw_check_fn bw_dtc_node_name_chars, bw_dtc_node_name_chars_strict, bw_dtc_node_name_format, bw_dtc_node_name_not_empty;
bw_check_fn bw_dtc_property_name_chars, bw_dtc_property_name_chars_strict, bw_dtc_node_name_vs_property_name;
bw_check_fn bw_dtc_name_is_string, bw_dtc_name_properties;
bw_check_fn bw_dtc_is_string, bw_dtc_is_string_list, bw_dtc_is_cell, bw_dtc_names_is_string_list;
bw_check_fn bw_dtc_always_fail;
/* dtc_cells.c and dtc_bus.c */
bw_check_fn bw_dtc_addr_size_cells, bw_dtc_reg_format, bw_dtc_ranges_format, bw_dtc_unit_address_vs_reg;
bw_check_fn bw_dtc_unit_address_format, bw_dtc_avoid_default_addr_size, bw_dtc_avoid_unnecessary_addr_size;
bw_check_fn bw_dtc_unique_unit_address;
bw_check_fn bw_dtc_pci_bridge, bw_dtc_pci_device_reg, bw_dtc_pci_device_bus_num, bw_dtc_simple_bus_bridge;
bw_check_fn bw_dtc_simple_bus_reg, bw_dtc_i2c_bus_bridge, bw_dtc_i2c_bus_reg, bw_dtc_spi_bus_bridge, bw_dtc_spi_bus_reg;
/* dtc_refs.c, dtc_interrupts.c and dtc_graph.c */
bw_check_fn bw_dtc_chosen_interrupt_controller, bw_dtc_chosen_is_root, bw_dtc_chosen_bootargs, bw_dtc_chosen_stdout;
bw_check_fn bw_dtc_provider, bw_dtc_gpios, bw_dtc_deprecated_gpio, bw_dtc_interrupts, bw_dtc_interrupt_provider;
bw_check_fn bw_dtc_interrupt_map, bw_dtc_alias_paths, bw_dtc_graph_nodes, bw_dtc_graph_port, bw_dtc_graph_endpoint;

#endif
