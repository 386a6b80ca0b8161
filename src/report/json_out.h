/* SPDX-License-Identifier: Apache-2.0 */
/** Writing JSON: what every renderer of it needs. */
#ifndef BW_REPORT_JSON_OUT_H
#define BW_REPORT_JSON_OUT_H

#include "report/report.h"

#include <jansson.h>

/** @return a string; bytes that are not UTF-8 are replaced by U+FFFD. */
json_t *bw_json_text(const char *text);
/** Appends @p value, indented, with a line end, and releases it. */
void bw_json_write(bw_buffer *out, json_t *value);

/** @return the object that bw_report_json() writes, for a command that has more to say. */
json_t *bw_json_report(const bw_findings *findings, const bw_totals *totals);

#endif
