/* SPDX-License-Identifier: Apache-2.0 */
/* Workflow commands of GitHub Actions, section "Setting an error message". */
#include "report/report.h"

/* A property ends at ',' or ':', the message at the line's end; '%' begins an escape. */
static void put_escaped(bw_buffer *out, const char *text, bool property)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
            bw_buffer_printf(out, "%%%02X", c);
        else
            bw_buffer_byte(out, c);
    }
}

static void put_finding(bw_buffer *out, const bw_finding *f)
{
    static const char *const commands[] = {"notice", "notice", "warning", "error"};
    const bw_place *p = &f->place;
    uint32_t column, end_column;

    bw_buffer_printf(out, "::%s ", commands[f->severity]);
    if (p->file) {
        bw_buffer_text(out, "file=");
        put_escaped(out, p->file, true);
        bw_buffer_byte(out, ',');
    }
    if (p->file && p->line) {
        bw_report_characters(p, &column, &end_column);
        bw_buffer_printf(out, "line=%u,endLine=%u,", p->line, p->end_line);
        /* Columns are understood only within one line; the end is the last character here. */
        if (p->line == p->end_line)
            bw_buffer_printf(out, "col=%u,endColumn=%u,", column, end_column > column ? end_column - 1 : column);
        else
            bw_buffer_printf(out, "col=%u,", column);
    }
    bw_buffer_printf(out, "title=%s::", bw_codes[f->code].name);
    if (!p->line && f->node && !strstr(f->text, f->node)) {
        put_escaped(out, f->node, false);
        bw_buffer_text(out, ": ");
    }
    put_escaped(out, f->text, false);
    for (const bw_related *r = f->related; r; r = r->next) {
        bw_buffer_text(out, "%0A");
        if (r->place.file) {
            put_escaped(out, r->place.file, false);
            bw_buffer_printf(out, r->place.line ? ":%u: " : ": ", r->place.line);
        }
        put_escaped(out, r->text, false);
    }
    if (f->cure) {
        bw_buffer_text(out, "%0Acure: ");
        put_escaped(out, f->cure, false);
    }
    bw_buffer_byte(out, '\n');
}

void bw_report_github(bw_buffer *out, const bw_findings *findings)
{
    for (const bw_finding *f = findings->first; f; f = f->next)
        put_finding(out, f);
}
