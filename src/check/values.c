/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that cannot be meant.
 */
#include "check/semantic.h"
#include "tree/cells.h"
#include "tree/specifiers.h"

#include <inttypes.h>
#include <stdio.h>

/* Properties that say yes by being there: = <0> says yes too. */
static const char *const booleans[] = {"interrupt-controller",
                                       "gpio-controller",
                                       "no-map",
                                       "reusable",
                                       "read-only",
                                       "dma-coherent",
                                       "regulator-always-on",
                                       "regulator-boot-on",
                                       "non-removable",
                                       "wakeup-source",
                                       "gpio-hog",
                                       "big-endian",
                                       "little-endian",
                                       "no-sd",
                                       "no-sdio",
                                       "no-mmc",
                                       "broken-cd",
                                       "disable-wp",
                                       "cap-sd-highspeed",
                                       "cap-mmc-highspeed",
                                       "spi-cpol",
                                       "spi-cpha",
                                       "spi-cs-high",
                                       "hw-flow-control",
                                       NULL};

void bw_sem_booleans(bw_run *run, const bw_check *check)
{
    bw_slots *seen = &run->unit->strings;

    (void)check;
    bw_slots_clear(seen);
    for (int i = 0; booleans[i]; i++)
        bw_slot_of(seen, bw_intern_str(run->unit->ctx->names, booleans[i]))->value = 1;
    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p) {
        if (!p->value.len || !bw_slot_of(seen, p->name)->value || !bw_run_known(run, p))
            continue;
        bool no = (p->value.len == 4 && bw_cell(p, 0) == 0) || bw_prop_equals(p, "false") || bw_prop_equals(p, "no");
        if (no) {
            bw_finding *f = BW_SAY_ELEM(run, boolean_false, info, p, 0,
                                        "%s means yes by being there, whatever its value is", p->name->text);
            bw_finding_cure(f, "remove the property, or /delete-property/ %s", p->name->text);
        } else {
            bw_finding *f = BW_SAY_ELEM(run, boolean_value, info, p, 0, "%s takes no value", p->name->text);
            bw_finding_cure(f, "write %s;", p->name->text);
        }
    }
    bw_slots_clear(seen);
}

static void mac_address(bw_run *run, bw_info *info, const bw_prop *p)
{
    const uint8_t *b = p->value.data;

    if (p->value.len != 6)
        BW_SAY_ELEM(run, mac_address, info, p, 0, "an Ethernet address has 6 bytes, not %u", p->value.len);
    else if (b[0] & 1)
        BW_SAY_ELEM(run, mac_address, info, p, 0,
                    "%02x:%02x:%02x:%02x:%02x:%02x is a group address (bit 0 of the first byte); no device has one",
                    b[0], b[1], b[2], b[3], b[4], b[5]);
}

static void regulator_range(bw_run *run, bw_info *info, const bw_prop *min, const char *max_name, const char *unit)
{
    const bw_prop *max = bw_node_prop_text(info->node, max_name);
    uint32_t low;
    uint32_t high;

    if (bw_prop_u32(min, &low) != BW_STATE_OK || bw_prop_u32(max, &high) != BW_STATE_OK || low <= high)
        return;
    bw_finding *f = BW_SAY_ELEM(run, regulator_range, info, min, 0, "the minimum, %u %s, is above the maximum, %u %s",
                                low, unit, high, unit);
    bw_find_note(run->unit, f, bw_prop_value_span(max), "the maximum");
}

/* assigned-clock-rates goes with assigned-clocks entry by entry. */
static void assigned_rates(bw_run *run, bw_info *info, const bw_prop *rates)
{
    const bw_prop *clocks = bw_node_prop_text(info->node, "assigned-clocks");
    uint32_t entries = 0;
    bw_spec spec;

    if (!clocks || !bw_run_known(run, clocks) || !bw_run_known(run, rates))
        return;
    bw_spec_iter iter = bw_spec_begin(run->tree, info->node, clocks, bw_spec_kind_of(clocks->name));
    while (bw_spec_next(&iter, &spec)) {
        if (spec.fault != BW_SPEC_OK && spec.fault != BW_SPEC_EMPTY)
            return;
        entries++;
    }
    if (rates->value.len / 4 <= entries)
        return;
    bw_finding *f = BW_SAY_PROP(run, assigned_clock_rates, info, rates, "%u rates for %u entr%s of assigned-clocks",
                                rates->value.len / 4, entries, entries == 1 ? "y" : "ies");
    bw_find_note(run->unit, f, bw_prop_span(clocks), "assigned-clocks");
}

void bw_sem_values(bw_run *run, const bw_check *check)
{
    bw_names *names = run->unit->ctx->names;
    const bw_name *mac = bw_intern_str(names, "local-mac-address");
    const bw_name *mac2 = bw_intern_str(names, "mac-address");
    const bw_name *volt = bw_intern_str(names, "regulator-min-microvolt");
    const bw_name *amp = bw_intern_str(names, "regulator-min-microamp");
    const bw_name *rates = bw_intern_str(names, "assigned-clock-rates");

    (void)check;
    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p) {
        if ((p->name == mac || p->name == mac2) && bw_run_known(run, p))
            mac_address(run, info, p);
        else if (p->name == volt)
            regulator_range(run, info, p, "regulator-max-microvolt", "µV");
        else if (p->name == amp)
            regulator_range(run, info, p, "regulator-max-microamp", "µA");
        else if (p->name == rates)
            assigned_rates(run, info, p);
    }
}
