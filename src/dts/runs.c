/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/runs.h"

typedef struct maker {
    bw_arena *arena;
    const bw_value *value;
    bw_value_run *runs;
    uint32_t count, room;
} maker;

uint32_t bw_run_width(bw_mark_kind kind)
{
    switch (kind) {
    case BW_MARK_UINT16:
        return 2;
    case BW_MARK_UINT32:
        return 4;
    case BW_MARK_UINT64:
        return 8;
    default:
        return 1;
    }
}

static void add(maker *m, bw_mark_kind kind, uint32_t begin, uint32_t end, uint32_t mark)
{
    if (m->count == m->room) {
        uint32_t room = m->room ? m->room * 2 : 8;
        bw_value_run *larger = bw_arena_array(m->arena, bw_value_run, room);

        if (m->count)
            memcpy(larger, m->runs, m->count * sizeof *larger);
        m->runs = larger;
        m->room = room;
    }
    m->runs[m->count++] = (bw_value_run){kind, begin, end - begin, mark};
}

/* A run whose type is known, but perhaps not for all of its bytes. */
static void add_typed(maker *m, bw_mark_kind kind, uint32_t begin, uint32_t end, uint32_t mark)
{
    uint32_t rest = (end - begin) % bw_run_width(kind);

    if (kind == BW_MARK_STRING && (end == begin || m->value->data[end - 1] != 0))
        kind = BW_MARK_UINT8;
    if (rest < end - begin || rest == 0)
        add(m, kind, begin, end - rest, mark);
    if (rest)
        add(m, BW_MARK_UINT8, end - rest, end, UINT32_MAX);
}

/* Characters that a person would have put into a string. */
static bool is_text(uint8_t c)
{
    return (c >= 0x20 && c < 0x7f) || (c >= '\a' && c <= '\r');
}

static bool looks_like_strings(const uint8_t *data, uint32_t len)
{
    uint32_t nuls = 0;

    if (data[len - 1] != 0)
        return false;
    for (uint32_t i = 0; i < len; i++) {
        if (data[i] == 0)
            nuls++;
        else if (!is_text(data[i]))
            return false;
    }
    return nuls <= len - nuls;
}

/* dtc's guess: strings, else cells, else bytes. */
static void guess(maker *m, uint32_t begin, uint32_t end)
{
    const uint8_t *data = m->value->data;

    if (begin >= end)
        return;
    if (looks_like_strings(data + begin, end - begin)) {
        while (begin < end) {
            const uint8_t *nul = memchr(data + begin, 0, end - begin);
            uint32_t next = (uint32_t)(nul - data) + 1;

            add(m, BW_MARK_STRING, begin, next, UINT32_MAX);
            begin = next;
        }
    } else {
        add(m, (end - begin) % 4 ? BW_MARK_UINT8 : BW_MARK_UINT32, begin, end, UINT32_MAX);
    }
}

static bool is_type(bw_mark_kind kind)
{
    return kind >= BW_MARK_UINT8 && kind <= BW_MARK_STRING;
}

/* Untyped bytes, with a cell wherever a reference stands. */
static void guess_around_refs(maker *m, uint32_t begin, uint32_t end)
{
    for (uint32_t i = 0; i < m->value->mark_count; i++) {
        const bw_mark *mark = &m->value->marks[i];

        if (mark->kind != BW_MARK_REF_PHANDLE || mark->offset < begin || mark->offset > end || end - mark->offset < 4)
            continue;
        guess(m, begin, mark->offset);
        add(m, BW_MARK_UINT32, mark->offset, mark->offset + 4, UINT32_MAX);
        begin = mark->offset + 4;
    }
    guess(m, begin, end);
}

bw_value_run *bw_value_runs(bw_arena *arena, const bw_value *value, uint32_t *count)
{
    maker m = {.arena = arena, .value = value};
    uint32_t begin = 0;
    uint32_t mark = UINT32_MAX;
    bw_mark_kind kind = BW_MARK_UNKNOWN;

    for (uint32_t i = 0; i < value->mark_count; i++) {
        const bw_mark *next = &value->marks[i];

        if (!is_type(next->kind) || next->offset > value->len)
            continue;
        if (mark != UINT32_MAX)
            add_typed(&m, kind, begin, next->offset, mark);
        else
            guess_around_refs(&m, begin, next->offset);
        begin = next->offset;
        mark = i;
        kind = next->kind;
    }
    if (mark != UINT32_MAX)
        add_typed(&m, kind, begin, value->len, mark);
    else
        guess_around_refs(&m, begin, value->len);
    *count = m.count;
    return m.runs;
}

const bw_mark *bw_value_ref_at(const bw_value *value, uint32_t offset, uint32_t *from)
{
    uint32_t i = *from;

    while (i < value->mark_count && value->marks[i].offset < offset)
        i++;
    *from = i;
    for (; i < value->mark_count && value->marks[i].offset == offset; i++)
        if (value->marks[i].kind == BW_MARK_REF_PHANDLE)
            return &value->marks[i];
    return NULL;
}
