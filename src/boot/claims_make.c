/* SPDX-License-Identifier: Apache-2.0 */
/* What making every kind of claim needs: places, words, and what the CPU reaches. */
#include "boot/tables.h"

#include "base/text.h"

#include <inttypes.h>

bw_arena *bw_tables_arena(const bw_tables *t)
{
    return &t->board->tree->unit->arena;
}

/* -- making claims ------------------------------------------------------------------------------------ */

bw_claim *bw_claim_add(bw_tables *t, bw_claim_kind kind, const bw_node *node, const char *name, bw_claim_ref *ref)
{
    bw_claim claim = {.kind = kind, .node = node, .name = name};

    *ref = (bw_claim_ref)t->claims->items->len;
    g_array_append_val(t->claims->items, claim);
    return &g_array_index(t->claims->items, bw_claim, *ref);
}

void bw_claim_put_at(bw_claim *claim, bw_said said)
{
    claim->node = said.node ? said.node : claim->node;
    claim->prop = said.prop;
    claim->offset = said.offset;
}

/* A claim that is not tested has no number for the probe. */
void bw_claim_skip(bw_claim *claim, bw_claim_ref *ref, const char *why)
{
    claim->skip = why;
    *ref = BW_NO_CLAIM;
}

const char *bw_claim_name(const bw_node *node, const char *label)
{
    return label ? label : node->name->text;
}

const char *bw_claim_size(const bw_tables *t, uint64_t bytes)
{
    GString *text = g_string_new(NULL);

    bw_text_size(text, bytes);
    const char *kept = bw_arena_strdup(bw_tables_arena(t), text->str);
    g_string_free(text, TRUE);
    return kept;
}

/* "62.5 MHz": the largest unit of which the rate has at most three decimals. */
const char *bw_claim_rate(const bw_tables *t, uint64_t hertz)
{
    static const struct {
        uint64_t factor;
        const char *name;
    } units[] = {{1000000000, "GHz"}, {1000000, "MHz"}, {1000, "kHz"}};

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        uint64_t step = units[i].factor / 1000;
        char digits[8];

        if (hertz < units[i].factor || hertz % step != 0)
            continue;
        uint64_t part = hertz % units[i].factor / step;
        int len = snprintf(digits, sizeof digits, ".%03u", (unsigned)part);
        while (len > 0 && (digits[len - 1] == '0' || digits[len - 1] == '.'))
            digits[--len] = '\0';
        return bw_arena_printf(bw_tables_arena(t), "%" PRIu64 "%s %s", hertz / units[i].factor, digits, units[i].name);
    }
    return bw_arena_printf(bw_tables_arena(t), "%" PRIu64 " Hz", hertz);
}

const char *bw_claim_beyond(const bw_tables *t, uint64_t address)
{
    return bw_arena_printf(bw_tables_arena(t), "0x%" PRIx64 " is beyond what a 32-bit CPU reaches", address);
}

/* Whether a run of bytes ends within what the CPU reaches. */
bool bw_claim_reached(const bw_tables *t, uint64_t base, uint64_t size)
{
    return base <= t->limit && (size == 0 || size - 1 <= t->limit - base);
}

uint32_t bw_reachable_blocks(const bw_device *device, uint64_t limit)
{
    for (uint32_t i = 0; i < device->block_count; i++) {
        const bw_block *b = &device->blocks[i];

        if (!b->mapped || b->size == 0 || b->address > limit || b->size - 1 > limit - b->address)
            return i;
    }
    return device->block_count;
}

uint32_t bw_number_of(const bw_node *node, const char *name, uint32_t otherwise)
{
    uint32_t value;

    return bw_prop_u32(bw_node_prop_text(node, name), &value) == BW_STATE_OK ? value : otherwise;
}
