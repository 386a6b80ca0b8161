/* SPDX-License-Identifier: Apache-2.0 */
#include "base/finding.h"

#include "base/context.h"

#include <stdarg.h>
#include <stdio.h>

const bw_code_info bw_codes[BW_CODE_COUNT] = {
#define BW_FINDING(ident, name, severity, dtc, title, text, example, cure)                                             \
    {name, severity, dtc, title, text, example, cure},
#include "check/findings.def"
#undef BW_FINDING
};

bool bw_code_find(const char *name, bw_code *code)
{
    for (int i = 0; i < BW_CODE_COUNT; i++) {
        const bw_code_info *info = &bw_codes[i];

        if (strcmp(info->name, name) == 0 || (info->dtc && strcmp(info->dtc, name) == 0)) {
            *code = (bw_code)i;
            return true;
        }
    }
    return false;
}

const char *bw_severity_name(bw_severity severity)
{
    static const char *const names[] = {"off", "note", "warning", "error"};

    return names[severity];
}

void bw_findings_init(bw_findings *findings, const bw_context *ctx)
{
    memset(findings, 0, sizeof *findings);
    bw_arena_init(&findings->arena);
    findings->ctx = ctx;
    findings->limit = 10000;
}

void bw_findings_free(bw_findings *findings)
{
    bw_arena_free(&findings->arena);
    memset(findings, 0, sizeof *findings);
}

static const char *format_text(bw_arena *arena, const char *format, va_list ap)
{
    va_list again;

    va_copy(again, ap);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = bw_arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, ap);
    return text;
}

static bw_severity level_of(const bw_context *ctx, bw_code code)
{
    bw_severity level = ctx->levels[code];

    return level == BW_WARNING && ctx->werror ? BW_ERROR : level;
}

bw_finding *bw_findings_addv(bw_findings *findings, bw_code code, bw_place place, const char *format, va_list ap)
{
    bw_severity level = level_of(findings->ctx, code);

    if (level == BW_OFF)
        return NULL;
    findings->counts[level]++;
    if (findings->counts[BW_NOTE] + findings->counts[BW_WARNING] + findings->counts[BW_ERROR] > findings->limit)
        return NULL;
    bw_finding *f = bw_arena_new(&findings->arena, bw_finding);
    f->arena = &findings->arena;
    f->code = code;
    f->severity = level;
    f->place = place;
    if (place.file && !place.source)
        f->place.file = bw_arena_strdup(f->arena, place.file);
    f->text = format_text(f->arena, format, ap);
    f->boards = 1;
    if (findings->last)
        findings->last->next = f;
    else
        findings->first = f;
    findings->last = f;
    return f;
}

bw_finding *bw_findings_add(bw_findings *findings, bw_code code, bw_place place, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    bw_finding *f = bw_findings_addv(findings, code, place, format, ap);
    va_end(ap);
    return f;
}

static void add_related(bw_finding *finding, bw_place place, const char *format, va_list ap)
{
    bw_related *r = bw_arena_new(finding->arena, bw_related);
    bw_related **tail = &finding->related;

    r->place = place;
    if (place.file && !place.source)
        r->place.file = bw_arena_strdup(finding->arena, place.file);
    r->text = format_text(finding->arena, format, ap);
    while (*tail)
        tail = &(*tail)->next;
    *tail = r;
}

void bw_finding_note(bw_finding *finding, bw_place place, const char *format, ...)
{
    va_list ap;

    if (!finding)
        return;
    va_start(ap, format);
    add_related(finding, place, format, ap);
    va_end(ap);
}

void bw_finding_cure(bw_finding *finding, const char *format, ...)
{
    va_list ap;

    if (!finding)
        return;
    va_start(ap, format);
    finding->cure = format_text(finding->arena, format, ap);
    va_end(ap);
}

void bw_finding_subject(bw_finding *finding, const char *node_path, const char *property)
{
    if (!finding)
        return;
    finding->node = node_path ? bw_arena_strdup(finding->arena, node_path) : NULL;
    finding->property = property ? bw_arena_strdup(finding->arena, property) : NULL;
}

/* Optimal string alignment: a swap of neighbours is one edit. */
static size_t distance(const char *a, const char *b, size_t limit)
{
    size_t la = strlen(a);
    size_t lb = strlen(b);
    size_t rows[3][65];

    if (la > 64 || lb > 64 || (la > lb ? la - lb : lb - la) > limit)
        return limit + 1;
    for (size_t j = 0; j <= lb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];

        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && rows[(i + 1) % 3][j - 2] + 1 < best)
                best = rows[(i + 1) % 3][j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[la % 3][lb];
}

const char *bw_nearest(const char *word, const char *const *candidates)
{
    size_t len = strlen(word);
    size_t best = len <= 3 ? 2 : len <= 8 ? 3 : 4; /* one more than allowed */
    const char *found = NULL;

    for (size_t i = 0; candidates[i]; i++) {
        size_t d = distance(word, candidates[i], best - 1);
        if (d < best) {
            best = d;
            found = candidates[i];
        }
    }
    return found;
}
