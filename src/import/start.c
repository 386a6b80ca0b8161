/* SPDX-License-Identifier: Apache-2.0 */
#include "import/start.h"

#include "systems/systems.h"

#include <string.h>

#define NAME_MAX_LEN 60

/* ---- the machines ------------------------------------------------------------------------------------------ */

/*
 * Devicetrees with @TITLE@, @VENDOR@, @NAME@ and @SOC@ to be filled in. The machines are QEMU's (its documentation,
 * "virt" and "mps2-an385"; Arm DAI 0385, "Programmers model").
 */
static const char arm_dts[] = "\tcpus {\n"
                              "\t\t#address-cells = <1>;\n"
                              "\t\t#size-cells = <0>;\n"
                              "\n"
                              "\t\tcpu@0 {\n"
                              "\t\t\tdevice_type = \"cpu\";\n"
                              "\t\t\tcompatible = \"arm,cortex-m3\";\n"
                              "\t\t\treg = <0>;\n"
                              "\t\t\tclock-frequency = <25000000>;\n"
                              "\t\t};\n"
                              "\t};\n"
                              "\n"
                              "\tflash0: flash@0 {\n"
                              "\t\tcompatible = \"soc-nv-flash\";\n"
                              "\t\treg = <0x0 0x400000>;\n"
                              "\t\terase-block-size = <4096>;\n"
                              "\t\twrite-block-size = <4>;\n"
                              "\t};\n"
                              "\n"
                              "\tsram0: memory@20000000 {\n"
                              "\t\tcompatible = \"mmio-sram\";\n"
                              "\t\treg = <0x20000000 0x400000>;\n"
                              "\t};\n"
                              "\n"
                              "\tsysclk: clock-25000000 {\n"
                              "\t\tcompatible = \"fixed-clock\";\n"
                              "\t\t#clock-cells = <0>;\n"
                              "\t\tclock-frequency = <25000000>;\n"
                              "\t};\n"
                              "\n"
                              "\tsoc {\n"
                              "\t\tcompatible = \"simple-bus\";\n"
                              "\t\t#address-cells = <1>;\n"
                              "\t\t#size-cells = <1>;\n"
                              "\t\tinterrupt-parent = <&nvic>;\n"
                              "\t\tranges;\n"
                              "\n"
                              "\t\tuart0: serial@40004000 {\n"
                              "\t\t\tcompatible = \"arm,cmsdk-uart\";\n"
                              "\t\t\treg = <0x40004000 0x1000>;\n"
                              "\t\t\tinterrupts = <1 3>, <0 3>;\n"
                              "\t\t\tinterrupt-names = \"tx\", \"rx\";\n"
                              "\t\t\tclocks = <&sysclk>;\n"
                              "\t\t\tcurrent-speed = <115200>;\n"
                              "\t\t};\n"
                              "\n"
                              "\t\tnvic: interrupt-controller@e000e100 {\n"
                              "\t\t\tcompatible = \"arm,v7m-nvic\";\n"
                              "\t\t\treg = <0xe000e100 0xc00>;\n"
                              "\t\t\tinterrupt-controller;\n"
                              "\t\t\t#interrupt-cells = <2>;\n"
                              "\t\t\t#address-cells = <0>;\n"
                              "\t\t\tarm,num-irq-priority-bits = <3>;\n"
                              "\t\t};\n"
                              "\n"
                              "\t\tsystick: timer@e000e010 {\n"
                              "\t\t\tcompatible = \"arm,armv7m-systick\";\n"
                              "\t\t\treg = <0xe000e010 0x10>;\n"
                              "\t\t\tclocks = <&sysclk>;\n"
                              "\t\t};\n"
                              "\t};\n";

