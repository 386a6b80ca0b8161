/* SPDX-License-Identifier: Apache-2.0 */
#include "dts/pp.h"

/* The line of a file that a token stands on, or the macro call that it came out of. */
typedef struct spot {
    bw_loc visit;
    uint32_t line;
} spot;

static bool new_line(const bw_pp *pp, const bw_xtok *t, spot *last)
{
    bw_loc loc = bw_locs_call_site(&pp->unit->locs, t->loc, false);
    const bw_visit *visit = bw_locs_visit_of(&pp->unit->locs, loc);
    uint32_t line;
    uint32_t column;

    if (!visit)
        return false;
    bw_source_position(visit->source, loc - visit->base, &line, &column);
    if (visit->base == last->visit && line == last->line)
        return false;
    *last = (spot){visit->base, line};
    return true;
}

bool bw_dts_preprocess(bw_unit *unit, const char *path, const bw_dts_options *options, bw_buffer *out)
{
    bw_pp pp;
    bw_xtok t;
    spot last = {0};

    bw_pp_init(&pp, unit);
    bool ok = bw_pp_begin(&pp, path, options);
    for (bool first = true; ok; first = false) {
        bw_pp_next(&pp, false, &t);
        if (t.kind == BW_TK_EOF)
            break;
        if (t.flags & BW_SPACE && !first)
            bw_buffer_byte(out, new_line(&pp, &t, &last) ? '\n' : ' ');
        bw_buffer_add(out, t.text, t.len);
    }
    ok = ok && pp.faults == 0;
    if (out->len)
        bw_buffer_byte(out, '\n');
    bw_pp_end(&pp);
    bw_pp_clear(&pp);
    return ok;
}
