/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/toolchain.h"

#include "boot/isa.h"
#include "tree/strings.h"

#include <string.h>

static const struct {
    bw_arch arch;
    const char *prefix, *package;
} prefixes[] = {
#define BW_TOOLCHAIN(arch, prefix, package) {BW_ARCH_##arch, prefix, package},
#include "boot/toolchains.def"
};

static const struct {
    bw_arch arch;
    const char *compatible, *flags;
} cpu_flags[] = {
#define BW_CPU_FLAGS(arch, compatible, flags) {BW_ARCH_##arch, compatible, flags},
#include "boot/toolchains.def"
};

static const struct {
    bw_arch arch;
    const char *compatible, *why;
} refused[] = {
#define BW_CPU_REFUSED(arch, compatible, why) {BW_ARCH_##arch, compatible, why},
#include "boot/toolchains.def"
};

static const struct {
    bw_arch arch;
    const char *flags;
} arch_flags[] = {
#define BW_ARCH_FLAGS(arch, flags) {BW_ARCH_##arch, flags},
#include "boot/toolchains.def"
};

/* -- flags -------------------------------------------------------------------------------------------- */

static void add_words(GPtrArray *flags, const char *text)
{
    char **words = g_strsplit(text, " ", -1);

    for (char **word = words; *word; word++)
        g_ptr_array_add(flags, g_strdup(*word));
    g_strfreev(words);
}

static bool fits(const char *pattern, const char *text)
{
    size_t len = strlen(pattern);

    return len && pattern[len - 1] == '*' ? strncmp(pattern, text, len - 1) == 0 : strcmp(pattern, text) == 0;
}

/* CPUs that are there; one that boots decides for all. */
static const bw_cpu *boot_cpu(const bw_board *board)
{
    for (uint32_t i = 0; i < board->cpu_count; i++)
        if (!board->cpus[i].unavailable)
            return &board->cpus[i];
    return NULL;
}

static const char *flags_of_cpu(const bw_board *board, const bw_cpu *cpu, bw_arch arch)
{
    const bw_prop *compatible = cpu ? bw_node_prop(cpu->node, board->tree->unit->n->compatible) : NULL;
    uint32_t offset = 0;
    const char *text;

    while ((text = bw_prop_next_string(compatible, &offset)))
        for (size_t i = 0; i < G_N_ELEMENTS(cpu_flags); i++)
            if (cpu_flags[i].arch == arch && cpu_flags[i].compatible[0] != '*' && fits(cpu_flags[i].compatible, text))
                return cpu_flags[i].flags;
    for (size_t i = 0; i < G_N_ELEMENTS(cpu_flags); i++)
        if (cpu_flags[i].arch == arch && cpu_flags[i].compatible[0] == '*')
            return cpu_flags[i].flags;
    return "";
}

/* The base instruction set alone: a CPU that lacks an extension which riscv,isa names still runs the probe, which then
 * says so. But compressed instructions, without which the probe would be too large, are believed in. zicsr is left out
 * because gcc has no libgcc for names with it; arch_riscv.S asks the assembler for it. */
static char *riscv_flags(const bw_cpu *cpu)
{
    const char *isa = cpu && cpu->isa ? cpu->isa : "rv64ima";
    uint32_t bits = bw_isa_bits(isa);
    unsigned xlen = bw_isa_xlen(isa);
    bool embedded = bits & 1U << ('e' - 'a') && !(bits & 1U << ('i' - 'a'));

    return g_strdup_printf("-march=rv%u%s%s -mabi=%s%s", xlen, embedded ? "e" : "i",
                           bits & 1U << ('c' - 'a') ? "c" : "", xlen == 32 ? "ilp32" : "lp64", embedded ? "e" : "");
}

static bool is_clang(const char *compiler)
{
    char *base = g_path_get_basename(compiler);
    bool clang = strstr(base, "clang") != NULL;

    g_free(base);
    return clang;
}

static void add_clang_flags(GPtrArray *flags, bw_arch arch, const bw_cpu *cpu)
{
    const char *target = arch == BW_ARCH_AARCH64 ? "aarch64-none-elf" : "arm-none-eabi";

    if (arch == BW_ARCH_RISCV)
        target = cpu && cpu->isa && bw_isa_xlen(cpu->isa) == 32 ? "riscv32-unknown-elf" : "riscv64-unknown-elf";
    g_ptr_array_add(flags, g_strdup_printf("--target=%s", target));
    g_ptr_array_add(flags, g_strdup("-fuse-ld=lld"));
}

static bw_toolchain *toolchain_new(const bw_board *board, bw_arch arch, char *compiler)
{
    bw_toolchain *toolchain = g_new0(bw_toolchain, 1);
    const bw_cpu *cpu = boot_cpu(board);

    toolchain->compiler = compiler;
    toolchain->flags = g_ptr_array_new_with_free_func(g_free);
    if (is_clang(compiler))
        add_clang_flags(toolchain->flags, arch, cpu);
    if (arch == BW_ARCH_RISCV) {
        char *own = riscv_flags(cpu);

        add_words(toolchain->flags, own);
        g_free(own);
    } else if (*flags_of_cpu(board, cpu, arch)) {
        add_words(toolchain->flags, flags_of_cpu(board, cpu, arch));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(arch_flags); i++)
        if (arch_flags[i].arch == arch)
            add_words(toolchain->flags, arch_flags[i].flags);
    return toolchain;
}

