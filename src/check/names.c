/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of properties that are one slip of the finger away from a name that everybody knows.
 */
#include "check/semantic.h"

/* Of the Devicetree Specification and the bindings that all share. Shorter words are too near to too much. */
static const char *const core[] = {"#address-cells",
                                   "#size-cells",
                                   "#interrupt-cells",
                                   "#clock-cells",
                                   "#gpio-cells",
                                   "#reset-cells",
                                   "#phy-cells",
                                   "#dma-cells",
                                   "#power-domain-cells",
                                   "compatible",
                                   "status",
                                   "interrupts",
                                   "interrupt-parent",
                                   "interrupt-names",
                                   "interrupts-extended",
                                   "interrupt-controller",
                                   "gpio-controller",
                                   "clock-names",
                                   "clock-frequency",
                                   "reset-names",
                                   "dma-names",
                                   "reg-names",
                                   "pinctrl-names",
                                   "device_type",
                                   "dma-ranges",
                                   "stdout-path",
                                   "power-domains",
                                   "memory-region",
                                   "read-only",
                                   "no-map",
                                   "reusable",
                                   "assigned-clocks",
                                   "assigned-clock-rates",
                                   "remote-endpoint",
                                   "regulator-name",
                                   "regulator-min-microvolt",
                                   "regulator-max-microvolt",
                                   NULL};

/* Real names that are as near to one of the above. */
static const char *const others[] = {"states", "memory-regions", NULL};

/* One letter wrong, missing, added, or two neighbours swapped. */
static bool is_one_slip(const char *a, size_t la, const char *b, size_t lb)
{
    size_t i = 0;
    size_t j = 0;

    while (i < la && i < lb && a[i] == b[i])
        i++;
    while (j < la - i && j < lb - i && a[la - 1 - j] == b[lb - 1 - j])
        j++;
    size_t ra = la - i - j;
    size_t rb = lb - i - j;
    if (ra == 2 && rb == 2)
        return a[i] == b[i + 1] && a[i + 1] == b[i];
    return ra <= 1 && rb <= 1 && ra + rb > 0;
}

/* @return the word that is meant, or NULL. */
static const char *meant(const bw_name *name)
{
    const char *found = NULL;

    for (int i = 0; others[i]; i++)
        if (strcmp(others[i], name->text) == 0)
            return NULL;
    for (int i = 0; core[i]; i++) {
        size_t len = strlen(core[i]);

        if (name->len + 1 < len || name->len > len + 1)
            continue;
        if (strcmp(core[i], name->text) == 0)
            return NULL;
        if (is_one_slip(name->text, name->len, core[i], len))
            found = core[i];
    }
    return found;
}

void bw_sem_misspelt(bw_run *run, const bw_check *check)
{
    bw_slots *seen = &run->unit->strings;

    (void)check;
    bw_slots_clear(seen);
    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p) {
        bw_slot *slot = bw_slot_of(seen, p->name);

        if (!slot->value) {
            slot->value = 1;
            slot->ptr = (void *)(uintptr_t)meant(p->name);
        }
        if (!slot->ptr)
            continue;
        bw_finding *f =
            BW_SAY_PROP(run, property_misspelt, info, p, "nothing reads a property called %s", p->name->text);
        bw_finding_cure(f, "did you mean %s?", (const char *)slot->ptr);
    }
    bw_slots_clear(seen);
}
