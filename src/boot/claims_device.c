/* SPDX-License-Identifier: Apache-2.0 */
/* Claims about devices: their registers, what they say they are, and what ends the machine. */
#include "boot/tables.h"
#include "tree/specifiers.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* More devices than this would not fit into a probe of 16 KiB. */
#define DEVICES_MAX 96

/* -- devices ------------------------------------------------------------------------------------------ */

/* The registers of a PrimeCell's identity are the last of its block (Arm's PrimeCell manuals; Linux looks there, too).
 */
static bool has_room_for_ids(const bw_device *d, const bw_driver_match *ids)
{
    if (ids->is_primecell)
        return d->blocks[0].size >= 0x1000;
    for (uint32_t i = 0; i < ids->id_count; i++)
        if (ids->ids[i].block >= d->block_count || ids->ids[i].offset > d->blocks[ids->ids[i].block].size)
            return false;
    return true;
}

static void claim_ids(bw_tables *t, bw_device_row *row, const char *name)
{
    const bw_device *d = row->device;

    row->ids = bw_driver_ids_of(t->board->tree, d->node);
    if (!row->ids.compatible)
        return;
    bw_claim *claim = bw_claim_add(t, BW_CLAIM_DEVICE_ID, d->node, name, &row->id_claim);
    claim->device = d;
    claim->value = row->ids.part;
    claim->title = bw_arena_printf(bw_tables_arena(t), "device %s: says it is %s", name, row->ids.compatible);
    bw_claim_put_at(claim, bw_said_compatible(t->board->tree, d->node, row->ids.offset));
    if (!has_room_for_ids(d, &row->ids) ||
        (row->ids.id_count && row->ids.ids[row->ids.id_count - 1].block >= row->block_count))
        bw_claim_skip(claim, &row->id_claim, "its reg ends before the registers that say what it is");
}

static void claim_device(bw_tables *t, const bw_device *d)
{
    const char *name = bw_claim_name(d->node, d->label);
    bw_device_row row = {.claim = BW_NO_CLAIM, .id_claim = BW_NO_CLAIM, .device = d};
    const bw_block *first = &d->blocks[0];
    bw_claim *claim = bw_claim_add(t, BW_CLAIM_DEVICE, d->node, name, &row.claim);

    claim->device = d;
    claim->value = first->address;
    claim->title = bw_arena_printf(bw_tables_arena(t), "device %s: answers at 0x%" PRIx64, name, first->address);
    bw_claim_put_at(claim, bw_said_row(first));
    row.block_count = bw_reachable_blocks(d, t->limit);
    if (first->size == 0) {
        bw_claim_skip(claim, &row.claim, "its reg has a size of 0");
        return;
    }
    if (row.block_count == 0) {
        bw_claim_skip(claim, &row.claim, bw_claim_beyond(t, first->address));
        return;
    }
    if (t->devices->len >= DEVICES_MAX) {
        bw_claim_skip(claim, &row.claim, "the probe has room for 96 devices");
        return;
    }
    claim_ids(t, &row, name);
    g_array_append_val(t->devices, row);
}

void bw_claim_devices(bw_tables *t)
{
    for (uint32_t i = 0; i < t->board->device_count; i++)
        if (!t->board->devices[i].unavailable && t->board->devices[i].mapped)
            claim_device(t, &t->board->devices[i]);
}

/* -- what ends the machine ---------------------------------------------------------------------------- */

bw_switch_row bw_power_of(const bw_tables *t)
{
    bw_switch_row row = {0};

    for (uint32_t i = 0; i < t->board->device_count; i++) {
        const bw_device *d = &t->board->devices[i];
        const bw_prop *regmap = bw_node_prop_text(d->node, "regmap");
        bw_spec_fault fault;

        if (d->unavailable)
            continue;
        /* Linux: power/reset/syscon-poweroff.yaml */
        if (regmap && bw_node_is_compatible(t->board->tree, d->node, "syscon-poweroff")) {
            const bw_node *syscon = bw_phandle_node(t->board->tree, regmap, 0, &fault);
            const bw_device *target = syscon ? bw_board_device(t->board, syscon) : NULL;
            uint32_t offset = bw_number_of(d->node, "offset", 0);

            if (target && bw_reachable_blocks(target, t->limit) && target->blocks[0].size >= 4 &&
                offset <= target->blocks[0].size - 4)
                return (bw_switch_row){target, offset,
                                       bw_number_of(d->node, "value", bw_number_of(d->node, "mask", 0))};
        }
        /* SiFive's test finisher: FINISHER_PASS (riscv-isa-sim and QEMU know it, too). */
        if (!row.device && bw_node_is_compatible(t->board->tree, d->node, "sifive,test0") &&
            bw_reachable_blocks(d, t->limit))
            row = (bw_switch_row){d, 0, 0x5555};
    }
    return row;
}
