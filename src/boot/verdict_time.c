/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts and the rates of timers. */
#include "boot/judge.h"
#include "boot/rate.h"

#include <inttypes.h>
#include <string.h>

/* -- interrupts ------------------------------------------------------------------------------------- */

static bool is_failed_interrupt(const bw_judge *j, guint i)
{
    return bw_judge_claim(j, i)->kind == BW_CLAIM_INTERRUPT && bw_judge_verdict(j, i)->state == BW_VERDICT_FAILS;
}

static const bw_node *controller_of(const bw_claim *claim)
{
    return claim->line ? claim->line->irq.controller : NULL;
}

/* Whether some register of a device did not answer, whatever was tested. */
static bool has_fault(const bw_judge *j, const bw_node *device)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);
        const bw_tap_result *r = bw_judge_result(j, i);

        if (claim->device && claim->device->node == device && r->state == BW_TAP_NOT_OK &&
            strcmp(r->reason, "fault") == 0)
            return true;
    }
    return false;
}

/* Whether it was said already that a device does not answer. */
static bool is_said_to_be_missing(const bw_judge *j, const bw_node *device)
{
    const char *code = bw_codes[BW_CODE_device_not_there].name;

    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++)
        if (bw_judge_claim(j, i)->device && bw_judge_claim(j, i)->device->node == device &&
            bw_judge_verdict(j, i)->code == code)
            return true;
    return false;
}

/* What an interrupt needs and has a finding of its own. @return why it cannot be judged, or NULL. */
static const char *what_it_lacks(const bw_judge *j, const bw_claim *claim)
{
    const bw_node *controller = controller_of(claim);

    if (claim->device && (bw_judge_fails(j, BW_CLAIM_DEVICE, claim->device->node) ||
                          bw_judge_fails(j, BW_CLAIM_DEVICE_ID, claim->device->node)))
        return "the device itself is not as described";
    if (claim->device && bw_judge_fails(j, BW_CLAIM_TIMER_RATE, claim->device->node))
        return "the timer does not count";
    if (controller &&
        (bw_judge_fails(j, BW_CLAIM_DEVICE, controller) || bw_judge_fails(j, BW_CLAIM_DEVICE_ID, controller)))
        return "its interrupt controller is not as described";
    if (controller && bw_judge_fails(j, BW_CLAIM_CPU, controller->parent))
        return "its CPU is not there";
    return NULL;
}

static bool is_silent(const bw_judge *j, guint i)
{
    return is_failed_interrupt(j, i) && strcmp(bw_judge_result(j, i)->reason, "silent") == 0;
}

static bool is_held(const bw_judge *j, guint i)
{
    return is_failed_interrupt(j, i) && strcmp(bw_judge_result(j, i)->reason, "held") == 0;
}

/* Whether all interrupts of several devices are silent that should come through one controller: then it is the
 * controller's mistake. */
static bool is_dead_controller(const bw_judge *j, const bw_node *controller)
{
    const bw_node *first = NULL;
    bool several = false;

    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);
        bw_verdict_state state = bw_judge_verdict(j, i)->state;

        if (claim->kind != BW_CLAIM_INTERRUPT || controller_of(claim) != controller)
            continue;
        if (state == BW_VERDICT_HOLDS || (state == BW_VERDICT_FAILS && !is_silent(j, i)))
            return false;
        if (state != BW_VERDICT_FAILS)
            continue;
        several = several || (first && first != claim->device->node);
        first = first ? first : claim->device->node;
    }
    return several;
}

static void fail_controller(bw_judge *j, guint i, const bw_node *controller)
{
    const bw_device *d = bw_board_device(j->job->board, controller);
    bw_span span = d && d->block_count ? bw_judge_row_span(&d->blocks[0]) : bw_node_span(controller);
    bw_finding *f =
        bw_judge_fail(j, i, BW_CODE_interrupt_silent, &span, "interrupt controller %s: no interrupt arrives through it",
                      d && d->label ? d->label : controller->name->text);

    for (guint k = i; k < BW_JUDGE_COUNT(j); k++)
        if (is_silent(j, k) && controller_of(bw_judge_claim(j, k)) == controller)
            bw_judge_follow(j, k, f, "interrupt of %s: number %" PRIu64 " does not arrive", bw_judge_claim(j, k)->name,
                            bw_judge_claim(j, k)->value);
}

/* The device raises the right number, and its controller knows; but what the controller's own interrupts are said to be
 * leads elsewhere. Of all devices behind it this is one mistake. */
