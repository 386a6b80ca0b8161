/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the repositories beside the kernel's: libraries, the VMM's headers, the configuration of a build. */
#include "systems/sel4/write_platform.h"

#include "systems/sel4/parts.h"
#include "tree/cells.h"
#include "tree/interrupts.h"
#include "tree/strings.h"

#include <inttypes.h>

#define WINDOW 0x1000000U

static const char *path_of(const bw_sel4_port *port, const bw_node *node)
{
    return bw_node_path(port->board->tree, node);
}

/* ---- util_libs ---- */

static uint32_t console_irq(const bw_sel4_port *port)
{
    bw_irq_iter iter = bw_irq_begin(port->board->tree, port->console);
    bw_irq irq;

    if (!iter.prop || !bw_irq_next(&iter, &irq) || irq.fault != BW_IRQ_OK)
        return 0;
    return irq.count == 3 ? irq.cells[1] + (irq.cells[0] ? 16 : 32) : irq.cells[0];
}

static void write_serial(const bw_system_job *job, const bw_sel4_port *port)
{
    GString *out = bw_sel4_port_text(port, "/* ", "Serial ports", " */");
    bw_sel4_regions regions = {0};

    if (port->console)
        bw_sel4_reg(port->board->tree, port->console, true, &regions);
    g_string_append(out, "#pragma once\n\n");
    if (regions.count) {
        g_string_append_printf(out, "/* %s */\n#define UART0_PADDR 0x%" PRIx64 "\n#define UART0_IRQ %" PRIu32 "\n\n",
                               path_of(port, port->console), regions.items[0].base, console_irq(port));
        g_string_append(out,
                        "enum chardev_id {\n    PS_SERIAL0,\n    NUM_CHARDEV,\n    PS_SERIAL_DEFAULT = PS_SERIAL0\n"
                        "};\n\n#define DEFAULT_SERIAL_PADDR UART0_PADDR\n"
                        "#define DEFAULT_SERIAL_INTERRUPT UART0_IRQ\n");
    } else {
        g_string_append(out, "enum chardev_id {\n    NUM_CHARDEV,\n    PS_SERIAL_DEFAULT = NUM_CHARDEV\n};\n");
    }
    bw_sel4_port_add(job, out, "util_libs/libplatsupport/plat_include/%s/platsupport/plat/serial.h", port->name);
}

static void write_empty(const bw_system_job *job, const bw_sel4_port *port, const char *file, const char *what,
                        const char *body)
{
    GString *out = bw_sel4_port_text(port, "/* ", what, " */");

    g_string_append_printf(out, "#pragma once\n\n%s", body);
    bw_sel4_port_add(job, out, "util_libs/libplatsupport/plat_include/%s/platsupport/plat/%s", port->name, file);
}

static void write_chardev(const bw_system_job *job, const bw_sel4_port *port)
{
    GString *out = bw_sel4_port_text(port, "/* ", "Character devices", " */");

    g_string_append(out, "#include \"../../chardev.h\"\n#include \"../../common.h\"\n#include <utils/util.h>\n\n");
    if (port->console)
        g_string_append(out, "static const int uart0_irqs[] = {UART0_IRQ, -1};\n\n"
                             "static const struct dev_defn dev_defn[] = {\n"
                             "    {.id = PS_SERIAL0, .paddr = UART0_PADDR, .size = BIT(12), .irqs = uart0_irqs, "
                             ".init_fn = &uart_init},\n"
                             "};\n\n"
                             "struct ps_chardevice *ps_cdev_init(enum chardev_id id, const ps_io_ops_t *ops, "
                             "struct ps_chardevice *dev)\n{\n"
                             "    for (unsigned i = 0; i < ARRAY_SIZE(dev_defn); i++) {\n"
                             "        if (dev_defn[i].id == id) {\n"
                             "            return dev_defn[i].init_fn(&dev_defn[i], ops, dev) ? NULL : dev;\n"
                             "        }\n"
                             "    }\n"
                             "    return NULL;\n}\n");
    else
        g_string_append(out, "struct ps_chardevice *ps_cdev_init(enum chardev_id id, const ps_io_ops_t *ops, "
                             "struct ps_chardevice *dev)\n{\n    return NULL;\n}\n");
    bw_sel4_port_add(job, out, "util_libs/libplatsupport/src/plat/%s/chardev.c", port->name);
}

/* ---- the VMM ---- */

static void add_strings(GString *out, const char *name, const char *const *items)
{
    g_string_append_printf(out, "static const char *%s[] = {", name);
    for (; *items; items++)
        g_string_append_printf(out, "\n    \"%s\",", *items);
    g_string_append_printf(out, "%s};\n", out->str[out->len - 1] == ',' ? "\n" : "");
}

