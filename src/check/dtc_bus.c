/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dtc's checks of the buses that it knows: PCI, simple-bus, I2C, SPI.
 */
#include "check/engine.h"

#include <inttypes.h>
#include <stdio.h>

/* -- PCI ------------------------------------------------------------------------------------------------ */

void bw_dtc_pci_bridge(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->device_type, u)
    {
        bw_info *info = &run->nodes[u->info];

        if (!bw_prop_equals(u->prop, "pci"))
            continue;
        info->bus = BW_BUS_PCI;
        if (!bw_base_name_is(info->node, "pci") && !bw_base_name_is(info->node, "pcie"))
            BW_FAIL_NODE(run, info, "a PCI bridge is called pci or pcie");
        if (!info->ranges)
            BW_FAIL_NODE(run, info, "a PCI bridge has ranges, or it is not a bridge");
        if (info->bad & BW_BAD_CELLS)
            continue;
        if (bw_address_cells(info) != 3)
            BW_FAIL_NODE(run, info, "#address-cells of a PCI bridge is 3, not %u", bw_address_cells(info));
        if (bw_size_cells(info) != 2)
            BW_FAIL_NODE(run, info, "#size-cells of a PCI bridge is 2, not %u", bw_size_cells(info));
    }
    BW_FOR_USES(run, run->n->bus_range, u)
    {
        bw_info *info = &run->nodes[u->info];

        if (info->bus != BW_BUS_PCI || !bw_run_known(run, u->prop))
            continue;
        if (u->prop->value.len != 8) {
            BW_FAIL_PROP(run, info, u->prop, "bus-range is two cells (8 bytes), not %u bytes", u->prop->value.len);
            continue;
        }
        uint32_t first = bw_cell(u->prop, 0);
        uint32_t last = bw_cell(u->prop, 4);
        if (first > last)
            BW_FAIL_PROP(run, info, u->prop, "the first bus, %u, comes after the last, %u", first, last);
        if (last > 0xff)
            BW_FAIL_PROP(run, info, u->prop, "the last bus is 0x%x; PCI has 0x100 (256) buses", last);
    }
}

/* Calls of both PCI checks: a device with a whole and known reg on a PCI bus. */
static bool on_pci(bw_run *run, const bw_info *info, uint32_t bytes)
{
    return !bw_info_is_root(run, info) && bw_info_parent(run, info)->bus == BW_BUS_PCI && !(info->bad & BW_BAD_REG) &&
           info->reg->value.len >= bytes;
}

void bw_dtc_pci_device_bus_num(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->reg, u)
    {
        bw_info *info = &run->nodes[u->info];

        if (!on_pci(run, info, 4))
            continue;
        bw_prop *range = bw_node_prop(info->node->parent, run->n->bus_range);
        uint32_t first = 0;
        uint32_t last = 0;
        uint32_t bus = bw_cell(u->prop, 0) >> 16 & 0xff;
        if (range && (range->value.len != 8 || !bw_run_known(run, range)))
            continue;
        if (range) {
            first = bw_cell(range, 0);
            last = bw_cell(range, 4);
        }
        if (bus < first || bus > last)
            BW_FAIL_ELEM(run, info, u->prop, 0, "the device is on PCI bus %u, but %s has the buses %u to %u", bus,
                         bw_path_of_parent(run, info), first, last);
    }
}