static const char arm64_dts[] = "\tinterrupt-parent = <&gic>;\n"
                                "\n"
                                "\tcpus {\n"
                                "\t\t#address-cells = <1>;\n"
                                "\t\t#size-cells = <0>;\n"
                                "\n"
                                "\t\tcpu@0 {\n"
                                "\t\t\tdevice_type = \"cpu\";\n"
                                "\t\t\tcompatible = \"arm,cortex-a53\";\n"
                                "\t\t\treg = <0>;\n"
                                "\t\t\tenable-method = \"psci\";\n"
                                "\t\t};\n"
                                "\t};\n"
                                "\n"
                                "\tpsci {\n"
                                "\t\tcompatible = \"arm,psci-1.0\", \"arm,psci-0.2\";\n"
                                "\t\tmethod = \"hvc\";\n"
                                "\t};\n"
                                "\n"
                                "\ttimer {\n"
                                "\t\tcompatible = \"arm,armv8-timer\";\n"
                                "\t\tinterrupts = <1 13 0xf04>, <1 14 0xf04>, <1 11 0xf04>, <1 10 0xf04>;\n"
                                "\t\talways-on;\n"
                                "\t};\n"
                                "\n"
                                "\tram: memory@40000000 {\n"
                                "\t\tdevice_type = \"memory\";\n"
                                "\t\treg = <0x0 0x40000000 0x0 0x8000000>;\n"
                                "\t};\n"
                                "\n"
                                "\tapb_pclk: clock-24000000 {\n"
                                "\t\tcompatible = \"fixed-clock\";\n"
                                "\t\t#clock-cells = <0>;\n"
                                "\t\tclock-frequency = <24000000>;\n"
                                "\t};\n"
                                "\n"
                                "\tsoc {\n"
                                "\t\tcompatible = \"simple-bus\";\n"
                                "\t\t#address-cells = <2>;\n"
                                "\t\t#size-cells = <2>;\n"
                                "\t\tranges;\n"
                                "\n"
                                "\t\tgic: interrupt-controller@8000000 {\n"
                                "\t\t\tcompatible = \"arm,cortex-a15-gic\";\n"
                                "\t\t\treg = <0x0 0x8000000 0x0 0x1000>, <0x0 0x8010000 0x0 0x2000>;\n"
                                "\t\t\tinterrupt-controller;\n"
                                "\t\t\t#interrupt-cells = <3>;\n"
                                "\t\t\t#address-cells = <0>;\n"
                                "\t\t};\n"
                                "\n"
                                "\t\tuart0: serial@9000000 {\n"
                                "\t\t\tcompatible = \"arm,pl011\", \"arm,primecell\";\n"
                                "\t\t\treg = <0x0 0x9000000 0x0 0x1000>;\n"
                                "\t\t\tinterrupts = <0 1 4>;\n"
                                "\t\t\tclocks = <&apb_pclk>, <&apb_pclk>;\n"
                                "\t\t\tclock-names = \"uartclk\", \"apb_pclk\";\n"
                                "\t\t\tcurrent-speed = <115200>;\n"
                                "\t\t};\n"
                                "\t};\n";

/* @CELLS@ is what stands before an address and before a size where these have two cells. */
static const char riscv_dts[] = "\tcpus {\n"
                                "\t\t#address-cells = <1>;\n"
                                "\t\t#size-cells = <0>;\n"
                                "\t\ttimebase-frequency = <10000000>;\n"
                                "\n"
                                "\t\tcpu@0 {\n"
                                "\t\t\tdevice_type = \"cpu\";\n"
                                "\t\t\tcompatible = \"riscv\";\n"
                                "\t\t\treg = <0>;\n"
                                "\t\t\triscv,isa = \"@ISA@\";\n"
                                "\n"
                                "\t\t\tcpu0_intc: interrupt-controller {\n"
                                "\t\t\t\tcompatible = \"riscv,cpu-intc\";\n"
                                "\t\t\t\tinterrupt-controller;\n"
                                "\t\t\t\t#interrupt-cells = <1>;\n"
                                "\t\t\t};\n"
                                "\t\t};\n"
                                "\t};\n"
                                "\n"
                                "\tram: memory@80000000 {\n"
                                "\t\tdevice_type = \"memory\";\n"
                                "\t\treg = <@CELLS@0x80000000 @CELLS@0x8000000>;\n"
                                "\t};\n"
                                "\n"
                                "\tsoc {\n"
                                "\t\tcompatible = \"simple-bus\";\n"
                                "\t\t#address-cells = <@COUNT@>;\n"
                                "\t\t#size-cells = <@COUNT@>;\n"
                                "\t\tinterrupt-parent = <&plic>;\n"
                                "\t\tranges;\n"
                                "\n"
                                "\t\tclint: clint@2000000 {\n"
                                "\t\t\tcompatible = \"sifive,clint0\", \"riscv,clint0\";\n"
                                "\t\t\treg = <@CELLS@0x2000000 @CELLS@0xc000>;\n"
                                "\t\t\tinterrupts-extended = <&cpu0_intc 3>, <&cpu0_intc 7>;\n"
                                "\t\t};\n"
                                "\n"
                                "\t\tplic: interrupt-controller@c000000 {\n"
                                "\t\t\tcompatible = \"sifive,plic-1.0.0\", \"riscv,plic0\";\n"
                                "\t\t\treg = <@CELLS@0xc000000 @CELLS@0x600000>;\n"
                                "\t\t\tinterrupts-extended = <&cpu0_intc 11>, <&cpu0_intc 9>;\n"
                                "\t\t\tinterrupt-controller;\n"
                                "\t\t\t#interrupt-cells = <1>;\n"
                                "\t\t\t#address-cells = <0>;\n"
                                "\t\t\triscv,ndev = <95>;\n"
                                "\t\t};\n"
                                "\n"
                                "\t\tuart0: serial@10000000 {\n"
                                "\t\t\tcompatible = \"ns16550a\";\n"
                                "\t\t\treg = <@CELLS@0x10000000 @CELLS@0x100>;\n"
                                "\t\t\tinterrupts = <10>;\n"
                                "\t\t\tclock-frequency = <3686400>;\n"
                                "\t\t\tcurrent-speed = <115200>;\n"
                                "\t\t};\n"
                                "\t};\n";

