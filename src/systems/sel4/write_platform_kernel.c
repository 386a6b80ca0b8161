/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the kernel's own repository. */
#include "systems/sel4/write_platform.h"

#include "dts/print.h"
#include "systems/sel4/parts.h"
#include "tree/cells.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

static const char *path_of(const bw_sel4_port *port, const bw_node *node)
{
    return bw_node_path(port->board->tree, node);
}

/* ---- the tree ---- */

static void write_tree(const bw_system_job *job, const bw_sel4_port *port)
{
    GString *out = bw_sel4_port_text(port, "/* ", "The devicetree, all includes and macros done", " */");
    bw_buffer text = {0};

    bw_dts_print_readable((bw_tree *)(uintptr_t)port->board->tree, BW_ANNOTATE_NONE, &text);
    g_string_append_len(out, (const char *)text.data, (gssize)text.len);
    bw_buffer_free(&text);
    bw_sel4_port_add(job, out, "seL4/tools/dts/%s.dts", port->name);
}

/* ---- the overlay ---- */

/* A list of paths; a node that is not there is left out. */
static void add_chosen(const bw_sel4_port *port, GString *out, const char *name, const bw_node *a, const bw_node *b,
                       const bw_node *c)
{
    const bw_node *const nodes[] = {a, b, c};
    bool any = false;

    for (size_t i = 0; i < G_N_ELEMENTS(nodes); i++) {
        if (!nodes[i])
            continue;
        if (any)
            g_string_append(out, ",\n\t\t\t");
        else
            g_string_append_printf(out, "\t\t%s =\n\t\t\t", name);
        g_string_append_printf(out, "&{%s}", path_of(port, nodes[i]));
        any = true;
    }
    if (any)
        g_string_append(out, ";\n");
}

static void add_number(GString *out, uint64_t value, uint32_t cells)
{
    for (uint32_t i = cells; i-- > 0;)
        g_string_append_printf(out, " 0x%" PRIx32, i > 1 ? 0 : (uint32_t)(value >> (32 * i)));
}

/* RAM of guests is taken from the kernel, which makes it device memory: nobody is handed a piece of it by chance. */
static void add_reserved(const bw_sel4_port *port, GString *out)
{
    const bw_node *there = bw_tree_by_path(port->board->tree, "/reserved-memory");
    const bw_cells cells =
        there ? bw_cells_of(port->board->tree, there) : (bw_cells){.address = 2, .size = 2, .state = BW_STATE_OK};

    if (!port->plan || !port->plan->vm_count)
        return;
    g_string_append(out, "\n\treserved-memory {\n");
    if (!there)
        g_string_append(out, "\t\t#address-cells = <2>;\n\t\t#size-cells = <2>;\n\t\tranges;\n\n");
    for (uint32_t i = 0; i < port->plan->vm_count; i++) {
        const bw_sel4_plan_vm *vm = &port->plan->vms[i];

        g_string_append_printf(out, "\t\t/* RAM of %s */\n\t\tguest@%" PRIx64 " {\n\t\t\treg = <", vm->name,
                               vm->ram.base);
        GString *row = g_string_new(NULL);
        add_number(row, vm->ram.base, cells.address);
        add_number(row, vm->ram.size, cells.size);
        g_string_append(out, row->str + (*row->str == ' '));
        g_string_free(row, TRUE);
        g_string_append(out, ">;\n\t\t\tno-map;\n\t\t};\n");
    }
    g_string_append(out, "\t};\n");
}

/* A name below a path, as nested bodies. */
static void open_path(GString *out, const char *path, unsigned *level)
{
    char **names = g_strsplit(path + 1, "/", -1);

    for (*level = 0; names[*level]; ++*level) {
        for (unsigned i = 0; i <= *level; i++)
            g_string_append_c(out, '\t');
        g_string_append_printf(out, "%s {\n", names[*level]);
    }
    g_strfreev(names);
}

static void close_path(GString *out, unsigned level)
{
    while (level--) {
        for (unsigned i = 0; i <= level; i++)
            g_string_append_c(out, '\t');
        g_string_append(out, "};\n");
    }
}

