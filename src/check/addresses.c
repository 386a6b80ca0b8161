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

/* @return the first address in reg, or of the first row of ranges. */
static bool first_address(bw_run *run, const bw_info *info, uint64_t *address, const bw_prop **prop)
{
    bw_rows rows;
    bw_number n;

    if (info->reg && (info->bad & BW_BAD_REG))
        return false;
    if (info->reg) {
        rows = bw_reg_rows(run->tree, info->node);
        if (rows.state != BW_STATE_OK || !rows.count)
            return false;
        bw_row row = bw_rows_get(&rows, 0);
        if (!row.known)
            return false;
        n = row.child;
    } else {
        if (!info->ranges || (info->bad & BW_BAD_RANGES))
            return false;
        rows = bw_range_rows(run->tree, info->node, run->n->ranges);
        if (rows.state != BW_STATE_OK || !rows.count)
            return false;
        bw_row row = bw_rows_get(&rows, 0);
        if (!row.known)
            return false;
        n = row.parent;
    }
    if (!n.cells || n.cells > 2)
        return false;
    *address = n.value;
    *prop = info->reg ? info->reg : info->ranges;
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

/* Whether some other address in reg is the one in the name: then the rows are in an order of their own. */
static bool names_another_row(bw_run *run, const bw_info *info, uint64_t number)
{
    bw_rows rows =
        info->reg ? bw_reg_rows(run->tree, info->node) : bw_range_rows(run->tree, info->node, run->n->ranges);

    for (uint32_t i = 0; i < rows.count; i++) {
        bw_row row = bw_rows_get(&rows, i);
        if (row.known && ((info->reg ? row.child.value : row.parent.value) == number || row.child.value == number))
            return true;
    }
    return false;
}

void bw_sem_unit_address(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    {
        const char *unit = bw_name_unit(info->node->name);
        const bw_info *bus = bw_info_parent(run, info);
        uint64_t number;
        uint64_t address;
        const bw_prop *prop;

        /* I2C, SPI, PCI and graphs have checks of their own. */
        if (!unit[0] || (info->bad & BW_BAD_UNIT) || bus->bus == BW_BUS_PCI || bus->bus == BW_BUS_I2C ||
            bus->bus == BW_BUS_SPI || bus->bus == BW_BUS_PORT || info->bus == BW_BUS_PORT)
            continue;
        if (!unit_number(unit, &number) || !first_address(run, info, &address, &prop) || number == address)
            continue;
        bool other = names_another_row(run, info, number);
        bw_finding *f = other ? BW_SAY_NODE(run, unit_address_not_first, info,
                                            "the unit address %s is in %s, but the first one there is 0x%" PRIx64, unit,
                                            prop->name->text, address)
                              : BW_SAY_NODE(run, unit_address_mismatch, info,
                                            "the unit address is %s, but %s begins with 0x%" PRIx64, unit,
                                            prop->name->text, address);
        bw_find_note(run->unit, f, bw_prop_value_span(prop), "%s is set here", prop->name->text);
        bw_finding_cure(f, "call it %.*s@%" PRIx64 ", or correct %s", (int)info->node->name->base_len,
                        info->node->name->text, address, prop->name->text);
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

        if ((info->bad & BW_BAD_REG) || !info->enabled)
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
