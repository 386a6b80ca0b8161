/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts that the kernel takes, as the numbers that it counts in. Source: seL4/seL4, tools/hardware/irq.py: of a
 * GIC SPIs from 32 and PPIs from 16; of a controller that counts from 0 the first cell; GPC and ictlr sit before
 * another controller and leave the numbers alone; what is none of these is -1.
 */
#include "systems/sel4/parts.h"

#include "tree/interrupts.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

typedef enum kind { UNKNOWN, GIC, RAW, PASS } kind;

static const struct {
    const char *compatible;
    kind kind;
} controllers[] = {
    {"arm,gic-400", GIC},    {"arm,cortex-a7-gic", GIC}, {"arm,cortex-a9-gic", GIC},    {"arm,cortex-a15-gic", GIC},
    {"arm,gic-v3", GIC},     {"qcom,msm-qgic2", GIC},    {"brcm,bcm2836-l1-intc", RAW}, {"fsl,avic", RAW},
    {"ti,am33xx-intc", RAW}, {"ti,omap3-intc", RAW},     {"riscv,cpu-intc", RAW},       {"riscv,plic0", RAW},
    {"fsl,imx6q-gpc", PASS}, {"fsl,imx6sx-gpc", PASS},   {"fsl,imx7d-gpc", PASS},       {"nvidia,tegra124-ictlr", PASS},
};

static kind kind_of(const bw_node *controller)
{
    const bw_prop *prop = bw_node_prop_text(controller, "compatible");
    uint32_t offset = 0;
    const char *text;

    while (prop && (text = bw_prop_next_string(prop, &offset)))
        for (size_t i = 0; i < G_N_ELEMENTS(controllers); i++)
            if (strcmp(controllers[i].compatible, text) == 0)
                return controllers[i].kind;
    return UNKNOWN;
}

/* The controller that counts, behind those that pass interrupts on; NULL for a circle or a way that ends. */
static const bw_node *behind(const bw_tree *tree, const bw_node *controller)
{
    for (int steps = 0; controller && steps < 16; steps++) {
        if (kind_of(controller) != PASS)
            return controller;
        controller = bw_interrupt_parent(tree, controller).parent;
    }
    return NULL;
}

static void say_unknown(const bw_tree *tree, const bw_node *node, const bw_irq *irq, const char *name, const char *why)
{
    bw_finding *finding = bw_find_elem(tree, BW_CODE_sel4_interrupt_unknown, node, irq->prop, irq->offset,
                                       "seL4's build cannot tell the number of %s: %s; the kernel gets -1", name, why);

    if (irq->controller)
        bw_find_note_node(tree, finding, irq->controller, "the controller");
}

static int64_t number_of(const bw_tree *tree, const bw_node *node, const bw_irq *irq, const char *name)
{
    const bw_node *controller = behind(tree, irq->controller);
    const kind k = controller ? kind_of(controller) : UNKNOWN;

    if (k == GIC && irq->count >= 2 && irq->cells[0] <= 1)
        return (int64_t)irq->cells[1] + (irq->cells[0] == 1 ? 16 : 32);
    if (k == RAW && irq->count >= 1)
        return irq->cells[0];
    say_unknown(tree, node, irq, name,
                k == GIC && irq->count >= 2 ? "it knows SPI and PPI of a GIC (0 and 1), nothing else"
                                            : "it knows no controller of this kind");
    return -1;
}

/* The interrupt at an index. @return false without one; @p broken is set when the tree is at fault. */
static bool irq_at(const bw_tree *tree, const bw_node *node, uint32_t index, bw_irq *irq, uint32_t *count, bool *broken)
{
    bw_irq_iter iter = bw_irq_begin(tree, node);

    /* Without a controller nobody knows where one interrupt ends. */
    if (iter.prop && !iter.extended && iter.parent.fault != BW_IRQ_OK) {
        *irq = (bw_irq){.fault = iter.parent.fault, .prop = iter.parent.prop ? iter.parent.prop : iter.prop};
        *broken = true;
        return true;
    }
    for (*count = 0; bw_irq_next(&iter, irq); ++*count) {
        if (*count != index)
            continue;
        *broken = irq->fault != BW_IRQ_OK && irq->fault != BW_IRQ_MAP_UNMATCHED;
        return true;
    }
    return false;
}

static bool say_broken(const bw_tree *tree, const bw_node *node, const bw_irq *irq, const char *name)
{
    bw_find_elem(tree, BW_CODE_sel4_interrupt_broken, node, irq->prop, irq->offset,
                 "the interrupt of %s that the kernel wants as %s %s", bw_node_path(tree, node), name,
                 irq->fault == BW_IRQ_NO_PARENT || irq->fault == BW_IRQ_BAD_PARENT
                     ? "names no interrupt controller: the phandle leads nowhere"
                     : "cannot be read");
    return false;
}

