/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts and CPUs: the virtual CPU interface of the interrupt controller, the highest number that the kernel
 * knows, and how many CPUs there are for those of a guest.
 * Sources: seL4/seL4, src/plat and tools/hardware.yml; seL4/seL4_projects_libs, libsel4vm/src/arch/arm/vgic.
 */
#include "systems/sel4/check_app.h"

#include "systems/sel4/parts.h"
#include "tree/interrupts.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* CPUs whose redistributors, of 128 KiB each, the rules for a GICv3 map. */
#define REDISTRIBUTORS 8

const bw_node *bw_sel4_gic(const bw_tree *tree, bool *v3)
{
    static const char *const names[] = {"arm,gic-v3",        "arm,gic-400",       "arm,cortex-a15-gic",
                                        "arm,cortex-a7-gic", "arm,cortex-a9-gic", "qcom,msm-qgic2"};

    BW_FOR_NODES (tree, node) {
        const bw_prop *compatible = bw_node_prop_text(node, "compatible");

        for (size_t i = 0; compatible && i < G_N_ELEMENTS(names); i++)
            if (bw_prop_string_index(compatible, names[i]) >= 0) {
                *v3 = i == 0;
                return node;
            }
    }
    return NULL;
}

/* ---- S33 ---- */

static const bw_sel4_mmio *mmio_at(const bw_sel4_vm *vm, uint64_t begin, uint64_t size)
{
    for (uint32_t i = 0; i < vm->mmio_count; i++) {
        const bw_sel4_mmio *m = &vm->mmios[i];

        if (m->base.value < begin + size && begin < m->base.value + m->size.value)
            return m;
    }
    return NULL;
}

static void check_interface(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_findings *findings)
{
    bool v3;
    const bw_node *gic = bw_sel4_gic(app->tree, &v3);
    bw_sel4_regions regions;

    if (!gic || !vm->mmio_count || !bw_sel4_reg(app->tree, gic, true, &regions))
        return;
    for (uint32_t i = 0; v3 && i < regions.count; i++) {
        const bw_sel4_mmio *m = mmio_at(vm, regions.items[i].base, regions.items[i].size);

        if (!m)
            continue;
        bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_gic_interface, m->place,
                                        "0x%" PRIx64 " is in %s: a GICv3 has no page for %s, its CPU interface is in "
                                        "system registers",
                                        m->base.value, bw_node_path(app->tree, gic), vm->name);
        bw_finding_cure(f, "leave it out");
        return;
    }
    if (v3 || regions.count < 4 || mmio_at(vm, regions.items[3].base, 0x1000))
        return;
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_gic_interface, vm->mmios[0].place,
                                    "%s is not given the virtual CPU interface of %s, 0x%" PRIx64, vm->name,
                                    bw_node_path(app->tree, gic), regions.items[3].base);
    bw_finding_cure(f, "add \"0x%" PRIx64 ":12\" to untyped_mmios", regions.items[3].base);
}

/* ---- S32 ---- */

typedef struct highest {
    uint32_t number;
    bw_place place;
    char *who;
} highest;

static void take_higher(highest *h, uint32_t number, bw_place place, const char *who)
{
    if (number <= h->number)
        return;
    g_free(h->who);
    *h = (highest){number, place, g_strdup(who)};
}

static void take_granted(const bw_sel4_app *app, const bw_sel4_vm *vm, const bw_sel4_query *query, void *data)
{
    bw_irq_iter iter = bw_irq_begin(app->tree, query->node);
    bw_irq irq;

    (void)vm;
    while (bw_irq_next(&iter, &irq))
        if (irq.fault == BW_IRQ_OK && irq.count == 3 && irq.cells[0] == 0 && irq.cells[1] < 0x10000)
            take_higher(data, irq.cells[1] + 32, query->path.place, bw_node_path(app->tree, query->node));
}

static void check_highest(const bw_sel4_app *app, bw_findings *findings)
{
    highest h = {0};

    if (!app->max_irq.known)
        return;
    if (app->tree)
        bw_sel4_for_granted(app, take_granted, &h);
    for (uint32_t v = 0; v < app->vm_count; v++)
        for (uint32_t i = 0; i < app->vms[v].irq_count; i++)
            if (app->vms[v].irqs[i].known && app->vms[v].irqs[i].value < 0x10000)
                take_higher(&h, (uint32_t)app->vms[v].irqs[i].value, app->vms[v].irqs[i].place, app->vms[v].name);
    if (h.number > app->max_irq.value) {
        bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_max_irq, h.place,
                                        "interrupt %" PRIu32 " of %s is beyond MAX_IRQ, %" PRIu64, h.number, h.who,
                                        app->max_irq.value);

        bw_finding_note(f, app->max_irq.place, "MAX_IRQ is here");
        bw_finding_cure(f, "MAX_IRQ %" PRIu32 " or more", h.number);
    }
    g_free(h.who);
}

/* ---- S28 ---- */

static void check_cpus(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_findings *findings)
{
    if (!vm->vcpus.known || !app->nodes.known || vm->vcpus.value <= app->nodes.value)
        return;
    bw_finding *f =
        bw_findings_add(findings, BW_CODE_sel4_vm_vcpus, vm->vcpus.place,
                        "%s asks for %" PRIu64 " CPUs, and the kernel uses %" PRIu64 ": the rest is cut off", vm->name,
                        vm->vcpus.value, app->nodes.value);

    bw_finding_note(f, app->nodes.place, "the kernel's number is set here");
    bw_finding_cure(f, "set NUM_NODES to %" PRIu64, vm->vcpus.value);
}

static void check_redistributors(const bw_sel4_app *app, bw_findings *findings)
{
    bool v3 = false;

    if (!app->nodes.known || app->nodes.value <= REDISTRIBUTORS || !app->tree || !bw_sel4_gic(app->tree, &v3) || !v3)
        return;
    bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_vcpus, app->nodes.place,
                                    "the kernel is to use %" PRIu64 " CPUs, and the rule for a GICv3 maps the "
                                    "redistributors of %d",
                                    app->nodes.value, REDISTRIBUTORS),
                    "kernel_size: 0x%" PRIx64 " in tools/hardware.yml", app->nodes.value * 0x20000);
}

void bw_sel4_check_irqs(const bw_sel4_app *app, bw_findings *findings)
{
    for (uint32_t v = 0; v < app->vm_count; v++) {
        if (app->tree)
            check_interface(app, &app->vms[v], findings);
        check_cpus(app, &app->vms[v], findings);
    }
    check_redistributors(app, findings);
    check_highest(app, findings);
}
