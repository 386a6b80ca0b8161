/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dtc's checks of cells, reg, ranges and unit addresses.
 */
#include "check/blame.h"
#include "check/engine.h"
#include "check/provider.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_multiple(uint32_t length, uint64_t of)
{
    return of ? length % of == 0 : length == 0;
}

void bw_dtc_addr_size_cells(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->address_cells, u)
    if (u->prop->value.len == 4)
        run->nodes[u->info].addr_cells = (int32_t)bw_cell(u->prop, 0);
    BW_FOR_USES(run, run->n->size_cells, u)
    if (u->prop->value.len == 4)
        run->nodes[u->info].size_cells = (int32_t)bw_cell(u->prop, 0);
    if (!run->tree->has_unknown)
        return;
    /* Counts that are not known make everything below unknown. */
    BW_FOR_USES(run, run->n->address_cells, u)
    if (!bw_run_known(run, u->prop))
        run->nodes[u->info].bad |= BW_BAD_CELLS;
    BW_FOR_USES(run, run->n->size_cells, u)
    if (!bw_run_known(run, u->prop))
        run->nodes[u->info].bad |= BW_BAD_CELLS;
}

/* @return whether reg would fit these counts and begin with the unit address of its node. */
static bool would_fit(const bw_info *info, uint32_t address, uint32_t size)
{
    const char *unit = bw_name_unit(info->node->name);
    uint32_t row = 4 * (address + size);
    uint64_t first = 0;
    char want[24];

    if (!row || info->reg->value.len % row)
        return false;
    for (uint32_t i = 0; i < address; i++)
        first = first << 32 | bw_cell(info->reg, 4 * i);
    snprintf(want, sizeof want, "%" PRIx64, first);
    return !unit[0] || strcmp(unit, want) == 0;
}

/* The counts that the nodes on a bus were written for: those that most of them fit. Shorter rows fit what longer
 * ones do, so of equals the nearest to the counts at hand and then the longest row is meant. */
bool bw_meant_counts(bw_run *run, const bw_info *bus, uint32_t *address, uint32_t *size)
{
    uint32_t all = 0;
    uint32_t best = 0;
    uint32_t best_fits = 0;

    BW_FOR_INFO_CHILDREN(run, bus, child)
    all += child->reg != NULL;
    for (uint32_t a = 1; a <= 3; a++)
        for (uint32_t s = 0; s <= 2; s++) {
            uint32_t fits = 0;

            BW_FOR_INFO_CHILDREN(run, bus, child)
            fits += child->reg && would_fit(child, a, s);
            uint32_t rank = 100 * fits + (a == bw_address_cells(bus) || s == bw_size_cells(bus) ? 10 : 0) + a + s;
            if (rank <= best)
                continue;
            best = rank;
            best_fits = fits;
            *address = a;
            *size = s;
        }
    return best_fits * 4 >= all * 3;
}

/* Nothing on the bus fits its counts: they are wrong, not the many. */
static void say_bus(bw_run *run, bw_info *bus, bw_info *first, const bw_tally *tally)
{
    bw_prop *address_prop = bw_node_prop(bus->node, run->n->address_cells);
    bw_prop *size_prop = bw_node_prop(bus->node, run->n->size_cells);
    uint32_t address = 0;
    uint32_t size = 0;
    bool known = bw_meant_counts(run, bus, &address, &size);
    bw_prop *at = known && address == bw_address_cells(bus) ? size_prop : address_prop;
    bw_finding *f;

    if (at)
        f = BW_FAIL_ELEM(run, bus, at, 0, "#address-cells %u and #size-cells %u do not fit reg of the %u nodes below",
                         bw_address_cells(bus), bw_size_cells(bus), tally->fails);
    else
        f = BW_FAIL_NODE(
            run, bus, "#address-cells %u and #size-cells %u (%s default) do not fit reg of the %u nodes below",
            bw_address_cells(bus), bw_size_cells(bus), address_prop || size_prop ? "one by" : "both by", tally->fails);
    bw_find_note(run->unit, f, bw_prop_value_span(first->reg), "the first one, %s", first->node->name->text);
    if (known)
        bw_finding_cure(f, "they are written for #address-cells = <%u> and #size-cells = <%u>", address, size);
    bus->bad |= BW_BAD_CELLS;
}

