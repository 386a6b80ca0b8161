/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/sel4/parts.h"

#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

/* ---- architectures: seL4/seL4, tools/hardware/config.py, src/arch/{arm,riscv}/config.cmake, include/sel4/ ---- */

static const char *const large_cpus[] = {"arm,cortex-a57", "arm,cortex-a72", NULL};
static const uint8_t large_bits[] = {44, 44};

const bw_sel4_arch bw_sel4_archs[] = {
    {"aarch32", true, 24, 12, 29, NULL, NULL, 32},
    {"arm_hyp", true, 25, 12, 29, NULL, NULL, 32},
    {"aarch64", true, 21, 12, 47, large_cpus, large_bits, 40},
    {"riscv32", false, 0, 22, 29, NULL, NULL, 32},
    {"riscv64", false, 0, 21, 38, NULL, NULL, 39},
    {NULL, false, 0, 0, 0, NULL, NULL, 0},
};

const bw_sel4_arch *bw_sel4_arch_find(const char *name)
{
    for (const bw_sel4_arch *arch = bw_sel4_archs; arch->name; arch++)
        if (strcmp(arch->name, name) == 0)
            return arch;
    return NULL;
}

const char *bw_sel4_arch_nearest(const char *name)
{
    const char *names[G_N_ELEMENTS(bw_sel4_archs)];

    for (size_t i = 0; i < G_N_ELEMENTS(bw_sel4_archs); i++)
        names[i] = bw_sel4_archs[i].name;
    return bw_nearest(name, names);
}

static const bw_node *first_cpu(const bw_tree *tree)
{
    const bw_node *cpus = bw_tree_by_path(tree, "/cpus");

    if (!cpus)
        return NULL;
    BW_FOR_CHILDREN (cpus, cpu) {
        const char *type = bw_node_string(cpu, tree->unit->n->device_type);

        if (type && strcmp(type, "cpu") == 0)
            return cpu;
    }
    return NULL;
}

uint64_t bw_sel4_addrspace(const bw_tree *tree, const bw_sel4_arch *arch)
{
    const bw_node *cpu = first_cpu(tree);

    for (size_t i = 0; cpu && arch->cpus && arch->cpus[i]; i++)
        if (bw_node_is_compatible(tree, cpu, arch->cpus[i]))
            return (uint64_t)1 << arch->cpu_bits[i];
    return (uint64_t)1 << arch->space_bits;
}

/* ---- the configuration ---- */

const char *bw_sel4_config(const bw_sel4_options *options, const char *name)
{
    const size_t len = strlen(name);
    const char *value = NULL;

    for (size_t i = 0; options->config && options->config[i]; i++)
        if (strncmp(options->config[i], name, len) == 0 && options->config[i][len] == '=')
            value = options->config[i] + len + 1;
    return value;
}

bool bw_sel4_group_is_on(const bw_sel4_options *options, const bw_sel4_group *group)
{
    const char *value = group->macro ? bw_sel4_config(options, group->macro) : NULL;

    return !value || strcmp(value, "ON") == 0;
}

/* ---- the whole ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The strings that rules matched, for the build to choose drivers by. */
static void keep_compatibles(bw_sel4_platform *platform, const bw_sel4_rules *rules, const GPtrArray *kernel)
{
    const char **all = bw_arena_array(&platform->tree->unit->arena, const char *, kernel->len);

    for (guint i = 0; i < kernel->len; i++)
        bw_sel4_match(rules, kernel->pdata[i], &all[i]);
    qsort(all, kernel->len, sizeof *all, by_text);
    for (guint i = 0; i < kernel->len; i++)
        if (!i || strcmp(all[i], all[platform->compatible_count - 1]) != 0)
            all[platform->compatible_count++] = all[i];
    platform->compatibles = all;
}

static void check_space(const bw_sel4_platform *platform)
{
    for (uint32_t i = 0; i < platform->memory.count; i++) {
        const bw_sel4_region *region = &platform->memory.items[i];

        if (region->base + region->size <= platform->addrspace_max)
            continue;
        bw_find_node(platform->tree, BW_CODE_sel4_beyond_space, region->owner,
                     "memory 0x%" PRIx64 "–0x%" PRIx64 " goes beyond 0x%" PRIx64
                     ", where the kernel's physical addresses end",
                     region->base, region->base + region->size - 1, platform->addrspace_max);
    }
}

const bw_sel4_platform *bw_sel4_platform_make(const bw_tree *tree, const bw_sel4_rules *rules,
                                              const bw_sel4_options *options)
{
    bw_sel4_platform *platform = bw_arena_new(&tree->unit->arena, bw_sel4_platform);
    GPtrArray *kernel = g_ptr_array_new(), *loader = g_ptr_array_new();

    *platform = (bw_sel4_platform){.tree = tree,
                                   .options = options,
                                   .addrspace_max = options->addrspace_max ? options->addrspace_max
                                                                           : bw_sel4_addrspace(tree, options->arch)};
    bool listed = bw_sel4_chosen(tree, "seL4,kernel-devices", NULL, kernel);
    listed &= bw_sel4_chosen(tree, "seL4,elfloader-devices", kernel, loader);
    bool ok = bw_sel4_memory(platform) && listed;

    ok = ok && bw_sel4_kernel(platform, rules, kernel);
    ok = ok && bw_sel4_interrupts(platform, rules, kernel);
    ok = ok && bw_sel4_loader(platform, rules, kernel, loader);
    if (ok) {
        keep_compatibles(platform, rules, kernel);
        check_space(platform);
    }
    g_ptr_array_free(kernel, TRUE);
    g_ptr_array_free(loader, TRUE);
    return ok ? platform : NULL;
}
