/* SPDX-License-Identifier: Apache-2.0 */
/* PORTING.md: where each file goes, and what a human has to do and why. */
#include "systems/sel4/write_platform.h"

#include "base/text.h"
#include "systems/sel4/parts.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

static const char *path_of(const bw_sel4_port *port, const bw_node *node)
{
    return bw_node_path(port->board->tree, node);
}

static void say_core(bw_sel4_port *port)
{
    if (!port->arm)
        return;
    if (port->core_stands_in)
        bw_sel4_port_human(
            port,
            "**The CPU is %s, which seL4 does not know**: config.cmake takes Cortex-%s in its place. Its "
            "own needs KernelArmCortex… in configs/seL4Config.cmake, the width of physical addresses, "
            "the cache line and hypervisor support in src/arch/arm/config.cmake, and "
            "libsel4/arch_include/arm/sel4/arch/constants_cortex_….h. Compare the numbers of breakpoints "
            "and the width of addresses before you leave it at that.",
            port->cpu, port->core);
    else if (!port->core)
        bw_sel4_port_human(port,
                           "**The CPU is %s**, and no core that seL4 knows is near: config.cmake says Cortex-A53, "
                           "which is a guess.",
                           port->cpu ? port->cpu : "not in the devicetree");
}

/* Where libplatsupport has a driver for the UART that others use. */
static const char *library_driver(const bw_node *console)
{
    static const struct {
        const char *part, *file;
    } drivers[] = {
        {"arm,pl011", "src/plat/qemu-arm-virt/serial.c"},
        {"snps,dw-apb-uart", "src/mach/rockchip/serial.c"},
        {"nvidia,", "src/mach/nvidia/serial.c"},
        {"xlnx,xuartps", "src/mach/zynq/serial.c"},
        {"cdns,uart", "src/mach/zynq/serial.c"},
        {"samsung,", "src/mach/exynos/serial.c"},
        {"lpuart", "src/plat/imx93/serial.c"},
        {"fsl,imx", "src/mach/imx/serial/serial.c"},
        {"amlogic,meson", "src/plat/odroidc2/serial.c"},
        {"bcm2835-aux-uart", "src/mach/bcm/bcm_uart.c"},
        {"ti,omap", "src/plat/omap3/serial.c"},
        {"16550", "src/plat/qemu-riscv-virt/serial.c"},
    };
    const bw_prop *prop = bw_node_prop_text(console, "compatible");
    uint32_t offset = 0;
    const char *text;

    while (prop && (text = bw_prop_next_string(prop, &offset)) != NULL)
        for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++)
            if (strstr(text, drivers[i].part))
                return drivers[i].file;
    return NULL;
}

static void say_console(bw_sel4_port *port)
{
    const bw_prop *prop = port->console ? bw_node_prop_text(port->console, "compatible") : NULL;
    const char *compatible = prop ? bw_prop_string(prop) : NULL;

    if (!port->console) {
        bw_sel4_port_human(port, "**The kernel has no console**: build it without KernelPrinting, or name one with "
                                 "`console:` in support.yml.");
        return;
    }
    if (!port->ruled)
        bw_sel4_port_human(port,
                           "**Rule for the console**: add the lines of seL4/tools/hardware.yml.add to "
                           "tools/hardware.yml (%s is not in it).",
                           compatible);
    if (!port->driver)
        bw_sel4_port_human(port,
                           "**Driver for the console in the kernel**: none is for %s. Write it in src/drivers/serial, "
                           "and register it in src/drivers/serial/config.cmake: register_driver(compatibility_strings "
                           "\"%s\" PREFIX src/drivers/serial CFILES \"FILE.c\"). Without it the build ends when the "
                           "kernel is linked: uart_drv_putchar is not defined.",
                           compatible, compatible);
    if (!port->loader_driver)
        bw_sel4_port_human(port,
                           "**Driver for the console in the loader**: none is for %s, so the overlay leaves it out of "
                           "seL4,elfloader-devices, and the loader is silent. Add one to "
                           "seL4_tools/elfloader-tool/src/drivers/uart, and the path to the list.",
                           compatible);
    const char *library = library_driver(port->console);
    bw_sel4_port_human(port,
                       "**libplatsupport's driver for %s**: chardev.c asks for uart_init() of a "
                       "src/plat/%s/serial.c. %s%s",
                       compatible, port->name, library ? library : "Write one.",
                       library ? " has one to begin with." : "");
}