static void reg_length(bw_blame *blame, bw_info *info, bw_info *bus)
{
    bw_run *run = blame->run;
    uint32_t length = info->reg->value.len;
    uint64_t row = 4 * ((uint64_t)bw_address_cells(bus) + bw_size_cells(bus));
    const bw_tally *tally;

    if (is_multiple(length, row)) {
        bw_blame_fits(blame, bus->node);
        return;
    }
    if (!blame->counting)
        info->bad |= BW_BAD_REG;
    if (bw_blame_fails(blame, bus->node, &tally))
        return;
    if (tally) {
        say_bus(run, bus, info, tally);
        return;
    }
    bw_finding *f = BW_FAIL_PROP(run, info, info->reg,
                                 "reg has %u bytes, which is not a multiple of the %" PRIu64
                                 " that #address-cells %u and #size-cells %u of %s ask for",
                                 length, row, bw_address_cells(bus), bw_size_cells(bus), bw_path_of_parent(run, info));
    bw_find_note_node(run->tree, f, bus->node, "the bus%s",
                      bus->addr_cells < 0 && bus->size_cells < 0 ? " (it gives no counts: 2 and 1 hold)" : "");
}

static void reg_of(bw_blame *blame, bw_info *info)
{
    bw_run *run = blame->run;
    bw_info *bus = bw_info_parent(run, info);
    const bw_tally *tally;

    if (bw_info_is_root(run, info)) {
        info->bad |= BW_BAD_REG;
        if (!bw_blame_fails(blame, NULL, &tally))
            BW_FAIL_PROP(run, info, info->reg, "the root has no bus above it, so it has no reg");
    } else if (!bw_run_known(run, info->reg) || (bus->bad & BW_BAD_CELLS)) {
        info->bad |= BW_BAD_REG;
    } else if (info->reg->value.len == 0) {
        info->bad |= BW_BAD_REG;
        if (!bw_blame_fails(blame, NULL, &tally))
            BW_FAIL_PROP(run, info, info->reg, "reg is empty");
    } else {
        reg_length(blame, info, bus);
    }
}

void bw_dtc_reg_format(bw_run *run, const bw_check *check)
{
    (void)check;
    if (!run->use_first[run->n->reg->id])
        return;
    bw_blame blame = bw_blame_begin(run);
    BW_FOR_USES(run, run->n->reg, u)
    reg_of(&blame, &run->nodes[u->info]);
    blame.counting = false;
    if (blame.fails)
        BW_FOR_USES(run, run->n->reg, u)
    reg_of(&blame, &run->nodes[u->info]);
}

void bw_dtc_ranges_format(bw_run *run, const bw_check *check)
{
    const bw_name *name = bw_known_at(run->n, *(const size_t *)check->data);

    BW_FOR_USES(run, name, u)
    {
        bw_info *info = &run->nodes[u->info];
        bw_info *bus = bw_info_parent(run, info);
        uint8_t flag = name == run->n->ranges ? BW_BAD_RANGES : 0;
        uint32_t above = bw_address_cells(bus);
        uint32_t below = bw_address_cells(info);
        uint64_t row = 4 * ((uint64_t)above + below + bw_size_cells(info));

        if (bw_info_is_root(run, info)) {
            BW_FAIL_PROP(run, info, u->prop, "the root has no bus above it, so it has no %s", name->text);
            info->bad |= flag;
            continue;
        }
        if (!bw_run_known(run, u->prop) || ((bus->bad | info->bad) & BW_BAD_CELLS)) {
            info->bad |= flag;
            continue;
        }
        if (u->prop->value.len == 0) {
            if (above == below && bw_size_cells(info) == bw_size_cells(bus))
                continue;
            bool address = above != below;
            bw_finding *f = BW_FAIL_PROP(
                run, info, u->prop, "an empty %s maps addresses as they are, but %s is %u here and %u in %s",
                name->text, address ? "#address-cells" : "#size-cells", address ? below : bw_size_cells(info),
                address ? above : bw_size_cells(bus), bw_path_of_parent(run, info));
            bw_find_note_node(run->tree, f, bus->node, "the bus above");
            info->bad |= flag;
        } else if (!is_multiple(u->prop->value.len, row)) {
            BW_FAIL_PROP(run, info, u->prop,
                         "%s has %u bytes, which is not a multiple of %" PRIu64
                         ": a row has %u cells of address here, %u of address in %s, %u of size",
                         name->text, u->prop->value.len, row, below, above, bw_path_of_parent(run, info),
                         bw_size_cells(info));
            info->bad |= flag;
        }
    }
}

