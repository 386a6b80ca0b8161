/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "boot/guest_parts.h"

#include <string.h>

#define ENTRIES 512U
#define BLOCK 0x200000U /* of level 2 */
#define LIMIT ((uint64_t)1 << 39)

/* Descriptors: Arm DDI 0487, D8.3 and D8.5. */
#define TABLE 3U
#define PAGE_ENTRY 3U
#define BLOCK_ENTRY 1U
#define READ_WRITE (3U << 6)
#define INNER_SHAREABLE (3U << 8)
#define ACCESSED (1U << 10)
#define NORMAL (0xfU << 2) /* write-back, inner and outer */
#define DEVICE (1U << 2)   /* nGnRE */

typedef struct tables {
    bw_buffer *out;
    uint64_t at;
} tables;

static uint64_t entry(const tables *t, size_t table, unsigned index)
{
    const uint8_t *p = t->out->data + table + 8 * (size_t)index;

    return (uint64_t)bw_get32le(p + 4) << 32 | bw_get32le(p);
}

static void set_entry(tables *t, size_t table, unsigned index, uint64_t value)
{
    uint8_t *p = t->out->data + table + 8 * (size_t)index;

    bw_put32le(p, (uint32_t)value);
    bw_put32le(p + 4, (uint32_t)(value >> 32));
}

static size_t new_table(tables *t)
{
    size_t offset = t->out->len;

    bw_buffer_zeros(t->out, BW_GUEST_PAGE);
    return offset;
}

/* @return the offset of the table below an entry, which is made if it is not there. A block becomes a table that says
 * the same. */
static size_t below(tables *t, size_t table, unsigned index)
{
    uint64_t old = entry(t, table, index);

    if ((old & 3) == TABLE)
        return (size_t)((old & ~(uint64_t)(BW_GUEST_PAGE - 1)) - t->at);
    size_t next = new_table(t);
    for (unsigned i = 0; (old & 3) == BLOCK_ENTRY && i < ENTRIES; i++)
        set_entry(t, next, i, old + (uint64_t)i * BW_GUEST_PAGE + PAGE_ENTRY - BLOCK_ENTRY);
    set_entry(t, table, index, (t->at + next) | TABLE);
    return next;
}

static void map(tables *t, const bw_guest_window *w)
{
    uint64_t kind = READ_WRITE | ACCESSED | (w->memory ? NORMAL | INNER_SHAREABLE : DEVICE);
    uint64_t end = w->base + w->size;

    for (uint64_t address = w->base; address < end;) {
        size_t level2 = below(t, 0, (unsigned)(address >> 30));
        unsigned index = address >> 21 & (ENTRIES - 1);

        if (address % BLOCK == 0 && end - address >= BLOCK && (entry(t, level2, index) & 3) != TABLE) {
            set_entry(t, level2, index, address | kind | BLOCK_ENTRY);
            address += BLOCK;
        } else {
            size_t level3 = below(t, level2, index);

            set_entry(t, level3, address >> 12 & (ENTRIES - 1), address | kind | PAGE_ENTRY);
            address += BW_GUEST_PAGE;
        }
    }
}

bool bw_guest_stage2(bw_buffer *out, uint64_t at, const bw_guest_window *windows, unsigned count)
{
    tables t = {out, at};

    new_table(&t);
    for (unsigned i = 0; i < count; i++) {
        if (windows[i].base >= LIMIT || windows[i].size > LIMIT - windows[i].base)
            return false;
        map(&t, &windows[i]);
    }
    return true;
}
