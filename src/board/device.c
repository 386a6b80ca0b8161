/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: their blocks, interrupts and clocks. */
#include "board/parts.h"

#include <string.h>

#define CLOCK_DEPTH_MAX 8

/* ---- interrupts ---- */

static const char *const gics[] = {
    "arm,gic-v3",
    "arm,gic-400",
    "arm,cortex-a15-gic",
    "arm,cortex-a7-gic",
    "arm,cortex-a9-gic",
    "arm,cortex-a5-gic",
    "arm,gic-v1",
    "arm,gic-v2",
    "arm,arm11mp-gic",
    "arm,arm1176jzf-devchip-gic",
    "arm,eb11mp-gic",
    "arm,pl390",
    "arm,tc11mp-gic",
    "qcom,msm-8660-qgic",
    "qcom,msm-qgic2",
    "nvidia,tegra210-agic",
    "arm,gic",
    NULL,
};
static const char *const nvics[] = {"arm,v6m-nvic", "arm,v7m-nvic", "arm,v8m-nvic", "arm,v8.1m-nvic", NULL};
static const char *const plics[] = {"sifive,plic-1.0.0", "riscv,plic0", NULL};
static const char *const plics_with_trigger[] = {"thead,c900-plic", "andestech,nceplic100", "riscv,aplic", NULL};

/* Three cells, the first of which is the number (Zephyr: interrupt, priority or sense, flags). */
static const char *const number_of_three[] = {
    "espressif,esp32-intc",  "intel,ioapic",          "intel,ace-intc",       "intel,cavs-intc",
    "cdns,xtensa-core-intc", "microchip,sama7g5-aic", "atmel,at91rm9200-aic", NULL};
/* Two cells, the first of which is a bank or group; of the former ones, of 32 numbers. */
static const char *const banks_of_32[] = {"brcm,bcm2835-armctrl-ic", "brcm,bcm2836-armctrl-ic", NULL};
static const char *const banked[] = {"samsung,exynos4210-combiner", NULL};

/* Linux's include/dt-bindings/interrupt-controller/irq.h */
static bw_trigger linux_trigger(uint32_t flags)
{
    switch (flags & 0xf) {
    case 1:
        return BW_TRIGGER_RISING;
    case 2:
        return BW_TRIGGER_FALLING;
    case 3:
        return BW_TRIGGER_BOTH;
    case 4:
        return BW_TRIGGER_HIGH;
    case 8:
        return BW_TRIGGER_LOW;
    default:
        return BW_TRIGGER_NONE;
    }
}

/* Linux: Documentation/devicetree/bindings/interrupt-controller/arm,gic-v3.yaml. Zephyr, which alone has
 * "arm,gic": include/zephyr/dt-bindings/interrupt-controller/arm-gic.h, level 2, edge 4, then a priority. */
static void decode_gic(const bw_maker *m, bw_line *line)
{
    static const struct {
        const char *name;
        uint32_t first;
    } kinds[] = {{"SPI", 32}, {"PPI", 16}, {"ESPI", 4096}, {"EPPI", 1056}};
    const bw_irq *irq = &line->irq;

    if (irq->count < 3 || irq->cells[0] >= sizeof kinds / sizeof *kinds)
        return;
    line->kind = kinds[irq->cells[0]].name;
    line->kind_number = irq->cells[1];
    line->number = kinds[irq->cells[0]].first + irq->cells[1];
    line->number_known = line->number >= irq->cells[1];
    if (!bw_node_is_compatible(m->tree, irq->controller, "arm,gic")) {
        line->trigger = linux_trigger(irq->cells[2]);
        return;
    }
    line->trigger = irq->cells[2] & 4 ? BW_TRIGGER_RISING : irq->cells[2] & 2 ? BW_TRIGGER_HIGH : BW_TRIGGER_NONE;
    line->priority_known = irq->count > 3;
    line->priority = line->priority_known ? irq->cells[3] : 0;
}

static void decode(const bw_maker *m, bw_line *line)
{
    const bw_irq *irq = &line->irq;

    if (irq->fault != BW_IRQ_OK || !irq->controller || irq->count == 0)
        return;
    if (bw_is_one_of(m, irq->controller, gics)) {
        decode_gic(m, line);
        return;
    }
    if (irq->count > 2 ? !bw_is_one_of(m, irq->controller, number_of_three) : bw_is_one_of(m, irq->controller, banked))
        return;
    line->number = irq->cells[0];
    line->number_known = true;
    if (irq->count != 2)
        return;
    if (bw_is_one_of(m, irq->controller, banks_of_32)) {
        line->number_known = irq->cells[0] < 3 && irq->cells[1] < 32;
        line->number = irq->cells[0] * 32 + irq->cells[1];
        return;
    }
    if (bw_is_one_of(m, irq->controller, nvics) || bw_is_one_of(m, irq->controller, plics)) {
        line->priority_known = true;
        line->priority = irq->cells[1];
    } else if (bw_is_one_of(m, irq->controller, plics_with_trigger) ||
               bw_node_prop_text(irq->controller, "gpio-controller")) {
        line->trigger = linux_trigger(irq->cells[1]);
    }
}

