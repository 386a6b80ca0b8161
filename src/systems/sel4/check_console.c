/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Consoles: the command line's, the early one, those that the image starts a login on, and the devices that the guest
 * is given for them. Names of terminals and of early consoles are those of Linux' drivers (drivers/tty/serial,
 * drivers/tty/hvc; Documentation/admin-guide/kernel-parameters.txt).
 */
#include "systems/sel4/check_app.h"

#include "board/linux_tty.h"
#include "tree/strings.h"

#include <inttypes.h>
#include <string.h>

static const char *const early[] = {
    "8250",
    "uart8250",
    "uart",
    "ns16550",
    "ns16550a",
    "omap8250",
    "mtk8250",
    "pl010",
    "pl011",
    "qdf2400_e44",
    "exynos4210",
    "s3c2410",
    "s3c2412",
    "s3c2440",
    "s3c6400",
    "s5pv210",
    "s5l",
    "gs101",
    "meson",
    "cdns",
    "xuartps",
    "uartlite",
    "lpuart",
    "lpuart32",
    "imx8qxp-lpuart32",
    "ec_imx21",
    "ec_imx6q",
    "linflex",
    "mxs_auart",
    "msm_serial",
    "msm_serial_dm",
    "qcom_geni",
    "ar3700_uart",
    "owl",
    "rda",
    "sprd_serial",
    "sifive",
    "sbi",
    "smh",
    "stm32",
    "arc_uart",
    "efm32",
    "lantiq",
    "bcm63xx_uart",
    "scif",
    "sci",
    "scifa",
    "scifb",
    "hscif",
    "rsci",
    "rzscifa",
    "rzv2hscif",
    "hsuart",
    "pch_uart",
    "pic32_uart",
    "vt8500",
    "esp32uart",
    "esp32s3acm",
    "nuc980",
    "ma35d1",
    "mps2",
    "milbeaut",
    "digicolor",
    "altera_jtaguart",
    "altera_uart",
    "lite",
    "liteuart",
    "tegra-uart",
    "smp",
    "apbuart",
    "icom",
    "palmchip",
    "pxa",
    "mmp",
    "ralink",
    "bcm2835aux",
    "8250_early",
    NULL,
};

/* Whether a node is a UART of ttyS: half of the world's look like a 16550, under names of their own. Whether the
 * driver of the combined UART takes the node is another check's matter. */
static bool is_like(const bw_node *node, const char *prefix)
{
    const bw_prop *prop = bw_node_prop_text(node, "compatible");
    const char *part = strcmp(prefix, "ttyS") == 0 ? "uart" : strcmp(prefix, "ttyTCU") == 0 ? "-tcu" : NULL;
    uint32_t offset = 0;
    const char *text;

    while (part && prop && (text = bw_prop_next_string(prop, &offset)) != NULL)
        if (strstr(text, part))
            return true;
    return false;
}

static bool has_device(const bw_sel4_vm *vm, const char *prefix)
{
    for (uint32_t i = 0; i < vm->query_count; i++) {
        const bw_node *node = vm->queries[i].node;
        const char *own = node ? bw_linux_tty_prefix(node) : NULL;

        if (node && ((own && strcmp(own, prefix) == 0) || is_like(node, prefix)))
            return true;
    }
    return false;
}

typedef enum presence { THERE, MISSING, UNKNOWN } presence;

/* Whether the guest has a device for a terminal, "ttyAMA0". */
static presence terminal(const bw_sel4_app *app, const bw_sel4_vm *vm, const char *tty)
{
    if (g_str_has_prefix(tty, "hvc"))
        return bw_sel4_is_on(bw_sel4_setting_of(app, "VmVirtioConsole")) ? THERE : MISSING;
    const char *prefix = bw_linux_tty_known(tty);

    return !prefix ? UNKNOWN : has_device(vm, prefix) ? THERE : MISSING;
}

/* The words of a command line that begin like this, without the beginning. @return to be freed with g_strfreev(). */
static char **words_of(const char *text, const char *prefix)
{
    char **all = g_strsplit_set(text, " \t", -1);
    GPtrArray *found = g_ptr_array_new();

    for (char **word = all; *word; word++)
        if (g_str_has_prefix(*word, prefix))
            g_ptr_array_add(found, g_strdup(*word + strlen(prefix)));
    g_ptr_array_add(found, NULL);
    g_strfreev(all);
    return (char **)g_ptr_array_free(found, FALSE);
}

/* ---- S26 ---- */

/* @return the terminal of the last console=, which is /dev/console; to be freed, or NULL. */
static char *check_command_line(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_findings *findings)
{
    char **consoles = words_of(vm->bootargs.text, "console=");
    char *last = NULL;

    for (char **console = consoles; *console; console++) {
        (*console)[strcspn(*console, ",")] = '\0';
        g_free(last);
        last = g_strdup(*console);
        if (terminal(app, vm, *console) == MISSING)
            bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_console, vm->bootargs.place,
                                            "the command line of %s has console=%s, and the guest is given no device "
                                            "for it",
                                            vm->name, *console),
                            g_str_has_prefix(*console, "hvc") ? "switch VmVirtioConsole on"
                                                              : "give it the serial port, or name another terminal");
    }
    g_strfreev(consoles);
    return last;
}

