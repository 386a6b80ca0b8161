/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash partitions: within their flash, apart from each other, on erase blocks.
 * Sources: Linux bindings mtd/partitions/fixed-partitions.yaml; Zephyr bindings mtd/fixed-partitions.yaml,
 * mtd/fixed-subpartitions.yaml, mtd/jedec,spi-nor-common.yaml (size in bits).
 */
#include "check/extent.h"
#include "check/semantic.h"

#include <inttypes.h>

/* What partitions lie in: a flash or a partition. Their addresses count from its start. */
typedef struct container {
    bw_info *info;
    bw_prop *prop;        /**< where its size is written; NULL: not known */
    uint32_t offset;      /**< of the size's row */
    uint64_t size;        /**< bytes */
    uint32_t erase_block; /**< bytes; 0: not said */
} container;

/* Serial flash says its size in bits; of others we do not know the unit. */
static bool size_in_bits(const bw_info *flash)
{
    uint32_t offset = 0;
    const char *s;

    if (!flash->compatible)
        return false;
    while ((s = bw_prop_next_string(flash->compatible, &offset)))
        if (strstr(s, "spi-nor") || strstr(s, "spi-nand") || strstr(s, "-qspi-nor") || strstr(s, "flexspi-nor"))
            return true;
    return false;
}

static container flash_of(bw_run *run, bw_info *flash)
{
    container c = {.info = flash};
    bw_prop *size = bw_node_prop(flash->node, run->n->size);
    bw_rows rows = bw_reg_rows(run->tree, flash->node);
    uint64_t sum = 0;

    bw_node_u32(flash->node, run->n->erase_block_size, &c.erase_block);
    if (run->tree->has_unknown && ((size && !bw_run_known(run, size)) || rows.state == BW_STATE_UNKNOWN))
        return c;
    /* On a serial bus reg is a chip select and has no size. */
    for (uint32_t i = 0; rows.state == BW_STATE_OK && rows.size_cells && i < rows.count; i++) {
        bw_row row = bw_rows_get(&rows, i);

        if (row.size.wide || row.size.high || sum + row.size.value < sum)
            return c;
        sum += row.size.value;
    }
    /* A NAND controller's chip select is no flash size, nor is a window that is smaller than a page. */
    if (rows.state == BW_STATE_OK && sum >= 4096) {
        c.prop = flash->reg;
        c.size = sum;
    } else if (size && size->value.len == 4 && size_in_bits(flash) && bw_cell(size, 0) >= 8 * 4096) {
        c.prop = size;
        c.size = bw_cell(size, 0) / 8;
    }
    return c;
}

/* A flash that is smaller than its table is one mistake, however many partitions lie beyond its end. */
static void partitions_outside(bw_run *run, const container *c, GArray *parts)
{
    bw_finding *f = NULL;

    for (guint i = 0; c->prop && i < parts->len; i++) {
        const bw_extent *e = BW_EXTENT(parts, i);

        if (e->last < c->size)
            continue;
        if (f) {
            bw_find_note(run->unit, f, bw_extent_span(e), "so does %s, %s", e->info->node->name->text,
                         bw_extent_text(run, e));
            continue;
        }
        f = bw_extent_say(run, BW_CODE_partition_outside, e,
                          "the partition %s ends %s beyond the end of %s, which has %s", bw_extent_text(run, e),
                          bw_size_text(run, e->last - c->size + 1), bw_path(run, c->info->node),
                          bw_size_text(run, c->size));
        bw_find_note(run->unit, f, bw_prop_value_span(c->prop), "the size is written here");
        if (!f)
            return;
    }
}

