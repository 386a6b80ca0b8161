/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References with arguments beyond dtc's list, and what goes with them: names, states, disabled providers.
 */
#include "check/provider.h"
#include "check/semantic.h"
#include "tree/interrupts.h"
#include "tree/specifiers.h"
#include "tree/status.h"

#include <stdio.h>
#include <stdlib.h>

/* dtc's own checks speak of the form of these. */
static bool is_dtcs(const bw_run *run, const bw_name *name, const bw_spec_kind *kind)
{
    const bw_known_names *n = run->n;
    const bw_name *const list[] = {
        n->clocks,         n->cooling_device, n->dmas,          n->hwlocks,   n->io_channels,
        n->iommus,         n->mboxes,         n->msi_parent,    n->phys,      n->mux_controls,
        n->pwms,           n->resets,         n->power_domains, n->sound_dai, n->thermal_sensors,
        n->remote_endpoint};

    if (kind->cells && strcmp(kind->cells, "#gpio-cells") == 0)
        return true;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (list[i] == name)
            return true;
    return false;
}

/* A wrong count in the provider is a finding already. */
static bool is_blamed(const bw_run *run, const bw_node *provider)
{
    return bw_info_of(run, provider)->bad & BW_BAD_PROVIDER;
}

typedef struct kinds {
    const bw_spec_kind *kind; /**< NULL: holds no references */
    bool dtcs;
} kinds;

/* How to read a property of this name, looked up once a run and name. */
static kinds kind_of(bw_run *run, const bw_name *name)
{
    static const bw_spec_kind none;
    bw_slot *slot = bw_slot_of(&run->unit->strings, name);

    if (!slot->ptr) {
        const bw_spec_kind *kind = bw_spec_kind_of(name);

        slot->ptr = (void *)(uintptr_t)(kind ? kind : &none);
        slot->value = kind && is_dtcs(run, name, kind);
    }
    return (kinds){slot->ptr == &none ? NULL : slot->ptr, slot->value};
}

static void say_fault(bw_run *run, bw_info *info, const bw_spec *spec, const bw_spec_kind *kind)
{
    bw_finding *f = NULL;
    const bw_prop *p = spec->prop;

    switch (spec->fault) {
    case BW_SPEC_NOT_PHANDLE:
        f = BW_SAY_ELEM(run, reference_arguments, info, p, spec->offset,
                        "a reference to a node is expected here, not 0x%x", spec->phandle);
        break;
    case BW_SPEC_NO_CELLS:
        /* Only USB port triggers read the cells; others take any node. */
        if (strcmp(p->name->text, "trigger-sources") == 0)
            break;
        f = BW_SAY_ELEM(run, reference_arguments, info, p, spec->offset, "%s has no %s, so it cannot stand in %s",
                        bw_path(run, spec->provider), kind->cells, p->name->text);
        bw_find_note_node(run->tree, f, spec->provider, "the node that is meant");
        break;
    case BW_SPEC_TRUNCATED:
        f = BW_SAY_ELEM(run, reference_arguments, info, p, spec->offset,
                        "%s takes %u cell%s after its phandle, but %u follow%s", bw_path(run, spec->provider),
                        spec->arg_count, spec->arg_count == 1 ? "" : "s", spec->args_there,
                        spec->args_there == 1 ? "s" : "");
        if (spec->cells_prop)
            bw_find_note(run->unit, f, bw_prop_span(spec->cells_prop), "%s says so", kind->cells);
        break;
    case BW_SPEC_LENGTH:
        BW_SAY_PROP(run, reference_arguments, info, p, "%s has %u bytes, which are not whole cells", p->name->text,
                    p->value.len);
        break;
    default:
        break;
    }
}

static void say_disabled(bw_run *run, bw_info *info, const bw_spec *spec)
{
    const bw_info *provider = bw_info_of(run, spec->provider);

    if (!info->enabled || provider->enabled || !provider->status)
        return;
    bw_finding *f = BW_SAY_ELEM(run, provider_disabled, info, spec->prop, spec->offset,
                                "%s is not enabled, but this node is", bw_path(run, spec->provider));
    bw_find_note(run->unit, f, bw_prop_value_span(provider->status), "its status");
}

static void say_gpio_range(bw_run *run, bw_info *info, const bw_spec *spec)
{
    const bw_prop *ngpios = bw_node_prop(spec->provider, run->n->ngpios);
    uint32_t count;

    if (!ngpios || spec->args_there < 2 || bw_prop_u32(ngpios, &count) != BW_STATE_OK || bw_spec_arg(spec, 0) < count ||
        bw_node_prop_text(spec->provider, "gpio-map"))
        return;
    bw_finding *f = BW_SAY_ELEM(run, gpio_range, info, spec->prop, spec->args_offset,
                                "line %u of a controller that has %u (0 to %u)", bw_spec_arg(spec, 0), count,
                                count ? count - 1 : 0);
    bw_find_note(run->unit, f, bw_prop_value_span(ngpios), "ngpios of %s", bw_path(run, spec->provider));
}

