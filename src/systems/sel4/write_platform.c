/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of a platform, taken from its devicetree. */
#include "systems/sel4/write_platform.h"

#include "systems/sel4/check_app.h"
#include "tree/interrupts.h"
#include "tree/strings.h"

#include <string.h>

#define WINDOW 0x1000000U

/* ---- texts ---- */

void bw_sel4_port_human(bw_sel4_port *port, const char *format, ...)
{
    va_list ap;

    g_string_append(port->human, "- ");
    va_start(ap, format);
    g_string_append_vprintf(port->human, format, ap);
    va_end(ap);
    g_string_append_c(port->human, '\n');
}

void bw_sel4_port_add(const bw_system_job *job, GString *text, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    char *name = g_strdup_vprintf(format, ap);
    va_end(ap);
    char *path = g_strconcat(job->folder, "/", name, NULL);

    bw_plan_add(job->plan, path, text->str, text->len);
    g_string_free(text, TRUE);
    g_free(path);
    g_free(name);
}

GString *bw_sel4_port_text(const bw_sel4_port *port, const char *open, const char *what, const char *close)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "%s%s. For the platform %s, made by boardwright of the board's devicetree.%s\n", open,
                           what, port->name, close);
    return out;
}

/* ---- processors ---- */

/* Cores that seL4 knows, and others with the core that is nearest in what the kernel asks of it. */
static const struct {
    const char *compatible, *core;
    bool stands_in;
} cores[] = {
    {"arm,cortex-a7", "A7", false},   {"arm,cortex-a8", "A8", false},   {"arm,cortex-a9", "A9", false},
    {"arm,cortex-a15", "A15", false}, {"arm,cortex-a35", "A35", false}, {"arm,cortex-a53", "A53", false},
    {"arm,cortex-a55", "A55", false}, {"arm,cortex-a57", "A57", false}, {"arm,cortex-a72", "A72", false},
    {"arm,cortex-a76", "A76", false}, {"arm,cortex-a73", "A72", true},  {"arm,cortex-a75", "A76", true},
    {"arm,cortex-a77", "A76", true},  {"arm,cortex-a78", "A76", true},  {"arm,cortex-a78ae", "A76", true},
    {"arm,cortex-a78c", "A76", true}, {"arm,neoverse-n1", "A76", true}, {"nvidia,carmel", "A76", true},
    {"arm,cortex-a510", "A55", true}, {"arm,cortex-a710", "A76", true},
};

static void find_core(bw_sel4_port *port)
{
    port->cpu = port->board->cpu_count ? port->board->cpus[0].compatible : NULL;
    for (size_t i = 0; port->cpu && i < G_N_ELEMENTS(cores); i++)
        if (strcmp(cores[i].compatible, port->cpu) == 0) {
            port->core = cores[i].core;
            port->core_stands_in = cores[i].stands_in;
        }
    port->arm = !port->board->cpu_count || !port->board->cpus[0].isa;
    port->wide = !port->core || (strcmp(port->core, "A7") != 0 && strcmp(port->core, "A8") != 0 &&
                                 strcmp(port->core, "A9") != 0 && strcmp(port->core, "A15") != 0);
    if (!port->arm)
        port->wide = !g_str_has_prefix(port->board->cpus[0].isa, "rv32");
}

/* ---- the console ---- */

static bool has_compatible(const bw_node *node, const char *const *names, const char **found)
{
    const bw_prop *prop = bw_node_prop_text(node, "compatible");
    uint32_t offset = 0;
    const char *text;

    while (prop && (text = bw_prop_next_string(prop, &offset)) != NULL)
        if (g_strv_contains(names, text)) {
            *found = text;
            return true;
        }
    return false;
}

