/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/dtc_report.h"

#include <stdio.h>

/* "file:3.5-9", "file:3.5-4.2"; the last column is one past the end, as dtc has it. */
static void print_place(const bw_dtc_report *report, const bw_place *place)
{
    if (!place->file) {
        fputs(report->nowhere, stderr);
        return;
    }
    fputs(place->file, stderr);
    if (!place->line)
        return;
    fprintf(stderr, ":%u.%u", place->line, place->column);
    if (place->end_line != place->line)
        fprintf(stderr, "-%u.%u", place->end_line, place->end_column);
    else if (place->end_column != place->column)
        fprintf(stderr, "-%u", place->end_column);
}

/* "place: Warning (check): /node:property: text" */
static void print_check(const bw_dtc_report *report, const bw_finding *f)
{
    if (report->quiet >= (f->severity == BW_ERROR ? 2U : 1U))
        return;
    print_place(report, &f->place);
    fprintf(stderr, ": %s (%s): ", f->severity == BW_ERROR ? "ERROR" : "Warning", bw_codes[f->code].dtc);
    if (f->node)
        fprintf(stderr, "%s%s%s: ", f->node, f->property ? ":" : "", f->property ? f->property : "");
    fprintf(stderr, "%s\n", f->text);
}

/* What is wrong with the text or the blob itself. */
static void print_other(const bw_dtc_report *report, const bw_finding *f)
{
    bool error = f->severity == BW_ERROR;

    if (!error && report->quiet >= 1)
        return;
    fputs(f->code == BW_CODE_literal ? "Lexical error: " : error ? "Error: " : "Warning: ", stderr);
    print_place(report, &f->place);
    fprintf(stderr, f->place.line ? " %s\n" : ": %s\n", f->text);
}

static void print_finding(const bw_dtc_report *report, const bw_finding *f)
{
    bool check = bw_codes[f->code].dtc != NULL;

    if (f->severity == BW_NOTE)
        return;
    if (check)
        print_check(report, f);
    else
        print_other(report, f);
    if (report->quiet >= (f->severity == BW_WARNING ? 1U : check ? 2U : UINT32_MAX))
        return;
    for (const bw_related *r = f->related; r; r = r->next) {
        fputs("  ", stderr);
        print_place(report, &r->place);
        fprintf(stderr, ": %s\n", r->text);
    }
    if (f->cure)
        fprintf(stderr, "  cure: %s\n", f->cure);
}

void bw_dtc_report_print(bw_dtc_report *report, const bw_findings *findings)
{
    for (const bw_finding *f = report->from ? report->from->next : findings->first; f; f = f->next) {
        print_finding(report, f);
        report->from = f;
    }
}