/* -- names --------------------------------------------------------------------------------------------------- */

static void say_count(bw_run *run, bw_info *info, const bw_prop *prop, uint32_t rows, const char *names_name)
{
    const bw_prop *names = bw_node_prop_text(info->node, names_name);
    uint32_t count;

    if (!names || bw_prop_strings(names, &count) != BW_STATE_OK || !bw_run_known(run, names) || count == rows)
        return;
    bw_finding *f =
        count > rows ? BW_SAY_PROP(run, names_count, info, names, "%s has %u name%s for %u entr%s of %s", names_name,
                                   count, count == 1 ? "" : "s", rows, rows == 1 ? "y" : "ies", prop->name->text)
                     : BW_SAY_PROP(run, names_too_few, info, names, "%s has %u name%s for %u entr%s of %s", names_name,
                                   count, count == 1 ? "" : "s", rows, rows == 1 ? "y" : "ies", prop->name->text);
    bw_find_note(run->unit, f, bw_prop_span(prop), "%s is set here", prop->name->text);
}

static void say_twice(bw_run *run, bw_info *info, const bw_prop *names)
{
    bw_slots *seen = &run->unit->strings;
    uint32_t offset = 0;
    const char *s;

    bw_slots_clear(seen);
    while ((s = bw_prop_next_string(names, &offset))) {
        if (!*s)
            continue;
        bw_slot *slot = bw_slot_of(seen, bw_intern_str(run->unit->ctx->names, s));
        uint32_t at = (uint32_t)((const uint8_t *)s - names->value.data);
        if (slot->value)
            BW_SAY_ELEM(run, names_duplicate, info, names, at,
                        "the name \"%s\" stands twice in %s: only the first is found", s, names->name->text);
        slot->value = 1;
    }
    bw_slots_clear(seen);
}

/* A number where a reference must be, in a list that has references: the cells before it are counted wrongly. */
static bool is_shifted(const bw_run *run, const bw_spec *spec)
{
    if (spec->fault == BW_SPEC_UNKNOWN || spec->fault == BW_SPEC_LENGTH || spec->offset + 4 > spec->prop->value.len)
        return false;
    bw_target t = bw_run_target(run, spec->prop, spec->offset);
    return !t.ref && !t.empty && !t.unresolved && bw_prop_has_references(spec->prop);
}

/* As for dtc's lists: the entry before was too short if it swallowed a reference, else too long. */
static void say_shifted(bw_run *run, bw_info *info, const bw_spec *spec, const bw_spec *before)
{
    const bw_prop *p = spec->prop;
    uint32_t swallowed = before->provider ? bw_prop_reference_in(p, before->offset + 4, spec->offset) : 0;
    uint32_t there = swallowed ? (swallowed - before->offset) / 4 - 1 : 0;
    bw_finding *f =
        swallowed ? BW_SAY_ELEM(run, reference_arguments, info, p, before->offset,
                                "%s takes %u cell%s after its phandle, but %u follow%s", bw_path(run, before->provider),
                                before->arg_count, before->arg_count == 1 ? "" : "s", there, there == 1 ? "s" : "")
                  : BW_SAY_ELEM(run, reference_arguments, info, p, spec->offset,
                                "a reference to a node is expected here, not the number 0x%x", spec->phandle);
    if (before->cells_prop && swallowed)
        bw_find_note(run->unit, f, bw_prop_span(before->cells_prop), "%s says so", before->cells_prop->name->text);
    else if (before->cells_prop)
        bw_find_note(run->unit, f, bw_prop_span(before->cells_prop),
                     "the entry before it has %u cell%s after %s, as this says", before->arg_count,
                     before->arg_count == 1 ? "" : "s", bw_path(run, before->provider));
}

static void references_of(bw_run *run, bw_info *info, bw_prop *p)
{
    kinds k = kind_of(run, p->name);
    bw_spec spec;
    uint32_t rows = 0;
    bool whole = true;

    if (!k.kind || !bw_run_known(run, p) || (!k.kind->cells && !k.kind->names && p->value.len % 4))
        return;
    if (strcmp(k.kind->property, "gpios") == 0 && bw_node_prop(info->node, run->n->gpio_hog))
        return;
    bw_spec_iter iter = bw_spec_begin(run->tree, info->node, p, k.kind);
    bw_spec before = {0};
    while (bw_spec_next(&iter, &spec)) {
        rows++;
        if ((spec.provider && is_blamed(run, spec.provider)) || (before.provider && is_blamed(run, before.provider)))
            return;
        if (!k.dtcs && is_shifted(run, &spec)) {
            say_shifted(run, info, &spec, &before);
            return;
        }
        if (spec.fault != BW_SPEC_OK) {
            whole = whole && spec.fault == BW_SPEC_EMPTY;
            if (!k.dtcs && !run->tree->plugin)
                say_fault(run, info, &spec, k.kind);
            continue;
        }
        before = spec;
        say_disabled(run, info, &spec);
        if (k.kind->cells && strcmp(k.kind->cells, "#gpio-cells") == 0)
            say_gpio_range(run, info, &spec);
    }
    if (whole && k.kind->names)
        say_count(run, info, p, rows, k.kind->names);
}

