/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices that claim the same addresses, I2C addresses or chip selects.
 *
 * Real boards do put one register block into several nodes (a syscon and the devices cut out of it, a bus
 * wrapper and its core), always whole or nested. Blocks that overlap in part are what a wrong digit makes.
 */
#include "check/extent.h"
#include "check/semantic.h"

#include <inttypes.h>

/* -- register blocks ------------------------------------------------------------------------------------------- */

/* Devices on one memory-mapped bus; memory and what lies in it have checks of their own. */
static bool has_registers(bw_run *run, const bw_info *info)
{
    const bw_info *bus = bw_info_parent(run, info);
    const bw_name *above = bus->node->name;

    if (!info->enabled || (info->bad & BW_BAD_REG) || !info->compatible || bus->bus == BW_BUS_PCI)
        return false;
    /* Without ranges, addresses are numbers of some protocol, and the size may be anything. */
    if (!bus->ranges && !bw_info_is_root(run, bus))
        return false;
    return above != run->n->reserved_memory && above != run->n->cpus && !bw_info_compatible(bus, "fixed-partitions") &&
           !bw_info_compatible(bus, "fixed-subpartitions") && !bw_info_compatible(bus, "nvmem-cells") &&
           !bw_info_compatible(bus, "fixed-layout");
}

/* Banks of one block are given the size of the whole block again and again. */
static bool same_kind(const bw_info *a, const bw_info *b)
{
    uint32_t i = 0;
    uint32_t j = 0;
    const char *x = bw_prop_next_string(a->compatible, &i);
    const char *y = bw_prop_next_string(b->compatible, &j);

    return x && y && strcmp(x, y) == 0;
}

static gint by_bus(gconstpointer a, gconstpointer b)
{
    const bw_extent *x = a;
    const bw_extent *y = b;

    if (x->info->parent != y->info->parent)
        return x->info->parent < y->info->parent ? -1 : 1;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->last != y->last)
        return x->last > y->last ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void cross(bw_run *run, const bw_extent *a, const bw_extent *e)
{
    bw_finding *f = bw_extent_say(run, BW_CODE_device_overlap, e, "the block %s overlaps %s %s in part, by %s",
                                  bw_extent_text(run, e), a->info->node->name->text, bw_extent_text(run, a),
                                  bw_size_text(run, a->last - e->first + 1));
    bw_extent_note(run, f, a);
}

void bw_sem_device_overlap(bw_run *run, const bw_check *check)
{
    GArray *blocks = bw_extents_new();

    (void)check;
    BW_FOR_USES(run, run->n->reg, u)
    if (has_registers(run, &run->nodes[u->info]))
        bw_extents_add_reg(run, blocks, &run->nodes[u->info]);
    g_array_sort(blocks, by_bus);
    /* The last block that reaches furthest; nested ones end before it. */
    const bw_extent *open = NULL;
    for (guint i = 0; i < blocks->len; i++) {
        const bw_extent *e = BW_EXTENT(blocks, i);

        if (open && open->info->parent == e->info->parent && e->first <= open->last) {
            if (e->last <= open->last)
                continue;
            if (!((open->info->bad | e->info->bad) & BW_BAD_UNIT) && open->info != e->info && e->first != open->first &&
                !same_kind(open->info, e->info))
                cross(run, open, e);
        }
        open = e;
    }
    g_array_unref(blocks);
}

/* -- one address, two devices ------------------------------------------------------------------------------------- */

typedef struct claim {
    uint64_t address;
    bw_info *info;
} claim;

static gint by_claim(gconstpointer a, gconstpointer b)
{
    const claim *x = a;
    const claim *y = b;

    if (x->info->parent != y->info->parent)
        return x->info->parent < y->info->parent ? -1 : 1;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return x->info < y->info ? -1 : x->info > y->info;
}

/* I2C or SPI by name, or by its driver where one block can be either (sercom, flexcomm). */
static bw_bus serial_bus(const bw_info *bus)
{
    uint32_t offset = 0;
    const char *s;

    if (bus->bus == BW_BUS_I2C || bus->bus == BW_BUS_SPI)
        return (bw_bus)bus->bus;
    if (bus->bus != BW_BUS_NONE || bus->addr_cells != 1 || bus->size_cells != 0 || !bus->compatible)
        return BW_BUS_NONE;
    while ((s = bw_prop_next_string(bus->compatible, &offset))) {
        size_t len = strlen(s);

        if (len > 4 && (strcmp(s + len - 4, "-i2c") == 0 || strcmp(s + len - 4, "-spi") == 0))
            return s[len - 3] == 'i' ? BW_BUS_I2C : BW_BUS_SPI;
    }
    return BW_BUS_NONE;
}

