/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/ocre/wamr.h"

#include "tree/strings.h"

#include <glib.h>

#include <string.h>

/* How compatible begins; with exact it is all of it. The first row that fits counts. Every Cortex-M and each 32-bit
 * Cortex-R is THUMBV8M, because Zephyr selects ISA_THUMB2 for both. */
static const struct row {
    const char *compatible;
    bool exact;
    const char *target, *aot_arch; /* target NULL: none, and aot_arch is what to call the CPU */
} rows[] = {
    {"arm,cortex-m", false, "THUMBV8M", "thumbv8m"},
    {"arm,cortex-r82", false, "AARCH64", "aarch64v8"},
    {"arm,cortex-r", false, "THUMBV8M", "thumbv8m"},
    {"arm,cortex-a5", true, "ARM", "armv4"},
    {"arm,cortex-a7", true, "ARM", "armv4"},
    {"arm,cortex-a8", true, "ARM", "armv4"},
    {"arm,cortex-a9", true, "ARM", "armv4"},
    {"arm,cortex-a12", true, "ARM", "armv4"},
    {"arm,cortex-a15", true, "ARM", "armv4"},
    {"arm,cortex-a17", true, "ARM", "armv4"},
    {"arm,cortex-a32", true, "ARM", "armv4"},
    {"arm,cortex-a", false, "AARCH64", "aarch64v8"},
    {"cdns,", false, "XTENSA", "xtensa"},
    {"espressif,xtensa", false, "XTENSA", "xtensa"},
    {"espressif,riscv", false, "RISCV", "riscv"},
    {"riscv", false, "RISCV", "riscv"},
    {"snps,arc", false, NULL, "ARC"},
    {"arc,", false, NULL, "ARC"},
    {"mips,", false, NULL, "MIPS"},
    {"gaisler,leon", false, NULL, "SPARC"},
    {"renesas,rx", false, NULL, "RX"},
    {"intel,nios2", false, NULL, "Nios II"},
    {"altr,nios2", false, NULL, "Nios II"},
    {"opencores,or1k", false, NULL, "OpenRISC"},
};

static const struct row *row_of(const bw_cpu *cpu)
{
    const bw_prop *compatible = bw_node_prop_text(cpu->node, "compatible");
    uint32_t at = 0;
    const char *one;

    while ((one = bw_prop_next_string(compatible, &at)))
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            if (rows[i].exact ? strcmp(one, rows[i].compatible) == 0 : g_str_has_prefix(one, rows[i].compatible))
                return &rows[i];
    return NULL;
}

bw_ocre_wamr bw_ocre_wamr_of(const bw_board *board)
{
    bw_ocre_wamr wamr = {0};

    for (uint32_t i = 0; i < board->cpu_count; i++) {
        const struct row *row = board->cpus[i].unavailable ? NULL : row_of(&board->cpus[i]);

        if (!row)
            continue;
        wamr.cpu = &board->cpus[i];
        wamr.unsupported = row->target == NULL;
        wamr.target = row->target;
        *(wamr.unsupported ? &wamr.cpu_name : &wamr.aot_arch) = row->aot_arch;
        break;
    }
    return wamr;
}

bool bw_ocre_ram_is_data(const bw_board *board)
{
    static const char *const cores[] = {"arm,cortex-m23", "arm,cortex-m33", "arm,cortex-m52", "arm,cortex-m55",
                                        "arm,cortex-m85"};
    const bw_ocre_wamr wamr = bw_ocre_wamr_of(board);
    const char *core = wamr.cpu ? wamr.cpu->compatible : NULL;

    for (size_t i = 0; core && i < G_N_ELEMENTS(cores); i++)
        if (g_str_has_prefix(core, cores[i]))
            return true;
    return false;
}

bool bw_ocre_has_fpu(const bw_board *board)
{
    const bw_ocre_wamr wamr = bw_ocre_wamr_of(board);
    const char *core = wamr.cpu ? wamr.cpu->compatible : NULL;

    return core && g_str_has_prefix(core, "arm,cortex-m") && g_str_has_suffix(core, "f");
}
