/* SPDX-License-Identifier: Apache-2.0 */
/* What conditions come to, as far as it is known. */
#include "systems/zephyr/kconfig.h"

#include "systems/zephyr/kconfig_scan.h"

/* Conditions within conditions. */
#define DEPTH_MAX 64

typedef struct evaluator {
    const char *text;
    uint32_t at, end;
    bw_kconfig_truth (*is_set)(void *data, const char *symbol, size_t len);
    void *data;
    int depth;
} evaluator;

static bw_kconfig_truth evaluate_or(evaluator *e);

static bool take(evaluator *e, const char *sign)
{
    size_t len = strlen(sign);

    e->at = bw_kconfig_skip_blanks(e->text, e->at, e->end);
    if (e->end - e->at < len || memcmp(e->text + e->at, sign, len) != 0)
        return false;
    e->at += (uint32_t)len;
    return true;
}

/* A symbol, a string or a macro. */
static bw_kconfig_truth evaluate_word(evaluator *e)
{
    e->at = bw_kconfig_skip_blanks(e->text, e->at, e->end);
    uint32_t begin = e->at;
    if (e->at >= e->end)
        return BW_KCONFIG_UNKNOWN;
    if (e->text[e->at] == '"' || e->text[e->at] == '\'') {
        e->at = bw_kconfig_skip_string(e->text, e->at, e->end);
        return BW_KCONFIG_UNKNOWN;
    }
    if (e->text[e->at] == '$') {
        e->at = bw_kconfig_skip_macro(e->text, e->at, e->end);
        return BW_KCONFIG_UNKNOWN;
    }
    while (e->at < e->end && bw_kconfig_is_symbol_char(e->text[e->at]))
        e->at++;
    if (e->at == begin) {
        e->at = e->end; /* no expression: nothing behind it is known */
        return BW_KCONFIG_UNKNOWN;
    }
    size_t len = e->at - begin;
    if (len == 1 && strchr("nmy", e->text[begin]))
        return e->text[begin] == 'y' ? BW_KCONFIG_YES : e->text[begin] == 'n' ? BW_KCONFIG_NO : BW_KCONFIG_UNKNOWN;
    return e->is_set(e->data, e->text + begin, len);
}

static bw_kconfig_truth evaluate_not(evaluator *e)
{
    static const char *const signs[] = {"!=", "<=", ">=", "=", "<", ">", NULL};
    bw_kconfig_truth truth;

    if (++e->depth > DEPTH_MAX) {
        e->at = e->end;
        e->depth--;
        return BW_KCONFIG_UNKNOWN;
    }
    e->at = bw_kconfig_skip_blanks(e->text, e->at, e->end);
    bool negated = take(e, "!");
    if (negated) {
        truth = evaluate_not(e);
        e->depth--;
        return truth == BW_KCONFIG_YES ? BW_KCONFIG_NO : truth == BW_KCONFIG_NO ? BW_KCONFIG_YES : truth;
    }
    if (take(e, "(")) {
        truth = evaluate_or(e);
        take(e, ")");
        e->depth--;
        return truth;
    }
    truth = evaluate_word(e);
    for (const char *const *sign = signs; *sign; sign++)
        if (take(e, *sign)) {
            evaluate_word(e);
            truth = BW_KCONFIG_UNKNOWN;
            break;
        }
    e->depth--;
    return truth;
}

static bw_kconfig_truth evaluate_and(evaluator *e)
{
    bw_kconfig_truth truth = evaluate_not(e);

    while (take(e, "&&"))
        truth = MIN(truth, evaluate_not(e));
    return truth;
}

static bw_kconfig_truth evaluate_or(evaluator *e)
{
    bw_kconfig_truth truth = evaluate_and(e);

    while (take(e, "||"))
        truth = MAX(truth, evaluate_and(e));
    return truth;
}

bw_kconfig_truth bw_kconfig_condition(const bw_kconfig *k, bw_kconfig_span condition,
                                      bw_kconfig_truth (*is_set)(void *data, const char *symbol, size_t len),
                                      void *data)
{
    evaluator e = {k->source->text, condition.begin, condition.end, is_set, data, 0};

    return condition.end > condition.begin ? evaluate_or(&e) : BW_KCONFIG_YES;
}

static bw_kconfig_truth depends_of(const bw_kconfig *k, uint32_t entry,
                                   bw_kconfig_truth (*is_set)(void *data, const char *symbol, size_t len), void *data)
{
    bw_kconfig_truth truth = BW_KCONFIG_YES;

    for (uint32_t i = entry + 1; i < k->count; i++) {
        const bw_kconfig_line *line = &k->lines[i];

        if (line->entry != (int32_t)entry)
            break;
        if (line->word == BW_KCONFIG_DEPENDS)
            truth = MIN(truth, bw_kconfig_condition(k, line->what, is_set, data));
    }
    return truth;
}

bw_kconfig_truth bw_kconfig_counts(const bw_kconfig *k, uint32_t index,
                                   bw_kconfig_truth (*is_set)(void *data, const char *symbol, size_t len), void *data)
{
    const bw_kconfig_line *line = &k->lines[index];
    bw_kconfig_truth truth = bw_kconfig_condition(k, line->when, is_set, data);

    if (line->entry >= 0)
        truth = MIN(truth, depends_of(k, (uint32_t)line->entry, is_set, data));
    for (int32_t b = line->inside; b >= 0; b = k->lines[b].inside)
        truth = MIN(truth, k->lines[b].word == BW_KCONFIG_IF ? bw_kconfig_condition(k, k->lines[b].what, is_set, data)
                                                             : depends_of(k, (uint32_t)b, is_set, data));
    return truth;
}
