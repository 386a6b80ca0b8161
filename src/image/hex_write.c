/* SPDX-License-Identifier: Apache-2.0 */
#include "image/hex.h"

/* ---- order and overlaps ---- */

static const char *path_of(const bw_hex *hex, const bw_hex_run *run)
{
    return ((const bw_hex_file *)g_ptr_array_index(hex->files, run->file))->path;
}

static int compare_runs(gconstpointer a, gconstpointer b)
{
    const bw_hex_run *x = a;
    const bw_hex_run *y = b;

    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bw_place place_of(const bw_hex *hex, const bw_hex_run *run)
{
    bw_source *source = run->line ? bw_source_open(hex->ctx->sources, path_of(hex, run), NULL) : NULL;
    const char *text;
    uint32_t len;

    if (!source || !bw_source_line(source, run->line, &text, &len))
        return bw_file_place(path_of(hex, run));
    uint32_t begin = (uint32_t)(text - source->text);
    return bw_source_place(source, begin, begin + len);
}

/* The file's bytes around a run: a person thinks of the file's range, not of the piece that a record began. */
static void widen(const bw_hex *hex, const bw_hex_run *run, uint64_t *begin, uint64_t *end)
{
    *begin = run->address;
    *end = run->address + run->len;
    for (bool more = true; more;) {
        more = false;
        for (guint i = 0; i < hex->runs->len && hex->runs->len < 1000; i++) {
            const bw_hex_run *r = &g_array_index(hex->runs, bw_hex_run, i);

            if (r->file != run->file)
                continue;
            if (r->address + r->len == *begin) {
                *begin = r->address;
                more = true;
            } else if (r->address == *end) {
                *end = r->address + r->len;
                more = true;
            }
        }
    }
}

static void report_overlap(const bw_hex *hex, const bw_hex_run *below, const bw_hex_run *above)
{
    /* The blame goes to the file that came later. */
    const bw_hex_run *late = above->file >= below->file ? above : below;
    const bw_hex_run *early = late == above ? below : above;
    uint64_t end = MIN(below->address + below->len, above->address + above->len);
    uint64_t late_begin, late_end, early_begin, early_end;

    widen(hex, late, &late_begin, &late_end);
    widen(hex, early, &early_begin, &early_end);
    uint64_t count = end - above->address;
    bool same =
        memcmp(bw_hex_bytes(hex, above), bw_hex_bytes(hex, below) + (above->address - below->address), count) == 0;
#define X "0x%08" G_GINT64_MODIFIER "x"
    bw_finding *f = bw_findings_add(hex->findings, BW_CODE_hex_overlap, place_of(hex, late),
                                    X "–" X " overlaps " X "–" X " of %s by 0x%" G_GINT64_MODIFIER "x bytes at " X
                                      ", where the bytes %s",
                                    late_begin, late_end - 1, early_begin, early_end - 1,
                                    late->file == early->file ? "the same file" : path_of(hex, early), count,
                                    above->address, same ? "are the same" : "differ");
    bw_finding_note(f, place_of(hex, early), X "–" X " is here", early_begin, early_end - 1);
#undef X
}

/* Once for each two files. */
static void report_once(const bw_hex *hex, const bw_hex_run *below, const bw_hex_run *above, GHashTable *said)
{
    uint64_t pair = (uint64_t)MIN(below->file, above->file) << 32 | MAX(below->file, above->file);

    if (g_hash_table_contains(said, &pair))
        return;
    uint64_t *key = g_new(uint64_t, 1);
    *key = pair;
    g_hash_table_add(said, key);
    report_overlap(hex, below, above);
}

/* The part of a run from a number of bytes on, or before it. */
static bw_hex_run part(bw_hex_run run, uint64_t skip, uint64_t len)
{
    run.address += skip;
    run.offset += skip;
    run.len = len;
    return run;
}

static bool wins(const bw_hex_run *a, const bw_hex_run *b, bw_hex_overlap overlap)
{
    bool later = a->file != b->file ? a->file > b->file : a->offset > b->offset;

    return overlap == BW_HEX_OVERLAP_LAST ? later : !later;
}

/* The runs that have begun, the one that wins on top: a binary heap. Those that have ended go when they come up. */
static void push(GArray *heap, const bw_hex_run *run, bw_hex_overlap overlap)
{
    g_array_append_val(heap, *run);
    bw_hex_run *h = (bw_hex_run *)(void *)heap->data;
    for (guint i = heap->len - 1; i > 0 && wins(&h[i], &h[(i - 1) / 2], overlap); i = (i - 1) / 2) {
        bw_hex_run swap = h[i];
        h[i] = h[(i - 1) / 2];
        h[(i - 1) / 2] = swap;
    }
}

static void pop(GArray *heap, bw_hex_overlap overlap)
{
    bw_hex_run *h = (bw_hex_run *)(void *)heap->data;
    guint count = heap->len - 1;

    h[0] = h[count];
    g_array_set_size(heap, count);
    for (guint i = 0;;) {
        guint best = i;

        for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < count; child++)
            if (wins(&h[child], &h[best], overlap))
                best = child;
        if (best == i)
            return;
        bw_hex_run swap = h[i];
        h[i] = h[best];
        h[best] = swap;
        i = best;
    }
}

