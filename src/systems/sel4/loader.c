/* SPDX-License-Identifier: Apache-2.0 */
/* What the loader gets: its devices and the CPUs. Source: seL4/seL4, tools/hardware/outputs/elfloader.py. */
#include "systems/sel4/parts.h"

#include "tree/cells.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* ---- devices ---- */

static int by_compatible(const void *a, const void *b, void *unused)
{
    const bw_sel4_loader_device *first = a, *second = b;

    (void)unused;
    return strcmp(first->compatible, second->compatible);
}

static bool add_device(const bw_tree *tree, const bw_sel4_rules *rules, const bw_node *node, bool quiet,
                       bw_sel4_loader_device *device)
{
    device->node = node;
    if (!bw_sel4_match(rules, node, &device->compatible)) {
        const char *first = bw_node_string(node, tree->unit->n->compatible);

        bw_find_node(tree, BW_CODE_sel4_no_rule, node,
                     "no rule of %s is for %s%s%s, which seL4,elfloader-devices names", rules->path,
                     bw_node_path(tree, node), first ? ", " : "", first ? first : "");
        return false;
    }
    return bw_sel4_reg(tree, node, quiet, &device->regions);
}

/* ---- CPUs ---- */

static const bw_node *psci_of(const GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++) {
        const bw_prop *prop = bw_node_prop_text(nodes->pdata[i], "compatible");
        const char *first = prop ? bw_prop_string_at(prop, 0) : NULL;

        if (first && (strcmp(first, "arm,psci-0.2") == 0 || strcmp(first, "arm,psci-1.0") == 0))
            return nodes->pdata[i];
    }
    return NULL;
}

/* @return NULL after an error finding. */
static const char *extra_of(const bw_tree *tree, const bw_node *cpu, const char *method, const bw_node *psci)
{
    if (method && psci && strcmp(method, "psci") == 0) {
        const bw_prop *how = bw_node_prop_text(psci, "method");
        const char *conduit = how ? bw_prop_string(how) : NULL;

        if (conduit && strcmp(conduit, "smc") == 0)
            return "PSCI_METHOD_SMC";
        if (conduit && strcmp(conduit, "hvc") == 0)
            return "PSCI_METHOD_HVC";
        bw_find_node(tree, BW_CODE_sel4_cpu, psci, "method of %s is neither \"smc\" nor \"hvc\"",
                     bw_node_path(tree, psci));
        return NULL;
    }
    if (method && strcmp(method, "spin-table") == 0) {
        const bw_prop *release = bw_node_prop_text(cpu, "cpu-release-addr");
        uint64_t address;

        if (release && bw_prop_u64(release, &address) == BW_STATE_OK)
            return bw_arena_printf(&tree->unit->arena, "0x%" PRIx64, address);
        bw_find_node(tree, BW_CODE_sel4_cpu, cpu, "%s has enable-method \"spin-table\" and no cpu-release-addr",
                     bw_node_path(tree, cpu));
        return NULL;
    }
    return "0";
}

static int by_id(const void *a, const void *b)
{
    const bw_sel4_cpu *first = a, *second = b;

    return first->id < second->id ? -1 : first->id > second->id;
}

static int by_path(const void *a, const void *b, void *data)
{
    const bw_tree *tree = data;
    const bw_node *const *first = a;
    const bw_node *const *second = b;

    return strcmp(bw_node_path(tree, *first), bw_node_path(tree, *second));
}

static void find_cpus(const bw_tree *tree, GPtrArray *nodes)
{
    const bw_node *cpus = bw_tree_by_path(tree, "/cpus");

    if (!cpus)
        return;
    BW_FOR_CHILDREN (cpus, cpu) {
        const char *type = bw_node_string(cpu, tree->unit->n->device_type);

        if (type && strcmp(type, "cpu") == 0)
            g_ptr_array_add(nodes, cpu);
    }
    g_ptr_array_sort_with_data(nodes, by_path, (void *)tree);
}

static bool read_cpus(bw_sel4_platform *platform, const bw_node *psci)
{
    const bw_tree *tree = platform->tree;
    GPtrArray *nodes = g_ptr_array_new();
    GArray *cpus = g_array_new(FALSE, FALSE, sizeof(bw_sel4_cpu));
    bool ok = true;

    find_cpus(tree, nodes);
    for (guint i = 0; i < nodes->len; i++) {
        const bw_node *node = nodes->pdata[i];
        const bw_rows rows = bw_reg_rows(tree, node);
        const bw_prop *method = bw_node_prop_text(node, "enable-method");
        bw_sel4_cpu cpu = {.node = node,
                           .compatible = bw_node_string(node, tree->unit->n->compatible),
                           .enable_method = method ? bw_prop_string_at(method, 0) : NULL,
                           .id = rows.count ? bw_rows_get(&rows, 0).child.value : i};

        if (!cpu.compatible) {
            bw_find_node(tree, BW_CODE_sel4_cpu, node, "%s has no compatible, and the loader wants one",
                         bw_node_path(tree, node));
            ok = false;
        }
        cpu.extra = extra_of(tree, node, cpu.enable_method, psci);
        ok &= cpu.extra != NULL;
        g_array_append_val(cpus, cpu);
    }
    g_ptr_array_free(nodes, TRUE);
    g_array_sort(cpus, by_id);
    platform->cpus = bw_arena_dup(&tree->unit->arena, cpus->data, cpus->len * sizeof(bw_sel4_cpu));
    platform->cpu_count = cpus->len;
    g_array_free(cpus, TRUE);
    return ok;
}

bool bw_sel4_loader(bw_sel4_platform *platform, const bw_sel4_rules *rules, const GPtrArray *kernel,
                    const GPtrArray *nodes)
{
    bw_sel4_loader_device *devices = bw_arena_array(&platform->tree->unit->arena, bw_sel4_loader_device, nodes->len);
    bool ok = true;

    for (guint i = 0; i < nodes->len; i++)
        ok &=
            add_device(platform->tree, rules, nodes->pdata[i], bw_sel4_is_among(kernel, nodes->pdata[i]), &devices[i]);
    ok &= read_cpus(platform, psci_of(nodes));
    if (!ok)
        return false;
    if (nodes->len)
        g_qsort_with_data(devices, (gint)nodes->len, sizeof *devices, by_compatible, NULL);
    platform->loader_devices = devices;
    platform->loader_count = nodes->len;
    return true;
}
