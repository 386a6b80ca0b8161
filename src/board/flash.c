/* SPDX-License-Identifier: Apache-2.0 */
/* Flash devices, where they can be read, and their partitions. */
#include "board/parts.h"

#include <string.h>

#define PARTITION_DEPTH_MAX 8

/* A second window of a controller that is no smaller is where its flash appears. */
#define WINDOW_MIN ((uint64_t)1 << 20)

/* ---- what is flash ---- */

static const bw_node *partition_table(const bw_maker *m, const bw_node *node)
{
    if (bw_node_is_compatible(m->tree, node, "fixed-partitions") ||
        bw_node_is_compatible(m->tree, node, "fixed-subpartitions"))
        return node;
    BW_FOR_CHILDREN (node, c) {
        if (bw_node_is_compatible(m->tree, c, "fixed-partitions"))
            return c;
    }
    return NULL;
}

/* Bindings: Linux mtd/ (jedec,spi-nor, mtd-physmap), Zephyr mtd/ (soc-nv-flash and vendors' nv-flash). */
static bool flash_binding(const char *text)
{
    return (strstr(text, "nv-") && strstr(text, "flash")) || strstr(text, "spi-nor") || strstr(text, "spi-nand") ||
           strstr(text, "cfi-flash") || strstr(text, "jedec-flash") || strstr(text, "hyperflash");
}

bool bw_is_flash(const bw_maker *m, const bw_node *node)
{
    const bw_prop *compatible = bw_node_prop(node, m->n->compatible);
    uint32_t offset = 0;
    const char *text;

    if (strstr(node->name->text, "controller"))
        return false;
    while ((text = bw_prop_next_string(compatible, &offset)))
        if (flash_binding(text) && !strstr(text, "controller"))
            return true;
    if (compatible && bw_is_named(node, "flash") && bw_node_prop(node, m->n->reg))
        return true;
    const bw_node *table = partition_table(m, node);
    return table && table != node && bw_node_prop(node, m->n->reg);
}

/* ---- where it is ---- */

static bool is_on_chip(const bw_maker *m, const bw_node *node)
{
    const bw_prop *compatible = bw_node_prop(node, m->n->compatible);
    uint32_t offset = 0;
    const char *text;

    while ((text = bw_prop_next_string(compatible, &offset)))
        if (strstr(text, "nv-") && strstr(text, "flash"))
            return true;
    return false;
}

/* Zephyr's controllers have no ranges although their flash has its own address in the CPU's address space: on-chip
 * flash (dts/bindings/mtd/soc-nv-flash.yaml), and serial flash that is read in a window (st,stm32-qspi-nor.yaml). The
 * latter is told by an address other than 0. */
static void place_without_ranges(const bw_maker *m, const bw_node *node, const bw_block *block, bw_flash *flash)
{
    if (block->translation.state != BW_TRANSLATE_NO_RANGES || block->translation.bus != node->parent)
        return;
    if (!is_on_chip(m, node) && (block->bus_address.value < WINDOW_MIN || block->bus_address.cells != 1))
        return;
    flash->mapped = true;
    flash->address = block->bus_address.value;
}

static bool is_window(const bw_block *block)
{
    static const char *const names[] = {"mmap", "memory", "ahb", "flash", "xip", "qspi_mm", "xspi_mm", "dirmap", NULL};

    for (const char *const *n = names; block->name && *n; n++)
        if (strstr(block->name, *n))
            return true;
    return block->name && strcmp(block->name, "mem") == 0 && block->size >= WINDOW_MIN; /* sifive,spi0 */
}

/* The first chip of a controller for serial flash appears at the beginning of the controller's window: a named
 * block, or the second of two if it is large (Linux: spi/cdns,qspi-nor.yaml, spi/spi-nxp-fspi.yaml). */
static void place_by_window(const bw_maker *m, const bw_node *node, const bw_block *own, bw_flash *flash)
{
    bw_block *blocks;
    uint32_t count = bw_make_blocks(m, node->parent, &blocks);
    const bw_block *window = NULL;

    if (own && (own->bus_address.value != 0 || own->bus_address.high))
        return;
    for (uint32_t i = 0; i < count && !window; i++)
        if (blocks[i].mapped && is_window(&blocks[i]))
            window = &blocks[i];
    if (!window && count == 2 && !blocks[0].name && blocks[1].mapped && blocks[1].size >= WINDOW_MIN &&
        blocks[1].size > blocks[0].size)
        window = &blocks[1];
    if (!window || window->size == 0)
        return;
    flash->mapped = true;
    flash->by_controller = true;
    flash->address = window->address;
}

/* Banks that follow each other are one flash; the size is the sum in any case. */
static void place_blocks(const bw_maker *m, const bw_node *node, const bw_block *blocks, uint32_t count,
                         bw_flash *flash)
{
    uint64_t size = 0;
    bool together = true;

    for (uint32_t i = 0; i < count; i++) {
        together &= blocks[i].mapped && (i == 0 || blocks[i].address == blocks[0].address + size);
        if (size + blocks[i].size < size)
            return;
        size += blocks[i].size;
    }
    flash->size = size;
    flash->size_known = size > 0;
    flash->size_prop = blocks[0].prop;
    if (together) {
        flash->mapped = true;
        flash->address = blocks[0].address;
    } else if (count == 1) {
        place_without_ranges(m, node, &blocks[0], flash);
    }
}

