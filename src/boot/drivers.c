/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/drivers.h"

#include "tree/strings.h"

#include <string.h>

typedef struct driver_row {
    const char *compatible, *driver;
} driver_row;

static const driver_row consoles[] = {
#define BW_CONSOLE(compatible, driver) {compatible, #driver},
#include "boot/drivers.def"
    {NULL, NULL}};
static const driver_row timers[] = {
#define BW_TIMER(compatible, driver) {compatible, #driver},
#include "boot/drivers.def"
    {NULL, NULL}};
static const driver_row intcs[] = {
#define BW_INTC(compatible, driver) {compatible, #driver},
#include "boot/drivers.def"
    {NULL, NULL}};

static const struct {
    const char *driver;
    bw_rate_source source;
} rates[] = {
#define BW_RATE(driver, source) {#driver, BW_RATE_##source},
#include "boot/drivers.def"
    {NULL, BW_RATE_own}};

typedef struct part_row {
    const char *compatible;
    uint32_t part;
} part_row;

static const part_row primecells[] = {
#define BW_PRIMECELL(compatible, part) {compatible, part},
#include "boot/drivers.def"
    {NULL, 0}};
static const part_row cpu_parts[] = {
#define BW_CPU_PART(compatible, part) {compatible, part},
#include "boot/drivers.def"
    {NULL, 0}};

static const struct {
    const char *compatible;
    bw_driver_id id;
} ids[] = {
#define BW_ID(compatible, block, offset, mask, value) {compatible, {block, offset, mask, value}},
#include "boot/drivers.def"
    {NULL, {0, 0, 0, 0}}};

static const driver_row *rows_of(bw_driver_kind kind)
{
    return kind == BW_DRIVER_CONSOLE ? consoles : kind == BW_DRIVER_TIMER ? timers : intcs;
}

const char *bw_driver_kind_name(bw_driver_kind kind)
{
    static const char *const names[] = {"console", "timer", "intc"};

    return names[kind];
}

const char *bw_driver_at(bw_driver_kind kind, size_t index)
{
    const driver_row *rows = rows_of(kind);

    for (size_t i = 0; rows[i].compatible; i++)
        if (i == index)
            return rows[i].driver;
    return NULL;
}

bw_rate_source bw_driver_rate_source(const char *driver)
{
    for (size_t i = 0; rates[i].driver; i++)
        if (strcmp(rates[i].driver, driver) == 0)
            return rates[i].source;
    return BW_RATE_own;
}

/* Walks the entries of a node's compatible: *offset is where the next one begins. */
static const char *next_compatible(const bw_tree *tree, const bw_node *node, uint32_t *offset, uint32_t *at)
{
    *at = *offset;
    return bw_prop_next_string(bw_node_prop(node, tree->unit->n->compatible), offset);
}

bw_driver_match bw_driver_of(const bw_tree *tree, const bw_node *node, bw_driver_kind kind)
{
    bw_driver_match match = {0};
    uint32_t offset = 0;

    for (const char *text; (text = next_compatible(tree, node, &offset, &match.offset));)
        for (const driver_row *row = rows_of(kind); row->compatible; row++)
            if (strcmp(row->compatible, text) == 0) {
                match.compatible = row->compatible;
                match.driver = row->driver;
                return match;
            }
    return match;
}

static bool find_part(const part_row *rows, const char *text, bw_driver_match *match)
{
    for (; rows->compatible; rows++)
        if (strcmp(rows->compatible, text) == 0) {
            match->compatible = rows->compatible;
            match->part = rows->part;
            return true;
        }
    return false;
}

bw_driver_match bw_driver_ids_of(const bw_tree *tree, const bw_node *node)
{
    bw_driver_match match = {0};
    uint32_t offset = 0;

    for (const char *text; (text = next_compatible(tree, node, &offset, &match.offset));) {
        match.is_primecell = find_part(primecells, text, &match);
        for (size_t i = 0; ids[i].compatible; i++)
            if (strcmp(ids[i].compatible, text) == 0 && match.id_count < BW_DRIVER_IDS_MAX) {
                match.compatible = ids[i].compatible;
                match.ids[match.id_count++] = ids[i].id;
            }
        if (match.compatible)
            return match;
    }
    return match;
}

bw_driver_match bw_driver_cpu_part_of(const bw_tree *tree, const bw_node *node)
{
    bw_driver_match match = {0};
    uint32_t offset = 0;

    for (const char *text; (text = next_compatible(tree, node, &offset, &match.offset));)
        if (find_part(cpu_parts, text, &match))
            return match;
    return match;
}
