/* SPDX-License-Identifier: Apache-2.0 */
/*
 * soc/ for SoCs that Zephyr has not: as much as its generic code of an architecture needs. What is special of a SoC
 * (clocks, power, errata) stays for a human.
 *
 * Source: Zephyr 4.1, doc/hardware/porting/soc_porting.rst; the SoCs of QEMU's machines in soc/.
 */
#include "systems/zephyr/write.h"

#include <string.h>

/* Names of the Kconfig symbol that a core selects; arch/arm/core/cortex_m/Kconfig, arch/arm64/core/Kconfig. */
static const char *cpu_symbol(bw_arena *arena, const bw_zephyr_output *t)
{
    static const char *const cores[] = {"cortex-m0",  "cortex-m0+", "cortex-m1",  "cortex-m3",  "cortex-m4",
                                        "cortex-m7",  "cortex-m23", "cortex-m33", "cortex-m52", "cortex-m55",
                                        "cortex-m85", "cortex-a53", "cortex-a55", "cortex-a72", "cortex-a76",
                                        "cortex-a35", "cortex-a57", "cortex-r82", NULL};
    static const char *const near[][2] = {{"cortex-a35", "cortex-a53"}, {"cortex-a57", "cortex-a72"}, {NULL, NULL}};
    char *core = g_strdup(t->core ? t->core : "");
    size_t len = strlen(core);
    const char *symbol = NULL;

    if (len && core[len - 1] == 'f') /* "cortex-m4f": with FPU */
        core[len - 1] = '\0';
    for (size_t i = 0; near[i][0]; i++)
        if (strcmp(core, near[i][0]) == 0) {
            g_free(core);
            core = g_strdup(near[i][1]);
        }
    if (strcmp(core, "cortex-m0+") == 0)
        symbol = "CPU_CORTEX_M0PLUS";
    else if (g_strv_contains(cores, core))
        symbol = bw_zephyr_capitals(arena, "CPU_", core);
    g_free(core);
    return symbol;
}

bool bw_zephyr_soc_known(const bw_zephyr_output *t)
{
    switch (t->arch) {
    case BW_ARCH_ARM_M:
    case BW_ARCH_AARCH64:
        return t->core != NULL;
    case BW_ARCH_RISCV:
        return t->isa && (g_str_has_prefix(t->isa, "rv32") || g_str_has_prefix(t->isa, "rv64"));
    default:
        return false;
    }
}

/* ---- Kconfig --------------------------------------------------------------------------------------------- */

/* Single letters of a riscv,isa that Zephyr has a symbol for (arch/riscv/Kconfig.isa). */
static bool has_letter(const char *isa, char letter)
{
    size_t end = strcspn(isa, "_");

    if (strchr("imafd", letter) && memchr(isa + 4, 'g', end > 4 ? end - 4 : 0))
        return true;
    for (size_t i = 4; i < end && isa[i] != 'z' && isa[i] != 's' && isa[i] != 'x'; i++)
        if (isa[i] == letter)
            return true;
    return false;
}

static bool has_extension(const char *isa, const char *extension)
{
    size_t len = strlen(extension);

    for (const char *p = strchr(isa, '_'); p; p = strchr(p + 1, '_'))
        if (strncmp(p + 1, extension, len) == 0 && (p[1 + len] == '_' || p[1 + len] == '\0'))
            return true;
    return false;
}