static void find_console(bw_sel4_port *port)
{
    static const char *const kernel[] = {"brcm,bcm2835-aux-uart",   "arm,pl011",          "nvidia,tegra20-uart",
                                         "ti,omap3-uart",           "snps,dw-apb-uart",   "fsl,imx6q-uart",
                                         "fsl,imx6sx-uart",         "fsl,imx8qxp-lpuart", "fsl,imx7ulp-lpuart",
                                         "samsung,exynos4210-uart", "qcom,msm-uartdm",    "xlnx,xuartps",
                                         "amlogic,meson-gx-uart",   "st,stm32h7-uart",    NULL};
    static const char *const loader[] = {"nvidia,tegra20-uart",
                                         "ti,omap3-uart",
                                         "snps,dw-apb-uart",
                                         "brcm,bcm2835-aux-uart",
                                         "samsung,exynos4210-uart",
                                         "fsl,imx7ulp-lpuart",
                                         "fsl,imx8qxp-lpuart",
                                         "fsl,imx6q-uart",
                                         "fsl,imx6sx-uart",
                                         "amlogic,meson-gx-uart",
                                         "qcom,msm-uartdm",
                                         "arm,pl011",
                                         "xlnx,xuartps",
                                         NULL};
    static const char *const rules[] = {"nvidia,tegra124-hsuart", "ns16550a", NULL};
    const bw_sel4_text *said = &port->section->console;
    const char *ignored;

    if (said->text && strcmp(said->text, "none") == 0)
        return;
    if (said->text)
        port->console = bw_sel4_section_node(port->board, said, port->board->tree->unit->findings);
    for (uint32_t i = 0; !said->text && i < port->board->chosen_count; i++)
        if (strcmp(port->board->chosen[i].name, "stdout-path") == 0)
            port->console = port->board->chosen[i].node;
    if (!port->console)
        return;
    has_compatible(port->console, kernel, &port->driver);
    has_compatible(port->console, loader, &port->loader_driver);
    port->ruled = port->driver || has_compatible(port->console, rules, &ignored);
}

/* ---- interrupts ---- */

static void find_irqs(bw_sel4_port *port)
{
    const bw_tree *tree = port->board->tree;
    bool *taken = g_new0(bool, 1024);

    BW_FOR_NODES (tree, node) {
        bw_irq_iter iter = bw_irq_begin(tree, node);
        bw_irq irq;

        while (iter.prop && bw_irq_next(&iter, &irq)) {
            if (irq.fault != BW_IRQ_OK || irq.controller != port->gic || irq.count != 3 || irq.cells[0] != 0 ||
                irq.cells[1] >= 1020)
                continue;
            taken[irq.cells[1]] = true;
            port->max_irq = MAX(port->max_irq, irq.cells[1] + 32);
        }
    }
    port->max_irq = MAX(port->max_irq, 32U);
    for (port->free_irq = 0; port->free_irq + 32 < port->max_irq && taken[port->free_irq];)
        port->free_irq++;
    port->max_irq = MAX(port->max_irq, port->free_irq + 32);
    g_free(taken);
}

/* ---- a place for the windows of the virtual PCI bus ---- */

static bool is_free(const bw_sel4_port *port, uint64_t begin, uint64_t size)
{
    const bw_board *board = port->board;

    for (uint32_t i = 0; i < board->memory_count; i++) {
        const bw_block *b = &board->memories[i].block;

        if (b->mapped && b->address < begin + size && begin < b->address + b->size)
            return false;
    }
    for (uint32_t i = 0; i < board->device_count; i++)
        for (uint32_t k = 0; k < board->devices[i].block_count; k++) {
            const bw_block *b = &board->devices[i].blocks[k];

            if (b->mapped && b->address < begin + size && begin < b->address + (b->size ? b->size : 1))
                return false;
        }
    return true;
}

static void find_windows(bw_sel4_port *port)
{
    for (uint64_t at = 0x10000000; at + 3 * WINDOW <= UINT64_C(0x100000000) && !port->windows; at += WINDOW)
        if (is_free(port, at, 3 * WINDOW))
            port->windows = at;
}

