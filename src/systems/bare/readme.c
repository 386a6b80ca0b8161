/* SPDX-License-Identifier: Apache-2.0 */
/* README.md: what the files are for and which commands use them. */
#include "systems/bare/bare.h"

#include "base/text.h"

typedef struct toolchain {
    const char *compiler;
    const char *flags; /**< that a program without an OS needs */
} toolchain;

static toolchain toolchain_of(bw_arch arch)
{
    switch (arch) {
    case BW_ARCH_ARM_M:
        return (toolchain){"arm-none-eabi-gcc", "-mthumb"};
    case BW_ARCH_ARM:
        return (toolchain){"arm-none-eabi-gcc", ""};
    case BW_ARCH_AARCH64:
        return (toolchain){"aarch64-linux-gnu-gcc", "-mgeneral-regs-only"};
    case BW_ARCH_RISCV:
        return (toolchain){"riscv64-unknown-elf-gcc", "-mcmodel=medany"};
    default:
        return (toolchain){"cc", ""};
    }
}

/* "cortex-m33" for -mcpu, where the devicetree names the core. */
static const char *core_of(const bw_board *board)
{
    const char *compatible = board->cpu_count ? board->cpus[0].compatible : NULL;

    if (!compatible || !g_str_has_prefix(compatible, "arm,cortex-"))
        return NULL;
    for (const char *p = compatible; *p; p++)
        if (!g_ascii_islower(*p) && !g_ascii_isdigit(*p) && *p != ',' && *p != '-')
            return NULL;
    return compatible + 4;
}

static void write_flags(GString *out, const bw_board *board, const bw_bare_layout *l)
{
    toolchain t = toolchain_of(l->arch);
    const char *core = core_of(board);

    g_string_append_printf(out, "%s", t.compiler);
    if (core)
        g_string_append_printf(out, " -mcpu=%s", core);
    else if (l->arch == BW_ARCH_RISCV && board->cpus[0].isa && g_str_has_prefix(board->cpus[0].isa, "rv32"))
        g_string_append(out, " -march=rv32imac -mabi=ilp32");
    if (*t.flags)
        g_string_append_printf(out, " %s", t.flags);
}

GString *bw_bare_readme(const bw_board *board, const bw_bare_layout *l)
{
    GString *out = g_string_new("# ");

    bw_text_comment(out, board->model ? board->model : "A board");
    g_string_append(out,
                    " without an operating system\n"
                    "\n"
                    "- `board.h`: each memory, device, interrupt and clock of the devicetree as constants, for C, C++\n"
                    "  and assembly. `BOARD_<label>_BASE` is an address, `_SIZE` bytes, `_IRQ` the number at the\n"
                    "  interrupt controller, `_CLOCK…_RATE` Hz, `_ENABLED` 0 for what the devicetree disables.\n");
    if (l->problem)
        return out;
    g_string_append_printf(
        out,
        "- `board.ld`: the linker script. Execution begins at `%s`; put exception vectors into the section\n"
        "  `.vectors` (aligned to %u bytes%s).\n",
        l->arch == BW_ARCH_ARM_M ? "Reset_Handler" : "_start", l->vector_align,
        l->vector_bytes ? ", first in memory" : "");
    if (l->vector_bytes)
        g_string_append_printf(out, "  The devices here need a table of %u entries.\n", l->vector_bytes / 4);
    g_string_append(out, "\nCompile and link:\n\n    ");
    write_flags(out, board, l);
    g_string_append(out, " -ffreestanding -I. -c main.c\n    ");
    write_flags(out, board, l);
    g_string_append(out, " -nostdlib -static -T board.ld main.o -o main.elf\n");
    return out;
}