uint32_t bw_make_lines(const bw_maker *m, const bw_node *node, bw_line **lines)
{
    const bw_prop *names = bw_node_prop(node, m->n->interrupt_names);
    bw_irq_iter iter = bw_irq_begin(m->tree, node);
    uint32_t count = 0;
    uint32_t name = 0;
    bw_irq irq;

    *lines = NULL;
    if (!iter.prop)
        return 0;
    for (bw_irq_iter counting = iter; bw_irq_next(&counting, &irq);)
        count++;
    *lines = bw_arena_array(m->arena, bw_line, count);
    for (uint32_t i = 0; i < count && bw_irq_next(&iter, &irq); i++) {
        bw_line *line = &(*lines)[i];

        line->irq = irq;
        line->name = bw_prop_next_string(names, &name);
        decode(m, line);
    }
    return count;
}

/* ---- clocks ---- */

/* The rate of a clock that has one output and says its rate, or makes it of another by a fixed factor. */
static bool clock_rate(const bw_maker *m, const bw_node *provider, int depth, uint64_t *rate)
{
    uint32_t cells = 0;
    uint32_t mult = 1;
    uint32_t div = 1;
    bw_spec spec;

    if (bw_node_u32(provider, m->n->clock_cells, &cells) != BW_STATE_OK || cells != 0)
        return false;
    if (bw_prop_u64(bw_node_prop(provider, m->n->clock_frequency), rate) == BW_STATE_OK)
        return true;
    if (depth >= CLOCK_DEPTH_MAX || !bw_node_is_compatible(m->tree, provider, "fixed-factor-clock"))
        return false;
    const bw_prop *clocks = bw_node_prop(provider, m->n->clocks);
    if (bw_prop_u32(bw_node_prop_text(provider, "clock-mult"), &mult) != BW_STATE_OK ||
        bw_prop_u32(bw_node_prop_text(provider, "clock-div"), &div) != BW_STATE_OK || div == 0 || !clocks)
        return false;
    if (!bw_spec_get(m->tree, provider, clocks, 0, &spec) || spec.fault != BW_SPEC_OK ||
        !clock_rate(m, spec.provider, depth + 1, rate))
        return false;
    if (mult && *rate > UINT64_MAX / mult)
        return false;
    *rate = *rate * mult / div;
    return true;
}

uint32_t bw_make_clocks(const bw_maker *m, const bw_node *node, bw_clock **clocks)
{
    const bw_prop *prop = bw_node_prop(node, m->n->clocks);
    uint32_t count = 0;
    uint32_t name = 0;
    bw_spec spec;

    *clocks = NULL;
    if (!prop)
        return 0;
    const bw_spec_kind *kind = bw_spec_kind_for(m->tree, node, prop);
    const bw_prop *names = bw_node_prop(node, m->n->clock_names);
    for (bw_spec_iter i = bw_spec_begin(m->tree, node, prop, kind); bw_spec_next(&i, &spec);)
        count++;
    *clocks = bw_arena_array(m->arena, bw_clock, count);
    bw_spec_iter iter = bw_spec_begin(m->tree, node, prop, kind);
    for (uint32_t i = 0; i < count && bw_spec_next(&iter, &spec); i++) {
        bw_clock *clock = &(*clocks)[i];

        clock->spec = spec;
        clock->name = bw_prop_next_string(names, &name);
        if (spec.fault == BW_SPEC_OK)
            clock->rate_known = clock_rate(m, spec.provider, 0, &clock->rate);
        if (!clock->rate_known)
            clock->rate = 0;
    }
    return count;
}

/* ---- devices ---- */

void bw_make_device(bw_maker *m, const bw_node *node)
{
    const bw_known_names *n = m->n;
    bw_device d = {.node = node};

    d.path = bw_node_path(m->tree, node);
    d.label = bw_label_of(node);
    d.compatible = bw_node_string(node, n->compatible);
    d.title = bw_node_string(node, n->label);
    d.status = bw_node_status(m->tree, node);
    d.unavailable = bw_node_unavailable(m->tree, node);
    d.block_count = bw_make_blocks(m, node, &d.blocks);
    d.line_count = bw_make_lines(m, node, &d.lines);
    d.clock_count = bw_make_clocks(m, node, &d.clocks);
    d.mapped = d.block_count > 0 && d.blocks[0].mapped;
    d.is_bus = bw_node_prop(node, n->ranges) != NULL || bw_node_prop(node, n->address_cells) != NULL;
    d.is_interrupt_controller = bw_node_prop(node, n->interrupt_controller) != NULL;
    d.is_clock = bw_node_prop(node, n->clock_cells) != NULL;
    d.is_gpio = bw_node_prop_text(node, "gpio-controller") != NULL;
    if (bw_prop_u64(bw_node_prop(node, n->clock_frequency), &d.own_rate) != BW_STATE_OK)
        d.own_rate = 0;
    g_array_append_val(m->devices, d);
}