static void say_twice(bw_run *run, const claim *a, const claim *b)
{
    const bw_info *bus = bw_info_parent(run, b->info);
    bool i2c = serial_bus(bus) == BW_BUS_I2C;
    bw_finding *f;

    if (i2c)
        f = BW_SAY_ELEM(run, i2c_address_duplicate, b->info, b->info->reg, 0,
                        "the I2C address 0x%" PRIx64 " is taken by %s", b->address, a->info->node->name->text);
    else
        f = BW_SAY_ELEM(run, spi_chip_select_duplicate, b->info, b->info->reg, 0,
                        "chip select %" PRIu64 " is taken by %s", b->address, a->info->node->name->text);
    bw_find_note(run->unit, f, bw_prop_value_span(a->info->reg), "%s is on the same bus", a->info->node->name->text);
}

/* All addresses of a device on I2C, the first of one on SPI: (bus, address) pairs to sort. */
void bw_sem_bus_addresses(bw_run *run, const bw_check *check)
{
    GArray *claims = g_array_new(FALSE, FALSE, sizeof(claim));

    (void)check;
    BW_FOR_USES(run, run->n->reg, u)
    {
        bw_info *info = &run->nodes[u->info];
        bw_bus bus = serial_bus(bw_info_parent(run, info));

        if (!info->enabled || (info->bad & BW_BAD_REG) || bus == BW_BUS_NONE)
            continue;
        bw_rows rows = bw_reg_rows(run->tree, info->node);
        for (uint32_t i = 0; rows.state == BW_STATE_OK && i < rows.count; i++) {
            bw_row row = bw_rows_get(&rows, i);
            claim c = {bus == BW_BUS_I2C ? row.child.value & 0x3fffffff : row.child.value, info};

            /* With sizes, the addresses are of memory-mapped flash: two chips may share them. */
            if (row.known && row.child.cells == 1 && !row.size.cells)
                g_array_append_val(claims, c);
        }
    }
    g_array_sort(claims, by_claim);
    for (guint i = 1; i < claims->len; i++) {
        const claim *a = &g_array_index(claims, claim, i - 1);
        const claim *b = &g_array_index(claims, claim, i);

        if (a->info->parent == b->info->parent && a->address == b->address && a->info != b->info)
            say_twice(run, a, b);
    }
    g_array_unref(claims);
}

/* A chip select beyond those of the controller. */
void bw_sem_chip_select(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->num_cs, u)
    {
        bw_info *bus = &run->nodes[u->info];
        uint32_t count;

        if (bus->bus != BW_BUS_SPI || bw_prop_u32(u->prop, &count) != BW_STATE_OK ||
            bw_node_prop(bus->node, run->n->cs_gpios))
            continue;
        BW_FOR_INFO_CHILDREN(run, bus, child)
        {
            if (!child->reg || (child->bad & BW_BAD_REG) || !child->enabled || child->reg->value.len < 4 ||
                !bw_run_known(run, child->reg) || bw_cell(child->reg, 0) < count)
                continue;
            bw_finding *f = BW_SAY_ELEM(run, spi_chip_select_range, child, child->reg, 0,
                                        "chip select %u of a controller that has %u (0 to %u)", bw_cell(child->reg, 0),
                                        count, count ? count - 1 : 0);
            bw_find_note(run->unit, f, bw_prop_value_span(u->prop), "num-cs of %s", bus->node->name->text);
        }
    }
}

/* One address on a memory-mapped bus, enabled twice, by devices with nothing in common. */
void bw_sem_duplicate_address(bw_run *run, const bw_check *check)
{
    bw_slots *seen = &run->unit->strings;

    (void)check;
    /* Zephyr gives each driver of a shared block a node of its own. */
    if (!bw_listens(run, BW_CODE_duplicate_address) || run->tree->zephyr)
        return;
    BW_FOR_INFOS(run, bus)
    {
        if (bw_info_is_leaf(run, bus) || bus->bus == BW_BUS_I2C || bus->bus == BW_BUS_SPI || bus->addr_cells < 1)
            continue;
        bw_slots_clear(seen);
        BW_FOR_INFO_CHILDREN(run, bus, child)
        {
            if (!child->enabled || !child->reg || !child->compatible || (child->bad & BW_BAD_REG) ||
                !bw_name_unit(child->node->name)[0])
                continue;
            const bw_name *unit = bw_intern_str(run->unit->ctx->names, bw_name_unit(child->node->name));
            bw_slot *slot = bw_slot_of(seen, unit);
            bw_info *first = slot->ptr;
            if (!first) {
                slot->ptr = child;
                continue;
            }
            bw_finding *f = BW_SAY_NODE(run, duplicate_address, child, "%s is at the same address %s and enabled too",
                                        first->node->name->text, unit->text);
            bw_find_note_node(run->tree, f, first->node, "the other node");
        }
    }
    bw_slots_clear(seen);
}
