/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges that meet: devices with each other and with memories, the two memories. (C10, C11, C12) */
#include "systems/cheriot/check.h"

#include <stdlib.h>

#define PAIRS_MAX 2000 /* a real board has none */

/* A device or a memory among all. */
typedef struct range {
    const bw_cheriot_extent *extent;
    bool is_memory;
    uint32_t partners; /* pairs that it is in and that are not said yet */
} range;

typedef struct pair {
    uint32_t a, b; /* indexes of ranges */
    bool said;
} pair;

typedef struct overlaps {
    bw_cheriot_run *run;
    range *ranges;
    uint32_t range_count;
    pair *pairs;
    uint32_t pair_count;
} overlaps;

static void add_range(overlaps *o, const bw_cheriot_extent *extent, bool is_memory)
{
    if (extent->value && extent->known)
        o->ranges[o->range_count++] = (range){extent, is_memory, 0};
}

static int by_first(const void *a, const void *b)
{
    const range *x = a;
    const range *y = b;

    if (x->extent->first != y->extent->first)
        return x->extent->first < y->extent->first ? -1 : 1;
    if (x->is_memory != y->is_memory)
        return x->is_memory ? -1 : 1;
    return strcmp(x->extent->name, y->extent->name);
}

static void find_pairs(overlaps *o)
{
    for (uint32_t i = 0; i < o->range_count; i++)
        for (uint32_t j = i + 1; j < o->range_count; j++) {
            if (o->ranges[j].extent->first >= o->ranges[i].extent->past || o->pair_count == PAIRS_MAX)
                break;
            if (o->ranges[i].is_memory && o->ranges[j].is_memory)
                continue;
            o->pairs[o->pair_count++] = (pair){i, j, false};
            o->ranges[i].partners++;
            o->ranges[j].partners++;
        }
}

/* Whom to blame: who meets the most others is the one that is wrong; of two, the one that was written later. A memory
 * is blamed only where a patch brought it. */
static bool is_rather(const overlaps *o, const range *a, const range *b)
{
    const bw_cheriot_board *board = o->run->board;

    if (a->partners != b->partners)
        return a->partners > b->partners;
    if (a->is_memory != b->is_memory)
        return b->is_memory;
    return bw_cheriot_is_later(board, a->extent, b->extent);
}

static uint32_t worst(const overlaps *o)
{
    uint32_t found = UINT32_MAX;

    for (uint32_t i = 0; i < o->pair_count; i++) {
        const uint32_t sides[] = {o->pairs[i].a, o->pairs[i].b};

        for (int s = 0; s < 2 && !o->pairs[i].said; s++)
            if (found == UINT32_MAX || is_rather(o, &o->ranges[sides[s]], &o->ranges[found]))
                found = sides[s];
    }
    return found;
}

static uint64_t common_bytes(const bw_cheriot_extent *a, const bw_cheriot_extent *b)
{
    return MIN(a->past, b->past) - MAX(a->first, b->first);
}

static bw_finding *say(overlaps *o, const range *r, const range *other, bool in_memory, uint32_t more)
{
    bw_cheriot_run *run = o->run;
    const bw_cheriot_extent *a = r->extent;
    const bw_cheriot_extent *b = other->extent;
    bw_code code = in_memory ? BW_CODE_cheriot_device_in_memory : BW_CODE_cheriot_device_overlap;
    bw_place place = bw_cheriot_extent_place(run, a);
    const char *what = r->is_memory ? "the memory " : "the device ";

    if (more)
        return bw_findings_add(run->findings, code, place, "%s%s, %s, overlaps %u others", what, a->name,
                               bw_cheriot_range(run, a), more + 1);
    if (a->first == b->first && a->past == b->past)
        return bw_findings_add(run->findings, code, place, "%s%s has the same addresses as %s, %s", what, a->name,
                               b->name, bw_cheriot_range(run, a));
    return bw_findings_add(run->findings, code, place, "%s%s, %s, overlaps %s, %s, by %s", what, a->name,
                           bw_cheriot_range(run, a), b->name, bw_cheriot_range(run, b),
                           bw_cheriot_bytes(run, common_bytes(a, b)));
}

/* One finding about a range and all that it meets. */
static void say_all_of(overlaps *o, uint32_t index)
{
    const range *r = &o->ranges[index];
    const range *first = NULL;
    bool in_memory = r->is_memory;
    uint32_t count = 0;

    for (uint32_t i = 0; i < o->pair_count; i++) {
        const pair *p = &o->pairs[i];
        const range *other = &o->ranges[p->a == index ? p->b : p->a];

        if (p->said || (p->a != index && p->b != index))
            continue;
        in_memory |= other->is_memory;
        first = first && !other->is_memory ? first : other;
        count++;
    }
    bw_finding *f = say(o, r, first, in_memory, count - 1);
    for (uint32_t i = 0; i < o->pair_count; i++) {
        pair *p = &o->pairs[i];
        const range *other = &o->ranges[p->a == index ? p->b : p->a];

        if (p->said || (p->a != index && p->b != index))
            continue;
        p->said = true;
        o->ranges[p->a].partners--;
        o->ranges[p->b].partners--;
        bw_finding_note(f, bw_cheriot_extent_place(o->run, other->extent), "%s is here, %s", other->extent->name,
                        bw_cheriot_range(o->run, other->extent));
    }
}

static void check_memories(bw_cheriot_run *run)
{
    const bw_cheriot_extent *code = &run->board->instruction_memory;
    const bw_cheriot_extent *data = &run->board->data_memory;

    if (!data->value || !data->known || !code->known || data->first >= code->past || code->first >= data->past)
        return;
    run->memory_wrong = true;
    bool code_later = bw_cheriot_is_later(run->board, code, data);
    const bw_cheriot_extent *later = code_later ? code : data;
    const bw_cheriot_extent *other = code_later ? data : code;
    bw_finding *f =
        bw_findings_add(run->findings, BW_CODE_cheriot_memory_overlap, bw_cheriot_extent_place(run, later),
                        "%s, %s, overlaps %s, %s, by %s", later->name, bw_cheriot_range(run, later), other->name,
                        bw_cheriot_range(run, other), bw_cheriot_bytes(run, common_bytes(code, data)));
    bw_finding_note(f, bw_cheriot_extent_place(run, other), "%s is here", other->name);
}

void bw_cheriot_check_overlaps(bw_cheriot_run *run)
{
    const bw_cheriot_board *board = run->board;
    overlaps o = {.run = run};
    uint32_t index;

    check_memories(run);
    o.ranges = bw_arena_array(&run->arena, range, board->device_count + 2);
    o.pairs = bw_arena_array(&run->arena, pair, PAIRS_MAX);
    for (uint32_t i = 0; i < board->device_count; i++)
        if (!run->bad[i])
            add_range(&o, &board->devices[i], false);
    if (!run->memory_wrong) {
        add_range(&o, &board->instruction_memory, true);
        add_range(&o, &board->data_memory, true);
    }
    qsort(o.ranges, o.range_count, sizeof *o.ranges, by_first);
    find_pairs(&o);
    while ((index = worst(&o)) != UINT32_MAX)
        say_all_of(&o, index);
}