/* The interrupt by which the virtual interface asks for attention: without it no guest is interrupted. */
static void add_maintenance(bw_sel4_port *port, GString *out)
{
    unsigned level;

    if (!port->gic || bw_node_prop_text(port->gic, "interrupts"))
        return;
    g_string_append(out, "\n\t/* The maintenance interrupt: PPI 9 on every platform so far. */\n");
    open_path(out, path_of(port, port->gic), &level);
    for (unsigned i = 0; i <= level; i++)
        g_string_append_c(out, '\t');
    g_string_append_printf(out, "interrupt-parent = <&{%s}>;\n", path_of(port, port->gic));
    for (unsigned i = 0; i <= level; i++)
        g_string_append_c(out, '\t');
    g_string_append(out, "interrupts = <1 9 4>;\n");
    close_path(out, level);
    bw_sel4_port_human(port,
                       "**The maintenance interrupt of %s** is not in the devicetree; the overlay says PPI 9. See "
                       "that the SoC has it there.",
                       path_of(port, port->gic));
}

static void write_overlay(const bw_system_job *job, bw_sel4_port *port)
{
    GString *out = bw_sel4_port_text(port, "/* ", "What the kernel and its loader drive", " */");

    g_string_append(out, "\n/ {\n\tchosen {\n");
    add_chosen(port, out, "seL4,elfloader-devices", port->loader_driver ? port->console : NULL, port->psci,
               port->timer);
    add_chosen(port, out, "seL4,kernel-devices", port->console, port->gic, port->timer);
    g_string_append(out, "\t};\n");
    add_maintenance(port, out);
    add_reserved(port, out);
    g_string_append(out, "};\n");
    bw_sel4_port_add(job, out, "seL4/src/plat/%s/overlay-%s.dts", port->name, port->name);
}

/* ---- config.cmake ---- */

/* Division by multiplication, as tools/reciprocal.py has it: 32-bit kernels divide ticks by it. */
static void add_reciprocal(const bw_sel4_port *port, GString *out)
{
    unsigned shift = 32;

    if (port->wide || !port->timer_rate)
        return;
    while (shift < 63 && (UINT64_C(1) << (shift - 32)) < port->timer_rate)
        shift++;
    const uint64_t power = UINT64_C(1) << shift;
    g_string_append_printf(out, "        CLK_MAGIC %" PRIu64 "llu\n        CLK_SHIFT %uu\n",
                           power / port->timer_rate + (power % port->timer_rate != 0), shift);
}

/* Cortex-A8 and A9 have no virtualisation. */
const char *bw_sel4_port_archs(const bw_sel4_port *port)
{
    if (!port->arm)
        return port->wide ? "riscv64" : "riscv32";
    if (port->wide)
        return "aarch64";
    return strcmp(port->core, "A8") == 0 || strcmp(port->core, "A9") == 0 ? "aarch32" : "aarch32 arm_hyp";
}

static void write_arm(bw_sel4_port *port, GString *out)
{
    const char *gic = port->gic_v3 ? "gic_v3" : "gic_v2";

    g_string_append_printf(out, "declare_platform(%s KernelPlatform%s PLAT_%s %s)\n\nif(KernelPlatform%s)\n",
                           port->name, port->camel, port->upper, port->wide ? "KernelSel4ArchAarch64" : "KernelArchARM",
                           port->camel);
    g_string_append_printf(out, "    declare_seL4_arch(%s)\n", bw_sel4_port_archs(port));
    if (port->core_stands_in)
        g_string_append_printf(out, "    # The CPU is %s, which seL4 does not know: see PORTING.md.\n", port->cpu);
    g_string_append_printf(out, "    set(KernelArmCortex%s ON)\n    set(KernelArchArmV%s ON)\n",
                           port->core ? port->core : "A53",
                           port->wide                                             ? "8a"
                           : strcmp(port->core, "A8") && strcmp(port->core, "A9") ? "7ve"
                                                                                  : "7a");
    if (port->gic_v3)
        g_string_append(out, "    set(KernelArmGicV3 ON)\n");
    if (port->cpu && g_str_has_prefix(port->board->compatible_count ? port->board->compatible[0] : "", "nvidia,"))
        g_string_append(out, "    # Touched carveouts of the firmware raise SErrors.\n"
                             "    set(KernelAArch64SErrorIgnore ON)\n");
    g_string_append_printf(out,
                           "    config_set(KernelARMPlatform ARM_PLAT \"%s\")\n"
                           "    list(APPEND KernelDTSList \"tools/dts/%s.dts\")\n"
                           "    list(APPEND KernelDTSList \"src/plat/%s/overlay-%s.dts\")\n",
                           port->name, port->name, port->name, port->name);
    if (!port->timer_rate)
        g_string_append(out, "    message(FATAL_ERROR \"TIMER_FREQUENCY: set it below to what CNTFRQ says, and take "
                             "this line out\")\n");
    g_string_append_printf(out,
                           "    declare_default_headers(\n"
                           "        TIMER_FREQUENCY %" PRIu64 "\n"
                           "        MAX_IRQ %" PRIu32 "\n"
                           "        NUM_PPI 32\n"
                           "        TIMER drivers/timer/arm_generic.h\n"
                           "        INTERRUPT_CONTROLLER arch/machine/%s.h\n",
                           port->timer_rate, port->max_irq, gic);
    add_reciprocal(port, out);
    g_string_append_printf(out,
                           "        KERNEL_WCET 10u\n"
                           "    )\n"
                           "endif()\n\n"
                           "add_sources(\n"
                           "    DEP \"KernelPlatform%s\"\n"
                           "    CFILES src/arch/arm/machine/%s.c src/arch/arm/machine/l2c_nop.c\n"
                           ")\n",
                           port->camel, gic);
}

