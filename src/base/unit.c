/* SPDX-License-Identifier: Apache-2.0 */
#include "base/unit.h"

#include <glib.h>
#include <stdarg.h>

bw_unit *bw_unit_new(bw_context *ctx)
{
    bw_unit *unit = g_new0(bw_unit, 1);

    unit->ctx = ctx;
    unit->n = &ctx->n;
    bw_arena_init(&unit->arena);
    return unit;
}

void bw_unit_free(bw_unit *unit)
{
    if (!unit)
        return;
    if (unit->reader_free)
        unit->reader_free(unit->reader);
    bw_arena_free(&unit->arena);
    bw_locs_free(&unit->locs);
    bw_slots_free(&unit->macros);
    bw_slots_free(&unit->labels);
    bw_slots_free(&unit->strings);
    bw_slots_free(&unit->bitbake);
    bw_slots_free(&unit->seen);
    g_free(unit);
}

void bw_unit_begin(bw_unit *unit, bw_findings *findings)
{
    bw_arena_reset(&unit->arena);
    bw_locs_clear(&unit->locs);
    bw_slots_clear(&unit->macros);
    bw_slots_clear(&unit->labels);
    bw_slots_clear(&unit->strings);
    bw_slots_clear(&unit->bitbake);
    unit->findings = findings;
}

static bw_trail *trail_entry(bw_finding *f, bw_place place, const char *text)
{
    bw_trail *t = bw_arena_new(f->arena, bw_trail);
    bw_trail **tail = &f->trail;

    t->place = place;
    t->text = text;
    while (*tail)
        tail = &(*tail)->next;
    *tail = t;
    return t;
}

/* First the macros that the token came out of, innermost first, then the includes, innermost first. */
static void add_trail(bw_unit *unit, bw_finding *f, bw_loc loc)
{
    const bw_locs *locs = &unit->locs;
    int depth = 0;

    while ((loc & BW_LOC_MACRO) && depth++ < 8) {
        const bw_expansion *e = &locs->expansions[loc & ~BW_LOC_MACRO];
        bw_place spelled = bw_locs_place(locs, bw_span_token(e->spelling));

        if (spelled.file && e->macro)
            trail_entry(f, spelled, bw_arena_printf(f->arena, "from the expansion of %s", e->macro->text));
        loc = e->call;
    }
    loc = bw_locs_call_site(locs, loc, false);
    const bw_visit *visit = bw_locs_visit_of(locs, loc);
    while (visit && visit->included && depth++ < 32) {
        bw_loc from = bw_locs_call_site(locs, visit->included, false);

        trail_entry(f, bw_locs_place(locs, bw_span_token(from)), "included from here");
        visit = bw_locs_visit_of(locs, from);
    }
}

bw_finding *bw_find(bw_unit *unit, bw_code code, bw_span span, const char *format, ...)
{
    va_list ap;

    if (unit->ctx->levels[code] == BW_OFF)
        return NULL;
    va_start(ap, format);
    bw_finding *f = bw_findings_addv(unit->findings, code, bw_locs_place(&unit->locs, span), format, ap);
    va_end(ap);
    if (f)
        add_trail(unit, f, span.begin);
    return f;
}

void bw_find_note(bw_unit *unit, bw_finding *finding, bw_span span, const char *format, ...)
{
    va_list ap;

    if (!finding)
        return;
    va_start(ap, format);
    char *text = g_strdup_vprintf(format, ap);
    va_end(ap);
    bw_finding_note(finding, bw_locs_place(&unit->locs, span), "%s", text);
    g_free(text);
}
