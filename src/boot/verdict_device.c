/* SPDX-License-Identifier: Apache-2.0 */
/* Devices, and among them the console, about which a mistake shows in many ways. */
#include "boot/judge.h"
#include "boot/machine_map.h"

#include <inttypes.h>
#include <string.h>

/* -- devices ---------------------------------------------------------------------------------------- */

/* The row of reg that holds an address, or the first. */
static const bw_block *block_at(const bw_device *device, uint64_t address)
{
    for (uint32_t i = 0; i < device->block_count; i++) {
        const bw_block *b = &device->blocks[i];

        if (b->mapped && address >= b->address && address - b->address < MAX(b->size, 1))
            return b;
    }
    return device->block_count ? &device->blocks[0] : NULL;
}

static bw_finding *fail_fault(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_tap_result *r = bw_judge_result(j, i);
    const bw_block *block = claim->device ? block_at(claim->device, r->at) : NULL;
    bw_span span = block ? bw_judge_row_span(block) : bw_judge_span(claim);
    uint64_t at = r->has_at ? r->at : block ? block->address : 0;
    bool inside = block && at > block->address;

    if (strcmp(r->reason, "strange") == 0)
        return bw_judge_fail(j, i, BW_CODE_device_not_there, &span,
                             "device %s: what is at 0x%" PRIx64 " does not behave like %s", claim->name, at,
                             claim->device && claim->device->compatible ? claim->device->compatible : "its kind");
    return bw_judge_fail(j, i, BW_CODE_device_not_there, &span,
                         inside ? "device %s: its register at 0x%" PRIx64
                                  " does not answer (bus fault, cause 0x%" PRIx64 ")"
                                : "device %s: nothing answers at 0x%" PRIx64 " (bus fault, cause 0x%" PRIx64 ")",
                         claim->name, at, r->cause);
}

/* Some machines read as 0 where nothing is, without a fault. */
static bool is_nothing_there(bw_judge *j, const bw_claim *claim, const bw_tap_result *r)
{
    return r->found == 0 && claim->device && claim->device->block_count && bw_judge_map(j)->len &&
           !bw_machine_map_at(bw_judge_map(j), r->at);
}

static void judge_id(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_tap_result *r = bw_judge_result(j, i);
    const char *compatible = claim->device && claim->device->compatible ? claim->device->compatible : "its kind";

    if (strcmp(r->reason, "fault") == 0) {
        fail_fault(j, i);
        return;
    }
    if (is_nothing_there(j, claim, r)) {
        bw_span row = bw_judge_row_span(&claim->device->blocks[0]);

        bw_judge_fail(j, i, BW_CODE_device_not_there, &row,
                      "device %s: the machine has nothing at 0x%" PRIx64 ": the identification register at 0x%" PRIx64
                      " reads 0x0 instead of 0x%" PRIx64,
                      claim->name, claim->device->blocks[0].address, r->at, r->wanted);
        return;
    }
    bw_finding *f = bw_judge_fail(j, i, BW_CODE_device_id, NULL,
                                  "device %s: the identification register at 0x%" PRIx64 " of %s reads 0x%" PRIx64
                                  ", the machine's reads 0x%" PRIx64,
                                  claim->name, r->at, compatible, r->wanted, r->found);
    if (claim->device && claim->device->block_count)
        bw_find_note(j->unit, f, bw_judge_row_span(&claim->device->blocks[0]), "it is described at 0x%" PRIx64,
                     claim->device->blocks[0].address);
}

void bw_judge_devices(bw_judge *j)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++)
        if (bw_judge_claim(j, i)->kind == BW_CLAIM_DEVICE && bw_judge_verdict(j, i)->state == BW_VERDICT_FAILS &&
            !bw_judge_verdict(j, i)->follows && !bw_judge_verdict(j, i)->code)
            fail_fault(j, i);
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);

        if (claim->kind != BW_CLAIM_DEVICE_ID || bw_judge_verdict(j, i)->state != BW_VERDICT_FAILS)
            continue;
        if (bw_judge_fails(j, BW_CLAIM_DEVICE, claim->device ? claim->device->node : claim->node))
            bw_judge_skip(j, i, "its registers do not answer");
        else
            judge_id(j, i);
    }
}

/* -- the console ------------------------------------------------------------------------------------ */

static const char *const ordinals[BW_SERIALS] = {"first", "second", "third", "fourth"};

/* What else fails of a console that is not there follows from it. */
static void skip_the_rest(bw_judge *j, const bw_node *console)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);

        if (claim->device && claim->device->node == console && claim->kind != BW_CLAIM_CONSOLE &&
            bw_judge_verdict(j, i)->state == BW_VERDICT_FAILS)
            bw_judge_skip(j, i, "the console does not work");
    }
}

/* Another device is where the console is said to be. */
static bool is_other_device(const bw_judge *j, const bw_claim *claim, const bw_tap_result **id)
{
    int index = bw_judge_find(j, BW_CLAIM_DEVICE_ID, claim->device->node);

    *id = index >= 0 ? bw_judge_result(j, (guint)index) : NULL;
    return *id && (*id)->state == BW_TAP_NOT_OK;
}