void bw_sem_references(bw_run *run, const bw_check *check)
{
    (void)check;
    bw_slots_clear(&run->unit->strings);
    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p)
        references_of(run, info, p);
    bw_slots_clear(&run->unit->strings);
}

/* Lists of names by which drivers look things up; lists for people (gpio-line-names) may repeat. */
static const char *const lookup_names[] = {"clock-names",   "reset-names",        "dma-names",        "reg-names",
                                           "phy-names",     "interrupt-names",    "pwm-names",        "mbox-names",
                                           "pinctrl-names", "power-domain-names", "io-channel-names", NULL};

static void interrupt_names(bw_run *run, bw_info *info)
{
    bw_irq_iter iter = bw_irq_begin(run->tree, info->node);
    bw_irq irq;
    uint32_t rows = 0;

    if (!iter.prop || !bw_run_known(run, iter.prop) || (iter.parent.parent && is_blamed(run, iter.parent.parent)))
        return;
    while (bw_irq_next(&iter, &irq)) {
        /* Where the way through a map ends does not matter, only how many there are. */
        if (irq.fault != BW_IRQ_OK && irq.fault != BW_IRQ_EMPTY && irq.fault != BW_IRQ_MAP_UNMATCHED &&
            irq.fault != BW_IRQ_MAP_MALFORMED && irq.fault != BW_IRQ_MAP_LOOP)
            return;
        rows++;
    }
    if (rows)
        say_count(run, info, iter.prop, rows, "interrupt-names");
}

void bw_sem_names(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p) {
        if (p->name->len < 9 || !bw_ends(p->name, "-names") || !bw_run_known(run, p))
            continue;
        for (int i = 0; lookup_names[i]; i++)
            if (strcmp(lookup_names[i], p->name->text) == 0)
                say_twice(run, info, p);
    }
    BW_FOR_USES(run, run->n->interrupt_names, u)
    interrupt_names(run, &run->nodes[u->info]);
    BW_FOR_USES(run, run->n->reg_names, u)
    {
        bw_info *info = &run->nodes[u->info];
        bw_rows rows = bw_reg_rows(run->tree, info->node);

        if (info->reg && !(info->bad & BW_BAD_REG) && rows.state == BW_STATE_OK)
            say_count(run, info, info->reg, rows.count, "reg-names");
    }
}

/* -- pin control ------------------------------------------------------------------------------------------------ */

/* pinctrl-names gives the states pinctrl-0, pinctrl-1 … their names, in order and without gaps. */
static void pin_states(bw_run *run, bw_info *info)
{
    const bw_prop *names = bw_node_prop_text(info->node, "pinctrl-names");
    const bw_prop *highest = NULL;
    unsigned long count = 0;
    unsigned long top = 0;
    uint32_t named;

    BW_FOR_PROPS (info->node, p) {
        char *end;

        if (strncmp(p->name->text, "pinctrl-", 8) != 0 || p->name->text[8] < '0' || p->name->text[8] > '9')
            continue;
        unsigned long n = strtoul(p->name->text + 8, &end, 10);
        if (*end)
            continue;
        count++;
        if (!highest || n > top) {
            highest = p;
            top = n;
        }
    }
    if (!highest)
        return;
    if (top + 1 != count) {
        BW_SAY_PROP(
            run, pinctrl_states, info, highest,
            "pinctrl-%lu is there, but not every state from pinctrl-0 up to it: states are read up to the first gap",
            top);
        return;
    }
    if (!names || bw_prop_strings(names, &named) != BW_STATE_OK || !bw_run_known(run, names) || named == count)
        return;
    BW_SAY_PROP(run, pinctrl_states, info, names, "pinctrl-names has %u name%s for %lu state%s", named,
                named == 1 ? "" : "s", count, count == 1 ? "" : "s");
}

void bw_sem_pinctrl(bw_run *run, const bw_check *check)
{
    const bw_name *first = bw_intern_str(run->unit->ctx->names, "pinctrl-0");

    (void)check;
    BW_FOR_INFOS(run, info)
    if (bw_node_prop(info->node, first))
        pin_states(run, info);
}
