/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses: unit addresses, translation through ranges, blocks that run over their window.
 * Source: Devicetree Specification v0.4, 2.2.1.1 (unit addresses), 2.3.6 (reg), 2.3.8 (ranges).
 */
#include "check/extent.h"
#include "check/semantic.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* -- unit address against reg ------------------------------------------------------------------------------ */

/* @return the first address in reg. */
static bool first_address(bw_run *run, const bw_info *info, uint64_t *address)
{
    if (!info->reg || (info->bad & BW_BAD_REG))
        return false;
    bw_rows rows = bw_reg_rows(run->tree, info->node);
    if (rows.state != BW_STATE_OK || !rows.count)
        return false;
    bw_row row = bw_rows_get(&rows, 0);
    /* Two cells without a size are no address in memory but two numbers of some bus's own (SPMI). */
    if (!row.known || !row.child.cells || row.child.cells > 2 || (row.child.cells == 2 && !rows.size_cells))
        return false;
    *address = row.child.value;
    return true;
}

/* The number that a unit address is, if it is one plain number. */
static bool unit_number(const char *unit, uint64_t *number)
{
    char *end;

    if (strspn(unit, "0123456789abcdefABCDEFx") != strlen(unit) || strlen(unit) > 18)
        return false;
    *number = strtoull(unit, &end, 16);
    return end != unit && !*end;
}

static bool is_decimal_of(const char *unit, uint64_t address)
{
    return strspn(unit, "0123456789") == strlen(unit) && strtoull(unit, NULL, 10) == address;
}

/* Whether some other address in reg is the one in the name: then the rows are in an order of their own. */
static bool names_another_row(bw_run *run, const bw_info *info, uint64_t number)
{
    bw_rows rows = bw_reg_rows(run->tree, info->node);

    for (uint32_t i = 0; i < rows.count; i++) {
        bw_row row = bw_rows_get(&rows, i);
        if (row.known && row.child.value == number)
            return true;
    }
    return false;
}

/* Whether reg was set in a later body than the one that gave the node its name: then the name cannot follow. */
static bool is_overridden(const bw_run *run, const bw_info *info)
{
    const bw_prop_event *set = info->reg->history;
    const bw_node_event *body = info->node->history;

    if (!set || !body)
        return false;
    bw_loc at = bw_locs_call_site(&run->unit->locs, set->name, false);
    for (; body->older; body = body->older)
        if (body->kind == BW_SET && at > bw_locs_call_site(&run->unit->locs, body->open, false) &&
            at < bw_locs_call_site(&run->unit->locs, body->close, true))
            return true;
    return false;
}

static bool is_unreachable(const bw_run *run, const bw_info *info, uint64_t address)
{
    bw_number n = {.value = address, .cells = 2};

    return bw_translate(run->tree, info->node, n, 0).state == BW_TRANSLATE_OUTSIDE;
}

static bw_code mismatch_code(bw_run *run, const bw_info *info, const char *unit, uint64_t number, uint64_t address)
{
    if (is_decimal_of(unit, address))
        return BW_CODE_unit_address_decimal;
    if (names_another_row(run, info, number))
        return BW_CODE_unit_address_not_first;
    return is_overridden(run, info) ? BW_CODE_unit_address_overridden : BW_CODE_unit_address_mismatch;
}

