/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupt specifiers: within what the controller has, and through interrupt-map to the end.
 * Sources: Linux bindings interrupt-controller/arm,gic.yaml and arm,gic-v3.yaml; Arm IHI 0048 and IHI 0069
 * (SPIs 32 to 1019, PPIs 16 to 31, extended ranges); Arm v6-M, v7-M and v8-M reference manuals (NVIC lines).
 */
#include "check/semantic.h"
#include "tree/interrupts.h"

#include <stdio.h>

typedef enum controller_kind { NO_KIND, GIC, GIC_V3, NVIC } controller_kind;

static const struct {
    const char *compatible;
    controller_kind kind;
    uint32_t lines; /**< NVIC */
} controllers[] = {
    {"arm,gic-400", GIC, 0},       {"arm,cortex-a15-gic", GIC, 0}, {"arm,cortex-a7-gic", GIC, 0},
    {"arm,cortex-a9-gic", GIC, 0}, {"arm,gic-v1", GIC, 0},         {"arm,gic-v2", GIC, 0},
    {"arm,pl390", GIC, 0},         {"arm,eb11mp-gic", GIC, 0},     {"qcom,msm-qgic2", GIC, 0},
    {"arm,gic-v3", GIC_V3, 0},     {"arm,v6m-nvic", NVIC, 32},     {"arm,v7m-nvic", NVIC, 240},
    {"arm,v8m-nvic", NVIC, 480},   {"arm,v8.1m-nvic", NVIC, 480},
};

static void gic(bw_run *run, bw_info *info, const bw_irq *irq, controller_kind kind)
{
    static const struct {
        const char *name;
        uint32_t lines;
    } types[] = {{"SPI", 988}, {"PPI", 16}, {"ESPI", 1024}, {"EPPI", 64}};
    uint32_t type = irq->cells[0];
    uint32_t number = irq->cells[1];

    if (irq->count < 3)
        return;
    if (type >= (kind == GIC_V3 ? 4U : 2U)) {
        BW_SAY_ELEM(run, interrupt_range, info, irq->prop, irq->own_offset,
                    "a GIC interrupt begins with 0 (SPI) or 1 (PPI)%s, not %u",
                    kind == GIC_V3 ? ", 2 (ESPI) or 3 (EPPI)" : "", type);
        return;
    }
    if (number >= types[type].lines) {
        bw_finding *f = BW_SAY_ELEM(run, interrupt_range, info, irq->prop, irq->own_offset + 4,
                                    "%s %u is out of range: a GIC has the %ss 0 to %u", types[type].name, number,
                                    types[type].name, types[type].lines - 1);
        if (type == 1 && number < 32)
            bw_finding_cure(f, "PPIs count from 0: interrupt ID %u is PPI %u", number, number - 16);
        return;
    }
    /* A shared line is level high or rising edge; the distributor knows nothing else. */
    uint32_t trigger = irq->cells[2] & 0xf;
    if (!run->tree->zephyr && (type == 0 || type == 2) && trigger != 1 && trigger != 4 && trigger != 0)
        BW_SAY_ELEM(run, interrupt_trigger, info, irq->prop, irq->own_offset + 8,
                    "trigger %u: an SPI is IRQ_TYPE_EDGE_RISING (1) or IRQ_TYPE_LEVEL_HIGH (4)", trigger);
}

static void nvic(bw_run *run, bw_info *info, const bw_irq *irq, uint32_t lines)
{
    bw_prop *bits_prop = bw_node_prop_text(irq->controller, "arm,num-irq-priority-bits");
    uint32_t bits;

    if (irq->cells[0] >= lines) {
        BW_SAY_ELEM(run, interrupt_range, info, irq->prop, irq->own_offset,
                    "interrupt %u is out of range: this NVIC has at most 0 to %u", irq->cells[0], lines - 1);
        return;
    }
    if (irq->count < 2 || bw_prop_u32(bits_prop, &bits) != BW_STATE_OK || bits > 8 || irq->cells[1] < 1U << bits)
        return;
    bw_finding *f =
        BW_SAY_ELEM(run, interrupt_range, info, irq->prop, irq->own_offset + 4,
                    "priority %u is out of range: %u bits give 0 to %u", irq->cells[1], bits, (1U << bits) - 1);
    bw_find_note(run->unit, f, bw_prop_value_span(bits_prop), "arm,num-irq-priority-bits of %s",
                 bw_path(run, irq->controller));
}

