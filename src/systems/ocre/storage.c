/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/storage.h"

#include "tree/strings.h"

#include <string.h>

/* A second reg of a controller that is no smaller is where its flash appears: bytes. */
#define WINDOW_MIN ((uint64_t)1 << 20)

/* Bindings of memory on the chip: soc-nv-flash and vendors' own nv-flash and MRAM. */
static bool is_on_chip(const bw_node *flash)
{
    const bw_prop *compatible = bw_node_prop_text(flash, "compatible");
    uint32_t at = 0;
    const char *one;

    while ((one = bw_prop_next_string(compatible, &at)))
        if ((strstr(one, "nv-") && strstr(one, "flash")) || strstr(one, "mram"))
            return true;
    return false;
}

/* The flash that holds a partition, through partitions of partitions. */
static const bw_flash *flash_of(const bw_board *board, const bw_node *node, const bw_partition **partition)
{
    for (uint32_t f = 0; f < board->flash_count; f++)
        for (uint32_t p = 0; p < board->flashes[f].partition_count; p++)
            if (board->flashes[f].partitions[p].node == node) {
                *partition = &board->flashes[f].partitions[p];
                return &board->flashes[f];
            }
    return NULL;
}

/* What Zephyr's Kconfig functions return for the first address of reg: translated as far as ranges go, 0 without reg.
 * @return false when it cannot be known. */
static bool zephyr_address(const bw_tree *tree, const bw_node *node, uint64_t *address)
{
    const bw_rows rows = bw_reg_rows(tree, node);

    *address = 0;
    if (rows.state == BW_STATE_NONE)
        return true;
    if (rows.state != BW_STATE_OK || rows.count == 0)
        return false;
    const bw_row row = bw_rows_get(&rows, 0);
    if (!row.known || row.child.wide || row.child.high)
        return false;
    const bw_translation t = bw_translate(tree, node, row.child, 0);
    *address = t.address;
    return t.state == BW_TRANSLATED || t.state == BW_TRANSLATE_NO_RANGES || t.state == BW_TRANSLATE_OUTSIDE;
}

static void read_reg(bw_ocre_storage *s, const bw_tree *tree)
{
    const bw_rows rows = bw_reg_rows(tree, s->node);

    s->reg = rows.prop;
    if (rows.state != BW_STATE_OK || rows.count == 0 || rows.size_cells == 0)
        return;
    const bw_row row = bw_rows_get(&rows, 0);
    s->reg_offset = row.offset;
    s->reg_len = row.len;
    s->known = row.known && row.child.cells && !row.child.wide && !row.child.high && !row.size.wide && !row.size.high;
    s->offset = row.child.value;
    s->size = row.size.value;
}

static void read_block(bw_ocre_storage *s)
{
    uint32_t block = 0;

    s->block_guessed =
        bw_prop_u32(bw_node_prop_text(s->grandparent, "erase-block-size"), &block) != BW_STATE_OK || !block;
    if (!s->block_guessed)
        s->block = block;
}

/* The partition's own way to the root counts first: nothing may be added to what ranges made of it already. */
static bool map_by_ranges(bw_ocre_storage *s, const bw_tree *tree)
{
    const bw_rows rows = bw_reg_rows(tree, s->node);
    const bw_row row = bw_rows_get(&rows, 0);
    const bw_translation t = bw_translate(tree, s->node, row.child, 0);

    /* Behind a controller without ranges the way ends in front of it, with the address that flash on the chip has. */
    if (t.state != BW_TRANSLATED && !(t.state == BW_TRANSLATE_NO_RANGES && s->flash &&
                                      t.bus == s->flash->node->parent && is_on_chip(s->flash->node)))
        return false;
    s->mapping = BW_OCRE_BY_RANGES;
    s->address = t.address;
    return true;
}

/* A number that no row of ranges holds keeps its value, as Zephyr's tools have it: flash of parts with a secure alias
 * stands below a bus of peripherals that does not lead to it. */
static bool address_of_row(const bw_tree *tree, const bw_node *node, uint32_t index, uint64_t *address, uint64_t *size)
{
    const bw_rows rows = bw_reg_rows(tree, node);

    if (rows.state != BW_STATE_OK || rows.count <= index || rows.size_cells == 0)
        return false;
    const bw_row row = bw_rows_get(&rows, index);
    if (!row.known || row.child.wide || row.child.high || row.size.wide || row.size.high)
        return false;
    const bw_translation t = bw_translate(tree, node, row.child, 0);
    *address = t.address;
    *size = row.size.value;
    return t.state == BW_TRANSLATED || t.state == BW_TRANSLATE_OUTSIDE;
}

/* What the board model does not take for mapped, or not for a flash: memory on the chip with several tables of
 * partitions, and windows behind a bus that does not lead to them. */
