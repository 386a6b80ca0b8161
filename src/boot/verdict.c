/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the verdict share, and their order. */
#include "boot/verdict.h"

#include "base/text.h"
#include "boot/gaps.h"
#include "boot/judge.h"
#include "boot/machine_map.h"

#include <inttypes.h>

const char *bw_verdict_state_name(bw_verdict_state state)
{
    static const char *const names[] = {"holds", "fails", "skipped", "untested"};

    return names[state];
}

/* -- claims and their verdicts ---------------------------------------------------------------------- */

const bw_claim *bw_judge_claim(const bw_judge *j, guint index)
{
    return &g_array_index(j->job->claims->items, bw_claim, index);
}

bw_verdict *bw_judge_verdict(const bw_judge *j, guint index)
{
    return &g_array_index(j->verdicts, bw_verdict, index);
}

const bw_tap_result *bw_judge_result(const bw_judge *j, guint index)
{
    return bw_tap_result_of(j->tap, bw_judge_claim(j, index)->number);
}

int bw_judge_find(const bw_judge *j, bw_claim_kind kind, const bw_node *node)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);
        const bw_node *about = claim->device ? claim->device->node : claim->node;

        if (claim->kind == kind && about == node)
            return (int)i;
    }
    return -1;
}

bool bw_judge_fails(const bw_judge *j, bw_claim_kind kind, const bw_node *node)
{
    int index = bw_judge_find(j, kind, node);

    return index >= 0 && bw_judge_verdict(j, (guint)index)->state == BW_VERDICT_FAILS;
}

static void fail(bw_judge *j, guint index, const char *text)
{
    bw_verdict *v = bw_judge_verdict(j, index);

    v->state = BW_VERDICT_FAILS;
    v->text = text;
}

static const char *vprint(bw_judge *j, const char *format, va_list ap)
{
    char *text = g_strdup_vprintf(format, ap);
    const char *kept = bw_arena_strdup(&j->unit->arena, text);

    g_free(text);
    return kept;
}

/* A blob has no lines: then the finding is about the file, and the node's path stands in the sentence. */
bw_finding *bw_judge_say(bw_judge *j, bw_code code, bw_span span, const char *text)
{
    if (span.begin)
        return bw_find(j->unit, code, span, "%s", text);
    return bw_findings_add(j->unit->findings, code, bw_file_place(j->job->board->tree->path), "%s", text);
}

bw_finding *bw_judge_fail(bw_judge *j, guint index, bw_code code, const bw_span *span, const char *format, ...)
{
    const bw_claim *claim = bw_judge_claim(j, index);
    va_list ap;

    va_start(ap, format);
    const char *text = vprint(j, format, ap);
    va_end(ap);
    fail(j, index, text);
    bw_judge_verdict(j, index)->code = bw_codes[code].name;
    bw_finding *f = bw_judge_say(j, code, span ? *span : bw_judge_span(claim), text);
    bw_finding_subject(f, bw_node_path(j->job->board->tree, claim->node), claim->prop ? claim->prop->name->text : NULL);
    return f;
}

void bw_judge_follow(bw_judge *j, guint index, bw_finding *finding, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    const char *text = vprint(j, format, ap);
    va_end(ap);
    fail(j, index, text);
    bw_judge_verdict(j, index)->follows = true;
    bw_find_note(j->unit, finding, bw_judge_span(bw_judge_claim(j, index)), "%s", text);
}

void bw_judge_skip(bw_judge *j, guint index, const char *why)
{
    bw_verdict *v = bw_judge_verdict(j, index);

    v->state = BW_VERDICT_SKIPPED;
    v->why = why;
}

/* -- words and places ------------------------------------------------------------------------------- */

bw_span bw_judge_span(const bw_claim *claim)
{
    return claim->prop ? bw_prop_elem_span(claim->prop, claim->offset) : bw_node_span(claim->node);
}

bw_span bw_judge_row_span(const bw_block *block)
{
    return block->prop ? bw_prop_range_span(block->prop, block->offset, block->len) : bw_node_span(block->node);
}