static void write_riscv(const bw_sel4_port *port, GString *out)
{
    g_string_append_printf(out,
                           "declare_platform(%s KernelPlatform%s PLAT_%s KernelArchRiscV)\n\n"
                           "if(KernelPlatform%s)\n"
                           "    declare_seL4_arch(%s)\n"
                           "    config_set(KernelRiscVPlatform RISCV_PLAT \"%s\")\n"
                           "    list(APPEND KernelDTSList \"tools/dts/%s.dts\")\n"
                           "    list(APPEND KernelDTSList \"src/plat/%s/overlay-%s.dts\")\n"
                           "    declare_default_headers(\n"
                           "        TIMER_FREQUENCY %" PRIu64 "\n"
                           "        MAX_IRQ %" PRIu32 "\n"
                           "        INTERRUPT_CONTROLLER drivers/irq/riscv_plic0.h\n"
                           "    )\n"
                           "endif()\n",
                           port->name, port->camel, port->upper, port->camel, port->wide ? "riscv64" : "riscv32",
                           port->name, port->name, port->name, port->name, port->timer_rate, port->max_irq);
}

static void write_config(const bw_system_job *job, bw_sel4_port *port)
{
    GString *out = bw_sel4_port_text(port, "# ", "The platform for the kernel's build", "");

    g_string_append_c(out, '\n');
    if (port->arm)
        write_arm(port, out);
    else
        write_riscv(port, out);
    bw_sel4_port_add(job, out, "seL4/src/plat/%s/config.cmake", port->name);
}

/* ---- constants, rules ---- */

static void write_constants(const bw_system_job *job, const bw_sel4_port *port)
{
    GString *out = bw_sel4_port_text(port, "/* ", "Constants of the API", " */");
    char *core = port->core ? g_ascii_strdown(port->core, -1) : NULL;

    g_string_append(out, "#pragma once\n\n#include <sel4/config.h>\n");
    if (port->arm && core)
        g_string_append_printf(out, "#include <sel4/arch/constants_cortex_%s.h>\n", core);
    g_free(core);
    bw_sel4_port_add(job, out, "seL4/libsel4/sel4_plat_include/%s/sel4/plat/api/constants.h", port->name);
}

static void write_rule(const bw_system_job *job, bw_sel4_port *port)
{
    const bw_prop *prop = port->console ? bw_node_prop_text(port->console, "compatible") : NULL;
    const char *compatible = prop ? bw_prop_string(prop) : NULL;
    bw_sel4_regions regions;

    if (!compatible || port->ruled)
        return;
    GString *out = bw_sel4_port_text(port, "# ", "To be added to tools/hardware.yml: the console", "");
    g_string_append_printf(out,
                           "  - compatible:\n"
                           "      - %s\n"
                           "    regions:\n"
                           "      - index: 0\n"
                           "        kernel: UART_PPTR\n"
                           "        macro: CONFIG_PRINTING\n"
                           "        kernel_size: 0x1000\n"
                           "        user: true\n",
                           compatible);
    bw_sel4_port_add(job, out, "seL4/tools/hardware.yml.add");
    if (!bw_sel4_reg(port->board->tree, port->console, true, &regions) || !regions.count)
        bw_sel4_port_human(port, "**%s has no registers**, and a rule needs region 0: give the kernel another console.",
                           path_of(port, port->console));
}

void bw_sel4_write_kernel(const bw_system_job *job, bw_sel4_port *port)
{
    write_tree(job, port);
    write_overlay(job, port);
    write_config(job, port);
    write_constants(job, port);
    write_rule(job, port);
}
