/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Statements of devicetree source: what the files that read them share.
 */
#ifndef BW_DTS_STATEMENT_H
#define BW_DTS_STATEMENT_H

#include "dts/mend.h"

/** Labels that were read before it is known what they belong to, in the order of the source. */
typedef struct pending_label {
    const bw_name *name;
    bw_loc loc;
} pending_label;

typedef struct pending {
    pending_label *labels;
    uint32_t count;
} pending;

/* ---- recover.c: where an error was, and where to go on ---- */

/** Something is missing right behind the last token. @return NULL when that is only an echo. */
bw_finding *bw_missing_after(bw_parser *p, const char *what);
/** Goes behind the end of the present statement, or before the "}" of the body. */
void bw_skip_statement(bw_parser *p);
/** Takes the ";" of a statement. A missing one at the end of a line is put there. */
void bw_end_statement(bw_parser *p, bool after_brace);
/** Says once that the braces do not match. */
void bw_report_unbalanced(bw_parser *p, const char *text);
/** At "/delete-nod/": says which keyword was meant. @return false if this is no such word. */
bool bw_misspelt_keyword(bw_parser *p);

/** Whether what stands behind the head of a node at @p statement is its body, whose "{" is missing. */
bool bw_lost_open(const bw_parser *p, bw_loc statement);

/* ---- body.c: properties and nodes ---- */

pending bw_read_labels(bw_parser *p);
void bw_label_node(bw_parser *p, bw_node *node, const pending *labels, bool is_new);
/** Remembers that a property was set or deleted; its value is still the old one. */
void bw_note_prop_event(bw_parser *p, bw_prop *prop, bw_event_kind kind, bw_loc name, bw_loc last);
bw_node_event *bw_note_node_event(bw_parser *p, bw_node *node, bw_event_kind kind, bw_span name);
/** At "{". Ends behind the "};". @p fresh: this body defines the node, nothing is merged. */
void bw_parse_body(bw_parser *p, bw_node *node, bw_span name, bool fresh);
/** @return false when the body ends without its "}". */
bool bw_parse_statement(bw_parser *p, bw_node *node, bool fresh, bool *seen_child);

#endif