static void select_riscv(GString *out, const bw_zephyr_output *t)
{
    static const char letters[] = "mac";
    static const char *const extensions[] = {"zba", "zbb", "zbc", "zbs", NULL};

    g_string_append(out, "\tselect RISCV\n"
                         "\tselect RISCV_PRIVILEGED\n"
                         "\tselect ATOMIC_OPERATIONS_BUILTIN\n"
                         "\tselect INCLUDE_RESET_VECTOR\n"
                         "\tselect RISCV_SOC_HAS_GP_RELATIVE_ADDRESSING\n");
    if (t->has_plic)
        g_string_append(out, "\tselect RISCV_HAS_PLIC\n");
    if (t->is_64)
        g_string_append(out, "\tselect 64BIT\n");
    g_string_append_printf(out, "\tselect RISCV_ISA_RV%s%c\n", t->is_64 ? "64" : "32",
                           has_letter(t->isa, 'e') ? 'E' : 'I');
    for (const char *letter = letters; *letter; letter++)
        if (has_letter(t->isa, *letter))
            g_string_append_printf(out, "\tselect RISCV_ISA_EXT_%c\n", g_ascii_toupper(*letter));
    /* Older strings mean both without saying so. */
    g_string_append(out, "\tselect RISCV_ISA_EXT_ZICSR\n\tselect RISCV_ISA_EXT_ZIFENCEI\n");
    if (has_letter(t->isa, 'f'))
        g_string_append(out, "\tselect CPU_HAS_FPU\n");
    if (has_letter(t->isa, 'd'))
        g_string_append(out, "\tselect CPU_HAS_FPU_DOUBLE_PRECISION\n");
    /* A select cannot be taken back, and GCC 12 stops with an internal error on code for Zbs. */
    for (const char *const *e = extensions; *e; e++)
        if (has_extension(t->isa, *e)) {
            char *name = g_ascii_strup(*e, -1);
            g_string_append_printf(out, "\t# the hart has it, if the compiler is good at it: select RISCV_ISA_EXT_%s\n",
                                   name);
            g_free(name);
        }
}

static void write_selects(GString *out, const bw_zephyr_output_board *board, const bw_zephyr_output *t)
{
    bw_arena *arena = (bw_arena *)(uintptr_t)&board->arena;
    const char *cpu = cpu_symbol(arena, t);

    switch (t->arch) {
    case BW_ARCH_ARM_M:
        g_string_append(out, "\tselect ARM\n");
        break;
    case BW_ARCH_AARCH64:
        g_string_append(out, "\tselect ARM64\n");
        break;
    default:
        select_riscv(out, t);
    }
    if (cpu)
        g_string_append_printf(out, "\tselect %s\n", cpu);
    if (bw_zephyr_has_worlds(board, t))
        g_string_append(out, "\tselect CPU_HAS_ARM_SAU\n");
    if (t->arch == BW_ARCH_ARM_M && cpu && strcmp(cpu, "CPU_CORTEX_M0PLUS") == 0)
        g_string_append(out, "\tselect CPU_CORTEX_M_HAS_SYSTICK\n\tselect CPU_CORTEX_M_HAS_VTOR\n");
}

static void write_riscv_defaults(GString *out, const bw_zephyr_output *t)
{
    uint32_t sources = t->plic_sources + 1; /* source 0 is none */
    uint32_t bits = 1;

    while ((1U << bits) <= sources)
        bits++;
    g_string_append(out, "\nconfig RISCV_SOC_INTERRUPT_INIT\n\tdefault y\n");
    if (!t->has_plic) {
        g_string_append(out, "\nconfig NUM_IRQS\n\tdefault 12\n");
        return;
    }
    /* Interrupts of the hart first (12 of them: RISC-V privileged architecture, mcause), the PLIC's behind. */
    g_string_append_printf(out,
                           "\nconfig 2ND_LVL_ISR_TBL_OFFSET\n\tdefault 12\n"
                           "\nconfig 2ND_LVL_INTR_00_OFFSET\n\tdefault 11\n"
                           "\nconfig 2ND_LEVEL_INTERRUPT_BITS\n\tdefault %u\n"
                           "\nconfig MAX_IRQ_PER_AGGREGATOR\n\tdefault %u\n"
                           "\nconfig NUM_IRQS\n\tdefault %u\n",
                           bits, sources, 12 + sources);
}

