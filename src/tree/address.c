/* SPDX-License-Identifier: Apache-2.0 */
#include "tree/address.h"

#include "tree/strings.h"

#include <string.h>

/* Of PCI's phys.hi only the space code tells ranges apart: the rest names a function or flags. */
#define PCI_SPACE 0x03000000U

static bool is_pci(const bw_tree *tree, const bw_node *bus, uint32_t address_cells)
{
    const char *type = bw_node_string(bus, tree->unit->n->device_type);

    return address_cells == 3 && type && (strcmp(type, "pci") == 0 || strcmp(type, "pciex") == 0);
}

/* Tables of more rows than any real bus has are searched as if they were sorted first. */
#define MANY_ROWS 64U

/* How far from the row's beginning @p address is; false when the row does not hold it. Reads no more of the row than
 * it needs, because hostile tables are long. */
static bool row_holds(const bw_rows *rows, uint32_t index, bw_number address, bool pci, uint64_t *distance)
{
    const bw_value *value = &rows->prop->value;
    uint32_t offset = index * rows->row_len;
    bw_number child = bw_number_at(value, offset, rows->child_cells);
    uint32_t differs = child.high ^ address.high;

    if (address.value < child.value || (pci ? (differs & PCI_SPACE) != 0 : differs != 0) || child.wide)
        return false;
    bw_number size = bw_number_at(value, offset + 4 * (rows->child_cells + rows->parent_cells), rows->size_cells);
    *distance = address.value - child.value;
    return !size.wide && (*distance < size.value || size.high);
}