/* @return false after an error finding; -1 is a number that is not known. */
static bool read_number(const bw_tree *tree, const bw_node *node, uint32_t index, const char *name, bool *there,
                        int64_t *number)
{
    bool broken = false;
    uint32_t count;
    bw_irq irq;

    *number = -1;
    *there = irq_at(tree, node, index, &irq, &count, &broken);
    if (!*there)
        return true;
    if (broken)
        return say_broken(tree, node, &irq, name);
    if (irq.fault == BW_IRQ_MAP_UNMATCHED)
        say_unknown(tree, node, &irq, name, "no row of the interrupt-map is for it");
    else
        *number = number_of(tree, node, &irq, name);
    return true;
}

/* The position of the boot CPU among the CPUs that the interrupts belong to. */
static bool boot_cpu_index(const bw_tree *tree, const bw_node *node, const char *name, uint32_t *index)
{
    const bw_node *chosen = bw_tree_by_path(tree, "/chosen");
    const bw_prop *boot = chosen ? bw_node_prop_text(chosen, "seL4,boot-cpu") : NULL;
    const bw_prop *affinity = bw_node_prop_text(node, "interrupt-affinity");
    uint32_t phandle;

    if (!boot || bw_prop_u32(boot, &phandle) != BW_STATE_OK) {
        bw_find_node(tree, BW_CODE_sel4_boot_cpu, chosen ? chosen : tree->root,
                     "the rule for %s takes the interrupt of the boot CPU, and /chosen has no seL4,boot-cpu = <&cpu…>",
                     name);
        return false;
    }
    for (*index = 0; affinity && *index < affinity->value.len / 4; ++*index)
        if (bw_get32(affinity->value.data + (size_t)*index * 4) == phandle)
            return true;
    bw_find_node(tree, BW_CODE_sel4_boot_cpu, node,
                 "the rule for %s takes the interrupt of the boot CPU, which interrupt-affinity of %s does not have",
                 name, bw_node_path(tree, node));
    return false;
}

static void say_missing(const bw_tree *tree, const bw_node *node, const bw_sel4_interrupt_rule *rule)
{
    bw_finding *finding =
        bw_find_node(tree, BW_CODE_sel4_interrupt_missing, node,
                     "the kernel wants interrupt %" PRIu32 " of %s as %s, and it has none: the macro will not be there",
                     rule->index, bw_node_path(tree, node), rule->name);

    bw_finding_note(finding, bw_yaml_place(rule->where), "the rule");
}

/* Of the same interrupt of two devices the higher priority counts, else the first. */
static void add(GArray *all, const bw_sel4_interrupt *interrupt)
{
    for (guint i = 0; i < all->len; i++) {
        bw_sel4_interrupt *other = &g_array_index(all, bw_sel4_interrupt, i);

        if (strcmp(other->name, interrupt->name) != 0)
            continue;
        if (interrupt->rule->priority > other->rule->priority)
            *other = *interrupt;
        return;
    }
    g_array_append_val(all, *interrupt);
}

static bool add_interrupt(const bw_tree *tree, const bw_node *node, const bw_sel4_interrupt_rule *rule, GArray *all)
{
    bw_sel4_interrupt interrupt = {.name = rule->name, .other_number = -1, .rule = rule, .owner = node};
    uint32_t index = rule->index;
    bool there, other_there;

    if (rule->boot_cpu && !boot_cpu_index(tree, node, rule->name, &index))
        return false;
    if (!read_number(tree, node, index, rule->name, &there, &interrupt.number))
        return false;
    if (!there) {
        say_missing(tree, node, rule);
        return true;
    }
    if (rule->has_undef &&
        !read_number(tree, node, rule->undef_index, rule->name, &other_there, &interrupt.other_number))
        return false;
    add(all, &interrupt);
    return true;
}

static int by_name(const void *a, const void *b)
{
    const bw_sel4_interrupt *first = a, *second = b;

    return strcmp(first->name, second->name);
}

bool bw_sel4_interrupts(bw_sel4_platform *platform, const bw_sel4_rules *rules, const GPtrArray *nodes)
{
    const bw_tree *tree = platform->tree;
    GArray *all = g_array_new(FALSE, FALSE, sizeof(bw_sel4_interrupt));
    bool ok = true;

    for (guint i = 0; i < nodes->len; i++) {
        const char *compatible;
        const bw_sel4_rule *rule = bw_sel4_match(rules, nodes->pdata[i], &compatible);

        for (uint32_t k = 0; rule && k < rule->interrupt_count; k++)
            ok &= add_interrupt(tree, nodes->pdata[i], &rule->interrupts[k], all);
    }
    g_array_sort(all, by_name);
    platform->interrupts = bw_arena_dup(&tree->unit->arena, all->data, all->len * sizeof(bw_sel4_interrupt));
    platform->interrupt_count = all->len;
    g_array_free(all, TRUE);
    return ok;
}