static void fail_held(bw_judge *j, guint i, const bw_node *controller)
{
    const bw_device *d = bw_board_device(j->job->board, controller);
    const bw_prop *prop = d && d->line_count ? d->lines[0].irq.prop : NULL;
    bw_span span = prop ? bw_prop_elem_span(prop, 0) : bw_node_span(controller);
    const char *name = d && d->label ? d->label : controller->name->text;
    bw_finding *f = bw_judge_fail(j, i, BW_CODE_interrupt_silent, &span,
                                  "interrupt controller %s: number %" PRIu64 " of %s is pending there, but does not "
                                  "reach the CPU",
                                  name, bw_judge_claim(j, i)->value, bw_judge_claim(j, i)->name);

    for (guint k = i + 1; k < BW_JUDGE_COUNT(j); k++)
        if (is_held(j, k) && controller_of(bw_judge_claim(j, k)) == controller)
            bw_judge_follow(j, k, f, "interrupt of %s: number %" PRIu64 " does not arrive either",
                            bw_judge_claim(j, k)->name, bw_judge_claim(j, k)->value);
}

/* "3 (SPI 3)"; of a GIC the way of counting is part of the number. */
static const char *number_text(bw_judge *j, const bw_claim *claim, uint64_t number)
{
    bw_arena *arena = &j->unit->arena;

    if (!claim->line || !claim->line->kind)
        return bw_arena_printf(arena, "%" PRIu64, number);
    if (number >= 32 && number < 1020)
        return bw_arena_printf(arena, "%" PRIu64 " (SPI %" PRIu64 ")", number, number - 32);
    if (number >= 16)
        return bw_arena_printf(arena, "%" PRIu64 " (PPI %" PRIu64 ")", number, number - 16);
    return bw_arena_printf(arena, "%" PRIu64, number);
}

static void fail_number(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    uint64_t found = bw_judge_result(j, i)->found;
    const char *kind = claim->line ? claim->line->kind : NULL;
    bw_finding *f = bw_judge_fail(j, i, BW_CODE_interrupt_number, NULL,
                                  "interrupt of %s: the description says %s, the machine raises %s", claim->name,
                                  number_text(j, claim, claim->value), number_text(j, claim, found));

    bw_judge_verdict(j, i)->is_measured = true;
    bw_judge_verdict(j, i)->measured = (double)found;
    if (!kind)
        bw_finding_cure(f, "write %" PRIu64 " as the interrupt's number", found);
    else if (found >= 32 && strcmp(kind, "SPI") == 0)
        bw_finding_cure(f, "write %" PRIu64 " as the number of the SPI", found - 32);
    else if (found >= 16 && found < 32 && strcmp(kind, "PPI") == 0)
        bw_finding_cure(f, "write %" PRIu64 " as the number of the PPI", found - 16);
}

/* The next row of the same device to the same controller: a CLINT's two interrupts of one CPU. */
static bool is_sibling(const bw_claim *a, const bw_claim *b)
{
    return a->device && b->device && a->device->node == b->device->node && controller_of(a) == controller_of(b) &&
           a->line->irq.index + 1 == b->line->irq.index;
}

static void fail_interrupt(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_tap_result *r = bw_judge_result(j, i);
    const bw_device *d = claim->device;

    if (strcmp(r->reason, "other") == 0) {
        fail_number(j, i);
    } else if (d && has_fault(j, d->node) && (strcmp(r->reason, "fault") != 0 || is_said_to_be_missing(j, d->node))) {
        bw_judge_skip(j, i, "registers of the device do not answer");
    } else if (strcmp(r->reason, "fault") == 0) {
        bw_span span = d && d->block_count ? bw_judge_row_span(&d->blocks[0]) : bw_judge_span(claim);

        bw_judge_fail(j, i, BW_CODE_device_not_there, &span,
                      "interrupt of %s: a register that raises or takes it does not answer, at 0x%" PRIx64, claim->name,
                      r->at);
    } else {
        bw_finding *f = bw_judge_fail(j, i, BW_CODE_interrupt_silent, NULL,
                                      "interrupt of %s: number %s does not arrive, nor does another", claim->name,
                                      number_text(j, claim, claim->value));

        for (guint k = i + 1; k < BW_JUDGE_COUNT(j); k++)
            if (is_silent(j, k) && is_sibling(claim, bw_judge_claim(j, k)))
                bw_judge_follow(j, k, f, "interrupt of %s: number %s does not arrive either", claim->name,
                                number_text(j, bw_judge_claim(j, k), bw_judge_claim(j, k)->value));
    }
}

void bw_judge_interrupts(bw_judge *j)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const char *lack = is_failed_interrupt(j, i) ? what_it_lacks(j, bw_judge_claim(j, i)) : NULL;

        if (lack)
            bw_judge_skip(j, i, lack);
    }
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_node *controller = controller_of(bw_judge_claim(j, i));

        if (!is_failed_interrupt(j, i) || bw_judge_verdict(j, i)->code || bw_judge_verdict(j, i)->follows)
            continue;
        if (is_held(j, i) && controller)
            fail_held(j, i, controller);
        else if (is_silent(j, i) && is_dead_controller(j, controller))
            fail_controller(j, i, controller);
        else
            fail_interrupt(j, i);
    }
}