/* Zephyr writes the size of a serial flash in bits (dts/bindings/mtd/jedec,spi-nor-common.yaml). */
static void size_from_property(const bw_maker *m, const bw_node *node, bw_flash *flash)
{
    const bw_prop *bits = bw_node_prop(node, m->n->size);
    const bw_prop *bytes = bw_node_prop_text(node, "size-in-bytes");
    uint64_t value = 0;

    if (bw_prop_u64(bytes, &value) == BW_STATE_OK && value) {
        flash->size = value;
        flash->size_prop = bytes;
    } else if (bw_prop_u64(bits, &value) == BW_STATE_OK && value >= 8) {
        flash->size = value / 8;
        flash->size_prop = bits;
    }
    flash->size_known = flash->size_prop != NULL;
}

/* ---- partitions ---- */

static int compare_partitions(gconstpointer x, gconstpointer y)
{
    const bw_partition *a = x, *b = y;

    if (a->known != b->known)
        return a->known ? -1 : 1;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return strcmp(a->path, b->path);
}

static bw_partition make_partition(const bw_maker *m, const bw_flash *flash, const bw_node *node, uint64_t base)
{
    bw_rows rows = bw_reg_rows(m->tree, node);
    bw_partition p = {.node = node};

    p.path = bw_node_path(m->tree, node);
    p.label = bw_label_of(node);
    p.name = bw_node_string(node, m->n->label);
    if (!p.name)
        p.name = p.label ? p.label : node->name->text;
    p.read_only = bw_node_prop_text(node, "read-only") != NULL;
    p.unavailable = bw_node_unavailable(m->tree, node);
    if (rows.count == 0 || rows.state != BW_STATE_OK || rows.size_cells == 0)
        return p;
    bw_row row = bw_rows_get(&rows, 0);
    p.known = row.known && row.child.cells > 0 && !row.child.wide && !row.child.high && !row.size.wide &&
              row.child.value + base >= base;
    if (!p.known)
        return p;
    p.offset = row.child.value + base;
    p.size = row.size.value;
    p.reg_offset = row.offset;
    p.mapped = flash->mapped && flash->address + p.offset >= p.offset;
    p.address = p.mapped ? flash->address + p.offset : 0;
    return p;
}

/* Appends the partitions of a table in order, each followed by its own sub-partitions. */
static void add_partitions(const bw_maker *m, GArray *list, const bw_flash *flash, const bw_node *table, uint64_t base,
                           uint32_t depth, int32_t parent)
{
    GArray *siblings = g_array_new(FALSE, FALSE, sizeof(bw_partition));

    BW_FOR_CHILDREN (table, c) {
        if (!bw_node_prop(c, m->n->reg))
            continue;
        bw_partition p = make_partition(m, flash, c, base);
        p.depth = depth;
        p.parent = parent;
        g_array_append_val(siblings, p);
    }
    g_array_sort(siblings, compare_partitions);
    for (guint i = 0; i < siblings->len; i++) {
        const bw_partition *p = &g_array_index(siblings, bw_partition, i);
        int32_t self = (int32_t)list->len;

        g_array_append_vals(list, p, 1);
        const bw_node *inner = p->known && depth < PARTITION_DEPTH_MAX ? partition_table(m, p->node) : NULL;
        if (inner)
            add_partitions(m, list, flash, inner, p->offset, depth + 1, self);
    }
    g_array_free(siblings, TRUE);
}

/* Flash that can be read in the address space is memory too. */
static void add_as_memory(bw_maker *m, const bw_flash *flash, const bw_block *own)
{
    bw_memory memory = {.node = flash->node, .kind = BW_MEMORY_FLASH, .path = flash->path, .label = flash->label};

    if (!flash->mapped || !flash->size_known)
        return;
    memory.name = flash->label ? flash->label : flash->node->name->text;
    memory.unavailable = flash->unavailable;
    if (own)
        memory.block = *own;
    memory.block.node = flash->node;
    memory.block.mapped = memory.block.has_size = true;
    memory.block.address = flash->address;
    memory.block.size = flash->size;
    g_array_append_val(m->memories, memory);
}

void bw_make_flash(bw_maker *m, const bw_node *node)
{
    bw_block *blocks;
    uint32_t count = bw_make_blocks(m, node, &blocks);
    bw_flash flash = {.node = node};
    uint32_t value;

    flash.path = bw_node_path(m->tree, node);
    flash.label = bw_label_of(node);
    flash.compatible = bw_node_string(node, m->n->compatible);
    flash.unavailable = bw_node_unavailable(m->tree, node);
    if (count > 0 && blocks[0].has_size) {
        place_blocks(m, node, blocks, count, &flash);
    } else {
        size_from_property(m, node, &flash);
        place_by_window(m, node, count ? &blocks[0] : NULL, &flash);
    }
    if (bw_node_u32(node, m->n->erase_block_size, &value) == BW_STATE_OK)
        flash.erase_block = value;
    if (bw_prop_u32(bw_node_prop_text(node, "write-block-size"), &value) == BW_STATE_OK)
        flash.write_block = value;
    flash.table = partition_table(m, node);
    GArray *list = g_array_new(FALSE, FALSE, sizeof(bw_partition));
    if (flash.table)
        add_partitions(m, list, &flash, flash.table, 0, 0, -1);
    flash.partition_count = list->len;
    flash.partitions = bw_arena_dup(m->arena, list->data, list->len * sizeof(bw_partition));
    g_array_free(list, TRUE);
    add_as_memory(m, &flash, count ? &blocks[0] : NULL);
    g_array_append_val(m->flashes, flash);
}
