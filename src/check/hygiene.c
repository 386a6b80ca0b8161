/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Things that are legal and most probably not meant.
 */
#include "check/semantic.h"
#include "tree/interrupts.h"
#include "tree/status.h"

#include <ctype.h>

/* A compatible string is vendor,device in printable characters without blanks (Devicetree Specification, 2.3.1). */
void bw_sem_compatible(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->compatible, u)
    {
        bw_info *info = &run->nodes[u->info];
        uint32_t offset = 0;
        uint32_t at = 0;
        const char *s;

        if (!bw_run_known(run, u->prop) || !u->prop->value.len || u->prop->value.data[u->prop->value.len - 1])
            continue;
        for (; (s = bw_prop_next_string(u->prop, &offset)); at = offset) {
            size_t good = 0;

            while (isgraph((unsigned char)s[good]) && s[good] != '"')
                good++;
            if (!*s)
                BW_SAY_ELEM(run, compatible_value, info, u->prop, at, "a compatible string is empty");
            else if (s[good])
                BW_SAY_ELEM(run, compatible_value, info, u->prop, at, "\"%s\" has a blank or control character in it",
                            s);
        }
    }
}

/* Two partitions of one flash that a person, and Linux's and Zephyr's lookup, call the same. */
void bw_sem_partition_labels(bw_run *run, const bw_check *check)
{
    bw_slots *seen = &run->unit->strings;

    (void)check;
    BW_FOR_USES(run, run->n->compatible, u)
    {
        bw_info *table = &run->nodes[u->info];

        if (!bw_info_compatible(table, "fixed-partitions"))
            continue;
        bw_slots_clear(seen);
        BW_FOR_INFO_CHILDREN(run, table, part)
        {
            bw_prop *label = bw_node_prop(part->node, run->n->label);

            if (!label || !bw_prop_is_string(label) || !bw_run_known(run, label))
                continue;
            bw_slot *slot = bw_slot_of(seen, bw_intern_str(run->unit->ctx->names, (const char *)label->value.data));
            if (slot->ptr) {
                bw_finding *f = BW_SAY_ELEM(run, partition_label, part, label, 0, "%s is called \"%s\" too",
                                            ((bw_info *)slot->ptr)->node->name->text, (const char *)label->value.data);
                bw_find_note_node(run->tree, f, ((bw_info *)slot->ptr)->node, "the other partition");
            } else {
                slot->ptr = part;
            }
        }
    }
    bw_slots_clear(seen);
}

static bool may_be_regulator(bw_run *run, const bw_node *node)
{
    const bw_info *info = bw_info_of(run, node);
    uint32_t offset = 0;
    const char *s;

    BW_FOR_PROPS (node, p)
        if (strncmp(p->name->text, "regulator-", 10) == 0)
            return true;
    while (info->compatible && (s = bw_prop_next_string(info->compatible, &offset)))
        if (strstr(s, "regulator") || strstr(s, "pmic") || strstr(s, "ldo") || strstr(s, "vbus") || strstr(s, "power"))
            return true;
    for (const bw_node *up = node; up && up->parent; up = up->parent)
        if (strstr(up->name->text, "regulator") || strstr(up->name->text, "pmic"))
            return true;
    return false;
}

/* xyz-supply of a node that shows no sign of being a regulator. */
void bw_sem_supplies(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_INFOS(run, info)
    BW_FOR_PROPS (info->node, p) {
        if (p->name->text[p->name->len ? p->name->len - 1 : 0] != 'y' || !bw_ends(p->name, "-supply") ||
            p->value.len != 4 || !bw_run_known(run, p) || !info->enabled)
            continue;
        bw_target t = bw_run_target(run, p, 0);
        if (t.unresolved || t.empty)
            continue;
        if (!t.node || !may_be_regulator(run, t.node)) {
            bw_finding *f = BW_SAY_ELEM(run, supply_target, info, p, 0, "%s is no regulator",
                                        t.node ? bw_path(run, t.node) : "what this number names");
            if (t.node)
                bw_find_note_node(run->tree, f, t.node, "the node that is meant");
        }
    }
}

/* Interrupts that go to a controller that is switched off. */
void bw_sem_irq_parent_off(bw_run *run, const bw_check *check)
{
    (void)check;
    BW_FOR_USES(run, run->n->interrupts, u)
    {
        bw_info *info = &run->nodes[u->info];

        if (!info->enabled || !bw_run_known(run, u->prop))
            continue;
        bw_irq_parent parent = bw_interrupt_parent(run->tree, info->node);
        if (!parent.parent)
            continue;
        const bw_info *controller = bw_info_of(run, parent.parent);
        /* What stands above may be another processor's view of the same part. */
        if (controller->enabled || bw_node_status(run->tree, parent.parent) == BW_STATUS_OKAY)
            continue;
        bw_finding *f = BW_SAY_PROP(run, interrupt_parent_disabled, info, u->prop,
                                    "the interrupts go to %s, which is not enabled", bw_path(run, parent.parent));
        bw_find_note_node(run->tree, f, parent.parent, "the interrupt parent");
    }
}