/* The last row that begins at or before @p address, if the table is sorted. */
static uint32_t guess_row(const bw_rows *rows, bw_number address)
{
    uint32_t low = 0;
    uint32_t high = rows->count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (bw_number_at(&rows->prop->value, middle * rows->row_len, rows->child_cells).value <= address.value)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The first row that holds @p address (any, in a table of many). */
static bool find_row(const bw_rows *rows, bw_number address, bool pci, uint32_t *index, uint64_t *distance)
{
    if (rows->count > MANY_ROWS) {
        *index = guess_row(rows, address);
        if (row_holds(rows, *index, address, pci, distance))
            return true;
    }
    for (*index = 0; *index < rows->count; ++*index)
        if (row_holds(rows, *index, address, pci, distance))
            return true;
    return false;
}

/* Bytes from @p distance on in row @p index, with the rows that go on where it ends, on both sides. */
static uint64_t bytes_from(const bw_rows *rows, uint32_t index, uint64_t distance)
{
    bw_row row = bw_rows_get(rows, index);
    uint64_t fits = row.size.value - distance;
    uint64_t child_end = row.child.value + row.size.value;
    uint64_t parent_end = row.parent.value + row.size.value;

    for (uint32_t i = 0; i < rows->count; i++) {
        bw_row next = bw_rows_get(rows, i);

        if (!next.known || i == index || next.child.high != row.child.high || next.child.value != child_end ||
            next.parent.value != parent_end || next.size.value == 0 || fits + next.size.value < fits)
            continue;
        fits += next.size.value;
        child_end += next.size.value;
        parent_end += next.size.value;
    }
    return fits;
}

/* One bus upwards. Changes @p address to the counts of the bus's parent; false when it ended here. */
static bool cross(const bw_tree *tree, const bw_node *bus, const bw_name *name, bw_number *address, uint64_t size,
                  bw_translation *t)
{
    bw_rows rows = bw_range_rows(tree, bus, name);

    t->bus = bus;
    t->ranges = rows.prop;
    t->address = address->value;
    if (rows.state == BW_STATE_NONE) {
        if (name == tree->unit->n->dma_ranges)
            return true; /* bus masters see what the parent sees unless the tree says otherwise */
        t->state = BW_TRANSLATE_NO_RANGES;
        return false;
    }
    if (rows.state == BW_STATE_UNKNOWN || rows.sure < rows.prop->value.len) {
        t->state = BW_TRANSLATE_UNKNOWN;
        return false;
    }
    if (rows.state == BW_STATE_BAD) {
        t->state = BW_TRANSLATE_BAD;
        return false;
    }
    if (rows.prop->value.len == 0)
        return true;
    bool pci = is_pci(tree, bus, rows.child_cells);
    uint64_t distance = 0;
    uint32_t index = 0;
    if (!find_row(&rows, *address, pci, &index, &distance)) {
        t->state = BW_TRANSLATE_OUTSIDE;
        return false;
    }
    bw_row row = bw_rows_get(&rows, index);
    if (row.parent.wide || row.parent.value + distance < distance) {
        t->state = BW_TRANSLATE_BAD;
        return false;
    }
    if (size > row.size.value - distance) {
        uint64_t fits = bytes_from(&rows, index, distance);

        if (size > fits && t->state != BW_TRANSLATE_CUT) {
            t->state = BW_TRANSLATE_CUT; /* goes on: the first address is right */
            t->fits = fits;
            t->row = index;
        }
    }
    address->value = row.parent.value + distance;
    address->high = row.parent.high;
    address->cells = row.parent.cells;
    address->wide = false;
    return true;
}

static bw_translation translate(const bw_tree *tree, const bw_node *bus, const bw_name *name, bw_number address,
                                uint64_t size)
{
    bw_translation t = {.state = BW_TRANSLATED};
    bw_translation cut = t;

    if (address.cells == 0 || address.wide)
        return (bw_translation){.state = BW_TRANSLATE_BAD, .address = address.value, .bus = bus};
    for (; bus && bus->parent; bus = bus->parent) {
        bw_translate_state before = t.state;

        if (!cross(tree, bus, name, &address, size, &t))
            return t;
        if (before != BW_TRANSLATE_CUT && t.state == BW_TRANSLATE_CUT)
            cut = t;
    }
    if (address.high && address.cells > 2)
        return (bw_translation){.state = BW_TRANSLATE_BAD, .address = address.value, .bus = bus};
    if (cut.state == BW_TRANSLATE_CUT)
        t = cut;
    else
        t.bus = NULL, t.ranges = NULL;
    t.address = address.value;
    return t;
}

bw_translation bw_translate_from_bus(const bw_tree *tree, const bw_node *bus, bw_number address, uint64_t size)
{
    return translate(tree, bus, tree->unit->n->ranges, address, size);
}

bw_translation bw_translate(const bw_tree *tree, const bw_node *node, bw_number address, uint64_t size)
{
    return bw_translate_from_bus(tree, node->parent, address, size);
}

bw_translation bw_translate_dma(const bw_tree *tree, const bw_node *node, bw_number address, uint64_t size)
{
    return translate(tree, node->parent, tree->unit->n->dma_ranges, address, size);
}

const char *bw_translate_reason(const bw_tree *tree, const bw_translation *t)
{
    bw_arena *arena = &tree->unit->arena;
    const char *bus = t->bus ? bw_node_path(tree, t->bus) : "/";
    unsigned long long address = t->address;

    switch (t->state) {
    case BW_TRANSLATED:
        return NULL;
    case BW_TRANSLATE_NO_RANGES:
        return bw_arena_printf(arena, "%s has no ranges", bus);
    case BW_TRANSLATE_OUTSIDE:
        return bw_arena_printf(arena, "the ranges of %s do not hold 0x%llx", bus, address);
    case BW_TRANSLATE_CUT:
        return bw_arena_printf(arena, "the ranges of %s hold only the first 0x%llx bytes of it", bus,
                               (unsigned long long)t->fits);
    case BW_TRANSLATE_UNKNOWN:
        return bw_arena_printf(arena, "the ranges of %s are not known", bus);
    case BW_TRANSLATE_BAD:
        break;
    }
    return bw_arena_printf(arena, "the cells or ranges of %s are malformed", bus);
}