typedef struct machine {
    const char *arch, *soc;
    int cells;
    const char *dts, *isa, *memory; /* memory: label of the chosen one */
    bool flash;
    const char *qemu; /* its part of support.yml */
} machine;

static const machine machines[] = {
    {"riscv32", "rv32", 1, riscv_dts, "rv32imac_zicsr_zifencei", "ram", false, "{machine: virt, memory: 128 MiB}"},
    {"riscv64", "rv64", 2, riscv_dts, "rv64imac_zicsr_zifencei", "ram", false, "{machine: virt, memory: 128 MiB}"},
    {"arm", "m3", 1, arm_dts, NULL, "sram0", true, "{machine: mps2-an385}"},
    {"arm64", "a53", 2, arm64_dts, NULL, "ram", false, "{machine: virt, cpu: cortex-a53, memory: 128 MiB}"},
};

const char *const *bw_start_archs(void)
{
    static const char *const archs[] = {"riscv32", "riscv64", "arm", "arm64", NULL};

    return archs;
}

/* ---- names --------------------------------------------------------------------------------------------------- */

/* A board's or SoC's: part of files, Kconfig symbols and targets. */
static bool is_name(const char *text)
{
    if (!g_ascii_isalpha(*text) || strlen(text) > NAME_MAX_LEN)
        return false;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && *text != '_')
            return false;
    return true;
}

static bool is_vendor(const char *text)
{
    if (!g_ascii_isalnum(*text) || strlen(text) > NAME_MAX_LEN)
        return false;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && *text != '-' && *text != '_')
            return false;
    return true;
}

/* The same with '_' for what cannot stand in a name; NULL when nothing is left. To be freed. */
static char *mended(const char *text)
{
    GString *name = g_string_new(NULL);

    for (; *text && name->len < NAME_MAX_LEN; text++) {
        if (g_ascii_isalnum(*text) && (name->len || g_ascii_isalpha(*text)))
            g_string_append_c(name, *text);
        else if (name->len && name->str[name->len - 1] != '_')
            g_string_append_c(name, '_');
    }
    while (name->len && name->str[name->len - 1] == '_')
        g_string_truncate(name, name->len - 1);
    return g_string_free(name, name->len == 0);
}

static bool check_name(const char *what, const char *text, bool (*good)(const char *), bw_findings *findings)
{
    if (!text || good(text))
        return true;
    char *better = mended(text);
    bw_finding *f = bw_findings_add(findings, BW_CODE_zephyr_name, bw_file_place("command line"),
                                    "the %s \"%s\" is no name for one: 1 to %d letters, digits and %s, %s first", what,
                                    text, NAME_MAX_LEN, good == is_vendor ? "'-' or '_'" : "'_'",
                                    good == is_vendor ? "a letter or digit" : "a letter");
    if (better)
        bw_finding_cure(f, "call it %s", better);
    g_free(better);
    return false;
}