void bw_dtc_pci_device_reg(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->reg, u)
    {
        bw_info *info = &run->nodes[u->info];
        const char *unit = bw_name_unit(info->node->name);
        char device[8];
        char both[16];

        if (!on_pci(run, info, 12))
            continue;
        uint32_t reg = bw_cell(u->prop, 0);
        if (bw_cell(u->prop, 4) || bw_cell(u->prop, 8))
            BW_FAIL_PROP(run, info, u->prop, "the second and third cell of a PCI device's address are 0");
        if (reg & 0xff000000U)
            BW_FAIL_ELEM(run, info, u->prop, 0, "0x%x is not an address of PCI configuration space", reg);
        if (reg & 0xff)
            BW_FAIL_ELEM(run, info, u->prop, 0, "0x%x names register 0x%x; a device's address names register 0", reg,
                         reg & 0xff);
        snprintf(device, sizeof device, "%x", reg >> 11 & 0x1f);
        snprintf(both, sizeof both, "%x,%x", reg >> 11 & 0x1f, reg >> 8 & 7);
        const char *want = reg & 0x700 ? both : device;
        if (strcmp(unit, both) == 0 || strcmp(unit, want) == 0)
            continue;
        bw_finding *f = BW_FAIL_NODE(run, info, "the unit address is not the PCI device and function in reg, %s", want);
        bw_finding_cure(f, "call it %.*s@%s", (int)info->node->name->base_len, info->node->name->text, want);
        info->bad |= BW_BAD_UNIT;
    }
}

/* -- simple-bus ------------------------------------------------------------------------------------------- */

void bw_dtc_simple_bus_bridge(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->compatible, u)
    if (bw_info_compatible(&run->nodes[u->info], "simple-bus"))
        run->nodes[u->info].bus = BW_BUS_SIMPLE;
}

void bw_dtc_simple_bus_reg(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        const bw_info *bus = bw_info_parent(run, info);
        uint32_t cells = bw_address_cells(bus);
        uint32_t skip = 0;
        bw_prop *p = info->reg;
        uint64_t address = 0;
        char want[24];

        if (bw_info_is_root(run, info) || bus->bus != BW_BUS_SIMPLE)
            continue;
        if (!p && info->ranges && info->ranges->value.len) {
            p = info->ranges;
            skip = bw_address_cells(info);
        }
        if (!p) {
            if (!bw_info_is_root(run, bus) && info->bus != BW_BUS_SIMPLE)
                BW_FAIL_NODE(run, info, "a device on a simple-bus has reg or ranges");
            continue;
        }
        if ((info->bad & (BW_BAD_REG | BW_BAD_RANGES)) || (uint64_t)skip + cells > bw_cell_count(p))
            continue;
        for (uint32_t i = 0; i < cells; i++)
            address = address << 32 | bw_cell(p, 4 * (skip + i));
        snprintf(want, sizeof want, "%" PRIx64, address);
        if (strcmp(want, bw_name_unit(info->node->name)) != 0) {
            bw_finding *f =
                BW_FAIL_NODE(run, info, "the unit address is not that of %s, which is 0x%s", p->name->text, want);
            bw_finding_cure(f, "call it %.*s@%s", (int)info->node->name->base_len, info->node->name->text, want);
            info->bad |= BW_BAD_UNIT;
        }
    }
}

/* -- I2C and SPI -------------------------------------------------------------------------------------------- */

static void bus_cells(bw_run *run, bw_info *info, const char *bus, uint32_t cells)
{
    if (!info->node->first_child || (info->bad & BW_BAD_CELLS))
        return;
    if (bw_address_cells(info) != cells) {
        BW_FAIL_NODE(run, info, "#address-cells of an %s bus is %u, not %u", bus, cells, bw_address_cells(info));
        info->bad |= BW_BAD_CELLS;
    }
    /* Zephyr's memory-mapped SPI flash has sizes. */
    if (bw_size_cells(info) != 0 && (run->as_dtc || cells == 0 || info->bus != BW_BUS_SPI)) {
        BW_FAIL_NODE(run, info, "#size-cells of an %s bus is 0, not %u", bus, bw_size_cells(info));
        info->bad |= BW_BAD_CELLS;
    }
}

/* Children of a bus with odd counts cannot be judged by them. */
static bool is_on(bw_run *run, const bw_info *info, bw_bus bus)
{
    const bw_info *above = bw_info_parent(run, info);

    return !bw_info_is_root(run, info) && above->bus == bus && !(above->bad & BW_BAD_CELLS) &&
           !(info->bad & BW_BAD_REG);
}

static bool has_i2c_bus_below(bw_run *run, const bw_info *info)
{
    BW_FOR_INFO_CHILDREN(run, info, child)
    if (bw_base_name_is(child->node, "i2c-bus"))
        return true;
    return false;
}

