/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Findings: what a check has to say. The list of all is check/findings.def.
 */
#ifndef BW_BASE_FINDING_H
#define BW_BASE_FINDING_H

#include "base/arena.h"
#include "base/loc.h"

typedef enum bw_severity { BW_OFF, BW_NOTE, BW_WARNING, BW_ERROR } bw_severity;

typedef enum bw_code {
#define BW_FINDING(ident, name, severity, dtc, title, text, example, cure) BW_CODE_##ident,
#include "check/findings.def"
#undef BW_FINDING
    BW_CODE_COUNT
} bw_code;

typedef struct bw_code_info {
    const char *name;     /**< "memory-overlap" */
    bw_severity severity; /**< unless -W says otherwise */
    const char *dtc;      /**< dtc's name of the same check, or NULL */
    const char *title;    /**< one sentence */
    const char *text;     /**< what it means, for explain */
    const char *example;  /**< DTS or YAML that fires it, or "" */
    const char *cure;     /**< what to do */
} bw_code_info;

extern const bw_code_info bw_codes[BW_CODE_COUNT];
bool bw_code_find(const char *name, bw_code *code); /**< by own name or dtc's */
const char *bw_severity_name(bw_severity severity);

/** How a place came to be: "included from", "expanded from macro". */
typedef struct bw_trail {
    struct bw_trail *next;
    bw_place place;
    const char *text;
} bw_trail;

typedef struct bw_related {
    struct bw_related *next;
    bw_place place;
    const char *text;
} bw_related;

typedef struct bw_finding {
    struct bw_finding *next;
    bw_code code;
    bw_severity severity;
    bw_place place;
    const char *text;     /**< one sentence, no full stop */
    const char *node;     /**< path of the node it is about, or NULL */
    const char *property; /**< or NULL */
    bw_related *related;  /**< other places, in order */
    bw_trail *trail;
    const char *cure; /**< or NULL */
    uint32_t boards;  /**< boards of the run that have it; set when findings are joined */
    bw_arena *arena;
} bw_finding;

typedef struct bw_findings {
    bw_arena arena;
    bw_finding *first, *last;
    uint32_t counts[4]; /**< by severity */
    uint32_t limit;     /**< no more than so many are kept (0: 10,000) */
    const struct bw_context *ctx;
} bw_findings;

void bw_findings_init(bw_findings *findings, const struct bw_context *ctx);
void bw_findings_free(bw_findings *findings);

/** Adds a finding. @return NULL when its level is off; the calls below take NULL. Texts are copied. */
bw_finding *bw_findings_add(bw_findings *findings, bw_code code, bw_place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bw_finding *bw_findings_addv(bw_findings *findings, bw_code code, bw_place place, const char *format, va_list ap);
void bw_finding_note(bw_finding *finding, bw_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void bw_finding_cure(bw_finding *finding, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bw_finding_subject(bw_finding *finding, const char *node_path, const char *property);

/** Nearest of @p candidates to @p word (NULL-terminated), or NULL if none is near: "did you mean". */
const char *bw_nearest(const char *word, const char *const *candidates);

#endif