static void write_defconfig(GString *out, const bw_zephyr_output *t, const char *symbol)
{
    g_string_append_printf(out, "if %s\n\nconfig SYS_CLOCK_HW_CYCLES_PER_SEC\n", symbol);
    if (t->tick_rate)
        g_string_append_printf(out, "\tdefault %" G_GUINT64_FORMAT "\n", t->tick_rate);
    else if (t->arch == BW_ARCH_AARCH64)
        g_string_append(out, "\t# the devicetree does not say: firmware sets it, and CNTFRQ_EL0 tells; QEMU has this\n"
                             "\tdefault 62500000\n");
    else
        g_string_append(out, "\t# the devicetree does not say\n\tdefault 10000000\n");
    if (t->arch == BW_ARCH_RISCV)
        write_riscv_defaults(out, t);
    else
        g_string_append_printf(out,
                               "\nconfig NUM_IRQS\n\t# one more than the largest number of a device\n\tdefault %u\n",
                               MAX(t->irq_count, 32));
    if (t->arch == BW_ARCH_AARCH64) {
        g_string_append(out, "\nconfig FLASH_SIZE\n\tdefault 0\n\nconfig FLASH_BASE_ADDRESS\n\tdefault 0\n");
        if (t->has_psci) /* there is firmware above, so the kernel begins in the non-secure world */
            g_string_append(out, "\nconfig ARMV8_A_NS\n\tdefault y\n\nconfig PM_CPU_OPS\n\tdefault y\n");
    }
    g_string_append_printf(out, "\nendif # %s\n", symbol);
}

static const char *linker_script(bw_arch arch)
{
    switch (arch) {
    case BW_ARCH_ARM_M:
        return "arm/cortex_m/scripts/linker.ld";
    case BW_ARCH_AARCH64:
        return "arm64/scripts/linker.ld";
    default:
        return "riscv/common/linker.ld";
    }
}

static void write_soc_h(GString *out, const bw_zephyr_output *t, const char *symbol)
{
    g_string_append_printf(out, "/* SPDX-License-Identifier: Apache-2.0 */\n#ifndef %s_H\n#define %s_H\n", symbol,
                           symbol);
    if (t->arch == BW_ARCH_ARM_M)
        g_string_append(out, "\n#include <cmsis_core_m_defaults.h>\n");
    g_string_append(out, "\n#endif\n");
}

static void write_mmu(GString *out)
{
    g_string_append(
        out, "/* SPDX-License-Identifier: Apache-2.0 */\n"
             "/* What is mapped before any driver: the interrupt controller. Drivers map their own registers. */\n"
             "#include <zephyr/arch/arm64/arm_mmu.h>\n"
             "#include <zephyr/devicetree.h>\n"
             "#include <zephyr/sys/util.h>\n"
             "\n"
             "#define GIC_REGION(index)                                                             \\\n"
             "\tMMU_REGION_FLAT_ENTRY(\"GIC\", DT_REG_ADDR_BY_IDX(DT_INST(0, arm_gic), index), \\\n"
             "\t\t\t      DT_REG_SIZE_BY_IDX(DT_INST(0, arm_gic), index),        \\\n"
             "\t\t\t      MT_DEVICE_nGnRnE | MT_P_RW_U_NA | MT_DEFAULT_SECURE_STATE)\n"
             "\n"
             "static const struct arm_mmu_region mmu_regions[] = {\n"
             "\tGIC_REGION(0),\n"
             "\tGIC_REGION(1),\n"
             "};\n"
             "\n"
             "const struct arm_mmu_config mmu_config = {\n"
             "\t.num_regions = ARRAY_SIZE(mmu_regions),\n"
             "\t.mmu_regions = mmu_regions,\n"
             "};\n");
}

/* Some drivers want a pin controller whether there is one or not (uart_cmsdk_apb.c). */
static void write_pinctrl_h(GString *out, const char *symbol)
{
    g_string_append_printf(out,
                           "/* SPDX-License-Identifier: Apache-2.0 */\n"
                           "/* No pin controller is known for the SoC: pins are as reset or firmware leaves them. */\n"
                           "#ifndef %s_PINCTRL_H\n"
                           "#define %s_PINCTRL_H\n"
                           "\n"
                           "#include <zephyr/types.h>\n"
                           "\n"
                           "typedef uint32_t pinctrl_soc_pin_t;\n"
                           "\n"
                           "#define Z_PINCTRL_STATE_PINS_INIT(node_id, prop) {}\n"
                           "\n"
                           "#endif\n",
                           symbol, symbol);
}