static void check_stdout(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_findings *findings)
{
    const char *path = vm->stdout_path.text;
    char *plain = path ? g_strndup(path, strcspn(path, ":")) : NULL;

    if (plain && *plain == '/' && !vm->dtb_base_name.text && !bw_sel4_is_on(bw_sel4_setting_of(app, "VmDtbFile")) &&
        !bw_tree_by_path(app->tree, plain))
        bw_findings_add(findings, BW_CODE_sel4_vm_console, vm->stdout_path.place,
                        "the standard output of %s is %s, which the kernel's devicetree does not have", vm->name,
                        plain);
    g_free(plain);
}

/* Logins that nobody will see, and a console without one: one mistake. */
static void check_gettys(const bw_sel4_app *app, const bw_sel4_vm *vm, const char *console, bw_findings *findings)
{
    const bw_sel4_text *first = NULL;
    GString *lost = g_string_new(NULL);
    bool logs_in = false;

    for (uint32_t i = 0; i < app->getty_count; i++) {
        logs_in |= console && strcmp(app->gettys[i].text, console) == 0;
        if (terminal(app, vm, app->gettys[i].text) != MISSING)
            continue;
        first = first ? first : &app->gettys[i];
        g_string_append_printf(lost, "%s%s", lost->len ? " and " : "", app->gettys[i].text);
    }
    const bw_place place = first ? first->place : app->getty_count ? app->gettys[0].place : vm->bootargs.place;

    if (first) {
        bw_finding *f = bw_findings_add(
            findings, BW_CODE_sel4_vm_console, place, "the image logs in on %s, and %s is given no device for %s%s%s",
            lost->str, vm->name, strchr(lost->str, ' ') ? "them" : "it", console && !logs_in ? "; its console is " : "",
            console && !logs_in ? console : "");
        if (vm->bootargs.text)
            bw_finding_note(f, vm->bootargs.place, "the command line is here");
        bw_finding_cure(f, "log in on %s", console && !logs_in ? console : "a terminal that the guest has");
    } else if (app->getty_count && console && !logs_in && terminal(app, vm, console) == THERE) {
        bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_console, place,
                                        "the console of %s is %s, and the image does not log in there", vm->name,
                                        console),
                        "add \"115200;%s\"", console);
    }
    g_string_free(lost, TRUE);
}

/* ---- S27 ---- */

static void check_early_name(const bw_sel4_vm *vm, const char *name, bw_findings *findings)
{
    if (g_strv_contains(early, name))
        return;
    const char *near = bw_nearest(name, early);
    bw_finding *f = bw_findings_add(findings, BW_CODE_sel4_vm_earlycon, vm->bootargs.place,
                                    "Linux has no early console '%s'", name);

    if (near)
        bw_finding_cure(f, "did you mean '%s'?", near);
    else
        bw_finding_cure(f, "a kernel of the vendor may have it; else leave earlycon out");
}

static void check_early(const bw_sel4_app *app, const bw_sel4_vm *vm, const char *value, bw_findings *findings)
{
    char **parts = g_strsplit(value, ",", 4);
    const char *address = NULL;

    for (char **part = parts; *part && part < parts + 3; part++)
        address = g_str_has_prefix(*part, "0x") ? *part : address;
    check_early_name(vm, parts[0] ? parts[0] : "", findings);
    if (address) {
        const uint64_t at = g_ascii_strtoull(address, NULL, 16);

        if (vm->query_count && !bw_sel4_covers(app, vm, at, 1))
            bw_finding_cure(bw_findings_add(findings, BW_CODE_sel4_vm_earlycon, vm->bootargs.place,
                                            "the early console of %s is at 0x%" PRIx64 ", which it is not given",
                                            vm->name, at),
                            "give it the device, or leave earlycon out");
    }
    g_strfreev(parts);
}

static void check_vm(const bw_sel4_app *app, const bw_sel4_vm *vm, bw_findings *findings)
{
    char *console = NULL;

    if (vm->bootargs.text) {
        char **values = words_of(vm->bootargs.text, "earlycon=");

        console = check_command_line(app, vm, findings);
        for (char **value = values; *value; value++)
            check_early(app, vm, *value, findings);
        g_strfreev(values);
    }
    check_stdout(app, vm, findings);
    /* One image serves the first guest. */
    if (vm == app->vms)
        check_gettys(app, vm, console, findings);
    g_free(console);
}

void bw_sel4_check_consoles(const bw_sel4_app *app, bw_findings *findings)
{
    /* What a guest is given is known with the kernel's tree only. */
    for (uint32_t v = 0; app->tree && v < app->vm_count; v++)
        check_vm(app, &app->vms[v], findings);
}
