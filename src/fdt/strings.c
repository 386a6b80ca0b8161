/* SPDX-License-Identifier: Apache-2.0 */
#include "fdt/strings.h"

void bw_fdt_strings_begin(bw_fdt_strings *strings, bw_unit *unit)
{
    memset(strings, 0, sizeof *strings);
    strings->unit = unit;
    bw_slots_clear(&unit->strings);
}

static uint32_t ending(const bw_name *name)
{
    uint32_t last;

    memcpy(&last, name->text + name->len - 4, 4);
    return (last * 0x9e3779b1U) >> 23; /* 9 bits: BW_FDT_STRING_BUCKETS */
}

static bool ends_with(const bw_name *longer, const bw_name *name)
{
    return longer->len >= name->len && memcmp(longer->text + longer->len - name->len, name->text, name->len) == 0;
}

/* Offsets rise in the order of insertion, so the first string that ends so gives the lowest. */
static const bw_fdt_string *find_ending(const bw_fdt_strings *strings, const bw_name *name)
{
    if (name->len < 4) {
        for (const bw_fdt_string *s = strings->first; s; s = s->follow)
            if (ends_with(s->name, name))
                return s;
        return NULL;
    }
    for (const bw_fdt_string *s = strings->buckets[ending(name)]; s; s = s->next)
        if (ends_with(s->name, name))
            return s;
    return NULL;
}

uint32_t bw_fdt_string_insert(bw_fdt_strings *strings, const bw_name *name)
{
    const bw_fdt_string *host = find_ending(strings, name);
    uint32_t offset = strings->len;

    if (host) {
        offset = host->offset + (host->name->len - name->len);
    } else {
        bw_fdt_string *s = bw_arena_new(&strings->unit->arena, bw_fdt_string);

        s->name = name;
        s->offset = offset;
        strings->len += name->len + 1;
        if (strings->last)
            strings->last->follow = s;
        else
            strings->first = s;
        strings->last = s;
        if (name->len >= 4) {
            uint32_t b = ending(name);

            if (strings->tails[b])
                strings->tails[b]->next = s;
            else
                strings->buckets[b] = s;
            strings->tails[b] = s;
        }
    }
    bw_slot_of(&strings->unit->strings, name)->value = offset + 1;
    return offset;
}

void bw_fdt_strings_copy(const bw_fdt_strings *strings, uint8_t *to)
{
    for (const bw_fdt_string *s = strings->first; s; s = s->follow) {
        memcpy(to, s->name->text, s->name->len + 1);
        to += s->name->len + 1;
    }
}