static void fail_console(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_tap_result *r = bw_judge_result(j, i);
    const bw_tap_result *id = NULL;
    const bw_block *block = claim->device && claim->device->block_count ? &claim->device->blocks[0] : NULL;
    uint64_t address = block ? block->address : 0;
    const char *compatible = claim->device && claim->device->compatible ? claim->device->compatible : "a console";
    bw_span row = block ? bw_judge_row_span(block) : bw_judge_span(claim);
    bool fault = strcmp(r->reason, "fault") == 0 && (!block || r->at == address);
    bw_finding *f;

    /* A fault further on is what a device of another kind makes of registers that it does not have. */
    if (fault || bw_judge_fails(j, BW_CLAIM_DEVICE, claim->device->node))
        f = bw_judge_fail(j, i, BW_CODE_console_not_there, &row,
                          "console %s: nothing answers at 0x%" PRIx64 " (bus fault)", claim->name, address);
    else if (is_other_device(j, claim, &id))
        f = bw_judge_fail(j, i, BW_CODE_console_not_there, &row,
                          "console %s: what is at 0x%" PRIx64 " is no %s: its identification register at 0x%" PRIx64
                          " reads 0x%" PRIx64 " instead of 0x%" PRIx64,
                          claim->name, address, compatible, id->at, id->found, id->wanted);
    else
        f = bw_judge_silent_console(j, i);
    bw_judge_note_serials(j, f);
    if (f)
        bw_finding_note(f, j->job->machine->place, "the report came through semihosting instead");
}

/* A port of the right kind is as silent when its registers are said to lie further apart than they do. */
static void note_spacing(bw_judge *j, const bw_node *console, bw_finding *f)
{
    static const char *const names[] = {"reg-shift", "reg-io-width"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const bw_prop *prop = bw_node_prop_text(console, names[i]);

        if (prop && prop->value.len)
            bw_find_note(j->unit, f, bw_prop_value_span(prop), "or is %s of its registers wrong?", names[i]);
    }
}

bw_finding *bw_judge_silent_console(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_block *block = claim->device && claim->device->block_count ? &claim->device->blocks[0] : NULL;
    uint64_t address = block ? block->address : 0;
    const char *compatible = claim->device && claim->device->compatible ? claim->device->compatible : "?";
    const bw_machine_row *there = block ? bw_machine_map_at(bw_judge_map(j), address) : NULL;
    const bw_prop *kind = bw_node_prop(claim->node, j->unit->n->compatible);
    bw_span row = block ? bw_judge_row_span(block) : bw_judge_span(claim);
    bw_span kind_span = kind ? bw_prop_elem_span(kind, 0) : row;

    if (there && there->is_serial) {
        bw_finding *f = bw_judge_fail(j, i, BW_CODE_console_silent, &kind_span,
                                      "console %s: there is a serial port at 0x%" PRIx64
                                      " (the simulator calls it %s), but nothing "
                                      "that is written to it as to a %s comes out",
                                      claim->name, address, there->name, compatible);
        note_spacing(j, claim->node, f);
        return f;
    }
    if (there && !there->is_gate)
        return bw_judge_fail(j, i, BW_CODE_console_not_there, &row,
                             "console %s: nothing comes out of it: at 0x%" PRIx64
                             " the machine has what the simulator calls %s",
                             claim->name, address, there->name);
    if (block && !there && bw_judge_map(j)->len)
        return bw_judge_fail(j, i, BW_CODE_console_not_there, &row, "console %s: the machine has nothing at 0x%" PRIx64,
                             claim->name, address);
    return bw_judge_fail(j, i, BW_CODE_console_silent, &row,
                         "console %s: nothing that is written to it, at 0x%" PRIx64 " as to a %s, comes out",
                         claim->name, address, compatible);
}

void bw_judge_console(bw_judge *j)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);

        if (claim->kind != BW_CLAIM_CONSOLE || claim->skip)
            continue;
        if (j->channel < BW_SERIALS) {
            bw_judge_verdict(j, i)->state = BW_VERDICT_HOLDS;
            if (j->channel != BW_CHANNEL_CONSOLE) {
                const char *text =
                    bw_arena_printf(&j->unit->arena, "console %s: it is the machine's %s serial port, not the first",
                                    claim->name, ordinals[j->channel]);
                const bw_choice *choice = j->job->board->console;
                bw_span span = choice ? bw_prop_elem_span(choice->prop, 0) : bw_judge_span(claim);
                bw_finding *f = bw_judge_say(j, BW_CODE_console_elsewhere, span, text);
                bw_finding_subject(f, bw_node_path(j->job->board->tree, claim->node), NULL);
            }
            continue;
        }
        if (!bw_judge_verdict(j, i)->follows)
            fail_console(j, i);
        skip_the_rest(j, claim->device->node);
    }
}
