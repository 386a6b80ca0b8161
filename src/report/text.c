/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

#include <inttypes.h>
#include <stdio.h>

#define RESET "\033[0m"
#define BOLD "\033[1m"

static const char *severity_color(bw_severity severity)
{
    return severity == BW_ERROR ? "\033[1;31m" : severity == BW_WARNING ? "\033[1;35m" : "\033[1;36m";
}

static void paint(bw_buffer *out, bool color, const char *sequence)
{
    if (color)
        bw_buffer_text(out, sequence);
}

/* "path:line:col: " as far as known. */
static void put_place(bw_buffer *out, const bw_place *place, bool color)
{
    if (!place->file)
        return;
    paint(out, color, BOLD);
    bw_report_clean(out, place->file);
    if (place->line)
        bw_buffer_printf(out, ":%u:%u", place->line, place->column);
    bw_buffer_text(out, ": ");
    paint(out, color, RESET);
}

static void put_severity(bw_buffer *out, bw_severity severity, bool color)
{
    paint(out, color, severity_color(severity));
    bw_buffer_text(out, bw_severity_name(severity));
    bw_buffer_text(out, ": ");
    paint(out, color, RESET);
}

/* A blob has no lines: its node is the place. */
static void put_subject(bw_buffer *out, const bw_finding *f)
{
    if (f->place.line || !f->node || strstr(f->text, f->node))
        return;
    bw_report_clean(out, f->node);
    if (f->property) {
        bw_buffer_byte(out, ':');
        bw_report_clean(out, f->property);
    }
    bw_buffer_text(out, ": ");
}

static void put_note(bw_buffer *out, const bw_place *place, const char *text, bool snippet, bool color)
{
    put_place(out, place, color);
    put_severity(out, BW_NOTE, color);
    bw_report_clean(out, text);
    bw_buffer_byte(out, '\n');
    if (snippet)
        bw_report_snippet(out, place, color);
}

static bool same_place(const bw_trail *a, const bw_trail *b)
{
    return a->place.line == b->place.line && a->place.column == b->place.column &&
           g_strcmp0(a->place.file, b->place.file) == 0 && strcmp(a->text, b->text) == 0;
}

/* An include says all with its place; the body of a macro must be seen. */
static void put_trail(bw_buffer *out, const bw_trail *trail, bool color)
{
    for (const bw_trail *t = trail; t; t = t->next) {
        unsigned times = 1;

        for (; t->next && same_place(t, t->next); t = t->next) /* a file that includes itself */
            times++;
        if (times == 1) {
            put_note(out, &t->place, t->text, !g_str_has_prefix(t->text, "included from"), color);
        } else {
            char *text = g_strdup_printf("%s, %u times and more", t->text, times);
            put_note(out, &t->place, text, false, color);
            g_free(text);
        }
    }
}

static void put_finding(bw_buffer *out, const bw_finding *f, bool color)
{
    put_place(out, &f->place, color);
    put_severity(out, f->severity, color);
    put_subject(out, f);
    paint(out, color, BOLD);
    bw_report_clean(out, f->text);
    paint(out, color, RESET);
    bw_buffer_printf(out, " [%s]", bw_codes[f->code].name);
    if (f->boards > 1)
        bw_buffer_printf(out, " (%u boards)", f->boards);
    bw_buffer_byte(out, '\n');
    bw_report_snippet(out, &f->place, color);
    put_trail(out, f->trail, color);
    for (const bw_related *r = f->related; r; r = r->next)
        put_note(out, &r->place, r->text, true, color);
    if (f->cure) {
        paint(out, color, "\033[1;32m");
        bw_buffer_text(out, "cure: ");
        paint(out, color, RESET);
        bw_report_clean(out, f->cure);
        bw_buffer_byte(out, '\n');
    }
}

void bw_report_text(bw_buffer *out, const bw_findings *findings, bool color)
{
    uint32_t total = findings->counts[BW_ERROR] + findings->counts[BW_WARNING] + findings->counts[BW_NOTE];
    uint32_t shown = 0;

    for (const bw_finding *f = findings->first; f; f = f->next, shown++)
        put_finding(out, f, color);
    if (total > shown)
        bw_buffer_printf(out, "… and %u more findings, which are counted only\n", total - shown);
}

/* "1,204 nodes", "1 board", "2 repositories". */
static void put_count(bw_buffer *out, uint64_t n, const char *thing)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, n);

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            bw_buffer_byte(out, ',');
        bw_buffer_byte(out, (uint8_t)digits[i]);
    }
    bool ies = n != 1 && g_str_has_suffix(thing, "y");
    bw_buffer_printf(out, " %.*s%s", (int)(strlen(thing) - ies), thing, n == 1 ? "" : ies ? "ies" : "s");
}

void bw_report_summary(bw_buffer *out, const bw_findings *findings, const bw_totals *totals)
{
    const uint32_t *counts = findings->counts;

    put_count(out, totals->boards, totals->thing ? totals->thing : "board");
    if (totals->targets && totals->targets != totals->boards) {
        bw_buffer_text(out, ", ");
        put_count(out, totals->targets, totals->part ? totals->part : "target");
    }
    if (!totals->treeless) {
        bw_buffer_text(out, ", ");
        put_count(out, totals->nodes, "node");
    }
    bw_buffer_text(out, ": ");
    put_count(out, counts[BW_ERROR], "error");
    bw_buffer_text(out, ", ");
    put_count(out, counts[BW_WARNING], "warning");
    if (counts[BW_NOTE]) {
        bw_buffer_text(out, ", ");
        put_count(out, counts[BW_NOTE], "note");
    }
    if (totals->seconds >= 0)
        bw_buffer_printf(out, " (%.3f s)", totals->seconds);
    bw_buffer_byte(out, '\n');
}