static void partition_alignment(bw_run *run, const container *c, const bw_extent *e)
{
    uint32_t block = c->erase_block;
    bool start = block && e->first % block;
    bool end = block && (e->last + 1) % block;

    if (!block || (!start && !end) || bw_node_prop_text(e->info->node, "read-only"))
        return;
    bw_finding *f = bw_extent_say(run, BW_CODE_partition_alignment, e,
                                  "the partition %s at 0x%" PRIx64 ", inside of an erase block of %s",
                                  start ? "begins" : "ends", start ? e->first : e->last + 1, bw_size_text(run, block));
    bw_prop *said = bw_node_prop(c->info->node, run->n->erase_block_size);
    bw_find_note(run->unit, f, bw_prop_value_span(said), "erase-block-size of %s", bw_path(run, c->info->node));
}

static void partition_overlap(bw_run *run, GArray *parts)
{
    const bw_extent *widest = NULL;

    for (guint i = 0; i < parts->len; i++) {
        const bw_extent *e = BW_EXTENT(parts, i);

        if (widest && e->first <= widest->last) {
            uint64_t common = MIN(e->last, widest->last) - e->first + 1;
            bw_finding *f = bw_extent_say(run, BW_CODE_partition_overlap, e, "the partition %s overlaps %s %s by %s",
                                          bw_extent_text(run, e), widest->info->node->name->text,
                                          bw_extent_text(run, widest), bw_size_text(run, common));
            bw_extent_note(run, f, widest);
        }
        if (!widest || e->last > widest->last)
            widest = e;
    }
}

static bool is_table(const bw_info *info)
{
    return bw_info_compatible(info, "fixed-partitions") || bw_info_compatible(info, "fixed-subpartitions");
}

/* @param table holds the partitions as children; in a fixed-subpartitions node it is the container itself. */
static void partitions_of(bw_run *run, bw_info *table, const container *c)
{
    GArray *parts = bw_extents_new();

    BW_FOR_INFO_CHILDREN(run, table, child)
    {
        bw_rows rows = bw_reg_rows(run->tree, child->node);

        bw_extents_add_reg(run, parts, child);
        for (uint32_t i = 0; rows.state == BW_STATE_OK && rows.size_cells && i < rows.count; i++) {
            bw_row row = bw_rows_get(&rows, i);
            if (row.known && row.size.value == 0 && row.size.high == 0)
                BW_SAY_ELEM(run, partition_empty, child, child->reg, row.offset, "the partition has a size of 0");
        }
    }
    bw_extents_sort(parts);
    partitions_outside(run, c, parts);
    for (guint i = 0; i < parts->len; i++)
        partition_alignment(run, c, BW_EXTENT(parts, i));
    partition_overlap(run, parts);
    g_array_unref(parts);
}

/* A partition that is divided again is the container of its parts. */
static container partition_as_container(bw_run *run, bw_info *partition, uint32_t erase_block)
{
    container c = {.info = partition, .erase_block = erase_block};
    bw_rows rows = bw_reg_rows(run->tree, partition->node);

    if (rows.state != BW_STATE_OK || rows.count != 1)
        return c;
    bw_row row = bw_rows_get(&rows, 0);
    if (row.known && row.size.cells && !row.size.high && !row.size.wide && row.size.value) {
        c.prop = partition->reg;
        c.size = row.size.value;
        /* Blocks count from the start of the flash. */
        if (erase_block && row.child.value % erase_block)
            c.erase_block = 0;
    }
    return c;
}

void bw_sem_partitions(bw_run *run, const bw_check *check)
{
    (void)check;
    if (run->tree->plugin)
        return;
    BW_FOR_USES(run, run->n->compatible, u)
    {
        bw_info *table = &run->nodes[u->info];

        if (bw_info_is_root(run, table) || !is_table(table) || !bw_run_known(run, u->prop))
            continue;
        bw_info *above = bw_info_parent(run, table);
        container c;
        if (bw_info_compatible(table, "fixed-subpartitions") || is_table(above)) {
            /* The table is a partition itself. */
            bw_info *flash = bw_info_parent(run, above);
            container whole = flash_of(run, flash);
            c = partition_as_container(run, table, whole.erase_block);
        } else {
            c = flash_of(run, above);
        }
        partitions_of(run, table, &c);
    }
}