void bw_toolchain_free(bw_toolchain *toolchain)
{
    if (!toolchain)
        return;
    g_free(toolchain->compiler);
    g_ptr_array_free(toolchain->flags, TRUE);
    g_free(toolchain);
}

/* -- looking for it ----------------------------------------------------------------------------------- */

/* @return whether the program is there; the name is noted either way. */
static bool is_there(const char *program, GString *looked_for)
{
    char *found = g_find_program_in_path(program);
    bool there = found != NULL;

    g_string_append_printf(looked_for, "%s%s", looked_for->len ? ", " : "", program);
    g_free(found);
    return there;
}

/* A program, or the prefix of one. To be freed. */
static char *find_wanted(const char *wanted, GString *looked_for)
{
    char *with_gcc = g_strconcat(wanted, "gcc", NULL);
    bool prefix = g_str_has_suffix(wanted, "-");

    if (!prefix && is_there(wanted, looked_for)) {
        g_free(with_gcc);
        return g_strdup(wanted);
    }
    if (prefix && is_there(with_gcc, looked_for))
        return with_gcc;
    g_free(with_gcc);
    return NULL;
}

/* $CROSS_COMPILE may be meant for the kernel of another board. */
static bool is_meant_for(const char *prefix, bw_arch arch)
{
    char *base = g_path_get_basename(prefix);
    const char *family = arch == BW_ARCH_AARCH64 ? "aarch64" : arch == BW_ARCH_RISCV ? "riscv" : "arm";
    bool meant = g_str_has_prefix(base, family);

    g_free(base);
    return meant;
}

static char *find_candidate(bw_arch arch, GString *looked_for)
{
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (prefixes[i].arch != arch)
            continue;
        char *program = g_strconcat(prefixes[i].prefix, "gcc", NULL);
        if (is_there(program, looked_for))
            return program;
        g_free(program);
    }
    return NULL;
}

static const char *package_of(bw_arch arch)
{
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (prefixes[i].arch == arch)
            return prefixes[i].package;
    return "gcc";
}

static const char *words_for(bw_arch arch)
{
    switch (arch) {
    case BW_ARCH_ARM_M:
        return "Arm Cortex-M";
    case BW_ARCH_ARM:
        return "32-bit Arm";
    case BW_ARCH_AARCH64:
        return "AArch64";
    case BW_ARCH_RISCV:
        return "RISC-V";
    default:
        return "this board";
    }
}

static void report_missing(const bw_board *board, bw_arch arch, const char *wanted, const GString *looked_for,
                           bw_findings *findings)
{
    bw_finding *f = bw_findings_add(findings, BW_CODE_compiler_missing, bw_file_place(board->tree->path),
                                    "there is no compiler for %s to build the probe with: looked for %s",
                                    words_for(arch), looked_for->str);

    if (wanted)
        bw_finding_cure(f, "name a compiler that is there, or none: apt install %s has one that is found by itself",
                        package_of(arch));
    else
        bw_finding_cure(f, "apt install %s", package_of(arch));
}

/* @return whether the probe runs on the CPU; else a finding says why not. */
static bool is_supported(const bw_board *board, bw_arch arch, bw_findings *findings)
{
    const bw_cpu *cpu = boot_cpu(board);
    const bw_prop *compatible = cpu ? bw_node_prop(cpu->node, board->tree->unit->n->compatible) : NULL;
    uint32_t offset = 0;
    const char *text;

    while ((text = bw_prop_next_string(compatible, &offset)))
        for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
            if (refused[i].arch == arch && fits(refused[i].compatible, text)) {
                bw_findings_add(findings, BW_CODE_cpu_unsupported, bw_file_place(board->tree->path),
                                "the probe cannot run here: %s is a CPU %s", text, refused[i].why);
                return false;
            }
    return true;
}

bw_toolchain *bw_toolchain_find(const bw_board *board, const char *wanted, bw_findings *findings)
{
    bw_arch arch = bw_arch_of(board);
    const char *environment = g_getenv("CROSS_COMPILE");
    GString *looked_for;
    char *compiler = NULL;

    if (!is_supported(board, arch, findings))
        return NULL;
    looked_for = g_string_new(NULL);
    if (wanted) {
        compiler = find_wanted(wanted, looked_for);
    } else {
        if (environment && *environment && is_meant_for(environment, arch))
            compiler = find_wanted(environment, looked_for);
        if (!compiler)
            compiler = find_candidate(arch, looked_for);
    }
    if (!compiler)
        report_missing(board, arch, wanted, looked_for, findings);
    g_string_free(looked_for, TRUE);
    return compiler ? toolchain_new(board, arch, compiler) : NULL;
}