static void say_gic(bw_sel4_port *port)
{
    bw_sel4_regions regions;

    if (!port->arm)
        return;
    if (!port->gic) {
        bw_sel4_port_human(port, "**The interrupt controller** is none that seL4 drives (a GICv2 or GICv3).");
        return;
    }
    if (port->gic_v3) {
        bw_sel4_port_human(port,
                           "**A virtual GICv3**: libsel4vm of seL4_projects_libs has a GICv2 only; src/arch/arm/vgic "
                           "ends with #error on another. No guest runs before somebody has written it, and said so "
                           "with `virtual-gic: 3` in support.yml.");
        if (port->nodes > 8)
            bw_sel4_port_human(port,
                               "**Redistributors**: the rule for arm,gic-v3 maps those of 8 CPUs; raise kernel_size "
                               "to 0x%" PRIx32 ".",
                               port->nodes * 0x20000);
        return;
    }
    if (strcmp(bw_sel4_port_archs(port), "aarch32") == 0)
        return; /* no guests */
    if (bw_sel4_reg(port->board->tree, port->gic, true, &regions) && regions.count >= 4)
        bw_sel4_port_human(port,
                           "**Addresses of the GIC for the VMM**: add to the list of platforms in "
                           "seL4_projects_libs/libsel4vm/src/arch/arm/vgic/gicv2.h, for CONFIG_PLAT_%s: GIC_DIST_PADDR "
                           "0x%" PRIx64 ", GIC_CPU_PADDR 0x%" PRIx64 ", GIC_VCPU_CNTR_PADDR 0x%" PRIx64
                           ", GIC_VCPU_PADDR 0x%" PRIx64 ".",
                           port->upper, regions.items[0].base, regions.items[1].base, regions.items[2].base,
                           regions.items[3].base);
    else
        bw_sel4_port_human(port,
                           "**%s has %" PRIu32 " regions**, and a kernel with guests wants four: distributor, CPU "
                           "interface, virtual interface control, virtual CPU interface. Complete reg.",
                           path_of(port, port->gic), regions.count);
}

static void say_rest(bw_sel4_port *port)
{
    if (!port->timer_rate)
        bw_sel4_port_human(port,
                           "**TIMER_FREQUENCY**: nothing says how fast the architecture's timer is. Read CNTFRQ on "
                           "the board and write `timer-frequency:` into support.yml.");
    else
        bw_sel4_port_human(port, "**TIMER_FREQUENCY** is %" PRIu64 " Hz: see that CNTFRQ says the same.",
                           port->timer_rate);
    bw_sel4_port_human(port, "**Where the loader goes**: add the platform to one of the lists of images (binary, EFI, "
                             "uImage) in seL4_tools/cmake-tool/helpers/application_settings.cmake, and set "
                             "IMAGE_START_ADDR if the boot firmware is in the way of the computed place.");
    if (port->arm)
        bw_sel4_port_human(port,
                           "**Options of VM_Arm**: add KernelPlatform%s to DEPENDS of VmPCISupport, and of the "
                           "virtio modules that you want, in camkes-vm/components/VM_Arm/CMakeLists.txt: "
                           "elsewhere they are switched off in silence.",
                           port->camel);
    bw_sel4_port_human(port, "**KERNEL_WCET** (10 µs) is what other platforms have; measure it if you use MCS.");
}

void bw_sel4_write_page(const bw_system_job *job, bw_sel4_port *port)
{
    GString *out = g_string_new("# Bringing seL4 to ");

    bw_text_comment(out, port->board->model ? port->board->model : port->name);
    g_string_append_printf(
        out,
        "\n\nEach folder here has the name of a repository; copy its contents over a clone of it. With the layout of "
        "camkes-vm's manifest:\n\n"
        "    cp -r seL4/. kernel/\n"
        "    cp -r util_libs/. projects/util_libs/\n"
        "    cp -r camkes-vm/. projects/vm/\n"
        "    cp -r seL4_projects_libs/. projects/seL4_projects_libs/\n\n"
        "The name of the platform is `%s` in all of them; in CMake it is `KernelPlatform%s`, in C "
        "`CONFIG_PLAT_%s`.\n\n"
        "What the kernel's build makes of it can be seen before it runs:\n\n"
        "    boardwright sel4 hardware --rules kernel/tools/hardware.yml --sel4arch %s \\\n"
        "        --config CONFIG_ARM_HYPERVISOR_SUPPORT=ON --config CONFIG_PRINTING=ON \\\n"
        "        seL4/tools/dts/%s.dts seL4/src/plat/%s/overlay-%s.dts -o generated\n\n",
        port->name, port->camel, port->upper,
        strrchr(bw_sel4_port_archs(port), ' ') ? "arm_hyp" : bw_sel4_port_archs(port), port->name, port->name,
        port->name);
    g_string_append(out, "## What needs a human, and why\n\n");
    say_core(port);
    say_console(port);
    say_gic(port);
    say_rest(port);
    g_string_append(out, port->human->str);
    g_string_append_printf(out,
                           "\n## What was taken from where\n\n"
                           "| | |\n|---|---|\n"
                           "| CPU | %s |\n| console | %s |\n| interrupt controller | %s |\n| timer | %s |\n"
                           "| highest interrupt | %" PRIu32 ", of all devices of the devicetree |\n"
                           "| windows of the virtual PCI bus | 0x%" PRIx64 ", 48 MiB that nothing has |\n",
                           port->cpu ? port->cpu : "none", port->console ? path_of(port, port->console) : "none",
                           port->gic ? path_of(port, port->gic) : "none",
                           port->timer ? path_of(port, port->timer) : "none", port->max_irq, port->windows);
    bw_sel4_port_add(job, out, "PORTING.md");
}