static void one_interrupt(bw_run *run, bw_info *info, const bw_irq *irq)
{
    bw_finding *f;

    if (irq->fault == BW_IRQ_MAP_UNMATCHED && irq->nexus && irq->map && info->enabled) {
        f = BW_SAY_ELEM(run, interrupt_unmapped, info, irq->prop, irq->offset,
                        "interrupt-map of %s has no row for this interrupt", bw_path(run, irq->nexus));
        bw_find_note(run->unit, f, bw_prop_span(irq->map), "the map");
        return;
    }
    if (irq->fault == BW_IRQ_MAP_LOOP && irq->nexus) {
        f = BW_SAY_ELEM(run, interrupt_unmapped, info, irq->prop, irq->offset,
                        "the interrupt-maps on the way lead in a circle, through %s", bw_path(run, irq->nexus));
        return;
    }
    if (irq->parent && (bw_info_of(run, irq->parent)->bad & BW_BAD_PROVIDER))
        return;
    if (irq->fault != BW_IRQ_OK || !irq->controller || irq->nexus || irq->count != irq->own_count)
        return;
    const bw_info *controller = bw_info_of(run, irq->controller);
    for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++) {
        if (!bw_info_compatible(controller, controllers[i].compatible))
            continue;
        if (controllers[i].kind == NVIC)
            nvic(run, info, irq, controllers[i].lines);
        else
            gic(run, info, irq, controllers[i].kind);
        return;
    }
}

/* A reference as the first cell of a specifier; later ones may be (the CPU set of a GIC's PPI). */
static bool say_reference(bw_run *run, bw_info *info, const bw_prop *prop, const bw_irq_iter *iter)
{
    uint32_t cells;

    if (!prop->value.has_refs || !iter->parent.parent ||
        bw_node_u32(iter->parent.parent, run->n->interrupt_cells, &cells) != BW_STATE_OK || !cells ||
        cells > BW_CELLS_MAX)
        return false;
    for (uint32_t i = 0; i < prop->value.mark_count; i++) {
        const bw_mark *m = &prop->value.marks[i];

        if (m->kind != BW_MARK_REF_PHANDLE || m->offset % (4 * cells))
            continue;
        bw_finding *f = BW_SAY_ELEM(run, interrupts_reference, info, prop, m->offset,
                                    "interrupts holds numbers for %s; this reference is read as one of them",
                                    bw_path(run, iter->parent.parent));
        bw_finding_cure(f, "call the property interrupts-extended");
        return true;
    }
    return false;
}

static void interrupts_of(bw_run *run, bw_info *info, const bw_prop *prop)
{
    bw_irq_iter iter = bw_irq_begin(run->tree, info->node);
    bw_irq irq;

    if (iter.parent.parent && (bw_info_of(run, iter.parent.parent)->bad & BW_BAD_PROVIDER))
        return;
    if (iter.prop != prop || !info->enabled || !bw_run_known(run, prop))
        return;
    if (prop->name == run->n->interrupts && say_reference(run, info, prop, &iter))
        return;
    /* One wrong number is seldom alone: the first of a list speaks for the rest. */
    uint32_t before = run->unit->findings->counts[BW_ERROR] + run->unit->findings->counts[BW_WARNING];
    while (run->unit->findings->counts[BW_ERROR] + run->unit->findings->counts[BW_WARNING] == before &&
           bw_irq_next(&iter, &irq))
        one_interrupt(run, info, &irq);
}

void bw_sem_interrupts(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->interrupts, u)
    interrupts_of(run, &run->nodes[u->info], u->prop);
    BW_FOR_USES(run, run->n->interrupts_extended, u)
    interrupts_of(run, &run->nodes[u->info], u->prop);
}