/* Goes through all addresses, and takes of each the run that wins there. */
static GArray *flatten(const GArray *runs, bw_hex_overlap overlap)
{
    GArray *flat = g_array_new(FALSE, FALSE, sizeof(bw_hex_run));
    GArray *heap = g_array_new(FALSE, FALSE, sizeof(bw_hex_run));
    uint64_t at = 0;

    for (guint next = 0; next < runs->len || heap->len;) {
        if (heap->len == 0)
            at = MAX(at, g_array_index(runs, bw_hex_run, next).address);
        while (next < runs->len && g_array_index(runs, bw_hex_run, next).address <= at)
            push(heap, &g_array_index(runs, bw_hex_run, next++), overlap);
        const bw_hex_run top = g_array_index(heap, bw_hex_run, 0);
        if (top.address + top.len <= at) {
            pop(heap, overlap);
            continue;
        }
        uint64_t end = top.address + top.len;
        if (next < runs->len)
            end = MIN(end, g_array_index(runs, bw_hex_run, next).address);
        bw_hex_run piece = part(top, at - top.address, end - at);
        g_array_append_val(flat, piece);
        at = end;
    }
    g_array_free(heap, TRUE);
    return flat;
}

static bool has_overlap(const GArray *runs)
{
    for (guint i = 1; i < runs->len; i++) {
        const bw_hex_run *before = &g_array_index(runs, bw_hex_run, i - 1);

        if (before->address + before->len > g_array_index(runs, bw_hex_run, i).address)
            return true;
    }
    return false;
}

static void report_overlaps(const bw_hex *hex)
{
    GHashTable *said = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    const bw_hex_run *highest = NULL; /* the run that ends last so far */

    for (guint i = 0; i < hex->runs->len; i++) {
        const bw_hex_run *run = &g_array_index(hex->runs, bw_hex_run, i);

        if (highest && highest->address + highest->len > run->address)
            report_once(hex, highest, run, said);
        if (!highest || run->address + run->len > highest->address + highest->len)
            highest = run;
    }
    g_hash_table_destroy(said);
}

bool bw_hex_resolve(bw_hex *hex, bw_hex_overlap overlap)
{
    g_array_sort(hex->runs, compare_runs);
    if (!has_overlap(hex->runs))
        return true;
    if (overlap == BW_HEX_OVERLAP_ERROR) {
        report_overlaps(hex);
        return false;
    }
    GArray *flat = flatten(hex->runs, overlap);
    g_array_free(hex->runs, TRUE);
    hex->runs = flat;
    return true;
}

bool bw_hex_start(const bw_hex *hex, bw_hex_start_kind *kind, uint32_t *start)
{
    const bw_hex_file *first = NULL;

    *kind = BW_HEX_NO_START;
    *start = 0;
    for (guint i = 0; i < hex->files->len; i++) {
        const bw_hex_file *f = g_ptr_array_index(hex->files, i);

        if (f->start_kind == BW_HEX_NO_START)
            continue;
        if (first && (f->start_kind != first->start_kind || f->start != first->start)) {
            bw_finding *finding =
                bw_findings_add(hex->findings, BW_CODE_hex_start, bw_file_place(f->path),
                                "the start is 0x%08x here, and 0x%08x in %s", f->start, first->start, first->path);
            bw_finding_cure(finding, "leave the start out with --no-start: what boots the chip does not read it");
            return false;
        }
        first = f;
        *kind = f->start_kind;
        *start = f->start;
    }
    return true;
}