const char *bw_judge_size(bw_judge *j, uint64_t bytes)
{
    GString *text = g_string_new(NULL);

    bw_text_size(text, bytes);
    if (bytes >= 1024)
        g_string_append_printf(text, " (0x%" PRIx64 ")", bytes);
    const char *kept = bw_arena_strdup(&j->unit->arena, text->str);
    g_string_free(text, TRUE);
    return kept;
}

/* Three digits: more of them would be noise. */
const char *bw_judge_rate(bw_judge *j, double hertz)
{
    static const struct {
        double factor;
        const char *name;
    } units[] = {{1e9, "GHz"}, {1e6, "MHz"}, {1e3, "kHz"}, {1, "Hz"}};
    size_t i = 0;

    while (i + 1 < G_N_ELEMENTS(units) && hertz < units[i].factor * 0.9995)
        i++;
    double value = hertz / units[i].factor;
    return bw_arena_printf(&j->unit->arena, "about %.*f %s",
                           value < 9.995   ? 2
                           : value < 99.95 ? 1
                                           : 0,
                           value, units[i].name);
}

/* -- the machine ------------------------------------------------------------------------------------ */

const GArray *bw_judge_map(bw_judge *j)
{
    char *asked = NULL;

    if (j->map)
        return j->map;
    if (!j->job->run->map)
        asked = bw_simulator_ask(j->job->machine, j->job->image->path, "info mtree -f");
    j->map = bw_machine_map_read(j->job->run->map ? j->job->run->map : asked);
    g_free(asked);
    return j->map;
}

void bw_judge_note_memory(bw_judge *j, bw_finding *f, uint64_t address)
{
    uint64_t first, last;

    if (f && bw_machine_map_near(bw_judge_map(j), address, &first, &last))
        bw_finding_note(f, j->job->machine->place, "the nearest memory of %s is %s at 0x%" PRIx64 "–0x%" PRIx64,
                        j->job->machine->title, bw_judge_size(j, last - first + 1), first, last);
}

void bw_judge_note_serials(bw_judge *j, bw_finding *f)
{
    char *serials = f ? bw_machine_map_serials(bw_judge_map(j), 6) : NULL;

    if (serials)
        bw_finding_note(f, j->job->machine->place, "%s has serial ports at %s", j->job->machine->title, serials);
    g_free(serials);
}

/* -- the order -------------------------------------------------------------------------------------- */

/* As the report has it; the parts then look at what is not ok. */
static void take_report(bw_judge *j)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);
        const bw_tap_result *r = bw_judge_result(j, i);
        const char *gap = r->state == BW_TAP_NOT_OK ? bw_gap_of(j->job->board->tree, j->job->machine, claim, r) : NULL;
        bw_verdict v = {.state = BW_VERDICT_UNTESTED, .text = claim->title, .why = "the run ended before"};

        if (claim->skip) {
            v.state = BW_VERDICT_SKIPPED;
            v.why = claim->skip;
        } else if (r->state == BW_TAP_SKIP) {
            v.state = BW_VERDICT_SKIPPED;
            v.why = bw_arena_strdup(&j->unit->arena, r->reason);
        } else if (gap) {
            v.state = BW_VERDICT_SKIPPED;
            v.why = gap;
        } else if (r->state == BW_TAP_OK) {
            v.state = BW_VERDICT_HOLDS;
        } else if (r->state == BW_TAP_NOT_OK) {
            v.state = BW_VERDICT_FAILS;
        }
        g_array_append_val(j->verdicts, v);
    }
}

GArray *bw_verdicts_of(const bw_verdict_job *job)
{
    bw_judge j = {.job = job, .unit = job->board->tree->unit, .channel = bw_boot_run_report(job->run)};

    j.tap = job->run->taps[j.channel];
    j.verdicts = g_array_new(FALSE, TRUE, sizeof(bw_verdict));
    take_report(&j);
    bw_judge_buses(&j);
    if (j.tap->version)
        bw_judge_console(&j);
    bw_judge_cpus(&j);
    bw_judge_memories(&j);
    bw_judge_devices(&j);
    bw_judge_interrupts(&j);
    bw_judge_rates(&j);
    bw_judge_end(&j);
    if (j.map)
        g_array_free(j.map, TRUE);
    return j.verdicts;
}
