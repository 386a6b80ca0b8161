/* SPDX-License-Identifier: Apache-2.0 */
#include "board/linux_tty.h"

#include "tree/strings.h"

#include <stdlib.h>
#include <string.h>

/* A compatible that ends in '*' means all that begin so. */
static const struct {
    const char *compatible, *prefix;
} drivers[] = {
    {"arm,pl011", "ttyAMA"},
    {"arm,sbsa-uart", "ttyAMA"},
    {"ns16550*", "ttyS"},
    {"ns8250", "ttyS"},
    {"snps,dw-apb-uart", "ttyS"},
    {"ti,omap*-uart", "ttyS"},
    {"ti,am*-uart", "ttyS"},
    {"mediatek,mt6577-uart", "ttyS"},
    {"nvidia,tegra20-uart", "ttyS"},
    {"brcm,bcm2835-aux-uart", "ttyS"},
    {"nvidia,tegra194-tcu", "ttyTCU"},
    {"nvidia,tegra*-hsuart", "ttyTHS"},
    {"fsl,imx*-uart", "ttymxc"},
    {"fsl,*-lpuart", "ttyLP"},
    {"fsl,s32-linflexuart", "ttyLF"},
    {"amlogic,meson*", "ttyAML"},
    {"xlnx,xuartps", "ttyPS"},
    {"cdns,uart*", "ttyPS"},
    {"xlnx,xps-uartlite*", "ttyUL"},
    {"samsung,*-uart", "ttySAC"},
    {"apple,s5l-uart", "ttySAC"},
    {"st,stm32*-uart", "ttySTM"},
    {"qcom,geni-debug-uart", "ttyMSM"},
    {"qcom,msm-uart*", "ttyMSM"},
    {"renesas,scif*", "ttySC"},
    {"sifive,uart0", "ttySIF"},
    {"atmel,at91*-usart", "ttyS"},
    {"marvell,armada-3700-uart", "ttyMV"},
    {"cirrus,*-uart", "ttyCL"},
};

static bool matches(const char *pattern, const char *compatible)
{
    const char *star = strchr(pattern, '*');
    size_t head = star ? (size_t)(star - pattern) : strlen(pattern);

    if (!star)
        return strcmp(pattern, compatible) == 0;
    size_t len = strlen(compatible), tail = strlen(star + 1);
    return len >= head + tail && memcmp(compatible, pattern, head) == 0 &&
           strcmp(compatible + len - tail, star + 1) == 0;
}

const char *bw_linux_tty_prefix(const bw_node *uart)
{
    const bw_prop *prop = bw_node_prop_text(uart, "compatible");
    uint32_t count = 0;

    if (!prop || bw_prop_strings(prop, &count) != BW_STATE_OK)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof drivers / sizeof *drivers; k++)
            if (matches(drivers[k].compatible, bw_prop_string_at(prop, i)))
                return drivers[k].prefix;
    return NULL;
}

const char *bw_linux_tty_known(const char *tty)
{
    for (size_t k = 0; k < sizeof drivers / sizeof *drivers; k++) {
        const size_t len = strlen(drivers[k].prefix);

        if (strncmp(tty, drivers[k].prefix, len) == 0 && tty[len] >= '0' && tty[len] <= '9')
            return drivers[k].prefix;
    }
    return NULL;
}

bw_linux_tty bw_linux_tty_of(const bw_board *board)
{
    bw_linux_tty tty = {NULL, 0, 115200};
    const bw_node *uart = board->console ? board->console->node : NULL;
    const char *options = board->console ? board->console->options : NULL;

    if (!uart)
        return tty;
    tty.prefix = bw_linux_tty_prefix(uart);
    for (uint32_t i = 0; i < board->alias_count; i++)
        if (board->aliases[i].node == uart && strncmp(board->aliases[i].name, "serial", 6) == 0)
            tty.number = (unsigned)strtoul(board->aliases[i].name + 6, NULL, 10);
    if (options && atoi(options) > 0)
        tty.baud = (uint32_t)atoi(options);
    return tty;
}
