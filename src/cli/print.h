/* SPDX-License-Identifier: Apache-2.0 */
/** How commands print findings: text on standard error, the other formats on standard output. */
#ifndef BW_CLI_PRINT_H
#define BW_CLI_PRINT_H

#include "cli/options.h"
#include "report/report.h"

#include <jansson.h>

/** Prints the findings in the format of @p options; @p totals may be NULL unless the format can be
 *  JSON. @return BW_EXIT_FINDINGS if there is an error among them, else BW_EXIT_OK. */
int bw_print_findings(const bw_options *options, const bw_findings *findings, const bw_totals *totals);

/** Prints the findings as text whatever the format is: standard output is for what the command makes. */
int bw_print_findings_beside(const bw_options *options, const bw_findings *findings);

/** Prints @p value on standard output, and releases it. */
void bw_print_json(json_t *value);

/** The line of counts on standard error. */
void bw_print_summary(const bw_findings *findings, const bw_totals *totals);

/** Whether some finding says that a file could not be read: then the exit status is BW_EXIT_TROUBLE. */
bool bw_has_trouble(const bw_findings *findings);

#endif