static void map_by_parents(bw_ocre_storage *s, const bw_tree *tree)
{
    const bw_node *flash = s->grandparent;
    const bw_node *controller = flash->parent;
    const bw_rows reg = bw_reg_rows(tree, flash);
    uint64_t size, first, first_size;

    if (s->flash && s->flash->node != flash)
        return;
    if (is_on_chip(flash) && address_of_row(tree, flash, 0, &s->base, &size)) {
        s->mapping = BW_OCRE_BY_FLASH;
    } else if (controller && reg.state == BW_STATE_OK && reg.size_cells == 0 && reg.count &&
               address_of_row(tree, controller, 1, &s->base, &size) && size >= WINDOW_MIN &&
               address_of_row(tree, controller, 0, &first, &first_size) && size > first_size) {
        s->mapping = BW_OCRE_BY_CONTROLLER;
    }
    if (s->mapping != BW_OCRE_UNMAPPED && __builtin_add_overflow(s->base, s->offset, &s->address))
        s->mapping = BW_OCRE_UNMAPPED;
}

static bool is_translated(const bw_tree *tree, const bw_node *flash)
{
    const bw_rows rows = bw_reg_rows(tree, flash);

    if (rows.state != BW_STATE_OK || rows.count == 0)
        return false;
    return bw_translate(tree, flash, bw_rows_get(&rows, 0).child, 0).state == BW_TRANSLATED;
}

/* @param offset in the flash, also of a partition of a partition */
static void map_by_flash(bw_ocre_storage *s, const bw_tree *tree, uint64_t offset)
{
    if (!s->flash || !s->flash->mapped)
        return;
    s->base = s->flash->address;
    if (__builtin_add_overflow(s->base, offset, &s->address))
        return;
    if (s->flash->by_controller)
        s->mapping = BW_OCRE_BY_CONTROLLER;
    else if (is_on_chip(s->flash->node) || is_translated(tree, s->flash->node))
        s->mapping = BW_OCRE_BY_FLASH;
    else
        s->mapping = BW_OCRE_BY_CHIP;
}

bw_ocre_storage bw_ocre_storage_of(const bw_board *board)
{
    const bw_tree *tree = board->tree;
    const bw_partition *partition = NULL;
    bw_ocre_storage s = {.node = bw_tree_by_ref(tree, BW_OCRE_STORAGE_LABEL), .block = BW_OCRE_BLOCK_DEFAULT};
    uint64_t base, own;

    if (!s.node)
        return s;
    s.unavailable = bw_node_unavailable(tree, s.node);
    s.flash = flash_of(board, s.node, &partition);
    s.grandparent = s.node->parent ? s.node->parent->parent : NULL;
    read_reg(&s, tree);
    if (!s.known || !s.grandparent)
        return s;
    read_block(&s);
    if (!map_by_ranges(&s, tree))
        map_by_flash(&s, tree, partition ? partition->offset : s.offset);
    if (s.mapping == BW_OCRE_UNMAPPED)
        map_by_parents(&s, tree);
    s.has_formula = zephyr_address(tree, s.grandparent, &base) && zephyr_address(tree, s.node, &own) &&
                    !__builtin_add_overflow(base, own, &s.formula);
    return s;
}

bw_ocre_storage bw_ocre_storage_in(const bw_board *board, const bw_flash *flash, uint64_t offset, uint64_t size,
                                   bool ranges)
{
    bw_ocre_storage s = {.known = true, .offset = offset, .size = size, .flash = flash, .grandparent = flash->node};
    uint64_t base, own = offset;

    s.block = BW_OCRE_BLOCK_DEFAULT;
    read_block(&s);
    map_by_flash(&s, board->tree, offset);
    if (s.mapping == BW_OCRE_UNMAPPED)
        map_by_parents(&s, board->tree);
    s.has_formula = zephyr_address(board->tree, flash->node, &base) &&
                    (!ranges || !__builtin_add_overflow(base, offset, &own)) &&
                    !__builtin_add_overflow(base, own, &s.formula);
    return s;
}

const char *bw_ocre_layout_symbol(const bw_tree *tree, const bw_node *flash)
{
    static const struct {
        const char *compatible, *symbol;
    } drivers[] = {
        {"jedec,spi-nor", "SPI_NOR_FLASH_LAYOUT_PAGE_SIZE"},
        {"nordic,qspi-nor", "NORDIC_QSPI_NOR_FLASH_LAYOUT_PAGE_SIZE"},
        {"jedec,mspi-nor", "FLASH_MSPI_NOR_LAYOUT_PAGE_SIZE"},
        {"andestech,qspi-nor", "FLASH_ANDES_QSPI_LAYOUT_PAGE_SIZE"},
    };

    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        if (bw_node_is_compatible(tree, flash, drivers[i].compatible))
            return drivers[i].symbol;
    return NULL;
}
