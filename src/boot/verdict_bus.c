/* SPDX-License-Identifier: Apache-2.0 */
/* A bus whose ranges put all that is on it where nothing is: one mistake, not one of each device. */
#include "boot/judge.h"

#include <inttypes.h>
#include <string.h>

#define LEAST 3 /* devices; of two each may have its own mistake */

static bool is_absent(const bw_judge *j, guint i)
{
    return bw_judge_claim(j, i)->kind == BW_CLAIM_DEVICE && bw_judge_verdict(j, i)->state == BW_VERDICT_FAILS &&
           !bw_judge_verdict(j, i)->follows && strcmp(bw_judge_result(j, i)->reason, "fault") == 0;
}

static bool is_on(const bw_node *node, const bw_node *bus)
{
    for (node = node->parent; node; node = node->parent)
        if (node == bus)
            return true;
    return false;
}

/* Whether none of the bus's devices answers; *count: how many there are. */
static bool is_empty(const bw_judge *j, const bw_node *bus, unsigned *count)
{
    *count = 0;
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);

        if (claim->kind != BW_CLAIM_DEVICE || claim->skip || !is_on(claim->node, bus))
            continue;
        if (!is_absent(j, i))
            return false;
        ++*count;
    }
    return *count >= LEAST;
}

/* The outermost bus with a window that nothing answers in, on the way from a device up. */
static const bw_node *empty_bus_of(const bw_judge *j, const bw_node *node, unsigned *count)
{
    const bw_node *found = NULL;
    unsigned n;

    for (const bw_node *bus = node->parent; bus; bus = bus->parent) {
        const bw_prop *ranges = bw_node_prop(bus, j->unit->n->ranges);

        if (ranges && ranges->value.len && is_empty(j, bus, &n)) {
            found = bus;
            *count = n;
        }
    }
    return found;
}

static void fail_bus(bw_judge *j, guint first, const bw_node *bus, unsigned count)
{
    const bw_prop *ranges = bw_node_prop(bus, j->unit->n->ranges);
    bw_span span = bw_prop_span(ranges);
    bw_finding *f = bw_judge_fail(j, first, BW_CODE_device_not_there, &span,
                                  "bus %s: none of its %u devices answers where its ranges put them; the first is at "
                                  "0x%" PRIx64 " (bus fault)",
                                  bus->name->text, count, bw_judge_result(j, first)->at);

    bw_finding_subject(f, bw_node_path(j->job->board->tree, bus), "ranges");
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        const bw_claim *claim = bw_judge_claim(j, i);
        bw_verdict *v = bw_judge_verdict(j, i);
        bool is_console = claim->kind == BW_CLAIM_CONSOLE && v->state == BW_VERDICT_FAILS;

        if (i == first || !is_on(claim->node, bus) || !(is_console || is_absent(j, i)))
            continue;
        v->follows = true;
        v->text = bw_arena_printf(&j->unit->arena, "%s %s: nothing answers at 0x%" PRIx64,
                                  is_console ? "console" : "device", claim->name, bw_judge_result(j, i)->at);
    }
}

void bw_judge_buses(bw_judge *j)
{
    for (guint i = 0; i < BW_JUDGE_COUNT(j); i++) {
        unsigned count = 0;
        const bw_node *bus = is_absent(j, i) && !bw_judge_verdict(j, i)->code
                                 ? empty_bus_of(j, bw_judge_claim(j, i)->node, &count)
                                 : NULL;

        if (bus)
            fail_bus(j, i, bus, count);
    }
}
