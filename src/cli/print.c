/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/print.h"

#include "cli/commands.h"
#include "report/json_out.h"

#include <stdio.h>

int bw_print_findings(const bw_options *options, const bw_findings *findings, const bw_totals *totals)
{
    bw_buffer out = {0};
    FILE *to = stdout;

    switch (options->format) {
    case BW_FORMAT_TEXT:
        bw_report_text(&out, findings, options->color);
        to = stderr;
        break;
    case BW_FORMAT_JSON:
        bw_report_json(&out, findings, totals);
        break;
    case BW_FORMAT_SARIF:
        bw_report_sarif(&out, findings);
        break;
    case BW_FORMAT_GITHUB:
        bw_report_github(&out, findings);
        break;
    }
    if (out.len)
        fwrite(out.data, 1, out.len, to);
    bw_buffer_free(&out);
    return findings->counts[BW_ERROR] ? BW_EXIT_FINDINGS : BW_EXIT_OK;
}

int bw_print_findings_beside(const bw_options *options, const bw_findings *findings)
{
    bw_options as_text = *options;

    as_text.format = BW_FORMAT_TEXT;
    return bw_print_findings(&as_text, findings, NULL);
}

void bw_print_json(json_t *value)
{
    bw_buffer out = {0};

    bw_json_write(&out, value);
    fwrite(out.data, 1, out.len, stdout);
    bw_buffer_free(&out);
}

void bw_print_summary(const bw_findings *findings, const bw_totals *totals)
{
    bw_buffer out = {0};

    bw_report_summary(&out, findings, totals);
    fwrite(out.data, 1, out.len, stderr);
    bw_buffer_free(&out);
}

bool bw_has_trouble(const bw_findings *findings)
{
    for (const bw_finding *f = findings->first; f; f = f->next)
        if ((f->code == BW_CODE_file_unreadable || f->code == BW_CODE_file_unwritable) && f->severity == BW_ERROR)
            return true;
    return false;
}
