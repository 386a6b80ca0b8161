/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Findings as text, JSON, SARIF 2.1.0 and GitHub annotations. Nothing is printed: all goes into a
 * buffer as UTF-8. The same findings give the same bytes.
 */
#ifndef BW_REPORT_REPORT_H
#define BW_REPORT_REPORT_H

#include "base/buffer.h"
#include "base/finding.h"

/** What a run looked at. */
typedef struct bw_totals {
    uint32_t boards;
    uint32_t targets; /**< not shown where it is the number of boards */
    uint64_t nodes;
    const char *thing, *part; /**< what boards and targets are called when they are none: "application", "device type";
                                   NULL: they are */
    bool treeless;            /**< no board is a devicetree, so that there are no nodes to count */
    double seconds;           /**< negative: not measured; only bw_report_summary() shows it */
} bw_totals;

/** Findings for a person: place, sentence, the line with a caret, other places, the cure. */
void bw_report_text(bw_buffer *out, const bw_findings *findings, bool color);
/** "2 boards, 9 targets, 1,204 nodes: 6 errors, 9 warnings (0.011 s)" and a line end. */
void bw_report_summary(bw_buffer *out, const bw_findings *findings, const bw_totals *totals);
/** One object; its shape is docs/json.md's. */
void bw_report_json(bw_buffer *out, const bw_findings *findings, const bw_totals *totals);
/** SARIF 2.1.0 (OASIS), one run, every row of findings.def as a rule. */
void bw_report_sarif(bw_buffer *out, const bw_findings *findings);
/** Workflow commands of GitHub Actions: "::error file=…,line=…::…". */
void bw_report_github(bw_buffer *out, const bw_findings *findings);

/**
 * Adds the findings of one board to those of a run. One that the run has already (code, place and
 * sentence) is counted in its boards instead. Everything is copied but what sources own.
 */
typedef struct bw_join bw_join;
bw_join *bw_join_new(bw_findings *into);
void bw_join_add(bw_join *join, const bw_findings *from);
void bw_join_free(bw_join *join);

/**
 * Takes away the findings that are known: those of a file that bw_report_json() made before. One is known by its code,
 * its file and its sentence, as often as it is there; lines do not count.
 * @param dropped gets how many were taken. @return false with a sentence in @p error (g_free() it) when the file is
 * none.
 */
bool bw_baseline_drop(bw_findings *findings, const char *path, uint32_t *dropped, char **error);

/** How many findings there are of each code, the most frequent first: "     31 error    zephyr-no-devicetree". */
void bw_report_tally(bw_buffer *out, const bw_findings *findings);

/* What the renderers share. */

/** The source line of @p place with its number, and ^~~~ under the span; nothing without a text. */
void bw_report_snippet(bw_buffer *out, const bw_place *place, bool color);
/** Text with control characters made visible and invalid UTF-8 replaced: safe for any terminal. */
void bw_report_clean(bw_buffer *out, const char *text);
/** Columns of a place in characters instead of bytes, from 1. 0 where the place has no line. */
void bw_report_characters(const bw_place *place, uint32_t *column, uint32_t *end_column);

#endif