static void write_pinctrl_c(GString *out)
{
    g_string_append(out,
                    "/* SPDX-License-Identifier: Apache-2.0 */\n"
                    "#include <errno.h>\n"
                    "\n"
                    "#include <zephyr/drivers/pinctrl.h>\n"
                    "\n"
                    "/* No device has pins to configure. A pin controller's driver takes the place of this. */\n"
                    "__weak int pinctrl_configure_pins(const pinctrl_soc_pin_t *pins, uint8_t pin_cnt, uintptr_t reg)\n"
                    "{\n"
                    "\tARG_UNUSED(pins);\n"
                    "\tARG_UNUSED(pin_cnt);\n"
                    "\tARG_UNUSED(reg);\n"
                    "\treturn -ENOTSUP;\n"
                    "}\n");
}

/* ---- a SoC ------------------------------------------------------------------------------------------------ */

static const char *const licence = "# SPDX-License-Identifier: Apache-2.0\n\n";

static bool is_first_cluster(const bw_zephyr_output_board *board, guint index)
{
    const bw_zephyr_output *t = board->targets->pdata[index];

    for (guint i = 0; i < index; i++) {
        const bw_zephyr_output *other = board->targets->pdata[i];

        if (strcmp(other->soc, t->soc) == 0 && g_strcmp0(other->cluster, t->cluster) == 0)
            return false;
    }
    return true;
}

/* The files that differ from cluster to cluster: appended for each of them. */
typedef struct soc_files {
    GString *yml, *kconfig_soc, *kconfig, *defconfig;
} soc_files;

static void add_cluster(const bw_zephyr_output_board *board, const bw_zephyr_output *t, soc_files *files)
{
    bw_arena *arena = (bw_arena *)(uintptr_t)&board->arena;
    const char *symbol = bw_zephyr_soc_symbol(board, t);
    const char *soc = bw_zephyr_capitals(arena, "SOC_", t->soc);

    if (t->cluster) {
        g_string_append(files->yml,
                        files->yml->len && strstr(files->yml->str, "cpuclusters") ? "" : "  cpuclusters:\n");
        g_string_append(files->yml, "  - name: ");
        bw_zephyr_scalar(files->yml, t->cluster);
        g_string_append_c(files->yml, '\n');
        g_string_append_printf(files->kconfig_soc, "config %s\n\tbool\n\tselect %s\n\n", symbol, soc);
    }
    g_string_append_printf(files->kconfig, "config %s\n", symbol);
    write_selects(files->kconfig, board, t);
    g_string_append_c(files->kconfig, '\n');
    write_defconfig(files->defconfig, t, symbol);
    g_string_append_c(files->defconfig, '\n');
}

static void drop_last(GString *text)
{
    g_string_truncate(text, text->len - 1);
}

