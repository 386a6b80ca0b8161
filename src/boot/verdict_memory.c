/* SPDX-License-Identifier: Apache-2.0 */
/* Memories: there, whole, writable, and not larger. */
#include "boot/judge.h"
#include "boot/machine_map.h"

#include <inttypes.h>
#include <string.h>

static void put_cells(GString *text, uint64_t value, uint32_t cells)
{
    for (uint32_t i = cells; i-- > 0;)
        g_string_append_printf(text, "%s0x%" PRIx64, text->len > 1 ? " " : "",
                               i >= 2 ? 0 : value >> (32 * i) & UINT32_MAX);
}

/* "write <0x80000000 0x400000>": the row with another size. */
static void cure_size(bw_finding *f, const bw_claim *claim, uint64_t size)
{
    const bw_block *b = claim->memory ? &claim->memory->block : NULL;

    if (!f || !b || !b->prop || b->bus_address.wide || b->bus_address.cells > 2)
        return;
    uint32_t cells = b->len / 4 - b->bus_address.cells;
    if (cells > 2 || (cells == 1 && size > UINT32_MAX) || claim->node != b->node)
        return;
    GString *text = g_string_new("<");
    put_cells(text, b->bus_address.value, b->bus_address.cells);
    put_cells(text, size, cells);
    bw_finding_cure(f, "write %s>", text->str);
    g_string_free(text, TRUE);
}

static uint64_t base_of(const bw_claim *claim, const bw_tap_result *r)
{
    return claim->memory ? claim->memory->block.address : r->at;
}

static void fail_absent(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    uint64_t base = base_of(claim, bw_judge_result(j, i));
    bw_span row = claim->memory ? bw_judge_row_span(&claim->memory->block) : bw_judge_span(claim);
    bw_finding *f = bw_judge_fail(j, i, BW_CODE_memory_not_there, &row,
                                  "memory %s: the description says %s at 0x%" PRIx64 ", the machine has none there",
                                  claim->name, bw_judge_size(j, claim->value), base);

    bw_judge_note_memory(j, f, base);
}

static void fail_short(bw_judge *j, guint i, uint64_t found)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    bw_finding *f = bw_judge_fail(j, i, BW_CODE_memory_not_there, NULL,
                                  "memory %s: the description says %s, the machine answers up to %s", claim->name,
                                  bw_judge_size(j, claim->value), bw_judge_size(j, found));

    bw_judge_verdict(j, i)->is_measured = true;
    bw_judge_verdict(j, i)->measured = (double)found;
    cure_size(f, claim, found);
}

static void fail_alias(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_tap_result *r = bw_judge_result(j, i);
    bw_finding *f = bw_judge_fail(
        j, i, BW_CODE_memory_alias, NULL,
        "memory %s: the description says %s, the machine repeats itself after %s: 0x%" PRIx64 " is 0x%" PRIx64,
        claim->name, bw_judge_size(j, claim->value), bw_judge_size(j, r->found), r->at, r->at - r->found);

    bw_judge_verdict(j, i)->is_measured = true;
    bw_judge_verdict(j, i)->measured = (double)r->found;
    cure_size(f, claim, r->found);
}

static void fail_content(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_tap_result *r = bw_judge_result(j, i);
    bw_span row = claim->memory ? bw_judge_row_span(&claim->memory->block) : bw_judge_span(claim);

    if (strcmp(r->reason, "bits") == 0)
        bw_judge_fail(j, i, BW_CODE_memory_not_writable, &row,
                      "memory %s: at 0x%" PRIx64 " 0x%" PRIx64 " was written, and 0x%" PRIx64 " is read", claim->name,
                      r->at, r->wanted, r->found);
    else
        bw_judge_fail(j, i, BW_CODE_memory_not_writable, &row,
                      "memory %s: the description says RAM, the machine takes no writing at 0x%" PRIx64, claim->name,
                      r->at);
}

static void judge_memory(bw_judge *j, guint i)
{
    const char *reason = bw_judge_result(j, i)->reason;

    if (strcmp(reason, "short") == 0 && bw_judge_result(j, i)->found)
        fail_short(j, i, bw_judge_result(j, i)->found);
    else if (strcmp(reason, "alias") == 0)
        fail_alias(j, i);
    else if (strcmp(reason, "readonly") == 0 || strcmp(reason, "bits") == 0)
        fail_content(j, i);
    else
        fail_absent(j, i);
}

static int claim_of_memory(const bw_judge *j, const bw_memory *memory)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++)
        if (bw_judge_claim(j, i)->kind == BW_CLAIM_MEMORY && bw_judge_claim(j, i)->memory == memory)
            return (int)i;
    return -1;
}

/* More memory than described is no error: a board may leave some of it to others. */
static void judge_limit(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    int memory = claim_of_memory(j, claim->memory);

    if (memory >= 0 && bw_judge_verdict(j, (guint)memory)->state != BW_VERDICT_HOLDS) {
        bw_judge_skip(j, i, "the memory itself is not as described");
        return;
    }
    bool end = claim->kind == BW_CLAIM_MEMORY_END;
    bw_judge_fail(j, i, BW_CODE_memory_larger, NULL,
                  "memory %s: the description says that it %s 0x%" PRIx64 ", the machine has more of it at 0x%" PRIx64,
                  claim->name, end ? "ends at" : "begins at",
                  end ? claim->memory->block.address + claim->memory->block.size - 1 : claim->memory->block.address,
                  bw_judge_result(j, i)->at);
}

/* What is only read passes on a machine whose bus never faults. Then the machine itself is asked where it ends. */
static void judge_read_only(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_memory *m = claim->memory;
    uint64_t first, last;

    if (!m || m->kind == BW_MEMORY_RAM || m->kind == BW_MEMORY_SRAM || m->block.size == 0)
        return;
    if (!bw_machine_map_near(bw_judge_map(j), m->block.address, &first, &last) || first > m->block.address ||
        last < m->block.address || last - m->block.address >= m->block.size - 1)
        return;
    fail_short(j, i, last - m->block.address + 1);
}

void bw_judge_memories(bw_judge *j)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++)
        if (bw_judge_claim(j, i)->kind == BW_CLAIM_MEMORY && bw_judge_verdict(j, i)->state == BW_VERDICT_FAILS)
            judge_memory(j, i);
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++)
        if (bw_judge_claim(j, i)->kind == BW_CLAIM_MEMORY && bw_judge_verdict(j, i)->state == BW_VERDICT_HOLDS)
            judge_read_only(j, i);
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        bw_claim_kind kind = bw_judge_claim(j, i)->kind;

        if ((kind == BW_CLAIM_MEMORY_END || kind == BW_CLAIM_MEMORY_START) &&
            bw_judge_verdict(j, i)->state == BW_VERDICT_FAILS)
            judge_limit(j, i);
    }
}
