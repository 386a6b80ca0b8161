/* SPDX-License-Identifier: Apache-2.0 */
#include "report/boot.h"

#include "report/json_out.h"
#include "report/report.h"

#include <inttypes.h>

#define ALIKE 4 /* so many claims of a kind that hold become one line */

static const bw_claim *claim_at(const bw_boot *boot, guint i)
{
    return &g_array_index(boot->claims->items, bw_claim, i);
}

static const bw_verdict *verdict_at(const bw_boot *boot, guint i)
{
    return &g_array_index(boot->verdicts, bw_verdict, i);
}

/* -- text ------------------------------------------------------------------------------------------- */

void bw_boot_heading(const bw_boot *boot, bw_buffer *out)
{
    guint count = boot->claims->items->len;

    bw_buffer_printf(out, "%s on %s: %u claim%s\n", boot->target->name, boot->machine->title, count,
                     count == 1 ? "" : "s");
}

static unsigned held_of_kind(const bw_boot *boot, bw_claim_kind kind)
{
    unsigned count = 0;

    for (guint i = 0; i < boot->verdicts->len; i++)
        count += claim_at(boot, i)->kind == kind && verdict_at(boot, i)->state == BW_VERDICT_HOLDS;
    return count;
}

static const char *plural_of(bw_claim_kind kind)
{
    switch (kind) {
    case BW_CLAIM_CPU:
        return "CPUs: %u are there";
    case BW_CLAIM_CPU_KIND:
        return "CPUs: %u are of the described kind";
    case BW_CLAIM_DEVICE:
        return "devices: the registers of %u answer";
    case BW_CLAIM_DEVICE_ID:
        return "devices: the identification of %u matches";
    default:
        return NULL;
    }
}

void bw_boot_line(const bw_boot_text *options, bw_verdict_state state, const char *text, const char *why,
                  bw_buffer *out)
{
    static const char *const words[] = {"ok  ", "FAIL", "skip", "    "};
    static const char *const colours[] = {"32", "1;31", "33", "2"};
    bool with_why = state == BW_VERDICT_SKIPPED || state == BW_VERDICT_UNTESTED;

    bw_buffer_printf(out, options->style.color ? "  \033[%sm%s\033[0m " : "  %s%s ",
                     options->style.color ? colours[state] : "", words[state]);
    bw_report_clean(out, text);
    if (with_why && why) {
        bw_buffer_text(out, ": ");
        bw_report_clean(out, why);
    }
    bw_buffer_byte(out, '\n');
}

static void put_line(const bw_boot *boot, guint i, const bw_boot_text *options, bw_buffer *out)
{
    const bw_verdict *v = verdict_at(boot, i);

    bw_boot_line(options, v->state, v->text, v->why, out);
}

/* Of kinds of which many hold there is one line, where the first of them would stand. */
void bw_boot_lines(const bw_boot *boot, const bw_boot_text *options, bw_buffer *out)
{
    unsigned said = 0; /* kinds, as bits */

    for (guint i = 0; i < boot->verdicts->len; i++) {
        bw_claim_kind kind = claim_at(boot, i)->kind;
        bool holds = verdict_at(boot, i)->state == BW_VERDICT_HOLDS;
        const char *plural = holds && !options->each ? plural_of(kind) : NULL;
        unsigned held = plural ? held_of_kind(boot, kind) : 0;

        if (verdict_at(boot, i)->state == BW_VERDICT_UNTESTED && !options->each)
            continue;
        if (held < ALIKE) {
            put_line(boot, i, options, out);
        } else if (!(said >> kind & 1)) {
            bw_buffer_text(out, options->style.color ? "  \033[32mok  \033[0m " : "  ok   ");
            bw_buffer_printf(out, plural, held); /* one of plural_of() */
            bw_buffer_byte(out, '\n');
            said |= 1U << kind;
        }
    }
    if (boot->untested && !options->each && boot->untested < boot->verdicts->len)
        bw_buffer_printf(out, "       %u more were not reached\n", boot->untested);
}

/* What the simulator was told out of the description is no test of it. */
static void put_circle(const bw_boot *boot, bw_buffer *out)
{
    const bw_machine *m = boot->machine;
    const char *const parts[] = {m->memory_from_tree ? "its amount of memory" : NULL,
                                 m->cpus_from_tree ? "its number of CPUs" : NULL,
                                 m->cpu_from_tree ? "the kind of its CPU" : NULL};
    bool any = false;

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i]) {
            bw_buffer_printf(
                out, "%s%s",
                any ? ", " : "  no support.yml names a simulator, so it was told by the description: ", parts[i]);
            any = true;
        }
    if (any)
        bw_buffer_byte(out, '\n');
}

