/* SPDX-License-Identifier: Apache-2.0 */
/** Findings in the words of dtc, for build systems that read its messages. */
#ifndef BW_CLI_DTC_REPORT_H
#define BW_CLI_DTC_REPORT_H

#include "base/finding.h"

typedef struct bw_dtc_report {
    unsigned quiet;         /**< -q: 1 no warnings, 2 no errors of checks either */
    const char *nowhere;    /**< stands for the place of what has none: the output's name */
    const bw_finding *from; /**< first finding not yet printed; NULL: none was */
} bw_dtc_report;

/** Prints to standard error what was found since the last call. */
void bw_dtc_report_print(bw_dtc_report *report, const bw_findings *findings);

#endif