/* Case folds in Kconfig, and a file system may fold it too; "n" and "yes" are no text for YAML. */
static bool check_word(const char *what, const char *text, bw_findings *findings)
{
    static const char *const values[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", NULL};
    char *small = text ? g_ascii_strdown(text, -1) : NULL;
    bool bad = small && g_strv_contains(values, small);

    if (bad)
        bw_findings_add(findings, BW_CODE_zephyr_name, bw_file_place("command line"),
                        "the %s \"%s\" is a truth value or nothing for YAML, not a name", what, text);
    g_free(small);
    return !bad;
}

/* What the first system that cares begins with, where the user does not say. */
static const char *arch_of(const bw_start_options *o)
{
    for (const char *const *name = o->systems; !o->arch && name && *name; name++) {
        const bw_system *system = bw_system_find(*name);

        if (system && system->start_arch)
            return system->start_arch;
    }
    return o->arch;
}

static const machine *machine_of(const char *arch, bw_findings *findings)
{
    for (size_t i = 0; i < G_N_ELEMENTS(machines); i++)
        if (!arch || strcmp(machines[i].arch, arch) == 0)
            return &machines[i];
    const char *near = bw_nearest(arch, bw_start_archs());
    bw_finding *f = bw_findings_add(findings, BW_CODE_new_arch, bw_file_place("command line"),
                                    "there is no devicetree to begin with for the architecture \"%s\": there are "
                                    "riscv32, riscv64, arm and arm64",
                                    arch);
    if (near)
        bw_finding_cure(f, "did you mean %s?", near);
    return NULL;
}

/* ---- the files ------------------------------------------------------------------------------------------------ */

static void add(bw_plan *plan, const char *path, GString *text)
{
    bw_plan_add(plan, path, text->str, text->len);
    g_string_free(text, TRUE);
}

static GString *devicetree(const bw_start_options *o, const machine *m, const char *soc, const char *vendor)
{
    GString *out = g_string_new("// SPDX-License-Identifier: Apache-2.0\n");

    g_string_append_printf(out,
                           "/*\n"
                           " * A beginning: the CPU, memory, console and timer of a machine that QEMU has.\n"
                           " * Describe your own hardware in their place.\n"
                           " */\n"
                           "/dts-v1/;\n"
                           "\n"
                           "/ {\n"
                           "\tmodel = \"%s\";\n"
                           "\tcompatible = \"%s,%s\", \"%s,%s\";\n"
                           "\t#address-cells = <%d>;\n"
                           "\t#size-cells = <%d>;\n",
                           o->name, vendor, o->name, vendor, soc, m->cells, m->cells);
    const char *body = m->dts;
    if (g_str_has_prefix(body, "\tinterrupt-parent")) { /* properties come before nodes */
        const char *end = strchr(body, '\n') + 1;

        g_string_append_len(out, body, end - body);
        body = end + 1;
    }
    g_string_append_printf(out,
                           "\n\tchosen {\n"
                           "\t\tstdout-path = \"serial0:115200n8\";\n"
                           "\t\tzephyr,console = &uart0;\n"
                           "\t\tzephyr,shell-uart = &uart0;\n"
                           "\t\tzephyr,sram = &%s;\n"
                           "%s"
                           "\t};\n"
                           "\n\taliases {\n"
                           "\t\tserial0 = &uart0;\n"
                           "\t};\n\n",
                           m->memory, m->flash ? "\t\tzephyr,flash = &flash0;\n" : "");
    g_string_append_printf(out, "%s};\n", body);
    g_string_replace(out, "@CELLS@", m->cells == 2 ? "0x0 " : "", 0);
    g_string_replace(out, "@COUNT@", m->cells == 2 ? "2" : "1", 0);
    g_string_replace(out, "@ISA@", m->isa ? m->isa : "", 0);
    return out;
}

static void add_section(GString *out, const bw_start_options *o, const char *soc, const char *name)
{
    const bw_system *system = bw_system_find(name);

    if (!system || !system->start) {
        g_string_append_printf(out, "%s: {}\n\n", name);
        return;
    }
    GString *lines = g_string_new(system->start);
    g_string_replace(lines, "@NAME@", o->name, 0);
    g_string_replace(lines, "@SOC@", soc, 0);
    g_string_append_printf(out, "%s:\n%s\n", name, lines->str);
    g_string_free(lines, TRUE);
}

static GString *support(const bw_start_options *o, const machine *m, const char *soc)
{
    static const char *const by_itself[] = {"zephyr", NULL};
    GString *out = g_string_new("# Decisions that the devicetree cannot know; docs/support-yml.md lists all keys.\n\n");

    for (const char *const *s = o->systems ? o->systems : by_itself; *s; s++)
        add_section(out, o, soc, *s);
    g_string_append_printf(out, "simulator:\n  %s/%s: {qemu: %s}\n", o->name, soc, m->qemu);
    return out;
}

static void add_files(const bw_start_options *o, const machine *m, bw_plan *plan)
{
    const char *soc = o->soc ? o->soc : m->soc;
    const char *vendor = o->vendor ? o->vendor : "others";
    GString *yml = g_string_new(NULL);
    char *file = g_strdup_printf("%s_%s.dts", o->name, soc);

    g_string_append_printf(yml, "board:\n  name: %s\n  full_name: %s\n  vendor: \"%s\"\n  socs:\n    - name: %s\n",
                           o->name, o->name, vendor, soc);
    add(plan, "board.yml", yml);
    add(plan, file, devicetree(o, m, soc, vendor));
    add(plan, "support.yml", support(o, m, soc));
    g_free(file);
}

bool bw_start(const bw_start_options *o, bw_plan *plan, bw_findings *findings)
{
    bool ok = check_name("board", o->name, is_name, findings) && check_word("board", o->name, findings);

    ok &= check_name("SoC", o->soc, is_name, findings) && check_word("SoC", o->soc, findings);
    ok &= check_name("vendor", o->vendor, is_vendor, findings);
    const machine *m = machine_of(arch_of(o), findings);
    if (!ok || !m)
        return false;
    add_files(o, m, plan);
    return true;
}