void bw_boot_count(unsigned held, unsigned failed, unsigned untested, unsigned all, int64_t time, bw_buffer *out)
{
    bw_buffer_printf(out, "%u of %u claims hold", held, all);
    if (failed)
        bw_buffer_printf(out, ", %u %s not", failed, failed == 1 ? "does" : "do");
    if (untested)
        bw_buffer_printf(out, ", %u not tested", untested);
    bw_buffer_printf(out, " (%.1f s)\n", (double)time / G_USEC_PER_SEC);
}

void bw_boot_summary(const bw_boot *boot, bw_buffer *out)
{
    put_circle(boot, out);
    bw_boot_count(boot->held, boot->failed, boot->skipped + boot->untested, boot->claims->items->len, boot->total_time,
                  out);
}

/* -- JSON ------------------------------------------------------------------------------------------- */

static const char *kind_name(bw_claim_kind kind)
{
    static const char *const names[] = {"cpu",    "cpu-kind",  "memory",  "memory-end", "memory-start",
                                        "device", "device-id", "console", "timer-rate", "interrupt"};

    return names[kind];
}

static json_t *hex(uint64_t number)
{
    char text[24];

    g_snprintf(text, sizeof text, "0x%" PRIx64, number);
    return json_string(text);
}

static json_t *json_of_claim(const bw_boot *boot, guint i)
{
    const bw_claim *claim = claim_at(boot, i);
    const bw_verdict *v = boot->verdicts ? verdict_at(boot, i) : NULL;
    json_t *o = json_object();

    json_object_set_new(o, "number", json_integer(claim->number));
    json_object_set_new(o, "kind", json_string(kind_name(claim->kind)));
    json_object_set_new(o, "claim", bw_json_text(claim->title));
    json_object_set_new(o, "node", bw_json_text(bw_node_path(boot->board->tree, claim->node)));
    if (claim->prop)
        json_object_set_new(o, "property", bw_json_text(claim->prop->name->text));
    if (!v)
        return o;
    json_object_set_new(o, "verdict", json_string(bw_verdict_state_name(v->state)));
    if (v->state == BW_VERDICT_FAILS)
        json_object_set_new(o, "message", bw_json_text(v->text));
    if (v->state == BW_VERDICT_FAILS && v->code)
        json_object_set_new(o, "code", json_string(v->code));
    if (v->why && (v->state == BW_VERDICT_SKIPPED || v->state == BW_VERDICT_UNTESTED))
        json_object_set_new(o, "why", bw_json_text(v->why));
    if (v->is_measured)
        json_object_set_new(o, "measured", json_integer((json_int_t)(v->measured + 0.5)));
    return o;
}

const char *bw_boot_end_name(bw_boot_run_end end)
{
    static const char *const names[] = {"complete", "silent", "stalled",     "timeout",
                                        "flooded",  "died",   "not-started", "stopped"};

    return names[end];
}

static void add_figures(const bw_boot *boot, json_t *o, bool kept)
{
    json_t *image = json_object();
    json_t *seconds = json_object();

    if (kept)
        json_object_set_new(image, "path", bw_json_text(boot->image->path));
    json_object_set_new(image, "bytes", json_integer((json_int_t)boot->image->elf.loadable));
    json_object_set_new(image, "entry", hex(boot->image->elf.entry));
    json_object_set_new(o, "image", image);
    json_object_set_new(seconds, "build", json_real((double)boot->build_time / G_USEC_PER_SEC));
    if (boot->run->first_time >= 0)
        json_object_set_new(seconds, "firstWord", json_real((double)boot->run->first_time / G_USEC_PER_SEC));
    json_object_set_new(seconds, "run", json_real((double)boot->run->total_time / G_USEC_PER_SEC));
    json_object_set_new(seconds, "total", json_real((double)boot->total_time / G_USEC_PER_SEC));
    json_object_set_new(o, "seconds", seconds);
}

json_t *bw_boot_json(const bw_boot *boot, const char *log, bool kept)
{
    json_t *o = json_object();
    json_t *claims = json_array();

    json_object_set_new(o, "target", bw_json_text(boot->target->name));
    json_object_set_new(o, "simulator", bw_json_text(boot->machine->title));
    for (guint i = 0; i < boot->claims->items->len; i++)
        json_array_append_new(claims, json_of_claim(boot, i));
    json_object_set_new(o, "claims", claims);
    if (boot->verdicts) {
        json_object_set_new(o, "end", json_string(bw_boot_end_name(boot->run->end)));
        json_object_set_new(o, "holds", json_integer(boot->held));
        json_object_set_new(o, "fails", json_integer(boot->failed));
        json_object_set_new(o, "skipped", json_integer(boot->skipped));
        json_object_set_new(o, "untested", json_integer(boot->untested));
        add_figures(boot, o, kept);
    }
    if (log)
        json_object_set_new(o, "log", bw_json_text(log));
    return o;
}