static void write_vmlinux(const bw_system_job *job, bw_sel4_port *port)
{
    GString *out = bw_sel4_port_text(port, "/* ", "What the VMM asks of a platform", " */");
    const char *keep[3] = {NULL, NULL, NULL};
    const char *const gic[] = {path_of(port, port->gic), NULL};
    const char *const none[] = {NULL};
    const bw_node *nodes[] = {port->timer, port->psci};
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(nodes); i++)
        if (nodes[i])
            keep[count++] = path_of(port, nodes[i]);
    g_string_append_printf(out,
                           "#pragma once\n\n#define IRQ_SPI_OFFSET 32\n#define GIC_NODE_PATH \"%s\"\n\n"
                           "/* Interrupts that are passed through without dtb(): none. */\n"
                           "static const int linux_pt_irqs[] = {};\n\n"
                           "/* An SPI that no device of the devicetree has: the VMM raises it in the guest. */\n"
                           "static const int free_plat_interrupts[] = {%" PRIu32 " + IRQ_SPI_OFFSET};\n\n"
                           "/* Kept in a devicetree that the VMM makes, beside what dtb() names. */\n",
                           path_of(port, port->gic), port->free_irq);
    add_strings(out, "plat_keep_devices", keep);
    add_strings(out, "plat_keep_device_and_disable", none);
    add_strings(out, "plat_keep_device_and_subtree", gic);
    add_strings(out, "plat_keep_device_and_subtree_and_disable", none);
    bw_sel4_port_add(job, out, "camkes-vm/components/VM_Arm/plat_include/%s/plat/vmlinux.h", port->name);
}

static void write_vpci(const bw_system_job *job, bw_sel4_port *port)
{
    GString *out = bw_sel4_port_text(port, "/* ", "Windows of the virtual PCI bus", " */");
    uint32_t cells = 0;
    const bw_prop *prop = bw_node_prop_text(port->gic, "#address-cells");

    if (!prop || bw_prop_u32(prop, &cells) != BW_STATE_OK)
        cells = 0;
    g_string_append_printf(out,
                           "#pragma once\n\n"
                           "/* Addresses of the guest at which the machine has neither memory nor devices. */\n"
                           "#define PCI_IO_REGION_ADDR 0x%" PRIx64 "\n#define PCI_IO_REGION_SIZE 0x10000\n"
                           "#define PCI_CFG_REGION_ADDR 0x%" PRIx64 "\n#define PCI_CFG_REGION_SIZE 0x%x\n"
                           "#define PCI_MEM_REGION_ADDR 0x%" PRIx64 "ull\n#define PCI_MEM_REGION_SIZE 0x%x\n\n"
                           "/* #address-cells of the interrupt controller, for interrupt-map of the bus. */\n"
                           "#define GIC_ADDRESS_CELLS 0x%" PRIx32 "\n",
                           port->windows, port->windows + WINDOW, WINDOW, port->windows + 2 * WINDOW, WINDOW, cells);
    if (!port->windows)
        bw_sel4_port_human(port,
                           "**The windows of the virtual PCI bus**: no 48 MiB below 4 GiB are free. Choose them in "
                           "plat/vpci.h, outside of what guests have.");
    bw_sel4_port_add(job, out,
                     "seL4_projects_libs/libsel4vmmplatsupport/plat_include/%s/sel4vmmplatsupport/plat/vpci.h",
                     port->name);
}

static void write_vcpu(const bw_system_job *job, const bw_sel4_port *port)
{
    GString *out = bw_sel4_port_text(port, "/* ", "Virtual CPUs", " */");

    g_string_append_printf(out,
                           "#pragma once\n\n/* The compatible of cpu nodes that the VMM makes. */\n"
                           "#define PLAT_CPU_COMPAT \"%s\"\n",
                           port->cpu ? port->cpu : "arm,armv8");
    bw_sel4_port_add(
        job, out, "seL4_projects_libs/libsel4vmmplatsupport/plat_include/%s/sel4vmmplatsupport/plat/guest_vcpu_util.h",
        port->name);
}

/* ---- the configuration of a build ---- */

static void write_defconfig(const bw_system_job *job, const bw_sel4_port *port)
{
    GString *out = bw_sel4_port_text(port, "# ", "Settings of a build", "");

    if (port->arm)
        g_string_append_printf(out, "%s=1\nCROSS_COMPILER_PREFIX=%s\n", port->wide ? "AARCH64" : "AARCH32",
                               port->wide ? "aarch64-linux-gnu-" : "arm-linux-gnueabi-");
    else
        g_string_append_printf(out, "RISCV%s=1\n", port->wide ? "64" : "32");
    g_string_append_printf(out, "PLATFORM=%s\nNUM_NODES=%" PRIu32 "\n", port->name, port->nodes);
    bw_sel4_port_add(job, out, "tii_sel4_build/configs/%s_defconfig", port->name);
}

void bw_sel4_write_user(const bw_system_job *job, bw_sel4_port *port)
{
    write_serial(job, port);
    write_empty(
        job, port, "clock.h", "Clocks: none is driven here",
        "enum clk_id {\n    CLK_MASTER,\n    NCLOCKS,\n    CLK_CUSTOM,\n};\n\nenum clock_gate {\n    NCLKGATES\n};\n");
    write_empty(job, port, "i2c.h", "I2C controllers: none is driven here", "enum i2c_id {\n    NI2C\n};\n");
    write_empty(job, port, "timer.h", "Timers: that of the architecture only", "#define NTIMERS 0\n");
    write_chardev(job, port);
    if (port->arm && port->gic) {
        write_vmlinux(job, port);
        write_vpci(job, port);
        write_vcpu(job, port);
    }
    write_defconfig(job, port);
}