/* ---- all ---- */

static void find_nodes(bw_sel4_port *port)
{
    const bw_tree *tree = port->board->tree;

    port->gic = bw_sel4_gic(tree, &port->gic_v3);
    BW_FOR_NODES (tree, node) {
        const bw_prop *prop = bw_node_prop_text(node, "compatible");

        if (!prop)
            continue;
        if (!port->timer &&
            (bw_prop_string_index(prop, "arm,armv8-timer") >= 0 || bw_prop_string_index(prop, "arm,armv7-timer") >= 0))
            port->timer = node;
        if (!port->psci &&
            (bw_prop_string_index(prop, "arm,psci-1.0") >= 0 || bw_prop_string_index(prop, "arm,psci-0.2") >= 0))
            port->psci = node;
    }
}

static void find_timer_rate(bw_sel4_port *port)
{
    const bw_prop *prop = port->timer ? bw_node_prop_text(port->timer, "clock-frequency") : NULL;
    const bw_yaml *said = bw_yaml_get(port->section->yaml, "timer-frequency");
    uint32_t rate;

    if (!(said && bw_yaml_to_rate(said, &port->timer_rate)) && prop && bw_prop_u32(prop, &rate) == BW_STATE_OK)
        port->timer_rate = rate;
}

static void name_it(bw_sel4_port *port)
{
    bw_arena *arena = &port->board->tree->unit->arena;
    char *upper = bw_arena_strdup(arena, port->name);
    GString *camel = g_string_new(NULL);
    bool begin = true;

    for (char *c = upper; *c; c++) {
        if (g_ascii_isalnum(*c))
            g_string_append_c(camel, begin ? g_ascii_toupper(*c) : *c);
        begin = !g_ascii_isalnum(*c);
        *c = g_ascii_isalnum(*c) ? g_ascii_toupper(*c) : '_';
    }
    port->upper = upper;
    port->camel = bw_arena_strndup(arena, camel->str, camel->len);
    g_string_free(camel, TRUE);
}

/* The name goes into names of files and into CMake. */
static bool is_name(const bw_sel4_text *name, bw_findings *findings)
{
    const char *c = name->text;

    while (c && (g_ascii_isalnum(*c) || *c == '-' || *c == '_'))
        c++;
    if (!c || (!*c && c != name->text))
        return true;
    bw_findings_add(findings, BW_CODE_sel4_platform_name, name->place,
                    "'%s' is no name of a platform: letters, digits, '-' and '_' make one", name->text);
    return false;
}

bool bw_sel4_check_platform(const bw_board *board, const bw_sel4_section *section, bw_findings *findings)
{
    const bw_sel4_text *console = &section->console;
    const bool named = is_name(&section->platform, findings);

    return (!console->text || strcmp(console->text, "none") == 0 ||
            bw_sel4_section_node(board, console, findings) != NULL) &&
           named;
}

bool bw_sel4_write_platform(const bw_system_job *job, const bw_sel4_section *section, const bw_sel4_plan *plan)
{
    bw_sel4_port port = {.board = job->board, .section = section, .plan = plan, .name = section->platform.text};

    if (!port.name || !bw_sel4_check_platform(job->board, section, job->board->tree->unit->findings))
        return false;
    port.human = g_string_new(NULL);
    port.nodes = 1;
    for (uint32_t i = 0; plan && i < plan->vm_count; i++)
        port.nodes = MAX(port.nodes, plan->vms[i].vcpus);
    name_it(&port);
    find_core(&port);
    find_nodes(&port);
    find_console(&port);
    find_irqs(&port);
    find_timer_rate(&port);
    find_windows(&port);
    bw_sel4_write_kernel(job, &port);
    bw_sel4_write_user(job, &port);
    bw_sel4_write_page(job, &port);
    g_string_free(port.human, TRUE);
    return true;
}