/* -- rates ------------------------------------------------------------------------------------------ */

/* A clock that several timers name: its mistake is one. */
static int first_with_same_place(const bw_judge *j, guint index)
{
    const bw_claim *claim = bw_judge_claim(j, index);

    for (guint i = 0; i < index; i++) {
        const bw_claim *c = bw_judge_claim(j, i);

        if (c->kind == BW_CLAIM_TIMER_RATE && claim->prop && c->prop == claim->prop && c->offset == claim->offset &&
            bw_judge_verdict(j, i)->code)
            return (int)i;
    }
    return -1;
}

static void fail_rate(bw_judge *j, guint i, const bw_rate *rate, bw_finding **findings)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const char *found = bw_judge_rate(j, rate->rate);
    const char *factor = bw_rate_factor(rate->rate, (double)claim->value);
    int same = first_with_same_place(j, i);

    if (same >= 0) {
        bw_judge_follow(j, i, findings[same], "timer %s: counts at %s", claim->name, found);
        return;
    }
    const char *said = bw_judge_rate(j, (double)claim->value) + strlen("about ");
    findings[i] =
        bw_judge_fail(j, i, BW_CODE_timer_rate, NULL, "timer %s: the description says %s, it counts at %s%s%s",
                      claim->name, said, found, factor ? ", " : "", factor ? factor : "");
}

/* Only QEMU's machines go by the host's clock, and not those that count instructions. */
static const char *why_not_by_host(const bw_machine *machine)
{
    if (!machine->qemu && !(machine->argv->len && strstr(machine->argv->pdata[0], "qemu-system-")))
        return "this simulator's time need not be the host's";
    for (guint i = 0; i < machine->argv->len && machine->argv->pdata[i]; i++)
        if (strstr(machine->argv->pdata[i], "icount"))
            return "the machine's time is not the host's (-icount)";
    return NULL;
}

static void judge_rate(bw_judge *j, guint i, bw_finding **findings)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    bw_verdict *v = bw_judge_verdict(j, i);
    const char *why = why_not_by_host(j->job->machine);
    bw_rate rate = bw_rate_judge(j->tap->marks, claim->number, claim->value);

    if (why && claim->value) {
        bw_judge_skip(j, i, why);
        return;
    }
    v->is_measured = rate.rate > 0 && !why;
    v->measured = rate.rate;
    if (rate.state == BW_RATE_WRONG)
        fail_rate(j, i, &rate, findings);
    else if (rate.state == BW_RATE_UNSURE && claim->value)
        bw_judge_skip(j, i,
                      bw_arena_printf(&j->unit->arena,
                                      "measured for %.0f ms only, with lines up to %.0f ms late: try "
                                      "again when the host is less busy",
                                      rate.seconds * 1000, rate.delay * 1000));
}

static void fail_stopped(bw_judge *j, guint i)
{
    const bw_claim *claim = bw_judge_claim(j, i);
    const bw_tap_result *r = bw_judge_result(j, i);
    const bw_device *d = claim->device;
    bw_span span = d && d->block_count ? bw_judge_row_span(&d->blocks[0]) : bw_node_span(d ? d->node : claim->node);

    if (d && bw_judge_fails(j, BW_CLAIM_DEVICE, d->node))
        bw_judge_skip(j, i, "its registers do not answer");
    else if (d && bw_judge_fails(j, BW_CLAIM_DEVICE_ID, d->node))
        bw_judge_skip(j, i, "the device itself is not as described");
    else if (d && is_said_to_be_missing(j, d->node))
        bw_judge_skip(j, i, "registers of the device do not answer");
    else if (strcmp(r->reason, "fault") == 0)
        bw_judge_fail(j, i, BW_CODE_device_not_there, &span, "timer %s: its register at 0x%" PRIx64 " does not answer",
                      claim->name, r->at);
    else
        bw_judge_fail(j, i, BW_CODE_timer_stopped, &span, "timer %s: it does not count", claim->name);
}

void bw_judge_rates(bw_judge *j)
{
    bw_finding **findings = g_new0(bw_finding *, BW_JUDGE_COUNT(j) + 1);

    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        if (bw_judge_claim(j, i)->kind != BW_CLAIM_TIMER_RATE)
            continue;
        if (bw_judge_verdict(j, i)->state == BW_VERDICT_FAILS)
            fail_stopped(j, i);
        else if (bw_judge_verdict(j, i)->state == BW_VERDICT_HOLDS)
            judge_rate(j, i, findings);
    }
    g_free(findings);
}