/* Where nothing on a bus begins at its unit address, but all would with other counts, the counts are wrong. */
static bool counts_are_wrong(bw_run *run, bw_info *bus)
{
    bw_cells now = bw_cells_of(run->tree, bus->node);
    uint32_t nodes = 0;
    uint32_t differ = 0;
    uint32_t address;
    uint32_t size;

    BW_FOR_INFO_CHILDREN(run, bus, child)
    {
        uint64_t number;
        uint64_t first;

        if (!unit_number(bw_name_unit(child->node->name), &number) || !first_address(run, child, &first))
            continue;
        nodes++;
        differ += number != first;
    }
    if (now.state != BW_STATE_OK || differ < 3 || differ * 4 < nodes * 3 ||
        !bw_meant_counts(run, bus, &address, &size) || (address == now.address && size == now.size))
        return false;
    const bw_prop *at = address != now.address ? now.address_prop : now.size_prop;
    bw_finding *f =
        at ? bw_find_elem(
                 run->tree, BW_CODE_reg_format, bus->node, at, 0,
                 "with #address-cells %u and #size-cells %u, reg of %u nodes below is not at their unit addresses",
                 now.address, now.size, differ)
           : bw_find_node(
                 run->tree, BW_CODE_reg_format, bus->node,
                 "with #address-cells %u and #size-cells %u, reg of %u nodes below is not at their unit addresses",
                 now.address, now.size, differ);
    bw_finding_cure(f, "they are written for #address-cells = <%u> and #size-cells = <%u>", address, size);
    bus->bad |= BW_BAD_CELLS;
    return true;
}

void bw_sem_unit_address(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->reg, u)
    {
        bw_info *info = &run->nodes[u->info];
        const char *unit = bw_name_unit(info->node->name);
        bw_info *bus = bw_info_parent(run, info);
        uint64_t number;
        uint64_t address;

        /* I2C, SPI, PCI and graphs have checks of their own. */
        if (!unit[0] || (info->bad & BW_BAD_UNIT) || bus->bus == BW_BUS_PCI || bus->bus == BW_BUS_I2C ||
            bus->bus == BW_BUS_SPI || bus->bus == BW_BUS_PORT || info->bus == BW_BUS_PORT)
            continue;
        if (!unit_number(unit, &number) || !first_address(run, info, &address) || number == address)
            continue;
        if ((bus->bad & BW_BAD_CELLS) || counts_are_wrong(run, bus))
            continue;
        bw_code code = mismatch_code(run, info, unit, number, address);
        bw_finding *f;
        if (code == BW_CODE_unit_address_mismatch && is_unreachable(run, info, address) &&
            !is_unreachable(run, info, number)) {
            /* The name leads somewhere, reg does not: reg is the one to correct. */
            f = bw_find_elem(run->tree, code, info->node, info->reg, 0,
                             "reg begins with 0x%" PRIx64 ", where its bus does not reach, but the unit address is %s",
                             address, unit);
            bw_find_note_node(run->tree, f, info->node, "the node");
        } else {
            f = bw_find_node(run->tree, code, info->node, "the unit address is %s, but reg begins with 0x%" PRIx64,
                             unit, address);
            bw_find_note(run->unit, f, bw_prop_value_span(info->reg), "reg is set here");
            bw_finding_cure(f, "call it %.*s@%" PRIx64 ", or correct reg", (int)info->node->name->base_len,
                            info->node->name->text, address);
        }
        info->bad |= BW_BAD_UNIT;
    }
}

/* -- reg through ranges ------------------------------------------------------------------------------------- */

static void row_translates(bw_run *run, bw_info *info, const bw_row *row)
{
    if (!row->known || row->child.wide || row->size.wide || row->size.high)
        return;
    bw_translation t = bw_translate(run->tree, info->node, row->child, row->size.value);
    if ((t.state != BW_TRANSLATE_OUTSIDE && t.state != BW_TRANSLATE_CUT) || !t.bus || !t.ranges)
        return;
    bw_info *bus = bw_info_of(run, t.bus);
    if (bus->bus == BW_BUS_PCI || (bus->bad & BW_BAD_RANGES))
        return;
    /* Further rows may be addresses of another side (a PCI inbound window); the first is the device's own. */
    if (t.state == BW_TRANSLATE_OUTSIDE && (row->offset || (info->bad & BW_BAD_UNIT)))
        return;
    bw_finding *f;
    if (t.state == BW_TRANSLATE_OUTSIDE)
        f = BW_SAY_ELEM(run, reg_outside_ranges, info, info->reg, row->offset,
                        "0x%" PRIx64 " is in no window of %s, so the device cannot be reached", row->child.value,
                        bw_path(run, t.bus));
    else
        f = BW_SAY_ELEM(run, reg_beyond_range, info, info->reg, row->offset,
                        "the block of %s at 0x%" PRIx64 " runs out of its window in %s after %s",
                        bw_size_text(run, row->size.value), row->child.value, bw_path(run, t.bus),
                        bw_size_text(run, t.fits));
    bw_find_note(run->unit, f, bw_prop_value_span(t.ranges), "ranges of %s", bw_path(run, t.bus));
}