/* -- unit addresses --------------------------------------------------------------------------------- */

void bw_dtc_unit_address_vs_reg(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        const char *unit = bw_name_unit(info->node->name);
        bw_prop *p = info->reg;

        if (!p && info->ranges && info->ranges->value.len)
            p = info->ranges;
        if (!p == !unit[0] || bw_node_child(info->node, run->n->overlay))
            continue;
        if (p)
            BW_FAIL_NODE(run, info, "the node has %s, but no unit address", p->name->text);
        else
            BW_FAIL_NODE(run, info, "the node has the unit address %s, but neither reg nor ranges", unit);
    }
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

void bw_dtc_unit_address_format(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        const char *unit = bw_name_unit(info->node->name);

        if (!unit[0] || (!bw_info_is_root(run, info) && bw_info_parent(run, info)->bus))
            continue;
        if (unit[0] == '0' && unit[1] == 'x') {
            BW_FAIL_NODE(run, info, "the unit address %s is written without the leading 0x", unit);
            unit += 2;
        }
        if (unit[0] != '0' || !is_hex(unit[1]))
            continue;
        if (run->as_dtc)
            BW_FAIL_NODE(run, info, "the unit address %s is written without leading zeros", unit);
        else
            BW_SAY_NODE(run, unit_address_zeros, info, "the unit address %s is written without leading zeros", unit);
    }
}

void bw_dtc_avoid_default_addr_size(bw_run *run, const bw_check *check)
{
    const bw_info *said = NULL;

    (void)check;
    BW_FOR_INFOS(run, info)
    {
        const bw_info *bus = bw_info_parent(run, info);

        if (bw_info_is_root(run, info) || (!info->reg && !info->ranges) || (bus->bad & BW_BAD_CELLS) ||
            (bus->addr_cells >= 0 && bus->size_cells >= 0) || (bus == said && !run->as_dtc))
            continue;
        said = bus;
        bw_finding *f =
            bus->addr_cells >= 0
                ? BW_FAIL_NODE(run, info, "%s gives no #size-cells; the default is 1", bw_path_of_parent(run, info))
            : bus->size_cells >= 0
                ? BW_FAIL_NODE(run, info, "%s gives no #address-cells; the default is 2", bw_path_of_parent(run, info))
                : BW_FAIL_NODE(run, info, "%s gives no #address-cells and #size-cells; the defaults are 2 and 1",
                               bw_path_of_parent(run, info));
        bw_find_note_node(run->tree, f, bus->node, "the bus");
    }
}

static bool children_have_addresses(bw_run *run, const bw_info *info)
{
    BW_FOR_INFO_CHILDREN(run, info, child)
    if (child->reg || child->ranges)
        return true;
    return false;
}

void bw_dtc_avoid_unnecessary_addr_size(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->address_cells, u)
    {
        const bw_info *info = &run->nodes[u->info];

        if (bw_info_is_root(run, info) || info->addr_cells < 0 || info->size_cells < 0 || info->ranges ||
            bw_node_prop(info->node, run->n->dma_ranges) || !info->node->first_child)
            continue;
        if (!children_have_addresses(run, info))
            BW_FAIL_NODE(run, info, "#address-cells and #size-cells are not needed: nothing below has reg or ranges");
    }
}

/* check->data: leave disabled nodes out. */
void bw_dtc_unique_unit_address(bw_run *run, const bw_check *check)
{
    bw_slots *seen = &run->unit->strings;

    BW_FOR_INFOS(run, info)
    {
        if (info->addr_cells < 0 || info->size_cells < 0 || bw_info_is_leaf(run, info))
            continue;
        bw_slots_clear(seen);
        BW_FOR_INFO_CHILDREN(run, info, child)
        {
            const char *unit = bw_name_unit(child->node->name);

            if (!unit[0] || (check->data && child->status && bw_prop_equals(child->status, "disabled")))
                continue;
            /* Names of unit addresses are few; interning them makes the comparison one look. */
            bw_slot *slot = bw_slot_of(seen, bw_intern_str(run->unit->ctx->names, unit));
            if (slot->ptr) {
                bw_finding *f =
                    BW_FAIL_NODE(run, child, "%s has the same unit address %s", bw_path(run, slot->ptr), unit);
                bw_find_note_node(run->tree, f, slot->ptr, "the other node");
            } else {
                slot->ptr = child->node;
            }
        }
    }
    bw_slots_clear(seen);
}