/* ---- text ---- */

static char *put_byte(char *p, uint8_t byte, uint8_t *sum)
{
    static const char digits[] = "0123456789ABCDEF";

    *sum = (uint8_t)(*sum + byte);
    *p++ = digits[byte >> 4];
    *p++ = digits[byte & 0xf];
    return p;
}

static void put_record(bw_output *out, bool crlf, uint32_t address, uint8_t type, const uint8_t *data, uint32_t len)
{
    char line[1 + 2 * (5 + BW_HEX_RECORD_MAX) + 2];
    char *p = line;
    uint8_t sum = 0;

    *p++ = ':';
    p = put_byte(p, (uint8_t)len, &sum);
    p = put_byte(p, (uint8_t)(address >> 8), &sum);
    p = put_byte(p, (uint8_t)address, &sum);
    p = put_byte(p, type, &sum);
    for (uint32_t i = 0; i < len; i++)
        p = put_byte(p, data[i], &sum);
    p = put_byte(p, (uint8_t)-sum, &sum);
    if (crlf)
        *p++ = '\r';
    *p++ = '\n';
    bw_output_write(out, line, (size_t)(p - line));
}

/* Bytes of records that go across runs which touch. */
typedef struct pending {
    uint64_t address;
    uint32_t len;
    uint8_t bytes[BW_HEX_RECORD_MAX];
} pending;

typedef struct text {
    bw_output *out;
    const bw_hex_style *style;
    uint32_t record_len;
    bool extended; /* addresses beyond 64 KiB: record 04 before each of them */
    int64_t upper; /* what the last record 04 said; -1: none yet */
    uint64_t count;
    pending pending;
} text;

static void flush(text *t)
{
    const pending *p = &t->pending;

    if (p->len == 0)
        return;
    int64_t upper = (int64_t)(p->address >> 16);
    if (t->extended && upper != t->upper) {
        const uint8_t data[2] = {(uint8_t)(upper >> 8), (uint8_t)upper};

        put_record(t->out, t->style->crlf, 0, 4, data, 2);
        t->upper = upper;
        t->count++;
    }
    put_record(t->out, t->style->crlf, (uint32_t)p->address & 0xffff, 0, p->bytes, p->len);
    t->count++;
    t->pending.len = 0;
}

static void put_run(text *t, uint64_t address, const uint8_t *bytes, uint64_t len)
{
    pending *p = &t->pending;

    while (len > 0) {
        if (p->len && (p->address + p->len != address || (address & 0xffff) == 0))
            flush(t);
        if (p->len == 0)
            p->address = address;
        uint32_t n = (uint32_t)MIN(MIN(len, t->record_len - p->len), 0x10000 - (address & 0xffff));
        memcpy(p->bytes + p->len, bytes, n);
        p->len += n;
        if (p->len == t->record_len)
            flush(t);
        address += n;
        bytes += n;
        len -= n;
    }
}

uint64_t bw_hex_write(const bw_hex *hex, const bw_hex_style *style, bw_output *out)
{
    text t = {.out = out,
              .style = style,
              .record_len = style->record_len ? style->record_len : BW_HEX_RECORD_USUAL,
              .upper = -1};
    const GArray *runs = hex->runs;

    if (runs->len) {
        const bw_hex_run *last = &g_array_index(runs, bw_hex_run, runs->len - 1);
        t.extended = last->address + last->len > 0x10000;
    }
    if (style->start_kind != BW_HEX_NO_START) {
        const uint8_t data[4] = {(uint8_t)(style->start >> 24), (uint8_t)(style->start >> 16),
                                 (uint8_t)(style->start >> 8), (uint8_t)style->start};
        put_record(out, style->crlf, 0, style->start_kind == BW_HEX_START_SEGMENT ? 3 : 5, data, 4);
        t.count++;
    }
    for (guint i = 0; i < runs->len; i++) {
        const bw_hex_run *run = &g_array_index(runs, bw_hex_run, i);

        put_run(&t, run->address, bw_hex_bytes(hex, run), run->len);
    }
    flush(&t);
    put_record(out, style->crlf, 0, 1, NULL, 0);
    return t.count + 1;
}
