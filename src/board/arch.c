/* SPDX-License-Identifier: Apache-2.0 */
/* Which architecture a board has, by its CPUs (Linux: arm/cpus.yaml, riscv/cpus.yaml; Zephyr: cpu/). */
#include "board/arch.h"

#include "tree/strings.h"

#include <string.h>

static bool has_prefix(const char *text, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (g_str_has_prefix(text, *prefixes))
            return true;
    return false;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

static bw_arch arch_of_name(const char *compatible)
{
    static const char *const arm32[] = {"arm,cortex-a5",  "arm,cortex-a7",  "arm,cortex-a8",  "arm,cortex-a9",
                                        "arm,cortex-a12", "arm,cortex-a15", "arm,cortex-a17", "arm,cortex-a32",
                                        "arm,cortex-r4",  "arm,cortex-r4f", "arm,cortex-r5",  "arm,cortex-r5f",
                                        "arm,cortex-r7",  "arm,cortex-r8",  "arm,cortex-r8f", "arm,cortex-r7f",
                                        "arm,cortex-r52", "qcom,krait",     "arm,armv7",      NULL};
    static const char *const arm32_families[] = {"arm,arm7", "arm,arm9", "arm,arm10", "arm,arm11", NULL};
    static const char *const arm64_families[] = {"arm,cortex-a", "arm,cortex-r82", "arm,neoverse-",   "arm,armv8",
                                                 "arm,cortex-x", "apple,",         "arm,foundation-", NULL};

    if (g_str_has_prefix(compatible, "arm,cortex-m"))
        return BW_ARCH_ARM_M;
    if (is_one_of(compatible, arm32) || has_prefix(compatible, arm32_families))
        return BW_ARCH_ARM;
    if (has_prefix(compatible, arm64_families))
        return BW_ARCH_AARCH64;
    return strcmp(compatible, "riscv") == 0 ? BW_ARCH_RISCV : BW_ARCH_OTHER;
}

static bw_arch arch_of_cpu(const bw_board *board, const bw_cpu *cpu)
{
    const bw_prop *compatible = bw_node_prop(cpu->node, board->tree->unit->n->compatible);
    uint32_t offset = 0;

    if (cpu->isa)
        return BW_ARCH_RISCV;
    for (const char *one; (one = bw_prop_next_string(compatible, &offset));) {
        bw_arch arch = arch_of_name(one);

        if (arch != BW_ARCH_OTHER)
            return arch;
    }
    return BW_ARCH_OTHER;
}

/* Vendors' own 64-bit cores say nothing in their names, but the architecture's timer does. */
static bw_arch arch_of_timer(const bw_board *board)
{
    for (uint32_t i = 0; i < board->device_count; i++)
        if (bw_node_is_compatible(board->tree, board->devices[i].node, "arm,armv8-timer"))
            return BW_ARCH_AARCH64;
    return BW_ARCH_OTHER;
}

bw_arch bw_arch_of(const bw_board *board)
{
    for (uint32_t i = 0; i < board->cpu_count; i++) {
        bw_arch arch = arch_of_cpu(board, &board->cpus[i]);

        if (arch != BW_ARCH_OTHER)
            return arch;
    }
    return arch_of_timer(board);
}

uint32_t bw_arch_cpu_count(const bw_board *board)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < board->cpu_count; i++)
        count += !board->cpus[i].unavailable;
    return MAX(count, 1);
}