void bw_dtc_i2c_bus_bridge(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        if (memcmp(info->node->name->text, "i2c", info->node->name->len < 3 ? info->node->name->len + 1 : 3) != 0)
            continue;
        if (!bw_base_name_is(info->node, "i2c-bus") && !bw_base_name_is(info->node, "i2c-arb") &&
            (!bw_base_name_is(info->node, "i2c") || has_i2c_bus_below(run, info)))
            continue;
        info->bus = BW_BUS_I2C;
        bus_cells(run, info, "I2C", 1);
    }
}

#define I2C_OWN_ADDRESS (1U << 30)
#define I2C_TEN_BITS (1U << 31)

void bw_dtc_i2c_bus_reg(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        char want[24];

        if (!is_on(run, info, BW_BUS_I2C))
            continue;
        if (!info->reg || info->reg->value.len < 4) {
            BW_FAIL_NODE(run, info, "a device on an I2C bus has its address in reg");
            continue;
        }
        snprintf(want, sizeof want, "%x", bw_cell(info->reg, 0) & ~I2C_OWN_ADDRESS);
        if (strcmp(want, bw_name_unit(info->node->name)) != 0) {
            bw_finding *f = BW_FAIL_NODE(run, info, "the unit address is not the I2C address in reg, 0x%s", want);
            bw_finding_cure(f, "call it %.*s@%s", (int)info->node->name->base_len, info->node->name->text, want);
            info->bad |= BW_BAD_UNIT;
        }
        for (uint32_t at = 0; at + 4 <= info->reg->value.len; at += 4) {
            uint32_t address = bw_cell(info->reg, at) & ~I2C_OWN_ADDRESS;

            if ((address & I2C_TEN_BITS) && (address & ~I2C_TEN_BITS) > 0x3ff)
                BW_FAIL_ELEM(run, info, info->reg, at, "the I2C address 0x%x has more than 10 bits",
                             address & ~I2C_TEN_BITS);
            else if (!(address & I2C_TEN_BITS) && address > 0x7f)
                BW_FAIL_ELEM(run, info, info->reg, at,
                             "the I2C address 0x%x has more than 7 bits, and I2C_TEN_BIT_ADDRESS is not set", address);
        }
    }
}

static bool looks_like_spi(bw_run *run, const bw_info *info)
{
    if (bw_address_cells(info) != 1 || bw_size_cells(info) != 0)
        return false;
    BW_FOR_INFO_CHILDREN(run, info, child)
    BW_FOR_PROPS (child->node, p)
        if (strncmp(p->name->text, "spi-", 4) == 0)
            return true;
    return false;
}

void bw_dtc_spi_bus_bridge(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        bool named = bw_base_name_is(info->node, "spi");

        if (!named && !looks_like_spi(run, info))
            continue;
        info->bus = BW_BUS_SPI;
        if (!named && info->reg && !run->as_dtc)
            BW_SAY_NODE(run, spi_bus_name, info, "an SPI bus is called spi");
        else if (!named && info->reg)
            BW_FAIL_NODE(run, info, "an SPI bus is called spi");
        bus_cells(run, info, "SPI", bw_node_prop(info->node, run->n->spi_slave) ? 0 : 1);
    }
}

void bw_dtc_spi_bus_reg(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        char want[16];

        if (!is_on(run, info, BW_BUS_SPI) || bw_node_prop(info->node->parent, run->n->spi_slave))
            continue;
        if (!info->reg || info->reg->value.len < 4) {
            BW_FAIL_NODE(run, info, "a device on an SPI bus has its chip select in reg");
            continue;
        }
        snprintf(want, sizeof want, "%x", bw_cell(info->reg, 0));
        if (strcmp(want, bw_name_unit(info->node->name)) != 0) {
            bw_finding *f = BW_FAIL_NODE(run, info, "the unit address is not the chip select in reg, %s", want);
            bw_finding_cure(f, "call it %.*s@%s", (int)info->node->name->base_len, info->node->name->text, want);
            info->bad |= BW_BAD_UNIT;
        }
    }
}