static void write_soc(const bw_system_whole *whole, const bw_zephyr_output_board *board, const char *soc)
{
    bw_arena *arena = (bw_arena *)(uintptr_t)&board->arena;
    soc_files files = {g_string_new("socs:\n- name: "), g_string_new(licence), g_string_new(licence),
                       g_string_new(licence)};
    GString *cmake = g_string_new(licence);
    GString *header = g_string_new(NULL);
    GString *pinctrl = g_string_new(NULL);
    GString *pinctrl_code = g_string_new(NULL);
    const char *symbol = bw_zephyr_capitals(arena, "SOC_", soc);
    const bw_zephyr_output *first = NULL;

    bw_zephyr_scalar(files.yml, soc);
    g_string_append_c(files.yml, '\n');
    g_string_append_printf(files.kconfig_soc, "config %s\n\tbool\n\n", symbol);
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];

        if (strcmp(t->soc, soc) != 0 || !is_first_cluster(board, i) || !bw_zephyr_soc_known(t))
            continue;
        first = first ? first : t;
        add_cluster(board, t, &files);
    }
    g_string_append_printf(files.kconfig_soc, "config SOC\n\tdefault \"%s\" if %s\n", soc, symbol);
    drop_last(files.kconfig);
    drop_last(files.defconfig);
    g_string_append(cmake, "zephyr_include_directories(.)\n"
                           "zephyr_sources_ifdef(CONFIG_PINCTRL pinctrl.c)\n");
    if (first->arch == BW_ARCH_AARCH64)
        g_string_append(cmake, "zephyr_library_sources_ifdef(CONFIG_ARM_MMU mmu_regions.c)\n");
    g_string_append_printf(cmake,
                           "\nset(SOC_LINKER_SCRIPT ${ZEPHYR_BASE}/include/zephyr/arch/%s CACHE INTERNAL \"\")\n",
                           linker_script(first->arch));
    write_soc_h(header, first, symbol);
    write_pinctrl_h(pinctrl, symbol);
    write_pinctrl_c(pinctrl_code);
    bw_zephyr_add(whole, files.yml, "soc/%s/%s/soc.yml", board->vendor, soc);
    bw_zephyr_add(whole, files.kconfig_soc, "soc/%s/%s/Kconfig.soc", board->vendor, soc);
    bw_zephyr_add(whole, files.kconfig, "soc/%s/%s/Kconfig", board->vendor, soc);
    bw_zephyr_add(whole, files.defconfig, "soc/%s/%s/Kconfig.defconfig", board->vendor, soc);
    bw_zephyr_add(whole, cmake, "soc/%s/%s/CMakeLists.txt", board->vendor, soc);
    bw_zephyr_add(whole, header, "soc/%s/%s/soc.h", board->vendor, soc);
    bw_zephyr_add(whole, pinctrl, "soc/%s/%s/pinctrl_soc.h", board->vendor, soc);
    bw_zephyr_add(whole, pinctrl_code, "soc/%s/%s/pinctrl.c", board->vendor, soc);
    if (first->arch == BW_ARCH_AARCH64) {
        GString *mmu = g_string_new(NULL);

        write_mmu(mmu);
        bw_zephyr_add(whole, mmu, "soc/%s/%s/mmu_regions.c", board->vendor, soc);
    }
}

bool bw_zephyr_soc_name_only(const bw_zephyr_output_board *board, const bw_zephyr_output *target)
{
    bw_zephyr_their_soc theirs;

    if (bw_zephyr_soc_known(target) || bw_zephyr_soc_of_theirs(board, target->soc, &theirs))
        return false;
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *other = board->targets->pdata[i];

        if (bw_zephyr_soc_known(other) || bw_zephyr_soc_of_theirs(board, other->soc, &theirs))
            return true;
    }
    return false;
}

/* Zephyr refuses a board with all its targets when one of its SoCs is in no soc.yml. */
static void write_name(const bw_system_whole *whole, const bw_zephyr_output_board *board, const char *soc)
{
    const char *symbol = bw_zephyr_capitals((bw_arena *)(uintptr_t)&board->arena, "SOC_", soc);
    GString *yml = g_string_new("socs:\n- name: ");
    GString *kconfig = g_string_new(licence);

    bw_zephyr_scalar(yml, soc);
    g_string_append_c(yml, '\n');
    g_string_append_printf(kconfig, "config %s\n\tbool\n\nconfig SOC\n\tdefault \"%s\" if %s\n", symbol, soc, symbol);
    bw_zephyr_add(whole, yml, "soc/%s/%s/soc.yml", board->vendor, soc);
    bw_zephyr_add(whole, kconfig, "soc/%s/%s/Kconfig.soc", board->vendor, soc);
}

void bw_zephyr_write_socs(const bw_system_whole *whole, const bw_zephyr_output_board *board)
{
    for (guint i = 0; i < board->targets->len; i++) {
        const bw_zephyr_output *t = board->targets->pdata[i];
        bw_zephyr_their_soc theirs;
        bool named = bw_zephyr_soc_name_only(board, t);
        bool seen = bw_zephyr_soc_of_theirs(board, t->soc, &theirs) || !(named || bw_zephyr_soc_known(t));

        for (guint j = 0; j < i && !seen; j++) {
            const bw_zephyr_output *other = board->targets->pdata[j];

            seen = strcmp(other->soc, t->soc) == 0 && bw_zephyr_soc_known(other) == !named;
        }
        if (!seen && named)
            write_name(whole, board, t->soc);
        else if (!seen)
            write_soc(whole, board, t->soc);
    }
}