void bw_sem_translation(bw_run *run, const bw_check *check)
{
    (void)check;
    if (run->tree->plugin)
        return;
    BW_FOR_USES(run, run->n->reg, u)
    {
        bw_info *info = &run->nodes[u->info];
        bw_rows rows;

        if ((info->bad & (BW_BAD_REG | BW_BAD_UNIT)) || !info->enabled)
            continue;
        rows = bw_reg_rows(run->tree, info->node);
        for (uint32_t i = 0; rows.state == BW_STATE_OK && i < rows.count; i++) {
            bw_row row = bw_rows_get(&rows, i);
            row_translates(run, info, &row);
        }
    }
}

/* -- ranges itself -------------------------------------------------------------------------------------------- */

static gint by_child(gconstpointer a, gconstpointer b)
{
    const bw_row *x = a;
    const bw_row *y = b;

    if (x->child.high != y->child.high)
        return x->child.high < y->child.high ? -1 : 1;
    if (x->child.value != y->child.value)
        return x->child.value < y->child.value ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void windows(bw_run *run, bw_info *info, const bw_prop *prop, const bw_rows *rows)
{
    GArray *sorted = g_array_new(FALSE, FALSE, sizeof(bw_row));

    for (uint32_t i = 0; i < rows->count; i++) {
        bw_row row = bw_rows_get(rows, i);

        if (!row.known || row.child.wide || row.parent.wide || row.size.wide || row.size.high || !row.size.value)
            continue;
        uint64_t more = row.size.value - 1;
        bool child = row.child.cells < 2 ? row.child.value + more > UINT32_MAX : row.child.value + more < more;
        bool parent = row.parent.cells < 2 ? row.parent.value + more > UINT32_MAX : row.parent.value + more < more;
        if (child || parent)
            BW_SAY_ELEM(run, ranges_wrap, info, prop, row.offset,
                        "the window of %s at 0x%" PRIx64 " runs beyond the end of %u-bit addresses %s the bus",
                        bw_size_text(run, row.size.value), child ? row.child.value : row.parent.value,
                        (child ? row.child.cells : row.parent.cells) < 2 ? 32U : 64U, child ? "on" : "above");
        else
            g_array_append_val(sorted, row);
    }
    g_array_sort(sorted, by_child);
    for (guint i = 1; i < sorted->len; i++) {
        const bw_row *a = &g_array_index(sorted, bw_row, i - 1);
        const bw_row *b = &g_array_index(sorted, bw_row, i);

        if (a->child.high != b->child.high || b->child.value - a->child.value >= a->size.value)
            continue;
        /* The same addresses to the same place twice does no harm. */
        if (b->parent.value - a->parent.value == b->child.value - a->child.value)
            continue;
        bw_finding *f =
            BW_SAY_ELEM(run, ranges_overlap, info, prop, b->offset,
                        "the window at 0x%" PRIx64 " overlaps the one of %s at 0x%" PRIx64 ", which goes elsewhere",
                        b->child.value, bw_size_text(run, a->size.value), a->child.value);
        bw_find_note(run->unit, f, bw_prop_range_span(prop, a->offset, a->len), "the other window");
    }
    g_array_unref(sorted);
}

void bw_sem_ranges(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->ranges, u)
    {
        bw_info *info = &run->nodes[u->info];

        if (info->bad & BW_BAD_RANGES)
            continue;
        bw_rows rows = bw_range_rows(run->tree, info->node, run->n->ranges);
        if (rows.state == BW_STATE_OK && rows.child_cells && rows.parent_cells && info->bus != BW_BUS_PCI)
            windows(run, info, u->prop, &rows);
    }
}
