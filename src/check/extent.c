/* SPDX-License-Identifier: Apache-2.0 */
#include "check/extent.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

GArray *bw_extents_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(bw_extent));
}

void bw_extents_add_reg(bw_run *run, GArray *extents, bw_info *info)
{
    if (!info->reg || (info->bad & BW_BAD_REG))
        return;
    bw_rows rows = bw_reg_rows(run->tree, info->node);
    for (uint32_t i = 0; rows.state == BW_STATE_OK && i < rows.count; i++) {
        bw_row row = bw_rows_get(&rows, i);

        if (!row.known || row.child.wide || row.size.wide || row.child.high || row.size.high || !row.size.cells ||
            !row.size.value)
            continue;
        bw_extent e = {row.child.value, row.child.value + row.size.value - 1, info, info->reg, row.offset, row.len};
        if (e.last < e.first)
            bw_extent_say(run, BW_CODE_address_wraps, &e,
                          "0x%" PRIx64 " with a size of %s runs beyond the end of 64-bit addresses", e.first,
                          bw_size_text(run, row.size.value));
        else
            g_array_append_val(extents, e);
    }
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const bw_extent *x = a;
    const bw_extent *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->last != y->last)
        return x->last > y->last ? -1 : 1;
    if (x->info != y->info)
        return x->info < y->info ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

void bw_extents_sort(GArray *extents)
{
    g_array_sort(extents, compare);
}

bw_span bw_extent_span(const bw_extent *e)
{
    return bw_prop_range_span(e->prop, e->offset, e->len);
}

bw_finding *bw_extent_say(bw_run *run, bw_code code, const bw_extent *e, const char *format, ...)
{
    va_list ap;
    char *text = NULL;

    va_start(ap, format);
    if (vasprintf(&text, format, ap) < 0)
        abort();
    va_end(ap);
    bw_span span = bw_extent_span(e);
    bw_finding *f = span.begin ? bw_find(run->unit, code, span, "%s", text)
                               : bw_find_prop(run->tree, code, e->info->node, e->prop, "%s", text);
    free(text);
    bw_finding_subject(f, bw_path(run, e->info->node), e->prop->name->text);
    return f;
}

const char *bw_extent_text(const bw_run *run, const bw_extent *e)
{
    return bw_range_text(run, e->first, e->last);
}

void bw_extent_note(bw_run *run, bw_finding *f, const bw_extent *e)
{
    if (!f)
        return;
    bw_span span = bw_extent_span(e);
    if (span.begin)
        bw_find_note(run->unit, f, span, "%s is here, %s", bw_path(run, e->info->node), bw_extent_text(run, e));
    else
        bw_find_note_node(run->tree, f, e->info->node, "the other one is at %s", bw_extent_text(run, e));
}
